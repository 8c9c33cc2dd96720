/** On fleets whose fault is known because it was put there: are the attributes found that name it, and no others? */
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../adapters/mock-trunk/index.ts";
import { localise, type Tally } from "../../src/fleet/index.ts";
import { scoreOf, type Combination } from "./localise-score.ts";

const values = {
  trunk: ["A", "B", "C"],
  route: ["local", "mobile", "international"],
  site: ["Tunis", "Sfax", "Sousse", "Gabès"],
  crmVersion: ["8.1", "8.2"],
};
const names = Object.keys(values) as (keyof typeof values)[];

/** Every combination of all attributes; of each some attempts, few or many, and a few that fail anyway. */
function fleetOf(random: () => number, shareOf: (attributes: Combination) => number): readonly Tally[] {
  const drawn = (total: number, share: number) => Array.from({ length: total }, random).filter((one) => one < share).length;
  const all = names.reduce<readonly Combination[]>(
    (before, name) => before.flatMap((attributes) => values[name].map((value) => ({ ...attributes, [name]: value }))),
    [{}],
  );
  return all.map((attributes) => {
    const total = 1 + Math.floor(40 * random() ** 2);
    return {
      attributes,
      failed: drawn(total, shareOf(attributes)),
      total,
      ...(random() < 0.7 && { before: { failed: drawn(3 * total, 0.03), total: 3 * total } }),
    };
  });
}

const isIn = (attributes: Combination, fault: Combination) => Object.entries(fault).every(([name, value]) => attributes[name] === value);

/** One attribute, or two; or two values of one. */
function faultOf(random: () => number): readonly Combination[] {
  const one = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const first = one(names);
  const second = one(names.filter((name) => name !== first));
  const combination = { [first]: one(values[first]), ...(random() < 0.5 && { [second]: one(values[second]) }) };
  if (random() < 0.8 || values[first].length < 4) return [combination];
  return [combination, { ...combination, [first]: one(values[first].filter((value) => value !== combination[first])) }];
}

test("names what fails, by as few attributes as tell it", () => {
  const answers = Array.from({ length: 200 }, (_, seed) => {
    const random = seededRandom(seed);
    const truth = faultOf(random);
    const failing = 0.5 + random() / 2;
    const tallies = fleetOf(random, (attributes) => (truth.some((fault) => isIn(attributes, fault)) ? failing : 0.03));
    return { truth, said: localise(tallies)?.combinations ?? [] };
  });
  expect(scoreOf(answers).f1).toBeGreaterThan(0.95);
});

test("says nothing where all fail alike, where none does, and where those fail who always have", () => {
  for (let seed = 0; seed < 50; seed++) {
    const alike = (share: number) => localise(fleetOf(seededRandom(seed), () => share));
    expect([0, 0.03, 0.5, 1].map(alike)).toEqual([undefined, undefined, undefined, undefined]);
  }
  const weak = { attributes: { trunk: "A" }, failed: 30, total: 60, before: { failed: 500, total: 1_000 } };
  const sound = { attributes: { trunk: "B" }, failed: 1, total: 60, before: { failed: 20, total: 1_000 } };
  expect(localise([weak, sound])).toBeUndefined();
  expect(localise([{ ...weak, before: { failed: 20, total: 1_000 } }, sound])?.combinations).toEqual([{ trunk: "A" }]);
});

describe("few calls", () => {
  const tally = (trunk: string, failed: number, total: number): Tally => ({ attributes: { trunk }, failed, total });

  test("are no proof", () => {
    expect(localise([])).toBeUndefined();
    expect(localise([tally("A", 1, 1), tally("B", 0, 3)])).toBeUndefined();
    expect(localise([tally("A", 9, 9)])).toBeUndefined();
  });

  test("are counted inside and outside", () => {
    expect(localise([tally("A", 9, 10), tally("B", 0, 12), tally("C", 1, 15)])).toMatchObject({
      combinations: [{ trunk: "A" }],
      inside: { failed: 9, total: 10 },
      outside: { failed: 1, total: 27 },
    });
  });
});

test("what is not known of some attempts is no attribute of theirs", () => {
  const found = localise([
    { attributes: { trunk: "A", site: "Sfax" }, failed: 20, total: 20 },
    { attributes: { trunk: "A" }, failed: 0, total: 20 },
    { attributes: { trunk: "B", site: "Tunis" }, failed: 0, total: 20 },
    { attributes: { trunk: "B" }, failed: 1, total: 20 },
  ]);
  expect(found?.combinations).toEqual([{ site: "Sfax" }]);
});

test("does not hang on the order of what it reads", () => {
  const random = seededRandom(7);
  const tallies = fleetOf(random, (attributes) => (isIn(attributes, { trunk: "B", route: "local" }) ? 0.8 : 0.02));
  const found = localise(tallies);
  expect(found?.combinations).toEqual([{ trunk: "B", route: "local" }]);
  expect(localise([...tallies].reverse())).toMatchObject({
    inside: found?.inside,
    outside: found?.outside,
    combinations: found?.combinations,
  });
});
