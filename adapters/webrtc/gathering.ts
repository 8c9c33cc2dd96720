import type { Clock } from "../../src/clock.ts";

/**
 * Waits until `connection` has found its ICE candidates, for `timeoutMs`, or until `signal` aborts. A STUN server that does not answer
 * must not hold a call up for as long as the browser would wait: the candidates found so far suffice then (RFC 8445 §5.1).
 */
export function candidatesOf(connection: RTCPeerConnection, timeoutMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      cancelTimer();
      connection.removeEventListener("icegatheringstatechange", check);
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const check = () => {
      // Right after an ICE restart the state may still be that of the candidates before.
      const hasSome = connection.localDescription?.sdp.includes("a=candidate:");
      if ((connection.iceGatheringState === "complete" && hasSome) || signal.aborted) finish();
    };
    const cancelTimer = clock.setTimer(finish, timeoutMs);
    connection.addEventListener("icegatheringstatechange", check);
    signal.addEventListener("abort", finish);
    check();
  });
}
