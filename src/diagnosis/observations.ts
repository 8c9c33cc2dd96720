/** One pass over a journal into what the detectors ask about. */
import type { Entry, Route } from "../journal.ts";
import type { Outcome } from "../outcome.ts";
import type { AnswerFact, StepFault } from "../journal.ts";

/** Something that happened, for the sentence and for its place in the journal. */
export interface Seen {
  readonly atMs: number;
  readonly seq: number;
}

export interface AttemptSeen extends Seen {
  readonly callId: string;
  readonly trunkId: string;
  readonly route: Route;
  /** Reached a phone, or a person's answer. */
  effective: boolean;
  outcome?: Outcome;
  answer?: AnswerFact;
  edgeAlive?: boolean | "unknown";
  endedMs?: number;
}

export interface TrunkSeen {
  readonly id: string;
  readonly carrier: string;
  ready: boolean;
  everReady: boolean;
  /** Socket lost, refused or fallen silent; not what we closed ourselves. */
  readonly losses: (Seen & { readonly wasOpen: boolean; readonly silent: boolean })[];
  /** Answered something: REGISTER, OPTIONS, an INVITE. */
  readonly proofs: number[];
  readonly refusals: (Seen & { readonly answer: AnswerFact | undefined })[];
}

export interface StageFault extends Seen {
  readonly stage: string;
  readonly run: number;
  readonly fault: StepFault;
}

export interface Observations {
  readonly trunks: ReadonlyMap<string, TrunkSeen>;
  readonly attempts: readonly AttemptSeen[];
  readonly stageFaults: readonly StageFault[];
  readonly bootsCompleted: readonly Seen[];
  readonly callsRefused: readonly (Seen & { readonly because: string; readonly error: string | undefined })[];
  readonly controlsAnswered: readonly Seen[];
  readonly controlsFailed: readonly Seen[];
  readonly offline: readonly Seen[];
  readonly credentialFaults: readonly (Seen & { readonly trunkId: string })[];
}

/** @param fromMs nothing before it is looked at, but what was ready then is known. */
export function observe(entries: readonly Entry[], fromMs = -Infinity, untilMs = Infinity): Observations {
  const trunks = new Map<string, TrunkSeen>();
  const attempts = new Map<string, AttemptSeen>();
  const found = {
    stageFaults: [] as StageFault[],
    bootsCompleted: [] as Seen[],
    callsRefused: [] as (Seen & { because: string; error: string | undefined })[],
    controlsAnswered: [] as Seen[],
    controlsFailed: [] as Seen[],
    offline: [] as Seen[],
    credentialFaults: [] as (Seen & { trunkId: string })[],
  };

  const trunkOf = (id: string): TrunkSeen => {
    let trunk = trunks.get(id);
    if (!trunk) trunks.set(id, (trunk = { id, carrier: id, ready: false, everReady: false, losses: [], proofs: [], refusals: [] }));
    return trunk;
  };
  const attemptOf = ({ callId, attempt, trunkId, route, atMs, seq }: Extract<Entry, { attempt: number; callId: string }>): AttemptSeen => {
    const key = `${callId}/${attempt}`;
    let seen = attempts.get(key);
    if (!seen) attempts.set(key, (seen = { callId, trunkId, route, atMs, seq, effective: false }));
    return seen;
  };

  for (const entry of entries) {
    const { atMs, seq } = entry;
    if (atMs > untilMs) break;
    const isIn = atMs >= fromMs;
    switch (entry.type) {
      case "session:started":
        for (const { id, carrier } of entry.trunks) trunks.set(id, { ...trunkOf(id), carrier });
        break;
      case "registration:changed": {
        const trunk = trunkOf(entry.trunkId);
        trunk.ready = entry.to === "registered" || entry.to === "refreshing";
        trunk.everReady ||= trunk.ready;
        if (isIn && entry.answer?.said === "peer") trunk.proofs.push(atMs);
        if (isIn && entry.to === "refused") trunk.refusals.push({ atMs, seq, answer: entry.answer });
        break;
      }
      case "flow:changed": {
        const silent = entry.to === "doubted";
        if (isIn && (entry.to === "waiting" || silent)) trunkOf(entry.trunkId).losses.push({ atMs, seq, wasOpen: entry.from !== "connecting", silent: silent || entry.end?.code === 1000 });
        break;
      }
      case "probe:answered":
        if (isIn) trunkOf(entry.trunkId).proofs.push(atMs);
        break;
      case "attempt:started":
        if (isIn) attemptOf(entry);
        break;
      case "attempt:progressed":
        if (!isIn) break;
        trunkOf(entry.trunkId).proofs.push(atMs);
        if (entry.answer.code > 100) attemptOf(entry).effective = true;
        break;
      case "attempt:answered":
        if (!isIn) break;
        trunkOf(entry.trunkId).proofs.push(atMs);
        attemptOf(entry).effective = true;
        break;
      case "attempt:overdue":
        if (isIn) attemptOf(entry).edgeAlive = entry.edgeAlive;
        break;
      case "attempt:ended": {
        if (!isIn) break;
        const seen = attemptOf(entry);
        Object.assign(seen, { outcome: entry.outcome, endedMs: atMs, ...(entry.answer && { answer: entry.answer }) });
        if (entry.outcome.class === "callee") seen.effective = true;
        break;
      }
      case "stage:failed":
        if (isIn && entry.critical && entry.final && entry.fault.kind !== "aborted") found.stageFaults.push({ atMs, seq, stage: entry.stage, run: entry.run, fault: entry.fault });
        break;
      case "stage:stalled":
        if (isIn) found.stageFaults.push({ atMs, seq, stage: entry.stage, run: entry.run, fault: { kind: "overdue" } });
        break;
      case "boot:completed":
        found.bootsCompleted.push({ atMs, seq });
        break;
      case "call:refused":
        if (isIn) found.callsRefused.push({ atMs, seq, because: entry.because, error: entry.error });
        break;
      case "control:answered":
        if (isIn) found.controlsAnswered.push({ atMs, seq });
        break;
      case "control:failed":
        if (isIn) found.controlsFailed.push({ atMs, seq });
        break;
      case "network:changed":
        if (isIn && !entry.online) found.offline.push({ atMs, seq });
        break;
      case "credentials:failed":
        if (isIn) found.credentialFaults.push({ atMs, seq, trunkId: entry.trunkId });
        break;
      default:
    }
  }
  return { trunks, attempts: [...attempts.values()], ...found };
}
