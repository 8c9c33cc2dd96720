import { describe, expect, test } from "vitest";
import type { Frame } from "../../support/sip-text.ts";
import { type Bench, bench } from "./bench.ts";

const users = { agent7: "secret" };
const challenged = () => bench({ users });

/** REGISTER, then once more with credentials. */
function authorize({ client }: Bench, password: string, change: { readonly username?: string; readonly nonce?: string } = {}): Frame {
  const first = client.register();
  return client.authorize(first, client.last, password, change);
}

const isStale = (challenge: Frame) => challenge.get("WWW-Authenticate").includes("stale=true");

describe("without users", () => {
  test("a REGISTER is granted: Contact echoed with its life, and a Date", () => {
    const { client, trunk, clock } = bench();
    const request = client.register(300);
    expect(client.codes(request)).toEqual([200]);
    expect(client.last.get("Contact")).toBe("<sip:agent7@client.invalid;transport=ws>;expires=300");
    expect(new Date(client.last.get("Date")).getTime()).toBe(clock.dateMs());
    expect(trunk.registrations).toEqual([{ user: "agent7", contact: "sip:agent7@client.invalid;transport=ws", expiresS: 300, link: 1 }]);
  });

  test.each([
    ["the Contact's expires counts before the header", '<sip:x@client.invalid>;expires=60;+sip.instance="<urn:uuid:1>"', "60"],
    ["no longer than the longest", "<sip:x@client.invalid>;expires=9999", "600"],
  ])("%s", (_, contact, life) => {
    const { client } = bench();
    client.register(300, { contact });
    expect(/expires=(\d+)/.exec(client.last.get("Contact"))?.[1]).toBe(life);
  });

  test("a binding is renewed, not doubled; and another softphone of the same agent has its own", () => {
    const { client, trunk, connect } = bench();
    client.register();
    client.register();
    expect(trunk.registrations).toHaveLength(1);
    connect().client.register(300, { contact: "<sip:other@client.invalid>" });
    expect(trunk.registrations.map(({ contact }) => contact)).toContain("sip:other@client.invalid");
  });

  test("a binding ends by itself", () => {
    const { client, trunk, clock } = bench();
    client.register(300);
    clock.advance(299_000);
    expect(trunk.registrations).toMatchObject([{ expiresS: 1 }]);
    clock.advance(1_000);
    expect(trunk.registrations).toEqual([]);
  });

  test.each([
    ["its own Contact", {}],
    ["all of them", { contact: "*" }],
  ])("Expires 0 removes %s", (_, options) => {
    const { client, trunk } = bench();
    client.register(300);
    const request = client.register(0, options);
    expect([client.codes(request), client.last.all("Contact"), trunk.registrations]).toEqual([[200], [], []]);
  });

  test("too short a life is refused by 423 with the least", () => {
    const { client, trunk } = bench({ minExpiresS: 60 });
    expect(client.codes(client.register(30))).toEqual([423]);
    expect(client.last.get("Min-Expires")).toBe("60");
    expect(trunk.registrations).toEqual([]);
    expect(client.codes(client.register(0))).toEqual([200]);
  });
});

describe("with users", () => {
  test("a REGISTER is challenged by 401, MD5 with qop, a new nonce each time", () => {
    const { client } = challenged();
    const nonces = [1, 2].map(() => {
      expect(client.codes(client.register())).toEqual([401]);
      expect(client.last.get("WWW-Authenticate")).toMatch(/^Digest realm="a.example", nonce="\w{32}", qop="auth", algorithm=MD5$/);
      return client.last.get("WWW-Authenticate");
    });
    expect(new Set(nonces).size).toBe(2);
  });

  test("the right password is accepted", () => {
    const on = challenged();
    expect(on.client.codes(authorize(on, "secret"))).toEqual([200]);
    expect(on.trunk.registrations).toHaveLength(1);
  });

  test.each([
    ["a wrong password", "guess", {}],
    ["an unknown user", "secret", { username: "agent8" }],
    ["a user that every object has", "secret", { username: "constructor" }],
  ])("%s is refused by 403", (_, password, change) => {
    const on = challenged();
    expect(on.client.codes(authorize(on, password, change))).toEqual([403]);
    expect(on.trunk.registrations).toEqual([]);
  });

  test("an INVITE with a wrong password is challenged again, and nothing is stale", () => {
    const { client, trunk } = challenged();
    const first = client.invite("100");
    const second = client.authorize(first, client.last, "guess");
    expect(client.codes(second)).toEqual([407]);
    expect(client.last.get("Proxy-Authenticate")).not.toContain("stale");
    expect(trunk.calls).toEqual([]);
  });

  test.each<[string, (on: Bench) => Frame]>([
    ["that was never given out", (on) => authorize(on, "secret", { nonce: "made-up" })],
    [
      "that is too old",
      (on) => {
        const first = on.client.register();
        const challenge = on.client.last;
        on.clock.advance(300_000);
        return on.client.authorize(first, challenge, "secret");
      },
    ],
    [
      "that was ended by the test",
      (on) => {
        const first = on.client.register();
        on.trunk.expireNonces();
        return on.client.authorize(first, on.client.last, "secret");
      },
    ],
  ])("right credentials on a nonce %s are stale; with the new one they pass", (_, attempt) => {
    const on = challenged();
    const request = attempt(on);
    expect(on.client.codes(request)).toEqual([401]);
    expect(isStale(on.client.last)).toBe(true);
    expect(on.client.codes(on.client.authorize(on.client.register(), on.client.last, "secret"))).toEqual([200]);
  });

  test.each([
    ["all", [401], [407]],
    ["register", [401], [100]],
    ["none", [200], [100]],
  ] as const)("challenge: %s", (challenge, toRegister, toInvite) => {
    const { client } = bench({ users, challenge });
    expect([client.codes(client.register()), client.codes(client.invite("100"))]).toEqual([toRegister, toInvite]);
  });

  test("an INVITE with credentials goes through", () => {
    const { client, clock } = challenged();
    const first = client.invite("100");
    const second = client.authorize(first, client.last, "secret");
    clock.advance(100);
    expect(client.codes(second)).toEqual([100, 180, 200]);
  });
});
