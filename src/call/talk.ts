/** What an integrator sees of an answered call, whichever side began it. */
import type { EventNames } from "../emitter.ts";
import type { DeviceResult } from "../ports/media.ts";
import type { CallerIdentity } from "../ports/sip-identity.ts";
import type { Held } from "../states.ts";
import type { AudioEvents } from "./audio.ts";
import type { DtmfOptions, DtmfResult } from "./digits.ts";
import type { HoldResult } from "./holding.ts";
import type { ReferredEvents } from "./referred.ts";
import type { TransferEvents, TransferResult } from "./transfer.ts";

/** Events of an answered call, whichever side began it. */
export interface ConversationEvents extends AudioEvents, TransferEvents, ReferredEvents {
  /** Agent or customer put the call on hold, or came back. */
  held: { readonly trunkId: string; readonly held: Held };
  /** The agent's microphone was muted or unmuted by `mute()` or `unmute()`; what the system does comes as `microphone`. */
  muted: { readonly muted: boolean };
  /**
   * Somebody else took the customer's place, as after a transfer by the other side (RFC 3891): the call goes on with them, held and muted
   * as it was. What was told of the audio before is over.
   */
  replaced: { readonly trunkId: string; readonly identity: CallerIdentity };
  /** The customer's side sent a digit by INFO. */
  digit: { readonly trunkId: string; readonly digit: string };
}

export const conversationEvents: EventNames<ConversationEvents> = {
  reconnecting: true,
  reconnected: true,
  "no-audio": true,
  "audio-restored": true,
  quality: true,
  microphone: true,
  playback: true,
  held: true,
  muted: true,
  digit: true,
  replaced: true,
  transfer: true,
  referred: true,
};

/** What the agent may do with a call once it is answered; `Call` and `IncomingCall` have it alike. None of these throws or rejects. */
export interface Talk {
  /** Who has put the call on hold: `here` the agent, once the other side took it; `there` the customer. */
  readonly held: Held;
  /** The agent has muted the microphone. */
  readonly muted: boolean;
  /** Since when it is answered, ms since 1970: a reload and a transfer by the other side change nothing of it. Undefined while nobody has answered. */
  readonly answeredDateMs: number | undefined;
  /**
   * Puts the customer on hold (re-INVITE, RFC 3264 §8.4). At once nothing of the microphone leaves, and nothing is played. While the
   * flow is down it waits for the next. Resolves when the other side took it, or it came to nothing; then the call is as it was.
   */
  hold(): Promise<HoldResult>;
  /** Takes the call back, and holds the one that is heard meanwhile. Resolves as `hold()` does; of two that contradict each other the last counts. */
  unhold(): Promise<HoldResult>;
  /** Nothing of the microphone leaves, by no renegotiation; before the answer too. @param on `false` is `unmute()`. */
  mute(on?: boolean): void;
  /** The microphone is heard again, unless the call is on hold; harmless where it was not muted. */
  unmute(): void;
  /**
   * Sends digits, one after the other: `0`–`9`, `*`, `#`, `A`–`D`, and `,` for a pause of 2 s. What is asked for next waits.
   * Resolves when all are sent, or with why they are not. Which ones they are is never on record.
   */
  sendDtmf(digits: string, options?: DtmfOptions): Promise<DtmfResult>;
  /**
   * Talks by another microphone, without renegotiation and for this call alone; mute and hold stay. Before the answer too.
   * @param deviceId as `enumerateDevices()` has it; `""`: the system's.
   */
  setMicrophone(deviceId: string): Promise<DeviceResult>;
  /** Plays the customer on another device, where the browser can (`unsupported`). @param deviceId `""`: the system's. */
  setSpeaker(deviceId: string): Promise<DeviceResult>;
  /** From a click, after `playback` was told as `blocked`: the customer is heard from now on. */
  resumeAudio(): Promise<DeviceResult>;
  /**
   * Connects the customer to somebody else, and ends the call as `transferred`: to a number (REFER, RFC 3515), or to whom another answered
   * call over the same carrier is with, which then ends too (Replaces, RFC 3891). The customer is held meanwhile. Resolves when the other
   * side says what came of it; where it came to nothing the call is as it was.
   */
  transfer(to: string | Talk): Promise<TransferResult>;
}
