/** What must hold whatever the weights; and the dispute that the project began with. */
import { describe, expect, test } from "vitest";
import { evidenceOf } from "../../src/diagnosis/evidence.ts";
import type { Facts } from "../../src/journal.ts";
import type { FaultDomain, Verdict } from "../../src/diagnosis/model.ts";
import { incidentsOf } from "../../src/diagnosis/incident.ts";
import { observe } from "../../src/diagnosis/observe.ts";
import { diagnose } from "../../src/diagnosis/verdict.ts";
import { stalledOutcome } from "../../src/outcome.ts";
import { evidenceGrounds } from "../../src/diagnosis/grounds.ts";
import { evidenceWeights, weightOf, type EvidenceCode } from "../../src/diagnosis/weights.ts";
import { story, wellBegun, type Story } from "./story.ts";

const carrierDomains = ["carrier-signalling", "carrier-routing", "carrier-media"] as const satisfies readonly FaultDomain[];
const laidOnCarriers = ({ probabilities }: Verdict) => carrierDomains.reduce((sum, domain) => sum + probabilities[domain], 0);
const evidence = ({ entries }: Story) => evidenceOf(observe(entries));
const codes = (told: Story) => evidence(told).map(({ code }) => code);

describe("a response that we made up is never the carrier's word", () => {
  const inferred: readonly (readonly [string, Story])[] = [
    [
      "silence with a dead edge",
      story("A").connects("A").calls("local", ["A", "edge-silent"]).loses("A", { wasOpen: true, code: 1000, clean: false }),
    ],
    ["a socket that is gone", story("A").connects("A").loses("A")],
    ["a socket that never opens", story("A").loses("A", { wasOpen: false, code: 1006, clean: false })],
    [
      "a REGISTER without an answer",
      story("A").write("registration:changed", {
        trunkId: "A",
        from: "registering",
        to: "refused",
        answer: { code: 408, said: "inferred" },
      }),
    ],
  ];

  test.each(inferred)("%s: nothing of it is cited as said by a peer", (_, told) => {
    expect(evidence(told).filter(({ said }) => said === "peer")).toEqual([]);
  });

  test.each(inferred)("%s alone accuses nobody", (_, { entries }) => {
    expect(diagnose(entries).conclusion).toBe("inconclusive");
  });

  test("an inferred 503 is not a 503", () => {
    const of = { callId: "c1", attempt: 1, trunkId: "A", route: "local" };
    const outcome = { class: "network", retry: "yes", vote: "ignored", retryAfterConcerns: "nobody", row: "flow-lost" } as const;
    const told = story("A")
      .connects("A")
      .write("attempt:started", of)
      .write("attempt:ended", { ...of, outcome, answer: { code: 503, said: "inferred" }, tookMs: 1 });
    expect(codes(told)).not.toContain("invite-refused-by-edge");
  });
});

describe("a callee's answer never counts against a carrier", () => {
  test.each([
    { code: 486 },
    { code: 600 },
    { code: 603 },
    { code: 604 },
    { code: 480, q850: { value: 20 } },
    { code: 480, number: "n7" },
    { code: 410 },
    { code: 404, q850: { value: 1 } },
    { code: 404, q850: { value: 1 }, number: "n7" },
    { code: 404, number: "n7" },
  ])("%j, however often", ({ number, ...end }) => {
    const before = wellBegun("A", "B");
    const laidBefore = laidOnCarriers(diagnose(before.entries));
    const after = before.repeats(20, (told, time) => told.dials(number ?? `n${10 + time}`, "local", ["A", end]));
    expect(laidOnCarriers(diagnose(after.entries))).toBeLessThanOrEqual(laidBefore);
  });

  test("nor does the table let it", () => {
    for (const { group, weights } of Object.values(evidenceWeights).map((row) => row as ReturnType<typeof weightOf>))
      if (group === "callee") for (const domain of carrierDomains) expect(weights[domain] ?? 0).toBeLessThanOrEqual(0);
  });
});

describe("unrelated carriers that fail together: look at what they share", () => {
  test("though they are found out at different times, since an idle trunk is probed now and then", () => {
    const told = wellBegun("A", "B")
      .proves("A", "B")
      .after(2_000)
      .calls("local", ["A", "edge-silent"])
      .loses("A")
      .after(12_000)
      .write("flow:changed", { trunkId: "B", from: "open", to: "doubted", tookMs: 0 })
      .after(3_000)
      .loses("B");
    expect(diagnose(told.entries)).toMatchObject({ leader: "local-network" });
    expect(codes(told)).toContain("unrelated-trunks-failed-together");
  });

  test("two trunks of one carrier are not unrelated", () => {
    expect(codes(wellBegun("A", "A2").loses("A").loses("A2"))).not.toContain("unrelated-trunks-failed-together");
  });

  test("nor are two carriers that fail one after the other, each while the other is well", () => {
    const told = wellBegun("A", "B").loses("A").after(10_000).proves("B").connects("A").after(60_000).loses("B").after(10_000).proves("A");
    expect(codes(told)).not.toContain("unrelated-trunks-failed-together");
    expect(diagnose(told.entries).leader).toBe("carrier-signalling");
  });

  test("twice, and what one of them says of itself between is its own: two faults, and both are named", () => {
    const cutOff = (told: Story) => told.loses("A").loses("B").after(30_000).connects("A", "B").after(90_000).proves("A", "B");
    const refused = { code: 503, said: "peer" } as const;
    const atWork = (told: Story) =>
      told.write("registration:changed", { trunkId: "A", from: "registered", to: "refused", answer: refused }).after(15_000).proves("B");
    const between = cutOff(wellBegun("A", "B")).repeats(3, atWork).connects("A").after(120_000);
    const { conclusion, faults } = diagnose(cutOff(between).entries);
    expect([conclusion, faults.map(({ domain, trunkId }) => [domain, trunkId]).sort()]).toEqual([
      "likely",
      [
        ["carrier-signalling", "A"],
        ["local-network", undefined],
      ],
    ]);
  });

  test("audio that is poor on all of them excuses none for a route that it refuses by name", () => {
    const sounds = (told: Story, callId: string, trunkId: string, level: "poor" | "good") =>
      told
        .write("call:placed", { callId, party: { route: "mobile", alias: callId, tail: "01" } })
        .write("call:answered", { callId, trunkId, setupMs: 600 })
        .after(9_000)
        .write("audio:rated", { callId, trunkId, level, mos: 2.1, lossPercent: 9, jitterMs: 60 })
        .after(9_000)
        .write("call:ended", { callId, end: "hung-up-here", possibleDuplicate: false, talkedMs: 18_000 });
    const congested = { code: 503, q850: { value: 42 } };
    const day = (level: "poor" | "good") => {
      const told = wellBegun("A", "B").repeats(4, (more, time) =>
        sounds(sounds(more, `a${time}`, "A", level), `b${time}`, "B", level)
          .calls("local", ["A", congested], ["B", "answered"])
          .after(20_000),
      );
      return sounds(told, "last", "A", level);
    };
    for (const level of ["good", "poor"] as const)
      expect(diagnose(day(level).entries), level).toMatchObject({ leader: "carrier-routing", trunkId: "A" });
  });

  test("a call that fails over both is laid on neither", () => {
    const told = wellBegun("A", "B").repeats(3, (more) => more.calls("local", ["A", { code: 503 }], ["B", { code: 503 }]));
    expect(laidOnCarriers(diagnose(told.entries))).toBeLessThan(0.2);
  });
});

describe("silence that unrelated carriers share", () => {
  const inTurn = () =>
    wellBegun("A", "B").repeats(2, (more) =>
      more
        .calls("local", ["A", "swallowed"], ["B", "answered"])
        .after(5_000)
        .calls("mobile", ["B", "swallowed"], ["A", "answered"])
        .after(5_000),
    );

  test("now on the one and now on the other, whatever is dialled, is laid on none of them", () => {
    const verdict = diagnose(inTurn().entries);
    expect(verdict.leader).toBe("local-network");
    expect(laidOnCarriers(verdict)).toBeLessThan(0.05);
  });

  test("is not what one route that is silent on both says, nor what one carrier says alone", () => {
    const onRoute = wellBegun("A", "B").repeats(3, (more) => more.calls("local", ["A", "swallowed"], ["B", "swallowed"]).after(5_000));
    const alone = wellBegun("A", "B").repeats(3, (more) =>
      more.calls("local", ["A", "swallowed"], ["B", "answered"]).calls("mobile", ["A", "swallowed"], ["B", "answered"]),
    );
    for (const told of [onRoute, alone]) expect(codes(told)).not.toContain("unrelated-trunks-silent-in-turn");
  });

  test("takes a late answer to a probe for silence, and not one that came in time", () => {
    const told = (rttMs: number) =>
      wellBegun("A", "B")
        .write("probe:answered", { trunkId: "B", method: "OPTIONS", rttMs, answer: { code: 200, said: "peer" } })
        .calls("local", ["A", "swallowed"], ["B", "answered"]);
    expect(codes(told(4_000))).toContain("unrelated-trunks-silent-in-turn");
    expect(codes(told(400))).not.toContain("unrelated-trunks-silent-in-turn");
  });
});

describe("a request that is refused as malformed", () => {
  test("by all carriers is the CRM's; by the only one it is likely so, and not where the same had worked", () => {
    const refused = (told: Story, ...ids: readonly string[]) =>
      told.repeats(3, (more) => more.calls("local", ...ids.map((id) => [id, { code: 400 }] as const)).after(5_000));
    const fresh = (...ids: readonly string[]) =>
      refused(
        story(...ids)
          .boots(1, "passes")
          .connects(...ids)
          .after(5_000),
        ...ids,
      );
    expect(diagnose(fresh("A", "B").entries)).toMatchObject({ leader: "crm-config", conclusion: "clear" });
    expect(diagnose(fresh("A").entries)).toMatchObject({ leader: "crm-config", conclusion: "likely" });
    expect(diagnose(refused(wellBegun("A"), "A").entries).conclusion).toBe("inconclusive");
  });

  test("by all carriers since a start of the CRM is not cleared by what they took before it; by one carrier it is", () => {
    const started = (told: Story) => told.boots(2, "passes").after(5_000);
    const malformed = { code: 400 };
    const byAll = started(wellBegun("A", "B")).calls("local", ["A", malformed], ["B", malformed]);
    expect(codes(byAll)).not.toContain("same-settings-worked-before");
    expect(diagnose(byAll.entries)).toMatchObject({ leader: "crm-config" });
    const byOne = started(wellBegun("A", "B")).calls("local", ["A", malformed], ["B", "answered"]);
    expect(codes(byOne)).toContain("same-settings-worked-before");
    const unstarted = wellBegun("A", "B").calls("local", ["A", malformed], ["B", malformed]);
    expect(codes(unstarted)).toContain("same-settings-worked-before");
  });
});

describe("a host that trunks of several carriers share, and that refuses calls", () => {
  const sharing = () => wellBegun("SA", "SB");
  const well = (told: Story) => told.write("control:answered", { control: "crm", tookMs: 60 });
  const isNamed = (told: Story) => codes(told).includes("shared-host-refused-calls");

  test.each([
    ["with a plain 500", { code: 500 }],
    ["by silence", "swallowed"],
    ["after 100", "stalled"],
  ] as const)("%s is at fault, whatever HTTP does and the CRM has started", (_, end) => {
    const told = sharing().repeats(3, (more) => well(more.calls("local", ["SA", end], ["SB", end])).after(8_000));
    const verdict = diagnose(told.entries);
    expect(verdict).toMatchObject({ leader: "local-network", actor: "local-it", faults: [{ domain: "local-network" }] });
    expect(laidOnCarriers(verdict)).toBeLessThan(0.05);
  });

  test("so it is where each carrier is tried by itself", () => {
    const told = sharing()
      .calls("local", ["SA", { code: 500 }])
      .after(20_000)
      .calls("local", ["SB", { code: 500 }]);
    expect(diagnose(told.entries).leader).toBe("local-network");
  });

  test("so it is where it lets some calls of each carrier through, for want of room for all", () => {
    const full = (told: Story, id: string) =>
      told
        .calls("local", [id, { code: 503 }])
        .after(9_000)
        .calls("local", [id, "answered"])
        .after(9_000);
    const told = sharing().repeats(2, (more) => full(full(more, "SA"), "SB"));
    expect(diagnose(told.entries)).toMatchObject({ leader: "local-network" });
    expect(isNamed(full(full(sharing(), "SA"), "SB"))).toBe(false);
    const apart = wellBegun("A", "B").repeats(2, (more) => full(full(more, "A"), "B"));
    expect(diagnose(apart.entries).leader).not.toBe("local-network");
  });

  test.each([
    ["one carrier alone", sharing().repeats(3, (more) => more.calls("local", ["SA", { code: 500 }], ["SB", "answered"]))],
    [
      "a cause that the carriers named",
      sharing().calls("local", ["SA", { code: 503, q850: { value: 34 } }], ["SB", { code: 503, q850: { value: 34 } }]),
    ],
    [
      "one carrier, and later the other while the first is well",
      sharing()
        .calls("local", ["SA", { code: 500 }])
        .calls("local", ["SA", "answered"])
        .calls("local", ["SB", { code: 500 }]),
    ],
    ["hosts of their own", wellBegun("A", "B").calls("local", ["A", { code: 500 }], ["B", { code: 500 }])],
    [
      "registrations that are refused",
      sharing()
        .write("registration:changed", { trunkId: "SA", from: "registering", to: "refused", answer: { code: 500, said: "peer" } })
        .write("registration:changed", { trunkId: "SB", from: "registering", to: "refused", answer: { code: 500, said: "peer" } }),
    ],
  ])("but not of %s", (_, told) => expect(isNamed(told)).toBe(false));
});

describe("a fault from before the CRM had come up is not the carrier's without a control", () => {
  const early = (told: Story) =>
    told.write("boot:started", { run: 1 }).write("stage:started", { stage: "settings", run: 1, attempt: 1, critical: true });

  test("without one", () => {
    const told = early(story("A")).write("registration:changed", {
      trunkId: "A",
      from: "registering",
      to: "refused",
      answer: { code: 503, said: "peer" },
      tookMs: 9,
    });
    expect(diagnose(told.entries).leader).not.toMatch(/^carrier-/);
  });

  test("with another carrier that is well", () => {
    const told = early(story("A", "B"))
      .write("registration:changed", { trunkId: "A", from: "registering", to: "refused", answer: { code: 503, said: "peer" }, tookMs: 9 })
      .connects("B");
    expect(diagnose(told.entries)).toMatchObject({ leader: "carrier-signalling", trunkId: "A" });
  });

  test("with a start-up that came through all the same", () => {
    const told = early(story("A"))
      .loses("A", { wasOpen: false, code: 1006, clean: false })
      .after(400)
      .write("stage:passed", { stage: "settings", run: 1, attempt: 1, tookMs: 400 })
      .write("boot:completed", { run: 1, tookMs: 400 })
      .after(60_000);
    expect(codes(told)).toContain("boot-complete-despite-failure");
  });

  test("the registrar's own 5xx that goes on after it is the carrier's, of an only carrier too", () => {
    const refused = { trunkId: "A", from: "registering", to: "refused", answer: { code: 500, said: "peer" } } as const;
    const told = story("A").write("registration:changed", refused).after(500).boots(1, "passes");
    expect(diagnose(told.entries).leader).toBe("crm-init");
    expect(diagnose(told.after(5_000).write("registration:changed", refused).entries).leader).toBe("carrier-signalling");
  });
});

describe("the local network against the CRM", () => {
  test("a stage that gets no answer while no edge can be reached is not the CRM's fault", () => {
    const told = wellBegun("A", "B").loses("A").loses("B").boots(2, "fails");
    const verdict = diagnose(told.entries);
    expect(verdict).toMatchObject({ leader: "local-network" });
    expect(verdict.faults.map(({ domain }) => domain)).toEqual(["local-network"]);
  });

  test("a stage that the CRM's server refused is, whatever the trunks do", () => {
    const told = wellBegun("A", "B").loses("A").loses("B").boots(2, "fails-500");
    expect(diagnose(told.entries).faults.map(({ domain }) => domain)).toContain("crm-init");
  });

  test("the network on its way back does not clear itself", () => {
    const failed = { control: "crm", tookMs: 500, fault: { kind: "overdue" } } as const;
    const told = wellBegun("A", "B")
      .loses("A")
      .loses("B")
      .write("control:failed", failed)
      .after(5_000)
      .write("control:answered", { control: "crm", tookMs: 30 })
      .connects("B")
      .after(500)
      .connects("A");
    expect(diagnose(told.entries)).toMatchObject({ leader: "local-network", conclusion: "clear" });
  });

  test("the CRM's server alone is down: not the network", () => {
    const told = wellBegun("A", "B")
      .boots(2, "fails")
      .write("control:failed", { control: "crm", tookMs: 500, fault: { kind: "overdue" } })
      .proves("A", "B");
    expect(diagnose(told.entries)).toMatchObject({ leader: "crm-init", conclusion: "clear" });
  });
});

describe("a start-up that hangs before any trunk was tried", () => {
  const hanging = () => story("A", "B").boots(1, "hangs");
  const failed = (told: Story, control: string) => told.write("control:failed", { control, tookMs: 500, fault: { kind: "overdue" } });
  const early = (told: Story) => told.write("call:refused", { callId: "c1", because: "boot-incomplete", stage: "stage-1" });

  test("hung once for each start, though it is told of as it stalls and as it is given up", () => {
    const hangs = (told: Story) => diagnose(told.entries).reasonsFor.find(({ code }) => code === "critical-stage-hung");
    const once = hanging().connects("A", "B");
    expect(hangs(once)).toMatchObject({ count: 1, lastMs: observe(once.entries).endMs });
    expect(hangs(once.boots(2, "hangs"))?.count).toBe(2);
  });

  test("is the network's where two controls are out of reach, and a trunk that is well later changes nothing of that", () => {
    const told = failed(failed(hanging(), "crm"), "other");
    expect(diagnose(told.entries)).toMatchObject({ leader: "local-network", conclusion: "clear", actor: "local-it" });
    expect(diagnose(told.after(15_000).connects("A", "B").entries)).toMatchObject({ leader: "local-network" });
  });

  test("is the network's where the browser says so besides the only control", () => {
    const { leader, faults } = diagnose(failed(hanging().write("network:changed", { online: false }), "crm").entries);
    expect(leader).toBe("local-network");
    expect(faults).toHaveLength(1);
  });

  test("is left open where the only control may be the CRM's own server, which is down for both", () => {
    const told = early(failed(hanging(), "crm"));
    expect(diagnose(told.entries)).toMatchObject({ conclusion: "inconclusive" });
    expect(diagnose(told.after(60_000).connects("A", "B").entries)).toMatchObject({ conclusion: "inconclusive" });
  });

  test.each([
    ["another control is reached", failed(hanging(), "crm").write("control:answered", { control: "other", tookMs: 30 })],
    ["there is no control", hanging()],
    ["a trunk had been proven well", failed(failed(story("A", "B").connects("A", "B").boots(1, "hangs"), "crm"), "other")],
    ["the server said so", failed(failed(story("A", "B").boots(1, "fails-500"), "crm"), "other")],
  ])("is the CRM's where %s", (_, { entries }) => {
    expect(diagnose(entries).leader).toBe("crm-init");
  });
});

describe("the dispute: one carrier's local offer fails at one CRM's agents, its edge answers every probe", () => {
  const failing = (told: Story) =>
    told.repeats(3, (more) => more.calls("local", ["A", "swallowed"]).proves("A").calls("international", ["A", "answered"]));

  test("and it comes back with a re-initialisation: one agent alone does not lay it on the carrier", () => {
    const told = failing(wellBegun("A"))
      .boots(2, "passes", "passes")
      .repeats(3, (more) => more.calls("local", ["A", "answered"]));
    const verdict = diagnose(told.entries);
    expect(verdict.conclusion).toBe("inconclusive");
    expect(laidOnCarriers(verdict)).toBeLessThan(0.65);
    expect(codes(told)).toContain("well-after-reinitialisation");
  });

  test("from the first call on, and the start that it is well after is all that there is: it is left open", () => {
    const stalling = (told: Story) =>
      told.repeats(3, (more) => more.calls("local", ["A", "stalled"]).calls("international", ["A", "answered"]));
    const told = (more: Story) =>
      stalling(more)
        .boots(2, "passes")
        .repeats(3, (after) => after.calls("local", ["A", "answered"]));
    const fresh = (...ids: readonly string[]) =>
      story(...ids)
        .boots(1, "passes")
        .connects(...ids)
        .after(5_000);
    expect(codes(told(fresh("A")))).toContain("well-after-one-start");
    expect(diagnose(told(fresh("A")).entries).conclusion).toBe("inconclusive");
    // Another carrier is something to hold it against, and a second start that mends it is no coincidence.
    expect(codes(told(fresh("A", "B")))).toContain("well-after-reinitialisation");
    expect(codes(told(told(fresh("A"))))).toContain("well-after-reinitialisation");
  });

  test("from before the CRM had come up: it leans to the CRM", () => {
    const told = failing(story("A").connects("A").write("boot:started", { run: 1 }))
      .boots(2, "passes")
      .repeats(3, (more) => more.calls("local", ["A", "answered"]));
    expect(diagnose(told.entries).leader).toBe("crm-init");
  });

  test("mirrored: a re-initialisation changes nothing, another carrier reaches the same numbers: the carrier's route", () => {
    const told = failing(wellBegun("A", "B"))
      .boots(2, "passes", "passes")
      .repeats(2, (more) => more.calls("local", ["A", "swallowed"], ["B", "answered"]).calls("international", ["A", "answered"]));
    expect(diagnose(told.entries)).toMatchObject({ leader: "carrier-routing", conclusion: "clear", trunkId: "A" });
    expect(diagnose(told.entries).probabilities["crm-init"]).toBeLessThan(0.05);
  });
});

test("every row of the table has a reason, a group, and weights that a calibration may still move", () => {
  for (const code of Object.keys(evidenceWeights) as EvidenceCode[]) {
    const { group, weights } = weightOf(code);
    expect(group, code).toMatch(/^[a-z-]+$/);
    expect(evidenceGrounds[code].length, code).toBeGreaterThan(20);
    for (const weight of Object.values(weights)) expect(Math.abs(weight), code).toBeLessThanOrEqual(5);
  }
});

describe("a digest that is not known here", () => {
  test("is laid on the settings, not on the carrier that asks for it", () => {
    const told = story("A")
      .write("credentials:failed", { trunkId: "A", error: "UnsupportedDigest" })
      .write("registration:changed", { trunkId: "A", from: "registering", to: "refused", answer: { code: 401, said: "peer" } });
    expect(codes(told)).toContain("digest-not-known");
    expect(codes(told)).not.toContain("credentials-not-to-be-had");
    expect(diagnose(told.entries).leader).toBe("crm-config");
  });
});

describe("a page whose own security policy forbids the sockets", () => {
  const forbidden = { wasOpen: false, code: 1006, clean: false, byPagePolicy: true } as const;

  test("is set wrong, whether it forbids one carrier or all; a control or another carrier that answers is no word against the carrier", () => {
    const one = story("A", "B").connects("B").loses("A", forbidden).proves("B");
    const all = story("A", "B").loses("A", forbidden).loses("B", forbidden).write("control:answered", { control: "crm", tookMs: 40 });
    for (const told of [one, all]) {
      expect(codes(told)).toContain("page-forbids-socket");
      expect(evidence(told).filter(({ said }) => said === "peer")).toEqual([]);
      expect(diagnose(told.entries)).toMatchObject({ leader: "crm-config", conclusion: "clear" });
    }
  });
});

describe("names that do not resolve any more", () => {
  const unreachable = { control: "crm", tookMs: 20, fault: { kind: "threw", name: "TypeError" } } as const;

  test("cost no connection that is up: what cannot be reached anew is the network's, not the CRM's or the carrier's whose socket was lost", () => {
    const told = story("A", "B").connects("A", "B").write("control:answered", { control: "crm", tookMs: 20 }).loses("A");
    for (let time = 0; time < 3; time++)
      told.loses("A", { wasOpen: false, code: 1006, clean: false }).write("control:failed", unreachable).proves("B");
    expect(codes(told)).toContain("new-connections-failed");
    expect(codes(told)).not.toContain("control-failed-alone");
    expect(codes(told)).not.toContain("other-carrier-well-meanwhile");
    expect(diagnose(told.entries)).toMatchObject({ leader: "local-network" });
  });

  test("are not to blame where the control had failed before the edge was lost, and was never reached: its address may be wrong", () => {
    const told = story("A", "B").connects("A", "B").write("control:failed", unreachable).proves("A", "B").after(60_000).loses("A");
    for (let time = 0; time < 3; time++)
      told.loses("A", { wasOpen: false, code: 1006, clean: false }).write("control:failed", unreachable).proves("B");
    expect(codes(told)).not.toContain("new-connections-failed");
    expect(diagnose(told.entries)).toMatchObject({ leader: "carrier-signalling", trunkId: "A" });
  });

  test("are not to blame where the CRM's server failed with every carrier's edge well, or the edge with the CRM's server well", () => {
    const crm = story("A", "B").connects("A", "B").write("control:failed", unreachable).proves("A", "B");
    const edge = story("A", "B").connects("A", "B").loses("A").write("control:answered", { control: "crm", tookMs: 20 }).proves("B");
    for (const told of [crm, edge]) expect(codes(told)).not.toContain("new-connections-failed");
  });
});

describe("an address that the CRM sets in mid-session", () => {
  const refused = { wasOpen: false, code: 1006, clean: false } as const;
  const set = (told: Story, host: string, changed: Facts["trunks:changed"]["changed"]) =>
    told.write("trunks:changed", {
      settings: 2,
      trunks: [
        { id: "A", carrier: "Carrier A", host },
        { id: "B", carrier: "Carrier B", host: "B.example" },
      ],
      added: [],
      removed: [],
      changed,
    });
  const lost = (host: string, what: readonly string[]) =>
    set(story("A", "B").boots(1, "passes").connects("A", "B").after(20_000), host, [{ id: "A", what }])
      .loses("A", refused)
      .proves("B")
      .after(5_000);

  test("and that was never reached is a setting, whatever was reached before", () => {
    const told = lost("A.example:5061", ["server"]);
    expect(codes(told)).toContain("edge-never-reached");
    expect(diagnose(told.entries)).toMatchObject({ leader: "crm-config" });
    // Another start of the CRM would set the same.
    expect(diagnose(told.entries).nextTest?.code).not.toBe("reinitialise-crm");
    // So it stays when it has been put right.
    const right = set(told, "A.example", [{ id: "A", what: ["server"] }])
      .connects("A")
      .proves("B");
    expect(codes(right)).toContain("edge-never-reached");
    expect(codes(right)).not.toContain("edge-unreachable");
  });

  test("and that the CRM sets wrong again and again is its own, though the edge still answers by the socket that it keeps until then", () => {
    const told = story("A", "B").boots(1, "passes").connects("A", "B").after(20_000);
    const wrong = () => set(told, "A.example.invalid", [{ id: "A", what: ["server"] }]).loses("A", refused);
    const right = () =>
      set(told, "A.example", [{ id: "A", what: ["server"] }])
        .connects("A")
        .proves("B")
        .after(120_000);
    told.repeats(3, () => {
      wrong().proves("B").after(15_000).proves("A").loses("A", refused).proves("B").after(90_000).proves("A", "B");
      return right();
    });
    expect(codes(told)).toContain("edge-never-reached");
    expect(codes(told)).not.toContain("edge-unreachable");
    expect(diagnose(told.entries)).toMatchObject({ leader: "crm-config" });
  });

  test("and at which a socket opened is the carrier's from then on", () => {
    const told = set(story("A", "B").boots(1, "passes").connects("A", "B").after(20_000), "A2.example", [{ id: "A", what: ["server"] }])
      .connects("A")
      .after(60_000)
      .proves("A", "B")
      .loses("A")
      .loses("A", refused)
      .proves("B")
      .after(5_000);
    expect(codes(told)).toContain("edge-unreachable");
    expect(diagnose(told.entries)).toMatchObject({ leader: "carrier-signalling" });
  });

  test("is no reason where only something else of it was set", () => {
    expect(codes(lost("A.example", ["priority"]))).toContain("edge-unreachable");
  });
});

describe("sockets for which the CRM gives no URL", () => {
  const closed = { wasOpen: true, code: 1001, clean: true } as const;
  const refused = { wasOpen: false, code: 1006, clean: false } as const;
  const without = (told: Story, trunkId: string) =>
    told
      .write("flow:changed", { trunkId, from: "waiting", to: "connecting", tookMs: 300 })
      .write("server:failed", { trunkId, error: "HttpError" })
      .write("flow:changed", { trunkId, from: "connecting", to: "waiting", tookMs: 70 });
  const reached = (told: Story) => told.write("control:answered", { control: "crm", tookMs: 20 });
  const unreached = (told: Story) =>
    told.write("control:failed", { control: "crm", tookMs: 20, fault: { kind: "threw", name: "TypeError" } });
  const begun = () => story("A", "B").boots(1, "passes").connects("A", "B").after(20_000).loses("A", closed).loses("B", closed);

  test("stay away by its doing where its own endpoint is reached, whoever had closed them", () => {
    const told = reached(without(without(begun(), "A"), "B").after(4_000));
    expect(codes(told)).toContain("credentials-not-to-be-had");
    expect(codes(told)).not.toContain("unrelated-trunks-failed-together");
    expect(codes(told)).not.toContain("edge-closed-by-server");
    expect(diagnose(told.entries)).toMatchObject({ leader: "crm-config" });
  });

  test("stay away by the network's where its own endpoint is not reached either", () => {
    const told = unreached(without(without(begun(), "A"), "B").after(4_000));
    expect(codes(told)).toContain("unrelated-trunks-failed-together");
    expect(diagnose(told.entries)).toMatchObject({ leader: "local-network" });
  });

  test("and that did not open when it gave one are not of its doing", () => {
    const told = reached(without(without(begun(), "A"), "B").after(4_000));
    for (const id of ["A", "B"]) told.loses(id, refused);
    expect(codes(told)).toContain("unrelated-trunks-failed-together");
  });
});

describe("callees who take no anonymous calls", () => {
  const anonymous = { code: 433 } as const;
  const four = (told: Story) => told.repeats(4, (more) => more.calls("local", ["A", anonymous]).after(9_000));

  test("are too many in a row to be chance: we do not say who calls", () => {
    const told = four(wellBegun("A", "B"));
    expect(codes(told)).toContain("callees-refuse-anonymous-caller");
    expect(codes(told)).not.toContain("callee-refused");
    expect(diagnose(told.entries)).toMatchObject({ leader: "crm-config" });
    expect(incidentsOf(told.entries)).toMatchObject([{ callsLost: 4, verdict: { leader: "crm-config" } }]);
  });

  test("are lost calls until somebody is reached", () => {
    const told = four(wellBegun("A", "B")).repeats(6, (more) => more.calls("local", ["A", "answered"]).after(30_000));
    expect(incidentsOf(told.entries)[0]?.closedMs).toEqual(expect.any(Number));
  });

  test("are their own masters where it is one, however often they are called", () => {
    const told = wellBegun("A", "B").repeats(6, (more) => more.dials("n77", "local", ["A", anonymous]).after(9_000));
    expect(codes(told)).not.toContain("callees-refuse-anonymous-caller");
    expect(diagnose(told.entries)).toMatchObject({ leader: "remote-party" });
  });

  test("and where others are reached between", () => {
    const told = wellBegun("A", "B").repeats(6, (more) =>
      more.calls("local", ["A", anonymous]).after(9_000).calls("local", ["A", anonymous]).after(9_000).calls("local", ["A", "answered"]),
    );
    expect(codes(told)).not.toContain("callees-refuse-anonymous-caller");
    expect(diagnose(told.entries).leader).not.toBe("crm-config");
  });
});

describe("where no edge and no other server can be reached at one time", () => {
  const unreachable = { control: "crm", tookMs: 20, fault: { kind: "threw", name: "TypeError" } } as const;
  const closed = { wasOpen: true, code: 1001, clean: true } as const;
  const dark = (isDark: boolean) =>
    story("A", "B")
      .connects("A", "B")
      .after(20_000)
      .loses("A", closed)
      .proves("B")
      .after(300_000)
      .proves("B")
      .after(5_000)
      .loses("B", closed)
      .after(20_000)
      .write(isDark ? "control:failed" : "control:answered", unreachable)
      .after(5_000);

  test("it is one event, near the agent, though one edge after the other was lost", () => {
    expect(diagnose(dark(true).entries)).toMatchObject({ leader: "local-network" });
    expect(codes(dark(true))).toContain("unrelated-trunks-failed-together");
    expect(codes(dark(false))).not.toContain("unrelated-trunks-failed-together");
  });
});

describe("a new socket that is denied beside one that lives on", () => {
  const refused = { wasOpen: false, code: 1006, clean: false } as const;
  const told = (opened: boolean) =>
    story("A", "B")
      .connects("A", "B")
      .after(20_000)
      .loses("A")
      .loses("A", refused)
      .write("socket:tried", { trunkId: "B", opened, tookMs: 20 });

  test("lays on what is near the agent that another carrier's edge cannot be reached", () => {
    const denied = told(false).proves("B");
    expect(codes(denied)).toContain("another-socket-denied");
    expect(codes(denied)).not.toContain("other-carrier-well-meanwhile");
    expect(diagnose(denied.entries)).toMatchObject({ leader: "local-network" });
  });

  test("says nothing where it opened, or where the one that stood was not heard of again", () => {
    for (const silent of [told(true).proves("B"), told(false)]) expect(codes(silent)).not.toContain("another-socket-denied");
  });
});

describe("starts of the CRM as evidence, both ways", () => {
  const local = (told: Story, ...ends: ("answered" | "swallowed")[]) =>
    ends.reduce((more, end) => more.calls("local", ["A", end]).proves("A").calls("international", ["A", "answered"]).after(20_000), told);
  /** One start breaks the local calls of the only carrier. */
  const brokenByStart = () => local(wellBegun("A").boots(2, "passes"), "swallowed", "swallowed");
  const plain = { code: 500 } as const;
  /** From one start on, the only carrier refuses every route. */
  const failingSinceStart = () =>
    wellBegun("A")
      .calls("local", ["A", "answered"])
      .boots(2, "passes")
      .calls("local", ["A", plain])
      .calls("mobile", ["A", plain])
      .calls("local", ["A", plain])
      .after(20_000);

  test("broken by one start: it leans to the CRM, and blames nobody", () => {
    const verdict = diagnose(brokenByStart().entries);
    expect(verdict.leader).toBe("crm-init");
    expect(verdict.conclusion).toBe("inconclusive");
    expect(codes(brokenByStart())).toContain("broken-after-one-start");
    // That it breaks again by another start, or is mended by one, is no coincidence any more.
    expect(codes(local(brokenByStart().boots(3, "passes"), "answered"))).toContain("broken-by-start");
  });

  test("so it does where HTTP passes and another route is carried: neither tells the route from the start", () => {
    const told = wellBegun("A")
      .boots(2, "passes")
      .repeats(2, (more) =>
        local(more.calls("local", ["A", "swallowed"]).write("control:answered", { control: "crm", tookMs: 40 }), "swallowed"),
      );
    expect(codes(told)).toEqual(expect.arrayContaining(["control-well-while-trunk-failed", "other-route-well-on-same-trunk"]));
    expect(diagnose(told.entries)).toMatchObject({ leader: "crm-init", conclusion: "inconclusive" });
  });

  test("all routes of the only carrier fail after a start, and none is carried before the next: that one mended them", () => {
    const told = failingSinceStart().boots(3, "passes").calls("local", ["A", "answered"]).calls("mobile", ["A", "answered"]);
    expect(codes(told)).toContain("well-after-reinitialisation");
  });

  test("the same, and another route is carried before the next start: the edge was back before it", () => {
    const told = failingSinceStart().calls("mobile", ["A", "answered"]).boots(3, "passes").calls("local", ["A", "answered"]);
    expect(codes(told)).not.toContain("well-after-reinitialisation");
    expect(diagnose(told.entries).probabilities["crm-init"]).toBeLessThan(0.5);
  });

  test("broken by one start on every route of the only carrier: not the carrier's edge, as far as is known", () => {
    const told = wellBegun("A").calls("mobile", ["A", "answered"]).after(5_000).boots(2, "passes");
    const { leader, probabilities } = diagnose(
      told.repeats(3, (more) => more.calls("local", ["A", plain]).calls("mobile", ["A", plain]).after(5_000)).entries,
    );
    expect(leader).toBe("crm-init");
    expect(probabilities["crm-init"]).toBeLessThan(0.9);
  });

  describe("and found so two hours later, for nobody had called", () => {
    const noon = (untilStartMs: number) =>
      local(wellBegun("A", "B"), "answered")
        .after(untilStartMs)
        .boots(2, "passes")
        .repeats(480, (told) => told.after(15_000).proves("A", "B"));
    const found = (untilStartMs: number) =>
      noon(untilStartMs).repeats(4, (told) => told.calls("local", ["A", "stalled"], ["B", "answered"]).after(5_000));

    test("it is in doubt where it had worked until that start, and the CRM's where the next one mends it", () => {
      expect(codes(found(60_000))).toContain("broken-by-start");
      expect(diagnose(found(60_000).entries).conclusion).not.toBe("clear");
      const mended = found(60_000)
        .boots(3, "passes")
        .repeats(2, (told) => told.calls("local", ["A", "answered"]).after(5_000));
      expect(diagnose(mended.entries)).toMatchObject({ leader: "crm-init", conclusion: "clear" });
    });

    test("it speaks less for the start where it had not been tried for long before that either", () => {
      expect(codes(found(1_800_000))).not.toContain("broken-by-start");
      const onTheStart = (told: Story) => diagnose(told.entries).probabilities["crm-init"];
      expect(onTheStart(found(1_800_000))).toBeLessThan(onTheStart(found(60_000)));
    });
  });

  test("and mended by another, it is the CRM's; the second time more so", () => {
    const once = local(brokenByStart().boots(3, "passes"), "answered", "answered");
    const first = diagnose(once.entries);
    expect(first).toMatchObject({ leader: "crm-init", conclusion: "clear" });
    const again = local(local(once.boots(4, "passes"), "swallowed", "swallowed").boots(5, "passes"), "answered");
    const second = diagnose(again.entries);
    expect(second.probabilities["crm-init"]).toBeGreaterThan(first.probabilities["crm-init"]);
  });

  const onTheCarrier = (told: Story) => {
    const { probabilities } = diagnose(told.entries);
    return probabilities["carrier-routing"] + probabilities["carrier-signalling"] + probabilities["carrier-media"];
  };

  test("broken by each of two starts and by nothing else, it is not cleared of it by coming back by itself: it may load that late; by one, not wholly", () => {
    const late = (told: Story, run: number) =>
      local(
        local(told.calls("local", ["A", "answered"]), "answered").boots(run, "passes"),
        "swallowed",
        "swallowed",
        "swallowed",
        "answered",
      );
    const once = late(wellBegun("A"), 2);
    expect(codes(once)).toEqual(expect.arrayContaining(["broken-after-one-start", "well-without-reinitialisation"]));
    expect(diagnose(once.entries).conclusion).not.toBe("clear");
    expect(onTheCarrier(once)).toBeLessThan(0.8);
    const twice = late(late(wellBegun("A"), 2), 3);
    expect(codes(twice)).not.toContain("well-without-reinitialisation");
    expect(diagnose(twice.entries).leader).toBe("crm-init");
    expect(onTheCarrier(twice)).toBeLessThan(0.5);
    // Once with no start, and it is one of those faults that come and go.
    const between = late(local(late(wellBegun("A"), 2), "swallowed", "answered"), 3);
    expect(codes(between)).toContain("well-without-reinitialisation");
    expect(diagnose(between.entries)).toMatchObject({ leader: "carrier-routing", conclusion: "clear" });
  });

  test("one call alone lost with no start between, time and again, and well after the next start: a route that drops some, not the CRM", () => {
    const dropping = (told: Story, run: number) =>
      told
        .calls("local", ["A", "answered"])
        .after(20_000)
        .calls("local", ["A", "swallowed"], ["B", "answered"])
        .after(60_000)
        .boots(run, "passes")
        .calls("local", ["A", "answered"])
        .after(20_000);
    const told = dropping(dropping(dropping(wellBegun("A", "B"), 2), 3), 4);
    expect(codes(told)).toEqual(expect.arrayContaining(["worked-since-initialisation", "well-as-reinitialised"]));
    expect(diagnose(told.entries).leader).toBe("carrier-routing");
    // Where call after call had failed until then, it is the start that mended them.
    const lasting = local(local(wellBegun("A", "B"), "answered", "swallowed", "swallowed", "swallowed").boots(2, "passes"), "answered");
    expect(codes(lasting)).toContain("well-after-reinitialisation");
  });

  test("broken with no start, and back with none: not the CRM's", () => {
    const told = local(wellBegun("A"), "swallowed", "swallowed", "answered");
    expect(codes(told)).toEqual(expect.arrayContaining(["worked-since-initialisation", "well-without-reinitialisation"]));
    expect(diagnose(told.entries)).toMatchObject({ leader: "carrier-routing", conclusion: "clear" });
  });

  test("what one start left broken is not mended by another that came long before anybody tried again", () => {
    const neverWell = () => story("A").boots(1, "passes").connects("A").after(5_000);
    const despite = () => local(local(neverWell(), "swallowed", "swallowed").boots(2, "passes"), "swallowed").boots(3, "passes");
    expect(codes(local(despite(), "answered"))).toContain("well-after-reinitialisation");
    const late = local(
      despite().repeats(10, (told) => told.after(20_000).proves("A")),
      "answered",
    );
    for (const code of ["well-after-reinitialisation", "well-as-reinitialised"]) expect(codes(late)).not.toContain(code);
    expect(diagnose(late.entries).leader).toBe("carrier-routing");
  });

  test("nor by the last of several starts between which nobody tried", () => {
    const failed = local(story("A").boots(1, "passes").connects("A").after(5_000), "swallowed").boots(2, "passes").after(5_000);
    const late = local(
      failed.boots(3, "passes").repeats(10, (told) => told.after(20_000).proves("A")),
      "answered",
    );
    expect(codes(late)).not.toContain("well-after-reinitialisation");
  });

  describe("a call that went out before a start, and was judged after it, says nothing of that start", () => {
    const of = { callId: "x1", attempt: 1, trunkId: "A", route: "local" } as const;
    const sentBefore = (told: Story) =>
      told
        .write("call:placed", { callId: "x1", party: { route: "local", alias: "x1", tail: "01" } })
        .write("attempt:started", of)
        .write("attempt:sent", { ...of, sipCallId: "x1", fromTag: "t" })
        .after(200)
        .boots(2, "passes")
        .after(11_000);
    const stalls = (told: Story) =>
      told
        .write("attempt:overdue", { ...of, awaited: "ringing", waitedMs: 11_200, edgeAlive: "unknown" })
        .write("attempt:ended", { ...of, outcome: stalledOutcome, tookMs: 11_200 });
    const neverWell = () => local(story("A").boots(1, "passes").connects("A").after(5_000), "swallowed");
    const failing: EvidenceCode = "failing-after-reinitialisation";
    const broken: EvidenceCode = "broken-after-one-start";

    test("that it fails", () => {
      expect(codes(local(neverWell().boots(2, "passes"), "swallowed"))).toContain(failing);
      expect(codes(stalls(sentBefore(neverWell())))).not.toContain(failing);
      expect(codes(brokenByStart())).toContain(broken);
      expect(codes(stalls(sentBefore(wellBegun("A").calls("local", ["A", "answered"]))))).not.toContain(broken);
    });

    test("that it is well", () => {
      const rings = (told: Story) => told.write("attempt:progressed", { ...of, answer: { code: 180, said: "peer" }, tookMs: 11_200 });
      expect(codes(local(neverWell().boots(2, "passes"), "answered"))).toContain("well-after-one-start" satisfies EvidenceCode);
      expect(codes(rings(sentBefore(neverWell())))).not.toContain("well-after-one-start" satisfies EvidenceCode);
    });

    test("nor that the start was over before", () => {
      const told = stalls(sentBefore(story("A").connects("A").after(5_000)));
      expect(codes(told)).not.toContain("boot-complete-before-failure" satisfies EvidenceCode);
    });
  });

  test("a cause that the carrier named is not undone by a start that came as it was mended", () => {
    const congested = wellBegun("A").repeats(2, (told) =>
      told.calls("local", ["A", { code: 503, q850: { value: 34 } }]).calls("international", ["A", "answered"]),
    );
    const told = local(congested.boots(2, "passes"), "answered", "answered");
    expect(codes(told)).toContain("well-as-reinitialised");
    expect(diagnose(told.entries)).toMatchObject({ leader: "carrier-routing", conclusion: "clear" });
  });

  test("a step that the CRM can do without failed in the very starts under which the calls did", () => {
    const failed = { stage: "profile", run: 2, attempt: 1, tookMs: 9, critical: false, final: true } as const;
    const fault = { kind: "threw", name: "HttpError", httpStatus: 500 } as const;
    const told = local(
      wellBegun("A")
        .boots(2, "passes")
        .write("stage:failed", { ...failed, fault }),
      "swallowed",
    );
    expect(diagnose(told.entries).reasonsFor.map(({ code }) => code)).toContain("stage-failed-with-calls");
    // Where such calls worked all the same, the step was not what they needed.
    const innocent = local(
      wellBegun("A")
        .boots(2, "passes")
        .write("stage:failed", { ...failed, fault }),
      "answered",
      "swallowed",
    );
    expect(codes(innocent)).not.toContain("stage-failed-with-calls");
  });

  describe("a step that the CRM can do without, run again alone", () => {
    const step = { stage: "profile", run: 1, attempt: 1, tookMs: 9 } as const;
    const fault = { kind: "threw", name: "HttpError", httpStatus: 500 } as const;
    const fails = (told: Story) => told.write("stage:failed", { ...step, critical: false, final: true, fault }).after(5_000);
    const passes = (told: Story) => told.write("stage:passed", step).after(5_000);
    const refused = (told: Story, q850?: number) =>
      told
        .calls("local", ["A", { code: 500, ...(q850 !== undefined && { q850: { value: q850 } }) }])
        .proves("A")
        .calls("international", ["A", "answered"])
        .after(20_000);
    const missing = () => fails(story("A").boots(1, "passes").connects("A"));
    /** It fails three times, the calls with it. */
    const failing = (q850?: number) => missing().repeats(2, (told) => fails(refused(refused(told, q850), q850)));

    test("brings the calls back: it was what they missed", () => {
      const told = local(passes(failing()), "answered", "answered");
      expect(codes(told)).toEqual(expect.arrayContaining(["stage-failed-with-calls", "well-after-reinitialisation"]));
      expect(codes(told)).not.toContain("well-without-reinitialisation");
      expect(evidence(told).find(({ code }) => code === "well-after-reinitialisation")?.params).toMatchObject({ stage: "profile" });
      expect(diagnose(told.entries)).toMatchObject({ leader: "crm-init", conclusion: "clear" });
    });

    test("breaks them when it fails after it had passed, and mends them again: each time it is surer", () => {
      const broken = () => local(refused(fails(local(passes(wellBegun("A")), "answered"))), "swallowed");
      expect(codes(broken())).toContain("broken-by-start");
      const once = local(passes(broken()), "answered");
      const twice = local(passes(refused(fails(local(passes(broken()), "answered")))), "answered");
      const [first, second] = [diagnose(once.entries), diagnose(twice.entries)];
      expect(first.leader).toBe("crm-init");
      expect(second.probabilities["crm-init"]).toBeGreaterThan(first.probabilities["crm-init"]);
    });

    test("passes, and the calls go on failing: it was not the step", () => {
      const told = refused(refused(passes(failing())));
      expect(codes(told)).not.toContain("stage-failed-with-calls");
      const withoutIt = refused(
        refused(
          story("A")
            .boots(1, "passes")
            .connects("A")
            .after(5_000)
            .repeats(4, (more) => refused(more)),
        ),
      );
      expect(codes(told)).toEqual(codes(withoutIt));
    });

    test("is innocent where such calls went well while it was missing, whatever it comes to later", () => {
      const told = local(passes(refused(fails(refused(local(missing(), "answered"))))), "answered");
      expect(codes(told)).toEqual(expect.arrayContaining(["worked-since-initialisation", "well-without-reinitialisation"]));
      for (const code of ["stage-failed-with-calls", "well-after-reinitialisation"]) expect(codes(told)).not.toContain(code);
      expect(diagnose(told.entries)).toMatchObject({ leader: "carrier-routing", conclusion: "clear" });
    });

    test("that had passed before, and passes again, begins nothing", () => {
      const told = local(passes(refused(refused(passes(local(passes(wellBegun("A")), "answered"))))), "answered");
      expect(codes(told)).toEqual(expect.arrayContaining(["worked-since-initialisation", "well-without-reinitialisation"]));
    });

    test.each([3, 34, 38])("does not undo Q.850 cause %i, which the carrier named", (cause) => {
      const told = local(passes(failing(cause)), "answered", "answered");
      expect(codes(told)).toContain("well-as-reinitialised");
      expect(diagnose(told.entries)).toMatchObject({ leader: "carrier-routing" });
    });
  });

  test("two failures with a start between that nobody tried say nothing of that start", () => {
    const told = local(brokenByStart().boots(3, "passes").after(60_000).boots(4, "passes"), "swallowed");
    expect(codes(told)).not.toContain("failing-after-reinitialisation");
    expect(codes(local(brokenByStart().boots(3, "passes"), "swallowed"))).toContain("failing-after-reinitialisation");
  });
});

describe("what trunks share", () => {
  const answered = (told: Story) => told.write("control:answered", { control: "crm", tookMs: 30 });

  test("no carrier's socket opens and HTTP passes: blocked near the agent", () => {
    const told = answered(wellBegun("A", "B").loses("A").loses("B"));
    expect(diagnose(told.entries)).toMatchObject({ leader: "local-network", conclusion: "clear", actor: "local-it" });
    expect(codes(told)).toContain("control-well-while-all-trunks-failed");
  });

  test("a trunk of the same carrier is no control", () => {
    const told = wellBegun("A", "A2").calls("local", ["A", "swallowed"], ["A2", "answered"]);
    expect(codes(told)).not.toContain("same-route-well-on-other-trunk");
  });
});

describe("an edge that was not reached once", () => {
  const refused = { wasOpen: false, code: 1006, clean: false };
  const never = () => story("A", "B").boots(1, "passes").connects("B").loses("A", refused).after(10_000).proves("B");

  test("is a setting until something else is known, and nobody is blamed", () => {
    const { leader, probabilities } = diagnose(never().write("control:answered", { control: "crm", tookMs: 30 }).entries);
    expect(leader).toBe("crm-config");
    expect(probabilities["crm-config"]).toBeLessThan(0.8);
  });

  test("is the carrier's once it is reached with nothing changed", () => {
    expect(diagnose(never().after(60_000).connects("A").entries).leader).toBe("carrier-signalling");
  });
});

describe("busy callees", () => {
  test("from before anything was wrong explain nothing of it", () => {
    const told = wellBegun("A", "B")
      .repeats(8, (more) => more.calls("local", ["A", { code: 486 }]))
      .loses("A")
      .after(5_000)
      .proves("B");
    expect(codes(told)).not.toContain("callee-refused");
    expect(diagnose(told.entries).leader).toBe("carrier-signalling");
  });

  test("meanwhile do not outweigh an edge that stays away", () => {
    const told = wellBegun("A", "B")
      .loses("A")
      .after(2_000)
      .proves("B")
      .repeats(60, (more) => more.calls("local", ["B", { code: 486 }]).after(60_000));
    expect(diagnose(told.entries).leader).toBe("carrier-signalling");
  });
});

describe("plain failures on one route", () => {
  const refused = (told: Story) => told.calls("local", ["A", { code: 500 }]).after(20_000);

  test("alone, of an agent who calls elsewhere as often, are the route's rather than the whole edge's", () => {
    const once = refused(wellBegun("A"));
    expect(codes(once)).not.toContain("failures-on-one-route-only");
    expect(diagnose(once.entries).leader).toBe("carrier-signalling");
    const twice = refused(once);
    expect(codes(twice)).toContain("failures-on-one-route-only");
    expect(diagnose(twice.entries).leader).toBe("carrier-routing");
  });

  test("say nothing of other routes where none is ever called, or where another failed as well", () => {
    expect(codes(refused(refused(story("A").boots(1, "passes").connects("A"))))).not.toContain("failures-on-one-route-only");
    const both = refused(refused(wellBegun("A"))).calls("international", ["A", { code: 500 }]);
    expect(codes(both)).not.toContain("failures-on-one-route-only");
  });

  test("are the edge's when those of another route came just before them, and what is carried next is the recovery", () => {
    const both = refused(wellBegun("A").calls("international", ["A", "swallowed"]).after(60_000)).calls("local", ["A", "swallowed"]);
    const of = (told: Story) => evidence(told).map(({ code, params }) => `${code} ${params["route"]}`);
    expect(of(both)).toEqual(expect.arrayContaining(["all-routes-failed-on-trunk local", "all-routes-failed-on-trunk international"]));
    expect(codes(both)).not.toContain("failures-on-one-route-only");

    const after = both.after(20_000).calls("mobile", ["A", "answered"]);
    expect(codes(after)).not.toContain("other-route-well-on-same-trunk");
    expect(diagnose(after.entries).leader).toBe("carrier-signalling");

    const again = refused(after);
    expect(of(again)).toContain("other-route-well-on-same-trunk local");
  });

  test("are the edge's though the first routes to fail had worked until a start, once one that worked after it fails as well", () => {
    const restarted = wellBegun("A").boots(2, "passes").after(20_000).calls("mobile", ["A", "answered"]).after(20_000);
    const others = restarted.calls("local", ["A", "swallowed"]).after(20_000).calls("international", ["A", "swallowed"]);
    // A start that left out two routes of three, or an edge that died since the last call: nobody has tried.
    expect(codes(others)).not.toContain("all-routes-failed-on-trunk");
    expect(diagnose(others.entries).probabilities["crm-init"]).toBeLessThan(0.8);

    const all = others.after(20_000).calls("mobile", ["A", "swallowed"]);
    expect(codes(all)).toContain("all-routes-failed-on-trunk");
    expect(diagnose(all.entries).leader).toBe("carrier-signalling");
  });

  test("over all carriers from the CRM's start on speak for the start-up from the first call on", () => {
    const told = story("A", "B")
      .boots(1, "passes")
      .connects("A", "B")
      .after(5_000)
      .calls("international", ["A", "answered"])
      .calls("local", ["A", { code: 500 }], ["B", { code: 500 }]);
    const { leader, probabilities } = diagnose(told.entries);
    expect(leader).toBe("crm-init");
    // They share the numbers, the settings and the network as well.
    expect(probabilities["crm-init"]).toBeLessThan(0.8);
  });
});

describe("sockets that fall one after the other", () => {
  const falls = (third: boolean) => {
    const told = wellBegun("A", "B", ...(third ? ["C"] : []))
      .loses("A")
      .after(500)
      .write("control:answered", { control: "crm", tookMs: 20 })
      .after(5_000)
      .proves("B");
    return told
      .after(30_000)
      .loses("B")
      .after(2_000)
      .proves(...(third ? ["C"] : []));
  };

  test("and none opens again: what is near the agent lets nothing new through", () => {
    expect(diagnose(falls(false).entries).leader).toBe("local-network");
  });

  const closed = { wasOpen: true, code: 1001, clean: true };
  const inVain = { wasOpen: false, code: 1006, clean: false };
  /** Each carrier's is closed by its server, as it seems; another in its place is tried, or not yet. */
  const closes = (isTried: boolean) => {
    const told = wellBegun("A", "B").loses("A", closed).after(500).loses("A", inVain);
    const well = told.write("control:answered", { control: "crm", tookMs: 20 }).proves("B").after(15_000).proves("B");
    const beside = well.after(5_000).loses("B", closed);
    return isTried ? beside.after(500).loses("B", inVain) : beside;
  };

  test("as their servers close them, and none opens again: so it is from the first try in vain on", () => {
    expect(diagnose(closes(true).entries).leader).toBe("local-network");
    expect(diagnose(closes(false).entries).leader).toBe("carrier-signalling");
    const tried = closes(true);
    expect(diagnose(tried.entries, { atMs: tried.nowMs - 1 }).leader).toBe("carrier-signalling");
  });

  test("beside a third carrier's that stays: theirs", () => {
    expect(diagnose(falls(true).entries).leader).toBe("carrier-signalling");
  });

  const inTurn = (...trunkIds: string[]) =>
    wellBegun("A", "B").repeats(3, (told) =>
      trunkIds.reduce(
        (so, id) =>
          so
            .loses(id)
            .after(2_000)
            .proves(id === "A" ? "B" : "A")
            .after(4_000)
            .connects(id)
            .after(14_000),
        told,
      ),
    );

  test("and open again, every carrier's, again and again: what is near the agent cuts them, though one is always up", () => {
    const told = inTurn("A", "B");
    expect(codes(told)).toContain("unrelated-trunks-failed-together");
    expect(diagnose(told.entries)).toMatchObject({ leader: "local-network", conclusion: "clear" });
  });

  test("and open again, those of one carrier while the other's never fall: its own", () => {
    expect(diagnose(inTurn("A").entries).leader).toBe("carrier-signalling");
  });
});

describe("a route that never worked until the CRM was started anew", () => {
  const first = () => story("A", "B").boots(1, "passes").connects("A", "B").after(5_000);
  const fails = (told: Story) => told.calls("local", ["A", { code: 500 }], ["B", "answered"]).after(20_000);
  const restarted = (told: Story) => told.boots(2, "passes").after(5_000).calls("local", ["A", "answered"]);

  test("and failed until shortly before: the start mended it", () => {
    const told = restarted(first().repeats(4, fails));
    expect(codes(told)).toContain("well-after-reinitialisation");
    expect(diagnose(told.entries)).toMatchObject({ leader: "crm-init", conclusion: "clear" });
  });

  test("and was not tried for most of the time: it leans towards the start, and does not blame it", () => {
    const told = restarted(first().repeats(2, fails).after(100_000));
    expect(codes(told)).toContain("well-after-untried-start");
    const { leader, probabilities } = diagnose(told.entries);
    expect(leader).toBe("crm-init");
    expect(probabilities["crm-init"]).toBeLessThan(0.8);
  });
});

describe("a trunk of which one route had been tried when the CRM was started anew, and that takes no call since", () => {
  const once = () => story("A", "B").boots(1, "passes").connects("A", "B").after(5_000).calls("local", ["A", "answered"]).after(5_000);
  const fails = (told: Story, ...routes: string[]) =>
    routes.reduce((so, route) => so.calls(route, ["A", { code: 500 }], ["B", "answered"]).after(20_000), told);

  test.each([
    ["the route that had worked is not tried again", ["mobile", "international", "mobile"]],
    ["it fails as well", ["mobile", "international", "local", "local"]],
  ])("is open between the start and the carrier while %s", (_, routes) => {
    const verdict = diagnose(fails(once().boots(2, "passes").after(5_000), ...routes).entries);
    expect(laidOnCarriers(verdict)).toBeLessThan(0.8);
    expect(verdict.probabilities["crm-init"]).toBeGreaterThan(0.2);
  });

  test("is not mended by a start since which other routes of it failed", () => {
    const broken = fails(once(), "mobile", "mobile").boots(2, "passes").after(5_000);
    const told = fails(broken, "international", "international").after(60_000).calls("mobile", ["A", "answered"]);
    expect(codes(told)).not.toContain("well-after-reinitialisation");
  });
});

describe("carriers that share nothing refuse call after call, with the same plain word", () => {
  const plain = { code: 500 } as const;
  const refused = (told: Story, route: string) => told.calls(route, ["A", plain], ["B", plain], ["C", plain]).after(6_000);
  const wornOut = (told: Story) =>
    ["local", "mobile", "international"].reduce(
      refused,
      told.calls("international", ["A", plain], ["B", plain], ["C", "answered"]).after(20_000),
    );
  const isCarriers = (told: Story) => {
    const { probabilities } = diagnose(told.entries);
    return probabilities["carrier-signalling"] + probabilities["carrier-routing"] + probabilities["carrier-media"];
  };

  test("is laid on none of them, though one places a call between", () => {
    expect(codes(wornOut(wellBegun("A", "B", "C")))).toContain("call-failed-on-unrelated-carriers");
    expect(isCarriers(wornOut(wellBegun("A", "B", "C")))).toBeLessThan(0.3);
  });

  test("nor is the next one so refused, before another was asked", () => {
    const told = wornOut(wellBegun("A", "B", "C"))
      .after(30_000)
      .calls("mobile", ["A", plain]);
    expect(isCarriers(told)).toBeLessThan(0.3);
  });

  test("is one carrier's where another, which never fails, places all of it", () => {
    const told = wellBegun("A", "B", "C").repeats(4, (more) => more.calls("local", ["A", plain], ["C", "answered"]).after(6_000));
    expect(isCarriers(told)).toBeGreaterThan(0.9);
  });

  test("is one carrier's where another fails now and then, and places most of it", () => {
    const told = wellBegun("A", "B", "C").repeats(24, (more, time) => {
      const tries = time % 6 === 5 ? (["B", plain] as const) : (["B", "answered"] as const);
      return more.calls("local", ["A", plain], tries, ...(tries[1] === plain ? [["C", "answered"] as const] : [])).after(6_000);
    });
    expect(isCarriers(told)).toBeGreaterThan(0.8);
  });

  test("is the CRM's where each new start of it makes all well, the second time", () => {
    const round = (told: Story, run: number) =>
      wornOut(told)
        .boots(run, "passes")
        .repeats(3, (more) => more.calls("local", ["A", "answered"]).after(20_000));
    const once = round(wellBegun("A", "B", "C"), 2);
    const twice = round(once.calls("local", ["B", "answered"]).after(60_000), 3);
    expect(diagnose(twice.entries)).toMatchObject({ leader: "crm-init" });
  });
});

describe("HTTP that passes while calls fail", () => {
  const wellMeanwhile = (told: Story) => told.write("control:answered", { control: "crm", tookMs: 40 });
  /** How much likelier the edge is than a route behind it. */
  const edgeOverRoute = ({ entries }: Story) => {
    const { probabilities } = diagnose(entries);
    return probabilities["carrier-signalling"] / probabilities["carrier-routing"];
  };
  const refused = (also: (told: Story) => Story, ...routes: readonly string[]) =>
    routes.reduce(
      (told, route) =>
        also(told.calls(route, ["A", { code: 500 }]))
          .calls(route, ["B", "answered"])
          .after(20_000),
      wellBegun("A", "B"),
    );

  test("tells nothing between the edge and the one route that fails", () => {
    const told = refused(wellMeanwhile, "local", "local");
    expect(codes(told)).toContain("control-well-while-trunk-failed");
    expect(edgeOverRoute(told)).toBeCloseTo(edgeOverRoute(refused((same) => same, "local", "local")), 6);
  });

  test("speaks for the edge where calls to everywhere fail", () => {
    const told = refused(wellMeanwhile, "local", "mobile", "local");
    expect(edgeOverRoute(told)).toBeGreaterThan(edgeOverRoute(refused((same) => same, "local", "mobile", "local")));
  });
});
