import { fc, test } from "@fast-check/vitest";
import { expect, it } from "vitest";
import { parseSipDate } from "../../../adapters/sipjs/sip-date.ts";

test.prop([fc.date({ min: new Date(0), max: new Date("9999-12-31T23:59:59Z"), noInvalidDate: true })])(
  "reads every date that the host can write",
  (date) => {
    expect(parseSipDate(date.toUTCString())).toBe(Math.floor(date.getTime() / 1_000) * 1_000);
  },
);

it.each([
  "",
  "Sat, 13 Nov 2010 23:29:00 EST",
  "Sat, 13 Nom 2010 23:29:00 GMT",
  "13 Nov 2010 23:29:00 GMT",
  "Sat, 13 Nov 2010 24:29:00 GMT",
  "2010-11-13T23:29:00Z",
])("%j is no SIP date", (value) => {
  expect(parseSipDate(value)).toBeUndefined();
});
