/** Faults that go on for long, or come beside others, or after much that was nobody's fault. */
import type { Fault } from "../../../adapters/mock-trunk/index.ts";
import { prefixes, type Conditions, type Shift } from "../shift.ts";
import { comesUp, endures, failing, first, isMet, minutes, reloads, type Kind, type Mend } from "./kind.ts";

const local = { methods: ["INVITE"], prefix: prefixes.local };
const calls = { methods: ["INVITE"] };
const onlyCarrier = [{ id: "A", carrier: "Carrier A" }];
const threeCarriers = ["A", "B", "C"].map((id) => ({ id, carrier: `Carrier ${id}` }));
const siblings = [
  { id: "A", carrier: "Carrier A" },
  { id: "A2", carrier: "Carrier A" },
];

/** Callees are busy for a while, whoever carries the call. */
async function busyCallees(shift: Shift, count: number): Promise<void> {
  const mends = [...shift.carriers.values()].map((carrier) => carrier.fault({ kind: "reject", code: 486, q850: 17, ...calls }));
  await shift.work(minutes(count));
  mends.forEach((mend) => mend());
}

const edges: readonly Kind[] = [
  {
    id: "edge-away-for-long",
    half: "tune",
    truth: ["carrier-signalling"],
    conditions: { absent: 0.7 },
    async play(shift) {
      const carrier = failing(shift);
      const mend = carrier.fault({ kind: "refuse" });
      carrier.resetAll();
      await endures(shift, mend, [25, 45]);
    },
  },
  {
    id: "edge-frozen-while-callees-are-busy",
    half: "score",
    truth: ["carrier-signalling"],
    async play(shift) {
      const mend = failing(shift).fault({ kind: "freeze" });
      await shift.work(minutes(shift.between(1, 3)));
      await busyCallees(shift, shift.between(12, 20));
      await endures(shift, mend);
    },
  },
  {
    id: "edge-fails-after-busy-callees",
    half: "tune",
    truth: ["carrier-signalling"],
    async play(shift) {
      await busyCallees(shift, shift.between(3, 5));
      const carrier = failing(shift);
      const mend = carrier.fault(shift.one([{ kind: "freeze" }, { kind: "refuse" }] as const));
      carrier.resetAll();
      await endures(shift, mend);
    },
  },
  {
    id: "route-fails-after-busy-callees",
    half: "score",
    truth: ["carrier-routing"],
    async play(shift) {
      await busyCallees(shift, shift.between(3, 5));
      const mend = first(shift).fault({ kind: "reject", code: 503, ...local });
      await endures(shift, mend);
      return isMet(first(shift));
    },
  },
  {
    id: "sibling-edges-fail",
    half: "tune",
    truth: ["carrier-signalling"],
    conditions: { trunks: siblings, hasControl: true },
    async play(shift) {
      const fault: Fault = shift.one([{ kind: "freeze" }, { kind: "refuse" }] as const);
      const mends = [...shift.carriers.values()].map((carrier) => carrier.fault(fault));
      for (const carrier of shift.carriers.values()) if (fault.kind === "refuse") carrier.resetAll();
      await endures(shift, () => mends.forEach((mend) => mend()));
    },
  },
  {
    id: "siblings-fail-in-turn",
    half: "tune",
    truth: ["carrier-signalling"],
    conditions: { trunks: siblings },
    async play(shift) {
      for (const carrier of [...shift.carriers.values()].slice(0, 2)) {
        const mend = carrier.fault({ kind: "freeze" });
        await shift.work(minutes(shift.between(2, 3)));
        mend();
        await shift.work(minutes(1));
      }
    },
  },
  {
    id: "sibling-registrars-fail-from-the-start",
    half: "tune",
    truth: ["carrier-signalling"],
    conditions: { trunks: siblings },
    isFromStart: true,
    async play(shift) {
      const fault: Fault = { kind: "reject", code: shift.one([500, 503]), methods: ["REGISTER"] };
      const mends = [...shift.carriers.values()].map((carrier) => carrier.fault(fault));
      await comesUp(shift);
      await endures(shift, () => mends.forEach((mend) => mend()));
    },
  },
  {
    id: "only-trunk-edge-frozen",
    half: "tune",
    truth: ["carrier-signalling"],
    conditions: { trunks: onlyCarrier, hasControl: true },
    async play(shift) {
      await endures(shift, first(shift).fault({ kind: "freeze" }), [2, 4]);
    },
  },
  {
    id: "two-of-three-edges-refuse",
    half: "tune",
    truth: ["carrier-signalling"],
    conditions: { trunks: threeCarriers },
    async play(shift) {
      const mends: Mend[] = [];
      for (const carrier of [...shift.carriers.values()].slice(0, 2)) {
        mends.push(carrier.fault({ kind: "refuse" }));
        carrier.resetAll();
        await shift.work(minutes(shift.between(1, 2)));
      }
      await endures(shift, () => mends.forEach((mend) => mend()));
    },
  },
  {
    id: "one-sibling-edge-fails",
    half: "score",
    truth: ["carrier-signalling"],
    conditions: { trunks: siblings },
    async play(shift) {
      const carrier = failing(shift);
      const mend = carrier.fault(shift.one([{ kind: "freeze" }, { kind: "silence" }] as const));
      await endures(shift, mend);
    },
  },
  {
    id: "edge-browns-out",
    half: "score",
    truth: ["carrier-signalling"],
    async play(shift) {
      const mend = first(shift).fault({ kind: "reject", code: 500, share: shift.between(0.3, 0.5), ...calls });
      await endures(shift, mend, [8, 15]);
      return isMet(first(shift));
    },
  },
  {
    id: "route-browns-out-for-long",
    half: "tune",
    truth: ["carrier-routing"],
    async play(shift) {
      const mend = first(shift).fault({ kind: "silence", share: shift.between(0.2, 0.4), ...local });
      await endures(shift, mend, [12, 20]);
      return isMet(first(shift));
    },
  },
];

const beside: readonly Kind[] = [
  {
    id: "two-carriers-fail-one-route",
    half: "score",
    truth: ["carrier-routing"],
    async play(shift) {
      const [a, b] = [...shift.carriers.values()];
      const mends = [
        a?.fault({ kind: "stall", after: 100, prefix: prefixes.local }),
        b?.fault({ kind: "reject", code: 503, q850: 42, share: shift.between(0.3, 0.7), ...local }),
      ];
      await endures(shift, () => mends.forEach((mend) => mend?.()), [3, 5]);
      return a && isMet(a);
    },
  },
  {
    id: "edge-and-another-route",
    half: "tune",
    truth: ["carrier-signalling", "carrier-routing"],
    async play(shift) {
      const [a, b] = [...shift.carriers.values()];
      const mendA = a?.fault({ kind: "freeze" });
      const mendB = b?.fault({ kind: "reject", code: 503, q850: 34, ...local });
      await endures(shift, () => [mendA, mendB].forEach((mend) => mend?.()), [3, 5]);
      return b && isMet(b);
    },
  },
  {
    id: "edge-and-route-of-two-carriers",
    half: "tune",
    truth: ["carrier-signalling", "carrier-routing"],
    async play(shift) {
      const [a, b] = [...shift.carriers.values()];
      const mendA = a?.fault({ kind: "refuse" });
      a?.resetAll();
      await shift.work(minutes(1));
      const mendB = b?.fault({ kind: "reject", code: 502, q850: 38, ...local });
      await endures(shift, () => [mendA, mendB].forEach((mend) => mend?.()), [3, 5]);
      return b && isMet(b);
    },
  },
  {
    id: "two-carriers-two-routes",
    half: "tune",
    truth: ["carrier-routing"],
    async play(shift) {
      const [a, b] = [...shift.carriers.values()];
      const mends = [
        a?.fault({ kind: "silence", ...local }),
        a?.fault({ kind: "silence", share: 0.5, methods: ["INVITE"], prefix: prefixes.mobile }),
        b?.fault({ kind: "reject", code: 502, q850: 38, methods: ["INVITE"], prefix: prefixes.mobile }),
      ];
      await endures(shift, () => mends.forEach((mend) => mend?.()), [3, 5]);
      return a && isMet(a);
    },
  },
];

/** A setting of one trunk's is wrong from the first start on. What stands in the CRM itself is not set right within a shift. */
const wrongFromStart = (
  id: string,
  half: Kind["half"],
  fault: (shift: Shift) => Fault,
  { conditions, isMendable = false }: { readonly conditions?: Partial<Conditions>; readonly isMendable?: boolean } = {},
): Kind => ({
  id,
  half,
  truth: ["crm-config"],
  isFromStart: true,
  ...(conditions && { conditions }),
  async play(shift) {
    const mend = first(shift).fault(fault(shift));
    await comesUp(shift);
    await shift.work(minutes(shift.between(3, 6)));
    if (!isMendable) return;
    mend();
    await shift.work(minutes(shift.between(1, 3)));
  },
});

const settings: readonly Kind[] = [
  {
    // The same to see, until it comes back with nothing changed.
    id: "edge-away-at-start",
    half: "tune",
    truth: ["carrier-signalling"],
    isFromStart: true,
    async play(shift) {
      const mend = first(shift).fault({ kind: "refuse" });
      await comesUp(shift);
      await shift.work(minutes(shift.between(2, 4)));
      mend();
      await shift.work(minutes(shift.between(2, 4)));
    },
  },
  wrongFromStart("address-mistyped", "tune", () => ({ kind: "refuse" })),
  wrongFromStart("path-mistyped", "score", () => ({ kind: "refuse-upgrade", status: 404 })),
  wrongFromStart("only-address-mistyped", "tune", () => ({ kind: "refuse" }), { conditions: { trunks: onlyCarrier, hasControl: true } }),
  wrongFromStart("calls-forbidden", "tune", () => ({ kind: "reject", code: 403, ...calls }), { isMendable: true }),
  {
    // REGISTER goes by another token than INVITE.
    id: "token-expires-on-one-trunk",
    half: "tune",
    truth: ["crm-config"],
    async play(shift) {
      await endures(shift, first(shift).fault({ kind: "reject", code: 401, ...calls }), [3, 6]);
      return isMet(first(shift));
    },
  },
  {
    id: "release-breaks-caller-number",
    half: "tune",
    truth: ["crm-config"],
    async play(shift) {
      const mends = [...shift.carriers.values()].map((carrier) => carrier.fault({ kind: "reject", code: 403, q850: 50, ...calls }));
      await reloads(shift);
      await endures(shift, () => mends.forEach((mend) => mend()), [3, 6]);
      return isMet(first(shift));
    },
  },
  {
    id: "start-takes-the-wrong-account",
    half: "tune",
    truth: ["crm-init", "crm-config"],
    async play(shift) {
      for (let time = 0; time < 2; time++) {
        const mend = first(shift).fault({ kind: "reject", code: 403, ...calls });
        await reloads(shift);
        await shift.work(minutes(shift.between(2, 3)));
        mend();
        await reloads(shift);
        await shift.work(minutes(shift.between(2, 3)));
      }
      return isMet(first(shift));
    },
  },
  {
    id: "calls-forbidden-from-noon",
    half: "score",
    truth: ["crm-config"],
    async play(shift) {
      const mend = first(shift).fault({ kind: "reject", code: 403, ...calls });
      await endures(shift, mend, [4, 6]);
      return isMet(first(shift));
    },
  },
];

const media: readonly Kind[] = [
  {
    id: "poor-audio-everywhere",
    half: "score",
    truth: ["local-network"],
    async play(shift) {
      // Now and then a call is well, on whichever carrier.
      shift.audio.sounds = () => (shift.chance(0.9) ? "poor" : "good");
      const [id] = shift.carriers.keys();
      await shift.work(minutes(shift.between(2, 4)));
      if (id !== undefined) shift.line.isolate(id);
      await shift.work(minutes(shift.between(2, 4)));
    },
  },
];

export const lastingKinds: readonly Kind[] = [...edges, ...beside, ...settings, ...media];
