/** `linekeeper/fleet-report`: the reports of many agents on one outage, as one. */
export { localise, type Localisation, type Tally } from "./localise.ts";
export { mergeReports, type MergeOptions } from "./merge.ts";
export type { AgentRecord, AttributeName, AttributeShare, ClockProof, Control, FleetReason, FleetReport } from "./model.ts";
export { renderFleetHtml, renderFleetMarkdown, renderFleetText } from "./render.ts";
export { parseReport, ReportSyntaxError } from "../report/read.ts";
