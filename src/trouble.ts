/** Entries that make one ask what else is broken, and what is well. */
import type { Entry } from "./journal.ts";

export function isTrouble(entry: Entry): boolean {
  switch (entry.type) {
    case "flow:changed":
      return entry.to === "waiting" || entry.to === "doubted";
    case "registration:changed":
      return entry.to === "refused";
    case "attempt:overdue":
    case "stage:failed":
    case "stage:stalled":
      return true;
    case "network:changed":
      return !entry.online;
    default:
      return false;
  }
}

/** Whoever reads this will ask who was well just then. A reconnection that fails again is no news. */
export function asksWhoIsWell(entry: Entry): boolean {
  switch (entry.type) {
    case "control:failed":
    case "probe:unanswered":
      return true;
    case "attempt:ended":
      return entry.outcome.class === "carrier" || entry.outcome.class === "network";
    default:
      return isTrouble(entry) && !(entry.type === "flow:changed" && entry.from === "connecting");
  }
}
