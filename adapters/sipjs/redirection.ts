/**
 * Whether a 3xx may be followed (RFC 3261 §8.1.3.4), pure. A Contact is a peer's word: whoever follows any pays for calls that a
 * stranger chose (toll fraud), be it at another host, or to another number on this account. So only the same number, at another
 * host of the trunk's own domain, as a redirect server names it.
 */
import type { IncomingResponseMessage } from "sip.js/lib/core/index.js";
import type { URI } from "sip.js/lib/grammar/index.js";
import { readAddresses, readUri } from "./intake/address.ts";

/** 305 names a proxy to go through, 380 something else than a call. */
const followed: ReadonlySet<number> = new Set([300, 301, 302]);

/** A number as it may stand in a URI, with what says how it is routed (`;rn=…`, RFC 4694). */
const telephoneUser = /^[\w+.\-()*]+(;[\w+.\-=;]*)?$/;
const numberOf = (user: string | undefined): string => (user ?? "").split(";", 1)[0]?.replace(/[\s.\-()]/g, "") ?? "";

const isWithin = (domain: string, host: string): boolean => host === domain || host.endsWith(`.${domain}`);

/** @param domain of the trunk's AOR. @returns where to ask instead; undefined where nobody may be. */
export function redirectOf(message: IncomingResponseMessage, asked: URI, domain: string): URI | undefined {
  if (!followed.has(message.statusCode ?? 0)) return undefined;
  return (
    message
      .getHeaders("contact")
      .flatMap((value) => readAddresses(value))
      .map(({ address }) => address)
      .filter((address) => address !== undefined)
      .filter(({ uri }) => uri.scheme === "sip" && telephoneUser.test(uri.user ?? "") && numberOf(uri.user) === numberOf(asked.user))
      .filter(({ uri }) => isWithin(domain.toLowerCase(), uri.host.toLowerCase()))
      .sort((one, other) => qOf(other.getParam("q")) - qOf(one.getParam("q")))
      // What else it says (`maddr`, headers to be added) could lead elsewhere all the same.
      .map(({ uri: { user, host, port } }) => readUri(`sip:${user}@${host}${port === undefined ? "" : `:${port}`}`))
      .find((uri) => uri && uri.toString().toLowerCase() !== asked.toString().toLowerCase())
  );
}

/** §20.10: 1 where it is not said. */
const qOf = (q: string | null | undefined): number => Number(q ?? 1) || 0;
