/** Whatever a peer writes, nothing throws, and the edge goes on. */
import { fc, test } from "@fast-check/vitest";
import { afterEach, beforeEach, expect, vi } from "vitest";
import { responseTo, requestText, sdp } from "../../support/sip-text.ts";
import { connected, dial, settle } from "./scripted-edge.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What to do to a text: cut a piece out at a fraction of its length, and put something there. */
const wound = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.nat(40),
  put: fc.oneof(
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.constantFrom(
      "\r\n",
      "\r\n\r\n",
      "\r\n ",
      '"',
      "<",
      ";tag=",
      "Contact: *\r\n",
      "Content-Type: x\r\n",
      "Via: SIP/2.0/WS a\r\n",
      "CSeq: x\r\n",
    ),
  ),
});

const wounded = (text: string, wounds: readonly { at: number; cut: number; put: string }[]): string =>
  wounds.reduce((torn, { at, cut, put }) => {
    const start = Math.floor(at * torn.length);
    return torn.slice(0, start) + put + torn.slice(start + cut);
  }, text);

const inDialog = (method: string, call: string, from: string, to: string) =>
  requestText(method, "sip:agent7@x.invalid", [
    `Via: SIP/2.0/WSS peer.example;branch=z9hG4bK${method}`,
    `From: ${to};tag=peer`,
    `To: ${from}`,
    `Call-ID: ${call}`,
    `CSeq: 9 ${method}`,
    "Contact: <sip:gw@peer.example>",
  ]);

test.prop([fc.array(fc.tuple(fc.nat(), fc.array(wound, { minLength: 1, maxLength: 4 })), { minLength: 1, maxLength: 6 })], {
  numRuns: 300,
})(
  "frames with holes in them",
  async (deeds) => {
    const { peer, edge, told } = await connected();
    const call = dial(edge);
    void edge.register(600);
    await settle();
    const [invited, registered] = [peer.last("INVITE"), peer.last("REGISTER")];
    const [id, from, to] = [invited.get("Call-ID"), invited.get("From"), invited.get("To")];
    const texts = [
      responseTo(invited, 180, "Ringing", { headers: ["Record-Route: <sip:a@b;lr>"] }),
      responseTo(invited, 183, "Progress", { body: sdp("peer"), headers: ['Reason: Q.850;cause=34;text="x"'] }),
      responseTo(invited, 200, "OK", { body: sdp("peer") }),
      responseTo(invited, 407, "Prove it", { headers: ['Proxy-Authenticate: Digest realm="r", nonce="n", qop="auth"'] }),
      responseTo(invited, 503, "No", { headers: ["Retry-After: 5", "Date: Sat, 13 Nov 2010 23:29:00 GMT"] }),
      responseTo(registered, 200, "OK", { headers: [`Contact: ${registered.get("Contact")}`] }),
      requestText(
        "INVITE",
        "sip:agent7@x.invalid",
        [
          "Via: SIP/2.0/WSS p;branch=z9hG4bK1",
          "From: <sip:a@b>;tag=1",
          "To: <sip:a@c>",
          "Call-ID: 1",
          "CSeq: 1 INVITE",
          "Contact: <sip:a@b>",
        ],
        sdp("peer"),
      ),
      ...["BYE", "INVITE", "NOTIFY", "ACK", "CANCEL"].map((method) => inDialog(method, id, from, to)),
    ];
    for (const [which, wounds] of deeds) peer.socket.deliver(wounded(texts[which % texts.length] ?? "", wounds));
    await settle();
    const asked = edge.options();
    peer.answer(peer.last("OPTIONS"), 200, "OK");
    expect(await asked).toMatchObject({ code: 200, said: "peer" });
    call.invite.cancel();
    edge.dispose();
    const [toldThen, callToldThen] = [told.length, call.told.length];
    await vi.advanceTimersByTimeAsync(100_000);
    expect([told.length, call.told.length, vi.getTimerCount()]).toEqual([toldThen, callToldThen, 0]);
    expect(call.told.filter((line) => /^(accepted|rejected)/.test(line)).length).toBeLessThanOrEqual(1);
  },
  60_000,
);
