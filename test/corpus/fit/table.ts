/** The table of `src/diagnosis/weights.ts` as a row of numbers that can be fitted, and back into its source. */
import type { FaultDomain } from "../../../src/diagnosis/model.ts";
import { evidenceWeights, weightOf, type EvidenceCode, type Weight } from "../../../src/diagnosis/weights.ts";
import { evidenceRow } from "../../support/evidence-table.ts";

/** One number of the table. What is the same for the three domains of a carrier stays so: it tells them apart no better than the expert did. */
export interface Entry {
  readonly code: EvidenceCode;
  readonly domains: readonly FaultDomain[];
  readonly expert: number;
}

const carriers: readonly FaultDomain[] = ["carrier-signalling", "carrier-routing", "carrier-media"];

const codes = Object.keys(evidenceWeights) as EvidenceCode[];

export const table: readonly Entry[] = codes.flatMap((code) => {
  const { weights } = weightOf(code);
  const ofCarriers = new Set(carriers.map((domain) => weights[domain]));
  const isTied = ofCarriers.size === 1 && !ofCarriers.has(undefined);
  const alone = (Object.entries(weights) as [FaultDomain, number][])
    .filter(([domain]) => !isTied || !carriers.includes(domain))
    .map(([domain, expert]) => ({ code, domains: [domain], expert }));
  return isTied ? [...alone, { code, domains: carriers, expert: weights["carrier-media"] ?? 0 }] : alone;
});

/** @param values in the order of `table`. */
export function weightsFrom(values: readonly number[]): ReadonlyMap<string, Weight["weights"]> {
  const all = new Map<string, Record<string, number>>();
  for (const [index, { code, domains }] of table.entries()) {
    const row = all.get(code) ?? {};
    for (const domain of domains) row[domain] = values[index] ?? 0;
    all.set(code, row);
  }
  return all;
}

/** The table's grid: finer than a quarter would claim more than a corpus can show. */
const grid = 0.25;
export const rounded = (value: number): number => Math.round(value / grid) * grid;
export const bounds = { least: grid, most: 6, sharpness: [0.75, 3] } as const;

/** The source with other numbers. @throws where a row is not found: the source was written otherwise. */
export function sourceWith(source: string, values: readonly number[], sharpness: number): string {
  let written = source.replace(/(?<=export const sharpness = )[\d.]+/, String(sharpness));
  for (const code of codes) {
    const row = table.map((entry, index) => ({ ...entry, value: values[index] ?? 0 })).filter((entry) => entry.code === code);
    if (row.every(({ value, expert }) => value === expert)) continue;
    const numbers = row.map(({ domains: [domain = "unknown"], domains, value }) =>
      domains.length > 1 ? `...carriers(${value})` : `${/-/.test(domain) ? `"${domain}"` : domain}: ${value}`,
    );
    const pattern = new RegExp(`(?<="${code}": \\{\\s+group: "[a-z-]+",\\s+weights: )\\{[^}]*\\}`);
    if (!pattern.test(written)) throw new Error(`no row of ${code} in the source`);
    written = written.replace(pattern, `{ ${numbers.join(", ")} }`);
  }
  return written;
}

/** docs/diagnosis.md with the rows of the other numbers. */
export function documentWith(document: string, values: readonly number[]): string {
  const weights = weightsFrom(values);
  return codes.reduce((written, code) => written.replace(evidenceRow(code), evidenceRow(code, weights.get(code))), document);
}
