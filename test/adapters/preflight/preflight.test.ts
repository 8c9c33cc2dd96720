import { describe, expect, test, vi } from "vitest";
import { preflight, type CheckResult, type PreflightHost, type PreflightOptions } from "../../../adapters/preflight/index.ts";
import { systemClock } from "../../../src/clock.ts";
import { diagnose } from "../../../src/diagnosis/verdict.ts";
import { buildHouse, pass, underFakeTime } from "../../support/house.ts";

underFakeTime();

const track = { stop: vi.fn() };
const stream = { getTracks: () => [track], getAudioTracks: () => [track] } as unknown as MediaStream;

/** A connection that finds these candidates, then none any more. */
const connectionFinding = (...candidates: string[]) =>
  class extends EventTarget {
    addTransceiver() {}
    async createOffer() {
      return {};
    }
    async setLocalDescription() {
      for (const candidate of [...candidates, undefined])
        this.dispatchEvent(Object.assign(new Event("icecandidate"), { candidate: candidate === undefined ? null : { candidate } }));
    }
    close() {}
  } as unknown as NonNullable<PreflightHost["RTCPeerConnection"]>;

const speaker = (state: AudioContextState) =>
  class {
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
  RTCPeerConnection: connectionFinding("candidate:1 1 udp 1 192.0.2.1 1 typ srflx"),
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

const failed = (results: readonly CheckResult[]) => results.filter(({ passed }) => !passed).map(({ check, error }) => [check, error]);

test("all well: every check passes, the microphone is let go, and no call is held back", async () => {
  const { house, results } = await fly({ iceServers: [{ urls: "stun:stun.example" }], tokenExpiresAtMs: Date.now() + 3_600_000 });
  expect(failed(results)).toEqual([]);
  expect(results.map(({ check }) => check)).toEqual([
    "secure-context",
    "microphone-policy",
    "microphone",
    "audio-output",
    "autoplay",
    "webrtc",
    "ice-servers",
    "token",
    "socket A",
    "registration A",
    "socket B",
    "registration B",
    "clock",
  ]);
  expect(track.stop).toHaveBeenCalled();
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
    ["no device at all", { host: devices({ enumerateDevices: async () => [] }) }, "audio-output", "NotFoundError", "agent-device"],
    ["sound not allowed yet", { host: { ...well, AudioContext: speaker("suspended") } }, "autoplay", "NotAllowedError", "agent-device"],
    [
      "no STUN server answers",
      {
        iceServers: [{ urls: "stun:x" }],
        host: { ...well, RTCPeerConnection: connectionFinding("candidate:1 1 udp 1 10.0.0.1 1 typ host") },
      },
      "ice-servers",
      "NetworkError",
      "local-network",
    ],
    ["a token that ran out", { tokenExpiresAtMs: 0 }, "token", "ExpiredError", "crm-init"],
  ])("%s", async (_, options, check, error, domain) => {
    const { house, results } = await fly(options);
    expect(failed(results)).toContainEqual([check, error]);
    expect(diagnose(house.line.journal).leader).toBe(domain);
    expect(house.entries("stage:failed").every(({ critical }) => !critical)).toBe(true);
  });

  test("no WebRTC: what needs it is not tried", async () => {
    const { RTCPeerConnection: _, ...host } = well;
    const { results, house } = await fly({ host, iceServers: [{ urls: "stun:x" }] });
    expect(failed(results).map(([check]) => check)).toEqual(["webrtc", "ice-servers"]);
    expect(house.entries("stage:failed").map(({ fault }) => fault.kind)).toEqual(["threw", "blocked"]);
  });
});

test("trunks: a socket that opens and a registration that is refused are told apart", async () => {
  const house = buildHouse();
  house.a.fault({ kind: "reject", code: 403, methods: ["REGISTER"] });
  house.b.fault({ kind: "refuse" });
  const { results } = await fly({}, house);
  expect(failed(results).map(([check]) => check)).toEqual(["registration A", "socket B", "registration B", "clock"]);
});

test("a clock that is off by more than a minute", async () => {
  const clock = { ...systemClock, dateMs: () => systemClock.dateMs() - 90_000 };
  const { results } = await fly({}, buildHouse({}, { clock }));
  expect(failed(results)).toEqual([["clock", "ClockSkewError"]]);
});

test("the agent need not be asked for the microphone", async () => {
  const getUserMedia = vi.fn();
  const { results } = await fly({ asksForMicrophone: false, host: devices({ getUserMedia }) });
  expect(getUserMedia).not.toHaveBeenCalled();
  expect(failed(results)).toEqual([]);
});

test("on a host without any of it nothing throws", async () => {
  const { results } = await fly({ host: {}, iceServers: [] });
  expect(failed(results).map(([check]) => check)).toEqual([
    "secure-context",
    "microphone",
    "audio-output",
    "autoplay",
    "webrtc",
    "ice-servers",
  ]);
});
