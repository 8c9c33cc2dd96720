/** The carrier's edge: what all its rooms share, and the only place that writes to softphones. */
import type { Clock } from "../../src/clock.ts";
import type { Reliability } from "./dialects/dialect.ts";
import type { FaultBoard } from "./fault-board.ts";
import type { Flow, Flows } from "./flow.ts";
import { headerOf, type Draft } from "./draft.ts";
import { Log, type LogDetail, type LogEntry } from "./log.ts";
import type { SipRequest } from "./message.ts";
import type { Follow } from "./referral.ts";
import { response, type ResponseParts } from "./response.ts";
import type { Rings } from "./rings.ts";
import type { AnswerOffer } from "./sdp.ts";
import type { SessionTimerOptions } from "./session-timer.ts";
import type { Speech } from "./speech.ts";
import type { Timers } from "./timers.ts";

/**
 * Where the answers to an INVITE go once its connection has gone: after the agent, to their latest; or nowhere, for they
 * go by the connection by which the request came and by no other, as with Kamailio.
 */
export type AnswersTo = "agent" | "connection";

export interface EdgeParts {
  readonly domain: string;
  readonly clock: Clock;
  readonly faults: FaultBoard;
  readonly flows: Flows;
  readonly rings: Rings;
  readonly answerOffer: AnswerOffer;
  /** What a customer's call offers that was told nothing else; false: nothing. */
  readonly offer: string | false;
  readonly answersTo: AnswersTo;
  readonly sessionTimer: SessionTimerOptions | undefined;
  readonly reliability: Reliability;
  /** What becomes of a REFER. */
  readonly follow: Follow;
  /** What ends with the trunk, not with a call. */
  readonly timers: Timers;
  readonly speech: Speech;
  readonly logLimit: number;
}

/** A request that the carrier writes. */
export interface Demand {
  readonly method: string;
  readonly uri: string;
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly cseq: number;
  readonly branch: string;
  readonly headers?: readonly string[];
  readonly body?: string;
  /** Of the body; SDP when left out. */
  readonly type?: string;
}

export class Edge {
  readonly domain: string;
  readonly clock: Clock;
  readonly faults: FaultBoard;
  readonly flows: Flows;
  readonly rings: Rings;
  readonly answerOffer: AnswerOffer;
  /** What a customer's call offers that was told nothing else; false: nothing. */
  readonly offer: string | false;
  readonly answersTo: AnswersTo;
  readonly sessionTimer: SessionTimerOptions | undefined;
  readonly reliability: Reliability;
  readonly follow: Follow;
  readonly timers: Timers;
  readonly speech: Speech;
  /** What the 200 to a request says of the next credentials. */
  readonly infos = new WeakMap<SipRequest, readonly string[]>();
  readonly #log: Log;

  constructor(parts: EdgeParts) {
    this.domain = parts.domain;
    this.clock = parts.clock;
    this.faults = parts.faults;
    this.flows = parts.flows;
    this.rings = parts.rings;
    this.answerOffer = parts.answerOffer;
    this.offer = parts.offer;
    this.sessionTimer = parts.sessionTimer;
    this.reliability = parts.reliability;
    this.answersTo = parts.answersTo;
    this.follow = parts.follow;
    this.timers = parts.timers;
    this.speech = parts.speech;
    this.#log = new Log(parts.logLimit);
  }

  get log(): readonly LogEntry[] {
    return this.#log.entries;
  }

  reply(flow: Flow, request: SipRequest, code: number, parts: ResponseParts = {}, detail: LogDetail = {}): void {
    const { method, callId } = request;
    // §8.2.6.2: every response but 100 has a To tag.
    const toTag = code === 100 ? undefined : (parts.toTag ?? this.speech.tag());
    const infos = code === 200 ? (this.infos.get(request) ?? []) : [];
    const whole = { ...parts, toTag, headers: [...(parts.headers ?? []), ...infos] };
    this.#write(flow, response(request, code, whole), { method, code, callId, ...detail });
    const isAfterThis = this.faults.strike("reset-on", { ...detail, method, callId }, ({ after }) => after === code);
    if (isAfterThis) flow.reset();
  }

  demand(
    flow: Flow,
    { method, uri, from, to, callId, cseq, branch, headers = [], body, type = "application/sdp" }: Demand,
    number?: string,
  ): void {
    const via = `Via: SIP/2.0/WS ${this.domain};branch=${branch}`;
    const lines = [via, "Max-Forwards: 70", `From: ${from}`, `To: ${to}`, `Call-ID: ${callId}`, `CSeq: ${cseq} ${method}`, ...headers];
    const draft: Draft = {
      method,
      startLine: `${method} ${uri} SIP/2.0`,
      headers: lines.map(headerOf),
      ...(body === undefined ? {} : { body: { type, text: body } }),
    };
    this.#write(flow, draft, { method, callId, number });
  }

  note(what: LogEntry["what"], { id: link }: Flow, detail: LogDetail = {}): void {
    const given = Object.fromEntries(Object.entries(detail).filter(([, value]) => value !== undefined));
    this.#log.add({ atMs: this.clock.nowMs(), link, what, ...given });
  }

  #write(flow: Flow, draft: Draft, detail: LogDetail): void {
    if (!flow.isOpen) return;
    const raw = this.speech.write(draft, detail.number);
    this.note("sent", flow, { ...detail, raw });
    flow.send(raw);
  }
}
