/** A sixth outsider's days, drawn to be scored: the dispute and its near relatives, and their mirror images. */
import type { Fault } from "../../../adapters/mock-trunk/index.ts";
import { prefixes, type Endpoint, type Shift } from "../shift.ts";
import { ask } from "../surroundings.ts";
import { missets } from "./fresh-again-near.ts";
import { dialsThenComparesEach, refusals } from "./fresh-again.ts";
import { fresh, onAll, worksThroughList } from "./fresh-kind.ts";
import { comesUp, first, isMet, minutes, reloads, type Kind } from "./kind.ts";
import { sixthNearKinds } from "./sixth-near.ts";
import { sixthTogetherKinds } from "./sixth-together.ts";

const calls = { methods: ["INVITE"] };
const local = { ...calls, prefix: prefixes.local };
const mobile = { ...calls, prefix: prefixes.mobile };
const seconds = (count: number) => count * 1_000;
const three = ["A", "B", "C"].map((id) => ({ id, carrier: `Carrier ${id}` }));
const siblings = ["A", "A2", "B"].map((id) => ({ id, carrier: `Carrier ${id.slice(0, 1)}` }));

/** What calls of one class meet when the CRM sends them out wrong: never a word of the carrier's about its own network. */
const unserved = ({ one }: Shift, of: typeof local | typeof mobile): Fault =>
  one([
    { kind: "silence", ...of },
    { kind: "stall", after: 100, prefix: of.prefix },
    { kind: "reject", code: one([480, 500]), after: 100, ...of },
  ] as const);

/** Calls to the district, and some elsewhere, which are the control. */
async function worksInTheDistrict(shift: Shift, count: number): Promise<void> {
  const { one } = shift;
  await worksThroughList(shift, prefixes.local, count * 0.7);
  await worksThroughList(shift, one([prefixes.mobile, prefixes.international]), count * 0.3);
}

/** How many calls of one class a trunk has carried to an answer. */
const served = ({ line }: Shift, trunkId: string, route: string): number =>
  line.journal.filter((entry) => entry.type === "attempt:answered" && entry.trunkId === trunkId && entry.route === route).length;

const starts: readonly Kind[] = [
  // One of the CRM's two nodes has no offers for the district: four times lost by a start, and mended by the next. No carrier keeps such time.
  fresh(
    "every-other-start-lands-on-a-bad-node",
    ["crm-init"],
    async (shift) => {
      const { between } = shift;
      const lost = unserved(shift, local);
      for (let time = 0; time < 4; time++) {
        await worksInTheDistrict(shift, between(2, 3));
        const mend = first(shift).fault(lost);
        await reloads(shift);
        await worksInTheDistrict(shift, between(2, 3));
        mend();
        await reloads(shift);
      }
      await worksInTheDistrict(shift, between(2, 3));
      return isMet(first(shift));
    },
    { conditions: { trunks: three.slice(0, 1), hasControl: true } },
  ),
  // The first start of a shift brings it, whoever says "start it anew" mends it, and hours go by to the next shift; the edge answers all along.
  fresh(
    "broken-each-morning-until-started-anew",
    ["crm-init"],
    async (shift) => {
      const { pass, between } = shift;
      const lost = unserved(shift, local);
      for (let morning = 0; morning < 3; morning++) {
        const mend = first(shift).fault(lost);
        await (morning === 0 ? comesUp(shift) : reloads(shift));
        await worksInTheDistrict(shift, between(6, 8));
        mend();
        const before = served(shift, "A", "local");
        await reloads(shift);
        await worksInTheDistrict(shift, between(9, 12));
        if (served(shift, "A", "local") === before) return false;
        await pass(minutes(between(60, 150)));
      }
      return first(shift).log.filter(({ fault }) => fault !== undefined).length > 3;
    },
    { isFromStart: true },
  ),
  // No start at all: the profile is fetched anew now and then, and twice that fails. Its calls are lost on every carrier until it passes again.
  fresh("hourly-refresh-of-the-profile-fails", ["crm-init", "crm-config"], async (shift) => {
    const { line, pass, between, one } = shift;
    const refreshes = async (endpoint: Endpoint) => {
      const task = ({ signal }: { readonly signal: AbortSignal }) => ask(endpoint, between(80, 500), signal);
      line.boot.stage("profile", task, { timeoutMs: 8_000, critical: false }).catch(() => {});
      await pass(seconds(9));
    };
    const refused: Fault = { kind: "reject", code: one([404, 500]), ...local };
    await refreshes("well");
    for (let time = 0; time < 2; time++) {
      await worksInTheDistrict(shift, between(3, 5));
      const mend = onAll(shift, refused);
      await refreshes(one<Endpoint>([{ status: 500 }, { status: 504 }, "breaks", "hangs"]));
      await worksInTheDistrict(shift, between(4, 6));
      mend();
      await refreshes("well");
    }
    await worksInTheDistrict(shift, between(3, 4));
    return isMet(first(shift));
  }),
  // Mobiles go by the second carrier first: lost there by a start and back by the next, three times. It takes all else; and others, the mobiles.
  fresh(
    "start-loses-the-second-carrier-for-mobiles",
    ["crm-init"],
    async (shift) => {
      const { line, carriers, between } = shift;
      line.weigh("A", { priority: 1 });
      line.weigh("B", { priority: 0 });
      const second = carriers.get("B") ?? first(shift);
      const lost = unserved(shift, mobile);
      for (let time = 0; time < 3; time++) {
        const before = served(shift, "B", "mobile");
        await worksThroughList(shift, prefixes.mobile, time === 0 ? between(3, 4) : between(6, 8));
        await worksThroughList(shift, prefixes.local, between(0.7, 1));
        if (served(shift, "B", "mobile") === before) return false;
        const mend = second.fault(lost);
        await reloads(shift);
        await worksThroughList(shift, prefixes.mobile, between(4, 6));
        await worksThroughList(shift, prefixes.local, between(0.7, 1));
        mend();
        await reloads(shift);
      }
      await worksThroughList(shift, prefixes.mobile, between(7, 9));
      return isMet(second);
    },
    { conditions: { trunks: three, pauseMs: 4_000 } },
  ),
  // One token lets the calls out at every carrier, and only a start fetches it: all are refused from the same age on, at once, three times.
  fresh("token-dies-at-the-same-age-after-each-start", ["crm-config", "crm-init"], async (shift) => {
    const { work, between, one } = shift;
    const ageMinutes = between(4, 7);
    const refused: Fault = { kind: "reject", ...one([{ code: 403 }, { code: 403, q850: 57 }]), ...calls };
    for (let time = 0; time < 3; time++) {
      await reloads(shift);
      await work(minutes(ageMinutes));
      const mend = onAll(shift, refused);
      await work(minutes(between(1.5, 3)));
      mend();
    }
    await reloads(shift);
    await work(minutes(between(2, 3)));
    return refusals(first(shift)) > 1;
  }),
  // A change of the settings, no start, has the caller written as the carrier does not take it; the next start fetches them right again.
  fresh("wrong-settings-gone-with-the-next-start", ["crm-config", "crm-init"], async (shift) => {
    const { work, pass, between, one } = shift;
    const refused: Fault = { kind: "reject", ...one([{ code: 403 }, { code: 403, q850: 21 }, { code: 484 }]), ...calls };
    for (let time = 0; time < 2; time++) {
      await work(minutes(between(2, 3)));
      const setRight = missets(shift, { callerId: "p-preferred-identity" });
      const mend = first(shift).fault(refused);
      await work(minutes(between(2, 4)));
      const booted = reloads(shift);
      await pass(300);
      setRight();
      mend();
      await booted;
    }
    await work(minutes(between(2, 4)));
    return refusals(first(shift)) > 1;
  }),
  // From one start to the next no call of any class is taken, by carriers that have nothing to do with each other; each answers every probe.
  fresh("both-carriers-take-no-calls-from-one-start-to-the-next", ["crm-init"], async (shift) => {
    const { work, between, one } = shift;
    const refused: Fault = { kind: "reject", code: one([500, 503]), ...calls };
    for (let time = 0; time < 2; time++) {
      const mend = onAll(shift, refused);
      await reloads(shift);
      await work(minutes(between(2, 4)));
      mend();
      await reloads(shift);
      await work(minutes(between(2, 4)));
    }
    return refusals(first(shift)) > 1;
  }),
  // A release changes the settings with the start that brings it. They are rolled back without one, to effect; and a start later on harms nothing.
  fresh("settings-shipped-with-a-release-rolled-back-without-a-start", ["crm-config"], async (shift) => {
    const { line, accounts, work, pass, between, one } = shift;
    await work(minutes(between(1, 2)));
    const booted = reloads(shift);
    await pass(300);
    const mend = onAll(shift, { kind: "reject", code: one([484, 416, 403]), ...calls });
    line.setTrunks(accounts.map((account) => ({ ...account, callerId: "p-preferred-identity" })));
    await booted;
    await work(minutes(between(3, 5)));
    mend();
    line.setTrunks(accounts);
    await work(minutes(between(2, 3)));
    await reloads(shift);
    await work(minutes(between(2, 3)));
    return refusals(first(shift)) > 1;
  }),
  // Each start waits most of a minute for one critical step, which passes in the end. The agents dial meanwhile, and every trunk stands.
  fresh("starts-take-a-minute-and-the-agents-dial-meanwhile", ["crm-init"], async (shift) => {
    const { line, crm, work, between } = shift;
    for (let time = 0; time < 4; time++) {
      const booted = crm.boot();
      const waits = () => new Promise<void>((resolve) => setTimeout(resolve, seconds(between(50, 85))));
      line.boot.stage("entitlements", waits, { timeoutMs: seconds(110) }).catch(() => {});
      await work(seconds(95));
      await booted;
      await work(minutes(between(1.5, 2.5)));
    }
    return line.journal.filter(({ type }) => type === "call:refused").length > 4;
  }),
];

/** The carrier's, by its own words or by what went on; and starts that had no part in it. */
const mirrored: readonly Kind[] = [
  // In the very second of a start both trunks of one carrier lose the district, and it says of which its network is short. Starts do not
  // help, and it ends without one; the other carrier reaches the same people.
  fresh(
    "named-outage-begins-as-a-release-rolls-out",
    ["carrier-routing"],
    async (shift) => {
      const { carriers, between, one } = shift;
      await worksThroughList(shift, prefixes.local, between(2, 3));
      const named = one([
        { code: 503, q850: 34 },
        { code: 502, q850: 38 },
        { code: 503, q850: 42 },
      ]);
      const mends = ["A", "A2"].map((id) => carriers.get(id)?.fault({ kind: "reject", ...named, location: "TN", after: 100, ...local }));
      for (let time = 0; time < 3; time++) {
        await reloads(shift);
        await worksInTheDistrict(shift, between(2, 4));
      }
      mends.forEach((mend) => mend?.());
      await worksThroughList(shift, prefixes.local, between(4, 6));
      return refusals(first(shift)) > 1;
    },
    { conditions: { trunks: siblings } },
  ),
  // It begins minutes after any start, with good calls between; six desperate starts change nothing; it ends between two. Asked again by
  // the other carrier, the same people answer.
  fresh("district-out-at-one-carrier-agents-restart-six-times", ["carrier-routing"], async (shift) => {
    const { between } = shift;
    await worksThroughList(shift, prefixes.local, between(4, 5));
    const mend = first(shift).fault(unserved(shift, local));
    for (let time = 0; time < 6; time++) {
      await dialsThenComparesEach(shift, prefixes.local, Math.round(between(2, 4)));
      await reloads(shift);
    }
    await worksThroughList(shift, prefixes.local, between(1, 2));
    mend();
    await worksThroughList(shift, prefixes.local, between(4, 5));
    return isMet(first(shift));
  }),
  // The CRM starts, and some seconds later the carrier's edge says goodbye (1012) and is gone; three starts on it is still, and comes back by itself.
  fresh(
    "edge-goes-down-just-after-a-start-and-outlives-three",
    ["carrier-signalling"],
    async (shift) => {
      const { work, pass, between, one } = shift;
      await reloads(shift);
      await pass(seconds(between(5, 25)));
      const mend = first(shift).fault(
        one([{ kind: "refuse" }, { kind: "hang-upgrade" }, { kind: "refuse-upgrade", status: 503 }] as const),
      );
      first(shift).closeAll(one([1012, 1001]), "restart");
      for (let time = 0; time < 3; time++) {
        await work(minutes(between(1, 2)));
        await reloads(shift);
      }
      await work(minutes(between(1, 2)));
      mend();
      await work(minutes(between(2, 3)));
    },
    { conditions: { hasControl: true } },
  ),
  // All of the mobiles, then half, then few are refused for want of a circuit, while agents start anew again and again: no start mends by degrees.
  fresh(
    "mobiles-come-back-by-degrees-among-restarts",
    ["carrier-routing"],
    async (shift) => {
      const { between, one } = shift;
      await worksThroughList(shift, prefixes.mobile, between(3, 4));
      const full = { kind: "reject", code: 503, q850: one([34, 42]), location: "LN", after: 100, ...mobile } as const;
      for (const share of [1, 0.55, 0.2]) {
        const mend = first(shift).fault({ ...full, share });
        await worksThroughList(shift, prefixes.mobile, between(4, 5));
        await reloads(shift);
        await worksThroughList(shift, prefixes.mobile, between(4, 5));
        mend();
      }
      await worksThroughList(shift, prefixes.mobile, between(6, 8));
      return refusals(first(shift)) > 5;
    },
    { conditions: { pauseMs: 3_000 } },
  ),
];

export const sixthKinds: readonly Kind[] = [...starts, ...mirrored, ...sixthNearKinds, ...sixthTogetherKinds];
