/** Samples a connection's counters on the clock and tells what the watch finds. */
import { within, type Clock } from "../../src/clock.ts";
import { whenAborted } from "../../src/platform.ts";
import { reconnected, unwatched, watchAudio, type WatchLimits } from "../../src/media/watch.ts";
import { pathOf } from "../../src/media/transport.ts";
import type { AudioQuality, MediaPath } from "../../src/ports/audio.ts";
import type { MediaEvents } from "../../src/ports/media.ts";
import { microphoneKindOf } from "./microphone-kind.ts";
import { sampleOf } from "./sample.ts";

/** A browser answers in some ms, a busy one in some hundreds; of a connection that is closed meanwhile perhaps never, ms. */
const countedWithinMs = 5_000;

export interface MonitorOptions {
  readonly clock: Clock;
  readonly sampleIntervalMs: number;
  readonly limits: WatchLimits;
}

export interface Monitor {
  /** As it was seen last. */
  readonly path: MediaPath | undefined;
}

/** What is looked at: other ones once the call has moved to them. */
interface Heard {
  readonly connection: () => RTCPeerConnection | undefined;
  readonly microphone: () => MediaStreamTrack | undefined;
}

/** @param signal the call is over; or was, while this was loaded. */
export function monitor(
  { connection, microphone }: Heard,
  events: MediaEvents,
  { clock, sampleIntervalMs, limits }: MonitorOptions,
  signal: AbortSignal,
): Monitor {
  let state = unwatched;
  let watched: RTCPeerConnection | undefined;
  let cancelTimer = () => {};

  async function look(): Promise<void> {
    const current = connection();
    const counted =
      current &&
      within(
        clock,
        sampleOf(current, () => clock.nowMs()),
        countedWithinMs,
        signal,
      );
    const sample = await counted?.catch(() => undefined);
    if (signal.aborted) return;
    if (current !== watched) state = reconnected(state);
    watched = current;
    const next = sample ? watchAudio(state, sample, limits) : { state, findings: [] };
    state = next.state;
    cancelTimer = clock.setTimer(() => void look(), sampleIntervalMs);
    for (const finding of next.findings) {
      if (finding.type === "lost") events.lost(finding.fault);
      else if (finding.type === "restored") events.restored(finding.path);
      else if (finding.type === "rated") events.rated(finding.level, withMicrophone(finding.quality));
      else events.microphone(finding.state);
    }
  }

  function withMicrophone(quality: AudioQuality): AudioQuality {
    const track = microphone();
    return track ? { ...quality, microphone: microphoneKindOf(track.label) } : quality;
  }

  whenAborted(signal, () => cancelTimer());
  if (!signal.aborted) void look();
  return {
    get path() {
      return state.transport && pathOf(state.transport);
    },
  };
}
