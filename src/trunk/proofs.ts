/**
 * Answered probes on record. The first is written at once, and each while there is trouble anywhere, for then the
 * diagnosis asks who was well at that moment. As long as all is well they are counted, and told once a minute.
 */
import type { Clock } from "../clock.ts";
import type { AnswerFact, Entry, Journal } from "../journal.ts";
import { asksWhoIsWell } from "../trouble.ts";

/** How long answered probes are counted before they are written, in ms. */
const countedForMs = 60_000;
/** After a sign of trouble each is written for so long: it is the time in which a trunk that is well proves it (`probedWithinMs` of the diagnosis, and some more), ms. */
const eachForMs = 30_000;

type Method = Entry<"probe:answered">["method"];

export interface Proofs {
  answered(method: Method, rttMs: number, answer?: AnswerFact): void;
  /** Writes what was counted: before whatever speaks against it. */
  write(): void;
  close(): void;
}

interface Count {
  readonly method: Method;
  readonly rttMs: number;
  readonly answer?: AnswerFact;
  readonly times: number;
  readonly fromMs: number;
  readonly untilMs: number;
}

export function createProofs({ trunkId, clock, journal }: { trunkId: string; clock: Clock; journal: Journal }): Proofs {
  /** By method: the code that was last written. */
  const last = new Map<Method, number | undefined>();
  let count: Count | undefined;
  let writtenMs = -Infinity;
  let eachUntilMs = -Infinity;

  function write(): void {
    if (count) journal.append("probe:answered", { trunkId, ...count });
    count = undefined;
    writtenMs = clock.nowMs();
  }

  const unsubscribe = journal.subscribe((entry) => {
    if (!asksWhoIsWell(entry)) return;
    eachUntilMs = clock.nowMs() + eachForMs;
    write();
  });

  return {
    answered(method, rttMs, answer) {
      const nowMs = clock.nowMs();
      const isNews = !last.has(method) || last.get(method) !== answer?.code;
      last.set(method, answer?.code);
      if (isNews || nowMs < eachUntilMs) {
        write();
        journal.append("probe:answered", { trunkId, method, rttMs, ...(answer && { answer }) });
        return;
      }
      // An edge that answers both ping and OPTIONS is heard twice for each probe: it is one.
      const counts = count?.method !== "OPTIONS" || method === "OPTIONS";
      const untilMs = Math.round(journal.nowMs());
      const { times, fromMs } = count?.method === method ? count : { times: 0, fromMs: count?.fromMs ?? untilMs };
      if (counts) count = { method, rttMs, ...(answer && { answer }), times: times + 1, fromMs, untilMs };
      if (nowMs - writtenMs >= countedForMs) write();
    },
    write,
    close() {
      write();
      unsubscribe();
    },
  };
}
