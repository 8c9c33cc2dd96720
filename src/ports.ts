/**
 * What Linekeeper needs from outside. Each folder of `adapters/` implements one of these; nothing in
 * `src/` knows which.
 */
import type { Clock, Random } from "./clock.ts";

export type { CancelTimer, Clock, Random } from "./clock.ts";

// ── SIP ───────────────────────────────────────────────────────────────────────────────────────────

/** Where an ITU-T Q.850 cause arose (RFC 8606 §4; Q.850 table 1). */
export type CauseLocation =
  | "U"
  | "LPN"
  | "LN"
  | "TN"
  | "RLN"
  | "RPN"
  | "LOC-6"
  | "INTL"
  | "LOC-8"
  | "LOC-9"
  | "BI"
  | "LOC-11"
  | "LOC-12"
  | "LOC-13"
  | "LOC-14"
  | "LOC-15";

/** An ITU-T Q.850 cause from a `Reason` header (RFC 3326, RFC 6432). */
export interface Q850Cause {
  /** The cause's number, 1–127, e.g. 16 for normal clearing, 34 for no circuit. */
  readonly value: number;
  /** Where in the network it arose; absent where the header does not say. */
  readonly location?: CauseLocation;
}

/**
 * Who said it. `peer`: a real message came from the network. `inferred`: our own stack made the
 * response up (timeout, transport error: RFC 3261 §8.1.3.1), so no carrier said this.
 */
export type Said = "peer" | "inferred";

/** A SIP response, reduced to what decisions and evidence need. */
export interface SipAnswer {
  /** Status code, 100–699. */
  readonly code: number;
  /** Whether it was received at all, or concluded by our own stack. */
  readonly said: Said;
  /** From its `Reason` header (RFC 6432); absent where it has none. */
  readonly q850?: Q850Cause;
  /** The text of the status line or `Reason` header, as sent by the peer: untrusted, may hold personal data. */
  readonly text?: string;
  /** `Retry-After`, in s, unclamped (RFC 3261 §20.33). */
  readonly retryAfterS?: number;
  /** The peer's `Date` header as ms since 1970, for clock skew. */
  readonly dateMs?: number;
  /** For a 200 to REGISTER: the granted life of our binding, in s; absent when our Contact is not in the answer. */
  readonly expiresS?: number;
  /** True when the answer carries an SDP body. */
  readonly hasSdp?: boolean;
  /** It was said to our credentials: 401, 403, 404 or 407 then refuse the account itself. */
  readonly toCredentials?: boolean;
  /** A 401 or 407 that no credentials of ours could answer: none were configured, or it asks for something that is not known here. */
  readonly unanswerable?: boolean;
  /** `603+`: the answer says that the network blocked the call (ATIS-1000099), not the callee. */
  readonly blockedByNetwork?: boolean;
}

/** Digest credentials of one trunk (RFC 8760). */
export interface Credentials {
  /** Authentication user name; the user part of the AOR if left out. */
  readonly username?: string;
  /** In plain text, for the digest; never journalled, reported or kept. */
  readonly password: string;
}

/** Gives the credentials of one trunk when the edge asks for them; may be async, may fail. */
export type CredentialsSource = (request: { readonly trunkId: string; readonly realm: string }) => Credentials | Promise<Credentials>;

/** Gives the URL of one trunk's edge at each connection, so that it may hold a fresh token; may be async, may fail. */
export type ServerSource = (request: { readonly trunkId: string }) => string | Promise<string>;

/** What a peer may ask besides calls. What an account does not serve is refused, and `Allow` says so. */
export type PeerService = "transfer" | PeerNotice["what"];

/**
 * What a peer tells an account unasked. `message`: a text (RFC 3428), as it came: untrusted, personal data. `voicemail`: what waits in its
 * mailbox (RFC 3842). `check-sync`: it has other settings for us, as many a PBX tells its phones.
 */
export type PeerNotice =
  | { readonly what: "message"; readonly identity: CallerIdentity; readonly text: string }
  | {
      readonly what: "voicemail";
      readonly isWaiting: boolean;
      readonly newMessages?: number;
      readonly oldMessages?: number;
      /** Of the new ones. */
      readonly urgentMessages?: number;
    }
  | { readonly what: "check-sync"; readonly reboot: boolean };

/** One account at one carrier's SIP edge. */
export interface SipAccount {
  /** Whose account it is, as `TrunkConfig.id` has it. */
  readonly trunkId: string;
  /** `wss://host[:port][/path]`; left out where each `connect()` is told another. */
  readonly server?: string;
  /** Address of record, `sip:user@domain`. */
  readonly aor: string;
  /** Asked when the edge wants some; left out where a challenge is not to be answered. */
  readonly credentials?: CredentialsSource;
  /** `User-Agent` header of everything we send. */
  readonly userAgent: string;
  /** `transfer`: a REFER within a call (`SipDialog.onReferral`); the others come as `noticed`. Nothing if left out. */
  readonly serves?: readonly PeerService[];
}

/** Why a flow's socket ended. */
export interface SocketEnd {
  /** False when the socket never opened (refused, upgrade refused, DNS, TLS: a browser does not tell which). */
  readonly wasOpen: boolean;
  /** WebSocket close code (RFC 6455 §7.4); 1006 without a close frame. */
  readonly code: number;
  /** It ended by a close handshake, as the browser's `CloseEvent.wasClean` says. */
  readonly clean: boolean;
  /** The page's own Content Security Policy forbids the socket (`connect-src`): nothing left the browser. */
  readonly byPagePolicy?: true;
}

/**
 * What was wrong with a frame. Thrown away: `malformed`: no SIP message, or one of which nobody can tell whose it is;
 * `oversize`; `unmatched`: an answer to nothing that we asked. `refused`: a request that was answered with 400, 415, 420 …
 * for what stands in it. `unreadable`: one header; the message was used all the same.
 */
export type FrameFault = "malformed" | "oversize" | "unmatched" | "refused" | "unreadable";

/** What happens on one edge's flow. The stack calls these; none of them throws. */
export interface EdgeEvents {
  /** The socket stands, and takes what is sent. */
  opened(): void;
  /** The socket is gone, or never came to be: `end` says which. */
  closed(end: SocketEnd): void;
  /** A CRLF pong (RFC 5626 §3.5.1) came back. */
  ponged(): void;
  /**
   * A frame was thrown away, whole or in part; `bytes` is its length.
   * @param header whose fault it is, in lower case, where it is one header's: a name of ours, never the peer's text.
   */
  discarded(fault: FrameFault, bytes: number, header?: string): void;
  /** An INVITE from outside any dialog: somebody calls the agent. */
  incoming(invitation: SipInvitation): void;
  /** Only what the account serves. @returns false where there are too many: it is refused for now. */
  noticed?(notice: PeerNotice): boolean;
  /** The credentials source threw or rejected, or gave nothing usable in time; or (`UnsupportedDigest` by its name) the edge asked for what we cannot compute. */
  credentialsFailed(error: unknown): void;
}

/** How long a request may take, in ms; 64·T1 (32 s) where left out. */
export interface Patience {
  /** For each answer: after it the answer is an inferred 408, and nothing more is waited for. */
  readonly answerMs?: number;
  /** For the credentials, where they are asked for: after it the challenge is the answer. */
  readonly credentialsMs?: number;
}

/** Speaks SIP with one edge over one WebSocket at a time. */
export interface SipEdge {
  /**
   * Opens the socket; `opened` or `closed` follows. Harmless while one is open or opening.
   * @param server where to; the account's own if left out.
   */
  connect(server?: string): void;
  /** Closes the socket at once, without waiting for the peer's close frame; transactions on it end with inferred answers. `closed` follows. */
  disconnect(): void;
  /**
   * REGISTER (0 s unregisters); once more with the life that a 423 asks for (RFC 3261 §10.2.8). Resolves with the final
   * answer, inferred ones included; never rejects.
   */
  register(expiresS: number, patience?: Patience): Promise<SipAnswer>;
  /** OPTIONS to the edge itself. Resolves as `register` does. */
  options(): Promise<SipAnswer>;
  /** Sends a CRLF ping; `ponged` may follow. */
  ping(): void;
  /** The credentials source gives others from now on: what an edge has taken is not sent again unasked. Left out by a stack that never does. */
  forgetCredentials?(): void;
  /** Sends an INVITE. @returns its handle; all else comes through `events`, never during this call. */
  invite(request: InviteRequest, events: InviteEvents): SipInvite;
  /**
   * A dialog that another page of this account kept; nothing is sent, and the peer is reached over whatever flow is open. Left out
   * where none can be kept.
   * @throws when it cannot be read.
   */
  resume?(kept: KeptDialog): SipDialog;
  /** Ends sockets, transactions and timers at once. No event follows. */
  dispose(): void;
}

/** What one INVITE says, the same again after a digest challenge. */
export interface InviteRequest {
  /** `sip:+21671000001@domain`, or whatever the trunk dials. */
  readonly target: string;
  /** The SDP offer. */
  readonly offer: string;
  /** Who calls, as From says it (RFC 3261 §20.20): the account's AOR, without a name, if left out. `name` as it is; the stack quotes it. */
  readonly from?: { readonly uri: string; readonly name?: string };
  /** More header lines, `Name: value`: on each INVITE of this request, after a challenge and after a redirect too. */
  readonly headers?: readonly string[];
  /** How long credentials may take, where they are asked for, in ms; 32 s where left out. After it the challenge is the answer. */
  readonly credentialsMs?: number;
}

/** What becomes of one INVITE. After `rejected` nothing more comes of the transaction. */
export interface InviteEvents {
  /** The INVITE (again after a digest challenge) was written to the socket. */
  sent(): void;
  /**
   * No outcome (RFC 6076 §4.3.2): 401/407 was received and credentials are being fetched, or the edge refused such as it had not
   * asked for, and the usual way is taken.
   */
  challenged(): void;
  /** 1xx, 100 included. */
  progressed(answer: SipAnswer, sdp?: string): void;
  /** 3xx: the same number is asked for at another host of the trunk's own domain (RFC 3261 §8.1.3.4). `sent` follows. Once at most, and not after a phone rang. */
  redirected?(answer: SipAnswer): void;
  /** 2xx. The stack has sent the ACK already (RFC 3261 §13.2.2.4); whether to keep the dialog or `bye()` is the receiver's choice. */
  accepted(dialog: SipDialog, answer: SipAnswer): void;
  /** ≥ 300, a timeout, or a transport failure before anything was written. */
  rejected(answer: SipAnswer): void;
  /**
   * The flow was lost after the INVITE had been written and before its final answer: nobody can know yet
   * whether the peer goes on with it. The transaction stays (64·T1 = 32 s): what arrives for it on the next
   * flow still comes as `progressed`, `accepted` or `rejected`, and `cancel()` is sent there.
   */
  flowLost(): void;
}

/** An INVITE under way. */
export interface SipInvite {
  /** `Call-ID` as sent: with the tag, what a carrier finds it by in its traces. */
  readonly sipCallId: string;
  /** Tag of `From` as sent (RFC 3261 §19.3). */
  readonly fromTag: string;
  /**
   * Asks the peer to stop. Sends CANCEL once a provisional answer has come (RFC 3261 §9.1 forbids it
   * before); suppresses the INVITE that would follow a challenge. Where the flow that carried the INVITE was
   * lost, CANCEL goes out on the next one at once, and again until it is confirmed; then BYE in each early
   * dialog (§15), for the phone may ring on, or have been answered, unheard. Such an end is an inferred 487,
   * told only where a phone was heard to ring. `rejected` or `accepted` still follows: a 2xx that crosses is
   * acknowledged by the stack and handed over, for the receiver to keep or to end, unless BYE had gone before it.
   */
  cancel(): void;
  /** Forgets the INVITE: no event follows. Only when its end is known or its flow is disposed. */
  forget(): void;
}

/** What becomes of the session when the peer changes it during the call (RFC 3261 §14.2, RFC 3311 §5.2). */
export interface SessionKeeper {
  /** The peer offers: a hold, a resume, moved media, another codec. @returns our answer; rejects when it cannot be used, and the session goes on as it was. */
  answer(offer: string): Promise<string>;
  /** The peer asks for an offer of ours, and `applyAnswer` may follow. Undefined: the session as it stands. */
  offer(): Promise<string | undefined>;
  /** The peer's answer to that offer of ours; what it rejects with ends no call. */
  applyAnswer(answer: string, offer: string): Promise<void>;
}

/** Gives the offer of a re-INVITE; undefined: the session as it stands. */
export type Offerer = () => Promise<string | undefined>;

/** What it takes to go on with a dialog elsewhere (RFC 3261 §12). Plain JSON, without credentials; its URIs are personal data. */
export interface KeptDialog {
  /** `Call-ID` of the dialog, not `call.id`. */
  readonly callId: string;
  /** Our tag (RFC 3261 §12.1). */
  readonly localTag: string;
  /** The peer's tag (RFC 3261 §12.1). */
  readonly remoteTag: string;
  /** Our URI, without the tag: From in what we send. */
  readonly localUri: string;
  /** The peer's URI, without the tag: To in what we send. */
  readonly remoteUri: string;
  /** URI of the peer's Contact, to which our requests go. */
  readonly remoteTarget: string;
  /** URIs of the proxies on the way, in the order in which our requests name them; may be empty. */
  readonly routeSet: readonly string[];
  /** CSeq of the last request of ours, 0 before the first. */
  readonly localSeq: number;
  /** CSeq of the peer's last request; absent before the first. */
  readonly remoteSeq?: number;
  /** Which side made up the Call-ID: who began the call. */
  readonly callIdOwner: "us" | "peer";
  /** RFC 4028. `we`: this side refreshes. */
  readonly sessionTimer?: { readonly intervalS: number; readonly refresher: "we" | "peer" };
  /** CSeqs of the REFERs of ours of which the peer still has to say what came (RFC 3515 §2.4.6). */
  readonly referrals?: readonly number[];
}

/** What the peer says of a REFER of ours (RFC 3515 §2.4.5). `code`: the status of whom it called; left out where it will not say. `isLast`: nothing follows. */
export interface ReferNotice {
  /** The status of whom it called, 100–699; left out where it will not say. */
  readonly code?: number;
  /** Nothing follows. */
  readonly isLast: boolean;
}

/** A REFER of the peer's (RFC 3515), which waits for its answer: somebody is to be called for it. */
export interface SipReferral {
  /** Whom to call: the URI of Refer-To, without its headers. Personal data, and the peer's word only. */
  readonly target: string;
  /** The telephone number in it, without separators; absent where there is none. */
  readonly number?: string;
  /** It is to take over another call of theirs, which only this carrier knows (RFC 3891). */
  readonly replaces: boolean;
  /** Header lines for the INVITE to this same carrier: `Replaces`, `Require` and `Referred-By`, where there are any. */
  readonly headers: readonly string[];
  /** Who asks for it (RFC 3892), as the peer wrote it: untrusted, personal data. */
  readonly referredBy?: string;
  /** 202, and NOTIFY with 100, where the peer wants any (RFC 4488). */
  accept(): void;
  /** ≥ 300: nobody is called. Harmless after either answer. */
  reject(code: number): void;
  /** NOTIFY with what is known now of the call: its status, of which one ≥ 200 is the last. Harmless before `accept()` and after the last. */
  tell(code: number): void;
}

/** An answered call at the SIP level. */
export interface SipDialog {
  /** SDP of the answer, if it had one; of the peer's early description where the answer needed none. */
  readonly sdp: string | undefined;
  /** Ends the dialog. Resolves with the BYE's answer, inferred ones included; never rejects. */
  bye(): Promise<SipAnswer>;
  /**
   * re-INVITE (RFC 3261 §14): with a new offer (an ICE restart, a hold), or with the session as it stands, to tell the
   * peer our Contact on a new flow. Sent on the flow that is open now. Resolves with the final answer, inferred
   * ones included, and the peer's SDP if it had one. 491 and a lost flow may be tried again.
   * @param offer a function is asked when it is our turn, and anew after a 491: the peer may have changed the session
   * meanwhile. What it throws is all that is thrown.
   */
  reinvite(offer?: string | Offerer): Promise<{ readonly answer: SipAnswer; readonly sdp?: string }>;
  /** INFO without a package (RFC 6086 §2). Resolves with the final answer, inferred ones included; never rejects. */
  info(body: string, contentType: string): Promise<SipAnswer>;
  /** Called with each INFO of the peer's that has a body of a type that we read, once it is answered. */
  onInfo(listener: (body: string, contentType: string) => void): void;
  /**
   * REFER (RFC 3515): asks the peer to call `to`, a SIP URI, or to take our place in another dialog of this carrier's (RFC 3891).
   * Resolves with the final answer, inferred ones included; never rejects. `notified` may be called before that, and after an inferred
   * answer too: on a flow that is lost nobody knows whether the peer heard it.
   * @param signal nobody wants to be told any more.
   */
  refer(to: string | SipDialog, notified: (notice: ReferNotice) => void, signal: AbortSignal): Promise<SipAnswer>;
  /** Goes on hearing of a REFER that the page before sent, what the peer said meanwhile first. Left out where the stack keeps none. */
  rejoin?(notified: (notice: ReferNotice) => void, signal: AbortSignal): void;
  /** Called with each REFER of the peer's that can be read, where the account serves it. Left out where the stack takes none. */
  onReferral?(listener: (referral: SipReferral) => void): void;
  /** Who is asked when the peer changes the session. Until then only refreshes are granted. */
  keepSession(keeper: SessionKeeper): void;
  /** What another page needs to go on with it. Left out where none can. */
  keep?(): KeptDialog;
  /** Called once when the dialog is over: `bye`: the peer ended it. `forgotten`: it knows it no longer, and said 481 (RFC 3261 §12.2.1.2). */
  onEnded(listener: (how: "bye" | "forgotten") => void): void;
}

/**
 * Why a call was sent on (RFC 5806 §4). `unknown`: nothing was said of it, or nothing that has a name here.
 */
export type DiversionReason =
  | "unknown"
  | "user-busy"
  | "no-answer"
  | "unavailable"
  | "unconditional"
  | "time-of-day"
  | "do-not-disturb"
  | "deflection"
  | "follow-me"
  | "out-of-service"
  | "away";

/** Who sent a call on to the agent: personal data, and the peer's word only. Without `uri` where they withhold it. */
export interface Diversion {
  /** The telephone number, without separators; absent where there is none, or it is withheld. */
  readonly number?: string;
  /** As the header has it; absent where it is withheld. */
  readonly uri?: string;
  /** Untrusted text. */
  readonly name?: string;
  /** Why the call did not stay there. */
  readonly reason: DiversionReason;
}

/** Who calls: personal data. Read from URIs only, for anybody may write anything into a name. */
export interface CallerIdentity {
  /** The telephone number, without separators; absent where the caller has none, or withholds it. */
  readonly number?: string;
  /** The caller's URI: by the carrier's own word (`assertedBy`), else as From has it. */
  readonly uri: string;
  /** What the caller or the carrier calls them: untrusted text. */
  readonly name?: string;
  /** Present where the carrier vouches for it (`P-Asserted-Identity`, RFC 3325); absent where only the caller says so. */
  readonly assertedBy?: "carrier";
  /** By whom the call was sent on (`Diversion`, RFC 5806; else `History-Info`, RFC 7044), the last of them first. */
  readonly diversion?: readonly Diversion[];
}

/** Why a call to the agent was cancelled: the caller gave up, or somebody else took it (RFC 3326). */
export type Cancellation = "gave-up" | "answered-elsewhere";

/** Nobody confirmed our 200: there is a dialog nonetheless, which is to be ended by a BYE (RFC 3261 §13.3.1.4). */
export type Unacknowledged = Error & { readonly dialog: SipDialog };

/** An INVITE to the agent. */
export interface SipInvitation {
  /** `Call-ID` as received: the same call by two trunks may bring the same. */
  readonly sipCallId: string;
  /** The caller as the peer wrote it: personal data. */
  readonly from: string;
  /** Who calls, as far as it can be told: personal data. */
  readonly identity: CallerIdentity;
  /** The SDP offer; undefined where the INVITE has none, and ours goes out with the 200 (RFC 3261 §13.2.1). */
  readonly offer: string | undefined;
  /** It says of itself that the emergency services call back (`Priority: psap-callback`, RFC 7090 §5). */
  readonly isPsapCallback: boolean;
  /** It asks to be answered by itself after so many ms (`Answer-Mode`, RFC 5373; `Call-Info` or `Alert-Info` of a PBX). */
  readonly answerAfterMs?: number;
  /**
   * It is to take the place of this dialog, a confirmed one of the same account (`Replaces`, RFC 3891 §3); or, by the code that refuses it,
   * of none that there is (481), of one that must not be answered yet (486), of one that is over (603).
   */
  readonly replaces?: SipDialog | 481 | 486 | 603;
  /** What the peer wrote into a header, its lines joined by commas (RFC 3261 §7.3.1): untrusted. Undefined where there is none. */
  header(name: string): string | undefined;
  /** 180. */
  ring(): void;
  /**
   * 200 with the SDP answer. Resolves when the ACK has come; rejects when the call is gone, when there is no flow, and as
   * `Unacknowledged` when no ACK came in 64·T1.
   */
  accept(answer: string): Promise<SipDialog>;
  /** ≥ 300; without a flow, as soon as the next one is open. During `incoming` it costs next to nothing, so that a flood can be turned away. */
  reject(code: number): void;
  /** Called once when the call is cancelled before the answer, or hung up before its ACK. */
  onCancelled(listener: (how: Cancellation) => void): void;
  /**
   * Called each time that the flow is lost, and that the next one is open, before the answer. Between the two nothing reaches the caller, and no
   * CANCEL us; then it can be answered as before, for an answer is matched by its Via (RFC 3261 §17.1.3), whatever connection brings it.
   */
  onFlowChanged(listener: (isOpen: boolean) => void): void;
}

/** Makes edges. The SIP.js adapter is one: `sipjs()`. */
export interface SipStack {
  /** Prepares one account; opens nothing yet. */
  edge(account: SipAccount, events: EdgeEvents, clock: Clock, random: Random): SipEdge;
}

// ── Media ─────────────────────────────────────────────────────────────────────────────────────────

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

/** Gives a call its audio. `webrtc()` does in a browser; `noMedia()` where none is wanted. */
export interface Media {
  /** Makes the audio of one call; opens neither microphone nor transport before it is asked for an offer or an answer. */
  open(troubles?: MediaTroubles): MediaSession;
}

// ── Network ───────────────────────────────────────────────────────────────────────────────────────

/** The host's word on its network, such as `navigator.onLine`: it starts a probe, it proves nothing. */
export interface NetworkSignal {
  /** Calls `changed` at each change. @returns what stops it. */
  watch(changed: (online: boolean) => void): () => void;
}

// ── Shared health ─────────────────────────────────────────────────────────────────────────────────

/** `signalling`: do calls get through. `media`: do they have audio. */
export type Plane = "signalling" | "media";

/** A breaker's news, for whoever else uses the same trunk. Plain JSON, nothing personal in it. */
export interface HealthNote {
  /** Whose breaker it is, as `TrunkConfig.id` has it in all pages. */
  readonly trunkId: string;
  /** Class of destinations (`Route`); `*`: the whole trunk. */
  readonly route: string;
  /** Which of the two breakers that a route has. */
  readonly plane: Plane;
  /**
   * One call's vote; or, from hard evidence, `tripped`, for `restMs` at least; or `pardoned`: it was not the trunk's fault,
   * or an operator took it back, with `withinMs` only what opened so short a time ago; or `doubted`: the trunk's edge left a
   * probe unanswered.
   */
  readonly vote: "success" | "failure" | "half-failure" | "tripped" | "pardoned" | "doubted";
  /** Stable code of the outcome. */
  readonly because: string;
  /** How long the breaker stays open at least, ms; absent where the note asks for no rest. */
  readonly restMs?: number;
  /** How far back a pardon reaches, ms; absent where it is for all. */
  readonly withinMs?: number;
}

/** All that is known of the breakers, for the next page. Plain JSON. */
export interface HealthSnapshot {
  /** When it was taken, in ms since 1970. */
  readonly dateMs: number;
  /** One for each trunk, route and plane of which something is known. */
  readonly breakers: readonly {
    readonly trunkId: string;
    readonly route: string;
    readonly plane: Plane;
    readonly state: "closed" | "open" | "probing";
    /** Of an open one: how long it was still to rest, in ms. */
    readonly restMs: number;
    readonly ejections: number;
    /** What the sequential test had gathered, in nats. */
    readonly logOdds: number;
  }[];
}

/** What a page hears of its neighbours. */
export interface NeighbourEvents {
  /** Another page of this browser met this. */
  heard(note: HealthNote): void;
  /** Whether this page is the one that probes idle trunks for all. */
  elected(isProber: boolean): void;
}

/** Health shared with the other pages of this browser, and with this page's next life: `tabs()`. */
export interface SharedHealth {
  /** What was last saved, whoever saved it; undefined when nothing is, or nothing that can be read. Never throws. */
  restore(): HealthSnapshot | undefined;
  /** Never throws: storage that is full or blocked loses nothing but this. */
  save(snapshot: HealthSnapshot): void;
  /** Tells the other pages, not this one. Never throws. */
  tell(note: HealthNote): void;
  /** Takes part. One page is elected at any time; a page that dies is replaced. @returns what leaves. */
  join(events: NeighbourEvents, clock: Clock): () => void;
}

// ── What outlives the page ────────────────────────────────────────────────────────────────────────

/**
 * Texts by key, kept for the next page: `indexedDb()` in a browser, `fileStore()` in Node. Pages that share a store share
 * its keys. Whatever a store does wrong (it throws, is full, hangs) costs what it would have kept, nothing else.
 */
export interface Store {
  /** Names it in the journal. */
  readonly name: string;
  /** What was last written under `key`; undefined where there is nothing. */
  read(key: string): Promise<string | undefined>;
  /** Whole or not at all: a page that dies meanwhile leaves what was there before. */
  write(key: string, text: string): Promise<void>;
  /** Harmless where there is none. */
  remove(key: string): Promise<void>;
  /** Every key that begins with `prefix`, in the order of its UTF-16 code units. */
  keys(prefix: string): Promise<readonly string[]>;
  /**
   * Takes `name` for the caller alone, among all who share the store, until it is released or its page is gone, crashed
   * ones too. Left out where pages cannot be kept apart: then each sends what is kept, and none takes another for dead.
   * @returns what releases it; undefined when another has it.
   */
  claim?(name: string): Promise<(() => void) | undefined>;
}

/**
 * Keeps answered calls for the page that the agent reloads: `resumeInTab()`. Nothing of it throws or rejects: what it does wrong costs
 * the resumption, nothing else.
 */
export interface Resumption {
  /**
   * Keeps `text` for the next page of this tab, in place of what was kept before; undefined: nothing any more.
   * @param isLeaving the page goes away now.
   */
  keep(text: string | undefined, isLeaving: boolean): void;
  /** What the page before kept, for one page alone: undefined where there is nothing, another page has ended it, or that page, or another that took it, lives on. */
  take(clock: Clock): Promise<string | undefined>;
  /**
   * Looks after what other pages of this browser have kept, and none of their tabs takes any more. Left out where pages share nothing.
   * @param heir what is done of it, by one page alone. @returns what stops it.
   */
  inherit?(heir: Heir, clock: Clock): () => void;
}

/** Who ends the calls of pages that are gone for good. Nothing of it throws or rejects. */
export interface Heir {
  /** In how many ms what was kept is to be ended, should its page be gone; 0: now; undefined: not by us. */
  dueMs(text: string): number | undefined;
  /** Resolves when nothing of it is left to be done. */
  end(text: string): Promise<void>;
}

// ── Reports ───────────────────────────────────────────────────────────────────────────────────────

/** Where finished reports go. */
export interface ReportSink<Report = unknown> {
  /** Names it in the journal, where a delivery fails. */
  readonly name: string;
  /**
   * Takes one report, each version of it as it is made.
   * @throws or rejects when it could not be delivered; Linekeeper journals that and goes on.
   */
  deliver(report: Report): void | Promise<void>;
}

/** A report on its way. */
export interface Parcel {
  /** The same at each try of this version of the report, and no other's: who gets it twice keeps one. */
  readonly key: string;
  /** The report (`ReportDocument`) as JSON. */
  readonly text: string;
}

/** What an endpoint said to a parcel. */
export interface TransportAnswer {
  /** HTTP status. */
  readonly status: number;
  /** The headers of these names, as they came (RFC 9110 §10.2.3, §6.6.1). */
  readonly retryAfter?: string;
  /** The endpoint's clock, against which a `retryAfter` that is a date is read. */
  readonly date?: string;
}

/** How reports get to an endpoint; when, how often and in which order is the outbox's. `http()` is one. */
export interface ReportTransport {
  /** Names it in the journal, and its queue in the store: unique among the reports' places, and the same on the next page. */
  readonly name: string;
  /**
   * One try.
   * @param how `atPageEnd`: the page goes away as soon as this returns, so what is to be sent must have been handed over.
   * @throws or rejects when nobody answered, or when it cannot go this way: it is tried again, by the next page at the latest.
   */
  send(parcel: Parcel, how: { readonly signal: AbortSignal; readonly atPageEnd: boolean }): Promise<TransportAnswer>;
}
