/** Whatever a journal holds, cut off anywhere or with entries missing: the diagnosis stays a function, and keeps its word. */
import { fc } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { createDiagnostician } from "../../src/diagnosis/diagnostician.ts";
import { incidentsOf } from "../../src/diagnosis/incident.ts";
import type { Incident } from "../../src/diagnosis/model.ts";
import { faultDomains } from "../../src/diagnosis/model.ts";
import { diagnose } from "../../src/diagnosis/verdict.ts";
import { createJournal } from "../../src/book.ts";
import type { Entry } from "../../src/journal.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";
import { story, type CallEnd, type Story } from "./story.ts";

const calmMs = 10_000;

const trunk = fc.constantFrom("A", "A2", "B");
const callEnd: fc.Arbitrary<CallEnd> = fc.oneof(
  fc.constantFrom<CallEnd>("answered", "answered", "swallowed", "edge-silent", "stalled"),
  fc.record({ code: fc.constantFrom(401, 403, 404, 408, 480, 484, 486, 487, 488, 500, 502, 503, 504, 600, 603) }),
  fc.record({ code: fc.constantFrom(404, 480, 503), q850: fc.record({ value: fc.integer({ min: 1, max: 127 }) }) }),
);
const fault = { kind: "overdue" } as const;

/** One thing that happens, with no regard to what was before: sense is not promised. */
const event: fc.Arbitrary<(told: Story) => Story> = fc.oneof(
  fc.integer({ min: 1, max: 200_000 }).map((ms) => (told: Story) => told.after(ms)),
  // As long as something waits for: then a timer is due in the very moment of an entry.
  fc.constantFrom(0.1, 0.2, 2_500, 5_000, calmMs, 2 * calmMs, 12 * calmMs).map((ms) => (told: Story) => told.after(ms)),
  fc.tuple(fc.constantFrom("local", "international"), fc.array(fc.tuple(trunk, callEnd), { minLength: 1, maxLength: 3 })).map(
    ([route, tries]) =>
      (told: Story) =>
        told.calls(route, ...tries),
  ),
  fc
    .tuple(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.constantFrom("passes" as const, "fails" as const, "fails-500" as const, "hangs" as const), { maxLength: 3 }),
    )
    .map(
      ([run, stages]) =>
        (told: Story) =>
          told.boots(run, ...stages),
    ),
  trunk.map((id) => (told: Story) => told.connects(id)),
  trunk.map((id) => (told: Story) => told.proves(id)),
  fc.tuple(trunk, fc.boolean(), fc.constantFrom(1000, 1001, 1006, 1012), fc.boolean()).map(
    ([id, wasOpen, code, clean]) =>
      (told: Story) =>
        told.loses(id, { wasOpen, code, clean }),
  ),
  trunk.map((trunkId) => (told: Story) => told.write("flow:changed", { trunkId, from: "open", to: "doubted", tookMs: 0 })),
  fc.tuple(trunk, fc.constantFrom(403, 408, 503), fc.constantFrom("peer" as const, "inferred" as const)).map(
    ([trunkId, code, said]) =>
      (told: Story) =>
        told.write("registration:changed", { trunkId, from: "registering", to: "refused", answer: { code, said } }),
  ),
  fc.tuple(trunk, fc.constantFrom("open" as const, "probing" as const, "closed" as const)).map(
    ([trunkId, to]) =>
      (told: Story) =>
        told.write("breaker:changed", { plane: "signalling", trunkId, route: "local", from: "closed", to, because: "x" }),
  ),
  fc.tuple(trunk, fc.constantFrom("good" as const, "poor" as const)).map(
    ([trunkId, level]) =>
      (told: Story) =>
        told.write("audio:rated", { callId: `c${told.entries.length % 5}`, trunkId, level, mos: 3, lossPercent: 0, jitterMs: 0 }),
  ),
  fc.tuple(trunk, fc.constantFrom("audio:given-up" as const, "audio:lost" as const), fc.boolean()).map(
    ([trunkId, type, isLocal]) =>
      (told: Story) =>
        told.write(type, {
          callId: `c${told.entries.length % 5}`,
          trunkId,
          direction: "inbound",
          kind: "stopped",
          forMs: 4_000,
          ...(isLocal && { isLocal }),
        }),
  ),
  fc.tuple(trunk, fc.constantFrom("audio:restarted" as const, "dialog:refreshed" as const), fc.constantFrom(200, 481, 488)).map(
    ([trunkId, type, code]) =>
      (told: Story) =>
        told.write(type, { callId: `c${told.entries.length % 5}`, trunkId, answer: { code, said: "peer" } }),
  ),
  trunk.map((trunkId) => (told: Story) => told.write("audio:restored", { callId: `c${told.entries.length % 5}`, trunkId })),
  fc
    .constantFrom("boot-incomplete" as const, "no-trunk" as const, "media-failed" as const, "not-started" as const, "bad-number" as const)
    .map((because) => (told: Story) => told.write("call:refused", { callId: `r${told.entries.length}`, because })),
  fc
    .boolean()
    .map(
      (well) => (told: Story) =>
        well
          ? told.write("control:answered", { control: "crm", tookMs: 1 })
          : told.write("control:failed", { control: "crm", tookMs: 1, fault }),
    ),
  fc.boolean().map((online) => (told: Story) => told.write("network:changed", { online })),
  fc.constant((told: Story) => told.write("clock:jumped", { byMs: 60_000, dateMs: 0 })),
  trunk.map((trunkId) => (told: Story) => told.write("credentials:failed", { trunkId, error: "Error" })),
);

const anyStory = fc.array(event, { maxLength: 40 }).map((events) => {
  const { entries, nowMs } = events.reduce((told, happens) => happens(told), story("A", "A2", "B"));
  return { entries, nowMs };
});

/** With entries missing here and there, the head or the tail among them. */
const anyEntries = fc
  .tuple(anyStory, fc.infiniteStream(fc.integer({ min: 0, max: 9 })))
  .map(([{ entries }, chance]): Entry[] => entries.filter(() => chance.next().value !== 0));

test("a verdict never throws, is the same twice, and its probabilities sum to 1", () => {
  fc.assert(
    fc.property(anyEntries, (entries) => {
      const verdict = diagnose(entries);
      expect(diagnose(structuredClone(entries))).toEqual(verdict);
      expect(faultDomains.reduce((sum, domain) => sum + verdict.probabilities[domain], 0)).toBeCloseTo(1, 9);
      for (const { weights, seqs } of verdict.reasonsFor) {
        expect(Object.values(weights).every(Number.isFinite)).toBe(true);
        expect(seqs.every((seq) => entries.some((entry) => entry.seq === seq))).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});

test("incidents follow one another, only the last may be open, and none is called healthy", () => {
  fc.assert(
    fc.property(anyEntries, (entries) => {
      const incidents = incidentsOf(entries, { calmMs });
      expect(incidentsOf(structuredClone(entries), { calmMs })).toEqual(incidents);
      incidents.forEach((incident, index) => {
        const { id, openedMs, closedMs, firstSeq, lastSeq, callsAffected, callsSaved, callsLost, minutesLost, verdict } = incident;
        expect(id).toBe(index + 1);
        if (index < incidents.length - 1) expect(closedMs).toBeDefined();
        expect(openedMs).toBeGreaterThanOrEqual(incidents[index - 1]?.closedMs ?? -Infinity);
        expect(closedMs ?? Infinity).toBeGreaterThanOrEqual(openedMs);
        expect(lastSeq).toBeGreaterThanOrEqual(firstSeq);
        expect(callsSaved + callsLost).toBeLessThanOrEqual(callsAffected);
        expect(minutesLost).toBeGreaterThanOrEqual(0);
        if (closedMs !== undefined) expect(minutesLost).toBeLessThanOrEqual((closedMs - openedMs) / 60_000 + 0.01);
        expect(verdict.conclusion).not.toBe("healthy");
      });
    }),
    { numRuns: 300 },
  );
});

test("what was told live is what a replay of the journal tells", () => {
  fc.assert(
    fc.property(anyStory, fc.integer({ min: 0, max: 200_000 }), ({ entries }, afterMs) => {
      const clock = createVirtualClock();
      const journal = createJournal(clock, 10_000);
      const closed = new Map<number, Incident>();
      const diagnostician = createDiagnostician({
        journal,
        clock,
        calmMs,
        priors: {},
        onReinitialised: () => {},
        on: (change, incident) => change === "closed" && closed.set(incident.id, incident),
      });
      for (const { seq: _, atMs, type, ...fact } of entries) {
        clock.advance(atMs - journal.nowMs());
        journal.append(type, fact as never);
      }
      clock.advance(afterMs);
      const replayed = incidentsOf(journal.entries, { calmMs, nowMs: journal.nowMs() });
      expect(diagnostician.incidents).toEqual(replayed);
      for (const incident of replayed) {
        const told = closed.get(incident.id);
        // What came back since is another story, of which nobody may have been told yet.
        if (told && told.reopened === incident.reopened) expect(told).toEqual(incident);
      }
      diagnostician.close();
      expect(clock.pending).toBe(0);
    }),
    { numRuns: 200 },
  );
});

test("asked after each entry, it knows what the journal still tells, and nothing that was trimmed", () => {
  fc.assert(
    fc.property(anyStory, ({ entries }) => {
      const clock = createVirtualClock();
      const journal = createJournal(clock, 8);
      const diagnostician = createDiagnostician({ journal, clock, calmMs, priors: {}, onReinitialised: () => {}, on: () => {} });
      for (const { seq: _, atMs, type, ...fact } of entries) {
        clock.advance(atMs - journal.nowMs());
        journal.append(type, fact as never);
        const { incidents, verdict } = diagnostician;
        const { closedMs = Infinity } = incidents.at(-1) ?? { closedMs: -Infinity };
        if (closedMs < Infinity) expect(verdict).toEqual(diagnose(journal.entries, { fromMs: closedMs, priors: {} }));
      }
      diagnostician.close();
    }),
    { numRuns: 60 },
  );
});
