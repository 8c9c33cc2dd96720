/** Whom the other side of a call may have called (REFER, RFC 3515): for whoever integrates us to say. */

/** What the other side of a call asks for. All of it is its word only, and personal data. */
export interface TransferRequest {
  /** The call within which it asks, as `call.id` has it. */
  readonly callId: string;
  /** The trunk by which it asks. */
  readonly trunkId: string;
  /** The number that is to be called, without separators; absent where the URI has none. */
  readonly number?: string;
  /** Whom we are to call, as Refer-To names them, without its headers. */
  readonly uri: string;
  /** It takes over another call of theirs, which only this carrier knows (`Replaces`, RFC 3891). */
  readonly replaces: boolean;
  /** Who asks (`Referred-By`, RFC 3892), as it was written: untrusted text. */
  readonly referredBy?: string;
}

/**
 * Whether somebody is to be called because the other side of a call asks for it: a call that the carrier charges to this account. Only
 * `true` says so; what throws, or takes longer than 10 s, does not.
 */
export type TransferPolicy = (request: TransferRequest) => boolean | Promise<boolean>;
