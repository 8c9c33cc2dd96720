import { fc } from "@fast-check/vitest";
import { afterEach, describe, expect, test, vi } from "vitest";
import { tabs } from "../../../adapters/tabs/index.ts";
import { noteOf, snapshotOf } from "../../../adapters/tabs/read.ts";
import { systemClock } from "../../../src/clock.ts";
import type { HealthNote, HealthSnapshot, SharedHealth } from "../../../src/ports/shared-health.ts";

const note: HealthNote = { trunkId: "A", route: "local", plane: "signalling", vote: "tripped", because: "silence-edge-alive", restMs: 5 };
const snapshot: HealthSnapshot = {
  dateMs: 1_700_000_000_000,
  breakers: [{ trunkId: "A", route: "local", plane: "media", state: "open", restMs: 9, ejections: 2, logOdds: -0.5 }],
  registrars: [{ trunkId: "A", restMs: 300_000 }],
};

/** A browser's storage. */
function memory(): Pick<Storage, "getItem" | "setItem"> & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return { kept, getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
}

const left: (() => void)[] = [];
afterEach(() => {
  for (const leave of left.splice(0)) leave();
});

/** One page that takes part. */
function page(shared: SharedHealth) {
  const heard: HealthNote[] = [];
  const leave = shared.join({ heard: (each) => heard.push(each) }, systemClock);
  left.push(leave);
  return { heard, leave };
}

const name = (): string => `test-${expect.getState().currentTestName}`;

describe("notes between pages", () => {
  test("reach the others, not the one that told", async () => {
    const [one, two] = [tabs({ name: name() }), tabs({ name: name() })];
    const [first, second] = [page(one), page(two)];
    one.tell(note);
    await vi.waitFor(() => expect(second.heard).toEqual([note]));
    expect(first.heard).toEqual([]);
  });

  test("rubbish is not heard, and what follows it is", async () => {
    const listener = page(tabs({ name: name() }));
    const stranger = new BroadcastChannel(`${name()}/health/1`);
    for (const rubbish of [null, 7, "x", {}, { ...note, vote: "maybe" }, { ...note, trunkId: "x".repeat(1_000) }])
      stranger.postMessage(rubbish);
    stranger.postMessage({ ...note, more: "fields", restMs: -1 });
    await vi.waitFor(() => expect(listener.heard).toHaveLength(1));
    expect(listener.heard[0]).toEqual({ ...note, restMs: undefined });
    stranger.close();
  });

  test("are told to nobody once the page has left", async () => {
    const [one, two] = [tabs({ name: name() }), tabs({ name: name() })];
    const [first, second] = [page(one), page(two)];
    first.leave();
    one.tell(note);
    two.tell({ ...note, because: "last" });
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect([...first.heard, ...second.heard]).toEqual([]);
  });
});

describe("what outlives the page", () => {
  test("is read back as it was written", () => {
    const storage = memory();
    tabs({ storage }).save(snapshot);
    expect(tabs({ storage }).restore()).toEqual(snapshot);
    expect(tabs({ storage, name: "other" }).restore()).toBeUndefined();
  });

  test("storage that is missing, full, blocked or spoilt loses nothing but this", () => {
    const blocked = {
      getItem: () => {
        throw new DOMException("denied", "SecurityError");
      },
      setItem: () => {
        throw new DOMException("full", "QuotaExceededError");
      },
    };
    for (const storage of [blocked, { getItem: () => "{", setItem: () => {} }]) {
      expect(tabs({ storage }).restore()).toBeUndefined();
      expect(() => tabs({ storage }).save(snapshot)).not.toThrow();
    }
    vi.stubGlobal("localStorage", undefined);
    expect(tabs().restore()).toBeUndefined();
    expect(() => tabs().save(snapshot)).not.toThrow();
    vi.unstubAllGlobals();
  });

  test("no JSON makes it throw, and what is read is always whole", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const restored = tabs({ storage: { getItem: () => text, setItem: () => {} } }).restore();
        expect(restored === undefined || snapshotOf(restored) !== undefined).toBe(true);
      }),
    );
  });

  test("one registrar that cannot be read costs only itself; a page of before has written of none", () => {
    const { registrars = [], ...before } = snapshot;
    for (const spoilt of [null, { trunkId: 7, restMs: 1 }, { trunkId: "A", restMs: -1 }, { trunkId: "A", restMs: "1" }])
      expect(snapshotOf({ ...snapshot, registrars: [spoilt, ...registrars] })).toEqual(snapshot);
    for (const none of [before, { ...before, registrars: "A" }]) expect(snapshotOf(none)).toEqual(before);
  });

  test("one breaker that cannot be read costs only itself", () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(snapshot.breakers[0] ?? {})), fc.jsonValue(), (field, value) => {
        fc.pre(JSON.stringify(value) === undefined || typeof value === "object" || typeof value === "boolean");
        const spoilt = { ...snapshot, breakers: [{ ...snapshot.breakers[0], [field]: value }, ...snapshot.breakers] };
        expect(snapshotOf(spoilt)).toEqual(snapshot);
        expect(noteOf({ ...note, [field]: value })).toEqual(field in note && field !== "restMs" ? undefined : expect.anything());
      }),
    );
  });
});
