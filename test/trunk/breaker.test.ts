import { afterEach, describe, expect, test, vi } from "vitest";
import { defaultLimits, type Limits } from "../../src/limits.ts";
import { createBreaker, type Breaker, type BreakerChange } from "../../src/trunk/breaker.ts";
import { createWindow } from "../../src/trunk/window.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";
import { throwViolation } from "../support/violations.ts";

const atOnce = (action: () => void) => {
  action();
  return () => {};
};

function setUp(given: Partial<Limits> = {}, random = () => 0, whenIdle: (action: () => void) => () => void = atOnce) {
  const clock = createVirtualClock();
  const limits = { ...defaultLimits, ...given };
  const changes: BreakerChange[] = [];
  const breaker = createBreaker({
    clock,
    random,
    limits,
    onViolation: throwViolation,
    loadedWindow: () => createWindow,
    whenIdle,
    onChange: (change) => changes.push(change),
  });
  return { clock, limits, changes, breaker };
}

/** opossum settles in microtasks. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

async function record(breaker: Breaker, ...votes: ("failure" | "success" | "ignored" | "half-failure")[]) {
  for (const vote of votes) breaker.record(vote, breaker.epoch, "sip-503");
  await settle();
}

describe("soft evidence", () => {
  test("one failure does not trip it (trap 1: no 1/0 of an empty window)", async () => {
    const { breaker } = setUp();
    await record(breaker, "failure");
    expect(breaker.state).toBe("closed");
  });

  test("two failures in a row do, and the reason is told", async () => {
    const { breaker, changes } = setUp();
    await record(breaker, "failure", "failure");
    expect(breaker.state).toBe("open");
    expect(changes).toEqual([{ from: "closed", to: "open", because: "sip-503", ejectionMs: 30_000 }]);
  });

  test("half failures count half", async () => {
    const { breaker } = setUp();
    await record(breaker, "half-failure", "half-failure");
    expect(breaker.state).toBe("closed");
    await record(breaker, "half-failure", "half-failure");
    expect(breaker.state).toBe("open");
  });

  test("what speaks of nobody neither opens nor closes (trap 4)", async () => {
    const { breaker, clock } = setUp({ recoverySuccesses: 1 });
    await record(breaker, ...Array<"ignored">(20).fill("ignored"));
    expect(breaker.state).toBe("closed");
    breaker.trip("silence");
    clock.advance(30_000);
    await record(breaker, "ignored");
    expect(breaker.state).toBe("probing");
  });

  test("failures further apart than the window do not add up, though no timer ran (trap 9)", async () => {
    // Evidence that fades at once leaves the window alone to decide.
    const { breaker, clock } = setUp({ breakerWindowMs: 60_000, evidenceHalfLifeMs: 1 });
    for (let minute = 0; minute < 10; minute++) {
      await record(breaker, "failure");
      clock.advance(120_000);
    }
    expect(breaker.state).toBe("closed");
  });

  test("successes keep it closed below the threshold", async () => {
    const { breaker } = setUp();
    await record(breaker, "success", "success", "failure", "success", "failure");
    expect(breaker.state).toBe("closed");
  });
});

describe("opening and coming back", () => {
  test("hard evidence opens at once, for as long as the peer asked", () => {
    const { breaker, changes } = setUp();
    breaker.trip("sip-503", 120_000);
    expect(changes).toMatchObject([{ to: "open", ejectionMs: 120_000 }]);
  });

  test("trust grows with each success, and full weight comes only after enough of them", async () => {
    const { breaker, clock } = setUp({ recoverySuccesses: 3 });
    breaker.trip("silence");
    expect(breaker.trust).toBe(0);
    clock.advance(30_000);
    expect(breaker.state).toBe("probing");
    const trusts: number[] = [];
    for (let success = 0; success < 3; success++) {
      trusts.push(breaker.trust);
      await record(breaker, "success");
    }
    expect(trusts).toEqual([1 / 4, 2 / 4, 3 / 4]);
    expect(breaker.state).toBe("closed");
    expect(breaker.trust).toBe(1);
  });

  test("a failure on probation ejects again, longer; healthy time pays it back (Envoy, gRFC A50)", async () => {
    const { breaker, clock, changes } = setUp({ recoverySuccesses: 1 });
    breaker.trip("silence");
    clock.advance(30_000);
    await record(breaker, "failure");
    expect(changes.at(-1)).toMatchObject({ from: "probing", to: "open", ejectionMs: 60_000 });
    clock.advance(60_000);
    await record(breaker, "success");
    expect(breaker.state).toBe("closed");
    clock.advance(10 * 30_000);
    breaker.trip("silence");
    expect(changes.at(-1)).toMatchObject({ ejectionMs: 30_000 });
  });

  test("ejection is capped and jittered by up to a fifth", () => {
    const { breaker, clock, changes } = setUp({ ejectionMaxMs: 90_000 }, () => 0.999999);
    for (let ejection = 0; ejection < 6; ejection++) {
      breaker.trip("silence");
      clock.advance(200_000);
    }
    expect(changes.at(-2)).toMatchObject({ ejectionMs: 108_000 });
  });

  test("after a recovery the old failures are forgotten (trap 2)", async () => {
    const { breaker, clock } = setUp({ recoverySuccesses: 1 });
    await record(breaker, "failure", "failure");
    clock.advance(30_000);
    await record(breaker, "success");
    await record(breaker, "failure", "failure");
    expect(breaker.state).toBe("open");
  });

  test("while open nothing is counted (trap 2: rejected fires)", async () => {
    const { breaker, clock } = setUp({ recoverySuccesses: 1 });
    breaker.trip("silence");
    await record(breaker, ...Array<"success">(50).fill("success"));
    clock.advance(30_000);
    await record(breaker, "success");
    await record(breaker, "failure", "failure");
    expect(breaker.state).toBe("open");
  });

  test("a success that began before it opened does not close it (trap 3)", async () => {
    const { breaker, clock } = setUp({ recoverySuccesses: 1 });
    const before = breaker.epoch;
    breaker.trip("silence");
    clock.advance(30_000);
    breaker.record("success", before, "answered");
    await settle();
    expect(breaker.state).toBe("probing");
  });

  test("nobody calling leaves it on probation, still open to calls (trap 5)", () => {
    const { breaker, clock } = setUp();
    breaker.trip("silence");
    clock.advance(10 * 3_600_000);
    expect(breaker.state).toBe("probing");
    expect(breaker.trust).toBeGreaterThan(0);
  });
});

describe("what it holds", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test("no timer of opossum's own, open or closed; none of ours after close (traps 7, 10)", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
    const { breaker, clock } = setUp();
    expect(vi.getTimerCount()).toBe(0);
    await record(breaker, "failure", "failure");
    expect(breaker.state).toBe("open");
    expect(vi.getTimerCount()).toBe(0);
    expect(clock.pending).toBe(1);
    breaker.close();
    expect(clock.pending).toBe(0);
  });
});

describe("a rest that was asked for", () => {
  test("is extended by a longer one, not shortened by a shorter one, and counts as one ejection", () => {
    const { breaker, changes, clock } = setUp();
    breaker.trip("sip-503", 60_000);
    clock.advance(50_000);
    breaker.trip("sip-503", 5_000);
    expect(breaker.memory.restMs).toBe(10_000);
    breaker.trip("sip-503", 120_000);
    expect(breaker.memory).toMatchObject({ restMs: 120_000, ejections: 1 });
    expect(changes).toMatchObject([{ ejectionMs: 60_000 }, { from: "open", to: "open", ejectionMs: 120_000 }]);
    clock.advance(119_999);
    expect(breaker.state).toBe("open");
    clock.advance(1);
    expect(breaker.state).toBe("probing");
  });

  test("is no longer than the bound, its jitter included", () => {
    const { breaker } = setUp({}, () => 0.99);
    breaker.trip("sip-503", 300_000, 300_000);
    expect(breaker.memory.restMs).toBe(300_000);
  });
});

test("what an earlier page left weighs no more than what could have been learnt here", () => {
  const { breaker } = setUp();
  breaker.restore({ state: "closed", restMs: 0, ejections: 1e9, logOdds: -1e9 }, 0);
  expect(breaker.memory.ejections).toBe(10);
  for (let failures = 0; failures < 4; failures++) breaker.record("failure", breaker.epoch, "sip-503");
  expect(breaker.state).toBe("open");
});
