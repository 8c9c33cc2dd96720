/** Which agent is reachable where (RFC 3261 §10.3, RFC 5626 §6). */
import type { Edge } from "./edge.ts";
import type { Flow } from "./flow.ts";
import { parameter, uriOf, userOf, type SipRequest } from "./message.ts";

/** An agent's binding, as a test sees it. */
export interface Registration {
  /** The agent's user name: the user part of the AOR. */
  readonly user: string;
  /** The Contact's URI. */
  readonly contact: string;
  /** What is left of its life, in s. */
  readonly expiresS: number;
  /** Which connection, as in the log. */
  readonly link: number;
}

interface Binding {
  readonly user: string;
  readonly contact: string;
  /** The Contact header without its `expires`. */
  readonly header: string;
  readonly flow: Flow;
  readonly endsAtMs: number;
}

export interface RegistrarOptions {
  /** The longest life granted. */
  readonly grantedS: number;
  /** What asks for less is refused by 423. */
  readonly minExpiresS: number;
}

export class Registrar {
  readonly #edge: Edge;
  readonly #options: RegistrarOptions;
  /** By user and, within, by instance or Contact. */
  readonly #bindings = new Map<string, Binding>();

  constructor(edge: Edge, options: RegistrarOptions) {
    this.#edge = edge;
    this.#options = options;
  }

  register(flow: Flow, request: SipRequest): void {
    const user = userOf(request.header("to"));
    if (user === undefined) return this.#edge.reply(flow, request, 404);
    const { minExpiresS } = this.#options;
    for (const header of request.all("contact")) {
      const expiresS = this.#grantedS(request, header);
      if (expiresS > 0 && expiresS < minExpiresS) return this.#edge.reply(flow, request, 423, { headers: [`Min-Expires: ${minExpiresS}`] });
    }
    if (this.#edge.faults.strike("forget-contact")) return this.#edge.reply(flow, request, 200, {}, { fault: "forget-contact" });
    const short = this.#edge.faults.strike("short-binding");
    for (const header of request.all("contact")) this.#bind(flow, user, header, short?.expiresS, this.#grantedS(request, header));
    const contacts = this.#of(user).map(({ header, endsAtMs }) => `Contact: ${header};expires=${this.#leftS(endsAtMs)}`);
    // §10.3: a Date lets the softphone set its clock.
    const date = `Date: ${new Date(this.#edge.clock.dateMs()).toUTCString()}`;
    this.#edge.reply(flow, request, 200, { headers: [...contacts, date] }, { fault: short?.kind });
    if (this.#of(user).some((binding) => binding.flow === flow)) this.#edge.flows.claim(user, flow);
  }

  get registrations(): readonly Registration[] {
    const live = [...this.#bindings.values()].filter((binding) => this.#isLive(binding));
    return live.map(({ user, contact, flow, endsAtMs }) => ({ user, contact, link: flow.id, expiresS: this.#leftS(endsAtMs) }));
  }

  /** Where a call to the agent goes: the newest binding whose connection is up. */
  find(user: string): { readonly contact: string; readonly flow: Flow } | undefined {
    return this.#of(user).findLast(({ flow }) => flow.isOpen);
  }

  clear(): void {
    this.#bindings.clear();
  }

  #bind(flow: Flow, user: string, header: string, shortS: number | undefined, askedS: number): void {
    if (header === "*") {
      for (const [key, binding] of this.#bindings) if (binding.user === user) this.#bindings.delete(key);
      return;
    }
    const contact = uriOf(header);
    const key = `${user} ${parameter(header, "+sip.instance") ?? contact} ${parameter(header, "reg-id") ?? ""}`;
    // Deleted even when renewed: the newest is last.
    this.#bindings.delete(key);
    if (askedS === 0) return;
    const endsAtMs = this.#edge.clock.nowMs() + (shortS ?? askedS) * 1_000;
    this.#bindings.set(key, { user, contact, header: header.replace(/;\s*expires=\d+/i, ""), flow, endsAtMs });
  }

  /** The Contact's `expires`, else the Expires header, else the longest; never longer than that. */
  #grantedS(request: SipRequest, header: string): number {
    const asked = Number(parameter(header, "expires") ?? (request.header("expires") || this.#options.grantedS));
    return Number.isFinite(asked) ? Math.min(Math.max(0, asked), this.#options.grantedS) : this.#options.grantedS;
  }

  #of(user: string): Binding[] {
    return [...this.#bindings.values()].filter((binding) => binding.user === user && this.#isLive(binding));
  }

  #isLive({ endsAtMs }: Binding): boolean {
    return endsAtMs > this.#edge.clock.nowMs();
  }

  #leftS(endsAtMs: number): number {
    return Math.round((endsAtMs - this.#edge.clock.nowMs()) / 1_000);
  }
}
