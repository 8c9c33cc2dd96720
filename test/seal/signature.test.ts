import { fc, it as property } from "@fast-check/vitest";
import { beforeAll, describe, expect, test } from "vitest";
import { canonicalJson } from "../../src/seal/canonical.ts";
import { signReport, verifyReport, withJournalDigest } from "../../src/seal/index.ts";
import type { ReportDocument } from "../../src/report/index.ts";
import { faultsOf } from "../report/published-schema.ts";
import { carrierRouting } from "../report/journals.ts";
import { buildReport } from "../../src/report/index.ts";

const { entries, incident } = carrierRouting();
const report = buildReport(entries, incident, { generatedAtMs: 0 });
const read = (document: ReportDocument) => JSON.parse(JSON.stringify(document)) as ReportDocument;

describe("canonical JSON", () => {
  test("is that of RFC 8785 §3.2.2 and §3.2.3", () => {
    const numbers = JSON.parse("[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001]") as unknown;
    const text = '{"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}';
    expect(canonicalJson({ numbers, ...(JSON.parse(text) as object) })).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
    const names = { "\u20ac": 1, "\r": 2, "\ufb33": 3, 1: 4, "\u{1f600}": 5, "\u0080": 6, "\u00f6": 7 };
    expect(
      Object.values(
        JSON.parse(
          `[${canonicalJson(names)
            .replace(/"[^"]*":/g, "")
            .slice(1, -1)}]`,
        ) as number[],
      ),
    ).toEqual([2, 4, 6, 7, 1, 5, 3]);
  });

  property.prop([fc.jsonValue()])("says the same, whatever the order of the names", (value) => {
    const turned = (one: unknown): unknown =>
      Array.isArray(one)
        ? one.map(turned)
        : typeof one === "object" && one !== null
          ? Object.fromEntries(
              Object.entries(one)
                .reverse()
                .map(([name, inner]) => [name, turned(inner)]),
            )
          : one;
    expect(canonicalJson(turned(value))).toBe(canonicalJson(value));
    expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
  });
});

describe.each([
  ["ES256", { name: "ECDSA", namedCurve: "P-256" }],
  ["EdDSA", { name: "Ed25519" }],
])("a report signed by %s", (algorithm, params) => {
  let keys: CryptoKeyPair;
  let signed: ReportDocument;
  beforeAll(async () => {
    keys = (await crypto.subtle.generateKey(params, true, ["sign", "verify"])) as CryptoKeyPair;
    signed = await signReport(await withJournalDigest(report, entries), keys.privateKey, "key 1");
  });

  test("fits the schema, and is good when it is read", async () => {
    expect(faultsOf(signed)).toEqual([]);
    expect(signed.signature).toMatchObject({ algorithm, keyId: "key 1" });
    expect(await verifyReport(read(signed), keys.publicKey)).toBe(true);
  });

  test("is not good once anything in it is another, however deep", async () => {
    const leaves: string[][] = [];
    const walk = (value: unknown, path: string[]) => {
      if (typeof value === "object" && value !== null) for (const [name, inner] of Object.entries(value)) walk(inner, [...path, name]);
      else leaves.push(path);
    };
    const { signature: _, ...rest } = read(signed);
    walk(rest, []);
    expect(leaves.length).toBeGreaterThan(300);
    for (const path of leaves.filter((_, index) => index % 7 === 0)) {
      const changed = read(signed) as unknown as Record<string, unknown>;
      const parent = path.slice(0, -1).reduce((at, name) => at[name] as Record<string, unknown>, changed);
      const name = path.at(-1) ?? "";
      parent[name] = parent[name] === "x" ? "y" : "x";
      expect(await verifyReport(changed as unknown as ReportDocument, keys.publicKey)).toBe(false);
    }
  });

  test("is not good with another key, another algorithm's name, a broken signature or none", async () => {
    const other = (await crypto.subtle.generateKey(params, true, ["sign", "verify"])) as CryptoKeyPair;
    expect(await verifyReport(signed, other.publicKey)).toBe(false);
    const { signature = { algorithm: "ES256", value: "" }, ...unsigned } = signed;
    const turned = signature.algorithm === "ES256" ? "EdDSA" : "ES256";
    expect(await verifyReport({ ...signed, signature: { ...signature, algorithm: turned } }, keys.publicKey)).toBe(false);
    expect(await verifyReport({ ...signed, signature: { ...signature, value: "%" } }, keys.publicKey)).toBe(false);
    expect(await verifyReport(unsigned, keys.publicKey)).toBe(false);
  });
});

test("a key of another kind is refused", async () => {
  const { privateKey } = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-384" }, true, ["sign", "verify"]);
  await expect(signReport(report, privateKey)).rejects.toThrow("not for ECDSA on P-384");
});
