import { fc, test as property } from "@fast-check/vitest";
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { md5 } from "../../../adapters/sipjs/md5.ts";

const expected = (text: string) => createHash("md5").update(text, "utf8").digest("hex");

/** RFC 1321 §A.5. */
test.each([
  ["", "d41d8cd98f00b204e9800998ecf8427e"],
  ["a", "0cc175b9c0f1b6a831c399e269772661"],
  ["message digest", "f96b697d7cb7938d525a2f31aaf161d0"],
  ["12345678901234567890123456789012345678901234567890123456789012345678901234567890", "57edf4a22be3c955ac49da2e2107b67a"],
])("the digest of %j is that of the RFC", (text, digest) => {
  expect(md5(text)).toBe(digest);
});

test("of every length about the ends of a block", () => {
  for (let length = 0; length < 200; length++) expect(md5("é".repeat(length))).toBe(expected("é".repeat(length)));
});

property.prop([fc.string({ unit: "grapheme", maxLength: 300 })])("whatever the text, that of Node", (text) => {
  expect(md5(text)).toBe(expected(text));
});
