/** A call that an agent makes: the carrier's side of one INVITE (RFC 3261 §13.3, §17.2.1). */
import type { CancelTimer } from "../../src/ports.ts";
import type { Refusal } from "./faults.ts";
import { header, response, userOf, type SipMessage } from "./message.ts";
import type { Phone } from "./phone.ts";
import { refusalHeaders, type Softphone, type TrunkContext } from "./context.ts";

/** `swallowed`: the carrier plays dead. */
export type CarriedCallState = "trying" | "swallowed" | "alerting" | "answered" | "ended";

/** T1, T2 and 64·T1 (RFC 3261 table 4), in ms. */
const firstRepeatMs = 500;
const longestRepeatMs = 4_000;
const transactionMs = 32_000;

export class CarriedCall {
  readonly callId: string;
  readonly number: string;
  readonly localTag: string;
  readonly invite: SipMessage;
  state: CarriedCallState = "trying";
  /** Where the agent is now: a call survives its socket. */
  connection: Softphone;
  readonly #trunk: TrunkContext;
  readonly #phone: Phone;
  readonly #timers = new Set<CancelTimer>();
  #media: { readonly answer: string; close(): void } | undefined;
  #cseq = 0;
  #acknowledged = false;

  constructor(trunk: TrunkContext, connection: Softphone, invite: SipMessage) {
    this.#trunk = trunk;
    this.connection = connection;
    this.invite = invite;
    this.callId = header(invite, "call-id") ?? "";
    this.number = userOf(invite.uri);
    this.localTag = trunk.token();
    this.#phone = trunk.phone(this.number);
  }

  /** Plays the call as the faults in force and the phone's habit say. */
  begin(): void {
    const { faults } = this.#trunk;
    const fault = <K extends "late" | "stall" | "reject" | "fork">(kind: K) => faults.find(kind, "INVITE", this.number);
    const late = fault("late");
    if (late) {
      this.state = "swallowed";
      if (late.alertAfterMs !== undefined) this.#after(late.alertAfterMs, () => void this.#alert(180));
      if (late.answerAfterMs !== undefined) this.#after(late.answerAfterMs, () => void this.answer());
      return;
    }
    const refused = fault("reject");
    const stalled = fault("stall");
    if (refused?.after === undefined && refused) return this.refuse(refused, "reject");
    this.#provisional(100);
    const limit = refused?.after ?? stalled?.after;
    if (limit === 100) return refused && this.refuse(refused, "reject");
    const { habit } = this.#phone;
    this.#after(habit.ringAfterMs, async () => {
      if (habit.refusal) return this.refuse(habit.refusal);
      await this.#alert(limit === 183 || (habit.earlyMedia && limit === undefined) ? 183 : 180);
      if (refused) return this.refuse(refused, "reject");
      if (!stalled && habit.answerAfterMs !== undefined) this.#after(habit.answerAfterMs, () => void this.answer());
    });
  }

  /** The callee takes it. */
  async answer(): Promise<void> {
    if (this.state === "answered" || this.state === "ended") return;
    this.#silence("answered");
    this.state = "answered";
    const fork = this.#trunk.faults.find("fork", "INVITE", this.number);
    this.#media ??= await this.#trunk.media(this.invite.body);
    this.#repeatAnswer(this.#media.answer, firstRepeatMs);
    if (fork) this.#respond(200, { body: this.#media.answer, toTag: this.#trunk.token() });
    const { hangUpAfterMs } = this.#phone.habit;
    if (hangUpAfterMs !== undefined) this.#after(hangUpAfterMs, () => this.hangUp());
  }

  /** The agent has the answer. */
  acknowledged(): void {
    this.#acknowledged = true;
  }

  refuse(refusal: Refusal, fault?: string): void {
    if (this.state === "answered" || this.state === "ended") return;
    this.#respond(refusal.code, { headers: refusalHeaders(refusal), phrase: refusal.phrase }, fault);
    this.#end("rejected");
  }

  /** The CANCEL was answered 200 by the connection; this is what becomes of the INVITE (§9.2). */
  cancelled(): void {
    if (this.state === "answered" || this.state === "ended") return;
    const scope: [string, string] = ["INVITE", this.number];
    if (this.#trunk.faults.find("answer-on-cancel", ...scope)) return void this.answer();
    if (this.#trunk.faults.find("no-487", ...scope)) return;
    this.#respond(487);
    this.#end("cancelled");
  }

  /** BYE of the agent. */
  bye(request: SipMessage): void {
    this.connection.reply(request, 200);
    this.#end("given-up");
  }

  /** The callee hangs up. */
  hangUp(): void {
    if (this.state !== "answered") return;
    this.connection.request("BYE", this.#trunk.contactOf(this.invite), {
      callId: this.callId,
      from: `<sip:${this.number}@${this.#trunk.domain}>;tag=${this.localTag}`,
      to: header(this.invite, "from") ?? "",
      cseq: ++this.#cseq,
    });
    this.#end("given-up");
  }

  /** re-INVITE or UPDATE of the agent. */
  async renegotiate(request: SipMessage): Promise<void> {
    const media = request.body === "" ? undefined : await this.#trunk.media(request.body);
    if (media) {
      this.#media?.close();
      this.#media = media;
    }
    this.connection.reply(request, 200, { headers: [this.#contact()], body: this.#media?.answer });
  }

  close(): void {
    this.#end("given-up");
  }

  async #alert(code: 180 | 183): Promise<void> {
    if (this.state !== "trying" && this.state !== "swallowed") return;
    this.state = "alerting";
    this.#trunk.log.ringing(this.number, this.callId, this.#trunk.nowMs());
    if (code === 183) this.#media = await this.#trunk.media(this.invite.body);
    this.#provisional(code, this.#media?.answer);
  }

  /** A 2xx is sent again until it is acknowledged, over reliable transports too (§13.3.1.4). */
  #repeatAnswer(body: string, againMs: number): void {
    if (this.#acknowledged || this.state !== "answered") return;
    this.#respond(200, { body });
    if (againMs < transactionMs) this.#after(Math.min(againMs, longestRepeatMs), () => this.#repeatAnswer(body, againMs * 2));
  }

  #provisional(code: 100 | 180 | 183, body?: string): void {
    this.#respond(code, { body });
  }

  #respond(
    code: number,
    parts: { headers?: readonly string[]; body?: string | undefined; toTag?: string; phrase?: string | undefined } = {},
    fault?: string,
  ): void {
    const { headers = [], toTag = code === 100 ? undefined : this.localTag } = parts;
    const dialogHeaders = code > 100 && code < 300 ? [this.#contact()] : [];
    this.connection.send(response(this.invite, code, { ...parts, toTag, headers: [...dialogHeaders, ...headers] }), {
      method: "INVITE",
      code,
      callId: this.callId,
      number: this.number,
      fault,
    });
    const reset = this.#trunk.faults.find("reset-on", "INVITE", this.number);
    if (reset?.after === code) this.connection.reset();
  }

  #contact(): string {
    return `Contact: <sip:${this.number}@${this.#trunk.domain};transport=ws>`;
  }

  #after(delayMs: number, then: () => void | Promise<void>): void {
    const cancel = this.#trunk.setTimer(() => {
      this.#timers.delete(cancel);
      void then();
    }, delayMs);
    this.#timers.add(cancel);
  }

  #silence(endedBy: "answered" | "cancelled" | "rejected" | "given-up"): void {
    // A phone that is picked up without a 180 rang all the same.
    if (endedBy === "answered" && this.state !== "alerting") this.#trunk.log.ringing(this.number, this.callId, this.#trunk.nowMs());
    this.#trunk.log.silenced(this.callId, this.#trunk.nowMs(), endedBy);
  }

  #end(endedBy: "cancelled" | "rejected" | "given-up"): void {
    if (this.state === "ended") return;
    this.#silence(endedBy);
    this.state = "ended";
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.#media?.close();
  }
}
