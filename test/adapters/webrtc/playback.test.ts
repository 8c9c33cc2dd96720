/** The customer is heard: by which element, on which device, and what is said where the browser plays nothing. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { WebRtcOptions, WebRtcSession } from "../../../adapters/webrtc/index.ts";
import { never, ScriptedAudio, ScriptedConnection, ScriptedDevices, scriptedMedia, settle } from "./scripted-browser.ts";

const closing: WebRtcSession[] = [];
const [customer, other] = [{ of: "customer" }, { of: "other" }];
const element = (audio: ScriptedAudio) => audio as unknown as HTMLAudioElement;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("Audio", ScriptedAudio);
  ScriptedAudio.made = [];
  ScriptedAudio.isBlocked = false;
});
afterEach(() => {
  for (const session of closing.splice(0)) session.close();
  vi.unstubAllGlobals();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function browser(options?: WebRtcOptions) {
  const { media, open } = scriptedMedia(new ScriptedDevices("built-in"), options);
  return { media, ring: () => ring(open()) };
}

/** A call whose customer is heard as soon as it is answered. */
async function ring(session: WebRtcSession) {
  closing.push(session);
  const offer = await session.offer(never);
  const connection = ScriptedConnection.made.at(-1);
  const told: string[] = [];
  return {
    session,
    told,
    async answer(stream: object) {
      await session.applyAnswer("v=0", offer);
      session.watch({ lost() {}, restored() {}, rated() {}, microphone() {}, playback: (state) => told.push(state) });
      connection?.hears(stream);
      await settle();
    },
    async announce(stream: object) {
      await session.applyEarlyAnswer("v=0", offer);
      connection?.hears(stream);
      await settle();
    },
    fail: () => session.withdraw(offer),
  };
}

describe("what the customer says", () => {
  test("is played by an element of our own, not while the agent holds the call, and not after its end", async () => {
    const { session, told, answer } = await browser().ring();
    expect(ScriptedAudio.made).toEqual([]);
    await answer(customer);
    const [audio] = ScriptedAudio.made as [ScriptedAudio];
    expect([audio.plays, audio.autoplay]).toEqual([customer, true]);
    session.hold(true);
    expect([audio.plays, audio.srcObject]).toEqual([null, null]);
    session.hold(false);
    await settle();
    expect(audio.plays).toBe(customer);
    session.close();
    expect([audio.plays, audio.srcObject, audio.paused]).toEqual([null, null, true]);
    expect([ScriptedAudio.made.length, told]).toEqual([1, []]);
  });

  test("so is an announcement before the answer, until its attempt fails", async () => {
    const { announce, fail } = await browser().ring();
    await announce(customer);
    const [audio] = ScriptedAudio.made as [ScriptedAudio];
    expect(audio.plays).toBe(customer);
    fail();
    expect(audio.srcObject).toBe(null);
  });

  test("an announcement is not heard where the browser knows no provisional answer (Firefox), and nothing fails for it", async () => {
    const { announce, answer } = await browser().ring();
    const [connection] = ScriptedConnection.made.slice(-1) as [ScriptedConnection];
    connection.setRemoteDescription = async ({ type }) => {
      if (type === "pranswer") throw new DOMException("pranswer not yet implemented", "NotSupportedError");
    };
    await announce(customer);
    await answer(customer);
    expect(ScriptedAudio.made.at(-1)?.plays).toBe(customer);
  });

  test("is played by the page's element, which two calls share: it belongs to the one that was taken last", async () => {
    const audio = new ScriptedAudio();
    const { ring } = browser({ remoteAudio: element(audio) });
    const [first, second] = [await ring(), await ring()];
    await first.answer(customer);
    first.session.hold(true);
    await second.answer(other);
    expect(audio.plays).toBe(other);
    first.session.close();
    expect(audio.plays).toBe(other);
    second.session.close();
    expect([audio.plays, ScriptedAudio.made.length]).toEqual([null, 1]);
  });

  test("by the one that the page gives for the call; where that fails, by ours", async () => {
    const audio = new ScriptedAudio();
    const given = vi.fn(() => element(audio));
    const call = await browser({ remoteAudio: given }).ring();
    await call.answer(customer);
    expect([audio.plays, given.mock.calls]).toEqual([customer, [[call.session]]]);
    const failing = await browser({
      remoteAudio() {
        throw new TypeError("no element");
      },
    }).ring();
    await failing.answer(other);
    expect(ScriptedAudio.made.map(({ plays }) => plays)).toEqual([customer, other]);
  });

  test("by nobody where the page does it itself, or the browser has no audio", async () => {
    const own = await browser({ remoteAudio: false }).ring();
    await own.answer(customer);
    expect(await own.session.setSpeaker("desk")).toMatchObject({ ok: false, because: "unsupported" });
    vi.stubGlobal("Audio", undefined);
    await (await browser().ring()).answer(customer);
    expect(ScriptedAudio.made).toEqual([]);
  });

  test.each([7, null, {}])("an option that is no element is refused at once: %j", (remoteAudio) =>
    expect(() => browser({ remoteAudio: remoteAudio as unknown as false })).toThrow("webrtc(): remoteAudio"),
  );
});

describe("a browser that plays nothing before a click", () => {
  test("is told of once, and plays when a click says so", async () => {
    ScriptedAudio.isBlocked = true;
    const { session, told, answer } = await browser().ring();
    await answer(customer);
    expect(told).toEqual(["blocked"]);
    expect(await session.resumeAudio()).toMatchObject({ ok: false, because: "denied" });
    ScriptedAudio.isBlocked = false;
    expect(await session.resumeAudio()).toEqual({ ok: true });
    expect([told, ScriptedAudio.made[0]?.plays]).toEqual([["blocked", "playing"], customer]);
  });

  test("from an announcement on: told as soon as somebody listens", async () => {
    ScriptedAudio.isBlocked = true;
    const { told, announce, answer } = await browser().ring();
    await announce(customer);
    await answer(customer);
    expect(told).toEqual(["blocked"]);
  });

  test("while the call is held there is nothing to play", async () => {
    ScriptedAudio.isBlocked = true;
    const { session, answer } = await browser().ring();
    await answer(customer);
    session.hold(true);
    expect(await session.resumeAudio()).toEqual({ ok: true });
    expect(ScriptedAudio.made[0]?.plays).toBe(null);
  });

  test("what fails once the call is over is not told", async () => {
    ScriptedAudio.isBlocked = true;
    const { session, told, answer } = await browser().ring();
    const answered = answer(customer);
    session.close();
    await answered.catch(() => {});
    await settle();
    expect([told, ScriptedAudio.made]).toEqual([[], []]);
    expect(await session.resumeAudio()).toMatchObject({ ok: false, because: "ended" });
  });
});

describe("setSpeaker()", () => {
  test("plays there, before the answer too; one that is gone leaves all as it was", async () => {
    const { session, answer } = await browser().ring();
    expect(await session.setSpeaker("headset")).toEqual({ ok: true });
    await answer(customer);
    expect(await session.setSpeaker("gone")).toMatchObject({ ok: false, because: "not-found" });
    expect([ScriptedAudio.made[0]?.sinks, ScriptedAudio.made[0]?.plays]).toEqual([["headset"], customer]);
  });

  test("says where the browser cannot", async () => {
    const audio = Object.assign(new ScriptedAudio(), { setSinkId: undefined });
    const { ring } = browser({ remoteAudio: audio as unknown as HTMLAudioElement });
    expect(await (await ring()).session.setSpeaker("headset")).toMatchObject({ ok: false, because: "unsupported" });
  });

  test("for all calls: those under way and those to come", async () => {
    const { media, ring } = browser({ speaker: "desk" });
    const first = await ring();
    await first.answer(customer);
    expect(await media.setSpeaker("headset")).toEqual({ ok: true });
    expect(await media.setSpeaker("gone")).toMatchObject({ ok: false, because: "not-found" });
    await (await ring()).answer(other);
    expect(ScriptedAudio.made.map(({ sinks }) => sinks)).toEqual([["desk", "headset"], ["headset"]]);
  });

  test("of wishes that overlap the last one is the line's, whichever takes longest", async () => {
    const { media, ring } = browser();
    let come = () => {};
    ScriptedAudio.slow = new Promise((resolve) => (come = resolve));
    const wishes = [media.setSpeaker("slow"), media.setSpeaker("headset"), media.setSpeaker("gone")];
    expect(await wishes[1]).toEqual({ ok: true });
    come();
    await Promise.all(wishes);
    await (await ring()).answer(customer);
    expect(ScriptedAudio.made.at(-1)?.sinks).toEqual(["headset"]);
  });

  test("without a call too it is said whether there is such a device", async () => {
    const { media } = browser();
    expect(await media.setSpeaker("gone")).toMatchObject({ ok: false, because: "not-found" });
    expect(await media.setSpeaker("headset")).toEqual({ ok: true });
  });
});
