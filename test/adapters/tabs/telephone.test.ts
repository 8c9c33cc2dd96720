/** Which page is the telephone, and when another becomes it. */
import { fc } from "@fast-check/vitest";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pageOf } from "../../../adapters/tabs/page.ts";
import { wordOf } from "../../../adapters/tabs/words.ts";
import type { Seat, SharedAgent } from "../../../src/ports/shared-telephone.ts";
import { createBrowser, type FakeBrowser } from "../../support/browser-tabs.ts";
import { createVirtualClock, type VirtualClock } from "../../support/virtual-clock.ts";

let clock: VirtualClock;
let browser: FakeBrowser;
let seats: Seat[];

beforeEach(() => {
  clock = createVirtualClock();
  browser = createBrowser();
  seats = [];
});

afterEach(async () => {
  await pass(100);
  for (const seat of seats) seat.leave();
  await settled();
  expect(clock.pending).toBe(0);
});

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** In steps as small as what is said between the pages is quick. */
async function pass(ms: number): Promise<void> {
  await settled();
  for (let leftMs = ms; leftMs > 0; leftMs -= 250) {
    clock.advance(Math.min(250, leftMs));
    await settled();
  }
}

/** A page whose line does as it is told: it can be rung 100 ms after it became the telephone. */
async function open(account = "sip:agent7@a.example") {
  const page = browser.page();
  const line = { isHere: undefined as boolean | undefined, isInUse: false, isReady: false, isHeard: false };
  let refreshed = 0;
  const turned: [string, string][] = [];
  let agent: SharedAgent = { available: true };
  const taken: { seat?: Seat } = {};
  const set = (change: Partial<typeof line> & { agent?: SharedAgent }) => {
    agent = change.agent ?? agent;
    Object.assign(line, change);
    taken.seat?.changed();
  };
  const seat = page.shared.attend(
    {
      account,
      get isInUse() {
        return line.isInUse;
      },
      get isReady() {
        return line.isReady;
      },
      get isHeard() {
        return line.isHeard;
      },
      get agent() {
        return agent;
      },
      moved(isHere) {
        line.isHere = isHere;
        if (!isHere) set({ isReady: false });
        else clock.setTimer(() => line.isHere && set({ isReady: true }), 100);
      },
      refresh: () => (refreshed += 1),
      learn: (learnt) => (agent = learnt),
      turned: (by, turn) => turned.push([by, turn]),
    },
    clock,
    () => 0.5,
  );
  taken.seat = seat;
  seats.push(seat);
  await settled();
  return { ...page, line, turned, set, agent: () => agent, refreshed: () => refreshed, rested: seat.rested, leave: seat.leave };
}

type Opened = Awaited<ReturnType<typeof open>>;
const where = (...pages: readonly Opened[]) => pages.map(({ line }) => line.isHere);

describe("one page is the telephone", () => {
  test("the first that comes; the others say at once that they are not", async () => {
    const pages = [await open(), await open(), await open()];
    expect(where(...pages)).toEqual([true, false, false]);
    await pass(60_000);
    expect(where(...pages)).toEqual([true, false, false]);
  });

  test("for each account", async () => {
    expect(where(await open("sip:one@a.example"), await open("sip:two@a.example"))).toEqual([true, true]);
  });

  test("another when it goes: at once where the agent is, else after as long as a reload takes", async () => {
    const [one, two, three] = [await open(), await open(), await open()];
    one.leave();
    await pass(1_250);
    expect(where(two, three)).toEqual([false, false]);
    await pass(500);
    expect(where(two, three)).toEqual([true, false]);
    three.focus();
    two.leave();
    await pass(0);
    expect(where(three)).toEqual([true]);
  });

  test("a single one, where the agent comes to another page than the one whose turn it is", async () => {
    const [one, two, three] = [await open(), await open(), await open()];
    three.focus();
    one.leave();
    await pass(3_000);
    expect(where(two, three)).toEqual([false, true]);
  });

  test("a page that is reloaded is it again, though its neighbour took its turn meanwhile", async () => {
    const [one, two] = [await open(), await open()];
    one.leave();
    await pass(2_000);
    const again = await open();
    again.focus();
    await pass(3_000);
    expect(where(two, again)).toEqual([false, true]);
  });

  test("a page that is reloaded without any other is it again at once", async () => {
    const one = await open();
    one.hide(false);
    expect(where(await open())).toEqual([true]);
  });

  test("where there are no locks each is", async () => {
    browser = createBrowser({ request: () => Promise.reject(new DOMException("insecure", "SecurityError")) });
    expect(where(await open(), await open())).toEqual([true, true]);
  });

  test("and where the browser says nothing of its locks, each after a moment", async () => {
    browser = createBrowser({ request: () => new Promise<never>(() => {}) });
    const one = await open();
    await pass(1_500);
    expect(where(one)).toEqual([true]);
  });
});

describe("it goes where the agent is", () => {
  test("once the agent has been there for a second, and no sooner than ten seconds after it came; who loses it rests when the other can be rung", async () => {
    const [one, two] = [await open(), await open()];
    await pass(10_000);
    two.focus();
    await pass(750);
    expect(where(one, two)).toEqual([true, false]);
    await pass(500);
    expect(where(one, two)).toEqual([true, true]);
    await pass(1_500);
    expect(where(one, two)).toEqual([false, true]);
    one.focus();
    await pass(5_000);
    expect(where(one, two)).toEqual([false, true]);
    await pass(20_000);
    expect(where(one, two)).toEqual([true, false]);
  });

  test("to the page that is seen, where the agent works in the page around its frame, and it has never the focus", async () => {
    const [one, two] = [await open(), await open()];
    one.look(true);
    await pass(10_000);
    one.look(false);
    two.look(true);
    await pass(3_000);
    expect(where(one, two)).toEqual([false, true]);
  });

  test("with two of them in sight, in windows side by side, to that which has the focus; else it stays until its own is out of sight", async () => {
    const [one, two] = [await open(), await open()];
    one.look(true);
    two.look(true);
    await pass(60_000);
    expect(where(one, two)).toEqual([true, false]);
    two.focus();
    await pass(3_000);
    expect(where(one, two)).toEqual([false, true]);
    await pass(60_000);
    expect(where(one, two)).toEqual([false, true]);
    browser.page().focus();
    two.look(false);
    await pass(3_000);
    expect(where(one, two)).toEqual([true, false]);
  });

  test("seldom while it cannot be rung: the next page would ask its registrars anew", async () => {
    const [one, two] = [await open(), await open()];
    let moves = 0;
    for (const { line } of [one, two]) Object.defineProperty(line, "isReady", { get: () => false, set() {} });
    for (let at = 0; at < 20; at += 1) {
      const before = String(where(one, two));
      (at % 2 === 0 ? two : one).focus();
      await pass(15_000);
      moves += before === String(where(one, two)) ? 0 : 1;
    }
    expect(moves).toBeGreaterThan(1);
    expect(moves).toBeLessThanOrEqual(5);
    expect(where(one, two).filter(Boolean)).toHaveLength(1);
  });

  test("not to a page that the agent only passes through", async () => {
    const [one, two] = [await open(), await open()];
    await pass(10_000);
    two.focus();
    await pass(500);
    one.focus();
    await pass(30_000);
    expect(where(one, two)).toEqual([true, false]);
  });

  test("never from where a call is up; but when that is over", async () => {
    const [one, two] = [await open(), await open()];
    await pass(10_000);
    one.set({ isInUse: true });
    two.focus();
    await pass(60_000);
    expect(where(one, two)).toEqual([true, false]);
    one.set({ isInUse: false });
    await pass(3_000);
    expect(where(one, two)).toEqual([false, true]);
  });

  test("at once where the agent places a call; with a call on either side when the first is over", async () => {
    const [one, two] = [await open(), await open()];
    two.set({ isInUse: true });
    await pass(0);
    expect(where(two)).toEqual([true]);
    await pass(2_000);
    expect(where(one, two)).toEqual([false, true]);
    one.set({ isInUse: true });
    await pass(10_000);
    expect(where(one, two)).toEqual([false, true]);
    two.set({ isInUse: false });
    await pass(2_000);
    expect(where(one, two)).toEqual([true, false]);
  });

  test("who cannot be rung keeps nobody from being so: the page before stays registered", async () => {
    const [one, two] = [await open(), await open()];
    await pass(10_000);
    Object.defineProperty(two.line, "isReady", { get: () => false, set() {} });
    two.focus();
    await pass(60_000);
    expect(where(one, two)).toEqual([true, true]);
    one.set({ isReady: false });
    await pass(1_000);
    expect(where(one, two)).toEqual([false, true]);
  });
});

test("is told when another page has unregistered, for that may have cost it its binding", async () => {
  const pages = [await open(), await open(), await open()];
  pages[2]?.rested();
  await pass(0);
  expect(pages.map(({ refreshed }) => refreshed())).toEqual([1, 0, 0]);
});

describe("from a page that is frozen it is taken", () => {
  test("within seconds where the agent is", async () => {
    const [one, two] = [await open(), await open()];
    one.freeze();
    two.focus();
    await pass(3_000);
    expect(where(two)).toEqual([true]);
  });

  test("and within half a minute where the agent is in none; whoever wakes up rests", async () => {
    const [one, two, three] = [await open(), await open(), await open()];
    one.freeze();
    await pass(30_000);
    expect(where(two, three).filter(Boolean)).toHaveLength(1);
    one.thaw();
    await pass(15_000);
    expect(where(one, two, three).filter(Boolean)).toHaveLength(1);
    expect(where(one)).toEqual([false]);
  });

  test("but not by one that has slept itself, and hears its timers before what was said", async () => {
    const [one, two] = [await open(), await open()];
    await pass(19_000);
    two.freeze();
    await pass(60_000);
    two.thaw();
    await pass(5_000);
    expect(where(one, two)).toEqual([true, false]);
  });

  test("a page that says so itself lets go of it, and takes its turn when it is back", async () => {
    const [one, two] = [await open(), await open()];
    one.hide(true);
    await pass(2_000);
    expect(where(one, two)).toEqual([false, true]);
    one.show();
    await pass(5_000);
    expect(where(one, two)).toEqual([false, true]);
    two.hide(true);
    await pass(2_000);
    expect(where(one, two)).toEqual([true, false]);
  });
});

describe("whatever the pages and the agent do", () => {
  const act = fc.record({
    what: fc.constantFrom(
      "open",
      "close",
      "focus",
      "look",
      "look away",
      "call",
      "hang up",
      "freeze",
      "thaw",
      "hide",
      "show",
      "cannot be rung",
    ),
    at: fc.nat(4),
    thenMs: fc.constantFrom(0, 0, 250, 1_000, 3_000, 12_000),
  });

  test("it is one page in the end, that of the one call where there is one; nobody who could be rung is left without", () =>
    fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (acts) => {
        clock = createVirtualClock();
        browser = createBrowser();
        const pages: { opened: Opened; isAway: boolean; isFrozen: boolean }[] = [];
        for (const { what, at, thenMs } of acts) {
          const page = pages[at];
          if (what === "open" && pages.length < 5) pages.push({ opened: await open(), isAway: false, isFrozen: false });
          if (!page) continue;
          const { opened } = page;
          if (what === "close") pages.splice(at, 1);
          if (what === "close") opened.leave();
          if (what === "focus") opened.focus();
          if (what === "look" || what === "look away") opened.look(what === "look");
          if (what === "call" && !page.isFrozen) opened.set({ isInUse: true });
          if (what === "hang up" && !page.isFrozen) opened.set({ isInUse: false });
          if (what === "cannot be rung" && !page.isFrozen) opened.set({ isReady: false });
          if (what === "freeze") page.isFrozen = true;
          if (what === "freeze") opened.freeze();
          if (what === "thaw") page.isFrozen = false;
          if (what === "thaw") opened.thaw();
          // A page that speaks is not put away.
          if (what === "hide" && !opened.line.isInUse && !page.isFrozen) page.isAway = true;
          if (what === "hide" && !opened.line.isInUse && !page.isFrozen) opened.hide(true);
          if (what === "show" && page.isAway) opened.show();
          if (what === "show") page.isAway = false;
          await pass(thenMs);
        }
        for (const page of pages) {
          page.opened.thaw();
          if (page.isAway) page.opened.show();
          if (page.opened.line.isHere) page.opened.set({ isReady: true });
        }
        await pass(90_000);
        const telephones = pages.filter(({ opened }) => opened.line.isHere);
        const inUse = pages.filter(({ opened }) => opened.line.isInUse);
        expect(telephones).toHaveLength(Math.min(1, pages.length));
        if (inUse.length > 0) expect(inUse).toContain(telephones[0]);
        for (const { opened } of pages) opened.leave();
        await pass(100);
        expect(clock.pending).toBe(0);
      }),
      { numRuns: Number(process.env["LINEKEEPER_TAB_RUNS"] ?? 60) },
    ));
});

describe("what the agent declares in one page", () => {
  test("holds in the others, and in those that come later", async () => {
    const [one, two] = [await open(), await open()];
    two.set({ agent: { available: false } });
    await pass(0);
    expect(one.agent()).toEqual({ available: false });
    const three = await open();
    await pass(0);
    expect(three.agent()).toEqual({ available: false });
    three.set({ agent: { available: true, emergencyDateMs: 7 } });
    await pass(0);
    expect([one, two].map(({ agent }) => agent())).toEqual(Array(2).fill({ available: true, emergencyDateMs: 7 }));
    // Nobody repeats what was heard.
    expect(browser.said.filter((word) => (word as { kind: string }).kind === "agent")).toHaveLength(2);
  });

  test("and the call that the agent turns to", async () => {
    const [one, two] = [await open(), await open()];
    two.set({ isHeard: true });
    two.set({ isHeard: false });
    await pass(0);
    expect(one.turned).toEqual([
      ["page-2", "to"],
      ["page-2", "from"],
    ]);
    expect(two.turned).toEqual([]);
  });

  test("and of two that turn at once which was the later, of which all are of one mind", async () => {
    const pages = [await open(), await open(), await open()] as const;
    for (const { set } of pages) set({ isHeard: true });
    await pass(0);
    expect(pages.map(({ turned }) => turned)).toEqual([
      [
        ["page-2", "to"],
        ["page-3", "to"],
      ],
      [
        ["page-1", "before"],
        ["page-3", "to"],
      ],
      [
        ["page-1", "before"],
        ["page-2", "before"],
      ],
    ]);
    const [one, two] = pages;
    two.set({ isHeard: false });
    await pass(0);
    two.set({ isHeard: true });
    await pass(0);
    expect(one.turned.slice(2)).toEqual([
      ["page-2", "from"],
      ["page-2", "to"],
    ]);
  });

  test("and that call once, to whoever comes later too, until its page is gone", async () => {
    const [one, two] = [await open(), await open()];
    two.set({ isHeard: true });
    const three = await open();
    await pass(60_000);
    const inCall = ["page-2", "to"];
    expect([one.turned, three.turned]).toEqual([[inCall], [inCall]]);
    two.crash();
    await pass(0);
    const over = ["page-2", "from"];
    expect([one.turned, three.turned]).toEqual([
      [inCall, over],
      [inCall, over],
    ]);
  });
});

test("a page says whether it is in front, and each time that this may have changed", () => {
  const page = Object.assign(new EventTarget(), {
    document: Object.assign(new EventTarget(), { visibilityState: "hidden", hasFocus: (): boolean => false }),
  });
  const { presence, watch } = pageOf(page as never);
  let told = 0;
  const heard: unknown[] = [];
  const stop = watch({ turned: () => (told += 1), suspended: (mayReturn) => heard.push(mayReturn), resumed: () => heard.push("back") });
  expect([presence(), pageOf({}).presence()]).toEqual(["hidden", "hidden"]);
  page.document.visibilityState = "visible";
  page.document.dispatchEvent(new Event("visibilitychange"));
  expect(presence()).toBe("shown");
  page.document.hasFocus = () => true;
  page.dispatchEvent(new Event("focus"));
  expect([presence(), told]).toEqual(["focus", 2]);
  const goAndCome = () => {
    for (const persisted of [true, false])
      for (const type of ["pagehide", "pageshow"]) page.dispatchEvent(Object.assign(new Event(type), { persisted }));
    for (const type of ["freeze", "resume"]) page.document.dispatchEvent(new Event(type));
  };
  goAndCome();
  // With the first loading of a page comes a `pageshow` too.
  expect(heard).toEqual([true, "back", false, true, "back"]);
  stop();
  page.dispatchEvent(new Event("focus"));
  goAndCome();
  expect([told, heard.length]).toEqual([2, 5]);
});

describe("what somebody else says there", () => {
  test("is nothing, or one of the words, whole", async () => {
    const [one, two] = [await open(), await open()];
    for (const rubbish of [null, 7, "x", {}, { from: "z" }, { from: "z", kind: "answer", to: "page-2", say: "take it" }])
      browser.say(rubbish);
    await pass(1_000);
    expect(where(one, two)).toEqual([true, false]);
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom("ask", "answer", "agent", "ready"), (value, kind) => {
        const word = wordOf({ from: "z", kind, want: value, to: value, say: value, isReady: value, agent: value });
        expect(word === undefined || word.kind === "ready").toBe(true);
      }),
    );
  });
});
