import { afterEach, beforeAll, beforeEach, expect, vi } from "vitest";
import { createMockTrunk, memorySocket, seededRandom, type MockTrunk, type MockTrunkOptions } from "../../adapters/mock-trunk/index.ts";
import { sipjs } from "../../adapters/sipjs/index.ts";
import type { LinekeeperConfig } from "../../src/config.ts";
import type { Entry, FactType } from "../../src/journal.ts";
import type { Linekeeper } from "../../src/line.ts";
import { createLinekeeper } from "../../src/linekeeper.ts";
import { entriesOf } from "./entries.ts";
import { noMedia } from "../../src/media/no-media.ts";

/** A whole Linekeeper with mock carriers in memory, under fake time: two, or those that `trunks` names. */
export interface House {
  readonly line: Linekeeper;
  readonly a: MockTrunk;
  readonly b: MockTrunk;
  readonly c: MockTrunk;
  /** Starts and lets both trunks register. */
  open(): Promise<void>;
  /** Journal entries of a type. */
  entries<T extends FactType>(type: T): readonly Entry<T>[];
}

const users = { agent7: "secret" };
export const trunkA = {
  id: "A",
  carrier: "Carrier A",
  server: "wss://a.example",
  aor: "sip:agent7@a.example",
  credentials: { password: "secret" },
};
export const trunkB = { ...trunkA, id: "B", carrier: "Carrier B", server: "wss://b.example", aor: "sip:agent7@b.example" };
export const trunkC = { ...trunkA, id: "C", carrier: "Carrier C", server: "wss://c.example", aor: "sip:agent7@c.example" };
const built: { line: Linekeeper; trunks: readonly MockTrunk[] }[] = [];

/** Lets fake time pass, promises included. */
export const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

export function buildHouse(change: Partial<LinekeeperConfig> = {}, carrier: Partial<MockTrunkOptions> = {}): House {
  const a = createMockTrunk({ name: "Carrier A", domain: "a.example", users, random: seededRandom(1), ...carrier });
  const b = createMockTrunk({ name: "Carrier B", domain: "b.example", users, random: seededRandom(2), ...carrier });
  const c = createMockTrunk({ name: "Carrier C", domain: "c.example", users, random: seededRandom(4), ...carrier });
  const line = createLinekeeper({
    crm: { vendor: "Test CRM" },
    country: "216",
    routes: [{ name: "local", prefixes: ["+21671"] }],
    trunks: [trunkA, trunkB],
    stack: sipjs({ webSocket: memorySocket({ "a.example": a, "b.example": b, "c.example": c }, { latencyMs: 5 }) }),
    media: noMedia(),
    random: seededRandom(3),
    ...change,
  });
  built.push({ line, trunks: [a, b, c] });
  return {
    line,
    a,
    b,
    c,
    async open() {
      void line.start();
      await vi.dynamicImportSettled();
      await pass(200);
      expect(line.trunks.filter(({ ready }) => !ready)).toEqual([]);
    },
    entries: (type) => entriesOf(line.journal, type),
  };
}

/** What a line loads beside its work, or when it is first asked for: loaded before, for a busy machine takes real time, while fake time flies. */
const loadedLater = () =>
  Promise.all([
    ...[
      import("../../src/insight.ts"),
      import("../../src/deliveries.ts"),
      import("../../src/notices.ts"),
      import("../../src/trunk/window.ts"),
    ],
    ...[import("../../src/call/digits.ts"), import("../../src/call/transfer.ts"), import("../../src/call/referred.ts")],
    ...[import("../../src/call/replacement.ts"), import("../../src/call/disclosure.ts"), import("../../src/boot/retry.ts")],
  ]);

/** Fake time around each test; and after it, whatever it was about: no transition outside the tables, nothing left running. */
export function underFakeTime(): void {
  beforeAll(loadedLater);
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"] });
  });
  afterEach(async () => {
    for (const { line, trunks } of built.splice(0)) {
      const closed = line.close();
      await pass(1_000);
      await closed;
      for (const trunk of trunks) trunk.close();
      await pass(10);
      expect(line.journal.filter(({ type }) => type === "transition:violated")).toEqual([]);
      expect(trunks.map(({ connections }) => connections)).toEqual(trunks.map(() => 0));
    }
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });
}
