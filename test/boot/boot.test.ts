import { describe, expect, test, vi } from "vitest";
import { createBoot } from "../../src/boot/boot.ts";
import { createJournal } from "../../src/journal.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";
import { throwViolation } from "../support/violations.ts";

/** Lets every promise that can settle do so. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

function setUp({ errorMessages = false, random = () => 0.5 } = {}) {
  const clock = createVirtualClock();
  const journal = createJournal(clock, 1_000);
  const boot = createBoot({ clock, random, journal, privacy: { errorMessages }, onViolation: throwViolation });
  return {
    clock,
    boot,
    journal,
    told: () => journal.entries.map(({ type }) => type),
    last: () => journal.entries.at(-1),
    /** Time passes, and what waited for it happens. */
    async pass(ms: number) {
      clock.advance(ms);
      await settle();
    },
  };
}

const never = () => new Promise<never>(() => {});

describe("a stage", () => {
  test("gives back what the CRM's step gave, and is on record from begin to end", async () => {
    const { boot, journal, clock, pass } = setUp();
    const settings = boot.stage("settings", () => new Promise<number>((resolve) => clock.setTimer(() => resolve(42), 30)));
    await settle();
    expect(boot.progress).toEqual([{ stage: "settings", state: "running", critical: true }]);
    await pass(30);
    expect(await settings).toBe(42);
    await pass(0);
    expect(journal.entries).toMatchObject([
      { type: "boot:started", run: 1 },
      { type: "stage:started", stage: "settings", run: 1, attempt: 1, critical: true },
      { type: "stage:passed", stage: "settings", run: 1, attempt: 1, tookMs: 30 },
      { type: "boot:completed", run: 1, tookMs: 30 },
    ]);
    expect(clock.pending).toBe(0);
  });

  test("rejects with the CRM's own error, and tells of it without its message", async () => {
    const { boot, last } = setUp();
    const error = Object.assign(new Error("https://crm.example/?token=secret"), { status: 500 });
    await expect(boot.stage("settings", () => Promise.reject(error))).rejects.toBe(error);
    expect(last()).toMatchObject({ type: "stage:failed", final: true, fault: { kind: "threw", name: "Error", httpStatus: 500 } });
    expect(JSON.stringify(last())).not.toContain("secret");
  });

  test("that throws at once fails like one that rejects", async () => {
    const { boot, told } = setUp();
    await expect(
      boot.stage("script", () => {
        throw new TypeError("x is not a function");
      }),
    ).rejects.toThrow(TypeError);
    expect(told()).toEqual(["boot:started", "stage:started", "stage:failed"]);
  });

  test("that hangs is seen at half its time and ends at its timeout, though it ignores its signal", async () => {
    const { boot, clock, last, pass } = setUp();
    let signal: AbortSignal | undefined;
    const session = boot.stage("session", (context) => ((signal = context.signal), never()), { timeoutMs: 1_000 });
    const rejected = expect(session).rejects.toMatchObject({ code: "stage-overdue" });
    await settle();
    await pass(500);
    expect(last()).toMatchObject({ type: "stage:stalled", stage: "session", waitedMs: 500 });
    expect(boot.incompleteStage()).toBe("session");
    await pass(500);
    await rejected;
    expect(last()).toMatchObject({ type: "stage:failed", tookMs: 1_000, final: true, fault: { kind: "overdue" } });
    expect(signal?.aborted).toBe(true);
    expect(clock.pending).toBe(0);
  });

  test("that nobody waits for disturbs nobody", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const { boot } = setUp();
    void boot.stage("settings", () => Promise.reject(new Error("down")));
    await settle();
    await settle();
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe("retries", () => {
  test("wait between U(0, base·2ⁿ) on our clock, and the last failure is final", async () => {
    const { boot, clock, journal, pass } = setUp();
    const task = vi.fn((_: { attempt: number }) => Promise.reject(new Error("down")));
    const result = boot.stage("settings", task, { retries: 2 });
    result.catch(() => {});
    await settle();
    expect(clock.pending).toBe(1);
    await pass(124);
    expect(task).toHaveBeenCalledTimes(1);
    await pass(1);
    expect(task).toHaveBeenCalledTimes(2);
    await pass(250);
    expect(task.mock.calls.map(([{ attempt }]) => attempt)).toEqual([1, 2, 3]);
    await expect(result).rejects.toThrow("down");
    const failures = journal.entries.flatMap((entry) => (entry.type === "stage:failed" ? [[entry.attempt, entry.final]] : []));
    expect(failures).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ]);
    expect(clock.pending).toBe(0);
  });

  test.each([
    ["a TypeError, which p-retry would not retry", new TypeError("undefined is not a function")],
    ["what is no Error", "down"],
  ])("%s is retried, and passes the second time", async (_, thrown) => {
    const { boot, pass } = setUp();
    const result = boot.stage("settings", ({ attempt }) => (attempt === 1 ? Promise.reject(thrown as Error) : "ok"), { retries: 1 });
    await settle();
    await pass(5_000);
    expect(await result).toBe("ok");
    expect(boot.incompleteStage()).toBeUndefined();
  });

  test("what was thrown comes out as it was thrown", async () => {
    const { boot } = setUp();
    await expect(boot.stage("settings", () => Promise.reject("down" as unknown as Error))).rejects.toBe("down");
  });

  test("each try has its own time", async () => {
    const { boot, journal, pass } = setUp({ random: () => 0 });
    const result = boot.stage("session", ({ attempt }) => (attempt === 1 ? never() : "ok"), { timeoutMs: 100, retries: 1 });
    await settle();
    await pass(100);
    await pass(0);
    expect(await result).toBe("ok");
    expect(journal.entries.at(-1)).toMatchObject({ type: "stage:passed", attempt: 2, tookMs: 0 });
  });
});

describe("dependencies", () => {
  test("are waited for", async () => {
    const { boot, told, clock, pass } = setUp();
    const order: string[] = [];
    const settings = boot.stage("settings", () => new Promise<void>((resolve) => clock.setTimer(resolve, 50)).then(() => void order.push("settings")));
    const session = boot.stage("session", () => void order.push("session"), { dependsOn: ["settings"] });
    await settle();
    expect(boot.progress.map(({ state }) => state)).toEqual(["running", "waiting"]);
    expect(boot.incompleteStage()).toBe("settings");
    await pass(50);
    await Promise.all([settings, session]);
    expect(order).toEqual(["settings", "session"]);
    await pass(0);
    expect(told().at(-1)).toBe("boot:completed");
  });

  test("that failed block", async () => {
    const { boot, last } = setUp();
    const settings = boot.stage("settings", () => Promise.reject(new Error("down")));
    const task = vi.fn();
    const session = boot.stage("session", task, { dependsOn: ["settings"] });
    await expect(settings).rejects.toThrow("down");
    await expect(session).rejects.toMatchObject({ code: "stage-blocked" });
    expect(task).not.toHaveBeenCalled();
    expect(last()).toMatchObject({ type: "stage:failed", stage: "session", fault: { kind: "blocked" }, final: true });
  });

  test.each([["one that was never begun", "typo"], ["itself", "session"]])("on %s block at once", async (_, need) => {
    const { boot } = setUp();
    await expect(boot.stage("session", () => 1, { dependsOn: [need] })).rejects.toMatchObject({ code: "stage-blocked" });
  });
});

describe("an initialisation", () => {
  test("is not completed between two stages that follow one another", async () => {
    const { boot, told, pass } = setUp();
    const both = boot.stage("settings", () => 1).then(() => boot.stage("session", never, { timeoutMs: 10 }));
    both.catch(() => {});
    await settle();
    await pass(10);
    expect(told()).not.toContain("boot:completed");
  });

  test("does not wait for what is not critical", async () => {
    const { boot, told, pass } = setUp();
    void boot.stage("avatars", () => Promise.reject(new Error("down")), { critical: false });
    await boot.stage("settings", () => 1);
    await pass(0);
    expect(boot.incompleteStage()).toBeUndefined();
    expect(told().filter((type) => type === "boot:completed")).toHaveLength(1);
  });

  test("anew: what ran is aborted, every stage waits, and calls wait with it", async () => {
    const { boot, journal, pass } = setUp();
    await boot.stage("settings", () => 1);
    const session = boot.stage("session", never);
    const aborted = expect(session).rejects.toMatchObject({ code: "stage-aborted" });
    await settle();
    boot.restart();
    await aborted;
    expect(boot.progress).toEqual([
      { stage: "settings", state: "waiting", critical: true },
      { stage: "session", state: "waiting", critical: true },
    ]);
    expect(boot.incompleteStage()).toBe("settings");
    await boot.stage("settings", () => 1);
    await pass(0);
    expect(boot.incompleteStage()).toBeUndefined();
    expect(journal.entries.map((entry) => [entry.type, "run" in entry && entry.run]).slice(-4)).toEqual([
      ["stage:failed", 1],
      ["stage:started", 2],
      ["stage:passed", 2],
      ["boot:completed", 2],
    ]);
    expect(journal.entries.find(({ type }) => type === "stage:failed")).toMatchObject({ stage: "session", attempt: 1, fault: { kind: "aborted" } });
  });

  test("given up: nothing begins before it is restarted", async () => {
    const { boot, clock } = setUp();
    const settings = boot.stage("settings", never, { retries: 3 });
    const aborted = expect(settings).rejects.toMatchObject({ code: "stage-aborted" });
    await settle();
    boot.abort("the agent logged out");
    await aborted;
    const task = vi.fn();
    await expect(boot.stage("session", task)).rejects.toMatchObject({ code: "stage-aborted" });
    expect(task).not.toHaveBeenCalled();
    expect(clock.pending).toBe(0);
    boot.restart();
    await expect(boot.stage("settings", () => 1)).resolves.toBe(1);
  });

  test.each(["while a stage runs", "while it waits to be retried", "right after it passed"])("closed %s leaves no timer and no word after it", async (when) => {
    const { boot, clock, told } = setUp();
    const task = when === "while a stage runs" ? never : when === "right after it passed" ? () => 1 : () => Promise.reject(new Error("down"));
    boot.stage("settings", task, { retries: 5 }).catch(() => {});
    await settle();
    boot.close();
    await settle();
    const before = told();
    expect(clock.pending).toBe(0);
    clock.advance(60_000);
    await expect(boot.stage("session", () => 1)).rejects.toMatchObject({ code: "closed" });
    boot.restart();
    expect(told()).toEqual(before);
  });
});
