/** A browser that lacks what came late is served as any other (docs/operations.md names the oldest). */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { anyOf, readUrl } from "../../src/platform.ts";
import { buildHouse, pass, underFakeTime } from "../support/house.ts";

underFakeTime();

const young = [
  [AbortSignal, "any", AbortSignal.any],
  [URL, "canParse", URL.canParse],
] as const;

beforeEach(() => {
  for (const [of, name] of young) Reflect.set(of, name, undefined);
});
afterEach(() => {
  for (const [of, name, own] of young) Reflect.set(of, name, own);
});

test("calls go out, fail over, are redialled, come in and end, and nothing is left", async () => {
  const house = buildHouse({ controls: { crm: async () => {} } });
  await house.open();
  await house.line.boot.stage("settings", async () => {});
  house.line.on("call:offered", (call) => void call.answer());
  house.a.fault({ kind: "silence", methods: ["INVITE"] });
  const call = house.line.call("+21671000001");
  await pass(5_000);
  expect([call.state, call.trunkId]).toEqual(["answered", "B"]);
  call.hangUp();
  await pass(1_000);
  const customer = house.b.call("agent7", { from: "+21698000001" });
  await pass(1_000);
  expect(customer.state).toBe("answered");
  customer.hangUp();
  await pass(33_000);
  expect([house.line.calls, house.line.followedCalls]).toEqual([[], 0]);
  expect(house.entries("listener:failed")).toEqual([]);
});

describe("what is made up for", () => {
  test("a signal aborts with the first of several, for its reason", () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const signal = anyOf(one.signal, other.signal);
    const heard = vi.fn();
    signal.addEventListener("abort", heard);
    other.abort("other");
    one.abort("one");
    expect([signal.aborted, signal.reason, heard.mock.calls.length]).toEqual([true, "other", 1]);
  });

  test("a signal has aborted where one of them had", () => {
    expect(anyOf(new AbortController().signal, AbortSignal.abort("before"))).toMatchObject({ aborted: true, reason: "before" });
  });

  test.each([
    ["wss://a.example/x", "a.example"],
    ["not a url", undefined],
    [7, undefined],
  ])("the URL %s", (text, host) => expect(readUrl(text)?.host).toBe(host));
});
