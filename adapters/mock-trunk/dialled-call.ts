/** A call that an agent dials: the carrier's side of one INVITE (RFC 3261 §13.3, §17.2.1), and the customer's phone behind it. */
import { Call } from "./call.ts";
import { Dialog } from "./dialog.ts";
import type { Ringing } from "./dialects/dialect.ts";
import type { Edge } from "./edge.ts";
import type { Target } from "./fault-board.ts";
import type { Flow } from "./flow.ts";
import type { LogDetail } from "./log.ts";
import { numberOf, uriOf, userOf, type SipRequest, type SipResponse } from "./message.ts";
import type { Phone } from "./phone.ts";
import { Provisionals, supportsReliability } from "./provisionals.ts";
import { refusalParts, type Refusal, type ResponseParts } from "./response.ts";
import { scriptFor, type Step } from "./script.ts";
import type { Timers } from "./timers.ts";

/** T1, T2 and 64·T1 (RFC 3261 table 4). */
const firstRepeatMs = 500;
const longestRepeatMs = 4_000;
const transactionMs = 32_000;

export class DialledCall extends Call {
  readonly caller = "agent";
  readonly invite: SipRequest;
  /** The connection by which it came. */
  readonly #origin: Flow;
  readonly #dialog: Dialog;
  readonly #target: Target;
  readonly #provisionals: Provisionals;
  /** By To tag: phones that answered too and are on the line, and whether their 200 was followed by its ACK. */
  readonly #forks = new Map<string, "answered" | "acknowledged">();
  #fault: string | undefined;
  #lastAnswer: { readonly code: number; readonly parts: ResponseParts } | undefined;
  /** With these headers. */
  #hangsUpOnAck: readonly string[] | undefined;
  /** The phone rings on its own. */
  #isGhost = false;

  constructor(edge: Edge, flow: Flow, invite: SipRequest) {
    const { callId, fromTag: remoteTag } = invite;
    const number = numberOf(invite.uri) ?? "";
    super(edge, flow, { user: userOf(invite.header("from")) ?? "", number, callId });
    this.invite = invite;
    this.#origin = flow;
    this.#provisionals = new Provisionals(this.timers);
    this.#target = { method: "INVITE", number, callId };
    const localTag = edge.speech.tag();
    const local = `${invite.header("to")};tag=${localTag}`;
    const target = uriOf(invite.header("contact"));
    this.#dialog = new Dialog(edge, { callId, local, localTag, remote: invite.header("from"), remoteTag, target, cseq: 0 });
    this.inDialog.begin(this.#dialog);
  }

  /** Plays what the phone does, bent by the faults in force now. */
  start({ habit }: Phone): void {
    const { steps, fault, ghostMs } = scriptFor(habit, this.edge.speech.dialect.ringing, this.edge.faults, this.#target);
    this.#fault = fault;
    // RFC 3262 §3: without it in the INVITE nothing reliable can be said.
    if (this.edge.reliability === "required" && !supportsReliability(this.invite)) return this.#demandReliability();
    if (ghostMs !== undefined) this.#haunt(ghostMs);
    this.#play(steps);
  }

  /** The customer of `other` is on the line at once, and is let go there (RFC 3891 §3). */
  takes(other: Call): void {
    this.#play([
      { does: "try", afterMs: 0 },
      { does: "answer", afterMs: 0 },
    ]);
    other.replacedBy(this.number);
  }

  override get forksUp(): number {
    return this.#forks.size;
  }

  get localTag(): string {
    return this.#dialog.localTag;
  }

  /** It is for a phone that is on the line, or may be yet. */
  owns(request: SipRequest): boolean {
    return (!this.isOver && this.#dialog.owns(request)) || (request.callId === this.callId && this.#forks.has(request.toTag ?? ""));
  }

  // ── From the softphone ────────────────────────────────────────────────────────────────────────

  /** The INVITE came once more: so does its answer (§17.2.1). */
  repeat(): void {
    if (this.#lastAnswer) this.#say(this.#lastAnswer.code, this.#lastAnswer.parts);
  }

  cancel(flow: Flow, request: SipRequest): void {
    this.moveTo(flow);
    this.edge.reply(flow, request, 200, { toTag: this.#dialog.localTag }, { number: this.number });
    // §9.2: no effect after a final answer.
    if (this.state === "answered" || this.isOver) return;
    if (this.edge.faults.strike("no-487", this.#target)) return;
    if (!this.edge.faults.strike("answer-on-cancel", this.#target)) return this.#refuse({ code: 487 }, "agent");
    this.timers.clear();
    this.#answer("answer-on-cancel", () => {});
  }

  override serve(flow: Flow, request: SipRequest): boolean {
    if (request.method !== "PRACK") return super.serve(flow, request);
    const goOn = this.#provisionals.acknowledged(request);
    this.edge.reply(flow, request, goOn ? 200 : 481, {}, { number: this.number });
    goOn?.();
    return true;
  }

  acknowledge({ toTag = "" }: SipRequest): void {
    if (this.#forks.has(toTag)) this.#forks.set(toTag, "acknowledged");
    if (toTag !== this.#dialog.localTag) return;
    this.acknowledged();
    if (this.#hangsUpOnAck) this.hangUp(this.#hangsUpOnAck);
  }

  bye(flow: Flow, request: SipRequest): void {
    this.moveTo(flow);
    const dropped = this.edge.faults.strike("drop-bye", { ...this.#target, method: "BYE" });
    if (!dropped) this.edge.reply(flow, request, 200, {}, { number: this.number });
    if (this.#forks.delete(request.toTag ?? "")) return;
    // §15: a BYE within an early dialog ends the call as a CANCEL would.
    if (this.state === "answered") this.finish("agent");
    else this.#refuse({ code: 487 }, "agent");
  }

  // ── From the customer ─────────────────────────────────────────────────────────────────────────

  hangUp(headers: readonly string[] = []): void {
    if (this.state !== "answered") return this.#refuse({ code: 603, q850: 21, location: "U" }, "customer");
    // §15: not before the ACK.
    if (this.isAcknowledged) this.#bye("customer", headers);
    else this.#hangsUpOnAck = headers;
  }

  cut(headers: readonly string[] = []): void {
    if (this.state === "answered") this.#bye("carrier", headers);
  }

  #bye(by: "customer" | "carrier", headers: readonly string[]): void {
    const bye = { ...this.#dialog.request("BYE"), headers };
    this.deliver((flow) => this.edge.demand(flow, bye, this.number));
    this.finish(by);
  }

  /** A response to a request of ours within the dialog. */
  respond(flow: Flow, response: SipResponse): void {
    this.moveTo(flow);
    this.inDialog.respond(response);
  }

  // ── The script ────────────────────────────────────────────────────────────────────────────────

  #play([step, ...rest]: readonly Step[]): void {
    if (!step) return;
    const act = () => this.#act(step, () => this.#play(rest));
    if (step.afterMs === 0) act();
    else this.timers.after(step.afterMs, act);
  }

  #act(step: Step, goOn: () => void): void {
    switch (step.does) {
      case "try":
        if (this.move("try")) this.#say(100);
        return goOn();
      case "ring":
        return this.#ring(step.tells, goOn);
      case "answer":
        return this.#answer(this.#fault, goOn);
      case "refuse":
        return this.#refuse(step.refusal, this.#fault ? "carrier" : "customer");
      case "hang-up":
        return this.hangUp(step.headers);
    }
  }

  #ring(tells: readonly Ringing[], goOn: () => void): void {
    const ring = (body?: string) => {
      this.#alert();
      const tell = ([told, ...rest]: readonly Ringing[]): void => {
        if (told === undefined) return goOn();
        const parts = { headers: [this.#contact], ...(told.endsWith("-sdp") ? { body } : {}) };
        this.#progress(Number.parseInt(told, 10), parts, () => tell(rest));
      };
      tell(tells);
    };
    if (tells.some((told) => told.endsWith("-sdp"))) this.#withAudio(ring);
    else ring();
  }

  /** A provisional answer; reliable where both sides are for it. */
  #progress(code: number, parts: ResponseParts, goOn: () => void): void {
    if (this.edge.reliability !== "never" && supportsReliability(this.invite)) {
      const giveUp = () => this.#refuse({ code: 504 }, "carrier");
      return this.#provisionals.say(parts, (whole) => this.#say(code, whole), goOn, giveUp);
    }
    this.#say(code, parts);
    goOn();
  }

  #demandReliability(): void {
    if (this.finish("carrier", 421, "refuse")) this.#say(421, { headers: ["Require: 100rel"] });
  }

  #alert(): void {
    if (this.move("alert")) this.edge.rings.begin(this.number, this.callId, this.edge.clock.nowMs());
  }

  #answer(fault: string | undefined, goOn: () => void): void {
    this.#withAudio((body) => {
      this.#alert();
      if (!this.answered()) return;
      this.#fault = fault;
      this.#hush("answered");
      const parts = { headers: [this.#contact, ...this.inDialog.timer.accept(this.invite)], body };
      this.#sayUntil(() => this.isAcknowledged, this.timers, parts);
      if (this.edge.faults.strike("duplicate-200", this.#target)) this.#say(200, parts, { fault: "duplicate-200" });
      if (this.edge.faults.strike("fork", this.#target)) this.#fork(parts);
      goOn();
    });
  }

  /** §13.3.1.4: a 2xx is sent again until it is acknowledged, over reliable transports too. */
  #sayUntil(isAcknowledged: () => boolean, timers: Timers, parts: ResponseParts, detail?: LogDetail): void {
    const say = (againAfterMs: number, elapsedMs: number): void => {
      if (isAcknowledged()) return;
      // What is held for the agent's next connection is held once.
      if (this.isReachable || elapsedMs === 0) this.#say(200, parts, detail);
      const nextMs = elapsedMs + againAfterMs;
      if (nextMs < transactionMs) timers.after(againAfterMs, () => say(Math.min(2 * againAfterMs, longestRepeatMs), nextMs));
    };
    say(firstRepeatMs, 0);
  }

  #fork(parts: ResponseParts): void {
    const toTag = this.edge.speech.tag();
    this.#forks.set(toTag, "answered");
    // A phone of its own: it goes on when the other one is let go.
    this.#sayUntil(() => this.#forks.get(toTag) !== "answered", this.edge.timers, { ...parts, toTag }, { fault: "fork" });
  }

  #refuse(refusal: Refusal, by: "agent" | "customer" | "carrier"): void {
    if (!this.finish(by, refusal.code)) return;
    this.#hush(by === "agent" ? "cancelled" : "rejected");
    this.#say(refusal.code, refusalParts(refusal));
  }

  #hush(endedBy: "answered" | "cancelled" | "rejected"): void {
    if (!this.#isGhost) this.edge.rings.end(this.callId, this.edge.clock.nowMs(), endedBy);
  }

  /** Outlives the call. */
  #haunt(ringMs: number): void {
    const { rings, clock } = this.edge;
    this.#isGhost = true;
    rings.begin(this.number, this.callId, clock.nowMs());
    this.edge.timers.after(ringMs, () => rings.end(this.callId, clock.nowMs(), "given-up"));
  }

  // ── To the softphone ──────────────────────────────────────────────────────────────────────────

  get #contact(): string {
    return `Contact: ${this.edge.speech.contact(this.number)}`;
  }

  #withAudio(then: (answer: string) => void): void {
    this.audio.answer(this.invite.body, then, () => this.#refuse({ code: 488 }, "customer"));
  }

  #say(code: number, parts: ResponseParts = {}, detail: LogDetail = {}): void {
    if (!parts.toTag) this.#lastAnswer = { code, parts };
    const whole = { toTag: this.#dialog.localTag, ...parts };
    const write = (flow: Flow) => this.edge.reply(flow, this.invite, code, whole, { number: this.number, fault: this.#fault, ...detail });
    if (this.edge.answersTo === "agent") this.deliver(write);
    else if (this.#origin.isOpen) write(this.#origin);
  }
}
