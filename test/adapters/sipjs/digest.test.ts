import { createHash } from "node:crypto";
import { URI } from "sip.js/lib/grammar/index.js";
import type { OutgoingRequestMessage } from "sip.js/lib/core/index.js";
import { describe, expect, it } from "vitest";
import type { Challenge } from "../../../adapters/sipjs/challenge.ts";
import { RealmKey, UnsupportedDigest, strongest } from "../../../adapters/sipjs/digest.ts";

const challenge: Challenge = {
  header: "Authorization",
  realm: "pbx",
  nonce: "n1",
  algorithm: undefined,
  qop: "auth",
  opaque: undefined,
  stale: false,
};
const request = {
  method: "INVITE",
  ruri: new URI("sip", "+21671000001", "a.example"),
  body: { body: "v=0\r\n" },
} as OutgoingRequestMessage;
const field = (line: string, name: string) => new RegExp(`[ ,]${name}="?([^",]*)`).exec(line)?.[1] ?? "";
const nodeNames: Readonly<Record<string, string>> = { MD5: "md5", "SHA-256": "sha256", "SHA-512-256": "sha512-256" };

describe("a response to a challenge", () => {
  const algorithms = ["MD5", "SHA-256", "SHA-512-256"].flatMap((name) => [name, `${name}-sess`]);
  const cases = algorithms.flatMap((algorithm) => (["auth", "auth-int", undefined] as const).map((qop) => ({ algorithm, qop })));

  it.each(cases)("by $algorithm, qop $qop, is as RFC 7616 §3.4.1 computes it, also the second time", async ({ algorithm, qop }) => {
    const asked = { ...challenge, algorithm, qop };
    const { hash } = await strongest([asked]);
    const key = new RealmKey(asked, hash, { username: "agent7", password: "sécret" }, "c1");
    const h = (text: string) =>
      createHash(nodeNames[algorithm.replace("-sess", "")] ?? "")
        .update(text)
        .digest("hex");
    const account = h("agent7:pbx:sécret");
    const secret = algorithm.endsWith("-sess") ? h(`${account}:n1:c1`) : account;
    const what = h(`INVITE:sip:+21671000001@a.example${qop === "auth-int" ? `:${h("v=0\r\n")}` : ""}`);
    for (const count of ["00000001", "00000002"]) {
      const line = key.line(request);
      expect(field(line, "response")).toBe(h([secret, "n1", ...(qop ? [count, "c1", qop] : []), what].join(":")));
      expect([field(line, "nc"), field(line, "algorithm"), field(line, "qop")]).toEqual([qop ? count : "", algorithm, qop ?? ""]);
    }
  });

  it.each([
    ["MD5", "8ca523f5e9506fed4657c9700eebdbec"],
    ["SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"],
  ])("by %s is that of RFC 7616 §3.9.1", async (algorithm, response) => {
    const asked = { ...challenge, algorithm, realm: "http-auth@example.org", nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v" };
    const { hash } = await strongest([asked]);
    const cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
    const key = new RealmKey(asked, hash, { username: "Mufasa", password: "Circle of Life" }, cnonce);
    const page = { method: "GET", ruri: { toRaw: () => "/dir/index.html" } } as OutgoingRequestMessage;
    expect(field(key.line(page), "response")).toBe(response);
  });
});

describe("of several algorithms", () => {
  const of = (...names: (string | undefined)[]) =>
    strongest(names.map((algorithm) => ({ ...challenge, algorithm })) as [Challenge, ...Challenge[]]).then(
      (best) => best.challenge.algorithm,
    );

  it("the strongest that is known is taken, whatever the order and the spelling", async () => {
    expect(await of("MD5", "SHA-256")).toBe("SHA-256");
    expect(await of("SHA-256", "sha-512-256", "MD5-sess")).toBe("sha-512-256");
    expect(await of("AKAv2-SHA-256", undefined)).toBeUndefined();
  });

  it.each(["AKAv1-MD5", "SHA-512", "constructor", "-sess", ""])("that are all unknown (%s) nothing is", async (algorithm) => {
    await expect(of(algorithm)).rejects.toThrow(UnsupportedDigest);
  });
});
