/** A fifth outsider's days, drawn to be scored: settings and the CRM's own services, device and network. */
import type { Call } from "../../../src/call/call.ts";
import type { Endpoint, Shift } from "../shift.ts";
import { ask } from "../surroundings.ts";
import { missets } from "./fresh-again-near.ts";
import { customerCallsIn, refusals } from "./fresh-again.ts";
import { bindsBriefly, fresh, onAll, serverAnswers } from "./fresh-kind.ts";
import { comesUp, first, minutes, reloads, type Kind } from "./kind.ts";

const calls = { methods: ["INVITE"] };
const seconds = (count: number) => count * 1_000;
const three = ["A", "B", "C"].map((id) => ({ id, carrier: `Carrier ${id}` }));
const watched = { conditions: { trunks: three, hasControl: true } };

/** `act` comes so long after each answer to the agent's calls. */
export function inEachTalk({ line }: Shift, afterMs: number, act: (call: Call, trunkId: string) => void): void {
  line.on("call:placed", (call) => call.on("answered", ({ trunkId }) => void setTimeout(() => act(call, trunkId), afterMs)));
}

/** The agent holds each customer for some seconds. `meets` puts in what the request meets on that trunk. */
export function holdsEachCall(shift: Shift, meets: (trunkId: string) => () => void = () => () => {}): void {
  const { audio, between } = shift;
  const open = audio.open.bind(audio);
  audio.open = (troubles) => {
    const session = open(troubles);
    const { restartOffer } = session;
    return { ...session, hold() {}, ...(restartOffer && { reoffer: restartOffer }) };
  };
  const holds = async (call: Call, trunkId: string) => {
    const mend = meets(trunkId);
    const { ok } = await call.hold();
    mend();
    if (!ok) return;
    await new Promise((resolve) => setTimeout(resolve, seconds(between(1, 3))));
    await call.unhold();
  };
  inEachTalk(shift, seconds(between(2, 4)), (call, trunkId) => void holds(call, trunkId));
}

/** The agent picks up whoever calls in. */
export const answersCustomers = ({ line, between }: Shift) =>
  line.on("call:offered", (call) => void setTimeout(() => void call.answer(), seconds(between(2, 5))));

const settings: readonly Kind[] = [
  // The CRM's nightly rotation ran at noon, and wrote what no carrier knows: every account is refused since that change, by every carrier.
  fresh("rotation-writes-a-wrong-password-everywhere", ["crm-config"], async (shift) => {
    const { line, accounts, work, between } = shift;
    await bindsBriefly(shift);
    line.setTrunks(accounts.map((account) => ({ ...account, credentials: { password: `rotated-${account.id}` } })));
    await work(minutes(between(3, 5)));
    line.setTrunks(accounts);
    await work(minutes(between(2, 4)));
  }),
  // A flag changes how the caller is presented, and every carrier refuses an anonymous one (433) until it is rolled back. Nothing was started anew.
  fresh("flag-hides-the-caller-and-is-rolled-back", ["crm-config"], async (shift) => {
    const { line, accounts, work, between } = shift;
    for (let time = 0; time < 2; time++) {
      const mend = onAll(shift, { kind: "reject", code: 433, phrase: "Anonymity Disallowed", ...calls });
      line.setTrunks(accounts.map((account) => ({ ...account, callerId: "p-preferred-identity" })));
      await work(minutes(between(1.5, 3)));
      mend();
      line.setTrunks(accounts);
      await work(minutes(between(2, 3)));
    }
    return refusals(first(shift)) > 2;
  }),
  // Somebody mends the edge's name by hand, and the next synchronisation brings the wrong one back: lost and found by changes of the settings alone.
  fresh(
    "synchronisation-undoes-what-was-mended",
    ["crm-config"],
    async (shift) => {
      const { accounts, work, between } = shift;
      for (let time = 0; time < 3; time++) {
        const mend = missets(shift, { server: `${accounts[0]?.server as string}.invalid` });
        await work(minutes(between(1.5, 3)));
        mend();
        await work(minutes(between(1.5, 2.5)));
      }
    },
    watched,
  ),
  // The only account may receive, and not call: 403 for each call from the first on, while customers who call in by it are served all along.
  fresh(
    "account-may-only-receive",
    ["crm-config"],
    async (shift) => {
      const { chance, dial, pass, one, between } = shift;
      const barred = one([{ phrase: "Outgoing Calls Barred" }, { q850: 57 }, { phrase: "Outbound Not Permitted", q850: 57 }, {}]);
      first(shift).fault({ kind: "reject", code: 403, ...barred, after: 100, ...calls });
      answersCustomers(shift);
      await comesUp(shift);
      const rounds = Math.round(between(5, 10));
      for (let round = 0; round < rounds; round++) {
        await dial();
        if (chance(0.4)) await dial();
        await pass(seconds(between(5, 20)));
        await customerCallsIn(shift, "A");
      }
      return refusals(first(shift)) > 4;
    },
    { conditions: { trunks: three.slice(0, 1), hasControl: true, absent: 0.05 }, isFromStart: true },
  ),
];

const services: readonly Kind[] = [
  // Each socket needs a ticket of the CRM's. Its service fails: no carrier is even asked, whoever's socket is to be opened anew.
  fresh("socket-tickets-are-not-given", ["crm-init", "crm-config"], async (shift) => {
    const { line, accounts, carriers, crm, work, between, one } = shift;
    crm.endpoints["tickets"] = "well";
    const { signal } = new AbortController();
    const ticketed = (server: string) => async () => {
      await ask(crm.endpoints["tickets"] ?? "well", between(60, 300), signal);
      return server;
    };
    line.setTrunks(accounts.map((account) => ({ ...account, server: ticketed(account.server as string) })));
    await work(minutes(between(1, 2)));
    for (let time = 0; time < 2; time++) {
      crm.endpoints["tickets"] = one<Endpoint>([{ status: 401 }, { status: 500 }, { status: 503 }]);
      for (const carrier of carriers.values()) carrier.closeAll(1001, "recycled");
      await work(minutes(between(1.5, 3)));
      crm.endpoints["tickets"] = "well";
      await work(minutes(between(2, 3)));
    }
    return line.journal.some(({ type }) => type === "server:failed");
  }),
  // The CRM's session cannot be renewed: that stage fails time after time, and no call may be placed, while every trunk stands. A new start mends it.
  fresh(
    "crm-session-is-not-renewed",
    ["crm-init", "crm-config"],
    async (shift) => {
      const { line, pass, work, between, one } = shift;
      const fails = one<Endpoint>([{ status: 401 }, { status: 403 }, { status: 502 }]);
      const renews = async (endpoint: Endpoint) => {
        line.boot.stage("renewal", ({ signal }) => ask(endpoint, between(80, 400), signal), { timeoutMs: 8_000 }).catch(() => {});
        await pass(seconds(1));
      };
      await renews("well");
      await work(minutes(between(1, 2)));
      const times = Math.round(between(3, 6));
      for (let time = 0; time < times; time++) {
        await renews(fails);
        await work(minutes(between(0.7, 1.2)));
      }
      await reloads(shift);
      await renews("well");
      await work(minutes(between(2, 3)));
    },
    { conditions: { hasControl: true } },
  ),
];

const near: readonly Kind[] = [
  // The browser asks for the microphone anew after an update, and the agent sees no question: no call leaves the page, and every trunk is well.
  fresh("nobody-answers-the-browser-about-the-microphone", ["agent-device"], async (shift) => {
    const { audio, work, between } = shift;
    const open = audio.open.bind(audio);
    audio.open = (troubles) => ({
      ...open(troubles),
      offer: (signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true })),
    });
    await work(minutes(between(2, 4)));
    audio.open = open;
    await work(minutes(between(2, 3)));
  }),
  // No socket grows older than the proxy allows: three carriers' go, each at the same age, again and again; each is back at once.
  fresh(
    "proxy-ends-each-socket-at-the-same-age",
    ["local-network"],
    async (shift) => {
      const { carriers, work, pass, between } = shift;
      const ageMs = Math.round(between(40, 75)) * 1_000;
      const timers: ReturnType<typeof setInterval>[] = [];
      for (const carrier of carriers.values()) {
        timers.push(setInterval(() => carrier.resetAll(), ageMs));
        await pass(seconds(between(3, 9)));
      }
      await work(minutes(between(7, 10)));
      for (const timer of timers) clearInterval(timer);
      await work(minutes(1));
    },
    watched,
  ),
  // A provider's peering is gone: two unrelated carriers and the CRM's server vanish in the same second; the third carrier lies elsewhere.
  fresh(
    "peering-lost-to-two-carriers-and-the-crm",
    ["local-network"],
    async (shift) => {
      const { carriers, chance, one, work, between } = shift;
      const kind = one(["freeze", "refuse"] as const);
      const mends = ["A", "B"].map((id) => carriers.get(id)?.fault({ kind }));
      if (kind === "refuse") for (const id of ["A", "B"]) carriers.get(id)?.resetAll();
      serverAnswers(shift, kind === "refuse" ? "unreachable" : "hangs");
      await work(minutes(between(2, 4)));
      if (chance(0.5)) await reloads(shift);
      await work(minutes(between(0.5, 1)));
      mends.forEach((mend) => mend?.());
      serverAnswers(shift, "well");
      await reloads(shift);
      await work(minutes(between(2, 3)));
    },
    watched,
  ),
];

export const fifthNearKinds: readonly Kind[] = [...settings, ...services, ...near];
