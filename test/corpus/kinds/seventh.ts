/** A seventh outsider's days, drawn to be scored: the dispute in other guises, its mirror images, and what else a start or its settings bring. */
import type { Fault } from "../../../adapters/mock-trunk/index.ts";
import { prefixes, type Endpoint, type Shift } from "../shift.ts";
import { ask } from "../surroundings.ts";
import { refusals } from "./fresh-again.ts";
import { bindsBriefly, fresh, onAll, picksUp, sharesTheLoad, worksThroughList } from "./fresh-kind.ts";
import { comesUp, first, isMet, minutes, reloads, type Kind } from "./kind.ts";
import { seventhNearKinds, unexplained } from "./seventh-near.ts";
import { seventhTogetherKinds } from "./seventh-together.ts";

const calls = { methods: ["INVITE"] };
const seconds = (count: number) => count * 1_000;
const three = ["A", "B", "C"].map((id) => ({ id, carrier: `Carrier ${id}` }));
const siblings = ["A", "A2", "B"].map((id) => ({ id, carrier: `Carrier ${id.slice(0, 1)}` }));

/** The same for all trunks of `ids`. */
const onEach = ({ carriers }: Shift, ids: readonly string[], fault: Fault) => {
  const mends = ids.map((id) => carriers.get(id)?.fault(fault));
  return () => mends.forEach((mend) => mend?.());
};

/** Calls of every class, the district's most. */
async function worksEverywhere(shift: Shift, count: number): Promise<void> {
  await worksThroughList(shift, prefixes.local, count * 0.5);
  await worksThroughList(shift, prefixes.mobile, count * 0.25);
  await worksThroughList(shift, prefixes.international, count * 0.25);
}

/** The agent dials the district, and about every other customer once more by the other carrier: both of the first one's trunks are left out for that. */
async function comparesCarriers(shift: Shift, count: number): Promise<void> {
  const { line, carriers, conditions, dial, pass, between } = shift;
  for (let index = 0; index < count; index++) {
    const number = `${prefixes.local}${String(Math.floor(between(1_000_000, 9_999_999)))}`;
    const behave = picksUp(shift);
    for (const carrier of carriers.values()) behave(carrier.phone(number));
    await dial(number);
    await pass(between(0.5, 1.5) * conditions.pauseMs);
    if (index % 2 === 0) continue;
    for (const id of ["A", "A2"]) line.isolate(id);
    await dial(number);
    for (const id of ["A", "A2"]) line.restore(id);
    await pass(between(0.5, 1.5) * conditions.pauseMs);
  }
}

/** How many calls to the district `trunkId` has carried to an answer. */
const served = ({ line }: Shift, trunkId: string): number =>
  line.journal.filter((entry) => entry.type === "attempt:answered" && entry.trunkId === trunkId && entry.route === "local").length;

/** One step, run again by itself: nothing else of the CRM is begun anew. */
async function repeats({ line, pass, between }: Shift, step: string, endpoint: Endpoint): Promise<void> {
  const task = ({ signal }: { readonly signal: AbortSignal }) => ask(endpoint, between(80, 500), signal);
  line.boot.stage(step, task, { timeoutMs: 8_000, critical: false }).catch(() => {});
  await pass(seconds(9));
}

const disputes: readonly Kind[] = [
  // A start loses the district on both trunks of one carrier. Support has the agents fetch settings and offers again, three times, and each passes:
  // to no effect. Only when all is started anew is the district back; and once more after lunch.
  fresh(
    "steps-repeated-mend-nothing-and-a-start-does",
    ["crm-init"],
    async (shift) => {
      const { between, one } = shift;
      for (let time = 0; time < 2; time++) {
        await worksThroughList(shift, prefixes.local, between(2, 3));
        const mend = onEach(shift, ["A", "A2"], unexplained(shift, prefixes.local));
        await reloads(shift);
        for (let repeat = 0; repeat < 3; repeat++) {
          await worksThroughList(shift, prefixes.local, between(1, 1.5));
          await repeats(shift, one(["settings", "offers"]), "well");
        }
        await worksThroughList(shift, prefixes.mobile, between(0.5, 1));
        mend();
        await reloads(shift);
        await worksThroughList(shift, prefixes.local, between(2, 3));
      }
      return isMet(first(shift));
    },
    { conditions: { trunks: siblings, hasControl: true } },
  ),
  // The page gives out its call tickets, and spoils more and more of them the longer it is open: few calls are refused, then half, then most, by
  // carriers that have nothing in common. A start freshens it, three times, and the edges stand all day.
  fresh("page-wears-out-until-it-is-started-anew", ["crm-init", "crm-config"], async (shift) => {
    const { work, between, one } = shift;
    const spoilt = one([{ code: 403 }, { code: 500 }, { code: 400, phrase: "Bad Ticket" }]);
    for (let time = 0; time < 3; time++) {
      await work(minutes(between(3, 5)));
      for (const share of [0.2, 0.5, 0.95]) {
        const mend = onAll(shift, { kind: "reject", ...spoilt, share, ...calls });
        await work(minutes(between(1, 2)));
        mend();
      }
      await reloads(shift);
    }
    await work(minutes(between(3, 4)));
    return refusals(first(shift)) > 3;
  }),
  // A watchdog starts the CRM anew every few minutes, the whole day, and no call is the worse for it. Between two of these starts one carrier
  // loses the district, and between two others it is back; asked again by the other carrier, the same people answer.
  fresh(
    "watchdog-starts-the-crm-all-day-and-a-route-fails-between",
    ["carrier-routing"],
    async (shift) => {
      const { between } = shift;
      let mend = () => {};
      for (let round = 0; round < 8; round++) {
        await comparesCarriers(shift, Math.round(between(2, 4)));
        if (round === 2) mend = onEach(shift, ["A", "A2"], unexplained(shift, prefixes.local));
        if (round === 5) mend();
        await comparesCarriers(shift, Math.round(between(3, 5)));
        await reloads(shift);
      }
      await worksThroughList(shift, prefixes.local, between(1, 2));
      return isMet(first(shift));
    },
    { conditions: { trunks: siblings, pauseMs: 5_000 } },
  ),
  // A start leaves the district's offers of all three carriers behind. The next brings one carrier's back, the one after that another's, and the
  // fourth the last. Every class else goes by each of them in turn all along.
  fresh(
    "each-start-brings-one-carrier-back",
    ["crm-init"],
    async (shift) => {
      const { carriers, between, one } = shift;
      sharesTheLoad(shift);
      await worksThroughList(shift, prefixes.local, between(2, 3));
      const lost = { kind: "reject", code: one([480, 500]), after: 100, ...calls, prefix: prefixes.local } as const;
      const mends = [...carriers.values()].map((carrier) => carrier.fault(lost));
      for (const mend of [() => {}, ...mends.reverse()]) {
        mend();
        await reloads(shift);
        await worksThroughList(shift, prefixes.local, between(3, 4));
        await worksThroughList(shift, prefixes.mobile, between(0.7, 1));
      }
      await worksThroughList(shift, prefixes.local, between(4, 5));
      return [...carriers.values()].every(isMet) && [...carriers.keys()].every((id) => served(shift, id) > 1);
    },
    { conditions: { trunks: three, pauseMs: 4_000 } },
  ),
  // With each start the only carrier loses another class: the district, the mobiles, abroad; and the one before is back. No network moves its faults
  // about to the second of a CRM's starts.
  fresh(
    "each-start-loses-another-class",
    ["crm-init"],
    async (shift) => {
      const { between } = shift;
      await worksEverywhere(shift, between(3, 4));
      for (const prefix of [prefixes.local, prefixes.mobile, prefixes.international]) {
        const mend = first(shift).fault(unexplained(shift, prefix));
        await reloads(shift);
        await worksEverywhere(shift, between(5, 7));
        mend();
      }
      await reloads(shift);
      await worksEverywhere(shift, between(4, 5));
      return isMet(first(shift));
    },
    { conditions: { trunks: three.slice(0, 1), hasControl: true, pauseMs: 4_000 } },
  ),
  // The CRM starts itself anew as the shift goes to lunch, and loses the district. Nobody dials for two hours; then each such call is lost until
  // somebody starts it once more; the day after the same. Calls to the district went well in the minute before the start.
  fresh("lost-by-a-start-and-found-two-hours-later", ["crm-init"], async (shift) => {
    const { pass, between } = shift;
    const lost = unexplained(shift, prefixes.local);
    for (let day = 0; day < 2; day++) {
      await worksThroughList(shift, prefixes.local, between(2, 3));
      const mend = first(shift).fault(lost);
      await reloads(shift);
      await pass(minutes(between(90, 140)));
      await worksThroughList(shift, prefixes.local, between(3, 5));
      await worksThroughList(shift, prefixes.mobile, between(0.7, 1));
      mend();
      await reloads(shift);
      await worksThroughList(shift, prefixes.local, between(3, 4));
      await pass(minutes(between(60, 120)));
    }
    return isMet(first(shift));
  }),
  // The CRM was started in the morning and the district was served for a good while after. Then, after hours, one carrier's two trunks lose it; three starts
  // do not bring it back, the other carrier reaches the same people, and in the end it is back by itself.
  fresh(
    "district-out-hours-after-the-last-start",
    ["carrier-routing"],
    async (shift) => {
      const { pass, between } = shift;
      await worksThroughList(shift, prefixes.local, between(4, 5));
      await pass(minutes(between(90, 150)));
      await worksThroughList(shift, prefixes.local, between(1, 2));
      const mend = onEach(shift, ["A", "A2"], unexplained(shift, prefixes.local));
      for (let time = 0; time < 3; time++) {
        await comparesCarriers(shift, Math.round(between(3, 5)));
        await reloads(shift);
      }
      await comparesCarriers(shift, 3);
      mend();
      await worksThroughList(shift, prefixes.local, between(4, 6));
      return isMet(first(shift));
    },
    { conditions: { trunks: siblings } },
  ),
  // Twice a start takes this agent for one of another site's, with that site's only carrier in the settings: it knows the account and lets none of its
  // calls out. The next start has the right site again.
  fresh(
    "start-takes-the-trunk-of-another-site",
    ["crm-config", "crm-init"],
    async (shift) => {
      const { line, accounts, carriers, pass, work, between, one } = shift;
      const ours = accounts.filter(({ id }) => id !== "C");
      const barred = one([{ code: 403, q850: 57 }, { code: 403, phrase: "Not Permitted From This Site" }, { code: 403 }]);
      carriers.get("C")?.fault({ kind: "reject", ...barred, ...calls });
      const starts = async (trunks: Shift["accounts"]) => {
        const booted = reloads(shift);
        await pass(300);
        line.setTrunks(trunks);
        await booted;
      };
      line.setTrunks(ours);
      await comesUp(shift);
      for (let time = 0; time < 2; time++) {
        await work(minutes(between(2, 4)));
        await starts(accounts.filter(({ id }) => id === "C"));
        await work(minutes(between(2, 4)));
        await starts(ours);
      }
      await work(minutes(between(2, 3)));
      const other = carriers.get("C");
      return other && refusals(other) > 2;
    },
    { conditions: { trunks: three, hasControl: true }, isFromStart: true },
  ),
];

const ours: readonly Kind[] = [
  // The CRM's servers are exchanged one by one: each start breaks at another step, and the next one passes. Both trunks stand all the while.
  fresh(
    "each-start-breaks-at-another-step",
    ["crm-init"],
    async (shift) => {
      const { line, crm, conditions, work, between, one } = shift;
      for (const step of conditions.steps) {
        crm.endpoints[step] = one<Endpoint>([{ status: 500 }, { status: 502 }, { status: 404 }, "breaks", "hangs"]);
        await reloads(shift);
        await work(minutes(between(0.7, 1.2)));
        crm.endpoints[step] = "well";
        await reloads(shift);
        await work(minutes(between(1.5, 3)));
      }
      return line.journal.some(({ type }) => type === "call:refused");
    },
    { conditions: { steps: ["script", "settings", "session", "offers"], hasControl: true } },
  ),
  // Two carriers take tokens that the CRM fetches from one vault; the third has a password of old. The vault fails, and from the same minute on both
  // refuse to register anybody and to take calls, until it gives tokens again. No start at all.
  fresh(
    "tokens-of-one-vault-run-out-together",
    ["crm-config", "crm-init"],
    async (shift) => {
      const { work, between, one } = shift;
      await bindsBriefly(shift);
      await repeats(shift, "vault", "well");
      const refused = { kind: "reject", code: 403, phrase: one(["Token Expired", "Forbidden", "Invalid Token"]) } as const;
      for (let time = 0; time < 2; time++) {
        await work(minutes(between(2, 3)));
        await repeats(shift, "vault", one<Endpoint>([{ status: 500 }, { status: 503 }, "hangs"]));
        const mend = onEach(shift, ["A", "B"], { ...refused, methods: ["REGISTER", "INVITE"] });
        await work(minutes(between(3, 4)));
        mend();
        await repeats(shift, "vault", "well");
      }
      await work(minutes(between(2, 3)));
      return refusals(first(shift)) > 1;
    },
    { conditions: { trunks: three } },
  ),
];

export const seventhKinds: readonly Kind[] = [...disputes, ...ours, ...seventhNearKinds, ...seventhTogetherKinds];
