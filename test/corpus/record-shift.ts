/** One shift on record. */
import { seededRandom } from "../../adapters/mock-trunk/index.ts";
import type { Entry } from "../../src/journal.ts";
import { comesUp, type Kind } from "./kinds/kind.ts";
import { beginShift, type Conditions } from "./shift.ts";
import { beginVirtualTime } from "./virtual-time.ts";
// What the SDK loads beside a call: here before, for no file is read in virtual time.
import "../../src/boot/retry.ts";
import "../../src/insight.ts";
import "../../src/trunk/window.ts";

const startMs = Date.UTC(2026, 2, 14, 8);

const twoCarriers = [
  { id: "A", carrier: "Carrier A" },
  { id: "B", carrier: "Carrier B" },
];

function conditionsOf(random: () => number): Conditions {
  const between = (from: number, to: number) => from + (to - from) * random();
  return {
    trunks: random() < 0.2 ? [...twoCarriers, { id: "C", carrier: "Carrier C" }] : twoCarriers,
    latencyMs: Math.round(random() < 0.15 ? between(100, 220) : between(4, 60)),
    hasControl: random() < 0.75,
    tellsOffline: random() < 0.7,
    pauseMs: Math.round(between(3_000, 12_000)),
    absent: between(0.1, 0.35),
    steps: random() < 0.5 ? ["settings", "session"] : ["script", "settings", "session", "offers"],
  };
}

/** @returns undefined when nothing met the fault. */
export async function recordShift(kind: Kind, seed: number): Promise<readonly Entry[] | undefined> {
  const random = seededRandom(seed);
  const time = beginVirtualTime(startMs + Math.floor(random() * 8 * 3_600_000), seed);
  try {
    const shift = beginShift({ ...conditionsOf(random), ...kind.conditions }, time, random);
    if (!kind.isFromStart) {
      await comesUp(shift);
      // A fault that begins half-way, or nearly at once.
      await shift.work(shift.chance(0.7) ? shift.between(60_000, 240_000) : shift.between(0, 20_000));
    }
    const isMet = await kind.play(shift);
    const journal = await shift.end();
    return isMet === false ? undefined : journal;
  } finally {
    time.end();
  }
}
