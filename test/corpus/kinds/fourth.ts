/** A fourth outsider's days, drawn to be scored: the dispute once more, the carriers' edges, routes and relays, and two carriers at once. */
import type { Fault } from "../../../adapters/mock-trunk/index.ts";
import { prefixes, type Shift } from "../shift.ts";
import { ask } from "../surroundings.ts";
import { dialsThenComparesEach, refusals } from "./fresh-again.ts";
import { badlyHeard, fresh, onAll, picksUp, sharesTheLoad, worksThroughList, type Behaviour } from "./fresh-kind.ts";
import { fourthNearKinds, soundsPoor } from "./fourth-near.ts";
import { comesUp, endures, first, isMet, minutes, reloads, type Kind } from "./kind.ts";

const calls = { methods: ["INVITE"] };
const local = { ...calls, prefix: prefixes.local };
const edgeOnly = { methods: ["INVITE", "OPTIONS"] };
const seconds = (count: number) => count * 1_000;
const three = ["A", "B", "C"].map((id) => ({ id, carrier: `Carrier ${id}` }));
const siblings = ["A", "A2", "B"].map((id) => ({ id, carrier: `Carrier ${id.slice(0, 1)}` }));

/** Calls to the district come to nothing, in words that name no cause. */
const districtLost = ({ one }: Shift): Fault =>
  one([
    { kind: "silence", ...local },
    { kind: "reject", code: 500, ...local },
    { kind: "stall", after: 100, prefix: prefixes.local },
  ] as const);

const starts: readonly Kind[] = [
  fresh(
    "district-back-by-the-third-restart",
    ["crm-init"],
    async (shift) => {
      const { carriers, crm, one, between } = shift;
      await worksThroughList(shift, prefixes.local, between(1.5, 2.5));
      // This agent's start had no profile, and two more had none either: one carrier's offers are not as they should be.
      const lost = districtLost(shift);
      const mends = ["A", "A2"].map((id) => carriers.get(id)?.fault(lost));
      crm.endpoints["profile"] = one([{ status: 500 }, { status: 504 }, "breaks"] as const);
      for (let time = 0; time < 3; time++) {
        await reloads(shift);
        await worksThroughList(shift, prefixes.local, between(1.2, 2));
      }
      mends.forEach((mend) => mend?.());
      crm.endpoints["profile"] = "well";
      await reloads(shift);
      await worksThroughList(shift, prefixes.local, between(3, 4));
      return isMet(first(shift));
    },
    { conditions: { trunks: siblings, extras: ["profile"] } },
  ),
  fresh(
    "profile-passes-at-the-fourth-try",
    ["crm-init"],
    async (shift) => {
      const { crm, line, pass, one, between } = shift;
      const fetchProfile = async () => {
        const profile = line.boot.stage("profile", ({ signal }) => ask(crm.endpoints["profile"] ?? "well", between(100, 400), signal), {
          timeoutMs: 8_000,
          critical: false,
        });
        profile.catch(() => {});
        await pass(seconds(10));
      };
      const mend = onAll(shift, { kind: "reject", code: one([500, 404]), ...local });
      crm.endpoints["profile"] = one([{ status: 500 }, { status: 503 }] as const);
      await comesUp(shift);
      // The CRM asks for it again by itself, and nothing else of the page is begun anew.
      for (let time = 0; time < 3; time++) {
        await worksThroughList(shift, prefixes.local, between(0.8, 1.2));
        await worksThroughList(shift, prefixes.mobile, between(0.5, 0.8));
        if (time === 2) {
          mend();
          crm.endpoints["profile"] = "well";
        }
        await fetchProfile();
      }
      await worksThroughList(shift, prefixes.local, between(2, 3));
      return isMet(first(shift));
    },
    { conditions: { extras: ["profile"] }, isFromStart: true },
  ),
  fresh(
    "district-lost-for-half-an-hour-by-a-start-twice",
    ["crm-init"],
    async (shift) => {
      const { one, between } = shift;
      const lost = one([{ kind: "silence", ...local } as const, { kind: "reject", code: 500, ...local } as const]);
      // Few calls, so that much time lies between any two.
      for (let time = 0; time < 2; time++) {
        await worksThroughList(shift, prefixes.local, between(6, 9));
        const mend = first(shift).fault(lost);
        await reloads(shift);
        await worksThroughList(shift, prefixes.local, between(25, 35));
        mend();
        await reloads(shift);
      }
      await worksThroughList(shift, prefixes.local, between(6, 9));
      return isMet(first(shift));
    },
    { conditions: { pauseMs: 70_000 } },
  ),
];

const routes: readonly Kind[] = [
  fresh(
    "route-back-soon-after-a-desperate-restart",
    ["carrier-routing"],
    async (shift) => {
      const { carriers, pass, between } = shift;
      await worksThroughList(shift, prefixes.local, between(3, 4));
      // Both of the carrier's trunks, minutes after any start; the other carrier reaches the same customers all the while.
      const lost = districtLost(shift);
      const mends = ["A", "A2"].map((id) => carriers.get(id)?.fault(lost));
      await dialsThenComparesEach(shift, prefixes.local, 6);
      await reloads(shift);
      await dialsThenComparesEach(shift, prefixes.local, 2);
      await pass(seconds(between(3, 12)));
      mends.forEach((mend) => mend?.());
      await worksThroughList(shift, prefixes.local, between(2, 4));
      return isMet(first(shift));
    },
    { conditions: { trunks: siblings } },
  ),
  fresh("congestion-named-between-two-starts", ["carrier-routing"], async (shift) => {
    const { one, between } = shift;
    await worksThroughList(shift, prefixes.local, between(1, 2));
    await reloads(shift);
    const named = one([
      { code: 503, q850: 34 },
      { code: 502, q850: 38 },
      { code: 503, q850: 42 },
    ]);
    const mend = first(shift).fault({ kind: "reject", ...named, location: "LN", after: 100, ...local });
    await worksThroughList(shift, prefixes.local, between(3, 5));
    mend();
    await reloads(shift);
    await worksThroughList(shift, prefixes.local, between(2, 3));
    return refusals(first(shift)) > 1;
  }),
  fresh(
    "three-calls-to-a-district-that-one-carrier-lost",
    ["carrier-routing"],
    async (shift) => {
      const { dial, pass, between, carriers } = shift;
      await comesUp(shift);
      await worksThroughList(shift, prefixes.mobile, 1);
      const cause = shift.one([
        { code: 404, q850: 3 },
        { code: 502, q850: 38 },
      ]);
      first(shift).fault({ kind: "reject", ...cause, location: "LN", after: 100, ...local });
      for (let call = 0; call < 3; call++) {
        await pass(seconds(between(5, 40)));
        const number = `${prefixes.local}${String(Math.floor(between(1_000_000, 9_999_999)))}`;
        const answers = picksUp(shift);
        for (const carrier of carriers.values()) answers(carrier.phone(number));
        await dial(number);
      }
      await pass(minutes(between(1, 2)));
      return refusals(first(shift)) > 1;
    },
    { isFromStart: true },
  ),
  fresh(
    "three-in-ten-calls-abroad-congested",
    ["carrier-routing"],
    async (shift) => {
      const { one, between } = shift;
      const congested = { kind: "reject", code: 503, q850: one([34, 42, 44]), location: "TN", after: 100, share: 0.3 } as const;
      const mend = first(shift).fault({ ...congested, ...calls, prefix: prefixes.international });
      await worksThroughList(shift, prefixes.international, between(10, 12));
      await endures(shift, mend, [1, 2]);
      return refusals(first(shift)) > 3;
    },
    { conditions: { trunks: three, pauseMs: 3_000 } },
  ),
  fresh("route-stalls-for-forty-minutes-among-the-busy", ["carrier-routing"], async (shift) => {
    const { between, chance } = shift;
    const mend = first(shift).fault({ kind: "stall", after: 100, prefix: prefixes.local });
    const often = (): Behaviour => (chance(0.5) ? (phone) => phone.isBusy() : picksUp(shift));
    await worksThroughList(shift, prefixes.local, between(38, 44), often);
    await endures(shift, mend, [1, 2]);
    return isMet(first(shift));
  }),
  fresh("declined-by-half-and-no-route-over-one", ["carrier-routing"], async (shift) => {
    const { one, between, chance } = shift;
    const declines = (): Behaviour =>
      chance(0.5) ? (phone) => phone.declines({ ringAfterMs: 900, afterMs: seconds(between(2, 6)) }) : picksUp(shift);
    await worksThroughList(shift, prefixes.local, between(2, 3), declines);
    const noRoute = one([
      { code: 502, q850: 38 },
      { code: 503, q850: 41 },
    ]);
    const mend = first(shift).fault({ kind: "reject", ...noRoute, location: "LN", after: 100, ...local });
    await worksThroughList(shift, prefixes.local, between(4, 6), declines);
    mend();
    await worksThroughList(shift, prefixes.local, between(1, 2), declines);
    return refusals(first(shift)) > 1;
  }),
];

const edges: readonly Kind[] = [
  fresh(
    "edge-away-a-whole-hour-while-nobody-picks-up",
    ["carrier-signalling"],
    async (shift) => {
      const { one, work, between, chance } = shift;
      const mend = first(shift).fault(one([{ kind: "refuse" }, { kind: "hang-upgrade" }] as const));
      first(shift).resetAll();
      await work(minutes(between(58, 65)));
      if (!chance(0.5)) return;
      mend();
      await work(minutes(between(2, 4)));
    },
    { conditions: { absent: 0.9, pauseMs: 25_000 } },
  ),
  fresh("edge-fails-between-two-busy-streaks", ["carrier-signalling"], async (shift) => {
    const { one, chance, between } = shift;
    const busy = (): Behaviour => (chance(0.75) ? (phone) => phone.isBusy() : picksUp(shift));
    await worksThroughList(shift, prefixes.mobile, between(2, 3), busy);
    const mend = first(shift).fault({ kind: "reject", code: one([500, 503]), ...edgeOnly });
    await worksThroughList(shift, prefixes.mobile, between(3, 4));
    mend();
    await worksThroughList(shift, prefixes.local, between(2, 3), busy);
    return refusals(first(shift)) > 2;
  }),
  fresh("edge-frozen-for-the-third-time-today", ["carrier-signalling"], async (shift) => {
    const { work, between } = shift;
    for (let time = 0; time < 3; time++) {
      const mend = first(shift).fault({ kind: "freeze" });
      await work(minutes(between(1.2, 2)));
      mend();
      await work(minutes(between(8, 11)));
    }
  }),
  fresh(
    "edge-resets-what-is-idle",
    ["carrier-signalling"],
    async (shift) => {
      const { dial, pass, between } = shift;
      // Hardly anybody calls; the backup is as idle, and stays up.
      for (let time = 0; time < 5; time++) {
        const mend = first(shift).fault({ kind: "refuse" });
        first(shift).resetAll();
        await pass(seconds(between(20, 50)));
        mend();
        await pass(seconds(between(60, 100)));
        if (time % 2 === 1) await dial();
      }
    },
    { conditions: { pauseMs: 40_000, hasControl: true } },
  ),
  fresh("backup-edge-away-while-nobody-needs-it", ["carrier-signalling"], async (shift) => {
    const { carriers, work, between } = shift;
    const backup = carriers.get("B");
    const mend = backup?.fault(shift.one([{ kind: "refuse" }, { kind: "freeze" }] as const));
    backup?.resetAll();
    await work(minutes(between(4, 6)));
    mend?.();
    await work(minutes(between(2, 3)));
  }),
];

const relays: readonly Kind[] = [
  fresh(
    "poor-on-the-second-carrier-after-good-calls",
    ["carrier-media"],
    async (shift) => {
      const { work, chance, between } = shift;
      sharesTheLoad(shift);
      await work(minutes(between(4, 5)));
      const isHit = () => shift.call?.trunkId === "B" && chance(0.9);
      const stop = soundsPoor(shift, isHit);
      await endures(shift, stop, [8, 10]);
      return badlyHeard(shift, "B") > 2;
    },
    { conditions: { trunks: three, pauseMs: 4_000, absent: 0.2 } },
  ),
];

const together: readonly Kind[] = [
  fresh(
    "edge-of-one-and-audio-of-another",
    ["carrier-signalling", "carrier-media"],
    async (shift) => {
      const { audio, one } = shift;
      sharesTheLoad(shift);
      audio.sounds = () => (shift.call?.trunkId === "B" ? "none" : "good");
      const mend = first(shift).fault({ kind: "reject", code: one([500, 503]), ...edgeOnly });
      await endures(shift, () => (mend(), (audio.sounds = () => "good")), [6, 8]);
      return refusals(first(shift)) > 1 && badlyHeard(shift, "B") > 1;
    },
    { conditions: { trunks: three, pauseMs: 4_000, absent: 0.2 } },
  ),
];

export const fourthKinds: readonly Kind[] = [...starts, ...routes, ...edges, ...relays, ...together, ...fourthNearKinds];
