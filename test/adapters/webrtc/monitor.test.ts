/** What listens for lost audio comes when it is loaded; and where it is not, that is told, and the call goes on. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { webrtc } from "../../../adapters/webrtc/index.ts";
import { never, ScriptedConnection, ScriptedDevices, scriptedMedia } from "./scripted-browser.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.doUnmock("../../../adapters/webrtc/monitor.ts");
  vi.resetModules();
  vi.unstubAllGlobals();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const deaf = { lost() {}, restored() {}, rated() {}, microphone() {}, playback() {} };

async function answered(open: () => ReturnType<ReturnType<typeof webrtc>["open"]>) {
  const session = open();
  await session.applyAnswer("v=0", await session.offer(never));
  return session;
}

test("the counters of an answered call are read once a second until it is over", async () => {
  const session = await answered(scriptedMedia(new ScriptedDevices("built-in")).open);
  const getStats = vi.spyOn(ScriptedConnection.made.at(-1) as ScriptedConnection, "getStats");
  const stop = session.watch(deaf);
  await vi.dynamicImportSettled();
  await vi.advanceTimersByTimeAsync(2_500);
  expect(getStats).toHaveBeenCalledTimes(3);
  stop();
  await vi.advanceTimersByTimeAsync(2_500);
  expect(getStats).toHaveBeenCalledTimes(3);
  session.close();
});

test("a browser that never says what a connection counted is asked again", async () => {
  const session = await answered(scriptedMedia(new ScriptedDevices("built-in")).open);
  const getStats = vi.spyOn(ScriptedConnection.made.at(-1) as ScriptedConnection, "getStats");
  getStats.mockReturnValueOnce(new Promise(() => {}));
  const stop = session.watch(deaf);
  await vi.dynamicImportSettled();
  await vi.advanceTimersByTimeAsync(6_500);
  expect(getStats).toHaveBeenCalledTimes(2);
  stop();
  session.close();
});

test("a call that is over before it is loaded is not watched", async () => {
  const session = await answered(scriptedMedia(new ScriptedDevices("built-in")).open);
  const getStats = vi.spyOn(ScriptedConnection.made.at(-1) as ScriptedConnection, "getStats");
  session.watch(deaf);
  session.close();
  await vi.dynamicImportSettled();
  await vi.advanceTimersByTimeAsync(2_500);
  expect(getStats).not.toHaveBeenCalled();
});

test("where it cannot be loaded that is told, and the call goes on", async () => {
  vi.resetModules();
  vi.doMock("../../../adapters/webrtc/monitor.ts", () => Promise.reject(new TypeError("gone")));
  const anew = await import("../../../adapters/webrtc/index.ts");
  const told: unknown[] = [];
  scriptedMedia(new ScriptedDevices("built-in"));
  const media = anew.webrtc({ RTCPeerConnection: ScriptedConnection as unknown as typeof RTCPeerConnection });
  const session = await answered(() => media.open({ iceServersFailed() {}, unwatched: (error) => told.push(error) }));
  const stop = session.watch(deaf);
  await vi.dynamicImportSettled();
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toEqual([expect.any(Error)]);
  expect(session.path).toBeUndefined();
  session.mute(true);
  stop();
  session.close();
});
