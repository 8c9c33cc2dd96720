import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { chromiumOrSkip, launchChromium } from "./chromium.ts";
import { openPage } from "./page.ts";
import { startTurn, turnOrSkip } from "./turn.ts";

/** They wait for sound and servers, each in a page of its own; but for what takes milliseconds. */
chromiumOrSkip("preflight() in a real browser", () => {
  let browser: Browser;
  beforeAll(async () => void (browser = await launchChromium()));
  afterAll(() => browser.close());

  it.concurrent("finds microphone, sound, WebRTC and trunk well", async () => {
    const page = await openPage(browser, "preflight");
    expect(await page.run("fails()")).toEqual([]);
    expect(page.errors).toEqual([]);
    await page.close();
  });

  it.concurrent("measures the microphone, and tells a relay that is not to be had", async () => {
    const page = await openPage(browser, "preflight");
    const { levelDbov, turn, stun } = await page.run<{ levelDbov: number; turn: { code: string; cause: string }; stun: string }>(
      "measured()",
    );
    // Chromium's own microphone beeps.
    expect(levelDbov).toBeGreaterThan(-50);
    expect(levelDbov).toBeLessThan(0);
    expect(turn).toMatchObject({ outcome: "fail", code: "NetworkError", cause: expect.stringContaining("relais") });
    expect(stun).toBe("NotConfigured");
    expect(page.errors).toEqual([]);
    await page.close();
  });

  turnOrSkip("reaches a STUN server where no NAT is on the way, a relay, and tells a password that is refused", async () => {
    const { port, close } = await startTurn();
    const page = await openPage(browser, "preflight");
    const at = (server: string, credential = "secret") => [{ urls: `${server}:127.0.0.1:${port}`, username: "agent7", credential }];
    const run = (servers: object, withinMs = 3_000) => page.run(`reaches(${JSON.stringify(servers)}, ${withinMs})`);
    try {
      expect(await run([...at("stun"), ...at("turn")])).toMatchObject([
        { check: "turn", outcome: "pass" },
        { check: "stun", outcome: "pass" },
      ]);
      expect(await run(at("turn", "another"))).toContainEqual({ check: "turn", outcome: "fail", code: "UnauthorizedError" });
    } finally {
      await close();
    }
    expect(await run(at("stun"), 1_000)).toContainEqual({ check: "stun", outcome: "fail", code: "NetworkError" });
    expect(page.errors).toEqual([]);
    await page.close();
  });

  it.concurrent("hears its own beep come back over the echo call, and tells silence", async () => {
    const page = await openPage(browser, "preflight");
    type Found = { echo: { measured: Record<string, number> } };
    const [heard, silent] = await Promise.all([page.run<Found>("echoes()"), page.run<Found>("echoes({ isMute: true })")]);
    expect(heard).toMatchObject({ echo: { outcome: "pass" }, calls: [], kpis: [] });
    expect(heard.echo.measured["levelDbov"]).toBeGreaterThan(-50);
    expect(heard.echo.measured["mos"]).toBeGreaterThan(4);
    expect(silent).toMatchObject({ echo: { outcome: "warn", code: "SilentEcho" } });
    expect(page.errors).toEqual([]);
    await page.close();
  });

  it.concurrent.each([
    ["is not served by https", { isInsecure: true }, "secure-context"],
    ["is in a frame that may not use the microphone", { inFrame: true }, "microphone-policy"],
  ])("says that the page %s: the CRM's configuration, not the agent's headset", async (_, where, check) => {
    const page = await openPage(browser, "preflight", where);
    expect(await page.run("refuses()")).toEqual({
      found: [`${check}: SecurityError`],
      call: { end: "refused", refusal: "media-failed", error: "SecurityError" },
      leader: "crm-config",
      evidence: ["page-may-not-use-microphone", "page-may-not-use-microphone"],
    });
    expect(page.errors).toEqual([]);
    await page.close();
  });

  it("says that the page's own security policy forbids the sockets, within milliseconds", async () => {
    const page = await openPage(browser, "preflight", { policy: "connect-src 'self'" });
    const { tookMs, ...found } = await page.run<{ tookMs: number }>("forbidden()");
    expect(found).toEqual({
      sockets: ["socket a: SecurityError", "socket b: SecurityError"],
      errors: ["connection SecurityError", "connection SecurityError"],
      verdict: "crm-config",
      tells: false,
    });
    // Far below any deadline of ours.
    expect(tookMs).toBeLessThan(1_000);
    expect(page.errors).toEqual([]);
    await page.close();
  });
});
