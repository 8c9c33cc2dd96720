/** `linekeeper/report`: an incident as data, and as a page, a text or Markdown for each audience. */
import { systemClock } from "../clock.ts";
import { inTurns } from "../turns.ts";
import type { RenderOptions } from "./audience.ts";
import type { ReportDocument } from "./document.ts";
import { renderHtmlSliced } from "./html.ts";

export { buildReport, type Moment, type NotableEntry, type NotableType, type ReportDocument, type ReportSignature } from "./document.ts";
export type { KnownParty, Redaction } from "./parties.ts";
export { audiences, type Audience, type RenderOptions } from "./audience.ts";
export { renderHtml } from "./html.ts";
export { scriptHash } from "./html/script.ts";
export { styleHash } from "./html/style.ts";
export { languageFor, languageTags } from "./languages.ts";
export { en } from "./languages/en.ts";
export { renderMarkdown } from "./markdown.ts";
export { renderText, renderVerdict } from "./text.ts";
export { troubleTicket, type TroubleTicket } from "./tmf621.ts";
export type { AttemptRecord } from "./attempts.ts";
export type { CallRecord, Fate } from "./calls.ts";
export type { Kpi, RegistrationKpi, Spread } from "./kpi.ts";
export type { CarrierTest } from "./carrier-case.ts";
export type {
  AgentWords,
  Catalogue,
  Labels,
  NextTestCode,
  OutcomeRow,
  Params,
  StatementWords,
  StepCode,
  Term,
  TermCode,
  TicketWords,
} from "./language.ts";
export type { StepFault } from "../journal.ts";
export type { BootRun, StageTry, StateSpan, Stretch, TrunkLane } from "./spans.ts";

/** The page of `renderHtml()`, made in turns of about 8 ms: for a softphone that shows a report while the agent works. */
export function renderHtmlInTurns(report: ReportDocument, options?: RenderOptions): Promise<string> {
  return inTurns(renderHtmlSliced(report, options), systemClock);
}
