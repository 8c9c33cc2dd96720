import { describe, expect, test } from "vitest";
import { seededRandom } from "../../adapters/mock-trunk/index.ts";
import { plan, type Candidate, type PlanContext } from "../../src/routing/plan.ts";

const trunk = (trunkId: string, priority: number, more: Partial<Candidate> = {}): Candidate => ({
  trunkId,
  carrier: trunkId,
  priority,
  weight: 1,
  isolated: false,
  flow: "ready",
  registered: true,
  breaker: "closed",
  trust: 1,
  ...more,
});
const calm: PlanContext = { emergency: false, commonMode: false };
const order = (candidates: readonly Candidate[], random = () => 0.5, context: Partial<PlanContext> = {}) =>
  plan(candidates, { ...calm, ...context }, random).map(({ trunkId }) => trunkId);

describe("which trunk next", () => {
  test("by priority where all are well", () => expect(order([trunk("b", 1), trunk("a", 0)])).toEqual(["a", "b"]));
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
    expect(order(candidates, () => 0.2)[0]).toBe("a");
    expect(order(candidates, () => 0.3)[0]).toBe("b");
  });
  test("equal priorities share the calls by weight (RFC 2782); 0 is for when no other is left", () => {
    const candidates = [trunk("a", 0, { weight: 3 }), trunk("b", 0, { weight: 1 }), trunk("never", 0, { weight: 0 }), trunk("later", 1)];
    const random = seededRandom(7);
    const firsts = Array.from({ length: 4_000 }, () => order(candidates, random));
    const share = firsts.filter(([first]) => first === "a").length / firsts.length;
    expect(share).toBeGreaterThan(0.72);
    expect(share).toBeLessThan(0.78);
    expect(firsts.every((each) => each[2] === "never" && each[3] === "later")).toBe(true);
  });
  test("no dice where priorities differ: a seed tells the same story with and without weights", () => {
    expect(
      order([trunk("a", 0), trunk("b", 1)], () => {
        throw new Error("no dice");
      }),
    ).toEqual(["a", "b"]);
  });
  test("an isolated trunk is out, but for an emergency with nothing better", () => {
    const candidates = [trunk("a", 0, { isolated: true }), trunk("b", 1, { breaker: "open" })];
    expect(order(candidates)).toEqual(["b"]);
    expect(order(candidates, undefined, { emergency: true })).toEqual(["b", "a"]);
  });
  test("an emergency call takes no part in a trial: closed and probing breakers by priority, then open ones", () => {
    const candidates = [trunk("open", 0, { breaker: "open" }), trunk("probing", 1, { breaker: "probing", trust: 0 }), trunk("b", 2)];
    expect(order(candidates, undefined, { emergency: true })).toEqual(["probing", "b", "open"]);
  });
  test("an emergency call goes to who is registered, then to who only listens, then to whoever can be connected; and to no isolated one before", () => {
    const candidates = [
      trunk("isolated", 0, { isolated: true }),
      trunk("down", 1, { flow: "unready", registered: false }),
      trunk("listens", 2, { registered: false }),
      trunk("registered", 3),
    ];
    expect(order(candidates, undefined, { emergency: true })).toEqual(["registered", "listens", "down", "isolated"]);
  });
  test("when all carriers fail together breakers tell nothing: the order is the configured one", () => {
    const candidates = [trunk("a", 0, { breaker: "open" }), trunk("b", 1, { breaker: "probing", trust: 0 })];
    expect(order(candidates, undefined, { commonMode: true })).toEqual(["a", "b"]);
  });
});
