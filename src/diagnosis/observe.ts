/** One pass over a journal into observations, and the window through which an incident sees them. */
import type { Entry } from "../journal.ts";
import type { Outcome } from "../outcome.ts";
import type { AttemptEnd, AttemptSeen, AudioSeen, BootRun, Observations, Outage, Seen, StageTrouble, TrunkSeen } from "./observations.ts";

/** A wall clock that ran ahead by this much: the device slept, ms. */
const sleepMs = 10_000;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A trunk while the journal is read. */
interface TrunkDraft extends Omit<TrunkSeen, "provenMs" | "outages" | "refusals"> {
  readonly provenMs: number[];
  readonly outages: Mutable<Outage>[];
  readonly refusals: (Seen & { readonly code: number | undefined })[];
  /** Since when nothing was answered that should have been. */
  silentSince: Seen | undefined;
}

/** Reads `entries`, oldest first. */
export function observe(entries: readonly Entry[]): Observations {
  const trunks = new Map<string, TrunkDraft>();
  const attempts: AttemptSeen[] = [];
  const judged = new Set<string>();
  const stages = new Map<string, boolean>();
  const boots: Mutable<BootRun>[] = [];
  const stageTroubles: StageTrouble[] = [];
  /** Those of them that may yet pass. */
  const stalls: Mutable<StageTrouble>[] = [];
  const refusedCalls: Observations["refusedCalls"][number][] = [];
  const controls: Observations["controls"][number][] = [];
  const missingCredentials: Observations["missingCredentials"][number][] = [];
  const audio: AudioSeen[] = [];
  /** Calls whose ICE restart the peer has taken. */
  const restarted = new Set<string>();
  const forgottenCalls: Observations["forgottenCalls"][number][] = [];
  const offline: Seen[] = [];
  const sleeps: Seen[] = [];

  function trunkOf(id: string, carrier = id): TrunkDraft {
    let trunk = trunks.get(id);
    if (!trunk) trunks.set(id, (trunk = { id, carrier, provenMs: [], outages: [], refusals: [], silentSince: undefined }));
    return trunk;
  }

  /** The peer was heard: whatever outage there was is over. */
  function prove(id: string, atMs: number): void {
    const trunk = trunkOf(id);
    trunk.provenMs.push(atMs);
    trunk.silentSince = undefined;
    const outage = trunk.outages.at(-1);
    if (outage && outage.backMs === Infinity) outage.backMs = atMs;
  }

  function lose({ trunkId, from, end, seq, atMs }: Entry<"flow:changed">): void {
    const trunk = trunkOf(trunkId);
    // Tries that fail while it lasts are the same outage.
    if (trunk.outages.at(-1)?.backMs === Infinity) return;
    const since = trunk.silentSince ?? { seq, atMs };
    const how = trunk.silentSince ? "silent" : from !== "connecting" && end?.clean ? "closed" : "unreachable";
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

  function hear({ seq, atMs, callId, trunkId }: Extract<Entry, { callId: string; trunkId: string }>, end: AudioSeen["end"]): void {
    audio.push({ seq, atMs, callId, trunkId, carrier: trunkOf(trunkId).carrier, end });
  }

  for (const entry of entries) {
    const { seq, atMs } = entry;
    // What ends because we close is nobody's fault.
    if (entry.type === "session:closing") break;
    switch (entry.type) {
      case "session:started":
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
        if (critical && final && (fault.kind === "threw" || fault.kind === "overdue"))
          stageTroubles.push({ seq, atMs, stage, run, how: fault.kind === "overdue" ? "hung" : "failed", fault, passedMs: Infinity });
        break;
      }

      case "flow:changed":
        if (entry.to === "open") prove(entry.trunkId, atMs);
        else if (entry.to === "doubted") trunkOf(entry.trunkId).silentSince ??= { seq, atMs };
        else if (entry.to === "waiting") lose(entry);
        break;
      case "probe:unanswered":
        trunkOf(entry.trunkId).silentSince ??= { seq, atMs };
        break;
      case "probe:answered":
        prove(entry.trunkId, atMs);
        break;
      case "registration:changed":
        if (entry.answer?.said === "peer") prove(entry.trunkId, atMs);
        if (entry.to === "refused" || (entry.answer?.code ?? 0) >= 300)
          trunkOf(entry.trunkId).refusals.push({ seq, atMs, code: entry.answer?.said === "peer" ? entry.answer.code : undefined });
        break;
      case "credentials:failed":
        missingCredentials.push({ seq, atMs, trunkId: entry.trunkId });
        break;

      case "attempt:progressed":
        prove(entry.trunkId, atMs);
        judge(entry, entry.answer.code === 180 || entry.answer.code === 183 ? "carried" : undefined);
        break;
      case "attempt:answered":
        prove(entry.trunkId, atMs);
        judge(entry, "carried");
        break;
      case "attempt:overdue":
        if (entry.awaited === "ringing") judge(entry, "stalled");
        else if (entry.edgeAlive === true) judge(entry, "swallowed");
        else trunkOf(entry.trunkId).silentSince ??= { seq, atMs };
        break;
      case "attempt:ended":
        if (entry.answer?.said === "peer") prove(entry.trunkId, atMs);
        judge(entry, meaningOf(entry));
        break;

      case "audio:rated":
        hear(entry, entry.level);
        break;
      case "audio:given-up":
        restarted.delete(entry.callId);
        hear(entry, entry.isLocal ? "silent-here" : "none");
        break;
      case "audio:restarted":
        if (entry.answer?.said !== "peer") break;
        prove(entry.trunkId, atMs);
        if (entry.answer.code < 300) restarted.add(entry.callId);
        break;
      case "audio:restored":
        if (restarted.delete(entry.callId)) hear(entry, "mended");
        break;
      case "dialog:refreshed":
        if (entry.answer.said !== "peer") break;
        prove(entry.trunkId, atMs);
        if (entry.answer.code === 481) forgottenCalls.push({ seq, atMs, trunkId: entry.trunkId, carrier: trunkOf(entry.trunkId).carrier });
        break;

      case "call:refused":
        refusedCalls.push({ seq, atMs, because: entry.because, error: entry.error });
        break;
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

  return {
    trunks: [...trunks.values()],
    attempts,
    stageTroubles,
    boots,
    refusedCalls,
    controls,
    offline,
    sleeps,
    missingCredentials,
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
  const isIn = ({ atMs }: Seen) => atMs >= fromMs && atMs <= untilMs;
  const known = (atMs: number) => (atMs <= untilMs ? atMs : Infinity);
  return {
    trunks: seen.trunks.map(({ id, carrier, provenMs, outages, refusals }) => ({
      id,
      carrier,
      provenMs: provenMs.filter((atMs) => atMs <= untilMs),
      outages: outages
        .filter(({ lostMs, backMs }) => lostMs <= untilMs && backMs >= fromMs)
        .map((outage) => ({ ...outage, backMs: known(outage.backMs) })),
      refusals: refusals.filter(isIn),
    })),
    attempts: seen.attempts.filter(isIn),
    stageTroubles: seen.stageTroubles.filter((trouble) => isIn(trouble) && known(trouble.passedMs) === Infinity),
    boots: seen.boots.filter(({ atMs }) => atMs <= untilMs).map((boot) => ({ ...boot, completedMs: known(boot.completedMs) })),
    refusedCalls: seen.refusedCalls.filter(isIn),
    controls: seen.controls.filter(isIn),
    offline: seen.offline.filter(isIn),
    sleeps: seen.sleeps.filter(isIn),
    missingCredentials: seen.missingCredentials.filter(isIn),
    audio: seen.audio.filter(isIn),
    forgottenCalls: seen.forgottenCalls.filter(isIn),
  };
}

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
