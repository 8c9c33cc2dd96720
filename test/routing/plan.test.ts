import { describe, expect, test } from "vitest";
import { plan, type Candidate } from "../../src/routing/plan.ts";

const trunk = (trunkId: string, priority: number, more: Partial<Candidate> = {}): Candidate => ({
  trunkId,
  carrier: trunkId,
  priority,
  flow: "ready",
  breaker: "closed",
  trust: 1,
  ...more,
});
const order = (candidates: readonly Candidate[], tried: readonly string[] = [], random = () => 0.5) =>
  plan(candidates, new Set(tried), random).map(({ trunkId }) => trunkId);

describe("which trunk next", () => {
  test("by priority where all are well", () => expect(order([trunk("b", 1), trunk("a", 0)])).toEqual(["a", "b"]));
  test("tried ones are left out", () => expect(order([trunk("a", 0), trunk("b", 1)], ["a"])).toEqual(["b"]));
  test("an open breaker goes behind, not out: with nothing healthy all are tried", () => {
    expect(order([trunk("a", 0, { breaker: "open" }), trunk("b", 1)])).toEqual(["b", "a"]);
    expect(order([trunk("a", 0, { breaker: "open" }), trunk("b", 1, { breaker: "open" })])).toEqual(["a", "b"]);
  });
  test("a doubted flow goes behind a live one, a dead one behind an open breaker", () => {
    const dead = trunk("dead", 0, { flow: "unready" });
    expect(order([dead, trunk("open", 1, { breaker: "open" }), trunk("doubted", 2, { flow: "doubted" }), trunk("well", 3)])).toEqual([
      "well",
      "doubted",
      "open",
      "dead",
    ]);
  });
  test("on probation it goes first for as large a share as it is trusted with", () => {
    const candidates = [trunk("a", 0, { breaker: "probing", trust: 0.25 }), trunk("b", 1)];
    expect(order(candidates, [], () => 0.2)[0]).toBe("a");
    expect(order(candidates, [], () => 0.3)[0]).toBe("b");
  });
});
