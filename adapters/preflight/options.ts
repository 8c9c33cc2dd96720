/** What `preflight()` may be given. */
import { atLeast, callable, each, fits, flag, list, methods, object, shape, text } from "../../src/checks.ts";
import type { Clock } from "../../src/clock.ts";
import type { Control } from "../../src/index.ts";
import type { PreflightHost } from "./check.ts";
import type { GivenIceServers } from "./ice.ts";
import type { CheckProgress } from "./result.ts";

/** What is looked at, for how long, and who is told; each may be left out. */
export interface PreflightOptions {
  /** Which trunks are looked at; all, when left out. The echo call takes the line's own choice. */
  readonly trunks?: readonly string[];
  /** STUN and TURN servers to be reached: those given to `webrtc()`. Without them the checks are left out. */
  readonly iceServers?: GivenIceServers;
  /** The CRM's own endpoint: those given to `createLinekeeper()`. Without them the checks are left out. */
  readonly controls?: Readonly<Record<string, Control>>;
  /** When the token that the trunks are given runs out, ms since 1970. Without it the check is left out. */
  readonly tokenExpiresAtMs?: number;
  /** A number that plays back what it hears: it is called over the line, listened to and hung up. Without it the check is left out. */
  readonly echo?: string;
  /** False: the agent is not asked for the microphone yet. Default true. */
  readonly asksForMicrophone?: boolean;
  /** What the customer is to be heard on: as given to `setSpeaker()`. */
  readonly speakerId?: string;
  /** For cause and remedy: BCP 47 (`fr-TN`), the one liked best first, as `navigator.languages` has them. English where there is none of them. */
  readonly language?: string | readonly string[];
  /** Told of every check as it stands, each time that one begins or ends. */
  readonly onProgress?: (checks: readonly CheckProgress[]) => void;
  /** Gives it up: what has not ended is `skipped`, and an echo call hung up. */
  readonly signal?: AbortSignal;
  /** What one check may take, in ms. Default 10 000; the agent's answer to the browser's question has five times as long. */
  readonly timeoutMs?: number;
  /** Time and timers; the host's own when left out. */
  readonly clock?: Clock;
  /** The page's, when left out. */
  readonly host?: PreflightHost;
}

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
  host: object,
});
