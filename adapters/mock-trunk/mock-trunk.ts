/** A carrier that misbehaves on command. */
import { systemClock, systemRandom } from "../../src/clock.ts";
import type { Clock, Random } from "../../src/ports.ts";
import type { CarriedCall } from "./carried-call.ts";
import { Connection, type ConnectionContext } from "./connection.ts";
import { contactOf, type Softphone } from "./context.ts";
import { Digest } from "./digest.ts";
import { FaultBoard, type Fault } from "./faults.ts";
import type { Link, LinkEvents } from "./link.ts";
import { TrunkLog, type LogEntry, type Ring } from "./log.ts";
import type { SipMessage } from "./message.ts";
import { OfferedCall, type OfferOptions } from "./offered-call.ts";
import { defaultHabit, Phone, type Habit } from "./phone.ts";
import { Registrar, type Binding } from "./registrar.ts";
import { inactiveAnswer, inactiveOffer } from "./sdp.ts";

export interface MockTrunkOptions {
  readonly name: string;
  /** SIP domain, e.g. `a.example`. */
  readonly domain: string;
  /** Password by user; without it nobody is challenged. */
  readonly users?: Readonly<Record<string, string>>;
  /** What is challenged where there are users. Default `all`: REGISTER and INVITE. */
  readonly challenge?: "all" | "register" | "none";
  /** The longest binding granted, in s. Default 600. */
  readonly grantedS?: number;
  /** What callees do whose phone was not set otherwise. */
  readonly habit?: Partial<Habit>;
  /** The callee's side of the audio: an SDP answer to an offer. An inactive one if left out. */
  readonly media?: (offer: string) => Promise<{ readonly answer: string; close(): void }>;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Log entries kept. Default 10 000. */
  readonly logLimit?: number;
}

/** Whether a new connection may come in: what carries the frames asks, and does as far as it can. */
export type Admission =
  | { readonly kind: "admit" }
  | { readonly kind: "refuse" }
  | { readonly kind: "refuse-upgrade"; readonly status: number }
  | { readonly kind: "hang-upgrade" };

export interface MockTrunk {
  readonly name: string;
  readonly domain: string;
  /** A softphone connected. Frames go to what is returned. */
  attach(link: Link): LinkEvents;
  /** What to do with a connection that is about to be made. */
  admission(): Admission;
  /** True while every connection is frozen: what carries the frames may stop reading. */
  readonly isFrozen: boolean;
  /** Calls `changed` when faults were added or cleared. @returns what stops it. */
  onFaults(changed: () => void): () => void;
  /** Breaks something from the next message on. @returns what mends it. @throws TypeError that names a wrong field. */
  fault(fault: Fault): () => void;
  /** Mends everything. */
  clearFaults(): void;
  /** Resets every open connection now. */
  resetAll(): void;
  /** Closes every open connection with a close frame. */
  closeAll(code?: number, reason?: string): void;
  /** Sends a frame as it is to every softphone: malformed, unmatched, oversized. */
  say(frame: string): void;
  /** Nonces given out so far are called stale. */
  expireNonces(): void;
  /** The called phone of that number, to be told how to behave. */
  phone(number: string): Phone;
  /** A customer calls an agent. @throws Error when the agent is not registered. */
  call(user: string, options: OfferOptions): OfferedCall;
  /** Everything seen, oldest first. */
  readonly log: readonly LogEntry[];
  /** When phones alerted; of one number, or all. */
  rings(number?: string): readonly Ring[];
  readonly registrations: readonly Binding[];
  /** Calls that agents made, the ended ones included. */
  readonly calls: readonly CarriedCall[];
  /** Open connections. */
  readonly connections: number;
  /** Ends everything; leaves no timer and no connection. */
  close(): void;
}

const known = ["name", "domain", "users", "challenge", "grantedS", "habit", "media", "clock", "random", "logLimit"];

/** @throws TypeError that names a wrong option. */
export function createMockTrunk(options: MockTrunkOptions): MockTrunk {
  check(options);
  const { name, domain, users, challenge = "all", grantedS = 600, clock = systemClock, random = systemRandom } = options;
  const faults = new FaultBoard(random);
  const log = new TrunkLog(options.logLimit);
  const digest = new Digest({ realm: domain, users: users ?? {}, random });
  const habit: Habit = { ...defaultHabit, ...options.habit };
  const phones = new Map<string, Phone>();
  const calls = new Map<string, CarriedCall>();
  const offers: OfferedCall[] = [];
  const open = new Set<Connection>();
  const watchers = new Set<() => void>();
  const cancels = new Set<() => void>();
  let links = 0;

  const token = () => Array.from({ length: 3 }, () => Math.floor(random() * 0x1_0000_0000).toString(36)).join("");

  const context: ConnectionContext = {
    domain,
    faults,
    log,
    calls,
    nowMs: () => clock.nowMs(),
    setTimer(fire, delayMs) {
      const cancel = clock.setTimer(() => {
        cancels.delete(cancel);
        fire();
      }, delayMs);
      cancels.add(cancel);
      return () => {
        cancels.delete(cancel);
        cancel();
      };
    },
    token,
    phone: phoneOf,
    media: options.media ?? ((offer) => Promise.resolve({ answer: inactiveAnswer(offer), close() {} })),
    contactOf,
    authorized,
    register: (request, connection) => registrar.register(request, connection),
    offered(message) {
      const call = offers.find((offer) => offer.owns(message));
      call?.received(message);
      return call !== undefined;
    },
  };
  const registrar = new Registrar(context, grantedS);

  function phoneOf(number: string): Phone {
    let phone = phones.get(number);
    if (!phone) phones.set(number, (phone = new Phone(number, habit)));
    return phone;
  }

  function authorized(request: SipMessage, connection: Softphone): boolean {
    const isRegister = request.method === "REGISTER";
    if (!users || challenge === "none" || (challenge === "register" && !isRegister)) return true;
    const verdict = digest.check(request, isRegister ? "authorization" : "proxy-authorization");
    const stale = verdict === "stale" || (verdict === "right" && faults.find("stale-nonce") !== undefined);
    if (verdict === "right" && !stale) return true;
    faults.remove("stale-nonce");
    const [code, headerName] = isRegister ? ([401, "WWW-Authenticate"] as const) : ([407, "Proxy-Authenticate"] as const);
    if (verdict === "wrong")
      connection.reply(request, isRegister ? 403 : code, isRegister ? {} : { headers: [`${headerName}: ${digest.challenge(false)}`] });
    else connection.reply(request, code, { headers: [`${headerName}: ${digest.challenge(stale)}`] });
    return false;
  }

  function admission(): Admission {
    if (faults.find("refuse")) return { kind: "refuse" };
    const upgrade = faults.find("refuse-upgrade");
    if (upgrade) return { kind: "refuse-upgrade", status: upgrade.status };
    return { kind: faults.find("hang-upgrade") ? "hang-upgrade" : "admit" };
  }

  const tellWatchers = () => {
    for (const changed of watchers) changed();
  };

  return {
    name,
    domain,
    attach(link) {
      const connection = new Connection(++links, context, link);
      open.add(connection);
      return {
        received: (text) => connection.received(text),
        closed() {
          open.delete(connection);
          connection.closed();
        },
      };
    },
    admission,
    get isFrozen() {
      return faults.find("freeze") !== undefined;
    },
    onFaults(changed) {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
    fault(fault) {
      const remove = faults.add(fault);
      tellWatchers();
      return () => {
        remove();
        tellWatchers();
      };
    },
    clearFaults() {
      faults.clear();
      tellWatchers();
    },
    resetAll() {
      for (const connection of open) connection.reset();
      open.clear();
    },
    closeAll(code = 1001, reason = "going away") {
      for (const connection of open) connection.close(code, reason);
      open.clear();
    },
    say(frame) {
      for (const connection of open) connection.send(frame);
    },
    expireNonces: () => digest.expireNonces(),
    phone: phoneOf,
    call(user, given) {
      const binding = registrar.find(user);
      if (!binding) throw new Error(`${name}: agent ${JSON.stringify(user)} is not registered`);
      const call = new OfferedCall(context, binding.connection, binding.contact, given.offer ?? inactiveOffer, given);
      offers.push(call);
      return call;
    },
    log: log.entries,
    rings: (number) => log.rings(number),
    get registrations() {
      return registrar.bindings;
    },
    get calls() {
      return [...calls.values()];
    },
    get connections() {
      return open.size;
    },
    close() {
      for (const call of calls.values()) call.close();
      for (const cancel of [...cancels]) cancel();
      cancels.clear();
      for (const connection of open) connection.close(1001, "closed");
      open.clear();
      watchers.clear();
    },
  };
}

function check(options: MockTrunkOptions): void {
  for (const key of Object.keys(options))
    if (!known.includes(key)) throw new TypeError(`${key} is not an option of createMockTrunk(); there are ${known.join(", ")}`);
  for (const key of ["name", "domain"] as const)
    if (typeof options[key] !== "string" || options[key] === "") throw new TypeError(`${key} must be a text that is not empty`);
  if (options.challenge !== undefined && !["all", "register", "none"].includes(options.challenge))
    throw new TypeError(`challenge must be "all", "register" or "none"`);
  if (options.grantedS !== undefined && !(options.grantedS > 0)) throw new TypeError(`grantedS must be above 0, not ${options.grantedS}`);
}
