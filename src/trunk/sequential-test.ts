/**
 * Wald's sequential probability ratio test: is this trunk's share of failed calls the usual one, or that of a
 * brown-out? It decides after as few calls as the two error rates allow, where a threshold over a window would
 * wait for ever (docs/limits.md has the arithmetic).
 *
 * A. Wald, Sequential Tests of Statistical Hypotheses, Ann. Math. Statist. 16 (1945), §3.
 */
import type { Clock } from "../clock.ts";
import type { Limits } from "../limits.ts";

export interface SequentialTest {
  /** Evidence now, in nats: > 0 speaks for a failing trunk. Fades with age. */
  readonly logOdds: number;
  /** One call more, or a part of one. @returns whether the trunk is failing; the test then begins anew. */
  count(ok: boolean, weight?: number): boolean;
  /** Begins with what was known already: no more than would have decided it. */
  clear(logOdds?: number): void;
}

export function createSequentialTest(clock: Clock, limits: Limits): SequentialTest {
  const [healthy, failing] = [limits.healthyFailurePercent / 100, limits.failingFailurePercent / 100];
  const [falseAlarm, miss] = [limits.falseAlarmPercent / 100, limits.missPercent / 100];
  const failureNats = Math.log(failing / healthy);
  const successNats = Math.log((1 - failing) / (1 - healthy));
  const isFailing = Math.log((1 - miss) / falseAlarm);
  const isHealthy = Math.log(miss / (1 - falseAlarm));
  let logOdds = 0;
  let atMs = clock.nowMs();

  /** What was seen long ago says little of now. */
  function fade(): number {
    const nowMs = clock.nowMs();
    logOdds *= 0.5 ** ((nowMs - atMs) / limits.evidenceHalfLifeMs);
    atMs = nowMs;
    return logOdds;
  }

  return {
    get logOdds() {
      return fade();
    },
    count(ok, weight = 1) {
      logOdds = fade() + weight * (ok ? successNats : failureNats);
      const decided = logOdds >= isFailing;
      // Found healthy, the question is put anew: a trunk that was good all day may fail now.
      if (decided || logOdds <= isHealthy) logOdds = 0;
      return decided;
    },
    clear(known = 0) {
      logOdds = Math.min(isFailing, Math.max(isHealthy, known));
      atMs = clock.nowMs();
    },
  };
}
