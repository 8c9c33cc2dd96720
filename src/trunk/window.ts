import EventEmitter from "eventemitter3";
import Opossum from "opossum";
import type { Clock } from "../clock.ts";
import type { Limits } from "../limits.ts";

const buckets = 10;

/**
 * opossum as a window of results. It is fired with results that are known already, so nothing can hang in it
 * or time out, and its buckets are turned by our monotonic clock when a result comes, not by a timer that a
 * hidden tab throttles.
 */
export function createWindow(clock: Clock, limits: Limits, onTripped: () => void) {
  const bucketMs = limits.breakerWindowMs / buckets;
  const rotation = new EventEmitter<{ rotate: [] }>();
  let turnedAtMs = clock.nowMs();
  const opossum = new Opossum((ok: boolean) => (ok ? Promise.resolve(true) : Promise.reject(new Error("failed"))), {
    timeout: false,
    enableSnapshots: false,
    rollingPercentilesEnabled: false,
    rollingCountTimeout: limits.breakerWindowMs,
    rollingCountBuckets: buckets,
    volumeThreshold: limits.breakerVolume,
    errorThresholdPercentage: limits.breakerThresholdPercent,
    rotateBucketController: rotation as never, // typed as Node's EventEmitter, used as any emitter
  });
  // Closed again in the same breath: the state is ours, and so opossum's own reset timer never runs.
  opossum.on("open", () => {
    opossum.close();
    onTripped();
  });

  function turn(times: number): void {
    for (let turned = 0; turned < Math.min(times, buckets); turned++) rotation.emit("rotate");
  }

  return {
    count(ok: boolean): void {
      const elapsed = Math.floor((clock.nowMs() - turnedAtMs) / bucketMs);
      turn(elapsed);
      turnedAtMs += elapsed * bucketMs;
      opossum.fire(ok).catch(() => {});
    },
    clear: () => turn(buckets),
    close: () => opossum.shutdown(),
  };
}
