import { describe, expect, test, vi } from "vitest";
import { explainOnConsole } from "../../../adapters/console/index.ts";
import { sentenceOf } from "../../../adapters/console/sentences.ts";
import type { Entry } from "../../../src/journal.ts";
import { buildHouse, pass, underFakeTime } from "../../support/house.ts";

const entry = (fact: object) => ({ seq: 0, atMs: 0, ...fact }) as Entry;

describe("a developer is told", () => {
  underFakeTime();

  test("once of each thing, in words, and without a secret", async () => {
    const told = { warn: vi.fn<(text: string) => void>() };
    const house = buildHouse({ emergencyNumbers: ["112"] });
    const stop = explainOnConsole(house.line, { debug: true, console: told });
    house.line.on("trunk:changed", () => {
      throw new TypeError("secret");
    });
    house.line.call("+21671000001");
    house.line.call("+21671000002");
    await house.open();
    const texts = told.warn.mock.calls.map(([text]) => text);
    expect(texts).toEqual([
      "Linekeeper: a call was not placed: not-started.",
      'Linekeeper: a listener of "trunk:changed" threw TypeError. Linekeeper goes on; the listener has missed that event.',
    ]);
    stop();
    house.line.noteFailure("call log", new Error("x"));
    await pass(10);
    expect(told.warn).toHaveBeenCalledTimes(2);
  });

  test("nothing, unless that is asked for", async () => {
    const told = { warn: vi.fn() };
    const house = buildHouse();
    explainOnConsole(house.line, { console: told });
    house.line.call("+21671000001");
    await house.open();
    expect(told.warn).not.toHaveBeenCalled();
  });
});

describe("what can be done about it is said", () => {
  test.each([
    [{ type: "report:given-up", sink: "desk", report: "r", status: 401 }, /refused a report with 401.*token/],
    [{ type: "report:given-up", sink: "desk", report: "r", status: 404 }, /Is the URL right/],
    [{ type: "report:delayed", sink: "desk", error: "TypeError", waitMs: 1 }, /nobody answered \(TypeError\).*CORS/],
    [{ type: "report:delayed", sink: "desk", status: 503, waitMs: 1 }, /it answered 503\. They/],
    [{ type: "report:delayed", sink: "desk", status: 401, waitMs: 1 }, /it answered 401 \(.*token.*\)\. They/],
    [{ type: "store:failed", store: "indexeddb", error: "QuotaExceededError" }, /will not outlive this page/],
    [{ type: "registration:changed", trunkId: "A", to: "refused", answer: { code: 403 } }, /trunk "A" refused.*403.*password/],
  ])("%j", (fact, words) => expect(sentenceOf(entry(fact))).toMatch(words));

  test.each([
    [{ type: "registration:changed", trunkId: "A", to: "registered" }],
    [{ type: "session:recovered", sessionId: "s", entries: 1, reports: 0 }],
    [{ type: "call:ringing", callId: "1", trunkId: "A" }],
  ])("nothing of %j, which is as it should be", (fact) => expect(sentenceOf(entry(fact))).toBeUndefined());
});
