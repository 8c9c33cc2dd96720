/** What single hosts do besides the contract. */
import { describe, expect, test, vi } from "vitest";
import { postMessage, type EmbeddedPage } from "../../adapters/post-message/index.ts";
import { salesforce, type SalesforcePage } from "../../adapters/salesforce/index.ts";
import { attachHost, type CrmHost } from "../../src/crm/index.ts";
import type { ScriptPage } from "../../src/crm/host.ts";
import { buildHouse, pass, underFakeTime } from "../support/house.ts";
import { createFrame, crmOrigin } from "./rigs/frame.ts";

underFakeTime();

describe("post-message", () => {
  test.each(["*", "crm.example", "https://crm.example/", ""])("refuses the origin %j", (origin) => {
    expect(() => postMessage({ origin, host: createFrame("https://softphone.example/", () => {}).window })).toThrow(
      /^postMessage\(\): origin must be an origin/,
    );
  });

  test("hears its CRM and no other page", () => {
    const frame = createFrame("https://softphone.example/", () => {});
    const host = postMessage({ origin: crmOrigin, host: frame.window });
    const dial = vi.fn();
    host.open({ dial, hangUp: vi.fn(), failed: vi.fn() });

    frame.say({ linekeeper: 1, type: "dial", number: "1" }, "https://evil.example");
    frame.say({ type: "dial", number: "2" });
    for (const odd of [null, "dial", 7, { linekeeper: 1 }, { linekeeper: 1, type: "unheard of" }]) frame.say(odd);
    frame.say({ linekeeper: 1, type: "dial", number: "3" });

    expect(dial.mock.calls).toEqual([[{ number: "3", record: undefined }]]);
    host.close();
    expect(frame.listeners).toBe(0);
  });

  test("a page that is in no frame says so at once", async () => {
    const { window } = createFrame("https://softphone.example/", () => {});
    const page: EmbeddedPage = Object.assign(window, { parent: window as unknown as EmbeddedPage["parent"] });
    const house = buildHouse();
    const attached = attachHost(house.line, postMessage({ origin: crmOrigin, host: page }));
    await pass(10);
    expect(await attached.ready).toMatchObject({ ready: false, step: "handshake", error: { name: "NotEmbedded" } });
    attached.detach();
  });

  test("a log entry that the CRM never confirms is not waited for for ever", async () => {
    const host = postMessage({ origin: crmOrigin, logTimeoutMs: 2_000, host: createFrame("https://softphone.example/", () => {}).window });
    host.open({ dial: vi.fn(), hangUp: vi.fn(), failed: vi.fn() });
    const call = { id: "c1", direction: "out", number: "1", startedAtMs: 0, state: "ended", talkedMs: 0 } as const;
    const logged = expect(host.log(call)).rejects.toMatchObject({ name: "LogRefused" });
    await pass(2_000);
    await logged;
    host.close();
  });

  test("a session that runs out later goes on record", async () => {
    const frame = createFrame("https://softphone.example/", () => {});
    const house = buildHouse();
    const attached = attachHost(house.line, postMessage({ origin: crmOrigin, host: frame.window }));
    frame.say({ linekeeper: 1, type: "session-expired" });
    expect(house.entries("crm:failed")).toMatchObject([{ what: "post-message session", fault: { name: "SessionExpired" } }]);
    attached.detach();
    await house.line.close();
    await attached.ready;
  });
});

describe("a host's own script", () => {
  type Script = ReturnType<ScriptPage["createElement"]> & { onload: () => void; onerror: () => void };

  function page(load: (script: Script, page: { sforce?: SalesforcePage["sforce"] }) => void) {
    const own: { document: ScriptPage; sforce?: NonNullable<SalesforcePage["sforce"]> } = {
      document: {
        createElement: () => ({ src: "", onload: null, onerror: null, setAttribute: () => {} }),
        head: { append: (script: never) => queueMicrotask(() => load(script, own)) },
      },
    };
    return own;
  }
  const scriptUrl = "https://acme.my.salesforce.example/support/api/62.0/lightning/opencti_min.js";
  const firstStep = (host: CrmHost) => host.open({ dial: vi.fn(), hangUp: vi.fn(), failed: vi.fn() })[0];

  test("is loaded from where it is said to lie", async () => {
    let from = "";
    const host = page(({ src, onload }, own) => {
      from = src;
      own.sforce = { opencti: {} as never };
      onload();
    });
    await firstStep(salesforce({ scriptUrl, host }))?.run(new AbortController().signal);
    expect(from).toBe(scriptUrl);
  });

  test.each([
    ["cannot be loaded", page(({ onerror }) => onerror())],
    ["brings nothing", page(({ onload }) => onload())],
  ])("that %s is missing", async (_what, host) => {
    await expect(firstStep(salesforce({ scriptUrl, host }))?.run(new AbortController().signal)).rejects.toMatchObject({
      name: "ScriptMissing",
    });
  });
});

describe("a host that breaks", () => {
  const broken = () => {
    throw new RangeError("broken");
  };

  test("breaks nothing but itself", async () => {
    const house = buildHouse();
    await house.open();
    house.a.phone("+21671000001").answers({ hangUpAfterMs: 500 });
    const attached = attachHost(house.line, { name: "odd", open: () => [], tell: broken, log: broken, refuse: broken, close: broken });
    await attached.ready;

    const call = attached.call("+21671000001");
    const refused = attached.call("");
    await pass(2_000);

    expect((await call.ended).end).toBe("hung-up-there");
    expect((await refused.ended).refusal).toBe("bad-number");
    attached.detach();
    const failures = house.entries("crm:failed").map(({ what, fault }) => `${what}: ${fault.name ?? ""}`);
    const states = ["dialling", "ringing", "answered", "ended"].map(() => "odd call state: RangeError");
    expect(failures.toSorted()).toEqual(["odd call log: RangeError", ...states, "odd end: RangeError", "odd refusal: RangeError"]);
  });
});
