import { describe, expect, test } from "vitest";
import { faultDomains, type Evidence, type Fault, type FaultDomain, type Verdict } from "../../src/diagnosis/model.ts";
import { evidenceWeights, type EvidenceCode } from "../../src/diagnosis/weights.ts";
import { adviceOf } from "../../src/report/advice.ts";
import { carrierCaseOf } from "../../src/report/carrier-case.ts";
import { buildReport, renderHtml, renderText, type ReportDocument } from "../../src/report/index.ts";
import { en } from "../../src/report/languages/en.ts";
import { fr } from "../../src/report/languages/fr.ts";
import { actorOf, conclusionOf, instructionsOf, nextTestOf, toldOnce } from "../../src/report/wording.ts";
import { carrierRouting, crmInit } from "./journals.ts";

const base = buildReport(carrierRouting().entries, carrierRouting().incident, { generatedAtMs: 0 });

const beside = (domain: FaultDomain, actor: Fault["actor"]): Fault => ({ domain, probability: 1, actor, reasonsFor: [] });

function reportOn(
  leader: FaultDomain,
  evidence: readonly (readonly [EvidenceCode, Evidence["params"]])[],
  given: Partial<Verdict> = {},
): ReportDocument {
  const reasonsFor = evidence.map(([code, params]): Evidence => ({
    code,
    params,
    ...evidenceWeights[code],
    said: "peer",
    firstMs: 0,
    lastMs: 0,
    count: 1,
    seqs: [],
  }));
  const { verdict, ...rest } = base;
  const actor =
    ({ carrier: "carrier", crm: "crm-administrator", local: "local-it", agent: "agent" } as const)[leader.split("-")[0] ?? ""] ?? "nobody";
  return {
    ...rest,
    verdict: { ...(verdict as Verdict), conclusion: "clear", leader, actor, reasonsFor, reasonsAgainst: [], ...given },
  } as ReportDocument;
}

const saidOf = (report: ReportDocument) =>
  instructionsOf(report, en).map(({ who, what }) => `${who === undefined ? "" : `${who}: `}${what}`);

describe("what to do now", () => {
  test("a refused password sends somebody to the account, and nobody to restart the CRM", () => {
    const said = saidOf(reportOn("crm-config", [["credentials-refused", { trunk: "a", carrier: "Carthage Telecom", code: 403 }]]));
    expect(said[0]).toBe(
      "The CRM’s administrator: Check user name and password of the account at Carthage Telecom (trunk a) (SIP 403 forbidden): the registrar refuses them.",
    );
    expect(said.join(" ")).not.toMatch(/restart|start the CRM again/i);
    expect(said.at(-1)).toContain("Open no ticket with the carrier");
  });

  test("whoever is to act on a second fault gets the report too, and no carrier is said to need none of it", () => {
    const sentWith = (second: Fault) =>
      saidOf(
        reportOn("crm-init", [["critical-stage-failed", { stage: "x" }]], {
          actor: "crm-vendor",
          faults: [beside("crm-init", "crm-vendor"), second],
        }),
      ).slice(-2);
    expect(sentWith(beside("carrier-routing", "carrier"))).toEqual([
      "Send this report to the support of the CRM’s vendor.",
      expect.stringMatching(/^Send the carrier’s ticket made of this report to /),
    ]);
    expect(sentWith(beside("local-network", "local-it"))).toEqual([
      "Send this report to the support of the CRM’s vendor. The carrier needs nothing.",
      "Give local IT this report: times and addresses are in it.",
    ]);
  });

  test.each([
    ["crm-config", "credentials-refused", { code: 404 }, "check-account-name"],
    ["crm-config", "call-refused-as-misconfigured", { code: 484 }, "check-number-format"],
    ["crm-config", "call-refused-as-misconfigured", { code: 503, cause: 65 }, "check-codecs"],
    ["crm-config", "call-refused-as-misconfigured", { code: 403, cause: 57 }, "ask-for-right"],
    ["crm-config", "calls-forbidden-on-trunk", { code: 403, cause: 21 }, "check-account-limits"],
    ["crm-config", "calls-forbidden-on-one-route", { code: 403, cause: 21 }, "ask-for-right"],
    ["carrier-routing", "calls-forbidden-on-one-route", { code: 403, cause: 21 }, "look-at-refusals"],
    ["crm-config", "edge-unreachable", {}, "check-address"],
    ["crm-config", "edge-never-reached", {}, "check-address"],
    ["crm-config", "page-may-not-use-microphone", {}, "allow-microphone-in-page"],
    ["crm-init", "critical-stage-failed", { stage: "sign-in", status: 401 }, "mend-stage-access"],
    ["crm-init", "critical-stage-failed", { stage: "sign-in", status: 502 }, "mend-stage-server"],
    ["crm-init", "critical-stage-failed", { stage: "sign-in", error: "SecurityError" }, "allow-by-policy"],
    ["crm-init", "critical-stage-hung", { stage: "sign-in" }, "find-hang"],
    ["crm-init", "registrar-failed-after-starts", { trunk: "a", code: 503 }, "take-back-contacts"],
    ["agent-device", "microphone-not-to-be-had", { error: "NotAllowedError" }, "allow-microphone"],
    ["agent-device", "microphone-not-to-be-had", { error: "NotFoundError" }, "connect-microphone"],
    ["agent-device", "microphone-not-to-be-had", { error: "NotReadableError" }, "free-microphone"],
    ["agent-device", "microphone-not-to-be-had", { error: "constructor" }, "allow-microphone"],
    ["local-network", "edge-unreachable", { trunk: "a" }, "open-websocket"],
    ["local-network", "ice-never-connected", { trunk: "a" }, "open-udp"],
    ["carrier-routing", "invite-swallowed-by-live-edge", { trunk: "a" }, "look-behind-edge"],
    ["remote-party", "callee-refused", { calls: 2 }, "check-callee"],
  ] as const)("%s by %s %o: %s", (domain, code, params, step) => {
    expect(adviceOf(reportOn(domain, [[code, params]])).steps.map((one) => one.code)).toContain(step);
  });

  test("a blocked WebSocket names the hosts that are to be let through", () => {
    expect(saidOf(reportOn("local-network", [["edge-unreachable", { trunk: "b", carrier: "Sahel Voice" }]]))[0]).toMatch(
      /^Local IT: Let WebSocket .* to sip\.sahel\.example:7443 through firewall and proxy/,
    );
  });

  test("an edge that was never reached: its address is looked at as well", () => {
    const {
      trunks,
      attempts: _,
      window,
      ...report
    } = reportOn("carrier-signalling", [["edge-unreachable", { trunk: "a" }]], { trunkId: "a" });
    const never = { ...report, attempts: [], window: { ...window, fromMs: 0 }, trunks: trunks.map((trunk) => ({ ...trunk, flow: [] })) };
    expect(adviceOf(never).steps.map(({ code, who }) => `${who} ${code}`)).toEqual([
      "carrier look-at-edge",
      "crm-administrator check-address",
    ]);
    expect(adviceOf({ ...report, attempts: [], window, trunks }).steps.map(({ code }) => code)).toEqual(["look-at-edge"]);
  });

  test.each(faultDomains)("%s has a step of its own, even where no reason is known", (domain) => {
    const { steps } = adviceOf(reportOn(domain, []));
    expect(steps).toHaveLength(1);
    expect(en.steps[steps[0]?.code ?? "keep-watching"](steps[0]?.params ?? {})).not.toMatch(/undefined|NaN/);
  });

  const signs = (Object.keys(evidenceWeights) as EvidenceCode[]).filter((code) => "sign" in evidenceWeights[code]);
  test.each(signs)("%s leads to a sentence in each domain that it speaks for, with and without its params", (code) => {
    for (const [domain, weight] of Object.entries(evidenceWeights[code].weights)) {
      if (weight <= 0) continue;
      for (const params of [
        {},
        { trunk: "a", carrier: "Carthage Telecom", code: 503, cause: 34, stage: "sign-in", error: "Oops", route: "mobile" },
      ]) {
        const said = saidOf(reportOn(domain as FaultDomain, [[code, params]]));
        expect(said.length).toBeGreaterThan(1);
        expect(said.join("\n")).not.toMatch(/undefined|NaN|\(\)| {2}|““/);
      }
    }
  });

  test("another fault beside the first has its step too, and its own actor", () => {
    const report = reportOn("carrier-routing", [["route-refused-by-carrier", { trunk: "a", carrier: "Carthage Telecom" }]], {
      faults: [beside("carrier-routing", "carrier"), beside("agent-device", "agent")],
    });
    expect(saidOf(report)[1]).toMatch(/^The agent: Make a test recording/);
    // What the agent's device needs not is not said of all: the carrier is sent its ticket.
    for (const language of [en, fr]) {
      const [ticket, other] = instructionsOf(report, language).slice(-2);
      expect(ticket?.what).toMatch(/^Send the carrier’s ticket|^Envoyez .* le ticket/);
      expect(other?.what).toMatch(/for the agent’s device nothing|pour le poste de l’agent, rien/);
    }
  });

  test("where nothing is settled, the test that would settle it is what to do, and nobody is blamed", () => {
    const report = reportOn("local-network", [["edge-unreachable", {}]], {
      conclusion: "inconclusive",
      actor: "nobody",
      nextTest: { code: "ask-crm-endpoint", params: {} },
    });
    expect(saidOf(report)).toEqual([en.nextTests["ask-crm-endpoint"]({}), en.sends.nobody(undefined)]);
  });
});

test("an address is said never to have been reached only where it never was, and nothing twice of one trunk and of all", () => {
  const said = (evidence: Parameters<typeof reportOn>[1], flow: ReportDocument["trunks"][number]["flow"]) => {
    const { verdict, ...report } = reportOn("crm-config", evidence);
    const { trunkId: _, ...ofNoTrunk } = verdict as Verdict;
    const trunks = report.trunks.map((trunk) => ({ ...trunk, flow }));
    return saidOf({ ...report, verdict: ofNoTrunk, trunks, attempts: [] });
  };
  const open = [{ state: "open", fromMs: 0, toMs: 1 }] as const;
  expect(said([["edge-unreachable", { trunk: "a" }]], [])[0]).toContain("it was not reached once.");
  expect(said([["edge-unreachable", { trunk: "a" }]], open)[0]).toContain("it could not be reached.");
  const both = said(
    [
      ["edge-unreachable", { trunk: "a" }],
      ["no-trunk-ready", { calls: 3 }],
    ],
    open,
  );
  expect(both.filter((one) => one.includes("Check the server address"))).toHaveLength(1);
});

describe("a tie", () => {
  const probabilities = { ...base.verdict?.probabilities, ...Object.fromEntries(faultDomains.map((domain) => [domain, 0.01])) };
  const tied = (other: number) =>
    reportOn("local-network", [], {
      conclusion: "inconclusive",
      probabilities: { ...probabilities, "local-network": 0.46, "crm-init": other } as Verdict["probabilities"],
    });

  test("is called a tie, not a leaning", () => {
    expect(conclusionOf(tied(0.45), en)).toBe(
      "The record does not settle where the fault lies. It is about as likely in the local network or its Internet access as in the start-up of the CRM.",
    );
  });
  test("is none where one leads", () => expect(conclusionOf(tied(0.2), en)).toContain("it leans towards one in the local network"));
  test("nothing that fits is no leaning either", () =>
    expect(conclusionOf(reportOn("unknown", [], { conclusion: "inconclusive" }), en)).toBe(
      "The record does not show where the fault lies.",
    ));
});

test("a reason that was seen on several routes is told once, with all its places", () => {
  const { verdict } = reportOn("carrier-routing", [
    ["invite-swallowed-by-live-edge", { trunk: "a", route: "mobile" }],
    ["invite-swallowed-by-live-edge", { trunk: "a", route: "national" }],
    ["invite-swallowed-by-live-edge", { trunk: "b", route: "national" }],
  ]);
  const seen = (verdict?.reasonsFor ?? []).map((item, at) => ({
    ...item,
    firstMs: 10 - at,
    lastMs: 20 + at,
    count: at + 1,
    seqs: [9 - at, 4],
  }));
  expect(toldOnce(seen, en)).toMatchObject([
    { params: { trunk: "a" }, firstMs: 9, lastMs: 21, count: 3, seqs: [4, 8, 9] },
    { params: { trunk: "b" }, count: 3 },
  ]);
});

test("minutes lost are an incident's: a session does not claim that none was", () => {
  expect(renderText(base)).toMatch(/Minutes lost +\d/);
  expect(renderText({ ...base, subject: "session" })).toMatch(/Minutes lost +–\n/);
});

describe("where those who were called were busy or away", () => {
  const report = (given: Partial<Verdict>) => reportOn("remote-party", [["callee-refused", { calls: 30 }]], given);
  const own: Fault = { ...beside("remote-party", "nobody") };

  test.each([
    ["clear", /^Nothing is wrong: the carriers delivered the calls/, /^Il n’y a aucune panne\s: les opérateurs ont acheminé/],
    ["likely", /^Probably nothing is wrong/, /^Il n’y a probablement aucune panne/],
    ["inconclusive", /^The record does not settle whether anything is wrong/, /^Le journal ne permet pas de dire s’il y a une panne/],
  ] as const)("a %s verdict says of nobody that a fault is theirs", (conclusion, english, french) => {
    const probabilities = {
      ...Object.fromEntries(faultDomains.map((domain) => [domain, 0.01])),
      "remote-party": 0.6,
    } as Verdict["probabilities"];
    const on = report({ conclusion, faults: conclusion === "inconclusive" ? [] : [own], probabilities });
    expect(conclusionOf(on, en)).toMatch(english);
    expect(conclusionOf(on, fr)).toMatch(french);
    for (const language of [en, fr])
      for (const audience of ["agent", "support", "public"] as const)
        expect(renderText(on, { audience, language })).not.toMatch(/fault (?:likely )?lies|leans towards|panne est|plutôt/i);
  });

  test("nothing is proposed to settle what is clear, and no test speaks of a trunk that nobody named", () => {
    const nextTest = { code: "call-same-number-over-other-trunk", params: {} };
    expect(nextTestOf(report({ faults: [own], nextTest }), en)).toBeUndefined();
    const likely = report({ conclusion: "likely", faults: [own], nextTest });
    expect(nextTestOf(likely, en)).toMatch(/^Call the same number over another trunk\./);
    expect(nextTestOf(likely, fr)).toMatch(/^Appelez le même numéro par une autre ligne\./);
  });

  describe("beside a fault", () => {
    const edge: Fault = { ...beside("carrier-signalling", "carrier"), trunkId: "a" };
    const mixed = report({ faults: [own, edge] });

    test.each([
      ["clear", "were delivered", "ont été acheminés"],
      ["likely", "were probably delivered", "ont probablement été acheminés"],
    ] as const)("a %s verdict lays that fault where it is, and says of callees that they are at none", (conclusion, english, french) => {
      const on = report({ conclusion, faults: [own, edge] });
      expect(conclusionOf(on, en)).toMatch(
        new RegExp(
          `^The fault lies in the SIP edge or registrar of \\S.* \\(trunk a\\)\\. Other calls that reached nobody ${english}: .* which is no fault\\.$`,
        ),
      );
      expect(conclusionOf(on, fr)).toMatch(
        new RegExp(
          `^La panne est dans le frontal SIP .* \\(ligne\\sa\\)\\. D’autres appels qui n’ont joint personne ${french}.* n’est pas une panne\\.$`,
        ),
      );
    });

    test("the fault's own actor acts and is sent what he needs", () => {
      const said = saidOf(mixed).join("\n");
      expect(said).toMatch(/^\S.* \(trunk a\): Look at the edge/);
      expect(said).toContain("Send the carrier’s ticket");
      expect(said).not.toContain("nothing to send");
      expect(actorOf(mixed, en)).toMatch(/\(trunk a\)$/);
    });

    test("its carrier's ticket says once what was tested, as where it leads", () => {
      const { reasonsFor } =
        reportOn("carrier-signalling", [
          ["invite-swallowed-by-live-edge", { trunk: "a", route: "local" }],
          ["invite-swallowed-by-live-edge", { trunk: "a", route: "mobile" }],
          ["invite-swallowed-by-live-edge", { trunk: "b", route: "mobile" }],
        ]).verdict ?? edge;
      const tested = (given: Partial<Verdict>) => carrierCaseOf(report({ faults: [own, { ...edge, reasonsFor }], ...given }))?.tested;
      const swallowed = { code: "invite-swallowed-by-live-edge", count: 1 };
      const both = [
        { ...swallowed, route: "local" },
        { ...swallowed, route: "mobile" },
      ];
      expect(tested({})).toEqual(both);
      expect(tested({ reasonsAgainst: reasonsFor })).toEqual(both);
    });

    test("every audience is told of the fault, and none that it lies with those who were called", () => {
      for (const language of [en, fr]) {
        for (const audience of ["agent", "support", "carrier", "public"] as const)
          expect(renderText(mixed, { audience, language })).not.toMatch(
            /lies on the called party|panne[^.]* du côté du correspondant|nobody needs to act/i,
          );
        expect(renderText(mixed, { audience: "agent", language }).replace(/\s+/g, " ")).toContain(
          `${language.agent.whereOver["carrier-signalling"]} ${language.agent.calleesBeside}`.replace(/\s+/g, " "),
        );
        expect(renderText(mixed, { audience: "carrier", language }).replace(/\s+/g, " ")).toContain(language.ticket.concluded.slice(0, 40));
      }
    });
  });
});

describe("terms of the trade", () => {
  const report = buildReport(carrierRouting().entries, carrierRouting().incident, { generatedAtMs: 0 });

  test("each that the page links is explained on it, and nothing else", () => {
    const page = renderHtml(report);
    const linked = new Set([...page.matchAll(/href="#term-([a-z0-9-]+)"/g)].map(([, code]) => code));
    const explained = [...page.matchAll(/<dt id="term-([a-z0-9-]+)"/g)].map(([, code]) => code);
    expect(explained.sort()).toEqual([...linked].sort());
    expect(explained).toEqual(expect.arrayContaining(["asr", "invite", "pdd", "q850", "trunk"]));
  });

  test("the text explains those that occur in it, once each", () => {
    const text = renderText(report);
    expect(text.match(/^ASR: Answer seizure ratio/gm)).toHaveLength(1);
    expect(renderText(buildReport([], undefined, { generatedAtMs: 0 }))).not.toContain("ASR: ");
  });

  test("codes read as words", () => {
    const text = renderText(report);
    expect(text).toContain("503 service unavailable");
    expect(text.replace(/\s+/g, " ")).toContain("Q.850 34 no circuit available, from the transit network (TN)");
    expect(
      `${text}${renderHtml(report)}${renderText(buildReport(crmInit().entries, crmInit().incident, { generatedAtMs: 0 }))}`,
    ).not.toMatch(/q850-\d|sip-\d|silence-edge/);
  });
});
