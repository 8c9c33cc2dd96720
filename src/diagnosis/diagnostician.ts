/** The live form of the pure diagnosis: reads the journal again when something happened, and says what changed. */
import type { Journal } from "../journal.ts";
import type { CancelTimer, Clock } from "../ports.ts";
import { incidentsOf } from "./incident.ts";
import type { Incident, Verdict } from "./model.ts";
import { diagnose } from "./verdict.ts";

export interface Diagnostician {
  readonly incidents: readonly Incident[];
  /** Of the open incident; of the whole session where there is none. */
  readonly verdict: Verdict;
  close(): void;
}

interface DiagnosticianPorts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly calmMs: number;
  readonly on: (change: "opened" | "updated" | "closed", incident: Incident) => void;
}

/** Entries are gathered for this long before the journal is read again, ms. */
const gatherMs = 250;

export function createDiagnostician({ journal, clock, calmMs, on }: DiagnosticianPorts): Diagnostician {
  let incidents: readonly Incident[] = [];
  let readSeq = -1;
  let cancelRead: CancelTimer = () => {};
  let dueMs = Infinity;
  let closed = false;

  const lastSeq = () => journal.entries.at(-1)?.seq ?? -1;

  function read(): void {
    cancelRead();
    dueMs = Infinity;
    readSeq = lastSeq();
    const before = incidents;
    incidents = incidentsOf(journal.entries, { calmMs, nowMs: journal.nowMs() });
    // An open incident closes by the passing of time alone.
    if (incidents.at(-1)?.closedMs === undefined && incidents.length > 0) readIn(calmMs);
    for (const incident of incidents) tell(incident, before.find(({ id }) => id === incident.id));
  }

  function tell(incident: Incident, before: Incident | undefined): void {
    if (!before) on("opened", incident);
    if (incident.closedMs !== undefined && before?.closedMs === undefined) return on("closed", incident);
    if (before && incident.closedMs === undefined && (before.verdict.leader !== incident.verdict.leader || before.verdict.conclusion !== incident.verdict.conclusion || before.callsAffected !== incident.callsAffected)) on("updated", incident);
  }

  function readIn(delayMs: number): void {
    const thenMs = clock.nowMs() + delayMs;
    if (closed || dueMs <= thenMs) return;
    cancelRead();
    dueMs = thenMs;
    cancelRead = clock.setTimer(read, delayMs);
  }

  const unsubscribe = journal.subscribe(() => readIn(gatherMs));

  /** What is asked for is never older than the journal. */
  const upToDate = () => {
    if (!closed && readSeq !== lastSeq()) read();
  };

  return {
    get incidents() {
      upToDate();
      return incidents;
    },
    get verdict() {
      upToDate();
      const [last] = incidents.slice(-1);
      return last && last.closedMs === undefined ? last.verdict : diagnose(journal.entries, { fromMs: last?.closedMs ?? -Infinity });
    },
    close() {
      read();
      closed = true;
      unsubscribe();
      cancelRead();
    },
  };
}
