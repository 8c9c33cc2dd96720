import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Credentials } from "../../../src/ports/sip-account.ts";
import { type Frame, type ScriptedPeer, bench, connected, dial, digestChallenge, outcome, settle } from "./scripted-edge.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The Contact of a REGISTER without its parameters. */
const contactOf = (frame: Frame) => frame.get("Contact").split(";reg-id")[0];

const grant = (peer: ScriptedPeer, headers: readonly string[]) => peer.answer(peer.last("REGISTER"), 200, "OK", { headers });

const md5 = (text: string) => createHash("md5").update(text).digest("hex");

describe("REGISTER", () => {
  it("binds an RFC 5626 contact and reads the granted life of ours among others", async () => {
    const { peer, edge } = await connected();
    const registered = edge.register(600);
    await settle();
    const asked = peer.last("REGISTER");
    expect(asked.raw).toMatch(/^REGISTER sip:carrier\.example SIP\/2\.0\r\n/);
    expect(asked.get("Contact")).toMatch(
      /^<sip:\w{10}@\w{12}\.invalid;transport=ws>;reg-id=1;\+sip\.instance="<urn:uuid:[0-9a-f-]{36}>";expires=600$/,
    );
    expect(asked.get("Supported")).toContain("outbound");
    grant(peer, [`Contact: <sip:other@192.0.2.1>;expires=3600, ${contactOf(asked)};expires=120`]);
    expect(await registered).toMatchObject({ code: 200, said: "peer", expiresS: 120 });
  });

  it("reads a life in quotes", async () => {
    const { peer, edge } = await connected();
    const registered = edge.register(600);
    await settle();
    grant(peer, [`Contact: ${contactOf(peer.last("REGISTER"))};expires="120"`]);
    expect(await registered).toMatchObject({ expiresS: 120 });
  });

  it.each([
    [["Expires: 300"], 300],
    [[], 600],
  ])("without an expires parameter takes %j for %i s", async (headers, expiresS) => {
    const { peer, edge } = await connected();
    const registered = edge.register(600);
    await settle();
    grant(peer, [`Contact: ${contactOf(peer.last("REGISTER"))}`, ...headers]);
    expect(await registered).toMatchObject({ expiresS });
  });

  it.each([
    ["where nothing else does", "", [], 60],
    ["but not before Expires", "", ["Expires: 300"], 300],
    ["but not before its own parameter", ";expires=90", ["Expires: 300"], 90],
  ])("takes a life that is written into the URI, %s", async (_, own, headers, expiresS) => {
    const { peer, edge } = await connected();
    const registered = edge.register(600);
    await settle();
    grant(peer, [`Contact: ${contactOf(peer.last("REGISTER"))?.replace(">", `;Expires=60>${own}`)}`, ...headers]);
    expect(await registered).toMatchObject({ expiresS });
  });

  it("knows its contact again where the registrar mended the host", async () => {
    const { peer, edge } = await connected();
    const registered = edge.register(600);
    await settle();
    const mended = contactOf(peer.last("REGISTER"))?.replace(/\w+\.invalid/, "192.0.2.7:4711");
    grant(peer, [`Contact: <sip:other@192.0.2.7:4711>;expires=9`, `Contact: ${mended};expires=60`]);
    expect(await registered).toMatchObject({ expiresS: 60 });
  });

  it("goes out one at a time, with one Call-ID and a growing CSeq", async () => {
    const { peer, edge } = await connected();
    const first = edge.register(600);
    await settle();
    const second = edge.register(0);
    await settle();
    expect(peer.received("REGISTER")).toHaveLength(1);
    grant(peer, []);
    await first;
    await settle();
    const [one, two] = peer.received("REGISTER");
    expect(two!.get("Call-ID")).toBe(one!.get("Call-ID"));
    expect([one!.get("CSeq"), two!.get("CSeq")]).toEqual(["1 REGISTER", "2 REGISTER"]);
    grant(peer, []);
    expect((await second).expiresS).toBeUndefined();
  });

  it("keeps the instance-id that it is given", async () => {
    const instanceId = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6";
    const { peer, edge } = await connected(undefined, { instanceId });
    void edge.register(600);
    await settle();
    expect(peer.last("REGISTER").get("Contact")).toContain(instanceId);
  });

  it("has names that no two edges share", async () => {
    const names = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const { peer, edge } = await connected();
        void edge.register(600);
        await settle();
        const asked = peer.last("REGISTER");
        return [asked.get("Call-ID"), asked.get("From"), contactOf(asked), asked.get("Via").split(" ")[1]!.split(";")[0]];
      }),
    );
    expect(new Set(names.flat()).size).toBe(200);
  });

  it("is answered by the flow's loss at once, and a closed flow answers at once", async () => {
    const { peer, edge } = await connected();
    const registered = edge.register(600);
    const asked = edge.options();
    await settle();
    peer.socket.drop();
    expect(await outcome(registered)).toMatchObject({ code: 503, said: "inferred" });
    expect(await outcome(asked)).toMatchObject({ code: 503, said: "inferred" });
    expect(await outcome(edge.register(600))).toMatchObject({ code: 503, said: "inferred" });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("without an answer is an inferred 408 after 64·T1", async () => {
    const { edge } = await connected();
    const registered = edge.register(600);
    await vi.advanceTimersByTimeAsync(31_999);
    expect(await outcome(registered)).toBe("pending");
    await vi.advanceTimersByTimeAsync(1);
    expect(await outcome(registered)).toMatchObject({ code: 408, said: "inferred" });
  });

  it("is waited for as long as it is told, and the next goes out then, with a higher CSeq", async () => {
    const { peer, edge } = await connected();
    const first = edge.register(600, { answerMs: 4_000 });
    const second = edge.register(600);
    await vi.advanceTimersByTimeAsync(3_999);
    expect(peer.received("REGISTER")).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await outcome(first)).toMatchObject({ code: 408, said: "inferred" });
    expect(peer.received("REGISTER").map((frame) => frame.get("CSeq"))).toEqual(["1 REGISTER", "2 REGISTER"]);
    const [late, now] = peer.received("REGISTER");
    peer.answer(late!, 403, "Forbidden");
    expect(await outcome(second)).toBe("pending");
    peer.answer(now!, 200, "OK", { headers: [`Contact: ${contactOf(now!)};expires=60`] });
    expect(await outcome(second)).toMatchObject({ expiresS: 60 });
  });

  it("that asks for too short a life is sent once more with Min-Expires, and so from then on (RFC 3261 §10.2.8)", async () => {
    const { peer, edge } = await connected();
    const registered = edge.register(600);
    await settle();
    peer.answer(peer.last("REGISTER"), 423, "Interval Too Brief", { headers: ["Min-Expires: 3600"] });
    await settle();
    const asked = peer.last("REGISTER");
    expect([asked.get("Expires"), asked.get("Contact")]).toEqual(["3600", expect.stringContaining("expires=3600")]);
    grant(peer, [`Contact: ${contactOf(asked)}`]);
    expect(await registered).toMatchObject({ code: 200, expiresS: 3_600 });
    void edge.register(600);
    await settle();
    expect(peer.last("REGISTER").get("Expires")).toBe("3600");
    grant(peer, []);
    await settle();
    void edge.register(0);
    await settle();
    expect(peer.last("REGISTER").get("Expires")).toBe("0");
  });

  it.each(['"3600"', "3600;x=1", "3600, 60", " 3600 "])("hears a Min-Expires that is written %j", async (written) => {
    const { peer, edge } = await connected();
    void edge.register(600);
    await settle();
    peer.answer(peer.last("REGISTER"), 423, "Interval Too Brief", { headers: [`Min-Expires: ${written}`] });
    await settle();
    expect(peer.last("REGISTER").get("Expires")).toBe("3600");
  });

  it.each<[string, (contact: string) => string]>([
    ["in capitals", (contact) => contact.replace(/sip:([^@]+)/, (user) => `sip:${user.slice(4).toUpperCase()}`)],
    ["by its instance alone (RFC 5626)", (contact) => contact.replace(/sip:[^>]+/, "sip:agent7@10.0.0.1:4711;transport=ws")],
  ])("knows its binding again that the registrar writes %s, among others", async (_, respelt) => {
    const { peer, edge } = await connected();
    const registered = edge.register(600);
    await settle();
    const ours = respelt(peer.last("REGISTER").get("Contact")).replace(/expires=\d+/, "expires=300");
    grant(peer, ['Contact: <sip:agent7@10.0.0.2>;+sip.instance="<urn:uuid:other>";expires=60', `Contact: ${ours}`]);
    expect(await registered).toMatchObject({ code: 200, expiresS: 300 });
  });

  it.each([
    ["with one that is not longer", ["Min-Expires: 600"]],
    ["with one of many years", ["Min-Expires: 4294967295"]],
  ])("refused by a 423 %s is refused", async (_, headers) => {
    const { peer, edge } = await connected();
    const registered = edge.register(600);
    await settle();
    peer.answer(peer.last("REGISTER"), 423, "Interval Too Brief", { headers });
    expect(await outcome(registered)).toMatchObject({ code: 423 });
    expect(peer.received("REGISTER")).toHaveLength(1);
  });

  it.each([
    ["without Min-Expires", []],
    ["with one that is no number", ["Min-Expires: soon"]],
  ])("refused by a 423 %s asks for the hour that is customary, once", async (_, headers) => {
    const { peer, edge } = await connected();
    const registered = edge.register(600);
    for (const askedS of ["600", "3600"]) {
      await settle();
      expect(peer.last("REGISTER").get("Expires")).toBe(askedS);
      peer.answer(peer.last("REGISTER"), 423, "Interval Too Brief", { headers });
    }
    expect(await outcome(registered)).toMatchObject({ code: 423 });
    expect(peer.received("REGISTER")).toHaveLength(2);
  });

  it.each<[string, readonly string[], number | undefined]>([
    ["in one Contact", ["Contact: <sip:agent7@10.0.0.1:4711>;expires=90"], 90],
    ["in one of several", ["Contact: <sip:agent7@10.0.0.1>;expires=300, <sip:desk@10.0.0.2>;expires=60"], 60],
    ["without a life", ["Contact: <sip:agent7@10.0.0.1>", "Expires: 120"], 120],
    ["among other instances'", ['Contact: <sip:a@10.0.0.1>;+sip.instance="<urn:uuid:x>";expires=9, <sip:b@10.0.0.1>;expires=70'], 70],
    ["nowhere: all are other instances'", ['Contact: <sip:a@10.0.0.1>;+sip.instance="<urn:uuid:x>";expires=9'], undefined],
    ["with GRUUs (RFC 5627)", ['Contact: <sip:agent7@10.0.0.1>;pub-gruu="sip:a@b;gr=x,y";temp-gruu="sip:t@b;gr";expires=90'], 90],
    ["with a priority", ['Contact: <sip:agent7@10.0.0.1>;q=0.5;expires=90;received="sip:10.0.0.1:5060;transport=tcp"'], 90],
    ["with another life in Expires", ["Contact: <sip:agent7@10.0.0.1>;expires=60", "Expires: 3600"], 60],
    ["without brackets", ["Contact: sip:agent7@10.0.0.1:4711;expires=90"], 90],
    ["in the compact form, its parameter in capitals", ["m: <sip:agent7@10.0.0.1>;EXPIRES=90"], 90],
    ["with a name that holds a comma", ['Contact: "Agent, 7" <sip:agent7@10.0.0.1>;expires=90'], 90],
    ["folded", ["Contact: <sip:agent7@10.0.0.1>\r\n ;expires=90"], 90],
    ["at IPv6, in a zone", ["Contact: <sip:agent7@[fe80::1%25eth0]:5060>;expires=90"], 90],
    ["as a star, beside one", ["Contact: *, <sip:agent7@10.0.0.1>;expires=90"], 90],
    ["as a star alone", ["Contact: *", "Expires: 90"], undefined],
    ["nowhere at all", [], undefined],
  ])("takes what a border controller wrote in place of its Contact for it: %s", async (_, headers, expiresS) => {
    const { peer, edge } = await connected();
    const registered = edge.register(600);
    await settle();
    grant(peer, headers);
    expect((await registered).expiresS).toBe(expiresS);
  });

  it.each(["90.5", "90s", "+90", '"90"', "000000000000090", "90 (a minute and a half)", "90, 90", "90 ;x"])(
    "takes a life of %s for 90 s",
    async (life) => {
      for (const headers of [[`Contact: <sip:agent7@10.0.0.1>;expires=${life}`], ["Contact: <sip:agent7@10.0.0.1>", `Expires: ${life}`]]) {
        const { peer, edge } = await connected();
        const registered = edge.register(600);
        await settle();
        grant(peer, headers);
        expect((await registered).expiresS).toBe(90);
      }
    },
  );

  it("refused by a 423 that is never content is refused after the second", async () => {
    const { peer, edge } = await connected();
    const registered = edge.register(600);
    for (const leastS of [700, 800]) {
      await settle();
      peer.answer(peer.last("REGISTER"), 423, "Interval Too Brief", { headers: [`Min-Expires: ${leastS}`] });
    }
    expect(await outcome(registered)).toMatchObject({ code: 423 });
  });

  it("offers Path, and its Service-Route is the way of the calls that follow, till the registrar names another (RFC 3327, RFC 3608)", async () => {
    const { peer, edge } = await connected();
    const routes = ["<sip:p1.carrier.example;lr>", "<sip:p2.carrier.example;lr>"];
    const loose = ["*", "sip:p1.carrier.example;lr, what ever", "", "<sip:p2.carrier.example;lr>"];
    for (const given of [routes, [], loose]) {
      const registered = edge.register(600);
      await settle();
      const asked = peer.last("REGISTER");
      expect(asked.get("Supported")).toMatch(/\bpath\b/);
      expect(asked.all("Route")).toEqual([]);
      grant(peer, [`Contact: ${contactOf(asked)}`, ...given.map((route) => `Service-Route: ${route}`)]);
      await registered;
      const call = dial(edge);
      await settle();
      const invited = peer.last("INVITE");
      const passed = given.length > 0 ? [routes.join(", ")] : [];
      expect(invited.all("Route")).toEqual(passed);
      peer.answer(invited, 100, "Trying");
      call.invite.cancel();
      await settle();
      expect(peer.last("CANCEL").all("Route")).toEqual(passed);
      peer.answer(invited, 487);
      expect(peer.last("ACK").all("Route")).toEqual(passed);
    }
  });

  it("goes without reg-id where a proxy on the way knows nothing of outbound, and so from then on (RFC 5626 §6)", async () => {
    const { peer, edge } = await connected();
    const registered = edge.register(600);
    await settle();
    peer.answer(peer.last("REGISTER"), 439, "First Hop Lacks Outbound Support");
    await settle();
    const [first, second] = peer.received("REGISTER");
    expect(second?.get("Contact")).toBe(first?.get("Contact").replace(";reg-id=1", ""));
    expect(second?.get("CSeq")).toBe("2 REGISTER");
    grant(peer, [`Contact: ${second?.get("Contact")}`]);
    expect(await registered).toMatchObject({ code: 200, expiresS: 600 });
    void edge.register(600);
    await settle();
    expect(peer.last("REGISTER").get("Contact")).not.toContain("reg-id");
    peer.answer(peer.last("REGISTER"), 439, "First Hop Lacks Outbound Support");
    await settle();
    expect(peer.received("REGISTER")).toHaveLength(3);
  });

  it("refused with a 408 by the peer itself is not taken for our own timeout", async () => {
    const { peer, edge } = await connected();
    const registered = edge.register(600);
    await settle();
    peer.answer(peer.last("REGISTER"), 408, "Request Timeout", { headers: ["Retry-After: 9"] });
    expect(await outcome(registered)).toMatchObject({ code: 408, said: "peer", retryAfterS: 9 });
  });
});

describe("digest credentials", () => {
  it("answer the challenge as RFC 2617 §3.2.2 computes it", async () => {
    const asked: unknown[] = [];
    const { peer, edge } = await connected((request) => {
      asked.push(request);
      return { username: "u7", password: "secret" };
    });
    const registered = edge.register(600);
    await settle();
    peer.answer(peer.last("REGISTER"), 401, "Unauthorized", { headers: [digestChallenge(', opaque="xyz"')] });
    await settle();
    const line = peer.last("REGISTER").get("Authorization");
    const [, cnonce, nc] = /cnonce="(\w+)", nc=(\w+)/.exec(line)!;
    const response = md5(`${md5("u7:carrier:secret")}:abc:${nc}:${cnonce}:auth:${md5("REGISTER:sip:carrier.example")}`);
    expect(line).toContain(`response="${response}"`);
    expect(line).toContain('opaque="xyz"');
    expect(asked).toEqual([{ trunkId: "tt", realm: "carrier" }]);
    grant(peer, [`Contact: ${contactOf(peer.last("REGISTER"))};expires=600`]);
    expect(await registered).toMatchObject({ code: 200, expiresS: 600 });
  });

  it("answer the strongest challenge of several, in whatever order they come (RFC 8760 §2.4)", async () => {
    await import("../../../adapters/sipjs/sha2.ts");
    const { peer, edge } = await connected();
    void edge.register(600);
    await settle();
    const others = ['WWW-Authenticate: Digest realm="carrier", nonce="sha", algorithm=SHA-256, qop="auth"'];
    peer.answer(peer.last("REGISTER"), 401, "Unauthorized", { headers: [digestChallenge(", algorithm=MD5"), ...others] });
    await vi.waitFor(() => expect(peer.last("REGISTER").get("Authorization")).toMatch(/algorithm=SHA-256, .*nonce="sha"/));
    expect(peer.last("REGISTER").all("Authorization")).toHaveLength(1);
  });

  it("are told as unsupported where no challenge can be answered, and nobody is asked for them", async () => {
    const asked: unknown[] = [];
    const { peer, edge, failures } = await connected((request) => {
      asked.push(request);
      return { password: "secret" };
    });
    const registered = edge.register(600);
    await settle();
    peer.answer(peer.last("REGISTER"), 401, "Unauthorized", {
      headers: ['WWW-Authenticate: Digest realm="carrier", nonce="aka", algorithm=AKAv1-MD5'],
    });
    const answer = await outcome(registered);
    expect(answer).toMatchObject({ code: 401, said: "peer", unanswerable: true });
    expect(answer).not.toHaveProperty("toCredentials");
    expect(failures).toMatchObject([{ name: "UnsupportedDigest" }]);
    expect(asked).toEqual([]);
  });

  it.each([
    ["by a scheme that is not Digest", ['WWW-Authenticate: Bearer realm="carrier"']],
    ["by nothing", []],
  ])("are of no use to who asks %s", async (_, headers) => {
    const { peer, edge } = await connected();
    const registered = edge.register(600);
    await settle();
    peer.answer(peer.last("REGISTER"), 401, "Unauthorized", { headers });
    expect(await outcome(registered)).toMatchObject({ code: 401, unanswerable: true });
  });

  it("that their source does not give refuse nothing", async () => {
    const { peer, edge } = await connected(() => Promise.reject(new Error("no token yet")));
    const registered = edge.register(600);
    await settle();
    peer.answer(peer.last("REGISTER"), 401, "Unauthorized", { headers: [digestChallenge()] });
    const answer = await outcome(registered);
    expect(answer).toMatchObject({ code: 401 });
    expect(answer).not.toHaveProperty("toCredentials");
    expect(answer).not.toHaveProperty("unanswerable");
  });

  it("answer a proxy and the registrar behind it, one after the other (RFC 3261 §22.3)", async () => {
    const realms: string[] = [];
    const { peer, edge } = await connected(({ realm }) => {
      realms.push(realm);
      return { password: "secret" };
    });
    const registered = edge.register(600);
    await settle();
    const proxy = 'Proxy-Authenticate: Digest realm="edge", nonce="p", qop="auth"';
    peer.answer(peer.last("REGISTER"), 407, "Proxy Authentication Required", { headers: [proxy] });
    await settle();
    expect(peer.last("REGISTER").get("Proxy-Authorization")).toContain("nc=00000001");
    peer.answer(peer.last("REGISTER"), 401, "Unauthorized", { headers: [digestChallenge()] });
    await settle();
    const both = peer.last("REGISTER");
    expect([both.get("Proxy-Authorization"), both.get("Authorization")]).toEqual([
      expect.stringContaining("nc=00000002"),
      expect.stringContaining("nc=00000001"),
    ]);
    grant(peer, [`Contact: ${contactOf(both)};expires=600`]);
    expect(await registered).toMatchObject({ code: 200, toCredentials: true });
    expect(realms).toEqual(["edge", "carrier"]);
  });

  it("that are refused are not sent again; with a stale nonce they are, a few times", async () => {
    const { peer, edge } = await connected();
    const registered = edge.register(600);
    for (const nonce of ["a", "b", "c", "d", "e", "f"]) {
      await settle();
      const stale = `WWW-Authenticate: Digest realm="carrier", nonce="${nonce}", stale=TRUE`;
      peer.answer(peer.last("REGISTER"), 401, "Unauthorized", { headers: [stale] });
    }
    expect(await outcome(registered)).toMatchObject({ code: 401, toCredentials: true });
    expect(peer.received("REGISTER").map((frame) => /nonce="(.)"/.exec(frame.get("Authorization"))?.[1])).toEqual([undefined, ..."abcde"]);
    const again = edge.register(600);
    await settle();
    peer.answer(peer.last("REGISTER"), 401, "Unauthorized", { headers: [digestChallenge()] });
    await settle();
    peer.answer(peer.last("REGISTER"), 401, "Unauthorized", { headers: [digestChallenge()] });
    expect(await outcome(again)).toMatchObject({ code: 401, toCredentials: true });
    expect(peer.received("REGISTER")).toHaveLength(8);
  });

  it("for ever new realms are given to some of them only", async () => {
    const { peer, edge } = await connected();
    const registered = edge.register(600);
    for (let realm = 0; realm < 20; realm++) {
      await settle();
      const next = `WWW-Authenticate: Digest realm="r${realm}", nonce="n"`;
      peer.answer(peer.last("REGISTER"), 401, "Unauthorized", { headers: [next] });
    }
    expect(await outcome(registered)).toMatchObject({ code: 401 });
    expect(peer.received("REGISTER")).toHaveLength(5);
  });

  const hostile = (username: string): Credentials => ({ username, password: "secret" });
  it.each([
    [
      "throw",
      () => {
        throw new Error("no");
      },
    ],
    ["reject", () => Promise.reject(new Error("no"))],
    ["are nothing", () => undefined as never],
    ["have no password", () => ({}) as never],
    ["inject a header", () => hostile('x"\r\nX-Evil: 1')],
    ["break the quotes", () => hostile('x", realm="y')],
  ])("that %s are told, and the 401 is the answer", async (_, credentials) => {
    const { peer, edge, failures } = await connected(credentials);
    const registered = edge.register(600);
    await settle();
    peer.answer(peer.last("REGISTER"), 401, "Unauthorized", { headers: [digestChallenge()] });
    expect(await outcome(registered)).toMatchObject({ code: 401, said: "peer" });
    expect(failures).toHaveLength(1);
    expect(peer.received("REGISTER")).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("that never come are given up after 64·T1", async () => {
    const { peer, edge, failures } = await connected(() => new Promise(() => {}));
    const registered = edge.register(600);
    await settle();
    peer.answer(peer.last("REGISTER"), 401, "Unauthorized", { headers: [digestChallenge()] });
    await vi.advanceTimersByTimeAsync(32_000);
    expect(await outcome(registered)).toMatchObject({ code: 401 });
    expect(failures).toHaveLength(1);
  });

  it("that come after the flow was lost, or the edge disposed, do nothing", async () => {
    let give = (_: Credentials) => {};
    const { peer, edge, failures } = await connected(() => new Promise((resolve) => (give = resolve)));
    const registered = edge.register(600);
    await settle();
    peer.answer(peer.last("REGISTER"), 401, "Unauthorized", { headers: [digestChallenge()] });
    await settle();
    peer.socket.drop();
    expect(await outcome(registered)).toMatchObject({ code: 503, said: "inferred" });
    edge.connect();
    await settle();
    give({ password: "secret" });
    await settle();
    edge.dispose();
    expect([peer.socket.frames, failures]).toEqual([[], []]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("credentials that fail after dispose()", () => {
  it("are nobody's concern", async () => {
    let fail = () => {};
    const { peer, edge, failures } = await connected(() => new Promise((_, reject) => (fail = () => reject(new Error("no")))));
    void edge.register(600);
    await settle();
    peer.answer(peer.last("REGISTER"), 401, "Unauthorized", { headers: [digestChallenge()] });
    await settle();
    edge.dispose();
    fail();
    await settle();
    expect(failures).toEqual([]);
  });
});

describe("OPTIONS", () => {
  it("asks the edge itself", async () => {
    const { peer, edge } = await connected();
    const answered = edge.options();
    expect(peer.last("OPTIONS").raw).toMatch(/^OPTIONS sip:carrier\.example SIP\/2\.0\r\n/);
    peer.answer(peer.last("OPTIONS"), 501, "Not Implemented");
    expect(await answered).toEqual({ code: 501, said: "peer", text: "Not Implemented" });
  });

  it("before connect() is an inferred 503", async () => {
    expect(await bench().edge.options()).toMatchObject({ code: 503, said: "inferred" });
  });
});
