/**
 * Where an edge can be reached no more, another carrier's flow that stands says nothing of new connections: a proxy that lets no more
 * through, or names that do not resolve, take one flow after the other as each is lost. So another socket is opened to that carrier's edge
 * and let go at once. No herd: no SIP is sent on it, no page opens more than one a minute, and a fleet's agents spread theirs.
 */
import type { CancelTimer } from "../clock.ts";
import type { Settings } from "../config.ts";
import { jitterMs } from "../first-sign.ts";
import type { Entry, Journal } from "../journal.ts";
import type { Trunk } from "./trunk.ts";

interface AnotherSocketPorts extends Pick<Settings, "clock" | "random" | "spreadMs" | "limits"> {
  readonly trunks: () => readonly Trunk[];
  readonly journal: Journal;
}

/** One in this time, ms. */
const againMs = 60_000;

/** A page that forbids the socket itself has said all there is to know. */
const isUnreachable = (entry: Entry): entry is Entry<"flow:changed"> =>
  entry.type === "flow:changed" && entry.from === "connecting" && entry.to === "waiting" && entry.end?.byPagePolicy === undefined;

/** @returns what ends it. */
export function watchNewSockets({ trunks, journal, clock, ...spread }: AnotherSocketPorts): () => void {
  let triedMs = -Infinity;
  let cancel: CancelTimer | undefined;
  let isOver = false;

  /** Of other carriers. One that was opened since the loss has shown that new ones are let through. */
  function standing(lostId: string): readonly Trunk[] {
    const lost = trunks().find(({ id }) => id === lostId);
    return trunks().filter(
      ({ config, connection }) => lost && config.carrier !== lost.config.carrier && connection.openedMs < lost.connection.lostMs,
    );
  }

  async function openBeside(lostId: string): Promise<void> {
    for (const { id, connection } of standing(lostId)) {
      const opening = connection.openAnother();
      if (!opening) continue;
      const startedMs = clock.nowMs();
      const opened = await opening;
      if (isOver) return;
      journal.append("socket:tried", { trunkId: id, opened, tookMs: Math.round(clock.nowMs() - startedMs) });
      // Whether its flow has lived on.
      if (!opened) connection.hurry();
      return;
    }
  }

  const unsubscribe = journal.subscribe((entry) => {
    if (cancel || !isUnreachable(entry) || clock.nowMs() - triedMs < againMs || standing(entry.trunkId).length === 0) return;
    cancel = clock.setTimer(() => {
      cancel = undefined;
      triedMs = clock.nowMs();
      void openBeside(entry.trunkId);
    }, jitterMs(spread));
  });

  return () => {
    isOver = true;
    unsubscribe();
    cancel?.();
  };
}
