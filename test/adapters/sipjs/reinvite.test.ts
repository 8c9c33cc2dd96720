import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SipInvitation } from "../../../src/ports/sip-invitation.ts";
import { type Frame, type ScriptedPeer, connected, dial, digestChallenge, outcome, sdp, settle } from "./scripted-edge.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A call of ours that was answered. */
async function answered() {
  const made = await connected();
  const call = dial(made.edge);
  await settle();
  const invited = made.peer.last("INVITE");
  made.peer.answer(invited, 200, "OK", { body: sdp("peer") });
  await settle();
  const [dialog] = call.dialogs;
  if (!dialog) throw new Error("no dialog");
  const ended = vi.fn();
  dialog.onEnded(ended);
  return { ...made, dialog, invited, ended };
}

const reinvites = (peer: ScriptedPeer) => peer.received("INVITE").filter((frame) => frame.get("To").includes("tag="));

/** A request of the peer's inside the dialog that `invited` began. */
function fromPeer(peer: ScriptedPeer, invited: Frame, method: string, cseq: number, body?: string): void {
  const headers = [
    `Via: SIP/2.0/WSS peer.example;branch=z9hG4bK${method}${cseq}`,
    `From: ${invited.get("To")};tag=peer`,
    `To: ${invited.get("From")}`,
    `Call-ID: ${invited.get("Call-ID")}`,
    `CSeq: ${cseq} ${method}`,
    "Contact: <sip:gw@peer.example>",
  ];
  peer.request(method, invited.get("Contact").replace(/[<>]/g, ""), headers, body);
}

describe("reinvite()", () => {
  it("offers anew inside the dialog, with our Contact, acknowledges, and hands the peer's description on", async () => {
    const { peer, dialog, invited } = await answered();
    const reanswer = dialog.reinvite(sdp("us", 2));
    await settle();
    const [reinvite] = reinvites(peer) as [Frame];
    expect(reinvite.body).toBe(sdp("us", 2));
    expect(reinvite.get("Contact")).toBe(invited.get("Contact"));
    expect(reinvite.get("CSeq")).toBe("2 INVITE");
    peer.answer(reinvite, 100, "Trying");
    peer.answer(reinvite, 200, "OK", { body: sdp("peer", 2), contact: "<sip:elsewhere@peer.example;transport=ws>" });
    expect(await reanswer).toMatchObject({ answer: { code: 200, said: "peer" }, sdp: sdp("peer", 2) });
    expect(peer.last("ACK").get("CSeq")).toBe("2 ACK");
    // §12.2.1.2: the peer's new Contact is where requests go from now on.
    expect(peer.last("ACK").raw).toMatch(/^ACK sip:elsewhere@peer\.example/);
    void dialog.bye();
    expect(peer.last("BYE").raw).toMatch(/^BYE sip:elsewhere@peer\.example/);
  });

  it("without an offer, describes the session as it stands; after a new offer was taken, that one", async () => {
    const { peer, dialog } = await answered();
    for (const [offer, body] of [
      [undefined, sdp("us")],
      [sdp("us", 2), sdp("us", 2)],
      [undefined, sdp("us", 2)],
    ]) {
      const reanswer = dialog.reinvite(offer);
      await settle();
      expect(peer.last("INVITE").body).toBe(body);
      peer.answer(peer.last("INVITE"), 200, "OK", { body: sdp("peer") });
      await reanswer;
    }
  });

  it("that was refused leaves the session as it was", async () => {
    const { peer, dialog, ended } = await answered();
    const refused = dialog.reinvite(sdp("us", 2));
    await settle();
    peer.answer(peer.last("INVITE"), 488, "Not Acceptable Here");
    expect(await refused).toMatchObject({ answer: { code: 488, said: "peer" } });
    void dialog.reinvite();
    await settle();
    expect(peer.last("INVITE").body).toBe(sdp("us"));
    expect(ended).not.toHaveBeenCalled();
  });

  it("answers a challenge", async () => {
    const { peer, dialog } = await answered();
    const reanswer = dialog.reinvite();
    await settle();
    peer.answer(peer.last("INVITE"), 401, "Unauthorized", { headers: [digestChallenge()] });
    await settle();
    expect(peer.last("INVITE").get("Authorization")).toContain("Digest");
    peer.answer(peer.last("INVITE"), 200, "OK", { body: sdp("peer") });
    expect(await reanswer).toMatchObject({ answer: { code: 200 } });
  });

  it("is told 481: the dialog is over (§12.2.1.2)", async () => {
    const { peer, dialog, ended } = await answered();
    const reanswer = dialog.reinvite();
    await settle();
    peer.answer(peer.last("INVITE"), 481, "Call/Transaction Does Not Exist");
    expect(await reanswer).toMatchObject({ answer: { code: 481, said: "peer" } });
    expect(ended).toHaveBeenCalledOnce();
    void dialog.bye();
    // A server on the way may have said so, of a peer that waits: a BYE does no harm.
    expect(peer.received("BYE")).toHaveLength(1);
  });

  it("that met the peer's is tried once more, after 2.1–4 s where the call is ours (§14.1)", async () => {
    const { peer, dialog } = await answered();
    const reanswer = dialog.reinvite();
    await settle();
    peer.answer(peer.last("INVITE"), 491, "Request Pending");
    await vi.advanceTimersByTimeAsync(2_090);
    expect(reinvites(peer)).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1_920);
    expect(reinvites(peer)).toHaveLength(2);
    peer.answer(peer.last("INVITE"), 491, "Request Pending");
    expect(await reanswer).toMatchObject({ answer: { code: 491, said: "peer" } });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(reinvites(peer)).toHaveLength(2);
  });

  it("… and after 0–2 s where it is theirs", async () => {
    const { peer, edge, invitations } = await connected();
    peer.request(
      "INVITE",
      "sip:agent7@us.invalid",
      [
        "Via: SIP/2.0/WSS peer.example;branch=z9hG4bKin",
        "From: <sip:+21671000001@peer.example>;tag=peer",
        "To: <sip:agent7@carrier.example>",
        "Call-ID: incoming",
        "CSeq: 1 INVITE",
        "Contact: <sip:gw@peer.example;transport=ws>",
      ],
      sdp("peer"),
    );
    const [invitation] = invitations as [SipInvitation];
    const accepted = invitation.accept(sdp("us"));
    const ok = peer.frames.findLast((frame) => frame.method === "200");
    peer.request("ACK", "sip:agent7@us.invalid", [
      "Via: SIP/2.0/WSS peer.example;branch=z9hG4bKack",
      "From: <sip:+21671000001@peer.example>;tag=peer",
      `To: ${ok?.get("To")}`,
      "Call-ID: incoming",
      "CSeq: 1 ACK",
    ]);
    const dialog = await accepted;
    void dialog.reinvite();
    await settle();
    peer.answer(peer.last("INVITE"), 491, "Request Pending");
    await vi.advanceTimersByTimeAsync(2_010);
    expect(reinvites(peer)).toHaveLength(2);
    edge.dispose();
  });

  it("waits for the one before (§14.1)", async () => {
    const { peer, dialog } = await answered();
    const both = Promise.all([dialog.reinvite(sdp("us", 2)), dialog.reinvite(sdp("us", 3))]);
    await settle();
    expect(reinvites(peer)).toHaveLength(1);
    peer.answer(peer.last("INVITE"), 200, "OK", { body: sdp("peer") });
    await settle();
    expect(peer.last("INVITE").body).toBe(sdp("us", 3));
    peer.answer(peer.last("INVITE"), 200, "OK", { body: sdp("peer") });
    expect(await both).toMatchObject([{ answer: { code: 200 } }, { answer: { code: 200 } }]);
  });

  it("goes out though the peer's own comes while it pauses after a 491, whose ACK takes longer than the pause", async () => {
    const { peer, dialog, invited } = await answered();
    const reanswer = dialog.reinvite(sdp("us", 2));
    await settle();
    peer.answer(peer.last("INVITE"), 491, "Request Pending");
    await vi.advanceTimersByTimeAsync(2_000);
    fromPeer(peer, invited, "INVITE", 100, sdp("peer"));
    await vi.advanceTimersByTimeAsync(2_100);
    fromPeer(peer, invited, "ACK", 100);
    expect(reinvites(peer)).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(reinvites(peer)).toHaveLength(2);
    peer.answer(peer.last("INVITE"), 200, "OK", { body: sdp("peer", 2) });
    expect(await reanswer).toMatchObject({ answer: { code: 200 }, sdp: sdp("peer", 2) });
  });

  it("acknowledges provisional answers that must arrive, one of which may bring the peer's description (RFC 3262 §4, §5)", async () => {
    const { peer, dialog } = await answered();
    const reanswer = dialog.reinvite(sdp("us", 2));
    await settle();
    const [reinvite] = reinvites(peer) as [Frame];
    expect(reinvite.get("Supported")).toContain("100rel");
    const reliable = { headers: ["Require: 100rel", "RSeq: 7"], body: sdp("peer", 2) };
    for (let time = 0; time < 2; time++) peer.answer(reinvite, 183, "Session Progress", reliable);
    await settle();
    expect(peer.received("PRACK").map((prack) => prack.get("RAck"))).toEqual(["7 2 INVITE"]);
    peer.answer(peer.last("PRACK"), 200, "OK");
    peer.answer(reinvite, 200, "OK");
    expect(await reanswer).toMatchObject({ answer: { code: 200 }, sdp: sdp("peer", 2) });
    expect(dialog.sdp).toBe(sdp("peer", 2));
  });

  it("goes over the flow that is open now; one that was lost on the way can be asked again, and its late 200 ends nothing", async () => {
    const { peer, edge, dialog } = await answered();
    const lost = dialog.reinvite(sdp("us", 2));
    await settle();
    const first = peer.last("INVITE");
    peer.socket.drop();
    expect(await outcome(lost)).toMatchObject({ answer: { code: 503, said: "inferred" } });
    expect(await outcome(dialog.reinvite())).toMatchObject({ answer: { code: 503, said: "inferred" } });
    edge.connect();
    await settle();
    peer.answer(first, 200, "OK", { body: sdp("peer", 2) });
    expect(peer.last("ACK").get("CSeq")).toBe("2 ACK");
    expect(peer.received("BYE")).toEqual([]);
    const again = dialog.reinvite();
    await settle();
    expect(peer.last("INVITE").body).toBe(sdp("us"));
    peer.answer(peer.last("INVITE"), 200, "OK", { body: sdp("peer") });
    expect(await again).toMatchObject({ answer: { code: 200, said: "peer" } });
  });

  it("that nobody answers is given up after 64·T1", async () => {
    const { dialog } = await answered();
    const reanswer = dialog.reinvite();
    await vi.advanceTimersByTimeAsync(32_000);
    expect(await reanswer).toMatchObject({ answer: { code: 408, said: "inferred" } });
  });

  it.each(["ours", "theirs"])("is over with the BYE, %s", async (whose) => {
    const { peer, dialog, invited } = await answered();
    const reanswer = dialog.reinvite();
    await settle();
    if (whose === "ours") void dialog.bye();
    else fromPeer(peer, invited, "BYE", 100);
    expect(await outcome(reanswer)).toMatchObject({ answer: { code: 487, said: "inferred" } });
    expect(await outcome(dialog.reinvite())).toMatchObject({ answer: { said: "inferred" } });
    expect(reinvites(peer)).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(64_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("waits for the ACK to the peer's own", async () => {
    const { peer, dialog, invited } = await answered();
    fromPeer(peer, invited, "INVITE", 100, sdp("peer"));
    const reanswer = dialog.reinvite();
    await settle();
    expect(reinvites(peer)).toHaveLength(0);
    fromPeer(peer, invited, "ACK", 100);
    await vi.advanceTimersByTimeAsync(4_000);
    peer.answer(peer.last("INVITE"), 200, "OK", { body: sdp("peer") });
    expect(await reanswer).toMatchObject({ answer: { code: 200 } });
  });
});
