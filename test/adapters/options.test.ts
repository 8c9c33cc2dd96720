import { afterEach, describe, expect, test, vi } from "vitest";
import { explainOnConsole } from "../../adapters/console/index.ts";
import { dynamics } from "../../adapters/dynamics/index.ts";
import { fileStore } from "../../adapters/file-store/index.ts";
import { http } from "../../adapters/http/index.ts";
import { hubspot } from "../../adapters/hubspot/index.ts";
import { indexedDb } from "../../adapters/indexeddb/index.ts";
import { otlp } from "../../adapters/otlp/index.ts";
import { postMessage } from "../../adapters/post-message/index.ts";
import { preflight } from "../../adapters/preflight/index.ts";
import { salesforce } from "../../adapters/salesforce/index.ts";
import { sipjs } from "../../adapters/sipjs/index.ts";
import { resumeInTab, tabs } from "../../adapters/tabs/index.ts";
import { webrtc } from "../../adapters/webrtc/index.ts";
import { zendesk } from "../../adapters/zendesk/index.ts";
import { attachHost } from "../../src/crm/index.ts";
import { createLinekeeper, noMedia } from "../../src/index.ts";

const url = "https://reports.example/line";
const trunk = { id: "a", carrier: "A", server: "wss://a.example", aor: "sip:x@a.example" };
const create = (trunks: unknown) => createLinekeeper({ crm: { vendor: "V" }, trunks, stack: sipjs(), media: noMedia() } as never);
const line = create([trunk]);

/** These options, and what else is needed; getters stay what they are. */
const filled = <T extends object>(needed: T, options: object) =>
  Object.defineProperties({ ...needed }, Object.getOwnPropertyDescriptors(options)) as T;

/** What an integrator may write, who has no compiler to say that it is wrong. */
const makers: Readonly<Record<string, (options: never) => unknown>> = {
  "sipjs()": sipjs,
  "webrtc()": webrtc,
  "tabs()": tabs,
  "resumeInTab()": resumeInTab,
  "indexedDb()": indexedDb,
  "http()": (options: object) => http(filled({ url }, options)),
  "otlp()": (options: object) => otlp(filled({ url }, options)),
  "explainOnConsole()": (options) => explainOnConsole(line, options),
  "preflight()": (options: object | null) =>
    preflight(
      line,
      options === null ? (options as never) : filled({ signal: AbortSignal.abort(), timeoutMs: 1, asksForMicrophone: false }, options),
    ),
  "attachHost()": (options) => attachHost(line, salesforce({ host: {} }), options),
  "hubspot()": (options: object) => hubspot(filled({ load: () => Promise.reject(new Error("not loaded here")) }, options)),
  "salesforce()": salesforce,
  "dynamics()": dynamics,
  "zendesk()": (options: object) => zendesk(filled({ appId: 7, ownNumber: "+21670000000" }, options)),
  "postMessage()": (options: object) => postMessage(filled({ origin: "https://crm.example" }, options)),
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
    [{ iceServers: [{ urls: [] }] }, "iceServers[0].urls"],
    [{ iceServers: [{ urls: "stun://a" }] }, "iceServers[0].urls"],
    [{ iceServers: [{ urls: "stun:a?transport=udp" }] }, "iceServers[0].urls"],
    [{ iceServers: [{ urls: "stun:a" }, { urls: "turn:a" }] }, "iceServers[1].username"],
    [{ iceServers: [{ urls: ["stun:a", "turns:a?transport=tcp"], username: "x" }] }, "iceServers[0].credential"],
    [{ iceServers: [{ urls: "turn:a", username: "", credential: "x" }] }, "iceServers[0].username"],
    [{ iceTransportPolicy: "relay" }, "iceTransportPolicy"],
    [{ iceTransportPolicy: "relay", iceServers: [{ urls: "stun:a" }] }, "iceTransportPolicy"],
    [{ poorBelowMos: 4 }, "poorBelowMos"],
    [{ poorBelowMos: 2.5, goodAboveMos: 2.4 }, "poorBelowMos"],
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
  "resumeInTab()": [
    [{ name: "" }, "name"],
    [{ storage: {} }, "storage"],
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
    [{ resource: { "service.name": NaN } }, "resource.service.name"],
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
  "attachHost()": [
    [{ critical: "no" }, "critical"],
    [{ timeoutMs: 0 }, "timeoutMs"],
    [{ onCall: {} }, "onCall"],
    [{ timeout: 5 }, "timeout"],
  ],
  "hubspot()": [
    [{ load: undefined }, "load"],
    [{ portalId: "4711" }, "portalId"],
    [{ ownNumber: 21670000000 }, "ownNumber"],
  ],
  "salesforce()": [
    [{ needs: "/reqGeneralInfo/reqAdapterUrl" }, "needs"],
    [{ scriptURL: "x" }, "scriptURL"],
  ],
  "dynamics()": [
    [{ organisationUrl: "example.crm.dynamics.com" }, "organisationUrl"],
    [{ needs: [""] }, "needs[0]"],
  ],
  "zendesk()": [
    [{ appId: undefined }, "appId"],
    [{ appId: "7" }, "appId"],
    [{ ownNumber: "" }, "ownNumber"],
    [{ load: {} }, "load"],
  ],
  "postMessage()": [
    [{ origin: "*" }, "origin"],
    [{ origin: undefined }, "origin"],
    [{ logTimeoutMs: Infinity }, "logTimeoutMs"],
  ],
};

/** Thrown at once, or by the promise that it gives. */
const make = async (who: string, options: unknown) => makers[who]?.(options as never);

describe.each(Object.entries(wrong))("%s refuses at once, by one error that names the field", (who, cases) => {
  test.each(cases)("%j", async (options, field) => {
    await expect(make(who, options)).rejects.toMatchObject({
      code: "bad-config",
      message: expect.stringMatching(
        new RegExp(
          `^${`${who}: ${field}`.replace(/[()[\].]/g, "\\$&")} (must be|is not a known field|is missing|has no|is [\\d.]+, more than|is "relay", but)`,
        ),
      ) as string,
    });
  });
});

// ── Every option there is, by what is never right ─────────────────────────────────────────────────

const trunkOf = (given: object) => create([filled(trunk, given)]);
const lineOf = (given: object) =>
  createLinekeeper(filled({ crm: { vendor: "V" }, trunks: [trunk], stack: sipjs(), media: noMedia() }, given));

/** What is nested in a configuration, and the configuration itself. */
const nested: Readonly<Record<string, (fields: never) => unknown>> = {
  "": lineOf,
  crm: (fields: object) => lineOf({ crm: filled({ vendor: "V" }, fields) }),
  "trunks[0]": trunkOf,
  "trunks[0].credentials": (fields: object) => trunkOf({ credentials: filled({ password: "secret" }, fields) }),
  "routes[0]": (fields: object) => lineOf({ routes: [filled({ name: "local", prefixes: ["+216"] }, fields)] }),
  limits: (limits) => lineOf({ limits }),
  privacy: (privacy) => lineOf({ privacy }),
  reporting: (reporting) => lineOf({ reporting }),
  fleet: (fields: object) => lineOf({ fleet: filled({ agents: 10, registrationsPerS: 10 }, fields) }),
  priors: (priors) => lineOf({ priors }),
};

const everything = [
  ...Object.entries(makers).map(([who, maker]) => ({ who, maker, prefix: `${who}: ` })),
  ...Object.entries(nested).map(([who, maker]) => ({ who: who || "createLinekeeper()", maker, prefix: who && `${who}.` })),
];

/** What is said of these options: undefined where they are taken. */
async function saidOf(maker: (options: never) => unknown, options: object): Promise<string | undefined> {
  try {
    await maker(options as never);
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ code: "bad-config" });
    return (error as Error).message;
  }
}

/** The refusal of a name that there is not lists those that there are: an option that comes later is tried too. */
const fieldsOf = async (maker: (options: never) => unknown): Promise<readonly string[]> =>
  /known are (.*) \[bad-config\]/.exec((await saidOf(maker, { "?": 1 })) ?? "")?.[1]?.split(", ") ?? [];

/** What must be given, of whatever has a field of that name. */
const needed = new Set(
  "load appId ownNumber origin url crm trunks stack media vendor id carrier server aor password name prefixes agents registrationsPerS".split(
    " ",
  ),
);
const neverRight = { null: null, NaN, "a symbol": Symbol("x"), "a bigint": 1n, "a date": new Date(NaN) };
/** Fields that look at nothing but that there is an object, or hold a secret that is looked at with the whole. */
const takesAnyObject = new Set(["salesforce(): host", "dynamics(): host", "postMessage(): host", "preflight(): host", "webrtc(): audio"]);

describe.each(everything)("$who", ({ maker, prefix }) => {
  afterEach(() => void vi.restoreAllMocks());

  test("takes what is frozen, and `undefined` for what may be left out", async () => {
    expect(await saidOf(maker, Object.freeze({}))).toBeUndefined();
    for (const field of await fieldsOf(maker)) {
      const said = await saidOf(maker, { [field]: undefined });
      if (said !== undefined)
        expect([field, needed.has(field), said]).toEqual([field, true, expect.stringMatching(startOf(prefix, field))]);
    }
  });

  test.each(Object.entries(neverRight))("takes %s for none of its options", async (_, value) => {
    const fields = await fieldsOf(maker);
    expect(fields).not.toEqual([]);
    for (const field of fields) {
      if (value instanceof Date && takesAnyObject.has(prefix + field)) continue;
      expect((await saidOf(maker, { [field]: value })) ?? `${prefix}${field} was taken`).toMatch(startOf(prefix, field));
    }
  });

  test("names the option that cannot even be read", async () => {
    for (const field of await fieldsOf(maker)) {
      const said = await saidOf(maker, Object.defineProperty({}, field, { enumerable: true, get: () => raise(new RangeError("secret")) }));
      expect(said).toMatch(startOf(prefix, field));
      expect(said).not.toContain("secret");
    }
  });
});

/** How a refusal begins; of a secret it may be told by the object that holds it. */
const startOf = (prefix: string, field: string) =>
  new RegExp(`^${(field === "password" ? prefix.slice(0, -1) : prefix + field).replace(/[()[\].]/g, "\\$&")}\\b`);

function raise(error: Error): never {
  throw error;
}

test.each(Object.keys(makers).filter((who) => !["http()", "otlp()", "hubspot()", "zendesk()", "postMessage()"].includes(who)))(
  "%s takes no null for options",
  async (who) => {
    await expect(make(who, null)).rejects.toThrow(`${who} must be an object, not null`);
  },
);

test.each([http, otlp, hubspot, zendesk, postMessage])("$name() without options is refused so too", (endpoint) => {
  expect(() => (endpoint as (options: never) => unknown)(undefined as never)).toThrow(/^\w+\(\) is missing \[bad-config\]$/);
});

test("a folder that is no text, and a line that is none", async () => {
  expect(() => fileStore("")).toThrow("fileStore(): folder must be a text that is not empty");
  await expect(preflight({} as never)).rejects.toThrow("preflight(): line has no probe()");
  expect(() => attachHost(line, {} as never)).toThrow("attachHost(): host has no open(); pass hubspot()");
  expect(() => attachHost({} as never, salesforce({ host: {} }))).toThrow("attachHost(): line has no call()");
  expect(() => explainOnConsole(undefined as never, { debug: true })).toThrow("explainOnConsole(): line is missing");
});

test.each([{ server: "wsss://a.example?token=secret" }, { server: "wsss://u:secret@a.example" }, { aor: "sip:x:secret@a.example" }])(
  "what is refused is shown without its secret: %j",
  (change) => expect(() => create([{ ...trunk, ...change }])).toThrow(/^(?!.*secret)trunks\[0\]\./),
);
