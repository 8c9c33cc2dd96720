/** From what was observed to what speaks for or against a domain. Each detector finds one kind. */
import type { Evidence } from "./model.ts";
import type { AttemptSeen, Observations, Seen, TrunkSeen } from "./observations.ts";
import { evidenceWeights, type EvidenceCode } from "./weights.ts";

/** Things this close together happened together, ms. */
const togetherMs = 5_000;

type Params = Evidence["params"];
type Detector = (seen: Observations) => readonly (Evidence | undefined)[];

/** Evidence from its occurrences; undefined when there are none. */
function evidence(code: EvidenceCode, said: Evidence["said"], occurrences: readonly Seen[], params: Params = {}): Evidence | undefined {
  const [first] = occurrences;
  const last = occurrences.at(-1);
  if (!first || !last) return undefined;
  const seqs = [...new Set([...occurrences.slice(0, 3), last].map(({ seq }) => seq))];
  return { code, ...evidenceWeights[code], said, params, firstMs: first.atMs, lastMs: last.atMs, count: occurrences.length, seqs };
}

const within = (aMs: number, bMs: number) => Math.abs(aMs - bMs) <= togetherMs;
const byTrunk = ({ trunks }: Observations, find: (trunk: TrunkSeen) => Evidence | undefined) => [...trunks.values()].map(find);

/** Attempts whose end speaks against the trunk, not against the flow under it or the callee. */
const isCarrierFault = ({ outcome }: AttemptSeen) => outcome?.class === "carrier";

/** Losses of a trunk that are not those of its own account (refused registration). */
function lossesOfOthers(trunk: TrunkSeen, seen: Observations) {
  return [...seen.trunks.values()].filter(({ carrier }) => carrier !== trunk.carrier).flatMap(({ losses }) => losses);
}

/** When something of this trunk failed: its flow, or a call on it. */
const failuresOf = (trunk: TrunkSeen, { attempts }: Observations): readonly Seen[] => [
  ...trunk.losses,
  ...attempts.filter((attempt) => attempt.trunkId === trunk.id && isCarrierFault(attempt)),
];

const boot: Detector = (seen) => {
  const failed = seen.stageFaults.filter(({ fault }) => fault.kind !== "overdue");
  const hung = seen.stageFaults.filter(({ fault }) => fault.kind === "overdue");
  const [last] = failed.slice(-1);
  const [lastHung] = hung.slice(-1);
  const firstMs = seen.stageFaults[0]?.atMs;
  const refused = seen.callsRefused.filter(({ because }) => because === "boot-incomplete");
  const trunksWell = firstMs === undefined ? [] : [...seen.trunks.values()].filter(({ proofs, losses, ready }) => ready && losses.length === 0 && (proofs.some((atMs) => atMs >= firstMs) || refused.length > 0));
  const completed = firstMs === undefined ? undefined : seen.bootsCompleted.find(({ atMs }) => atMs > (seen.stageFaults.at(-1)?.atMs ?? firstMs));
  const wellAgain = completed && seen.attempts.filter(({ atMs, effective }) => effective && atMs > completed.atMs);
  return [
    evidence("critical-stage-failed", "observed", failed, last && { stage: last.stage, error: last.fault.name ?? last.fault.kind, ...(last.fault.httpStatus && { status: last.fault.httpStatus }) }),
    evidence("critical-stage-hung", "observed", hung, lastHung && { stage: lastHung.stage }),
    evidence("calls-refused-for-boot", "observed", refused, { calls: refused.length }),
    evidence("trunks-well-while-boot-broken", "peer", firstMs === undefined || trunksWell.length === 0 ? [] : seen.stageFaults.slice(0, 1), { trunks: trunksWell.map(({ id }) => id).join(", ") }),
    evidence("well-after-reinitialisation", "observed", completed && wellAgain?.length && trunksWell.length > 0 ? [completed, ...wellAgain] : [], { calls: wellAgain?.length ?? 0 }),
  ];
};

/** What failed first, and had the CRM come up by then? Says nothing for a CRM that puts no stage on record. */
const bootBefore: Detector = (seen) => {
  const firstFailure = [...seen.trunks.values()].flatMap((trunk) => failuresOf(trunk, seen)).sort((a, b) => a.atMs - b.atMs)[0];
  const completed = firstFailure && seen.bootsCompleted.find(({ atMs }) => atMs < firstFailure.atMs);
  return [evidence("boot-complete-before-failure", "observed", completed && seen.stageFaults.length === 0 ? [completed] : [])];
};

const commonMode: Detector = (seen) => {
  const together = [...seen.trunks.values()].flatMap((trunk) => trunk.losses.filter((loss) => lossesOfOthers(trunk, seen).some(({ atMs }) => within(atMs, loss.atMs))));
  const failures = [...seen.trunks.values()].flatMap((trunk) => [...failuresOf(trunk, seen)]);
  const controlFailed = seen.controlsFailed.filter(({ atMs }) => seen.trunks.size > 0 && [...seen.trunks.values()].some(({ losses }) => losses.some((loss) => within(loss.atMs, atMs))));
  const controlWell = seen.controlsAnswered.filter(({ atMs }) => failures.some((failure) => failure.atMs <= atMs && within(failure.atMs, atMs)));
  return [
    evidence("unrelated-trunks-failed-together", "inferred", together.sort((a, b) => a.atMs - b.atMs), { trunks: seen.trunks.size }),
    evidence("control-failed-with-trunks", "observed", controlFailed),
    evidence("control-failed-alone", "observed", controlFailed.length === 0 ? seen.controlsFailed : []),
    evidence("control-well-while-trunk-failed", "peer", controlFailed.length === 0 ? controlWell : []),
    evidence("host-says-offline", "observed", seen.offline),
  ];
};

/** A trunk failed while another carrier's answered: then it is neither the network nor the device. */
const otherCarrier: Detector = (seen) =>
  byTrunk(seen, (trunk) => {
    const others = [...seen.trunks.values()].filter(({ carrier }) => carrier !== trunk.carrier);
    const alone = failuresOf(trunk, seen).filter(
      (failure) => others.some(({ proofs }) => proofs.some((atMs) => within(atMs, failure.atMs) && atMs >= failure.atMs)) && !others.some(({ losses }) => losses.some(({ atMs }) => within(atMs, failure.atMs))),
    );
    return evidence("other-carrier-well-meanwhile", "peer", alone, { trunk: trunk.id, carrier: trunk.carrier });
  });

const edge: Detector = (seen) =>
  [...seen.trunks.values()].flatMap((trunk) => {
    const alone = trunk.losses.filter(({ atMs }) => !lossesOfOthers(trunk, seen).some((other) => within(other.atMs, atMs)));
    const params = { trunk: trunk.id, carrier: trunk.carrier };
    const refusedWith = (test: (code: number) => boolean) => trunk.refusals.filter(({ answer }) => answer?.said === "peer" && test(answer.code));
    return [
      evidence("edge-fell-silent", "inferred", alone.filter(({ silent }) => silent), params),
      evidence("edge-unreachable", "inferred", alone.filter(({ silent }) => !silent), params),
      evidence("registrar-failed", "peer", refusedWith((code) => code >= 500), { ...params, code: trunk.refusals.at(-1)?.answer?.code ?? 0 }),
      evidence("registrar-silent", "inferred", alone.length > 0 || trunk.losses.length > 0 ? [] : trunk.refusals.filter(({ answer }) => answer?.said !== "peer"), params),
      evidence("credentials-refused", "peer", refusedWith((code) => code === 401 || code === 403 || code === 404 || code === 407), { ...params, code: trunk.refusals.at(-1)?.answer?.code ?? 0 }),
    ];
  });

/** Rows of the outcome table that name a route's fault, by the cause the carrier gave. */
const routeCause = ({ outcome, answer }: AttemptSeen) => outcome?.class === "carrier" && answer?.said === "peer" && (answer.q850 !== undefined || answer.code === 502 || answer.code === 504);

const routes: Detector = (seen) => {
  const groups = new Map<string, AttemptSeen[]>();
  for (const attempt of seen.attempts) {
    const key = `${attempt.trunkId} ${attempt.route}`;
    groups.set(key, [...(groups.get(key) ?? []), attempt]);
  }
  return [...groups.values()].flatMap((attempts) => {
    const [{ trunkId, route }] = attempts as [AttemptSeen];
    const carrier = seen.trunks.get(trunkId)?.carrier ?? trunkId;
    const params = { trunk: trunkId, carrier, route };
    const faults = attempts.filter(isCarrierFault);
    const firstMs = faults[0]?.atMs ?? Infinity;
    const lastMs = faults.at(-1)?.endedMs ?? -Infinity;
    const meanwhile = ({ atMs, effective }: AttemptSeen) => effective && atMs >= firstMs - togetherMs && atMs <= lastMs + togetherMs;
    const others = seen.attempts.filter((attempt) => attempt.trunkId === trunkId && attempt.route !== route);
    const otherWell = others.filter(meanwhile);
    const elsewhere = seen.attempts.filter((attempt) => attempt.trunkId !== trunkId && attempt.route === route && meanwhile(attempt));
    const allFailed = others.length > 0 && others.every(isCarrierFault);
    return [
      evidence("invite-swallowed-by-live-edge", "inferred", faults.filter(({ edgeAlive }) => edgeAlive === true), params),
      evidence("call-stalled-after-trying", "inferred", faults.filter(({ outcome }) => outcome?.row === "stalled-after-100"), params),
      evidence("route-refused-by-carrier", "peer", faults.filter(routeCause), { ...params, code: faults.find(routeCause)?.answer?.code ?? 0, cause: faults.find(routeCause)?.answer?.q850?.value ?? 0 }),
      evidence("invite-refused-by-edge", "peer", faults.filter((attempt) => attempt.answer?.said === "peer" && !routeCause(attempt)), { ...params, code: faults.find(({ answer }) => answer)?.answer?.code ?? 0 }),
      evidence("other-route-well-on-same-trunk", "peer", faults.length > 0 ? otherWell : [], { ...params, other: otherWell[0]?.route ?? "" }),
      evidence("all-routes-failed-on-trunk", "inferred", faults.length > 0 && allFailed ? faults : [], params),
      evidence("same-route-well-on-other-trunk", "peer", faults.length > 0 ? elsewhere : [], { ...params, other: elsewhere[0]?.trunkId ?? "" }),
    ];
  });
};

const settings: Detector = (seen) => {
  const misconfigured = seen.attempts.filter(({ outcome }) => outcome?.class === "caller");
  const [first] = misconfigured;
  const before = first ? seen.attempts.filter(({ atMs, effective, trunkId, route }) => effective && atMs < first.atMs && trunkId === first.trunkId && route === first.route) : [];
  const device = seen.callsRefused.filter(({ because }) => because === "media-failed");
  const callee = seen.attempts.filter(({ outcome }) => outcome?.class === "callee");
  return [
    evidence("credentials-not-to-be-had", "observed", seen.credentialFaults, { trunk: seen.credentialFaults[0]?.trunkId ?? "" }),
    evidence("call-refused-as-misconfigured", "peer", misconfigured, { trunk: first?.trunkId ?? "", code: first?.answer?.code ?? 0 }),
    evidence("same-settings-worked-before", "peer", before, { trunk: first?.trunkId ?? "" }),
    evidence("microphone-not-to-be-had", "observed", device, { error: device.at(-1)?.error ?? "" }),
    evidence("callee-refused", "peer", callee, { calls: callee.length }),
  ];
};

const detectors: readonly Detector[] = [boot, bootBefore, commonMode, otherCarrier, edge, routes, settings];

/** Everything that speaks for or against some domain. */
export const evidenceOf = (seen: Observations): readonly Evidence[] =>
  detectors.flatMap((detect) => detect(seen)).filter((item): item is Evidence => item !== undefined);
