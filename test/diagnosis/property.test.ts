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

/** What no version of ours writes, and a file may hold: a field gone or of another kind, a type that is not known, a clock that was set. */
const spoiling: fc.Arbitrary<(entry: Entry, others: readonly Entry[]) => unknown> = fc.oneof(
  fc.nat().map((at) => (entry: Entry) => withField(entry, at, undefined)),
  fc.tuple(fc.nat(), odd()).map(
    ([at, value]) =>
      (entry: Entry) =>
        withField(entry, at, value),
  ),
  fc.tuple(fc.nat(), fc.nat(), odd()).map(([at, within, value]) => (entry: Entry) => {
    const field = entry[fieldOf(entry, at) as keyof Entry] as unknown;
    return typeof field === "object" && field !== null ? withField(entry, at, withField(field, within, value)) : entry;
  }),
  fc.nat().map((at) => (entry: Entry, others: readonly Entry[]) => ({ ...entry, type: others[at % others.length]?.type })),
  fc.constantFrom("future:happened", "constructor", "__proto__").map((type) => (entry: Entry) => ({ ...entry, type })),
  fc.oneof(fc.double(), fc.integer({ min: -1e7, max: 1e7 })).map((atMs) => (entry: Entry) => ({ ...entry, atMs })),
  odd().map((value) => () => value),
);
function odd(): fc.Arbitrary<unknown> {
  return fc.constantFrom<unknown>(null, 0, -1, 1e9, 1e308, NaN, "", "x", "__proto__", {}, [], [null], ["x"], true);
}
const fieldOf = (of: object, at: number): string => Object.keys(of)[at % Object.keys(of).length] ?? "";
function withField(of: object, at: number, value: unknown): object {
  const { [fieldOf(of, at)]: _, ...rest } = of as Record<string, unknown>;
  return value === undefined ? rest : { ...rest, [fieldOf(of, at)]: value };
}

test("a journal that was spoilt, shuffled or put together of two is judged by what can be read", () => {
  const spoilt = fc
    .tuple(anyStory, fc.infiniteStream(fc.integer({ min: 0, max: 9 })), fc.infiniteStream(spoiling), fc.boolean())
    .map(([{ entries }, chance, ways, isTwice]) => {
      const kept = entries.map((entry) => (chance.next().value === 0 ? ways.next().value(entry, entries) : entry));
      return [...kept, ...(isTwice ? entries : [])] as readonly Entry[];
    });
  fc.assert(
    fc.property(spoilt, (entries) => {
      const { probabilities } = diagnose(entries);
      expect(faultDomains.reduce((sum, domain) => sum + probabilities[domain], 0)).toBeCloseTo(1, 9);
      for (const { openedMs, closedMs = Infinity, minutesLost } of incidentsOf(entries)) {
        expect(closedMs).toBeGreaterThanOrEqual(openedMs);
        expect(minutesLost).toBeGreaterThanOrEqual(0);
      }
    }),
    { numRuns: 400 },
  );
});

test("a spoilt entry costs what it said, and no more; where time goes back, it goes on from there", () => {
  const { entries } = story("A", "B")
    .boots(1, "passes")
    .connects("A", "B")
    .repeats(4, (day) => day.after(9_000).calls("local", ["A", { code: 503, q850: { value: 34 } }], ["B", "answered"]));
  const verdict = diagnose(entries);
  expect(verdict).toMatchObject({ leader: "carrier-routing", conclusion: "clear" });
  const odd = [
    { seq: 3, atMs: 0, type: "attempt:ended", callId: "c9", attempt: 1, trunkId: "B", route: "local" },
    { seq: 3, atMs: 0, type: "probe:answered", trunkId: "A", method: "OPTIONS", rttMs: 1, times: 1e9 },
    { seq: 3, atMs: 0, type: "future:happened", trunkId: "A", whatever: [null] },
  ] as unknown as readonly Entry[];
  expect(diagnose(entries.toSpliced(3, 0, ...odd)).probabilities).toEqual(verdict.probabilities);
  // Said of no trunk that has a name.
  const nameless = { seq: 3, atMs: 0, type: "audio:rated", callId: "c1", trunkId: {}, level: "poor", mos: 2, lossPercent: 9, jitterMs: 50 };
  expect(diagnose(entries.toSpliced(3, 0, nameless as unknown as Entry)).probabilities).toEqual(verdict.probabilities);
  const setBack = entries.map((entry, at) => (at < 3 ? { ...entry, atMs: entry.atMs + 9e6 } : entry));
  expect(diagnose(setBack).probabilities).toEqual(verdict.probabilities);
  const [incident] = incidentsOf(entries);
  expect(incidentsOf(setBack)).toMatchObject([
    { openedMs: (incident?.openedMs ?? 0) + 9e6 - (entries[3]?.atMs ?? 0), minutesLost: incident?.minutesLost },
  ]);
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
