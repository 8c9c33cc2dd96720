/**
 * `linekeeper/preflight`: looks at page, device, network, account and audio before the first call, and puts each result on
 * record, so that the diagnosis can tell a blocked microphone from a carrier's fault. An entry of its own, and no method of the line:
 * what runs once a shift is not loaded with every call.
 */
import { systemClock, type Clock } from "../../src/clock.ts";
import { LinekeeperError, type Linekeeper } from "../../src/index.ts";
import { anyOf, whenAborted } from "../../src/platform.ts";
import { accountChecks, controlChecks } from "./account.ts";
import { stepOf, type Check, type PreflightHost, type Remark } from "./check.ts";
import { deviceChecks } from "./device.ts";
import { echoCheck } from "./echo.ts";
import { iceChecks } from "./ice.ts";
import { wordsIn } from "./language.ts";
import { checkLine, checkOptions, type PreflightOptions } from "./options.ts";
import { failed, remarked, subjectOf, type CheckProgress, type CheckResult } from "./result.ts";
import { trunkChecks } from "./trunks.ts";

export type { Measured, PreflightHost } from "./check.ts";
export type { PreflightOptions } from "./options.ts";
export type { CheckName, CheckProgress, CheckResult } from "./result.ts";

const defaultTimeoutMs = 10_000;

/**
 * Runs all checks as parts of the stage `linekeeper`, which holds no call back. The trunks are waited for: call it
 * beside `start()`.
 * @returns what each check found. Rejects only when the initialisation is given up.
 * @throws LinekeeperError `unknown-trunk`; `bad-config`, naming the option.
 */
export async function preflight(linekeeper: Linekeeper, options: PreflightOptions = {}): Promise<readonly CheckResult[]> {
  checkLine("preflight(): line", linekeeper);
  checkOptions("preflight()", options);
  const { clock = systemClock, timeoutMs = defaultTimeoutMs, onProgress = () => {} } = options;
  const checks = checksOf(linekeeper, options, clock, timeoutMs);
  const words = await wordsIn(options.language ?? "en");
  const done = new AbortController();
  const signal = options.signal ? anyOf(options.signal, done.signal) : done.signal;
  const isGivenUp = () => options.signal?.aborted === true;
  const given = new Promise<never>((_, reject) => {
    whenAborted(signal, () => reject(new LinekeeperError("stage-aborted", "the preflight was given up")));
  });
  given.catch(() => {});

  const now = checks.map((check): CheckProgress => ({ ...subjectOf(check), outcome: "waiting", tookMs: 0 }));
  function tell(index: number, is: CheckProgress): void {
    now[index] = is;
    try {
      onProgress([...now]);
    } catch {
      // No check fails for what a page does with its news.
    }
  }

  const run = (check: Check, index: number, stage: Parameters<Parameters<Linekeeper["boot"]["stage"]>[1]>[0]["stage"]) => {
    const of = subjectOf(check);
    let sinceMs = clock.nowMs();
    const tookMs = () => Math.round(clock.nowMs() - sinceMs);
    return stage(
      stepOf(check),
      (context) => {
        sinceMs = clock.nowMs();
        tell(index, { ...of, outcome: "running", tookMs: 0 });
        const found = Promise.resolve(anyOf(context.signal, signal)).then((both) => check.run(both) as Remark | undefined);
        return Promise.race([found, given]);
      },
      { dependsOn: check.needs ?? [], timeoutMs: check.timeoutMs ?? timeoutMs },
    ).then(
      (remark) => ended(index, remarked(of, remark, tookMs(), words)),
      (error: unknown) => ended(index, failed(of, error, isGivenUp(), tookMs(), words)),
    );
  };
  const ended = (index: number, result: CheckResult): CheckResult => {
    tell(index, result);
    return result;
  };

  // One may wait for another: so long at most.
  const longestMs = checks.reduce((sumMs, check) => sumMs + (check.timeoutMs ?? timeoutMs), 0);
  try {
    return await linekeeper.boot.stage("linekeeper", ({ stage }) => Promise.all(checks.map((check, index) => run(check, index, stage))), {
      critical: false,
      timeoutMs: longestMs,
    });
  } finally {
    done.abort();
  }
}

/** @throws LinekeeperError `unknown-trunk`. */
function checksOf(linekeeper: Linekeeper, options: PreflightOptions, clock: Clock, timeoutMs: number): readonly Check[] {
  const { host = globalThis as PreflightHost, iceServers, controls = {}, tokenExpiresAtMs, echo, asksForMicrophone: asks = true } = options;
  const all = linekeeper.trunks.map(({ trunkId }) => trunkId);
  const { trunks: trunkIds = all } = options;
  for (const trunkId of trunkIds)
    if (!all.includes(trunkId)) throw new LinekeeperError("unknown-trunk", `there is no trunk ${JSON.stringify(trunkId)}`);
  return [
    ...deviceChecks(host, { asks, answerMs: 5 * timeoutMs, speakerId: options.speakerId, clock }),
    ...(iceServers ? iceChecks(host, { given: iceServers, withinMs: timeoutMs, clock }) : []),
    ...(tokenExpiresAtMs === undefined ? [] : accountChecks(tokenExpiresAtMs, clock)),
    ...controlChecks(controls),
    ...trunkChecks(linekeeper, { trunkIds, withinMs: timeoutMs, clock }),
    ...(echo === undefined
      ? []
      : [echoCheck(host, linekeeper, { number: echo, needs: asks ? ["microphone"] : [], withinMs: timeoutMs, clock })]),
  ];
}
