/**
 * Somebody takes the place of whom an answered call is with (an INVITE with Replaces, RFC 3891), as after a transfer by the other side: the
 * same call, with another party and audio of its own. Until that stands, and where it comes to nothing, the conversation goes on as it was.
 */
import { within } from "../clock.ts";
import type { Settings } from "../config.ts";
import type { Journal, Party } from "../journal.ts";
import { directionOf, fittedTo, narrowed, withoutOldHold } from "../media/direction.ts";
import { anyOf } from "../platform.ts";
import type { MediaSession } from "../ports/media.ts";
import type { SipDialog } from "../ports/sip-dialog.ts";
import type { CallerIdentity } from "../ports/sip-identity.ts";
import type { SipInvitation } from "../ports/sip-invitation.ts";
import type { Trunk } from "../trunk/trunk.ts";
import type { Goodbyes } from "./goodbye.ts";
import type { Holding } from "./holding.ts";
import { introductionOf } from "./introduction.ts";
import { withdraw } from "./open-media.ts";

/** Who takes the customer's place. */
interface Replacing {
  readonly invitation: SipInvitation;
  readonly party: Party;
}

/** The conversation that begins in place of the one before. */
export interface Anew {
  readonly dialog: SipDialog;
  readonly party: Party;
  readonly onHolding: (holding: Holding) => void;
}

interface ReplacementPorts {
  readonly callId: string;
  readonly trunk: Trunk;
  /** Whose place is taken. */
  readonly party: Party;
  readonly dialog: SipDialog;
  readonly media: MediaSession;
  readonly holding: Holding;
  readonly settings: Settings;
  readonly journal: Journal;
  readonly emit: (event: "replaced", detail: { readonly trunkId: string; readonly identity: CallerIdentity }) => void;
  readonly onListenerError: (event: string, error: unknown) => void;
  readonly onReplaced: (dialog: SipDialog, trunk: Trunk, by: SipInvitation, identity: CallerIdentity) => void;
  readonly sayGoodbye: Goodbyes["say"];
  /** The conversation before is no more. */
  readonly leave: () => void;
  readonly begin: (anew: Anew) => void;
  /** The conversation whose place is taken is over; the call is. */
  readonly signal: AbortSignal;
  readonly over: AbortSignal;
}

/** The audio is theirs from now on. */
interface Taken {
  readonly dialog: SipDialog;
  /** What they say of it, as far as that tells of a hold: what begins inactive has none yet. */
  readonly offered: string;
}

/** Resolves when they have taken it, or it has come to nothing. */
export async function takePlace({ invitation, party: theirs }: Replacing, ports: ReplacementPorts): Promise<void> {
  const { trunk, holding, signal, over, sayGoodbye } = ports;
  const isHeld = holding.isWished;
  const taken = await connect(invitation, isHeld, ports);
  if (!taken) return;
  const { dialog, offered } = taken;
  const { identity } = introductionOf(invitation, []);
  // Agent or peer may have ended it just then.
  if (signal.aborted) return sayGoodbye(dialog, trunk);
  ports.leave();
  ports.onReplaced(dialog, trunk, invitation, identity);
  sayGoodbye(ports.dialog, trunk);
  // Whoever they are, they are where emergency calls go.
  const party = ports.party.route === "emergency" ? { ...theirs, route: ports.party.route } : theirs;
  ports.journal.append("call:replaced", { callId: ports.callId, trunkId: trunk.id, party });
  // Whoever reads the record may have hung up.
  if (over.aborted) return;
  ports.begin({
    dialog,
    party,
    onHolding() {
      holding.told(isHeld);
      holding.heed(offered);
      holding.settle();
    },
  });
  ports.emit("replaced", { trunkId: trunk.id, identity });
}

/** Accepts, and moves the audio once that is acknowledged. @returns undefined where it came to nothing. */
async function connect(invitation: SipInvitation, isHeld: boolean, ports: ReplacementPorts): Promise<Taken | undefined> {
  const { media, settings, onListenerError, trunk } = ports;
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
      (late) => withdraw(media, late),
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
    return { dialog, offered: directionOf(theirs) === "inactive" ? "" : theirs };
  } catch (error) {
    ports.sayGoodbye(accepting, trunk, invitation.unconfirmed);
    withdraw(media, ours);
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
