import { describe, expect, test } from "vitest";
import { createAliases, destinationOf, type NumberPlan } from "../../src/routing/destination.ts";

const tunisia: NumberPlan = {
  country: "216",
  routes: [
    { name: "local", prefixes: ["+2167"] },
    { name: "ariana", prefixes: ["+216707"] },
    { name: "short", prefixes: ["18"] },
  ],
  emergencyNumbers: ["112", "190"],
};

describe("what a dialled number is", () => {
  test.each([
    ["+216 71 000 001", "+21671000001", "local"],
    ["+216 70 700 001", "+21670700001", "ariana"],
    ["71 000 001", "71000001", "local"],
    ["(+216) 98-000.001", "+21698000001", "national"],
    ["00216 98 000 001", "0021698000001", "national"],
    ["+33 1 23 45 67 89", "+33123456789", "international"],
    ["0033123456789", "0033123456789", "international"],
    ["tel:+33123456789", "+33123456789", "international"],
    ["1850", "1850", "short"],
    ["112", "112", "emergency"],
    ["\u202a+216 71 000 001\u202c", "+21671000001", "local"],
    ["\u2066tel:+33\u00ad1\u221223 45 67 89\u2069", "+33123456789", "international"],
    ["١١٢", "112", "emergency"],
    ["۱۹۰", "190", "emergency"],
    ["＋２１６ ７１（０００）００１", "+21671000001", "local"],
  ])("%s", (dialled, number, route) => {
    expect(destinationOf(dialled, tunisia)).toMatchObject({ number, route, emergency: route === "emergency" });
  });

  test.each(["", "call me", "sip:x@y", "+", "1", "12\r\nVia: x", "9".repeat(40), "\u202e211", "12\u00b2"])("%j is no number", (dialled) => {
    expect(destinationOf(dialled, tunisia)).toBeUndefined();
  });

  test("without a country every number is one route, unless routes are given", () => {
    expect(destinationOf("+33123456789", { country: undefined, routes: [], emergencyNumbers: [] })?.route).toBe("all");
  });
});

test("a number is the same however it was dialled; of an emergency number nothing is made", () => {
  const plan: NumberPlan = { country: "216", routes: [], emergencyNumbers: ["112"] };
  const e164 = (dialled: string, of = plan) => destinationOf(dialled, of)?.e164;
  expect(["+216 71 000 001", "0021671000001", "71-000-001", "tel:+21671000001"].map((dialled) => e164(dialled))).toEqual(
    Array(4).fill("+21671000001"),
  );
  expect([e164("112"), e164("71000001", { ...plan, country: undefined })]).toEqual(["112", "71000001"]);
});

describe("aliases", () => {
  test("hold within a session, tell two numbers apart, and give nothing away but the last two digits", () => {
    const alias = createAliases();
    const one = { number: "+21671000001", e164: "+21671000001", route: "local" };
    const two = { number: "+21671000002", e164: "+21671000002", route: "local" };
    expect(alias(one)).toEqual(alias(one));
    expect(alias(two).alias).not.toBe(alias(one).alias);
    expect(alias({ ...one, number: "71000001" })).toEqual(alias(one));
    expect(JSON.stringify([alias(one), alias(two)])).not.toMatch(/\d{3}/);
  });

  test("are bounded", () => {
    const alias = createAliases(2);
    const party = (n: number) => alias({ number: `${n}`, e164: `+2167100000${n}`, route: "local" }).alias;
    expect([party(1), party(2), party(3), party(1)]).toEqual(["n1", "n2", "n3", "n4"]);
  });
});
