/** Provisional answers that must arrive (RFC 3262): the peer's, and ours. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ResponseOptions } from "../../support/sip-text.ts";
import { connected, dial, sdp, settle } from "./scripted-edge.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the peer's", () => {
  /** An INVITE of ours, and what its peer says. */
  async function dialled() {
    const made = await connected();
    const dialled = dial(made.edge);
    await settle();
    const invite = made.peer.last("INVITE");
    const say = async (code: number, lines: readonly string[], options: ResponseOptions = {}) => {
      made.peer.answer(invite, code, "Whatever", { ...options, headers: lines });
      await settle();
    };
    const racks = () => made.peer.received("PRACK").map((prack) => prack.get("RAck"));
    return { ...made, ...dialled, invite, say, racks };
  }

  const reliable = (rseq: number | string) => ["Require: 100rel", `RSeq: ${rseq}`];

  it("are each acknowledged inside their dialog, in order", async () => {
    const { peer, say, racks, told, invite } = await dialled();
    for (const [code, rseq] of [[183, 314], [180, 315], [183, 316]] as const) await say(code, reliable(rseq)); // prettier-ignore
    expect(racks()).toEqual(["314 1 INVITE", "315 1 INVITE", "316 1 INVITE"]);
    expect(told).toEqual(["sent", "progressed 183 peer", "progressed 180 peer", "progressed 183 peer"]);
    const [first, second, third] = peer.received("PRACK");
    expect([first?.get("CSeq"), second?.get("CSeq"), third?.get("CSeq")]).toEqual(["2 PRACK", "3 PRACK", "4 PRACK"]);
    expect([first?.get("To"), first?.get("From"), first?.get("Call-ID")]).toEqual([
      `${invite.get("To")};tag=peer`,
      invite.get("From"),
      invite.get("Call-ID"),
    ]);
    expect(first?.raw).toMatch(/^PRACK sip:gw@peer\.example;transport=ws SIP/);
  });

  it.each([
    ["as it was", ["Require: 100rel", "RSeq: 1"]],
    ["in a second Require", ["Require: timer", "Require: 100rel", "RSeq: 1"]],
    ["in a list", ["Require: timer,100rel", "RSeq: 1"]],
    ["in capitals", ["REQUIRE: 100REL", "rseq:1"]],
    ["with words of its own", ["Require: 100rel", "RSeq: 1 (first)"]],
  ])("that is said again, spelt %s, is acknowledged and told once", async (_, lines) => {
    const { say, racks, told } = await dialled();
    for (let index = 0; index < 5; index++) await say(180, lines);
    expect(racks()).toEqual(["1 1 INVITE"]);
    expect(told).toEqual(["sent", "progressed 180 peer"]);
  });

  it.each([
    ["no 100rel is required", ["Supported: 100rel", "RSeq: 1"]],
    ["another extension is", ["Require: x100rel", "RSeq: 1"]],
    ["there is no RSeq", ["Require: 100rel"]],
  ])("are none where %s", async (_, lines) => {
    const { say, racks, told } = await dialled();
    await say(180, lines);
    expect([racks(), told]).toEqual([[], ["sent", "progressed 180 peer"]]);
  });

  it("that count in their own way are heard, for a phone may ring", async () => {
    const { say, racks, told } = await dialled();
    for (const rseq of [10, 20, 5, 20]) await say(180, reliable(rseq));
    expect(racks()).toEqual(["10 1 INVITE", "20 1 INVITE", "5 1 INVITE"]);
    expect(told.filter((line) => line.startsWith("progressed"))).toHaveLength(3);
  });

  it("of each branch of a fork are counted apart", async () => {
    const { peer, say, racks } = await dialled();
    for (const toTag of ["x", "y", "x", "y"]) await say(180, reliable(7), { toTag });
    expect(racks()).toEqual(["7 1 INVITE", "7 1 INVITE"]);
    expect(peer.received("PRACK").map((prack) => /tag=(\w)$/.exec(prack.get("To"))?.[1])).toEqual(["x", "y"]);
  });

  it("may bring the answer to our offer, which the 200 need not repeat (§5)", async () => {
    const { peer, say, racks, dialogs } = await dialled();
    await say(183, reliable(1), { body: sdp("early") });
    // There is nothing to describe: the offer was ours.
    expect(peer.last("PRACK").body).toBe("");
    await say(200, []);
    expect([racks(), dialogs[0]?.sdp]).toEqual([["1 1 INVITE"], sdp("early")]);
    expect(peer.received("ACK")).toHaveLength(1);
  });

  it("are acknowledged with credentials, where the edge asks for them", async () => {
    const { peer, say } = await dialled();
    await say(180, reliable(1));
    peer.answer(peer.last("PRACK"), 407, "Proxy Authentication Required", {
      headers: ['Proxy-Authenticate: Digest realm="carrier", nonce="abc", qop="auth"'],
    });
    await vi.advanceTimersByTimeAsync(0);
    expect(peer.received("PRACK").map((prack) => [prack.get("RAck"), prack.get("Proxy-Authorization") !== ""])).toEqual([
      ["1 1 INVITE", false],
      ["1 1 INVITE", true],
    ]);
  });

  it("cost the call nothing where their PRACK is refused", async () => {
    const { peer, say, told, dialogs } = await dialled();
    await say(180, reliable(1));
    peer.answer(peer.last("PRACK"), 481, "No");
    await say(200, [], { body: sdp("peer") });
    expect([told.at(-1), dialogs.length]).toEqual(["accepted 200 peer", 1]);
  });
});

describe("ours", () => {
  const head = (method: string, branch = method, cseq = 1, toTag = "") => [
    `Via: SIP/2.0/WSS peer.example;branch=z9hG4bK${branch}`,
    "From: <sip:+21698000000@carrier.example>;tag=amel",
    `To: <sip:agent7@carrier.example>${toTag && `;tag=${toTag}`}`,
    "Call-ID: inbound-1",
    `CSeq: ${cseq} ${method}`,
    "Contact: <sip:gw@peer.example>",
  ];

  /** A customer's call whose PBX asks in this way, and that rings. */
  async function ringing(line = "Require: 100rel", body = sdp("peer")) {
    const made = await connected();
    made.peer.request("INVITE", "sip:agent7@x.invalid", [...head("INVITE"), line], body);
    const [invitation] = made.invitations;
    if (!invitation) throw new Error("no invitation");
    const cancelled = vi.fn();
    invitation.onCancelled(cancelled);
    invitation.ring();
    const rung = () => made.peer.frames.filter((frame) => frame.method === "180");
    const toTag = () => made.peer.frames.at(-1)?.get("To").split("tag=")[1] ?? "";
    let pracks = 0;
    const prack = (rack = `${rung().at(-1)?.get("RSeq")} 1 INVITE`) => {
      const cseq = 1 + ++pracks;
      made.peer.request("PRACK", "sip:agent7@x.invalid", [...head("PRACK", `p${cseq}`, cseq, toTag()), `RAck: ${rack}`]);
      return made.peer.frames.at(-1)?.method;
    };
    return { ...made, invitation, cancelled, rung, toTag, prack };
  }

  it("are for whoever requires them, and say their number", async () => {
    const { rung } = await ringing("Require: timer, 100REL");
    expect(rung()).toHaveLength(1);
    expect([rung()[0]?.get("Require"), rung()[0]?.get("RSeq")]).toEqual(["100rel", expect.stringMatching(/^[1-9]\d*$/)]);
  });

  it("are not for whoever only supports them", async () => {
    const { rung } = await ringing("Supported: 100rel");
    await vi.advanceTimersByTimeAsync(40_000);
    expect(rung().map((frame) => frame.get("RSeq"))).toEqual([""]);
  });

  it("are said again at twice the time until 64·T1, and the phone rings on", async () => {
    const { rung, invitation, peer } = await ringing();
    const saidAtMs: number[] = [];
    for (let atMs = 0, seen = 1; atMs <= 50_000; atMs += 100, await vi.advanceTimersByTimeAsync(100)) {
      if (rung().length > seen) saidAtMs.push(atMs);
      seen = rung().length;
    }
    expect(saidAtMs).toEqual([500, 1_500, 3_500, 7_500, 15_500, 31_500]);
    expect(new Set(rung().map((frame) => frame.get("RSeq"))).size).toBe(1);
    void invitation.accept(sdp("us")).catch(() => {});
    expect(peer.frames.at(-1)?.method).toBe("200");
  });

  it("are said no more once they are acknowledged, and the call is answered", async () => {
    const { rung, prack, invitation, peer, toTag } = await ringing();
    await vi.advanceTimersByTimeAsync(600);
    expect(rung()).toHaveLength(2);
    expect(prack()).toBe("200");
    await vi.advanceTimersByTimeAsync(40_000);
    expect(rung()).toHaveLength(2);
    const accepted = invitation.accept(sdp("us"));
    peer.request("ACK", "sip:agent7@x.invalid", head("ACK", "ack", 1, toTag()));
    expect((await accepted).sdp).toBe(sdp("peer"));
  });

  it.each(["1 1 INVITE", "RSEQ 2 INVITE", "RSEQ 1 UPDATE", "RSEQ", ""])("are not acknowledged by another RAck (%s)", async (rack) => {
    const { rung, prack } = await ringing();
    expect(prack(rack.replace("RSEQ", rung()[0]?.get("RSeq") ?? ""))).toBe("481");
    await vi.advanceTimersByTimeAsync(600);
    expect(rung()).toHaveLength(2);
  });

  it.each(["RSEQ 1 invite", " RSEQ  1\tINVITE ", "000RSEQ 01 INVITE", "RSEQ 1 INVITE (first)"])(
    "are acknowledged, written %j",
    async (rack) => {
      const { rung, prack } = await ringing();
      expect(prack(rack.replace("RSEQ", rung()[0]?.get("RSeq") ?? ""))).toBe("200");
      await vi.advanceTimersByTimeAsync(5_000);
      expect(rung()).toHaveLength(1);
    },
  );

  it("may be acknowledged after the 200, and by the same PRACK anew", async () => {
    const { rung, prack, invitation } = await ringing();
    const rack = `${rung()[0]?.get("RSeq")} 1 INVITE`;
    void invitation.accept(sdp("us")).catch(() => {});
    expect([prack(rack), prack(rack), prack("1 1 INVITE")]).toEqual(["200", "200", "481"]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(rung()).toHaveLength(1);
  });

  it("go on over the next flow: the one that waits anew, the one after it by the next number", async () => {
    const { edge, peer, rung, prack } = await ringing();
    const again = async () => {
      peer.socket.drop();
      await vi.advanceTimersByTimeAsync(2_000);
      edge.connect();
      await settle();
      return Number(rung().at(-1)?.get("RSeq")) - Number(rung()[0]?.get("RSeq"));
    };
    expect(await again()).toBe(0);
    expect(rung()).toHaveLength(2);
    expect(prack()).toBe("200");
    expect(await again()).toBe(1);
  });

  // The first that must arrive would have to bring an offer (RFC 3261 §13.2.1).
  it("are left out for a call without an offer, which the agent may take all the same", async () => {
    const { rung, invitation, peer } = await ringing("Require: 100rel", "");
    await vi.advanceTimersByTimeAsync(2_000);
    void invitation.accept(sdp("us")).catch(() => {});
    expect([rung().length, peer.frames.at(-1)?.method, peer.frames.at(-1)?.body]).toEqual([0, "200", sdp("us")]);
  });

  it.each<[string, (made: Awaited<ReturnType<typeof ringing>>) => void]>([
    ["the agent refuses", ({ invitation }) => invitation.reject(486)],
    ["the caller gives up", ({ peer }) => peer.request("CANCEL", "sip:agent7@x.invalid", head("CANCEL", "INVITE"))],
    ["the caller hangs up", ({ peer, toTag }) => peer.request("BYE", "sip:agent7@x.invalid", head("BYE", "BYE", 2, toTag()))],
    ["the flow is lost", ({ peer }) => peer.socket.drop()],
    ["the edge is done for", ({ edge }) => edge.dispose()],
  ])("end when %s", async (_, end) => {
    const made = await ringing();
    end(made);
    await vi.advanceTimersByTimeAsync(40_000);
    expect(made.rung()).toHaveLength(1);
  });
});
