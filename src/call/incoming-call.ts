/** A call that a customer makes to the agent, over whichever trunk it comes. */
import type { Settings } from "../config.ts";
import { createEmitter, type On } from "../emitter.ts";
import type { CallEnd, Journal, Party } from "../journal.ts";
import type { MediaSession, SipDialog, SipInvitation } from "../ports.ts";

export interface IncomingCallEvents {
  answered: { readonly trunkId: string };
  ended: { readonly end: CallEnd };
}

export interface IncomingCall {
  readonly id: string;
  readonly trunkId: string;
  /** The caller as the carrier wrote it: personal data, for the agent's eyes only; never journalled. */
  readonly from: string;
  readonly state: "ringing" | "answering" | "answered" | "ended";
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

interface IncomingPorts {
  readonly id: string;
  readonly trunkId: string;
  readonly party: Party;
  readonly invitation: SipInvitation;
  readonly settings: Settings;
  readonly journal: Journal;
  readonly onListenerError: (event: string, error: unknown) => void;
  readonly onDone: () => void;
}

export function createIncomingCall(ports: IncomingPorts): IncomingCall {
  const { id: callId, trunkId, invitation, settings, journal } = ports;
  const { clock } = settings;
  const { on, emit, removeAll } = createEmitter<IncomingCallEvents>(ports.onListenerError);
  const media = settings.media.open();
  const over = new AbortController();
  const offeredMs = clock.nowMs();
  let state: IncomingCall["state"] = "ringing";
  let answeredMs = 0;
  let dialog: SipDialog | undefined;
  let resolveEnded: (summary: { readonly end: CallEnd }) => void = () => {};
  const ended = new Promise<{ readonly end: CallEnd }>((resolve) => (resolveEnded = resolve));

  journal.append("call:offered", { callId, trunkId, party: ports.party });
  invitation.onCancelled(() => finish("hung-up-there"));
  invitation.ring();

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
    ports.onDone();
  }

  async function answer(): Promise<void> {
    if (state !== "ringing") return;
    state = "answering";
    try {
      const sdp = await media.answer(invitation.offer ?? "", over.signal);
      const accepted = await invitation.accept(sdp);
      // The agent may have hung up while the microphone was being opened.
      if (over.signal.aborted) return void accepted.bye();
      dialog = accepted;
    } catch (error) {
      ports.onListenerError("media", error);
      if (!over.signal.aborted) invitation.reject(480);
      return finish("failed");
    }
    state = "answered";
    answeredMs = clock.nowMs();
    dialog.onEnded(() => finish("hung-up-there"));
    journal.append("call:answered", { callId, trunkId, setupMs: Math.round(answeredMs - offeredMs) });
    emit("answered", { trunkId });
  }

  return {
    id: callId,
    trunkId,
    from: invitation.from,
    get state() {
      return state;
    },
    media,
    on,
    ended,
    answer,
    decline() {
      if (state !== "ringing") return;
      invitation.reject(486);
      finish("hung-up-here");
    },
    hangUp() {
      if (dialog) void dialog.bye();
      else if (state === "ringing" || state === "answering") invitation.reject(480);
      finish("hung-up-here");
    },
  };
}
