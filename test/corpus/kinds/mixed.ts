/** Two faults at once, and a fault beside something that only looks like one. */
import { prefixes } from "../shift.ts";
import { endures, failing, first, isMet, minutes, reloads, type Kind } from "./kind.ts";

const local = { methods: ["INVITE"], prefix: prefixes.local };

export const mixedKinds: readonly Kind[] = [
  {
    id: "edge-and-microphone",
    half: "tune",
    truth: ["carrier-signalling", "agent-device"],
    async play(shift) {
      const mend = failing(shift).fault({ kind: "freeze" });
      await shift.work(minutes(shift.between(1, 2)));
      shift.audio.microphone = "NotReadableError";
      await endures(shift, mend);
    },
  },
  {
    id: "route-and-start-up",
    half: "score",
    truth: ["carrier-routing", "crm-init"],
    async play(shift) {
      const carrier = first(shift);
      const mend = carrier.fault({ kind: "silence", ...local });
      await shift.work(minutes(shift.between(1.5, 3)));
      shift.crm.endpoints[shift.one(shift.conditions.steps)] = { status: 500 };
      await reloads(shift);
      await endures(shift, mend);
      return isMet(carrier);
    },
  },
  {
    id: "two-carriers-one-after-the-other",
    half: "tune",
    truth: ["carrier-signalling", "carrier-routing"],
    async play(shift) {
      const [a, b] = [...shift.carriers.values()];
      const mendA = a?.fault({ kind: "freeze" });
      await shift.work(minutes(shift.between(1.5, 2.5)));
      mendA?.();
      const mendB = b?.fault({ kind: "reject", code: 503, q850: 34, ...local });
      await shift.work(minutes(shift.between(1, 2)));
      a?.fault({ kind: "reject", code: 502, q850: 38, ...local });
      await endures(shift, () => mendB?.());
    },
  },
  {
    id: "two-edges-one-after-the-other",
    half: "score",
    truth: ["carrier-signalling"],
    async play(shift) {
      const [a, b] = [...shift.carriers.values()];
      const mendA = a?.fault({ kind: "refuse" });
      a?.resetAll();
      await shift.work(minutes(shift.between(2, 3)));
      mendA?.();
      await shift.work(minutes(shift.between(1, 2)));
      const mendB = b?.fault({ kind: "freeze" });
      await endures(shift, () => mendB?.());
    },
  },
  {
    id: "microphone-while-a-route-fails",
    half: "score",
    truth: ["carrier-routing", "agent-device"],
    async play(shift) {
      const carrier = first(shift);
      const mend = carrier.fault({ kind: "reject", code: 503, q850: 34, ...local });
      await shift.work(minutes(shift.between(2, 3)));
      shift.audio.microphone = "NotFoundError";
      await shift.work(minutes(shift.between(0.5, 1.5)));
      shift.audio.microphone = "well";
      await endures(shift, mend);
      return isMet(carrier);
    },
  },
  {
    id: "reload-while-an-edge-fails",
    half: "score",
    truth: ["carrier-signalling"],
    async play(shift) {
      const carrier = failing(shift);
      const mend = carrier.fault({ kind: "refuse" });
      carrier.resetAll();
      await shift.work(minutes(shift.between(1, 2)));
      await reloads(shift);
      await endures(shift, mend);
    },
  },
  {
    id: "reload-as-an-edge-comes-back",
    half: "tune",
    truth: ["carrier-signalling"],
    async play(shift) {
      const mend = failing(shift).fault({ kind: "freeze" });
      await shift.work(minutes(shift.between(1.5, 3)));
      mend();
      await reloads(shift);
      await shift.work(minutes(shift.between(2, 4)));
    },
  },
  {
    id: "blip-while-the-start-up-fails",
    half: "score",
    truth: ["crm-init"],
    async play(shift) {
      const step = shift.one(shift.conditions.steps);
      shift.crm.endpoints[step] = { status: 500 };
      await reloads(shift);
      await shift.work(minutes(shift.between(0.5, 1)));
      failing(shift).resetAll();
      await shift.work(minutes(shift.between(0.5, 1.5)));
      shift.crm.endpoints[step] = "well";
      await reloads(shift);
      await shift.work(minutes(shift.between(1, 2)));
    },
  },
  {
    id: "busy-streak-while-a-route-fails",
    half: "tune",
    truth: ["carrier-routing"],
    async play(shift) {
      const carrier = first(shift);
      for (const each of shift.carriers.values())
        each.fault({ kind: "reject", code: 486, q850: 17, methods: ["INVITE"], prefix: prefixes.mobile });
      await endures(shift, carrier.fault({ kind: "stall", after: 100, prefix: prefixes.local }));
      return carrier.log.some(({ fault }) => fault === "stall");
    },
  },
];
