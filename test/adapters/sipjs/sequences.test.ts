/** What comes in an order that nobody wishes for: whatever a peer says when, it is answered, acknowledged, and nothing is left behind. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SipDialog } from "../../../src/ports/sip-dialog.ts";
import { type Frame, connected, dial, digestChallenge, sdp, settle } from "./scripted-edge.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What the keeper takes to describe a session. */
const slowMs = 1_000;
const later = <T>(value: T): Promise<T> => new Promise((resolve) => setTimeout(() => resolve(value), slowMs));
const keeper = { answer: () => later(sdp("us", 7)), offer: () => later(sdp("us", 8)), applyAnswer: async () => {} };

type Credentials = Parameters<typeof connected>[0];

/** A call of ours that was answered, by way of two proxies. */
async function answered(credentials?: Credentials) {
  const made = await connected(credentials);
  const { peer } = made;
  const call = dial(made.edge);
  await settle();
  const invited = peer.last("INVITE");
  peer.answer(invited, 200, "OK", { body: sdp("peer"), headers: ["Record-Route: <sip:one;lr>", "Record-Route: <sip:two;lr>"] });
  const [dialog] = call.dialogs as [SipDialog];
  dialog.keepSession(keeper);
  let cseq = 100;
  /** A request of the peer's in the dialog. @returns its CSeq. */
  const ask = (method: string, body?: string): string => {
    const tags = [`From: ${invited.get("To")};tag=peer`, `To: ${invited.get("From")}`, `Call-ID: ${invited.get("Call-ID")}`];
    const lines = [`Via: SIP/2.0/WSS p;branch=z9hG4bK${++cseq}`, ...tags, `CSeq: ${cseq} ${method}`, "Contact: <sip:gw@peer.example>"];
    peer.request(method, "sip:agent7@x.invalid", lines, body);
    return `${cseq} ${method}`;
  };
  const answersTo = (asked: string): string[] =>
    peer.frames.filter((frame) => !frame.isRequest && frame.get("CSeq") === asked).map((frame) => frame.method);
  return { ...made, ...call, dialog, ask, answersTo };
}

const after = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe("a 200 to a re-INVITE of ours that comes again, for our ACK was lost", () => {
  const routes = ["<sip:two;lr>", "<sip:one;lr>"];
  const isOfDialog = (ack: Frame) => ack.get("CSeq") === "2 ACK" && ack.get("To").includes("tag=peer");

  it.each([0, 500, 31_000, 45_000])("%i ms later, has it again the way of the call, though that stands nowhere in it", async (ms) => {
    const { peer, dialog, told } = await answered();
    void dialog.reinvite(sdp("us", 2));
    await settle();
    const offered = peer.last("INVITE");
    peer.answer(offered, 200, "OK", { body: sdp("peer", 2) });
    await after(ms);
    peer.answer(offered, 200, "OK", { body: sdp("peer", 2) });
    const acks = peer.received("ACK").filter(isOfDialog);
    expect(acks.map((ack) => [ack.all("Route"), ack.raw.split(" ")[1]])).toEqual(
      Array(2).fill([routes, "sip:gw@peer.example;transport=ws"]),
    );
    expect([told, peer.received("BYE")]).toEqual([["sent", "accepted 200 peer"], []]);
  });

  it("for the first time after all patience, too", async () => {
    const { peer, dialog } = await answered();
    void dialog.reinvite(sdp("us", 2));
    await after(33_000);
    peer.answer(peer.last("INVITE"), 200, "OK", { body: sdp("peer", 2) });
    expect(
      peer
        .received("ACK")
        .filter(isOfDialog)
        .map((ack) => ack.all("Route")),
    ).toEqual([routes]);
  });

  it("has the credentials of its INVITE each time (RFC 3261 §13.2.2.4)", async () => {
    const { peer, dialog } = await answered();
    void dialog.reinvite(sdp("us", 2));
    await settle();
    peer.answer(peer.last("INVITE"), 401, "Unauthorized", { headers: [digestChallenge()] });
    await after(1);
    const offered = peer.last("INVITE");
    for (let times = 0; times < 3; times++) {
      peer.answer(offered, 200, "OK", { body: sdp("peer", 2) });
      await settle();
    }
    const acks = peer.received("ACK").filter((ack) => ack.get("CSeq") === "3 ACK");
    expect(acks.map((ack) => ack.get("Authorization"))).toEqual(Array(3).fill(offered.get("Authorization")));
  });
});

describe("a re-INVITE of the peer's that is being answered when the call ends is answered (RFC 3261 §15.1.2)", () => {
  it.each([
    ["with an offer, by its BYE", sdp("peer", 2), true],
    ["without one, by its BYE", undefined, true],
    ["with an offer, by ours", sdp("peer", 2), false],
    ["without one, by ours", undefined, false],
  ])("%s", async (_, body, isByPeer) => {
    const { ask, answersTo, dialog, peer } = await answered();
    const change = ask("INVITE", body);
    await settle();
    if (isByPeer) ask("BYE");
    else void dialog.bye().then(() => {});
    await settle();
    if (!isByPeer) peer.answer(peer.last("BYE"), 200);
    await after(slowMs);
    expect(answersTo(change)).toEqual(["487"]);
    await after(60_000);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("once the peer has hung up", () => {
  it.each<[string, (dialog: SipDialog) => Promise<unknown>]>([
    ["INVITE", (dialog) => dialog.reinvite(sdp("us", 2))],
    ["INFO", (dialog) => dialog.info("Signal=1", "application/dtmf-relay")],
    ["REFER", (dialog) => dialog.refer("sip:1@a.example", () => {}, new AbortController().signal)],
  ])("%s that waits for credentials goes out no more, and has its end", async (method, begin) => {
    let give: (credentials: { password: string }) => void = () => {};
    const { peer, dialog, ask } = await answered(() => new Promise((resolve) => (give = resolve)));
    const ended = vi.fn();
    void begin(dialog).then(ended);
    await settle();
    peer.answer(peer.last(method), 401, "Unauthorized", { headers: [digestChallenge()] });
    await settle();
    const before = peer.received(method).length;
    ask("BYE");
    give({ password: "secret" });
    await after(1);
    expect([peer.received(method).length - before, ended.mock.calls.length]).toEqual([0, 1]);
  });
});

it("a BYE is said again to a peer that says 491, as one does whose own change is under way", async () => {
  const { peer, dialog } = await answered();
  const ended = vi.fn();
  void dialog.bye().then(({ code }) => ended(code));
  await settle();
  peer.answer(peer.last("BYE"), 491, "Request Pending");
  await after(5_000);
  expect([peer.received("BYE").length, ended.mock.calls]).toEqual([2, []]);
  peer.answer(peer.last("BYE"), 200, "OK");
  await settle();
  expect(ended.mock.calls).toEqual([[200]]);
});

it.each([
  "<sip:USER@192.0.2.1:5001>;expires=0, <sip:USER@192.0.2.1:5002>;expires=300",
  "<sip:192.0.2.1>;expires=0, <sip:192.0.2.2>;expires=300",
])("a binding that is listed as removed is not ours: %s", async (listed) => {
  const { edge, peer } = await connected();
  const registered = edge.register(600);
  await settle();
  const register = peer.last("REGISTER");
  const user = /sip:(\w+)@/.exec(register.get("Contact"))?.[1] ?? "";
  peer.answer(register, 200, "OK", { headers: [`Contact: ${listed.replaceAll("USER", user)}`] });
  expect((await registered).expiresS).toBe(300);
});

describe("a phone that rings after all patience, as at an edge that was frozen, is cancelled", () => {
  async function lapsed() {
    const made = await connected();
    const call = dial(made.edge);
    await after(33_000);
    return { ...made, ...call, invited: made.peer.last("INVITE") };
  }

  it.each([100, 180, 183])("by its INVITE's branch, at the first %i, and until that is answered", async (code) => {
    const { peer, invited, told } = await lapsed();
    peer.answer(invited, code);
    peer.answer(invited, 180);
    await after(5_000);
    const cancels = peer.received("CANCEL");
    const of = (frame: Frame) => [
      frame.raw.split(" ")[1],
      frame.branch,
      frame.get("Call-ID"),
      frame.get("From"),
      frame.get("CSeq").split(" ")[0],
    ];
    expect(cancels.map(of)).toEqual([of(invited), of(invited)]);
    peer.answer(peer.last("CANCEL"), 200);
    peer.answer(invited, 487);
    await after(60_000);
    expect([peer.received("CANCEL").length, peer.last("ACK").branch, told]).toEqual([2, invited.branch, ["sent", "rejected 408 inferred"]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("but not where the call has gone on by another INVITE, or is up", async () => {
    const made = await connected();
    dial(made.edge);
    await settle();
    const [first] = made.peer.received("INVITE") as [Frame];
    made.peer.answer(first, 401, "Unauthorized", { headers: [digestChallenge()] });
    await after(1);
    made.peer.answer(first, 100);
    made.peer.answer(made.peer.last("INVITE"), 200, "OK", { body: sdp("peer") });
    await after(40_000);
    made.peer.answer(first, 180);
    await settle();
    expect([made.peer.received("INVITE").length, made.peer.received("CANCEL")]).toEqual([2, []]);
  });
});
