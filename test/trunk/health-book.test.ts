import { describe, expect, test } from "vitest";
import { createJournal } from "../../src/book.ts";
import { everyRoute, type Route } from "../../src/journal.ts";
import { defaultLimits } from "../../src/limits.ts";
import type { HealthNote } from "../../src/ports/shared-health.ts";
import { createCommonMode } from "../../src/trunk/common-mode.ts";
import { createHealthBook, type HealthBook } from "../../src/trunk/health-book.ts";
import { entriesOf } from "../support/entries.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";
import { throwViolation } from "../support/violations.ts";

function setUp({
  random = () => 0,
  isRoute = () => true,
}: { readonly random?: () => number; readonly isRoute?: (route: Route) => boolean } = {}) {
  const clock = createVirtualClock();
  const journal = createJournal(clock, 1_000);
  const told: HealthNote[] = [];
  const commonMode = createCommonMode({
    carriers: () => new Set(["Carrier A", "Carrier B"]),
    windowMs: 5_000,
    clock,
    journal,
    onSuspected: (sinceMs) => book.pardon("common-mode", sinceMs),
  });
  const book: HealthBook = createHealthBook({
    trunkId: "A",
    carrier: "Carrier A",
    isRoute,
    clock,
    random,
    limits: defaultLimits,
    journal,
    commonMode,
    loadedWindow: () => undefined,
    onViolation: throwViolation,
    whenIdle(action) {
      action();
      return () => {};
    },
    onChange() {},
    onLearnt: (note) => told.push(note),
  });
  return { book, clock, told, commonMode, changes: () => entriesOf(journal.entries, "breaker:changed") };
}

const note = (more: Partial<HealthNote>): HealthNote => ({
  trunkId: "A",
  route: "local",
  plane: "signalling",
  vote: "tripped",
  because: "silence-edge-alive",
  ...more,
});
const stateOf = (book: HealthBook, route: Route) => book.standing(route).breaker;
const call = (book: HealthBook, route = "local") => book.ballot(route, "signalling", "n1");

describe("a rest that the edge asks for", () => {
  test("holds on every route, those that were never used too", () => {
    const { book } = setUp();
    book.letRest("sip-503", 60_000);
    expect([stateOf(book, "local"), stateOf(book, "never used")]).toEqual(["open", "open"]);
    expect(book.rows[0]).toMatchObject({ route: everyRoute, restMs: 60_000 });
  });

  test("is told to the neighbours within its bound", () => {
    const { book, told } = setUp();
    book.letRest("sip-503", 1e9);
    expect(told).toMatchObject([{ route: everyRoute, vote: "tripped", restMs: defaultLimits.retryAfterMaxMs }]);
  });

  test("is not ended by a common mode, but by an operator", () => {
    const { book } = setUp();
    book.letRest("sip-503", 60_000);
    book.pardon("common-mode", 0);
    expect(stateOf(book, "local")).toBe("open");
    book.pardon("restored");
    expect(stateOf(book, "local")).toBe("closed");
  });

  test("ends by probation of the whole trunk, which any route's phones pass and any route's failure does not", () => {
    for (const [vote, end] of [
      ["success", "closed"],
      ["failure", "open"],
    ] as const) {
      const { book, clock } = setUp();
      book.letRest("sip-503", 60_000);
      clock.advance(60_000);
      expect(stateOf(book, "local")).toBe("probing");
      for (let calls = 0; calls < 5; calls++) book.vote(call(book, `route ${calls}`), vote, "x");
      expect(stateOf(book, "another")).toBe(end);
    }
  });
});

describe("a flow that keeps dying under calls", () => {
  test("costs two calls in a row, then the trunk is set aside, and comes back on probation", () => {
    const { book, clock, told } = setUp();
    book.fellSilent(call(book));
    expect(stateOf(book, "local")).toBe("closed");
    clock.advance(60_000);
    book.fellSilent(call(book, "mobile"));
    expect(stateOf(book, "local")).toBe("open");
    expect(told).toMatchObject([{ route: everyRoute, vote: "tripped", because: "silence-edge-dead" }]);
    clock.advance(30_000);
    expect(stateOf(book, "local")).toBe("probing");
    book.fellSilent(call(book));
    expect(stateOf(book, "local")).toBe("open");
  });

  test("is forgiven where phones ring between, or the last time is long past", () => {
    const { book, clock } = setUp();
    book.fellSilent(call(book));
    book.vote(call(book), "success", "alerting");
    book.fellSilent(call(book));
    clock.advance(defaultLimits.breakerWindowMs + 1);
    book.fellSilent(call(book));
    expect(stateOf(book, "local")).toBe("closed");
  });

  test("is no trunk's fault while all carriers fail together", () => {
    const { book, commonMode } = setUp();
    for (const carrier of ["Carrier A", "Carrier B"]) commonMode.failed(carrier);
    for (let calls = 0; calls < 5; calls++) book.fellSilent(call(book));
    expect(stateOf(book, "local")).toBe("closed");
  });
});

test("a stall past a learnt limit is half a failure and teaches; past the longest limit it opens the route", () => {
  const { book, changes } = setUp();
  for (let calls = 0; calls < 6; calls++) book.postDialDelay("local").sample(900);
  expect(book.postDialDelay("local").limitMs).toBe(5_000);
  book.stalled(call(book), 5_000);
  expect(changes()).toEqual([]);
  expect(book.postDialDelay("local").limitMs).toBe(11_000);
  book.stalled(call(book), 11_000);
  expect(changes()).toMatchObject([{ route: "local", to: "open", because: "stalled-after-100" }]);
  expect(stateOf(book, "mobile")).toBe("closed");
});

describe("a pardon", () => {
  test("is told, and closes what a neighbour had opened for the same reason", () => {
    const [one, two] = [setUp(), setUp()];
    one.book.condemn(call(one.book), "silence-edge-alive");
    one.clock.advance(1_000);
    one.book.pardon("common-mode", one.clock.nowMs() - 5_000);
    for (const each of one.told) expect(two.book.heard(each)).toBe(true);
    expect(one.told).toMatchObject([{ vote: "tripped" }, { vote: "pardoned", route: everyRoute, withinMs: 5_000 }]);
    expect(two.changes().map(({ to, because }) => `${to} ${because}`)).toEqual(["open silence-edge-alive", "closed common-mode"]);
  });

  test("with an age spares what opened before", () => {
    const { book, clock } = setUp();
    book.condemn(call(book), "silence-edge-alive");
    clock.advance(6_000);
    book.heard(note({ route: everyRoute, vote: "pardoned", because: "common-mode", withinMs: 5_000 }));
    expect(stateOf(book, "local")).toBe("open");
    book.heard(note({ route: everyRoute, vote: "pardoned", because: "restored" }));
    expect(stateOf(book, "local")).toBe("closed");
  });
});

describe("what comes from outside is believed within bounds", () => {
  test("no note rests a trunk for longer than the edge itself could", () => {
    for (const route of ["local", everyRoute]) {
      const { book } = setUp({ random: () => 0.99 });
      book.heard(note({ route, restMs: 1e12 }));
      expect(Math.max(...book.rows.map(({ restMs }) => restMs))).toBe(defaultLimits.retryAfterMaxMs);
    }
  });

  test.each([
    ["a route that no number of ours has", { route: "Z" }],
    ["a plane that there is not", { plane: "other" as never }],
    ["a vote that there is not", { vote: "closed" as never }],
    ["a reason that is a text", { because: "Mr Smith called +21671000001" }],
    ["no route at all", { route: undefined as never }],
  ])("%s is ignored", (_, more) => {
    const { book, changes } = setUp({ isRoute: (route) => route === "local" });
    expect(book.heard(note(more))).toBe(false);
    expect(changes()).toEqual([]);
    expect(book.rows).toEqual([]);
  });

  test("nor is a rest believed that is no number", () => {
    const { book } = setUp();
    book.heard(note({ restMs: NaN }));
    expect(book.rows.find(({ state }) => state === "open")?.restMs).toBe(defaultLimits.ejectionBaseMs);
  });

  test("what an earlier page left of a route that is no more is not remembered, nor figures that are none", () => {
    const { book } = setUp({ isRoute: (route) => route === "local" });
    const left = { trunkId: "A", plane: "signalling", state: "open", restMs: 10_000, ejections: 1, logOdds: 0 } as const;
    expect(book.remember({ ...left, route: "Z" }, 0)).toBe(false);
    expect(book.remember({ ...left, route: "local", logOdds: NaN }, 0)).toBe(false);
    expect(book.rows).toEqual([]);
    expect(book.remember({ ...left, route: everyRoute, restMs: 1e12 }, 0)).toBe(true);
    expect(book.rows[0]?.restMs).toBe(defaultLimits.ejectionMaxMs);
  });
});

test("routes are kept apart up to a bound, and one that is set aside is not forgotten for one that is well", () => {
  const { book } = setUp();
  book.condemn(call(book, "dead"), "silence-edge-alive");
  for (let route = 0; route < 1_000; route++) {
    book.standing(`route ${route}`);
    book.postDialDelay(`route ${route}`);
  }
  expect(book.rows.length).toBeLessThanOrEqual(256);
  expect(stateOf(book, "dead")).toBe("open");
  expect(book.memory.length).toBeLessThanOrEqual(257);
});
