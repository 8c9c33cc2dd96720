import { describe, expect, test } from "vitest";
import { sharesOf } from "../../src/fleet/shares.ts";

describe("how attempts fared by each attribute", () => {
  test("the attribute whose values differ most comes first, its values the worst first", () => {
    const shares = sharesOf([
      { attributes: { trunk: "A", site: "Sfax" }, failed: 5, total: 10 },
      { attributes: { trunk: "A", site: "Tunis" }, failed: 4, total: 10 },
      { attributes: { trunk: "B", site: "Sfax" }, failed: 0, total: 20 },
      { attributes: { trunk: "B", site: "Tunis" }, failed: 1, total: 10 },
    ]);
    expect(shares).toEqual([
      { attribute: "trunk", value: "A", failed: 9, total: 20 },
      { attribute: "trunk", value: "B", failed: 1, total: 30 },
      { attribute: "site", value: "Tunis", failed: 5, total: 20 },
      { attribute: "site", value: "Sfax", failed: 5, total: 30 },
    ]);
  });

  test("what tells nothing apart is left out: one value for all, the same parts again, an agent, and what is not known of all that failed", () => {
    const shares = sharesOf([
      { attributes: { trunk: "A", carrier: "Carrier A", site: "Sfax", agent: "1" }, failed: 5, total: 10 },
      { attributes: { trunk: "B", carrier: "Carrier B", site: "Sfax", agent: "2", route: "local" }, failed: 0, total: 10 },
      { attributes: { trunk: "B", carrier: "Carrier B", site: "Sfax", agent: "1", route: "mobile" }, failed: 1, total: 10 },
    ]);
    expect(shares.map(({ attribute, value }) => `${attribute} ${value}`)).toEqual(["trunk A", "trunk B"]);
  });

  test("there are none where nothing failed", () => {
    expect(
      sharesOf([
        { attributes: { trunk: "A" }, failed: 0, total: 10 },
        { attributes: { trunk: "B" }, failed: 0, total: 10 },
      ]),
    ).toEqual([]);
  });
});
