/** What goes on for an hour, or comes again and again, is one incident with one verdict: on the real SDK. */
import { expect, test } from "vitest";
import { seededRandom } from "../../adapters/mock-trunk/index.ts";
import { explain } from "../../src/diagnosis/explain.ts";
import type { Incident } from "../../src/diagnosis/model.ts";
import { comesUp, first, minutes } from "./kinds/kind.ts";
import { beginShift, prefixes, type Shift } from "./shift.ts";
import { beginVirtualTime } from "./virtual-time.ts";
import "../../src/boot/retry.ts";
import "../../src/insight.ts";
import "../../src/trunk/window.ts";

const conditions = {
  trunks: [
    { id: "A", carrier: "Carrier A" },
    { id: "B", carrier: "Carrier B" },
  ],
  latencyMs: 20,
  hasControl: true,
  tellsOffline: true,
  pauseMs: 6_000,
  absent: 0.2,
  steps: ["settings", "session"],
};

/** @returns what the live session told last of each incident, which the journal alone must tell as well. */
async function day(seed: number, play: (shift: Shift) => Promise<void>): Promise<readonly Incident[]> {
  const time = beginVirtualTime(Date.UTC(2026, 2, 14, 9), seed);
  try {
    const shift = beginShift(conditions, time, seededRandom(seed));
    const told = new Map<number, Incident>();
    for (const change of ["incident:opened", "incident:updated", "incident:closed"] as const)
      shift.line.on(change, (incident) => told.set(incident.id, incident));
    await comesUp(shift);
    await shift.work(minutes(2));
    await play(shift);
    const { incidents } = explain(await shift.end());
    expect(incidents.map(({ id }) => id)).toEqual([...told.keys()]);
    return incidents;
  } finally {
    time.end();
  }
}

test("a brown-out of an hour, in which three in ten of a carrier's local calls meet silence: one incident", async () => {
  const days: (readonly Incident[])[] = [];
  for (const seed of [1, 2, 3, 4])
    days.push(
      await day(seed, async (shift) => {
        const mend = first(shift).fault({ kind: "silence", methods: ["INVITE"], prefix: prefixes.local, share: 0.3 });
        await shift.work(minutes(60));
        mend();
        await shift.work(minutes(30));
      }),
    );
  expect(days.map((incidents) => incidents.length)).toEqual([1, 1, 1, 1]);
  for (const { closedMs, verdict, minutesLost } of days.flat()) {
    expect(closedMs).toBeDefined();
    expect(verdict).toMatchObject({ leader: "carrier-routing", trunkId: "A", conclusion: "clear" });
    // Each call went on over the other carrier.
    expect(minutesLost).toBe(0);
  }
}, 60_000);

test("Wi-Fi that roams, seven times in twenty minutes: one incident, and the local network's", async () => {
  const incidents = await day(6, async (shift) => {
    for (let time = 0; time < 7; time++) {
      shift.network.cut();
      await shift.pass(4_000);
      shift.network.mend();
      await shift.work(minutes(3));
    }
  });
  expect(incidents).toHaveLength(1);
  expect(incidents[0]?.reopened).toBeGreaterThan(0);
  expect(incidents[0]?.verdict).toMatchObject({ leader: "local-network", actor: "local-it" });
  // Seven times a few seconds, and not the time between.
  expect(incidents[0]?.minutesLost).toBeLessThan(2);
}, 60_000);
