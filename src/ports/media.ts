/** The agent's audio: one session for each call. `webrtc()` implements it, and `noMedia()`. */
import type { AudioFault, AudioQuality, MediaPath, MicrophoneFallback, MicrophoneState, PlaybackState } from "./audio.ts";

/**
 * The agent's audio for one call. The microphone belongs to the call and is asked for once; a connection, its ICE credentials and
 * its fingerprint belong to one attempt.
 */
export interface MediaSession {
  /** An SDP offer for one attempt, ICE candidates included: another each time, for two carriers' media relays must not meet on one. */
  offer(signal: AbortSignal): Promise<string>;
  /** Nothing can come of this offer any more, or of this answer to a caller who is gone: what it holds is freed. Where it was to change the call's audio, that goes on as it was. */
  withdraw?(offer: string): void;
  /**
   * Applies the peer's answer: the audio is that connection's from now on, and every other is closed.
   * @param offer which offer it answers; the last one if left out.
   * @throws when the SDP cannot be used.
   */
  applyAnswer(sdp: string, offer?: string): Promise<void>;
  /** Applies an answer that came before the call was answered (183), so that announcements are heard. Another, final one may follow. */
  applyEarlyAnswer?(sdp: string, offer: string): Promise<void>;
  /**
   * Applies an offer of the peer's, and returns our answer: at the beginning of an inbound call, and in any call when the peer changes
   * the session (RFC 3264 §8: a hold, a resume, moved media, another codec).
   * @throws when the SDP cannot be used; during a call the audio then goes on as it was.
   */
  answer(offer: string, signal: AbortSignal): Promise<string>;
  /**
   * Applies the offer of somebody who takes the place of whom the call is with (RFC 3891), and returns our answer, on a connection of its own:
   * the audio goes on as it was until `take()`. Left out where the audio can have one connection only; nobody is replaced then.
   */
  answerAnew?(offer: string, signal: AbortSignal): Promise<string>;
  /** The audio is from now on the connection's that an answer of `answerAnew()` describes, and every other is closed. */
  take?(answer: string): void;
  /** The session as it stands, offered anew on the same connection, for a peer that asks for an offer during the call. Left out where it cannot change. */
  reoffer?(signal: AbortSignal): Promise<string>;
  /**
   * Watches the audio from the answer on. Left out where there is none to watch.
   * @returns what stops it; `close()` does too.
   */
  watch?(events: MediaEvents): () => void;
  /** The way that the audio takes, as it was seen last while it is watched. */
  readonly path?: MediaPath | undefined;
  /** A new offer on the same connection, with new ICE credentials (RFC 8445 §9). Left out where ICE is not used. */
  restartOffer?(signal: AbortSignal): Promise<string>;
  /**
   * The agent holds the call, or takes it back. At once nothing of the microphone leaves and nothing is played; what is described
   * from now on asks for no audio (`sendonly`, RFC 3264 §8.4). Left out where the audio is elsewhere.
   */
  hold?(isHeld: boolean): void;
  /** Nothing of the microphone leaves, whatever becomes of connection and microphone; the session stays as it is. Left out where the audio is elsewhere. */
  mute?(isMuted: boolean): void;
  /** Sends what another microphone hears, without renegotiation; mute and hold stay. Left out where the audio is elsewhere. */
  setMicrophone?(deviceId: string): Promise<DeviceResult>;
  /** Plays on another device. Left out where the audio is elsewhere. */
  setSpeaker?(deviceId: string): Promise<DeviceResult>;
  /** Plays what the browser did not let play before a click; called from one. Left out where nothing is played. */
  resumeAudio?(): Promise<DeviceResult>;
  /**
   * Sends one digit, `0`–`9`, `*`, `#`, `A`–`D`, as an RTP event (RFC 4733); whoever asks waits for its end.
   * @returns false where the peer did not agree to such events, or nothing may be sent just now. Left out where it never can be.
   */
  sendTone?(digit: string, toneMs: number): boolean;
  /** Frees microphone and transports. Harmless twice. */
  close(): void;
}

/**
 * What a wish about a device came to; where it came to nothing all is as it was. `denied`: by the agent, or by the page's policy.
 * `not-found`: no such device. `busy`: another program has it. `unsupported`: the browser, or this media, cannot. `ended`: the call is over.
 */
export type DeviceResult =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly because: "denied" | "not-found" | "busy" | "unsupported" | "ended" | "failed";
      readonly error?: unknown;
    };

/** What a media session finds out about its audio. None of these throws. */
export interface MediaEvents {
  /** The audio fails, for long enough that it is no hiccup; `restored` follows, or the session's end. */
  lost(fault: AudioFault): void;
  /** It flows again, or none is wanted any more (hold). */
  restored(path?: MediaPath): void;
  /** The first rating, after some seconds of audio; then when quality of either way fell below what is fit for a conversation (`poor`), or rose well above it again. */
  rated(level: "good" | "poor", quality: AudioQuality): void;
  /** The microphone was muted by other than agent and page, is back, or is gone; `lost`: it was pulled out under the call. */
  microphone(state: MicrophoneState | "lost", fellBackTo?: MicrophoneFallback): void;
  /** The browser does not let the page play the customer; or does now. */
  playback(state: PlaybackState): void;
}

/** What goes wrong beside the audio, or before there is any. None of these throws. */
export interface MediaTroubles {
  /** No STUN and TURN servers could be had, or none that the browser takes: the call goes on without. */
  iceServersFailed(error: unknown): void;
  /** What listens for lost audio could not be loaded: the call goes on, and nothing is told of its audio. */
  unwatched?(error: unknown): void;
}

/** Gives a call its audio, which `call.media` then is. `webrtc()` does in a browser; `noMedia()` where none is wanted. */
export interface Media<Session extends MediaSession = MediaSession> {
  /** Makes the audio of one call; opens neither microphone nor transport before it is asked for an offer or an answer. */
  open(troubles?: MediaTroubles): Session;
}
