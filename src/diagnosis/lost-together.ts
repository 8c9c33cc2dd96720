/** Audio that carriers which share nothing lose and find again in the same minutes: a third that is well clears nothing between them and the agent. */
import type { AudioSeen } from "./observations.ts";

/** Two that break, or mend, within this time may do so at one moment: nobody calls by each of them all the time, ms. */
const nearMs = 300_000;
/** So many calls of each are no one callee's. */
const callsAtLeast = 2;
/** So many of both do where no path was found: no callee keeps a call from its carrier's relay. */
const pathlessAtLeast = 3;

/** One carrier's calls that were not heard, with none between that sounded well, and no long time in which nobody called by it. */
interface Stretch {
  readonly carrier: string;
  readonly lost: readonly AudioSeen[];
  readonly firstMs: number;
  readonly lastMs: number;
  /** When it was last known well before, and first well after. */
  readonly wellMs: number;
  readonly backMs: number;
}

function stretchesOf(carrier: string, audio: readonly AudioSeen[], those: ReadonlySet<AudioSeen>): readonly Stretch[] {
  const lostCalls = new Set([...those].map(({ callId }) => callId));
  const stretches: Stretch[] = [];
  let lost: AudioSeen[] = [];
  let wellMs = -Infinity;
  const end = (backMs: number) => {
    const [first] = lost;
    const last = lost.at(-1);
    if (first && last) stretches.push({ carrier, lost, firstMs: first.atMs, lastMs: last.atMs, wellMs, backMs });
    lost = [];
  };
  for (const one of audio) {
    if (one.carrier !== carrier) continue;
    if (those.has(one)) {
      if (one.atMs - (lost.at(-1)?.atMs ?? one.atMs) > nearMs) end(Infinity);
      lost.push(one);
    } else if (one.end === "good" && !lostCalls.has(one.callId)) {
      end(one.atMs);
      wellMs = one.atMs;
    }
  }
  end(Infinity);
  return stretches;
}

/** As far as is known they broke at one moment, and mended at one. */
const isTogether = (a: Stretch, b: Stretch) =>
  Math.max(a.wellMs, b.wellMs) < Math.min(a.firstMs, b.firstMs) &&
  Math.max(a.lastMs, b.lastMs) < Math.min(a.backMs, b.backMs) &&
  Math.abs(a.firstMs - b.firstMs) <= nearMs &&
  Math.abs(a.lastMs - b.lastMs) <= nearMs;

const callsOf = ({ lost }: Stretch) => new Set(lost.map(({ callId }) => callId)).size;

function areEnough(pair: readonly Stretch[]): boolean {
  const calls = pair.map(callsOf);
  const arePathless = pair.every(({ lost }) => lost.every(({ path }) => path?.wasConnected === false));
  return Math.min(...calls) >= callsAtLeast || (arePathless && calls.reduce((sum, count) => sum + count, 0) >= pathlessAtLeast);
}

/** Those of `those` that unrelated carriers lost together. Where two have done so, what they lose together again may be less. */
export function lostTogether(audio: readonly AudioSeen[], those: readonly AudioSeen[]): ReadonlySet<AudioSeen> {
  const carriers = [...new Set(those.map(({ carrier }) => carrier))];
  const stretches = carriers.map((carrier) => stretchesOf(carrier, audio, new Set(those)));
  const together = new Set<AudioSeen>();
  for (const [index, ofOne] of stretches.entries())
    for (const ofOther of stretches.slice(index + 1)) {
      const pairs = ofOne.flatMap((a) => ofOther.filter((b) => isTogether(a, b)).map((b) => [a, b] as const));
      if (!pairs.some(areEnough)) continue;
      for (const { lost } of pairs.flat()) for (const one of lost) together.add(one);
    }
  return together;
}
