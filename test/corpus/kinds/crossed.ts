/** What one side could be blamed for though it was another: coincidences with a start, an answer that misleads, a bad network for all. */
import type { Fault } from "../../../adapters/mock-trunk/index.ts";
import { prefixes, type Shift } from "../shift.ts";
import { comesUp, endures, first, isMet, minutes, reloads, type Kind } from "./kind.ts";

const calls = { methods: ["INVITE"] };
const local = { ...calls, prefix: prefixes.local };
const onlyCarrier = { trunks: [{ id: "A", carrier: "Carrier A" }] };
const alone = { ...onlyCarrier, hasControl: false };
const two = {
  trunks: [
    { id: "A", carrier: "Carrier A" },
    { id: "B", carrier: "Carrier B" },
  ],
};
const seconds = (count: number) => count * 1_000;

/** Of all of one class, or none: the same to every carrier. */
const onAll = ({ carriers }: Shift, fault: Fault) => {
  const mends = [...carriers.values()].map((carrier) => carrier.fault(fault));
  return () => mends.forEach((mend) => mend());
};

const anyLocal = ({ one }: Shift): Fault =>
  one([
    { kind: "silence", ...local },
    { kind: "stall", after: 100, prefix: prefixes.local },
    { kind: "reject", code: 500, ...local },
  ] as const);

const tuned = (id: string, truth: Kind["truth"], play: Kind["play"], more: Omit<Partial<Kind>, "id" | "truth"> = {}): Kind => ({
  ...more,
  id,
  half: "tune",
  truth,
  play,
});

/** Some of the calls of one route fail, through four reloads that have nothing to do with it. */
async function brownsOut(shift: Shift, share: number) {
  const { work, between, one } = shift;
  const mend = first(shift).fault({ kind: "reject", code: one([500, 503]), share, ...local });
  for (let time = 0; time < 4; time++) {
    await work(minutes(between(1, 2)));
    await reloads(shift);
  }
  await work(minutes(between(1, 2)));
  mend();
  await work(minutes(between(2, 3)));
  return isMet(first(shift));
}

/** The carrier's fault, and a start of the CRM's beside it that had no part in it. */
const coincidences: readonly Kind[] = [
  tuned(
    "only-route-back-around-a-reload",
    ["carrier-routing"],
    async (shift) => {
      const { work, pass, between, chance } = shift;
      const mend = first(shift).fault({ kind: "stall", after: 100, prefix: prefixes.local });
      await comesUp(shift);
      await work(minutes(between(2, 4)));
      if (chance(0.5)) {
        await reloads(shift);
        await pass(between(0, seconds(8)));
        mend();
      } else {
        mend();
        await pass(between(0, seconds(10)));
        await reloads(shift);
      }
      await work(minutes(between(2, 4)));
      return isMet(first(shift));
    },
    { isFromStart: true, isOpen: true, conditions: alone },
  ),
  tuned(
    "route-fails-on-all-after-a-reload",
    ["carrier-routing"],
    async (shift) => {
      const { work, between } = shift;
      await reloads(shift);
      const mend = onAll(shift, anyLocal(shift));
      await work(minutes(between(3, 5)));
      if (shift.chance(0.5)) {
        mend();
        await work(minutes(between(2, 3)));
      }
      return isMet(first(shift));
    },
    { isOpen: true, conditions: two },
  ),
  tuned(
    "only-route-fails-after-a-reload",
    ["carrier-routing"],
    async (shift) => {
      await reloads(shift);
      await endures(shift, first(shift).fault(anyLocal(shift)), [3, 5]);
      return isMet(first(shift));
    },
    { isOpen: true, conditions: onlyCarrier },
  ),
  tuned(
    "only-edge-fails-after-a-reload",
    ["carrier-signalling"],
    async (shift) => {
      await reloads(shift);
      await endures(shift, first(shift).fault({ kind: "reject", code: shift.one([500, 503]), ...calls }), [3, 5]);
      return isMet(first(shift));
    },
    { isOpen: true, conditions: onlyCarrier },
  ),
  tuned("route-browns-out-while-the-agent-reloads", ["carrier-routing"], (shift) => brownsOut(shift, 0.6), { isOpen: true }),
  tuned("route-browns-out-while-the-agent-reloads-on-the-only-carrier", ["carrier-routing"], (shift) => brownsOut(shift, 0.5), {
    isOpen: true,
    conditions: onlyCarrier,
  }),
  tuned(
    "edge-back-as-the-crm-reloads",
    ["carrier-signalling"],
    async (shift) => {
      const { work, between, pass } = shift;
      const edge = first(shift);
      const mend = edge.fault({ kind: "refuse" });
      edge.resetAll();
      await work(minutes(between(1.5, 3)));
      await reloads(shift);
      await pass(between(seconds(1), seconds(10)));
      mend();
      await work(minutes(between(2, 4)));
    },
    { conditions: { ...onlyCarrier, hasControl: true } },
  ),
  tuned(
    "registrar-fails-as-the-crm-starts",
    ["carrier-signalling"],
    async (shift) => {
      const { work, between } = shift;
      const mend = first(shift).fault({ kind: "reject", code: shift.one([500, 503]), methods: ["REGISTER"] });
      await comesUp(shift);
      await work(minutes(between(1, 3)));
      mend();
      await reloads(shift);
      await work(minutes(between(2, 3)));
    },
    { isFromStart: true, conditions: onlyCarrier },
  ),
  tuned(
    "no-audio-from-one-reload-to-the-next",
    ["carrier-media"],
    async (shift) => {
      const [id] = shift.carriers.keys();
      await reloads(shift);
      shift.audio.sounds = () => (shift.call?.trunkId === id ? "none" : "good");
      await shift.work(minutes(shift.between(3, 4)));
      await reloads(shift);
      shift.audio.sounds = () => "good";
      await shift.work(minutes(shift.between(2, 3)));
    },
    { conditions: two },
  ),
  tuned(
    "route-fails-since-a-start-that-lost-an-extra",
    ["carrier-routing"],
    async (shift) => {
      const { crm, work, between } = shift;
      crm.endpoints["pictures"] = { status: 500 };
      const mend = first(shift).fault(anyLocal(shift));
      await comesUp(shift);
      await work(minutes(between(3, 5)));
      mend();
      await work(minutes(between(2, 3)));
      return isMet(first(shift));
    },
    { isFromStart: true, isOpen: true, conditions: { extras: ["pictures"] } },
  ),
];

/** The CRM's fault, in words of the carriers'. */
const misleading: readonly Kind[] = [
  tuned(
    "calls-malformed-from-the-start",
    ["crm-config"],
    async (shift) => {
      const mend = onAll(shift, { kind: "reject", code: 400, ...calls });
      await comesUp(shift);
      await endures(shift, mend, [2, 4]);
      return isMet(first(shift));
    },
    { isFromStart: true },
  ),
  tuned(
    "calls-malformed-for-the-only-carrier",
    ["crm-config"],
    async (shift) => {
      const mend = first(shift).fault({ kind: "reject", code: 400, ...calls });
      await comesUp(shift);
      await endures(shift, mend, [2, 4]);
      return isMet(first(shift));
    },
    { isFromStart: true, isOpen: true, conditions: onlyCarrier },
  ),
  tuned("calls-malformed-by-a-reload", ["crm-config", "crm-init"], async (shift) => {
    const mend = onAll(shift, { kind: "reject", code: 400, ...calls });
    await reloads(shift);
    await shift.work(minutes(shift.between(2, 4)));
    mend();
    await reloads(shift);
    await shift.work(minutes(shift.between(2, 3)));
    return isMet(first(shift));
  }),
  tuned("prefix-mangled-by-a-start", ["crm-init", "crm-config"], async (shift) => {
    const { work, between } = shift;
    const mend = onAll(shift, { kind: "reject", code: 404, q850: 3, ...local });
    await reloads(shift);
    await work(minutes(between(2, 4)));
    mend();
    await reloads(shift);
    await work(minutes(between(2, 3)));
    return isMet(first(shift));
  }),
  tuned("accounts-mistaken-by-a-reload", ["crm-config", "crm-init"], async (shift) => {
    const { work, between } = shift;
    const mend = onAll(shift, { kind: "reject", code: shift.one([401, 403]), ...calls });
    await reloads(shift);
    await work(minutes(between(2, 4)));
    mend();
    await reloads(shift);
    await work(minutes(between(2, 3)));
  }),
  tuned(
    "caller-id-refused-by-one-carrier",
    ["crm-config"],
    async (shift) => {
      const mend = first(shift).fault({ kind: "reject", code: shift.one([403, 484, 488]), q850: shift.one([28, 57]), ...calls });
      await comesUp(shift);
      await endures(shift, mend, [3, 5]);
      return isMet(first(shift));
    },
    { isFromStart: true, conditions: two },
  ),
  tuned("start-hangs-as-an-edge-blips", ["crm-init"], async (shift) => {
    const { crm, conditions, work, between, carriers, one } = shift;
    const step = one(conditions.steps);
    crm.endpoints[step] = "hangs";
    [...carriers.values()].at(-1)?.resetAll();
    await reloads(shift);
    await work(minutes(between(1, 2)));
    crm.endpoints[step] = "well";
    await reloads(shift);
    await work(minutes(between(1, 2)));
  }),
];

const near = (id: string, play: Kind["play"], more: Omit<Partial<Kind>, "id" | "truth"> = {}) => tuned(id, ["local-network"], play, more);

/** What is bad for all, and says so of nobody. */
const networks: readonly Kind[] = [
  near("network-slow-for-all", async (shift) => {
    await endures(shift, onAll(shift, { kind: "slow", delayMs: shift.between(3_000, 7_000) }), [3, 5]);
  }),
  near("network-loses-a-third", async (shift) => {
    await endures(shift, onAll(shift, { kind: "silence", share: 0.3 }), [3, 5]);
  }),
  near(
    "network-loses-a-third-beside-the-crm",
    async (shift) => {
      const { crm, conditions, chance } = shift;
      const mend = onAll(shift, { kind: "silence", share: 0.3 });
      for (const name of [...conditions.steps, "health"])
        Object.defineProperty(crm.endpoints, name, { configurable: true, get: () => (chance(0.3) ? "hangs" : "well") });
      await endures(shift, () => {
        mend();
        for (const name of [...conditions.steps, "health"]) Object.defineProperty(crm.endpoints, name, { value: "well", writable: true });
      }, [3, 5]);
    },
    { conditions: { hasControl: true } },
  ),
  near(
    "big-packets-lost-for-all",
    async (shift) => {
      // A REGISTER and an OPTIONS fit into one packet, an INVITE does not.
      await endures(shift, onAll(shift, { kind: "silence", ...calls }), [2, 4]);
      return isMet(first(shift));
    },
    { isOpen: true },
  ),
  near("tunnel-falls-again-and-again", async (shift) => {
    const { carriers, work, between, pass } = shift;
    for (let time = 0; time < 4; time++) {
      const mend = onAll(shift, { kind: "refuse" });
      for (const carrier of carriers.values()) carrier.resetAll();
      await pass(between(seconds(7), seconds(25)));
      mend();
      await work(minutes(between(0.7, 1.5)));
    }
  }),
  near(
    "network-slow-for-the-only-carrier",
    async (shift) => {
      await endures(shift, onAll(shift, { kind: "slow", delayMs: shift.between(3_000, 7_000) }), [3, 5]);
    },
    { isOpen: true, conditions: alone },
  ),
];

export const crossedKinds: readonly Kind[] = [...coincidences, ...misleading, ...networks];
