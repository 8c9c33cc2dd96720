import { fc } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { houses, openWorld, type HouseName, type Step, type TrunkId } from "./world.ts";

const stepsIn = (trunk: fc.Arbitrary<TrunkId>): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ do: fc.constant("call" as const), emergency: fc.boolean() }) },
    { weight: 2, arbitrary: fc.constantFrom({ do: "hang-up" } as const, { do: "redial" } as const) },
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant("pass" as const),
        ms: fc.constantFrom(1, 20, 300, 700, 1_100, 2_500, 12_000, 33_000, 130_000),
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant("say" as const),
        trunk,
        code: fc.constantFrom(100, 100, 180, 180, 183, 200, 200, 404, 408, 480, 486, 500, 503, 503, 603),
        cause: fc.constantFrom(undefined, undefined, 1, 3, 17, 34),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("isolate" as const, "restore" as const), trunk }) },
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constantFrom(
          "reset" as const,
          "mute" as const,
          "unmute" as const,
          "refuse" as const,
          "admit" as const,
          "obey-cancel" as const,
        ),
        trunk,
      }),
    },
  );

const runs = Number(process.env["LINEKEEPER_PROPERTY_RUNS"] ?? 6_000);
/** The same at each run unless another is asked for: a change must not be blamed for what an unlucky seed finds. */
const seed = Number(process.env["LINEKEEPER_PROPERTY_SEED"] ?? 1);

async function play(house: HouseName, steps: readonly Step[]): Promise<void> {
  const world = await openWorld(house);
  for (const step of steps) await world.happen(step);
  expect(await world.finish()).toEqual([]);
}

// The share of the runs that each house gets: two trunks are the usual case.
const shares: Readonly<Record<HouseName, number>> = { "two trunks": 0.6, "one trunk": 0.2, "three trunks, two of them one carrier's": 0.2 };

test.each(Object.keys(shares) as HouseName[])(
  `any interleaving of agent, carriers, faults and time (${runs} runs, seed ${seed}): %s`,
  async (house) => {
    const steps = fc.array(stepsIn(fc.constantFrom(...houses[house].map(({ id }) => id))), { minLength: 5, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(steps, (each) => play(house, each)),
      { numRuns: Math.ceil(runs * shares[house]), seed },
    );
  },
  600_000,
);
