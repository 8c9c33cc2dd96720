/** What the pages of one browser tell one another, and the page that comes after. */
import { describe, expect, test } from "vitest";
import { createJournal } from "../../src/book.ts";
import type { HealthNote, HealthSnapshot, NeighbourEvents, SharedHealth } from "../../src/ports/shared-health.ts";
import { createNeighbours } from "../../src/trunk/neighbours.ts";
import { buildHouse, pass, underFakeTime, type House } from "../support/house.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";

underFakeTime();

/** A browser: notes reach every other page, and storage is one. */
function browser() {
  const pages: NeighbourEvents[] = [];
  let kept: HealthSnapshot | undefined;
  const page = (): SharedHealth => {
    let mine: NeighbourEvents | undefined;
    return {
      restore: () => kept,
      save: (snapshot) => void (kept = structuredClone(snapshot)),
      tell: (note) => pages.filter((each) => each !== mine).forEach((each) => each.heard(note)),
      join(events) {
        mine = events;
        pages.push(events);
        return () => {
          pages.splice(pages.indexOf(events), 1);
        };
      },
    };
  };
  return { page, tellAll: (note: HealthNote) => pages.forEach((each) => each.heard(note)), kept: () => kept };
}

let serial = 0;
async function carrierOf(house: House): Promise<string> {
  const call = house.line.call(`+21671${String(++serial).padStart(6, "0")}`);
  let by = "nobody";
  call.on("answered", ({ trunkId }) => {
    by = trunkId;
    call.hangUp();
  });
  await pass(3_000);
  return by;
}

describe("tabs of one browser", () => {
  test("learn from the first one that is hurt: the second tab's call goes straight to B", async () => {
    const { page } = browser();
    const [one, two] = [buildHouse({ shared: page() }), buildHouse({ shared: page() })];
    await one.open();
    await two.open();
    for (const { a } of [one, two]) a.fault({ kind: "silence", methods: ["INVITE"] });
    expect(await carrierOf(one)).toBe("B");
    expect(two.entries("breaker:changed")).toMatchObject([{ trunkId: "A", route: "local", to: "open", because: "silence-edge-alive" }]);
    expect(two.entries("health:heard")).toMatchObject([{ from: "tab", because: "silence-edge-alive" }]);
    expect(await carrierOf(two)).toBe("B");
    expect(two.a.calls).toHaveLength(0);
    // What was heard is not told again.
    expect(one.entries("health:heard")).toEqual([]);
  });

  test("add up soft evidence that none of them would have enough of", async () => {
    const { page } = browser();
    const houses = [1, 2].map(() => buildHouse({ shared: page() }));
    for (const house of houses) await house.open();
    for (const house of houses) {
      house.a.fault({ kind: "reject", methods: ["INVITE"], code: 503 });
      expect(await carrierOf(house)).toBe("B");
    }
    expect(houses.map(({ line }) => line.trunks[0]?.breakers[0]?.state)).toEqual(["open", "open"]);
  });

  test("a note of a trunk that is not ours is nothing", async () => {
    const { page, tellAll } = browser();
    const house = buildHouse({ shared: page() });
    await house.open();
    tellAll({ trunkId: "Z", route: "local", plane: "signalling", vote: "tripped", because: "x" });
    expect(house.entries("health:heard")).toEqual([]);
  });
});

describe("the page that comes after", () => {
  test("rests a trunk for as long as the page before would have", async () => {
    const { page } = browser();
    const before = buildHouse({ shared: page() });
    await before.open();
    before.a.fault({ kind: "silence", methods: ["INVITE"] });
    expect(await carrierOf(before)).toBe("B");
    await Promise.all([before.line.close(), pass(10_000)]);
    const after = buildHouse({ shared: page() });
    await after.open();
    expect(after.entries("health:heard")).toMatchObject([{ trunkId: "A", from: "last-page", because: "open" }]);
    expect(await carrierOf(after)).toBe("B");
    expect(after.a.calls).toHaveLength(0);
    await pass(30_000);
    expect(after.line.trunks[0]?.breakers[0]?.state).toBe("probing");
  });

  test("does not believe what is long past", async () => {
    const { page } = browser();
    const before = buildHouse({ shared: page() });
    await before.open();
    before.a.fault({ kind: "silence", methods: ["INVITE"] });
    await carrierOf(before);
    await Promise.all([before.line.close(), pass(1_000)]);
    await pass(3_600_000);
    const after = buildHouse({ shared: page() });
    await after.open();
    expect(await carrierOf(after)).toBe("A");
  });

  test("with nobody to share with, nothing is told", () => {
    const clock = createVirtualClock();
    const alone = createNeighbours(undefined, () => [], { clock, journal: createJournal(clock, 10), onDoubt() {}, onListenerError() {} });
    expect(() => {
      alone.tell({ trunkId: "A", route: "all", plane: "media", vote: "success", because: "x" });
      alone.close();
    }).not.toThrow();
  });
});
