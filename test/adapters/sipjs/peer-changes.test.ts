/** What the peer changes in an answered call, and the timer that it may put on it. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SessionKeeper, SipDialog } from "../../../src/ports/sip-dialog.ts";
import { type Frame, connected, dial, sdp, settle } from "./scripted-edge.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What the keeper takes for an offer that says so. */
const slowMs = 1_000;

/** A call of ours that was answered, and who keeps its session. */
async function answered({ headers = [] as string[] } = {}) {
  const made = await connected();
  const { peer } = made;
  const call = dial(made.edge);
  await settle();
  const invited = peer.last("INVITE");
  peer.answer(invited, 200, "OK", { body: sdp("peer"), headers });
  await settle();
  const [dialog] = call.dialogs as [SipDialog];
  const told: string[] = [];
  const keeper: SessionKeeper = {
    answer: async (offer) => {
      told.push(`answer ${offer}`);
      if (offer.includes("unusable")) throw new Error("not this");
      if (offer.includes("slow")) await new Promise((resolve) => setTimeout(resolve, slowMs));
      return sdp("us", 7);
    },
    offer: async () => {
      told.push("offer");
      return sdp("us", 8);
    },
    applyAnswer: async (answer) => void told.push(`apply ${answer}`),
  };
  dialog.keepSession(keeper);
  let cseq = 100;
  /** A request of the peer's inside the dialog. @returns all responses to it. */
  async function ask(method: string, { body, more = [], contact = true }: { body?: string; more?: string[]; contact?: boolean } = {}) {
    const number = cseq++;
    request(method, number, body, more, contact);
    await settle();
    return responsesTo(number);
  }
  function request(method: string, number: number, body?: string, more: readonly string[] = [], contact = true): void {
    const lines = [
      `Via: SIP/2.0/WSS peer.example;branch=z9hG4bK${method === "CANCEL" ? "INVITE" : method}${number}`,
      `From: ${invited.get("To")};tag=peer`,
      `To: ${invited.get("From")}`,
      `Call-ID: ${invited.get("Call-ID")}`,
      `CSeq: ${number} ${method}`,
      ...(contact ? ["Contact: <sip:moved@peer.example;transport=ws>"] : []),
      ...more,
    ];
    peer.request(method, invited.get("Contact").replace(/[<>]/g, ""), lines, body);
  }
  const responsesTo = (number: number): Frame[] =>
    peer.frames.filter((frame) => frame.raw.startsWith("SIP/2.0") && frame.get("CSeq").startsWith(`${number} `));
  const acknowledge = (body?: string) => request("ACK", cseq - 1, body);
  /** The re-INVITE that it asked for last. */
  const takeBack = () => request("CANCEL", cseq - 1);
  const refreshes = () => peer.received("INVITE").filter((frame) => frame.get("To").includes("tag="));
  return { ...made, dialog, told, ask, acknowledge, takeBack, responsesTo, refreshes };
}

const codes = (frames: readonly Frame[]) => frames.map((frame) => Number(frame.method));

describe.each(["INVITE", "UPDATE"])("%s with an offer during the call", (method) => {
  it("is answered by who keeps the session", async () => {
    const { ask, told } = await answered();
    const responses = await ask(method, { body: sdp("peer", 2) });
    expect(codes(responses)).toEqual([200]);
    expect(responses[0]?.body).toBe(sdp("us", 7));
    expect(told).toEqual([`answer ${sdp("peer", 2)}`]);
  });

  it("that cannot be used is refused by 488 with a Warning, and the session goes on as it was", async () => {
    const { ask, acknowledge } = await answered();
    const [refusal] = await ask(method, { body: `${sdp("peer", 2)}a=unusable\r\n` });
    expect(refusal?.method).toBe("488");
    expect(refusal?.get("Warning")).toMatch(/^399 \S+ "/);
    if (method === "INVITE") acknowledge();
    const [refresh] = await ask("INVITE", { body: sdp("peer") });
    expect(refresh?.body).toBe(sdp("us"));
  });

  it("that is the one before is a refresh: nobody is asked", async () => {
    const { ask, told } = await answered();
    expect(codes(await ask(method, { body: sdp("peer") }))).toEqual([200]);
    expect(told).toEqual([]);
  });

  it.each([
    ["not", []],
    ["nothing that can be read of", ["Contact: <sip:>"]],
    ["any place for", ["Contact: *"]],
  ])("that says %s where its sender is, leaves them where they were", async (_, more) => {
    const { peer, dialog, ask, told } = await answered();
    const [response] = await ask(method, { body: sdp("peer", 2), contact: false, more });
    expect([response?.method, told]).toEqual(["200", [`answer ${sdp("peer", 2)}`]]);
    void dialog.bye();
    expect(peer.last("BYE").raw.split(" ")[1]).toBe("sip:gw@peer.example;transport=ws");
  });

  it.each([
    ["holds", `${sdp("peer")}a=sendonly\r\n`],
    ["moves the audio", sdp("peer").replace("audio 9", "audio 4000")],
  ])("that %s, and has not counted its version, is no refresh", async (_, body) => {
    const { ask, told } = await answered();
    const [response] = await ask(method, { body });
    expect([response?.body, told]).toEqual([sdp("us", 7), [`answer ${body}`]]);
  });

  it("meets an offer of ours: 491", async () => {
    const { dialog, ask, told } = await answered();
    void dialog.reinvite(sdp("us", 2));
    await settle();
    expect(codes(await ask(method, { body: sdp("peer", 2) }))).toEqual([491]);
    expect(told).toEqual([]);
  });

  it("tells where the peer is reached from now on", async () => {
    const { peer, dialog, ask, acknowledge } = await answered();
    await ask(method, { body: sdp("peer", 2) });
    if (method === "INVITE") acknowledge();
    void dialog.bye();
    expect(peer.last("BYE").raw).toMatch(/^BYE sip:moved@peer\.example/);
  });
});

describe("a re-INVITE without an offer", () => {
  it("gets ours, and its ACK brings the answer", async () => {
    const { ask, told, acknowledge } = await answered();
    const [response] = await ask("INVITE");
    expect(response?.body).toBe(sdp("us", 8));
    acknowledge(sdp("peer", 2));
    await settle();
    expect(told).toEqual(["offer", `apply ${sdp("peer", 2)}`]);
  });

  it("right after another, whose ACK the end of the call cuts off, leaves no timer that would repeat its 200 for ever", async () => {
    const { dialog, edge, ask, acknowledge } = await answered();
    await ask("INVITE");
    acknowledge();
    await ask("INVITE");
    void dialog.bye();
    edge.dispose();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("whose ACK never comes does not block the next change for ever (RFC 3261 §14.2)", async () => {
    const { peer, dialog, ask } = await answered();
    await ask("INVITE");
    expect(codes(await ask("INVITE", { body: sdp("peer", 2) }))).toEqual([500]);
    await vi.advanceTimersByTimeAsync(33_000);
    void dialog.reinvite(sdp("us", 9));
    await settle();
    expect(peer.last("INVITE").body).toBe(sdp("us", 9));
  });
});

describe("a change while an offer has no answer (RFC 3311 §5.2, RFC 6337 §4.3)", () => {
  const slow = `${sdp("peer", 2)}a=slow\r\n`;

  it.each([
    ["INVITE", "with an offer", { body: sdp("peer", 3) }],
    ["INVITE", "without one", {}],
    ["UPDATE", "with an offer", { body: sdp("peer", 3) }],
  ])("of theirs in an UPDATE: %s %s gets 500, is to come again soon, and is taken then", async (method, _, change) => {
    const { ask, told } = await answered();
    expect(await ask("UPDATE", { body: slow })).toEqual([]);
    const [refusal] = await ask(method, change);
    expect(refusal?.method).toBe("500");
    expect(refusal?.get("Retry-After")).toMatch(/^\d$/);
    expect(told).toEqual([`answer ${slow}`]);
    await vi.advanceTimersByTimeAsync(slowMs);
    expect(codes(await ask(method, change))).toEqual([200]);
  });

  it("of theirs in a re-INVITE: an UPDATE with another gets 500; once the first has its answer, and the ACK is still under way, it is taken", async () => {
    const { ask, told } = await answered();
    await ask("INVITE", { body: slow });
    const [refusal] = await ask("UPDATE", { body: sdp("peer", 3) });
    expect([refusal?.method, refusal?.get("Retry-After")]).toEqual(["500", expect.stringMatching(/^\d$/)]);
    await vi.advanceTimersByTimeAsync(slowMs);
    expect(codes(await ask("UPDATE", { body: sdp("peer", 3) }))).toEqual([200]);
    expect(told).toEqual([`answer ${slow}`, `answer ${sdp("peer", 3)}`]);
  });

  it("of ours, for which their re-INVITE has asked: an UPDATE with one gets 491 until the ACK", async () => {
    const { ask, told, acknowledge } = await answered();
    await ask("INVITE");
    acknowledge(sdp("peer", 2));
    await ask("INVITE");
    const [refusal] = await ask("UPDATE", { body: sdp("peer", 3) });
    expect([refusal?.method, told]).toEqual(["491", ["offer", `apply ${sdp("peer", 2)}`, "offer"]]);
  });

  it.each([
    ["with an offer", slow],
    ["without one", undefined],
  ])(
    "of theirs in a re-INVITE %s that is cancelled meanwhile: as if its answer had crossed that, for the audio may have changed",
    async (_, body) => {
      const { ask, acknowledge, takeBack, responsesTo, told, dialog } = await answered();
      const ended = vi.fn();
      dialog.onEnded(ended);
      const asked = ask("INVITE", { ...(body && { body }) });
      takeBack();
      await asked;
      await vi.advanceTimersByTimeAsync(body ? slowMs : 0);
      acknowledge(body ? undefined : sdp("peer", 4));
      expect(responsesTo(100).map((each) => [each.method, each.get("CSeq")])).toEqual([
        ["200", "100 CANCEL"],
        ["200", "100 INVITE"],
      ]);
      expect([codes(await ask("UPDATE", { body: sdp("peer", 3) })), ended.mock.calls]).toEqual([[200], []]);
      expect(told).toEqual([...(body ? [`answer ${slow}`] : ["offer", `apply ${sdp("peer", 4)}`]), `answer ${sdp("peer", 3)}`]);
    },
  );

  const timed = { headers: ["Session-Expires: 1800;refresher=uac"] };
  const halfMs = 900_000;

  it.each(["INVITE", "UPDATE"])("of theirs in %s, when our refresh is due: it waits, and says what was agreed then", async (method) => {
    const { peer, ask, acknowledge, refreshes } = await answered(timed);
    await vi.advanceTimersByTimeAsync(halfMs - 1);
    expect(await ask(method, { body: slow, more: ["Session-Expires: 1800;refresher=uas", "Supported: timer"] })).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(refreshes()).toEqual([]);
    await vi.advanceTimersByTimeAsync(slowMs);
    if (method === "INVITE") acknowledge();
    await vi.advanceTimersByTimeAsync(4_000);
    expect(refreshes().map(({ body }) => body)).toEqual([sdp("us", 7)]);
    peer.answer(peer.last("INVITE"), 200, "OK", { body: sdp("peer", 2), ...timed });
    await vi.advanceTimersByTimeAsync(halfMs);
    expect(refreshes()).toHaveLength(2);
  });

  it.each([
    ["491", []],
    ["500", ["Retry-After: 3"]],
  ])(
    "of ours, our refresh: an UPDATE with one gets 491, and where the peer said %s of ours too, each has its turn",
    async (code, headers) => {
      const { peer, ask, refreshes, told } = await answered(timed);
      await vi.advanceTimersByTimeAsync(halfMs);
      expect(codes(await ask("UPDATE", { body: sdp("peer", 2) }))).toEqual([491]);
      peer.answer(peer.last("INVITE"), Number(code), "Not Now", { headers });
      await settle();
      expect(codes(await ask("UPDATE", { body: sdp("peer", 2) }))).toEqual([200]);
      await vi.advanceTimersByTimeAsync(4_000);
      expect(refreshes().map(({ body }) => body)).toEqual([sdp("us"), sdp("us", 7)]);
      peer.answer(peer.last("INVITE"), 200, "OK", { body: sdp("peer", 2), ...timed });
      await vi.advanceTimersByTimeAsync(halfMs);
      expect([refreshes().length, told]).toEqual([3, [`answer ${sdp("peer", 2)}`]]);
    },
  );

  it("of ours: an UPDATE without one is granted meanwhile, and is no second timer", async () => {
    const { peer, ask, refreshes } = await answered(timed);
    await vi.advanceTimersByTimeAsync(halfMs);
    expect(codes(await ask("UPDATE", { more: ["Session-Expires: 1800;refresher=uas", "Supported: timer"] }))).toEqual([200]);
    peer.answer(peer.last("INVITE"), 200, "OK", { body: sdp("peer"), ...timed });
    await vi.advanceTimersByTimeAsync(halfMs);
    expect(refreshes()).toHaveLength(2);
  });
});

describe("an UPDATE without an offer", () => {
  it("is a refresh, answered by 200 without a body", async () => {
    const { ask, told } = await answered();
    const [response] = await ask("UPDATE");
    expect([response?.method, response?.body]).toEqual(["200", ""]);
    expect(told).toEqual([]);
  });
});

describe("a session timer (RFC 4028)", () => {
  const half = 900_000;

  it("that the answer lays on us is kept: a re-INVITE with the session as it stands, half-way, again and again", async () => {
    const { peer, refreshes } = await answered({ headers: ["Require: timer", "Session-Expires: 1800;refresher=uac"] });
    for (const times of [1, 2, 3]) {
      await vi.advanceTimersByTimeAsync(half);
      expect(refreshes()).toHaveLength(times);
      const refresh = peer.last("INVITE");
      expect(refresh.body).toBe(sdp("us"));
      expect(refresh.get("Session-Expires")).toBe("1800;refresher=uac");
      peer.answer(refresh, 200, "OK", { body: sdp("peer"), headers: ["Session-Expires: 1800;refresher=uac"] });
      await settle();
    }
  });

  it.each(['"1800" ; refresher="uac"', "1800;x=y;REFRESHER = Uac"])("is read where it is written %s", async (written) => {
    const { refreshes } = await answered({ headers: [`Session-Expires: ${written}`] });
    await vi.advanceTimersByTimeAsync(half);
    expect(refreshes().map((each) => each.get("Session-Expires"))).toEqual(["1800;refresher=uac"]);
  });

  it("is tried again soon where nobody answered", async () => {
    const { refreshes } = await answered({ headers: ["Session-Expires: 1800;refresher=uac"] });
    await vi.advanceTimersByTimeAsync(half + 32_000 + 10_000);
    expect(refreshes()).toHaveLength(2);
  });

  it.each([408, 488, 500, 503])("is tried again in time where the peer said %i", async (code) => {
    const { peer, refreshes } = await answered({ headers: ["Session-Expires: 1800;refresher=uac"] });
    await vi.advanceTimersByTimeAsync(half);
    peer.answer(peer.last("INVITE"), code, "Not now");
    await vi.advanceTimersByTimeAsync(half / 2 + 5_000);
    expect(refreshes().length).toBeGreaterThan(1);
    peer.answer(peer.last("INVITE"), 200, "OK", { body: sdp("peer"), headers: ["Session-Expires: 1800;refresher=uac"] });
    const before = refreshes().length;
    await vi.advanceTimersByTimeAsync(half);
    expect(refreshes()).toHaveLength(before + 1);
  });

  it("asks no more once its time has run out for a peer that refuses every time", async () => {
    const { peer, refreshes } = await answered({ headers: ["Session-Expires: 1800;refresher=uac"] });
    for (let ms = 0; ms < 3 * half; ms += 5_000) {
      await vi.advanceTimersByTimeAsync(5_000);
      for (const refresh of refreshes().slice(-1))
        if (peer.last("ACK").get("CSeq") !== refresh.get("CSeq").replace("INVITE", "ACK")) peer.answer(refresh, 488, "No");
    }
    expect(refreshes().length).toBeLessThan(15);
  });

  it("that is too short for the peer is asked for anew at once, by a 422 (§7.4); once", async () => {
    const { peer, refreshes } = await answered({ headers: ["Session-Expires: 1800;refresher=uac"] });
    await vi.advanceTimersByTimeAsync(half);
    peer.answer(peer.last("INVITE"), 422, "Session Interval Too Small", { headers: ["Min-SE: 3600"] });
    await settle();
    expect(refreshes().map((each) => [each.get("Session-Expires"), each.get("Min-SE")])).toEqual([
      ["1800;refresher=uac", ""],
      ["3600;refresher=uac", "3600"],
    ]);
    peer.answer(peer.last("INVITE"), 422, "Session Interval Too Small", { headers: ["Min-SE: 3600"] });
    await settle();
    expect(refreshes()).toHaveLength(2);
  });

  it("ends with an answer that names none", async () => {
    const { peer, refreshes } = await answered({ headers: ["Session-Expires: 1800;refresher=uac"] });
    await vi.advanceTimersByTimeAsync(half);
    peer.answer(peer.last("INVITE"), 200, "OK", { body: sdp("peer") });
    await vi.advanceTimersByTimeAsync(4 * half);
    expect(refreshes()).toHaveLength(1);
  });

  it("that is the peer's is left to it", async () => {
    const { refreshes } = await answered({ headers: ["Session-Expires: 1800;refresher=uas"] });
    await vi.advanceTimersByTimeAsync(4 * half);
    expect(refreshes()).toEqual([]);
  });

  it.each([
    ["the peer's, which goes on", "Session-Expires: 1800;refresher=uac", "1800;refresher=uac", "timer", 0],
    ["nobody's: who asks does it", "Session-Expires: 600\r\nk: replaces, Timer", "600;refresher=uac", "timer", 0],
    ["nobody's, nor can who asks: a proxy has added it", "Session-Expires: 1800\r\nSupported: 100rel", "1800;refresher=uas", "", 1],
    ["ours", "session-expires:   1800 ; REFRESHER=UAS", "1800;refresher=uas", "", 1],
    // §9: it may not be made longer; and nobody hangs up by what was not agreed.
    ["shorter than may be", "Session-Expires: 60;refresher=uac", "60;refresher=uac", "timer", 0],
    ["shorter than anybody means", "Session-Expires: 9;refresher=uac", "", "", 0],
    ["none", "Session-Expires: 0;refresher=uas", "", "", 0],
  ])("asked for in the peer's refresh is granted: %s", async (_, line, granted, required, refreshed) => {
    const { ask, acknowledge, refreshes } = await answered();
    const [response] = await ask("INVITE", { body: sdp("peer"), more: [line] });
    expect(response?.get("Session-Expires")).toBe(granted);
    expect(response?.all("Require").join()).toBe(required);
    acknowledge();
    await vi.advanceTimersByTimeAsync(half);
    expect(refreshes()).toHaveLength(refreshed);
  });

  /** When the peer hangs up, in s (§10). */
  const hangsUpAfterS = (intervalS: number) => intervalS - Math.min(32, intervalS / 3);

  it.each([30, 60, 89, 90])(
    "of %i s, shorter than may be or as short: is refreshed before the peer would hang up, and asked to be longer",
    async (s) => {
      const { peer, refreshes } = await answered({ headers: [`Session-Expires: ${s};refresher=uac`] });
      for (const times of [1, 2, 3, 4]) {
        await vi.advanceTimersByTimeAsync(hangsUpAfterS(s) * 1_000);
        expect(refreshes()).toHaveLength(times);
        expect(peer.last("INVITE").get("Session-Expires")).toBe("90;refresher=uac");
        peer.answer(peer.last("INVITE"), 200, "OK", { body: sdp("peer"), headers: [`Session-Expires: ${s};refresher=uac`] });
        await settle();
      }
    },
  );

  it.each([10, 20, 45, 89])(
    "of %i s that the peer lays on us is granted as it is, and refreshed before the peer would hang up",
    async (s) => {
      const { ask, acknowledge, refreshes, peer } = await answered();
      const [response] = await ask("INVITE", { body: sdp("peer"), more: [`Session-Expires: ${s};refresher=uas`, "Supported: timer"] });
      expect(response?.get("Session-Expires")).toBe(`${s};refresher=uas`);
      acknowledge();
      await vi.advanceTimersByTimeAsync(hangsUpAfterS(s) * 1_000);
      expect([refreshes().length, peer.last("INVITE").get("Session-Expires")]).toEqual([1, "90;refresher=uac"]);
    },
  );

  it.each([0, 1, 5])("of %i s is no flood of refreshes", async (s) => {
    const { peer, refreshes } = await answered({ headers: [`Session-Expires: ${s};refresher=uac`] });
    for (let at = 0; at < 600; at++) {
      await vi.advanceTimersByTimeAsync(1_000);
      const last = refreshes().at(-1);
      if (last && peer.last("ACK").get("CSeq") !== last.get("CSeq").replace("INVITE", "ACK"))
        peer.answer(last, 200, "OK", { body: sdp("peer"), headers: [`Session-Expires: ${s};refresher=uac`] });
    }
    expect(refreshes().length).toBeGreaterThan(6);
    expect(refreshes().length).toBeLessThanOrEqual(40);
  });

  it.each([90, 120, 1800])("of %i s: one refusal of a refresh leaves time for another before the peer hangs up", async (s) => {
    const { peer, refreshes } = await answered({ headers: [`Session-Expires: ${s};refresher=uac`] });
    await vi.advanceTimersByTimeAsync(s * 500);
    peer.answer(peer.last("INVITE"), 503, "Not now");
    await vi.advanceTimersByTimeAsync((hangsUpAfterS(s) - s / 2) * 1_000);
    expect(refreshes().length).toBeGreaterThan(1);
  });

  it("is over with the call", async () => {
    const { peer, dialog, refreshes } = await answered({ headers: ["Session-Expires: 1800;refresher=uac"] });
    void dialog.bye();
    peer.answer(peer.last("BYE"), 200, "OK");
    await vi.advanceTimersByTimeAsync(4 * half);
    expect(refreshes()).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("stays over, though a change that was under way is answered after the end", async () => {
    const { peer, dialog } = await answered({ headers: ["Session-Expires: 1800;refresher=uac"] });
    void dialog.reinvite(sdp("us", 2));
    await settle();
    void dialog.bye();
    peer.answer(peer.last("INVITE"), 200, "OK", { body: sdp("peer"), headers: ["Session-Expires: 1800;refresher=uac"] });
    peer.answer(peer.last("BYE"), 200, "OK");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(vi.getTimerCount()).toBe(0);
  });
});

it("an INVITE of RFC 2543 during the call, without a Contact, leaves the peer where it was", async () => {
  const { peer, dialog } = await answered();
  const invited = peer.last("INVITE");
  peer.request("INVITE", "sip:agent7@x.invalid", [
    "Via: SIP/2.0/WSS peer.example",
    `From: ${invited.get("To")};tag=peer`,
    `To: ${invited.get("From")}`,
    `Call-ID: ${invited.get("Call-ID")}`,
    "CSeq: 100 INVITE",
  ]);
  await settle();
  expect(peer.frames.at(-1)?.method).toBe("200");
  void dialog.bye();
  expect(peer.last("BYE").raw.split(" ")[1]).toBe("sip:gw@peer.example;transport=ws");
});
