/** The SIP stack, and one edge of it: socket, registration, probes, calls both ways. `sipjs()` implements it. */
import type { Clock, Random } from "../clock.ts";
import type { PeerNotice, SipAccount } from "./sip-account.ts";
import type { SipAnswer } from "./sip-answer.ts";
import type { KeptDialog, SipDialog } from "./sip-dialog.ts";
import type { SipInvitation } from "./sip-invitation.ts";
import type { InviteEvents, InviteRequest, SipInvite } from "./sip-invite.ts";

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
  /** For the answer to the REGISTER before it, which has to come first; after it this one goes out all the same. 0: it goes out at once. */
  readonly turnMs?: number;
}

/** Speaks SIP with one edge over one WebSocket at a time. */
export interface SipEdge {
  /**
   * Opens the socket; `opened` or `closed` follows. Harmless while one is open or opening.
   * @param server where to; the account's own if left out.
   */
  connect(server?: string): void;
  /**
   * Opens another socket to where this one stands, asks nothing on it, and lets it go at once: whether the way there lets new ones
   * through. Resolves with whether it opened, within the time for a connection; never rejects. Left out by a stack that cannot.
   */
  openAnother?(): Promise<boolean>;
  /** Closes the socket at once, without waiting for the peer's close frame; transactions on it end with inferred answers. `closed` follows. */
  disconnect(): void;
  /**
   * REGISTER (0 s unregisters, and takes back what is still under way); once more with the life that a 423 asks for (RFC 3261 §10.2.8).
   * Resolves with the final answer, inferred ones included; never rejects.
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
  /** Ends sockets, transactions and timers at once; a CANCEL that still waited for an answer goes out before. No event follows. */
  dispose(): void;
}

/** Makes edges. The SIP.js adapter is one: `sipjs()`. */
export interface SipStack {
  /** Prepares one account; opens nothing yet. */
  edge(account: SipAccount, events: EdgeEvents, clock: Clock, random: Random): SipEdge;
}
