import { expect, test } from "vitest";
import { writtenCallId, writtenNames } from "../../src/call/call-id.ts";

test.each([
  ["f81d4fae-7dec-11d0", "f81d4fae-7dec-11d0"],
  ["a84b4c76e66710@pc33.atlanta.example", "a84b4c76e66710@pc33.atlanta.example"],
  ["4a51@10.77.88.99", "4a51"],
  ["4a51@10.77.88.99:5060", "4a51"],
  ["4a51@[fd00::1]", "4a51"],
  ["4a51@pbx", "4a51"],
  ["4a51@a@b.example", "4a51"],
  ["4a51-10.77.88.99", undefined],
  ["+21698765432-17", undefined],
  ["17@98765432.example", undefined],
  ["@10.77.88.99", undefined],
  ["", undefined],
  ["x".repeat(129), undefined],
])("%s: %s is written of it", (given, written) => expect(writtenCallId(given, "+216 98 765 432")).toBe(written));

test("whose call it is may be unknown, or too short to tell from chance", () => {
  expect(["", "100", undefined].map((number) => writtenCallId("1002100", number))).toEqual(["1002100", "1002100", "1002100"]);
});

test("a tag is the peer's own text as well: it is written beside the Call-ID where nothing of theirs stands in it", () => {
  const of = (fromTag: string | undefined, sipCallId = "4a51") =>
    writtenNames({ sipCallId, ...(fromTag !== undefined && { fromTag }) }, "+216 98 765 432");
  expect(of("gK0c8b")).toEqual({ sipCallId: "4a51", fromTag: "gK0c8b" });
  expect(of("21698765432-1")).toEqual({ sipCallId: "4a51" });
  expect(of(undefined)).toEqual({ sipCallId: "4a51" });
  expect(of("gK0c8b", "4a51-98765432")).toEqual({ fromTag: "gK0c8b" });
});
