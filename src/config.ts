/** What the integrator passes, field by field; and the same with nothing left open. What is checked of it: settings.ts. */
import type { TransferPolicy } from "./call/transfer-policy.ts";
import type { Priors } from "./diagnosis/weights.ts";
import type { Limits } from "./limits.ts";
import type { CrmFact, Route } from "./journal.ts";
import type { Clock, Random } from "./clock.ts";
import type { Media, MediaSession } from "./ports/media.ts";
import type { NetworkSignal } from "./ports/network.ts";
import type { ReportSink, ReportTransport } from "./ports/reports.ts";
import type { Resumption } from "./ports/resumption.ts";
import type { SharedHealth } from "./ports/shared-health.ts";
import type { SharedTelephone } from "./ports/shared-telephone.ts";
import type { CredentialsSource, Credentials, PeerNotice, ServerSource } from "./ports/sip-account.ts";
import type { SipStack } from "./ports/sip-edge.ts";
import type { Store } from "./ports/store.ts";
import type { ReportDocument } from "./report/document.ts";
import type { Candidate } from "./routing/plan.ts";
import type { Fleet } from "./trunk/backoff.ts";

/** One account at one carrier. */
export interface TrunkConfig {
  /** Short and unique; appears in events and reports. */
  readonly id: string;
  /** Name of the operator. Trunks of one carrier share its fate. */
  readonly carrier: string;
  /** SIP over WebSocket edge, `wss://host[:port][/path]` (RFC 7118), or what gives it at each connection, with a fresh token in it. */
  readonly server: string | ServerSource;
  /** Address of record, `sip:user@domain`. */
  readonly aor: string;
  /** Digest credentials, or what fetches them when the edge asks. */
  readonly credentials?: Credentials | CredentialsSource;
  /** Lower goes first; the place in the list if left out. */
  readonly priority?: number;
  /** Share of the calls among trunks of equal priority (RFC 2782). Default 1. */
  readonly weight?: number;
  /** `warm`: registered all the time (RFC 5626 §4.2.1). `cold`: only while no warm trunk is fit, for carriers that charge for bindings. Default `warm`. */
  readonly standby?: "warm" | "cold";
  /** Whether it reaches the emergency services. Default true. */
  readonly emergency?: boolean;
  /** How a number is dialled on this trunk; `sip:NUMBER@domain-of-the-aor` if left out. */
  readonly target?: (number: string) => string;
  /**
   * Where the `callerId` of a call is written: `from`, in From; `p-preferred-identity`, in that header (RFC 3325), with the AOR in
   * From. Default `from`.
   */
  readonly callerId?: "from" | "p-preferred-identity";
}

/** A named class of destinations, by E.164 prefix; the longest matching prefix decides. */
export interface RouteConfig {
  /** What the class is called in events and reports, as `route`; each only once. */
  readonly name: string;
  /** E.164 prefixes, e.g. `+21671`: a number that begins with one of them belongs to the class. */
  readonly prefixes: readonly string[];
}

/** Asks something that is not SIP, as a control: resolves if it works. */
export type Control = (request: { readonly signal: AbortSignal }) => Promise<unknown>;

/** What a policy may know when it orders the trunks for a call. */
export interface PolicyRequest {
  /** The class of destinations that the number belongs to. */
  readonly route: Route;
  /** The call goes to the emergency services: a trunk that the policy leaves out may be tried all the same. */
  readonly emergency: boolean;
  /** Not tried by this call yet, in the planner's own order. */
  readonly candidates: readonly Candidate[];
}

/**
 * Replaces the planner: gives the ids of the trunks to try, best first. One that is left out is not tried, but for
 * an emergency call. Asked anew before each attempt; if it throws, the planner's order holds.
 */
export type Policy = (request: PolicyRequest) => readonly string[];

/** What personal data the journal, and so a report, may hold; nothing of it if left out. */
export interface PrivacyConfig {
  /** Messages of errors that the integrator's own steps throw. They often hold URLs and tokens. */
  readonly errorMessages?: boolean;
  /** Free text of SIP status lines and Reason headers. It may hold numbers and names. */
  readonly reasonText?: boolean;
  /** Names of what a call's `context` holds that the journal, and so a report, may keep: plain values only. */
  readonly context?: readonly string[];
  /**
   * The deployment's own secret, 16 characters or more: numbers get a digest with it (HMAC-SHA-256), so that one number can be followed
   * through a fleet, and not be found again by a stranger. Without it they get none.
   */
  readonly key?: string;
  /** The number that the agent dials; in full, or class and last two digits. Default `redacted`. */
  readonly calledNumber?: Disclosure;
  /** The number of a customer who calls. Default `redacted`. */
  readonly callerNumber?: Disclosure;
  /** The number that the customer is shown: a call's `callerId`, or the account's. Default `redacted`. */
  readonly callerId?: Disclosure;
  /** The name of a customer who calls, as the INVITE gives it. Default `redacted`. */
  readonly callerName?: Disclosure;
}

/** `redacted`: class and last two digits of a number, nothing of a name. `full`: as it is. */
export type Disclosure = "redacted" | "full";

/** What is reported besides incidents that are over. */
export interface ReportingConfig {
  /** `at-once`: an incident is reported when it opens and at each change too. `when-closed`: or earlier only where the page ends before it. Default `when-closed`. */
  readonly incidents?: "at-once" | "when-closed";
  /** Share of the sessions without an incident that are reported, 0 to 1. Default 0. */
  readonly sample?: number;
  /** Each report is signed with this private key: ECDSA on P-256, or Ed25519. `keyId` says which it was. Default none. */
  readonly signing?: { readonly key: CryptoKey; readonly keyId?: string };
}

/** Everything that `createLinekeeper()` takes. */
export interface LinekeeperConfig<Session extends MediaSession = MediaSession> {
  /** Goes into each report, for support alone. */
  readonly crm: CrmFact;
  /** May be empty, where the CRM's settings bring them by `setTrunks()`. */
  readonly trunks: readonly TrunkConfig[];
  /** Speaks SIP with the edges: `sipjs()`. */
  readonly stack: SipStack;
  /** Gives each call its audio: `webrtc()` in a browser, or `noMedia()` where none is wanted. */
  readonly media: Media<Session>;
  /** Where reports go: a sink takes them as they come; a transport, such as `http()`, is given them by an outbox that loses none. */
  readonly reports?: readonly (ReportSink<ReportDocument> | ReportTransport)[];
  /** When reports are made and whether they are signed. Left out: at the end of each incident, unsigned. */
  readonly reporting?: ReportingConfig;
  /** Keeps reports and the journal's tail for the next page: `indexedDb()`, or `fileStore()` in Node. Memory if left out. */
  readonly store?: Store;
  /**
   * Named controls, e.g. `{ crm: ({ signal }) => fetch("/health", { signal }) }`: what is not SIP, asked when something fails. With a
   * second one that is not the CRM's, a start-up that hangs is told from a network that is down.
   */
  readonly controls?: Readonly<Record<string, Control>>;
  /** Country calling code, digits only: tells national from international numbers. */
  readonly country?: string;
  /** Classes of destinations whose health is kept apart, besides `national` and `international`. Default none. */
  readonly routes?: readonly RouteConfig[];
  /**
   * Numbers that are never refused, as the agent dials them. Left out: 112, 911 and what the people of `country` dial besides. They take the place
   * of those, so name all; an empty list is refused, for some number must get through whatever happens.
   */
  readonly emergencyNumbers?: readonly string[];
  /** Bounds that differ from `defaultLimits`; each has its unit in its name. */
  readonly limits?: Partial<Limits>;
  /** What of the personal data may be kept. Left out: nothing is. */
  readonly privacy?: PrivacyConfig;
  /** The host's word on its network, `browserNetwork()` of `linekeeper/network`: a change of it has every flow asked. Left out, only silence tells. */
  readonly network?: NetworkSignal;
  /** Orders the trunks of each attempt in place of the planner, whose order holds if left out. */
  readonly policy?: Policy;
  /** How many agents lose an edge together, and what it takes: spreads their return. */
  readonly fleet?: Fleet;
  /**
   * What experience says of each fault domain before any evidence, as log-odds (natural logarithm), e.g.
   * `{ "local-network": 0.7 }` where that is twice as common as elsewhere. A domain left
   * out keeps its default (docs/diagnosis.md).
   */
  readonly priors?: Priors;
  /** One telephone for all pages of this browser, and trunk health that they share with each other and with the next page: `tabs()`. */
  readonly shared?: SharedHealth & Partial<SharedTelephone>;
  /**
   * An answered call survives a reload of its page: `resumeInTab()`. Left out, a page that goes away hangs up: only a CRM whose page
   * starts the line by itself brings the agent back before the customer has given up.
   */
  readonly resumption?: Resumption;
  /** A customer who calls while the agent is on a call: 486 (`refuse`), or shown (`offer`). Default `refuse`. */
  readonly whenBusy?: "refuse" | "offer";
  /**
   * A second call while the agent talks, or a customer's that is answered: the first is held (`hold`), or both are heard (`mix`).
   * Default `hold`.
   */
  readonly whileTalking?: "hold" | "mix";
  /** When a call is over and another is on hold: that one is taken back (`take-back`), or stays there (`stay`). Default `take-back`. */
  readonly afterHangUp?: "take-back" | "stay";
  /** Headers of a customer's INVITE that `incoming.headers` shall hold, such as `User-to-User` (RFC 7433). Default none. */
  readonly incomingHeaders?: readonly string[];
  /**
   * Whether a customer's call that asks for it is answered by itself, where the agent has no other call. Anybody may write that wish:
   * permit it only where the carrier lets none in from outside. Default false.
   */
  readonly autoAnswer?: boolean;
  /**
   * What the line tells of besides calls: text messages (`message:received`), voicemail (`voicemail:changed`), other settings at the PBX
   * (`check-sync:received`). What is not named is refused (405, 489), and `Allow` says so. Default none.
   */
  readonly incomingNotices?: readonly PeerNotice["what"][];
  /**
   * Asked when the other side of a call wants us to call somebody (REFER, RFC 3515), before anybody is called: it costs what a call costs.
   * Left out, each is refused (405), and `Allow` does not name REFER.
   */
  readonly transferPolicy?: TransferPolicy;
  /** What tells the time and runs every timer. Default `systemClock`; another one is for tests. */
  readonly clock?: Clock;
  /** Gives numbers in [0, 1), for jitter and weights. Default `systemRandom`; another one is for tests. */
  readonly random?: Random;
}

type Optional = "country" | "network" | "policy" | "resumption" | "shared" | "store" | "transferPolicy";

/** The same with nothing left open. */
export interface Settings extends Required<Omit<LinekeeperConfig, "limits" | "privacy" | "fleet" | "reporting" | Optional>> {
  readonly country: string | undefined;
  readonly network: NetworkSignal | undefined;
  readonly policy: Policy | undefined;
  readonly transferPolicy: TransferPolicy | undefined;
  readonly shared: (SharedHealth & Partial<SharedTelephone>) | undefined;
  readonly resumption: Resumption | undefined;
  readonly store: Store | undefined;
  readonly reporting: ReportingConfig & Required<Omit<ReportingConfig, "signing">>;
  /** Names what this session delivers; undefined where it delivers nothing. */
  readonly sessionId: string | undefined;
  /** Over how long a fleet's first moves are spread, ms. */
  readonly spreadMs: number;
  readonly limits: Limits;
  readonly privacy: PrivacyConfig & Required<Pick<PrivacyConfig, "errorMessages" | "reasonText" | "context">>;
  /** `privacy` lets something be known of whom a call is with. */
  readonly isDisclosing: boolean;
}
