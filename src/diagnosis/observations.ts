/** What the detectors ask about: a journal boiled down. `observe.ts` makes it. */
import type { Refusal, Route, StepFault } from "../journal.ts";
import type { AudioFault, MediaPath } from "../ports/audio.ts";
import type { AskedAgain } from "../ports/sip-answer.ts";

/** Something that happened: where in the journal, and when. */
export interface Seen {
  readonly seq: number;
  /** ms since the session's start. */
  readonly atMs: number;
  /** Until when it was so, where it is a state; it has not faded while it lasts. */
  readonly untilMs?: number;
}

/** Something that happened on a trunk. */
export interface SeenOfTrunk extends Seen {
  readonly trunkId: string;
}

/**
 * What an INVITE came to. `carried`: a phone rang and the network did not take it back, or the call was answered. `callee`: the callee refused it.
 * `swallowed`: silence while the edge answered OPTIONS. `stalled`: 100, then nothing. `route-refused`, `edge-refused`: the peer said that it could not.
 * `number-unknown`: 404, and `unexplained`: another answer that names nobody's fault; each where it speaks of the route, as one of many or refuted by
 * another carrier (`unblamed-ends.ts`). `forbidden`: so does an answer that forbids the call, whoever does. `unanswered`: it rang on and nobody picked
 * up, again and again, and another carrier's calls to the same numbers were answered (`vain-rings.ts`). `contradicted`: a callee's answer, in a row of
 * such that another carrier contradicts (`contradicted-answers.ts`). `away`: each number of the route is said to be (`all-away.ts`).
 * `anonymous-refused`: one callee after the other takes no call that does not say who calls (`hidden-caller.ts`). `caller-refused`: the peer spoke of
 * our settings; `malformed`: of the request as such; `account-refused`: of the account.
 */
export type AttemptEnd =
  | "carried"
  | "callee"
  | "swallowed"
  | "stalled"
  | "route-refused"
  | "edge-refused"
  | "number-unknown"
  | "unexplained"
  | "forbidden"
  | "unanswered"
  | "away"
  | "contradicted"
  | "anonymous-refused"
  | "caller-refused"
  | "malformed"
  | "account-refused";

/**
 * An INVITE whose meaning is known; what says nothing of anybody (our own cancel, a dead flow) is not here. `atMs` is when it came to that,
 * `startedMs` when it went out: of what began between the two it says nothing.
 */
export interface AttemptSeen extends SeenOfTrunk {
  readonly startedMs: number;
  readonly callId: string;
  readonly carrier: string;
  readonly route: Route;
  /** Trunk and route in one string, which equal ones share: each verdict groups by it. */
  readonly way: string;
  readonly end: AttemptEnd;
  /** The called number's alias, where it is known. */
  readonly number?: string;
  /** The peer's final code and Q.850 cause, where it gave them. */
  readonly code?: number;
  readonly cause?: number;
  /** The callee's own side said that it takes no such call (Q.850 88, RFC 8606): what stands there is no telephone, or it knows nothing of what we offer. */
  readonly byCallee?: true;
  /** A phone had been said to ring (180) before the network ended it: one such number may be its callee's doing. */
  readonly hadRung?: boolean;
  /** Of `account-refused`: how the same account fares with the registrar, where that is on record. */
  readonly askedAgain?: AskedAgain;
  /** Of the same: when the registrar had last bound us before, ms. */
  readonly registeredMs?: number;
}

/** A talk that its carrier cut, or that a network ended, or a hold that was refused: one of several in a row. `talk-faults.ts` */
export type TalkFault = SeenOfTrunk & {
  readonly callId: string;
  readonly carrier: string;
  /** The customer's number by its alias. */
  readonly number: string;
} & (CutTalk | EndedTalk | RefusedHold);

interface CutTalk {
  readonly how: "cut";
  /** How long the talk had been, ms. */
  readonly talkedMs: number;
}

interface EndedTalk {
  readonly how: "ended";
  /** What its BYE said: the Q.850 cause, or else the SIP status. */
  readonly cause?: number;
  readonly code?: number;
}

interface RefusedHold {
  readonly how: "hold";
  /** What the peer answered. */
  readonly code: number;
}

/**
 * The audio of an answered call. `none`: lost, and a restart did not help. `mended`: an ICE restart did. `cut-short`: the call
 * ended before either was known.
 * `moved-there`: it came back from another port of the relay's; `moved-here`: from another address of the agent's.
 * `poor-uplink`: what the agent sends arrives badly, while what comes in is better. `silent-here`: nothing came from the
 * agent's own device. `muted-here`: the system had muted the microphone for all of the call. `unplugged-here`: it was pulled out.
 * `blocked-here`: the browser did not let the page play.
 */
export interface AudioSeen extends SeenOfTrunk {
  readonly callId: string;
  readonly carrier: string;
  readonly end:
    | "good"
    | "poor"
    | "poor-uplink"
    | "none"
    | "cut-short"
    | "mended"
    | "moved-there"
    | "moved-here"
    | "silent-here"
    | "muted-here"
    | "unplugged-here"
    | "blocked-here";
  /** Of `none` and `cut-short`: which way, and the way that it took where that is on record. */
  readonly direction?: AudioFault["direction"];
  readonly path?: MediaPath;
  /** Of `poor`: how much of what came in was lost, in percent. */
  readonly lossPercent?: number;
  /** When the call was answered, where that is on record. */
  readonly answeredMs?: number;
  /** Of `none`, `cut-short` and `mended`: since when; of `good`: until the audio was lost, or the call ended. Infinity while it lasts. */
  readonly wellUntilMs?: number;
}

/** A stretch in which an edge could not be reached. */
export interface Outage extends SeenOfTrunk {
  readonly carrier: string;
  /** The last sign of life before it, at the same address; undefined when there never was one. */
  readonly aliveMs: number | undefined;
  /** It was reached at this address, before or after. */
  readonly isReached: boolean;
  /** When its socket was gone; it may have been silent before. */
  readonly lostMs: number;
  /** The first sign of life after it; Infinity while it lasts. */
  readonly backMs: number;
  /** When no other socket was to be had in its place, first of all; Infinity where none was tried. */
  readonly deniedMs: number;
  /**
   * `silent`: we gave up on an open socket; `unread`: the same, but what came on it could not be read. `closed`: by the
   * server's close frame. `unreachable`: refused, or gone without one. `forbidden`: the page's own policy let no socket out.
   * `unasked`: whatever had ended the socket, none was tried since, for want of a URL that the CRM could have given.
   */
  readonly how: "silent" | "unread" | "closed" | "unreachable" | "forbidden" | "unasked";
  /** It had been well, and we had closed its socket: what the CRM began then no longer reached it. */
  readonly isSinceOurClose: boolean;
  /** WebSocket close code (RFC 6455 §7.4). */
  readonly code: number | undefined;
}

export interface TrunkSeen {
  readonly id: string;
  readonly carrier: string;
  /** Of the edge: trunks that share it share more than the network. */
  readonly host: string;
  /** Times at which the peer answered anything, in order, ms. */
  readonly provenMs: readonly number[];
  readonly outages: readonly Outage[];
  /** Probes that got no answer in time, or one that came late. */
  readonly lateProbes: readonly Seen[];
  /** Probes that were answered with a failure of the server's own, where the edge had answered others well. */
  readonly refusedProbes: readonly Seen[];
  /** INVITEs without an answer yet, while the edge answered its probes late. */
  readonly lateAnswers: readonly Seen[];
  /** Outages that nobody was the worse for: no evidence of a fault. */
  readonly blips: readonly Outage[];
  /** The first registration that was granted. */
  readonly granted: Seen | undefined;
  /** When the registrar bound us, in order, ms. */
  readonly boundMs: readonly number[];
  /** Refused registrations; `code` only where the peer said one. `isBusy`: it said when to come again (RFC 3261 §20.33). */
  readonly refusals: readonly (Seen & { readonly code: number | undefined; readonly askedAgain?: AskedAgain; readonly isBusy?: true })[];
}

/** A critical stage that failed for good or hung. */
export interface StageTrouble extends Seen {
  /** When what stalled passed after all: it was slow, not hung. Infinity if it did not. */
  readonly passedMs: number;
  readonly stage: string;
  readonly run: number;
  readonly how: "failed" | "hung";
  /** It was given up, having been told of as it stalled. */
  readonly isEnd?: true;
  readonly fault: StepFault;
}

/** A step that the CRM can do without failed for good. */
export interface LostExtra extends Seen {
  readonly stage: string;
  readonly run: number;
  /** Since when it had been missing: the run's beginning, or its first failure after it had passed there. */
  readonly since: Seen;
  /** It was run again alone, and passed; absent until then. What begins all anew ends it too. */
  readonly passed?: Seen;
}

/** One initialisation of the CRM; Infinity until it completed. */
export interface BootRun extends Seen {
  readonly run: number;
  readonly completedMs: number;
}

/** One question to what is not SIP. `reached`: its server answered, if only with an error. */
export interface ControlSeen extends Seen {
  readonly name: string;
  readonly reached: boolean;
  readonly well: boolean;
  /** Of one that was not reached once until then: since when that is known, ms. */
  readonly neverSinceMs?: number;
}

/** The CRM set a trunk otherwise. */
export interface SettingsChange extends SeenOfTrunk {
  /** How numbers are written among the rest: that may be otherwise for those of one route alone. */
  readonly isOfNumbers: boolean;
}

export interface Observations {
  /** The last that is known of, ms since the session's start. */
  readonly endMs: number;
  readonly trunks: readonly TrunkSeen[];
  /** When a trunk was first tried, ms; Infinity while none was: until then nothing is known of any. */
  readonly triedMs: number;
  readonly attempts: readonly AttemptSeen[];
  /** Those before the window. */
  readonly earlierAttempts: readonly AttemptSeen[];
  readonly stageTroubles: readonly StageTrouble[];
  /** Steps that the CRM can do without and that failed for good: every run's, those before the window too. */
  readonly lostExtras: readonly LostExtra[];
  /** Every run, those before the window too. */
  readonly boots: readonly BootRun[];
  /** `byCrm`: the CRM had handed the number over. */
  readonly refusedCalls: readonly (Seen & { readonly because: Refusal; readonly error: string | undefined; readonly byCrm: boolean })[];
  /** What the CRM itself said to have broken. */
  readonly crmFailures: readonly (Seen & { readonly what: string; readonly fault: StepFault })[];
  /** Checks of our own that failed for good, by their name without the stage's. */
  readonly failedChecks: readonly (Seen & { readonly check: string; readonly fault: StepFault })[];
  /** Another page of this browser met trouble with this trunk. */
  readonly heardFromPages: readonly SeenOfTrunk[];
  /** Calls on this trunk, to this route, failed when the page before ended: under a start-up of its own. */
  readonly heardFromLastPage: readonly (SeenOfTrunk & { readonly route: Route })[];
  readonly controls: readonly ControlSeen[];
  readonly offline: readonly Seen[];
  readonly sleeps: readonly Seen[];
  /** New sockets, tried beside flows that stood, which did not open. */
  readonly deniedSockets: readonly SeenOfTrunk[];
  /** An answer was missed while what the edge sent could not be read: it was not silent. */
  readonly unreadAnswers: readonly SeenOfTrunk[];
  /** A call began without STUN and TURN servers: the CRM gave none. */
  readonly missingIceServers: readonly (Seen & { readonly callId: string; readonly error: string })[];
  /** The CRM gave no credentials, or no URL, which may hold some. */
  readonly missingCredentials: readonly SeenOfTrunk[];
  /** The edge asked for a digest that we cannot compute. */
  readonly unknownDigests: readonly SeenOfTrunk[];
  readonly audio: readonly AudioSeen[];
  /** What was before the window. */
  readonly earlierAudio: readonly AudioSeen[];
  /** The CRM set a trunk otherwise, in what its calls are sent with. */
  readonly settingsChanges: readonly SettingsChange[];
  /** Answered calls that the edge knew no longer when the flow was back. */
  readonly forgottenCalls: readonly (SeenOfTrunk & { readonly carrier: string })[];
  /** Talks that one carrier ended at the same length, and holds that it refused. */
  readonly talkFaults: readonly TalkFault[];
}
