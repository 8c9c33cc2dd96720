import { afterEach, describe, expect, test, vi } from "vitest";
import type { LinekeeperConfig } from "../../src/config.ts";
import type { ReportTransport } from "../../src/ports/reports.ts";
import type { Store } from "../../src/ports/store.ts";
import type { ReportDocument } from "../../src/report/document.ts";
import { journalDigest, verifyReport } from "../../src/seal/index.ts";
import { renderText } from "../../src/report/index.ts";
import { memoryStore } from "../../src/store/memory.ts";
import { seededRandom } from "../../adapters/mock-trunk/index.ts";
import { buildHouse, pass, underFakeTime, type House } from "../support/house.ts";

underFakeTime();
afterEach(() => void vi.unstubAllGlobals());

let pages = 0;

/** A page with a transport that keeps what it is sent. */
function page(
  store: Store | undefined,
  change: Partial<LinekeeperConfig> = {},
  send: ReportTransport["send"] = () => Promise.resolve({ status: 200 }),
) {
  const got: { readonly key: string; readonly report: ReportDocument; readonly atPageEnd: boolean }[] = [];
  const transport: ReportTransport = {
    name: "desk",
    send(parcel, how) {
      got.push({ key: parcel.key, report: JSON.parse(parcel.text) as ReportDocument, atPageEnd: how.atPageEnd });
      return send(parcel, how);
    },
  };
  const house = buildHouse({
    limits: { calmMs: 1_000 },
    reports: [transport],
    random: seededRandom(++pages),
    ...(store && { store }),
    ...change,
  });
  return { house, got };
}

/** Lets a carrier fail until `mend` is called. */
async function breakLine(house: House): Promise<() => void> {
  const mend = house.a.fault({ kind: "reject", methods: ["INVITE"], code: 503 });
  const call = house.line.call("+21671000001");
  await pass(2_000);
  call.hangUp();
  await pass(500);
  expect(house.line.incidents.map(({ closedMs }) => closedMs)).toEqual([undefined]);
  return mend;
}

async function mended(house: House, mend: () => void): Promise<void> {
  mend();
  await pass(60_000);
  for (let calls = 0; calls < 3; calls++) {
    const call = house.line.call("+21671000002");
    await pass(1_000);
    call.hangUp();
    await pass(10_000);
  }
  await pass(120_000);
  expect(house.line.incidents.at(-1)?.closedMs).toBeTypeOf("number");
}

/** What lies on the disk when a page dies now: it never gets to write again. */
async function crashed(store: Store): Promise<Store> {
  const left = memoryStore();
  for (const key of await store.keys("")) await left.write(key, (await store.read(key)) ?? "");
  return left;
}

test("a page that was gone before it had anything to tell is no crash: the next says and sends nothing of it", async () => {
  const store = memoryStore();
  page(store, { reporting: { sample: 1 } });
  await pass(500);
  const left = await crashed(store);
  expect(await left.keys("")).not.toEqual([]);
  const next = page(left, { reporting: { sample: 1 } });
  await next.house.open();
  await pass(30_000);
  expect(next.house.entries("session:recovered")).toEqual([]);
  expect(next.got).toEqual([]);
});

describe("an incident", () => {
  test("that is over is reported once, and the next page has nothing to add", async () => {
    const store = memoryStore();
    const { house, got } = page(store);
    await house.open();
    await mended(house, await breakLine(house));
    expect(got).toMatchObject([{ report: { status: "closed", subject: "incident", incidentId: 1 }, atPageEnd: false }]);
    expect(got[0]?.key).toBe(`${got[0]?.report.reportId}/closed`);
    expect(house.entries("report:delivered")).toHaveLength(1);
    const next = page(await crashed(store));
    await next.house.open();
    await pass(30_000);
    expect(next.got).toEqual([]);
    expect(next.house.entries("session:recovered")).toMatchObject([{ reports: 0 }]);
  });

  test("that is open when the page is closed goes out as ongoing, and is completed by the next page under the same id", async () => {
    const store = memoryStore();
    const first = page(store);
    await first.house.open();
    await breakLine(first.house);
    const closed = first.house.line.close();
    await pass(1_000);
    await closed;
    expect(first.got).toMatchObject([{ report: { status: "ongoing", span: { ongoing: true } } }]);
    const next = page(store);
    await next.house.open();
    await pass(30_000);
    const reportId = first.got[0]?.report.reportId ?? "none";
    expect(next.got.map(({ key }) => key)).toEqual([`${reportId}/closed`]);
    expect(next.got[0]?.report).toMatchObject({ reportId, status: "closed", callCounts: { affected: 1 } });
    expect((await store.keys("")).filter((key) => key.includes(reportId.split("-")[0] ?? ""))).toEqual([]);
  });

  test("that is open when the page crashes is told by the next page, up to the last second", async () => {
    const store = memoryStore();
    const first = page(store);
    await first.house.open();
    await breakLine(first.house);
    await pass(1_000);
    const lastSeq = first.house.line.journal.at(-1)?.seq ?? 0;
    const left = await crashed(store);
    const next = page(left);
    await next.house.open();
    await pass(30_000);
    expect(next.got).toMatchObject([
      { report: { status: "closed", subject: "incident", span: { ongoing: true }, callCounts: { affected: 1 } } },
    ]);
    expect(next.house.entries("session:recovered")).toMatchObject([{ entries: lastSeq + 1, reports: 1 }]);
    const third = page(await crashed(left));
    await third.house.open();
    await pass(30_000);
    expect(third.got).toEqual([]);
  });

  test("is nobody else's while its page lives", async () => {
    const store = memoryStore();
    const first = page(store);
    await first.house.open();
    await breakLine(first.house);
    const second = page(store);
    await second.house.open();
    await pass(10_000);
    expect(second.house.entries("session:recovered")).toEqual([]);
    expect(second.got).toEqual([]);
  });

  test("that comes back is the same one, and reported once more when it is over again: the later counts", async () => {
    const store = memoryStore();
    const { house, got } = page(store);
    await house.open();
    for (let times = 0; times < 2; times++) await mended(house, await breakLine(house));
    expect(house.line.incidents).toMatchObject([{ id: 1, reopened: 1 }]);
    const reportId = got[0]?.report.reportId ?? "none";
    expect(got.map(({ key }) => key)).toEqual([`${reportId}/closed`, `${reportId}/closed-2`]);
    expect(got).toMatchObject([{ report: { callCounts: { affected: 1 } } }, { report: { status: "closed", callCounts: { affected: 2 } } }]);
    expect(Date.parse(got[1]?.report.generatedAt ?? "")).toBeGreaterThan(Date.parse(got[0]?.report.generatedAt ?? ""));
    const next = page(await crashed(store));
    await next.house.open();
    await pass(30_000);
    expect(next.got).toEqual([]);
    expect(next.house.entries("session:recovered")).toMatchObject([{ reports: 0 }]);
  });

  test("that has come back when the page crashes is completed by the next page as another version", async () => {
    const store = memoryStore();
    const first = page(store);
    await first.house.open();
    await mended(first.house, await breakLine(first.house));
    await breakLine(first.house);
    await pass(1_000);
    const next = page(await crashed(store));
    await next.house.open();
    await pass(30_000);
    const reportId = first.got[0]?.report.reportId ?? "none";
    expect(next.got.map(({ key }) => key)).toEqual([`${reportId}/closed-2`]);
    expect(next.got[0]?.report).toMatchObject({ status: "closed", span: { ongoing: true }, callCounts: { affected: 2 } });
  });

  test("that comes back before it is on record that it was told is completed all the same", async () => {
    const kept = memoryStore();
    let isHeld = true;
    const held: (() => void)[] = [];
    // A disk that is slow at the worst moment.
    const store: Store = {
      ...kept,
      async write(key, text) {
        if (isHeld && key.includes("/done/")) await new Promise<void>((resolve) => held.push(resolve));
        await kept.write(key, text);
      },
    };
    const first = page(store);
    await first.house.open();
    const mend = await breakLine(first.house);
    mend();
    await pass(60_000);
    for (let tries = 0; held.length === 0 && tries < 200; tries++) {
      const call = first.house.line.call("+21671000002");
      await pass(100);
      call.hangUp();
      await pass(400);
    }
    expect(held).toHaveLength(1);
    await breakLine(first.house);
    isHeld = false;
    held[0]?.();
    await pass(1_500);
    const next = page(await crashed(store));
    await next.house.open();
    await pass(30_000);
    expect(next.got.map(({ key }) => key.split("/")[1])).toEqual(["closed-2"]);
  });

  test("that is over as the page is closed leaves nothing behind", async () => {
    const store = memoryStore();
    const { house } = page(store);
    await house.open();
    await mended(house, await breakLine(house));
    const closed = house.line.close();
    await pass(1_000);
    await closed;
    expect(await store.keys("")).toEqual([]);
  });

  test("goes out while the carrier is down, where that is wanted", async () => {
    const { house, got } = page(memoryStore(), { reporting: { incidents: "at-once" } });
    await house.open();
    const mend = await breakLine(house);
    await pass(5_000);
    expect(got.length).toBeGreaterThan(0);
    expect(got.every(({ report }) => report.status === "ongoing")).toBe(true);
    await mended(house, mend);
    expect(got.at(-1)?.report.status).toBe("closed");
    expect(new Set(got.map(({ report }) => report.reportId)).size).toBe(1);
    expect(new Set(got.map(({ key }) => key)).size).toBe(got.length);
  });
});

describe("the page's end", () => {
  function listeners() {
    const told = new Map<string, Set<(event: object) => void>>();
    vi.stubGlobal(
      "addEventListener",
      (type: string, listener: (event: object) => void) => void told.set(type, (told.get(type) ?? new Set()).add(listener)),
    );
    vi.stubGlobal("removeEventListener", (type: string, listener: (event: object) => void) => void told.get(type)?.delete(listener));
    return {
      fire: (type: string) => told.get(type)?.forEach((listener) => listener({ persisted: false })),
      count: () => told.get("pagehide")?.size ?? 0,
    };
  }

  test("hands over what is open before it returns, once for what it is", async () => {
    const host = listeners();
    const silent = buildHouse();
    await silent.open();
    const others = host.count();
    const reporting = page(undefined, {}, () => new Promise(() => {}));
    await reporting.house.open();
    expect(host.count()).toBe(2 * others + 1);
    await breakLine(reporting.house);
    host.fire("pagehide");
    expect(reporting.got).toMatchObject([{ report: { status: "ongoing" }, atPageEnd: true }]);
    const closed = reporting.house.line.close();
    await pass(1_000);
    await closed;
    expect(host.count()).toBe(others);
  });

  test("hands over unsigned what only waits for its signature", async () => {
    const host = listeners();
    const { privateKey } = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
    const { house, got } = page(undefined, { reporting: { signing: { key: privateKey } } });
    await house.open();
    const signing = vi.spyOn(crypto.subtle, "sign").mockReturnValue(new Promise(() => {}));
    await mended(house, await breakLine(house));
    await vi.waitUntil(() => signing.mock.calls.length > 0);
    expect(got).toEqual([]);
    host.fire("pagehide");
    expect(got).toMatchObject([{ report: { status: "closed" }, atPageEnd: true }]);
    expect(got[0]?.report).not.toHaveProperty("signature");
    house.line.close().catch(() => {});
    await pass(1_000);
  });
});

describe("healthy sessions", () => {
  const sampled = (sample: number, store: Store = memoryStore()) => page(store, { reporting: { sample } });

  test.each([
    [1, 1],
    [0, 0],
  ])("with a share of %d: %d reports", async (share, reports) => {
    const { house, got } = sampled(share);
    await house.open();
    const closed = house.line.close();
    await pass(1_000);
    await closed;
    expect(got).toHaveLength(reports);
    expect(got.every(({ report }) => report.subject === "session" && report.status === "closed" && report.sampledShare === share)).toBe(
      true,
    );
  });

  test("are drawn by chance, and those that crashed too", async () => {
    let drawn = 0;
    for (let each = 0; each < 16; each++) {
      const store = memoryStore();
      const { house } = sampled(0.5, store);
      await house.open();
      await pass(2_000);
      const next = page(await crashed(store), { reporting: { sample: 0.5 } });
      await next.house.open();
      await pass(10_000);
      drawn += next.got.length;
    }
    expect(drawn).toBeGreaterThan(1);
    expect(drawn).toBeLessThan(15);
  });

  test("an incident is never sampled away", async () => {
    const { house, got } = sampled(0);
    await house.open();
    await mended(house, await breakLine(house));
    expect(got).toHaveLength(1);
  });
});

describe("nothing else is harmed", () => {
  const hang = () => new Promise<never>(() => {});
  const fail = () => Promise.reject(new DOMException("full", "QuotaExceededError"));
  const raise = () => {
    throw new DOMException("denied", "SecurityError");
  };

  test.each([
    ["hangs", hang],
    ["fails", fail],
    ["throws", raise],
  ])("by a store that %s: told once, and the report goes out", async (_, broken) => {
    const store: Store = { name: "broken", read: broken, write: broken, remove: broken, keys: broken, claim: broken };
    const { house, got } = page(store);
    await house.open();
    await mended(house, await breakLine(house));
    expect(house.entries("store:failed")).toMatchObject([{ store: "broken" }]);
    expect(got.map(({ report }) => report.status)).toEqual(["closed"]);
  });

  test("by an endpoint that hangs: close() ends in time, and leaves the report to the next page", async () => {
    const store = memoryStore();
    const { house } = page(store, {}, hang);
    await house.open();
    await breakLine(house);
    const closed = house.line.close();
    await pass(1_000);
    await closed;
    const next = page(store);
    await next.house.open();
    await pass(60_000);
    expect(next.got.at(-1)?.report.status).toBe("closed");
  });

  test("by a journal of which nothing can be read: it is put away", async () => {
    const store = memoryStore();
    await store.write("sessions/0123/journal/00000000", "rubbish");
    const { house } = page(store);
    await house.open();
    await pass(10_000);
    expect(house.entries("session:recovered")).toMatchObject([{ sessionId: "0123", entries: 0, reports: 0, unreadable: 1 }]);
    expect(await store.keys("sessions/0123")).toEqual([]);
  });

  test.each([
    ["one line is damaged", (lines: string[]) => lines.with(4, lines[4]?.slice(0, 20) ?? "")],
    ["a line was written twice", (lines: string[]) => lines.toSpliced(4, 0, lines[3] ?? "")],
    ["the last line was not written to its end", (lines: string[]) => [...lines, '{"seq":900,"atMs":9']],
    ["a line lacks what its type needs", (lines: string[]) => [...lines, '{"seq":900,"atMs":900000,"type":"attempt:ended","callId":"c1"}']],
    ["the first line is damaged", (lines: string[]) => lines.with(0, lines[0]?.slice(0, 20) ?? "")],
  ])("by a journal of which %s: the others are reported, and the report says what it lacks", async (_, damage) => {
    const store = memoryStore();
    const first = page(store);
    await first.house.open();
    await breakLine(first.house);
    await pass(1_000);
    const left = await crashed(store);
    const [key = "none"] = (await left.keys("sessions/")).filter((one) => one.includes("/journal/"));
    const lines = ((await left.read(key)) ?? "").trimEnd().split("\n");
    await left.write(key, damage(lines).join("\n"));
    const next = page(left);
    await next.house.open();
    await pass(30_000);
    expect(next.got).toMatchObject([
      {
        report: {
          reportId: `${key.split("/")[1]}-${first.house.line.incidents[0]?.firstSeq}`,
          status: "closed",
          journal: { unreadable: 1 },
        },
      },
    ]);
    expect(next.house.entries("session:recovered")).toMatchObject([{ reports: 1, unreadable: 1 }]);
    expect(renderText(next.got[0]?.report as ReportDocument)).toContain("1 line of the journal damaged");
  });

  test("by a piece of a journal that is gone: the others are reported", async () => {
    const store = memoryStore();
    const first = page(store);
    await first.house.open();
    await breakLine(first.house);
    await pass(1_000);
    const left = await crashed(store);
    const [key = "none"] = (await left.keys("sessions/")).filter((one) => one.includes("/journal/"));
    const gone = `${key.slice(0, -8)}99999999`;
    const next = page({ ...left, keys: async (prefix) => [...(await left.keys(prefix)), ...(gone.startsWith(prefix) ? [gone] : [])] });
    await next.house.open();
    await pass(30_000);
    expect(next.got).toMatchObject([{ report: { status: "closed", journal: { unreadable: 1 } } }]);
  });

  test("no secret and no number lies in the store", async () => {
    const store = memoryStore();
    const { house } = page(store, {}, fail);
    await house.open();
    await mended(house, await breakLine(house));
    const kept = await Promise.all((await store.keys("")).map(async (key) => `${key} ${await store.read(key)}`));
    expect(kept.join("\n")).toContain("session:started");
    expect(kept.join("\n")).not.toMatch(/"secret"|71000001|21671000002/);
  });

  test("without reports and store nothing is named, kept or sent", async () => {
    const house = buildHouse();
    await house.open();
    expect(house.entries("session:started")[0]).not.toHaveProperty("sessionId");
  });
});

describe("a delivered report", () => {
  test("carries the digest of the journal that it was made of, at its page's end too", async () => {
    const first = page(memoryStore(), { reporting: { incidents: "at-once" } });
    await first.house.open();
    await breakLine(first.house);
    await pass(5_000);
    expect(first.got.length).toBeGreaterThan(0);
    for (const { report } of first.got) {
      const { lastSeq = -1 } = report.journalDigest ?? {};
      expect(report.journalDigest).toEqual(await journalDigest(first.house.line.journal.filter(({ seq }) => seq <= lastSeq)));
    }
  });

  test("is signed where there is a key, in the order in which its versions were made", async () => {
    const { privateKey, publicKey } = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
    const { house, got } = page(memoryStore(), { reporting: { incidents: "at-once", signing: { key: privateKey, keyId: "desk 7" } } });
    await house.open();
    const mend = await breakLine(house);
    await mended(house, mend);
    await vi.waitUntil(() => got.at(-1)?.report.status === "closed");
    const times = got.map(({ report }) => report.generatedAt);
    expect(times).toEqual(times.toSorted());
    for (const { report } of got) {
      expect(report.signature).toMatchObject({ algorithm: "ES256", keyId: "desk 7" });
      expect(await verifyReport(report, publicKey)).toBe(true);
      expect(await verifyReport({ ...report, minutesLost: 0.5 + report.minutesLost }, publicKey)).toBe(false);
    }
  });

  test("goes out unsigned where it cannot be signed, and says so", async () => {
    const { privateKey } = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-384" }, false, ["sign", "verify"]);
    const { house, got } = page(memoryStore(), { reporting: { incidents: "at-once", signing: { key: privateKey } } });
    await house.open();
    await breakLine(house);
    await vi.waitUntil(() => got.length > 0);
    expect(got[0]?.report).not.toHaveProperty("signature");
    expect(house.entries("sink:failed")[0]).toMatchObject({ sink: "signing", error: "TypeError" });
  });
});
