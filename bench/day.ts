/** A long day's journal, and how long it takes to work on one. */
import type { Entry } from "../src/journal.ts";
import { boot, call, connect, script } from "../test/report/journals.ts";

const runs = 15;

/** A day on two trunks, one of which refuses most: 1.7 attempts a call, none at the same time as another. */
export function dayOf(calls: number): readonly Entry[] {
  const day = script();
  boot(day, 0);
  connect(day, "a", 2_000);
  connect(day, "b", 2_100);
  for (let n = 0; n < calls; n++) {
    const tries = n % 10 < 7 ? [{ trunkId: "a", answer: { code: 503, said: "peer" } as const }, { trunkId: "b" }] : [{ trunkId: "a" }];
    call(day, 5_000 + n * 20_000, `c${n}`, tries, { talkMs: 8_000 });
  }
  return day.entries();
}

/** This thread's own time, ms. */
export function cpuMsOf(work: () => unknown): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}

/** The best of several runs, so that a busy machine says nearly what a quiet one does, ms. */
export const bestMsOf = (work: () => unknown): number => Math.min(...Array.from({ length: runs }, () => cpuMsOf(work)));
