/**
 * Each thing that a peer or the agent may do, in each state of a call: whatever comes when, every request of the peer's has one end, every
 * answer to an INVITE its ACK, what we promised its outcome, and nothing is left behind.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SipDialog } from "../../../src/ports/sip-dialog.ts";
import type { SipEdge } from "../../../src/ports/sip-edge.ts";
import type { SipInvitation } from "../../../src/ports/sip-invitation.ts";
import { type Dialled, type Frame, type ScriptedPeer, connected, dial, digestChallenge, sdp, settle } from "./scripted-edge.ts";

const unhandled = vi.fn();
beforeEach(() => {
  vi.useFakeTimers();
  process.on("unhandledRejection", unhandled);
});
afterEach(() => {
  vi.useRealTimers();
  process.off("unhandledRejection", unhandled);
});

const after = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const slowly = (text: string) => new Promise<string>((resolve) => setTimeout(() => resolve(text), 1_000));
const keeper = { answer: () => slowly(sdp("us", 7)), offer: () => slowly(sdp("us", 8)), applyAnswer: async () => {} };

/** One call with a peer whose every word the test says. */
async function begin(direction: "out" | "in") {
  const made = await connected(undefined, {}, ["transfer", "message"]);
  return new Scene(made, direction);
}

class Scene {
  readonly peer: ScriptedPeer;
  readonly edge: SipEdge;
  readonly invitations: SipInvitation[];
  readonly ended: string[] = [];
  call: Dialled | undefined;
  dialog: SipDialog | undefined;
  /** The call was over, by whichever side, when so many frames had been sent. */
  overAt: number | undefined;
  /** What was promised to the agent and has not come. */
  owed = 0;
  /** CSeq and method of the peer's requests. */
  readonly asked = new Set<string>();
  /** CSeqs of our INVITEs that the peer has answered for good. */
  readonly answeredInvites = new Set<string>();
  readonly #answered = new Set<string>();
  readonly #acknowledged = new Set<string>();
  readonly #isOurs: boolean;
  #cseq = 100;
  #changed = 100;
  #isTaken = false;
  #isHeard = false;

  constructor({ peer, edge, invitations }: Awaited<ReturnType<typeof connected>>, direction: "out" | "in") {
    [this.peer, this.edge, this.invitations, this.#isOurs] = [peer, edge, invitations, direction === "out"];
    if (this.#isOurs) this.call = dial(edge);
    else this.#ring();
  }

  #ring(): void {
    this.ask("INVITE", { body: sdp("peer") });
    this.invitations[0]?.ring();
  }

  ask(method: string, { body, more = [], cseq = this.#cseq++ }: { body?: string; more?: string[]; cseq?: number } = {}): void {
    const invite = this.peer.received("INVITE").at(0);
    const answer = this.peer.frames.find((frame) => frame.method === "200" && frame.get("CSeq") === "100 INVITE");
    const theirs = this.#isOurs ? `${invite?.get("To").replace(/;tag=.*/, "")};tag=peer` : "<sip:1@a.example>;tag=peer";
    const ours = (this.#isOurs ? invite?.get("From") : answer?.get("To")) ?? "<sip:agent7@a.example>";
    if (method === "INVITE") this.#changed = cseq;
    if (method !== "ACK") this.asked.add(`${cseq} ${method}`);
    const via = `Via: SIP/2.0/WSS p;branch=z9hG4bK${method === "CANCEL" ? "INVITE" : method}${cseq}`;
    const names = [`From: ${theirs}`, `To: ${ours}`, `Call-ID: ${invite?.get("Call-ID") ?? "in1"}`, `CSeq: ${cseq} ${method}`];
    this.peer.request(method, "sip:agent7@x.invalid", [via, ...names, "Contact: <sip:gw@peer.example>", ...more], body);
  }

  /** Of the INVITE or re-INVITE that the peer sent last. */
  askOfLast(method: string, body?: string): void {
    this.ask(method, { cseq: this.#changed, ...(body !== undefined && { body }) });
  }

  /** Requests of ours without a final answer, oldest first. */
  open(method?: string): Frame[] {
    const isOpen = (frame: Frame) => frame.isRequest && frame.method !== "ACK" && !this.#answered.has(frame.branch + frame.get("CSeq"));
    return this.peer.frames.filter((frame) => isOpen(frame) && (method === undefined || frame.method === method));
  }

  say(request: Frame | undefined, code: number, options: { headers?: string[]; toTag?: string; body?: string } = {}): void {
    if (!request) return;
    const cseq = request.get("CSeq");
    if (code >= 200) this.#answered.add(request.branch + cseq);
    if (code >= 200 && request.method === "INVITE") this.answeredInvites.add(cseq.split(" ")[0] ?? "");
    this.peer.answer(request, code, "Whatever", {
      ...(request.method === "INVITE" && code < 300 && code > 180 && { body: sdp("peer", 6) }),
      ...options,
    });
  }

  promise(made: Promise<unknown> | undefined): void {
    if (!made) return;
    this.owed++;
    const paid = () => void this.owed--;
    made.then(paid, paid);
  }

  take(): void {
    const [invitation] = this.invitations;
    if (!invitation || this.#isTaken) return;
    this.#isTaken = true;
    const hangUp = (error: { dialog?: SipDialog }) => error.dialog?.bye();
    this.promise(invitation.accept(sdp("us")).then((dialog) => void (this.dialog = dialog), hangUp));
  }

  /** After each step: whoever has got a dialog listens to it. */
  async listen(): Promise<void> {
    await settle();
    const [dialog = this.dialog] = this.call?.dialogs ?? [];
    if (dialog && (this.dialog !== dialog || !this.#isHeard)) {
      this.dialog = dialog;
      this.#isHeard = true;
      dialog.keepSession(keeper);
      dialog.onEnded((how) => this.ended.push(how));
      dialog.onReferral?.((referral) => (referral.accept(), referral.tell(200)));
    }
    if (this.ended.length > 0) this.overAt ??= this.peer.frames.length;
  }

  /** The peer is kind from now on, for 12 s, and silent for 40 s. */
  async end(): Promise<void> {
    for (const [at, invitation] of this.invitations.entries()) if (at > 0 || !this.#isTaken) invitation.reject(486);
    for (let times = 0; times < 12; times++) {
      await after(1_000);
      const isAnswerable = (frame: Frame) => frame.method !== "INVITE" || frame.get("To").includes("tag=") || this.#isRefused;
      for (const frame of this.open().filter(isAnswerable)) this.say(frame, 200);
      for (const frame of this.peer.frames) {
        const [cseq = "", method] = frame.get("CSeq").split(" ");
        if (frame.isRequest || method !== "INVITE" || !frame.method.startsWith("2") || this.#acknowledged.has(cseq)) continue;
        this.#acknowledged.add(cseq);
        this.ask("ACK", { cseq: Number(cseq) });
      }
    }
    await this.listen();
    await after(40_000);
  }

  get #isRefused(): boolean {
    return this.call?.told.some((each) => each.startsWith("rejected")) ?? false;
  }
}

const redial = async (scene: Scene) => (scene.peer.socket.drop(), await settle(), scene.edge.connect());
const up = async (scene: Scene) => {
  scene.say(scene.peer.last("INVITE"), 200, { headers: ["Session-Expires: 1800;refresher=uac"] });
  await scene.listen();
};
const taken = async (scene: Scene) => (scene.take(), await settle());
const takenUp = async (scene: Scene) => (await taken(scene), scene.ask("ACK", { cseq: 100 }), await scene.listen());
const asking = async (scene: Scene) => (await up(scene), scene.ask("INVITE"));
const offering = async (scene: Scene) => (await up(scene), scene.ask("INVITE", { body: sdp("peer", 2) }));
const reinvite = (scene: Scene) => scene.promise(scene.dialog?.reinvite(sdp("us", 9)));

const states: Record<string, readonly ["out" | "in", (scene: Scene) => unknown]> = {
  "called, and nothing was said": ["out", () => {}],
  trying: ["out", (scene) => scene.say(scene.peer.last("INVITE"), 100)],
  ringing: ["out", (scene) => scene.say(scene.peer.last("INVITE"), 180)],
  "announced, its PRACK under way": [
    "out",
    (scene) => scene.say(scene.peer.last("INVITE"), 183, { headers: ["Require: 100rel", "RSeq: 1"] }),
  ],
  "ringing, and cancelled": ["out", (scene) => (scene.say(scene.peer.last("INVITE"), 180), scene.call?.invite.cancel())],
  up: ["out", up],
  "up, our change under way": ["out", async (scene) => (await up(scene), reinvite(scene))],
  "up, the peer's offer being answered": ["out", offering],
  "up, ours being described for the peer": ["out", asking],
  "up, our answer not acknowledged": ["out", async (scene) => (await offering(scene), await after(1_100))],
  "up, our offer not acknowledged": ["out", async (scene) => (await asking(scene), await after(1_100))],
  "up, and hung up": ["out", async (scene) => (await up(scene), steps["we hang up"]?.(scene))],
  "a customer's, ringing": ["in", () => {}],
  "a customer's, taken and not acknowledged": ["in", taken],
  "a customer's, up": ["in", takenUp],
  "a customer's, our change under way": ["in", async (scene) => (await takenUp(scene), reinvite(scene))],
};

const challenge = (extra?: string) => ({ headers: [digestChallenge(extra)] });
const steps: Record<string, (scene: Scene) => unknown> = {
  "the peer hangs up": (scene) => scene.ask("BYE"),
  "the peer cancels": (scene) => scene.askOfLast("CANCEL"),
  "the peer offers": (scene) => scene.ask("INVITE", { body: sdp("peer", 3) }),
  "the peer asks for an offer": (scene) => scene.ask("INVITE"),
  "UPDATE with an offer": (scene) => scene.ask("UPDATE", { body: sdp("peer", 4) }),
  "UPDATE without": (scene) => scene.ask("UPDATE"),
  INFO: (scene) => scene.ask("INFO"),
  OPTIONS: (scene) => scene.ask("OPTIONS"),
  REFER: (scene) => scene.ask("REFER", { more: ["Refer-To: <sip:5@a.example>"] }),
  NOTIFY: (scene) => scene.ask("NOTIFY", { more: ["Event: refer", "Subscription-State: terminated"] }),
  PRACK: (scene) => scene.ask("PRACK", { more: ["RAck: 1 100 INVITE"] }),
  ACK: (scene) => scene.askOfLast("ACK"),
  "ACK with a description": (scene) => scene.askOfLast("ACK", sdp("peer", 5)),
  "180": (scene) => scene.say(scene.open("INVITE").at(-1), 180),
  "183 that must arrive": (scene) => scene.say(scene.open("INVITE").at(-1), 183, { headers: ["Require: 100rel", "RSeq: 2"] }),
  "200 to INVITE": (scene) => scene.say(scene.open("INVITE").at(-1), 200),
  "200 of another phone": (scene) => scene.say(scene.open("INVITE").at(-1), 200, { toTag: "other" }),
  "the last 200 again": (scene) => scene.say(scene.peer.received("INVITE").at(-1), 200),
  "200 to the last": (scene) => scene.say(scene.open().at(-1), 200),
  "401": async (scene) => (scene.say(scene.open().at(-1), 401, challenge()), await after(1)),
  "401, stale": async (scene) => (scene.say(scene.open().at(-1), 401, challenge(", stale=true")), await after(1)),
  "422": (scene) => scene.say(scene.open().at(-1), 422, { headers: ["Min-SE: 2400"] }),
  "503": (scene) => scene.say(scene.open().at(-1), 503, { headers: ["Retry-After: 2"] }),
  ...Object.fromEntries([408, 481, 487, 491].map((code) => [`${code}`, (scene: Scene) => scene.say(scene.open().at(-1), code)])),
  "we hang up": (scene) => {
    if (scene.dialog) scene.overAt ??= scene.peer.frames.length;
    scene.promise(scene.dialog?.bye());
  },
  "we change": reinvite,
  "we transfer": (scene) => scene.promise(scene.dialog?.refer("sip:9@a.example", () => {}, new AbortController().signal)),
  "we send a digit": (scene) => scene.promise(scene.dialog?.info("Signal=1", "application/dtmf-relay")),
  "we cancel": (scene) => scene.call?.invite.cancel(),
  "we answer": (scene) => scene.take(),
  "we refuse": (scene) => scene.invitations[0]?.reject(486),
  "the flow is another": redial,
  "a second passes": () => after(1_100),
  "64·T1 pass": () => after(33_000),
};

describe.each(Object.entries(states))("a call that is %s", (_, [direction, prepare]) => {
  it.each(Object.entries(steps))("and: %s", async (_, step) => {
    const scene = await begin(direction);
    await settle();
    await prepare(scene);
    await scene.listen();
    await step(scene);
    await scene.listen();
    await scene.end();
    const { peer, call, edge } = scene;
    const finals = (asked: string) =>
      new Set(
        peer.frames.filter((frame) => !frame.isRequest && frame.get("CSeq") === asked && frame.method > "199").map(({ method }) => method),
      );
    const left = [...scene.asked].filter((asked) => finals(asked).size !== 1);
    const acknowledged = new Set(peer.received("ACK").map((ack) => ack.get("CSeq").split(" ")[0]));
    const unacknowledged = [...scene.answeredInvites].filter((cseq) => !acknowledged.has(cseq));
    const isLast = (frame: Frame) => ["ACK", "BYE", "CANCEL", "PRACK"].includes(frame.method);
    const afterEnd = peer.frames.slice(scene.overAt ?? Infinity).filter((frame) => frame.isRequest && !isLast(frame));
    expect({ left, unacknowledged, afterEnd, owed: scene.owed }).toEqual({ left: [], unacknowledged: [], afterEnd: [], owed: 0 });
    expect([call?.told.filter((each) => /^(accepted|rejected)/.test(each)) ?? [], scene.ended].every(({ length }) => length < 2)).toBe(
      true,
    );
    edge.dispose();
    await after(70_000);
    expect([vi.getTimerCount(), unhandled.mock.calls]).toEqual([0, []]);
  });
});
