/** `linekeeper/diagnosis`: the same verdict from the journal alone, anywhere. */
export { diagnose, type DiagnoseOptions, type Reconsider, type VerdictOptions } from "./verdict.ts";
export { incidentsOf, type IncidentOptions } from "./incident.ts";
export { explain, whatIf, UnknownEvidenceError, type ExplainOptions, type Explanation } from "./explain.ts";
export {
  createJournalReader,
  isTorn,
  JournalSyntaxError,
  journalText,
  parseJournal,
  withoutTornEnd,
  type JournalReader,
} from "../journal-lines.ts";
export type { Entry } from "../journal.ts";
export type { Actor, Conclusion, Evidence, FaultDomain, Incident, Verdict } from "./model.ts";
export type { Priors } from "./weights.ts";
