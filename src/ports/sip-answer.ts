/** What a SIP peer answers: status, cause, and who said it. */

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

/** Why the peer ended an answered call, by the `Reason` of its BYE (RFC 3326 §2); it has one of them at least. */
export interface EndReason {
  /** The cause in the telephone network, e.g. 16: somebody hung up. */
  readonly q850?: Q850Cause;
  /** A SIP status, 100–699: what a server on the way got, or would have answered. */
  readonly sip?: number;
  /** By its words: no audio came any more, whosever it was. The words themselves are kept nowhere. */
  readonly mediaTimeout?: true;
}

/**
 * Who said it. `peer`: a real message came from the network. `inferred`: our own stack made the
 * response up (timeout, transport error: RFC 3261 §8.1.3.1), so no carrier said this.
 */
export type Said = "peer" | "inferred";

/**
 * What a 401 or 407 to our credentials asks for again. `stale-nonce`: it calls them right, and only their nonce too old (RFC 7616 §3.3).
 * `registrars-account`: what the registrar took last, of the same user, realm and password. `other-realm`: a realm in which the registrar
 * took none of ours.
 */
export type AskedAgain = "stale-nonce" | "registrars-account" | "other-realm";

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
  /** Of a 401 or 407 to our credentials; absent where there is nothing to compare it with. */
  readonly askedAgain?: AskedAgain;
  /** A 401 or 407 that no credentials of ours could answer: none were configured, or it asks for something that is not known here. */
  readonly unanswerable?: boolean;
  /** `603+`: the answer says that the network blocked the call (ATIS-1000099), not the callee. */
  readonly blockedByNetwork?: boolean;
}
