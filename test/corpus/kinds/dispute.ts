/** The dispute in its variations: a route that one start of the CRM breaks and another mends, again and again; and its mirror images. */
import type { Fault } from "../../../adapters/mock-trunk/index.ts";
import { prefixes, type Conditions, type Endpoint, type Shift } from "../shift.ts";
import { comesUp, first, isMet, minutes, reloads, type Kind } from "./kind.ts";

const local = { methods: ["INVITE"], prefix: prefixes.local };
const onlyCarrier = [{ id: "A", carrier: "Carrier A" }];
const siblings = [
  { id: "A", carrier: "Carrier A" },
  { id: "A2", carrier: "Carrier A" },
];

interface Loss {
  readonly fault: (shift: Shift) => Fault;
  /** What the step that loads the dialling profile meets, where it says that it failed. Nothing depends on it. */
  readonly profile?: (shift: Shift) => Endpoint;
  readonly conditions?: Partial<Conditions>;
  readonly onAll?: boolean;
}

/** Calls to one district go out wrong from one start to the next, while all else is well; and it was not the first time. */
const brokenByStart = (id: string, half: Kind["half"], { fault, profile, conditions, onAll = false }: Loss, isFromStart = false): Kind => ({
  id,
  half,
  truth: ["crm-init"],
  conditions: { ...conditions, ...(profile && { extras: ["profile"] }) },
  ...(isFromStart && { isFromStart }),
  async play(shift) {
    const { carriers, crm, work, between } = shift;
    const hit = onAll ? [...carriers.values()] : [first(shift)];
    for (let time = 0; time < 2; time++) {
      const mends = hit.map((carrier) => carrier.fault(fault(shift)));
      if (profile) crm.endpoints["profile"] = profile(shift);
      await (isFromStart && time === 0 ? comesUp(shift) : reloads(shift));
      await work(minutes(between(2, 4)));
      mends.forEach((mend) => mend());
      if (profile) crm.endpoints["profile"] = "well";
      await reloads(shift);
      await work(minutes(between(2, 4)));
    }
    return hit.some(isMet);
  },
});

const byStart: readonly Kind[] = [
  brokenByStart("profile-not-loaded", "tune", {
    fault: ({ one }) =>
      one([
        { kind: "silence", ...local },
        { kind: "reject", code: 500, ...local },
      ] as const),
    profile: ({ one }) => one([{ status: 500 }, { status: 503 }, "breaks"] as const),
  }),
  brokenByStart("profile-not-loaded-for-the-only-carrier", "score", {
    fault: ({ one }) =>
      one([
        { kind: "silence", ...local },
        { kind: "stall", after: 100, prefix: prefixes.local },
      ] as const),
    profile: ({ one }) => one([{ status: 500 }, "breaks"] as const),
    conditions: { trunks: onlyCarrier },
  }),
  brokenByStart("offers-lost-at-reload", "tune", { fault: () => ({ kind: "silence", ...local }) }),
  brokenByStart("offers-lost-at-reload-on-all", "score", {
    fault: ({ one }) =>
      one([
        { kind: "silence", ...local },
        { kind: "reject", code: 500, ...local },
      ] as const),
    onAll: true,
  }),
  brokenByStart("offers-lost-on-one-sibling", "tune", {
    fault: () => ({ kind: "silence", ...local }),
    conditions: { trunks: siblings },
  }),
  brokenByStart("offers-lost-for-the-only-carrier", "score", {
    fault: ({ one }) =>
      one([
        { kind: "silence", ...local },
        { kind: "reject", code: 503, ...local },
      ] as const),
    conditions: { trunks: onlyCarrier },
  }),
  brokenByStart("all-calls-lost-at-reload-for-the-only-carrier", "tune", {
    fault: () => ({ kind: "reject", code: 500, methods: ["INVITE"] }),
    conditions: { trunks: onlyCarrier },
  }),
  brokenByStart(
    "profile-hangs-at-start",
    "score",
    { fault: () => ({ kind: "stall", after: 100, prefix: prefixes.local }), profile: () => "hangs" },
    true,
  ),
  brokenByStart(
    "profile-missing-at-start",
    "tune",
    { fault: () => ({ kind: "silence", ...local }), profile: () => ({ status: 404 }) },
    true,
  ),
];

const oneCall = `${prefixes.local}1234567`;

/** One call had been made when the CRM was started anew; the carrier takes none since. */
const afterOneCall: readonly Kind[] = [
  {
    id: "all-lost-at-reload-after-one-call",
    half: "tune",
    truth: ["crm-init"],
    isFromStart: true,
    async play(shift) {
      const { dial, work, between, one } = shift;
      await comesUp(shift);
      await dial(oneCall);
      const mend = first(shift).fault({ kind: "reject", code: one([500, 503]), methods: ["INVITE"] });
      await reloads(shift);
      await work(minutes(between(3, 5)));
      mend();
      await reloads(shift);
      await work(minutes(between(2, 4)));
      return isMet(first(shift));
    },
  },
  {
    id: "edge-fails-around-reload-after-one-call",
    half: "tune",
    truth: ["carrier-signalling"],
    isFromStart: true,
    async play(shift) {
      const { dial, work, between, one } = shift;
      await comesUp(shift);
      await dial(oneCall);
      const mend = first(shift).fault({ kind: "reject", code: one([500, 503]), methods: ["INVITE"] });
      await work(minutes(between(1, 2)));
      await reloads(shift);
      await work(minutes(between(2, 4)));
      mend();
      await work(minutes(between(2, 4)));
      return isMet(first(shift));
    },
  },
];

const ofRoute = (id: string, half: Kind["half"], play: Kind["play"], conditions?: Kind["conditions"], isFromStart = false): Kind => ({
  id,
  half,
  truth: ["carrier-routing"],
  ...(conditions && { conditions }),
  ...(isFromStart && { isFromStart }),
  play,
});

const mirrored: readonly Kind[] = [
  ofRoute("route-congested-until-reload", "tune", async (shift) => {
    const { work, between, one } = shift;
    const mend = first(shift).fault({ kind: "reject", code: 503, q850: one([34, 42]), ...local });
    await work(minutes(between(2, 4)));
    mend();
    await reloads(shift);
    await work(minutes(between(2, 4)));
    return isMet(first(shift));
  }),
  ofRoute("route-500-until-reload", "tune", async (shift) => {
    const { work, between } = shift;
    const mend = first(shift).fault({ kind: "reject", code: 500, ...local });
    await work(minutes(between(2, 4)));
    mend();
    await reloads(shift);
    await work(minutes(between(3, 4)));
    return isMet(first(shift));
  }),
  ofRoute(
    "route-unknown-until-reload",
    "score",
    async (shift) => {
      const { work, between, one } = shift;
      await work(minutes(2));
      const mend = first(shift).fault({
        kind: "reject",
        ...one([
          { code: 404, q850: 3 },
          { code: 502, q850: 38 },
        ] as const),
        ...local,
      });
      await work(minutes(between(2, 4)));
      mend();
      await reloads(shift);
      await work(minutes(between(2, 4)));
      return isMet(first(shift));
    },
    { trunks: onlyCarrier },
  ),
  ofRoute("route-silent-until-reload", "score", async (shift) => {
    const { work, between } = shift;
    await work(minutes(2));
    const mend = first(shift).fault({ kind: "silence", ...local });
    await work(minutes(between(2, 4)));
    mend();
    await reloads(shift);
    await work(minutes(between(2, 4)));
    return isMet(first(shift));
  }),
  ofRoute("route-fails-twice-despite-reloads", "tune", async (shift) => {
    const { work, between, one } = shift;
    const fault: Fault = one([
      { kind: "silence", ...local },
      { kind: "reject", code: 500, ...local },
    ] as const);
    for (let time = 0; time < 2; time++) {
      const mend = first(shift).fault(fault);
      await work(minutes(between(1.5, 3)));
      await reloads(shift);
      await work(minutes(between(1.5, 3)));
      mend();
      await work(minutes(between(2, 3)));
    }
    return isMet(first(shift));
  }),
  ofRoute(
    "route-fails-from-the-start-despite-reloads",
    "tune",
    async (shift) => {
      const { work, between, one } = shift;
      const mend = first(shift).fault(
        one([
          { kind: "silence", ...local },
          { kind: "reject", code: 500, ...local },
          { kind: "stall", after: 100, prefix: prefixes.local },
        ] as const),
      );
      await comesUp(shift);
      for (let time = 0; time < 3; time++) {
        await work(minutes(between(1, 2)));
        await reloads(shift);
      }
      await work(minutes(between(2, 3)));
      mend();
      await work(minutes(between(2, 4)));
      return isMet(first(shift));
    },
    undefined,
    true,
  ),
  ofRoute(
    "route-fails-beside-a-lost-extra",
    "score",
    async (shift) => {
      const { crm, work, between } = shift;
      crm.endpoints["pictures"] = { status: 500 };
      await reloads(shift);
      await work(minutes(between(2, 3)));
      const mend = first(shift).fault({ kind: "silence", ...local });
      await work(minutes(between(2, 4)));
      mend();
      await work(minutes(between(1, 3)));
      return isMet(first(shift));
    },
    { extras: ["pictures"] },
  ),
  ofRoute(
    "route-fails-beside-a-slow-extra",
    "tune",
    async (shift) => {
      const { crm, work, between, one } = shift;
      crm.endpoints["pictures"] = "hangs";
      await reloads(shift);
      await work(minutes(between(2, 3)));
      const mend = first(shift).fault({ kind: "stall", after: one([100]), prefix: prefixes.local });
      await work(minutes(between(2, 4)));
      mend();
      await reloads(shift);
      await work(minutes(between(1, 3)));
      return isMet(first(shift));
    },
    { extras: ["pictures"] },
  ),
];

export const disputeKinds: readonly Kind[] = [...byStart, ...afterOneCall, ...mirrored];
