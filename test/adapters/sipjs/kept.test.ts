import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { KeptDialog } from "../../../src/ports/sip-dialog.ts";
import { connected, dial, sdp, settle } from "./scripted-edge.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What a page keeps of a call that was answered with a route and a session timer. */
async function kept(): Promise<KeptDialog> {
  const { peer, edge } = await connected();
  const call = dial(edge);
  await settle();
  const headers = ["Record-Route: <sip:p2.example;lr>", "Record-Route: <sip:p1.example;lr>", "Session-Expires: 1800;refresher=uac"];
  peer.answer(peer.last("INVITE"), 200, "OK", { body: sdp("peer"), headers });
  await settle();
  const state = call.dialogs[0]?.keep?.();
  edge.dispose();
  if (!state) throw new Error("nothing was kept");
  return JSON.parse(JSON.stringify(state)) as KeptDialog;
}

/** The next page. */
async function resumed() {
  const state = await kept();
  const page = await connected();
  const dialog = page.edge.resume?.(state);
  if (!dialog) throw new Error("no dialog");
  return { ...page, dialog, state };
}

describe("a dialog in the next page", () => {
  it("goes the way of the first, to where it led, with CSeqs that the peer has not seen", async () => {
    const { peer, dialog, state } = await resumed();
    void dialog.reinvite(sdp("us", 2));
    await settle();
    const reinvite = peer.last("INVITE");
    expect(reinvite.all("Route")).toEqual(["<sip:p1.example;lr>", "<sip:p2.example;lr>"]);
    expect(reinvite.raw).toMatch(/^INVITE sip:gw@peer\.example;transport=ws /);
    expect([reinvite.get("Call-ID"), reinvite.get("CSeq")]).toEqual([state.callId, `${state.localSeq + 101} INVITE`]);
    expect(reinvite.get("Contact")).toMatch(/;ob>$/);
  });

  it("asks for the session timer that was agreed, and refreshes once it is again", async () => {
    const { peer, dialog } = await resumed();
    void dialog.reinvite(sdp("us", 2));
    await settle();
    expect(peer.last("INVITE").get("Session-Expires")).toBe("1800;refresher=uac");
    const before = peer.received("INVITE").length;
    await vi.advanceTimersByTimeAsync(1_000);
    peer.answer(peer.last("INVITE"), 200, "OK", { body: sdp("peer", 2), headers: ["Session-Expires: 1800;refresher=uac"] });
    await vi.advanceTimersByTimeAsync(901_000);
    expect(peer.received("INVITE").length - before).toBe(1);
    expect(peer.last("INVITE").body).toBe(sdp("us", 2));
  });

  it("hears on of a REFER that was open, and of no other", async () => {
    const { peer, edge, state } = await resumed();
    const dialog = edge.resume?.({ ...state, callId: "c@peer", referrals: [4] });
    const notify = async (cseq: number, id: number, status: string) => {
      const headers = [
        `Via: SIP/2.0/WS peer.example;branch=z9hG4bK-notify${cseq}`,
        `From: <${state.remoteUri}>;tag=${state.remoteTag}`,
        `To: <${state.localUri}>;tag=${state.localTag}`,
        "Call-ID: c@peer",
        `CSeq: ${cseq} NOTIFY`,
        "Max-Forwards: 70",
        "Contact: <sip:gw@peer.example;transport=ws>",
        `Event: refer;id=${id}`,
        `Subscription-State: ${status.startsWith("1") ? "active;expires=60" : "terminated;reason=noresource"}`,
        "Content-Type: message/sipfrag;version=2.0",
      ];
      peer.request("NOTIFY", "sip:agent7@x.invalid", headers, `SIP/2.0 ${status}\r\n`);
      await settle();
    };
    await notify(901, 4, "180 Ringing");
    const told: unknown[] = [];
    dialog?.rejoin?.((notice) => told.push(notice), new AbortController().signal);
    expect([told, dialog?.keep?.().referrals]).toEqual([[{ code: 180, isLast: false }], [4]]);
    await notify(902, 5, "200 OK");
    await notify(903, 4, "200 OK");
    await notify(904, 4, "200 OK");
    expect([told.slice(1), dialog?.keep?.().referrals]).toEqual([[{ code: 200, isLast: true }], undefined]);
    const answers = peer.frames.filter((frame) => frame.get("CSeq").endsWith("NOTIFY")).map(({ raw }) => raw.slice(8, 11));
    expect(answers).toEqual(["200", "481", "200", "481"]);
  });

  it("is ended with a BYE also where the peer says that it knows nothing of it", async () => {
    const { peer, dialog } = await resumed();
    const asked = dialog.reinvite(sdp("us", 2));
    await settle();
    peer.answer(peer.last("INVITE"), 481, "Call/Transaction Does Not Exist");
    expect(await asked).toMatchObject({ answer: { code: 481 } });
    void dialog.bye();
    expect(peer.received("BYE")).toHaveLength(1);
  });

  it.each([
    { localSeq: -1 },
    { localSeq: "1" },
    { remoteSeq: 0.5 },
    { routeSet: ["<sip:a>\r\nX: y"] },
    { routeSet: 7 },
    { referrals: [4, -1] },
    { referrals: 7 },
    { localUri: "nobody" },
  ])("is none where what was kept cannot be read: %j", async (change) => {
    const state = { ...(await kept()), ...change } as KeptDialog;
    const { edge } = await connected();
    expect(() => edge.resume?.(state)).toThrow(TypeError);
  });
});
