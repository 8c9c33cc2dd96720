import { describe, expect, test } from "vitest";
import { explainOnConsole } from "../../adapters/console/index.ts";
import { fileStore } from "../../adapters/file-store/index.ts";
import { http } from "../../adapters/http/index.ts";
import { indexedDb } from "../../adapters/indexeddb/index.ts";
import { otlp } from "../../adapters/otlp/index.ts";
import { preflight } from "../../adapters/preflight/index.ts";
import { sipjs } from "../../adapters/sipjs/index.ts";
import { tabs } from "../../adapters/tabs/index.ts";
import { webrtc } from "../../adapters/webrtc/index.ts";
import { createLinekeeper, noMedia } from "../../src/index.ts";

const url = "https://reports.example/line";
const trunk = { id: "a", carrier: "A", server: "wss://a.example", aor: "sip:x@a.example" };
const create = (trunks: unknown) => createLinekeeper({ crm: { vendor: "V" }, trunks, stack: sipjs(), media: noMedia() } as never);
const line = create([trunk]);

/** What an integrator may write, who has no compiler to say that it is wrong. */
const makers: Readonly<Record<string, (options: never) => unknown>> = {
  "sipjs()": sipjs,
  "webrtc()": webrtc,
  "tabs()": tabs,
  "indexedDb()": indexedDb,
  "http()": (options: object) => http({ url, ...options }),
  "otlp()": (options: object) => otlp({ url, ...options }),
  "explainOnConsole()": (options) => explainOnConsole(line, options),
  "preflight()": (options) => preflight(line, options),
};

const wrong: Readonly<Record<keyof typeof makers, readonly (readonly [options: object, field: string])[]>> = {
  "sipjs()": [
    [{ websocket: WebSocket }, "websocket"],
    [{ webSocket: "ws" }, "webSocket"],
    [{ maxFrameBytes: NaN }, "maxFrameBytes"],
    [{ connectTimeoutMs: -1 }, "connectTimeoutMs"],
    [{ instanceId: "desk 7" }, "instanceId"],
    [{ preemptiveAuthorization: "yes" }, "preemptiveAuthorization"],
  ],
  "webrtc()": [
    [{ iceServer: [] }, "iceServer"],
    [{ iceServers: {} }, "iceServers"],
    [{ iceServers: [null] }, "iceServers[0].urls"],
    [{ iceServers: [{ urls: ["stun:a", "https://a"] }] }, "iceServers[0].urls"],
    [{ iceTransportPolicy: "relays" }, "iceTransportPolicy"],
    [{ iceGatheringTimeoutMs: NaN }, "iceGatheringTimeoutMs"],
    [{ audio: "yes" }, "audio"],
    [{ microphone: 5 }, "microphone"],
    [{ remoteAudio: "#audio" }, "remoteAudio"],
    [{ poorBelowMos: 9 }, "poorBelowMos"],
    [{ audioSilentMs: "8000" }, "audioSilentMs"],
  ],
  "tabs()": [
    [{ name: "" }, "name"],
    [{ nmae: "x" }, "nmae"],
    [{ storage: {} }, "storage"],
    [{ locks: null }, "locks"],
  ],
  "indexedDb()": [
    [{ name: 5 }, "name"],
    [{ database: "x" }, "database"],
  ],
  "http()": [
    [{ header: {} }, "header"],
    [{ name: "" }, "name"],
    [{ gzip: "no" }, "gzip"],
    [{ credentials: "all" }, "credentials"],
    [{ fetch: url }, "fetch"],
  ],
  "otlp()": [
    [{ onReject: () => {} }, "onReject"],
    [{ onRejected: 1 }, "onRejected"],
    [{ resource: "x" }, "resource"],
    [{ signals: "logs" }, "signals"],
  ],
  "explainOnConsole()": [
    [{ debgu: true }, "debgu"],
    [{ debug: "yes" }, "debug"],
    [{ debug: true, console: {} }, "console"],
  ],
  "preflight()": [
    [{ trunks: "a" }, "trunks"],
    [{ iceServers: {} }, "iceServers"],
    [{ controls: { crm: url } }, "controls.crm"],
    [{ tokenExpiresAtMs: NaN }, "tokenExpiresAtMs"],
    [{ echo: "" }, "echo"],
    [{ language: 5 }, "language"],
    [{ language: ["fr", 5] }, "language[1]"],
    [{ onProgress: "show" }, "onProgress"],
    [{ signal: {} }, "signal"],
    [{ timeoutMs: -1 }, "timeoutMs"],
    [{ ech: "1" }, "ech"],
  ],
};

/** Thrown at once, or by the promise that it gives. */
const make = async (who: string, options: unknown) => makers[who]?.(options as never);

describe.each(Object.entries(wrong))("%s refuses at once, by one error that names the field", (who, cases) => {
  test.each(cases)("%j", async (options, field) => {
    await expect(make(who, options)).rejects.toMatchObject({
      code: "bad-config",
      message: expect.stringMatching(
        new RegExp(`^${`${who}: ${field}`.replace(/[()[\].]/g, "\\$&")} (must be|is not a known field|is missing|has no)`),
      ) as string,
    });
  });
});

test.each(["sipjs()", "webrtc()", "tabs()", "indexedDb()", "explainOnConsole()", "preflight()"])(
  "%s takes no null for options",
  async (who) => {
    await expect(make(who, null)).rejects.toThrow(`${who} must be an object, not null`);
  },
);

test.each([http, otlp])("an endpoint without options is refused so too", (endpoint) => {
  expect(() => endpoint(undefined as never)).toThrow("is missing");
});

test("a folder that is no text, and a line that is none", async () => {
  expect(() => fileStore("")).toThrow("fileStore(): folder must be a text that is not empty");
  await expect(preflight({} as never)).rejects.toThrow("preflight(): line has no probe()");
});

test.each([{ server: "wsss://a.example?token=secret" }, { server: "wsss://u:secret@a.example" }, { aor: "sip:x:secret@a.example" }])(
  "what is refused is shown without its secret: %j",
  (change) => expect(() => create([{ ...trunk, ...change }])).toThrow(/^(?!.*secret)trunks\[0\]\./),
);
