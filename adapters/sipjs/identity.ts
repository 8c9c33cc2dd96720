/** Who we are on the wire: names that nobody else has. */
import { URI } from "sip.js/lib/grammar/index.js";
import type { Random } from "../../src/clock.ts";
import { readSipUri } from "./sip-uri.ts";

const alphabet = "0123456789abcdefghijklmnopqrstuv";

/** A token of `length` characters with 5 bits of entropy each. */
export const token = (random: Random, length: number): string =>
  Array.from({ length }, () => alphabet.charAt(Math.floor(random() * alphabet.length))).join("");

/** A random UUID (RFC 9562 §5.4). */
export function uuid(random: Random): string {
  const hex = (length: number, from = 0, to = 16) =>
    Array.from({ length }, () => Math.floor(from + random() * (to - from)).toString(16)).join("");
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${hex(1, 8, 12)}${hex(3)}-${hex(12)}`;
}

/** @throws TypeError when `text` is no SIP URI. */
export function parseUri(text: string): URI {
  const uri = readSipUri(text);
  if (!uri) throw new TypeError(`"${text}" is no SIP URI`);
  return uri;
}

export interface Identity {
  readonly aor: URI;
  /** The registrar, and what OPTIONS asks: the AOR without its user (RFC 3261 §10.2). */
  readonly edge: URI;
  readonly contact: URI;
  /**
   * The host of our Via. A browser has no address of its own to name (RFC 7118 §5), so it is random; with its 60
   * bits it also keeps our transactions apart from everybody's. Deviation: sip.js draws branches from 10⁷
   * values only; as RFC 3261 §17.2.3 matches branch and sent-by together, they need to differ on one edge alone.
   */
  readonly viaHost: string;
  /** `+sip.instance` (RFC 5626 §4.1). */
  readonly instanceId: string;
}

/** Makes up the names of one edge. */
export function createIdentity(aor: URI, random: Random, instanceId: string): Identity {
  const viaHost = `${token(random, 12)}.invalid`;
  return {
    aor,
    edge: new URI("sip", "", aor.host, aor.port),
    contact: new URI("sip", token(random, 10), viaHost, undefined, { transport: "ws" }),
    viaHost,
    instanceId,
  };
}
