/** The same cells come out the same however the carriers spell what they say: each is played in a tongue that is drawn for it. */
import { describe } from "vitest";
import { underFakeTime } from "../support/house.ts";
import { tongueDraw, tongueSeed } from "../support/tongue.ts";
import { kinds, rowsOf } from "./answers.ts";
import { aloneRows, faultRows } from "./faults.ts";
import { playRow } from "./play.ts";

underFakeTime();

const draw = tongueDraw();

describe(`in tongues drawn by LINEKEEPER_TONGUE_SEED=${tongueSeed}`, () => {
  describe("every fault at every moment", () => faultRows().forEach((row) => playRow(row, draw)));
  describe("where there is one carrier", () => aloneRows("none").forEach((row) => playRow(row, draw)));
  describe.each(kinds.rows.map(([kind = ""]) => kind))("%s", (kind) => rowsOf(kind).forEach((row) => playRow(row, draw)));
});
