/** States as stretches of time: the lanes of the report's picture. */
import type { Entry, StepFault, TrunkFact } from "../journal.ts";
import type { Plane } from "../ports/shared-health.ts";
import { forEachSliced, type Sliced } from "../slices.ts";
import type { BreakerState, FlowState, RegistrationState } from "../states.ts";

/** From one moment to another, cut to the report's window where it is a lane's. */
export interface Stretch {
  /** ms since the session's start, monotonic. */
  readonly fromMs: number;
  /** In the same way; of what goes on, the report's end. */
  readonly toMs: number;
}

/** `because`: the SIP code, the socket's close code or the breaker's reason that led into the state. */
export interface StateSpan<State extends string> extends Stretch {
  /** One of its machine's states, unchanged for the whole span. */
  readonly state: State;
  /** Absent where nothing was said, and of the state from before the first change. */
  readonly because?: string;
}

/** One trunk over the time of the report. */
export interface TrunkLane extends TrunkFact {
  /** Of the WebSocket to its edge; `closed` before the first. */
  readonly flow: readonly StateSpan<FlowState>[];
  /** Of our binding at its registrar (RFC 3261 §10); `none` before the first. */
  readonly registration: readonly StateSpan<RegistrationState>[];
  /** One for each route and plane that ever changed; without one it was `closed` throughout. */
  readonly breakers: readonly { readonly route: string; readonly plane: Plane; readonly spans: readonly StateSpan<BreakerState>[] }[];
}

/** One try of one stage. */
export interface StageTry extends Stretch {
  /** The CRM's own name for it; of a part, `stage/part`. */
  readonly stage: string;
  /** Counts from 1 within the run. */
  readonly attempt: number;
  /** No call goes out before it has passed, but for an emergency. */
  readonly critical: boolean;
  /** `running`: had not ended by the report's end, or was given up with its run. */
  readonly result: "passed" | "failed" | "running";
  /** True once it has run for half its timeout. */
  readonly stalled: boolean;
  /** How it failed; present where `result` is `failed`, and only there. */
  readonly fault?: StepFault;
}

/** One (re-)initialisation of the CRM. */
export interface BootRun extends Stretch {
  /** Counts from 1 within the session. */
  readonly run: number;
  /** No critical stage was missing any more. */
  readonly completed: boolean;
  /** Each try of each stage, in the order in which they began. */
  readonly stages: readonly StageTry[];
}

/** Do they share a moment? Borders count. */
export function overlaps(a: Stretch, b: Stretch): boolean {
  return a.fromMs <= b.toMs && b.fromMs <= a.toMs;
}

interface Change<State extends string> {
  readonly atMs: number;
  readonly from: State;
  readonly to: State;
  readonly because?: string | undefined;
}

/** @param window what lies outside is cut off. */
function spansOf<State extends string>(changes: readonly Change<State>[], initial: State, window: Stretch): StateSpan<State>[] {
  const first = { atMs: -Infinity, to: changes[0]?.from ?? initial, because: undefined };
  const starts = [first, ...changes];
  return starts.flatMap(({ atMs, to, because }, index) => {
    const fromMs = Math.max(atMs, window.fromMs);
    const toMs = Math.min(starts[index + 1]?.atMs ?? Infinity, window.toMs);
    return toMs > fromMs ? [{ state: to, fromMs, toMs, ...(because !== undefined && { because }) }] : [];
  });
}

/** Not asked by `in`, which takes longer than all else here. */
type OfNoneOrTrunk = Pick<Entry, "atMs"> & { readonly trunkId?: string };

/** One lane per trunk, in the order of the configuration; trunks that only entries know come after. */
export function* trunkLanesOf(entries: readonly Entry[], window: Stretch): Sliced<TrunkLane[]> {
  const known = new Map<string, TrunkFact>();
  yield* forEachSliced(entries, (entry) => {
    if (entry.type === "session:started" || entry.type === "trunks:changed")
      for (const { id, carrier, host } of entry.trunks) known.set(id, { id, carrier, host });
    const { trunkId: id }: OfNoneOrTrunk = entry;
    if (id !== undefined && !known.has(id)) known.set(id, { id, carrier: "", host: "" });
  });
  const changed = yield* changesOf(entries);
  return [...known.values()].map((trunk) => {
    const { flow, registration, breakers } = changed.get(trunk.id) ?? unchanged();
    return {
      ...trunk,
      flow: spansOf(flow, "closed", window),
      registration: spansOf(registration, "none", window),
      breakers: [...breakers.values()].map(({ route, plane, changes }) => ({ route, plane, spans: spansOf(changes, "closed", window) })),
    };
  });
}

interface Changes {
  readonly flow: Change<FlowState>[];
  readonly registration: Change<RegistrationState>[];
  readonly breakers: Map<string, { readonly route: string; readonly plane: Plane; readonly changes: Change<BreakerState>[] }>;
}

const unchanged = (): Changes => ({ flow: [], registration: [], breakers: new Map() });

/** By trunk, in one go through the journal however many there are. */
function* changesOf(entries: readonly Entry[]): Sliced<ReadonlyMap<string, Changes>> {
  const byTrunk = new Map<string, Changes>();
  yield* forEachSliced(entries, (entry) => {
    if (entry.type !== "flow:changed" && entry.type !== "registration:changed" && entry.type !== "breaker:changed") return;
    const own = byTrunk.get(entry.trunkId) ?? unchanged();
    byTrunk.set(entry.trunkId, own);
    if (entry.type === "flow:changed") own.flow.push({ ...entry, because: entry.end && `${entry.end.code}` });
    else if (entry.type === "registration:changed") own.registration.push({ ...entry, because: entry.answer && `${entry.answer.code}` });
    else {
      const { route, plane } = entry;
      const key = `${plane} ${route}`;
      const breaker = own.breakers.get(key) ?? { route, plane, changes: [] };
      own.breakers.set(key, breaker);
      breaker.changes.push(entry);
    }
  });
  return byTrunk;
}

type Draft<T> = { -readonly [K in keyof T]: T[K] };

type OfBoot = Extract<Entry, { readonly run: number }>;

const isOfBoot = (entry: Entry): entry is OfBoot => entry.type.startsWith("stage:") || entry.type.startsWith("boot:");

/** Every run of the CRM's initialisation that touches the window, with its stages' tries. */
export function* bootRunsOf(entries: readonly Entry[], window: Stretch): Sliced<BootRun[]> {
  const runs = new Map<number, Omit<Draft<BootRun>, "stages"> & { stages: Draft<StageTry>[] }>();
  const tries = new Map<string, Draft<StageTry>>();
  yield* forEachSliced(entries, (entry) => {
    if (!isOfBoot(entry)) return;
    const { atMs } = entry;
    let run = runs.get(entry.run);
    if (!run) runs.set(entry.run, (run = { run: entry.run, fromMs: atMs, toMs: atMs, completed: false, stages: [] }));
    run.toMs = atMs;
    if (entry.type === "boot:completed") run.completed = true;
    if (!("stage" in entry)) return;

    const { stage, attempt } = entry;
    const key = `${entry.run} ${attempt} ${stage}`;
    let tried = tries.get(key);
    if (!tried) {
      const critical = "critical" in entry && entry.critical;
      tried = { stage, attempt, critical, fromMs: atMs, toMs: window.toMs, result: "running", stalled: false };
      tries.set(key, tried);
      run.stages.push(tried);
    }
    if (entry.type === "stage:stalled") tried.stalled = true;
    if (entry.type === "stage:passed") Object.assign(tried, { toMs: atMs, result: "passed" });
    if (entry.type === "stage:failed") Object.assign(tried, { toMs: atMs, result: "failed", fault: entry.fault });
  });
  const ordered = [...runs.values()];
  return ordered
    .map((run, index) => {
      // What the next run found unfinished was given up with it.
      const untilMs = ordered[index + 1]?.fromMs ?? window.toMs;
      const stages = run.stages.map((tried) =>
        tried.result === "running" ? { ...tried, toMs: Math.max(tried.fromMs, Math.min(untilMs, window.toMs)) } : tried,
      );
      return { ...run, stages, toMs: Math.max(run.toMs, ...stages.map(({ toMs }) => toMs)) };
    })
    .filter((run) => overlaps(run, window));
}
