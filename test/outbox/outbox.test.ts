import { describe, expect, test } from "vitest";
import { outboxBounds } from "../../src/outbox/bounds.ts";
import type { Parcel, TransportAnswer } from "../../src/ports/reports.ts";
import type { Store } from "../../src/ports/store.ts";
import { memoryStore } from "../../src/store/memory.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";
import { openPage, passing, settle } from "./page.ts";

const day = 24 * 3_600_000;

/** An endpoint that answers as it is told, the last answer for ever; an Error is thrown. */
function endpoint(...answers: readonly (TransportAnswer | Error | "hangs")[]) {
  const got: Parcel[] = [];
  const atMs: number[] = [];
  const clock = createVirtualClock();
  const send = (parcel: Parcel): Promise<TransportAnswer> => {
    const answer = answers[Math.min(got.length, answers.length - 1)] ?? { status: 200 };
    got.push(parcel);
    atMs.push(clock.nowMs());
    if (answer === "hangs") return new Promise(() => {});
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return { clock, send, got, atMs, keys: () => got.map(({ key }) => key) };
}

const typesOf = (page: ReturnType<typeof openPage>) => page.journal.map(({ type }) => type);

describe("a report", () => {
  test("is sent once, shortly after it was kept, and is gone from the store", async () => {
    const { clock, send, got } = endpoint();
    const store = memoryStore();
    const page = openPage({ clock, store, send });
    await page.add("r", "closed", '{"a":1}');
    expect(await store.keys("outbox/crm%2Fdesk/")).toHaveLength(1);
    await passing(clock, 60_000);
    expect(got).toEqual([{ key: "r/closed", text: '{"a":1}' }]);
    expect(page.journal).toEqual([{ type: "report:delivered", sink: "crm/desk", report: "r/closed" }]);
    expect([await store.keys(""), clock.pending]).toEqual([[], 0]);
  });

  test("a later version takes the place of one that still waits, in the same millisecond too", async () => {
    const { clock, send, keys } = endpoint();
    const page = openPage({ clock, store: memoryStore(), send });
    await Promise.all([page.add("r", "10", "a"), page.add("r", "9", "b"), page.add("other", "1", "c"), page.add("r", "closed", "d")]);
    await passing(clock, 60_000);
    expect(keys()).toEqual(["other/1", "r/closed"]);
  });

  test("that the endpoint does not want is given up, and said so; the next goes through", async () => {
    const { clock, send, keys } = endpoint({ status: 422 }, { status: 200 });
    const page = openPage({ clock, store: memoryStore(), send });
    await page.add("bad", "closed", "x");
    await page.add("good", "closed", "y");
    await passing(clock, 60_000);
    expect(keys()).toEqual(["bad/closed", "good/closed"]);
    expect(page.journal).toMatchObject([
      { type: "report:given-up", report: "bad/closed", status: 422 },
      { type: "report:delivered", report: "good/closed" },
    ]);
  });

  test("that breaks the endpoint does not hold up the others", async () => {
    const { clock, got, send } = endpoint();
    const page = openPage({
      clock,
      store: memoryStore(),
      send: (parcel) => (parcel.key.startsWith("poison") ? Promise.resolve({ status: 500 }) : send(parcel)),
    });
    for (const id of ["poison", "a", "b"]) await page.add(id, "closed", id);
    await passing(clock, 60_000);
    expect(got.map(({ text }) => text)).toEqual(["a", "b"]);
  });
});

describe("an endpoint that is down", () => {
  test("is asked less and less often, and told of once", async () => {
    const { clock, send, atMs } = endpoint(new TypeError("failed"));
    const page = openPage({ clock, store: memoryStore(), send });
    await page.add("r", "closed", "x");
    await passing(clock, day);
    const waits = atMs.slice(1).map((each, index) => each - (atMs[index] ?? 0));
    expect(waits.slice(0, 4)).toEqual([1_500, 3_000, 6_000, 12_000]);
    expect(waits.at(-1)).toBe(225_000);
    expect(page.journal).toEqual([{ type: "report:delayed", sink: "crm/desk", error: "TypeError", waitMs: 1_500 }]);
    page.close();
    expect(clock.pending).toBe(0);
  });

  test("that never answers is left after half a minute", async () => {
    const { clock, send, atMs } = endpoint("hangs", { status: 200 });
    const page = openPage({ clock, store: memoryStore(), send });
    await page.add("r", "closed", "x");
    await passing(clock, 60_000);
    expect(atMs[1]).toBe((atMs[0] ?? 0) + outboxBounds.answerMs + 1_500);
    expect(page.journal).toMatchObject([{ type: "report:delayed", error: "TimeoutError" }, { type: "report:delivered" }]);
  });

  const boom = (): never => {
    throw new RangeError("secret");
  };

  test.each<[string, unknown, delayed: object]>([
    ...[undefined, null, "ok", {}, { status: "200" }, { status: NaN }].map(
      (given) => [`such as ${String(JSON.stringify(given))}`, given, { error: "TypeError" }] as [string, unknown, object],
    ),
    ["that throws when it is read", new Proxy({}, { get: (_, name) => (name === "then" ? undefined : boom()) }), { error: "RangeError" }],
    ["whose Retry-After is no text", { status: 503, retryAfter: { toString: boom }, date: { toString: boom } }, { status: 503 }],
    ["whose Retry-After is a symbol", { status: 503, retryAfter: Symbol("secret"), date: 7n }, { status: 503 }],
    ["whose Retry-After is a number", { status: 503, retryAfter: 5 }, { status: 503, waitMs: 5_250 }],
  ])("or whose transport gives an answer %s: it is tried again", async (_, given, delayed) => {
    const { clock, send, keys } = endpoint();
    const page = openPage({
      clock,
      store: memoryStore(),
      async send(parcel) {
        const answer = await send(parcel);
        return keys().length === 1 ? (given as TransportAnswer) : answer;
      },
    });
    await page.add("r", "closed", "x");
    await passing(clock, 60_000);
    expect(keys()).toEqual(["r/closed", "r/closed"]);
    expect(page.journal).toMatchObject([{ type: "report:delayed", ...delayed }, { type: "report:delivered" }]);
  });

  test("its Retry-After holds, over a reload too", async () => {
    const { clock, send, atMs } = endpoint({ status: 503, retryAfter: "600" }, { status: 200 });
    const store = memoryStore();
    const first = openPage({ clock, store, send });
    await first.add("r", "closed", "x");
    await passing(clock, 60_000);
    first.die();
    const next = openPage({ clock, store, send });
    await passing(clock, 1_000_000);
    expect(atMs).toHaveLength(2);
    expect((atMs[1] ?? 0) - (atMs[0] ?? 0)).toBe(630_000);
    expect(typesOf(next)).toEqual(["report:delivered"]);
    expect(await store.keys("")).toEqual([]);
  });

  test("a clock that was set back keeps nothing waiting for years", async () => {
    const { clock, send, got } = endpoint({ status: 503 }, { status: 200 });
    const page = openPage({ clock, store: memoryStore(), send });
    await page.add("r", "closed", "x");
    await passing(clock, 2_000);
    clock.jumpDate(-365 * day);
    await passing(clock, 60_000);
    expect(got).toHaveLength(2);
    expect(typesOf(page).at(-1)).toBe("report:delivered");
  });

  test("a clock that is set right by years takes no report of this page for an old one", async () => {
    let isDown = true;
    const { clock, send, keys } = endpoint();
    const ask = (parcel: Parcel) => (isDown ? Promise.resolve({ status: 503 }) : send(parcel));
    const page = openPage({ clock, store: memoryStore(), send: ask });
    await page.add("r", "closed", "x");
    await passing(clock, 10_000);
    clock.jumpDate(20 * 365 * day);
    isDown = false;
    await passing(clock, 600_000);
    expect([keys(), typesOf(page)]).toEqual([["r/closed"], ["report:delayed", "report:delivered"]]);
  });

  test("a clock that was set back between two pages: the later page's version is the later", async () => {
    const { clock, send, keys } = endpoint();
    const store = memoryStore();
    const before = openPage({ clock, store, send: () => Promise.reject(new TypeError("offline")) });
    await before.add("r", "3", "ongoing");
    await passing(clock, 1_000);
    before.die();
    clock.jumpDate(-day);
    const page = openPage({ clock, store, send });
    await page.add("r", "closed", "whole");
    await passing(clock, 600_000);
    expect(keys()).toEqual(["r/closed"]);
  });

  test("a fleet does not come in the same second", async () => {
    const { clock, send, atMs } = endpoint();
    for (const chance of [0.1, 0.9]) {
      const page = openPage({ clock, store: memoryStore(), send, random: () => chance, spreadMs: 60_000 });
      await page.add("r", "closed", "x");
    }
    await passing(clock, 120_000);
    expect(atMs.map((each) => Math.round(each / 1_000))).toEqual([6, 54]);
  });
});

describe("offline", () => {
  test("for a week: all of it goes out when the network is back", async () => {
    const { clock, send, keys } = endpoint();
    const store = memoryStore();
    let isOffline = true;
    const ask = (parcel: Parcel) => (isOffline ? Promise.reject(new TypeError("offline")) : send(parcel));
    for (let each = 0; each < 7; each++) {
      const page = openPage({ clock, store, send: ask });
      await page.add(`day-${each}`, "closed", "x");
      await passing(clock, day);
      page.die();
    }
    isOffline = false;
    openPage({ clock, store, send: ask });
    await passing(clock, 600_000);
    expect(keys()).toEqual([0, 1, 2, 3, 4, 5, 6].map((each) => `day-${each}/closed`));
  });

  test("for longer than the bounds: the oldest are dropped, and counted", async () => {
    const { clock, send, keys } = endpoint();
    const store = memoryStore();
    const offline = openPage({ clock, store, send: () => Promise.reject(new TypeError("offline")) });
    await offline.add("old", "closed", "x");
    await passing(clock, outboxBounds.maxAgeMs);
    for (let each = 0; each < outboxBounds.maxReports + 3; each++) await offline.add(`${each}`, "closed", "x");
    offline.die();
    const page = openPage({ clock, store, send });
    await passing(clock, 600_000);
    expect(keys()).toHaveLength(outboxBounds.maxReports);
    expect([keys()[0], keys().at(-1)]).toEqual(["3/closed", `${outboxBounds.maxReports + 2}/closed`]);
    expect(page.journal.slice(0, 2)).toEqual([
      { type: "report:dropped", sink: "crm/desk", because: "too-old", count: 1 },
      { type: "report:dropped", sink: "crm/desk", because: "too-many", count: 3 },
    ]);
  });
});

describe("two tabs", () => {
  test("do not both send; what one adds while the other sends goes out too", async () => {
    const { clock, send, keys } = endpoint();
    const store = memoryStore();
    const slow = async (parcel: Parcel) => {
      await new Promise<void>((resolve) => clock.setTimer(resolve, 2_000));
      return send(parcel);
    };
    const tabs = [1, 2, 3].map(() => openPage({ clock, store, send: slow }));
    for (const [index, tab] of tabs.entries()) await tab.add(`tab-${index}`, "closed", "x");
    await passing(clock, 60_000);
    expect(keys().sort()).toEqual(["tab-0/closed", "tab-1/closed", "tab-2/closed"]);
    expect(clock.pending).toBe(0);
  });

  test("the one that lives sends what the other had begun", async () => {
    const { clock, send, keys } = endpoint("hangs", { status: 200 });
    const store = memoryStore();
    const [one, two] = [openPage({ clock, store, send }), openPage({ clock, store, send })];
    await one.add("r", "closed", "x");
    await passing(clock, 10_000);
    one.die();
    await passing(clock, 10_000);
    expect(keys()).toEqual(["r/closed", "r/closed"]);
    expect(typesOf(two)).toEqual(["report:delivered"]);
  });
});

describe("the page's end", () => {
  test("hands over what is not delivered, the newest first, before anything else can happen", async () => {
    const { clock, got, send } = endpoint();
    const store = memoryStore();
    const ends: boolean[] = [];
    const page = openPage({ clock, store, send: (parcel, { atPageEnd }) => (ends.push(atPageEnd), send(parcel)) });
    await page.add("one", "closed", "x");
    void page.add("two", "1", "y");
    page.endPage();
    expect(got.map(({ key }) => key)).toEqual(["two/1", "one/closed"]);
    expect(ends).toEqual([true, true]);
    await settle();
    expect(await store.keys("")).toEqual([]);
  });

  test("what becomes of it is on record where the page lives on", async () => {
    const { clock } = endpoint();
    const answers: Readonly<Record<string, number>> = { "a/closed": 200, "b/closed": 422, "c/closed": 503 };
    const send = ({ key }: Parcel, { atPageEnd }: { atPageEnd: boolean }) =>
      Promise.resolve({ status: atPageEnd ? (answers[key] ?? 0) : 200 });
    const page = openPage({ clock, store: memoryStore(), send });
    for (const id of ["c", "b", "a"]) await page.add(id, "closed", id);
    page.endPage();
    await passing(clock, 60_000);
    expect(page.journal).toEqual([
      { type: "report:delivered", sink: "crm/desk", report: "a/closed" },
      { type: "report:given-up", sink: "crm/desk", report: "b/closed", status: 422 },
      { type: "report:delivered", sink: "crm/desk", report: "c/closed" },
    ]);
  });

  test("what could not be handed over is the next page's", async () => {
    const { clock, send, keys } = endpoint();
    const store = memoryStore();
    const page = openPage({ clock, store, send: () => Promise.reject(new TypeError("too large")) });
    await page.add("r", "closed", "x");
    page.endPage();
    page.die();
    openPage({ clock, store, send });
    await passing(clock, 60_000);
    expect(keys()).toEqual(["r/closed"]);
  });

  test("a try that the page breaks off, and for which its last one is refused (409), is not taken for kept", async () => {
    const { clock, send, keys } = endpoint();
    const store = memoryStore();
    const page = openPage({
      clock,
      store,
      send: (_, { atPageEnd }) => (atPageEnd ? Promise.resolve({ status: 409 }) : new Promise(() => {})),
    });
    await page.add("r", "closed", "x");
    await passing(clock, 10_000);
    page.endPage();
    await settle();
    page.die();
    openPage({ clock, store, send });
    await passing(clock, 60_000);
    expect(keys()).toEqual(["r/closed"]);
  });
});

test("a transport that throws, and a store that fails at everything: sent all the same", async () => {
  const { clock, send, keys } = endpoint();
  const failing = () => Promise.reject(new DOMException("denied", "SecurityError"));
  const store: Store = { name: "broken", read: failing, write: failing, remove: failing, keys: failing, claim: failing };
  let tries = 0;
  const page = openPage({
    clock,
    store,
    send(parcel) {
      if (++tries === 1) throw new TypeError("no fetch here");
      return send(parcel);
    },
  });
  await page.add("r", "closed", "x");
  await passing(clock, 60_000);
  expect(keys()).toEqual(["r/closed"]);
  expect(typesOf(page)).toEqual(["store:failed", "report:delayed", "report:delivered"]);
});

test("a report that cannot be read just now is not thrown away", async () => {
  const { clock, send, keys } = endpoint();
  const inner = memoryStore();
  const first = openPage({ clock, store: inner, send });
  await first.add("r", "closed", "x");
  first.die();
  let isBroken = true;
  const read = (key: string) => (isBroken ? Promise.reject(new DOMException("busy", "UnknownError")) : inner.read(key));
  openPage({ clock, store: { ...inner, read }, send });
  await passing(clock, 60_000);
  expect(keys()).toEqual([]);
  isBroken = false;
  await passing(clock, 60_000);
  expect(keys()).toEqual(["r/closed"]);
});
