/** What is not known yet: who else might share the fault has been asked, and has not been heard of since. */
import { cite, type Detector } from "./cite.ts";
import type { Observations, Seen } from "./observations.ts";
import { isProven, startOf } from "./questions.ts";

/** One carrier's edges were lost without a word. An idle one that was well before is asked within seconds (`first-sign.ts`). */
function lostAlone({ trunks, endMs }: Observations): readonly Seen[] {
  const lost = trunks.flatMap(({ outages }) => outages.filter(({ how }) => how === "silent" || how === "unreachable"));
  const sinceMs = Math.min(...lost.map(({ atMs }) => atMs));
  const others = trunks.filter(
    ({ carrier, provenMs }) => lost.every((outage) => outage.carrier !== carrier) && (provenMs[0] ?? Infinity) <= sinceMs,
  );
  return others.some((other) => isProven(other, sinceMs, endMs)) || others.length === 0 ? [] : lost;
}

/**
 * One carrier's INVITEs met silence, and none has been answered since: what drops large packets lets an OPTIONS pass. Or there is one carrier
 * only, and they did on several routes: whether that was the edge or what lies between is not known.
 */
function swallowedAlone({ attempts, trunks }: Observations): readonly Seen[] {
  const swallowed = attempts.filter(({ end }) => end === "swallowed");
  const [first] = swallowed;
  const isAnswered = attempts.some(({ seq, end }) => first && seq > first.seq && end !== "swallowed");
  const isOneCarrier = swallowed.every(({ carrier }) => carrier === first?.carrier);
  const isOnlyCarrier = trunks.every(({ carrier }) => carrier === first?.carrier);
  const isOnRoutes = swallowed.some(({ route }) => route !== first?.route);
  return isOneCarrier && (!isAnswered || (isOnlyCarrier && isOnRoutes)) ? swallowed : [];
}

/** Refused without a cause by a host that trunks of unrelated carriers share, and none of the others has been tried there since: it may be the host's own word. */
function refusedAlone({ attempts, trunks }: Observations): readonly Seen[] {
  const hosts = new Map(trunks.map(({ id, host }) => [id, host]));
  const refused = attempts.filter(
    ({ end, trunkId, carrier }) =>
      end === "edge-refused" && trunks.some((other) => other.carrier !== carrier && other.host === hosts.get(trunkId)),
  );
  const [first] = refused;
  const isTried = attempts.some(
    ({ seq, carrier, trunkId }) => first && seq > first.seq && carrier !== first.carrier && hosts.get(trunkId) === hosts.get(first.trunkId),
  );
  return isTried ? [] : refused;
}

const others: Detector = (seen) =>
  cite("others-not-heard-since", "observed", [...lostAlone(seen), ...swallowedAlone(seen), ...refusedAlone(seen)]);

/** A step hangs while trunks are being tried, and nobody at all has answered since the CRM began. */
const stages: Detector = (seen) => {
  const hung = seen.stageTroubles.filter(({ how, fault }) => how === "hung" && fault.httpStatus === undefined);
  const [first] = hung;
  if (!first || seen.triedMs > first.atMs) return [];
  const sinceMs = startOf(seen, first)?.atMs ?? first.atMs;
  const isHeard =
    seen.trunks.some((trunk) => isProven(trunk, sinceMs, seen.endMs)) ||
    seen.controls.some(({ reached, atMs }) => reached && atMs >= sinceMs);
  return isHeard ? [] : cite("nobody-heard-beside-stage", "observed", hung, { stage: hung.at(-1)?.stage ?? "" });
};

export const unheardDetectors: readonly Detector[] = [others, stages];
