/** An answered call, whichever side began it: what the peer makes of the session, and the audio. */
import type { Emitter } from "../emitter.ts";
import type { Held } from "../journal.ts";
import { directionOf, fittedTo, withoutOldHold } from "../media/direction.ts";
import { keepAudio, type AudioEvents, type AudioPorts } from "./audio.ts";

export interface ConversationEvents extends AudioEvents {
  /** The customer put the agent on hold, or came back. */
  held: { readonly trunkId: string; readonly held: Held };
}

export interface Conversation {
  readonly held: Held;
}

interface ConversationPorts extends Omit<AudioPorts, "emit"> {
  readonly emit: Emitter<ConversationEvents>["emit"];
}

/** Looks after it until it is over. */
export function converse(ports: ConversationPorts): Conversation {
  const { callId, trunk, dialog, media, journal, emit, signal } = ports;
  const of = { callId, trunkId: trunk.id };
  let held: Held = "none";

  /** Who receives nothing from us has put us on hold (RFC 3264 §8.4). */
  function heed(theirs: string): void {
    const direction = directionOf(theirs);
    const now: Held = direction === "sendonly" || direction === "inactive" ? "there" : "none";
    if (now === held) return;
    held = now;
    journal.append("call:held", { ...of, held });
    emit("held", { trunkId: trunk.id, held });
  }

  dialog.keepSession({
    async answer(theirs) {
      const offer = withoutOldHold(theirs);
      const answer = fittedTo(offer, await media.answer(offer, signal));
      if (!signal.aborted) heed(offer);
      return answer;
    },
    offer: async () => media.reoffer?.(signal),
    async applyAnswer(theirs, offer) {
      const answer = withoutOldHold(theirs);
      await media.applyAnswer(answer, offer);
      if (!signal.aborted) heed(answer);
    },
  });
  keepAudio(ports);
  return {
    get held() {
      return held;
    },
  };
}
