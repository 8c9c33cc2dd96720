import { describe, expect, test } from "vitest";
import { createJournal } from "../../src/book.ts";
import { observe } from "../../src/diagnosis/observe.ts";
import { createProofs } from "../../src/trunk/proofs.ts";
import { entriesOf } from "../support/entries.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";

const ok = { code: 200, said: "peer" } as const;

function setUp() {
  const clock = createVirtualClock();
  const journal = createJournal(clock, 1_000);
  const proofs = createProofs({ trunkId: "A", clock, journal });
  const answered = (everyMs: number, times: number, answer: { code: number; said: "peer" } = ok) => {
    for (let time = 0; time < times; time++) {
      clock.advance(everyMs);
      proofs.answered("OPTIONS", 20, answer);
    }
  };
  return { clock, journal, proofs, answered, told: () => entriesOf(journal.entries, "probe:answered") };
}

describe("routine is counted", () => {
  test("the first is told at once, the others once a minute", () => {
    const { answered, told } = setUp();
    answered(15_000, 13);
    expect(told().map(({ atMs, times, fromMs }) => [atMs, times, fromMs])).toEqual([
      [15_000, undefined, undefined],
      [75_000, 4, 30_000],
      [135_000, 4, 90_000],
      [195_000, 4, 150_000],
    ]);
  });

  test("an edge that answers the ping too is not heard twice", () => {
    const { clock, proofs, told } = setUp();
    for (let probe = 0; probe < 9; probe++) {
      clock.advance(15_000);
      proofs.answered("CRLF", 10);
      proofs.answered("OPTIONS", 20, ok);
    }
    expect(told().map(({ method, times = 1 }) => `${times} ${method}`)).toEqual(["1 CRLF", "1 OPTIONS", "3 OPTIONS", "4 OPTIONS"]);
  });

  test("another answer is news, and what was counted before it is told first", () => {
    const { answered, told } = setUp();
    answered(15_000, 3);
    answered(15_000, 1, { code: 503, said: "peer" });
    expect(told().map(({ answer, times }) => [answer?.code, times])).toEqual([
      [200, undefined],
      [200, 2],
      [503, undefined],
    ]);
  });

  test("what is left is told at the end", () => {
    const { answered, proofs, told } = setUp();
    answered(15_000, 3);
    proofs.close();
    expect(told().at(-1)).toMatchObject({ times: 2, fromMs: 30_000, untilMs: 45_000 });
  });
});

describe("while there is trouble anywhere", () => {
  test("what was counted is told, and then each answer for half a minute", () => {
    const { answered, journal, told } = setUp();
    answered(15_000, 3);
    journal.append("flow:changed", { trunkId: "B", from: "open", to: "waiting", tookMs: 1 });
    answered(10_000, 3);
    answered(15_000, 2);
    expect(told().map(({ atMs, times }) => [atMs, times])).toEqual([
      [15_000, undefined],
      [45_000, 2],
      [55_000, undefined],
      [65_000, undefined],
    ]);
  });

  test("an edge that stays away is no news", () => {
    const { answered, journal, told } = setUp();
    answered(15_000, 1);
    for (let tries = 0; tries < 4; tries++) {
      journal.append("flow:changed", { trunkId: "B", from: "connecting", to: "waiting", tookMs: 1 });
      answered(10_000, 1);
    }
    expect(told()).toHaveLength(1);
  });
});

test("the diagnosis reads a count as proofs in time, and none later than the silence that followed", () => {
  const { answered, clock, journal, proofs } = setUp();
  journal.append("session:started", {
    dateMs: 0,
    environment: { sdk: "0", crm: { vendor: "x" }, runtime: "x" },
    trunks: [{ id: "A", carrier: "A", host: "a" }],
  });
  answered(15_000, 4);
  clock.advance(10_000);
  // Written late: the silence is on record first.
  journal.append("probe:unanswered", { trunkId: "A", method: "OPTIONS", waitedMs: 1 });
  journal.append("flow:changed", { trunkId: "A", from: "doubted", to: "waiting", tookMs: 1 });
  proofs.close();
  const [trunk] = observe(journal.entries).trunks;
  expect(trunk?.provenMs).toEqual([15_000, 30_000, 45_000, 60_000]);
  expect([...(trunk?.outages ?? []), ...(trunk?.blips ?? [])]).toMatchObject([
    { atMs: 70_000, aliveMs: 60_000, how: "silent", backMs: Infinity },
  ]);
});
