/**
 * Whether a 3xx may be followed (RFC 3261 §8.1.3.4), pure. A Contact is a peer's word: whoever follows any pays for calls that a
 * stranger chose (toll fraud), be it at another host, or to another number on this account. So only the same number, at another
 * host of the trunk's own domain, as a redirect server names it.
 */
import type { IncomingResponseMessage, URI } from "sip.js/lib/core/index.js";
import { URI as SipUri } from "sip.js/lib/grammar/index.js";
import { readAddresses } from "./intake/address.ts";

/** 305 names a proxy to go through, 380 something else than a call. */
const followed: ReadonlySet<number> = new Set([300, 301, 302]);

/** Parameters in a user part say how the number is routed (`;rn=…`, RFC 4694), not what it is. */
const numberOf = (user: string | undefined): string => (user ?? "").split(";", 1)[0]?.replace(/[\s.\-()]/g, "") ?? "";

const isWithin = (domain: string, host: string): boolean => host === domain || host.endsWith(`.${domain}`);

/** @param domain of the trunk's AOR. @returns where to ask instead; undefined where nobody may be. */
export function redirectOf(message: IncomingResponseMessage, asked: URI, domain: string): URI | undefined {
  if (!followed.has(message.statusCode ?? 0)) return undefined;
  return message
    .getHeaders("contact")
    .flatMap((value) => readAddresses(value))
    .map(({ address }) => address)
    .filter((address) => address !== undefined)
    .filter(({ uri }) => uri.scheme === "sip" && numberOf(uri.user) !== "" && numberOf(uri.user) === numberOf(asked.user))
    .filter(({ uri }) => isWithin(domain.toLowerCase(), uri.host.toLowerCase()))
    .map((address) => ({ uri: address.uri, q: Number(address.getParam("q") ?? 1) }))
    .sort((one, other) => other.q - one.q)
    // What else it says (`maddr`, headers to be added) could lead elsewhere all the same.
    .map(({ uri }) => new SipUri("sip", uri.user ?? "", uri.host, uri.port))
    .find((uri) => uri.toString() !== asked.toString());
}
