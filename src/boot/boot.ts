/** The CRM's initialisation on record: named stages, what each depends on, and what is still missing. */
import { atLeast, callable, fits, flag, list, shape, show, text } from "../checks.ts";
import type { CancelTimer } from "../clock.ts";
import { LinekeeperError } from "../errors.ts";
import { wellFormed } from "../excerpt.ts";
import type { StageState } from "../states.ts";
import { beginStage, loadRetry, type Stage, type StageContext, type StageOptions, type StagePorts, type StageTask } from "./stage.ts";

/** A stage as a UI may show it. */
export interface StageProgress {
  /** Name of the stage; `parent/part` for a part of another. */
  readonly stage: string;
  /** How far it is; `waiting` too after a restart, until it is begun anew. */
  readonly state: StageState;
  /** Calls are refused until it has passed (`boot-incomplete`), but for emergency calls. */
  readonly critical: boolean;
  /** It runs, and has done so for half its timeout. */
  readonly stalled: boolean;
}

/** The start-up of the CRM, step by step: runs each on record, so that a hang or a failure of it is told from one of a carrier. */
export interface Boot {
  /**
   * Runs a step of the CRM's start-up on record.
   * @returns what `task` returned.
   * @throws what `task` threw last, or LinekeeperError `stage-overdue`, `stage-blocked`, `stage-aborted`, `closed`; `bad-config`, naming the option, and nothing is run.
   */
  stage<T>(name: string, task: StageTask<T>, options?: StageOptions): Promise<T>;
  /** The CRM re-initialises: what still runs is aborted, and all stages are to be run anew. */
  restart(): void;
  /** Gives this initialisation up: what still runs is aborted, and no stage begins before `restart()`. */
  abort(reason?: string): void;
  /** The stages in the order in which they were first named; those of the run before wait to be run anew. */
  readonly progress: readonly StageProgress[];
}

/** What the facade may do besides. */
export interface OwnedBoot extends Boot {
  /** The first critical stage that this run began and that has not passed; undefined when calls may go out. */
  incompleteStage(): string | undefined;
  /** Aborts what runs and leaves no timer. */
  close(): void;
}

/** One initialisation of the CRM. */
interface Run {
  readonly number: number;
  readonly startedMs: number;
  /** Begun in this run. */
  readonly stages: Map<string, Stage>;
  /** Of the runs before: to be run anew. */
  readonly known: ReadonlyMap<string, boolean>;
  readonly over: AbortController;
  /** On record as completed; withdrawn when another critical stage begins. */
  completed: boolean;
}

const defaultTimeoutMs = 15_000;

const checkOptions = shape<StageOptions>({
  timeoutMs: atLeast(0),
  retries: fits("a whole number of 0 or more", (value) => Number.isSafeInteger(value) && Number(value) >= 0),
  dependsOn: list(text),
  critical: flag,
});

/** What a step that cannot be run comes to, for it is none that has passed: `bad-config`. */
function refusal(name: unknown, task: unknown, options: unknown): Promise<never> | undefined {
  try {
    text("stage(): its name", name);
    callable("that runs the step")(`stage(${show(name)}): its task`, task);
    checkOptions("stage()", options);
    return undefined;
  } catch (error) {
    return Promise.reject(error as LinekeeperError);
  }
}

export function createBoot(ports: StagePorts): OwnedBoot {
  const { clock, journal } = ports;
  // Now, for when a stage fails the network may be gone.
  void loadRetry();
  let run: Run | undefined;
  let closed = false;
  let cancelCompletion: CancelTimer = () => {};

  function begin(): Run {
    const number = (run?.number ?? 0) + 1;
    const known = new Map(progress().map(({ stage, critical }) => [stage, critical]));
    run = { number, startedMs: clock.nowMs(), stages: new Map(), known, over: new AbortController(), completed: false };
    journal.append("boot:started", { run: number });
    return run;
  }

  function giveUp(why: string): void {
    cancelCompletion();
    run?.over.abort(new LinekeeperError("stage-aborted", `the initialisation was ${why}`));
  }

  function stage<T>(name: string, task: StageTask<T>, options: StageOptions = {}): Promise<T> {
    if (closed) return Promise.reject(new LinekeeperError("closed", `stage "${name}" was begun after close()`));
    const refused = refusal(name, task, options);
    if (refused) return refused;
    const mine = run ?? begin();
    return enter(mine, name, task, { ...options, critical: options.critical ?? true }, mine.over.signal);
  }

  /** @param parent the path of the stage that it is a part of, empty if of none */
  function enter<T>(mine: Run, ownName: string, task: StageTask<T>, options: StageOptions, over: AbortSignal, parent = ""): Promise<T> {
    const { timeoutMs = defaultTimeoutMs, retries = 0, dependsOn = [], critical = false } = options;
    const pathOf = (stage: string) => wellFormed(parent + stage);
    const name = pathOf(ownName);
    const needs = new Map(dependsOn.map((need) => [need, mine.stages.get(pathOf(need))]));
    const nest =
      (signal: AbortSignal): StageContext["stage"] =>
      (part, does, how = {}) =>
        refusal(part, does, how) ?? enter(mine, part, does, { ...how, critical: false }, signal, `${name}/`);
    const begun = beginStage(task, { name, run: mine.number, over, timeoutMs, retries, needs, critical, nest }, ports);
    mine.stages.set(name, begun.stage);
    if (critical) mine.completed = false;
    void begun.stage.passed.then(() => settle(mine));
    return begun.result;
  }

  /** Completed is a run when no critical stage is missing once the CRM has had its turn to begin the next. */
  function settle(mine: Run): void {
    const isNotDue = () => mine.completed || incompleteStage() !== undefined;
    if (mine !== run || mine.over.signal.aborted || isNotDue()) return;
    cancelCompletion();
    cancelCompletion = clock.setTimer(() => {
      if (isNotDue()) return;
      mine.completed = true;
      journal.append("boot:completed", { run: mine.number, tookMs: Math.round(clock.nowMs() - mine.startedMs) });
    }, 0);
  }

  function incompleteStage(): string | undefined {
    if (!run) return undefined;
    // Restarted, and nothing begun yet: what was critical before is missing again.
    if (run.stages.size === 0) return [...run.known].find(([, critical]) => critical)?.[0];
    for (const { name, critical, state } of run.stages.values()) if (critical && state !== "passed") return name;
    return undefined;
  }

  function progress(): StageProgress[] {
    const stages = new Map<string, StageProgress>();
    for (const [name, critical] of run?.known ?? []) stages.set(name, { stage: name, state: "waiting", critical, stalled: false });
    for (const { name, state, critical, stalled } of run?.stages.values() ?? [])
      stages.set(name, { stage: name, state, critical, stalled });
    return [...stages.values()];
  }

  return {
    stage,
    restart() {
      if (closed) return;
      giveUp("restarted");
      begin();
    },
    abort: (reason) => giveUp(reason === undefined ? "aborted" : `aborted: ${reason}`),
    get progress() {
      return progress();
    },
    incompleteStage,
    close() {
      closed = true;
      giveUp("closed");
    },
  };
}
