/** Where a call's STUN and TURN servers come from, with connections that only remember how they were made. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { webrtc, type WebRtcOptions } from "../../../adapters/webrtc/index.ts";
import type { MediaTroubles } from "../../../src/ports/media.ts";

const never = new AbortController().signal;
const turn = (credential: string) => [{ urls: "turn:turn.example", username: "agent7", credential }];

class Connection extends EventTarget {
  static made: Connection[] = [];
  iceGatheringState = "complete";
  connectionState = "new";
  signalingState = "stable";
  localDescription: { readonly type: string; readonly sdp: string } | null = null;
  readonly configurations: RTCConfiguration[] = [];

  constructor(configuration: RTCConfiguration) {
    super();
    this.setConfiguration(configuration);
    Connection.made.push(this);
  }

  setConfiguration(configuration: RTCConfiguration): void {
    if (this.signalingState === "closed") throw new DOMException("closed", "InvalidStateError");
    if (JSON.stringify(configuration).includes("no-url")) throw new DOMException("bad URL", "SyntaxError");
    this.configurations.push(configuration);
  }

  addTrack(): void {}
  getTransceivers = () => [];
  createOffer = async () => ({ type: "offer", sdp: `a=candidate:1 of connection ${Connection.made.indexOf(this)}` });
  setLocalDescription = async (described: { readonly type: string; readonly sdp: string }) => void (this.localDescription = described);
  setRemoteDescription = async () => {};
  close(): void {
    this.signalingState = "closed";
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  Connection.made = [];
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function open(options: WebRtcOptions) {
  const failed: unknown[] = [];
  const troubles: MediaTroubles = { iceServersFailed: (error) => failed.push((error as Error).name) };
  const session = webrtc({
    RTCPeerConnection: Connection as unknown as typeof RTCPeerConnection,
    getUserMedia: async () => ({ getTracks: () => [], getAudioTracks: () => [] }) as unknown as MediaStream,
    ...options,
  }).open(troubles);
  return { session, failed };
}

const servers = () => Connection.made.map(({ configurations }) => configurations.map(({ iceServers }) => iceServers));

test("a page without WebRTC is told as such, not as a mistake of ours", async () => {
  const session = webrtc({
    getUserMedia: async () => ({ getTracks: () => [], getAudioTracks: () => [] }) as unknown as MediaStream,
  }).open();
  await expect(session.offer(new AbortController().signal)).rejects.toMatchObject({ name: "NotSupportedError" });
  session.close();
});

describe("ICE servers", () => {
  test("are a list, with the policy that was asked for", async () => {
    const { session, failed } = open({ iceServers: turn("a"), iceTransportPolicy: "relay" });
    await session.offer(never);
    expect(Connection.made[0]?.configurations).toEqual([{ iceServers: turn("a"), iceTransportPolicy: "relay" }]);
    expect(failed).toEqual([]);
    session.close();
  });

  test("are asked for once for each call", async () => {
    const iceServers = vi.fn(async () => turn("a"));
    const { session } = open({ iceServers });
    await Promise.all([session.offer(never), session.offer(never)]);
    await session.offer(never);
    expect(iceServers).toHaveBeenCalledTimes(1);
    expect(servers()).toEqual([[turn("a")], [turn("a")], [turn("a")]]);
    session.close();
    const next = open({ iceServers }).session;
    await next.offer(never);
    expect(iceServers).toHaveBeenCalledTimes(2);
    next.close();
  });

  test("are asked for again when they have run out, by an ICE restart too", async () => {
    let asked = 0;
    const { session } = open({ iceServers: () => ({ iceServers: turn(`${++asked}`), ttlS: 60 }) });
    const offer = await session.offer(never);
    await session.applyAnswer("answer", offer);
    await session.restartOffer(never);
    expect(servers()).toEqual([[turn("1")]]);
    await vi.advanceTimersByTimeAsync(60_000);
    await session.restartOffer(never);
    expect(servers()).toEqual([[turn("1"), turn("2")]]);
    session.close();
  });

  test.each<[string, () => never, string]>([
    [
      "throws",
      () => {
        throw new RangeError("hush");
      },
      "RangeError",
    ],
    ["rejects", (() => Promise.reject(new RangeError("hush"))) as unknown as () => never, "RangeError"],
    ["gives no list", (() => "turn:x") as unknown as () => never, "TypeError"],
    ["gives nothing", (() => undefined) as unknown as () => never, "TypeError"],
    ["gives what the browser does not take", (() => [{ urls: "no-url" }]) as unknown as () => never, "SyntaxError"],
  ])("of a source that %s are none: told once, and the call goes on", async (_, iceServers, name) => {
    const { session, failed } = open({ iceServers });
    await session.offer(never);
    await session.offer(never);
    expect(servers()).toEqual([[[]], [[]]]);
    expect(failed).toEqual([name]);
    session.close();
  });

  test("of a source that hangs cost the call its bound, once; what comes late serves the next offer", async () => {
    let give = (_: RTCIceServer[]) => {};
    const { session, failed } = open({ iceServers: () => new Promise((resolve) => (give = resolve)), iceServersTimeoutMs: 1_000 });
    const offered = vi.fn();
    void session.offer(never).then(offered);
    await vi.advanceTimersByTimeAsync(999);
    expect(offered).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(offered).toHaveBeenCalledOnce();
    await session.offer(never);
    give(turn("late"));
    await vi.advanceTimersByTimeAsync(0);
    await session.offer(never);
    expect(servers().map(([given]) => given?.length ?? 0)).toEqual([0, 0, 1]);
    expect(failed).toEqual(["TimeoutError"]);
    session.close();
  });

  test("that the browser does not take cost themselves, and none of the others", async () => {
    const good = { urls: "stun:stun.example" };
    const bad = [{ urls: "no-url" }, { urls: 7 }, null, {}, { urls: [] }, { urls: "turn:no-url.example" }] as unknown as RTCIceServer[];
    let asked = 0;
    const { session, failed } = open({ iceServers: () => ({ iceServers: [...bad, good, ...turn(`${++asked}`)], ttlS: 60 }) });
    const offer = await session.offer(never);
    await session.applyAnswer("answer", offer);
    await vi.advanceTimersByTimeAsync(60_000);
    await session.restartOffer(never);
    expect(servers()).toEqual([
      [
        [good, ...turn("1")],
        [good, ...turn("2")],
      ],
    ]);
    expect(failed).toEqual(["SyntaxError"]);
    session.close();
  });

  test("that have run out go on being used while the source gives no others, for STUN asks for no credentials", async () => {
    let ask = async (): Promise<{ iceServers: RTCIceServer[]; ttlS: number }> => ({ iceServers: turn("first"), ttlS: 60 });
    const { session, failed } = open({ iceServers: () => ask(), iceServersTimeoutMs: 1_000 });
    await session.offer(never);
    ask = () => Promise.reject(new RangeError("hush"));
    await vi.advanceTimersByTimeAsync(60_000);
    await session.offer(never);
    ask = () => new Promise(() => {});
    for (let offer = 0; offer < 2; offer++) {
      const offered = session.offer(never);
      await vi.advanceTimersByTimeAsync(1_000);
      await offered;
    }
    expect(servers().flat()).toEqual([turn("first"), turn("first"), turn("first"), turn("first")]);
    expect(failed).toEqual(["RangeError"]);
    session.close();
  });

  test.each([Number.NaN, -1, 0, "soon"])("with %s s to live are asked for again, and serve", async (ttlS) => {
    const iceServers = vi.fn(() => ({ iceServers: turn("a"), ttlS: ttlS as number }));
    const { session, failed } = open({ iceServers });
    const offer = await session.offer(never);
    await session.applyAnswer("answer", offer);
    await session.restartOffer(never);
    expect([servers()[0]?.[0], iceServers.mock.calls.length, failed]).toEqual([turn("a"), 2, []]);
    session.close();
  });

  test("without TURN are told where the audio may go by nothing else", async () => {
    const { session, failed } = open({ iceServers: () => [{ urls: "stun:stun.example" }], iceTransportPolicy: "relay" });
    await session.offer(never);
    expect(failed).toEqual(["TypeError"]);
    session.close();
  });

  test("of a source that throws once are asked for again", async () => {
    let asked = 0;
    const { session } = open({
      iceServers() {
        if (++asked === 1) throw new RangeError("not yet");
        return turn("a");
      },
    });
    await session.offer(never);
    await session.offer(never);
    expect(servers()).toEqual([[[]], [turn("a")]]);
    session.close();
  });

  test("come after the call's own connection was closed: nothing is told of it", async () => {
    let give = (_: object) => {};
    let asked = 0;
    const { session, failed } = open({
      iceServers: () => (++asked === 1 ? { iceServers: turn("a"), ttlS: 0 } : (new Promise((resolve) => (give = resolve)) as never)),
    });
    const offer = await session.offer(never);
    await session.applyAnswer("answer", offer);
    const restarted = session.restartOffer(never).catch(() => {});
    Connection.made[0]?.close();
    await vi.advanceTimersByTimeAsync(0);
    give(turn("b"));
    await restarted;
    expect(failed).toEqual([]);
    session.close();
  });

  test("are waited for no longer than the call", async () => {
    const { session, failed } = open({ iceServers: () => new Promise(() => {}) });
    const offer = session.offer(never).catch((error: unknown) => (error as Error).name);
    await vi.advanceTimersByTimeAsync(100);
    session.close();
    expect(await offer).toBe("InvalidStateError");
    expect([failed, Connection.made]).toEqual([[], []]);
  });

  test.each<[object, RegExp]>([
    [{ iceServers: "turn:x" }, /iceServers must be a list, or a function/],
    [{ iceTransportPolicy: "none" }, /iceTransportPolicy must be "all" or "relay"/],
  ])("%j is refused by its name", (options, message) => expect(() => webrtc(options as WebRtcOptions)).toThrow(message));
});
