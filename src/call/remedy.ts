/** What brings lost audio back, if anything on this side can: pure. */
import type { AudioFault, MediaPath } from "../ports/audio.ts";

/** In the order in which they are tried. The second costs a new DTLS association (RFC 8842 §4), the first only candidates (RFC 8445 §9). */
export type Remedy = "ice-restart" | "new-connection";

export interface Ailment {
  readonly fault: AudioFault;
  /** The way of the audio as it is now; undefined where the session does not know it. */
  readonly path: MediaPath | undefined;
  /** Since the audio was lost, in ms. */
  readonly lostMs: number;
  /** What was tried since something last changed. */
  readonly tried: ReadonlySet<Remedy>;
}

/** ICE often recovers by itself from a connection that is disconnected, as when the agent's address changes: Chromium took 4 s, ms. */
const ownRecoveryMs = 5_000;

/** Until then it shows whether somebody is there, ms: Firefox, which asks every 4 to 6 s, is disconnected up to 11 s after the last packet. */
const unsureMs = 8_000;

/** Nothing is to be tried yet, nor told. */
export const isRecovering = (path: MediaPath | undefined, lostMs: number): boolean =>
  (path?.ice === "disconnected" && lostMs < ownRecoveryMs) || (isUnsure(path) && lostMs < unsureMs);

/** Somebody was there when the audio stopped; whether they are still, the next answered check shows, or ICE, which is disconnected without one. */
const isUnsure = (path: MediaPath | undefined): boolean => isThrough(path) && path?.answers === undefined && path?.flows === "outbound";

/**
 * A path that is well is left alone: an ICE restart on it ends the audio of both sides some seconds later, for each keeps the pair
 * that it had and believes the other to have the new credentials. What does not come over a live path, the far end does not send; but where
 * the path lives because ICE was restarted, somebody else may be at its end, who has other keys: a restarted relay shakes hands with a fingerprint
 * of its own, it seems, which calls for a DTLS association of its own (RFC 8842 §4): Chromium has audio then on the same connection, Firefox has none.
 * @returns undefined where nothing helps, or nothing yet.
 */
export function remedyOf({ fault, path, lostMs, tried }: Ailment): Remedy | undefined {
  if (fault.isLocal || fault.kind === "silent") return undefined;
  const remedies = isDead(fault, path, lostMs)
    ? (["ice-restart", "new-connection"] as const)
    : isDeaf(path) || (isThrough(path) && tried.has("ice-restart"))
      ? (["new-connection"] as const)
      : [];
  return remedies.find((remedy) => !tried.has(remedy));
}

function isDead(fault: AudioFault, path: MediaPath | undefined, lostMs: number): boolean {
  // Without a look at ICE: when what went both ways stopped both ways, the path is the likeliest cause.
  if (!path) return fault.direction === "both" && fault.kind === "stopped";
  if (path.ice === "failed" || path.ice === "closed") return true;
  if (path.ice === "disconnected") return !isRecovering(path, lostMs);
  return path.wasConnected && (path.answers === false || path.isOutdated === true) && path.flows !== "inbound" && path.flows !== "both";
}

const isThrough = (path: MediaPath | undefined): boolean => path?.ice === "connected" || path?.ice === "completed";

/** ICE is through, and the DTLS handshake is not: with a fingerprint of its own another connection may get through. */
const isDeaf = (path: MediaPath | undefined): boolean => isThrough(path) && path?.dtls !== undefined && path.dtls !== "connected";
