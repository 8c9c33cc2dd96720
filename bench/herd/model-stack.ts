/** The `SipStack` port over model carriers: no SIP, only what reaches whom and when. */
import type { CancelTimer, Clock } from "../../src/clock.ts";
import type { SipAnswer } from "../../src/ports/sip-answer.ts";
import type { SipDialog } from "../../src/ports/sip-dialog.ts";
import type { EdgeEvents, SipEdge, SipStack } from "../../src/ports/sip-edge.ts";
import type { InviteEvents, InviteRequest, SipInvite } from "../../src/ports/sip-invite.ts";
import type { ModelCarrier, Resettable } from "./carrier.ts";

/** A request and its answer, in ms. */
export const rttMs = 40;
/** TCP, TLS and the upgrade to a WebSocket, in ms. */
export const handshakeMs = 3 * rttMs;
/** From the INVITE to 180, and to 200, in ms. */
const alertingMs = 1_000;
export const answerMs = 4_000;
/** 64·T1, in ms. */
const transactionMs = 32_000;

const unsent: SipAnswer = { code: 503, said: "inferred" };
const ok: SipAnswer = { code: 200, said: "peer" };

class ModelEdge implements SipEdge, Resettable {
  readonly clock: Clock;
  readonly carrier: ModelCarrier;
  isOpen = false;
  readonly #agent: number;
  readonly #events: EdgeEvents;
  /** What becomes of a request when the flow is lost under it. */
  readonly #onLost = new Set<() => void>();
  #cancelConnect: CancelTimer | undefined;

  constructor(agent: number, carrier: ModelCarrier, events: EdgeEvents, clock: Clock) {
    this.#agent = agent;
    this.carrier = carrier;
    this.#events = events;
    this.clock = clock;
  }

  connect(): void {
    if (this.isOpen || this.#cancelConnect) return;
    this.#cancelConnect = this.clock.setTimer(() => {
      this.#cancelConnect = undefined;
      if (!this.carrier.accepts()) return this.#events.closed({ wasOpen: false, code: 1006, clean: false });
      this.isOpen = true;
      this.carrier.flows.add(this);
      this.#events.opened();
    }, handshakeMs);
  }

  disconnect(): void {
    const wasOpen = this.isOpen;
    if (!wasOpen && !this.#cancelConnect) return;
    this.#cancelConnect?.();
    this.#cancelConnect = undefined;
    const tell = this.#end();
    queueMicrotask(() => {
      this.#events.closed({ wasOpen, code: 1000, clean: true });
      tell();
    });
  }

  reset(): void {
    if (!this.isOpen) return;
    const tell = this.#end();
    this.#events.closed({ wasOpen: true, code: 1006, clean: false });
    tell();
  }

  async register(expiresS: number): Promise<SipAnswer> {
    if (!this.isOpen) return unsent;
    if (!this.carrier.isUp) return this.ask(ok);
    if (expiresS === 0) {
      this.carrier.count("removed");
      this.carrier.unbind(this.#agent);
      return this.ask(ok);
    }
    if (!this.carrier.admits(this.#agent)) return this.ask({ code: 503, said: "peer" });
    const answer = await this.ask({ ...ok, expiresS });
    if (answer.said === "peer" && this.isOpen) this.carrier.bind(this.#agent);
    return answer;
  }

  options(): Promise<SipAnswer> {
    if (this.isOpen && this.carrier.isUp) this.carrier.count("options");
    return this.ask(ok);
  }

  ping(): void {}

  invite(_: InviteRequest, events: InviteEvents): SipInvite {
    if (this.isOpen && this.carrier.isUp) this.carrier.count("invited");
    return new ModelInvite(this, events);
  }

  dispose(): void {
    this.#cancelConnect?.();
    this.#end();
  }

  /** Asks the carrier: answered after a round trip, by nobody while it is dead, and at the latest when the flow is lost. */
  ask(answer: SipAnswer): Promise<SipAnswer> {
    if (!this.isOpen) return Promise.resolve(unsent);
    return new Promise((resolve) => {
      const stop = this.whileOpen(() => resolve(unsent));
      this.clock.setTimer(() => {
        if (!this.carrier.isUp || !stop()) return;
        resolve(answer);
      }, rttMs);
    });
  }

  /** Calls `lost` when the flow is. @returns what ends that; it is false when there is nothing to end. */
  whileOpen(lost: () => void): () => boolean {
    this.#onLost.add(lost);
    return () => this.#onLost.delete(lost);
  }

  #end(): () => void {
    this.isOpen = false;
    this.carrier.flows.delete(this);
    this.carrier.unbind(this.#agent);
    const lost = [...this.#onLost];
    this.#onLost.clear();
    return () => lost.forEach((tell) => tell());
  }
}

let serial = 0;

/** One INVITE: answered after `answerMs` by a live carrier, heard by nobody at a dead one. */
class ModelInvite implements SipInvite {
  readonly sipCallId = `call-${++serial}`;
  readonly fromTag = "tag";
  readonly #edge: ModelEdge;
  readonly #events: InviteEvents;
  #cancelWanted = false;
  #heard = false;
  #over = false;
  #cancelNext: CancelTimer = () => {};
  #cancelBound: CancelTimer = () => {};
  #stopWatching: () => unknown = () => {};

  constructor(edge: ModelEdge, events: InviteEvents) {
    this.#edge = edge;
    this.#events = events;
    if (!edge.isOpen) {
      queueMicrotask(() => this.#reject(unsent));
      return;
    }
    queueMicrotask(() => this.#over || events.sent());
    this.#cancelBound = edge.clock.setTimer(() => this.#reject({ code: 408, said: "inferred" }), transactionMs);
    this.#stopWatching = edge.whileOpen(() => {
      this.#cancelNext();
      if (!this.#over) events.flowLost();
    });
    if (edge.carrier.isUp) this.#after(rttMs, () => this.#say(100));
  }

  cancel(): void {
    if (this.#over || this.#cancelWanted) return;
    this.#cancelWanted = true;
    if (this.#heard) this.#after(rttMs, () => this.#reject({ code: 487, said: "peer" }));
  }

  forget(): void {
    this.#end();
  }

  #after(delayMs: number, act: () => void): void {
    this.#cancelNext();
    this.#cancelNext = this.#edge.clock.setTimer(() => this.#edge.carrier.isUp && this.#edge.isOpen && act(), delayMs);
  }

  #say(code: 100 | 180): void {
    this.#heard = true;
    if (this.#cancelWanted) this.#after(rttMs, () => this.#reject({ code: 487, said: "peer" }));
    else if (code === 100) this.#after(alertingMs - rttMs, () => this.#say(180));
    else this.#after(answerMs - alertingMs, () => this.#accept());
    this.#events.progressed({ code, said: "peer" });
  }

  #accept(): void {
    if (this.#over) return;
    this.#end();
    const edge = this.#edge;
    const dialog: SipDialog = {
      sdp: undefined,
      bye: () => edge.ask(ok),
      reinvite: async () => ({ answer: await edge.ask(ok) }),
      info: () => edge.ask(ok),
      onInfo() {},
      refer: () => edge.ask(ok),
      keepSession() {},
      onEnded() {},
    };
    this.#events.accepted(dialog, ok);
  }

  #reject(answer: SipAnswer): void {
    if (this.#over) return;
    this.#end();
    this.#events.rejected(answer);
  }

  #end(): void {
    this.#over = true;
    this.#cancelNext();
    this.#cancelBound();
    this.#stopWatching();
  }
}

/** The stack of one agent. @param carriers by trunk id. */
export function createModelStack(agent: number, carriers: Readonly<Record<string, ModelCarrier>>): SipStack {
  return {
    edge({ trunkId }, events, clock) {
      const carrier = carriers[trunkId];
      if (!carrier) throw new Error(`no carrier for trunk ${trunkId}`);
      return new ModelEdge(agent, carrier, events, clock);
    },
  };
}
