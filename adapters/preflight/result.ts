/** What came of a check, in words. */
import { LinekeeperError } from "../../src/index.ts";
import type { Check, Finding, Measured, Remark } from "./check.ts";
import type { Words } from "./languages/en.ts";

/** What is looked at: the page, the devices, the way to the network, then each trunk, then one call of its own (`echo`). */
export type CheckName =
  | "secure-context"
  | "microphone-policy"
  | "microphone"
  | "audio-output"
  | "autoplay"
  | "webrtc"
  | "ice-servers"
  | "turn"
  | "stun"
  | "token"
  | "control"
  | "socket"
  | "registration"
  | "options"
  | "clock"
  | "echo";

/** What one check found; one that is asked of each trunk or control has a result for each. */
export interface CheckResult {
  /** Stable, for code to go by; words for people are in `cause` and `remedy`. */
  readonly check: CheckName;
  /** Which trunk, of `socket`, `registration` and `options`. */
  readonly trunkId?: string;
  /** Which of the CRM's controls, of `control`. */
  readonly control?: string;
  /**
   * `fail`: no call, or none with audio, before it is mended. `warn`: calls work, and something is to be seen to; it is no evidence of a
   * fault. `skipped`: not looked at, and `code` says why.
   */
  readonly outcome: "pass" | "warn" | "fail" | "skipped";
  /** What was found, e.g. `NotAllowedError`, `SilentMicrophone`: stable. Absent, as cause and remedy are, where it passed. */
  readonly code?: string;
  /** In a sentence, in the language that was asked for. */
  readonly cause?: string;
  /** What to do now, in a sentence. */
  readonly remedy?: string;
  /** In ms, from its own beginning; of one that never began, what it waited. */
  readonly tookMs: number;
  /** Figures, where there are any: `levelDbov`, `rttMs`, `byMs`, `relayProtocol`; of the echo call `mos`, `lossPercent`, `jitterMs`, `sipCode`. */
  readonly measured?: Measured;
}

/** A check as it stands now. */
export type CheckProgress = Omit<CheckResult, "outcome"> & { readonly outcome: CheckResult["outcome"] | "waiting" | "running" };

type Of = Pick<CheckResult, "check" | "trunkId" | "control">;

export const subjectOf = ({ name, trunkId, control }: Check): Of => ({
  check: name as CheckName,
  ...(trunkId !== undefined && { trunkId }),
  ...(control !== undefined && { control }),
});

export function remarked(of: Of, remark: Remark | undefined, tookMs: number, words: Words): CheckResult {
  const { outcome = "pass", code, measured } = remark ?? {};
  return { ...of, outcome, ...(code !== undefined && said(of, code, words)), tookMs, ...(measured && { measured }) };
}

export function failed(of: Of, error: unknown, isGivenUp: boolean, tookMs: number, words: Words): CheckResult {
  const code = isGivenUp ? "AbortError" : codeOf(error);
  // An AbortError of the browser's own is what it says of the device.
  const outcome = isGivenUp || (error instanceof LinekeeperError && error.code !== "stage-overdue") ? "skipped" : "fail";
  const { measured } = error instanceof Error ? (error as Partial<Finding>) : {};
  return { ...of, outcome, ...said(of, code, words), tookMs, ...(measured && { measured }) };
}

function codeOf(error: unknown): string {
  if (!(error instanceof LinekeeperError)) return error instanceof Error ? error.name : typeof error;
  const { code } = error;
  return code === "stage-blocked" ? "BlockedError" : code === "stage-overdue" ? "TimeoutError" : "AbortError";
}

/** The words for that check; else those for that finding anywhere; else those for any. */
function said({ check }: Of, code: string, words: Words): Required<Pick<CheckResult, "code" | "cause" | "remedy">> {
  const { [`${check} ${code}`]: here, [code]: anywhere, otherwise } = words as Readonly<Record<string, Words["otherwise"]>>;
  const [cause = "", remedy = ""] = here ?? anywhere ?? otherwise ?? [];
  return { code, cause, remedy };
}
