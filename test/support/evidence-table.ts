import { evidenceGrounds } from "../../src/diagnosis/grounds.ts";
import { evidenceWeights, type EvidenceCode, type Weight } from "../../src/diagnosis/weights.ts";

/** The row of docs/diagnosis.md on one kind of evidence. */
export function evidenceRow(code: EvidenceCode, weights: Weight["weights"] = evidenceWeights[code].weights): string {
  const { group } = evidenceWeights[code];
  const votes = Object.entries(weights).map(([domain, weight]) => `${domain} ${weight > 0 ? "+" : "−"}${Math.abs(weight)}`);
  return `| \`${code}\` | ${group} | ${votes.join(", ")} | ${evidenceGrounds[code]} |`;
}
