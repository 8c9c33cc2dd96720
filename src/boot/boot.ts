/** The CRM's initialisation on record: named stages, with timeouts, retries and what each depends on. */
import type { Journal } from "../journal.ts";
import { LinekeeperError } from "../errors.ts";
import { step, type OnViolation } from "../machine.ts";
import type { Clock, Random } from "../ports.ts";
import { stageTable, type StageEvent, type StageState } from "../states.ts";
import { faultOf } from "./fault.ts";
import { withRetries } from "./retry.ts";

/** What a stage's function is given. */
export interface StageContext {
  /** Aborts when the stage is overdue or given up. */
  readonly signal: AbortSignal;
  /** Counts from 1. */
  readonly attempt: number;
}

export interface StageOptions {
  /** How long one try may take, in ms. Default 15 000. */
  readonly timeoutMs?: number;
  /** Tries after the first. Default 0. */
  readonly retries?: number;
  /** Stages of this run that must have passed before. */
  readonly dependsOn?: readonly string[];
  /** Calls are refused until it has passed. Default true. */
  readonly critical?: boolean;
}

/** A stage as a UI may show it. */
export interface StageProgress {
  readonly stage: string;
  readonly state: StageState;
  readonly critical: boolean;
}

export interface Boot {
  /**
   * Runs a step of the CRM's start-up on record.
   * @returns what `run` returned.
   * @throws what `run` threw last, or LinekeeperError `stage-overdue`, `stage-blocked`, `stage-aborted`.
   */
  stage<T>(name: string, run: (context: StageContext) => T | Promise<T>, options?: StageOptions): Promise<T>;
  /** The CRM re-initialises: what still runs is aborted, and all stages are to be run anew. */
  restart(): void;
  /** The stages of this run, in the order in which they were first named. */
  readonly progress: readonly StageProgress[];
}

/** What the facade may do besides. */
export interface OwnedBoot extends Boot {
  /** The first critical stage that has not passed; undefined when calls may go out. */
  incompleteStage(): string | undefined;
  close(): void;
}

interface BootPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly journal: Journal;
  readonly privacy: { readonly errorMessages: boolean };
  readonly onViolation: OnViolation;
}

interface Stage {
  readonly name: string;
  readonly critical: boolean;
  state: StageState;
  readonly settled: Promise<boolean>;
}

/** One initialisation of the CRM. */
interface Run {
  readonly number: number;
  readonly startedMs: number;
  readonly stages: Map<string, Stage>;
  readonly over: AbortController;
  completed: boolean;
}

const defaultTimeoutMs = 15_000;

export function createBoot({ clock, random, journal, privacy, onViolation }: BootPorts): OwnedBoot {
  let run: Run | undefined;

  function begin(): Run {
    const number = (run?.number ?? 0) + 1;
    journal.append("boot:started", { run: number });
    return (run = { number, startedMs: clock.nowMs(), stages: new Map(), over: new AbortController(), completed: false });
  }

  function abort(why: string): void {
    run?.over.abort(new LinekeeperError("stage-aborted", `the initialisation was ${why}`));
  }

  async function runStage<T>(name: string, task: (context: StageContext) => T | Promise<T>, options: StageOptions = {}): Promise<T> {
    const mine = run ?? begin();
    const { timeoutMs = defaultTimeoutMs, retries = 0, dependsOn = [], critical = true } = options;
    let settle: (passed: boolean) => void = () => {};
    const entry: Stage = { name, critical, state: "waiting", settled: new Promise((resolve) => (settle = resolve)) };
    mine.stages.set(name, entry);
    const of = { stage: name, run: mine.number };
    const startedMs = clock.nowMs();
    const failed = (error: unknown, attempt: number, tookMs: number, final: boolean) => {
      move(entry, final ? "fail" : "fault");
      journal.append("stage:failed", { ...of, attempt, tookMs: Math.round(tookMs), critical, fault: faultOf(error, privacy), final });
    };
    try {
      await dependencies(mine, name, dependsOn);
    } catch (error) {
      failed(error, 0, clock.nowMs() - startedMs, true);
      settle(false);
      throw error;
    }
    let attemptMs = 0;
    try {
      const result = await withRetries(
        (attempt) => {
          attemptMs = clock.nowMs();
          return once(attempt);
        },
        { retries, signal: mine.over.signal, clock, random, onFailed: (error, attempt, final) => failed(error, attempt, clock.nowMs() - attemptMs, final) },
      );
      settle(true);
      complete(mine);
      return result;
    } catch (error) {
      // Aborted between two tries, or while one ran: no try was told of as the last one.
      if (entry.state !== "failed") failed(error, 0, clock.nowMs() - startedMs, true);
      settle(false);
      throw error;
    }

    async function once(attempt: number): Promise<T> {
      move(entry, "start");
      journal.append("stage:started", { ...of, attempt, critical });
      const result = await withinMs(timeoutMs, mine.over.signal, () => journal.append("stage:stalled", { ...of, attempt, waitedMs: Math.round(timeoutMs / 2) }), name, (signal) => task({ signal, attempt }));
      move(entry, "pass");
      journal.append("stage:passed", { ...of, attempt, tookMs: Math.round(clock.nowMs() - attemptMs) });
      return result;
    }
  }

  function move(entry: Stage, event: StageEvent): void {
    entry.state = step("boot stage", stageTable, entry.state, event, onViolation) ?? entry.state;
  }

  /** @throws LinekeeperError `stage-blocked` */
  async function dependencies({ stages, over }: Run, name: string, dependsOn: readonly string[]): Promise<void> {
    for (const needed of dependsOn) {
      const before = stages.get(needed);
      const passed = before && (await Promise.race([before.settled, aborted(over.signal)]));
      if (!passed) throw new LinekeeperError("stage-blocked", `stage "${name}" needs "${needed}", which ${before ? "failed" : "was not run"}`);
    }
  }

  /** Runs `task` within its time. A hang shows at half of it, and ends it even when `task` ignores its signal. */
  async function withinMs<T>(timeoutMs: number, over: AbortSignal, onStalled: () => void, name: string, task: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
    const own = new AbortController();
    const signal = AbortSignal.any([own.signal, over]);
    const cancelStall = clock.setTimer(onStalled, timeoutMs / 2);
    const cancelTimeout = clock.setTimer(() => own.abort(new LinekeeperError("stage-overdue", `stage "${name}" did not end within ${timeoutMs} ms`)), timeoutMs);
    try {
      return await Promise.race([Promise.resolve(signal).then(task), aborted(signal)]);
    } finally {
      cancelStall();
      cancelTimeout();
    }
  }

  function complete(mine: Run): void {
    if (mine.completed || mine !== run || incompleteStage() !== undefined) return;
    mine.completed = true;
    journal.append("boot:completed", { run: mine.number, tookMs: Math.round(clock.nowMs() - mine.startedMs) });
  }

  function incompleteStage(): string | undefined {
    for (const { name, critical, state } of run?.stages.values() ?? []) if (critical && state !== "passed") return name;
    return undefined;
  }

  return {
    stage(name, task, options) {
      const result = runStage(name, task, options);
      // On record already: a CRM that does not wait for a stage must not be shown an unhandled rejection.
      result.catch(() => {});
      return result;
    },
    restart() {
      abort("restarted");
      begin();
    },
    get progress() {
      return [...(run?.stages.values() ?? [])].map(({ name, state, critical }) => ({ stage: name, state, critical }));
    },
    incompleteStage,
    close: () => abort("closed"),
  };
}

/** Rejects with the signal's reason once it aborts. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    else signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}
