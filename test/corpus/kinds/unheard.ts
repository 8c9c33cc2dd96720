/** What is not known yet, or never: nobody else was heard of, or there is nobody else; and what the moment of a start alone suggests. */
import type { Fault } from "../../../adapters/mock-trunk/index.ts";
import { prefixes, type Shift } from "../shift.ts";
import { comesUp, endures, first, isMet, minutes, reloads, type Kind } from "./kind.ts";

const calls = { methods: ["INVITE"] };
const local = { ...calls, prefix: prefixes.local };
const onlyCarrier = { trunks: [{ id: "A", carrier: "Carrier A" }] };
const alone = { ...onlyCarrier, hasControl: false };
const siblings = {
  trunks: [
    { id: "A", carrier: "Carrier A" },
    { id: "A2", carrier: "Carrier A" },
  ],
};
const three = {
  trunks: [
    { id: "A", carrier: "Carrier A" },
    { id: "B", carrier: "Carrier B" },
    { id: "C", carrier: "Carrier C" },
  ],
};

/** The same to every carrier. */
const onAll = ({ carriers }: Shift, fault: Fault) => {
  const mends = [...carriers.values()].map((carrier) => carrier.fault(fault));
  return () => mends.forEach((mend) => mend());
};

/** The first carrier's edge has this for so many minutes, or for good. @returns whether anything met it. */
async function firstSuffers(shift: Shift, fault: Fault, forMinutes: readonly [number, number]): Promise<boolean> {
  await endures(shift, first(shift).fault(fault), forMinutes);
  return isMet(first(shift));
}

const kind = (id: string, truth: Kind["truth"], play: Kind["play"], more: Omit<Partial<Kind>, "id" | "truth"> = {}): Kind => ({
  ...more,
  id,
  half: "tune",
  truth,
  play,
});

/** Shared by all, and met by one carrier first, for the agent calls over one at a time. */
const networks: readonly Kind[] = [
  kind("network-freezes-for-three-carriers", ["local-network"], (shift) => endures(shift, onAll(shift, { kind: "freeze" })), {
    conditions: { ...three, hasControl: false },
  }),
  kind(
    "firewall-forgets-what-is-idle",
    ["local-network"],
    async (shift) => {
      const { carriers, work, between } = shift;
      for (let time = 0; time < 3; time++) {
        const mend = onAll(shift, { kind: "freeze" });
        await work(minutes(between(0.4, 0.8)));
        mend();
        for (const carrier of carriers.values()) carrier.resetAll();
        await work(minutes(between(1, 2)));
      }
    },
    { conditions: { hasControl: true } },
  ),
  kind("network-loses-half", ["local-network"], async (shift) => {
    await endures(shift, onAll(shift, { kind: "silence", share: 0.5 }), [3, 5]);
    return isMet(first(shift));
  }),
  kind(
    "network-slow-from-the-start",
    ["local-network"],
    async (shift) => {
      const mend = onAll(shift, { kind: "slow", delayMs: shift.between(2_500, 5_000) });
      await comesUp(shift);
      await endures(shift, mend, [2, 4]);
    },
    { isFromStart: true, isOpen: true },
  ),
  kind("big-packets-lost-for-the-only-carrier", ["local-network"], (shift) => firstSuffers(shift, { kind: "silence", ...calls }, [2, 4]), {
    isOpen: true,
    conditions: alone,
  }),
  kind(
    "network-a-little-slow-for-the-only-carrier",
    ["local-network"],
    async (shift) => {
      await endures(shift, first(shift).fault({ kind: "slow", delayMs: shift.between(1_600, 3_000) }), [3, 5]);
    },
    { isOpen: true, conditions: alone },
  ),
  kind(
    "network-loses-a-third-for-the-only-carrier",
    ["local-network"],
    (shift) => firstSuffers(shift, { kind: "silence", share: 0.3 }, [3, 5]),
    { isOpen: true, conditions: alone },
  ),
];

/** One carrier's own: what a network near the agent would do to all, and another carrier shows that it did not. */
const carriers: readonly Kind[] = [
  kind("edge-slow", ["carrier-signalling"], async (shift) => {
    await endures(shift, first(shift).fault({ kind: "slow", delayMs: shift.between(3_000, 7_000) }), [3, 5]);
  }),
  kind(
    "edge-loses-a-third",
    ["carrier-signalling", "carrier-routing"],
    (shift) => firstSuffers(shift, { kind: "silence", share: 0.35 }, [3, 5]),
    { isOpen: true },
  ),
  kind(
    "edge-frozen-for-both-trunks-of-one-carrier",
    ["carrier-signalling"],
    async (shift) => {
      await endures(shift, onAll(shift, { kind: "freeze" }));
    },
    { isOpen: true, conditions: { ...siblings, hasControl: true } },
  ),
];

/** One coincidence in time, and nothing to hold it against. */
const coincidences: readonly Kind[] = [
  kind(
    "only-route-silent-after-a-reload",
    ["carrier-routing"],
    async (shift) => {
      await shift.dial(`${prefixes.local}123456`);
      await reloads(shift);
      return firstSuffers(shift, { kind: "silence", ...local }, [3, 5]);
    },
    { isOpen: true, conditions: onlyCarrier },
  ),
  kind(
    "only-route-lost-by-a-reload",
    ["crm-init"],
    async (shift) => {
      await shift.dial(`${prefixes.local}123456`);
      await reloads(shift);
      first(shift).fault({ kind: "silence", ...local });
      await shift.work(minutes(shift.between(2, 4)));
      return isMet(first(shift));
    },
    { isOpen: true, conditions: onlyCarrier },
  ),
  kind(
    "only-edge-fails-between-two-reloads",
    ["carrier-signalling"],
    async (shift) => {
      const { work, between, pass } = shift;
      await reloads(shift);
      const mend = first(shift).fault({ kind: "reject", code: shift.one([500, 503]), ...calls });
      await work(minutes(between(1, 2)));
      mend();
      await pass(between(0, 5_000));
      await work(minutes(between(0.5, 1)));
      await reloads(shift);
      await work(minutes(between(1, 2)));
      return isMet(first(shift));
    },
    { isOpen: true, conditions: onlyCarrier },
  ),
  kind(
    "start-hangs-on-the-only-carrier",
    ["crm-init"],
    async (shift) => {
      const { crm, conditions, work, between, one } = shift;
      const step = one(conditions.steps);
      crm.endpoints[step] = "hangs";
      await reloads(shift);
      await work(minutes(between(1, 2)));
      crm.endpoints[step] = "well";
      await reloads(shift);
      await work(minutes(between(1, 2)));
    },
    { conditions: alone },
  ),
];

export const unheardKinds: readonly Kind[] = [...networks, ...carriers, ...coincidences];
