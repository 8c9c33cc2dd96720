/** What a media session tells of its audio: faults, quality, the way that it takes, the agent's devices. */

/** What is wrong with a call's audio. */
export interface AudioFault {
  /** Seen from the agent: `inbound`: the customer is not heard. `outbound`: the customer hears nothing. */
  readonly direction: "inbound" | "outbound" | "both";
  /** `never-came`: not one packet since the answer. `stopped`: it flowed before. `silent`: packets flow, without sound. */
  readonly kind: "never-came" | "stopped" | "silent";
  /** How long, in ms. */
  readonly forMs: number;
  /** It lies on this side: the microphone gives no sound, or the browser sends nothing over a connection that is well. No trunk's fault. */
  readonly isLocal?: true;
  /** The way that the audio takes; left out where the session knows nothing of it. */
  readonly path?: MediaPath;
}

/** Kind of a candidate (RFC 8445 §5.1.1). */
export type CandidateType = "host" | "srflx" | "prflx" | "relay";

/** The way that a call's audio takes, in so far as it tells causes apart. Never an address: that is personal data. */
export interface MediaPath {
  /** ICE connection state (W3C webrtc-pc §5.6.4). */
  readonly ice: "new" | "checking" | "connected" | "completed" | "disconnected" | "failed" | "closed";
  /** State of the DTLS handshake (W3C webrtc-pc §5.5.1), where it is known. */
  readonly dtls?: "new" | "connecting" | "connected" | "closed" | "failed";
  /** Our end of the pair that carries the audio, where there is one. */
  readonly local?: CandidateType;
  /** The far end of that pair. */
  readonly remote?: CandidateType;
  /** ICE has been connected at some time since the answer. */
  readonly wasConnected: boolean;
  /** Which way RTP or RTCP went over the pair just then. */
  readonly flows: "both" | "inbound" | "outbound" | "none";
  /** The far end of the pair answers our checks (RFC 7675): somebody is there. Where it is known. */
  readonly answers?: boolean;
  /** Since the audio last flowed as it should, the same relay has come to another port. */
  readonly remotePortChanged?: true;
  /** Since the audio last flowed as it should, the agent has another address: another network, most often. */
  readonly localAddressChanged?: true;
  /** The pair is still one of those before the last ICE restart: its far end will not answer it for long. */
  readonly isOutdated?: true;
}

/** `muted`: by the system, a headset or the browser, while neither agent nor page did. `ended`: unplugged, or taken away. */
export type MicrophoneState = "live" | "muted" | "ended";

/** By the class that its label tells, never the label itself. `other`: it tells none that is known here. */
export type MicrophoneKind = "headset" | "bluetooth" | "built-in" | "webcam" | "other";

/** What took the place of a microphone that was pulled out; never its name, which may be a person's. */
export type MicrophoneFallback = "another" | "none";

/** `blocked`: the browser plays nothing before the agent has clicked into the page (its autoplay policy). */
export type PlaybackState = "blocked" | "playing";

/** How good the audio is, over the last seconds. */
export interface AudioQuality {
  /** Of what comes in, by its name in SDP, e.g. `opus`, `PCMU`; left out where it is not known. */
  readonly codec?: string;
  /** What the agent talks into; left out where it is not known. */
  readonly microphone?: MicrophoneKind;
  /** Mean opinion score 1–4.5 by the E-model (ITU-T G.107), of what comes in. */
  readonly mos: number;
  /** Of inbound packets, in percent. */
  readonly lossPercent: number;
  /** Interarrival jitter of what comes in (RFC 3550 §6.4.1), ms. */
  readonly jitterMs: number;
  /** Round trip by RTCP, ms; undefined until the peer reported. */
  readonly rttMs?: number;
  /** The other way, by the peer's own reports (RFC 3550 §6.4); left out where it makes none. */
  readonly uplink?: { readonly mos: number; readonly lossPercent: number; readonly jitterMs: number };
  /** The way that the audio takes; left out where the session knows nothing of it. */
  readonly path?: MediaPath;
}
