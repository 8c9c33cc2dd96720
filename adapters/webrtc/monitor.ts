/** Samples a connection's counters on the clock and tells what the watch finds. */
import type { Clock } from "../../src/clock.ts";
import { reconnected, unwatched, watchAudio, type WatchLimits } from "../../src/media/watch.ts";
import { pathOf } from "../../src/media/transport.ts";
import type { MediaEvents, MediaPath } from "../../src/ports.ts";
import { sampleOf } from "./sample.ts";

export interface MonitorOptions {
  readonly clock: Clock;
  readonly sampleIntervalMs: number;
  readonly limits: WatchLimits;
}

export interface Monitor {
  /** As it was seen last. */
  readonly path: MediaPath | undefined;
  stop(): void;
}

export function monitor(
  connection: () => RTCPeerConnection | undefined,
  events: MediaEvents,
  { clock, sampleIntervalMs, limits }: MonitorOptions,
): Monitor {
  let state = unwatched;
  let watched: RTCPeerConnection | undefined;
  let isOver = false;
  let cancelTimer = () => {};

  async function look(): Promise<void> {
    const current = connection();
    const sample = await (current && sampleOf(current, () => clock.nowMs()))?.catch(() => undefined);
    if (isOver) return;
    if (current !== watched) state = reconnected(state);
    watched = current;
    const next = sample ? watchAudio(state, sample, limits) : { state, findings: [] };
    state = next.state;
    cancelTimer = clock.setTimer(() => void look(), sampleIntervalMs);
    for (const finding of next.findings) {
      if (finding.type === "lost") events.lost(finding.fault);
      else if (finding.type === "restored") events.restored(finding.path);
      else if (finding.type === "rated") events.rated(finding.level, finding.quality);
      else events.microphone(finding.state);
    }
  }

  void look();
  return {
    get path() {
      return state.transport && pathOf(state.transport);
    },
    stop() {
      isOver = true;
      cancelTimer();
    },
  };
}
