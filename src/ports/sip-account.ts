/** One account at one carrier's SIP edge: who we are there, and what its peers may ask of us. */
import type { CallerIdentity } from "./sip-identity.ts";

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
