/** What `src/ports/` promises of a `SipStack`: every adapter of that port passes these, over whatever carries its frames. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemClock, systemRandom } from "../../src/clock.ts";
import type { PeerNotice, SipAccount } from "../../src/ports/sip-account.ts";
import type { SipAnswer } from "../../src/ports/sip-answer.ts";
import type { KeptDialog, SipDialog, SipReferral } from "../../src/ports/sip-dialog.ts";
import type { SipEdge, SipStack } from "../../src/ports/sip-edge.ts";
import type { SipInvitation } from "../../src/ports/sip-invitation.ts";
import type { InviteRequest } from "../../src/ports/sip-invite.ts";
import { PlainCarrier } from "./plain-carrier.ts";
import { sdp } from "./sip-text.ts";
import { spellerOf, tongueOf } from "./tongue.ts";

/** An adapter, and where its sockets end. */
export interface Harness {
  readonly stack: SipStack;
  /** Where `carrier` listens. */
  readonly server: string;
  /** Where nobody does. */
  readonly deadServer: string;
  close(): Promise<void>;
}

/** Under fake time it is that which passes from look to look; real time only for what is done outside of this thread, as a digest is. */
async function waitFor(look: () => void | Promise<void>, timeout = 1_000): Promise<void> {
  const interval = 5;
  for (let ms = 0; vi.isFakeTimers() && ms < timeout; ms += interval) {
    try {
      return await look();
    } catch {
      await vi.advanceTimersByTimeAsync(interval);
    }
  }
  await vi.waitFor(look, { timeout, interval });
}

/** The SDP means the same whatever ends its lines. */
const linesOf = (text = "") => text.split(/\r?\n/);

/** @param tongue how the carrier spells what it says */
export function sipStackContract(name: string, start: (carrier: PlainCarrier) => Promise<Harness>, tongue = 0): void {
  describe(name, () => {
    let carrier: PlainCarrier;
    let harness: Harness;
    let told: string[];
    let invitations: SipInvitation[];
    let edge: SipEdge;

    /** An edge whose events are noted in `told`. */
    function edgeOf(changes: Partial<SipAccount> = {}): SipEdge {
      const { server } = harness;
      const credentials = () => Promise.resolve({ password: "secret" });
      const account = { trunkId: "t", server, aor: "sip:agent7@carrier.example", userAgent: "test", credentials, ...changes };
      const events = {
        opened: () => told.push("opened"),
        closed: ({ wasOpen }: { wasOpen: boolean }) => told.push(`closed, wasOpen ${wasOpen}`),
        ponged: () => told.push("ponged"),
        discarded: (fault: string) => told.push(`discarded ${fault}`),
        incoming: (invitation: SipInvitation) => invitations.push(invitation),
        credentialsFailed: () => told.push("credentialsFailed"),
        noticed: ({ what }: PeerNotice) => told.push(`noticed ${what}`) > 0,
      };
      return harness.stack.edge(account, events, systemClock, systemRandom);
    }

    function dial(request: Partial<InviteRequest> = {}) {
      const call = { told: [] as string[], dialogs: [] as SipDialog[], answers: [] as SipAnswer[] };
      const note = (what: string) => (answer: SipAnswer) => {
        call.answers.push(answer);
        call.told.push(`${what} ${answer.code} ${answer.said}`);
      };
      const invite = edge.invite(
        { target: "sip:+21671000001@carrier.example", offer: sdp("us"), ...request },
        {
          sent: () => call.told.push("sent"),
          challenged: () => call.told.push("challenged"),
          progressed: note("progressed"),
          accepted: (dialog, answer) => (call.dialogs.push(dialog), note("accepted")(answer)),
          rejected: note("rejected"),
          flowLost: () => call.told.push("flowLost"),
        },
      );
      return { ...call, invite };
    }

    const toldOf = (list: string[], last: string) => waitFor(() => expect(list.at(-1)).toBe(last));
    const receivedBy = (method: string) => waitFor(() => expect(carrier.received(method)).not.toEqual([]));

    async function open(): Promise<void> {
      edge.connect();
      await toldOf(told, "opened");
    }

    beforeEach(async () => {
      [carrier, told, invitations] = [new PlainCarrier(), [], []];
      carrier.spell = spellerOf(tongue);
      harness = await start(carrier);
      edge = edgeOf();
    });
    afterEach(async () => {
      edge.dispose();
      await harness.close();
    });

    it("connects once, and tells of it after the call", async () => {
      edge.connect();
      edge.connect();
      expect(told).toEqual([]);
      await toldOf(told, "opened");
      edge.connect();
      expect(await edge.options()).toMatchObject({ code: 200 });
      expect(told).toEqual(["opened"]);
    });

    it("tells of a socket that never opened", async () => {
      edge = edgeOf({ server: harness.deadServer });
      edge.connect();
      await toldOf(told, "closed, wasOpen false");
    });

    it("tells of a socket that was lost, and can have another", async () => {
      await open();
      carrier.drop();
      await toldOf(told, "closed, wasOpen true");
      await open();
      expect(await edge.options()).toMatchObject({ code: 200, said: "peer" });
    });

    it("opens another socket beside the one that stands, and lets it go unheard", async () => {
      await open();
      expect(await edge.openAnother?.()).toBe(true);
      const late = edge.openAnother?.();
      edge.dispose();
      expect(await late).toBe(false);
      expect(told).toEqual(["opened"]);
    });

    it("tells of another socket that does not open", async () => {
      edge = edgeOf({ server: harness.deadServer });
      edge.connect();
      await toldOf(told, "closed, wasOpen false");
      expect(await edge.openAnother?.()).toBe(false);
      expect(told).toHaveLength(1);
    });

    it("disconnects without waiting", async () => {
      await open();
      const asked = edge.options();
      edge.disconnect();
      expect(told).toEqual(["opened"]);
      await toldOf(told, "closed, wasOpen true");
      expect(await asked).toMatchObject({ code: 503, said: "inferred" });
    });

    it("pings", async () => {
      await open();
      edge.ping();
      await toldOf(told, "ponged");
    });

    it("registers and unregisters with digest credentials", async () => {
      carrier.challenges = true;
      await open();
      expect(await edge.register(300)).toMatchObject({ code: 200, said: "peer", expiresS: 300 });
      expect(await edge.register(0)).toMatchObject({ code: 200, expiresS: 0 });
      // The first is challenged; who has proven who it is does so again unasked (RFC 7616 §3.6).
      expect(carrier.received("REGISTER").map((frame) => /nc=(\w+)/.exec(frame.get("Authorization"))?.[1])).toEqual([
        undefined,
        "00000001",
        "00000002",
      ]);
    });

    it("tells of credentials that cannot be had; the challenge is then the answer", async () => {
      carrier.challenges = true;
      edge = edgeOf({ credentials: () => Promise.reject(new Error("vault is down")) });
      await open();
      expect(await edge.register(300)).toMatchObject({ code: 401, said: "peer" });
      expect(told).toEqual(["opened", "credentialsFailed"]);
    });

    it("answers for a flow that is not there", async () => {
      expect(await edge.register(300)).toMatchObject({ code: 503, said: "inferred" });
      expect(await edge.options()).toMatchObject({ code: 503, said: "inferred" });
      const call = dial();
      expect(call.told).toEqual([]);
      await toldOf(call.told, "rejected 503 inferred");
    });

    it("calls, is answered, and hangs up", async () => {
      carrier.challenges = true;
      await open();
      const call = dial();
      await toldOf(call.told, "accepted 200 peer");
      expect(call.told).toEqual(["sent", "challenged", "sent", "progressed 100 peer", "progressed 180 peer", "accepted 200 peer"]);
      expect(call.dialogs.map((dialog) => linesOf(dialog.sdp))).toEqual([linesOf(sdp("peer"))]);
      await receivedBy("ACK");
      expect(await call.dialogs[0]?.bye()).toMatchObject({ code: 200, said: "peer" });
    });

    it("calls again with credentials in the first INVITE, its ACK and its BYE, and not where they were not asked for", async () => {
      carrier.challenges = true;
      await open();
      const first = dial();
      await toldOf(first.told, "accepted 200 peer");
      await first.dialogs[0]?.bye();
      const again = dial();
      await toldOf(again.told, "accepted 200 peer");
      expect(again.told).toEqual(["sent", "progressed 100 peer", "progressed 180 peer", "accepted 200 peer"]);
      await again.dialogs[0]?.bye();
      await edge.options();
      const hasCredentials = (method: string) => carrier.received(method).map((frame) => frame.get("Authorization") !== "");
      expect(["INVITE", "ACK", "BYE", "OPTIONS"].map(hasCredentials)).toEqual([
        [false, true, true],
        [false, true, true],
        [true, true],
        [false],
      ]);
    });

    it.each([400, 403, 482])("calls by the usual way at an edge that answers %i to what it has not asked for", async (code) => {
      carrier.challenges = true;
      await open();
      const call = async () => {
        const dialled = dial();
        await toldOf(dialled.told, "accepted 200 peer");
        await dialled.dialogs[0]?.bye();
        return dialled.told.filter((line) => !line.startsWith("progressed"));
      };
      await call();
      carrier.refusesUnasked = code;
      expect(await call()).toEqual(["sent", "challenged", "sent", "challenged", "sent", "accepted 200 peer"]);
      expect(await call()).toEqual(["sent", "challenged", "sent", "accepted 200 peer"]);
    });

    it("says with each INVITE of a call who calls and what was asked to be said", async () => {
      carrier.challenges = true;
      await open();
      const from = { uri: "sip:+21671000099@carrier.example", name: 'Zoë "Z" \\' };
      const call = dial({ from, headers: ["X-Ticket: 4711"] });
      await toldOf(call.told, "accepted 200 peer");
      await receivedBy("ACK");
      const invites = carrier.received("INVITE");
      expect(invites.map((invite) => invite.get("X-Ticket"))).toEqual(["4711", "4711"]);
      const said = new Set(invites.map((invite) => invite.get("From")));
      expect([...said]).toEqual([expect.stringMatching(/^"Zoë \\"Z\\" \\\\" <sip:\+21671000099@carrier\.example>;tag=/)]);
      await call.dialogs[0]?.bye();
      expect(carrier.received("BYE")[0]?.get("From")).toContain("<sip:+21671000099@carrier.example>;tag=");
    });

    it.each<[string, Partial<InviteRequest>]>([
      ["a header", { headers: ["X-A: 1\r\nVia: x"] }],
      ["a name", { from: { uri: "sip:a@carrier.example", name: "a\r\nVia: x" } }],
      ["no SIP URI in From", { from: { uri: "sip:a@b>\r\nVia: x" } }],
    ])("writes nothing where it would begin another line: %s", async (_, request) => {
      await open();
      const call = dial(request);
      await toldOf(call.told, "rejected 400 inferred");
      expect(carrier.received("INVITE")).toEqual([]);
    });

    it("reads of a caller what they say, and by whom they were sent on", async () => {
      await open();
      carrier.request("INVITE", 1, "", {
        more: [
          "x-ticket: 4711",
          "X-Ticket: 12",
          "Call-Info: <sip:a.example>;answer-after=2",
          "Diversion: <sip:+21671000010@carrier.example>;reason=no-answer",
        ],
      });
      await waitFor(() => expect(invitations).toHaveLength(1));
      const [invitation] = invitations;
      expect([invitation?.header("X-Ticket"), invitation?.header("X-None")]).toEqual(["4711, 12", undefined]);
      expect(invitation?.answerAfterMs).toBe(2_000);
      expect(invitation?.identity.diversion).toMatchObject([{ number: "+21671000010", reason: "no-answer" }]);
      invitation?.reject(486);
    });

    it("connects to where it is told, and else to its own server", async () => {
      edge = edgeOf({ server: harness.deadServer });
      edge.connect(harness.server);
      await toldOf(told, "opened");
      edge.disconnect();
      await toldOf(told, "closed, wasOpen true");
      edge.connect();
      await toldOf(told, "closed, wasOpen false");
    });

    it("tells the refusal as the carrier said it", async () => {
      const headers = ["Retry-After: 30", 'Reason: Q.850;cause=34;text="No circuit";location=LN'];
      carrier.onInvite = (invite) => carrier.answer(invite, 503, "Service Unavailable", { headers });
      await open();
      const call = dial();
      await toldOf(call.told, "rejected 503 peer");
      const q850 = { value: 34, location: "LN" };
      // That equipment dates all that it says.
      const dated = tongueOf(tongue).dialect === "cucm" && { dateMs: 0 };
      expect(call.answers).toEqual([{ code: 503, said: "peer", text: "No circuit", retryAfterS: 30, q850, ...dated }]);
      await receivedBy("ACK");
    });

    it("cancels a ringing call", async () => {
      carrier.onInvite = (invite) => carrier.answer(invite, 180, "Ringing");
      await open();
      const call = dial();
      await toldOf(call.told, "progressed 180 peer");
      call.invite.cancel();
      await toldOf(call.told, "rejected 487 peer");
    });

    it("holds a CANCEL back until a provisional answer came", async () => {
      carrier.onInvite = () => {};
      await open();
      const call = dial();
      await receivedBy("INVITE");
      call.invite.cancel();
      expect(await edge.options()).toMatchObject({ code: 200 });
      expect(carrier.received("CANCEL")).toEqual([]);
      for (const invite of carrier.received("INVITE")) carrier.answer(invite, 100, "Trying");
      await toldOf(call.told, "rejected 487 peer");
    });

    it("tells of a flow lost under a call, and cancels on the next", async () => {
      carrier.onInvite = (invite) => carrier.answer(invite, 180, "Ringing");
      await open();
      const call = dial();
      await toldOf(call.told, "progressed 180 peer");
      carrier.drop();
      await toldOf(call.told, "flowLost");
      call.invite.cancel();
      await open();
      await toldOf(call.told, "rejected 487 peer");
    });

    it("cancels on the next flow though no provisional answer came: nobody could hear it any more", async () => {
      carrier.onInvite = () => {};
      await open();
      const call = dial();
      await receivedBy("INVITE");
      carrier.drop();
      await toldOf(call.told, "flowLost");
      await open();
      expect(carrier.received("CANCEL")).toEqual([]);
      call.invite.cancel();
      await toldOf(call.told, "rejected 487 peer");
    });

    it("ends the early dialog on the next flow where the CANCEL finds no INVITE", async () => {
      carrier.onInvite = (invite) => carrier.answer(invite, 180, "Ringing");
      carrier.onCancel = (cancel) => carrier.answer(cancel, 481, "Call/Transaction Does Not Exist");
      await open();
      const call = dial();
      await toldOf(call.told, "progressed 180 peer");
      carrier.drop();
      await toldOf(call.told, "flowLost");
      call.invite.cancel();
      await open();
      await toldOf(call.told, "rejected 487 inferred");
      expect(carrier.received("BYE")).toHaveLength(1);
    });

    it("ends a late 200 of a call that was forgotten", async () => {
      carrier.onInvite = (invite) => carrier.answer(invite, 180, "Ringing");
      await open();
      const call = dial();
      await toldOf(call.told, "progressed 180 peer");
      call.invite.forget();
      for (const invite of carrier.received("INVITE")) carrier.answer(invite, 200, "OK", { body: sdp("peer") });
      await receivedBy("BYE");
      expect(carrier.received("ACK")).toHaveLength(1);
      expect(call.told.at(-1)).toBe("progressed 180 peer");
    });

    it("rings, accepts a call, and hears the caller hang up", async () => {
      await open();
      carrier.request("INVITE");
      await waitFor(() => expect(invitations).toHaveLength(1));
      const [invitation] = invitations;
      invitation?.ring();
      const accepted = invitation?.accept(sdp("us"));
      await waitFor(() => expect(carrier.responses("INVITE").slice(-2)).toEqual(["180", "200"]));
      const toTag = carrier.frames.at(-1)?.get("To").split("tag=")[1];
      carrier.request("ACK", 1, toTag);
      const ended = vi.fn();
      (await accepted)?.onEnded(ended);
      carrier.request("BYE", 2, toTag);
      await waitFor(() => expect(ended).toHaveBeenCalledOnce());
    });

    /** A call of the carrier's that we took. */
    async function taken() {
      await open();
      carrier.request("INVITE");
      await waitFor(() => expect(invitations).toHaveLength(1));
      const accepted = invitations[0]?.accept(sdp("us"));
      await waitFor(() => expect(carrier.responses("INVITE").at(-1)).toBe("200"));
      const toTag = carrier.frames.at(-1)?.get("To").split("tag=")[1];
      carrier.request("ACK", 1, toTag);
      return { dialog: (await accepted) as SipDialog, toTag };
    }

    it("sends INFO, and tells the answer, which on no flow nobody gave", async () => {
      const { dialog } = await taken();
      expect(await dialog.info("Signal=5\r\n", "application/dtmf-relay")).toMatchObject({ code: 200, said: "peer" });
      const [info] = carrier.received("INFO");
      expect([info?.get("Content-Type"), info?.body]).toEqual(["application/dtmf-relay", "Signal=5\r\n"]);
      carrier.drop();
      await toldOf(told, "closed, wasOpen true");
      expect(await dialog.info("Signal=5\r\n", "application/dtmf-relay")).toMatchObject({ code: 503, said: "inferred" });
    });

    it("answers INFO, and tells of what it reads", async () => {
      const { dialog, toTag } = await taken();
      const heard: string[] = [];
      dialog.onInfo((body, contentType) => heard.push(`${contentType} ${body}`));
      carrier.request("INFO", 2, toTag, { body: "Signal=5\r\n", type: "application/dtmf-relay" });
      await waitFor(() => expect(carrier.responses("INFO")).toEqual(["200"]));
      expect(heard).toEqual(["application/dtmf-relay Signal=5\r\n"]);
    });

    it("goes on with a dialog in another page of the account, and reads nothing that is none", async () => {
      const { dialog, toTag } = await taken();
      const kept = JSON.parse(JSON.stringify(dialog.keep?.())) as KeptDialog;
      expect(kept).toMatchObject({ callIdOwner: "peer", remoteSeq: 1 });
      // The same number, where it comes as `tel:` (RFC 3966), from a host with an underscore, or with escapes (RFC 3261 §19.1.4).
      const uri = tongueOf(tongue).mangle
        ? /^(tel|sip):\+21698000000(@(sbc_1\.)?carrier\.example)?$/
        : /^sip:\+21698000000@carrier\.example$/;
      expect(decodeURIComponent(kept.remoteUri)).toMatch(uri);
      edge.dispose();
      edge = edgeOf();
      const resumed = edge.resume?.(kept);
      const ended = vi.fn();
      resumed?.onEnded(ended);
      await toldOf(told, "opened");
      const before = carrier.received("INVITE").length;
      edge.connect();
      await waitFor(async () => expect(await edge.options()).toMatchObject({ code: 200 }));
      const again = await resumed?.reinvite(sdp("us", 2));
      expect([again?.answer.code, again?.answer.said, linesOf(again?.sdp)]).toEqual([200, "peer", linesOf(sdp("peer"))]);
      const [reinvite] = carrier.received("INVITE").slice(before);
      expect([reinvite?.get("Call-ID"), reinvite?.get("To")]).toEqual(["inbound-1", `<${kept.remoteUri}>;tag=caller`]);
      expect(reinvite?.get("From")).toContain(`;tag=${toTag}`);
      carrier.request("BYE", 2, toTag);
      await waitFor(() => expect(ended).toHaveBeenCalledOnce());
      for (const broken of [{ ...kept, callId: "" }, { ...kept, localTag: "a\r\nb" }, { ...kept, remoteTarget: "<>" }, {}])
        expect(() => edge.resume?.(broken as KeptDialog)).toThrow(TypeError);
    });

    describe("REFER", () => {
      const notice = (body: string, more: readonly string[]) => ({ body, type: "message/sipfrag", more: ["Event: refer", ...more] });

      it("asks the peer to call somebody, and tells what it says of it until nobody wants to hear", async () => {
        const { dialog, toTag } = await taken();
        const heard: unknown[] = [];
        const stop = new AbortController();
        const answer = dialog.refer("sip:+21671000002@carrier.example", (each) => heard.push(each), stop.signal);
        await receivedBy("REFER");
        const [refer] = carrier.received("REFER");
        expect([refer?.get("Refer-To"), refer?.get("Referred-By")]).toEqual([
          "<sip:+21671000002@carrier.example>",
          "<sip:agent7@carrier.example>",
        ]);
        // Before the 202, as it may cross.
        carrier.request("NOTIFY", 2, toTag, notice("SIP/2.0 100 Trying\r\n", ["Subscription-State: active;expires=60"]));
        if (refer) carrier.answer(refer, 202, "Accepted");
        expect(await answer).toMatchObject({ code: 202, said: "peer" });
        carrier.request("NOTIFY", 3, toTag, notice("SIP/2.0 486 Busy Here\r\n", ["Subscription-State: terminated;reason=noresource"]));
        await waitFor(() => expect(carrier.responses("NOTIFY")).toEqual(["200", "200"]));
        expect(heard).toEqual([
          { code: 100, isLast: false },
          { code: 486, isLast: true },
        ]);
        // It has terminated its subscription.
        carrier.request("NOTIFY", 4, toTag, notice("", ["Subscription-State: terminated"]));
        await waitFor(() => expect(carrier.responses("NOTIFY").at(-1)).toBe("481"));
      });

      it.each([
        ["nothing", "", { isLast: false }],
        ["100", "SIP/2.0 100 Trying\r\n", { code: 100, isLast: false }],
      ])("settles nothing where the subscription ends with %s of whom it calls", async (_, body, told) => {
        const { dialog, toTag } = await taken();
        const heard: unknown[] = [];
        void dialog.refer("sip:+21671000002@carrier.example", (each) => heard.push(each), new AbortController().signal);
        await receivedBy("REFER");
        const [refer] = carrier.received("REFER");
        if (refer) carrier.answer(refer, 202, "Accepted");
        carrier.request("NOTIFY", 2, toTag, notice(body, ["Subscription-State: terminated;reason=timeout"]));
        await waitFor(() => expect(carrier.responses("NOTIFY")).toEqual(["200"]));
        expect(heard).toEqual([told]);
        carrier.request("NOTIFY", 3, toTag, notice(body, ["Subscription-State: active"]));
        await waitFor(() => expect(carrier.responses("NOTIFY").at(-1)).toBe("481"));
      });

      it("names the other dialog whose place the peer shall take, and hears nothing where it says nothing", async () => {
        const { dialog } = await taken();
        const { told: heard, dialogs } = dial();
        await toldOf(heard, "accepted 200 peer");
        const [invite] = carrier.received("INVITE");
        const notices: unknown[] = [];
        const answer = dialog.refer(dialogs[0] as SipDialog, (each) => notices.push(each), new AbortController().signal);
        await receivedBy("REFER");
        const [refer] = carrier.received("REFER");
        const [, replaces = ""] = /\?Replaces=([^>]*)>$/.exec(refer?.get("Refer-To") ?? "") ?? [];
        expect(decodeURIComponent(replaces)).toMatch(
          new RegExp(`^${invite?.get("Call-ID")};to-tag=.+;from-tag=${invite?.get("From").split("tag=")[1]}$`),
        );
        if (refer) carrier.answer(refer, 202, "Accepted", { headers: ["Refer-Sub: false"] });
        expect([(await answer).code, notices]).toEqual([202, [{ isLast: true }]]);
      });

      it("tells a refusal, and nothing was heard where there is no flow", async () => {
        const { dialog } = await taken();
        const answer = dialog.refer("sip:+21671000002@carrier.example", () => {}, new AbortController().signal);
        await receivedBy("REFER");
        const [refer] = carrier.received("REFER");
        if (refer) carrier.answer(refer, 603, "Decline");
        expect(await answer).toMatchObject({ code: 603, said: "peer" });
        expect(await dialog.refer("nowhere", () => {}, new AbortController().signal)).toMatchObject({ code: 484, said: "inferred" });
        carrier.drop();
        await toldOf(told, "closed, wasOpen true");
        const unheard = await dialog.refer("sip:+21671000002@carrier.example", () => {}, new AbortController().signal);
        expect(unheard).toMatchObject({ code: 503, said: "inferred" });
      });

      /** A REFER of the peer's to an account that serves it, in the hands of whoever decides. */
      async function referred(more: readonly string[]) {
        edge.dispose();
        edge = edgeOf({ serves: ["transfer"] });
        const { dialog, toTag } = await taken();
        const referrals: SipReferral[] = [];
        dialog.onReferral?.((referral) => referrals.push(referral));
        carrier.request("REFER", 2, toTag, { more });
        return { dialog, toTag, referrals };
      }
      const notices = () => carrier.received("NOTIFY").map(({ body }) => body.slice(0, 11));

      it("of the peer's is accepted, and told of to its end", async () => {
        const by = "Referred-By: <sip:boss@carrier.example>";
        const { toTag, referrals } = await referred(["Refer-To: <sip:+216-71000002@carrier.example?Subject=x>", by]);
        await waitFor(() => expect(referrals).toHaveLength(1));
        expect(carrier.responses("REFER")).toEqual([]);
        const [referral] = referrals;
        expect(referral).toMatchObject({
          target: "sip:+216-71000002@carrier.example",
          number: "+21671000002",
          replaces: false,
          headers: [by],
          referredBy: "<sip:boss@carrier.example>",
        });
        referral?.tell(180);
        referral?.accept();
        referral?.reject(603);
        for (const code of [180, 200, 486]) referral?.tell(code);
        await waitFor(() => expect(notices()).toEqual(["SIP/2.0 100", "SIP/2.0 180", "SIP/2.0 200"]));
        expect(carrier.responses("REFER")).toEqual(["202"]);
        const told = carrier.received("NOTIFY");
        expect(told.map((frame) => [frame.get("Event"), frame.get("Content-Type"), frame.get("Subscription-State")])).toEqual([
          ["refer", "message/sipfrag;version=2.0", "active;expires=300"],
          ["refer", "message/sipfrag;version=2.0", "active;expires=300"],
          ["refer", "message/sipfrag;version=2.0", "terminated;reason=noresource"],
        ]);
        // §2.4.6.
        carrier.request("REFER", 3, toTag, { more: ["Refer-To: tel:+21671000003"] });
        await waitFor(() => expect(referrals).toHaveLength(2));
        expect(referrals[1]).toMatchObject({ target: "tel:+21671000003", number: "+21671000003", headers: [] });
        referrals[1]?.accept();
        await waitFor(() => expect(carrier.received("NOTIFY").at(-1)?.get("Event")).toBe("refer;id=3"));
      });

      it("of the peer's may be refused, and want no NOTIFY", async () => {
        const { toTag, referrals } = await referred(["Refer-To: <sip:bob@pbx.example>", "Refer-Sub: false", "Require: norefersub"]);
        await waitFor(() => expect(referrals).toHaveLength(1));
        referrals[0]?.accept();
        referrals[0]?.tell(200);
        await waitFor(() => expect(carrier.frames.at(-1)?.get("Refer-Sub")).toBe("false"));
        carrier.request("REFER", 3, toTag, { more: ["Refer-To: <sip:bob@pbx.example>"] });
        await waitFor(() => expect(referrals).toHaveLength(2));
        referrals[1]?.reject(603);
        referrals[1]?.accept();
        await waitFor(() => expect(carrier.responses("REFER")).toEqual(["202", "603"]));
        expect([referrals[0]?.number, notices()]).toEqual([undefined, []]);
      });

      it("of the peer's names whose place is to be taken, and no other header", async () => {
        const replaces = "a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2";
        const { referrals } = await referred([`Refer-To: <sip:bob@pbx.example;x=1?X-Evil=1&Replaces=${replaces}&Require=replaces>`]);
        await waitFor(() => expect(referrals).toHaveLength(1));
        expect(referrals[0]).toMatchObject({
          target: "sip:bob@pbx.example;x=1",
          replaces: true,
          headers: ["Replaces: a@b;to-tag=1;from-tag=2", "Require: replaces"],
        });
      });

      it.each([
        ["no Refer-To", []],
        ["two", ["Refer-To: <sip:a@b.example>", "Refer-To: <sip:c@b.example>"]],
        ["what is no address", ["Refer-To: <mailto:a@b.example>"]],
        ["a Replaces that would begin another header", ["Refer-To: <sip:a@b.example?Replaces=x%0d%0aVia%3Ay%3Bto-tag%3D1%3Bfrom-tag%3D2>"]],
        ["a Replaces without tags", ["Refer-To: <sip:a@b.example?Replaces=x>"]],
      ])("of the peer's with %s is none", async (_, more) => {
        const { referrals } = await referred(more);
        await waitFor(() => expect(carrier.responses("REFER")).toEqual(["400"]));
        expect(referrals).toEqual([]);
      });

      it("of the peer's: its last word is said on the next flow, where this one is lost", async () => {
        const { referrals } = await referred(["Refer-To: <sip:bob@pbx.example>"]);
        await waitFor(() => expect(referrals).toHaveLength(1));
        referrals[0]?.accept();
        await waitFor(() => expect(notices()).toEqual(["SIP/2.0 100"]));
        carrier.drop();
        await toldOf(told, "closed, wasOpen true");
        referrals[0]?.tell(486);
        await open();
        await waitFor(() => expect(notices()).toEqual(["SIP/2.0 100", "SIP/2.0 486"]));
      });

      it("of somebody who is in no call with us is refused", async () => {
        edge.dispose();
        edge = edgeOf({ serves: ["transfer"] });
        await open();
        carrier.request("REFER", 1, undefined, { more: ["Refer-To: <sip:+33123456789@carrier.example>"] });
        await waitFor(() => expect(carrier.responses("REFER")).toEqual(["403"]));
      });

      it("of the peer's is refused where it is not served: it calls nobody for it", async () => {
        const { toTag } = await taken();
        carrier.request("REFER", 2, toTag, { more: ["Refer-To: <sip:+33123456789@carrier.example>"] });
        await waitFor(() => expect(carrier.responses("REFER")).toEqual(["405"]));
      });
    });

    describe("Replaces", () => {
      /** The next INVITE, which names `replaces`. */
      async function asked(...replaces: readonly string[]): Promise<SipInvitation | undefined> {
        const before = invitations.length;
        const more = ["Require: replaces", ...replaces.map((each) => `Replaces: ${each}`)];
        carrier.request("INVITE", 1, "", { callId: `inbound-${before + 1}`, more });
        await waitFor(() => expect(invitations.length).toBeGreaterThan(before));
        return invitations[before];
      }

      it("names a confirmed dialog of ours as we have it, whoever began it", async () => {
        const { dialog, toTag } = await taken();
        expect((await asked(`inbound-1;to-tag=${toTag};from-tag=caller`))?.replaces).toBe(dialog);
        expect((await asked(`inbound-1 ; to-tag = ${toTag} ; from-tag\t=caller`))?.replaces).toBe(dialog);
        const call = dial();
        await toldOf(call.told, "accepted 200 peer");
        const [ours] = carrier.received("INVITE");
        await waitFor(() => expect(carrier.received("ACK")).not.toEqual([]));
        const theirs = /;tag=([^;\s]+)$/.exec(carrier.received("ACK").at(-1)?.get("To") ?? "")?.[1];
        const named = `${call.invite.sipCallId} ; from-tag=${theirs};to-tag=${ours?.get("From").split("tag=")[1]}`;
        expect((await asked(named))?.replaces).toBe(call.dialogs[0]);
      });

      it("that names another, one that must be early, or one that is over is told by its code", async () => {
        const { dialog, toTag } = await taken();
        const named = `inbound-1;to-tag=${toTag};from-tag=caller`;
        expect((await asked(`Inbound-1;to-tag=${toTag};from-tag=caller`))?.replaces).toBe(481);
        expect((await asked(`inbound-1;to-tag=caller;from-tag=${toTag}`))?.replaces).toBe(481);
        expect((await asked(`${named};early-only`))?.replaces).toBe(486);
        const bye = dialog.bye();
        await receivedBy("BYE");
        await bye;
        expect((await asked(named))?.replaces).toBe(603);
      });

      it("that names two, or none that can be read, is refused at the door", async () => {
        const { toTag } = await taken();
        const named = `inbound-1;to-tag=${toTag};from-tag=caller`;
        for (const replaces of [[named, named], ["inbound-1"], [`inbound-1;to-tag=${toTag}`], [`;to-tag=${toTag};from-tag=caller`]]) {
          const before = carrier.responses("INVITE").length;
          carrier.request("INVITE", 1, "", { callId: "inbound-9", more: replaces.map((each) => `Replaces: ${each}`) });
          await waitFor(() => expect(carrier.responses("INVITE").slice(before)).toEqual(["400"]));
        }
        carrier.request("OPTIONS", 1, "", { more: [`Replaces: ${named}`] });
        await waitFor(() => expect(carrier.responses("OPTIONS")).toEqual(["400"]));
        expect(invitations).toHaveLength(1);
      });
    });

    it.each(["INVITE", "UPDATE"])(
      "lets the peer change the session by %s as its keeper answers; what that cannot use is refused by 488, and the call goes on",
      async (method) => {
        await open();
        const call = dial();
        await toldOf(call.told, "accepted 200 peer");
        const dialog = call.dialogs[0] as SipDialog;
        const [within] = carrier.received("INVITE");
        const change = (asked: string, cseq: number, body = "") => carrier.request(asked, cseq, "", { body, ...(within && { within }) });
        const offers: (string | undefined)[] = [];
        dialog.keepSession({
          answer(offer) {
            offers.push(offer);
            return offers.length < 2 ? Promise.resolve(sdp("us", 2)) : Promise.reject(new Error("no such codec"));
          },
          offer: () => Promise.resolve(undefined),
          applyAnswer: () => Promise.resolve(),
        });
        const ended = vi.fn();
        dialog.onEnded(ended);
        const finals = () => carrier.responses(method).filter((code) => code !== "100");
        change(method, 1, sdp("peer", 2));
        await waitFor(() => expect(finals()).toEqual(["200"]));
        const answer = carrier.frames.findLast((frame) => !frame.isRequest && frame.method === "200");
        expect([linesOf(offers[0]), answer?.body]).toEqual([linesOf(sdp("peer", 2)), sdp("us", 2)]);
        if (method === "INVITE") change("ACK", 1);
        change(method, 2, sdp("peer", 3));
        await waitFor(() => expect(finals()).toEqual(["200", "488"]));
        expect([await dialog.info("Signal=5\r\n", "application/dtmf-relay"), ended.mock.calls]).toMatchObject([{ code: 200 }, []]);
      },
    );

    it("tells of a text, of what waits in the mailbox and of other settings where the account serves them, and refuses them where not", async () => {
      const say = () => {
        const notify = (cseq: number, event: string, type: string, body: string) =>
          carrier.request("NOTIFY", cseq, "", {
            callId: `notice-${cseq}`,
            more: [`Event: ${event}`, "Subscription-State: active"],
            type,
            body,
          });
        carrier.request("MESSAGE", 1, "", { callId: "notice-1", type: "text/plain", body: "Hi" });
        notify(2, "message-summary", "application/simple-message-summary", "Messages-Waiting: yes\r\nVoice-Message: 2/8\r\n");
        notify(3, "check-sync", "text/plain", "");
      };
      const codes = () => [...carrier.responses("MESSAGE"), ...carrier.responses("NOTIFY")];
      await open();
      say();
      await waitFor(() => expect(codes()).toHaveLength(3));
      expect(codes().every((code) => Number(code) >= 400 && Number(code) < 500)).toBe(true);
      edge.dispose();
      edge = edgeOf({ serves: ["message", "voicemail", "check-sync"] });
      told.splice(0);
      await open();
      carrier.frames.splice(0);
      say();
      await waitFor(() => expect(codes()).toEqual(["200", "200", "200"]));
      expect(told.filter((each) => each.startsWith("noticed"))).toEqual(["noticed message", "noticed voicemail", "noticed check-sync"]);
    });

    it("hears a text within a call as outside of it", async () => {
      edge.dispose();
      edge = edgeOf({ serves: ["message"] });
      const { toTag } = await taken();
      carrier.request("MESSAGE", 2, toTag, { body: "Hi", type: "text/plain" });
      await waitFor(() => expect(carrier.responses("MESSAGE")).toEqual(["200"]));
      expect(told.filter((each) => each.startsWith("noticed"))).toEqual(["noticed message"]);
    });

    it("asks for the offer of a re-INVITE when it is its turn, and again after glare; what that throws, it throws", async () => {
      const { dialog } = await taken();
      let glares = 1;
      carrier.onInvite = (invite) =>
        glares-- > 0 ? carrier.answer(invite, 491, "Request Pending") : carrier.answer(invite, 200, "OK", { body: sdp("peer", 2) });
      let version = 1;
      const codes: number[] = [];
      for (const asked of [1, 2].map(() => dialog.reinvite(async () => sdp("us", ++version))))
        void asked.then(({ answer }) => codes.push(answer.code));
      // After glare for up to four seconds (RFC 3261 §14.1).
      await waitFor(() => expect(codes).toEqual([200, 200]), 50_000);
      expect(carrier.received("INVITE").map(({ body }) => body)).toEqual([sdp("us", 2), sdp("us", 3), sdp("us", 4)]);
      await expect(dialog.reinvite(() => Promise.reject(new Error("no offer")))).rejects.toThrow("no offer");
      expect((await dialog.reinvite()).answer).toMatchObject({ code: 200, said: "peer" });
    });

    it("tells that a caller gave up", async () => {
      await open();
      carrier.request("INVITE");
      await waitFor(() => expect(invitations).toHaveLength(1));
      const cancelled = vi.fn();
      invitations[0]?.onCancelled(cancelled);
      carrier.request("CANCEL");
      await waitFor(() => expect(cancelled).toHaveBeenCalledOnce());
      await expect(invitations[0]?.accept(sdp("us"))).rejects.toThrow();
    });

    it("throws away what is no SIP, too long, or matches nothing, and goes on", async () => {
      await open();
      carrier.say("hello");
      await toldOf(told, "discarded malformed");
      carrier.say("x".repeat(100_000));
      await toldOf(told, "discarded oversize");
      await edge.options();
      for (const options of carrier.received("OPTIONS")) carrier.answer(options, 200, "OK");
      await toldOf(told, "discarded unmatched");
      expect(await edge.options()).toMatchObject({ code: 200, said: "peer" });
    });

    it("tells nothing after dispose()", async () => {
      carrier.onInvite = (invite) => carrier.answer(invite, 180, "Ringing");
      await open();
      const call = dial();
      await toldOf(call.told, "progressed 180 peer");
      const before = [...told, ...call.told];
      edge.dispose();
      edge.dispose();
      edge.connect();
      carrier.drop();
      await new Promise((resolve) => void Promise.resolve().then(resolve));
      expect([...told, ...call.told]).toEqual(before);
    });
  });
}
