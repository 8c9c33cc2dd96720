/** What `preflight()` may be given. */
import { atLeast, callable, each, fits, flag, list, methods, shape, text } from "../../src/checks.ts";
import type { PreflightOptions } from "./index.ts";

/** What becomes of each server is told by its check. */
const servers = (value: unknown) => typeof value === "function" || Array.isArray(value);

export const checkLine = methods("pass what createLinekeeper() gave", "probe", "call", "on");

/** @throws LinekeeperError `bad-config`, naming the option. */
export const checkOptions = shape<PreflightOptions>({
  trunks: list(text),
  iceServers: fits("a list, or a function that gives one", servers),
  controls: each(callable("that returns a promise")),
  tokenExpiresAtMs: fits("a time in ms since 1970", Number.isFinite),
  echo: text,
  asksForMicrophone: flag,
  speakerId: fits("a deviceId", (value) => typeof value === "string"),
  language: (at, value) => (Array.isArray(value) ? list(text) : text)(at, value),
  onProgress: callable("that is told of every check"),
  signal: methods("an AbortSignal has addEventListener()", "addEventListener"),
  timeoutMs: atLeast(1),
  clock: methods("a clock has nowMs(), dateMs() and setTimer()", "nowMs", "dateMs", "setTimer"),
  host: fits("what stands for the page", (value) => typeof value === "object" && value !== null),
});
