/** What the carrier tells an agent in no call: a text message (RFC 3428), voicemail (RFC 3842), that settings have changed. */
import type { Edge } from "./edge.ts";
import type { SipResponse } from "./message.ts";
import { checkFields, optional, type Rule } from "./rule.ts";
import type { Registrar } from "./registrar.ts";

/** A text message of somebody's (RFC 3428). */
export interface MessageOptions {
  /** Who writes. */
  readonly from: string;
  /** The body, sent as UTF-8; it may be empty. */
  readonly text: string;
  /** Default `text/plain`. */
  readonly type?: string;
}

/** What waits in a mailbox (RFC 3842). */
export interface VoicemailOptions {
  /** Not heard yet; with 0 the message says `Messages-Waiting: no`. */
  readonly newMessages: number;
  /** Default 0. */
  readonly oldMessages?: number;
}

/** What a softphone is asked to do about its settings. */
export interface CheckSyncOptions {
  /** The `reboot` parameter of `check-sync`: whether to start anew and not only read them. Default false. */
  readonly reboot?: boolean;
}

/** 64·T1 (RFC 3261 table 4). */
const transactionMs = 32_000;

const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const count: Rule = { words: "a whole number of 0 or more", allows: isCount };
const messageRules: Readonly<Record<keyof MessageOptions, Rule>> = {
  from: { words: "the writer's number", allows: (value) => typeof value === "string" && /^[^\s<>@;][^\r\n<>@]*$/.test(value) },
  text: { words: "a text", allows: (value) => typeof value === "string" },
  type: optional({ words: "a media type", allows: (value) => typeof value === "string" && /^[^\s/]+\/\S+$/.test(value) }),
};
const voicemailRules: Readonly<Record<keyof VoicemailOptions, Rule>> = { newMessages: count, oldMessages: optional(count) };

export class Unasked {
  readonly #edge: Edge;
  readonly #registrar: Registrar;
  readonly #asked = new Map<string, (code: number) => void>();

  constructor(edge: Edge, registrar: Registrar) {
    this.#edge = edge;
    this.#registrar = registrar;
  }

  message(user: string, options: MessageOptions): Promise<number> {
    checkFields("message", options, messageRules);
    const { from, text, type = "text/plain" } = options;
    return this.#ask(user, "MESSAGE", from, [], text, type);
  }

  voicemail(user: string, options: VoicemailOptions): Promise<number> {
    checkFields("voicemail", options, voicemailRules);
    const { newMessages, oldMessages = 0 } = options;
    const summary = [`Messages-Waiting: ${newMessages > 0 ? "yes" : "no"}`, `Voice-Message: ${newMessages}/${oldMessages} (0/0)`, ""];
    return this.#notify(user, "message-summary", summary.join("\r\n"), "application/simple-message-summary");
  }

  checkSync(user: string, { reboot = false }: CheckSyncOptions = {}): Promise<number> {
    return this.#notify(user, `check-sync;reboot=${reboot}`);
  }

  /** @returns false when it answers nothing that was told here. */
  respond({ branch = "", code }: SipResponse): boolean {
    const heard = this.#asked.get(branch);
    if (code >= 200) heard?.(code);
    return heard !== undefined;
  }

  #notify(user: string, event: string, body?: string, type?: string): Promise<number> {
    return this.#ask(user, "NOTIFY", user, [`Event: ${event}`, "Subscription-State: terminated;reason=noresource"], body, type);
  }

  #ask(user: string, method: string, from: string, headers: readonly string[], body?: string, type?: string): Promise<number> {
    const binding = this.#registrar.find(user);
    if (!binding) return Promise.resolve(480);
    const { speech, timers } = this.#edge;
    const branch = speech.branch();
    const [uri, callId, cseq] = [binding.contact, speech.callId(), 1];
    const whole = { method, uri, from: `${speech.from(from)};tag=${speech.tag()}`, to: `<${uri}>`, callId, cseq, branch };
    return new Promise((resolve) => {
      const settle = (code: number) => {
        this.#asked.delete(branch);
        giveUp();
        resolve(code);
      };
      const giveUp = timers.after(transactionMs, () => settle(408));
      this.#asked.set(branch, settle);
      // A MESSAGE has no Contact (RFC 3428 §4).
      const contact = method === "NOTIFY" ? [`Contact: ${speech.contact(from)}`] : [];
      const content = body === undefined ? {} : { body, ...(type !== undefined && { type }) };
      this.#edge.demand(binding.flow, { ...whole, headers: [...contact, ...headers], ...content });
    });
  }
}
