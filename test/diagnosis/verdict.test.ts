import { describe, expect, test } from "vitest";
import { evidenceOf } from "../../src/diagnosis/evidence.ts";
import type { Fault, FaultDomain, Verdict } from "../../src/diagnosis/model.ts";
import { observe } from "../../src/diagnosis/observe.ts";
import type { AnswerFact } from "../../src/journal.ts";
import type { MediaPath } from "../../src/ports/audio.ts";
import { diagnose, verdictOf } from "../../src/diagnosis/verdict.ts";
import { story, wellBegun, type Story } from "./story.ts";

const refusal = (because: "boot-incomplete" | "media-failed" | "no-trunk" | "not-started", error?: string) => (told: Story, time: number) =>
  told.after(500).write("call:refused", { callId: `r${time}`, because, ...(error !== undefined && { error }) });

const networkDown = (told: Story) =>
  told
    .calls("local", ["A", "edge-silent"], ["B", "edge-silent"])
    .loses("A", { wasOpen: true, code: 1000, clean: false })
    .loses("B", { wasOpen: true, code: 1000, clean: false })
    .write("control:failed", { control: "crm", tookMs: 2_000, fault: { kind: "overdue" } });

const silentLocalRoute = () =>
  wellBegun("A", "B").calls("local", ["A", "swallowed"], ["B", "answered"]).calls("international", ["A", "answered"]);

const noAudio = (trunkId: string, callId: string) => ({ callId, trunkId, direction: "inbound", kind: "stopped", forMs: 7_000 }) as const;

const connected: MediaPath = {
  ice: "connected",
  dtls: "connected",
  wasConnected: true,
  flows: "outbound",
  local: "host",
  remote: "host",
  answers: true,
};
const unreached: MediaPath = { ice: "checking", dtls: "new", wasConnected: false, flows: "none" };
const unagreed: MediaPath = { ...connected, dtls: "connecting", flows: "none" };

/** A call whose audio was given up over `path`, while the edge lives. */
const failsOver = (trunkId: string, path: MediaPath) => (told: Story, time: number) =>
  told
    .write("audio:given-up", { ...noAudio(trunkId, `${trunkId}${time}`), path })
    .proves(trunkId)
    .after(10_000);

const goodAudio = (trunkId: string, callId: string) => ({ callId, trunkId, level: "good", mos: 4.3, lossPercent: 0, jitterMs: 5 }) as const;

/** A call that is well at first, and loses its audio after ten seconds for good. */
const losesLate = (told: Story, trunkId: string, callId: string) =>
  called(told, trunkId, callId)
    .after(1_000)
    .write("audio:rated", goodAudio(trunkId, callId))
    .after(9_000)
    .write("audio:given-up", noAudio(trunkId, callId))
    .proves(trunkId)
    .write("call:ended", { callId, end: "hung-up-here", possibleDuplicate: false });

/** Both carriers' calls are well for a while. */
const wellInTurn = (told: Story, name: string) =>
  told.repeats(6, (so, time) => talksWell(so, time % 2 ? "A" : "B", `${name}-${time}`).after(20_000));

/** A call that is well for half a minute. */
const talksWell = (told: Story, trunkId: string, callId: string) =>
  called(told, trunkId, callId)
    .write("audio:rated", goodAudio(trunkId, callId))
    .after(23_000)
    .write("call:ended", { callId, end: "hung-up-here", possibleDuplicate: false });

/** Each call over A is refused after credentials, from the first on, while its registrar goes on to take the account. */
const refusesCalls = (askedAgain: AnswerFact["askedAgain"]) =>
  story("A", "B")
    .boots(1, "passes", "passes")
    .connects("A", "B")
    .repeats(2, (told) =>
      told
        .calls("local", ["A", { code: 407, ...(askedAgain && { askedAgain }) }])
        .after(30_000)
        .connects("A")
        .calls("mobile", ["A", { code: 407, ...(askedAgain && { askedAgain }) }])
        .after(30_000),
    );

const poorAudio = (trunkId: string, callId: string, way: "uplink" | "downlink") =>
  ({
    callId,
    trunkId,
    level: "poor",
    jitterMs: 5,
    ...(way === "downlink"
      ? { mos: 2.4, lossPercent: 20, uplink: { mos: 4.4, lossPercent: 0, jitterMs: 5 } }
      : { mos: 4.4, lossPercent: 0, uplink: { mos: 2.4, lossPercent: 20, jitterMs: 5 } }),
  }) as const;

/** A customer calls, and the agent answers. */
const called = (told: Story, trunkId: string, callId: string) =>
  told
    .write("call:offered", { callId, trunkId, party: { route: "local", alias: "p9", tail: "11" } })
    .after(3_000)
    .write("call:answered", { callId, trunkId, setupMs: 3_000 })
    .after(7_000);

test("a stage that failed by one of its parts is named by that part", () => {
  const of = (stage: string, critical: boolean) => ({ stage, run: 2, attempt: 1, tookMs: 10, critical, final: true }) as const;
  const told = wellBegun("A")
    .write("boot:started", { run: 2 })
    .write("stage:failed", { ...of("settings/account", false), fault: { kind: "threw", name: "HttpError", httpStatus: 401 } })
    .write("stage:failed", { ...of("settings", true), fault: { kind: "threw", name: "Error" } });
  expect(diagnose(told.entries).reasonsFor).toContainEqual(
    expect.objectContaining({
      code: "critical-stage-failed",
      count: 1,
      params: { stage: "settings/account", error: "HttpError", status: 401 },
    }),
  );
});

describe("a fault of each domain is found, and said to be", () => {
  const cases: readonly (readonly [what: string, told: Story, leader: FaultDomain, conclusion: string])[] = [
    [
      "the settings endpoint answers 500, calls are refused, trunks are well",
      wellBegun("A", "B").boots(2, "fails-500").repeats(3, refusal("boot-incomplete")).proves("A", "B"),
      "crm-init",
      "clear",
    ],
    [
      "a stage of the CRM's hangs",
      wellBegun("A", "B").boots(2, "passes", "hangs").repeats(2, refusal("boot-incomplete")),
      "crm-init",
      "clear",
    ],
    ["a stage hangs at the very start", story("A", "B").connects("A", "B").boots(1, "hangs"), "crm-init", "clear"],
    ["the CRM lets agents dial before it has started the line", story("A").repeats(2, refusal("not-started")), "crm-init", "clear"],
    [
      "the registrar refuses the account after credentials",
      story("A")
        .boots(1, "passes")
        .write("registration:changed", {
          trunkId: "A",
          from: "registering",
          to: "refused",
          answer: { code: 403, said: "peer" },
          tookMs: 50,
        }),
      "crm-config",
      "clear",
    ],
    [
      "every call is refused for its number's format, over both carriers",
      story("A", "B")
        .boots(1, "passes")
        .connects("A", "B")
        .repeats(3, (told) => told.calls("local", ["A", { code: 488 }], ["B", { code: 488 }])),
      "crm-config",
      "clear",
    ],
    ["the microphone is denied", wellBegun("A", "B").repeats(2, refusal("media-failed", "NotAllowedError")), "agent-device", "clear"],
    ["the page may have no microphone", wellBegun("A", "B").repeats(2, refusal("media-failed", "SecurityError")), "crm-config", "clear"],
    ["the page has no WebRTC", wellBegun("A", "B").repeats(2, refusal("media-failed", "NotSupportedError")), "crm-config", "clear"],
    ["both carriers and the CRM's own endpoint go at once", networkDown(wellBegun("A", "B")), "local-network", "clear"],
    [
      "one carrier's edge closes its sockets and refuses new ones, the other carries the calls",
      wellBegun("A", "B")
        .loses("A", { wasOpen: true, code: 1012, clean: true })
        .after(500)
        .proves("B")
        .write("control:answered", { control: "crm", tookMs: 40 })
        .calls("local", ["B", "answered"]),
      "carrier-signalling",
      "clear",
    ],
    [
      "one carrier's registrar fails, the other's is well",
      story("A", "B")
        .boots(1, "passes")
        .connects("B")
        .write("registration:changed", {
          trunkId: "A",
          from: "registering",
          to: "refused",
          answer: { code: 503, said: "peer" },
          tookMs: 50,
        })
        .after(1_000)
        .proves("B"),
      "carrier-signalling",
      "clear",
    ],
    [
      "one carrier swallows INVITEs on every route",
      wellBegun("A", "B").repeats(2, (told) =>
        told.calls("local", ["A", "swallowed"], ["B", "answered"]).calls("international", ["A", "swallowed"], ["B", "answered"]),
      ),
      "carrier-signalling",
      "clear",
    ],
    [
      "one carrier's local route swallows INVITEs while its international route works",
      wellBegun("A", "B").calls("local", ["A", "swallowed"], ["B", "answered"]).calls("international", ["A", "answered"]),
      "carrier-routing",
      "clear",
    ],
    [
      "one carrier says that it has no circuit to one route (503 with cause 34)",
      wellBegun("A", "B")
        .calls("local", ["A", { code: 503, q850: { value: 34 } }], ["B", "answered"])
        .calls("international", ["A", "answered"]),
      "carrier-routing",
      "clear",
    ],
    [
      "no route to destination (404 with cause 3) on one route",
      wellBegun("A", "B").repeats(2, (told) => told.calls("local", ["A", { code: 404, q850: { value: 3 } }], ["B", "answered"])),
      "carrier-routing",
      "clear",
    ],
    [
      "calls stall after 100 on one route",
      wellBegun("A", "B").calls("local", ["A", "stalled"], ["B", "answered"]).calls("international", ["A", "answered"]),
      "carrier-routing",
      "clear",
    ],
    [
      "calls over one carrier have no audio while its edge answers, those over the other have it",
      wellBegun("A", "B")
        .repeats(2, (told, time) =>
          told
            .write("audio:given-up", noAudio("A", `a${time}`))
            .proves("A")
            .after(10_000),
        )
        .write("audio:rated", goodAudio("B", "b1")),
      "carrier-media",
      "clear",
    ],
    ...(["inbound", "outbound"] as const).map(
      (direction) =>
        [
          `customers who call over one carrier have no audio (${direction}) while its edge answers, those over the other have it`,
          wellBegun("A", "B")
            .repeats(2, (told, time) =>
              called(told, "A", `a${time}`)
                .write("audio:given-up", { ...noAudio("A", `a${time}`), direction })
                .proves("A")
                .after(10_000),
            )
            .write("audio:rated", goodAudio("B", "b1")),
          "carrier-media",
          "clear",
        ] as const,
    ),
    [
      "calls over both carriers have no audio",
      wellBegun("A", "B")
        .write("audio:given-up", noAudio("A", "a1"))
        .proves("A")
        .after(20_000)
        .write("audio:given-up", noAudio("B", "b1"))
        .proves("B"),
      "local-network",
      "clear",
    ],
    [
      "calls over both carriers lose their audio, now by the one and now by the other, and again after some minutes in which all was well",
      wellBegun("A", "B").repeats(2, (told, time) =>
        wellInTurn(
          ["A", "B"].reduce((so, id) => losesLate(so, id, `${id}${time}`).after(20_000), told),
          `well-${time}`,
        ),
      ),
      "local-network",
      "clear",
    ],
    [
      "calls over one carrier lose their audio again and again, and one over the other, which brings the rest well",
      losesLate(wellBegun("A", "B"), "B", "b0").repeats(5, (told, time) =>
        talksWell(talksWell(losesLate(told, "A", `a${time}`), "B", `b${time}1`), "B", `b${time}2`),
      ),
      "carrier-media",
      "likely",
    ],
    [
      "calls over both carriers lose their audio at the same age, and what was rated well is all of before",
      wellBegun("A", "B").repeats(2, (told, time) => losesLate(losesLate(told, "A", `a${time}`), "B", `b${time}`)),
      "local-network",
      "clear",
    ],
    [
      "calls over one carrier lose their audio, and those over the other have it for longer than that",
      wellBegun("A", "B").repeats(2, (told, time) =>
        losesLate(talksWell(losesLate(told, "A", `a${time}`), "B", `b${time}`), "A", `c${time}`),
      ),
      "carrier-media",
      "clear",
    ],
    [
      "proxies call the credentials right and their nonce stale, one after the other",
      refusesCalls("stale-nonce"),
      "carrier-signalling",
      "clear",
    ],
    [
      "calls are refused for the account that the registrar takes again and again",
      refusesCalls("registrars-account"),
      "carrier-signalling",
      "clear",
    ],
    ["calls are refused in another realm than the registrar's", refusesCalls("other-realm"), "crm-config", "likely"],
    ["calls are refused for an account that nothing compares with", refusesCalls(undefined), "crm-config", "clear"],
    [
      "the microphone gives no sound",
      wellBegun("A", "B").write("audio:given-up", { ...noAudio("A", "a1"), direction: "outbound", kind: "silent", isLocal: true }),
      "agent-device",
      "clear",
    ],
    ["no UDP packet comes through, on the only carrier", wellBegun("A").repeats(2, failsOver("A", unreached)), "local-network", "likely"],
    [
      "no UDP packet comes through, on any carrier",
      wellBegun("A", "B").repeats(1, failsOver("A", unreached)).repeats(1, failsOver("B", unreached)),
      "local-network",
      "clear",
    ],
    ["the relay is connected and sends no RTP", wellBegun("A").repeats(2, failsOver("A", connected)), "carrier-media", "clear"],
    [
      "the relay dies, and its edge lives",
      wellBegun("A").repeats(2, failsOver("A", { ...connected, ice: "disconnected", answers: false })),
      "carrier-media",
      "clear",
    ],
    [
      "the relay dies, and a new connection finds no path to it either",
      wellBegun("A").repeats(2, failsOver("A", { ...unreached, wasConnected: true })),
      "carrier-media",
      "clear",
    ],
    [
      "DTLS never completes on one carrier: its relay or we",
      wellBegun("A").repeats(2, failsOver("A", unagreed)),
      "unknown",
      "inconclusive",
    ],
    [
      "DTLS never completes on any carrier: no carrier's, but whose is not on record",
      wellBegun("A", "B").repeats(1, failsOver("A", unagreed)).repeats(1, failsOver("B", unagreed)),
      "unknown",
      "inconclusive",
    ],
    [
      "the relay comes back on another port",
      wellBegun("A").write("audio:restored", { callId: "a1", trunkId: "A", path: { ...connected, remotePortChanged: true } }),
      "carrier-media",
      "clear",
    ],
    [
      "the agent comes back from another address, by another port of the relay",
      wellBegun("A").write("audio:restored", {
        callId: "a1",
        trunkId: "A",
        path: { ...connected, localAddressChanged: true, remotePortChanged: true },
      }),
      "local-network",
      "clear",
    ],
    [
      "one carrier receives the agent badly, the other well",
      wellBegun("A", "B")
        .write("audio:rated", poorAudio("A", "a1", "uplink"))
        .write("audio:rated", goodAudio("B", "b1")),
      "carrier-media",
      "clear",
    ],
    [
      "both carriers receive the agent badly",
      wellBegun("A", "B")
        .write("audio:rated", poorAudio("A", "a1", "uplink"))
        .write("audio:rated", poorAudio("B", "b1", "uplink")),
      "local-network",
      "clear",
    ],
    [
      "the only carrier receives the agent badly: more likely its own line",
      wellBegun("A").write("audio:rated", poorAudio("A", "a1", "uplink")),
      "local-network",
      "likely",
    ],
    [
      "the microphone was muted by the system for the whole call",
      wellBegun("A")
        .write("call:answered", { callId: "m1", trunkId: "A", setupMs: 300 })
        .after(50)
        .write("microphone:changed", { callId: "m1", to: "muted" })
        .after(20_000)
        .write("call:ended", { callId: "m1", end: "hung-up-there", possibleDuplicate: false }),
      "agent-device",
      "clear",
    ],
    [
      "the microphone was pulled out, and there was no other",
      wellBegun("A")
        .write("call:answered", { callId: "m1", trunkId: "A", setupMs: 300 })
        .after(5_000)
        .write("microphone:changed", { callId: "m1", to: "lost", fellBackTo: "none" })
        .write("audio:given-up", { callId: "m1", trunkId: "A", direction: "outbound", kind: "silent", forMs: 6_000, isLocal: true }),
      "agent-device",
      "clear",
    ],
    [
      "the page may not play before a click",
      wellBegun("A")
        .write("call:answered", { callId: "m1", trunkId: "A", setupMs: 300 })
        .after(100)
        .write("playback:changed", { callId: "m1", to: "blocked" }),
      "agent-device",
      "clear",
    ],
    [
      "the CRM has set no trunk",
      wellBegun("A")
        .write("trunks:changed", { settings: 2, trunks: [], added: [], removed: ["A"], changed: [] })
        .after(9_000)
        .write("call:refused", { callId: "m1", because: "trunks-missing" }),
      "crm-config",
      "likely",
    ],
    [
      "callees are busy, one after the other",
      story("A")
        .boots(1, "passes")
        .connects("A")
        .repeats(5, (told) => told.calls("local", ["A", { code: 486 }])),
      "remote-party",
      "clear",
    ],
  ];

  test.each(cases)("%s", (_, { entries }, leader, conclusion) => {
    expect(diagnose(entries)).toMatchObject({ leader, conclusion });
  });
});

describe("a CRM that gives no STUN and TURN servers", () => {
  const without = (trunkId: string, path: MediaPath) => (told: Story, time: number) =>
    failsOver(trunkId, path)(told.write("ice-servers:failed", { callId: `${trunkId}${time}`, error: "TypeError" }), time);

  test.each([
    ["on one carrier", wellBegun("A", "B").repeats(2, without("A", unreached))],
    ["on both", wellBegun("A", "B").repeats(2, without("A", unreached)).repeats(2, without("B", unreached))],
  ])("has to, where calls find no path %s", (_, told) => {
    expect(diagnose(told.entries)).toMatchObject({ leader: "crm-config", actor: "crm-administrator" });
  });

  test("has no part in what fails on a path that was found, nor in calls that are well", () => {
    const code = "ice-servers-not-to-be-had";
    const reasons = ({ entries }: Story) => diagnose(entries).faults.flatMap(({ reasonsFor }) => reasonsFor.map((reason) => reason.code));
    expect(reasons(wellBegun("A", "B").repeats(2, without("A", connected)))).not.toContain(code);
    const told = wellBegun("A").write("ice-servers:failed", { callId: "x", error: "TypeError" }).write("audio:rated", goodAudio("A", "x"));
    expect(diagnose(told.entries).conclusion).toBe("healthy");
  });
});

describe("who should act", () => {
  test("a carrier's fault names its trunk", () => {
    const { entries } = silentLocalRoute();
    expect(diagnose(entries)).toMatchObject({ trunkId: "A", actor: "carrier" });
  });

  test("nobody, while it is inconclusive", () => {
    const { entries } = story("A").connects("A").loses("A");
    expect(diagnose(entries)).toMatchObject({ conclusion: "inconclusive", actor: "nobody" });
  });
});

describe("what is no fault", () => {
  test("a morning on which all is well", () => {
    expect(diagnose(wellBegun("A", "B").entries)).toMatchObject({
      conclusion: "healthy",
      actor: "nobody",
      reasonsFor: [],
      faults: [],
    });
  });

  test("a busy callee now and then", () => {
    const { entries } = wellBegun("A", "B").repeats(3, (told) =>
      told
        .calls("local", ["A", { code: 486 }])
        .calls("local", ["A", "answered"])
        .calls("international", ["A", "answered"]),
    );
    expect(diagnose(entries).conclusion).toBe("healthy");
  });

  test("an agent who mutes the headset during a call", () => {
    const { entries } = wellBegun("A")
      .write("call:answered", { callId: "m1", trunkId: "A", setupMs: 300 })
      .after(30_000)
      .write("microphone:changed", { callId: "m1", to: "muted" })
      .after(20_000)
      .write("call:ended", { callId: "m1", end: "hung-up-there", possibleDuplicate: false });
    expect(diagnose(entries).conclusion).toBe("healthy");
  });

  test("a microphone that another followed", () => {
    const { entries } = wellBegun("A").write("microphone:changed", { callId: "m1", to: "lost", fellBackTo: "another" });
    expect(diagnose(entries).conclusion).toBe("healthy");
  });

  describe("the only call that sounds poor", () => {
    const heard = (...levels: ("good" | "poor" | "gross")[]) =>
      levels.reduce(
        (told, level, index) => {
          const poor = { ...poorAudio("A", `h${index}`, "downlink"), lossPercent: level === "gross" ? 30 : 11 };
          return told.write("audio:rated", level === "good" ? goodAudio("A", `h${index}`) : poor).after(60_000);
        },
        wellBegun("A", "B"),
      );
    const isWell = (told: Story) => diagnose(told.entries).conclusion === "healthy";

    test("is nobody's fault once two before it and two after it on the trunk sounded well", () => {
      expect(isWell(heard("good", "good", "poor", "good", "good"))).toBe(true);
    });

    test.each([
      ["nothing is known of others", heard("poor")],
      ["too few came after it", heard("good", "good", "poor", "good")],
      ["too few came before it", heard("good", "poor", "good", "good")],
      ["it is not the only one", heard("good", "good", "poor", "good", "good", "good", "poor", "good", "good")],
      ["nearly a third was lost", heard("good", "good", "gross", "good", "good")],
      [
        "what sounded well was on another trunk",
        heard("good", "good", "poor").write("audio:rated", goodAudio("B", "b1")).write("audio:rated", goodAudio("B", "b2")),
      ],
      [
        "what sounded well was one call",
        heard("good", "good", "poor").write("audio:rated", goodAudio("A", "a1")).write("audio:rated", goodAudio("A", "a1")),
      ],
    ])("is a sign where %s", (_, told) => expect(isWell(told)).toBe(false));
  });

  test("an empty journal", () => {
    expect(diagnose([])).toMatchObject({ conclusion: "healthy" });
  });

  test("what ends because we close", () => {
    const { entries } = wellBegun("A", "B").write("session:closing", {}).loses("A").loses("B").write("session:closed", {});
    expect(diagnose(entries).conclusion).toBe("healthy");
  });
});

describe("an edge whose messages cannot be read is not silent", () => {
  const garbled = (told: Story) => told.write("frame:discarded", { trunkId: "A", fault: "malformed", bytes: 300 });
  const silentTwice = (told: Story) => told.calls("local", ["A", "swallowed"]).after(10_000).calls("local", ["A", "stalled"]);
  const codesOf = ({ reasonsFor, reasonsAgainst }: Verdict) => [...reasonsFor, ...reasonsAgainst].map(({ code }) => code);

  test("and is not blamed for what was not heard", () => {
    const silent = diagnose(silentTwice(wellBegun("A", "B")).entries);
    const unread = diagnose(silentTwice(garbled(wellBegun("A", "B"))).entries);
    expect(silent.leader).toBe("carrier-routing");
    expect(codesOf(silent)).toContain("invite-swallowed-by-live-edge");
    expect(codesOf(unread)).not.toContain("invite-swallowed-by-live-edge");
    expect(codesOf(unread)).not.toContain("call-stalled-after-trying");
    expect(unread.leader).toBe("unknown");
    expect(codesOf(unread)).toContain("messages-unreadable");
  });

  test("but a message that could not be read long ago explains nothing", () => {
    const told = silentTwice(garbled(wellBegun("A", "B")).after(120_000));
    expect(diagnose(told.entries).leader).toBe("carrier-routing");
  });
});

describe("a verdict explains itself", () => {
  const { entries } = silentLocalRoute();
  const verdict = diagnose(entries);

  test("probabilities sum to 1, leader and runner-up are the first two", () => {
    expect(Object.values(verdict.probabilities).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
    const [first, second] = Object.entries(verdict.probabilities).sort(([, a], [, b]) => b - a);
    expect([first?.[0], second?.[0]]).toEqual([verdict.leader, verdict.runnerUp]);
  });

  test("reasons stand with the strongest first, and each cites its entries", () => {
    expect(verdict.reasonsFor[0]?.code).toBe("invite-swallowed-by-live-edge");
    for (const { seqs, firstMs, lastMs } of verdict.reasonsFor) {
      expect(entries[seqs[0] ?? -1]?.atMs).toBe(firstMs);
      expect(entries[seqs.at(-1) ?? -1]?.atMs).toBe(lastMs);
    }
  });

  test("prior experience shifts it", () => {
    const { entries: unclear } = story("A").connects("A").loses("A");
    const before = diagnose(unclear).probabilities["local-network"];
    expect(diagnose(unclear, { priors: { "local-network": 3 } }).probabilities["local-network"]).toBeGreaterThan(before);
  });

  test("older evidence fades, but not by waiting alone", () => {
    const failed = wellBegun("A", "B").boots(2, "fails-500");
    const before = diagnose(failed.entries).probabilities["crm-init"];
    expect(diagnose(failed.entries, { atMs: 1e9 }).probabilities["crm-init"]).toBe(before);
    const { entries: later } = failed
      .boots(3, "passes", "passes")
      .calls("local", ["A", "answered"])
      .after(3 * 60 * 60_000)
      .calls("local", ["A", "swallowed"], ["B", "answered"]);
    expect(diagnose(later).leader).not.toBe("crm-init");
  });
});

test("what if: dropped evidence is as if it had never been seen", () => {
  const seen = evidenceOf(observe(silentLocalRoute().entries));
  const without = verdictOf(seen.filter(({ group }) => group !== "invite"));
  expect(verdictOf(seen)).toEqual(diagnose(silentLocalRoute().entries));
  expect(without.conclusion).toBe("healthy");
});

describe("what would settle the rest", () => {
  test("a trunk that fails: another route on it; once that is known, the same number over another trunk", () => {
    const failed = story("A", "B")
      .connects("A", "B")
      .calls("local", ["A", { code: 503 }]);
    expect(diagnose(failed.entries).nextTest).toEqual({ code: "call-other-route-over-same-trunk", params: { trunk: "A" } });
    const { entries } = failed.calls("international", ["A", "answered"]);
    expect(diagnose(entries).nextTest).toEqual({ code: "call-same-number-over-other-trunk", params: { trunk: "A" } });
  });

  test("an edge that is lost alone: something that shares the network with it", () => {
    const { entries } = story("A").connects("A").loses("A");
    expect(["ask-crm-endpoint", "ask-other-carrier"]).toContain(diagnose(entries).nextTest?.code);
  });

  test("nothing, where nothing would change it", () => {
    const { entries } = wellBegun("A", "B").repeats(2, refusal("media-failed", "NotAllowedError"));
    expect(diagnose(entries)).not.toHaveProperty("nextTest");
  });
});

describe("a device or a page that slept", () => {
  const sleeps: readonly (readonly [string, (told: Story) => Story])[] = [
    ["by the wall clock", (told) => told.write("clock:jumped", { byMs: 600_000, dateMs: 0 })],
    ["by a timer that came late", (told) => told.after(600_000).write("page:woke", { lateMs: 598_000 })],
    [
      "by the browser's word",
      (told) => told.write("page:changed", { to: "frozen" }).after(600_000).write("page:changed", { to: "resumed" }),
    ],
  ];

  test.each(sleeps)("%s: its sockets are gone, and no carrier's edge is", (_, sleep) => {
    const { entries } = sleep(wellBegun("A", "B")).loses("A").after(500).loses("B").after(5_000).connects("A", "B");
    const { leader, conclusion, actor, faults } = diagnose(entries);
    expect({ leader, conclusion, actor }).toEqual({ leader: "agent-device", conclusion: "clear", actor: "agent" });
    expect(faults).toHaveLength(1);
  });

  test("frozen for a moment only, it did not sleep", () => {
    const told = wellBegun("A", "B").write("page:changed", { to: "frozen" }).after(2_000).write("page:changed", { to: "resumed" });
    expect(diagnose(told.loses("A").after(20_000).proves("B").entries).leader).toBe("carrier-signalling");
  });
});

const named = (faults: readonly Fault[]) =>
  faults.map(({ domain, trunkId, route }) => [domain, trunkId, route].filter((part) => part !== undefined).join(" ")).sort();

describe("several faults at once", () => {
  test("a CRM that does not start while a carrier refuses a route: both are named", () => {
    const { entries } = wellBegun("A", "B")
      .repeats(2, (told) =>
        told.calls("local", ["A", { code: 503, q850: { value: 34 } }], ["B", "answered"]).calls("international", ["A", "answered"]),
      )
      .boots(2, "fails-500")
      .repeats(2, refusal("boot-incomplete"));
    const { leader, faults } = diagnose(entries);
    expect(faults[0]?.domain).toBe(leader);
    expect(named(faults)).toEqual(["carrier-routing A local", "crm-init"]);
  });

  test("two carriers with a fault each: both are named, each with its trunk", () => {
    const { entries } = wellBegun("A", "B")
      .repeats(3, (told) =>
        told.calls("local", ["A", { code: 503, q850: { value: 34 } }], ["B", "answered"]).calls("international", ["A", "answered"]),
      )
      .after(60_000)
      .loses("B", { wasOpen: true, code: 1001, clean: true })
      .after(20_000)
      .proves("A");
    expect(named(diagnose(entries).faults)).toEqual(["carrier-routing A local", "carrier-signalling B"]);
  });

  test("what two carriers share is one fault, and neither carrier's", () => {
    const { entries } = wellBegun("A", "B").loses("A").loses("B").after(60_000).connects("A", "B");
    expect(named(diagnose(entries).faults)).toEqual(["local-network"]);
  });

  test("two trunks of one carrier that are lost together are one fault of its", () => {
    const { entries } = wellBegun("A", "A2", "B").loses("A").loses("A2").after(20_000).proves("B");
    expect(named(diagnose(entries).faults)).toHaveLength(1);
  });

  test("a fault of half an hour ago is no less one of its own", () => {
    const { entries } = wellBegun("A", "B")
      .repeats(3, (told) =>
        told.calls("local", ["A", { code: 503, q850: { value: 34 } }], ["B", "answered"]).calls("international", ["A", "answered"]),
      )
      .after(30 * 60_000)
      .loses("B", { wasOpen: true, code: 1001, clean: true })
      .after(20_000)
      .proves("A");
    expect(named(diagnose(entries).faults)).toEqual(["carrier-routing A local", "carrier-signalling B"]);
  });
});
