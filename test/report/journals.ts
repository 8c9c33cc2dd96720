/** Three days in a contact centre, written by hand, and what was concluded of them. */
import { evidenceWeights, type EvidenceCode } from "../../src/diagnosis/weights.ts";
import { faultDomains, type Evidence, type Fault, type FaultDomain, type Incident, type Verdict } from "../../src/diagnosis/model.ts";
import type { AnswerFact, Entry, Facts, FactType } from "../../src/journal.ts";
import { outcomeOf, silentOutcome, swallowedOutcome } from "../../src/outcome.ts";

export const startedMs = Date.UTC(2026, 1, 3, 13, 58, 20);

/** Writes entries at given moments; sorted and numbered at the end, as a journal has them. */
export function script() {
  const drafts: { readonly atMs: number; readonly type: FactType; readonly fact: object }[] = [];
  const at = <T extends FactType>(atMs: number, type: T, fact: Facts[T]): void => void drafts.push({ atMs, type, fact });
  const entries = (): Entry[] =>
    drafts
      .map((draft, index) => ({ ...draft, index }))
      .sort((a, b) => a.atMs - b.atMs || a.index - b.index)
      .map(({ atMs, type, fact }, seq) => ({ seq, atMs, type, ...fact }) as unknown as Entry);
  return { at, entries };
}
type Script = ReturnType<typeof script>;

const trunks = [
  { id: "a", carrier: "Carthage Telecom", host: "edge.carthage.example" },
  { id: "b", carrier: "Sahel Voice", host: "sip.sahel.example:7443" },
];

export function begin({ at }: Script): void {
  at(0, "session:started", {
    dateMs: startedMs,
    environment: {
      sdk: "0.1.0",
      crm: { vendor: "Medina CRM", version: "8.4", site: "Tunis 2", agentId: "agent-0042", ticket: "CASE-77" },
      runtime: "Chrome 148",
      browser: "Google Chrome/148",
      os: "Windows",
      network: { type: "wifi", effectiveType: "4g" },
    },
    trunks,
  });
}

export function boot({ at }: Script, fromMs: number, run = 1): void {
  at(fromMs, "boot:started", { run });
  let atMs = fromMs;
  for (const [stage, tookMs] of [
    ["sign-in", 420],
    ["licence", 180],
    ["telephony-config", 650],
  ] as const) {
    at(atMs, "stage:started", { stage, run, attempt: 1, critical: true });
    at((atMs += tookMs), "stage:passed", { stage, run, attempt: 1, tookMs });
  }
  at(atMs, "boot:completed", { run, tookMs: atMs - fromMs });
}

export function connect({ at }: Script, trunkId: string, fromMs: number): void {
  at(fromMs, "flow:changed", { trunkId, from: "closed", to: "connecting", tookMs: 0 });
  at(fromMs + 140, "flow:changed", { trunkId, from: "connecting", to: "open", tookMs: 140 });
  at(fromMs + 150, "registration:changed", { trunkId, from: "none", to: "registering" });
  at(fromMs + 240, "registration:changed", {
    trunkId,
    from: "registering",
    to: "registered",
    answer: { code: 200, said: "peer" },
    tookMs: 90,
    expiresS: 300,
  });
}

interface Try {
  readonly trunkId: string;
  readonly route?: string;
  readonly answer?: AnswerFact;
  readonly tookMs?: number;
  readonly rings?: boolean;
  readonly silent?: "edge-alive" | "edge-dead";
  readonly settings?: number;
}

/** A call that is answered, refused by its callee, or tried on each trunk in turn. */
export function call(
  { at }: Script,
  fromMs: number,
  callId: string,
  tries: readonly Try[],
  { talkMs = 20_000, end = "hung-up-here" as Facts["call:ended"]["end"], tail = "42" } = {},
): void {
  const route = tries[0]?.route ?? "national";
  at(fromMs, "call:placed", { callId, party: { route, alias: `party-${callId}`, tail } });
  let atMs = fromMs + 30;
  tries.forEach(({ trunkId, answer, tookMs = 300, rings = false, silent, settings }, index) => {
    const of = { callId, trunkId, route, attempt: index + 1 };
    const sip = { sipCallId: `${callId}-${index + 1}-9f2c71d0a8e44b63`, fromTag: `t${callId}${index + 1}` };
    at(atMs, "attempt:started", { ...of, ...(settings !== undefined && { settings }) });
    at(atMs + 1, "attempt:sent", { ...of, ...sip });
    const last = index === tries.length - 1;
    if (silent) {
      at(atMs + 1_200, "attempt:overdue", { ...of, awaited: "any-answer", waitedMs: 1_200, edgeAlive: silent === "edge-alive" });
      at(atMs + 1_200, "attempt:abandoned", { ...of, because: "silence" });
      at((atMs += 1_201), "attempt:ended", { ...of, outcome: silent === "edge-alive" ? swallowedOutcome : silentOutcome, tookMs: 1_201 });
      at(atMs + 32_000, "attempt:settled", { ...of, how: "never-answered" });
    } else {
      at(atMs + 60, "attempt:progressed", { ...of, answer: { code: 100, said: "peer" }, tookMs: 60 });
      const final = answer ?? { code: 200, said: "peer" };
      if (rings || final.code < 300) {
        at(atMs + 900, "attempt:progressed", { ...of, answer: { code: 180, said: "peer" }, tookMs: 900 });
        at(atMs + 900, "call:ringing", { callId, trunkId });
      }
      if (final.code < 300) {
        at(atMs + 4_000, "attempt:answered", { ...of, answer: final, tookMs: 4_000 });
        at(atMs + 4_000, "call:answered", { callId, trunkId, setupMs: atMs + 4_000 - fromMs });
        atMs += 4_000 + talkMs;
      } else {
        const took = rings ? 5_000 : tookMs;
        at((atMs += took), "attempt:ended", {
          ...of,
          outcome: outcomeOf(final, rings ? "alerting" : "trying"),
          answer: final,
          tookMs: took,
        });
      }
    }
    const next = tries[index + 1];
    if (!last && next)
      at((atMs += 5), "call:failed-over", { callId, from: trunkId, to: next.trunkId, because: silent ? "silence" : "answer" });
  });
  at(atMs, "call:ended", { callId, end, possibleDuplicate: false });
}

const item = (
  code: EvidenceCode,
  said: Evidence["said"],
  params: Evidence["params"],
  firstMs: number,
  lastMs: number,
  count: number,
  seqs: readonly number[],
): Evidence => ({
  code,
  group: evidenceWeights[code].group,
  weights: evidenceWeights[code].weights,
  said,
  params,
  firstMs,
  lastMs,
  count,
  seqs,
});

function probabilities(shares: Partial<Record<FaultDomain, number>>): Record<FaultDomain, number> {
  return Object.fromEntries(faultDomains.map((domain) => [domain, shares[domain] ?? 0])) as Record<FaultDomain, number>;
}

function verdict(rest: Partial<Verdict>): Verdict {
  const all: Verdict = {
    conclusion: "healthy",
    probabilities: probabilities({ unknown: 1 }),
    faults: [],
    reasonsFor: [],
    reasonsAgainst: [],
    actor: "nobody",
    ...rest,
  };
  const { leader, trunkId, actor, reasonsFor } = all;
  if (leader === undefined) return all;
  const leading: Fault = {
    domain: leader,
    probability: all.probabilities[leader],
    ...(trunkId !== undefined && { trunkId }),
    actor,
    reasonsFor,
  };
  return { ...all, faults: [leading, ...all.faults] };
}

const incidentOf = (
  entries: readonly Entry[],
  openedMs: number,
  closedMs: number | undefined,
  rest: Partial<Incident> & { readonly verdict: Verdict },
): Incident => {
  const within = entries.filter(({ atMs }) => atMs >= openedMs && atMs <= (closedMs ?? Infinity));
  return {
    id: 1,
    openedMs,
    ...(closedMs !== undefined && { closedMs }),
    firstSeq: within[0]?.seq ?? 0,
    lastSeq: within.at(-1)?.seq ?? 0,
    callsAffected: 0,
    callsSaved: 0,
    callsLost: 0,
    callsRefused: 0,
    minutesLost: 0,
    endedByReinitialisation: false,
    ...rest,
  };
};

export interface Case {
  readonly entries: readonly Entry[];
  readonly incident: Incident;
}

/** One carrier's mobile route breaks: 34 and 38, then silence; the other carrier takes over; one call is lost. */
export function carrierRouting(): Case {
  const day = script();
  const { at } = day;
  begin(day);
  boot(day, 100);
  connect(day, "a", 1_400);
  connect(day, "b", 1_420);
  call(day, 40_000, "c1", [{ trunkId: "a", route: "mobile" }]);
  const noCircuit: AnswerFact = { code: 503, said: "peer", q850: { value: 34, location: "TN" } };
  call(day, 90_000, "c2", [{ trunkId: "a", route: "mobile", answer: noCircuit, tookMs: 2_400 }, { trunkId: "b" }], { tail: "17" });
  call(
    day,
    101_000,
    "c3",
    [{ trunkId: "a", route: "mobile", answer: { ...noCircuit, q850: { value: 38, location: "TN" } }, tookMs: 3_100 }, { trunkId: "b" }],
    { talkMs: 31_000 },
  );
  at(104_140, "breaker:changed", {
    plane: "signalling",
    trunkId: "a",
    route: "mobile",
    from: "closed",
    to: "open",
    because: "q850-38",
    ejectionMs: 30_000,
  });
  call(day, 112_000, "c4", [{ trunkId: "a", route: "national" }], { talkMs: 26_000, tail: "80" });
  call(
    day,
    121_000,
    "c5",
    [{ trunkId: "b", route: "mobile", answer: { code: 486, said: "peer", q850: { value: 17, location: "U" } }, rings: true }],
    { end: "callee-refused", tail: "06" },
  );
  at(134_140, "breaker:changed", {
    plane: "signalling",
    trunkId: "a",
    route: "mobile",
    from: "open",
    to: "probing",
    because: "ejection-over",
  });
  call(
    day,
    141_000,
    "c6",
    [
      { trunkId: "a", route: "mobile", silent: "edge-alive" },
      { trunkId: "b", answer: { code: 500, said: "peer" }, tookMs: 1_800 },
    ],
    { end: "failed", tail: "51" },
  );
  at(142_300, "probe:answered", { trunkId: "a", method: "OPTIONS", rttMs: 34, answer: { code: 200, said: "peer" } });
  at(142_320, "breaker:changed", {
    plane: "signalling",
    trunkId: "a",
    route: "mobile",
    from: "probing",
    to: "open",
    because: "silence-edge-alive",
    ejectionMs: 60_000,
  });
  call(day, 156_000, "c7", [{ trunkId: "b", route: "mobile" }], { talkMs: 30_000 });
  at(202_400, "breaker:changed", {
    plane: "signalling",
    trunkId: "a",
    route: "mobile",
    from: "open",
    to: "probing",
    because: "ejection-over",
  });
  call(day, 208_000, "c8", [{ trunkId: "a", route: "mobile" }], { talkMs: 12_000 });
  at(214_000, "breaker:changed", {
    plane: "signalling",
    trunkId: "a",
    route: "mobile",
    from: "probing",
    to: "closed",
    because: "recovered",
  });
  at(150_000, "clock:skewed", { by: "edge.carthage.example", byMs: 1_840 });
  const entries = day.entries();
  const params = { trunk: "a", carrier: "Carthage Telecom", route: "mobile" };
  return {
    entries,
    incident: incidentOf(entries, 92_430, 216_000, {
      callsAffected: 3,
      callsSaved: 2,
      callsLost: 1,
      minutesLost: 1.8,
      verdict: verdict({
        conclusion: "clear",
        leader: "carrier-routing",
        runnerUp: "carrier-signalling",
        probabilities: probabilities({
          "carrier-routing": 0.947,
          "carrier-signalling": 0.041,
          unknown: 0.008,
          "remote-party": 0.003,
          "local-network": 0.001,
        }),
        trunkId: "a",
        actor: "carrier",
        reasonsFor: [
          item("route-refused-by-carrier", "peer", { ...params, code: 503, cause: 34 }, 92_430, 104_130, 2, [40, 61]),
          item("invite-swallowed-by-live-edge", "inferred", params, 142_231, 142_231, 1, [88]),
          item("other-route-well-on-same-trunk", "peer", { ...params, other: "national" }, 112_930, 116_030, 2, [70, 71]),
          item("same-route-well-on-other-trunk", "peer", { ...params, other: "b" }, 93_335, 160_030, 5, [44, 45, 47, 99]),
          item("control-well-while-trunk-failed", "peer", {}, 92_900, 142_600, 3, [43, 65, 90]),
        ],
        reasonsAgainst: [item("all-routes-failed-on-trunk", "inferred", params, 92_430, 92_430, 1, [40])],
        nextTest: { code: "call-same-number-over-other-trunk", params: { trunk: "a" } },
      }),
    }),
  };
}

/** The CRM's configuration stage hangs and fails; calls never leave; a re-initialisation ends it. Trunks are well throughout. */
export function crmInit(): Case {
  const day = script();
  const { at } = day;
  begin(day);
  connect(day, "a", 300);
  connect(day, "b", 330);
  at(100, "boot:started", { run: 1 });
  at(100, "stage:started", { stage: "sign-in", run: 1, attempt: 1, critical: true });
  at(640, "stage:passed", { stage: "sign-in", run: 1, attempt: 1, tookMs: 540 });
  at(640, "stage:started", { stage: "contact-list", run: 1, attempt: 1, critical: false });
  at(2_300, "stage:passed", { stage: "contact-list", run: 1, attempt: 1, tookMs: 1_660 });
  at(640, "stage:started", { stage: "telephony-config", run: 1, attempt: 1, critical: true });
  at(5_640, "stage:stalled", { stage: "telephony-config", run: 1, attempt: 1, waitedMs: 5_000 });
  at(10_640, "stage:failed", {
    stage: "telephony-config",
    run: 1,
    attempt: 1,
    tookMs: 10_000,
    critical: true,
    fault: { kind: "overdue" },
    final: false,
  });
  at(12_700, "stage:started", { stage: "telephony-config", run: 1, attempt: 2, critical: true });
  at(13_100, "stage:failed", {
    stage: "telephony-config",
    run: 1,
    attempt: 2,
    tookMs: 400,
    critical: true,
    fault: { kind: "threw", name: "HttpError", httpStatus: 502 },
    final: true,
  });
  for (const [index, atMs] of [16_000, 24_500, 39_000].entries()) {
    at(atMs, "call:placed", { callId: `c${index + 1}`, party: { route: "national", alias: `p${index + 1}`, tail: "11" } });
    at(atMs + 4, "call:refused", { callId: `c${index + 1}`, because: "boot-incomplete", stage: "telephony-config" });
  }
  at(30_000, "probe:answered", { trunkId: "a", method: "OPTIONS", rttMs: 31 });
  at(31_000, "probe:answered", { trunkId: "b", method: "OPTIONS", rttMs: 44 });
  boot(day, 52_000, 2);
  call(day, 57_000, "c4", [{ trunkId: "a" }], { talkMs: 9_000 });
  const entries = day.entries();
  return {
    entries,
    incident: incidentOf(entries, 5_640, 63_000, {
      callsRefused: 3,
      minutesLost: 0.8,
      endedByReinitialisation: true,
      verdict: verdict({
        conclusion: "clear",
        leader: "crm-init",
        runnerUp: "crm-config",
        probabilities: probabilities({ "crm-init": 0.992, "crm-config": 0.004, unknown: 0.004 }),
        actor: "crm-vendor",
        reasonsFor: [
          item(
            "critical-stage-failed",
            "observed",
            { stage: "telephony-config", error: "HttpError", status: 502 },
            13_100,
            13_100,
            1,
            [17],
          ),
          item("critical-stage-hung", "observed", { stage: "telephony-config" }, 5_640, 10_640, 1, [14]),
          item("well-after-reinitialisation", "observed", { calls: 1 }, 53_250, 58_000, 2, [30, 36]),
          item("trunks-well-while-boot-broken", "peer", { trunks: "a, b" }, 5_640, 5_640, 1, [14]),
          item("calls-refused-for-boot", "observed", { calls: 3 }, 16_004, 39_004, 3, [19, 21, 25]),
        ],
      }),
    }),
  };
}

/** The office's Internet access goes for a minute: both carriers' edges, the control and the machine's own word. Still going on. */
export function localNetwork(): Case {
  const day = script();
  const { at } = day;
  begin(day);
  boot(day, 100);
  connect(day, "a", 1_400);
  connect(day, "b", 1_420);
  call(day, 20_000, "c1", [{ trunkId: "a" }], { talkMs: 15_000 });
  call(day, 58_000, "c2", [{ trunkId: "a" }], { talkMs: 1_300, end: "flow-lost" });
  at(62_500, "probe:unanswered", { trunkId: "a", method: "OPTIONS", waitedMs: 500 });
  at(62_500, "flow:changed", { trunkId: "a", from: "open", to: "doubted", tookMs: 60_960 });
  at(62_900, "flow:changed", { trunkId: "b", from: "open", to: "doubted", tookMs: 61_340 });
  at(63_400, "control:failed", { control: "crm-api", tookMs: 500, fault: { kind: "overdue" } });
  for (const [trunkId, offset] of [
    ["a", 0],
    ["b", 350],
  ] as const) {
    at(63_500 + offset, "registration:changed", { trunkId, from: "registered", to: "none" });
    at(63_500 + offset, "flow:changed", {
      trunkId,
      from: "doubted",
      to: "waiting",
      tookMs: 1_000,
      end: { wasOpen: true, code: 1006, clean: false },
    });
    for (const again of [66_000, 71_000, 80_000, 95_000]) {
      at(again + offset, "flow:changed", { trunkId, from: "waiting", to: "connecting", tookMs: 2_000 });
      at(again + offset + 1_900, "flow:changed", {
        trunkId,
        from: "connecting",
        to: "waiting",
        tookMs: 1_900,
        end: { wasOpen: false, code: 1006, clean: false },
      });
    }
  }
  at(64_000, "network:changed", { online: false });
  for (const [index, atMs] of [70_000, 86_000].entries()) {
    at(atMs, "call:placed", { callId: `c${index + 3}`, party: { route: "mobile", alias: `p${index + 3}`, tail: "90" } });
    at(atMs + 4_000, "call:refused", { callId: `c${index + 3}`, because: "no-trunk" });
  }
  at(104_000, "control:failed", { control: "crm-api", tookMs: 500, fault: { kind: "threw", name: "TypeError" } });
  const entries = day.entries();
  return {
    entries,
    incident: incidentOf(entries, 62_500, undefined, {
      callsAffected: 1,
      callsLost: 1,
      callsRefused: 2,
      minutesLost: 0.7,
      verdict: verdict({
        conclusion: "likely",
        leader: "local-network",
        runnerUp: "unknown",
        probabilities: probabilities({
          "local-network": 0.78,
          unknown: 0.12,
          "agent-device": 0.06,
          "crm-init": 0.03,
          "carrier-signalling": 0.01,
        }),
        actor: "local-it",
        reasonsFor: [
          item("unrelated-trunks-failed-together", "inferred", { trunks: 2 }, 62_500, 63_850, 4, [40, 41, 42, 47]),
          item("control-failed-with-trunks", "observed", {}, 63_400, 104_000, 2, [43, 70]),
          item("host-says-offline", "observed", {}, 64_000, 64_000, 1, [49]),
        ],
        nextTest: { code: "ask-crm-endpoint", params: {} },
      }),
    }),
  };
}

/** A busy hour: 200 calls, some over to the other trunk. */
export function busyHour(): Case {
  const day = script();
  begin(day);
  boot(day, 100);
  connect(day, "a", 1_400);
  connect(day, "b", 1_420);
  for (let index = 0; index < 200; index++) {
    const broken = index % 9 === 4;
    const answer: AnswerFact = { code: 503, said: "peer", q850: { value: 42 } };
    call(
      day,
      10_000 + index * 17_000,
      `c${index + 1}`,
      broken ? [{ trunkId: "a", answer }, { trunkId: "b" }] : [{ trunkId: index % 2 ? "a" : "b" }],
    );
  }
  const entries = day.entries();
  return {
    entries,
    incident: incidentOf(entries, 70_000, 3_400_000, {
      callsAffected: 22,
      callsSaved: 22,
      minutesLost: 12.5,
      verdict: carrierRouting().incident.verdict,
    }),
  };
}

export const cases = { carrierRouting, crmInit, localNetwork, busyHour };
