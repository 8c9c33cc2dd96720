/** The SDK's own cost: two processes that do the same, one over bare SIP.js, asked in turns so that both meet the same machine. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { linekeeper } from "./contenders/linekeeper.ts";
import { plainSipJs } from "./contenders/plain-sipjs.ts";
import type { Idle, Rest, Round } from "./cost-subject.ts";
import { median, quartiles, type Spread } from "./statistics.ts";

export interface Cost {
  /** CPU of one call over bare SIP.js, the mock carrier's share included, µs: median of the rounds. */
  readonly bareCpuUs: number;
  /** What Linekeeper takes more (or less) for the same call, µs: each round against the round beside it; quartiles. */
  readonly overCpuUs: Spread;
  /** What a call leaves on the heap, bytes, and timers held while registered twice and idle. */
  readonly ours: Kept;
  readonly bare: Kept;
}

export interface Kept {
  readonly heapBytes: number;
  readonly timers: number;
}

const warmUpCalls = 150;
/** Many and short, so that the two of a pair meet the same machine. */
const rounds = 60;
const callsPerRound = 8;
const callsForHeap = 300;

export async function measureCost(): Promise<Cost> {
  const subjects = await Promise.all([linekeeper, plainSipJs].map(({ name }) => open(name)));
  // Warm code, and limited lists that are full, before anything counts.
  await inTurns(subjects, (subject) => ask<Round>(subject, "round", warmUpCalls));
  const kept = await inTurns(subjects, async (subject): Promise<Kept> => {
    const before = await ask<Rest>(subject, "rest");
    await ask<Round>(subject, "round", callsForHeap);
    const after = await ask<Rest>(subject, "rest");
    const { timers } = await ask<Idle>(subject, "idle");
    return { heapBytes: (after.heapBytes - before.heapBytes) / callsForHeap, timers };
  });
  const pairs: Round[][] = [];
  for (let round = 0; round < rounds; round++)
    pairs.push(await inTurns(subjects, (subject) => ask<Round>(subject, "round", callsPerRound)));
  for (const subject of subjects) subject.kill();
  const [ours, bare] = kept as [Kept, Kept];
  const sideBySide = pairs as [Round, Round][];
  return {
    bareCpuUs: median(sideBySide.map(([, { cpuUs }]) => cpuUs)),
    overCpuUs: quartiles(sideBySide.map(([mine, its]) => mine.cpuUs - its.cpuUs)),
    ours,
    bare,
  };
}

async function open(name: string): Promise<ChildProcess> {
  const subject = fork(fileURLToPath(new URL("cost-subject.ts", import.meta.url)), [name], {
    execArgv: ["--conditions=linekeeper-source", "--expose-gc"],
  });
  await heard(subject);
  return subject;
}

async function ask<T>(subject: ChildProcess, deed: string, count = 0): Promise<T> {
  subject.send({ deed, count });
  return (await heard(subject)) as T;
}

/** @throws when the subject dies instead of answering. */
async function heard(subject: ChildProcess): Promise<unknown> {
  const silent = new AbortController();
  const died = once(subject, "exit", { signal: silent.signal }).then(([code]) =>
    Promise.reject(new Error(`a cost subject died (${code})`)),
  );
  const [answer] = (await Promise.race([once(subject, "message", { signal: silent.signal }), died])) as [unknown];
  silent.abort();
  died.catch(() => {});
  return answer;
}

async function inTurns<T, R>(items: readonly T[], work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const [index, item] of items.entries()) results.push(await work(item, index));
  return results;
}
