import { describe, expect, test } from "vitest";
import { underFakeTime } from "../support/house.ts";
import { tongueDraw, tongueName, tongueSeed } from "../support/tongue.ts";
import { customerFaults, customerMoments, customerRows, observeCustomer } from "./customers.ts";
import { cellOf } from "./page.ts";

underFakeTime();

const { heads, rows } = customerRows();
const draw = tongueDraw();

test("docs/fault-matrix.md has all that may befall a customer's call, and when", () => {
  expect([heads.slice(1), rows.map(([name]) => name)]).toEqual([Object.keys(customerMoments), Object.keys(customerFaults)]);
});

describe.each([
  ["in the plain dialect", () => [0]],
  [`in tongues drawn by LINEKEEPER_TONGUE_SEED=${tongueSeed}`, draw],
])("%s", (_, tonguesOf) => {
  describe.each(rows)("%s", (name = "", ...cells) => {
    test.each(Object.entries(customerMoments).map(([at, moment], place) => ({ at, moment, text: cells[place] ?? "" })))(
      "$at",
      async ({ moment, text }) => {
        for (const tongue of tonguesOf()) {
          const said = await observeCustomer(name, moment, tongue);
          expect(said, tongueName(tongue)).toBe(cellOf(text)?.expected);
        }
      },
    );
  });
});
