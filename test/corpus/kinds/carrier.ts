/** Faults of a carrier's: of its edge, of a route behind it, of its media. */
import type { Fault } from "../../../adapters/mock-trunk/index.ts";
import type { FaultDomain } from "../../../src/diagnosis/model.ts";
import { prefixes, type Audio, type Shift } from "../shift.ts";
import { endures, failing, first, isMet, minutes, reloads, type Kind } from "./kind.ts";

/** A fault of one carrier's mock, drawn anew for each shift. */
const broken = (id: string, half: Kind["half"], truth: FaultDomain, faults: (shift: Shift) => readonly Fault[], drops = false): Kind => ({
  id,
  half,
  truth: [truth],
  async play(shift) {
    const posted = faults(shift);
    const isOfCalls = posted.every((fault) => "prefix" in fault || ("methods" in fault && fault.methods?.includes("INVITE")));
    // A fault of calls shows on the carrier that calls go out on.
    const carrier = isOfCalls ? first(shift) : failing(shift);
    const mends = posted.map((fault) => carrier.fault(fault));
    if (drops) carrier.resetAll();
    await endures(shift, () => mends.forEach((mend) => mend()));
    return !isOfCalls || isMet(carrier);
  },
});

const local = { methods: ["INVITE"], prefix: prefixes.local };
/** A route is a class of destinations; mostly the one that is called most. */
const route = ({ chance, one }: Shift) => ({
  methods: ["INVITE"],
  prefix: chance(0.7) ? prefixes.local : prefixes[one(["mobile", "international"] as const)],
});
const prefixOf = (shift: Shift) => ({ prefix: route(shift).prefix });

const edges: readonly Kind[] = [
  broken("edge-frozen", "tune", "carrier-signalling", () => [{ kind: "freeze" }]),
  broken("edge-refuses", "score", "carrier-signalling", () => [{ kind: "refuse" }], true),
  broken("edge-upgrade-503", "tune", "carrier-signalling", () => [{ kind: "refuse-upgrade", status: 503 }], true),
  broken("edge-hangs-on-upgrade", "score", "carrier-signalling", () => [{ kind: "hang-upgrade" }], true),
  broken("edge-swallows-all", "score", "carrier-signalling", () => [{ kind: "silence" }]),
  broken("edge-answers-503", "tune", "carrier-signalling", () => [{ kind: "reject", code: 503, methods: ["INVITE"] }]),
  broken("edge-answers-500", "score", "carrier-signalling", () => [{ kind: "reject", code: 500, methods: ["INVITE"] }]),
  broken("edge-takes-no-calls", "tune", "carrier-signalling", () => [{ kind: "silence", methods: ["INVITE"] }]),
  broken("registrar-503", "tune", "carrier-signalling", () => [{ kind: "reject", code: 503, methods: ["REGISTER"] }], true),
  broken("registrar-silent", "score", "carrier-signalling", () => [{ kind: "silence", methods: ["REGISTER"] }], true),
  broken("registrar-500", "score", "carrier-signalling", () => [{ kind: "reject", code: 500, methods: ["REGISTER"] }], true),
  {
    id: "edge-restarts",
    half: "score",
    truth: ["carrier-signalling"],
    async play(shift) {
      const carrier = failing(shift);
      const mend = carrier.fault({ kind: "refuse" });
      carrier.closeAll(shift.one([1001, 1012]), "restart");
      await endures(shift, mend, [0.5, 2]);
    },
  },
  {
    id: "edge-flaps",
    half: "tune",
    truth: ["carrier-signalling"],
    async play(shift) {
      const carrier = failing(shift);
      for (let time = 0; time < 4; time++) {
        const mend = carrier.fault({ kind: "refuse" });
        carrier.resetAll();
        await shift.work(shift.between(20_000, 40_000));
        mend();
        await shift.work(shift.between(20_000, 40_000));
      }
    },
  },
];

const routes: readonly Kind[] = [
  broken("route-silent", "tune", "carrier-routing", (shift) => [{ kind: "silence", ...route(shift) }]),
  broken("route-stalls", "score", "carrier-routing", (shift) => [{ kind: "stall", after: 100, ...prefixOf(shift) }]),
  broken("route-congested", "tune", "carrier-routing", (shift) => [
    { kind: "reject", code: 503, q850: shift.one([34, 42]), ...route(shift) },
  ]),
  broken("route-out-of-order", "score", "carrier-routing", (shift) => [{ kind: "reject", code: 502, q850: 38, ...route(shift) }]),
  broken("route-unknown", "score", "carrier-routing", (shift) => [{ kind: "reject", code: 404, q850: shift.one([2, 3]), ...route(shift) }]),
  broken("route-500", "tune", "carrier-routing", (shift) => [{ kind: "reject", code: 500, ...route(shift) }]),
  broken("route-times-out", "score", "carrier-routing", (shift) => [{ kind: "reject", code: 504, after: 100, ...route(shift) }]),
  broken("route-refuses-now-and-then", "score", "carrier-routing", (shift) => [
    { kind: "reject", code: 500, share: shift.between(0.5, 0.9), ...route(shift) },
  ]),
  broken("route-brown-out", "tune", "carrier-routing", (shift) => [{ kind: "silence", share: shift.between(0.4, 0.8), ...local }]),
  broken("route-brown-out-503", "score", "carrier-routing", (shift) => [
    { kind: "reject", code: 503, q850: 34, share: shift.between(0.4, 0.8), ...local },
  ]),
  broken("route-rings-late", "tune", "carrier-routing", (shift) => [{ kind: "late", alertAfterMs: 9_000, ...prefixOf(shift) }]),
  {
    // The mirror image of the dispute: the fault is the carrier's, and a fresh start of the CRM changes nothing.
    id: "route-silent-despite-reload",
    half: "score",
    truth: ["carrier-routing"],
    async play(shift) {
      const carrier = first(shift);
      const mend = carrier.fault({ kind: "silence", ...route(shift) });
      await shift.work(minutes(shift.between(1.5, 3)));
      await reloads(shift);
      await endures(shift, mend);
      return isMet(carrier);
    },
  },
];

const sounding = (id: string, half: Kind["half"], audio: Audio, more: Pick<Kind, "isOpen"> = {}): Kind => ({
  ...more,
  id,
  half,
  truth: ["carrier-media"],
  async play(shift) {
    const [first] = shift.carriers.keys();
    shift.audio.sounds = () => (shift.call?.trunkId === first ? audio : "good");
    await endures(shift, () => (shift.audio.sounds = () => "good"), [3, 5]);
  },
});

const media: readonly Kind[] = [
  sounding("no-audio-on-one", "tune", "none"),
  // No breaker sets a trunk aside for it, so that no call ever goes out on the other: its network or the agent's, nobody can know.
  sounding("poor-audio-on-one", "tune", "poor", { isOpen: true }),
  {
    // The operator compares the carriers by hand.
    id: "poor-audio-until-set-aside",
    half: "score",
    truth: ["carrier-media"],
    async play(shift) {
      const [id] = shift.carriers.keys();
      shift.audio.sounds = () => (shift.call?.trunkId === id ? "poor" : "good");
      await shift.work(minutes(shift.between(2, 3)));
      if (id !== undefined) shift.line.isolate(id);
      await shift.work(minutes(shift.between(2, 3)));
    },
  },
  {
    id: "no-audio-now-and-then",
    half: "score",
    truth: ["carrier-media"],
    async play(shift) {
      const [first] = shift.carriers.keys();
      shift.audio.sounds = () => (shift.call?.trunkId === first && shift.chance(0.6) ? "none" : "good");
      await endures(shift, () => (shift.audio.sounds = () => "good"), [3, 5]);
    },
  },
];

export const carrierKinds: readonly Kind[] = [...edges, ...routes, ...media];
