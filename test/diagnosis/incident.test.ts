import { describe, expect, test } from "vitest";
import { createDiagnostician } from "../../src/diagnosis/diagnostician.ts";
import { incidentsOf } from "../../src/diagnosis/incident.ts";
import type { Incident } from "../../src/diagnosis/model.ts";
import { diagnose } from "../../src/diagnosis/verdict.ts";
import type { Reinitialisation } from "../../src/diagnosis/reinitialisation.ts";
import type { Priors } from "../../src/diagnosis/verdict.ts";
import { createJournal } from "../../src/book.ts";
import type { Entry } from "../../src/journal.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";
import { story, wellBegun, type Story } from "./story.ts";

const calmMs = 10_000;
const incidents = ({ entries, nowMs }: Story) => incidentsOf(entries, { calmMs, nowMs });
const refused = (told: Story, time: number) =>
  told.after(500).write("call:refused", { callId: `r${told.nowMs}${time}`, because: "boot-incomplete", stage: "stage-1" });

/** The drill's stories, by hand. */
const silentRoute = () =>
  wellBegun("A", "B")
    .calls("local", ["A", "swallowed"], ["B", "answered"])
    .write("breaker:changed", {
      plane: "signalling",
      trunkId: "A",
      route: "local",
      from: "closed",
      to: "open",
      because: "silence-edge-alive",
      ejectionMs: 30_000,
    })
    .repeats(3, (told) => told.calls("local", ["B", "answered"]).calls("international", ["A", "answered"]))
    .after(10_000)
    .write("breaker:changed", { plane: "signalling", trunkId: "A", route: "local", from: "open", to: "probing", because: "ejection-over" });

const withoutAudio = () =>
  wellBegun("A", "B")
    .write("call:placed", { callId: "x1", party: { route: "local", alias: "p9", tail: "11" } })
    .write("audio:given-up", { callId: "x1", trunkId: "A", direction: "both", kind: "never-came", forMs: 6_000 });

const crmRestart = () =>
  wellBegun("A", "B")
    .boots(2, "fails-500")
    .repeats(3, refused)
    .boots(3, "passes", "hangs")
    .repeats(2, refused)
    .proves("A", "B")
    .boots(4, "passes", "passes")
    .calls("local", ["A", "answered"]);

const networkAway = () =>
  wellBegun("A", "B")
    .calls("local", ["A", "edge-silent"], ["B", "edge-silent"])
    .loses("A", { wasOpen: true, code: 1000, clean: false })
    .loses("B", { wasOpen: true, code: 1000, clean: false })
    .write("control:failed", { control: "crm", tookMs: 500, fault: { kind: "threw", name: "TypeError" } })
    .after(60_000)
    .connects("A", "B");

/** Dead for four seconds: so short that each socket alone would be nobody's concern. */
const networkBlinks = () =>
  wellBegun("A", "B")
    .calls("local", ["A", "edge-silent"], ["B", "edge-silent"])
    .loses("A", { wasOpen: true, code: 1000, clean: false })
    .loses("B", { wasOpen: true, code: 1000, clean: false })
    .after(3_000)
    .connects("B", "A");

describe("the drill", () => {
  test("all sockets die for seconds: what they share, not the one that came back last", () => {
    const [incident] = incidents(networkBlinks().calls("local", ["A", "answered"]).after(calmMs));
    expect(incident?.verdict.leader).toBe("local-network");
  });

  test("all is well: no incident", () => {
    expect(incidents(wellBegun("A", "B").after(60_000))).toEqual([]);
  });

  test("a carrier's local route goes silent and comes back", () => {
    const [incident, ...more] = incidents(silentRoute().calls("local", ["A", "answered"]).after(calmMs));
    expect(more).toEqual([]);
    expect(incident).toMatchObject({
      id: 1,
      callsAffected: 1,
      callsSaved: 1,
      callsLost: 0,
      minutesLost: 0,
      endedByReinitialisation: false,
    });
    expect(incident?.verdict).toMatchObject({ leader: "carrier-routing", trunkId: "A", conclusion: "clear" });
    expect(incident?.closedMs).toBeDefined();
  });

  test("the CRM's own initialisation breaks, twice, and is mended by a third", () => {
    const told = crmRestart();
    const [incident, ...more] = incidents(told.after(calmMs));
    expect(more).toEqual([]);
    expect(incident).toMatchObject({ callsRefused: 5, callsLost: 0, endedByReinitialisation: true });
    expect(incident?.verdict).toMatchObject({ leader: "crm-init", conclusion: "clear", actor: "crm-vendor" });
    expect(incident?.minutesLost).toBeCloseTo(((incident?.closedMs ?? 0) - (incident?.openedMs ?? 0)) / 60_000, 1);
  });

  test("the agent's own network goes away", () => {
    const [incident, ...more] = incidents(networkAway().calls("local", ["A", "answered"]).after(calmMs));
    expect(more).toEqual([]);
    expect(incident).toMatchObject({ callsAffected: 1, callsLost: 1, endedByReinitialisation: false });
    expect(incident?.verdict).toMatchObject({ leader: "local-network", conclusion: "clear", actor: "local-it" });
    expect(incident?.minutesLost).toBeCloseTo(1, 1);
  });
});

describe("an incident opens", () => {
  test("with the attempt that met it, not with that attempt's end", () => {
    const told = silentRoute();
    const started = told.entries.find((entry) => entry.type === "attempt:started" && entry.route === "local" && entry.atMs > 30_000);
    expect(incidents(told)[0]).toMatchObject({ openedMs: started?.atMs, firstSeq: started?.seq });
  });

  const opening: readonly (readonly [string, Story])[] = [
    ["a critical stage fails", wellBegun("A").boots(2, "fails")],
    [
      "a critical stage hangs, while it hangs",
      wellBegun("A")
        .write("boot:started", { run: 2 })
        .write("stage:started", { stage: "s", run: 2, attempt: 1, critical: true })
        .write("stage:stalled", { stage: "s", run: 2, attempt: 1, waitedMs: 1 })
        .after(6_000),
    ],
    ["the last trunk is lost", wellBegun("A").loses("A")],
    ["one of two trunks is lost for longer than a moment", wellBegun("A", "B").loses("A").after(6_000)],
    [
      "a trunk never comes up",
      story("A", "B").connects("A").write("flow:changed", { trunkId: "B", from: "closed", to: "connecting", tookMs: 0 }).after(6_000),
    ],
    ["a call fails over", wellBegun("A", "B").calls("local", ["A", { code: 503 }], ["B", "answered"])],
    ["a call is lost", wellBegun("A").calls("local", ["A", { code: 503 }])],
    [
      "the microphone cannot be opened",
      wellBegun("A").write("call:refused", { callId: "x", because: "media-failed", error: "NotFoundError" }),
    ],
  ];
  test.each(opening)("when %s", (_, told) => {
    const [incident] = incidents(told);
    expect(incident).toBeDefined();
    expect(incident?.verdict.conclusion).not.toBe("healthy");
  });

  const innocent: readonly (readonly [string, Story])[] = [
    ["a callee is busy", wellBegun("A").calls("local", ["A", { code: 486 }])],
    ["a callee does not answer, said as 480 with cause 31", wellBegun("A").calls("local", ["A", { code: 480, q850: { value: 31 } }])],
    ["a number is mistyped", wellBegun("A").write("call:refused", { callId: "x", because: "bad-number" })],
    [
      "a stage that is not critical fails",
      wellBegun("A").write("stage:failed", {
        stage: "avatars",
        run: 1,
        attempt: 1,
        tookMs: 1,
        critical: false,
        fault: { kind: "threw" },
        final: true,
      }),
    ],
    [
      "a stage is tried again and passes",
      wellBegun("A").write("stage:failed", {
        stage: "settings",
        run: 1,
        attempt: 1,
        tookMs: 1,
        critical: true,
        fault: { kind: "threw" },
        final: false,
      }),
    ],
    [
      "a stage is slow, and passes",
      wellBegun("A")
        .write("boot:started", { run: 2 })
        .write("stage:started", { stage: "s", run: 2, attempt: 1, critical: true })
        .after(1_000)
        .write("stage:stalled", { stage: "s", run: 2, attempt: 1, waitedMs: 1_000 })
        .after(500)
        .write("stage:passed", { stage: "s", run: 2, attempt: 1, tookMs: 1_500 })
        .write("boot:completed", { run: 2, tookMs: 1_500 })
        .after(60_000),
    ],
    ["a trunk is lost for a moment while another is there", wellBegun("A", "B").loses("A").after(1_000).connects("A").after(60_000)],
    ["we close", wellBegun("A", "B").write("session:closing", {}).loses("A").loses("B").write("session:closed", {}).after(60_000)],
  ];
  test.each(innocent)("not when %s", (_, told) => {
    expect(incidents(told)).toEqual([]);
  });
});

describe("minutes lost", () => {
  test("are none of those that the device slept through, whatever its clocks did", () => {
    const sleptMs = 8 * 3_600_000;
    const down = () => wellBegun("A", "B").loses("A").loses("B").after(1_000);
    const awake = down()
      .after(5_000)
      .connects("A", "B")
      .after(60 * calmMs);
    const asleep = down()
      .after(sleptMs)
      .write("page:woke", { lateMs: sleptMs })
      .after(5_000)
      .connects("A", "B")
      .after(60 * calmMs);
    expect(incidents(asleep)[0]?.minutesLost).toBe(incidents(awake)[0]?.minutesLost);
    expect(incidents(awake)[0]?.minutesLost).toBeCloseTo(0.1, 1);
  });
});

describe("an incident closes", () => {
  test("only after the calm, and at the moment from which it was calm", () => {
    const told = wellBegun("A").boots(2, "fails").after(20_000).boots(3, "passes");
    const mendedMs = told.nowMs;
    expect(incidents(told.after(calmMs - 1))[0]).not.toHaveProperty("closedMs");
    expect(incidents(told.after(1))[0]).toMatchObject({ closedMs: mendedMs });
  });

  test("not by calm alone: what was broken must be proven well", () => {
    expect(incidents(wellBegun("A").boots(2, "fails").after(3_600_000))[0]).not.toHaveProperty("closedMs");
    expect(incidents(silentRoute().calls("local", ["B", "answered"]).after(calmMs))[0]).not.toHaveProperty("closedMs");
  });

  test("in the end, when nobody calls the route on which it began", () => {
    const told = wellBegun("A", "B").calls("local", ["A", { code: 503 }], ["B", "answered"]);
    expect(incidents(told.after(59 * calmMs))[0]?.closedMs).toBeUndefined();
    const [incident] = incidents(told.after(calmMs));
    expect(incident?.closedMs).toBeDefined();
    expect(incident?.unproven).toBe(true);
  });

  test("and another one is another, with its own evidence", () => {
    const told = crmRestart().after(60_000).calls("local", ["A", "swallowed"], ["B", "answered"]).calls("international", ["A", "answered"]);
    expect(incidents(told).map(({ id, verdict }) => [id, verdict.leader])).toEqual([
      [1, "crm-init"],
      [2, "carrier-routing"],
    ]);
  });

  test("trouble within the calm is the same incident", () => {
    const told = wellBegun("A")
      .boots(2, "fails")
      .boots(3, "passes")
      .after(calmMs / 2)
      .boots(4, "fails")
      .boots(5, "passes")
      .after(calmMs);
    expect(incidents(told)).toHaveLength(1);
  });

  test("a call that was lost after a failover is not one that was saved", () => {
    const told = wellBegun("A", "B").calls("local", ["A", { code: 503 }], ["B", { code: 503 }]);
    expect(incidents(told)[0]).toMatchObject({ callsAffected: 1, callsSaved: 0, callsLost: 1 });
  });
});

/** Plays the entries in their own time to a diagnostician. */
function play({ entries, nowMs }: Story, untilMs = nowMs) {
  const clock = createVirtualClock();
  const journal = createJournal(clock, 10_000);
  const said: (readonly [change: string, incident: Incident])[] = [];
  const anew: Reinitialisation[] = [];
  const diagnostician = createDiagnostician({
    journal,
    clock,
    calmMs,
    priors: {},
    on: (change, incident) => said.push([change, incident]),
    onReinitialised: (change) => anew.push(change),
  });
  for (const { seq: _, atMs, type, ...fact } of entries as readonly Entry[]) {
    clock.advance(atMs - journal.nowMs());
    journal.append(type, fact as never);
  }
  clock.advance(untilMs - journal.nowMs());
  return { clock, journal, diagnostician, said, anew, changes: () => said.map(([change, { id }]) => `${change} ${id}`) };
}

describe("live", () => {
  test.each([
    ["silent route", silentRoute()],
    ["CRM restart", crmRestart().after(calmMs + 500)],
    [
      "network away",
      networkAway()
        .calls("local", ["A", "answered"])
        .after(calmMs + 500),
    ],
    ["two incidents", crmRestart().after(60_000).boots(5, "fails")],
  ])("%s: tells what a replay of its journal tells", (_, told) => {
    const { diagnostician, journal } = play(told);
    expect(diagnostician.incidents).toEqual(incidentsOf(journal.entries, { calmMs, nowMs: journal.nowMs() }));
    expect(diagnostician.incidents.length).toBeGreaterThan(0);
  });

  test("says that it opened, what changed, and that it closed by time alone", () => {
    const { changes, said, clock, diagnostician } = play(crmRestart(), crmRestart().nowMs + calmMs + 500);
    expect(changes()[0]).toBe("opened 1");
    expect(changes().at(-1)).toBe("closed 1");
    expect(
      changes()
        .slice(1, -1)
        .every((change) => change === "updated 1"),
    ).toBe(true);
    expect(said.at(-1)?.[1].verdict.leader).toBe("crm-init");
    expect(diagnostician.verdict.conclusion).toBe("healthy");
    expect(clock.pending).toBe(0);
  });

  test("the network is back for one carrier a moment before the other: afterwards too that was no carrier's outage", () => {
    const end = { wasOpen: true, code: 1000, clean: false };
    const told = wellBegun("A", "B")
      .after(14_000)
      .write("probe:unanswered", { trunkId: "A", method: "OPTIONS", waitedMs: 1_500 })
      .after(300)
      .write("probe:unanswered", { trunkId: "B", method: "OPTIONS", waitedMs: 1_500 })
      .after(1_200)
      .loses("A", end)
      .after(300)
      .loses("B", end)
      .after(100)
      .connects("A")
      .after(300)
      .connects("B")
      .after(calmMs + 500)
      .proves("A", "B");
    const { diagnostician, changes } = play(told);
    expect(changes()).toEqual(["opened 1", "closed 1"]);
    expect(diagnostician.verdict.leader).toBe("local-network");
  });

  test("the leader it tells does not flap", () => {
    const { said } = play(networkAway());
    const leaders = said.map(([, { verdict }]) => verdict.leader);
    expect(leaders.filter((leader, index) => index > 0 && leader !== leaders[index - 1]).length).toBeLessThanOrEqual(1);
    expect(leaders.at(-1)).toBe("local-network");
  });

  test("closed, it says what it still had to say, and leaves no timer", () => {
    const { diagnostician, clock, changes, journal } = play(wellBegun("A").boots(2, "fails"));
    diagnostician.close();
    expect(changes()).toEqual(["opened 1"]);
    expect(clock.pending).toBe(0);
    journal.append("boot:started", { run: 3 });
    clock.advance(3_600_000);
    expect(changes()).toEqual(["opened 1"]);
    expect(diagnostician.incidents).toHaveLength(1);
  });

  test("says what a re-initialisation changed, and again when calls have shown it", () => {
    const broken = wellBegun("A", "B").boots(2, "fails").write("call:refused", { callId: "r1", because: "boot-incomplete" }).after(20_000);
    const { anew } = play(broken.boots(3, "passes").after(5_000).calls("local", ["A", "answered"]).after(5_000));
    const stage = { kind: "stage", stage: "stage-1" };
    expect(anew).toMatchObject([
      { run: 3, trunksHealthy: true, brokenBefore: [stage, { kind: "dialling" }], worksAfter: [stage], stillBroken: [] },
      { run: 3, worksAfter: [stage, { kind: "dialling" }] },
    ]);
  });

  test("a re-initialisation that mends nothing is told as such, trunks that were lost with it too", () => {
    const { anew } = play(
      wellBegun("A", "B")
        .calls("local", ["A", "swallowed"])
        .loses("B")
        .after(2_000)
        .boots(2, "passes")
        .connects("B")
        .calls("local", ["A", "swallowed"])
        .after(5_000),
    );
    expect(anew.at(-1)).toMatchObject({
      run: 2,
      trunksHealthy: false,
      brokenBefore: [
        { kind: "calls", trunkId: "A", route: "local" },
        { kind: "trunk", trunkId: "B" },
      ],
      worksAfter: [{ kind: "trunk", trunkId: "B" }],
      stillBroken: [{ kind: "calls", trunkId: "A", route: "local" }],
    });
  });

  test("what experience says before any evidence counts", () => {
    const told = story("A").boots(1, "passes").connects("A").loses("A").after(6_000);
    const of = (priors: Priors) =>
      incidentsOf(told.entries, { calmMs, nowMs: told.nowMs, priors })[0]?.verdict.probabilities["local-network"];
    expect(of({ "local-network": 2 })).toBeGreaterThan(of({}) ?? 1);
  });

  test("loaded late, it knows what came before", () => {
    const { journal, clock } = play(wellBegun("A").boots(2, "fails"));
    const late = createDiagnostician({ journal, clock, calmMs, priors: {}, on: () => {}, onReinitialised: () => {} });
    expect(late.incidents).toMatchObject([{ id: 1, verdict: { leader: "crm-init" } }]);
    late.close();
  });
});

describe("the same trouble again", () => {
  const gone = (told: Story) => told.loses("A").after(6_000).connects("A");

  test("soon after it was closed opens the incident again, and takes twice as long to close", () => {
    const told = gone(wellBegun("A", "B")).after(60_000);
    expect(incidents(told)).toMatchObject([{ id: 1 }]);
    gone(told);
    const backMs = told.nowMs;
    expect(incidents(told.after(2 * calmMs - 1_000))).toMatchObject([{ id: 1, reopened: 1 }]);
    expect(incidents(told)[0]).not.toHaveProperty("closedMs");
    expect(incidents(told.after(1_000))).toMatchObject([{ id: 1, reopened: 1, closedMs: backMs }]);
  });

  test("counts as lost what could not be placed, and not the calm between", () => {
    const told = wellBegun("A").repeats(2, (each) => gone(each).after(60_000));
    const [incident, ...more] = incidents(told);
    expect(more).toEqual([]);
    expect(incident?.minutesLost).toBeCloseTo(0.2, 1);
  });

  test("that of another trunk, or of the CRM, is another incident", () => {
    const told = gone(wellBegun("A", "B", "C"))
      .after(60_000)
      .loses("B")
      .after(6_000)
      .connects("B")
      .after(60_000)
      .boots(2, "fails");
    expect(incidents(told).map(({ id }) => id)).toEqual([1, 2, 3]);
  });

  test("that of another trunk is another incident, however alike their names", () => {
    const fails = (told: Story, trunkId: string) =>
      told
        .calls("local", [trunkId, { code: 503 }])
        .after(1_000)
        .calls("local", [trunkId, "answered"])
        .after(60_000);
    const told = fails(fails(wellBegun("Line 1", "Line 2"), "Line 1"), "Line 2");
    expect(incidents(told).map(({ id }) => id)).toEqual([1, 2]);
    expect(incidents(fails(told, "Line 2"))).toMatchObject([{ id: 1 }, { id: 2, reopened: 1 }]);
  });

  test("more than a quarter of an hour later it is another incident, unless it has come back before", () => {
    const pausesMs = [20, 14, 29, 59, 59, 61].map((each) => each * 60_000);
    const told = gone(wellBegun("A", "B"));
    for (const pauseMs of pausesMs) gone(told.after(pauseMs));
    expect(incidents(told.after(60_000)).map(({ reopened }) => reopened)).toEqual([undefined, 4, undefined]);
  });

  test("is told as opened, and closed, each time", () => {
    const told = gone(wellBegun("A", "B")).after(60_000);
    const { changes, diagnostician } = play(gone(told).after(60_000));
    expect(changes().filter((change) => !change.startsWith("updated"))).toEqual(["opened 1", "closed 1", "opened 1", "closed 1"]);
    expect(diagnostician.incidents).toEqual(incidents(told));
  });
});

describe("calls without audio", () => {
  test("open an incident, which a call with audio on that trunk and route closes", () => {
    expect(incidents(withoutAudio().after(5_000))).toMatchObject([{ callsAffected: 1, callsLost: 0 }]);
    const mended = withoutAudio()
      .after(5_000)
      .write("call:placed", { callId: "x2", party: { route: "local", alias: "p9", tail: "11" } })
      .write("audio:rated", { callId: "x2", trunkId: "A", level: "good", mos: 4.3, lossPercent: 0, jitterMs: 5 })
      .after(calmMs);
    const [incident] = incidents(mended);
    expect(incident?.closedMs).toBe(mended.nowMs - calmMs);
  });
});

describe("calls that sound poor", () => {
  const sounds = (told: Story, trunkId: string, level: "poor" | "good") => {
    const callId = `x${told.entries.length}`;
    return told
      .write("call:placed", { callId, party: { route: "local", alias: callId, tail: "11" } })
      .write("call:answered", { callId, trunkId, setupMs: 600 })
      .after(9_000)
      .write("audio:rated", { callId, trunkId, level, mos: level === "good" ? 4.3 : 2.1, lossPercent: 0, jitterMs: 5 })
      .after(9_000);
  };
  const day = (...calls: readonly (readonly [trunkId: string, level: "poor" | "good"])[]) =>
    incidents(calls.reduce((told, [trunkId, level]) => sounds(told, trunkId, level), wellBegun("A", "A2", "B")));

  test.each([
    [
      "on one trunk",
      [
        ["A", "poor"],
        ["B", "good"],
        ["A2", "good"],
        ["A", "poor"],
      ],
    ],
    [
      "by one carrier, another's between sounding well",
      [
        ["A", "poor"],
        ["B", "good"],
        ["A2", "poor"],
      ],
    ],
    [
      "by whichever carrier",
      [
        ["A", "poor"],
        ["B", "poor"],
      ],
    ],
  ] as const)("open an incident when they are two in a row %s", (_, calls) => {
    expect(day(...calls)).toHaveLength(1);
  });

  test.each([
    [
      "alone",
      [
        ["A", "poor"],
        ["B", "good"],
        ["A", "good"],
      ],
    ],
    [
      "with one that sounds well between them",
      [
        ["A", "poor"],
        ["A", "good"],
        ["A2", "poor"],
      ],
    ],
    [
      "each on a carrier of its own, with one that sounds well between them",
      [
        ["A", "poor"],
        ["A2", "good"],
        ["B", "poor"],
      ],
    ],
  ] as const)("open none %s", (_, calls) => {
    expect(day(...calls)).toEqual([]);
  });
});

describe("a page whose telephone is in another", () => {
  const rests = (told: Story, from: "open" | "waiting") =>
    told
      .write("registration:changed", { trunkId: "A", from: "registered", to: "none" })
      .write("telephone:moved", { to: "elsewhere" })
      .after(20)
      .write("flow:changed", { trunkId: "A", from, to: "closed", tookMs: 0 })
      .after(600_000);

  test("rests, which is evidence of nothing", () => {
    const told = rests(wellBegun("A"), "open");
    expect(incidents(told)).toEqual([]);
    expect(diagnose(told.entries)).toMatchObject({ conclusion: "healthy" });
  });

  test("waits no longer for a trunk that was away as it went to rest: nobody proves it well there", () => {
    const lost = wellBegun("A").loses("A").after(20_000);
    expect(incidents(lost).map(({ closedMs }) => closedMs)).toEqual([undefined]);
    const [incident] = incidents(rests(lost, "waiting"));
    expect(incident).toMatchObject({ unproven: true });
    expect(incident?.closedMs).toBeLessThanOrEqual(lost.nowMs + 20 + calmMs);
  });
});
