/** What one could try to settle the rest: of the tests that fit, the one that would change the verdict most. */
import type { Evidence, FaultDomain, Verdict } from "./model.ts";
import { faultDomains } from "./model.ts";
import { weightOf, type EvidenceCode } from "./weights.ts";

type Probabilities = Readonly<Record<FaultDomain, number>>;

/** Something a person can try: the evidence that each of its two results would be. */
interface Test {
  readonly code: string;
  readonly yes: EvidenceCode;
  readonly no: EvidenceCode;
  /** It makes sense only where one of these groups of evidence was seen. */
  readonly about: readonly Evidence["group"][];
}

const tests: readonly Test[] = [
  {
    code: "call-same-number-over-other-trunk",
    yes: "same-route-well-on-other-trunk",
    no: "call-failed-on-unrelated-carriers",
    about: ["invite", "route-cause", "settings", "callee"],
  },
  {
    code: "call-other-route-over-same-trunk",
    yes: "other-route-well-on-same-trunk",
    no: "all-routes-failed-on-trunk",
    about: ["invite", "route-cause"],
  },
  {
    code: "listen-over-other-trunk",
    yes: "audio-well-on-other-trunk",
    no: "no-audio-on-unrelated-trunks",
    about: ["audio"],
  },
  {
    code: "ask-crm-endpoint",
    yes: "control-well-while-trunk-failed",
    no: "control-failed-with-trunks",
    about: ["edge", "registrar", "no-trunk", "common-mode"],
  },
  {
    code: "ask-other-carrier",
    yes: "other-carrier-well-meanwhile",
    no: "unrelated-trunks-failed-together",
    about: ["edge", "registrar", "no-trunk", "control"],
  },
  {
    code: "reinitialise-crm",
    yes: "well-after-reinitialisation",
    no: "failing-after-reinitialisation",
    // Not of an edge alone: it is knocked at all the time anyway.
    about: ["boot", "boot-effect", "invite", "route-cause", "settings", "account"],
  },
];

/** A test that would move less than this share of the probability is not worth anybody's time. */
const worthwhile = 0.05;

/** @param probabilities as they stand. */
export function nextTestOf(evidence: readonly Evidence[], probabilities: Probabilities): Verdict["nextTest"] {
  const codes = new Set(evidence.map(({ code }) => code));
  const groups = new Set(evidence.map(({ group }) => group));
  const open = tests.filter(({ yes, no, about }) => !codes.has(yes) && !codes.has(no) && about.some((group) => groups.has(group)));
  const [best] = open.map((test) => ({ test, change: expectedChange(test, probabilities) })).sort((a, b) => b.change - a.change);
  if (!best || best.change < worthwhile) return undefined;
  const trunk = evidence.find(({ params }) => params["trunk"] !== undefined)?.params["trunk"];
  return { code: best.test.code, params: trunk === undefined ? {} : { trunk } };
}

/**
 * How much of the probability would move, on average over both results. The table's weights are read as
 * likelihood ratios, so in domain d the result is `yes` with odds e^yes(d) : e^no(d).
 */
function expectedChange({ yes, no }: Test, probabilities: Probabilities): number {
  const likelihood = (code: EvidenceCode) => (domain: FaultDomain) => Math.exp(weightOf(code).weights[domain] ?? 0);
  const ofYes = likelihood(yes);
  const ofNo = likelihood(no);
  const yesIn = (domain: FaultDomain) => ofYes(domain) / (ofYes(domain) + ofNo(domain));
  const pYes = faultDomains.reduce((sum, domain) => sum + probabilities[domain] * yesIn(domain), 0);
  const moved = (given: (domain: FaultDomain) => number, total: number) =>
    total === 0 ? 0 : faultDomains.reduce((sum, domain) => sum + probabilities[domain] * Math.abs(given(domain) / total - 1), 0) / 2;
  return pYes * moved(yesIn, pYes) + (1 - pYes) * moved((domain) => 1 - yesIn(domain), 1 - pYes);
}
