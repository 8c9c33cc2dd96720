/**
 * Who waits 32 s for a timer does not mind company; who is timed in milliseconds does. So only one trial at a time
 * is busy, and all the rest wait side by side.
 */

/** Runs `work` when it is its turn; a trial under way goes before one that begins. The turn ends with the work, or when the work says that it only waits. */
export type Pace = <T>(trial: "begins" | "goes on", work: (waiting: () => void) => Promise<T>) => Promise<T>;

export function createPace(): Pace {
  const queues = { "goes on": [] as (() => void)[], begins: [] as (() => void)[] };
  let isTaken = false;

  function pass(): void {
    const next = queues["goes on"].shift() ?? queues.begins.shift();
    if (next) next();
    else isTaken = false;
  }

  return async function busy(trial, work) {
    if (isTaken) await new Promise<void>((resolve) => queues[trial].push(resolve));
    isTaken = true;
    let isMine = true;
    const waiting = () => {
      if (isMine) pass();
      isMine = false;
    };
    try {
      return await work(waiting);
    } finally {
      waiting();
    }
  };
}
