/** A ninth outsider's days, drawn to be scored: the dispute by causes that were not drawn before, and its mirror images. */
import type { Fault } from "../../../adapters/mock-trunk/index.ts";
import type { Call } from "../../../src/call/call.ts";
import { prefixes, type Shift } from "../shift.ts";
import { ask } from "../surroundings.ts";
import { dialsThenComparesEach, refusals } from "./fresh-again.ts";
import { fresh, sharesTheLoad, worksThroughList } from "./fresh-kind.ts";
import { comesUp, first, isMet, minutes, reloads, type Kind } from "./kind.ts";
import { ninthNearKinds } from "./ninth-near.ts";
import { ninthTogetherKinds } from "./ninth-together.ts";
import { unexplained } from "./seventh-near.ts";

const calls = { methods: ["INVITE"] };
const local = { ...calls, prefix: prefixes.local };
const seconds = (count: number) => count * 1_000;
const three = ["A", "B", "C"].map((id) => ({ id, carrier: `Carrier ${id}` }));
const siblings = ["A", "A2", "B"].map((id) => ({ id, carrier: `Carrier ${id.slice(0, 1)}` }));
const watched = { conditions: { trunks: three, hasControl: true } };

/** The same for all trunks of `ids`. */
const onEach = ({ carriers }: Shift, ids: readonly string[], fault: Fault) => {
  const mends = ids.map((id) => carriers.get(id)?.fault(fault));
  return () => mends.forEach((mend) => mend?.());
};

/** The CRM starts, and opens every trunk anew. */
async function opensAnew(shift: Shift): Promise<void> {
  const { line, accounts, pass, between } = shift;
  const booted = reloads(shift);
  line.setTrunks([]);
  await pass(seconds(between(0.5, 1.5)));
  line.setTrunks(accounts);
  await booted;
}

/** A start out of the page's cache, which runs no more than these steps. */
async function startsWarm({ line, pass, between }: Shift, steps: readonly string[]): Promise<void> {
  line.boot.restart();
  for (const step of steps)
    line.boot.stage(step, ({ signal }) => ask("well", between(60, 300), signal), { timeoutMs: 8_000 }).catch(() => {});
  await pass(seconds(3));
}

const disputes: readonly Kind[] = [
  // The page starts anew in the midst of a talk and tells the carrier nothing of its end. The account has one channel, which is taken until the carrier's
  // session timer frees it: every call is refused for that, minutes long, after each such start, and no start mends it. The other carrier counts nothing.
  fresh(
    "start-in-mid-talk-leaves-the-only-channel-taken",
    ["crm-init", "crm-config"],
    async (shift) => {
      const { line, carriers, work, pass, between, one } = shift;
      const limit = one([
        { code: 503, phrase: "Maximum Calls In Progress" },
        { code: 403, phrase: "Channel Limit Exceeded" },
        { code: 403, phrase: "Concurrent Call Limit" },
      ]);
      const talks: Call[] = [];
      for (let time = 0; time < 3; time++) {
        const number = `${prefixes.mobile}${String(Math.floor(between(1_000_000, 9_999_999)))}`;
        for (const carrier of carriers.values()) carrier.phone(number).answers({ ringAfterMs: 700, answerAfterMs: 2_500 });
        const talk = line.call(number);
        talks.push(talk);
        await pass(seconds(between(10, 25)));
        const freed = first(shift).fault({ kind: "reject", ...limit, ...calls });
        const booted = reloads(shift);
        talk.hangUp();
        await booted;
        await work(minutes(between(3, 5)));
        freed();
        await work(minutes(between(4, 6)));
      }
      return talks.every(({ trunkId }) => trunkId === "A") && refusals(first(shift)) > 2;
    },
    { conditions: { trunks: three.slice(0, 2), hasControl: true, pauseMs: 5_000 } },
  ),
  // A start comes up with an empty list of the numbers that agents may show, and calls go out with an extension for caller. Two of three carriers screen that
  // on calls within the country, and refuse the district; the third does not look, and abroad nobody does. The next start has the list again; twice.
  fresh(
    "list-of-caller-numbers-lost-by-a-start-and-two-of-three-screen",
    ["crm-init", "crm-config"],
    async (shift) => {
      const { line, between, one, chance } = shift;
      if (chance(0.5)) sharesTheLoad(shift);
      const screened = one([
        { code: 403, phrase: "Invalid CLI" },
        { code: 403, q850: 21, location: "LN" },
        { code: 403, phrase: "Caller Not Allowed" },
      ]);
      for (let time = 0; time < 2; time++) {
        await worksThroughList(shift, prefixes.local, between(2, 3));
        const mend = onEach(shift, ["A", "B"], { kind: "reject", ...screened, after: 100, ...local });
        await reloads(shift);
        await worksThroughList(shift, prefixes.local, between(2, 3));
        await worksThroughList(shift, prefixes.international, between(1, 1.5));
        // Somebody has the district dialled by the third alone.
        for (const id of ["A", "B"]) line.isolate(id);
        await worksThroughList(shift, prefixes.local, between(0.8, 1.2));
        for (const id of ["A", "B"]) line.restore(id);
        mend();
        await reloads(shift);
        await worksThroughList(shift, prefixes.local, between(2, 3));
      }
      return refusals(first(shift)) > 2;
    },
    { conditions: { trunks: three, pauseMs: 4_000 } },
  ),
  // The only trunk goes by the CRM's own voice platform. A start finds the agent's old session there (409, or says nothing of it) and leaves him signed out:
  // he may be as ready as he likes, each call is refused. The next start signs him in; three times in a shift.
  fresh(
    "agent-counts-as-signed-out-after-a-start",
    ["crm-init"],
    async (shift) => {
      const { crm, work, between, chance, one } = shift;
      const refused = one([
        { code: 403, phrase: "Agent Not Signed In" },
        { code: 480, phrase: "Agent Not Logged In" },
        { code: 403, phrase: "Forbidden" },
      ]);
      for (let time = 0; time < 3; time++) {
        await work(minutes(between(2, 3)));
        crm.endpoints["presence"] = chance(0.6) ? { status: 409 } : "well";
        const signedIn = first(shift).fault({ kind: "reject", ...refused, ...calls });
        await reloads(shift);
        await work(minutes(between(2, 4)));
        crm.endpoints["presence"] = "well";
        signedIn();
        await reloads(shift);
      }
      await work(minutes(between(2, 4)));
      return refusals(first(shift)) > 3;
    },
    { conditions: { trunks: [{ id: "A", carrier: "Carrier A", host: "voice.crm.example" }], hasControl: false, extras: ["presence"] } },
  ),
  // Each start leaves the bindings of the one before where they are. The first carrier allows a few for an account: after the third start within minutes it
  // registers this agent no more, until the old ones have run out. The others count none. The same in the afternoon.
  fresh(
    "each-start-leaves-a-binding-behind",
    ["crm-init", "crm-config"],
    async (shift) => {
      const { work, between, one } = shift;
      const full = one([
        { code: 403, phrase: "Too Many Registered Contacts" },
        { code: 503, phrase: "Too Many Contacts" },
        { code: 403, phrase: "Maximum Contacts Exceeded" },
      ]);
      for (let time = 0; time < 2; time++) {
        for (let start = 0; start < 2; start++) {
          await opensAnew(shift);
          await work(minutes(between(1, 2)));
        }
        const ranOut = first(shift).fault({ kind: "reject", ...full, methods: ["REGISTER"] });
        await opensAnew(shift);
        await work(minutes(between(4, 7)));
        ranOut();
        await work(minutes(between(7, 10)));
      }
      return refusals(first(shift)) > 1;
    },
    watched,
  ),
  // Two trunks, one carrier. A start out of the page's cache passes by the steps that fetch settings and offers, and mobiles are lost on both; a second one of
  // that sort helps nothing, a whole one does. Three times, while the district is served all along.
  fresh(
    "start-out-of-the-cache-leaves-two-steps-out",
    ["crm-init"],
    async (shift) => {
      const { between } = shift;
      const lost = unexplained(shift, prefixes.mobile);
      for (let time = 0; time < 3; time++) {
        await worksThroughList(shift, prefixes.mobile, between(1.5, 2.5));
        const mend = onEach(shift, ["A", "A2"], lost);
        await startsWarm(shift, ["script", "session"]);
        await worksThroughList(shift, prefixes.mobile, between(1.5, 2.5));
        await worksThroughList(shift, prefixes.local, between(0.7, 1));
        if (time === 1) await startsWarm(shift, ["script", "session"]);
        await worksThroughList(shift, prefixes.mobile, between(1, 1.5));
        mend();
        await reloads(shift);
      }
      await worksThroughList(shift, prefixes.mobile, between(2, 3));
      return isMet(first(shift));
    },
    {
      conditions: {
        trunks: siblings.slice(0, 2),
        steps: ["script", "settings", "session", "offers"],
        hasControl: true,
        pauseMs: 4_000,
      },
    },
  ),
];

const mirrors: readonly Kind[] = [
  // The carrier loses the district on both of its trunks, minutes after any start, and names what its network lacks. A start in the midst is in vain. When its
  // status page says that it is mended, the vendor has everybody start anew: so a start seems to mend it, and seems to do so twice.
  fresh(
    "vendor-starts-all-anew-once-the-carrier-says-mended",
    ["carrier-routing"],
    async (shift) => {
      const { pass, between, one } = shift;
      const named = one([
        { code: 503, q850: 41, location: "LN" },
        { code: 502, q850: 38, location: "TN" },
        { code: 503, q850: 34, location: "LN" },
      ]);
      for (let time = 0; time < 2; time++) {
        await worksThroughList(shift, prefixes.local, between(3, 4));
        const mend = onEach(shift, ["A", "A2"], { kind: "reject", ...named, after: 100, ...local });
        await dialsThenComparesEach(shift, prefixes.local, 6);
        await reloads(shift);
        await dialsThenComparesEach(shift, prefixes.local, 4);
        mend();
        await pass(seconds(between(4, 20)));
        await reloads(shift);
        await worksThroughList(shift, prefixes.local, between(3, 4));
      }
      return refusals(first(shift)) > 3;
    },
    { conditions: { trunks: siblings, hasControl: true, pauseMs: 4_000 } },
  ),
  // At eight and after lunch the whole floor starts at once, and one carrier's registrar buckles: it is slow, then says that it is overloaded. The others
  // take the same floor without a word. It recovers by itself; a start in the midst, as some try, changes nothing.
  fresh(
    "registrar-buckles-as-a-whole-floor-starts",
    ["carrier-signalling"],
    async (shift) => {
      const { work, between, chance, one } = shift;
      const overloaded = { kind: "reject", code: 503, phrase: one(["Server Overloaded", "Service Unavailable", "Congestion"]) } as const;
      for (const start of [comesUp, opensAnew]) {
        const faster = first(shift).fault({ kind: "slow", delayMs: Math.round(between(1_500, 4_000)), methods: ["REGISTER"] });
        const mend = first(shift).fault({ ...overloaded, retryAfterS: one([20, 30, 60]), share: between(0.8, 1), methods: ["REGISTER"] });
        await start(shift);
        await work(minutes(between(2, 3)));
        if (chance(0.5)) await reloads(shift);
        await work(minutes(between(1, 3)));
        mend();
        faster();
        await work(minutes(between(5, 7)));
      }
      return refusals(first(shift)) > 1;
    },
    { ...watched, isFromStart: true },
  ),
  // The carrier rolls out what breaks calls, edge by edge, with a goodbye (1012) each time; the CRM happens to start just before the second edge's turn. Then it
  // rolls back in the same order, and a start between the two mends nothing. The other carrier takes every call.
  fresh(
    "roll-out-at-the-carrier-goes-from-edge-to-edge-between-starts",
    ["carrier-signalling"],
    async (shift) => {
      const { carriers, work, pass, between, one } = shift;
      sharesTheLoad(shift);
      await work(minutes(between(1, 2)));
      const broken = {
        kind: "reject",
        code: one([500, 500, 503]),
        phrase: one(["Server Internal Error", "Internal Error"]),
        ...calls,
      } as const;
      const rollsTo = (id: string) => {
        carriers.get(id)?.closeAll(1012, "upgrade");
        return carriers.get(id)?.fault(broken);
      };
      const mendFirst = rollsTo("A");
      await work(minutes(between(2, 4)));
      await reloads(shift);
      await pass(seconds(between(5, 30)));
      const mendSecond = rollsTo("A2");
      await work(minutes(between(3, 4)));
      carriers.get("A")?.closeAll(1012, "upgrade");
      mendFirst?.();
      await work(minutes(between(1, 2)));
      await reloads(shift);
      await work(minutes(between(2, 3)));
      carriers.get("A2")?.closeAll(1012, "upgrade");
      mendSecond?.();
      await work(minutes(between(4, 5)));
      return refusals(first(shift)) > 1;
    },
    { conditions: { trunks: siblings, hasControl: true, pauseMs: 4_000 } },
  ),
];

export const ninthKinds: readonly Kind[] = [...disputes, ...mirrors, ...ninthNearKinds, ...ninthTogetherKinds];
