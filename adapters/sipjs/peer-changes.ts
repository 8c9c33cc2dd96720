/** What the peer changes in an answered call: re-INVITE (RFC 3261 §14.2) and UPDATE (RFC 3311 §5.2), with or without an offer. */
import {
  type IncomingInviteRequest,
  type IncomingRequestMessage,
  InfoUserAgentServer,
  type ResponseOptions,
  type SessionDialog,
  type UserAgentServer,
} from "sip.js/lib/core/index.js";
import { whenAborted } from "../../src/platform.ts";
import type { SessionKeeper } from "../../src/ports/sip-dialog.ts";
import { sdpOf } from "./answer.ts";
import { type EdgeContext, TRANSACTION_MS, unlessOver } from "./context.ts";
import { retarget } from "./reinvite.ts";
import { sdpBody } from "./sdp-body.ts";
import { grantLines, type SessionTimer } from "./session-timer.ts";
import { asAnswer } from "./standing.ts";

/** Who described the session and which version of it (RFC 8866 §5.2). */
const originOf = (sdp: string | undefined): string | undefined => /^o=.*/m.exec(sdp ?? "")?.[0];

/** What both sides said of the session last. */
export interface Described {
  ours: string | undefined;
  theirs: string | undefined;
}

/** What sip.js keeps to itself. */
interface Inside {
  sequenceGuard(message: IncomingRequestMessage): boolean;
}

interface Ports {
  readonly edge: EdgeContext;
  readonly session: SessionDialog;
  readonly described: Described;
  readonly timer: SessionTimer;
  /** The call is over. */
  readonly signal: AbortSignal;
}

export class PeerChanges {
  keeper: SessionKeeper | undefined;
  readonly #ports: Ports;
  /** An offer of the peer's is being answered: there is one at a time (RFC 3264 §4). */
  #isBusy = false;
  #settled: Promise<unknown> = Promise.resolve();
  /** The peer's re-INVITE that had none: its 200 brings ours, and its ACK the answer. */
  #asked: SessionDialog["reinviteUserAgentServer"];

  constructor(ports: Ports) {
    this.#ports = ports;
    const { session } = ports;
    const receive = session.receiveRequest.bind(session);
    // sip.js knows no UPDATE.
    session.receiveRequest = (message) => {
      if (message.method !== "UPDATE") return receive(message);
      if ((session as unknown as Inside).sequenceGuard(message)) this.#updated(new InfoUserAgentServer(session, message), message);
    };
  }

  /** Resolves once no offer of the peer's is being answered: ours may follow (RFC 3264 §4). */
  async settled(): Promise<void> {
    while (this.#isBusy) await this.#settled;
  }

  /**
   * Deviation: one that is cancelled meanwhile is answered as if the answer had crossed the CANCEL, where RFC 3261 §9.2 asks for 487: the
   * audio may be what it asks for by now, and the peer would believe it to be as it was.
   */
  reinvited(request: IncomingInviteRequest): void {
    const { session } = this.#ports;
    const { message } = request;
    const offer = sdpOf(message);
    const collision = this.#collision();
    if (collision) return void request.reject(collision);
    if (offer === undefined) this.#asked = session.reinviteUserAgentServer;
    this.#awaitAck(session.reinviteUserAgentServer);
    const isAsked = offer === undefined && this.keeper !== undefined;
    if (isAsked && this.keeper) return void this.#offer(request, this.keeper);
    void this.#describe(offer).then((described) => this.#respond(request, message, described));
  }

  #updated(request: UserAgentServer, message: IncomingRequestMessage): void {
    retarget(this.#ports.session, message);
    const offer = sdpOf(message);
    if (offer === undefined) return this.#grant(request, message);
    const collision = this.#collision();
    if (collision) return void request.reject(collision);
    void this.#describe(offer).then((described) => this.#respond(request, message, described));
  }

  /** What refuses a change while an offer has no answer: 491 where it is ours, 500 where it is theirs (RFC 3311 §5.2, RFC 6337 §4.3). */
  #collision(): ResponseOptions | undefined {
    const { session, edge } = this.#ports;
    const isAnswerAwaited = this.#asked !== undefined && this.#asked === session.reinviteUserAgentServer;
    if (session.reinviteUserAgentClient || isAnswerAwaited) return { statusCode: 491 };
    return this.#isBusy ? { statusCode: 500, extraHeaders: [`Retry-After: ${Math.floor(edge.random() * 10)}`] } : undefined;
  }

  #respond(request: Answerable, message: IncomingRequestMessage, described: string | undefined): void {
    // Ended while it was described: nobody would acknowledge a 200, and sip.js would repeat it for ever.
    if (this.#ports.signal.aborted) return unlessOver(() => request.reject({ statusCode: 487 }));
    if (described) return this.#grant(request, message, described);
    const { viaHost } = this.#ports.edge.identity;
    const extraHeaders = [`Warning: 399 ${viaHost} "this session description cannot be used"`];
    unlessOver(() => request.reject({ statusCode: 488, extraHeaders }));
  }

  #grant(request: Answerable, message: IncomingRequestMessage, described?: string): void {
    const { edge, timer } = this.#ports;
    const extraHeaders = [`Contact: <${edge.identity.contact}>`, ...grantLines(message)];
    unlessOver(() => {
      request.accept({ statusCode: 200, extraHeaders, ...sdpBody(described) });
      timer.granted(message);
    });
  }

  /** Our description for an offer, or for a refresh; undefined where the offer cannot be used. */
  async #describe(offer: string | undefined): Promise<string | undefined> {
    const { described } = this.#ports;
    if (offer === undefined) return described.ours;
    const standing = () => described.ours && asAnswer(described.ours, offer, described.theirs);
    if (offer === described.theirs) return standing();
    // Equal origins mean equal descriptions (RFC 3264 §8). Deviation: but who holds, or moves, may forget to count; so whoever can look does.
    if (!this.keeper) return originOf(offer) !== undefined && originOf(offer) === originOf(described.theirs) ? standing() : undefined;
    this.#isBusy = true;
    try {
      const answering = this.keeper.answer(offer);
      this.#settled = answering.catch(() => {});
      const answer = await answering;
      [described.ours, described.theirs] = [answer, offer];
      return answer;
    } catch {
      return undefined;
    } finally {
      this.#isBusy = false;
    }
  }

  /** The peer asks for our offer, as many a PBX does to hold or to transfer: its answer comes in the ACK (§14.2). */
  async #offer(request: IncomingInviteRequest, keeper: SessionKeeper): Promise<void> {
    const { described, session } = this.#ports;
    const offer = await keeper.offer().catch(() => undefined);
    const told = offer ?? described.ours;
    const { onAck, ...before } = session.delegate ?? {};
    session.delegate = {
      ...before,
      onAck(ack) {
        session.delegate = { ...before, ...(onAck && { onAck }) };
        const answer = sdpOf(ack.message);
        if (answer === undefined || told === undefined) return;
        [described.ours, described.theirs] = [told, answer];
        keeper.applyAnswer(answer, told).catch(() => {});
      },
    };
    this.#respond(request, request.message, told);
  }

  /**
   * §14.2 lets us end the call where no ACK came. Deviation: its audio may be well; only the next change must not wait for ever. Nor is our 200
   * said again once the call is over: of two changes within T1 sip.js stops the second's timer, and the first's goes on for both.
   */
  #awaitAck(server: SessionDialog["reinviteUserAgentServer"]): void {
    const { edge, session, signal } = this.#ports;
    const forget = () => {
      if (session.reinviteUserAgentServer === server) session.reinviteUserAgentServer = undefined;
    };
    const cancel = edge.clock.setTimer(forget, TRANSACTION_MS);
    whenAborted(signal, () => {
      cancel();
      forget();
    });
  }
}

type Answerable = Pick<IncomingInviteRequest, "accept" | "reject"> | Pick<UserAgentServer, "accept" | "reject">;
