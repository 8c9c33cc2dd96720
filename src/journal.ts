/**
 * The one vocabulary of what can happen. Everything that decides, diagnoses or reports reads these
 * entries and nothing else, so that a day's journal can be replayed anywhere.
 *
 * No entry holds a password, a token, a name or a full number, but for `call:identified` and `attempt:presented`, where the integrator
 * allowed it by name: what is personal is left out where the entry is made, not filtered later.
 */
import type { AudioFault, AudioQuality, MediaPath, MicrophoneFallback, MicrophoneState, PlaybackState } from "./ports/audio.ts";
import type { Plane } from "./ports/shared-health.ts";
import type { AskedAgain, EndReason, Q850Cause, Said } from "./ports/sip-answer.ts";
import type { FrameFault, SocketEnd } from "./ports/sip-edge.ts";
import type { Outcome } from "./outcome.ts";
import type { BreakerState, FlowState, Held, RegistrationState } from "./states.ts";

/** A class of destinations on which a trunk's health is kept apart, e.g. `national`, `mobile`, `international`, `emergency`, `+216 71`. */
export type Route = string;

/** Stands for every route of a trunk: a `Retry-After`, or a flow that keeps dying, is no route's own. */
export const everyRoute: Route = "*";

/** What the journal may know of a called or calling party. */
export interface Party {
  /** The class of destinations that the number belongs to. */
  readonly route: Route;
  /** The same number has the same alias within one journal, and says nothing outside it. */
  readonly alias: string;
  /** The last two digits. */
  readonly tail: string;
}

/** Our own number as the journal keeps it: what the customer is shown. Hash and number are there where `privacy` allows them. */
export interface CallerId {
  /** The class of destinations that it belongs to. */
  readonly route: Route;
  /** The last two digits. */
  readonly tail: string;
  /** Its digest with the deployment's key. */
  readonly hash?: string;
  /** In full. */
  readonly number?: string;
}

/** A SIP answer as the journal keeps it: no free text unless the integrator allowed it. */
export interface AnswerFact {
  /** SIP status code, 100–699. */
  readonly code: number;
  /** Whether a peer said it, or our own stack made it up. */
  readonly said: Said;
  /** From its `Reason` header (RFC 6432), where the peer sent one. */
  readonly q850?: Q850Cause;
  /** `Retry-After`, in s, as the peer asked for it; absent where it did not. */
  readonly retryAfterS?: number;
  /** Of the status line or the `Reason` header: only when the integrator allowed `privacy.reasonText`. */
  readonly text?: string;
  /** The network blocked the call, not the callee (ATIS-1000099); absent where nothing says so. */
  readonly blockedByNetwork?: boolean;
  /** What a 401 or 407 to our credentials asks for again, by how the registrar took them; never a realm's name. */
  readonly askedAgain?: AskedAgain;
}

/** A trunk of the settings, as far as the journal may know it. */
export interface TrunkFact {
  /** As `TrunkConfig.id` has it. */
  readonly id: string;
  /** Name of the operator, as `TrunkConfig.carrier` has it. */
  readonly carrier: string;
  /** Host of the edge, without user or path; empty where a function gives its URL. */
  readonly host: string;
}

/** How a step of the integrator's failed. */
export interface StepFault {
  /** `overdue`: its timeout passed. `aborted`: the host gave it up. `blocked`: a stage that it depends on failed. */
  readonly kind: "threw" | "overdue" | "aborted" | "blocked";
  /** The error's `name`, e.g. `TypeError`, `NotAllowedError`. */
  readonly name?: string;
  /** Its `status`, where it carries one. */
  readonly httpStatus?: number;
  /** Its message: only when the integrator allowed `privacy.errorMessages`. */
  readonly message?: string;
}

/** Why a call never left the agent. `trunks-missing`: none is set, or none is set yet; `no-trunk`: none of them could take it. */
export type Refusal =
  "not-started" | "closed" | "boot-incomplete" | "trunks-missing" | "no-trunk" | "bad-number" | "bad-options" | "media-failed";

/** What a call may be asked for besides its number; `options`: the whole of it, or what has no such name. */
export type CallOptionName = "by" | "again" | "headers" | "callerId" | "displayName" | "anonymous" | "context" | "options";

/** Why the next trunk was tried. */
export type FailoverReason = "not-connected" | "flow-lost" | "silence" | "stalled" | "answer" | "redial";

/** How a call ended: for the agent, `failed` means that no trunk could carry it. */
export type CallEnd = "hung-up-here" | "hung-up-there" | "answered-elsewhere" | "transferred" | "callee-refused" | "failed" | "flow-lost";

/** Why a call was not transferred. */
export type TransferFault =
  | "bad-number"
  | "bad-call"
  | "other-carrier"
  | "under-way"
  | "refused"
  | "not-reached"
  | "unanswered"
  | "failed"
  | "not-answered"
  | "ended";

/**
 * What becomes of the page. `hidden`: it goes for good. `cached`: it goes into the browser's cache, and may be `shown` again. `frozen`: it
 * stands where it was, and nothing of it runs until it is `resumed`.
 */
export type PageChange = "hidden" | "cached" | "shown" | "frozen" | "resumed";

/** What the SDK may say of where it runs. */
export interface EnvironmentFact {
  /** Version of Linekeeper. */
  readonly sdk: string;
  /** As the integrator described the CRM in `LinekeeperConfig.crm`. */
  readonly crm: CrmFact;
  /** As browser or runtime names itself. */
  readonly runtime: string;
  /** By its brand and major version, `Microsoft Edge/148`, and the system by its name, where the browser gives client hints. */
  readonly browser?: string;
  /** The system by its name, e.g. `Windows`; absent where the browser does not tell. */
  readonly os?: string;
  /** At the start, where the browser tells (Network Information API): of what kind it is, and as fast as what. */
  readonly network?: { readonly type?: string; readonly effectiveType?: string };
}

/** What the integrator says of the CRM, and of who works in it. */
export interface CrmFact {
  /** Who makes the CRM. */
  readonly vendor: string;
  /** Version of the CRM, as its vendor counts; absent where it was not given. */
  readonly version?: string;
  /** Which installation or branch it is; absent where it was not given. */
  readonly site?: string;
  /** The CRM's own id of the agent: no name. */
  readonly agentId?: string;
  /** Where the CRM keeps what is done about the fault: a case's number. */
  readonly ticket?: string;
}

/** With what the live diagnosis was run, so that a replay comes to the same. */
export interface DiagnosisFact {
  /** `limits.calmMs` of that session: how long service must be proven good before an incident closes. */
  readonly calmMs: number;
  /** Log-odds by fault domain, where experience was fed in. */
  readonly priors?: Readonly<Record<string, number>>;
}

/** The trunk that the entry is about, as `TrunkConfig.id` has it. */
type OfTrunk = { readonly trunkId: string };
/** The same, for one class of destinations. */
type OfRoute = OfTrunk & { readonly route: Route };
/** The call that the entry is about, as `call.id` has it. */
type OfCall = { readonly callId: string };
/** `attempt` counts from 1 within the call. */
type OfAttempt = OfCall & OfRoute & { readonly attempt: number };

/** Every fact, by type. */
export interface Facts {
  /** The first entry of every journal: where and with what the session runs, and at what time of the wall clock. */
  "session:started": {
    readonly dateMs: number;
    readonly environment: EnvironmentFact;
    readonly trunks: readonly TrunkFact[];
    /** What the verdict depends on besides the entries; absent in journals of before it was kept. */
    readonly diagnosis?: DiagnosisFact;
    /** Names its reports; absent where none are delivered. */
    readonly sessionId?: string;
  };
  /** We close: what ends from here on ends because we end it. */
  "session:closing": Record<never, never>;
  /** Calls are over and trunks unregistered, as far as there was time for it; missing where the page went away before. */
  "session:closed": Record<never, never>;
  /** The wall clock moved against the monotonic one (NTP, sleep): `byMs` > 0 means forward. */
  "clock:jumped": { readonly byMs: number; readonly dateMs: number };
  /** A peer's `Date` header against our clock, in ms; > 0 means that ours is ahead. */
  "clock:skewed": { readonly byMs: number; readonly by: string };

  /** The CRM began a (re-)initialisation; `run` counts from 1. */
  "boot:started": { readonly run: number };
  /** Every critical stage of this run has passed: calls may go out. */
  "boot:completed": { readonly run: number; readonly tookMs: number };
  /** A try of a stage begins; `attempt` counts from 1. */
  "stage:started": { readonly stage: string; readonly run: number; readonly attempt: number; readonly critical: boolean };
  /** A try came through; `tookMs` is that try's alone. */
  "stage:passed": { readonly stage: string; readonly run: number; readonly attempt: number; readonly tookMs: number };
  /** Has run for half its timeout without an end: a hang must be visible while it hangs. */
  "stage:stalled": { readonly stage: string; readonly run: number; readonly attempt: number; readonly waitedMs: number };
  /** A try failed, or was given up; `final`: no other follows. */
  "stage:failed": {
    readonly stage: string;
    readonly run: number;
    readonly attempt: number;
    readonly tookMs: number;
    readonly critical: boolean;
    readonly fault: StepFault;
    readonly final: boolean;
  };

  /** Something of the CRM's own broke, and the CRM said so: `what` is a name of its own, e.g. `call log`. */
  "crm:failed": { readonly what: string; readonly fault: StepFault };

  /** The host's own word on its network (`navigator.onLine`): a hint, not a proof. */
  "network:changed": { readonly online: boolean };
  /** The CRM's own HTTP endpoint, asked as a control against the SIP edges. */
  "control:answered": { readonly control: string; readonly tookMs: number };
  /** The control threw, rejected, or gave no answer within `limits.controlTimeoutMs`. */
  "control:failed": { readonly control: string; readonly tookMs: number; readonly fault: StepFault };

  /** Another socket to an edge whose flow was well, opened and let go at once, for no socket to another carrier's opened any more. */
  "socket:tried": OfTrunk & { readonly opened: boolean; readonly tookMs: number };

  /** The connection to an edge passed into another state; `tookMs`: how long it was in the one before; `end`: how its socket ended. */
  "flow:changed": OfTrunk & { readonly from: FlowState; readonly to: FlowState; readonly tookMs: number; readonly end?: SocketEnd };
  /** The binding at a registrar passed into another state, on this `answer` where there was one; `expiresS`: its life, as granted. */
  "registration:changed": OfTrunk & {
    readonly from: RegistrationState;
    readonly to: RegistrationState;
    readonly answer?: AnswerFact;
    readonly tookMs?: number;
    readonly expiresS?: number;
  };
  /** The source gave none; or, as `UnsupportedDigest`, the edge asked for a digest that we cannot compute. */
  "credentials:failed": OfTrunk & { readonly error: string };
  /** The source of the edge's URL gave none, none in time (`TimeoutError`), or none that can be used (`TypeError`). */
  "server:failed": OfTrunk & { readonly error: string };
  /** No STUN and TURN servers for this call: the source gave none, none in time, or the browser takes none of them. */
  "ice-servers:failed": OfCall & { readonly error: string };
  /** What listens for lost audio could not be loaded: that nothing is told of this call's audio says nothing. */
  "audio:unwatched": OfCall & { readonly error: string };
  /**
   * Liveness: outbound traffic that was (not) answered on this flow. With `times`: routine, told together; the first
   * of them was answered at `fromMs`, the last at `untilMs`, after `rttMs`.
   */
  "probe:answered": OfTrunk & {
    readonly method: "OPTIONS" | "CRLF";
    readonly rttMs: number;
    readonly answer?: AnswerFact;
    readonly times?: number;
    readonly fromMs?: number;
    readonly untilMs?: number;
  };
  /** Liveness: what was sent on this flow was not answered within `waitedMs`. */
  "probe:unanswered": OfTrunk & { readonly method: "OPTIONS" | "CRLF" | "REGISTER"; readonly waitedMs: number };
  /**
   * Thrown away whole, or in part. `header`: whose fault it is. With `count`: repeats of an earlier one, told together;
   * `bytes` is then the largest.
   */
  "frame:discarded": OfTrunk & {
    readonly fault: FrameFault;
    readonly bytes: number;
    readonly header?: string;
    readonly count?: number;
    readonly firstMs?: number;
    readonly lastMs?: number;
  };

  /** A breaker of the trunk passed into another state. `because`: the outcome's row, or what else led to it; `ejectionMs`: its rest. */
  "breaker:changed": OfRoute & {
    readonly plane: Plane;
    readonly from: BreakerState;
    readonly to: BreakerState;
    readonly because: string;
    readonly ejectionMs?: number;
  };

  /** Another page of this browser, or this page's last life, told of this trunk. */
  "health:heard": OfRoute & { readonly plane: Plane; readonly from: "tab" | "last-page"; readonly because: string };
  /** Unrelated carriers failed together: the fault is sought on our side, and no breaker opens. */
  "common-mode:suspected": { readonly carriers: readonly string[] };
  /** This carrier served a call, or answered a probe: each carrier is judged by its own again. */
  "common-mode:ended": { readonly by: string };
  /**
   * The CRM has set other trunks: all of them from now on, which came, which went, and what of a setting was changed, by its
   * name. `settings` counts from 1, which is what the session started with; an attempt says by which it was made.
   */
  "trunks:changed": {
    readonly settings: number;
    readonly trunks: readonly TrunkFact[];
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly changed: readonly { readonly id: string; readonly what: readonly string[] }[];
  };
  /** By the operator's hand. */
  "trunk:isolated": OfTrunk;
  /** By the operator's hand: taken back into service, with every breaker closed. */
  "trunk:restored": OfTrunk;
  /** By the operator's hand: what counts from the next call on. */
  "trunk:weighed": OfTrunk & { readonly priority: number; readonly weight: number };
  /** The integrator's policy threw or gave no usable list; the planner's own order was taken. */
  "policy:failed": { readonly error: string };

  /**
   * `by`: the CRM handed the number over (click-to-dial), or it is a check, no customer's; absent where the agent dialled it. `options`:
   * which it was placed with, never what they say. `without`: which were left off an emergency call. `context`: what `privacy.context`
   * names of it.
   */
  "call:placed": OfCall & {
    readonly party: Party;
    readonly by?: "click-to-dial" | "check";
    readonly options?: readonly CallOptionName[];
    readonly without?: readonly CallOptionName[];
    readonly context?: Readonly<Record<string, string | number | boolean>>;
  };
  /** An INVITE came to the agent. */
  "call:offered": OfCall & OfTrunk & { readonly party: Party };
  /**
   * What `privacy` allows to be known of whom the call is with. `hash`: the number's digest with the deployment's key, the same on each
   * page that has the key. `number` and `name`: where they are allowed in full.
   */
  "call:identified": OfCall & {
    readonly who: "called" | "caller";
    readonly hash?: string;
    readonly number?: string;
    readonly name?: string;
  };
  /** A customer's call was answered by itself, as it asked, and as the integrator permits. */
  "call:auto-answered": OfCall & OfTrunk;
  /** Never left the agent: no INVITE was sent. `option`: which of the CRM's could not be used. */
  "call:refused": OfCall & {
    readonly because: Refusal;
    readonly stage?: string;
    readonly option?: CallOptionName;
    readonly error?: string;
  };
  /** A timer came this late: the page, or the device, had slept, though the monotonic clock ran on. */
  "page:woke": { readonly lateMs: number };
  /** What the browser does with the page. */
  "page:changed": { readonly to: PageChange };
  /** The telephone of the agent, who has several pages open, is this page from now on, or another. */
  "telephone:moved": { readonly to: "here" | "elsewhere" };
  /** The page goes, and leaves an answered call to the next. */
  "call:kept": OfCall & OfTrunk;
  /** The page before had answered it, as `was`; the peer has taken this page's audio, `gapMs` after that page last kept it. */
  "call:resumed": OfCall &
    OfTrunk & {
      readonly party: Party;
      readonly direction: "out" | "in";
      readonly was: string;
      readonly gapMs: number;
      readonly sipCallId?: string;
      readonly fromTag?: string;
    };
  /**
   * It could not be taken up, and is ended. Without a trunk, or where it cannot be read, nobody could be told of that. `abandoned`: it was
   * another page's, of this account, whose tab was closed for good.
   */
  "call:not-resumed": OfCall &
    OfTrunk & {
      readonly because:
        "abandoned" | "too-old" | "other-account" | "trunk-missing" | "trunk-unready" | "unreadable" | "media-failed" | "refused";
      readonly answer?: AnswerFact;
      readonly error?: string;
    };
  /** A phone rings (180 or 183), as far as the carrier says. */
  "call:ringing": OfCall & OfTrunk;
  /** Somebody answered, or the agent did; `setupMs` since the call was placed or offered. `sipCallId`, `fromTag`: of the INVITE that came in (`writtenNames`). */
  "call:answered": OfCall & OfTrunk & { readonly setupMs: number; readonly sipCallId?: string; readonly fromTag?: string };
  /** The line died under the conversation: the peer knows the call no longer. The agent may call the customer back. */
  "call:cut": OfCall & OfTrunk & { readonly talkedMs: number };
  /** The agent calls the customer back, whose call died (`call:cut`) or had no audio; `attempt:started` follows. Never by itself. */
  "call:redialled": OfCall & OfTrunk & { readonly because: "flow-lost" | "no-audio" };
  /** The next trunk is tried, which `attempt:started` follows. */
  "call:failed-over": OfCall & { readonly from: string; readonly to: string; readonly because: FailoverReason };
  /** Agent or peer put the call on hold, or took it back, and the other side knows. */
  "call:held": OfCall & OfTrunk & { readonly held: Held };
  /** The peer refused the agent's hold, or that it ends; or, without `answer`, it could not be described. The call is as it was. */
  "hold:refused": OfCall & OfTrunk & { readonly wished: "hold" | "unhold"; readonly answer?: AnswerFact };
  /** By the agent's hand, unlike `microphone:changed`. */
  "call:muted": OfCall & { readonly muted: boolean };
  /** Never which ones: they may be a card's number or a PIN. `because`: why not all of them. */
  "digits:sent": OfCall & OfTrunk & { readonly count: number; readonly via?: "rtp" | "info"; readonly because?: string };
  /** The other side is asked to connect the customer to a number, or to the customer of another call. `resumed`: the page before had asked. */
  "call:transferring": OfCall & OfTrunk & { readonly party?: Party; readonly toCallId?: string; readonly resumed?: true };
  /** What it says of whom it calls. */
  "transfer:progressed": OfCall & OfTrunk & { readonly code: number };
  /** The call is the agent's again. `code`: of whoever refused. */
  "transfer:failed": OfCall & OfTrunk & { readonly because: TransferFault; readonly code?: number };
  /** The other side asked us to call somebody. `toCallId`: the call that was placed for it; else `because`: why none was. */
  "call:referred": OfCall &
    OfTrunk & {
      readonly party?: Party;
      readonly replaces?: true;
      readonly toCallId?: string;
      readonly because?: "policy" | "emergency" | "busy" | "under-way" | "unusable";
    };
  /** Somebody took the place of whom it was with (RFC 3891): a party of their own, the call the same. */
  "call:replaced": OfCall & OfTrunk & { readonly party: Party };
  /** A carrier told the account something unasked: never what. `refused`: so many before it were too many. */
  "notice:received": OfTrunk & { readonly what: "message" | "voicemail" | "check-sync"; readonly refused?: number };
  /** The audio of an answered call fails. */
  "audio:lost": OfCall & OfTrunk & AudioFault;
  /** New ICE candidates and credentials were offered to the peer, to mend it; `answer` when it came. */
  "audio:restarted": OfCall & OfTrunk & { readonly answer?: AnswerFact };
  /** Another connection was offered to the peer, where new candidates did not mend it. */
  "audio:renewed": OfCall & OfTrunk & { readonly answer?: AnswerFact };
  /** Audio that was lost flows again, by whatever means, or none is wanted any more (hold). */
  "audio:restored": OfCall & OfTrunk & { readonly path?: MediaPath };
  /** The restart did not help, or could not be tried: it counts against the trunk's media. */
  "audio:given-up": OfCall & OfTrunk & AudioFault;
  /** The first rating of the audio, and each time that it became poor or good again. */
  "audio:rated": OfCall & OfTrunk & AudioQuality & { readonly level: "good" | "poor" };
  /** The system muted the microphone under the call, gave it back, or took it away (`lost`: it was pulled out): no trunk's fault. */
  "microphone:changed": OfCall & { readonly to: MicrophoneState | "lost"; readonly fellBackTo?: MicrophoneFallback };
  /** The browser does not let the page play the customer before the agent has clicked; or does now. */
  "playback:changed": OfCall & { readonly to: PlaybackState };
  /**
   * The flow was lost and came back under an answered call: the peer was told our new address (RFC 3261 §12.2). A session timer's refresh
   * (RFC 4028) that goes well writes nothing.
   */
  "dialog:refreshed": OfCall & OfTrunk & { readonly answer: AnswerFact };
  /** The BYE; sent again on the next flow when nobody answered it. */
  "dialog:ended": OfCall & OfTrunk & { readonly answer: AnswerFact; readonly tries: number };
  /**
   * An INVITE to the agent was not shown. `busy`: the agent is on a call, or has a break. `duplicate`: the same call by another
   * trunk. `flood`: more ring already than an agent can tell apart. `media-failed`: the audio could not be opened; `error` says
   * why. With `count`: more of a kind than are told singly.
   */
  "call:turned-away": OfTrunk & {
    readonly because: "busy" | "duplicate" | "flood" | "media-failed" | "closing" | "elsewhere" | "nothing-to-replace";
    readonly party?: Party;
    readonly callId?: string;
    readonly error?: string;
    readonly count?: number;
    readonly firstMs?: number;
    readonly lastMs?: number;
  };
  /**
   * `error`: why the audio of a customer's call could not be opened, by name, e.g. `NotAllowedError`. `sipCallId`, `fromTag`: of the INVITE
   * of one that came in and nobody answered (`writtenNames`). `reason`: of the other side's BYE, where it says one.
   */
  "call:ended": OfCall & {
    readonly end: CallEnd;
    readonly error?: string;
    readonly reason?: EndReason;
    readonly outcome?: Outcome;
    readonly possibleDuplicate: boolean;
    readonly talkedMs?: number;
    readonly sipCallId?: string;
    readonly fromTag?: string;
  };

  /** `settings`: of which version its trunk is, where they were ever changed. */
  "attempt:started": OfAttempt & { readonly sipCallId?: string; readonly fromTag?: string; readonly settings?: number };
  /** Which number the carrier is shown, the call's `callerId` or else the account's; nothing where that is a name. A moment after `attempt:started`. */
  "attempt:presented": OfAttempt & { readonly caller: CallerId };
  /** The INVITE was written to the socket, again after a challenge; with what a carrier finds it by in its traces. */
  "attempt:sent": OfAttempt & { readonly sipCallId: string; readonly fromTag: string };
  /** With `times`: the same code came so many times more, told together when nothing more can come; `tookMs` is the last one's. */
  "attempt:progressed": OfAttempt & { readonly answer: AnswerFact; readonly tookMs: number; readonly times?: number };
  /** The same number was asked for at another host of the trunk's own domain; `attempt:sent` follows. */
  "attempt:redirected": OfAttempt & { readonly answer: AnswerFact };
  /** No provisional answer within the deadline: silence is ours to infer, nobody said it. */
  "attempt:overdue": OfAttempt & {
    readonly awaited: "any-answer" | "ringing";
    readonly waitedMs: number;
    readonly edgeAlive: boolean | "unknown";
  };
  /** 2xx came, `tookMs` after the INVITE. `pddMs`: what journals of before 0.1.0 call that, which is no post-dial delay where it rang before. */
  "attempt:answered": OfAttempt & { readonly answer: AnswerFact; readonly tookMs: number; readonly pddMs?: number };
  /** The attempt is over, with what that means by the outcome table; `answer` where one came, `tookMs` from its start. */
  "attempt:ended": OfAttempt & { readonly outcome: Outcome; readonly answer?: AnswerFact; readonly tookMs: number };
  /** Given up by us before its end is known; the ledger follows it to `attempt:settled`. */
  "attempt:abandoned": OfAttempt & { readonly because: FailoverReason | "hung-up" };
  /** What became of an attempt that we had given up; `adopted`: its late answer was taken after all. */
  "attempt:settled": OfAttempt & { readonly how: "cancelled" | "rejected" | "answered-late-and-ended" | "adopted" | "never-answered" };

  /** The part of the SDK that diagnoses could not be loaded; this journal can still be diagnosed elsewhere. */
  "diagnosis:missing": { readonly error: string };
  /** Something of the integrator's broke; the softphone goes on. */
  "listener:failed": { readonly event: string; readonly error: string };
  /** The integrator's sink threw or rejected; or a report could not be made (`report`) or signed (`signing`). The softphone goes on. */
  "sink:failed": { readonly sink: string; readonly error: string };
  /** A page that is gone left a journal of more than its own start; so many reports were made of it. `unreadable`: so many of its lines were damaged. `error`: nothing could be made of it. */
  "session:recovered": {
    readonly sessionId: string;
    readonly entries: number;
    readonly reports: number;
    readonly unreadable?: number;
    readonly error?: string;
  };
  /** `report` is its idempotency key. */
  "report:delivered": { readonly sink: string; readonly report: string };
  /** The endpoint cannot be reached, or wants to be left alone; told at the first failure of a row. */
  "report:delayed": { readonly sink: string; readonly status?: number; readonly error?: string; readonly waitMs: number };
  /** The endpoint does not want it: another try would fare no better. */
  "report:given-up": { readonly sink: string; readonly report: string; readonly status: number };
  /** Not delivered before the outbox's bounds. */
  "report:dropped": { readonly sink: string; readonly because: "too-old" | "too-many"; readonly count: number };
  /** What should outlive the page could not be kept, and this page keeps it in memory; told once. */
  "store:failed": { readonly store: string; readonly error: string };
  /** A transition that is in no table: a defect of ours, reported instead of thrown. */
  "transition:violated": { readonly machine: string; readonly state: string; readonly event: string };
}

/** Name of a kind of entry, e.g. `call:placed`. */
export type FactType = keyof Facts;

/** One entry: `seq` counts from 0 without gaps, `atMs` is monotonic since the session's start. */
export type Entry<T extends FactType = FactType> = {
  [K in T]: { readonly seq: number; readonly atMs: number; readonly type: K } & Facts[K];
}[T];

/** Called with each new entry, in order. */
export type JournalListener = (entry: Entry) => void;

/** The append-only record of one session. */
export interface Journal {
  append<T extends FactType>(type: T, fact: Facts[T]): Entry<T>;
  /** Now, in ms since the session's start. */
  nowMs(): number;
  /** Writes down a jump of the wall clock, if there was one, without waiting for the next entry to notice. */
  compareClocks(): void;
  /**
   * Keeps what was written at `fromMs` or later when the rest is trimmed: an incident is open, and its report needs its
   * calls. Undefined: nothing is held any more.
   */
  hold(fromMs: number | undefined): void;
  /** All entries kept, oldest first. The first, `session:started`, is always among them, and the last `trunks:changed`. */
  readonly entries: readonly Entry[];
  /** @returns what unsubscribes. */
  subscribe(listener: JournalListener): () => void;
}
