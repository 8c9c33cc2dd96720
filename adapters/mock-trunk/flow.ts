/** One softphone's connection, and who speaks on it (RFC 5626). */
import type { Link, LinkEvents } from "./link.ts";

export interface FlowEvents {
  read(flow: Flow, text: string): void;
  ended(flow: Flow): void;
}

export class Flow implements LinkEvents {
  readonly id: number;
  readonly #link: Link;
  readonly #events: FlowEvents;
  #isOpen = true;
  /** What waits in each direction while the flow is frozen; undefined while it is not. */
  #frozen: { readonly inbox: string[]; readonly outbox: string[] } | undefined;

  constructor(id: number, link: Link, events: FlowEvents) {
    this.id = id;
    this.#link = link;
    this.#events = events;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  send(text: string): void {
    if (!this.#isOpen) return;
    if (this.#frozen) this.#frozen.outbox.push(text);
    else this.#link.send(text);
  }

  received(text: string): void {
    if (!this.#isOpen) return;
    if (this.#frozen) this.#frozen.inbox.push(text);
    else this.#events.read(this, text);
  }

  freeze(): void {
    this.#frozen ??= { inbox: [], outbox: [] };
  }

  thaw(): void {
    const { inbox, outbox } = this.#frozen ?? { inbox: [], outbox: [] };
    this.#frozen = undefined;
    for (const text of outbox) this.send(text);
    for (const text of inbox) this.received(text);
  }

  close(code: number, reason: string): void {
    if (!this.#isOpen) return;
    this.closed();
    this.#link.close(code, reason);
  }

  reset(): void {
    if (!this.#isOpen) return;
    this.closed();
    if (this.#link.reset) this.#link.reset();
    else this.#link.close(1011, "reset");
  }

  closed(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#events.ended(this);
  }
}

type Write = (flow: Flow) => void;

/** What is kept for one agent without a connection. */
const heldLimit = 100;

/** All connections, and which of them an agent is on. */
export class Flows {
  readonly #open = new Set<Flow>();
  readonly #latest = new Map<string, Flow>();
  readonly #held = new Map<string, Write[]>();

  get open(): readonly Flow[] {
    return [...this.#open];
  }

  add(flow: Flow): void {
    this.#open.add(flow);
  }

  remove(flow: Flow): void {
    this.#open.delete(flow);
  }

  /** The agent has registered on that flow: what was held for them is written. Who only names the agent gets nothing. */
  claim(user: string, flow: Flow): void {
    if (!flow.isOpen) return;
    this.#latest.set(user, flow);
    const held = this.#held.get(user) ?? [];
    this.#held.delete(user);
    for (const write of held) write(flow);
  }

  /** The agent's latest flow is open. */
  has(user: string): boolean {
    return this.#latest.get(user)?.isOpen ?? false;
  }

  /** Writes on the agent's latest flow, else on the next. */
  deliver(user: string, write: Write): void {
    const flow = this.#latest.get(user);
    if (flow?.isOpen) return write(flow);
    const held = this.#held.get(user) ?? [];
    if (held.length < heldLimit) this.#held.set(user, [...held, write]);
  }

  clear(): void {
    this.#latest.clear();
    this.#held.clear();
  }
}
