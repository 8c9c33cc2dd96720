import { describe, expect, test } from "vitest";
import { underFakeTime } from "../support/house.ts";
import { kinds, rowsOf, usedKinds } from "./answers.ts";
import { moments } from "./moments.ts";
import { playRow } from "./play.ts";

underFakeTime();

test("docs/fault-matrix.md has every kind of answer at every moment", () => {
  expect(kinds.heads.slice(1)).toEqual(moments.map(({ name }) => name));
  expect(new Set(usedKinds)).toEqual(new Set(kinds.rows.map(([kind]) => kind)));
});

describe.each(kinds.rows.map(([kind = ""]) => kind))("%s", (kind) => {
  for (const row of rowsOf(kind)) playRow(row);
});
