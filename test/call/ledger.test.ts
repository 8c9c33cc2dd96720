import { describe, expect, test } from "vitest";
import { createLedger, mayHaveRung, type Sent, type Tried } from "../../src/call/ledger.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";

/** How an attempt may have gone, as far as phones are concerned. */
const fates = {
  "refused unrung": { alerted: false, answered: false, isKnown: true },
  "rang, and over": { alerted: true, answered: false, isKnown: true },
  answered: { alerted: true, answered: true, isKnown: true },
  "answered without a 180": { alerted: false, answered: true, isKnown: true },
  "nobody knows": { alerted: false, answered: false, isKnown: false },
  "rang, and nobody knows": { alerted: true, answered: false, isKnown: false },
} as const;
type Fate = keyof typeof fates;

const attempt = (fate: Fate): Tried => ({ ...fates[fate], finishedMs: 0 });

/** The second goes out when the first is over, or while it is not. */
function pair(first: Fate, second: Fate, when: "after" | "beside"): readonly Sent[] {
  const one = attempt(first);
  return [
    { attempt: one, before: [], beside: [] },
    { attempt: attempt(second), before: [one], beside: when === "beside" ? [one] : [] },
  ];
}

describe("two attempts of one call: may two phones have rung?", () => {
  const all = Object.keys(fates) as Fate[];
  /** One after the other: only what nobody knows of the first may have rung besides. */
  test.each(all.flatMap((first) => all.map((second) => [first, second] as const)))("%s, and then: %s", (first, second) => {
    const open = first === "nobody knows" || first === "rang, and nobody knows";
    expect(mayHaveRung(pair(first, second, "after"))).toBe(open);
  });

  test.each<[Fate, Fate, boolean]>([
    ["refused unrung", "answered", false],
    ["refused unrung", "nobody knows", false],
    ["rang, and over", "refused unrung", true],
    ["rang, and over", "answered", true],
    ["answered without a 180", "refused unrung", false],
    ["answered without a 180", "rang, and over", true],
    // The late answer is the call now; what became of the other, nobody has said.
    ["answered without a 180", "nobody knows", true],
    ["nobody knows", "refused unrung", true],
  ])("%s, while out already: %s", (first, second, marked) => {
    expect(mayHaveRung(pair(first, second, "beside"))).toBe(marked);
  });

  test.each(all)("one alone is never two: %s", (fate) => {
    expect(mayHaveRung([{ attempt: attempt(fate), before: [], beside: [] }])).toBe(false);
  });
});

describe("the ledger", () => {
  test("counts what went out to the same number of late, whoever's call it was, and the call's own for as long as it lasts", () => {
    const clock = createVirtualClock();
    const ledger = createLedger(clock);
    const over = (): Tried => ({ ...attempt("refused unrung"), finishedMs: clock.nowMs() });
    const first = over();
    const other = over();
    expect(ledger.enter("+1", first, [])).toMatchObject({ before: [], beside: [] });
    expect(ledger.enter("+2", other, [])).toMatchObject({ before: [], beside: [] });
    clock.advance(59_000);
    expect(ledger.enter("+1", over(), []).before).toEqual([first]);
    clock.advance(61_001);
    expect(ledger.enter("+1", over(), []).before).toEqual([]);
    clock.advance(61_001);
    expect(ledger.enter("+1", over(), [first]).before).toEqual([first]);
  });

  test("one that is not over yet counts for as long as it is not", () => {
    const clock = createVirtualClock();
    const ledger = createLedger(clock);
    const open: Tried = { ...attempt("nobody knows"), finishedMs: undefined };
    ledger.enter("+1", open, []);
    clock.advance(600_000);
    expect(ledger.enter("+1", attempt("answered"), [])).toMatchObject({ before: [open], beside: [open] });
  });
});
