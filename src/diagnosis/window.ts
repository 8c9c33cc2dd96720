/** The window of time through which an incident sees the observations. */
import type { Observations, Seen } from "./observations.ts";
import { firstAfter } from "./questions.ts";

/**
 * What was observed, seen through a window of time.
 * @param fromMs what happened before is known (a trunk that is down, a CRM that has come up) but not cited.
 * @param untilMs what happens after is not known.
 */
export function windowOf(seen: Observations, fromMs: number, untilMs: number): Observations {
  const within = <T extends Seen>(all: readonly T[]) => all.slice(firstAfter(all, fromMs, isBefore), firstAfter(all, untilMs, isUpTo));
  const known = (atMs: number) => (atMs <= untilMs ? atMs : Infinity);
  // An outage that reaches into the window brings along those beside it: without them it would seem to be one carrier's alone.
  const reaching = seen.trunks.flatMap(({ outages }) => outages).filter(({ lostMs, backMs }) => lostMs <= untilMs && backMs >= fromMs);
  const outSinceMs = Math.min(fromMs, ...reaching.map(({ atMs }) => atMs));
  const endMs = Math.min(seen.endMs, untilMs);
  return {
    endMs,
    trunks: seen.trunks.map(
      ({ id, carrier, host, granted, provenMs, boundMs, lateProbes, lateAnswers, refusedProbes, outages, blips, refusals }) => ({
        blips,
        lateProbes: within(lateProbes),
        lateAnswers: within(lateAnswers),
        refusedProbes: within(refusedProbes),
        id,
        carrier,
        host,
        granted: granted && granted.atMs <= untilMs ? granted : undefined,
        provenMs: provenMs.slice(
          0,
          firstAfter(provenMs, untilMs, (atMs, limitMs) => atMs <= limitMs),
        ),
        boundMs: boundMs.slice(
          0,
          firstAfter(boundMs, untilMs, (atMs, limitMs) => atMs <= limitMs),
        ),
        outages: outages
          .filter(({ lostMs, backMs }) => lostMs <= untilMs && backMs >= outSinceMs)
          .map((outage) => ({
            ...outage,
            isReached: outage.aliveMs !== undefined || (outage.isReached && outage.backMs <= untilMs),
            backMs: known(outage.backMs),
            deniedMs: known(outage.deniedMs),
            untilMs: Math.min(outage.backMs, endMs),
          })),
        refusals: within(refusals),
      }),
    ),
    triedMs: known(seen.triedMs),
    attempts: within(seen.attempts),
    earlierAttempts: seen.attempts.slice(0, firstAfter(seen.attempts, fromMs, isBefore)),
    stageTroubles: within(seen.stageTroubles)
      .filter((trouble) => known(trouble.passedMs) === Infinity)
      .map((trouble) => ({ ...trouble, untilMs: Math.min(endMs, cameUpMs(seen, trouble)) })),
    lostExtras: seen.lostExtras
      .slice(0, firstAfter(seen.lostExtras, untilMs, isUpTo))
      .map(({ passed, ...lost }) => (passed && passed.atMs <= untilMs ? { ...lost, passed } : lost)),
    boots: seen.boots.filter(({ atMs }) => atMs <= untilMs).map((boot) => ({ ...boot, completedMs: known(boot.completedMs) })),
    refusedCalls: within(seen.refusedCalls),
    crmFailures: within(seen.crmFailures),
    failedChecks: within(seen.failedChecks),
    heardFromPages: within(seen.heardFromPages),
    heardFromLastPage: seen.heardFromLastPage.slice(0, firstAfter(seen.heardFromLastPage, untilMs, isUpTo)),
    controls: within(seen.controls),
    offline: within(seen.offline),
    sleeps: within(seen.sleeps),
    deniedSockets: within(seen.deniedSockets),
    unreadAnswers: within(seen.unreadAnswers),
    missingIceServers: within(seen.missingIceServers),
    missingCredentials: within(seen.missingCredentials),
    unknownDigests: within(seen.unknownDigests),
    audio: within(seen.audio).map((one) =>
      one.wellUntilMs === undefined ? one : { ...one, wellUntilMs: Math.min(one.wellUntilMs, endMs) },
    ),
    earlierAudio: seen.audio.slice(0, firstAfter(seen.audio, fromMs, isBefore)),
    forgottenCalls: within(seen.forgottenCalls),
    settingsChanges: seen.settingsChanges.slice(0, firstAfter(seen.settingsChanges, untilMs, isUpTo)),
    talkFaults: within(seen.talkFaults),
  };
}

/** When the CRM had come up after all, or calls went out without it. */
const cameUpMs = ({ boots, attempts }: Observations, { atMs }: Seen) =>
  Math.min(
    boots.find(({ completedMs }) => completedMs > atMs)?.completedMs ?? Infinity,
    attempts.find(({ startedMs }) => startedMs > atMs)?.atMs ?? Infinity,
  );

const isBefore = ({ atMs }: Seen, limitMs: number) => atMs < limitMs;
const isUpTo = ({ atMs }: Seen, limitMs: number) => atMs <= limitMs;
