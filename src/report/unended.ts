/** An incident whose end nobody saw. */
import type { ReportDocument } from "./document.ts";

/** The record ends before the incident does, and nothing more will be known: who closed the softphone did not wait for its end. */
export const isUnended = ({ status, span }: ReportDocument): boolean => span.ongoing && status === "closed";
