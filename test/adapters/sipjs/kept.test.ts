import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { KeptDialog } from "../../../src/ports.ts";
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
    { localUri: "nobody" },
  ])("is none where what was kept cannot be read: %j", async (change) => {
    const state = { ...(await kept()), ...change } as KeptDialog;
    const { edge } = await connected();
    expect(() => edge.resume?.(state)).toThrow(TypeError);
  });
});
