/** What became of each INVITE, put together from its entries. */
import type { AnswerFact, CallerId, Entry, Facts } from "../journal.ts";
import { answeredOutcome, type OutcomeClass } from "../outcome.ts";
import type { AudioQuality } from "../ports/audio.ts";
import type { CauseLocation, Said } from "../ports/sip-answer.ts";
import { awakeMs, sleepsOf, type Sleep } from "../sleeps.ts";
import { forEachSliced, type Sliced } from "../slices.ts";
import type { KnownParty } from "./parties.ts";
import type { WallClock } from "./wall-clock.ts";

/** One INVITE, with all that a carrier needs to find it in its own traces. */
export interface AttemptRecord {
  /** When it began, UTC. */
  readonly time: string;
  /** ms since the session's start, monotonic; all `…Ms` moments of a report are. */
  readonly startedMs: number;
  /** Absent while it runs. */
  readonly endedMs?: number;
  /** The call's id within the SDK, as in `calls`; the carrier knows it by `sipCallId`. */
  readonly callId: string;
  /** Counts from 1 within the call. */
  readonly attempt: number;
  /** Under which initialisation of the CRM, counted from 1, as in `bootRuns`; absent where the journal holds none before it. */
  readonly run?: number;
  /** By which version of the trunks' settings, counted from 1, with which the session started; absent while they were never changed. */
  readonly settings?: number;
  /** Over which trunk, by its configured id. */
  readonly trunkId: string;
  /** The called number's class: a configured route's name, or `national`, `international`, `emergency`, `all`. */
  readonly route: string;
  /** Who was called, as far as `privacy` allows; absent where the journal no longer holds the call's beginning. */
  readonly party?: KnownParty;
  /** Which number the callee was shown, as far as `privacy` allows; absent where the account is a name, not a number. */
  readonly caller?: CallerId;
  /** `Call-ID` and `From` tag as sent. */
  readonly sipCallId?: string;
  /** The `tag` of our `From` (RFC 3261 §19.3), for a carrier's traces; absent before the INVITE is made. */
  readonly fromTag?: string;
  /** Did the INVITE leave us? */
  readonly sent: boolean;
  /** SIP codes that came from the other side, in their order: none that our own stack made up. */
  readonly codes: readonly number[];
  /** What went over the wire, in order: a code is the peer's, a method ours. What only repeats is left out, and so is what was never heard. */
  readonly messages?: readonly { readonly atMs: number; readonly what: "INVITE" | "CANCEL" | "ACK" | number }[];
  /**
   * Who said what the outcome rests on. `inferred` where it rests on our own judgement, even if a code came after
   * it, as 487 does when we give up. Absent while it runs, and where the agent ended it.
   */
  readonly said?: Said;
  /** The answer's ITU-T Q.850 cause, and where it arose (RFC 8606 §4); absent where the peer gave none. */
  readonly q850?: { readonly value: number; readonly location?: CauseLocation };
  /** `Retry-After` of the final answer, s, as the peer sent it (RFC 3261 §20.33); absent where it sent none. */
  readonly retryAfterS?: number;
  /** True where a 603 says that the network blocked the call, not the callee (603+, ATIS-1000099); else absent. */
  readonly blockedByNetwork?: boolean;
  /** Only where the integrator allowed free text. */
  readonly text?: string;
  /** Class and row of the outcome table. */
  readonly class?: OutcomeClass;
  /** Which line of the table decided, e.g. `sip-503`, `q850-17`, `silence-edge-alive`; absent, as `class` is, while it runs. */
  readonly row?: string;
  /** From its start to its end, or to the answer, ms; absent while it runs. */
  readonly tookMs?: number;
  /** INVITE to the first answer that tells a state: not 100 (RFC 6076 §4.3.1). */
  readonly srdMs?: number;
  /** Post-dial delay: INVITE to the first 180 or 183, or to the 2xx where none came before (ITU-T E.721's post-selection delay, seen from here). */
  readonly pddMs?: number;
  /** The worst that the audio of the call it became was rated, of the two ways the worse; absent where nothing measured it. */
  readonly worstAudio?: Pick<AudioQuality, "mos" | "lossPercent" | "jitterMs">;
  /** We waited longer than the deadline allows: for what, how long in ms, and whether the edge gave a sign of life meanwhile. */
  readonly overdue?: { readonly awaited: "any-answer" | "ringing"; readonly waitedMs: number; readonly edgeAlive: boolean | "unknown" };
  /** Why we gave it up before its end was known; `hung-up`: the agent did. Absent where we did not. */
  readonly abandoned?: Facts["attempt:abandoned"]["because"];
  /** How one that was given up ended in truth; absent while that is not known. */
  readonly settled?: Facts["attempt:settled"]["how"];
}

export type Message = NonNullable<AttemptRecord["messages"]>[number];

type Draft = { -readonly [K in keyof AttemptRecord]: AttemptRecord[K] } & { codes: number[]; messages: Message[] };

/** @param parties who was called, by call. */
export function* attemptsOf(entries: readonly Entry[], parties: ReadonlyMap<string, KnownParty>, utc: WallClock): Sliced<AttemptRecord[]> {
  const drafts: Draft[] = [];
  const byCall = new Map<string, Draft[]>();
  const answered = new Map<string, Draft>();
  let run: number | undefined;
  const sleeps = yield* sleepsOf(entries);

  yield* forEachSliced(entries, (entry) => {
    if (entry.type === "boot:started") run = entry.run;
    if (entry.type === "audio:rated") return rate(answered.get(entry.callId), entry);
    if (!isOfAttempt(entry)) return;
    const { callId, attempt, trunkId, route, atMs } = entry;
    let ofCall = byCall.get(callId);
    if (!ofCall) byCall.set(callId, (ofCall = []));
    let draft = ofCall.find((each) => each.attempt === attempt);
    if (!draft) {
      const party = parties.get(callId);
      draft = {
        time: utc(atMs),
        startedMs: atMs,
        callId,
        attempt,
        ...(run !== undefined && { run }),
        trunkId,
        route,
        ...(party && { party }),
        sent: false,
        codes: [],
        messages: [],
      };
      ofCall.push(draft);
      drafts.push(draft);
    }
    write(draft, entry, sleeps);
    if (entry.type === "attempt:answered") answered.set(callId, draft);
  });
  return drafts;
}

function rate(draft: Draft | undefined, { trunkId, uplink, mos, lossPercent, jitterMs }: Entry<"audio:rated">): void {
  const heard = { mos, lossPercent, jitterMs };
  const worse = uplink && uplink.mos < mos ? uplink : heard;
  if (draft?.trunkId === trunkId && !(draft.worstAudio && draft.worstAudio.mos <= worse.mos)) {
    draft.worstAudio = { mos: worse.mos, lossPercent: worse.lossPercent, jitterMs: worse.jitterMs };
  }
}

type OfAttempt = Extract<Entry, { readonly attempt: number; readonly callId: string }>;

/** By its type's name: to ask each entry of a day for its fields takes longer than all else here. */
const isOfAttempt = (entry: Entry): entry is OfAttempt => entry.type.startsWith("attempt:");

function write(draft: Draft, entry: OfAttempt, sleeps: readonly Sleep[]): void {
  const say = (what: Message["what"]) => draft.messages.push({ atMs: entry.atMs, what });
  switch (entry.type) {
    case "attempt:started":
    case "attempt:sent":
      if (entry.type === "attempt:sent") {
        draft.sent = true;
        say("INVITE");
      } else if (entry.settings !== undefined) draft.settings = entry.settings;
      if (entry.sipCallId !== undefined) draft.sipCallId = entry.sipCallId;
      if (entry.fromTag !== undefined) draft.fromTag = entry.fromTag;
      return;
    case "attempt:presented":
      draft.caller = entry.caller;
      return;
    case "attempt:progressed": {
      const { code } = entry.answer;
      if (entry.times !== undefined) return;
      draft.sent = true;
      draft.codes.push(code);
      say(code);
      if (code > 100) draft.srdMs ??= entry.tookMs;
      if (code === 180 || code === 183) draft.pddMs ??= entry.tookMs;
      return;
    }
    case "attempt:answered": {
      const afterMs = answeredAfterMs(entry);
      draft.sent = true;
      if (afterMs !== undefined) {
        draft.srdMs ??= afterMs;
        draft.pddMs ??= afterMs;
      }
      draft.class = answeredOutcome.class;
      draft.row = answeredOutcome.row;
      draft.endedMs = entry.atMs;
      draft.tookMs = Math.round(awakeMs(sleeps, draft.startedMs, entry.atMs));
      say(entry.answer.code);
      say("ACK");
      return writeAnswer(draft, entry.answer);
    }
    case "attempt:ended":
      draft.class = entry.outcome.class;
      draft.row = entry.outcome.row;
      draft.endedMs = entry.atMs;
      draft.tookMs = entry.tookMs;
      if (entry.answer) writeAnswer(draft, entry.answer);
      if (entry.answer?.said === "peer") say(entry.answer.code);
      if (entry.outcome.class === "local") delete draft.said;
      else if (!entry.answer || !restsOnAnswer(entry.outcome.row)) draft.said = "inferred";
      return;
    case "attempt:overdue": {
      const { awaited, waitedMs, edgeAlive } = entry;
      draft.sent = true;
      draft.overdue = { awaited, waitedMs, edgeAlive };
      return;
    }
    case "attempt:redirected":
      draft.codes.push(entry.answer.code);
      say(entry.answer.code);
      return;
    case "attempt:abandoned":
      draft.abandoned = entry.because;
      // RFC 3261 §9.1: not before a provisional answer. On a flow that is lost it does not go out; when it does later nobody records.
      if (draft.codes.length > 0 && entry.because !== "flow-lost") say("CANCEL");
      return;
    case "attempt:settled":
      draft.settled = entry.how;
  }
}

/** Journals of before 0.1.0 call it `pddMs`. */
const answeredAfterMs = ({ tookMs, pddMs }: { readonly tookMs?: number; readonly pddMs?: number }) => tookMs ?? pddMs;

/** The other rows of the outcome tables are named after what we saw or missed, not after an answer. */
export const restsOnAnswer = (row: string) => /^(?:answered|sip-|q850-)/.test(row);

function writeAnswer(draft: Draft, { code, said, q850, retryAfterS, blockedByNetwork, text }: AnswerFact): void {
  draft.said = said;
  if (said === "inferred") return;
  draft.sent = true;
  draft.codes.push(code);
  if (q850) draft.q850 = q850;
  if (retryAfterS !== undefined) draft.retryAfterS = retryAfterS;
  if (blockedByNetwork) draft.blockedByNetwork = blockedByNetwork;
  if (text) draft.text = text;
}
