/** Who calls the agent, and who sent the call on. */

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
  /** Present where the carrier vouches for it (`P-Asserted-Identity`, RFC 3325, or `Remote-Party-ID` where From names nobody); absent where only the caller says so. */
  readonly assertedBy?: "carrier";
  /** By whom the call was sent on (`Diversion`, RFC 5806; else `History-Info`, RFC 7044), the last of them first. */
  readonly diversion?: readonly Diversion[];
}
