/** One named step of the CRM's initialisation, run on record: a hang is as visible as a failure. */
import type { Clock, Random } from "../clock.ts";
import { LinekeeperError } from "../errors.ts";
import type { Journal } from "../journal.ts";
import { step, type OnViolation } from "../machine.ts";
import { anyOf, whenAborted } from "../platform.ts";
import { stageTable, type StageEvent, type StageState } from "../states.ts";
import { faultOf } from "./fault.ts";

/** What a stage's function is given. */
export interface StageContext {
  /** Aborts when this try is overdue, or the initialisation is given up. */
  readonly signal: AbortSignal;
  /** Counts from 1. */
  readonly attempt: number;
  /**
   * Runs a part of this step on record, as `Boot.stage` does. It is named `this/name`, needs its siblings, and is
   * given up with this try; what its failure means for the start-up is this step's to say.
   */
  readonly stage: <T>(name: string, task: StageTask<T>, options?: Omit<StageOptions, "critical">) => Promise<T>;
}

/** How a stage is run: how long, how often, after what, and whether calls wait for it. */
export interface StageOptions {
  /** How long one try may take, in ms. Default 15 000. */
  readonly timeoutMs?: number;
  /** Tries after the first. Default 0. */
  readonly retries?: number;
  /** Stages, begun before this one in the same run, that must pass first. */
  readonly dependsOn?: readonly string[];
  /** Calls are refused until it has passed. Default true. */
  readonly critical?: boolean;
}

/** A step of the CRM's own. */
export type StageTask<T> = (context: StageContext) => T | Promise<T>;

export interface StagePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly journal: Journal;
  readonly privacy: { readonly errorMessages: boolean };
  readonly onViolation: OnViolation;
}

/** What is to be run, nothing left open. */
export interface StagePlan {
  readonly name: string;
  /** Which initialisation it belongs to; counts from 1. */
  readonly run: number;
  /** Aborts when that initialisation is given up. */
  readonly over: AbortSignal;
  /** How long one try may take, in ms. */
  readonly timeoutMs: number;
  /** Tries after the first. */
  readonly retries: number;
  /** Stages that must pass first, by name; undefined where no such stage was begun. */
  readonly needs: ReadonlyMap<string, Stage | undefined>;
  readonly critical: boolean;
  /** What runs its parts, given up with `signal`. */
  readonly nest: (signal: AbortSignal) => StageContext["stage"];
}

export interface Stage {
  readonly name: string;
  readonly critical: boolean;
  readonly state: StageState;
  /** This try has run for half its timeout. */
  readonly stalled: boolean;
  /** Resolves, never rejects, once it has ended: to whether it passed. */
  readonly passed: Promise<boolean>;
}

/** Begins `task` on record. @returns the stage, and what comes of it. */
export function beginStage<T>(
  task: StageTask<T>,
  plan: StagePlan,
  ports: StagePorts,
): { readonly stage: Stage; readonly result: Promise<T> } {
  const { clock, random, journal, privacy, onViolation } = ports;
  const { name, run, over, timeoutMs, retries, needs, critical, nest } = plan;
  let state: StageState = "waiting";
  let attempt = 0;
  let sinceMs = clock.nowMs();
  let stalled = false;

  const of = () => ({ stage: name, run, attempt });
  const tookMs = () => Math.round(clock.nowMs() - sinceMs);

  function move(event: StageEvent): void {
    state = step("boot stage", stageTable, state, event, onViolation) ?? state;
  }

  function failed(error: unknown, final: boolean): void {
    move(final ? "fail" : "fault");
    journal.append("stage:failed", { ...of(), tookMs: tookMs(), critical, fault: faultOf(error, privacy), final });
  }

  async function execute(): Promise<T> {
    try {
      await needed();
      const first = once(1);
      const again = retries > 0 && !(await settlesWell(first)) ? await orAborted(loadRetry(), over) : undefined;
      const tryOf = (number: number) => (number === 1 ? first : once(number));
      return await (again?.withRetries(tryOf, { retries, signal: over, clock, random, onFailed: failed }) ?? first);
    } catch (error) {
      // Blocked, the only try, or given up between two: none was told of as the last one.
      if (state !== "failed") failed(error, true);
      throw error;
    }
  }

  /** @throws LinekeeperError `stage-blocked` */
  async function needed(): Promise<void> {
    for (const [need, stage] of needs) {
      if (await orAborted(stage?.passed ?? false, over)) continue;
      throw new LinekeeperError("stage-blocked", `stage "${name}" needs "${need}", which ${stage ? "failed" : "was not begun before it"}`);
    }
    over.throwIfAborted();
  }

  async function once(number: number): Promise<T> {
    attempt = number;
    sinceMs = clock.nowMs();
    move("start");
    journal.append("stage:started", { ...of(), critical });
    const result = await inTime();
    move("pass");
    journal.append("stage:passed", { ...of(), tookMs: tookMs() });
    return result;
  }

  /** Ends at the timeout even when `task` ignores its signal. */
  async function inTime(): Promise<T> {
    const overdue = new AbortController();
    const signal = anyOf(overdue.signal, over);
    const cancelStall = clock.setTimer(() => {
      stalled = true;
      journal.append("stage:stalled", { ...of(), waitedMs: tookMs() });
    }, timeoutMs / 2);
    const cancelTimeout = clock.setTimer(
      () => overdue.abort(new LinekeeperError("stage-overdue", `stage "${name}" did not end within ${timeoutMs} ms`)),
      timeoutMs,
    );
    try {
      return await orAborted(Promise.resolve({ signal, attempt, stage: nest(signal) }).then(task), signal);
    } finally {
      stalled = false;
      cancelStall();
      cancelTimeout();
    }
  }

  const result = execute();
  // Handled here, so that a CRM that waits for no stage is not shown an unhandled rejection: it is on record.
  const passed = settlesWell(result);
  return {
    result,
    stage: {
      name,
      critical,
      get state() {
        return state;
      },
      get stalled() {
        return stalled;
      },
      passed,
    },
  };
}

const settlesWell = (promise: Promise<unknown>): Promise<boolean> =>
  promise.then(
    () => true,
    () => false,
  );

/** Loaded beside the softphone, while the page's own scripts are. If it cannot be loaded, a stage is tried once. */
export const loadRetry = () => import("./retry.ts").catch(() => undefined);

/** As `promise`, or rejects with the signal's reason if that aborts first. */
function orAborted<T>(promise: T | Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const stop = whenAborted(signal, () => reject(signal.reason as Error));
    Promise.resolve(promise).then(resolve, reject).finally(stop);
  });
}
