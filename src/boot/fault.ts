import { LinekeeperError, errorName } from "../errors.ts";
import type { StepFault } from "../journal.ts";

/** How many links of a `cause` chain are looked at. */
const causeDepth = 3;

/** What the journal keeps of what a step of the integrator's threw. */
export function faultOf(error: unknown, privacy: { readonly errorMessages: boolean }): StepFault {
  const httpStatus = statusOf(error, causeDepth);
  return {
    kind: kindOf(error),
    name: errorName(error),
    ...(httpStatus !== undefined && { httpStatus }),
    ...(privacy.errorMessages && error instanceof Error && { message: error.message.slice(0, 200) }),
  };
}

function kindOf(error: unknown): StepFault["kind"] {
  if (error instanceof LinekeeperError) {
    if (error.code === "stage-overdue") return "overdue";
    if (error.code === "stage-blocked") return "blocked";
    if (error.code === "stage-aborted") return "aborted";
  }
  const name = errorName(error);
  return name === "TimeoutError" ? "overdue" : name === "AbortError" ? "aborted" : "threw";
}

/** An HTTP status where people put it: `error.status`, `error.response.status`, or the same in its `cause`. */
function statusOf(error: unknown, depth: number): number | undefined {
  if (typeof error !== "object" || error === null || depth === 0) return undefined;
  const { status, response, cause } = error as { status?: unknown; response?: { status?: unknown } | null; cause?: unknown };
  const found = [status, response?.status].find((value) => typeof value === "number" && value >= 100 && value <= 599);
  return (found as number | undefined) ?? statusOf(cause, depth - 1);
}
