/** How the CRM's starts went, read from the journal entry by entry: their stages, and the SDK's own checks among them. */
import type { Entry } from "../journal.ts";
import type { BootRun, LostExtra, Observations, Seen, StageTrouble } from "./observations.ts";

/** The checks that the SDK makes itself are parts of this stage: they tell nothing of the CRM's start-up. */
const ownStage = "linekeeper/";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

type StartsSeen = Pick<Observations, "boots" | "stageTroubles" | "lostExtras" | "failedChecks">;

export interface StartLog {
  read(entry: Entry): void;
  seen(): StartsSeen;
}

export function createStartLog(): StartLog {
  const stages = new Map<string, boolean>();
  /** Stages that are not critical, and may be parts of one that is. */
  const failedParts: Mutable<LostExtra & Pick<StageTrouble, "fault">>[] = [];
  /** The last run in which each of them passed. */
  const passedIn = new Map<string, number>();
  const boots: Mutable<BootRun>[] = [];
  const stageTroubles: StageTrouble[] = [];
  /** Those of them that may yet pass. */
  const stalls: (Mutable<StageTrouble> & { readonly attempt: number })[] = [];
  const failedChecks: Observations["failedChecks"][number][] = [];

  /** The part that failed says more than the whole that failed by it. */
  function innermost(trouble: StageTrouble): StageTrouble {
    const isPart = ({ run, stage, atMs }: (typeof failedParts)[number]) =>
      run === trouble.run && stage.startsWith(`${trouble.stage}/`) && atMs <= trouble.atMs;
    const parts = failedParts.filter(isPart);
    const depth = Math.max(...parts.map(({ stage }) => stage.split("/").length));
    const part = parts.findLast(({ stage }) => stage.split("/").length === depth);
    return part ? { ...trouble, stage: part.stage, fault: part.fault } : trouble;
  }

  /** It has not passed since it failed before, or else not yet in this run, or else it worked until now. */
  function missingSince(run: number, stage: string, failed: Seen): Seen {
    const before = failedParts.findLast((part) => part.run === run && part.stage === stage);
    if (before && !before.passed) return before.since;
    const boot = passedIn.get(stage) === run ? undefined : boots.findLast((one) => one.run === run);
    const { seq, atMs } = boot ?? failed;
    return { seq, atMs };
  }

  function read(entry: Entry): void {
    const { seq, atMs } = entry;
    switch (entry.type) {
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
            attempt: entry.attempt,
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
        for (const part of failedParts) if (part.stage === entry.stage && part.run === entry.run) part.passed ??= { seq, atMs };
        passedIn.set(entry.stage, entry.run);
        break;
      case "stage:failed": {
        const { stage, run, fault, critical, final } = entry;
        if (!final || (fault.kind !== "threw" && fault.kind !== "overdue")) break;
        if (stage.startsWith(ownStage)) {
          failedChecks.push({ seq, atMs, check: stage.slice(ownStage.length), fault });
          break;
        }
        const how = fault.kind === "overdue" ? "hung" : "failed";
        const isEnd =
          how === "hung" && stalls.some((stall) => stall.stage === stage && stall.run === run && stall.attempt === entry.attempt);
        if (critical) stageTroubles.push({ seq, atMs, stage, run, how, ...(isEnd && { isEnd }), fault, passedMs: Infinity });
        // What never came to its first try only waited for another.
        else if (entry.attempt > 0) failedParts.push({ run, stage, fault, seq, atMs, since: missingSince(run, stage, entry) });
        break;
      }

      default:
    }
  }

  return {
    read,
    seen: () => ({
      boots: boots.map((boot) => ({ ...boot })),
      stageTroubles: stageTroubles.map((trouble) => ({ ...innermost(trouble) })),
      lostExtras: failedParts.map(({ fault: _, ...part }) => part),
      failedChecks: [...failedChecks],
    }),
  };
}
