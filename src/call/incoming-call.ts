/** A call that a customer makes to the agent, over whichever trunks it comes: it rings once. */
import { createEmitter, type On } from "../emitter.ts";
import type { Settings } from "../config.ts";
import type { CallEnd, Held, Journal, Party } from "../journal.ts";
import type { MediaSession, SipDialog, SipInvitation } from "../ports.ts";
import type { Trunk } from "../trunk/trunk.ts";
import { converse, type Conversation, type ConversationEvents } from "./conversation.ts";
import { sayGoodbye } from "./goodbye.ts";
import type { UnderWay } from "./reception.ts";

export interface IncomingCallEvents extends ConversationEvents {
  answered: { readonly trunkId: string };
  ended: { readonly end: CallEnd };
}

export interface IncomingCall {
  readonly id: string;
  /** The trunk that it came by, or is answered on. */
  readonly trunkId: string;
  /** The caller as the carrier wrote it: personal data, for the agent's eyes only; never journalled. */
  readonly from: string;
  readonly state: "ringing" | "answering" | "answered" | "ended";
  /** Whether the customer has put the agent on hold. */
  readonly held: Held;
  readonly media: MediaSession;
  readonly on: On<IncomingCallEvents>;
  /** Resolves, never rejects, when the call is over. */
  readonly ended: Promise<{ readonly end: CallEnd }>;
  /** Takes it. Harmless twice, or after the end. */
  answer(): Promise<void>;
  /** Not now: 486 to the caller. Harmless after the answer. */
  decline(): void;
  /** Ends it, whatever its state. */
  hangUp(): void;
}

/** What its owner, the facade, may do with it besides. */
export interface OwnedIncomingCall extends IncomingCall {
  /** How it compares with an INVITE that comes now. */
  arrival(leg: Leg): NonNullable<UnderWay["arrival"]>;
  /** The same call came by another trunk too: a spare, should the first be lost before the answer. */
  join(leg: Leg): void;
  /** Linekeeper closes: nothing of it may be left running. */
  forget(): void;
}

/** One INVITE of it. */
export interface Leg {
  readonly trunk: Trunk;
  readonly invitation: SipInvitation;
}

interface IncomingPorts {
  readonly id: string;
  readonly leg: Leg;
  readonly party: Party;
  readonly settings: Settings;
  readonly journal: Journal;
  readonly onListenerError: (event: string, error: unknown) => void;
  /** Calls `changed` whenever a trunk's readiness may have changed. @returns what stops it. */
  readonly onTrunkChange: (changed: () => void) => () => void;
  readonly onDone: () => void;
}

export function createIncomingCall(ports: IncomingPorts): OwnedIncomingCall {
  const { id: callId, settings, journal, party } = ports;
  const { clock } = settings;
  const { on, emit, removeAll } = createEmitter<IncomingCallEvents>(ports.onListenerError);
  const media = settings.media.open();
  const over = new AbortController();
  const forgotten = new AbortController();
  const offeredMs = clock.nowMs();
  const sipCallIds = new Set<string>();
  /** Those that can still be answered, the first of them first. */
  let legs: readonly Leg[] = [];
  let current = ports.leg;
  let state: IncomingCall["state"] = "ringing";
  let answeredMs = 0;
  let dialog: SipDialog | undefined;
  let conversation: Conversation | undefined;
  let resolveEnded: (summary: { readonly end: CallEnd }) => void = () => {};
  const ended = new Promise<{ readonly end: CallEnd }>((resolve) => (resolveEnded = resolve));

  journal.append("call:offered", { callId, trunkId: current.trunk.id, party });
  join(current);

  function join(leg: Leg): void {
    legs = [...legs, leg];
    sipCallIds.add(leg.invitation.sipCallId);
    leg.invitation.onCancelled(() => {
      legs = legs.filter((each) => each !== leg);
      if (legs[0]) current = legs[0];
      else if (state === "ringing") finish("hung-up-there");
    });
    leg.invitation.ring();
  }

  function finish(end: CallEnd): void {
    if (state === "ended") return;
    const talkedMs = state === "answered" ? { talkedMs: Math.round(clock.nowMs() - answeredMs) } : {};
    state = "ended";
    over.abort();
    media.close();
    journal.append("call:ended", { callId, end, possibleDuplicate: false, ...talkedMs });
    emit("ended", { end });
    removeAll();
    resolveEnded({ end });
    if (dialog && end === "hung-up-here")
      void sayGoodbye(dialog, current.trunk, { ...ports, callId, signal: forgotten.signal }).then(ports.onDone);
    else ports.onDone();
  }

  async function answer(): Promise<void> {
    if (state !== "ringing") return;
    state = "answering";
    // The leg that came first, and if that is lost meanwhile, the next.
    for (let leg = legs[0]; leg; leg = legs[0]) {
      current = leg;
      try {
        const { invitation } = leg;
        // Without an offer ours goes out with the 200, and the answer comes with the ACK (RFC 3261 §13.2.1).
        const isLate = invitation.offer === undefined;
        const sdp = await (isLate ? media.offer(over.signal) : media.answer(invitation.offer, over.signal));
        const accepted = await invitation.accept(sdp);
        if (isLate && accepted.sdp !== undefined)
          await media.applyAnswer(accepted.sdp, sdp).catch((error: unknown) => ports.onListenerError("media", error));
        // The agent may have hung up while the microphone was being opened.
        if (over.signal.aborted) return void accepted.bye();
        return answered(accepted, leg);
      } catch (error) {
        ports.onListenerError("media", error);
        legs = legs.filter((each) => each !== leg);
        if (!over.signal.aborted) leg.invitation.reject(480);
      }
    }
    finish("failed");
  }

  function answered(accepted: SipDialog, leg: Leg): void {
    const trunkId = leg.trunk.id;
    dialog = accepted;
    state = "answered";
    answeredMs = clock.nowMs();
    rejectAll(486, leg);
    dialog.onEnded((how) => finish(how === "bye" ? "hung-up-there" : "flow-lost"));
    journal.append("call:answered", { callId, trunkId, setupMs: Math.round(answeredMs - offeredMs) });
    conversation = converse({ ...ports, callId, trunk: leg.trunk, dialog, media, emit, signal: over.signal });
    emit("answered", { trunkId });
  }

  function rejectAll(code: number, but?: Leg): void {
    const rejected = legs.filter((leg) => leg !== but);
    legs = [];
    for (const { invitation } of rejected) invitation.reject(code);
  }

  return {
    id: callId,
    get trunkId() {
      return current.trunk.id;
    },
    from: current.invitation.from,
    get state() {
      return state;
    },
    get held() {
      return conversation?.held ?? "none";
    },
    media,
    on,
    ended,
    arrival: ({ trunk, invitation }) => ({
      alias: party.alias,
      offeredMs,
      byTrunk: legs.some((leg) => leg.trunk === trunk),
      bySipCallId: sipCallIds.has(invitation.sipCallId),
    }),
    join,
    answer,
    decline() {
      if (state !== "ringing") return;
      rejectAll(486);
      finish("hung-up-here");
    },
    hangUp() {
      if (!dialog) rejectAll(480);
      finish("hung-up-here");
    },
    forget: () => forgotten.abort(),
  };
}
