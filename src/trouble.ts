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
