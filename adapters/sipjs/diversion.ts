/** Who sent a call on to us, and why (RFC 5806; RFC 7044), pure. The last of them first. */
import type { IncomingMessage } from "sip.js/lib/core/index.js";
import type { NameAddrHeader } from "sip.js/lib/grammar/index.js";
import type { Diversion, DiversionReason } from "../../src/ports/sip-identity.ts";
import { readAddresses } from "./intake/address.ts";
import { unquote } from "./intake/values.ts";
import { numberOf, uriOf } from "./number.ts";

/** RFC 5806 §4. */
const reasons: readonly DiversionReason[] = [
  "user-busy",
  "no-answer",
  "unavailable",
  "unconditional",
  "time-of-day",
  "do-not-disturb",
  "deflection",
  "follow-me",
  "out-of-service",
  "away",
];

/** What `cause` says in the URI that a call was sent on to (RFC 4458 §2, read as RFC 7544 §7.2 does). */
const causes: Readonly<Record<string, DiversionReason>> = {
  "302": "unconditional",
  "408": "no-answer",
  "480": "deflection",
  "486": "user-busy",
  "487": "deflection",
  "503": "unavailable",
};

/** More than this nobody shows. */
const MOST = 20;

/** `Diversion` where there is one: a carrier that writes both means the same by them (RFC 7544 §5). */
export function diversionsOf(message: IncomingMessage): readonly Diversion[] {
  const addressesIn = (header: string) => message.getHeaders(header).flatMap((value) => readAddresses(value));
  // §4: the first one is the last that happened.
  const diverted = addressesIn("diversion").flatMap(({ address }) => (address ? [ofDiversion(address)] : []));
  return (diverted.length > 0 ? diverted : ofHistory(addressesIn("history-info").map(({ address }) => address))).slice(0, MOST);
}

function ofDiversion(address: NameAddrHeader): Diversion {
  const said = unquote(parameter(address, "reason") ?? "").toLowerCase();
  const reason = reasons.find((each) => each === said) ?? "unknown";
  const privacy = unquote(parameter(address, "privacy") ?? "").toLowerCase();
  return partyOf(address, reason, privacy === "full" || privacy === "uri", privacy === "name");
}

/**
 * Each entry is a place that the call was for; one with `mp`, or with a `cause` in its URI, was sent on to there (RFC 7044 §10.1,
 * RFC 7544 §7.2), by the entry that `mp` names, else by the one before.
 */
function ofHistory(entries: readonly (NameAddrHeader | undefined)[]): readonly Diversion[] {
  const read = entries.filter((entry) => entry !== undefined);
  return read
    .flatMap((entry, place) => {
      const cause = /;cause=(\d{3})/i.exec(entry.uri.toString())?.[1];
      const mapped = parameter(entry, "mp");
      if (cause === undefined && mapped === undefined) return [];
      const by = read.find((each) => mapped !== undefined && parameter(each, "index") === mapped) ?? read[place - 1];
      const isHidden = by !== undefined && /[?&]privacy=[^&]*(history|header|user|id)/i.test(by.uri.toString());
      // §5.1: why it was left is said in the entry that was left, too.
      const left = /[?&]reason=[^&]*cause(?:=|%3d)(\d{3})/i.exec(by?.uri.toString() ?? "")?.[1];
      return by && by !== entry ? [partyOf(by, causes[cause ?? left ?? ""] ?? "unknown", isHidden)] : [];
    })
    .reverse();
}

const parameter = (address: NameAddrHeader, name: string): string | undefined => address.getParam(name) ?? undefined;

function partyOf(address: NameAddrHeader, reason: DiversionReason, isHidden: boolean, isNameless = isHidden): Diversion {
  if (isHidden) return { reason };
  const number = numberOf(address);
  return {
    uri: uriOf(address),
    ...(number !== undefined && { number }),
    ...(!isNameless && address.displayName && { name: address.displayName }),
    reason,
  };
}
