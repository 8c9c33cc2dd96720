/** Provisional answers on record: the first with its code at once, what repeats is counted, as some carriers send 183 all the while. */
import type { AnswerFact, Entry, Journal } from "../journal.ts";

export interface Repeats {
  progressed(answer: AnswerFact, tookMs: number): void;
  /** Writes what was counted. */
  write(): void;
}

export function createRepeats(
  journal: Journal,
  of: Pick<Entry<"attempt:progressed">, "callId" | "attempt" | "trunkId" | "route">,
): Repeats {
  const counted = new Map<number, { readonly answer: AnswerFact; readonly tookMs: number; readonly times: number }>();
  return {
    progressed(answer, tookMs) {
      const times = (counted.get(answer.code)?.times ?? -1) + 1;
      counted.set(answer.code, { answer, tookMs, times });
      if (times === 0) journal.append("attempt:progressed", { ...of, answer, tookMs });
    },
    write() {
      for (const [code, repeats] of counted) {
        if (repeats.times > 0) journal.append("attempt:progressed", { ...of, ...repeats });
        counted.set(code, { ...repeats, times: 0 });
      }
    },
  };
}
