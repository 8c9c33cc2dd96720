/** What can be broken, and how a fault is found for a message. */
import type { Random } from "../../src/ports.ts";

/** Which messages a fault is for; all of them where a field is left out. */
export interface FaultScope {
  /** SIP methods, e.g. `["INVITE"]`. */
  readonly methods?: readonly string[];
  /** Called numbers that begin with this. Messages without a called number are then never hit. */
  readonly prefix?: string;
  /** The share of messages hit, in (0, 1]: a brown-out. Drawn from the trunk's random source. */
  readonly share?: number;
}

/** How a refusal is worded. */
export interface Refusal {
  /** 300–699. */
  readonly code: number;
  readonly phrase?: string;
  /** ITU-T Q.850 cause for a `Reason` header. */
  readonly q850?: number;
  /** Where the cause arose (RFC 8606), e.g. `LN`, `U`. */
  readonly location?: string;
  /** Text of the `Reason` header. */
  readonly text?: string;
  readonly retryAfterS?: number;
}

export type Fault =
  /** Requests are swallowed. */
  | ({ readonly kind: "silence" } & FaultScope)
  /** INVITE is answered by 100, 180 or 183, then by nothing. */
  | ({ readonly kind: "stall"; readonly after: 100 | 180 | 183 } & FaultScope)
  /** Requests are refused; an INVITE after the given provisional answer. */
  | ({ readonly kind: "reject"; readonly after?: 100 | 180 | 183 } & Refusal & FaultScope)
  /** Requests are handled `delayMs` later. */
  | ({ readonly kind: "slow"; readonly delayMs: number } & FaultScope)
  /** INVITE meets silence; then the phone alerts after `alertAfterMs`, and answers after `answerAfterMs`. */
  | ({ readonly kind: "late"; readonly alertAfterMs?: number; readonly answerAfterMs?: number } & FaultScope)
  /** CANCEL gets its 200, the INVITE never its 487. */
  | ({ readonly kind: "no-487" } & FaultScope)
  /** The callee answers at the moment the CANCEL comes: 200 to both. */
  | ({ readonly kind: "answer-on-cancel" } & FaultScope)
  /** The INVITE is answered by two phones: two 200 with different To-tags. */
  | ({ readonly kind: "fork" } & FaultScope)
  /** REGISTER gets a 200 that lists no Contact. */
  | { readonly kind: "forget-contact" }
  /** Bindings are granted for this long only. */
  | { readonly kind: "short-binding"; readonly expiresS: number }
  /** The next request's nonce is called stale, once. */
  | { readonly kind: "stale-nonce" }
  /** CRLF pings are not answered. */
  | { readonly kind: "no-pong" }
  /** The connection is reset when such a request comes, before or after that answer. */
  | ({ readonly kind: "reset-on"; readonly after?: 100 | 180 | 183 | 200 } & FaultScope)
  /** Sockets stay open, nothing is read or written; new ones open and freeze too. */
  | { readonly kind: "freeze" }
  /** New connections are refused. */
  | { readonly kind: "refuse" }
  /** New connections are answered by this HTTP status instead of the upgrade. */
  | { readonly kind: "refuse-upgrade"; readonly status: number }
  /** New connections are accepted, the upgrade is never answered. */
  | { readonly kind: "hang-upgrade" };

export type FaultKind = Fault["kind"];
export type FaultOf<K extends FaultKind> = Extract<Fault, { kind: K }>;

const scope = ["methods", "prefix", "share"];
/** Every kind and the fields it takes. */
const fieldsOf: Readonly<Record<FaultKind, readonly string[]>> = {
  silence: scope,
  stall: ["after", ...scope],
  reject: ["code", "phrase", "q850", "location", "text", "retryAfterS", "after", ...scope],
  slow: ["delayMs", ...scope],
  late: ["alertAfterMs", "answerAfterMs", ...scope],
  "no-487": scope,
  "answer-on-cancel": scope,
  fork: scope,
  "forget-contact": [],
  "short-binding": ["expiresS"],
  "stale-nonce": [],
  "no-pong": [],
  "reset-on": ["after", ...scope],
  freeze: [],
  refuse: [],
  "refuse-upgrade": ["status"],
  "hang-upgrade": [],
};
const required: Partial<Record<FaultKind, string>> = {
  stall: "after",
  reject: "code",
  slow: "delayMs",
  "short-binding": "expiresS",
  "refuse-upgrade": "status",
};

/** All there are. */
export const faultKinds = Object.keys(fieldsOf) as readonly FaultKind[];

/** @throws TypeError that names the field and what is wrong with it. */
function check(fault: Fault): void {
  const fields = fieldsOf[fault.kind];
  if (!fields) throw new TypeError(`fault.kind ${JSON.stringify(fault.kind)} is not known; there are ${faultKinds.join(", ")}`);
  for (const field of Object.keys(fault))
    if (field !== "kind" && !fields.includes(field))
      throw new TypeError(`fault.${field} is not a field of "${fault.kind}"; it takes ${fields.join(", ") || "none"}`);
  const needed = required[fault.kind];
  if (needed && !(needed in fault)) throw new TypeError(`fault.${needed} is missing in "${fault.kind}"`);
  if ("share" in fault && fault.share !== undefined && !(fault.share > 0 && fault.share <= 1))
    throw new TypeError(`fault.share must be above 0 and at most 1, not ${fault.share}`);
  if (fault.kind === "reject" && !(fault.code >= 300 && fault.code <= 699))
    throw new TypeError(`fault.code must be 300 to 699, not ${fault.code}`);
}

/** The faults in force. */
export class FaultBoard {
  readonly #random: Random;
  /** Newest first: the last word counts. */
  #faults: readonly Fault[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  /** @returns what clears it. */
  add(fault: Fault): () => void {
    check(fault);
    this.#faults = [fault, ...this.#faults];
    return () => (this.#faults = this.#faults.filter((other) => other !== fault));
  }

  clear(): void {
    this.#faults = [];
  }

  remove(kind: FaultKind): void {
    this.#faults = this.#faults.filter((fault) => fault.kind !== kind);
  }

  /** The fault of that kind that is for such a message, if any. */
  find<K extends FaultKind>(kind: K, method?: string, number?: string): FaultOf<K> | undefined {
    return this.#faults.find((fault): fault is FaultOf<K> => fault.kind === kind && this.#hits(fault as FaultScope, method, number));
  }

  #hits({ methods, prefix, share }: FaultScope, method: string | undefined, number: string | undefined): boolean {
    if (methods && (method === undefined || !methods.includes(method))) return false;
    if (prefix !== undefined && !number?.startsWith(prefix)) return false;
    return share === undefined || this.#random() < share;
  }
}
