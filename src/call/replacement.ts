/**
 * Somebody takes the place of whom an answered call is with (an INVITE with Replaces, RFC 3891), as after a transfer by the other side: the
 * same call, with another party and audio of its own. Until that stands, and where it comes to nothing, the conversation goes on as it was.
 */
import { within } from "../clock.ts";
import type { Settings } from "../config.ts";
import { directionOf, fittedTo, narrowed, withoutOldHold } from "../media/direction.ts";
import { anyOf } from "../platform.ts";
import type { MediaSession, SipDialog, SipInvitation } from "../ports.ts";

interface ReplacementPorts {
  readonly media: MediaSession;
  readonly settings: Settings;
  readonly onListenerError: (event: string, error: unknown) => void;
  /** The agent holds the call, or wishes to. */
  readonly isHeld: boolean;
  /** The conversation whose place is taken is over. */
  readonly signal: AbortSignal;
  /** Ends a dialog that may still come of it. */
  readonly abandon: (dialog: Promise<SipDialog>) => void;
}

/** The audio is theirs from now on. */
export interface Taken {
  readonly dialog: SipDialog;
  /** They were told that the agent holds the call. */
  readonly isHeld: boolean;
  /** What they say of their audio, as far as it tells of a hold: what begins inactive has none yet. */
  readonly theirs: string;
}

/** @returns undefined where it came to nothing. Never rejects. */
export async function takePlace(invitation: SipInvitation, ports: ReplacementPorts): Promise<Taken | undefined> {
  const { media, isHeld, settings, onListenerError, abandon } = ports;
  const { clock, limits } = settings;
  const offer = invitation.offer === undefined ? undefined : withoutOldHold(invitation.offer);
  const gone = new AbortController();
  invitation.onCancelled(() => gone.abort());
  const signal = anyOf(ports.signal, gone.signal);
  const describing = describe(media, offer, signal);
  let ours: string;
  try {
    ours = await within(clock, describing, limits.mediaMs, signal);
  } catch (error) {
    describing.then(
      (late) => media.withdraw?.(late),
      () => {},
    );
    if (!signal.aborted) onListenerError("media", error);
    invitation.reject(ports.signal.aborted ? 603 : 488);
    return undefined;
  }
  const told = narrowed(offer === undefined ? ours : fittedTo(offer, ours), isHeld ? "sendonly" : "sendrecv");
  const accepting = invitation.accept(told);
  try {
    // Who got no offer may have to ask somebody else for the answer first (RFC 3725 §4.1).
    const dialog = await within(clock, accepting, offer === undefined ? limits.ledgerMs : limits.ackMs, signal);
    const theirs = offer ?? withoutOldHold(dialog.sdp ?? "");
    if (offer === undefined) await within(clock, media.applyAnswer(theirs, ours), limits.mediaMs, signal);
    else media.take?.(ours);
    return { dialog, isHeld, theirs: directionOf(theirs) === "inactive" ? "" : theirs };
  } catch (error) {
    abandon(accepting);
    media.withdraw?.(ours);
    if (!signal.aborted) onListenerError("media", error);
    return undefined;
  }
}

/** What throws at once is no other failure than what rejects. */
async function describe(media: MediaSession, offer: string | undefined, signal: AbortSignal): Promise<string> {
  if (offer === undefined) return media.offer(signal);
  if (!media.answerAnew) throw new DOMException("the audio can have one connection only", "NotSupportedError");
  return media.answerAnew(offer, signal);
}
