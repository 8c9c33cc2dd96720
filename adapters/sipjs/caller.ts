/** Who calls (RFC 3261 §20.20, RFC 3325), pure. */
import type { IncomingMessage } from "sip.js/lib/core/index.js";
import type { NameAddrHeader } from "sip.js/lib/grammar/index.js";
import type { CallerIdentity } from "../../src/ports/sip-identity.ts";
import { diversionsOf } from "./diversion.ts";
import { readAddresses } from "./intake/address.ts";
import { unquote } from "./intake/values.ts";
import { numberOf, uriOf } from "./number.ts";

/**
 * The caller by what the carrier vouches for, else by the From header. Of several assertions (one `sip:`, one `tel:`) the
 * first with a number counts. Who asked for privacy (RFC 3323, RFC 3325 §7) is not named by what the carrier knows.
 */
export function callerOf(message: IncomingMessage): CallerIdentity {
  const isPrivate = /(^|[;,\s])(id|user|header)([;,\s]|$)/i.test(message.getHeaders("privacy").join(";"));
  const asserted = isPrivate ? [] : addressesIn(message, "p-asserted-identity");
  const party = isPrivate || asserted.length > 0 || numberOf(message.from) !== undefined ? undefined : remotePartyOf(message);
  const vouched = asserted.find((address) => numberOf(address) !== undefined) ?? asserted[0] ?? party?.address;
  const address = vouched ?? message.from;
  const number = numberOf(address);
  const diversion = diversionsOf(message);
  const nameOf = (named: NameAddrHeader | undefined) => (named && named === party?.address && party.isNameless ? "" : named?.displayName);
  const name = nameOf(address) || asserted.find(({ displayName }) => displayName)?.displayName || message.from.displayName;
  return {
    uri: uriOf(address),
    ...(number !== undefined && { number }),
    ...(name && { name }),
    ...(vouched && !party?.isUnscreened && { assertedBy: "carrier" as const }),
    ...(diversion.length > 0 && { diversion }),
  };
}

const addressesIn = (message: IncomingMessage, header: string): readonly NameAddrHeader[] =>
  message.getHeaders(header).flatMap((value) => readAddresses(value).flatMap(({ address }) => address ?? []));

interface RemoteParty {
  readonly address: NameAddrHeader;
  readonly isNameless: boolean;
  /** The network took it as the caller wrote it. */
  readonly isUnscreened: boolean;
}

/** What PBXs wrote before RFC 3325, and write still: `Remote-Party-ID` (draft-ietf-sip-privacy-04 §5), where From has no number. */
function remotePartyOf(message: IncomingMessage): RemoteParty | undefined {
  const said = (address: NameAddrHeader, name: string) => unquote(address.getParam(name) ?? "").toLowerCase();
  const calling = addressesIn(message, "remote-party-id").filter((address) => ["", "calling"].includes(said(address, "party")));
  const address = calling.find((each) => numberOf(each) !== undefined) ?? calling[0];
  if (!address) return undefined;
  const privacy = said(address, "privacy");
  if (/full|uri/.test(privacy)) return undefined;
  return { address, isNameless: privacy.includes("name"), isUnscreened: said(address, "screen") === "no" };
}
