/** Rules that hold whatever the weights: what must never be laid on a carrier. */
import type { Evidence, FaultDomain } from "./model.ts";
import { togetherMs } from "./observations.ts";
import { weightOf, type EvidenceCode } from "./weights.ts";

/** Evidence with other weights than the table gives it: on a carrier never with more. */
type Rule = (evidence: readonly Evidence[]) => readonly Evidence[];

/** What silence alone may say against a carrier when nothing else was tried. */
const silenceAtMost = 1;

const isCarriers = (domain: string) => domain.startsWith("carrier-");
const has = (evidence: readonly Evidence[], code: EvidenceCode) => evidence.some((item) => item.code === code);

const isControl = ({ code }: Evidence) => weightOf(code as EvidenceCode).control === true;

/** The same evidence, laying at most `most` on a carrier. */
function sparing(item: Evidence, most: number): Evidence {
  const weights = Object.entries(item.weights).map(
    ([domain, weight]) => [domain, isCarriers(domain) ? Math.min(weight, most) : weight] as const,
  );
  return { ...item, weights: Object.fromEntries(weights) as Partial<Record<FaultDomain, number>> };
}

/** What our own stack made up is never "the carrier said": without a control it only raises the question. */
const inferenceIsNoWord: Rule = (evidence) =>
  evidence.some(isControl) ? evidence : evidence.map((item) => (item.said === "inferred" ? sparing(item, silenceAtMost) : item));

/** When unrelated carriers fail together, look at what they share: what they did then speaks against none of them. */
const togetherIsNobodys: Rule = (evidence) => {
  const elsewhereWell = has(evidence, "same-route-well-on-other-trunk");
  const shared = evidence.filter(
    ({ code, group }) =>
      code === "unrelated-trunks-failed-together" ||
      (group === "other-audio" && code !== "audio-well-on-other-trunk") ||
      (code === "call-failed-on-unrelated-carriers" && !elsewhereWell),
  );
  const isThen = (item: Evidence) =>
    shared.some(({ firstMs, lastMs }) => item.firstMs >= firstMs - togetherMs && item.lastMs <= lastMs + togetherMs);
  return evidence.map((item) => (isThen(item) ? sparing(item, 0) : item));
};

/** A fault whose onset comes before the CRM finished initialising cannot be laid on a carrier without a control that clears the CRM. */
const bootComesFirst: Rule = (evidence) => {
  const isCleared = evidence.some((item) => isControl(item) && (item.weights["crm-init"] ?? 0) < 0);
  return has(evidence, "failed-before-boot-complete") && !isCleared ? evidence.map((item) => sparing(item, 0)) : evidence;
};

/** How much less a start-up that came through in part is thought of when another carrier reached the same numbers. */
const perCarrier = 1;

/**
 * A start-up that came through in part shows like a fault of the carrier's route: the edge lives, other calls are
 * well, and only these fail, from the first one on. Until one of them worked, or the CRM was started anew, what
 * speaks for the route speaks for such a start-up as well.
 */
const partialStartLooksAlike: Rule = (evidence) => {
  if (!has(evidence, "never-worked-since-initialisation")) return evidence;
  const isOpen = !has(evidence, "all-routes-failed-on-trunk") && !evidence.some(({ group }) => group === "boot-recovery");
  return evidence.map((item) => {
    // That the start-up came through clears it of nothing that has not worked since.
    if (item.code === "boot-complete-before-failure") return { ...item, weights: {} };
    if (!isOpen || !["invite", "other-route", "other-trunk"].includes(item.group)) return item;
    const forCarrier = Math.max(...Object.entries(item.weights).map(([domain, weight]) => (isCarriers(domain) ? weight : -Infinity)));
    const forStart = forCarrier - (item.group === "other-trunk" ? perCarrier : 0);
    return forStart > 0 ? { ...item, weights: { ...item.weights, "crm-init": forStart } } : item;
  });
};

/** A callee's answer never counts against a carrier (ITU-T E.425): it is proof that the carrier got there. */
const calleeIsNoFault: Rule = (evidence) => evidence.map((item) => (item.group === "callee" ? sparing(item, 0) : item));

export const rules: readonly Rule[] = [inferenceIsNoWord, togetherIsNobodys, bootComesFirst, partialStartLooksAlike, calleeIsNoFault];
