/** What holds for an initialisation as a whole: its order, its end, and its way out. */
import { describe, expect, test, vi } from "vitest";
import { createBoot } from "../../src/boot/boot.ts";
import { createJournal } from "../../src/book.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";
import { throwViolation } from "../support/violations.ts";

/** Lets every promise that can settle do so. */
async function settle(): Promise<void> {
  await vi.dynamicImportSettled();
  await new Promise<void>((resolve) => setImmediate(resolve));
}
const never = () => new Promise<never>(() => {});

function setUp(random = (): number => 0.5) {
  const clock = createVirtualClock();
  const journal = createJournal(clock, 1_000);
  const boot = createBoot({ clock, random, journal, privacy: { errorMessages: false }, onViolation: throwViolation });
  const told = () => journal.entries.map(({ type }) => type);
  const pass = async (ms: number) => {
    await settle();
    clock.advance(ms);
    await settle();
  };
  return { clock, boot, journal, told, pass };
}

describe("retries", () => {
  test("wait U(0, base·2ⁿ) on our clock, and only the last failure is final", async () => {
    const { boot, clock, journal, pass } = setUp();
    const task = vi.fn((_: { attempt: number }) => Promise.reject(new Error("down")));
    const result = boot.stage("settings", task, { retries: 2 });
    await pass(124);
    expect(task).toHaveBeenCalledTimes(1);
    await pass(1);
    expect(task).toHaveBeenCalledTimes(2);
    await pass(250);
    expect(task.mock.calls.map(([{ attempt }]) => attempt)).toEqual([1, 2, 3]);
    await expect(result).rejects.toThrow("down");
    expect(journal.entries.flatMap((entry) => (entry.type === "stage:failed" ? [entry.final] : []))).toEqual([false, false, true]);
    expect(clock.pending).toBe(0);
  });

  test("have each their own time", async () => {
    const { boot, journal, pass } = setUp(() => 0);
    const result = boot.stage("session", ({ attempt }) => (attempt === 1 ? never() : "ok"), { timeoutMs: 100, retries: 1 });
    await pass(100);
    await pass(0);
    expect(await result).toBe("ok");
    expect(journal.entries.find(({ type }) => type === "stage:passed")).toMatchObject({ attempt: 2, tookMs: 0 });
  });
});

describe("an initialisation", () => {
  test("a stage that depends on itself is blocked, not stuck", async () => {
    const { boot } = setUp();
    await expect(boot.stage("session", () => 1, { dependsOn: ["session"] })).rejects.toMatchObject({ code: "stage-blocked" });
  });

  test("is not completed between two stages that follow one another", async () => {
    const { boot, told, pass } = setUp();
    const both = boot.stage("settings", () => 1).then(() => boot.stage("session", never, { timeoutMs: 10 }));
    both.catch(() => {});
    await pass(0);
    await pass(10);
    expect(told()).not.toContain("boot:completed");
  });

  test("is completed anew when a critical stage was begun after it, and not for one that is not critical", async () => {
    const { boot, told, pass } = setUp();
    const completions = () => told().filter((type) => type === "boot:completed").length;
    await boot.stage("settings", () => 1);
    await pass(0);
    await boot.stage("avatars", () => 1, { critical: false });
    await pass(0);
    expect(completions()).toBe(1);
    await boot.stage("session", () => 1);
    await pass(0);
    expect(completions()).toBe(2);
  });

  test("anew: every stage waits, and calls wait with it until those that were begun have passed", async () => {
    const { boot, pass } = setUp();
    await boot.stage("settings", () => 1);
    await boot.stage("avatars", () => 1, { critical: false });
    boot.restart();
    expect(boot.progress).toMatchObject([
      { stage: "settings", state: "waiting", critical: true },
      { stage: "avatars", state: "waiting", critical: false },
    ]);
    expect(boot.incompleteStage()).toBe("settings");
    await boot.stage("session", () => 1);
    await pass(0);
    expect(boot.incompleteStage()).toBeUndefined();
    expect(boot.progress.map(({ stage, state }) => `${stage} ${state}`)).toEqual(["settings waiting", "avatars waiting", "session passed"]);
  });

  test("given up: nothing begins before it is restarted", async () => {
    const { boot, clock } = setUp();
    const settings = boot.stage("settings", never, { retries: 3 });
    await settle();
    boot.abort("the agent logged out");
    await expect(settings).rejects.toMatchObject({ code: "stage-aborted" });
    const task = vi.fn();
    await expect(boot.stage("session", task)).rejects.toMatchObject({ code: "stage-aborted" });
    expect(task).not.toHaveBeenCalled();
    expect(clock.pending).toBe(0);
    boot.restart();
    await expect(boot.stage("settings", () => 1)).resolves.toBe(1);
  });

  test("nobody who waits for no stage is shown an unhandled rejection", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const { boot } = setUp();
    void boot.stage("settings", () => Promise.reject(new Error("down")));
    await settle();
    await settle();
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  test.each([
    ["while a stage runs", never],
    ["while it waits to be retried", () => Promise.reject(new Error("down"))],
    ["right after it passed", () => Promise.resolve()],
  ])("closed %s leaves no timer, and no word after it", async (_, task) => {
    const { boot, clock, told } = setUp();
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
