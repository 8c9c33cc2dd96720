/** What a journal and a report know of whom a call is with: what `privacy` names, and no more. */
import { createHmac } from "node:crypto";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { PrivacyConfig } from "../../src/config.ts";
import { renderHtml, renderMarkdown, renderText, troubleTicket } from "../../src/report/index.ts";
import { redactReport } from "../../adapters/cli/redaction/report.ts";
import { buildHouse, pass, trunkA, underFakeTime } from "../support/house.ts";

underFakeTime();
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const called = "+21671123456";
const caller = "+21698765432";
const key = "of this deployment alone";
const digest = (number: string) => createHmac("sha256", key).update(number).digest("hex").slice(0, 16);

/**
 * One call each way on a line with this privacy, and the same number once more as people dial it at home.
 * @param identified so many calls are waited for: WebCrypto answers in its own time.
 */
async function talk(privacy: PrivacyConfig, identified: number) {
  const house = buildHouse({ privacy });
  await house.open();
  house.a.fault({ kind: "reject", methods: ["INVITE"], code: 503 });
  for (const number of [called, "071 123 456"]) {
    const call = house.line.call(number);
    await pass(2_000);
    call.hangUp();
    await pass(500);
  }
  house.a.call("agent7", { from: caller, headers: [`P-Asserted-Identity: "Amira Ben Salah" <sip:${caller}@a.example>`] });
  await pass(50);
  await vi.dynamicImportSettled();
  await vi.waitUntil(() => house.entries("call:identified").length === identified);
  const report = await house.line.report();
  const outputs = [
    JSON.stringify(house.line.journal),
    JSON.stringify(report),
    ...[renderText, renderMarkdown, renderHtml].flatMap((render) =>
      (["agent", "support", "carrier", "public"] as const).map((audience) => render(report, { audience })),
    ),
    JSON.stringify(troubleTicket(report)),
  ];
  return { ...house, report, outputs, text: outputs.join("\n") };
}

describe("whom a call is with", () => {
  test("is class and last two digits where nothing is said", async () => {
    const { text, report, entries } = await talk({}, 0);
    for (const secret of ["71123456", "98765432", "Amira", "071 123"]) expect(text).not.toContain(secret);
    expect(entries("call:identified")).toEqual([]);
    expect(report.calls.map(({ party }) => party)).toEqual([
      { route: "local", alias: "n1", tail: "56" },
      { route: "local", alias: "n1", tail: "56" },
      { route: "national", alias: "n2", tail: "32" },
    ]);
  });

  test("with a key has the keyed digest of its E.164 number, however it was dialled; and nothing gives the number or the key away", async () => {
    const { text, report, outputs } = await talk({ key }, 3);
    for (const secret of ["71123456", "98765432", "Amira", key]) expect(text).not.toContain(secret);
    expect(report.calls.map(({ party }) => party?.hash)).toEqual([digest(called), digest(called), digest(caller)]);
    expect(report.redacted).toContain("full-numbers");
    // The journal, the document, and support's Markdown and page.
    expect(outputs.filter((output) => output.includes(digest(called))).length).toBe(4);
  });

  test.each([
    ["calledNumber", 2, ["+21671123456", "071123456"], ["98765432", "Amira"], ["caller-numbers", "names"]],
    ["callerNumber", 1, ["+21698765432"], ["71123456", "Amira"], ["called-numbers", "names"]],
    ["callerName", 1, ["Amira Ben Salah"], ["71123456", "98765432"], ["full-numbers"]],
  ] as const)("%s in full widens that field alone", async (field, identified, shown, hidden, leftOut) => {
    const { text, report } = await talk({ [field]: "full" }, identified);
    for (const one of shown) expect(text).toContain(one);
    for (const secret of hidden) expect(text).not.toContain(secret);
    const about = ["full-numbers", "called-numbers", "caller-numbers", "names"] as const;
    expect(report.redacted.filter((code) => (about as readonly string[]).includes(code))).toEqual(leftOut);
  });

  test("the carrier reads a called number where it is allowed, and no digest or name", async () => {
    const { report } = await talk({ key, calledNumber: "full", callerNumber: "full", callerName: "full" }, 3);
    const ticket = renderText(report, { audience: "carrier" });
    expect(ticket).toContain(`Called: ${called}`);
    expect(ticket).not.toMatch(new RegExp(`${digest(called)}|Amira`));
    for (const audience of ["agent", "public"] as const)
      expect(renderText(report, { audience })).not.toMatch(new RegExp(`${digest(called)}|Amira|71123456|98765432`));
  });

  describe("the number that the customer is shown", () => {
    const own = "+21670555123";
    /** A call that B carries after A refused it, shown as this number, and the accounts by their own where it is left out. */
    async function shown(
      privacy: PrivacyConfig,
      options?: { readonly callerId: string; readonly anonymous?: boolean },
      account = "agent7",
    ) {
      const house = buildHouse({
        privacy,
        trunks: [{ ...trunkA, aor: `sip:${account}@a.example`, credentials: { username: "agent7", password: "secret" } }],
      });
      await house.open();
      house.a.fault({ kind: "reject", methods: ["INVITE"], code: 503 });
      house.line.call(called, options);
      await pass(2_000);
      await vi.dynamicImportSettled();
      if (options ?? account !== "agent7") await vi.waitUntil(() => house.entries("attempt:presented").length > 0);
      const report = await house.line.report();
      return { report, caller: report.attempts[0]?.caller, ticket: renderText(report, { audience: "carrier", trunkId: "A" }) };
    }

    test("is class and last two digits, in the carrier's ticket too", async () => {
      const { report, caller: known, ticket } = await shown({}, { callerId: own });
      expect(known).toEqual({ route: "national", tail: "23" });
      expect(ticket).toContain("Caller: national …23");
      expect(JSON.stringify(troubleTicket(report, { trunkId: "A" }))).toContain("Caller: national …23");
      expect(JSON.stringify(report) + ticket).not.toContain("70555");
    });

    test("is the account's where the call has none, and nothing where that is a name; hidden from the customer it is the carrier's all the same", async () => {
      expect((await shown({}, undefined, own)).caller).toEqual({ route: "national", tail: "23" });
      expect((await shown({})).caller).toBeUndefined();
      expect((await shown({}, { callerId: own, anonymous: true })).caller).toEqual({ route: "national", tail: "23" });
    });

    test("in full, and with its digest, where it is allowed; the ticket has no digest", async () => {
      const { report, caller: known, ticket } = await shown({ key, callerId: "full" }, { callerId: own });
      expect(known).toEqual({ route: "national", tail: "23", hash: digest(own), number: own });
      expect(ticket).toContain(`Caller: ${own}`);
      expect(ticket).not.toContain(digest(own));
      expect(report.redacted.filter((code) => code.endsWith("-numbers"))).toEqual(["called-numbers", "caller-numbers"]);
      expect(JSON.stringify(redactReport(report))).not.toMatch(new RegExp(`70555|${digest(own)}`));
    });
  });

  test("has no digest on a page without WebCrypto; what is allowed in full is there", async () => {
    vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
    const { entries } = await talk({ key, callerName: "full" }, 1);
    expect(entries("call:identified")).toMatchObject([{ who: "caller", name: "Amira Ben Salah" }]);
    expect(entries("call:identified")[0]).not.toHaveProperty("hash");
  });

  test("is not added to a line that closes meanwhile", async () => {
    let answer = (_: ArrayBuffer) => {};
    const sign = vi.spyOn(crypto.subtle, "sign").mockReturnValue(new Promise((resolve) => (answer = resolve)));
    const house = buildHouse({ privacy: { key } });
    await house.open();
    const call = house.line.call(called);
    await vi.waitUntil(() => sign.mock.calls.length === 1);
    call.hangUp();
    await pass(500);
    const closed = house.line.close();
    answer(new ArrayBuffer(32));
    await pass(1_000);
    await closed;
    expect(house.entries("call:identified")).toEqual([]);
    expect(house.line.journal.at(-1)?.type).toBe("session:closed");
  });
});
