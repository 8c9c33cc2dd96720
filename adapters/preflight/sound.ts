/** What the browser lets the page hear and play, by Web Audio. */
import { sleep, type Clock } from "../../src/clock.ts";
import { Finding, type PreflightHost } from "./check.ts";

/** An AudioContext that may play does so at once, give or take, ms. */
const playsWithinMs = 1_000;

/** How long and how often it is listened, ms, and what is heard each time, in samples: at 48 kHz no gap is left between. */
const listensForMs = 1_000;
const looksEachMs = 80;
const lookSamples = 4_096;

/** Under which nothing is audible, as in a call (`src/media/lane.ts`): A-law's own idle code is at −72 (ITU-T G.711). */
export const audibleDbov = -70;

/** The least level that RTP can tell (RFC 6464 §3), dBov: digital silence has none. */
const leastDbov = -127;

/** Opens an AudioContext for `use`, and closes it. @throws Finding `NotAllowedError` where it may not play yet. */
export async function withSound<T>(host: PreflightHost, clock: Clock, use: (context: AudioContext) => T | Promise<T>): Promise<T> {
  if (!host.AudioContext) throw new Finding("NotSupportedError", "the browser has no AudioContext");
  const context = new host.AudioContext();
  const over = new AbortController();
  try {
    // Where it may not play, resume() waits for the agent's first click.
    await Promise.race([context.resume(), sleep(clock, playsWithinMs, over.signal).catch(() => {})]);
    if (context.state !== "running")
      throw new Finding("NotAllowedError", "the browser plays no sound before the agent has clicked into the page");
    return await use(context);
  } finally {
    over.abort();
    await context.close();
  }
}

/** The loudest of what a stream gives for about a second, in dBov. */
export async function levelOf(stream: MediaStream, context: AudioContext, clock: Clock, signal: AbortSignal): Promise<number> {
  const analyser = context.createAnalyser();
  analyser.fftSize = lookSamples;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(lookSamples);
  let power = 0;
  for (let passedMs = 0; passedMs < listensForMs; passedMs += looksEachMs) {
    await sleep(clock, looksEachMs, signal);
    analyser.getFloatTimeDomainData(samples);
    power = Math.max(power, samples.reduce((sum, sample) => sum + sample * sample, 0) / lookSamples);
  }
  return Math.max(leastDbov, Math.round(10 * Math.log10(power)));
}
