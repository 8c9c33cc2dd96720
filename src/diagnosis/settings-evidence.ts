/** What calls say of the settings that they were sent with: what peers refused of them, and what a change of them brought. */
import { cite, type Detector } from "./cite.ts";
import type { Fortune } from "./fortunes.ts";
import type { AttemptSeen, Observations, Seen, SettingsChange } from "./observations.ts";
import { codesOf, ending, isCarried, isOfCall, isOutOfResources, isSetBy, isTrunkFault, isUnchanged, soonMs } from "./questions.ts";
import type { Sight } from "./sight.ts";
import type { Turn } from "./turns.ts";

/**
 * Since when what was sent is the same, as far as is known. Where carriers that share nothing refuse it since a start of the CRM, what one of them
 * had taken under another start clears it of nothing: two carriers do not change at one moment.
 */
function sameSinceMs(ours: readonly AttemptSeen[], { settingsChanges, boots }: Observations): number {
  const [first] = ours;
  if (!first) return -Infinity;
  const setMs = settingsChanges.findLast(({ trunkId, atMs }) => trunkId === first.trunkId && atMs <= first.startedMs)?.atMs ?? -Infinity;
  const isShared = ours.some(({ carrier }) => carrier !== first.carrier);
  return isShared ? Math.max(setMs, boots.findLast(({ atMs }) => atMs <= first.startedMs)?.atMs ?? -Infinity) : setMs;
}

/** What was taken before stays so as long as the same is refused. */
const lasting = (taken: readonly AttemptSeen[], refused: readonly AttemptSeen[]): readonly Seen[] =>
  taken.map((attempt, index) =>
    index < taken.length - 1 ? attempt : { ...attempt, untilMs: Math.max(attempt.atMs, refused.at(-1)?.atMs ?? 0) },
  );

const refusals: Detector = (seen) => {
  const { attempts } = seen;
  const ours = attempts.filter(ending("account-refused", "caller-refused", "malformed"));
  const refused = ours.filter(ending("caller-refused"));
  const malformed = ours.filter(ending("malformed"));
  const [first] = ours;
  const sinceMs = sameSinceMs(ours, seen);
  // Of one call alone what is taken after it tells as much.
  const isOne = ours.every(({ callId }) => callId === first?.callId);
  const before = attempts.filter(
    (attempt) =>
      isCarried(attempt) &&
      first &&
      attempt.way === first.way &&
      (attempt.atMs < first.atMs
        ? attempt.startedMs > sinceMs
        : isOne && isUnchanged(seen, first.trunkId, first.startedMs, attempt.startedMs)),
  );
  const params = ({ trunkId: trunk = "", carrier = "" }: Partial<AttemptSeen> = {}) => ({ trunk, carrier });
  // That the same is refused again and again says no more of settings with which others are carried there.
  const isSame = refused.every(({ way, code, cause }) => way === first?.way && code === first.code && cause === first.cause);
  const told = before.length > 0 && (isSame || refused.every(isOfCall)) ? refused.slice(-1) : refused;
  return [
    ...cite("call-refused-as-misconfigured", "peer", told, { ...params(refused[0]), ...codesOf(refused) }),
    ...cite("call-refused-as-malformed", "peer", malformed, { ...params(malformed[0]), ...codesOf(malformed) }),
    ...cite("same-settings-worked-before", "peer", lasting(before, ours), params(first)),
  ];
};

interface ChangedTurn extends Turn {
  readonly change: SettingsChange;
}

const isChanged = (turn: Turn): turn is ChangedTurn => turn.change !== undefined;

/** A change, until calls have shown what it did. */
const during = ({ change: { seq, atMs }, first }: ChangedTurn) => ({ seq, atMs, untilMs: first.atMs });

/**
 * Calls that worked until the trunk was set otherwise, and worked again once it was set anew. What the carrier says of its own resources no
 * change of ours brings about; nor what came or went without one as well.
 */
function changesIn(seen: Sight, fortune: Fortune) {
  const { trunkId: trunk, carrier, route, faults, turns } = fortune;
  if (faults.some(isOutOfResources) || turns.some(({ change, start }) => change === undefined && start === undefined)) return [];
  const changed = turns.filter((turn): turn is ChangedTurn => isChanged(turn) && turn.first.atMs - lastMs(seen, turn) <= soonMs);
  const since = ({ change }: ChangedTurn) => {
    const nextMs = seen.settingsChanges.find(({ trunkId, atMs }) => trunkId === trunk && atMs > change.atMs)?.atMs ?? Infinity;
    return seen.attempts.filter(({ startedMs }) => startedMs > change.atMs && startedMs < nextMs);
  };
  // What a trunk's calls are sent with is the same on every route.
  const isOfAll = (turn: ChangedTurn) =>
    !since(turn).some((other) => other.trunkId === trunk && other.way !== turn.first.way && isCarried(other));
  // What another trunk of the carrier met as well, and was not set otherwise with it, is the carrier's.
  const isOfCarrier = (turn: ChangedTurn) =>
    since(turn).some(
      (other) => other.carrier === carrier && other.route === route && isTrunkFault(other) && !isSetBy(seen, turn.change, other.trunkId),
    );
  // But for how its numbers are written: and that it was undone with effect shows that it was no chance.
  const isOfRoute = ({ change, first }: ChangedTurn) =>
    change.isOfNumbers && changed.some(({ to, first: back }) => to === "well" && back.atMs > first.atMs);
  const breaks = changed.filter((turn) => turn.to === "broken" && !isOfCarrier(turn));
  const broken = breaks.filter((turn) => isOfAll(turn) || isOfRoute(turn));
  const once = broken.length === 0 && turns.length === 1 ? breaks.filter(({ change }) => change.isOfNumbers) : [];
  // As long as the same fails.
  const lasting = once.map((turn) => ({ ...during(turn), untilMs: faults.at(-1)?.atMs ?? 0 }));
  const mended = changed.filter(({ to }) => to === "well");
  const params = { trunk, carrier, route };
  return [
    ...cite("broken-after-one-change", "observed", lasting, params),
    ...cite("broken-after-change-of-settings", "observed", broken.map(during), params),
    ...cite("well-after-change-of-settings", "observed", mended.map(during), params),
  ];
}

/** Until when it was known how they fared: on its route, where the change is of how numbers are written; else on any of the trunk's. */
function lastMs({ earlierAttempts, attempts }: Observations, { last, change }: ChangedTurn): number {
  if (change.isOfNumbers) return last.atMs;
  const before = [...earlierAttempts, ...attempts].filter(({ trunkId, startedMs }) => trunkId === last.trunkId && startedMs < change.atMs);
  return Math.max(last.atMs, ...before.map(({ atMs }) => atMs));
}

const changes: Detector = (seen) => (seen.settingsChanges.length === 0 ? [] : seen.fortunes.flatMap((fortune) => changesIn(seen, fortune)));

export const settingsDetectors: readonly Detector[] = [refusals, changes];
