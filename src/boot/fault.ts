import { LinekeeperError, errorName, whereReadable } from "../errors.ts";
import { excerptOf } from "../excerpt.ts";
import type { StepFault } from "../journal.ts";

/** How many links of a `cause` chain are looked at. */
const causeDepth = 3;

/** What the journal keeps of what a step of the integrator's threw. */
export function faultOf(error: unknown, privacy: { readonly errorMessages: boolean }): StepFault {
  const httpStatus = whereReadable(() => statusOf(error, causeDepth));
  const message: unknown = privacy.errorMessages ? whereReadable(() => error instanceof Error && error.message) : undefined;
  return {
    kind: kindOf(error),
    name: errorName(error),
    ...(httpStatus !== undefined && { httpStatus }),
    ...(typeof message === "string" && { message: excerptOf(message, 200) }),
  };
}

function kindOf(error: unknown): StepFault["kind"] {
  const code = whereReadable(() => (error instanceof LinekeeperError ? error.code : undefined));
  if (code === "stage-overdue") return "overdue";
  if (code === "stage-blocked") return "blocked";
  if (code === "stage-aborted") return "aborted";
  // An AbortError of the step's own is a time limit of its own, or a device that fails (W3C mediacapture-main §10.3): nobody gave it up.
  return errorName(error) === "TimeoutError" ? "overdue" : "threw";
}

/** An HTTP status where people put it: `error.status`, `error.response.status`, or the same in its `cause`. */
function statusOf(error: unknown, depth: number): number | undefined {
  if (typeof error !== "object" || error === null || depth === 0) return undefined;
  const { status, response, cause } = error as { status?: unknown; response?: { status?: unknown } | null; cause?: unknown };
  const found = [status, response?.status].find((value) => typeof value === "number" && value >= 100 && value <= 599);
  return (found as number | undefined) ?? statusOf(cause, depth - 1);
}
