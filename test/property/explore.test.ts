import { afterEach, describe, expect, test, vi } from "vitest";
import type * as Gate from "../../src/call/gate.ts";
import type * as Ledger from "../../src/call/ledger.ts";
import type { TrunkChoice } from "../../src/call/trunk-choice.ts";
import type * as Choice from "../../src/call/trunk-choice.ts";
import { beginnings } from "./beginnings.ts";
import { explore } from "./explore.ts";

/** `npm run explore` goes deeper. */
const depth = 2;

describe(`every order of ${depth} events holds what must hold`, () => {
  test.each(Object.entries(beginnings))("%s", async (_, { house, from }) => {
    const { states, faults } = await explore({ house, from, depth });
    expect(faults).toEqual([]);
    expect(states).toBeGreaterThan(20);
  });
});

describe("a rule that is taken out is found", () => {
  afterEach(() => {
    vi.doUnmock("../../src/call/gate.ts");
    vi.doUnmock("../../src/call/ledger.ts");
    vi.doUnmock("../../src/call/trunk-choice.ts");
    vi.resetModules();
  });

  async function whatIsBroken(beginning: keyof typeof beginnings): Promise<string> {
    vi.resetModules();
    const mutated = await import("./explore.ts");
    const { faults } = await mutated.explore({ ...beginnings[beginning], depth: 2, untilFault: true });
    return faults.flatMap(({ broken }) => broken).join("\n");
  }

  test("only the agent may make a phone ring once more", async () => {
    vi.doMock("../../src/call/gate.ts", async (original) => {
      const { gate } = await original<typeof Gate>();
      const mutated: typeof gate = (input) => gate({ ...input, hasRung: false, end: { ...input.end, progress: "sent", settled: true } });
      return { gate: mutated };
    });
    expect(await whatIsBroken("two trunks")).toContain("went on by itself after a phone had rung");
  });

  test("what may have rung unseen is marked", async () => {
    vi.doMock("../../src/call/ledger.ts", async (original) => ({ ...(await original<typeof Ledger>()), mayHaveRung: () => false }));
    expect(await whatIsBroken("two trunks, the first one silent")).toContain("rang two phones at once, unmarked");
  });

  test("a trunk that is fit is asked", async () => {
    vi.doMock("../../src/call/trunk-choice.ts", async (original) => {
      const { createTrunkChoice } = await original<typeof Choice>();
      const mutated: typeof createTrunkChoice = (ports) => {
        const choice = createTrunkChoice(ports);
        let taken = false;
        const take: TrunkChoice["take"] = () => {
          if (taken) return Promise.resolve(undefined);
          taken = true;
          return choice.take();
        };
        return { ...choice, take };
      };
      return { createTrunkChoice: mutated };
    });
    expect(await whatIsBroken("two trunks")).toContain("a trunk that was fit had not been asked");
  });
});
