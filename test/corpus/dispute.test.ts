/**
 * The dispute that Linekeeper exists for, on the real SDK. The CRM vendor: "the carrier is down". The carrier: "our tests
 * show nothing, only part of that vendor's customers are hit, and it came back when the vendor re-initialised".
 */
import { beforeAll, describe, expect, test } from "vitest";
import { seededRandom } from "../../adapters/mock-trunk/index.ts";
import { explain } from "../../src/diagnosis/explain.ts";
import type { Verdict } from "../../src/diagnosis/model.ts";
import type { Entry } from "../../src/journal.ts";
import { comesUp, first, minutes, reloads } from "./kinds/kind.ts";
import { beginShift, prefixes, type Shift } from "./shift.ts";
import { beginVirtualTime } from "./virtual-time.ts";
import "../../src/boot/retry.ts";
import "../../src/insight.ts";
import "../../src/trunk/window.ts";

const conditions = {
  trunks: [{ id: "A", carrier: "Carrier A" }],
  latencyMs: 20,
  hasControl: true,
  tellsOffline: true,
  pauseMs: 5_000,
  absent: 0.15,
  steps: ["script", "settings", "session", "offers"],
};

/** The carrier's local offer in one district, while its edge answers every probe. */
const localOffer = { kind: "silence", methods: ["INVITE"], prefix: prefixes.local } as const;

async function day(play: (shift: Shift) => Promise<void>): Promise<readonly Entry[]> {
  const random = seededRandom(71);
  const time = beginVirtualTime(Date.UTC(2026, 2, 14, 9), 71);
  try {
    const shift = beginShift(conditions, time, random);
    await comesUp(shift);
    await play(shift);
    return await shift.end();
  } finally {
    time.end();
  }
}

const carriersShare = ({ probabilities }: Verdict) =>
  probabilities["carrier-signalling"] + probabilities["carrier-routing"] + probabilities["carrier-media"];
const crmsShare = ({ probabilities }: Verdict) => probabilities["crm-init"] + probabilities["crm-config"];

/** What was known when the agent asked for help, and in the end. */
function verdicts(journal: readonly Entry[]): { readonly before: Verdict; readonly after: Verdict } {
  const restart = journal.findIndex((entry) => entry.type === "boot:started" && entry.run === 2);
  const told = (entries: readonly Entry[]) => explain(entries).incidents.at(-1)?.verdict as Verdict;
  return { before: told(journal.slice(0, restart)), after: told(journal) };
}

describe("the offers of one district were not loaded when the CRM came up", () => {
  let hit: readonly Entry[];
  let spared: readonly Entry[];
  beforeAll(async () => {
    hit = await day(async (shift) => {
      const mend = first(shift).fault(localOffer);
      await shift.work(minutes(4));
      mend();
      await reloads(shift);
      await shift.work(minutes(4));
    });
    // The same vendor's other agents, on the same carrier, came up in full.
    spared = await day((shift) => shift.work(minutes(8)));
  }, 60_000);

  test("the carrier's edge answered every probe, and other destinations went through", () => {
    expect(hit.filter(({ type }) => type === "probe:answered").length).toBeGreaterThan(5);
    expect(hit.some((entry) => entry.type === "flow:changed" && entry.to === "waiting")).toBe(false);
    expect(hit.some((entry) => entry.type === "attempt:answered" && entry.route === "international")).toBe(true);
  });

  test("one agent alone does not blame the carrier, and is told what would settle it", () => {
    const { before } = verdicts(hit);
    expect(carriersShare(before)).toBeLessThan(0.8);
    expect(before.conclusion).toBe("inconclusive");
    expect(before.nextTest?.code).toBe("reinitialise-crm");
  });

  test("once the CRM was started anew, it comes down on the CRM's side", () => {
    const { after } = verdicts(hit);
    expect(after).toMatchObject({ leader: "crm-init", conclusion: "clear", actor: "crm-vendor" });
    expect(carriersShare(after)).toBeLessThan(0.1);
    expect(after.reasonsFor.map(({ code }) => code)).toContain("well-after-reinitialisation");
  });

  test("an agent who was spared has nothing to report", () => {
    expect(explain(spared)).toMatchObject({ incidents: [], verdict: { conclusion: "healthy" } });
  });
});

describe("mirrored: the carrier's local route fails", () => {
  let hit: readonly Entry[];
  beforeAll(async () => {
    hit = await day(async (shift) => {
      await shift.work(minutes(3));
      const mend = first(shift).fault(localOffer);
      await shift.work(minutes(4));
      await reloads(shift);
      await shift.work(minutes(3));
      mend();
      await shift.work(minutes(3));
    });
  }, 60_000);

  test("already before the CRM is started anew the CRM is not blamed", () => {
    expect(crmsShare(verdicts(hit).before)).toBeLessThan(0.2);
    expect(verdicts(hit).before.leader).toBe("carrier-routing");
  });

  test("a fresh start changed nothing: it comes down on the carrier's side", () => {
    const { after } = verdicts(hit);
    expect(after).toMatchObject({ leader: "carrier-routing", conclusion: "clear", actor: "carrier", trunkId: "A" });
    expect(crmsShare(after)).toBeLessThan(0.1);
    expect(after.reasonsFor.map(({ code }) => code)).toContain("other-route-well-on-same-trunk");
  });
});
