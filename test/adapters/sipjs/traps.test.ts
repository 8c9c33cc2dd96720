/** The fourteen ways in which SIP.js 0.21.2 leads a softphone astray, and what our edge does in each. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CredentialsSource } from "../../../src/ports/sip-account.ts";
import { bench, connected, dial, digestChallenge, outcome, sdp, settle } from "./scripted-edge.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function calling(credentials?: CredentialsSource) {
  const made = await connected(credentials);
  const call = dial(made.edge);
  await settle();
  return { ...made, call, invited: made.peer.last("INVITE") };
}

describe("trap", () => {
  it("1: sending on a dead socket gives a synthetic 503, and we say that it is inferred", async () => {
    const { peer, edge } = await connected();
    peer.socket.drop();
    const call = dial(edge);
    await settle();
    expect(call.told).toEqual(["rejected 503 inferred"]);
  });

  it("2: a socket lost before the 100 is told at once, not at Timer B", async () => {
    const { peer, call } = await calling();
    peer.socket.drop();
    expect(call.told).toEqual(["sent", "flowLost"]);
  });

  it("3: a response without Via cannot pass for the carrier's, nor a timeout for a response", async () => {
    const { peer, told, call, invited } = await calling();
    peer.socket.deliver(
      `SIP/2.0 503 No\r\nFrom: ${invited.get("From")}\r\nTo: ${invited.get("To")}\r\nCall-ID: ${invited.get("Call-ID")}\r\nCSeq: 1 INVITE\r\n\r\n`,
    );
    expect(told.at(-1)).toMatch(/^discarded malformed/);
    await vi.advanceTimersByTimeAsync(32_000);
    expect(call.told).toEqual(["sent", "rejected 408 inferred"]);
  });

  it("4: a socket lost after the 180 is told, the CANCEL follows on the next one, and a crossing 200 is handed over", async () => {
    const { peer, edge, call, invited } = await calling();
    peer.answer(invited, 180);
    peer.socket.drop();
    call.invite.cancel();
    await vi.advanceTimersByTimeAsync(3_000);
    edge.connect();
    await settle();
    expect(peer.socket.frames.map((frame) => frame.split(" ")[0])).toEqual(["CANCEL"]);
    peer.answer(invited, 200, "OK", { body: sdp("peer") });
    expect(call.told.slice(1)).toEqual(["progressed 180 peer", "flowLost", "accepted 200 peer"]);
    expect(peer.received("ACK")).toHaveLength(1);
  });

  it("5: there is no `Terminated` before the answer: the rejection is the end, and comes once", async () => {
    const { peer, call, invited } = await calling();
    peer.answer(invited, 503);
    await vi.advanceTimersByTimeAsync(40_000);
    expect(call.told).toEqual(["sent", "rejected 503 peer"]);
  });

  it("6: a 200 that crosses our CANCEL is acknowledged and told, for the call to keep or to end", async () => {
    const { peer, call, invited } = await calling();
    peer.answer(invited, 180);
    call.invite.cancel();
    peer.answer(invited, 200, "OK", { body: sdp("peer") });
    expect(call.told.at(-1)).toBe("accepted 200 peer");
    expect([peer.received("ACK").length, peer.received("BYE").length]).toEqual([1, 0]);
    void call.dialogs[0]!.bye();
    expect(peer.received("BYE")).toHaveLength(1);
  });

  it("7: a CANCEL before any answer is held, sent with the first 1xx, and ended at 64·T1 without one", async () => {
    const { peer, call } = await calling();
    call.invite.cancel();
    await vi.advanceTimersByTimeAsync(32_000);
    expect(call.told).toEqual(["sent", "rejected 408 inferred"]);
    expect(peer.received("CANCEL")).toHaveLength(0);
  });

  it.each(["before the 407", "while credentials are fetched", "at the moment they come"])(
    "8: after a cancel %s no authenticated INVITE is sent: no ghost call",
    async (moment) => {
      let give = () => {};
      const { peer, call, invited } = await calling(() => new Promise((resolve) => (give = () => resolve({ password: "secret" }))));
      if (moment === "before the 407") call.invite.cancel();
      peer.answer(invited, 401, "Unauthorized", { headers: [digestChallenge()] });
      await settle();
      if (moment === "at the moment they come") give();
      call.invite.cancel();
      give();
      await settle();
      expect(peer.received("INVITE")).toHaveLength(1);
      expect(call.told.at(-1)).toBe("rejected 487 inferred");
    },
  );

  it("8: whichever of credentials and cancel is first by a hair, an INVITE that went out is cancelled, one that did not stays", async () => {
    for (let turns = 0; turns < 15; turns++) {
      let give = () => {};
      const { peer, edge, call, invited } = await calling(() => new Promise((resolve) => (give = () => resolve({ password: "secret" }))));
      peer.answer(invited, 401, "Unauthorized", { headers: [digestChallenge()] });
      await settle();
      give();
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      const sentBefore = peer.received("INVITE").length;
      call.invite.cancel();
      await settle();
      expect(peer.received("INVITE")).toHaveLength(sentBefore);
      if (sentBefore === 2) peer.answer(peer.last("INVITE"), 100);
      expect(peer.received("CANCEL")).toHaveLength(sentBefore - 1);
      edge.dispose();
    }
  });

  it("9: a CANCEL answered without a 487 to follow ends at 64·T1; even then a 200 is acknowledged and ended", async () => {
    const { peer, call, invited } = await calling();
    peer.answer(invited, 100);
    await vi.advanceTimersByTimeAsync(60_000);
    call.invite.cancel();
    peer.answer(peer.last("CANCEL"), 200, "OK");
    await vi.advanceTimersByTimeAsync(31_999);
    expect(call.told.at(-1)).toBe("progressed 100 peer");
    await vi.advanceTimersByTimeAsync(1);
    expect(call.told.at(-1)).toBe("rejected 408 inferred");
    peer.answer(invited, 200, "OK", { body: sdp("peer") });
    await settle();
    expect([peer.received("ACK").length, peer.received("BYE").length]).toEqual([1, 1]);
  });

  it("10: nothing is remembered as registered: after a reconnect register() sends a REGISTER", async () => {
    const { peer, edge } = await connected();
    const registered = edge.register(600);
    await settle();
    peer.answer(peer.last("REGISTER"), 200, "OK");
    await registered;
    peer.socket.drop();
    edge.connect();
    await settle();
    void edge.register(600);
    await settle();
    expect(peer.socket.frames.map((frame) => frame.split(" ")[0])).toEqual(["REGISTER"]);
  });

  it("11: a REGISTER in flight at the drop ends at once, and the next may go", async () => {
    const { peer, edge } = await connected();
    const registered = edge.register(600);
    await settle();
    peer.socket.drop();
    expect(await outcome(registered)).toMatchObject({ code: 503, said: "inferred" });
    edge.connect();
    await settle();
    void edge.register(600);
    await settle();
    expect(peer.received("REGISTER")).toHaveLength(2);
  });

  it.each([[], ['Contact: <sip:other@192.0.2.1>;expires=60;+sip.instance="<urn:uuid:00000000-0000-4000-8000-000000000000>"']])(
    "12: a 200 to REGISTER without our Contact is an answer that grants nothing",
    async (...headers) => {
      const { peer, edge } = await connected();
      const registered = edge.register(600);
      await settle();
      peer.answer(peer.last("REGISTER"), 200, "OK", { headers });
      expect(await registered).toEqual({ code: 200, said: "peer", text: "OK" });
    },
  );

  it("13: a connect ends after 5 s, and nothing reconnects or pings behind our back", async () => {
    const { peer, edge, told } = bench();
    peer.opening = "hangs";
    edge.connect();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(told).toEqual(["closed false 1006"]);
    await vi.advanceTimersByTimeAsync(600_000);
    expect([peer.sockets.length, peer.frames.length, vi.getTimerCount()]).toEqual([1, 0, 0]);
  });

  it("14: the INVITE leaves with the offer that it is given: there is no media in the stack to wait for", async () => {
    const { peer, edge } = await connected();
    dial(edge);
    expect(peer.received("INVITE")).toHaveLength(1);
  });

  it("beyond the fourteen: a mute peer does not hold dispose() up, and the console stays silent", async () => {
    const spies = (["log", "debug", "info", "warn", "error"] as const).map((name) => vi.spyOn(console, name));
    const { peer, edge } = await calling();
    peer.socket.deliver("nonsense");
    void edge.register(600);
    await settle();
    edge.dispose();
    expect([peer.socket.isClosed, vi.getTimerCount()]).toEqual([true, 0]);
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  });
});
