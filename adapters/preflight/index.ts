/**
 * `linekeeper/preflight`: looks at page, device, network and account before the first call, and puts each result on
 * record, so that the diagnosis can tell a blocked microphone from a carrier's fault.
 */
import { systemClock, type Clock } from "../../src/clock.ts";
import type { Linekeeper } from "../../src/index.ts";
import { accountChecks } from "./account.ts";
import type { PreflightHost } from "./check.ts";
import { deviceChecks } from "./device.ts";
import { iceCheck } from "./ice.ts";
import { trunkChecks } from "./trunks.ts";

export type { PreflightHost } from "./check.ts";

export interface PreflightOptions {
  /** STUN and TURN servers to be reached: those given to `webrtc()`. Without them the check is left out. */
  readonly iceServers?: readonly RTCIceServer[];
  /** When the token that the trunks are given runs out, ms since 1970. Without it the check is left out. */
  readonly tokenExpiresAtMs?: number;
  /** False: the agent is not asked for the microphone yet. Default true. */
  readonly asksForMicrophone?: boolean;
  /** What one check may take, in ms. Default 10 000; the agent's answer to the browser's question has five times as long. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
  /** The page's, when left out. */
  readonly host?: PreflightHost;
}

export interface CheckResult {
  /** `secure-context`, `microphone-policy`, `microphone`, `audio-output`, `autoplay`, `webrtc`, `ice-servers`, `token`, `socket <trunk>`, `registration <trunk>`, `clock`. */
  readonly check: string;
  readonly passed: boolean;
  /** The error's name, e.g. `NotAllowedError`, `NotFoundError`, `NotReadableError`; absent where it passed. */
  readonly error?: string;
}

const defaultTimeoutMs = 10_000;

/**
 * Runs all checks as parts of the stage `linekeeper`, which holds no call back. The trunks are waited for: call it
 * beside `start()`.
 * @returns what each check found. Never rejects, but when the initialisation is given up.
 */
export function preflight(linekeeper: Linekeeper, options: PreflightOptions = {}): Promise<readonly CheckResult[]> {
  const { host = globalThis as PreflightHost, clock = systemClock, timeoutMs = defaultTimeoutMs } = options;
  const checks = [
    ...deviceChecks(host, { asks: options.asksForMicrophone ?? true, answerMs: 5 * timeoutMs, clock }),
    ...(options.iceServers ? [iceCheck(host, options.iceServers)] : []),
    ...(options.tokenExpiresAtMs === undefined ? [] : accountChecks(options.tokenExpiresAtMs, clock)),
    ...trunkChecks(linekeeper),
  ];
  const longestMs = timeoutMs + Math.max(...checks.map((check) => check.timeoutMs ?? timeoutMs));
  return linekeeper.boot.stage(
    "linekeeper",
    ({ stage }) =>
      Promise.all(
        checks.map(({ name, needs = [], run, timeoutMs: ownMs = timeoutMs }) =>
          stage(name, ({ signal }) => run(signal), { dependsOn: needs, timeoutMs: ownMs }).then(
            (): CheckResult => ({ check: name, passed: true }),
            (error: unknown): CheckResult => ({ check: name, passed: false, error: error instanceof Error ? error.name : typeof error }),
          ),
        ),
      ),
    { critical: false, timeoutMs: longestMs },
  );
}
