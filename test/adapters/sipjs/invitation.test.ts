import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Unacknowledged } from "../../../src/ports/sip-invitation.ts";
import { type Bench, connected, outcome, sdp, settle } from "./scripted-edge.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const common = (method: string, cseq = 1, toTag = "") => [
  `Via: SIP/2.0/WSS peer.example;branch=z9hG4bK${method === "CANCEL" ? "INVITE" : method}${toTag}`,
  'From: "Amel" <sip:+21698000000@carrier.example>;tag=amel',
  `To: <sip:agent7@carrier.example>${toTag && `;tag=${toTag}`}`,
  "Call-ID: inbound-1",
  `CSeq: ${cseq} ${method}`,
  "Contact: <sip:gw@peer.example>",
];

/** An INVITE to the agent, to whatever user. */
async function invited(user = "agent7", body: string | undefined = sdp("peer")) {
  const made = await connected();
  made.peer.request("INVITE", `sip:${user}@x.invalid`, common("INVITE"), body);
  const [invitation] = made.invitations;
  if (!invitation) throw new Error("no invitation");
  return { ...made, invitation };
}

/** One that rings, and what was told of it. */
async function ringing() {
  const made = await invited();
  const flow: boolean[] = [];
  const cancelled = vi.fn();
  made.invitation.onFlowChanged((isOpen) => flow.push(isOpen));
  made.invitation.onCancelled(cancelled);
  made.invitation.ring();
  return { ...made, flow, cancelled };
}

/** The same, and its flow is lost. */
async function adrift() {
  const made = await ringing();
  made.peer.socket.drop();
  return made;
}

/** Another flow. */
async function back({ edge }: Bench): Promise<void> {
  edge.connect();
  await settle();
}

/** Codes that the edge answered, in order. */
const codes = ({ peer }: Bench): string[] => peer.frames.filter((frame) => frame.raw.startsWith("SIP/2.0")).map((frame) => frame.method);
const toTag = ({ peer }: Bench): string => peer.frames.at(-1)!.get("To").split("tag=")[1]!;

describe("an INVITE to the agent", () => {
  it.each(["agent7", "+21671000000", "someone-else"])("to %s is told, and answered 100 at once", async (user) => {
    const made = await invited(user);
    expect(made.invitation).toMatchObject({
      sipCallId: "inbound-1",
      fromTag: "amel",
      from: '"Amel" <sip:+21698000000@carrier.example>;tag=amel',
      offer: sdp("peer"),
    });
    expect(codes(made)).toEqual(["100"]);
  });

  it.each([
    ["gave-up", "SIP;cause=500"],
    ["answered-elsewhere", "SIP;cause=200"],
  ])("is ended by a BYE in its early dialog as by a CANCEL (RFC 3261 §15.1.2): %s", async (how, reason) => {
    const made = await invited();
    const cancelled = vi.fn();
    made.invitation.onCancelled(cancelled);
    made.invitation.ring();
    made.peer.request("BYE", "sip:agent7@x.invalid", [...common("BYE", 2, toTag(made)), `Reason: ${reason}`]);
    expect(codes(made)).toEqual(["100", "180", "200", "487"]);
    expect(cancelled).toHaveBeenCalledExactlyOnceWith(how);
  });

  it.each([
    ["without a description is taken", undefined, "200"],
    ["with one may come again, for the first is not answered", sdp("peer", 2), "500"],
  ])("an UPDATE before the answer %s (RFC 3311 §5)", async (_, body, code) => {
    const made = await invited();
    made.invitation.ring();
    made.peer.request("UPDATE", "sip:agent7@x.invalid", common("UPDATE", 2, toTag(made)), body);
    expect(codes(made)).toEqual(["100", "180", code]);
    expect(made.peer.frames.at(-1)?.get("Allow") ?? "").toBe(code === "200" ? made.peer.last("200").get("Allow") : "");
    expect(made.peer.frames.at(-1)?.get("Retry-After")).toMatch(code === "200" ? /^$/ : /^\d$/);
  });

  it.each([
    ["before our answer", false, ["100", "180", "200", "487"]],
    ["after it", true, ["100", "180", "200", "200"]],
  ])("is cancelled %s, under the tag of the answer (RFC 3261 §9.2)", async (_, isAccepted, expected) => {
    const made = await invited();
    made.invitation.ring();
    if (isAccepted) void made.invitation.accept(sdp("us")).catch(() => {});
    await settle();
    made.peer.request("CANCEL", "sip:agent7@x.invalid", common("CANCEL"));
    expect(codes(made)).toEqual(expected);
    const [ringing, ...later] = made.peer.frames.slice(-3).map((frame) => frame.get("To"));
    expect(later).toEqual([ringing, ringing]);
  });

  it("hears an INFO before its answer", async () => {
    const made = await invited();
    made.invitation.ring();
    made.peer.request("INFO", "sip:agent7@x.invalid", common("INFO", 2, toTag(made)));
    expect(codes(made)).toEqual(["100", "180", "200"]);
  });

  it("rings, is accepted, and is up when the ACK has come", async () => {
    const made = await invited();
    made.invitation.ring();
    const accepted = made.invitation.accept(sdp("us"));
    await settle();
    expect(codes(made)).toEqual(["100", "180", "200"]);
    expect(await outcome(accepted)).toBe("pending");
    made.peer.request("ACK", "sip:agent7@x.invalid", common("ACK", 1, toTag(made)));
    const dialog = await accepted;
    expect(dialog.sdp).toBe(sdp("peer"));
    const ended = vi.fn();
    dialog.onEnded(ended);
    made.peer.request("BYE", "sip:agent7@x.invalid", common("BYE", 2, toTag(made)));
    expect(ended).toHaveBeenCalledOnce();
  });

  it.each([
    ["the branch of its INVITE", (line: string) => line.replace(/branch=.*/, "branch=z9hG4bKINVITE"), "sip:gw@peer.example"],
    [
      "no branch, no tag and no Contact (RFC 2543)",
      (line: string) => line.replace(/;branch=.*|;tag=amel|^Contact.*/, "").replace("carrier.example>", "carrier.example?Subject=x>"),
      "sip:+21698000000@carrier.example",
    ],
  ])("is up when an ACK has come with %s, and hung up by us", async (_, spelt, target) => {
    const made = await connected();
    const deliver = (method: string, tag?: string) =>
      made.peer.request(
        method,
        "sip:agent7@x.invalid",
        common(method, 1, tag)
          .map(spelt)
          .filter((line) => line !== ""),
        method === "INVITE" ? sdp("peer") : "",
      );
    deliver("INVITE");
    const accepted = made.invitations[0]!.accept(sdp("us"));
    await settle();
    deliver("ACK", toTag(made));
    const dialog = await outcome(accepted);
    if (dialog === "pending") throw new Error("the ACK was not heard");
    expect(made.told).toEqual(["opened"]);
    void dialog.bye();
    expect(made.peer.last("BYE").raw.split(" ")[1]).toBe(target);
  });

  it("is hung up by us", async () => {
    const made = await invited();
    const accepted = made.invitation.accept(sdp("us"));
    made.peer.request("ACK", "sip:agent7@x.invalid", common("ACK", 1, toTag(made)));
    const bye = (await accepted).bye();
    made.peer.answer(made.peer.last("BYE"), 200, "OK");
    expect(await bye).toMatchObject({ code: 200, said: "peer" });
  });

  it("whose ACK never comes has its 200 repeated, and leaves a dialog to be ended by a BYE (RFC 3261 §13.3.1.4)", async () => {
    const made = await invited();
    const refused = made.invitation.accept(sdp("us")).catch((error: Unacknowledged) => error);
    await vi.advanceTimersByTimeAsync(32_000);
    const error = (await refused) as Unacknowledged;
    expect(error.message).toBe("no ACK came");
    void error.dialog.bye();
    await settle();
    expect(codes(made).filter((code) => code === "200").length).toBeGreaterThan(5);
    expect(made.peer.received("BYE")).toHaveLength(1);
  });

  it("that the caller hangs up before the ACK is not accepted", async () => {
    const made = await invited();
    const accepted = made.invitation.accept(sdp("us"));
    const refused = expect(accepted).rejects.toThrow("hung up");
    made.peer.request("BYE", "sip:agent7@x.invalid", common("BYE", 2, toTag(made)));
    await refused;
  });

  it("is cancelled by the caller, once", async () => {
    const made = await invited();
    const cancelled = vi.fn();
    made.invitation.onCancelled(cancelled);
    made.peer.request("CANCEL", "sip:agent7@x.invalid", common("CANCEL"));
    made.peer.request("CANCEL", "sip:agent7@x.invalid", common("CANCEL"));
    expect(cancelled).toHaveBeenCalledOnce();
    expect(codes(made).slice(0, 3)).toEqual(["100", "200", "487"]);
    await expect(made.invitation.accept(sdp("us"))).rejects.toThrow("cancelled");
    made.invitation.ring();
    made.invitation.reject(486);
    expect(codes(made)).not.toContain("486");
  });

  it.each([
    ['SIP;cause=200;text="Call completed elsewhere"', "answered-elsewhere"],
    ["sip ; cause=200, Q.850;cause=16", "answered-elsewhere"],
    ["Q.850;cause=26", "answered-elsewhere"],
    ["SIP;cause=603", "gave-up"],
    ['Q.850;cause=16;text="SIP;cause=200"', "gave-up"],
    ["", "gave-up"],
  ])("that is cancelled with the reason %s: %s", async (reason, how) => {
    const made = await invited();
    const cancelled = vi.fn();
    made.invitation.onCancelled(cancelled);
    made.peer.request("CANCEL", "sip:agent7@x.invalid", [...common("CANCEL"), `Reason: ${reason}`]);
    made.invitation.onCancelled(cancelled);
    await settle();
    expect(cancelled.mock.calls).toEqual([[how], [how]]);
  });

  const expiring = async (expires: string) => {
    const made = await connected();
    made.peer.request("INVITE", "sip:agent7@x.invalid", [...common("INVITE"), `Expires: ${expires}`], sdp("peer"));
    const cancelled = vi.fn();
    made.invitations[0]?.onCancelled(cancelled);
    made.invitations[0]?.ring();
    return { ...made, cancelled };
  };

  it("rings no longer than its caller waits (RFC 3261 §13.3.1)", async () => {
    const made = await expiring("30");
    await vi.advanceTimersByTimeAsync(29_999);
    expect([codes(made), made.cancelled.mock.calls]).toEqual([["100", "180"], []]);
    await vi.advanceTimersByTimeAsync(1);
    expect([codes(made), made.cancelled.mock.calls]).toEqual([["100", "180", "487"], [["gave-up"]]]);
    await expect(made.invitations[0]?.accept(sdp("us"))).rejects.toThrow("cancelled");
  });

  it("whose flow is lost rings no longer either", async () => {
    const made = await expiring("30");
    made.peer.socket.drop();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(made.cancelled.mock.calls).toEqual([["gave-up"]]);
    await back(made);
    expect(codes(made)).toEqual(["100", "180", "487"]);
  });

  it.each(["0", "-1", "soon", "", "4294967295", "9999999999"])(
    "rings for as long as anybody likes where it expires in %j",
    async (expires) => {
      const made = await expiring(expires);
      await vi.advanceTimersByTimeAsync(3_600_000);
      // §13.3.1.1: it is said again each minute.
      expect([new Set(codes(made)), made.cancelled.mock.calls]).toEqual([new Set(["100", "180"]), []]);
    },
  );

  it("that was answered, refused or cancelled in time expires no more", async () => {
    for (const end of ["accept", "reject", "cancel"]) {
      const made = await expiring("30");
      const [invitation] = made.invitations;
      if (end === "accept") {
        void invitation?.accept(sdp("us"));
        made.peer.request("ACK", "sip:agent7@x.invalid", common("ACK", 1, toTag(made)));
      } else if (end === "reject") invitation?.reject(486);
      else made.peer.request("CANCEL", "sip:agent7@x.invalid", common("CANCEL"));
      const before = codes(made);
      await vi.advanceTimersByTimeAsync(31_000);
      expect([end, codes(made).filter((code) => code === "487").length]).toEqual([end, end === "cancel" ? 1 : 0]);
      expect(before.length).toBeGreaterThan(2);
      made.edge.dispose();
    }
  });

  it("is rejected with the code that we give", async () => {
    const made = await invited();
    made.invitation.reject(486);
    made.invitation.reject(486);
    expect(codes(made)).toEqual(["100", "486"]);
  });

  it("that is refused before anything was said of it costs one answer and no transaction (RFC 3261 §8.2.7)", async () => {
    const made = await connected();
    const { peer, invitations } = made;
    const push = invitations.push.bind(invitations);
    invitations.push = (invitation) => {
      invitation.reject(486);
      return push(invitation);
    };
    peer.request("INVITE", "sip:agent7@x.invalid", common("INVITE"), sdp("peer"));
    expect(codes(made)).toEqual(["486"]);
    expect(vi.getTimerCount()).toBe(0);
    peer.request("ACK", "sip:agent7@x.invalid", common("ACK", 1, toTag(made)));
    peer.request("CANCEL", "sip:agent7@x.invalid", common("CANCEL"));
    expect(codes(made)).toEqual(["486", "481"]);
  });

  it("rings on over the next flow when its own is lost, and is cancelled there", async () => {
    const made = await adrift();
    expect([made.flow, made.cancelled.mock.calls, codes(made)]).toEqual([[false], [], ["100", "180"]]);
    await back(made);
    expect([made.flow, codes(made)]).toEqual([
      [false, true],
      ["100", "180", "180"],
    ]);
    made.peer.request("CANCEL", "sip:agent7@x.invalid", common("CANCEL"));
    expect([made.cancelled.mock.calls, codes(made).slice(3)]).toEqual([[["gave-up"]], ["200", "487"]]);
  });

  it("is answered over the next flow, and not before there is one", async () => {
    const made = await adrift();
    await expect(made.invitation.accept(sdp("us"))).rejects.toThrow("no flow");
    await back(made);
    const accepted = made.invitation.accept(sdp("us"));
    made.peer.request("ACK", "sip:agent7@x.invalid", common("ACK", 1, toTag(made)));
    expect((await accepted).sdp).toBe(sdp("peer"));
    expect(codes(made).slice(2)).toEqual(["180", "200"]);
    made.peer.socket.drop();
    await back(made);
    expect(made.flow).toEqual([false, true]);
  });

  it("is rejected as soon as there is a flow", async () => {
    const made = await adrift();
    made.invitation.reject(486);
    await back(made);
    expect([codes(made), made.flow]).toEqual([["100", "180", "486"], [false]]);
    await back(made);
    expect(codes(made)).toEqual(["100", "180", "486"]);
  });

  it("is rejected anew on the next flow, until that is acknowledged: nobody may have heard it on the last", async () => {
    const made = await ringing();
    made.invitation.reject(486);
    made.peer.socket.drop();
    await back(made);
    expect(codes(made)).toEqual(["100", "180", "486", "486"]);
    const sameBranch = common("ACK", 1, toTag(made)).map((line) => line.replace(/branch=.*/, "branch=z9hG4bKINVITE"));
    made.peer.request("ACK", "sip:agent7@x.invalid", sameBranch);
    made.peer.socket.drop();
    await back(made);
    expect(codes(made).slice(4)).toEqual([]);
  });

  it.each([
    ["another branch over the next flow: it is the call from then on", true, "branch", [2, "100"], [["gave-up"]]],
    ["another branch on the flow that stands: it went by a detour (RFC 3261 §8.2.2.2)", false, "branch", [1, "482"], []],
    ["the next CSeq over the next flow: it is the call from then on", true, "CSeq", [2, "100"], [["gave-up"]]],
    ["the next CSeq on the flow that stands: it is the call from then on (§8.1.3.5)", false, "CSeq", [2, "100"], [["gave-up"]]],
  ])("once more with %s", async (_, isLost, changed, became, cancelled) => {
    const made = isLost ? await adrift() : await ringing();
    if (isLost) await back(made);
    const anew = common("INVITE", changed === "CSeq" ? 2 : 1).map((line) => line.replace("branch=z9hG4bK", "branch=z9hG4bKanew"));
    made.peer.request("INVITE", "sip:agent7@x.invalid", anew, sdp("peer"));
    await settle();
    expect([[made.invitations.length, codes(made).at(-1)], made.cancelled.mock.calls]).toEqual([became, cancelled]);
    // Whoever still waits for an end of the first has one.
    expect(codes(made).filter((code) => code === "487")).toHaveLength(changed === "CSeq" ? 1 : 0);
    made.invitations.at(-1)?.reject(486);
  });

  it("once more with another branch, after it was answered on the flow that is lost: the answer is said again, and confirmed", async () => {
    const made = await ringing();
    const accepted = made.invitation.accept(sdp("us"));
    await settle();
    const first = made.peer.last("200");
    made.peer.socket.drop();
    await back(made);
    const anew = common("INVITE").map((line) => line.replace("branch=z9hG4bK", "branch=z9hG4bKanew"));
    made.peer.request("INVITE", "sip:agent7@x.invalid", [...anew, "Record-Route: <sip:edge2.example;lr>"], sdp("peer"));
    const again = made.peer.last("200");
    expect(made.invitations).toHaveLength(1);
    expect([again.get("Via"), again.get("Record-Route")]).toEqual([
      "SIP/2.0/WSS peer.example;branch=z9hG4bKanewINVITE",
      "<sip:edge2.example;lr>",
    ]);
    const said = (frame: typeof first) => [
      ...["To", "Contact", "Allow", "Content-Type"].map((name) => frame.get(name)),
      frame.raw.split("\r\n\r\n")[1],
    ];
    expect(said(again)).toEqual(said(first));
    made.peer.request("ACK", "sip:agent7@x.invalid", common("ACK", 1, again.get("To").split("tag=")[1]));
    expect((await accepted).sdp).toBe(sdp("peer"));
    const frames = made.peer.frames.length;
    made.peer.request("INVITE", "sip:agent7@x.invalid", anew, sdp("peer"));
    expect(made.peer.frames.slice(frames).map(({ method }) => method)).toEqual(["482"]);
  });

  it("whose flow is lost leaves nothing behind when the edge is disposed", async () => {
    const made = await adrift();
    made.invitation.reject(480);
    made.edge.dispose();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is not accepted on a socket that is closing, though it has not said so", async () => {
    const made = await invited();
    Object.assign(made.peer.socket, { readyState: 2 });
    await expect(made.invitation.accept(sdp("us"))).rejects.toThrow("no flow");
    expect(codes(made)).toEqual(["100"]);
  });

  it("that the caller hangs up between our 200 and the ACK counts as cancelled", async () => {
    const made = await invited();
    const cancelled = vi.fn();
    made.invitation.onCancelled(cancelled);
    const accepted = made.invitation.accept(sdp("us"));
    const refused = expect(accepted).rejects.toThrow("hung up");
    made.peer.request("BYE", "sip:agent7@x.invalid", common("BYE", 2, toTag(made)));
    await refused;
    expect(cancelled.mock.calls).toEqual([["gave-up"]]);
  });

  it.each([
    ["psap-callback", true],
    [" PSAP-Callback ", true],
    ["emergency", false],
    ["", false],
  ])("with the priority %j calls back from the emergency services (RFC 7090): %s", async (priority, isPsapCallback) => {
    const made = await connected();
    made.peer.request("INVITE", "sip:agent7@x.invalid", [...common("INVITE"), `Priority: ${priority}`], sdp("peer"));
    expect(made.invitations).toMatchObject([{ isPsapCallback }]);
  });

  it("without an offer has none", async () => {
    expect((await invited("agent7", "")).invitation.offer).toBeUndefined();
  });

  it("leaves nothing behind when the edge is disposed while it rings", async () => {
    const made = await invited();
    const cancelled = vi.fn();
    made.invitation.onCancelled(cancelled);
    made.invitation.ring();
    made.edge.dispose();
    expect([cancelled.mock.calls.length, vi.getTimerCount()]).toEqual([0, 0]);
  });
});

describe("a customer's call", () => {
  const nobody = ['"Anonymous" <>', "", "anonymous", "<:@>", "<sip:>", "Amel <nobody>", "<sip:a b@c d>", '"', "<", "<sip:1@a.example"];

  it.each(
    nobody.flatMap(
      (written) =>
        [
          ["From", written],
          ["To", written],
        ] as const,
    ),
  )(
    // prettier-ignore
    "whose %s is %j rings, is answered, and ended by either side",
    async (name, written) => {
      const lines = (method: string, cseq: number, tag?: string) =>
        common(method, cseq, tag).map((line) => {
          if (!line.startsWith(`${name}:`)) return line;
          return `${name}: ${written || "x"}${name === "From" ? ";tag=amel" : tag ? `;tag=${tag}` : ""}`.replace("x;", ";");
        });
      const made = await connected();
      made.peer.request("INVITE", "sip:agent7@x.invalid", lines("INVITE", 1), sdp("peer"));
      expect(made.invitations).toMatchObject([{ fromTag: "amel", offer: sdp("peer") }]);
      const accepted = made.invitations[0]!.accept(sdp("us"));
      const tag = toTag(made);
      made.peer.request("ACK", "sip:agent7@x.invalid", lines("ACK", 1, tag));
      const dialog = await accepted;
      void dialog.reinvite();
      await settle();
      // What goes out names both sides, by something that is a URI.
      const reinvite = made.peer.last("INVITE");
      expect(reinvite.get("To")).toMatch(/^("[^"]*" )?<(sip|tel):[^\s<>]+>;tag=amel$/);
      expect(reinvite.get("From")).toMatch(new RegExp(`^<sip:[^\\s<>]+>;tag=${tag}$`));
      const ended = vi.fn();
      dialog.onEnded(ended);
      made.peer.request("BYE", "sip:agent7@x.invalid", lines("BYE", 2, tag));
      expect(ended.mock.calls).toEqual([["bye"]]);
    },
  );
});

describe("in a call that stands", () => {
  /** A customer's call that was answered, with our tag; and whoever asks something under its Call-ID, without our tag. */
  async function talking(afterMs: number) {
    const made = await invited();
    const accepted = made.invitation.accept(sdp("us"));
    const tag = toTag(made);
    made.peer.request("ACK", "sip:agent7@x.invalid", common("ACK", 1, tag));
    const dialog = await accepted;
    const keeper = { answer: vi.fn(async () => sdp("us", 2)), offer: async () => sdp("us", 2), applyAnswer: async () => {} };
    dialog.keepSession(keeper);
    await vi.advanceTimersByTimeAsync(afterMs);
    const ask = async (method: string, cseq: number, branch: string, body?: string) => {
      const lines = common(method, cseq).map((line) => line.replace(/branch=.*/, `branch=z9hG4bK${branch}`));
      made.peer.request(method, "sip:agent7@x.invalid", lines, body);
      await settle();
      return made.peer.frames.at(-1)!;
    };
    return { ...made, tag, keeper, ask };
  }

  it.each([0, 40_000])("an INVITE that leaves our tag out changes it, and rings nobody, after %i ms", async (afterMs) => {
    const { ask, keeper, invitations, tag } = await talking(afterMs);
    const answer = await ask("INVITE", 2, "lost", sdp("peer", 2));
    expect([answer.method, answer.body, keeper.answer.mock.calls]).toEqual(["200", sdp("us", 2), [[sdp("peer", 2)]]]);
    // Whoever wrote it is told the tag.
    expect(answer.get("To")).toBe(`<sip:agent7@carrier.example>;tag=${tag}`);
    expect(invitations).toHaveLength(1);
  });

  it.each([
    ["UPDATE", undefined, "200"],
    ["INFO", undefined, "200"],
    // Nobody who is not known by both tags makes us call anybody.
    ["REFER", undefined, "405"],
  ])("%s that leaves our tag out is answered", async (method, body, code) => {
    const { ask } = await talking(0);
    expect((await ask(method, 2, "lost", body)).method).toBe(code);
  });

  it.each([
    ["by another way", 0, "other"],
    ["by another way, late", 40_000, "other"],
    ["as it was, late", 40_000, "INVITE"],
  ])("its own INVITE %s is merged, and rings nobody (§8.2.2.2)", async (_, afterMs, branch) => {
    const { ask, keeper, invitations } = await talking(afterMs);
    expect([(await ask("INVITE", 1, branch, sdp("peer"))).method, invitations.length]).toEqual(["482", 1]);
    expect(keeper.answer).not.toHaveBeenCalled();
  });

  it("its own INVITE as it was, before its transaction is over, is answered as before", async () => {
    const { ask, invitations, peer } = await talking(0);
    const frames = peer.frames.length;
    await ask("INVITE", 1, "INVITE", sdp("peer"));
    expect([peer.frames.slice(frames).filter(({ method }) => method !== "200"), invitations.length]).toEqual([[], 1]);
  });

  it("the same customer's next call rings", async () => {
    const { peer, invitations } = await talking(0);
    const next = common("INVITE").map((line) => line.replace("inbound-1", "inbound-2").replace("branch=", "branch=z9hG4bKnext"));
    peer.request("INVITE", "sip:agent7@x.invalid", next, sdp("peer"));
    expect(invitations).toHaveLength(2);
    invitations[1]?.reject(486);
  });
});

describe("requests outside any dialog", () => {
  it.each([
    ["OPTIONS", "", "200"],
    ["NOTIFY", "", "489"],
    ["MESSAGE", "", "405"],
    ["PUBLISH", "", "405"],
    ["BYE", "unknown", "481"],
    ["INVITE", "unknown", "481"],
  ])("%s%s is answered", async (method, tag, code) => {
    const made = await connected();
    made.peer.request(method, "sip:agent7@x.invalid", [...common(method, 1, tag), "Event: check-sync"]);
    expect(codes(made)).toEqual([code]);
    expect(made.invitations).toEqual([]);
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
