/** `linekeeper/diagnosis`: the same verdict from the journal alone, anywhere. */
export { explain, whatIf, UnknownEvidenceError, type ExplainOptions, type Explanation } from "./explain.ts";
export { JournalSyntaxError, journalText, parseJournal, withoutTornEnd } from "../journal-lines.ts";
export type { Entry } from "../journal.ts";
export type { Actor, Conclusion, Evidence, FaultDomain, Incident, Verdict } from "./model.ts";
export type { Reconsider } from "./verdict.ts";
