import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { chromiumOrSkip, launchChromium } from "./chromium.ts";
import { type OpenPage, openPage } from "./page.ts";
import type { relayTalksEarly } from "./pages/webrtc.ts";
import { startTurn, turnOrSkip } from "./turn.ts";

/** Whether the first relay's ClientHello had come, and what the parties have of each other. */
type Heard = Awaited<ReturnType<typeof relayTalksEarly>>;

chromiumOrSkip("webrtc() in a real browser", () => {
  let browser: Browser;
  let page: OpenPage;

  beforeAll(async () => {
    browser = await launchChromium();
    page = await openPage(browser, "webrtc");
  });
  afterAll(async () => {
    expect(page.errors).toEqual([]);
    await browser.close();
  });

  it("asks for the microphone once, makes an offer with ICE credentials and a fingerprint of its own each time, and frees all on close()", async () => {
    const { offers, ...rest } = await page.run<{ offers: string[] }>("offersThrice()");
    for (const line of [/^a=ice-ufrag:(.+)$/m, /^a=fingerprint:(.+)$/m])
      expect(new Set(offers.map((offer) => line.exec(offer)?.[1])).size).toBe(3);
    for (const offer of offers) expect(offer).toMatch(/^v=0\r\n[^]*a=candidate:/);
    expect(rest).toEqual({ asked: 1, trackState: "ended", signalingState: "closed" });
  });

  it("leaves nothing open of ten attempts that failed, and withdraws nothing of a call that was answered", async () => {
    const { received, ...rest } = await page.run<{ received: number }>("failsTenTimes()");
    expect(rest).toEqual({ made: 12, left: 0, during: 1, after: 0 });
    expect(received).toBeGreaterThanOrEqual(20);
  });

  it.each([
    ["and still does", {}],
    ["until its offer is withdrawn", { isWithdrawn: true }],
  ])("has audio with the carrier that answers, though another's relay has talked to us before (%s)", async (_, how) => {
    const { isHeard, received, sent } = await page.run<Heard>(`relayTalksEarly(${JSON.stringify(how)})`);
    expect(isHeard).toBe(true);
    expect(Math.min(received, sent)).toBeGreaterThanOrEqual(20);
  });

  it("would have none if both had been given one offer", async () => {
    const { isHeard, received, sent } = await page.run<Heard>("relayTalksEarly({ isShared: true })");
    expect(isHeard).toBe(true);
    expect(Math.min(received, sent)).toBe(0);
  });

  it("leaves to the peer who begins with DTLS, in an offer from the next page too: one that begins itself refuses all else", async () => {
    expect(await page.run("pageFollows()")).toBe("active");
    expect(await page.run('pageFollows("active")')).toMatch(/Offerer must use current negotiated role/);
  });

  it("knows a pair of before an ICE restart that the relay did not go along with, and has audio on another connection", async () => {
    const { before, after, ...rest } = await page.run<{ before: number; after: number }>("restartChangesNothing()");
    expect(Math.min(before, after)).toBeGreaterThanOrEqual(20);
    expect(rest).toEqual({ isOutdatedBefore: false, isOutdated: true, isAnother: true, isOutdatedAfter: false });
  });

  it("carries audio both ways once the answer is applied; the next offer is another, with the same microphone", async () => {
    const result = await page.run<{ received: number; sent: number }>("callsOut()");
    expect(result.received).toBeGreaterThanOrEqual(20);
    expect(result.sent).toBeGreaterThanOrEqual(20);
    expect(result).toMatchObject({ tracks: ["audio"], remoteTracks: 1, asked: 1, isNextAnother: true });
  });

  it("answers an offer, and hears the caller", async () => {
    expect((await page.run<{ received: number }>("isCalled()")).received).toBeGreaterThanOrEqual(20);
  });

  it("passes the browser's own refusal through, and asks again the next time", async () => {
    expect(await page.run("isRefused()")).toEqual({ isSame: true, offer: expect.stringContaining("m=audio") });
  });

  it("gives up when the signal aborts, with its reason; what was got is kept", async () => {
    expect(await page.run("isAborted()")).toEqual({ reason: "Error: hung up", offer: expect.stringContaining("m=audio"), asked: 1 });
  });

  it("closed while the browser asks for the microphone, lets it go as soon as it has it", async () => {
    const why = "InvalidStateError: the media session was closed";
    expect(await page.run("closesDuringThePrompt()")).toEqual({ offered: why, afterwards: why, states: ["ended"] });
  });

  it("does not wait longer than it may for a STUN server that is mute", async () => {
    const { offer, tookMs } = await page.run<{ offer: string; tookMs: number }>("hasAMuteStunServer(300)");
    expect(offer).toContain("a=candidate:");
    expect(tookMs).toBeLessThan(1_500);
  });

  turnOrSkip("goes by the relay alone where it may go no other way, over an ICE restart too", async () => {
    const { port, close } = await startTurn();
    const servers = [{ urls: `turn:127.0.0.1:${port}`, username: "agent7", credential: "secret" }];
    try {
      const { before, after, ...rest } = await page.run<{ before: number; after: number }>(`goesByTheRelay(${JSON.stringify(servers)})`);
      expect(Math.min(before, after)).toBeGreaterThanOrEqual(20);
      expect(rest).toEqual({ candidates: [["relay"], ["relay"]], localCandidate: "relay" });
    } finally {
      await close();
    }
  });

  it("takes what gateways write, though the browser refuses the whole of it for one line", async () => {
    expect(await page.run("readsGateways()")).toEqual({ taken: ["bare line feeds"], refused: [] });
  });

  it("hears a gateway that answers with more than was offered", async () => {
    const { received, sent } = await page.run<{ received: number; sent: number }>("hearsAGateway()");
    expect(Math.min(received, sent)).toBeGreaterThanOrEqual(20);
  });

  it("refuses an answer that it cannot use, and keeps its offer", async () => {
    expect(await page.run("appliesNonsense()")).toEqual({
      early: "InvalidStateError: there was no offer",
      nonsense: expect.stringMatching(/^(OperationError|SyntaxError|InvalidAccessError): /),
      offerAfterwards: expect.stringContaining("a=candidate:"),
    });
  });
});
