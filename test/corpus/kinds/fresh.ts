/** Days as a call centre's support desk knows them, drawn by an outsider and drawn to be scored: the carriers', and the CRM's. */
import type { Fault } from "../../../adapters/mock-trunk/index.ts";
import { prefixes } from "../shift.ts";
import { fresh, maintenance, onAll, worksThroughList } from "./fresh-kind.ts";
import { freshNearKinds } from "./fresh-near.ts";
import { comesUp, endures, failing, first, isMet, minutes, reloads, type Kind } from "./kind.ts";

const calls = { methods: ["INVITE"] };
const local = { ...calls, prefix: prefixes.local };
const mobile = { ...calls, prefix: prefixes.mobile };
const seconds = (count: number) => count * 1_000;

const edges: readonly Kind[] = [
  fresh("registrar-slow-to-take-back", ["carrier-signalling"], async (shift) => {
    const carrier = failing(shift);
    const mend = carrier.fault({ kind: "slow", delayMs: seconds(shift.between(15, 40)), methods: ["REGISTER"] });
    carrier.closeAll(1012, "restart");
    await endures(shift, mend, [2, 4]);
    return isMet(carrier);
  }),
  fresh("maintenance-announced", ["carrier-signalling"], async (shift) => {
    const carrier = failing(shift);
    const mend = carrier.fault(maintenance(shift));
    carrier.closeAll(1001, "maintenance");
    await endures(shift, mend, [3, 5]);
    return isMet(carrier);
  }),
  fresh("certificate-runs-out", ["carrier-signalling"], async (shift) => {
    const { work, between } = shift;
    const carrier = failing(shift);
    const mend = carrier.fault({ kind: "refuse" });
    // What is open stays open, until the edge recycles it.
    await work(minutes(between(1, 2)));
    carrier.closeAll(1001, "recycled");
    await work(minutes(between(1.5, 3)));
    await reloads(shift);
    await endures(shift, mend, [1, 2]);
  }),
  fresh(
    "names-of-one-carrier-gone",
    ["carrier-signalling"],
    async (shift) => {
      const { carriers, one } = shift;
      const those = [...carriers.values()].slice(0, 2);
      const fault: Fault = one([{ kind: "refuse" }, { kind: "hang-upgrade" }] as const);
      const mends = those.map((edge) => edge.fault(fault));
      for (const edge of those) {
        edge.resetAll();
        await shift.work(minutes(shift.between(0.3, 1)));
      }
      await endures(shift, () => mends.forEach((mend) => mend()), [2, 4]);
    },
    {
      conditions: {
        trunks: [
          { id: "A", carrier: "Carrier A" },
          { id: "A2", carrier: "Carrier A" },
          { id: "B", carrier: "Carrier B" },
        ],
      },
    },
  ),
  fresh("edge-crashes-on-calls", ["carrier-signalling"], async (shift) => {
    await endures(shift, first(shift).fault({ kind: "reset-on", share: shift.between(0.6, 0.9), ...calls }), [3, 5]);
  }),
];

const routes: readonly Kind[] = [
  fresh("mobile-interconnect-full", ["carrier-routing"], async (shift) => {
    for (const share of [0.3, 0.9, 0.5]) {
      const mend = first(shift).fault({ kind: "reject", code: 503, q850: 34, after: 100, share, ...mobile });
      await worksThroughList(shift, prefixes.mobile, shift.between(1.5, 2.5));
      mend();
    }
    await worksThroughList(shift, prefixes.mobile, shift.between(1, 2));
    return isMet(first(shift));
  }),
  fresh("district-cut-off", ["carrier-routing"], async (shift) => {
    const answer = shift.one([
      { code: 502, q850: 38 },
      { code: 503, q850: 41 },
      { code: 504, q850: 102 },
    ] as const);
    // A third of the town.
    const mends = ["4", "5", "6"].map((district) =>
      first(shift).fault({ kind: "reject", ...answer, after: 100, ...calls, prefix: `${prefixes.local}${district}` }),
    );
    await worksThroughList(shift, prefixes.local, shift.between(4, 6));
    await endures(shift, () => mends.forEach((mend) => mend()), [1, 3]);
    // One call alone tells nobody of a district.
    return first(shift).log.filter(({ fault, code }) => fault === "reject" && code !== 100).length > 1;
  }),
  fresh("calls-go-in-a-circle", ["carrier-routing"], async (shift) => {
    const loop = shift.one([{ code: 483 }, { code: 483, q850: 25 }] as const);
    await endures(shift, first(shift).fault({ kind: "reject", ...loop, after: 100, ...local }), [3, 5]);
    return isMet(first(shift));
  }),
];

const relays: readonly Kind[] = [
  fresh("relay-overloaded", ["carrier-media"], async (shift) => {
    const { line, carriers, work, between, chance, audio } = shift;
    const [id = ""] = carriers.keys();
    audio.sounds = () => (shift.call?.trunkId !== id || chance(0.15) ? "good" : chance(0.8) ? "poor" : "none");
    await work(minutes(between(2, 3)));
    // The supervisor compares the carriers, twice.
    for (let time = 0; time < 2; time++) {
      line.isolate(id);
      await work(minutes(between(1.5, 2.5)));
      line.restore(id);
      await work(minutes(between(1.5, 2.5)));
    }
    audio.sounds = () => "good";
    await work(minutes(between(1, 2)));
  }),
  fresh("relay-dies-despite-reload", ["carrier-media"], async (shift) => {
    const [id = ""] = shift.carriers.keys();
    shift.audio.sounds = () => (shift.call?.trunkId === id ? "none" : "good");
    await shift.work(minutes(shift.between(1.5, 2.5)));
    await reloads(shift);
    await shift.work(minutes(shift.between(1, 2)));
    // The agent tries the other carrier, and goes back.
    shift.line.isolate(id);
    await shift.work(minutes(shift.between(1, 1.5)));
    shift.line.restore(id);
    await endures(shift, () => (shift.audio.sounds = () => "good"), [1, 2]);
  }),
];

const starts: readonly Kind[] = [
  fresh("release-breaks-the-script", ["crm-init"], async (shift) => {
    const { crm, conditions, work, between, one } = shift;
    const step = one(conditions.steps);
    crm.endpoints[step] = "breaks";
    await reloads(shift);
    await work(minutes(between(1, 2)));
    // A carrier's routine.
    failing(shift).closeAll(1001, "recycled");
    await work(minutes(between(0.5, 1)));
    await reloads(shift);
    await work(minutes(between(0.5, 1)));
    crm.endpoints[step] = "well";
    await reloads(shift);
    await work(minutes(between(1, 3)));
  }),
  fresh(
    "start-overloaded",
    ["crm-init"],
    async (shift) => {
      const { crm, conditions, work, between } = shift;
      const step = conditions.steps[1] ?? "";
      crm.endpoints[step] = "hangs";
      await comesUp(shift);
      await work(minutes(between(0.5, 1.5)));
      crm.endpoints[step] = { status: 503 };
      await reloads(shift);
      await work(minutes(between(0.5, 1)));
      crm.endpoints[step] = "well";
      await reloads(shift);
      await work(minutes(between(1, 3)));
    },
    { isFromStart: true },
  ),
  fresh("mobile-offer-lost-at-restart", ["crm-init"], async (shift) => {
    const { work, between } = shift;
    await worksThroughList(shift, prefixes.mobile, 1);
    for (let time = 0; time < 2; time++) {
      const mend = onAll(shift, { kind: "silence", ...mobile });
      await reloads(shift);
      await worksThroughList(shift, prefixes.mobile, between(1.5, 2.5));
      await work(minutes(between(1, 2)));
      mend();
      await reloads(shift);
      await worksThroughList(shift, prefixes.mobile, between(1, 2));
    }
    return isMet(first(shift));
  }),
];

const settings: readonly Kind[] = [
  fresh("token-not-refreshed", ["crm-config", "crm-init"], async (shift) => {
    const { work, between, one } = shift;
    const mend = onAll(shift, { kind: "reject", code: one([401, 403]), methods: ["REGISTER", "INVITE"] });
    await work(minutes(between(2, 4)));
    // The page fetches a new one.
    mend();
    await reloads(shift);
    await work(minutes(between(2, 3)));
    return isMet(first(shift));
  }),
  fresh("profile-strips-the-country-code", ["crm-config", "crm-init"], async (shift) => {
    const { work, between } = shift;
    const incomplete = { kind: "reject", code: 484, q850: 28, ...calls } as const;
    const mend = onAll(shift, { ...incomplete, prefix: prefixes.mobile }, { ...incomplete, prefix: prefixes.international });
    await reloads(shift);
    await work(minutes(between(2, 3)));
    await worksThroughList(shift, prefixes.mobile, between(1, 2));
    await reloads(shift);
    await worksThroughList(shift, prefixes.international, between(1, 2));
    mend();
    await reloads(shift);
    await worksThroughList(shift, prefixes.mobile, between(1, 2));
    return isMet(first(shift));
  }),
  fresh("account-locked-in-the-afternoon", ["crm-config"], async (shift) => {
    const mend = first(shift).fault({ kind: "reject", code: 403, phrase: "Account Locked", methods: ["REGISTER", "INVITE"] });
    await endures(shift, mend, [3, 6]);
    return isMet(first(shift));
  }),
  fresh("codecs-changed-by-a-release", ["crm-config", "crm-init"], async (shift) => {
    const mend = first(shift).fault({ kind: "reject", code: 488, q850: 65, ...calls });
    await reloads(shift);
    await shift.work(minutes(shift.between(3, 5)));
    mend();
    await reloads(shift);
    await shift.work(minutes(shift.between(2, 3)));
    return isMet(first(shift));
  }),
];

export const freshKinds: readonly Kind[] = [...edges, ...routes, ...relays, ...starts, ...settings, ...freshNearKinds];
