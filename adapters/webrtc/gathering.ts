import type { Clock } from "../../src/clock.ts";
import { whenAborted } from "../../src/platform.ts";

/**
 * Waits until `connection` has found its ICE candidates, for `timeoutMs`, or until `signal` aborts. A STUN server that does not answer
 * must not hold a call up for as long as the browser would wait: the candidates found so far suffice then (RFC 8445 §5.1).
 */
export function candidatesOf(connection: RTCPeerConnection, timeoutMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let stopWaiting = () => {};
    const finish = () => {
      cancelTimer();
      connection.removeEventListener("icegatheringstatechange", check);
      stopWaiting();
      resolve();
    };
    const check = () => {
      // Right after an ICE restart the state may still be that of the candidates before.
      const hasSome = connection.localDescription?.sdp.includes("a=candidate:");
      if (connection.iceGatheringState === "complete" && hasSome) finish();
    };
    const cancelTimer = clock.setTimer(finish, timeoutMs);
    connection.addEventListener("icegatheringstatechange", check);
    stopWaiting = whenAborted(signal, finish);
    check();
  });
}
