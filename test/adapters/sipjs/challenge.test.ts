import { describe, expect, it } from "vitest";
import { challengesIn } from "../../../adapters/sipjs/challenge.ts";

/** What a 401 with these header lines asks for. */
const asked = (...lines: string[]) => challengesIn({ statusCode: 401, data: `SIP/2.0 401 No\r\n${lines.join("\r\n")}\r\n\r\n` });
const plain = { header: "Authorization", realm: "pbx", nonce: "n1", algorithm: undefined, qop: undefined, opaque: undefined, stale: false };

describe("a challenge", () => {
  it.each<[string, object]>([
    ['WWW-Authenticate: Digest realm="pbx", nonce="n1"', {}],
    ['www-AUTHENTICATE :digest nonce="n1",realm="pbx"', {}],
    ['WWW-Authenticate: Digest REALM="pbx", Nonce = "n1" , QOP="auth"', { qop: "auth" }],
    ["WWW-Authenticate: Digest realm=pbx, nonce=n1, qop=auth,auth-int, stale=TRUE", { qop: "auth", stale: true }],
    ['WWW-Authenticate: Digest realm="pbx",\r\n nonce="n1",\r\n\tqop="auth-int, auth"', { qop: "auth" }],
    ['WWW-Authenticate: Digest realm="pbx", nonce="n1", qop="auth-int"', { qop: "auth-int" }],
    ['WWW-Authenticate: Digest realm="pbx" nonce="n1" opaque=""', { opaque: "" }],
    ['WWW-Authenticate: Digest realm="pbx", nonce="n1", algorithm="SHA-256", userhash=true, charset=UTF-8', { algorithm: "SHA-256" }],
    ['WWW-Authenticate: Digest realm="pbx", nonce="n1", domain="sip:a, realm=x", stale=false', {}],
    ['WWW-Authenticate: Digest realm="pbx", nonce="n1", realm="other"', {}],
    ['WWW-Authenticate: Digest ,, realm="pbx",, nonce="n1",', {}],
    ['WWW-Authenticate: Digest realm="pbx", nonce="n1", algorithm=""', {}],
    ['Proxy-Authenticate: Digest realm="pbx", nonce="n1"', { header: "Proxy-Authorization" }],
    ['WWW-Authenticate: Digest: realm="pbx", nonce="n1"', {}],
    ['WWW-Authenticate: Digest : realm="pbx", nonce="n1"', {}],
    ['WWW-Authenticate: Digest ,realm="pbx", nonce="n1"', {}],
    ['WWW-Authenticate: Digest,realm="pbx",nonce="n1"', {}],
    ['WWW-Authenticate: Digest; realm=pbx; nonce="n1"; qop=auth', { qop: "auth" }],
    ['WWW-Authenticate: Digest realm="pbx", nonce="n1', {}],
    ['WWW-Authenticate: Digest realm="pbx", qop="auth", nonce="n1, algorithm=MD5', { qop: "auth", algorithm: "MD5" }],
    ["WWW-Authenticate: Digest realm='pbx', nonce='n1', qop='auth,auth-int'", { qop: "auth" }],
    ["WWW-Authenticate: Digest realm='the old, pbx', nonce='n1'", { realm: "the old, pbx" }],
    ['WWW-Authenticate: Digest realm="pbx", nonce="n1", algorithm="MD5", stale="TRUE"', { algorithm: "MD5", stale: true }],
    ['WWW-Authenticate: Digest realm="pbx", nonce="n1", algorithm=md5-SESS, stale=yes', { algorithm: "md5-SESS" }],
    ['WWW-Authenticate: Digest nonce="digest, realm", realm="pbx"', { nonce: "digest, realm" }],
    ['WWW-Authenticate: Digest realm="a \\"b\\", c", nonce="n1"', { realm: 'a \\"b\\", c' }],
  ])("is read in any spelling: %j", (line, change) => {
    expect(asked(line)).toEqual([{ ...plain, ...change }]);
  });

  it("may come in several headers, or several in one, other schemes among them", () => {
    const lines = ['WWW-Authenticate: Digest realm="pbx", nonce="a", algorithm=SHA-256', 'WWW-Authenticate: Basic realm="pbx"'];
    const both = 'WWW-Authenticate: Bearer realm="pbx", Digest realm="pbx", nonce="b", Digest realm="edge", nonce="c"';
    expect(asked(...lines, both).map(({ nonce }) => nonce)).toEqual(["a", "b", "c"]);
  });

  it.each([
    'WWW-Authenticate: Digest realm="pbx"',
    'WWW-Authenticate: Digest nonce="n1"',
    'WWW-Authenticate: Digest realm="pbx", nonce="n1", qop="token"',
    'WWW-Authenticate: Negotiate realm="pbx", nonce="n1"',
    'WWW-Authenticate: realm="pbx", nonce="n1"',
    "WWW-Authenticate:",
  ])("that cannot be answered is none: %s", (line) => {
    expect(asked(line)).toEqual([]);
  });

  it("of a proxy is answered by another header", () => {
    const data = 'SIP/2.0 407 No\r\nProxy-Authenticate: Digest realm="pbx", nonce="n1"\r\n\r\n';
    expect(challengesIn({ statusCode: 407, data })).toEqual([{ ...plain, header: "Proxy-Authorization" }]);
    expect(challengesIn({ statusCode: 403, data })).toEqual([]);
  });

  it.each([401, 407])("of registrar and proxy may stand in one %i (RFC 3261 §16.7)", (statusCode) => {
    const data = `SIP/2.0 ${statusCode} No\r\nProxy-Authenticate: Digest realm="edge", nonce="e"\r\nWWW-Authenticate: Digest realm="pbx", nonce="p"\r\n\r\n`;
    expect(challengesIn({ statusCode, data }).map(({ header, nonce }) => `${header} ${nonce}`)).toEqual([
      "Authorization p",
      "Proxy-Authorization e",
    ]);
  });

  it("in 64 kB of nonsense is looked for in milliseconds", () => {
    for (const nonsense of ["a='", "a='\"", 'a="\\', 'a="', 'a="\\"', "a ", "a=", "Digest ", " ", '"']) {
      const startedMs = performance.now();
      asked(`WWW-Authenticate: Digest ${nonsense.repeat(65_536 / nonsense.length)}`);
      expect(performance.now() - startedMs).toBeLessThan(200);
    }
  });
});
