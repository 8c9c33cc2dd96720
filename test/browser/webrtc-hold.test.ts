import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { chromiumOrSkip, launchChromium } from "./chromium.ts";
import { type OpenPage, openPage } from "./page.ts";

interface Measured {
  readonly received: number;
  readonly sent: number;
  readonly hasSound: boolean;
  readonly direction: string;
}

/** Opus sends 50 packets a second, and a machine that is busy some fewer. */
const flows = expect.toSatisfy((packets: number) => packets > 30, "packets flow");

const talks = { received: flows, sent: flows, hasSound: true, direction: "sendrecv" };

/** They wait for audio to flow, and one page has room for all of them. */
chromiumOrSkip("webrtc() holds, mutes and sends digits in a real browser", () => {
  let browser: Browser;
  let page: OpenPage;

  beforeAll(async () => {
    browser = await launchChromium();
    page = await openPage(browser, "hold");
  });
  afterAll(async () => {
    expect(page.errors).toEqual([]);
    await browser.close();
  });

  it.concurrent(
    "holds: silence leaves, nothing comes, also over an ICE restart and another connection; and nobody is alarmed",
    async () => {
      const { found, ...measured } = await page.run<Record<string, Measured> & { found: string[] }>("agentHolds()");
      const held = { received: 0, sent: flows, hasSound: false, direction: "sendonly" };
      expect(measured).toEqual({
        before: talks,
        atOnce: { ...talks, hasSound: false },
        held,
        restarted: held,
        moved: held,
        back: talks,
      });
      expect(found).toEqual([]);
    },
  );

  it.concurrent("is held: music is heard, the microphone is not sent; and both may hold", async () => {
    const { found, ...measured } = await page.run<Record<string, Measured> & { found: string[] }>("customerHolds()");
    expect(measured).toMatchObject({
      there: { received: flows, sent: 0, direction: "recvonly" },
      both: { received: 0, sent: 0, direction: "inactive" },
      here: { received: 0, sent: flows, hasSound: false, direction: "sendonly" },
      back: talks,
    });
    expect(found).toEqual([]);
  });

  it.concurrent("hears and is heard after a call that began on hold", async () => {
    const { found, ...measured } = await page.run<Record<string, Measured> & { found: string[] }>("beginsOnHold()");
    expect(measured).toMatchObject({ held: { received: flows, sent: 0, direction: "recvonly" }, back: talks });
    expect(found).toEqual([]);
  });

  it.concurrent("goes on with who takes the far end's place, held as it was, and as it was with who gives up", async () => {
    const { found, ...measured } = await page.run<Record<string, unknown> & { found: string[] }>("isReplaced()");
    const held = { received: 0, sent: flows, hasSound: false, direction: "sendonly" };
    expect(measured).toEqual({ isUntouched: true, isAnother: true, stays: talks, held, back: talks });
    expect(found).toEqual([]);
  });

  it.concurrent("goes on by another codec, with no video though it is offered, and over a hold of the old kind", async () => {
    const { found, ...measured } = await page.run<Record<string, unknown> & { found: string[] }>("customerChanges()");
    expect(measured).toEqual({
      codecs: ["audio/opus", "audio/PCMU"],
      ...{ video: "inactive", heard: ["audio"] },
      otherCodec: talks,
      withVideo: talks,
      oldHold: { received: flows, sent: 0, hasSound: expect.any(Boolean), direction: "recvonly" },
      back: talks,
    });
    expect(found).toEqual([]);
  });

  it.concurrent("mutes by the track, over whatever becomes of connection and hold", async () => {
    const { found, ...measured } = await page.run<Record<string, unknown> & { found: string[] }>("agentMutes()");
    const muted = { ...talks, hasSound: false };
    expect(measured).toEqual({ muted, still: muted, open: talks, isOffByPage: true });
    expect(found).toEqual([]);
  });

  it.concurrent("sends digits as RTP events where the peer agreed to them, muted or not", async () => {
    expect(await page.run("sendsTones(true)")).toEqual({ taken: true, whileMuted: true, played: ["5", "", "6", ""] });
    expect(await page.run("sendsTones(false)")).toEqual({ taken: false, whileMuted: false, played: [] });
  });
});
