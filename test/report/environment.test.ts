import { expect, test } from "vitest";
import { microphoneKindOf } from "../../adapters/webrtc/microphone-kind.ts";
import type { Facts } from "../../src/journal.ts";
import { buildReport, renderHtml, renderMarkdown, renderText } from "../../src/report/index.ts";
import { fr } from "../../src/report/languages/fr.ts";
import { begin, script } from "./journals.ts";

const mozilla = "Mozilla/5.0";
const gecko = "AppleWebKit/537.36 (KHTML, like Gecko)";

test.each([
  [`${mozilla} (Windows NT 10.0; Win64; x64) ${gecko} Chrome/148.0.0.0 Safari/537.36 Edg/148.0.0.0`, "Edge/148", "Windows"],
  [`${mozilla} (Windows NT 10.0; Win64; x64) ${gecko} Chrome/148.0.0.0 Safari/537.36 OPR/120.0.0.0`, "Opera/120", "Windows"],
  [`${mozilla} (X11; CrOS x86_64 14541.0.0) ${gecko} Chrome/148.0.0.0 Safari/537.36`, "Chrome/148", "Chrome OS"],
  [`${mozilla} (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0`, "Firefox/150", "Linux"],
  [`${mozilla} (Linux; Android 10; K) ${gecko} Chrome/148.0.0.0 Mobile Safari/537.36`, "Chrome/148", "Android"],
  [
    `${mozilla} (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15`,
    "Safari/18",
    "macOS",
  ],
  [
    `${mozilla} (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Mobile/15E148 Safari/604.1`,
    "Safari/18",
    "iOS",
  ],
  ["Node.js/24", undefined, undefined],
])("%s", (runtime, browser, os) => {
  const environment = { sdk: "0.1.0", crm: { vendor: "Medina CRM" }, runtime };
  const started: Facts["session:started"] = { dateMs: 0, environment, trunks: [] };
  const report = buildReport([{ seq: 0, atMs: 0, type: "session:started", ...started }], undefined, { generatedAtMs: 0 });
  expect(report.environment?.browser).toBe(browser);
  expect(report.environment?.os).toBe(os);
});

test("client hints come first; codec, way and microphone are those of the calls, each once; support reads all of it", () => {
  const day = script();
  begin(day);
  const rated = { callId: "c1", trunkId: "a", level: "good", mos: 4.3, lossPercent: 0, jitterMs: 2, codec: "PCMA" } as const;
  const path = { ice: "connected", local: "relay", remote: "host", wasConnected: true, flows: "both" } as const;
  day.at(1_000, "audio:rated", { ...rated, microphone: "bluetooth", path });
  day.at(2_000, "audio:rated", { ...rated, microphone: "headset", path: { ...path, local: "host" } });
  day.at(3_000, "audio:rated", { ...rated, microphone: "headset", path });
  const report = buildReport(day.entries(), undefined, { generatedAtMs: 0 });
  expect(report.environment).toEqual({
    sdk: "0.1.0",
    crm: { vendor: "Medina CRM", version: "8.4", site: "Tunis 2", agentId: "agent-0042", ticket: "CASE-77" },
    runtime: "Chrome 148",
    browser: "Google Chrome/148",
    os: "Windows",
    network: { type: "wifi", effectiveType: "4g" },
    codecs: ["PCMA"],
    candidatePairs: [
      { local: "relay", remote: "host" },
      { local: "host", remote: "host" },
    ],
    microphones: ["bluetooth", "headset"],
  });
  for (const render of [renderText, renderMarkdown, renderHtml]) {
    const text = render(report).replace(/\s+/g, " ");
    for (const told of ["agent-0042", "CASE-77", "Windows", "wifi", "PCMA", "relay – host, host – host", "Bluetooth, headset"])
      expect(text).toContain(told);
  }
  expect(renderText(report, { language: fr })).toContain("Bluetooth, casque");
});

test.each([
  ["Amira’s AirPods Pro", "bluetooth"],
  ["Headset (Jabra Evolve 65 Hands-Free AG Audio)", "bluetooth"],
  ["Default - Headset Microphone (Plantronics Blackwire 3220 Series) (047f:c056)", "headset"],
  ["Micro-casque (Logi USB Headset H340)", "headset"],
  ["Microphone (HD Pro Webcam C920)", "webcam"],
  ["MacBook Pro Microphone (Built-in)", "built-in"],
  ["Microphone Array (Realtek(R) Audio)", "built-in"],
  ["Built-in Audio Analog Stereo", "built-in"],
  ["Fake Default Audio Input", "other"],
  ["", "other"],
] as const)("%s is a microphone of the kind %s", (label, kind) => {
  expect(microphoneKindOf(label)).toBe(kind);
});
