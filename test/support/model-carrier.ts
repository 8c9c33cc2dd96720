/**
 * A carrier as a model, for properties: it keeps the contract of the `SipStack` port (ports/sip-edge.ts) without SIP,
 * and does what it is told, one step at a time. Knows which customer's phone alerts.
 */
import type { Clock } from "../../src/clock.ts";
import type { SipAnswer } from "../../src/ports/sip-answer.ts";
import type { SipDialog } from "../../src/ports/sip-dialog.ts";
import type { EdgeEvents, Patience, SipEdge, SipStack } from "../../src/ports/sip-edge.ts";
import type { InviteEvents, InviteRequest, SipInvite } from "../../src/ports/sip-invite.ts";

/** 64·T1, in ms. */
const transactionMs = 32_000;

type Peer = "unheard" | "trying" | "alerting" | "answered" | "ended";

/** One INVITE in the network. */
class ModelInvite implements SipInvite {
  readonly sipCallId: string;
  readonly fromTag = "tag";
  readonly number: string;
  /** What the far side is at. */
  peer: Peer = "unheard";
  /** Frames reached the carrier. */
  readonly written: boolean;
  readonly edge: ModelEdge;
  readonly #events: InviteEvents;
  #heardProvisional = false;
  #over = false;
  #cancelWanted = false;
  #cancelReached = false;
  #forgotten = false;
  #unheard: SipAnswer | undefined;
  #giveUp = () => {};
  #cancelBound = () => {};

  constructor(edge: ModelEdge, request: InviteRequest, events: InviteEvents, serial: number) {
    this.edge = edge;
    this.#events = events;
    this.sipCallId = `call-${serial}`;
    this.number = /sip:([^@]+)@/.exec(request.target)?.[1] ?? "";
    this.written = edge.open && !edge.mute;
    if (edge.open) {
      edge.soon(() => this.#over || this.#events.sent());
      this.#bound();
    } else edge.soon(() => this.#end({ code: 503, said: "inferred" }));
  }

  get live(): boolean {
    return this.written && this.peer !== "ended";
  }

  cancel(): void {
    if (this.#over || this.#cancelWanted) return;
    this.#cancelWanted = true;
    if (this.#heardProvisional) this.#sendCancel();
  }

  forget(): void {
    this.#forgotten = true;
    this.#over = true;
    this.#cancelBound();
  }

  // ── What the network does ─────────────────────────────────────────────────────────────────────

  /** The far side says something; it is heard if the flow is up. A 2xx is repeated until it is (RFC 6026 §7.1). */
  say(code: number, more: Partial<SipAnswer> = {}): void {
    if (!this.live || this.peer === "answered") return;
    if (code < 180) this.peer = this.peer === "alerting" ? "alerting" : "trying";
    else if (code < 200) this.peer = "alerting";
    else this.peer = code < 300 ? "answered" : "ended";
    const answer: SipAnswer = { code, said: "peer", ...more };
    if (this.peer === "answered") {
      this.#unheard = answer;
      this.#giveUp = this.edge.clock.setTimer(() => (this.peer = "ended"), transactionMs);
      return this.repeatAnswer();
    }
    this.edge.deliver(`${this.sipCallId} ${code}`, () => (code < 200 ? this.#provisional(answer) : this.#end(answer)));
  }

  /** The agent's side has said BYE, whether or not it was heard. */
  left = false;

  /** Answered, and the agent's side knows and wants it. */
  get conversing(): boolean {
    return this.peer === "answered" && this.#unheard === undefined && !this.left;
  }

  get alerting(): boolean {
    return this.peer === "alerting";
  }

  /** All that it will do next depends on. */
  get digest(): string {
    const { peer, written, left } = this;
    const flags = [written, left, this.#heardProvisional, this.#over, this.#cancelWanted, this.#cancelReached, this.#forgotten];
    return `${peer} ${flags.map(Number).join("")} ${this.#unheard?.code ?? ""}`;
  }

  /** A CANCEL of ours has come, and the carrier may act on it. */
  get mayObey(): boolean {
    return this.#cancelReached && this.live && this.peer !== "answered";
  }

  /** The 2xx that nobody has acknowledged, once more. */
  repeatAnswer(): void {
    const answer = this.#unheard;
    if (!answer || !this.edge.open || this.edge.mute) return;
    this.#unheard = undefined;
    this.#giveUp();
    const dialog = new ModelDialog(this);
    // The stack's duty: a 2xx that nobody waits for is acknowledged and ended.
    if (this.#over) return void dialog.bye();
    this.#close();
    this.#events.accepted(dialog, answer);
  }

  /** The carrier acts on the CANCEL that reached it. */
  obeyCancel(): void {
    if (this.mayObey) this.say(487);
  }

  flowLost(): void {
    if (!this.#over) this.#events.flowLost();
  }

  flowOpened(): void {
    if (this.#cancelWanted && this.#heardProvisional && !this.#over) this.#sendCancel();
    this.repeatAnswer();
  }

  dispose(): void {
    this.#over = true;
    this.#cancelBound();
    this.#giveUp();
  }

  #provisional(answer: SipAnswer): void {
    if (this.#over) return;
    const isFirst = !this.#heardProvisional;
    this.#heardProvisional = true;
    if (!this.#cancelWanted) this.#cancelBound();
    else if (isFirst) this.#sendCancel();
    this.#events.progressed(answer);
  }

  #sendCancel(): void {
    if (!this.edge.open) return;
    if (!this.edge.mute) this.#cancelReached = true;
    this.#bound();
  }

  #bound(): void {
    this.#cancelBound();
    this.#cancelBound = this.edge.clock.setTimer(() => this.#end({ code: 408, said: "inferred" }), transactionMs);
  }

  #close(): void {
    this.#over = true;
    this.#cancelBound();
  }

  #end(answer: SipAnswer): void {
    if (this.#over) return;
    this.#close();
    if (!this.#forgotten) this.#events.rejected(answer);
  }
}

class ModelDialog implements SipDialog {
  readonly sdp = undefined;
  readonly #invite: ModelInvite;
  readonly #listeners: ((how: "bye") => void)[] = [];
  constructor(invite: ModelInvite) {
    this.#invite = invite;
  }
  bye(): Promise<SipAnswer> {
    this.#invite.left = true;
    return this.#invite.edge.ask({ code: 200, said: "peer" }, () => (this.#invite.peer = "ended"));
  }
  async reinvite(): Promise<{ answer: SipAnswer }> {
    return { answer: await this.#invite.edge.ask({ code: 200, said: "peer" }) };
  }
  info(): Promise<SipAnswer> {
    return this.#invite.edge.ask({ code: 200, said: "peer" });
  }
  onInfo(): void {}
  refer(): Promise<SipAnswer> {
    return this.#invite.edge.ask({ code: 603, said: "peer" });
  }
  keepSession(): void {}
  onEnded(listener: (how: "bye") => void): void {
    this.#listeners.push(listener);
  }
}

class ModelEdge implements SipEdge {
  readonly clock: Clock;
  readonly invites: ModelInvite[] = [];
  open = false;
  /** The socket is open and nothing goes through: what is sent to it is lost, what it sends waits (TCP loses no frame in between). */
  mute = false;
  refusing = false;
  registrar: number = 200;
  readonly #events: EdgeEvents;
  #queue: { readonly name: string; readonly hear: () => void }[] = [];
  readonly #waiting = new Set<(answer: SipAnswer) => void>();
  #disposed = false;
  #connecting = false;

  constructor(events: EdgeEvents, clock: Clock) {
    this.#events = events;
    this.clock = clock;
  }

  /** All that it will do next depends on. */
  get digest(): string {
    const flags = [this.open, this.mute, this.refusing, this.#connecting, this.#disposed].map(Number).join("");
    const queue = this.#queue.map(({ name }) => name).join(",");
    return [flags, queue, this.#waiting.size, ...this.invites.map(({ digest }) => digest)].join(" | ");
  }

  soon(tell: () => void): void {
    void Promise.resolve().then(() => this.#disposed || tell());
  }

  /** Hands a frame to the agent's side, now or when it can; lost with the flow. */
  deliver(name: string, hear: () => void): void {
    if (!this.open) return;
    if (this.mute) this.#queue.push({ name, hear });
    else hear();
  }

  /** The newest INVITE that the carrier could still answer. */
  get unanswered(): ModelInvite | undefined {
    return this.invites.findLast(({ live, peer }) => live && peer !== "answered");
  }

  unmute(): void {
    this.mute = false;
    for (const { hear } of this.#queue.splice(0)) hear();
    for (const invite of this.invites) invite.repeatAnswer();
  }

  connect(): void {
    if (this.open || this.#connecting) return;
    this.#connecting = true;
    this.soon(() => {
      if (!this.#connecting) return;
      this.#connecting = false;
      if (this.refusing) return this.#events.closed({ wasOpen: false, code: 1006, clean: false });
      this.open = true;
      for (const invite of this.invites) invite.flowOpened();
      this.#events.opened();
    });
  }

  disconnect(): void {
    if (!this.open && !this.#connecting) return;
    this.#connecting = false;
    this.open = false;
    this.#queue = [];
    this.soon(() => this.#closed(1000));
  }

  /** The socket is reset. */
  reset(): void {
    if (!this.open) return;
    this.open = false;
    this.#queue = [];
    this.#closed(1006);
  }

  register(expiresS: number, { answerMs }: Patience = {}): Promise<SipAnswer> {
    return this.ask({ code: this.registrar, said: "peer", ...(this.registrar < 300 && { expiresS }) }, undefined, answerMs);
  }

  options(): Promise<SipAnswer> {
    return this.ask({ code: 200, said: "peer" });
  }

  ping(): void {}

  invite(request: InviteRequest, events: InviteEvents): SipInvite {
    const invite = new ModelInvite(this, request, events, this.invites.length);
    this.invites.push(invite);
    return invite;
  }

  dispose(): void {
    this.#disposed = true;
    this.open = false;
    this.#giveUp();
    for (const invite of this.invites) invite.dispose();
  }

  /** A request of ours; `heard` when it reaches the peer. Into a mute flow it is lost, and answered by nobody. */
  ask(answer: SipAnswer, heard = () => {}, withinMs = transactionMs): Promise<SipAnswer> {
    if (!this.open) return Promise.resolve({ code: 503, said: "inferred" });
    if (!this.mute) {
      heard();
      return Promise.resolve(answer);
    }
    return new Promise((resolve) => {
      const cancel = this.clock.setTimer(() => settle({ code: 408, said: "inferred" }), withinMs);
      const settle = (given: SipAnswer) => {
        cancel();
        this.#waiting.delete(settle);
        resolve(given);
      };
      this.#waiting.add(settle);
    });
  }

  #giveUp(): void {
    for (const settle of [...this.#waiting]) settle({ code: 503, said: "inferred" });
  }

  #closed(code: number): void {
    this.#giveUp();
    this.#events.closed({ wasOpen: true, code, clean: false });
    for (const invite of this.invites) invite.flowLost();
  }
}

/** A stack whose edges can be steered, by trunk id. */
export function createModelStack(): SipStack & { readonly edges: Map<string, ModelEdge> } {
  const edges = new Map<string, ModelEdge>();
  return {
    edges,
    edge(account, events, clock) {
      const edge = new ModelEdge(events, clock);
      edges.set(account.trunkId, edge);
      return edge;
    },
  };
}
