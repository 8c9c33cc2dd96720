import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CredentialsSource } from "../../../src/ports/sip-account.ts";
import type { SipInvite } from "../../../src/ports/sip-invite.ts";
import { responseTo } from "../../support/sip-text.ts";
import { type Frame, bench, connected, dial, digestChallenge, sdp, settle } from "./scripted-edge.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never: CredentialsSource = () => new Promise(() => {});

/** An INVITE that is on its way. */
async function calling(credentials?: CredentialsSource | "none") {
  const made = await connected(credentials);
  const call = dial(made.edge);
  await settle();
  return { ...made, call, invited: made.peer.last("INVITE") };
}

describe("an INVITE of ours", () => {
  it("goes from 100 over 180 to 200 and BYE, acknowledged by the stack", async () => {
    const { peer, edge } = await connected();
    const call = dial(edge, undefined, ["X-CRM-Case: 42"]);
    expect(call.told).toEqual([]);
    await settle();
    const invited = peer.last("INVITE");
    expect(invited.get("X-CRM-Case")).toBe("42");
    expect(invited.body).toBe(sdp("us"));
    expect([invited.get("Call-ID"), invited.get("From").split("tag=")[1]]).toEqual([call.invite.sipCallId, call.invite.fromTag]);
    peer.answer(invited, 100, "Trying");
    peer.answer(invited, 180, "Ringing");
    peer.answer(invited, 200, "OK", { body: sdp("peer") });
    expect(call.told).toEqual(["sent", "progressed 100 peer", "progressed 180 peer", "accepted 200 peer"]);
    expect(call.answers.at(-1)).toMatchObject({ hasSdp: true });
    expect(peer.received("ACK")).toHaveLength(1);
    const [dialog] = call.dialogs;
    expect(dialog!.sdp).toBe(sdp("peer"));
    const bye = dialog!.bye();
    await settle();
    peer.answer(peer.last("BYE"), 200, "OK");
    expect(await bye).toMatchObject({ code: 200, said: "peer" });
    edge.dispose();
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([302, 404, 486, 503, 603])("is rejected by a %i, once, and acknowledges it as often as it is said", async (code) => {
    const { peer, call, invited } = await calling();
    peer.answer(invited, code);
    peer.answer(invited, code);
    expect(call.told).toEqual(["sent", `rejected ${code} peer`]);
    expect(peer.received("ACK")).toHaveLength(2);
  });

  it("tells that it was sent before any answer to it, however fast that comes", async () => {
    const { peer, edge } = await connected();
    const call = dial(edge);
    peer.answer(peer.last("INVITE"), 486);
    await settle();
    expect(call.told).toEqual(["sent", "rejected 486 peer"]);
  });

  it("repeats its credentials in the ACK to a 2xx, also when that is repeated (RFC 3261 §13.2.2.4)", async () => {
    const { peer, invited } = await calling();
    peer.answer(invited, 407, "Proxy Authentication Required", {
      headers: ['Proxy-Authenticate: Digest realm="edge", nonce="e", qop="auth"'],
    });
    await settle();
    const authorized = peer.last("INVITE");
    peer.answer(authorized, 200, "OK", { body: sdp("peer") });
    peer.answer(authorized, 200, "OK", { body: sdp("peer") });
    const acks = peer.received("ACK").filter((ack) => ack.get("CSeq") === "2 ACK");
    expect(authorized.get("Proxy-Authorization")).not.toBe("");
    expect(acks.map((ack) => ack.get("Proxy-Authorization"))).toEqual([1, 2].map(() => authorized.get("Proxy-Authorization")));
  });

  it("waits for credentials no longer than it is told: then the challenge is the answer", async () => {
    const { peer, edge, failures } = await connected(never);
    const told: string[] = [];
    const note = (answer: { code: number }) => void told.push(`rejected ${answer.code}`);
    const ignore = () => {};
    const events = { sent: ignore, challenged: ignore, progressed: ignore, accepted: ignore, flowLost: ignore, rejected: note };
    edge.invite({ target: "sip:1@carrier.example", offer: sdp("us"), credentialsMs: 2_000 }, events);
    await settle();
    peer.answer(peer.last("INVITE"), 401, "Unauthorized", { headers: [digestChallenge()] });
    await vi.advanceTimersByTimeAsync(1_999);
    expect(told).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect([told, failures.length]).toEqual([["rejected 401"], 1]);
  });

  it("is rejected with an inferred 503 where there is no flow, and nothing is written", async () => {
    const { peer, edge } = bench();
    const call = dial(edge);
    await settle();
    expect(call.told).toEqual(["rejected 503 inferred"]);
    expect(peer.frames).toEqual([]);
  });

  it.each([
    ["sip:+1 2 3@", [], 484],
    ["sip:+123@carrier.example\r\nX-Evil: 1", [], 484],
    ["sip:+123@carrier.example", ["X-Note: a\r\nX-Evil: 1"], 400],
  ])("to %j with headers %j is rejected before it is sent", async (target, headers, code) => {
    const { peer, edge } = await connected();
    const call = dial(edge, target, headers);
    await settle();
    expect(call.told).toEqual([`rejected ${code} inferred`]);
    expect(peer.frames).toEqual([]);
  });

  describe("that is redirected within the trunk's own domain", () => {
    const elsewhere = { headers: ["Contact: <sip:+21671000001@gw2.carrier.example>"] };

    it("says there what was asked to be said", async () => {
      const { peer, edge } = await connected();
      const from = { uri: "sip:+21671000099@carrier.example", name: "Desk" };
      const events = { sent() {}, challenged() {}, progressed() {}, accepted() {}, rejected() {}, flowLost() {} };
      const invite = edge.invite({ target: "sip:+21671000001@carrier.example", offer: sdp("us"), headers: ["X-A: 1"], from }, events);
      await settle();
      peer.answer(peer.last("INVITE"), 302, "Moved Temporarily", elsewhere);
      await settle();
      const [first, again] = peer.received("INVITE");
      expect(again?.get("X-A")).toBe("1");
      expect([first?.get("From"), again?.get("From")]).toEqual(
        Array(2).fill(`"Desk" <sip:+21671000099@carrier.example>;tag=${invite.fromTag}`),
      );
      invite.forget();
      edge.dispose();
    });

    it("asks there once, with the same Call-ID and From tag and the next CSeq (RFC 3261 §8.1.3.4)", async () => {
      const { peer, call, invited } = await calling();
      peer.answer(invited, 302, "Moved Temporarily", elsewhere);
      await settle();
      const again = peer.last("INVITE");
      expect(again.raw).toMatch(/^INVITE sip:\+21671000001@gw2\.carrier\.example SIP/);
      expect([again.get("Call-ID"), again.get("From"), again.get("CSeq")]).toEqual([
        invited.get("Call-ID"),
        invited.get("From"),
        "2 INVITE",
      ]);
      expect(again.branch).not.toBe(invited.branch);
      peer.answer(again, 302, "Moved Temporarily", { headers: ["Contact: <sip:+21671000001@gw3.carrier.example>"] });
      await settle();
      expect(call.told).toEqual(["sent", "redirected 302 peer", "sent", "rejected 302 peer"]);
      expect(peer.received("INVITE")).toHaveLength(2);
    });

    it("is challenged there anew, though it was where it came from", async () => {
      const { peer, call, invited } = await calling();
      peer.answer(invited, 407, "Proxy Authentication Required", { headers: ['Proxy-Authenticate: Digest realm="edge", nonce="a"'] });
      await settle();
      peer.answer(peer.last("INVITE"), 302, "Moved Temporarily", elsewhere);
      await settle();
      expect(peer.last("INVITE").get("Proxy-Authorization")).toBe("");
      peer.answer(peer.last("INVITE"), 407, "Again", { headers: ['Proxy-Authenticate: Digest realm="edge", nonce="b"'] });
      await settle();
      expect(peer.last("INVITE").get("Proxy-Authorization")).toContain('uri="sip:+21671000001@gw2.carrier.example"');
      peer.answer(peer.last("INVITE"), 200, "OK", { body: sdp("peer") });
      expect(call.told.at(-1)).toBe("accepted 200 peer");
    });

    it("after a phone has rung is an end: another would ring unmarked", async () => {
      const { peer, call, invited } = await calling();
      peer.answer(invited, 180, "Ringing");
      peer.answer(invited, 302, "Moved Temporarily", elsewhere);
      await settle();
      expect(call.told).toEqual(["sent", "progressed 180 peer", "rejected 302 peer"]);
    });

    it("after it was cancelled is an end", async () => {
      const { peer, call, invited } = await calling();
      peer.answer(invited, 100, "Trying");
      call.invite.cancel();
      peer.answer(invited, 302, "Moved Temporarily", elsewhere);
      await settle();
      expect(call.told).toEqual(["sent", "progressed 100 peer", "rejected 302 peer"]);
      expect(peer.received("INVITE")).toHaveLength(1);
    });
  });

  it("answers one challenge, with the same Call-ID and From tag and the next CSeq", async () => {
    const { peer, call, invited } = await calling();
    peer.answer(invited, 407, "Proxy Authentication Required", { headers: ['Proxy-Authenticate: Digest realm="carrier", nonce="abc"'] });
    await settle();
    const again = peer.last("INVITE");
    expect(again.get("Proxy-Authorization")).toContain('username="agent7"');
    expect([again.get("Call-ID"), again.get("From"), again.get("CSeq")]).toEqual([invited.get("Call-ID"), invited.get("From"), "2 INVITE"]);
    expect(again.branch).not.toBe(invited.branch);
    expect(call.told).toEqual(["sent", "challenged", "sent"]);
    peer.answer(again, 407, "Again", { headers: ['Proxy-Authenticate: Digest realm="carrier", nonce="def"'] });
    await settle();
    expect(call.told.slice(3)).toEqual(["rejected 407 peer"]);
  });

  it("answers four challenges more when only the nonce was stale, and no fifth", async () => {
    const { peer, call, invited } = await calling();
    peer.answer(invited, 401, "Unauthorized", { headers: [digestChallenge()] });
    await settle();
    for (const sent of [3, 4, 5, 6, 6]) {
      peer.answer(peer.last("INVITE"), 401, "Unauthorized", { headers: [digestChallenge(", stale=true")] });
      await settle();
      expect(peer.received("INVITE")).toHaveLength(sent);
    }
    expect(call.told.at(-1)).toBe("rejected 401 peer");
  });

  it("without a credentials source takes the challenge for the outcome", async () => {
    const { peer, call, invited } = await calling("none");
    peer.answer(invited, 401, "Unauthorized", { headers: [digestChallenge()] });
    expect(call.told).toEqual(["sent", "rejected 401 peer"]);
  });

  it("ends at 64·T1 without any answer", async () => {
    const { call } = await calling();
    await vi.advanceTimersByTimeAsync(31_999);
    expect(call.told).toEqual(["sent"]);
    await vi.advanceTimersByTimeAsync(1);
    expect(call.told).toEqual(["sent", "rejected 408 inferred"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("acknowledges each retransmitted 2xx and tells it once", async () => {
    const { peer, call, invited } = await calling();
    for (let copy = 0; copy < 3; copy++) peer.answer(invited, 200, "OK", { body: sdp("peer") });
    await settle();
    expect(peer.received("ACK")).toHaveLength(3);
    expect(call.dialogs).toHaveLength(1);
    expect(peer.received("BYE")).toHaveLength(0);
  });

  it("acknowledges a retransmission past Timer M without ending the call", async () => {
    const { peer, told, call, invited } = await calling();
    peer.answer(invited, 200, "OK", { body: sdp("peer") });
    await vi.advanceTimersByTimeAsync(40_000);
    peer.answer(invited, 200, "OK", { body: sdp("peer") });
    await settle();
    expect(peer.received("ACK")).toHaveLength(2);
    expect(peer.received("BYE")).toHaveLength(0);
    expect(told.at(-1)).toMatch(/^discarded unmatched/);
    expect(call.dialogs).toHaveLength(1);
  });

  describe.each([
    ["at once", 0],
    ["past Timer M", 40_000],
  ])("takes a retransmission %s for no other phone's, which would be hung up on", (_, afterMs) => {
    const from = (edit: (tag: string) => string) => (text: string) => text.replace(/(?<=From: .*tag=)\w+/, edit);
    const callId = (edit: (id: string) => string) => (text: string) => text.replace(/(?<=Call-ID: )\S+/, edit);

    it.each<[string, (text: string) => string]>([
      ["its To tag in capitals", (text) => text.replace("tag=peer", "tag=PEER")],
      ["its To tag in quotes", (text) => text.replace("tag=peer", 'tag="peer"')],
      ["its From tag in capitals", from((tag) => tag.toUpperCase())],
      ["its From tag in quotes", from((tag) => `"${tag}"`)],
      ["no From tag", (text) => text.replace(/(?<=From: .*);tag=\w+/, "")],
      ["its Call-ID in capitals", callId((id) => id.toUpperCase())],
    ])("with %s", async (_, edit) => {
      const { peer, call, invited } = await calling();
      peer.answer(invited, 200, "OK", { body: sdp("peer") });
      await vi.advanceTimersByTimeAsync(afterMs);
      peer.socket.deliver(edit(responseTo(invited, 200, "OK", { body: sdp("peer") })));
      await settle();
      const named = peer.received("ACK").map((ack) => [ack.get("From"), ack.get("To"), ack.get("Call-ID")].join().toLowerCase());
      expect([named.length, new Set(named).size]).toEqual([2, 1]);
      expect(peer.received("BYE")).toHaveLength(0);
      expect(call.dialogs).toHaveLength(1);
    });
  });

  it("hears who hangs up though their 200 wrote its tag in another way than their 180 did", async () => {
    const { peer, call, invited } = await calling();
    peer.answer(invited, 180, "Ringing");
    peer.answer(invited, 200, "OK", { toTag: "PEER", body: sdp("peer") });
    const ended = vi.fn();
    call.dialogs[0]?.onEnded(ended);
    const headers = ["Via: SIP/2.0/WSS p.example;branch=z9hG4bKbye", `From: ${invited.get("To")};tag=peer`, `To: ${invited.get("From")}`];
    peer.request("BYE", "sip:agent7@x.invalid", [...headers, `Call-ID: ${invited.get("Call-ID")}`, "CSeq: 9 BYE"]);
    expect(ended).toHaveBeenCalledExactlyOnceWith("bye");
  });

  it("keeps the first fork that answers and ends the others", async () => {
    const { peer, call, invited } = await calling();
    peer.answer(invited, 180, "Ringing", { toTag: "one" });
    peer.answer(invited, 180, "Ringing", { toTag: "two" });
    peer.answer(invited, 200, "OK", { toTag: "two", body: sdp("two") });
    peer.answer(invited, 200, "OK", { toTag: "one", body: sdp("one") });
    await settle();
    expect(call.dialogs.map((dialog) => dialog.sdp)).toEqual([sdp("two")]);
    expect(peer.received("ACK").map((ack) => ack.get("To").split("tag=")[1])).toEqual(["two", "one"]);
    expect(peer.received("BYE").map((bye) => bye.get("To").split("tag=")[1])).toEqual(["one"]);
  });

  it.each([
    ["another fork", (invite: SipInvite) => void invite],
    ["whoever answers when the INVITE is forgotten", (invite: SipInvite) => invite.forget()],
  ])("ends %s by a BYE on the next flow, where this one is lost under it", async (_, before) => {
    const { peer, edge, call, invited } = await calling();
    peer.answer(invited, 200, "OK", { toTag: "one", body: sdp("one") });
    before(call.invite);
    for (let time = 0; time < 2; time++) peer.answer(invited, 200, "OK", { toTag: "two", body: sdp("two") });
    await settle();
    const leaving = () => peer.received("BYE").map((bye) => bye.get("To").split("tag=")[1]);
    expect(leaving()).toEqual(["two"]);
    peer.socket.drop();
    edge.connect();
    await settle();
    expect(leaving()).toEqual(["two", "two"]);
    peer.answer(peer.last("BYE"), 401, "Unauthorized", { headers: [digestChallenge()] });
    await settle();
    peer.answer(peer.last("BYE"), 200);
    await settle();
    peer.socket.drop();
    edge.connect();
    await vi.advanceTimersByTimeAsync(40_000);
    expect(leaving()).toHaveLength(3);
    edge.dispose();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("hears a 180 without Contact or To tag, and a 200 without Contact", async () => {
    const { peer, call, invited } = await calling();
    peer.answer(invited, 180, "Ringing", { contact: false });
    peer.answer(invited, 183, "Progress", { toTag: "", contact: false });
    peer.answer(invited, 200, "OK", { contact: false, body: sdp("peer") });
    await settle();
    expect(call.told).toEqual(["sent", "progressed 180 peer", "progressed 183 peer", "accepted 200 peer"]);
    expect(peer.received("ACK")).toHaveLength(1);
  });

  it.each([
    ["said nothing of it when it rang", [], ["Contact: <sip:desk@192.0.2.7>"], "sip:desk@192.0.2.7"],
    ["rang elsewhere", ["Contact: <sip:bell@192.0.2.8>"], ["Contact: <sip:desk@192.0.2.7>"], "sip:desk@192.0.2.7"],
    ["says nothing of it when it answers", ["Contact: <sip:bell@192.0.2.8>"], [], "sip:bell@192.0.2.8"],
  ])("sends ACK and BYE to where the phone answers that %s", async (_, ringing, answering, where) => {
    const { peer, call, invited } = await calling();
    peer.answer(invited, 180, "Ringing", { contact: false, headers: ringing });
    peer.answer(invited, 200, "OK", { contact: false, headers: answering, body: sdp("peer") });
    await settle();
    void call.dialogs[0]?.bye();
    expect(["ACK", "BYE"].map((method) => peer.last(method).raw.split(" ")[1])).toEqual([where, where]);
  });

  it("tells nothing after forget(), and a late 2xx is acknowledged and ended", async () => {
    const { peer, told, call, invited } = await calling();
    peer.answer(invited, 180);
    call.invite.forget();
    peer.answer(invited, 200, "OK", { body: sdp("peer") });
    await settle();
    expect(call.told).toEqual(["sent", "progressed 180 peer"]);
    expect([peer.received("ACK").length, peer.received("BYE").length]).toEqual([1, 1]);
    expect(told.at(-1)).toMatch(/^discarded unmatched/);
  });

  it("tells nothing after the edge was disposed, whatever was asked before", async () => {
    const { edge, call, told, peer } = await calling(never);
    const registered = edge.register(600);
    call.invite.cancel();
    edge.dispose();
    peer.socket.drop();
    await vi.advanceTimersByTimeAsync(100_000);
    expect(call.told).toEqual(["sent"]);
    expect(told).toEqual(["opened"]);
    expect(await registered).toMatchObject({ code: 503, said: "inferred" });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("cancel()", () => {
  it("sends CANCEL once after a provisional answer, and the 487 ends it", async () => {
    const { peer, call, invited } = await calling();
    peer.answer(invited, 100);
    call.invite.cancel();
    call.invite.cancel();
    expect(peer.received("CANCEL")).toHaveLength(1);
    const cancelled = peer.last("CANCEL");
    expect([cancelled.branch, cancelled.get("CSeq"), cancelled.get("Call-ID")]).toEqual([
      invited.branch,
      "1 CANCEL",
      call.invite.sipCallId,
    ]);
    peer.answer(cancelled, 200, "OK");
    peer.answer(invited, 487, "Request Terminated");
    expect(call.told.at(-1)).toBe("rejected 487 peer");
  });

  it("is said again while nobody answers it, for an edge may have mislaid it, until the INVITE is over", async () => {
    const { peer, call, invited } = await calling();
    peer.answer(invited, 180);
    call.invite.cancel();
    await vi.advanceTimersByTimeAsync(4_000);
    expect(peer.received("CANCEL").map(({ branch }) => branch)).toEqual([invited.branch, invited.branch]);
    peer.answer(invited, 487, "Request Terminated");
    expect(call.told.at(-1)).toBe("rejected 487 peer");
    await vi.advanceTimersByTimeAsync(40_000);
    expect(peer.received("CANCEL")).toHaveLength(2);
  });

  it("is said again where an edge that is overrun refuses it, until the INVITE is over", async () => {
    const { peer, call, invited } = await calling();
    peer.answer(invited, 180);
    call.invite.cancel();
    peer.answer(peer.last("CANCEL"), 503);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(peer.received("CANCEL")).toHaveLength(2);
    peer.answer(peer.last("CANCEL"), 500);
    peer.answer(invited, 487, "Request Terminated");
    await vi.advanceTimersByTimeAsync(40_000);
    expect([call.told.at(-1), peer.received("CANCEL").length]).toEqual(["rejected 487 peer", 2]);
  });

  it("is held until the first provisional answer (RFC 3261 §9.1)", async () => {
    const { peer, call, invited } = await calling();
    call.invite.cancel();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(peer.received("CANCEL")).toHaveLength(0);
    peer.answer(invited, 100);
    peer.answer(invited, 180);
    expect(peer.received("CANCEL")).toHaveLength(1);
  });

  it("that waits for one goes out when the edge is let go, for nobody would send it later", async () => {
    const { peer, edge, call, invited } = await calling();
    call.invite.cancel();
    edge.dispose();
    expect(peer.received("CANCEL").map(({ branch }) => branch)).toEqual([invited.branch]);
    await vi.advanceTimersByTimeAsync(40_000);
    expect(call.told).toEqual(["sent"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("that comes with a final answer first sends nothing", async () => {
    const { peer, call, invited } = await calling();
    call.invite.cancel();
    peer.answer(invited, 486, "Busy Here");
    expect(call.told).toEqual(["sent", "rejected 486 peer"]);
    expect(peer.received("CANCEL")).toHaveLength(0);
  });

  it("while credentials are awaited ends it at once", async () => {
    const { peer, call, invited } = await calling(never);
    peer.answer(invited, 401, "Unauthorized", { headers: [digestChallenge()] });
    await settle();
    call.invite.cancel();
    await settle();
    expect(call.told).toEqual(["sent", "challenged", "rejected 487 inferred"]);
    await vi.advanceTimersByTimeAsync(40_000);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a flow that is lost under an INVITE", () => {
  it("before the credentials came: nothing is alive at the peer", async () => {
    const { peer, call, invited } = await calling(never);
    peer.answer(invited, 401, "Unauthorized", { headers: [digestChallenge()] });
    await settle();
    peer.socket.drop();
    expect(call.told.slice(2)).toEqual(["rejected 503 inferred"]);
  });

  it("is told once, and a late 200 on the next flow is acknowledged there and handed over", async () => {
    const { peer, edge, told, call, invited } = await calling();
    peer.answer(invited, 180);
    peer.socket.drop();
    expect(told.at(-1)).toBe("closed true 1006");
    edge.connect();
    await settle();
    peer.answer(invited, 200, "OK", { body: sdp("peer") });
    expect(call.told).toEqual(["sent", "progressed 180 peer", "flowLost", "accepted 200 peer"]);
    expect(peer.socket.frames.map((frame) => frame.split(" ")[0])).toEqual(["ACK"]);
  });

  it("sends a CANCEL that is asked for meanwhile on the next flow", async () => {
    const { peer, edge, call, invited } = await calling();
    peer.answer(invited, 180);
    peer.socket.drop();
    call.invite.cancel();
    edge.connect();
    await settle();
    expect(peer.received("CANCEL").map((cancelled) => cancelled.branch)).toEqual([invited.branch]);
    peer.answer(invited, 487, "Request Terminated");
    expect(call.told.at(-1)).toBe("rejected 487 peer");
  });

  it("sends that CANCEL though no provisional answer had come, and again at once when one comes late", async () => {
    const { peer, edge, call, invited } = await calling();
    peer.socket.drop();
    call.invite.cancel();
    edge.connect();
    await settle();
    const cancelled = peer.last("CANCEL");
    expect([cancelled.branch, cancelled.get("CSeq"), cancelled.get("Call-ID"), cancelled.get("From"), cancelled.get("To")]).toEqual([
      ...[invited.branch, "1 CANCEL", call.invite.sipCallId, invited.get("From"), invited.get("To")],
    ]);
    peer.answer(cancelled, 481);
    peer.answer(invited, 180);
    expect(peer.received("CANCEL")).toHaveLength(2);
    peer.answer(peer.last("CANCEL"), 200);
    peer.answer(invited, 487);
    expect(call.told.at(-1)).toBe("rejected 487 peer");
    await vi.advanceTimersByTimeAsync(40_000);
    expect([peer.received("CANCEL").length, peer.received("BYE").length]).toEqual([2, 0]);
    expect(vi.getTimerCount()).toBe(0);
  });

  /** The flow is lost under early dialogs, and the CANCEL on the next one does not find the INVITE. */
  async function forgotten(...alerts: [code: number, toTag: string][]) {
    const made = await calling();
    const { peer, edge, call, invited } = made;
    const headers = ["Record-Route: <sip:edge.example;lr;ftag=1>", "Record-Route: <sip:core.example;lr>"];
    for (const [code, toTag] of alerts) peer.answer(invited, code, "Ringing", { toTag, headers });
    peer.socket.drop();
    call.invite.cancel();
    edge.connect();
    await settle();
    peer.answer(peer.last("CANCEL"), 481);
    await settle();
    return made;
  }
  const tagOf = (frame: Frame) => frame.get("To").split("tag=")[1];

  it("ends each early dialog by a BYE of its own, and tells when all are confirmed", async () => {
    const { peer, call, invited } = await forgotten([180, "one"], [183, "two"]);
    const byes = peer.received("BYE");
    expect(byes.map(tagOf)).toEqual(["one", "two"]);
    const [bye] = byes;
    expect(bye?.raw).toMatch(/^Route: <sip:core.example;lr>\r\nRoute: <sip:edge.example;lr;ftag=1>/m);
    expect([bye?.get("CSeq"), bye?.get("From"), bye?.get("Call-ID")]).toEqual(["2 BYE", invited.get("From"), invited.get("Call-ID")]);
    peer.answer(byes[0]!, 200);
    await settle();
    expect(call.told.at(-1)).toBe("flowLost");
    peer.answer(byes[1]!, 200);
    await settle();
    expect(call.told.at(-1)).toBe("rejected 487 inferred");
    await vi.advanceTimersByTimeAsync(40_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("a 200 that crosses the BYE in its early dialog is acknowledged and ended, not handed over", async () => {
    const { peer, call, invited } = await forgotten([180, "one"]);
    peer.answer(invited, 200, "OK", { toTag: "one", body: sdp("peer") });
    await settle();
    expect([peer.received("ACK").length, peer.received("BYE").length]).toEqual([1, 2]);
    expect([call.dialogs, call.told.at(-1)]).toEqual([[], "flowLost"]);
    for (const bye of peer.received("BYE")) peer.answer(bye, 200);
    await settle();
    expect(call.told.at(-1)).toBe("rejected 487 inferred");
  });

  it("a 200 of another phone is handed over", async () => {
    const { peer, call, invited } = await forgotten([180, "one"]);
    peer.answer(invited, 200, "OK", { toTag: "two", body: sdp("peer") });
    expect([call.dialogs.length, call.told.at(-1)]).toEqual([1, "accepted 200 peer"]);
    peer.answer(peer.last("BYE"), 200);
    await settle();
    expect(call.told.at(-1)).toBe("accepted 200 peer");
  });

  it("where no phone was heard to ring, the end of an early dialog is not told: the customer may have answered", async () => {
    const { peer, call } = await forgotten([181, "one"]);
    peer.answer(peer.last("BYE"), 200);
    await vi.advanceTimersByTimeAsync(31_000);
    expect(call.told.at(-1)).toBe("flowLost");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(call.told.at(-1)).toBe("rejected 408 inferred");
  });

  it("sends no BYE where the peer gave no tag for one", async () => {
    const { peer } = await forgotten([180, ""]);
    await vi.advanceTimersByTimeAsync(31_000);
    expect(peer.received("BYE")).toEqual([]);
  });

  it("ends it at 64·T1 with an inferred 408, and a 200 even later is still ended with BYE", async () => {
    const { peer, edge, call, invited } = await calling();
    peer.answer(invited, 180);
    peer.socket.drop();
    await vi.advanceTimersByTimeAsync(32_000);
    expect(call.told.slice(2)).toEqual(["flowLost", "rejected 408 inferred"]);
    edge.connect();
    await settle();
    peer.answer(invited, 200, "OK", { body: sdp("peer") });
    await settle();
    expect([peer.received("ACK").length, peer.received("BYE").length]).toEqual([1, 1]);
  });
});

describe("a refusal whose ACK was lost", () => {
  it.each([
    ["at once", 0],
    ["while Timer D would run", 31_000],
    ["long afterwards", 64_000],
  ])("is acknowledged each time that it is repeated, %s, as its transaction would (RFC 3261 §17.1.1.3)", async (_, laterMs) => {
    const { peer, call, invited } = await calling();
    peer.answer(invited, 100);
    for (let repeat = 0; repeat < 3; repeat++) {
      peer.answer(invited, 486, "Busy Here", { toTag: "busy" });
      await vi.advanceTimersByTimeAsync(laterMs);
      await settle();
    }
    const acks = peer.received("ACK");
    expect(acks).toHaveLength(3);
    const said = (frame: (typeof acks)[number]) => ["Via", "To", "From", "Call-ID", "CSeq"].map((name) => frame.get(name));
    expect(said(acks[1]!)).toEqual(said(acks[0]!));
    expect(acks[1]?.raw.split("\r\n")[0]).toBe(acks[0]?.raw.split("\r\n")[0]);
    expect(call.told.filter((each) => each.startsWith("rejected"))).toEqual(["rejected 486 peer"]);
    expect(peer.received("BYE")).toEqual([]);
  });

  it("is acknowledged when it comes after all patience", async () => {
    const { peer, call, invited } = await calling();
    await vi.advanceTimersByTimeAsync(33_000);
    expect(call.told.at(-1)).toBe("rejected 408 inferred");
    peer.answer(invited, 503, "Service Unavailable", { toTag: "late" });
    await settle();
    expect(peer.last("ACK").get("Via")).toBe(invited.get("Via"));
  });
});
