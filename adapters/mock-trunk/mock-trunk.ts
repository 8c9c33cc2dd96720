/** A carrier that misbehaves on command. */
import { systemClock, type Clock } from "../../src/clock.ts";
import type { TrunkCall } from "./call.ts";
import { Calls } from "./calls.ts";
import { checkDelivery, type DeliverOptions } from "./deliver-options.ts";
import { DeliveredCall, type CustomerCall } from "./delivered-call.ts";
import { dialects } from "./dialects/index.ts";
import { Digest } from "./digest.ts";
import { FaultyDoor, type Door } from "./door.ts";
import { Edge } from "./edge.ts";
import { Exchange } from "./exchange.ts";
import { FaultBoard } from "./fault-board.ts";
import type { Fault } from "./faults.ts";
import { Flow, Flows } from "./flow.ts";
import { Gatekeeper } from "./gatekeeper.ts";
import { defaultHabit } from "./habit.ts";
import type { Link, LinkEvents } from "./link.ts";
import type { LogEntry } from "./log.ts";
import { plainNumber } from "./message.ts";
import { checkOptions, type MockTrunkOptions } from "./options.ts";
import { Phone } from "./phone.ts";
import { Registrar, type Registration } from "./registrar.ts";
import { Rings, type Ring } from "./rings.ts";
import { silence, silentOffer } from "./sdp.ts";
import { Speech } from "./speech.ts";
import { seededRandom, tokens } from "./seeded-random.ts";
import { Timers } from "./timers.ts";
import { Transfers } from "./transfers.ts";
import { Unasked, type CheckSyncOptions, type MessageOptions, type VoicemailOptions } from "./unasked.ts";

/** A carrier as a test handles it: what it is to do and to break, and what it has seen. */
export interface MockTrunk {
  /** As given; stands in error messages and close reasons. */
  readonly name: string;
  /** As given: SIP domain and digest realm. */
  readonly domain: string;
  /** What its timers go by and all its `…Ms` are read from; trunks that are compared must share one. */
  readonly clock: Clock;
  /** A softphone connected. What it sends and its end go to what is returned. */
  attach(link: Link): LinkEvents;
  /** What is to become of connections: for what carries the frames. */
  readonly door: Door;
  /**
   * Breaks something, from the next message on. Of two faults that a message meets, the later counts.
   * @returns what mends it; harmless when it is over.
   * @throws TypeError that names a wrong field.
   */
  fault(fault: Fault): () => void;
  /** Mends everything. */
  clearFaults(): void;
  /** The phone behind a number, to be told what to do. */
  phone(number: string): Phone;
  /**
   * A customer calls an agent: goes to the agent's newest binding. Without one the call is refused at once, by 480.
   * @throws TypeError that names a wrong field.
   */
  call(user: string, options: DeliverOptions): CustomerCall;
  /**
   * Somebody writes to an agent (MESSAGE).
   * @returns the softphone's code; 480 without a binding, 408 when it says nothing for 32 s.
   * @throws TypeError that names a wrong field.
   */
  message(user: string, options: MessageOptions): Promise<number>;
  /** Tells what waits in the agent's mailbox (NOTIFY, message-summary). As `message()`. */
  voicemail(user: string, options: VoicemailOptions): Promise<number>;
  /** Tells that there are other settings for the agent's phone (NOTIFY, check-sync). As `message()`. */
  checkSync(user: string, options?: CheckSyncOptions): Promise<number>;
  /** Sends a frame as it is on every connection. */
  say(frame: string): void;
  /** Resets every connection now. */
  resetAll(): void;
  /** Closes every connection now, with a close frame. Default: 1001. */
  closeAll(code?: number, reason?: string): void;
  /** Nonces given out so far are stale from now on. */
  expireNonces(): void;
  /** What the edge saw, oldest first. */
  readonly log: readonly LogEntry[];
  /** When phones alerted, oldest first: one number's, or all. */
  rings(number?: string): readonly Ring[];
  /** Calls that were answered, of one number, or all. */
  answered(number?: string): readonly TrunkCall[];
  /** All calls, oldest first. */
  readonly calls: readonly TrunkCall[];
  /** Who is registered now. */
  readonly registrations: readonly Registration[];
  /** Connections that are open. */
  readonly connections: number;
  /** Ends everything; leaves no timer, no connection, and no server that listens. */
  close(): void;
}

/**
 * A carrier for tests, in this process: registrar, customers' phones and faults. `memorySocket()` reaches it, or `listen()` of
 * `linekeeper/mock-trunk/ws` serves it at a port.
 * @throws TypeError that names a wrong option.
 */
export function createMockTrunk(options: MockTrunkOptions): MockTrunk {
  checkOptions(options);
  return new Carrier(options);
}

class Carrier implements MockTrunk {
  readonly name: string;
  readonly domain: string;
  readonly clock: Clock;
  readonly door: FaultyDoor;
  readonly #faults: FaultBoard;
  readonly #edge: Edge;
  readonly #calls: Calls;
  readonly #registrar: Registrar;
  readonly #digest: Digest;
  readonly #unasked: Unasked;
  readonly #exchange: Exchange;
  readonly #phones = new Map<string, Phone>();
  readonly #options: MockTrunkOptions;
  #links = 0;

  constructor(options: MockTrunkOptions) {
    const { name, domain, users = {}, clock = systemClock, seed = 1, logLimit = 10_000 } = options;
    this.name = name;
    this.domain = domain;
    this.clock = clock;
    this.#options = options;
    this.#faults = new FaultBoard(options.random ?? seededRandom(seed));
    const token = tokens();
    const dialect = dialects[options.dialect ?? "plain"];
    const speech = new Speech({ dialect, mangle: options.mangle, domain, dateMs: () => clock.dateMs(), token });
    const edge = new Edge({
      domain,
      clock,
      faults: this.#faults,
      flows: new Flows(),
      rings: new Rings(logLimit),
      answerOffer: options.media ?? silence(dialect.session),
      offer: dialect.offersLate ? false : silentOffer(dialect.session),
      sessionTimer: options.sessionTimer ?? dialect.sessionTimer,
      reliability: options.reliability ?? dialect.reliability ?? "never",
      answersTo: options.answersTo ?? "agent",
      follow: (...asked) => transfers.follow(...asked),
      timers: new Timers(clock),
      logLimit,
      speech,
    });
    this.#edge = edge;
    this.#calls = new Calls(logLimit);
    this.#registrar = new Registrar(edge, { grantedS: options.grantedS ?? 600, minExpiresS: options.minExpiresS ?? 0 });
    const { nonceLifeMs = 300_000, nextNonce = false } = options;
    this.#digest = new Digest({ realm: domain, users, nonceLifeMs, nextNonce, clock, speech, token });
    const gatekeeper = new Gatekeeper(edge, this.#digest, options.challenge ?? (options.users ? "all" : "none"));
    const phone = (number: string) => this.phone(number);
    const transfers = new Transfers(edge, this.#calls, phone);
    this.#unasked = new Unasked(edge, this.#registrar);
    this.#exchange = new Exchange(edge, { calls: this.#calls, registrar: this.#registrar, gatekeeper, unasked: this.#unasked, phone });
    this.door = new FaultyDoor(this.#faults);
    this.door.watch(() => this.#obeyDoor());
  }

  // ── Connections ───────────────────────────────────────────────────────────────────────────────

  attach(link: Link): LinkEvents {
    const flow = new Flow(++this.#links, link, {
      read: (from, text) => this.#exchange.read(from, text),
      ended: (from) => {
        this.#edge.flows.remove(from);
        this.#edge.note("closed", from);
      },
    });
    this.#edge.flows.add(flow);
    this.#edge.note("opened", flow);
    if (this.door.isClosed) flow.close(1001, this.name);
    if (this.door.isFrozen) flow.freeze();
    return flow;
  }

  get connections(): number {
    return this.#edge.flows.open.length;
  }

  say(frame: string): void {
    for (const flow of this.#edge.flows.open) flow.send(frame);
  }

  resetAll(): void {
    for (const flow of this.#edge.flows.open) flow.reset();
  }

  closeAll(code = 1001, reason = this.name): void {
    for (const flow of this.#edge.flows.open) flow.close(code, reason);
  }

  #obeyDoor(): void {
    // Before anything thaws: what waits is not read any more.
    if (this.door.isClosed) return this.closeAll();
    for (const flow of this.#edge.flows.open) {
      if (this.door.isFrozen) flow.freeze();
      else flow.thaw();
    }
  }

  // ── Faults ────────────────────────────────────────────────────────────────────────────────────

  fault(fault: Fault): () => void {
    return this.#faults.post(fault);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  expireNonces(): void {
    this.#digest.expireNonces();
  }

  // ── Customers ─────────────────────────────────────────────────────────────────────────────────

  phone(number: string): Phone {
    const plain = plainNumber(number);
    const phone = this.#phones.get(plain) ?? new Phone(plain, { ...defaultHabit, ...this.#options.habit });
    this.#phones.set(plain, phone);
    return phone;
  }

  call(user: string, options: DeliverOptions): CustomerCall {
    checkDelivery(options);
    const binding = this.#registrar.find(user);
    const call = new DeliveredCall(this.#edge, user, binding, options);
    this.#calls.add(call);
    call.start(options);
    return call;
  }

  message(user: string, options: MessageOptions): Promise<number> {
    return this.#unasked.message(user, options);
  }

  voicemail(user: string, options: VoicemailOptions): Promise<number> {
    return this.#unasked.voicemail(user, options);
  }

  checkSync(user: string, options?: CheckSyncOptions): Promise<number> {
    return this.#unasked.checkSync(user, options);
  }

  // ── Questions ─────────────────────────────────────────────────────────────────────────────────

  get log(): readonly LogEntry[] {
    return this.#edge.log;
  }

  rings(number?: string): readonly Ring[] {
    return this.#edge.rings.of(number === undefined ? undefined : plainNumber(number));
  }

  answered(number?: string): readonly TrunkCall[] {
    const plain = number === undefined ? undefined : plainNumber(number);
    return this.calls.filter((call) => call.answeredAtMs !== undefined && (plain === undefined || call.number === plain));
  }

  get calls(): readonly TrunkCall[] {
    return this.#calls.all;
  }

  get registrations(): readonly Registration[] {
    return this.#registrar.registrations;
  }

  close(): void {
    this.door.close();
    for (const call of this.#calls.all) call.finish("carrier");
    this.#edge.timers.clear();
    this.#edge.flows.clear();
    this.#registrar.clear();
    this.#faults.clear();
  }
}
