import { describe, expect, test } from "vitest";
import { faultOf } from "../../src/boot/fault.ts";
import { LinekeeperError } from "../../src/errors.ts";

const silent = { errorMessages: false };

describe("what the journal keeps of an error", () => {
  test.each([
    ["its own status", Object.assign(new Error(), { status: 503 }), 503],
    ["that of its response, as axios has it", Object.assign(new Error(), { response: { status: 401 } }), 401],
    ["that of its cause", new Error("", { cause: { status: 500 } }), 500],
    ["no status that is none of HTTP's", Object.assign(new Error(), { status: 7 }), undefined],
    ["none of what has none", "down", undefined],
  ])("%s", (_, error, httpStatus) => {
    expect(faultOf(error, silent).httpStatus).toBe(httpStatus);
  });

  test("a cause that goes in circles ends", () => {
    const error = new Error();
    error.cause = error;
    expect(faultOf(error, silent)).toEqual({ kind: "threw", name: "Error" });
  });

  const boom = (): never => {
    throw new Error("secret");
  };
  const withGetter = (field: string) => Object.defineProperty(new TypeError("down"), field, { get: boom });
  const { proxy: revoked, revoke } = Proxy.revocable({}, {});
  revoke();

  test.each([
    ["a name that throws", withGetter("name"), { name: "Error", message: "down" }],
    ["a name that is a symbol", Object.assign(new Error("down"), { name: Symbol("x") }), { name: "Error", message: "down" }],
    ["a name that is no text", Object.assign(new Error("down"), { name: { toString: boom } }), { name: "Error", message: "down" }],
    ["a message that throws", withGetter("message"), { name: "TypeError" }],
    ["a message that is no text", Object.assign(new Error(), { message: { detail: "secret" } }), { name: "Error" }],
    ["a status that throws", withGetter("status"), { name: "TypeError", message: "down" }],
    ["a cause that throws", withGetter("cause"), { name: "TypeError", message: "down" }],
    ["a response that throws", { response: new Proxy({}, { get: boom }) }, { name: "object" }],
    ["a proxy that throws at all", new Proxy(new Error("down"), { get: boom, getPrototypeOf: boom }), { name: "object" }],
    ["a proxy that was revoked", revoked, { name: "object" }],
  ])("of what cannot be read only that is missing: %s", (_, thrown, kept) => {
    expect(faultOf(thrown, { errorMessages: true })).toEqual({ kind: "threw", ...kept });
  });

  test("a message that is cut within a character is whole", () => {
    expect(faultOf(new Error(`${"x".repeat(199)}😀`), { errorMessages: true }).message).toBe(`${"x".repeat(199)}\ufffd`);
  });

  test.each([
    [new LinekeeperError("stage-overdue", "late"), "overdue"],
    [new LinekeeperError("stage-blocked", "blocked"), "blocked"],
    [new LinekeeperError("stage-aborted", "restarted"), "aborted"],
    [new DOMException("late", "TimeoutError"), "overdue"],
    [new DOMException("left", "AbortError"), "threw"],
    [new TypeError("Failed to fetch"), "threw"],
  ] as const)("%s is %s", (error, kind) => {
    expect(faultOf(error, silent).kind).toBe(kind);
  });

  test("its message only where the integrator allows it, and cut short", () => {
    const error = new Error("x".repeat(1_000));
    expect(faultOf(error, silent)).not.toHaveProperty("message");
    expect(faultOf(error, { errorMessages: true }).message).toHaveLength(200);
  });
});
