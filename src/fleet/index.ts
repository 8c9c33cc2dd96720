/** `linekeeper/fleet-report`: the reports of many agents on one outage, as one. */
export { mergeReports, type MergeOptions } from "./merge.ts";
export type { AgentRecord, ClockProof, Control, FleetReason, FleetReport } from "./model.ts";
export { renderFleetHtml, renderFleetMarkdown, renderFleetText } from "./render.ts";
export { parseReport, ReportSyntaxError } from "../report/read.ts";
