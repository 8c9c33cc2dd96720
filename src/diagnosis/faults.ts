/** What is at fault: what leads, and beside it what would be named by evidence of its own that the others do not explain. */
import { actors, type Evidence, type Fault, type FaultDomain } from "./model.ts";
import { conclude, isSign, probabilitiesOf, ranked, sideOf, weighed, type PerDomain } from "./odds.ts";
import type { Priors } from "./weights.ts";

/**
 * What is at fault beside what leads. Each place is judged apart: first what concerns no trunk, then each trunk by what was
 * met there. What a fault that was named already explains is taken out, and what is left must be clear by itself.
 * @param evidence as it was found: what is over for long is no less a fault of its own.
 */
export function othersAtFault(evidence: readonly Evidence[], leading: Fault, priors: Priors): readonly Fault[] {
  const others: Fault[] = [];
  const trunks = evidence.map(({ params }) => params["trunk"]);
  for (const place of new Set([undefined, ...trunks]))
    for (;;) {
      const own = unexplained(evidence, [leading, ...others]).filter(({ params }) => params["trunk"] === place);
      const found = faultIn(own, priors);
      if (!found || (place === undefined && sideOf(found.domain) === "carrier") || others.some(isSame(found))) break;
      others.push(found);
    }
  return others;
}

const isSame =
  ({ domain, trunkId }: Fault) =>
  (other: Fault) =>
    other.domain === domain && other.trunkId === trunkId;

/** A carrier explains what was met on its own trunks, and what concerns all of them; whoever is no carrier, what speaks for him anywhere. */
function unexplained(evidence: readonly Evidence[], faults: readonly Fault[]): readonly Evidence[] {
  const carriers = new Map(evidence.map(({ params: { trunk, carrier } }) => [trunk, carrier ?? trunk]));
  const explains = ({ domain, trunkId }: Fault, { weights, params: { trunk } }: Evidence) =>
    sideOf(domain) === "carrier"
      ? (trunk === undefined || carriers.get(trunk) === carriers.get(trunkId)) && ofSide(weights, domain).some((weight) => weight > 0)
      : (weights[domain] ?? 0) > 0;
  return evidence.filter((item) => !faults.some((fault) => explains(fault, item)));
}

const ofSide = (weights: Evidence["weights"], domain: FaultDomain) =>
  Object.entries(weights).flatMap(([other, weight]) => (sideOf(other as FaultDomain) === sideOf(domain) ? [weight] : []));

/** Would it be clear, had the others not been? Of two faults each makes the other less probable, and no less true. */
export function isClearBeside(others: readonly Fault[], evidence: readonly Evidence[], leader: FaultDomain, priors: Priors): boolean {
  const own = weighed(unexplained(evidence, others));
  return others.length > 0 && own.some(isSign) && conclude(probabilitiesOf(own, priors), leader) === "clear";
}

/** The fault that this evidence alone is clear about; callees are nobody's fault. */
function faultIn(evidence: readonly Evidence[], priors: Priors): Fault | undefined {
  if (!evidence.some(isSign)) return undefined;
  const of = weighed(evidence);
  const probabilities = probabilitiesOf(of, priors);
  const [domain] = ranked(probabilities) as [FaultDomain];
  if (domain === "remote-party" || conclude(probabilities, domain) !== "clear") return undefined;
  return faultOf(of, probabilities, domain);
}

/** One domain's fault, and where it is, as far as it is a carrier's. */
export function faultOf(evidence: readonly Evidence[], probabilities: PerDomain, domain: FaultDomain): Fault {
  const trunkId = trunkOf(evidence, domain);
  const route = domain === "carrier-routing" ? routeOf(evidence, domain, trunkId) : undefined;
  return {
    domain,
    probability: probabilities[domain],
    ...(trunkId !== undefined && { trunkId }),
    ...(route !== undefined && { route }),
    actor: actors[domain],
    reasonsFor: speaking(evidence, domain, 1),
  };
}

/** What speaks for a domain, or with `-1` against it, the strongest first. */
export function speaking(evidence: readonly Evidence[], domain: FaultDomain, sign: 1 | -1): readonly Evidence[] {
  const weightFor = ({ weights }: Evidence) => (weights[domain] ?? 0) * sign;
  return evidence.filter((item) => weightFor(item) > 0).sort((a, b) => weightFor(b) - weightFor(a));
}

/** The trunk that most of what speaks for a carrier's domain is about. */
function trunkOf(evidence: readonly Evidence[], domain: FaultDomain): string | undefined {
  if (sideOf(domain) !== "carrier") return undefined;
  const totals = new Map<string, number>();
  for (const { params, weights, count } of evidence) {
    const { trunk } = params;
    const weight = weights[domain] ?? 0;
    if (typeof trunk === "string" && weight > 0) totals.set(trunk, (totals.get(trunk) ?? 0) + weight * Math.log2(1 + count));
  }
  return [...totals].sort(([, a], [, b]) => b - a)[0]?.[0];
}

/** The route, where it is one alone. */
function routeOf(evidence: readonly Evidence[], domain: FaultDomain, trunkId: string | undefined): string | undefined {
  const signs = evidence.filter((item) => isSign(item) && item.params["trunk"] === trunkId && (item.weights[domain] ?? 0) > 0);
  const routes = new Set(signs.map(({ params }) => params["route"]));
  const [route] = routes;
  return routes.size === 1 && typeof route === "string" ? route : undefined;
}
