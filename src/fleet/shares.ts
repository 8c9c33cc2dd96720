/** How attempts fared by each attribute alone: what a localisation names stands out, and what it does not is seen to be well. */
import { tellingNames, type Tally } from "./localise.ts";
import { attributeNames, type AttributeShare } from "./model.ts";

const shareOf = ({ failed, total }: AttributeShare) => failed / total;
const worstFirst = (a: AttributeShare, b: AttributeShare) => shareOf(b) - shareOf(a) || b.total - a.total;

/** How far its values are apart. @param values the worst first. */
const spreadOf = (values: readonly AttributeShare[]): number => {
  const [worst, best] = [values.at(0), values.at(-1)];
  return worst && best ? shareOf(worst) - shareOf(best) : 0;
};

/**
 * Attributes that tell attempts apart, the one whose values differ most first, and its values the worst first. One that is not known of all that
 * failed is left out, for its values would seem to fail less than they do; and agents, who have a table of their own.
 */
export function sharesOf(tallies: readonly Tally[]): readonly AttributeShare[] {
  const telling = tellingNames(tallies);
  const isKnown = (name: string) => tallies.every(({ failed, attributes }) => failed === 0 || attributes[name] !== undefined);
  const groups = attributeNames
    .filter((name) => name !== "agent" && telling.includes(name) && isKnown(name))
    .map((attribute) => {
      const shares = new Map<string, AttributeShare>();
      for (const { attributes, failed, total } of tallies) {
        const value = attributes[attribute];
        if (value === undefined) continue;
        const before = shares.get(value) ?? { failed: 0, total: 0 };
        shares.set(value, { attribute, value, failed: before.failed + failed, total: before.total + total });
      }
      return [...shares.values()].sort(worstFirst);
    });
  const sorted = groups.sort((a, b) => spreadOf(b) - spreadOf(a)).flat();
  return sorted.some(({ failed }) => failed > 0) ? sorted : [];
}
