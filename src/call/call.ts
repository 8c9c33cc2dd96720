/** What an integrator sees of a call: of one that the agent makes, of one that the page before had answered, and of a customer's. */
import type { EventNames, Events } from "../emitter.ts";
import type { CallEnd, FailoverReason, Refusal } from "../journal.ts";
import type { Outcome } from "../outcome.ts";
import type { MediaSession } from "../ports/media.ts";
import type { EndReason } from "../ports/sip-answer.ts";
import type { CallerIdentity } from "../ports/sip-identity.ts";
import type { CallState, IncomingCallState } from "../states.ts";
import type { CallProgress } from "./progress.ts";
import type { ReferredEvents } from "./referred.ts";
import { conversationEvents, type ConversationEvents, type Talk } from "./talk.ts";

// ── The agent's ───────────────────────────────────────────────────────────────────────────────────

/** How a call ended. */
export interface CallSummary {
  /** `refused` where no INVITE was sent; else which side, or what, ended it. */
  readonly end: CallEnd | "refused";
  /** Why it never left the agent, where `end` is `refused`. */
  readonly refusal?: Refusal;
  /** Where that is `bad-options`: which of them, e.g. `headers.Via`. */
  readonly field?: string;
  /** What the last attempt's end meant. */
  readonly outcome?: Outcome;
  /** The peer's own final code, where the last attempt had one. */
  readonly sipCode?: number;
  /** Why the other side's network ended the conversation, where its BYE says so (`Reason`, RFC 3326). */
  readonly reason?: EndReason;
  /** Name of what was thrown where it ended on this side, as a browser's DOMException has it: `NotAllowedError`, `TimeoutError`. */
  readonly error?: string;
  /** INVITEs sent, over all trunks. */
  readonly attempts: number;
  /** Somebody's phone may have rung without our knowing: an attempt was given up and nobody confirmed its end. */
  readonly possibleDuplicate: boolean;
  /** What it was placed with. */
  readonly context?: unknown;
}

/** What is told of an end besides who ended it. */
export type EndDetail = Pick<CallSummary, "error" | "reason">;

/** Events of one call. */
export interface CallEvents<Session extends MediaSession = MediaSession> extends ConversationEvents {
  referred: ReferredEvents<Call<Session>>["referred"];
  /** An INVITE goes out on this trunk: once for each attempt, the first included. */
  dialling: { readonly trunkId: string };
  /** The line takes longer than usual, and there is no better one: the call goes on waiting. Before any `dialling`: an emergency call's line is not up yet. */
  slow: { readonly trunkId: string };
  /** The phone rings (180), as far as the carrier of this trunk says. */
  ringing: { readonly trunkId: string };
  /** What the carrier says of it meanwhile, each time that it says something new; a phone that rings is told as `ringing` too. */
  progress: CallProgress & { readonly trunkId: string };
  /** The call goes on to another trunk, as the same object; `redial`: because the agent wished it. */
  "failed-over": { readonly from: string; readonly to: string; readonly because: FailoverReason };
  /** The line failed after the phone rang, or died under the conversation: `redial()` or `hangUp()`, as the agent wishes. */
  "choice-needed": { readonly trunkId: string };
  /** Somebody has answered, by this trunk; after `redial()` it may come again. */
  answered: { readonly trunkId: string };
  /** The call is over; the last event of it. */
  ended: CallSummary;
}

export const callEvents: EventNames<CallEvents> = {
  ...conversationEvents,
  dialling: true,
  slow: true,
  ringing: true,
  progress: true,
  "failed-over": true,
  "choice-needed": true,
  answered: true,
  ended: true,
};

/** A call that the agent makes: one object from `call()` to its end, whatever number of attempts on whatever trunks it takes. */
export interface Call<Session extends MediaSession = MediaSession> extends Events<CallEvents<Session>>, Talk {
  /** Names it in the journal, in events and reports as `callId`; unique within the session only. */
  readonly id: string;
  /** `in` only where a page before this one had taken a customer's call: a `ResumedCall`. */
  readonly direction: "out" | "in";
  /**
   * Whom it is with, for the agent's eyes only, never journalled: by E.164 where `country` tells, else as dialled, without separators; a URI where
   * a transfer named no number; empty where none could be read. Who takes the customer's place is told as `replaced`.
   */
  readonly number: string;
  /** Where it stands now: `ended` once it is over, for whatever reason. */
  readonly state: CallState;
  /** The trunk that carries it now. */
  readonly trunkId: string | undefined;
  /** The page before this one had it: a `ResumedCall`. */
  readonly resumed?: true;
  /** The integrator's own, as it was given to `call()`. */
  readonly context: unknown;
  /** Its audio, as the `media` of the configuration gives it: a `WebRtcSession` with `webrtc()`. */
  readonly media: Session;
  /** Resolves, never rejects, when the call is over. */
  readonly ended: Promise<CallSummary>;
  /** The agent's answer to `choice-needed`, or to `no-audio`: dials on the next trunk, so the customer is called back. Harmless at any other time. */
  redial(): void;
  /** Ends it, whatever its state. Harmless after the end. */
  hangUp(): void;
}

/** Nobody dials it again: it has answered. */
export interface ResumedCall<Session extends MediaSession = MediaSession> extends Call<Session> {
  readonly resumed: true;
  /** The customer's, as the dialog has it that was taken up: personal data, never journalled. */
  readonly remoteUri: string;
}

// ── A customer's ──────────────────────────────────────────────────────────────────────────────────

/** How a customer's call ended. */
export interface IncomingCallSummary {
  /** Which side, or what, ended it; `answered-elsewhere`: another phone of the account took it before the agent did. */
  readonly end: CallEnd;
  /** Why the other side's network ended the conversation, where its BYE says so (`Reason`, RFC 3326). */
  readonly reason?: EndReason;
  /** Where our audio could not be opened: why, by name. `NotAllowedError`: the microphone was denied. `TimeoutError`: nobody granted it in time. */
  readonly error?: string;
}

/** Events of a call that a customer makes. That it rings is told by the line, as `call:offered`. */
export interface IncomingCallEvents<Session extends MediaSession = MediaSession> extends ConversationEvents {
  referred: ReferredEvents<Call<Session>>["referred"];
  /** It is being answered by itself, as it asked (`autoAnswer`); `answered` follows, or `ended`. */
  "auto-answered": { readonly trunkId: string };
  /** It is answered, on this trunk, and the caller has confirmed that (ACK). */
  answered: { readonly trunkId: string };
  /** The call is over; the last event of it. */
  ended: IncomingCallSummary;
}

/** Those of any call: who listens to both kinds alike has mistyped nothing. */
export const incomingCallEvents: EventNames<IncomingCallEvents> = { ...callEvents, "auto-answered": true };

/** A call that a customer makes to the agent: one object, though the same call may come by several trunks at once. */
export interface IncomingCall<Session extends MediaSession = MediaSession> extends Events<IncomingCallEvents<Session>>, Talk {
  /** Names it in the journal, in events and reports as `callId`; unique within the session only. */
  readonly id: string;
  /** The customer called. */
  readonly direction: "in";
  /** The trunk that it came by, or is answered on. */
  readonly trunkId: string;
  /** Who calls, or has taken their place since, as read: by their URI, or as the carrier vouches. Personal data, for the agent's eyes only; never journalled. */
  readonly identity: CallerIdentity;
  /** The same as the carrier wrote it, to look into; what a name in it says proves nothing. */
  readonly from: string;
  /** Of the headers that `incomingHeaders` names, those that it brought: untrusted text. Never journalled. */
  readonly headers: Readonly<Record<string, string>>;
  /** It asks to be answered by itself, after so many ms: a wish, which is granted only where `autoAnswer` permits it. */
  readonly answerAfterMs: number | undefined;
  /** It was answered by itself. */
  readonly autoAnswered: boolean;
  /** Where it stands now: `ended` once it is over, whether it was answered or not. */
  readonly state: IncomingCallState;
  /** Its audio, as the `media` of the configuration gives it: a `WebRtcSession` with `webrtc()`. */
  readonly media: Session;
  /** Resolves, never rejects, when the call is over. */
  readonly ended: Promise<IncomingCallSummary>;
  /** Takes it. Resolves, never rejects, when it is answered or over. Harmless twice, or after the end. */
  answer(): Promise<void>;
  /** Not now: 486 to the caller. Harmless after the answer. */
  decline(): void;
  /** Ends it, whatever its state. Harmless after the end. */
  hangUp(): void;
}

// ── Either ────────────────────────────────────────────────────────────────────────────────────────

/** Events that a call has whoever began it. */
export interface AnyCallEvents extends ConversationEvents {
  /** Somebody has answered, by this trunk: the customer, or the agent. */
  answered: { readonly trunkId: string };
  /** The call is over; the last event of it. */
  ended: CallSummary | IncomingCallSummary;
}

/**
 * What calls have alike, whoever began them: each of `line.calls` is one. A function that shows a call takes this, for TypeScript finds
 * no `on` that `Call | IncomingCall` share.
 */
export interface AnyCall<Session extends MediaSession = MediaSession> extends Events<AnyCallEvents>, Talk {
  /** Names it in the journal, in events and reports as `callId`; unique within the session only. */
  readonly id: string;
  /** Who called: the agent (`out`), whose call has a `number`; or the customer (`in`), who has an `identity`, or after a reload a `number`. */
  readonly direction: "out" | "in";
  /** The trunk that carries it now. */
  readonly trunkId: string | undefined;
  /** Where it stands now: `ended` once it is over, for whatever reason. */
  readonly state: CallState | IncomingCallState;
  /** Its audio, as the `media` of the configuration gives it: a `WebRtcSession` with `webrtc()`. */
  readonly media: Session;
  /** Resolves, never rejects, when the call is over. */
  readonly ended: Promise<CallSummary | IncomingCallSummary>;
  /** Ends it, whatever its state. Harmless after the end. */
  hangUp(): void;
}
