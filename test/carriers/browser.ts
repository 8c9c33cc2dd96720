/** The agent's browser, inside the agent's network: Chromium, or the Firefox of `npm run test:media -- --firefox`. */
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { launchChromium } from "../browser/chromium.ts";
import { launchFirefox, type FirefoxPage } from "../browser/firefox.ts";
import { openPage } from "../browser/page.ts";
import type { Namespace } from "./namespace.ts";
import { startSoundCard } from "./sound-card.ts";
import { tonesHz, wavOf } from "./tone.ts";

/** A page with a softphone. */
export type AgentPage = FirefoxPage;

/** Where pages are that share storage, locks and channels. */
interface AgentWindow {
  open(): Promise<AgentPage>;
  close(): Promise<void>;
}

export interface AgentBrowser extends AgentWindow {
  /** One whose pages share nothing with the others. */
  window(): Promise<AgentWindow>;
}

const isFirefox = process.env["LINEKEEPER_CARRIERS_BROWSER"] === "firefox";

/** The RTP payload type that it offers for telephone-event/8000. */
export const tonesType = isFirefox ? 101 : 126;

/**
 * What a call of the agent's waits for besides, ms: the carrier's relay begins the DTLS handshake as soon as it has the offer. Chromium keeps that
 * ClientHello until it has the answer; Firefox drops it, and the relay's next one comes after a second (RFC 6347 §4.2.4.1).
 */
export const handshakeMs = isFirefox ? 1_000 : 0;

/** @param chromium its path */
export const startBrowser = (network: Namespace, chromium: string, folder: string): Promise<AgentBrowser> =>
  isFirefox ? startFirefox(network, folder) : startChromium(network, chromium, folder);

async function startChromium(network: Namespace, chromium: string, folder: string): Promise<AgentBrowser> {
  const microphone = join(folder, "agent.wav");
  writeFileSync(microphone, wavOf(tonesHz.agent, 48_000));
  const starter = join(folder, "chromium");
  writeFileSync(starter, `#!/bin/sh\nexec ${network.entrance.join(" ")} ${chromium} "$@"\n`);
  chmodSync(starter, 0o755);
  const browser = await launchChromium({ starter, microphone });
  const open = async (where: Parameters<typeof openPage>[0]): Promise<AgentPage> => {
    const page = await openPage(where, "softphone", { isLocal: true });
    return { ...page, show: () => page.tab.bringToFront() };
  };
  return {
    open: () => open(browser),
    async window() {
      const context = await browser.newContext();
      return { open: () => open(context), close: () => context.close() };
    },
    close: () => browser.close(),
  };
}

/** Its microphone hums by itself. It plays nothing, and hears nothing of it, where there is no sound card. */
async function startFirefox(network: Namespace, folder: string): Promise<AgentBrowser> {
  const soundCard = await startSoundCard(folder);
  const browser = await launchFirefox({ network, soundCard: soundCard.address, microphoneHz: tonesHz.agent });
  const open = () => browser.open("softphone");
  return {
    open,
    window: async () => ({ open, close: async () => {} }),
    async close() {
      await browser.close();
      await soundCard.close();
    },
  };
}
