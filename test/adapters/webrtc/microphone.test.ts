/** Another microphone under a call: chosen by the agent, or because the one before was pulled out. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { webrtc, type WebRtcOptions, type WebRtcSession } from "../../../adapters/webrtc/index.ts";
import { never, ScriptedConnection, ScriptedDevices, scriptedMedia, settle } from "./scripted-browser.ts";

const closing: WebRtcSession[] = [];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  for (const session of closing.splice(0)) session.close();
  vi.unstubAllGlobals();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

/** A call with one offer made, and one made ahead. */
async function call(devices: ScriptedDevices, options?: WebRtcOptions) {
  const { media, open } = scriptedMedia(devices, options);
  const session = open();
  closing.push(session);
  await session.offer(never);
  await session.offer(never);
  const told: string[] = [];
  session.watch({
    lost() {},
    restored() {},
    rated() {},
    microphone: (state, fellBackTo) => told.push(fellBackTo ? `${state} ${fellBackTo}` : state),
    playback() {},
  });
  return { media, session, told, sent: () => ScriptedConnection.made.map(({ sent }) => sent) };
}

describe("setMicrophone()", () => {
  test("sends the other one on every connection, offers made ahead too, and stops the one before", async () => {
    const devices = new ScriptedDevices("built-in", "headset");
    const { session, sent } = await call(devices);
    expect(sent()).toEqual(["built-in", "built-in"]);
    expect(await session.setMicrophone("headset")).toEqual({ ok: true });
    await session.offer(never);
    expect(sent()).toEqual(["headset", "headset", "headset"]);
    expect(devices.live).toEqual(["headset"]);
    expect(session.localStream?.getAudioTracks()).toEqual([devices.tracks[1]]);
  });

  test.each([
    ["mute", (session: WebRtcSession, on: boolean) => session.mute(on)],
    ["hold", (session: WebRtcSession, on: boolean) => session.hold(on)],
  ])("is as quiet as the one before: %s", async (_, hush) => {
    const devices = new ScriptedDevices("built-in", "headset");
    const { session } = await call(devices);
    hush(session, true);
    await session.setMicrophone("headset");
    expect(devices.tracks[1]?.enabled).toBe(false);
    hush(session, false);
    expect(devices.tracks[1]?.enabled).toBe(true);
  });

  test("leaves off what the page has switched off", async () => {
    const devices = new ScriptedDevices("built-in", "headset");
    const { session } = await call(devices);
    if (devices.tracks[0]) devices.tracks[0].enabled = false;
    session.mute(true);
    await session.setMicrophone("headset");
    session.mute(false);
    expect(devices.tracks[1]?.enabled).toBe(false);
  });

  test.each([
    ["not-found", "gone", () => {}],
    ["denied", "headset", (devices: ScriptedDevices) => (devices.isDenied = true)],
    [
      "failed",
      "headset",
      () => {
        const [, second] = ScriptedConnection.made;
        if (second) second.refusal = new DOMException("no", "InvalidModificationError");
      },
    ],
  ])("leaves all as it was, and says so: %s", async (because, deviceId, spoil) => {
    const devices = new ScriptedDevices("built-in", "headset");
    const { session, sent } = await call(devices);
    spoil(devices);
    expect(await session.setMicrophone(deviceId)).toMatchObject({ ok: false, because, error: expect.any(DOMException) });
    expect(sent()).toEqual(["built-in", "built-in"]);
    expect(devices.live).toEqual(["built-in"]);
  });

  test("takes no id that is none", async () => {
    const { session } = await call(new ScriptedDevices("built-in"));
    expect(await session.setMicrophone(undefined as unknown as string)).toMatchObject({ ok: false, because: "failed" });
  });

  test("of two the last counts", async () => {
    const devices = new ScriptedDevices("built-in", "headset", "table");
    const { session, sent } = await call(devices);
    const both = [session.setMicrophone("headset"), session.setMicrophone("table")];
    expect(await Promise.all(both)).toEqual([{ ok: true }, { ok: true }]);
    expect([sent(), devices.live]).toEqual([["table", "table"], ["table"]]);
  });

  test("while the browser still asks for the first, waits for that answer", async () => {
    const devices = new ScriptedDevices("built-in", "headset");
    let grant = () => {};
    devices.prompt = new Promise((resolve) => (grant = resolve));
    const session = scriptedMedia(devices).open();
    closing.push(session);
    const offered = session.offer(never);
    const set = session.setMicrophone("headset");
    grant();
    expect(await set).toEqual({ ok: true });
    await offered;
    expect([ScriptedConnection.made[0]?.sent, devices.live]).toEqual(["headset", ["headset"]]);
  });

  test("no track outlives the call: not the one in use, nor one that the browser gives when it is over", async () => {
    const devices = new ScriptedDevices("built-in", "headset");
    const { session } = await call(devices);
    let grant = () => {};
    devices.prompt = new Promise((resolve) => (grant = resolve));
    const set = session.setMicrophone("headset");
    await settle();
    session.close();
    expect(await set).toMatchObject({ ok: false, because: "ended" });
    expect(devices.live).toEqual([]);
    grant();
    await settle();
    expect(devices.tracks.map(({ deviceId, readyState }) => `${deviceId} ${readyState}`)).toEqual(["built-in ended", "headset ended"]);
  });
});

describe("for all calls", () => {
  test("the calls to come begin with it, and one that is gone costs no call", async () => {
    const devices = new ScriptedDevices("built-in", "headset");
    const { media, sent } = await call(devices, { microphone: "headset" });
    expect(sent()).toEqual(["headset", "headset"]);
    expect(await media.setMicrophone("built-in")).toEqual({ ok: true });
    expect(sent()).toEqual(["built-in", "built-in"]);
    devices.plug("headset");
    const next = media.open();
    closing.push(next);
    await next.offer(never);
    expect(sent()[2]).toBe("headset");
  });

  test("where one under way cannot have it, the calls to come do not get it", async () => {
    const devices = new ScriptedDevices("built-in", "headset");
    const { media } = await call(devices);
    expect(await media.setMicrophone("gone")).toMatchObject({ ok: false, because: "not-found" });
    devices.plug("built-in", "headset", "gone");
    const next = media.open();
    closing.push(next);
    await next.offer(never);
    expect(devices.live).toEqual(["built-in", "built-in"]);
  });

  test("of ten wishes at once the last one counts", async () => {
    const devices = new ScriptedDevices("built-in", "headset", "table");
    const { media } = await call(devices);
    const ten = Array.from({ length: 10 }, (_, place) => media.setMicrophone(place % 2 === 0 ? "headset" : "table"));
    expect(await Promise.all(ten)).toEqual(ten.map(() => ({ ok: true })));
    expect(devices.live).toEqual(["table"]);
  });

  test("a call that rings takes it when it is answered, and opens nothing before", async () => {
    const devices = new ScriptedDevices("built-in", "headset");
    const { media, open } = scriptedMedia(devices);
    const ringing = open();
    closing.push(ringing);
    await media.setMicrophone("headset");
    expect(devices.tracks).toEqual([]);
    await ringing.offer(never);
    expect(devices.live).toEqual(["headset"]);
  });

  test("an option that is no device's id is refused at once", () =>
    expect(() => scriptedMedia(new ScriptedDevices(), { microphone: 7 as unknown as string })).toThrow("webrtc(): microphone"));
});

describe("a microphone that is pulled out", () => {
  test("is followed by the next one, as muted as it was", async () => {
    const devices = new ScriptedDevices("headset", "built-in");
    const { session, told, sent } = await call(devices);
    session.mute(true);
    devices.pullOut("headset");
    await settle();
    expect([sent(), told]).toEqual([["built-in", "built-in"], ["lost another"]]);
    expect(devices.tracks.at(-1)?.enabled).toBe(false);
  });

  test("by the one that the line has, where it is there", async () => {
    const devices = new ScriptedDevices("built-in", "table", "headset");
    const { session, sent } = await call(devices, { microphone: "table" });
    await session.setMicrophone("headset");
    devices.pullOut("headset");
    await settle();
    expect(sent()).toEqual(["table", "table"]);
  });

  test("where there is none the agent is told, and the next that is plugged in is taken", async () => {
    const devices = new ScriptedDevices("headset");
    const { told, sent } = await call(devices);
    devices.pullOut("headset");
    await settle();
    expect(told).toEqual(["lost none"]);
    devices.plug();
    await settle();
    devices.plug("headset");
    devices.plug("headset");
    await vi.advanceTimersByTimeAsync(500);
    expect([sent(), devices.live, told]).toEqual([["headset", "headset"], ["headset"], ["lost none"]]);
    devices.pullOut("headset");
    await vi.advanceTimersByTimeAsync(500);
    expect(told).toEqual(["lost none", "lost none"]);
  });

  test("a hundred changes a second are looked at twice, and the last of them is not missed", async () => {
    const devices = new ScriptedDevices("headset");
    const { told, sent } = await call(devices);
    devices.pullOut("headset");
    await settle();
    devices.asked = 0;
    for (let change = 0; change < 1_000; change++) {
      devices.plug();
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(devices.asked).toBeGreaterThan(1);
    expect(devices.asked).toBeLessThanOrEqual(21);
    devices.plug("headset");
    await vi.advanceTimersByTimeAsync(500);
    expect([sent(), devices.live, told]).toEqual([["headset", "headset"], ["headset"], ["lost none"]]);
  });

  test("a plug that is loose burns nothing: each loss is told, twice a second at most", async () => {
    const devices = new ScriptedDevices("headset");
    const { told } = await call(devices);
    devices.asked = 0;
    for (let change = 0; change < 500; change++) {
      devices.tracks.at(-1)?.pullOut();
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(new Set(told)).toEqual(new Set(["lost another"]));
    expect([devices.asked, told.length].every((times) => times >= 10 && times <= 11)).toBe(true);
    expect(devices.live.length).toBeLessThanOrEqual(1);
  });

  test("while the browser asks for another the agent is told, once, and may choose; what comes late is let go", async () => {
    const devices = new ScriptedDevices("headset", "built-in", "table");
    const { session, told, sent } = await call(devices);
    let grant = () => {};
    devices.prompt = new Promise((resolve) => (grant = resolve));
    devices.pullOut("headset");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(told).toEqual(["lost none"]);
    devices.prompt = undefined;
    const set = session.setMicrophone("table");
    await vi.advanceTimersByTimeAsync(8_000);
    expect(await set).toEqual({ ok: true });
    grant();
    await settle();
    expect([sent(), devices.live, told]).toEqual([["table", "table"], ["table"], ["lost none"]]);
  });

  test("what the browser gives late is taken where nobody has asked for another", async () => {
    const devices = new ScriptedDevices("headset", "built-in");
    const { told, sent } = await call(devices);
    let grant = () => {};
    devices.prompt = new Promise((resolve) => (grant = resolve));
    devices.pullOut("headset");
    await vi.advanceTimersByTimeAsync(60_000);
    grant();
    await settle();
    expect([sent(), devices.live, told]).toEqual([["built-in", "built-in"], ["built-in"], ["lost none"]]);
  });

  test("before the browser has given it is followed like any other, and no wish is granted by it", async () => {
    const devices = new ScriptedDevices("built-in", "headset");
    const { session, told, sent } = await call(devices);
    devices.isVanishing = true;
    expect(await session.setMicrophone("headset")).toMatchObject({ ok: false, because: "not-found" });
    expect([sent(), devices.live, told]).toEqual([["built-in", "built-in"], ["built-in"], []]);
    devices.pullOut("built-in");
    await settle();
    expect(told).toEqual(["lost none"]);
    devices.isVanishing = false;
    devices.plug("headset");
    await vi.advanceTimersByTimeAsync(500);
    expect([sent(), devices.live]).toEqual([["headset", "headset"], ["headset"]]);
  });

  test("while the phone rings, is told when somebody answers", async () => {
    const devices = new ScriptedDevices("headset", "built-in");
    devices.isVanishing = true;
    const session = scriptedMedia(devices).open();
    closing.push(session);
    await session.offer(never);
    await settle();
    devices.isVanishing = false;
    devices.plug("headset", "built-in");
    await vi.advanceTimersByTimeAsync(500);
    const told: unknown[] = [];
    const listen = () =>
      session.watch({ lost() {}, restored() {}, rated() {}, playback() {}, microphone: (...how) => void told.push(how) });
    const stop = listen();
    await settle();
    // There was none at first.
    expect([told, devices.live]).toEqual([[["lost", "another"]], ["headset"]]);
    // Another conversation of the same call: that of before ends when the new one listens already.
    listen();
    stop();
    devices.pullOut("headset");
    await vi.advanceTimersByTimeAsync(500);
    expect(told).toHaveLength(2);
  });

  test("while the agent chooses another, that one is it", async () => {
    const devices = new ScriptedDevices("headset", "built-in", "table");
    const { session, told, sent } = await call(devices);
    const set = session.setMicrophone("table");
    devices.pullOut("headset");
    expect(await set).toEqual({ ok: true });
    await settle();
    expect([sent(), devices.live, told]).toEqual([["table", "table"], ["table"], ["lost another"]]);
  });

  test("once the call is over nothing is opened", async () => {
    const devices = new ScriptedDevices("headset");
    const { session, told } = await call(devices);
    devices.pullOut("headset");
    await settle();
    session.close();
    devices.plug("headset");
    await settle();
    expect([devices.tracks.length, told]).toEqual([1, ["lost none"]]);
  });
});

describe("a page that may have no microphone", () => {
  const blocked = () => Promise.reject(new DOMException("Permission denied", "NotAllowedError"));
  const askedOn = (page: object, options: WebRtcOptions = {}) => {
    for (const [name, value] of Object.entries(page)) vi.stubGlobal(name, value);
    const session = webrtc(options).open();
    closing.push(session);
    return session.offer(never);
  };
  const policy = (allows: boolean) => ({ featurePolicy: { allowsFeature: () => allows } });

  test.each([
    ["not by https: there is not even whom to ask", { isSecureContext: false, navigator: {} }, {}, "SecurityError"],
    [
      "a frame without it, which a browser tells as if the agent had blocked it",
      { document: policy(false) },
      { getUserMedia: blocked },
      "SecurityError",
    ],
    [
      "one that may: the agent has blocked it",
      { isSecureContext: true, document: policy(true) },
      { getUserMedia: blocked },
      "NotAllowedError",
    ],
    ["a browser without any", { isSecureContext: true, navigator: {} }, {}, "NotSupportedError"],
  ])("%s", async (_, page, options, name) => {
    await expect(askedOn(page, options)).rejects.toMatchObject({ name });
  });
});
