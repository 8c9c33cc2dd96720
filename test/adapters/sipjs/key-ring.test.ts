/** Credentials with the first request: where they go, where not, and what an edge may make of them. */
import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CredentialsSource } from "../../../src/ports/sip-account.ts";
import { type Bench, type Frame, connected, dial, outcome, sdp, settle } from "./scripted-edge.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Asked = 401 | 407;
const challengeOf = (code: Asked, nonce: string, more = "") =>
  `${code === 401 ? "WWW" : "Proxy"}-Authenticate: Digest realm="r", nonce="${nonce}", qop="auth"${more}`;
const proofsOf = (frame: Frame) => [...frame.all("Authorization"), ...frame.all("Proxy-Authorization")];
const field = (name: string) => (line: string) => new RegExp(`[ ,]${name}="?([^",]*)`).exec(line)?.[1] ?? "";
/** Nonce and count of each of its proofs. */
const usesOf = (frame: Frame) => proofsOf(frame).map((line) => `${field("nonce")(line)} ${Number.parseInt(field("nc")(line), 16)}`);
const md5 = (text: string) => createHash("md5").update(text).digest("hex");

/** A REGISTER, and what it had; answered by `respond` until that answers no more. */
async function register({ peer, edge }: Bench, ...answers: [code: number, headers?: readonly string[]][]) {
  const before = peer.received("REGISTER").length;
  const registered = edge.register(600);
  for (const [code, headers = []] of answers) {
    await settle();
    const asked = peer.last("REGISTER");
    peer.answer(asked, code, "Said", { headers: [`Contact: ${asked.get("Contact").split(";reg-id")[0]};expires=600`, ...headers] });
  }
  return { answer: await outcome(registered), uses: peer.received("REGISTER").slice(before).map(usesOf) };
}

/** An INVITE, and what came of it. */
async function call({ peer, edge }: Bench, answers: readonly [code: number, headers?: readonly string[]][], target?: string) {
  const before = peer.received("INVITE").length;
  const dialled = dial(edge, target);
  for (const [code, headers = []] of answers) {
    await settle();
    const contact = "Contact: <sip:gw@peer.example;transport=ws>";
    peer.answer(peer.last("INVITE"), code, "Said", { headers: [contact, ...headers], ...(code === 200 && { body: sdp("peer") }) });
  }
  await settle();
  return { ...dialled, uses: peer.received("INVITE").slice(before).map(usesOf) };
}

const challenge401 = (nonce: string, more?: string): [number, string[]] => [401, [challengeOf(401, nonce, more)]];
const challenge407 = (nonce: string, more?: string): [number, string[]] => [407, [challengeOf(407, nonce, more)]];

/** An edge that has taken a REGISTER by one nonce and an INVITE by another. */
async function taken(credentials?: CredentialsSource): Promise<Bench> {
  const bench = await connected(credentials);
  await register(bench, challenge401("n"), [200]);
  await call(bench, [challenge407("p"), [486]]);
  return bench;
}

describe("what an edge has asked once has the answer with it the next time", () => {
  it("by the same nonce, counted on", async () => {
    const bench = await taken();
    expect((await register(bench, [200])).uses).toEqual([["n 2"]]);
    expect((await register(bench, [200])).uses).toEqual([["n 3"]]);
    const { told, uses } = await call(bench, [[180], [486]]);
    expect([uses, told]).toEqual([[["p 2"]], ["sent", "progressed 180 peer", "rejected 486 peer"]]);
  });

  it("unless that was not wanted", async () => {
    const bench = await connected(undefined, { preemptiveAuthorization: false });
    await register(bench, challenge401("n"), [200]);
    expect((await register(bench, challenge401("m"), [200])).uses).toEqual([[], ["m 1"]]);
  });

  it("with a response that is right", async () => {
    const bench = await taken();
    await call(bench, [[486]]);
    const [line = ""] = proofsOf(bench.peer.last("INVITE"));
    const what = md5("INVITE:sip:+21671000001@carrier.example");
    expect(line.startsWith("Digest ")).toBe(true);
    expect(field("response")(line)).toBe(md5(`${md5("agent7:r:secret")}:p:00000002:${field("cnonce")(line)}:auth:${what}`));
  });

  it("as soon as a phone rings, for a second call meanwhile", async () => {
    const bench = await connected();
    await call(bench, [challenge407("p"), [180]]);
    expect((await call(bench, [])).uses).toEqual([["p 2"]]);
  });

  it("for a proxy and the PBX behind it together", async () => {
    const bench = await connected();
    const first = await call(bench, [challenge407("p"), challenge401("w"), [486]]);
    expect(first.uses).toEqual([[], ["p 1"], ["w 1", "p 2"]]);
    expect((await call(bench, [[486]])).uses).toEqual([["w 2", "p 3"]]);
  });

  it("and where one of them asks anew, the other is not answered anew", async () => {
    const bench = await connected();
    await call(bench, [challenge407("p"), challenge401("w"), [486]]);
    const { told, uses } = await call(bench, [challenge407("q", ", stale=true"), [486]]);
    expect(uses).toEqual([
      ["w 2", "p 3"],
      ["w 3", "q 1"],
    ]);
    expect(told.at(-1)).toBe("rejected 486 peer");
    expect((await call(bench, [[486]])).uses).toEqual([["w 4", "q 2"]]);
  });

  it("by the key of a session, which is bound to its first nonce", async () => {
    const bench = await connected();
    await register(bench, challenge401("n", ", algorithm=MD5-sess"), [200]);
    const cnonceOf = () => field("cnonce")(proofsOf(bench.peer.last("REGISTER"))[0] ?? "");
    const cnonce = cnonceOf();
    expect((await register(bench, [200])).uses).toEqual([["n 2"]]);
    expect(cnonceOf()).toBe(cnonce);
    const session = md5(`${md5("agent7:r:secret")}:n:${cnonce}`);
    expect(field("response")(proofsOf(bench.peer.last("REGISTER"))[0] ?? "")).toBe(
      md5(`${session}:n:00000002:${cnonce}:auth:${md5("REGISTER:sip:carrier.example")}`),
    );
  });

  it("within the call too: ACK, re-INVITE and its ACK, BYE", async () => {
    const bench = await taken();
    const { dialogs } = await call(bench, [[200]]);
    expect(usesOf(bench.peer.last("ACK"))).toEqual(["p 2"]);
    const reinvited = dialogs[0]!.reinvite(sdp("us again"));
    await settle();
    bench.peer.answer(bench.peer.last("INVITE"), 200, "OK", { headers: ["Contact: <sip:gw@peer.example>"], body: sdp("peer") });
    expect((await reinvited).answer.code).toBe(200);
    expect(usesOf(bench.peer.last("ACK"))).toEqual(["p 3"]);
    void dialogs[0]!.bye();
    await settle();
    expect(usesOf(bench.peer.last("BYE"))).toEqual(["p 4"]);
    bench.peer.answer(bench.peer.last("BYE"), 200, "OK");
  });

  it("goes on where the edge challenges by a nonce that was used", async () => {
    const bench = await taken();
    expect((await register(bench, challenge401("n"), [200])).uses).toEqual([["n 2"], ["n 3"]]);
  });

  it.each<[string, (bench: Bench) => Promise<string[][]>]>([
    [
      "OPTIONS, which were not asked for it",
      async ({ edge, peer }) => (void edge.options(), await settle(), peer.received("OPTIONS").map(usesOf)),
    ],
    ["another host", async (bench) => (await call(bench, [], "sip:1@other.example")).uses],
    ["the CANCEL of an INVITE", async (bench) => ((await call(bench, [[180]])).invite.cancel(), bench.peer.received("CANCEL").map(usesOf))],
  ])("but not with %s", async (_, uses) => {
    expect(await uses(await taken())).toEqual([[]]);
  });

  it("over another flow to the same host, and not to another host", async () => {
    const bench = await taken();
    const reconnect = async (server: string) => {
      bench.edge.disconnect();
      bench.edge.connect(server);
      await settle();
      return (await register(bench, [200])).uses;
    };
    expect(await reconnect("wss://edge.example/ws?token=2")).toEqual([["n 2"]]);
    expect(await reconnect("wss://other.example/ws")).toEqual([[]]);
  });

  it("not once the account has other credentials, also by a call that is older", async () => {
    const bench = await taken();
    const ringing = await call(bench, [[180]]);
    bench.edge.forgetCredentials?.();
    bench.peer.answer(bench.peer.last("INVITE"), 486, "Busy");
    await settle();
    expect(ringing.told.at(-1)).toBe("rejected 486 peer");
    expect([(await register(bench, [200])).uses, (await call(bench, [[486]])).uses]).toEqual([[[]], [[]]]);
  });

  it("nor once the source gives others for the realm", async () => {
    let password = "secret";
    const bench = await taken(() => ({ password }));
    password = "another";
    await call(bench, [challenge407("q"), [486]]);
    await register(bench, challenge401("o"), [200]);
    const [line = ""] = proofsOf(bench.peer.last("REGISTER"));
    expect(field("response")(line)).toBe(
      md5(`${md5("agent7:r:another")}:o:00000001:${field("cnonce")(line)}:auth:${md5("REGISTER:sip:carrier.example")}`),
    );
    // A source of that kind is asked for each request: a registrar may count those that come with what is over.
    expect((await register(bench, challenge401("x"), [200])).uses).toEqual([[], ["x 1"]]);
    expect((await call(bench, [challenge407("y"), [486]])).uses).toEqual([[], ["y 1"]]);
  });

  it("though they may be mended once, after a refusal", async () => {
    let password = "wrong";
    const bench = await connected(() => ({ password }));
    await register(bench, challenge401("n"), challenge401("m"));
    password = "secret";
    await register(bench, challenge401("o"), [200]);
    expect((await register(bench, [200])).uses).toEqual([["o 2"]]);
  });

  it("nor by another trunk, though it leads to the same edge", async () => {
    await taken();
    const other = await connected();
    expect([(await register(other, [200])).uses, (await call(other, [[486]])).uses]).toEqual([[[]], [[]]]);
  });

  it("nor once they were refused", async () => {
    const bench = await taken();
    expect((await register(bench, challenge401("o"), [403])).answer).toMatchObject({ code: 403, toCredentials: true });
    expect((await call(bench, [[486]])).uses).toEqual([[]]);
  });
});

describe("a nonce that an edge will not have again", () => {
  it.each([
    ["stale", ", stale=true"],
    ["by a new challenge", ""],
  ])("(%s) costs what the usual way costs, and is no refusal", async (_, more) => {
    const bench = await taken();
    const { told, uses } = await call(bench, [challenge407("q", more), [486]]);
    expect([told, uses]).toEqual([
      ["sent", "challenged", "sent", "rejected 486 peer"],
      [["p 2"], ["q 1"]],
    ]);
    const registered = await register(bench, challenge401("o", more), [200]);
    expect([registered.answer, registered.uses]).toEqual([expect.objectContaining({ code: 200 }), [["n 2"], ["o 1"]]]);
    expect(bench.failures).toEqual([]);
  });

  it("may still be stale once it was asked for", async () => {
    const bench = await taken();
    const { uses } = await call(bench, [challenge407("q"), challenge407("s", ", stale=true"), [486]]);
    expect(uses).toEqual([["p 2"], ["q 1"], ["s 1"]]);
  });

  it("refuses by what was asked for: a second challenge, not stale", async () => {
    const bench = await taken();
    const { answer, uses } = await register(bench, challenge401("o"), challenge401("x"));
    expect([answer, uses]).toEqual([expect.objectContaining({ code: 401, toCredentials: true }), [["n 2"], ["o 1"]]]);
  });

  it.each([
    ["calls them right and their nonce stale, to the last", "r", ", stale=true", "pw", "stale-nonce"],
    ["took nothing else of the registrar's realm", "r", "", "pw", "registrars-account"],
    ["asks in another realm", "other", "", "pw", "other-realm"],
    ["was given others than the registrar", "r", "", "changed", undefined],
  ])("refuses calls, and tells how the registrar took the same: whoever %s", async (_, realm, more, password, askedAgain) => {
    let given = "pw";
    const bench = await connected(() => ({ username: "agent7", password: given }));
    await register(bench, challenge401("n"), [200]);
    given = password;
    const asked = (nonce: string): [number, string[]] => [
      407,
      [`Proxy-Authenticate: Digest realm="${realm}", nonce="${nonce}", qop="auth"${more}`],
    ];
    const { answers } = await call(bench, ["a", "b", "c", "d", "e", "f"].slice(0, more ? 6 : 2).map(asked));
    expect(answers.at(-1)?.askedAgain).toBe(askedAgain);
    expect(answers.at(-1)?.code).toBe(407);
  });

  it("because it was good for one use, or for its call, is tried twice, whatever else is taken", async () => {
    const bench = await taken();
    const called = async (nonce: string) => (await call(bench, [challenge407(nonce), [486]])).uses.map(([use]) => use ?? "");
    expect([await called("b"), await called("c"), await called("d"), await called("e")]).toEqual([
      ["p 2", "b 1"],
      ["b 2", "c 1"],
      ["", "d 1"],
      ["", "e 1"],
    ]);
    expect((await register(bench, [200])).uses).toEqual([["n 2"]]);
    expect(await called("f")).toEqual(["", "f 1"]);
  });

  it("is not tried at that age any more, but by half of it, until one is taken", async () => {
    const bench = await taken();
    const after = async (ms: number, ...answers: [number, string[]?][]) => {
      await vi.advanceTimersByTimeAsync(ms);
      return (await register(bench, ...answers)).uses;
    };
    expect(await after(400_000, challenge401("b", ", stale=true"), [200])).toEqual([["n 2"], ["b 1"]]);
    expect(await after(200_001, challenge401("c"), [200])).toEqual([[], ["c 1"]]);
    expect(await after(200_000, [200])).toEqual([["c 2"]]);
    // What was taken at that age is not doubted for one that is not: the edge may have started anew.
    expect(await after(0, challenge401("d", ", stale=true"), [200])).toEqual([["c 3"], ["d 1"]]);
    expect(await after(200_000, [200])).toEqual([["d 2"]]);
  });
});

describe("the next nonce that an answer names (RFC 7616 §3.5)", () => {
  it.each([
    'Authentication-Info: qop=auth, nextnonce="m"',
    "Authentication-Info: nextnonce=m, qop=auth",
    "Authentication-Info: NextNonce = 'm'",
    'authentication-info : qop=auth,nextnonce="m",rspauth="',
  ])("is used from then on, counted from one: %s", async (info) => {
    const bench = await connected();
    await register(bench, challenge401("n"), [200, [info]]);
    expect((await register(bench, [200])).uses).toEqual([["m 1"]]);
    await call(bench, [challenge407("p"), [200, ['Proxy-Authentication-Info: nextnonce="o"']]]);
    expect((await call(bench, [])).uses).toEqual([["o 1"]]);
  });

  it("leaves the key of a session bound to the first", async () => {
    const bench = await connected();
    await register(bench, challenge401("n", ", algorithm=MD5-sess"), [200, ['Authentication-Info: nextnonce="m"']]);
    await register(bench, [200]);
    const [line = ""] = proofsOf(bench.peer.last("REGISTER"));
    const cnonce = field("cnonce")(line);
    const session = md5(`${md5("agent7:r:secret")}:n:${cnonce}`);
    expect(field("response")(line)).toBe(md5(`${session}:m:00000001:${cnonce}:auth:${md5("REGISTER:sip:carrier.example")}`));
  });

  it("is nobody's where two realms could be meant, and none that would end its own header", async () => {
    const bench = await connected();
    const two = [challengeOf(401, "a"), challengeOf(401, "b").replace('"r"', '"s"')];
    await register(bench, [401, two], [200, ['Authentication-Info: nextnonce="m"']]);
    expect((await register(bench, [200, ['Authentication-Info: nextnonce="']])).uses).toEqual([["a 2", "b 2"]]);
  });
});

describe.each([400, 403, 482])("an edge that answers %i to credentials it has not asked for", (code) => {
  it("is asked once without them, and never again with", async () => {
    const bench = await taken();
    const registered = await register(bench, [code], challenge401("o"), [200]);
    expect([registered.answer, registered.uses]).toEqual([expect.objectContaining({ code: 200 }), [["n 2"], [], ["o 1"]]]);
    expect((await register(bench, challenge401("x"), [200])).uses).toEqual([[], ["x 1"]]);
    expect((await call(bench, [challenge407("q"), [486]])).uses).toEqual([[], ["q 1"]]);
  });

  it("rings one phone, and tells of no refusal", async () => {
    const bench = await taken();
    const { told, uses } = await call(bench, [[100], [code], challenge407("q"), [180], [486]]);
    expect(told.filter((line) => !line.startsWith("progressed"))).toEqual([
      "sent",
      "challenged",
      "sent",
      "challenged",
      "sent",
      "rejected 486 peer",
    ]);
    expect(uses).toEqual([["p 2"], [], ["q 1"]]);
  });

  it("and to those that it has asked for, means it: they go on to be sent", async () => {
    const bench = await taken();
    const { told } = await call(bench, [[code], challenge407("q"), [code]]);
    expect(told.at(-1)).toBe(`rejected ${code} peer`);
    await call(bench, [challenge407("s"), [486]]);
    expect((await call(bench, [[486]])).uses).toEqual([["s 2"]]);
  });

  it("after a phone may have rung, is believed", async () => {
    const bench = await taken();
    const { told, uses } = await call(bench, [[181], [code]]);
    expect([told.at(-1), uses]).toEqual([`rejected ${code} peer`, [["p 2"]]]);
  });

  it("though it has taken some before, is asked once without: it may have forgotten them, or mean the call", async () => {
    const bench = await taken();
    await call(bench, [[486]]);
    const { answers, uses } = await call(bench, [[code], challenge407("q"), [code]]);
    expect(answers.at(-1)).toMatchObject({ code, said: "peer" });
    expect(uses).toEqual([["p 3"], [], ["q 1"]]);
    await call(bench, [challenge407("s"), [486]]);
    expect((await call(bench, [[486]])).uses).toEqual([["s 2"]]);
  });

  it("is not asked again for a call that was cancelled", async () => {
    const bench = await taken();
    const { invite, told } = await call(bench, []);
    invite.cancel();
    bench.peer.answer(bench.peer.last("INVITE"), code, "No");
    await settle();
    expect([told, bench.peer.received("INVITE")]).toEqual([["sent", "rejected 487 inferred"], expect.objectContaining({ length: 3 })]);
  });
});

it("a registrar that answers 404 to credentials it has not asked for has refused nobody before it was asked without", async () => {
  const bench = await taken();
  const { answer, uses } = await register(bench, [404], challenge401("o"), [404]);
  expect([answer, uses]).toEqual([expect.objectContaining({ code: 404, toCredentials: true }), [["n 2"], [], ["o 1"]]]);
});

describe("an edge that has trouble with a nonce that it has forgotten", () => {
  it("and answers 500, is asked the usual way the next time; after the second never again", async () => {
    const bench = await taken();
    expect((await call(bench, [[500]])).told).toEqual(["sent", "rejected 500 peer"]);
    expect((await call(bench, [challenge407("q"), [486]])).uses).toEqual([[], ["q 1"]]);
    expect((await call(bench, [[500]])).uses).toEqual([["q 2"]]);
    await call(bench, [challenge407("r"), [486]]);
    expect((await call(bench, [challenge407("s"), [486]])).uses).toEqual([[], ["s 1"]]);
  });

  it("is not left out for a 500 where it took another between: that was some route's", async () => {
    const bench = await taken();
    await vi.advanceTimersByTimeAsync(30_000);
    await call(bench, [[500]]);
    await call(bench, [challenge407("q"), [486]]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await call(bench, [[486]])).uses).toEqual([["q 2"]]);
    await call(bench, [[500]]);
    await call(bench, [challenge407("r"), [486]]);
    expect((await call(bench, [[486]])).uses).toEqual([["r 2"]]);
  });

  it("and says nothing, hears no other on that flow, nor by these nonces on the next", async () => {
    const bench = await taken();
    await register(bench, [200]);
    void bench.edge.register(600, { answerMs: 4_000 });
    await vi.advanceTimersByTimeAsync(4_000);
    expect((await call(bench, [challenge407("q"), [486]])).uses).toEqual([[], ["q 1"]]);
    expect((await register(bench, challenge401("o"), [200])).uses).toEqual([[], ["o 1"]]);
    bench.edge.disconnect();
    bench.edge.connect();
    await settle();
    expect((await register(bench, challenge401("r"), [200])).uses).toEqual([[], ["r 1"]]);
    expect((await register(bench, [200])).uses).toEqual([["r 2"]]);
  });

  it("is not suspected while it has had a moment to answer", async () => {
    const bench = await taken();
    void bench.edge.register(600);
    await settle();
    expect((await call(bench, [[486]])).uses).toEqual([["p 2"]]);
  });
});

describe("an edge that drops its flow at credentials it has not asked for", () => {
  const reopened = async ({ edge }: Bench) => {
    edge.connect();
    await settle();
  };

  it("has them never again", async () => {
    const bench = await taken();
    void bench.edge.register(600);
    await settle();
    bench.peer.socket.drop();
    await reopened(bench);
    expect((await register(bench, challenge401("o"), [200])).uses).toEqual([[], ["o 1"]]);
    expect((await register(bench, challenge401("x"), [200])).uses).toEqual([[], ["x 1"]]);
  });

  it.each<[string, (bench: Bench) => Promise<void>]>([
    ["had answered", async (bench) => (await call(bench, [[100]]), bench.peer.socket.drop())],
    ["was left by us", async (bench) => (void bench.edge.register(600), await settle(), bench.edge.disconnect())],
  ])("is not suspected where it %s", async (_, lose) => {
    const bench = await taken();
    await lose(bench);
    await reopened(bench);
    expect((await register(bench, [200])).uses).toEqual([[expect.stringMatching(/^n [2-4]$/)]]);
  });

  it("though it took some before, has none of those nonces again: it may have been started anew", async () => {
    const bench = await taken();
    await register(bench, [200]);
    void bench.edge.register(600);
    await settle();
    bench.peer.socket.drop();
    await reopened(bench);
    expect((await register(bench, challenge401("o"), [200])).uses).toEqual([[], ["o 1"]]);
    expect((await register(bench, [200])).uses).toEqual([["o 2"]]);
  });
});
