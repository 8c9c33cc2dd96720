/** Two carriers with media, real phones behind them, and a softphone in a real browser in front, on a network of its own. */
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, vi } from "vitest";
import type { Entry, FactType, Limits, Verdict } from "../../src/index.ts";
import type { SinceAnswer, SoftphoneOptions, Told } from "../browser/pages/softphone.ts";
import { findCarriers } from "../setup/carriers.mjs";
import { entriesOf } from "../support/entries.ts";
import { handshakeMs, startBrowser, tonesType, type AgentBrowser, type AgentPage } from "./browser.ts";
import { startCarrier, type Carrier } from "./carrier.ts";
import { startCustomer, type Customer, type Ringing } from "./customer.ts";
import { addresses, moveAgent, startNamespaces, type Namespace } from "./namespace.ts";
import { startPhone, type Phone } from "./phone.ts";
import { tonesHz } from "./tone.ts";

export { tonesHz } from "./tone.ts";

/** Linekeeper in its page. */
export interface Softphone {
  readonly user: string;
  run: AgentPage["run"];
  /** The page comes before the others of its window. */
  show(): Promise<void>;
  /** What the call told so far, in order. */
  told(): Promise<readonly string[]>;
  /** F5: the page that follows starts anew. */
  reload(): Promise<void>;
  /** The same, with the page's times in ms. */
  timed(): Promise<readonly Told[]>;
  entries<T extends FactType>(type: T): Promise<readonly Entry<T>[]>;
  /** The first entry of a type, once it is there. */
  entry<T extends FactType>(type: T, withinMs?: number): Promise<Entry<T>>;
  verdict(): Promise<Verdict | undefined>;
}

interface SoftphoneSettings {
  readonly limits?: Partial<Limits>;
  /** Whom B connects, where it is not the phone that was dialled. */
  readonly overB?: { readonly number: string };
  /** Its calls are gone on with after `reload()`. */
  readonly isResumed?: boolean;
}

export interface Stage {
  readonly a: Carrier;
  readonly b: Carrier;
  /** The agent's network. */
  readonly network: Namespace;
  /** A real phone, which answers at once. */
  phone(): Promise<Phone>;
  /** One that does what the test says. */
  customer(does?: (call: Ringing) => void | Promise<void>): Promise<Customer>;
  /** Drops all UDP at the agent, until the test is over. */
  blockUdp(): void;
  /** Loses so many of the UDP packets on their way to the agent, or to the carriers, until the test is over. */
  lose(percent: number, onTheWayTo: "agent" | "carriers"): void;
  /** Counts the packets of RTP events (RFC 4733) that come to the agent, until the test is over. */
  countTones(): () => number;
  /** The agent's computer gets another address, until the test is over. */
  moveAgent(): void;
  /** What happens in `ms` of a conversation is what is looked at: nothing tells that nothing happened. */
  observe(ms: number): Promise<void>;
  /** A softphone whose trunks are ready. */
  softphone(settings?: SoftphoneSettings): Promise<Softphone>;
  /** Two pages of one agent, in one browser. */
  tabs(): Promise<readonly [Softphone, Softphone]>;
}

const programs = findCarriers();
let lastUser = 0;

/** A `describe` on a stage of its own; skipped, with the reason in the name, where there can be none. */
export function onCarriers(name: string, tests: (stage: Stage) => void): void {
  const noNamespaces = process.getuid?.() === 0 ? undefined : "network namespaces need root";
  const missing = programs ? noNamespaces : "no usable Kamailio, rtpengine, baresip or Chromium found; npm test installs them where it can";
  const reason = process.env["LINEKEEPER_NO_CARRIERS"] ?? missing;
  // What is skipped is declared all the same, so that it is counted.
  if (reason !== undefined || !programs) return void describe.skip(`${name} (skipped: ${reason})`, () => tests({} as Stage));
  const { kamailio, rtpengine, baresip, chromium } = programs;

  describe(name, () => {
    let folder = "";
    let namespaces: Awaited<ReturnType<typeof startNamespaces>> | undefined;
    let carriers: readonly [Carrier, Carrier] | undefined;
    let browser: AgentBrowser | undefined;
    const pages: AgentPage[] = [];
    const atEnd: { close(): void | Promise<void> }[] = [];
    const up = <T>(what: T | undefined): T => {
      if (what === undefined) throw new Error("the stage is not up");
      return what;
    };

    async function open(
      where: Pick<AgentBrowser, "open">,
      user: string,
      { limits = {}, overB, isResumed = false }: SoftphoneSettings,
      isTab = false,
    ) {
      const page = await where.open();
      const [a, b] = up(carriers);
      const options: SoftphoneOptions = {
        trunks: [
          { id: "A", server: a.url, aor: `sip:${user}@a.example` },
          { id: "B", server: b.url, aor: `sip:${user}@b.example`, ...(overB && { target: `sip:${overB.number}@b.example` }) },
        ],
        limits,
        isTab,
        isResumed,
      };
      pages.push(page);
      const start = () => page.run(`start(${JSON.stringify(options)})`);
      await start();
      // The trunks of a page that is not the telephone rest.
      if (!isTab || (await page.run("telephone()")) === "here") await becomes(() => page.run("ready()"), [true, true]);
      const reload = async () => {
        await page.reload();
        await start();
      };
      return { ...softphoneOf(page, user), reload };
    }

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "linekeeper-carriers-"));
      namespaces = await startNamespaces(folder);
      const carrier = (domain: string, address: string, index: number) =>
        startCarrier({ kamailio, rtpengine, namespace: up(namespaces).carriers, folder, domain, address, index });
      const started = Promise.all([carrier("a.example", addresses.a, 0), carrier("b.example", addresses.b, 1)]);
      browser = await startBrowser(namespaces.agent, chromium, folder);
      carriers = await started;
    });
    afterEach(async ({ task }) => {
      for (const page of pages.splice(0)) {
        await page.run("close()");
        const journal = await page.run<readonly Entry[]>("journal()");
        if (task.result?.state === "fail" && !task.fails) console.log(journal.map((entry) => JSON.stringify(entry)).join("\n"));
        const violations = entriesOf(journal, "transition:violated");
        await page.close();
        expect({ violations, errors: page.errors }).toEqual({ violations: [], errors: [] });
      }
      for (const each of atEnd.splice(0)) await each.close();
      for (const carrier of carriers ?? []) await carrier.recover();
    });
    afterAll(async () => {
      await browser?.close();
      for (const namespace of Object.values(namespaces ?? {})) await namespace.close();
      rmSync(folder, { recursive: true });
      if (figures.length > 0) console.log(figures.splice(0).join("\n"));
    });

    tests({
      get a() {
        return up(carriers)[0];
      },
      get b() {
        return up(carriers)[1];
      },
      get network() {
        return up(namespaces).agent;
      },
      async phone() {
        const phone = await startPhone(baresip, up(namespaces).carriers, folder);
        atEnd.push(phone);
        return phone;
      },
      async customer(does) {
        const customer = await startCustomer(up(namespaces).carriers, does);
        atEnd.push(customer);
        return customer;
      },
      blockUdp() {
        const { agent } = up(namespaces);
        for (const chain of ["INPUT", "OUTPUT"]) agent.run("iptables", "-A", chain, "-p", "udp", "-j", "DROP");
        atEnd.push({ close: () => void agent.run("iptables", "-F") });
      },
      lose(percent, onTheWayTo) {
        const { run } = up(namespaces)[onTheWayTo];
        // What is lost where it arrives has been sent in earnest; a firewall where it leaves would give the sender an error.
        const some = ["-m", "statistic", "--mode", "random", "--probability", String(percent / 100)];
        run("iptables", "-A", "INPUT", "-i", "cable", "-p", "udp", ...some, "-j", "DROP");
        atEnd.push({ close: () => void run("iptables", "-F") });
      },
      countTones() {
        const { run } = up(namespaces).agent;
        // SRTP's header is in the clear (RFC 3711 §3.1): RTP's version, and the type that the browser has for telephone-event/8000.
        run("iptables", "-A", "INPUT", "-p", "udp", "-m", "u32", "--u32", `0>>22&0x3C@8>>16&0xC07F=0x80${tonesType.toString(16)}`);
        atEnd.push({ close: () => void run("iptables", "-F") });
        return () => Number(/(\d+) +\d+ .*u32/.exec(run("iptables", "-nvxL", "INPUT"))?.[1]);
      },
      moveAgent() {
        atEnd.push({ close: moveAgent(up(namespaces).agent) });
      },
      observe: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      softphone: (settings = {}) => open(up(browser), `agent${++lastUser}`, settings),
      async tabs() {
        const user = `agent${++lastUser}`;
        const context = await up(browser).window();
        atEnd.push(context);
        return [await open(context, user, {}, true), await open(context, user, {}, true)];
      },
    });
  });
}

function softphoneOf(page: AgentPage, user: string): Omit<Softphone, "reload"> {
  const timed = () => page.run<readonly Told[]>("events()");
  const entries: Softphone["entries"] = async (type) => entriesOf(await page.run<readonly Entry[]>("journal()"), type);
  return {
    user,
    run: (expression) => page.run(expression),
    show: page.show,
    timed,
    told: async () => (await timed()).map(({ what }) => what),
    entries,
    entry: (type, withinMs) =>
      vi.waitFor(async () => {
        const [found] = await entries(type);
        if (!found) throw new Error(`no ${type} in the journal`);
        return found;
      }, bound(withinMs)),
    verdict: () => page.run("verdict()"),
  };
}

/**
 * From the answer to its first packet, ms, in any call. No measure of speed, which failover.test.ts and the bench take of many calls: what
 * comes later has had to wait for the second try of a handshake (DTLS: 1 s, RFC 6347 §4.2.4.1), which a Firefox that calls always has to.
 */
export const firstPacketWithinMs = 900 + handshakeMs;

/**
 * Waits for them to hear each other in a page that has taken the call over, ms. The relay's first ClientHello goes to the page before, the second
 * came 1.2 to 1.9 s later: of fourteen reloads it took 1.3 to 2.1 s (docs/audio.md#why-a-reload-waits-for-a-second-try).
 */
export const takenOverWithinMs = 3_000;

const bound = (timeout = 10_000) => ({ timeout, interval: 20 });

/** Waits until `read` gives `wanted`. */
export const becomes = (read: () => unknown, wanted: unknown, withinMs?: number): Promise<void> =>
  vi.waitFor(async () => expect(await read()).toEqual(wanted), bound(withinMs));

/** Waits until each hears the other's tone: by its frequency. */
export async function hearEachOther(
  softphone: Softphone,
  phone: { readonly heardHz: number },
  withinMs = 2_000 + handshakeMs,
): Promise<void> {
  await vi.waitFor(async () => {
    const heardHz = { agent: await softphone.run<number>("heardHz()"), customer: phone.heardHz };
    // The bins of the page's FFT are 6 Hz wide.
    expect(heardHz).toEqual({ agent: expect.closeTo(tonesHz.customer, -1), customer: expect.closeTo(tonesHz.agent, -1) });
  }, bound(withinMs));
}

/** Who hears whom of these, by their tones; 0 for silence. */
export const hears = async (softphone: Softphone, ...customers: readonly { readonly heardHz: number }[]): Promise<readonly number[]> => {
  const heard = [await softphone.run<number>("heardHz()"), ...customers.map(({ heardHz }) => heardHz)];
  // The bins of the page's FFT are 6 Hz wide.
  return heard.map((hz) => Object.values(tonesHz).find((tone) => Math.abs(tone - hz) < 5) ?? hz);
};

/** Dials a real phone over A, until they hear each other. */
export async function talk(stage: Stage, settings?: SoftphoneSettings): Promise<{ readonly softphone: Softphone; readonly phone: Phone }> {
  const [phone, softphone] = await Promise.all([stage.phone(), stage.softphone(settings)]);
  await softphone.run(`dial("${phone.number}")`);
  await becomes(softphone.told, ["ringing A", "answered A"]);
  await hearEachOther(softphone, phone);
  return { softphone, phone };
}

/** A call over A to a phone that is in the test's hands. */
export async function callCustomer(stage: Stage, how?: "mutely") {
  const calls: Ringing[] = [];
  const customer = await stage.customer((ringing) => {
    calls.push(ringing);
    ringing.answer(how);
  });
  const softphone = await stage.softphone();
  await softphone.run(`dial("${customer.number}")`);
  await becomes(softphone.told, ["answered A"]);
  const [ringing] = calls;
  if (!ringing) throw new Error("nobody called");
  return { customer, softphone, ringing };
}

/** Waits until the agent was told `times` that nobody is heard. @returns whose fault that is, and the codes of what speaks for it. */
export async function toldNoAudio(softphone: Softphone, times = 1) {
  await becomes(async () => (await softphone.told()).filter((what) => what.startsWith("no-audio")).length, times, 20_000);
  const verdict = await softphone.verdict();
  return { leader: verdict?.leader, trunkId: verdict?.trunkId, reasons: verdict?.reasonsFor.map(({ code }) => code) };
}

/** Nothing was found to be wrong with the audio, nor mended. */
export async function isQuiet(softphone: Softphone): Promise<void> {
  expect(await softphone.entries("audio:lost")).toEqual([]);
  expect(await softphone.entries("audio:restarted")).toEqual([]);
  expect(await softphone.entries("listener:failed")).toEqual([]);
}

const figures: string[] = [];

/** What was measured, printed at the end. */
export const figure = (text: string): void => void figures.push(text);

/** Where the bench has the times of answered calls written, a line of JSON each. */
const timesFile = process.env["LINEKEEPER_AUDIO_TIMES"];

/** The answered call's times, printed at the end. @returns them. */
export async function timesOf(softphone: Softphone, what: string): Promise<SinceAnswer & { readonly setupMs: number }> {
  const { setupMs } = await softphone.entry("call:answered");
  const since = await softphone.run<SinceAnswer>("sinceAnswer()");
  if (timesFile) appendFileSync(timesFile, `${JSON.stringify({ what, setupMs, ...since })}\n`);
  const ms = (value: number | undefined) => (value === undefined ? "never" : `${Math.round(value)} ms`);
  figures.push(
    `${what}: set-up ${ms(setupMs)}; from the answer to the first packet ${ms(since.firstPacketMs)}, to a sound ${ms(since.audibleMs)}`,
  );
  return { setupMs, ...since };
}
