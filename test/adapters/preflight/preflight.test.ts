import { describe, expect, test, vi } from "vitest";
import { preflight, type CheckResult, type PreflightHost, type PreflightOptions } from "../../../adapters/preflight/index.ts";
import { systemClock } from "../../../src/clock.ts";
import { noMedia } from "../../../src/media/no-media.ts";
import type { Media, MediaEvents } from "../../../src/ports/media.ts";
import { mergeReports } from "../../../src/fleet/merge.ts";
import { diagnose } from "../../../src/diagnosis/verdict.ts";
import { buildHouse, pass, trunkA, underFakeTime } from "../../support/house.ts";

underFakeTime();

const track = { stop: vi.fn(), muted: false };
const stream = { getTracks: () => [track], getAudioTracks: () => [track] } as unknown as MediaStream;

/** A connection that finds these candidates, then none any more; by a relay alone where the policy says so. Port 9 reaches nobody. */
const connectionFinding = (...candidates: string[]) =>
  class extends EventTarget {
    readonly onicecandidateerror = null;
    readonly #policy: RTCIceTransportPolicy | undefined;
    constructor(configuration?: RTCConfiguration) {
      super();
      this.#policy = configuration?.iceTransportPolicy;
      if (JSON.stringify(configuration?.iceServers ?? []).includes("nonsense")) throw new DOMException("", "SyntaxError");
    }
    addTransceiver() {}
    async createOffer() {
      return {};
    }
    async setLocalDescription() {
      if (candidates.includes("401")) this.dispatchEvent(Object.assign(new Event("icecandidateerror"), { errorCode: 401 }));
      const port = 9;
      if (candidates.some((candidate) => candidate.includes(` ${port} typ host`)))
        this.dispatchEvent(Object.assign(new Event("icecandidateerror"), { errorCode: 701, port }));
      const shown = candidates.filter((candidate) => this.#policy !== "relay" || candidate.includes("typ relay"));
      for (const candidate of [...shown, undefined])
        this.dispatchEvent(Object.assign(new Event("icecandidate"), { candidate: candidate === undefined ? null : { candidate } }));
    }
    close() {}
  } as unknown as NonNullable<PreflightHost["RTCPeerConnection"]>;

const srflx = "candidate:1 1 udp 1 192.0.2.1 1 typ srflx";
const relay = "candidate:1 1 udp 1 192.0.2.9 1 typ relay";

/** It has no such event. */
const asFirefox = class extends connectionFinding("candidate:1 1 udp 1 203.0.113.7 1 typ host", relay) {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    Reflect.deleteProperty(this, "onicecandidateerror");
  }
};

/** @param amplitude of what its microphone hears, as a square wave; 1 is the loudest that there is. */
const speaker = (state: AudioContextState, amplitude = 0.1) =>
  class {
    createAnalyser = () => ({ getFloatTimeDomainData: (samples: Float32Array) => void samples.fill(amplitude) });
    createMediaStreamSource = () => ({ connect() {} });
    state = state;
    resume = () => (state === "running" ? Promise.resolve() : new Promise(() => {}));
    close = () => Promise.resolve();
  } as unknown as NonNullable<PreflightHost["AudioContext"]>;

const well: PreflightHost = {
  isSecureContext: true,
  navigator: {
    mediaDevices: {
      getUserMedia: async () => stream,
      enumerateDevices: async () => [{ kind: "audiooutput" }] as MediaDeviceInfo[],
    } as unknown as MediaDevices,
  },
  document: { featurePolicy: { allowsFeature: () => true } },
  RTCPeerConnection: connectionFinding(srflx, relay),
  AudioContext: speaker("running"),
};

const devices = (change: Partial<MediaDevices>): PreflightHost => ({
  ...well,
  navigator: { mediaDevices: { ...well.navigator?.mediaDevices, ...change } as MediaDevices },
});

const refusing = (name: string) => devices({ getUserMedia: () => Promise.reject(new DOMException("", name)) });

async function fly(options: PreflightOptions, house = buildHouse()) {
  void house.line.start();
  const flown = preflight(house.line, { host: well, ...options });
  await vi.dynamicImportSettled();
  await pass(60_000);
  return { house, results: await flown };
}

const nameOf = ({ check, trunkId, control }: CheckResult) => [check, trunkId ?? control].filter(Boolean).join(" ");
const of = (results: readonly CheckResult[], ...outcomes: CheckResult["outcome"][]) =>
  results.filter(({ outcome }) => outcomes.includes(outcome)).map((result) => [nameOf(result), result.code]);
const failed = (results: readonly CheckResult[]) => of(results, "fail");
const find = (results: readonly CheckResult[], name: string) => results.find((result) => nameOf(result) === name);

test("all well: every check passes, the microphone is let go, and no call is held back", async () => {
  const { house, results } = await fly({
    iceServers: async () => ({ iceServers: [{ urls: ["stun:stun.example", "turn:turn.example"] }], ttlS: 60 }),
    controls: { crm: async () => "well" },
    tokenExpiresAtMs: Date.now() + 3_600_000,
  });
  expect(of(results, "fail", "warn", "skipped")).toEqual([]);
  expect(results.map(nameOf)).toEqual([
    "secure-context",
    "microphone-policy",
    "microphone",
    "audio-output",
    "autoplay",
    "webrtc",
    "ice-servers",
    "turn",
    "stun",
    "token",
    "control crm",
    "socket A",
    "registration A",
    "options A",
    "socket B",
    "registration B",
    "options B",
    "clock",
  ]);
  expect(track.stop).toHaveBeenCalled();
  expect(find(results, "microphone")?.measured).toEqual({ levelDbov: -20 });
  expect(find(results, "options A")?.measured).toEqual({ rttMs: 10 });
  expect(house.entries("probe:answered").some(({ trunkId, method }) => trunkId === "A" && method === "OPTIONS")).toBe(true);
  expect(house.line.boot.progress.find(({ stage }) => stage === "linekeeper")).toMatchObject({ state: "passed", critical: false });
  expect(diagnose(house.line.journal).conclusion).toBe("healthy");
});

describe("what is wrong has its own name, and its own domain", () => {
  test.each<[string, PreflightOptions, string, string, string]>([
    ["no https", { host: { ...well, isSecureContext: false } }, "secure-context", "SecurityError", "crm-config"],
    [
      "a frame without allow=microphone",
      { host: { ...well, document: { featurePolicy: { allowsFeature: (feature) => feature !== "microphone" } } } },
      "microphone-policy",
      "SecurityError",
      "crm-config",
    ],
    ["the agent blocked it", { host: refusing("NotAllowedError") }, "microphone", "NotAllowedError", "agent-device"],
    ["none plugged in", { host: refusing("NotFoundError") }, "microphone", "NotFoundError", "agent-device"],
    ["another program has it", { host: refusing("NotReadableError") }, "microphone", "NotReadableError", "agent-device"],
    ["it fails and nobody knows why", { host: refusing("AbortError") }, "microphone", "AbortError", "agent-device"],
    ["the browser forbids it the page", { host: refusing("SecurityError") }, "microphone", "SecurityError", "crm-config"],
    ["no device at all", { host: devices({ enumerateDevices: async () => [] }) }, "audio-output", "NotFoundError", "agent-device"],
    ["sound not allowed yet", { host: { ...well, AudioContext: speaker("suspended") } }, "autoplay", "NotAllowedError", "agent-device"],
    [
      "no STUN server answers",
      {
        iceServers: [{ urls: "stun:x" }],
        host: { ...well, RTCPeerConnection: connectionFinding("candidate:1 1 udp 1 10.0.0.1 9 typ host") },
      },
      "stun",
      "NetworkError",
      "local-network",
    ],
    [
      "no TURN server gives a relay",
      { iceServers: [{ urls: "turn:x" }], host: { ...well, RTCPeerConnection: connectionFinding(srflx) } },
      "turn",
      "NetworkError",
      "local-network",
    ],
    [
      "the TURN server refuses the password",
      { iceServers: [{ urls: "turn:x" }], host: { ...well, RTCPeerConnection: connectionFinding("401") } },
      "turn",
      "UnauthorizedError",
      "local-network",
    ],
    [
      "the source of the servers is down",
      { iceServers: () => Promise.reject(new TypeError("Failed to fetch")) },
      "ice-servers",
      "TypeError",
      "crm-config",
    ],
    ["servers that no browser takes", { iceServers: [{ urls: "nonsense" }] }, "ice-servers", "SyntaxError", "crm-config"],
    ["a token that ran out", { tokenExpiresAtMs: 0 }, "token", "ExpiredError", "crm-init"],
  ])("%s", async (_, options, check, error, domain) => {
    const { house, results } = await fly(options);
    expect(failed(results)).toContainEqual([check, error]);
    expect(find(results, check)).toMatchObject({ cause: expect.stringMatching(/\.$/), remedy: expect.stringMatching(/\.$/) });
    expect(diagnose(house.line.journal).leader).toBe(domain);
    expect(house.entries("stage:failed").every(({ critical }) => !critical)).toBe(true);
  });

  test("a host without a NAT: a STUN server that sees its own address has answered", async () => {
    const open = "candidate:1 1 udp 1 203.0.113.7 1 typ host";
    const noUdp = "candidate:1 1 udp 1 10.0.0.1 9 typ host";
    const both = await fly({ iceServers: [{ urls: "stun:x" }], host: { ...well, RTCPeerConnection: connectionFinding(noUdp, open) } });
    expect(find(both.results, "stun")?.outcome).toBe("pass");
    const none = await fly({ iceServers: [{ urls: "stun:x" }], host: { ...well, RTCPeerConnection: connectionFinding() } });
    expect(find(none.results, "stun")).toMatchObject({ outcome: "fail", code: "NetworkError" });
  });

  test("no WebRTC: what needs it is not tried", async () => {
    const { RTCPeerConnection: _, ...host } = well;
    const { results, house } = await fly({ host, iceServers: [{ urls: "stun:x" }] });
    expect(failed(results)).toEqual([["webrtc", "NotSupportedError"]]);
    expect(diagnose(house.line.journal)).toMatchObject({ leader: "crm-config", actor: "crm-administrator" });
    expect(of(results, "skipped").map(([check]) => check)).toEqual(["ice-servers", "turn", "stun"]);
    expect(house.entries("stage:failed").map(({ fault }) => fault.kind)).toEqual(["threw", "blocked", "blocked", "blocked"]);
  });
});

describe("a warning is told, and is no evidence of a fault", () => {
  test.each<[string, PreflightOptions, string, string]>([
    ["digital silence", { host: { ...well, AudioContext: speaker("running", 0) } }, "microphone", "SilentMicrophone"],
    [
      "a muted headset",
      {
        host: devices({
          getUserMedia: async () => ({ ...stream, getAudioTracks: () => [{ ...track, muted: true }] }) as unknown as MediaStream,
        }),
      },
      "microphone",
      "MutedMicrophone",
    ],
    [
      "the chosen speaker is not there",
      {
        speakerId: "gone",
        host: devices({ enumerateDevices: async () => [{ kind: "audiooutput", deviceId: "there" }] as MediaDeviceInfo[] }),
      },
      "audio-output",
      "SpeakerMissing",
    ],
    [
      "UDP is shut, and the relay serves",
      { iceServers: [{ urls: ["stun:x", "turn:x"] }], host: { ...well, RTCPeerConnection: connectionFinding(relay) } },
      "stun",
      "OnlyRelay",
    ],
    [
      "a browser that does not tell whether the STUN server answered",
      { iceServers: [{ urls: ["stun:x", "turn:x"] }], host: { ...well, RTCPeerConnection: asFirefox } },
      "stun",
      "AnswerUnknown",
    ],
  ])("%s", async (_, options, check, code) => {
    const { house, results } = await fly(options);
    expect(of(results, "fail", "warn", "skipped")).toEqual([[check, code]]);
    expect(diagnose(house.line.journal).conclusion).toBe("healthy");
  });

  test("a slow edge", async () => {
    const house = buildHouse();
    house.a.fault({ kind: "slow", delayMs: 500 });
    const { results } = await fly({}, house);
    expect(of(results, "fail", "warn")).toEqual([["options A", "SlowRoundTrip"]]);
    expect(diagnose(house.line.journal).conclusion).toBe("healthy");
  });

  test("an edge that answers no OPTIONS is asked something else", async () => {
    const house = buildHouse();
    for (const method of ["OPTIONS", "PING"]) house.a.fault({ kind: "silence", methods: [method] });
    const { results } = await fly({}, house);
    expect(failed(results)).toEqual([]);
    expect(diagnose(house.line.journal).conclusion).toBe("healthy");
  });
});

describe("trunks", () => {
  test("a socket that opens and a registration that is refused are told apart", async () => {
    const house = buildHouse();
    house.a.fault({ kind: "reject", code: 403, methods: ["REGISTER"] });
    house.b.fault({ kind: "refuse" });
    const { results } = await fly({}, house);
    expect(failed(results)).toEqual([
      ["registration A", "TimeoutError"],
      ["socket B", "TimeoutError"],
    ]);
    expect(of(results, "skipped").map(([check]) => check)).toEqual(["options A", "registration B", "options B", "clock"]);
  });

  test("one of them alone", async () => {
    const house = buildHouse();
    house.b.fault({ kind: "refuse" });
    const { results } = await fly({ trunks: ["A"] }, house);
    expect(of(results, "fail", "skipped")).toEqual([]);
    expect(results.some(({ trunkId }) => trunkId === "B")).toBe(false);
    await expect(preflight(house.line, { host: well, trunks: ["C"] })).rejects.toMatchObject({ code: "unknown-trunk" });
  });

  test("a cold one rests, and is not at fault", async () => {
    const cold = { id: "B", carrier: "Carrier B", server: "wss://b.example", aor: "sip:agent7@b.example", standby: "cold" } as const;
    const { results } = await fly({}, buildHouse({ trunks: [trunkA, { ...cold, credentials: { password: "secret" } }] }));
    expect(failed(results)).toEqual([]);
    expect(of(results, "skipped")).toContainEqual(["socket B", "StandbyTrunk"]);
  });
});

test("the CRM's own endpoint that fails is asked by the line too, and that is the evidence", async () => {
  const controls = { crm: () => Promise.reject(new TypeError("Failed to fetch")) };
  const { house, results } = await fly({ controls }, buildHouse({ controls }));
  expect(failed(results)).toEqual([["control crm", "TypeError"]]);
  expect(house.entries("control:failed").length).toBeGreaterThan(0);
  expect(diagnose(house.line.journal).probabilities["crm-init"]).toBeGreaterThan(0.5);
});

test("a clock that is off by more than a minute", async () => {
  const clock = { ...systemClock, dateMs: () => systemClock.dateMs() - 90_000 };
  const { results } = await fly({}, buildHouse({}, { clock }));
  expect(failed(results)).toEqual([["clock", "ClockSkewError"]]);
  // The registrar's Date knows whole seconds.
  expect(Math.abs(Number(find(results, "clock")?.measured?.["byMs"]) - 90_000)).toBeLessThan(1_000);
});

test("the agent need not be asked for the microphone", async () => {
  const getUserMedia = vi.fn();
  const { results } = await fly({ asksForMicrophone: false, host: devices({ getUserMedia }) });
  expect(getUserMedia).not.toHaveBeenCalled();
  expect(failed(results)).toEqual([]);
});

test("on a host without any of it nothing throws", async () => {
  const { results } = await fly({ host: {}, iceServers: [] });
  expect(failed(results).map(([check]) => check)).toEqual(["secure-context", "autoplay", "webrtc"]);
});

test("each check is told as it begins and as it ends; what a listener throws costs nothing", async () => {
  const seen: string[] = [];
  const { results } = await fly({
    onProgress(checks) {
      seen.push(checks.find(({ check }) => check === "microphone")?.outcome ?? "");
      throw new Error("the page's own");
    },
  });
  expect([...new Set(seen)]).toEqual(["waiting", "running", "pass"]);
  expect(failed(results)).toEqual([]);
});

test("it is given up at once, and that is no fault", async () => {
  const over = new AbortController();
  const house = buildHouse();
  const flown = preflight(house.line, { host: devices({ getUserMedia: () => new Promise(() => {}) }), signal: over.signal });
  await pass(2_000);
  over.abort();
  await pass(0);
  const results = await flown;
  expect(failed(results)).toEqual([]);
  expect(of(results, "skipped")).toContainEqual(["microphone", "AbortError"]);
  expect(diagnose(house.line.journal).conclusion).toBe("healthy");
});

test("cause and remedy in the agent's language; in English where it is not known", async () => {
  const options = { host: refusing("NotAllowedError") };
  const inFrench = await fly({ ...options, language: ["fr-TN", "en"] });
  expect(find(inFrench.results, "microphone")?.cause).toBe("Le micro est bloqué pour cette page.");
  const other = await fly({ ...options, language: "tlh" });
  expect(find(other.results, "microphone")?.cause).toBe("The microphone is blocked for this page.");
});

describe("the echo call", () => {
  const echo = "+21671000999";
  const quality = { mos: 4.2, lossPercent: 0, jitterMs: 3 };
  /** Audio that is rated, or lost, a moment after the answer. */
  const audio = (happens: (events: MediaEvents) => void): Media => ({
    open: () => ({ ...noMedia().open(), watch: (events) => systemClock.setTimer(() => happens(events), 3_000) }),
  });

  test.each<[string, (events: MediaEvents) => void, CheckResult["outcome"], string | undefined]>([
    ["is heard", (events) => events.rated("good", quality), "pass", undefined],
    ["is heard badly", (events) => events.rated("poor", { ...quality, mos: 2 }), "warn", "PoorAudio"],
    ["is not heard", (events) => events.lost({ direction: "inbound", kind: "never-came", forMs: 3_000 }), "fail", "NoAudioError"],
    ["is not measured", () => {}, "warn", "AudioNotMeasured"],
  ])("%s, and is hung up", async (_, happens, outcome, code) => {
    const { house, results } = await fly({ echo }, buildHouse({ media: audio(happens) }));
    expect(find(results, "echo")).toMatchObject({ outcome, measured: expect.anything(), ...(code !== undefined && { code }) });
    expect(house.line.calls).toEqual([]);
    expect(house.entries("call:placed")).toMatchObject([{ by: "check" }]);
    expect(house.entries("call:ended")).toHaveLength(1);
    expect((await house.line.report()).calls).toEqual([]);
  });

  test("that the carrier refuses", async () => {
    const house = buildHouse();
    for (const carrier of [house.a, house.b]) carrier.fault({ kind: "reject", code: 404, methods: ["INVITE"] });
    const { results } = await fly({ echo }, house);
    expect(find(results, "echo")).toMatchObject({ outcome: "fail", code: "CallFailedError", measured: { sipCode: 404 } });
  });

  test("that comes back without any sound", async () => {
    const media: Media = {
      open: () => Object.assign(audio((events) => events.rated("good", quality)).open(), { remoteStream: stream }),
    };
    const host = { ...well, AudioContext: speaker("running", 0) };
    const { results } = await fly({ echo, host }, buildHouse({ media }));
    expect(find(results, "echo")).toMatchObject({ outcome: "warn", code: "SilentEcho", measured: { levelDbov: -127, mos: 4.2 } });
  });

  test("is a sign of a fault, and no call that met it: neither incident, report nor fleet counts it", async () => {
    const house = buildHouse();
    for (const carrier of [house.a, house.b]) carrier.fault({ kind: "reject", code: 503, methods: ["INVITE"] });
    await fly({ echo }, house);
    expect(house.entries("attempt:ended").length).toBeGreaterThan(0);
    expect(house.line.incidents).toMatchObject([{ callsAffected: 0, callsRefused: 0, callsSaved: 0, callsLost: 0 }]);
    const report = await house.line.report();
    expect(report).toMatchObject({ kpis: [], calls: [], attempts: [], callCounts: { placed: 0, affected: 0 } });
    const fleet = mergeReports([report], { generatedAtMs: Date.now() });
    expect(fleet).toMatchObject({ report: { kpis: [], callCounts: { placed: 0 } }, agents: [{ calls: 0, lost: 0 }] });

    // A customer's call counts beside it.
    house.line.call("+21671000001");
    await pass(1_000);
    const { kpis, calls } = await house.line.report();
    expect(kpis.map(({ attempts }) => attempts)).toEqual([1, 1]);
    expect(calls).toMatchObject([{ fate: "lost" }]);
  });

  test("that nobody answers is hung up", async () => {
    const house = buildHouse();
    for (const carrier of [house.a, house.b]) carrier.fault({ kind: "stall", after: 180 });
    const { results } = await fly({ echo }, house);
    expect(find(results, "echo")).toMatchObject({ outcome: "fail", code: "TimeoutError" });
    expect(house.line.calls).toEqual([]);
  });

  test("never goes to the emergency services", async () => {
    const house = buildHouse();
    const { results } = await fly({ echo: "112" }, house);
    expect(find(results, "echo")).toMatchObject({ outcome: "fail", code: "CallFailedError", measured: { refusal: "bad-number" } });
    expect(house.entries("attempt:started")).toEqual([]);
  });

  test("is not made while the agent is on a call, and makes way for one", async () => {
    const house = buildHouse({ media: audio(() => {}) });
    await house.open();
    const call = house.line.call("+21671000001");
    await pass(100);
    const onCall = await fly({ echo }, house);
    expect(find(onCall.results, "echo")).toMatchObject({ outcome: "skipped", code: "AgentBusy" });
    expect(call.state).toBe("answered");
    call.hangUp();
    await pass(1_000);

    const flown = preflight(house.line, { host: well, echo });
    await pass(3_000);
    const [echoed] = house.line.calls;
    const customers = house.line.call("+21671000002");
    await pass(60_000);
    expect(find(await flown, "echo")).toMatchObject({ outcome: "skipped", code: "AgentBusy" });
    expect([echoed?.state, customers.state]).toEqual(["ended", "answered"]);
    customers.hangUp();
    await pass(1_000);
  });
});
