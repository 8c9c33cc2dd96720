/** Starts of the CRM that may have filled a registrar's list of our own contacts: each leaves one there until it runs out (RFC 3261 §10.2.1). */
import type { BootRun, Observations, TrunkSeen } from "./observations.ts";

/** How long a contact that nobody takes away lasts, as most registrars have it, ms. */
const bindingMs = 600_000;
/** So many starts within that time leave as many contacts as some registrars allow. */
const startsAtLeast = 3;
/** A registration goes out so soon after the start that it is of, ms. */
const promptMs = 60_000;
/** Refusals this close together are of one cause, ms. */
const nearMs = 180_000;

type Refusal = TrunkSeen["refusals"][number];

/** Those that followed on one another. */
function rowsOf(refusals: readonly Refusal[]): readonly (readonly Refusal[])[] {
  const rows: Refusal[][] = [];
  for (const one of refusals) {
    const row = rows.at(-1);
    if (row && one.atMs - (row.at(-1)?.atMs ?? 0) <= nearMs) row.push(one);
    else rows.push([one]);
  }
  return rows;
}

/** Begun soon after the last of several starts, and none since the first of those; over before what they left had to run out. */
function isAfterStarts(boots: readonly BootRun[], { granted, refusals }: TrunkSeen, row: readonly Refusal[]): boolean {
  const [first] = row;
  const last = row.at(-1);
  if (!first || !last || !granted || granted.atMs > first.atMs) return false;
  const starts = boots.filter(({ atMs }) => atMs <= first.atMs && atMs > first.atMs - bindingMs).slice(-startsAtLeast);
  const [earliest] = starts;
  const latest = starts.at(-1);
  if (!earliest || !latest || starts.length < startsAtLeast) return false;
  if (first.atMs - latest.atMs > promptMs || last.atMs - latest.atMs > bindingMs) return false;
  return !refusals.some(({ atMs }) => atMs >= earliest.atMs && atMs < first.atMs);
}

/** Refusals of registrars that had taken us until the last of several starts. A registrar that says when to come again is busy, not full. */
export function ofFilledRegistrars({ boots, trunks }: Observations): ReadonlySet<Refusal> {
  const rowsAt = (trunk: TrunkSeen) =>
    rowsOf(trunk.refusals.filter(({ code = 0 }) => code >= 500 && code < 600)).filter(
      (row) => row.every(({ isBusy }) => !isBusy) && isAfterStarts(boots, trunk, row),
    );
  return new Set(trunks.flatMap(rowsAt).flat());
}
