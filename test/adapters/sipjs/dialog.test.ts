import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Frame, type ScriptedPeer, connected, dial, digestChallenge, outcome, sdp, settle } from "./scripted-edge.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A call of ours that was answered. */
async function answered() {
  const made = await connected();
  const call = dial(made.edge);
  await settle();
  const invited = made.peer.last("INVITE");
  made.peer.answer(invited, 200, "OK", {
    body: sdp("peer"),
    headers: ["Record-Route: <sip:a@proxy.example;lr>", "Record-Route: <sip:b@proxy.example;lr>"],
  });
  await settle();
  const [dialog] = call.dialogs;
  if (!dialog) throw new Error("no dialog");
  let cseq = 100;
  const inDialog = (method: string, body?: string, event?: string, more?: string[]) =>
    ask(made.peer, invited, method, cseq++, body, event, more);
  return { ...made, dialog, invited, inDialog };
}

/** A request of the peer's inside the dialog that `invited` began. */
function ask(peer: ScriptedPeer, invited: Frame, method: string, cseq: number, body?: string, event = "refer", more: string[] = []): void {
  const headers = [
    `Via: SIP/2.0/WSS peer.example;branch=z9hG4bK${method}${cseq}`,
    `From: ${invited.get("To")};tag=peer`,
    `To: ${invited.get("From")}`,
    `Call-ID: ${invited.get("Call-ID")}`,
    `CSeq: ${cseq} ${method}`,
    "Contact: <sip:gw@peer.example>",
    ...(method === "NOTIFY" ? [`Event: ${event}`] : []),
    ...more,
  ];
  peer.request(method, invited.get("Contact").replace(/[<>]/g, ""), headers, body);
}

/** Codes of the responses that the edge sent to requests of a method. */
const answersTo = (peer: ScriptedPeer, method: string): number[] =>
  peer.frames.filter((frame) => frame.raw.startsWith("SIP/2.0") && frame.get("CSeq").endsWith(method)).map((frame) => Number(frame.method));

describe("a dialog", () => {
  it("sends ACK and BYE to the peer's Contact along the route set, reversed (RFC 3261 §12.1.2)", async () => {
    const { peer, dialog } = await answered();
    void dialog.bye();
    for (const frame of [peer.last("ACK"), peer.last("BYE")]) {
      expect(frame.raw.split(" ")[1]).toBe("sip:gw@peer.example;transport=ws");
      expect(frame.all("Route")).toEqual(["<sip:b@proxy.example;lr>", "<sip:a@proxy.example;lr>"]);
    }
  });

  it("is ended by the peer once, and bye() then has nothing to end", async () => {
    const { peer, dialog, inDialog } = await answered();
    const ended = vi.fn();
    dialog.onEnded(ended);
    inDialog("BYE");
    inDialog("BYE");
    expect(answersTo(peer, "BYE")).toEqual([200, 481]);
    expect(ended).toHaveBeenCalledOnce();
    dialog.onEnded(ended);
    await settle();
    expect(ended).toHaveBeenCalledTimes(2);
    expect(await dialog.bye()).toMatchObject({ code: 481, said: "inferred" });
    expect(peer.received("BYE")).toHaveLength(0);
  });

  it("says why the peer ended it, whoever asks when, and nothing where the peer does not (RFC 3326)", async () => {
    for (const [headers, end] of [
      [
        ["Reason: SIP;cause=500", "Reason: Q.850;cause=27;location=INTL"],
        ["bye", { q850: { value: 27, location: "INTL" }, sip: 500 }],
      ],
      [[], ["bye"]],
    ] as const) {
      const { dialog, inDialog } = await answered();
      const ended = vi.fn();
      dialog.onEnded(ended);
      inDialog("BYE", undefined, undefined, [...headers]);
      dialog.onEnded(ended);
      await settle();
      expect(ended.mock.calls).toEqual([end, end]);
    }
  });

  it("sends one BYE however often it is asked, and answers a challenge to it", async () => {
    const { peer, dialog } = await answered();
    const byes = [dialog.bye(), dialog.bye()];
    expect(peer.received("BYE")).toHaveLength(1);
    peer.answer(peer.last("BYE"), 401, "Unauthorized", { headers: [digestChallenge()] });
    await settle();
    expect(peer.last("BYE").get("Authorization")).toContain('uri="sip:gw@peer.example;transport=ws"');
    peer.answer(peer.last("BYE"), 200, "OK");
    expect(await Promise.all(byes)).toMatchObject([{ code: 200 }, { code: 200 }]);
  });

  it("says a BYE again that nobody answers, for an edge may have mislaid it, and gives up after 64·T1", async () => {
    const { peer, dialog } = await answered();
    const bye = dialog.bye();
    const said: number[] = [];
    for (const passMs of [3_999, 1, 8_000, 16_000, 3_999]) {
      await vi.advanceTimersByTimeAsync(passMs);
      said.push(peer.received("BYE").length);
    }
    expect(said).toEqual([1, 2, 3, 4, 4]);
    await vi.advanceTimersByTimeAsync(1);
    expect(await bye).toMatchObject({ code: 408, said: "inferred" });
    expect(peer.received("BYE")).toHaveLength(4);
  });

  it.each([408, 500, 503])("says a BYE again that is answered by %s, for somebody is still on the line", async (code) => {
    const { peer, dialog } = await answered();
    const bye = dialog.bye();
    peer.answer(peer.last("BYE"), code);
    await vi.advanceTimersByTimeAsync(3_999);
    expect(peer.received("BYE")).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(peer.received("BYE")).toHaveLength(2);
    peer.answer(peer.last("BYE"), 200, "OK");
    expect(await bye).toMatchObject({ code: 200, said: "peer" });
    await vi.advanceTimersByTimeAsync(30_000);
    expect([peer.received("BYE").length, vi.getTimerCount()]).toEqual([2, 0]);
  });

  it("gives up after 64·T1 where each is refused so, and at once where the flow is lost", async () => {
    const [refused, lost] = [await answered(), await answered()];
    const byes = [refused.dialog.bye(), lost.dialog.bye()];
    lost.peer.answer(lost.peer.last("BYE"), 503);
    await settle();
    lost.peer.socket.drop();
    expect(await byes[1]).toMatchObject({ code: 503, said: "inferred" });
    for (const waitMs of [4_000, 8_000, 16_000, 4_000]) {
      refused.peer.answer(refused.peer.last("BYE"), 503);
      await vi.advanceTimersByTimeAsync(waitMs);
    }
    expect(await byes[0]).toMatchObject({ code: 503, said: "peer" });
    expect([refused.peer.received("BYE").length, lost.peer.received("BYE").length]).toEqual([4, 1]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("says it no more once one is answered", async () => {
    const { peer, dialog } = await answered();
    const bye = dialog.bye();
    await vi.advanceTimersByTimeAsync(4_000);
    peer.answer(peer.last("BYE"), 481);
    expect(await bye).toMatchObject({ code: 481, said: "peer" });
    await vi.advanceTimersByTimeAsync(30_000);
    expect(peer.received("BYE")).toHaveLength(2);
  });

  it("survives a lost flow; a BYE that failed with it can be sent on the next", async () => {
    const { peer, edge, dialog, inDialog } = await answered();
    const ended = vi.fn();
    dialog.onEnded(ended);
    const bye = dialog.bye();
    peer.socket.drop();
    expect(await outcome(bye)).toMatchObject({ code: 503, said: "inferred" });
    expect(await outcome(dialog.bye())).toMatchObject({ code: 503, said: "inferred" });
    edge.connect();
    await settle();
    const again = dialog.bye();
    peer.answer(peer.last("BYE"), 200, "OK");
    expect(await again).toMatchObject({ code: 200, said: "peer" });
    inDialog("BYE");
    expect(ended).not.toHaveBeenCalled();
  });

  it("is ended by the peer over another flow than it began on", async () => {
    const { peer, edge, dialog, inDialog } = await answered();
    const ended = vi.fn();
    dialog.onEnded(ended);
    peer.socket.drop();
    edge.connect();
    await settle();
    inDialog("BYE");
    expect(ended).toHaveBeenCalledOnce();
  });

  it.each([
    ["with our description's answer unchanged", sdp("peer"), 200],
    ["without any", undefined, 200],
    ["with another version", sdp("peer", 2), 488],
    ["with nonsense", "nonsense", 488],
  ])("a re-INVITE %s is answered", async (_, body, code) => {
    const { peer, dialog, inDialog } = await answered();
    inDialog("INVITE", body);
    await settle();
    const response = peer.frames.findLast((frame) => frame.raw.startsWith(`SIP/2.0 ${code}`));
    expect(answersTo(peer, "INVITE")).toEqual([code]);
    expect(response?.body).toBe(code === 200 ? sdp("us") : "");
    const bye = dialog.bye();
    peer.answer(peer.last("BYE"), 200, "OK");
    expect(await bye).toMatchObject({ code: 200 });
  });

  it.each([
    ["OPTIONS", 200],
    ["NOTIFY", 481],
    ["INFO", 200],
    ["UPDATE", 200],
  ])("%s inside it is answered %i", async (method, code) => {
    const { peer, inDialog } = await answered();
    inDialog(method);
    expect(answersTo(peer, method)).toEqual([code]);
  });

  it.each([
    ["of its REFER", "refer", "SIP/2.0 486 Busy Here", 486],
    ["that names it", "Refer ; ID=02", "SIP/2.0 200 OK\r\nContact: <sip:a@b>\r\n", 200],
    ["that names it in quotes", 'refer;id="2"', "sip/2.0 603 no", 603],
    ["of another", "refer;id=3", "SIP/2.0 200 OK", undefined],
    ["whose status is one part of several", "refer", "--b\r\nContent-Type: message/sipfrag\r\n\r\nSIP/2.0 180 Ringing\r\n--b--\r\n", 180],
    ["behind blanks", "refer", "\r\n \r\nSIP/2.0 200 OK", 200],
  ])("a NOTIFY %s is heard", async (_, event, body, code) => {
    const { peer, dialog, inDialog } = await answered();
    const told: (number | undefined)[] = [];
    void dialog.refer("sip:+2167@carrier.example", (notice) => told.push(notice.code), new AbortController().signal);
    await settle();
    peer.answer(peer.last("REFER"), 202, "Accepted");
    inDialog("NOTIFY", body, event);
    expect([answersTo(peer, "NOTIFY"), told]).toEqual(code === undefined ? [[481], []] : [[200], [code]]);
  });

  it("leaves no timer behind once its 64·T1 are over", async () => {
    const { peer, dialog } = await answered();
    void dialog.bye();
    peer.answer(peer.last("BYE"), 200, "OK");
    await vi.advanceTimersByTimeAsync(32_000);
    expect(vi.getTimerCount()).toBe(0);
  });
});
