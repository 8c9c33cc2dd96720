/** Diagnosis and report: loaded beside the softphone, not before it, so that failover never waits for them. */
export { createDiagnostician, type Diagnostician } from "./diagnosis/diagnostician.ts";
export { buildReportSliced } from "./report/document.ts";
export { inTurns } from "./turns.ts";
