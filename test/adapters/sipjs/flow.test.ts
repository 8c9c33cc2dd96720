import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SipSocketConstructor } from "../../../adapters/sipjs/index.ts";
import { bench, connected, dial, digestChallenge, outcome, sdp, settle } from "./scripted-edge.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the socket", () => {
  it("opens once, however often it is asked to", async () => {
    const { peer, edge, told } = bench();
    edge.connect();
    edge.connect();
    expect(told).toEqual([]);
    await settle();
    edge.connect();
    await settle();
    expect([peer.sockets.length, told]).toEqual([1, ["opened"]]);
    expect(peer.socket.binaryType).toBe("arraybuffer");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("that is refused was never open", async () => {
    const { peer, edge, told } = bench();
    peer.opening = "refused";
    edge.connect();
    await settle();
    expect(told).toEqual(["closed false 1006"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("that hangs while opening is given up, and what it says later is nobody's", async () => {
    const { peer, edge, told } = bench(undefined, { connectTimeoutMs: 700 });
    peer.opening = "hangs";
    edge.connect();
    await vi.advanceTimersByTimeAsync(699);
    expect(told).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect([told, peer.socket.isClosed]).toEqual([["closed false 1006"], true]);
    peer.socket.emit("open");
    peer.socket.drop();
    expect(told).toHaveLength(1);
  });

  describe("that a browser speaks of in errors alone", () => {
    it("never opened: a close does not always follow", async () => {
      const { peer, edge, told } = bench();
      peer.opening = "hangs";
      edge.connect();
      await settle();
      peer.socket.emit("error");
      await vi.advanceTimersByTimeAsync(249);
      expect(told).toEqual([]);
      await vi.advanceTimersByTimeAsync(1);
      expect(told).toEqual(["closed false 1006"]);
      expect(vi.getTimerCount()).toBe(0);
    });

    const edgeUrl = "wss://edge.example/ws";
    const violation = (told: object) => Object.assign(new Event("securitypolicyviolation"), { disposition: "enforce", ...told });
    beforeEach(() => vi.stubGlobal("document", new EventTarget()));
    afterEach(() => void vi.unstubAllGlobals());

    it("is forbidden by the page's own policy, which is told at once; others' violations and mere reports are not about it", async () => {
      const { peer, edge, told } = bench();
      peer.opening = "hangs";
      edge.connect();
      await settle();
      for (const other of [{ blockedURI: "eval" }, { blockedURI: "wss://other.test/" }, { blockedURI: edgeUrl, disposition: "report" }])
        document.dispatchEvent(violation(other));
      expect(told).toEqual([]);
      document.dispatchEvent(violation({ blockedURI: edgeUrl }));
      expect(told).toEqual(["closed false 1006 by page policy"]);
      // What the socket says of itself a moment later is old news, and so is the next violation.
      peer.socket.emit("error");
      document.dispatchEvent(violation({ blockedURI: edgeUrl }));
      await settle();
      expect([told.length, vi.getTimerCount()]).toEqual([1, 0]);
    });
  });

  it.each([2, 3])("that is closing (readyState %i) is lost with the first thing that is sent, and told once", async (readyState) => {
    const { peer, edge, told } = await connected();
    Object.assign(peer.socket, { readyState });
    const call = dial(edge);
    expect([told, call.told]).toEqual([["opened"], []]);
    await settle();
    expect(told).toEqual(["opened", "closed true 1006"]);
    // Nothing was written: nobody's phone can ring for it.
    expect(call.told).toEqual(["rejected 503 inferred"]);
    expect(await edge.options()).toMatchObject({ code: 503, said: "inferred" });
    const [closing] = peer.sockets;
    edge.connect();
    await settle();
    closing?.drop(1001, true);
    expect(told).toEqual(["opened", "closed true 1006", "opened"]);
    expect(peer.frames).toEqual([]);
    edge.dispose();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("that is closing when a ping, or an INVITE that had been challenged, is to be sent, is lost with it", async () => {
    const { peer, edge, told } = await connected();
    const call = dial(edge);
    await settle();
    peer.answer(peer.last("INVITE"), 401, "Unauthorized", { headers: [digestChallenge()] });
    Object.assign(peer.socket, { readyState: 2 });
    await settle();
    expect(told).toEqual(["opened", "closed true 1006"]);
    expect(call.told).toEqual(["sent", "challenged", "rejected 503 inferred"]);
    edge.connect();
    await settle();
    Object.assign(peer.socket, { readyState: 3 });
    edge.ping();
    await settle();
    expect(told).toEqual(["opened", "closed true 1006", "opened", "closed true 1006"]);
  });

  it("whose constructor throws counts as refused", async () => {
    const refusing: SipSocketConstructor = class {
      constructor() {
        throw new DOMException("mixed content", "SecurityError");
      }
    } as never;
    const { edge, told } = bench(undefined, { webSocket: refusing });
    edge.connect();
    expect(told).toEqual([]);
    await settle();
    expect(told).toEqual(["closed false 1006"]);
  });

  it("is the host's own, and its want is told at once instead of looking like a refusal", () => {
    vi.stubGlobal("WebSocket", undefined);
    expect(() => bench(undefined, { webSocket: undefined as never })).toThrow("sipjs({ webSocket })");
    vi.unstubAllGlobals();
  });

  it("disconnect() does not wait for a peer that never answers the close frame, nor end the call's thread with events", async () => {
    const { peer, edge, told } = await connected();
    edge.disconnect();
    expect([told, peer.socket.isClosed]).toEqual([["opened"], true]);
    await settle();
    expect(told).toEqual(["opened", "closed true 1000"]);
    edge.disconnect();
    peer.socket.drop();
    await settle();
    expect(told).toHaveLength(2);
  });

  it("can be had anew, and the new one is not disturbed by the old", async () => {
    const { peer, edge, told } = await connected();
    edge.disconnect();
    edge.connect();
    await settle();
    peer.sockets[0]!.drop();
    peer.sockets[0]!.deliver("\r\n");
    expect(told).toEqual(["opened", "closed true 1000", "opened"]);
  });

  it("that closes cleanly tells the code", async () => {
    const { peer, told } = await connected();
    peer.socket.drop(1012, true);
    expect(told.at(-1)).toBe("closed true 1012");
  });
});

describe("frames", () => {
  it("CRLF: we ping and hear the pong; the peer's ping is answered", async () => {
    const { peer, edge, told } = await connected();
    edge.ping();
    expect(peer.socket.frames).toEqual(["\r\n\r\n"]);
    peer.socket.deliver("\r\n");
    expect(told.at(-1)).toBe("ponged");
    peer.socket.deliver("\r\n\r\n");
    expect(peer.socket.frames).toEqual(["\r\n\r\n", "\r\n"]);
  });

  it.each([
    ["nothing like SIP", "hello", "malformed 5"],
    ["a start line without headers", "SIP/2.0 200 OK\r\n\r\n", "malformed 18 via"],
    [
      "a response without its CSeq",
      "SIP/2.0 200 OK\r\nVia: SIP/2.0/WSS x.invalid;branch=1\r\nFrom: <sip:a@x>\r\nTo: <sip:a@x>\r\nCall-ID: 1\r\n\r\n",
      "malformed 99 cseq",
    ],
    ["a CSeq that breaks the parser", "SIP/2.0 200 OK\r\nCSeq: nonsense\r\n\r\n", "malformed 34 via"],
    ["no end of headers", "OPTIONS sip:a@x SIP/2.0\r\nVia: SIP", "malformed 33"],
    ["bytes that are no UTF-8", new Uint8Array([0xff, 0xfe]).buffer, "malformed 2"],
    ["a Blob", new Blob(["hello"]), "malformed 5"],
    ["no text and no bytes", 42, "malformed 0"],
    ["a frame of 10 MB", "x".repeat(10_000_000), "oversize 10000000"],
    ["a frame that is too long in UTF-8 only", "é".repeat(40_000), "oversize 80000"],
    ["a binary frame that is too long", new ArrayBuffer(65_537), "oversize 65537"],
  ])("%s is thrown away, and the edge goes on", async (_, data, fault) => {
    const { peer, edge, told } = await connected();
    peer.socket.deliver(data);
    expect(told).toEqual(["opened", `discarded ${fault}`]);
    const answered = edge.options();
    peer.answer(peer.last("OPTIONS"), 200, "OK");
    expect(await answered).toMatchObject({ code: 200, said: "peer" });
  });

  it("a response whose body is shorter than announced is what it is, and that is told (RFC 7118 §4.2: the frame has a length)", async () => {
    const { peer, edge, told } = await connected();
    const { deliver } = peer.socket;
    peer.socket.deliver = (data) => deliver.call(peer.socket, String(data).replace("Content-Length: 0", "Content-Length: 9"));
    const answered = edge.options();
    peer.answer(peer.last("OPTIONS"), 200, "OK");
    expect(await answered).toMatchObject({ code: 200, said: "peer" });
    expect(told.at(-1)).toMatch(/^discarded unreadable \d+ content-length/);
  });

  it.each([
    ["nothing in between", ""],
    ["keep-alives in between", "\r\n\r\n\r\n"],
  ])("responses that came in one frame are all heard, with %s", async (_, between) => {
    const { peer, edge } = await connected();
    const answers = [edge.options(), edge.options()];
    const frames: unknown[] = [];
    const { deliver } = peer.socket;
    peer.socket.deliver = (data) => void frames.push(data);
    for (const asked of peer.received("OPTIONS")) peer.answer(asked, 200, "OK");
    deliver.call(peer.socket, frames.join(between));
    expect(await Promise.all(answers)).toMatchObject([{ code: 200 }, { code: 200 }]);
  });

  it.each(["Content-Length: 0", "Content-Length: 40"])("a session description that is longer than its %s is read whole", async (length) => {
    const { peer, invitations } = await connected();
    const text = [
      "INVITE sip:agent7@x.invalid SIP/2.0",
      "Via: SIP/2.0/WSS peer.example;branch=z9hG4bK1",
      "From: <sip:+21698000000@carrier.example>;tag=1",
      "To: <sip:agent7@carrier.example>",
      "Call-ID: short",
      "CSeq: 1 INVITE",
      "Contact: <sip:gw@peer.example>",
      "Content-Type: application/sdp",
      length,
      "",
      sdp("peer"),
    ];
    peer.socket.deliver(text.join("\r\n"));
    expect(invitations.map(({ offer }) => offer)).toEqual([sdp("peer")]);
    invitations[0]?.reject(486);
  });

  it.each([
    ["two pings that met on the way", "\r\n\r\n\r\n\r\n", ["\r\n"]],
    ["a ping in line feeds alone", "\n\n", ["\r\n"]],
    ["a blank that is no ping", "\n", []],
    ["zeros that keep a flow open", "\0\0\0\0", []],
    ["an empty frame", "", []],
    ["an empty binary frame", new ArrayBuffer(0), []],
    ["a ping in a binary frame", new TextEncoder().encode("\r\n\r\n").buffer, ["\r\n"]],
  ])("%s: no fault of anybody's", async (_, data, said) => {
    const { peer, told } = await connected();
    peer.socket.deliver(data);
    expect([told, peer.socket.frames]).toEqual([["opened"], said]);
  });

  it("SIP in a binary frame is read", async () => {
    const { peer, edge } = await connected();
    const { deliver } = peer.socket;
    peer.socket.deliver = (data) => deliver.call(peer.socket, new TextEncoder().encode(String(data)).buffer);
    const answered = edge.options();
    peer.answer(peer.last("OPTIONS"), 200, "Ça va");
    expect(await answered).toMatchObject({ code: 200, text: "Ça va" });
  });

  it("and one whose names are in Latin-1", async () => {
    const { peer, edge } = await connected();
    const { deliver } = peer.socket;
    peer.socket.deliver = (data) => deliver.call(peer.socket, Uint8Array.from(String(data), (letter) => letter.charCodeAt(0)).buffer);
    const answered = edge.options();
    peer.answer(peer.last("OPTIONS"), 200, "Ça va");
    expect(await answered).toMatchObject({ code: 200, text: "Ça va" });
  });

  it("a response that matches nothing, or is not for us, is told and harms nothing", async () => {
    const { peer, edge, told } = await connected();
    const answered = edge.options();
    const asked = peer.last("OPTIONS");
    const stranger = Object.assign(Object.create(asked), { get: (name: string) => asked.get(name).replace(".invalid", ".example") });
    peer.answer(stranger, 200);
    expect(await outcome(answered)).toBe("pending");
    peer.answer(asked, 200);
    peer.answer(asked, 200);
    expect(await answered).toMatchObject({ code: 200 });
    expect(told.filter((line) => line.startsWith("discarded unmatched"))).toHaveLength(2);
  });

  it("a hundred provisional answers leave nothing behind", async () => {
    const { peer, edge } = await connected();
    const call = dial(edge);
    const invited = peer.last("INVITE");
    for (let copy = 0; copy < 100; copy++) peer.answer(invited, 180);
    peer.answer(invited, 486);
    await settle();
    expect(call.told).toHaveLength(102);
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
