/** One pass over a journal into observations, and the window through which an incident sees them. */
import type { Entry } from "../journal.ts";
import type { Outcome } from "../outcome.ts";
import {
  firstAfter,
  togetherMs,
  type AttemptEnd,
  type AttemptSeen,
  type AudioSeen,
  type BootRun,
  type Observations,
  type Outage,
  type Seen,
  type StageTrouble,
  type TrunkSeen,
} from "./observations.ts";

/** A wall clock that ran ahead by this much: the device slept, ms. */
const sleepMs = 10_000;

/** What the watch of the audio sees with its first sample was so at the answer, ms. */
const atAnswerMs = 3_000;

/** The checks that the SDK makes itself are parts of this stage: they tell nothing of the CRM's start-up. */
const ownStage = "linekeeper/";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * An outage is a blip when it is over this soon, none came near it, no other trunk was out meanwhile, and no call met it:
 * nobody was the worse for it, ms.
 */
const blipMs = 5_000;
const alonePerMs = 120_000;

/** What could not be read explains that no answer was heard within this time after it: repeats are told that late, ms. */
const unreadForMs = 60_000;

/** A trunk while the journal is read. */
interface TrunkDraft extends Omit<TrunkSeen, "provenMs" | "outages" | "blips" | "refusals" | "granted"> {
  granted: Seen | undefined;
  readonly provenMs: number[];
  readonly outages: Mutable<Outage>[];
  readonly refusals: (Seen & { readonly code: number | undefined })[];
  /** Since when nothing was answered that should have been. */
  silentSince: Seen | undefined;
  /** When the last message came that could not be read, ms. */
  unreadMs: number;
}

/** Reads `entries`, oldest first. */
export function observe(entries: readonly Entry[]): Observations {
  const trunks = new Map<string, TrunkDraft>();
  const attempts: AttemptSeen[] = [];
  const judged = new Set<string>();
  const stages = new Map<string, boolean>();
  /** Stages that are not critical, and may be parts of one that is. */
  const failedParts: Pick<StageTrouble, "run" | "stage" | "fault" | "atMs">[] = [];
  const boots: Mutable<BootRun>[] = [];
  const stageTroubles: StageTrouble[] = [];
  /** Those of them that may yet pass. */
  const stalls: Mutable<StageTrouble>[] = [];
  const refusedCalls: Observations["refusedCalls"][number][] = [];
  /** Calls whose number the CRM handed over. */
  const fromCrm = new Set<string>();
  const crmFailures: Observations["crmFailures"][number][] = [];
  const failedChecks: Observations["failedChecks"][number][] = [];
  const heardFromPages: Observations["heardFromPages"][number][] = [];
  const controls: Observations["controls"][number][] = [];
  const unreadAnswers: Observations["unreadAnswers"][number][] = [];
  const missingCredentials: Observations["missingCredentials"][number][] = [];
  const unknownDigests: Observations["unknownDigests"][number][] = [];
  const audio: AudioSeen[] = [];
  /** Calls whose ICE restart the peer has taken. */
  const restarted = new Set<string>();
  const forgottenCalls: Observations["forgottenCalls"][number][] = [];
  /** Calls that met the loss of a trunk's flow: they went on over another trunk, or fell with it. */
  const fallen: { readonly trunkId: string; readonly atMs: number }[] = [];
  const answeredOn = new Map<string, { readonly trunkId: string; readonly atMs: number }>();
  /** Calls whose microphone the system has muted since the answer: during a call an agent may do so with the headset. */
  const mutedThroughout = new Set<string>();
  const offline: Seen[] = [];
  const sleeps: Seen[] = [];

  function trunkOf(id: string, carrier = id): TrunkDraft {
    let trunk = trunks.get(id);
    if (!trunk)
      trunks.set(
        id,
        (trunk = { id, carrier, provenMs: [], outages: [], refusals: [], granted: undefined, silentSince: undefined, unreadMs: -Infinity }),
      );
    return trunk;
  }

  /** A customer's call failed on our audio. */
  function noteAudioNotOpened({ seq, atMs, error }: Entry<"call:ended" | "call:turned-away">): void {
    if (error !== undefined) refusedCalls.push({ seq, atMs, because: "media-failed", error, byCrm: false });
  }

  /** The peer was heard: whatever outage there was is over. */
  function prove(id: string, atMs: number): void {
    const { provenMs, outages, silentSince } = trunkOf(id);
    // What was counted is written later than it happened.
    const place = firstAfter(provenMs, atMs, (proven, limitMs) => proven <= limitMs);
    provenMs.splice(place, 0, atMs);
    if (silentSince && atMs < silentSince.atMs) return;
    trunkOf(id).silentSince = undefined;
    const outage = outages.at(-1);
    if (outage && outage.backMs === Infinity && atMs >= outage.lostMs) outage.backMs = atMs;
  }

  /** No answer was heard of this trunk; but then, what it said could not be read. */
  function isUnread({ trunkId, seq, atMs }: Seen & { readonly trunkId: string }): boolean {
    const isSo = atMs - trunkOf(trunkId).unreadMs <= unreadForMs;
    if (isSo) unreadAnswers.push({ seq, atMs, trunkId });
    return isSo;
  }

  function lose({ trunkId, from, end, seq, atMs }: Entry<"flow:changed">): void {
    const trunk = trunkOf(trunkId);
    // Tries that fail while it lasts are the same outage.
    if (trunk.outages.at(-1)?.backMs === Infinity) return;
    const since = trunk.silentSince ?? { seq, atMs };
    const how = trunk.silentSince
      ? isUnread({ ...since, trunkId })
        ? "unread"
        : "silent"
      : from !== "connecting" && end?.clean
        ? "closed"
        : "unreachable";
    trunk.outages.push({
      ...since,
      trunkId,
      carrier: trunk.carrier,
      aliveMs: trunk.provenMs.at(-1),
      lostMs: atMs,
      backMs: Infinity,
      how,
      code: end?.code,
    });
  }

  /** An INVITE is judged once: by the first entry that says what it came to. */
  function judge(entry: Extract<Entry, { attempt: number; callId: string }>, end: AttemptEnd | undefined): void {
    const key = `${entry.callId} ${entry.attempt}`;
    if (end === undefined || judged.has(key)) return;
    judged.add(key);
    const { seq, atMs, callId, trunkId, route } = entry;
    const answer = "answer" in entry && entry.answer?.said === "peer" ? entry.answer : undefined;
    attempts.push({
      seq,
      atMs,
      callId,
      trunkId,
      carrier: trunkOf(trunkId).carrier,
      route,
      end,
      ...(answer && { code: answer.code }),
      ...(answer?.q850 && { cause: answer.q850.value }),
    });
  }

  function hear(
    { seq, atMs, callId, trunkId }: Pick<AudioSeen, "seq" | "atMs" | "callId" | "trunkId">,
    end: AudioSeen["end"],
    how: Pick<AudioSeen, "direction" | "path"> = {},
  ): void {
    audio.push({ seq, atMs, callId, trunkId, carrier: trunkOf(trunkId).carrier, end, ...how });
  }

  /** The part that failed says more than the whole that failed by it. */
  function innermost(trouble: StageTrouble): StageTrouble {
    const isPart = ({ run, stage, atMs }: (typeof failedParts)[number]) =>
      run === trouble.run && stage.startsWith(`${trouble.stage}/`) && atMs <= trouble.atMs;
    const parts = failedParts.filter(isPart);
    const depth = Math.max(...parts.map(({ stage }) => stage.split("/").length));
    const part = parts.findLast(({ stage }) => stage.split("/").length === depth);
    return part ? { ...trouble, stage: part.stage, fault: part.fault } : trouble;
  }

  for (const entry of entries) {
    const { seq, atMs } = entry;
    // What ends because we close is nobody's fault.
    if (entry.type === "session:closing") break;
    switch (entry.type) {
      case "session:started":
      case "trunks:changed":
        for (const { id, carrier } of entry.trunks) trunkOf(id, carrier);
        break;

      case "boot:started":
        boots.push({ seq, atMs, run: entry.run, completedMs: Infinity });
        break;
      case "boot:completed": {
        const boot = boots.findLast(({ run }) => run === entry.run);
        // A stage that is run again later does not undo that the CRM had come up.
        if (boot) boot.completedMs = Math.min(boot.completedMs, atMs);
        break;
      }
      case "stage:started":
        stages.set(entry.stage, entry.critical);
        break;
      case "stage:stalled":
        if (stages.get(entry.stage) ?? true) {
          const stall = {
            seq,
            atMs,
            stage: entry.stage,
            run: entry.run,
            how: "hung" as const,
            fault: { kind: "overdue" as const },
            passedMs: Infinity,
          };
          stalls.push(stall);
          stageTroubles.push(stall);
        }
        break;
      case "stage:passed":
        for (const stall of stalls)
          if (stall.stage === entry.stage && stall.run === entry.run) stall.passedMs = Math.min(stall.passedMs, atMs);
        break;
      case "stage:failed": {
        const { stage, run, fault, critical, final } = entry;
        if (!final || (fault.kind !== "threw" && fault.kind !== "overdue")) break;
        if (stage.startsWith(ownStage)) {
          failedChecks.push({ seq, atMs, check: stage.slice(ownStage.length), fault });
          break;
        }
        const trouble = { seq, atMs, stage, run, how: fault.kind === "overdue" ? ("hung" as const) : ("failed" as const), fault };
        if (critical) stageTroubles.push({ ...trouble, passedMs: Infinity });
        // What never came to its first try only waited for another.
        else if (entry.attempt > 0) failedParts.push({ run, stage, fault, atMs });
        break;
      }

      case "flow:changed":
        if (entry.to === "open") prove(entry.trunkId, atMs);
        else if (entry.to === "doubted") trunkOf(entry.trunkId).silentSince ??= { seq, atMs };
        // A try without an end had no socket: the CRM gave no URL for it (`server:failed`).
        else if (entry.to === "waiting" && (entry.end || entry.from !== "connecting")) lose(entry);
        break;
      case "probe:unanswered":
        trunkOf(entry.trunkId).silentSince ??= { seq, atMs };
        break;
      case "probe:answered":
        for (const answeredMs of timesOf(entry)) prove(entry.trunkId, answeredMs);
        break;
      case "registration:changed":
        if (entry.answer?.said === "peer") prove(entry.trunkId, atMs);
        if (entry.to === "registered") trunkOf(entry.trunkId).granted ??= { seq, atMs };
        if (entry.to === "refused" || ((entry.answer?.code ?? 0) >= 300 && (entry.answer?.said === "peer" || !isUnread(entry))))
          trunkOf(entry.trunkId).refusals.push({ seq, atMs, code: entry.answer?.said === "peer" ? entry.answer.code : undefined });
        break;
      case "frame:discarded":
        if (entry.fault === "malformed") trunkOf(entry.trunkId).unreadMs = entry.lastMs ?? atMs;
        break;
      // A token in the URL is a credential.
      case "server:failed":
        missingCredentials.push({ seq, atMs, trunkId: entry.trunkId });
        break;
      case "credentials:failed":
        (entry.error === "UnsupportedDigest" ? unknownDigests : missingCredentials).push({ seq, atMs, trunkId: entry.trunkId });
        break;

      case "attempt:progressed":
        // Repeats, told together: each of them proved no more than the first.
        if (entry.times !== undefined) break;
        prove(entry.trunkId, atMs);
        judge(entry, entry.answer.code === 180 || entry.answer.code === 183 ? "carried" : undefined);
        break;
      case "attempt:answered":
        prove(entry.trunkId, atMs);
        judge(entry, "carried");
        break;
      case "attempt:overdue":
        if (isUnread(entry)) break;
        if (entry.awaited === "ringing") judge(entry, "stalled");
        else if (entry.edgeAlive === true) judge(entry, "swallowed");
        else trunkOf(entry.trunkId).silentSince ??= { seq, atMs };
        break;
      case "attempt:ended":
        if (entry.answer?.said === "peer") prove(entry.trunkId, atMs);
        judge(entry, meaningOf(entry));
        if (entry.outcome.class === "network" && entry.answer?.said !== "peer") fallen.push({ trunkId: entry.trunkId, atMs });
        break;

      case "audio:rated":
        hear(entry, entry.level === "poor" && entry.uplink && entry.uplink.mos < entry.mos ? "poor-uplink" : entry.level);
        break;
      case "audio:given-up": {
        const { direction, path } = entry;
        restarted.delete(entry.callId);
        hear(entry, entry.isLocal ? "silent-here" : "none", { direction, ...(path && { path }) });
        break;
      }
      case "audio:restarted":
      case "audio:renewed":
        if (entry.answer?.said !== "peer") break;
        prove(entry.trunkId, atMs);
        if (entry.answer.code < 300) restarted.add(entry.callId);
        break;
      case "audio:restored":
        if (entry.path?.localAddressChanged) hear(entry, "moved-here");
        else if (entry.path?.remotePortChanged) hear(entry, "moved-there");
        else if (restarted.has(entry.callId)) hear(entry, "mended");
        restarted.delete(entry.callId);
        break;
      case "microphone:changed":
        if (entry.to === "muted" && atMs - (answeredOn.get(entry.callId)?.atMs ?? -Infinity) <= atAnswerMs)
          mutedThroughout.add(entry.callId);
        else mutedThroughout.delete(entry.callId);
        break;
      case "dialog:refreshed":
        if (entry.answer.said !== "peer") break;
        prove(entry.trunkId, atMs);
        if (entry.answer.code === 481) forgottenCalls.push({ seq, atMs, trunkId: entry.trunkId, carrier: trunkOf(entry.trunkId).carrier });
        break;

      case "call:refused":
        refusedCalls.push({ seq, atMs, because: entry.because, error: entry.error, byCrm: fromCrm.has(entry.callId) });
        break;
      case "call:turned-away":
        noteAudioNotOpened(entry);
        break;
      case "call:placed":
        if (entry.by === "click-to-dial") fromCrm.add(entry.callId);
        break;
      case "crm:failed":
        crmFailures.push({ seq, atMs, what: entry.what, fault: entry.fault });
        break;
      case "health:heard":
        if (entry.from === "tab") heardFromPages.push({ seq, atMs, trunkId: entry.trunkId });
        break;
      case "call:answered":
        answeredOn.set(entry.callId, { trunkId: entry.trunkId, atMs });
        break;
      case "call:ended": {
        noteAudioNotOpened(entry);
        const { trunkId } = answeredOn.get(entry.callId) ?? {};
        if (mutedThroughout.delete(entry.callId) && trunkId !== undefined) hear({ seq, atMs, callId: entry.callId, trunkId }, "muted-here");
        if (entry.end === "flow-lost" && trunkId !== undefined) fallen.push({ trunkId, atMs });
        answeredOn.delete(entry.callId);
        break;
      }
      case "control:answered":
        controls.push({ seq, atMs, reached: true, well: true });
        break;
      case "control:failed":
        controls.push({ seq, atMs, reached: entry.fault.httpStatus !== undefined, well: false });
        break;
      case "network:changed":
        if (!entry.online) offline.push({ seq, atMs });
        break;
      case "clock:jumped":
        if (entry.byMs >= sleepMs) sleeps.push({ seq, atMs });
        break;
      default:
    }
  }

  const allOutages = [...trunks.values()].flatMap(({ outages }) => outages);
  const isNear = (other: Outage, outage: Outage) =>
    other.trunkId === outage.trunkId
      ? Math.abs(other.atMs - outage.atMs) < alonePerMs
      : other.atMs <= outage.backMs + togetherMs && outage.atMs <= other.backMs + togetherMs;
  const isBlip = (outage: Outage) =>
    outage.backMs - outage.atMs < blipMs &&
    !allOutages.some((other) => other !== outage && isNear(other, outage)) &&
    !fallen.some((call) => call.trunkId === outage.trunkId && call.atMs >= outage.atMs - blipMs && call.atMs <= outage.backMs + blipMs);

  return {
    trunks: [...trunks.values()].map((trunk) => {
      const blips = trunk.outages.filter(isBlip);
      return { ...trunk, blips, outages: trunk.outages.filter((outage) => !blips.includes(outage)) };
    }),
    attempts,
    earlierAttempts: [],
    stageTroubles: stageTroubles.map(innermost),
    boots,
    refusedCalls,
    crmFailures,
    failedChecks,
    heardFromPages,
    controls,
    offline,
    sleeps,
    unreadAnswers,
    missingCredentials,
    unknownDigests,
    audio,
    forgottenCalls,
  };
}

/**
 * The same, seen through a window of time.
 * @param fromMs what happened before is known (a trunk that is down, a CRM that has come up) but not cited.
 * @param untilMs what happens after is not known.
 */
export function windowOf(seen: Observations, fromMs: number, untilMs: number): Observations {
  const within = <T extends Seen>(all: readonly T[]) => all.slice(firstAfter(all, fromMs, isBefore), firstAfter(all, untilMs, isUpTo));
  const known = (atMs: number) => (atMs <= untilMs ? atMs : Infinity);
  // An outage that reaches into the window brings along those beside it: without them it would seem to be one carrier's alone.
  const reaching = seen.trunks.flatMap(({ outages }) => outages).filter(({ lostMs, backMs }) => lostMs <= untilMs && backMs >= fromMs);
  const outSinceMs = Math.min(fromMs, ...reaching.map(({ atMs }) => atMs));
  return {
    trunks: seen.trunks.map(({ id, carrier, granted, provenMs, outages, blips, refusals }) => ({
      blips,
      id,
      carrier,
      granted: granted && granted.atMs <= untilMs ? granted : undefined,
      provenMs: provenMs.slice(
        0,
        firstAfter(provenMs, untilMs, (atMs, limitMs) => atMs <= limitMs),
      ),
      outages: outages
        .filter(({ lostMs, backMs }) => lostMs <= untilMs && backMs >= outSinceMs)
        .map((outage) => ({ ...outage, backMs: known(outage.backMs) })),
      refusals: within(refusals),
    })),
    attempts: within(seen.attempts),
    earlierAttempts: seen.attempts.slice(0, firstAfter(seen.attempts, fromMs, isBefore)),
    stageTroubles: within(seen.stageTroubles).filter((trouble) => known(trouble.passedMs) === Infinity),
    boots: seen.boots.filter(({ atMs }) => atMs <= untilMs).map((boot) => ({ ...boot, completedMs: known(boot.completedMs) })),
    refusedCalls: within(seen.refusedCalls),
    crmFailures: within(seen.crmFailures),
    failedChecks: within(seen.failedChecks),
    heardFromPages: within(seen.heardFromPages),
    controls: within(seen.controls),
    offline: within(seen.offline),
    sleeps: within(seen.sleeps),
    unreadAnswers: within(seen.unreadAnswers),
    missingCredentials: within(seen.missingCredentials),
    unknownDigests: within(seen.unknownDigests),
    audio: within(seen.audio),
    forgottenCalls: within(seen.forgottenCalls),
  };
}

/** When the probes were answered that one entry tells of: they are sent at an even pace. */
function timesOf({ atMs, times = 1, fromMs = atMs, untilMs = atMs }: Entry<"probe:answered">): readonly number[] {
  const paceMs = times > 1 ? (untilMs - fromMs) / (times - 1) : 0;
  return Array.from({ length: times }, (_, index) => untilMs - paceMs * (times - 1 - index));
}

const isBefore = ({ atMs }: Seen, limitMs: number) => atMs < limitMs;
const isUpTo = ({ atMs }: Seen, limitMs: number) => atMs <= limitMs;

/** What the end of an attempt says of somebody; a response that our own stack made up says nothing of the peer. */
function meaningOf({ outcome, answer }: Entry<"attempt:ended">): AttemptEnd | undefined {
  // The far end being out of order (Q.850 27) speaks of neither side.
  if (answer?.said !== "peer" || outcome.row === "q850-27") return undefined;
  return ends[outcome.class]?.(outcome);
}

const ends: Partial<Record<Outcome["class"], (outcome: Outcome) => AttemptEnd>> = {
  answered: () => "carried",
  callee: () => "callee",
  caller: ({ row }) => (row === "sip-401" || row === "sip-407" ? "account-refused" : "caller-refused"),
  // A plain 5xx names no cause: a route's fault, or the whole edge's.
  carrier: ({ row }) => (/^sip-(500|503|5xx)$/.test(row) ? "edge-refused" : "route-refused"),
  network: () => "route-refused",
};
