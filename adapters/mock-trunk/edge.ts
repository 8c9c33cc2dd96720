/** The carrier's edge: what all its rooms share, and the only place that writes to softphones. */
import type { Clock } from "../../src/ports.ts";
import type { FaultBoard } from "./fault-board.ts";
import type { Flow, Flows } from "./flow.ts";
import { remember, type LogDetail, type LogEntry } from "./log.ts";
import type { SipRequest } from "./message.ts";
import { compose, response, type ResponseParts } from "./response.ts";
import type { Rings } from "./rings.ts";
import type { AnswerOffer } from "./sdp.ts";
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
  readonly answersTo: AnswersTo;
  /** What ends with the trunk, not with a call. */
  readonly timers: Timers;
  readonly logLimit: number;
  /** A text that no other trunk or call has. */
  token(): string;
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
}

export class Edge implements EdgeParts {
  readonly domain: string;
  readonly clock: Clock;
  readonly faults: FaultBoard;
  readonly flows: Flows;
  readonly rings: Rings;
  readonly answerOffer: AnswerOffer;
  readonly answersTo: AnswersTo;
  readonly timers: Timers;
  readonly logLimit: number;
  readonly token: () => string;
  readonly log: LogEntry[] = [];

  constructor(parts: EdgeParts) {
    this.domain = parts.domain;
    this.clock = parts.clock;
    this.faults = parts.faults;
    this.flows = parts.flows;
    this.rings = parts.rings;
    this.answerOffer = parts.answerOffer;
    this.answersTo = parts.answersTo;
    this.timers = parts.timers;
    this.logLimit = parts.logLimit;
    this.token = parts.token;
  }

  /** Where the customer behind `number` is reached. */
  contact(number: string): string {
    return `<sip:${number}@${this.domain};transport=ws>`;
  }

  reply(flow: Flow, request: SipRequest, code: number, parts: ResponseParts = {}, detail: LogDetail = {}): void {
    const { method, callId } = request;
    // §8.2.6.2: every response but 100 has a To tag.
    const toTag = code === 100 ? undefined : (parts.toTag ?? this.token());
    this.#write(flow, response(request, code, { ...parts, toTag }), { method, code, callId, ...detail });
    const isAfterThis = this.faults.strike("reset-on", { ...detail, method, callId }, ({ after }) => after === code);
    if (isAfterThis) flow.reset();
  }

  demand(flow: Flow, { method, uri, from, to, callId, cseq, branch, headers = [], body }: Demand, number?: string): void {
    const via = `Via: SIP/2.0/WS ${this.domain};branch=${branch}`;
    const lines = [via, "Max-Forwards: 70", `From: ${from}`, `To: ${to}`, `Call-ID: ${callId}`, `CSeq: ${cseq} ${method}`, ...headers];
    this.#write(flow, compose(`${method} ${uri} SIP/2.0`, lines, body), { method, callId, number });
  }

  note(what: LogEntry["what"], { id: link }: Flow, detail: LogDetail = {}): void {
    const given = Object.fromEntries(Object.entries(detail).filter(([, value]) => value !== undefined));
    remember(this.log, { atMs: this.clock.nowMs(), link, what, ...given }, this.logLimit);
  }

  #write(flow: Flow, text: string, detail: LogDetail): void {
    if (!flow.isOpen) return;
    this.note("sent", flow, detail);
    flow.send(text);
  }
}
