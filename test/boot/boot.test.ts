import { describe, expect, test, vi } from "vitest";
import { createBoot } from "../../src/boot/boot.ts";
import type { StageContext } from "../../src/boot/stage.ts";
import { createJournal } from "../../src/book.ts";
import type { FactType } from "../../src/journal.ts";
import { entriesOf } from "../support/entries.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";
import { throwViolation } from "../support/violations.ts";

function setUp(privacy = { errorMessages: false }) {
  const clock = createVirtualClock();
  const journal = createJournal(clock, 1_000);
  const boot = createBoot({ clock, random: () => 0.5, journal, privacy, onViolation: throwViolation });
  /** Moves the clock on in steps, letting promises settle between. */
  const pass = async (ms: number) => {
    for (let step = 0; step <= 20; step++) {
      await vi.dynamicImportSettled();
      for (let turn = 0; turn < 25; turn++) await Promise.resolve();
      if (step < 20) clock.advance(ms / 20);
    }
  };
  const entries = <T extends FactType>(type: T) => entriesOf(journal.entries, type);
  return { clock, journal, boot, pass, entries };
}

const forever = () => new Promise<never>(() => {});

describe("a stage", () => {
  test("that passes hands its result on and is on record", async () => {
    const { boot, journal, pass } = setUp();
    expect(await boot.stage("settings", ({ attempt }) => `try ${attempt}`)).toBe("try 1");
    await pass(1);
    expect(journal.entries.map(({ type }) => type)).toEqual(["boot:started", "stage:started", "stage:passed", "boot:completed"]);
    expect(boot.progress).toEqual([{ stage: "settings", state: "passed", critical: true, stalled: false }]);
  });

  test("that fails rejects with the CRM's own error, whatever it threw, and its message stays home", async () => {
    const { boot, journal, entries } = setUp();
    const thrown = Object.assign(new Error("GET /settings?token=abc"), { status: 500 });
    await expect(boot.stage("settings", () => Promise.reject(thrown))).rejects.toBe(thrown);
    await expect(boot.stage("odd", () => Promise.reject("just a text"))).rejects.toBe("just a text");
    expect(entries("stage:failed")).toMatchObject([
      { stage: "settings", final: true, fault: { kind: "threw", name: "Error", httpStatus: 500 } },
      { stage: "odd", fault: { kind: "threw", name: "string" } },
    ]);
    expect(JSON.stringify(journal.entries)).not.toContain("token");
    expect(boot.incompleteStage()).toBe("settings");
  });

  test("shows its message only where the integrator allowed it", async () => {
    const { boot, entries } = setUp({ errorMessages: true });
    await boot.stage("settings", () => Promise.reject(new Error("no route"))).catch(() => {});
    expect(entries("stage:failed")[0]?.fault.message).toBe("no route");
  });

  test("is tried again as often as asked, a TypeError too, with a wait between", async () => {
    const { boot, pass, entries } = setUp();
    let tries = 0;
    const result = boot.stage("settings", () => (++tries < 3 ? Promise.reject(new TypeError("fetch failed")) : "well"), { retries: 3 });
    await pass(0);
    expect(tries).toBe(1);
    await pass(2_000);
    expect(await result).toBe("well");
    expect(entries("stage:failed").map(({ attempt, final }) => [attempt, final])).toEqual([
      [1, false],
      [2, false],
    ]);
  });

  test("that hangs shows at half its time, and ends at its time though it ignores its signal", async () => {
    const { boot, pass, entries, clock } = setUp();
    let signal: AbortSignal | undefined;
    const result = boot.stage("session", (context) => ((signal = context.signal), forever()), { timeoutMs: 1_000 });
    await pass(500);
    expect(entries("stage:stalled")).toMatchObject([{ stage: "session", waitedMs: 500 }]);
    expect(boot.progress).toMatchObject([{ stage: "session", state: "running", stalled: true }]);
    await pass(500);
    await expect(result).rejects.toMatchObject({ code: "stage-overdue", retryable: true });
    expect(signal?.aborted).toBe(true);
    expect(entries("stage:failed")).toMatchObject([{ fault: { kind: "overdue" }, final: true }]);
    expect(boot.progress).toMatchObject([{ stage: "session", state: "failed", stalled: false }]);
    expect(clock.pending).toBe(0);
  });

  test("that gives itself up, as by a time limit of its own, has failed: nobody gave up the start", async () => {
    const { boot, entries } = setUp();
    const limited = () => Promise.reject(new DOMException("signal is aborted without reason", "AbortError"));
    await expect(boot.stage("session", limited)).rejects.toMatchObject({ name: "AbortError" });
    expect(entries("stage:failed")).toMatchObject([{ fault: { kind: "threw", name: "AbortError" }, critical: true, final: true }]);
  });

  test("waits for what it depends on, and is blocked when that failed or was never run", async () => {
    const { boot, entries } = setUp();
    const order: string[] = [];
    const first = boot.stage("settings", async () => void order.push("settings"));
    await Promise.all([boot.stage("session", () => void order.push("session"), { dependsOn: ["settings"] }), first]);
    expect(order).toEqual(["settings", "session"]);
    await boot.stage("broken", () => Promise.reject(new Error("no"))).catch(() => {});
    await expect(boot.stage("after", () => "never", { dependsOn: ["broken"] })).rejects.toMatchObject({ code: "stage-blocked" });
    await expect(boot.stage("lost", () => "never", { dependsOn: ["nowhere"] })).rejects.toThrow(/needs "nowhere"/);
    expect(entries("stage:failed").map(({ stage, fault }) => `${stage} ${fault.kind}`)).toEqual([
      "broken threw",
      "after blocked",
      "lost blocked",
    ]);
  });

  test.each<[string, unknown[]]>([
    ["stage(): its name is missing", []],
    ['stage(): its name must be a text that is not empty, not ""', ["", () => 1]],
    ['stage("settings"): its task is missing', ["settings"]],
    ['stage("settings"): its task must be a function that runs the step, not "GET /settings"', ["settings", "GET /settings"]],
    ['stage(): timeout is not a known field; did you mean "timeoutMs"?', ["settings", () => 1, { timeout: 5 }]],
    ["stage(): timeoutMs must be a number of 0 or more, not Infinity", ["settings", () => 1, { timeoutMs: Infinity }]],
    ["stage(): retries must be a whole number of 0 or more, not 1.5", ["settings", () => 1, { retries: 1.5 }]],
    ['stage(): dependsOn must be a list, not "session"', ["settings", () => 1, { dependsOn: "session" }]],
  ])("that cannot be run is none that has passed: %s", async (message, given) => {
    const { boot, journal } = setUp();
    const stage = boot.stage as (...given: unknown[]) => Promise<unknown>;
    await expect(stage(...given)).rejects.toMatchObject({ code: "bad-config", message: `${message} [bad-config]` });
    expect(journal.entries).toEqual([]);
    const parts = boot.stage("whole", (context) => (context.stage as typeof stage)(...given));
    await expect(parts).rejects.toMatchObject({ code: "bad-config" });
  });

  test("is critical where it is left open, and a part of another never is", async () => {
    const { boot } = setUp();
    void boot.stage("session", forever, { critical: undefined } as never);
    expect(boot.incompleteStage()).toBe("session");
    boot.restart();
    const part = (context: StageContext) => void context.stage("part", () => Promise.reject(new Error("no")), { critical: true } as never);
    await boot.stage("whole", part);
    expect(boot.incompleteStage()).toBeUndefined();
  });

  test("that is not critical holds no call back", async () => {
    const { boot } = setUp();
    await boot.stage("avatar", () => Promise.reject(new Error("no")), { critical: false }).catch(() => {});
    expect(boot.incompleteStage()).toBeUndefined();
  });
});

describe("the parts of a stage", () => {
  test("run in parallel, need their siblings, and are named after the whole", async () => {
    const { boot, pass, entries } = setUp();
    const result = boot.stage("settings", async ({ stage }) => {
      const [account, queue] = await Promise.all([
        stage("account", () => "a"),
        stage("queue", () => "q", { dependsOn: ["account"] }),
        stage("theme", () => "t"),
      ]);
      return account + queue;
    });
    await pass(1);
    expect(await result).toBe("aq");
    expect(entries("stage:started").map(({ stage, critical }) => `${stage} ${critical}`)).toEqual([
      "settings true",
      "settings/account false",
      "settings/theme false",
      "settings/queue false",
    ]);
    expect(entries("boot:completed")).toHaveLength(1);
  });

  test("are given up with the whole: its timeout is theirs", async () => {
    const { boot, pass, entries, clock } = setUp();
    const whole = boot.stage("settings", ({ stage }) => stage("account", forever), { timeoutMs: 1_000 });
    await pass(1_000);
    await expect(whole).rejects.toMatchObject({ code: "stage-overdue" });
    expect(
      entries("stage:failed")
        .map(({ stage, fault }) => `${stage} ${fault.kind}`)
        .sort(),
    ).toEqual(["settings overdue", "settings/account overdue"]);
    expect(clock.pending).toBe(0);
  });

  test("may fail where the whole can do without them", async () => {
    const { boot, pass } = setUp();
    void boot.stage("settings", ({ stage }) => stage("theme", () => Promise.reject(new Error("no"))).catch(() => "plain"));
    await pass(1);
    expect(boot.incompleteStage()).toBeUndefined();
  });
});

describe("a re-initialisation", () => {
  test("aborts what still runs, counts its run, and completes anew", async () => {
    const { boot, pass, entries } = setUp();
    const hung = boot.stage("session", forever);
    await pass(10);
    expect(boot.incompleteStage()).toBe("session");
    boot.restart();
    await expect(hung).rejects.toMatchObject({ code: "stage-aborted" });
    await boot.stage("session", () => "well");
    await pass(1);
    expect(boot.incompleteStage()).toBeUndefined();
    expect(entries("boot:started").map(({ run }) => run)).toEqual([1, 2]);
    expect(entries("boot:completed")).toMatchObject([{ run: 2 }]);
  });

  test("between two tries ends the waiting", async () => {
    const { boot, pass, clock } = setUp();
    const result = boot.stage("settings", () => Promise.reject(new Error("no")), { retries: 5 });
    await pass(1);
    boot.restart();
    await expect(result).rejects.toMatchObject({ code: "stage-aborted" });
    expect(clock.pending).toBe(0);
  });
});

test("close() aborts everything and leaves no timer; nobody waiting is no unhandled rejection", async () => {
  const { boot, pass, clock, entries } = setUp();
  void boot.stage("session", forever);
  await pass(10);
  boot.close();
  await pass(10);
  expect(entries("stage:failed")).toMatchObject([{ fault: { kind: "aborted" } }]);
  expect(clock.pending).toBe(0);
});
