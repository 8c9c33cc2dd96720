import { evidenceGrounds } from "../../src/diagnosis/grounds.ts";
import { evidenceWeights, type EvidenceCode, type Weight } from "../../src/diagnosis/weights.ts";

/** Weights, as the documents write them. */
export const logOddsOf = (weights: Weight["weights"]): string =>
  Object.entries(weights)
    .map(([domain, weight]) => `${domain} ${weight > 0 ? "+" : "−"}${Math.abs(weight)}`)
    .join(", ");

/** The row of docs/diagnosis.md on one kind of evidence. */
export function evidenceRow(code: EvidenceCode, weights: Weight["weights"] = evidenceWeights[code].weights): string {
  const { group } = evidenceWeights[code];
  return `| \`${code}\` | ${group} | ${logOddsOf(weights)} | ${evidenceGrounds[code]} |`;
}
