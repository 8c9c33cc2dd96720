/** `linekeeper/report`: an incident as data, as a page and as text. */
export { buildReport, type Moment, type NotableEntry, type NotableType, type Redaction, type ReportDocument } from "./document.ts";
export { renderHtml } from "./html.ts";
export { renderText, renderVerdict } from "./text.ts";
export type { AttemptRecord } from "./attempts.ts";
export type { CallRecord, Fate } from "./calls.ts";
export type { Kpi, RegistrationKpi, Spread } from "./kpi.ts";
export type { Catalogue, Labels, NextTestCode, Params } from "./language.ts";
export type { StepFault } from "../journal.ts";
export type { BootRun, StageTry, StateSpan, Stretch, TrunkLane } from "./spans.ts";
