/** Who calls (RFC 3261 §20.20, RFC 3325), pure. */
import type { IncomingMessage } from "sip.js/lib/core/index.js";
import type { CallerIdentity } from "../../src/ports/sip-identity.ts";
import { diversionsOf } from "./diversion.ts";
import { readAddresses } from "./intake/address.ts";
import { numberOf } from "./number.ts";

/**
 * The caller by what the carrier vouches for, else by the From header. Of several assertions (one `sip:`, one `tel:`) the
 * first with a number counts. Who asked for privacy (RFC 3323, RFC 3325 §7) is not named by what the carrier knows.
 */
export function callerOf(message: IncomingMessage): CallerIdentity {
  const isPrivate = /(^|[;,\s])(id|user|header)([;,\s]|$)/i.test(message.getHeaders("privacy").join(";"));
  const asserted = isPrivate
    ? []
    : message
        .getHeaders("p-asserted-identity")
        .flatMap((value) => readAddresses(value))
        .map(({ address }) => address)
        .filter((address) => address !== undefined);
  const vouched = asserted.find((address) => numberOf(address) !== undefined) ?? asserted[0];
  const address = vouched ?? message.from;
  const number = numberOf(address);
  const diversion = diversionsOf(message);
  const name = address.displayName || asserted.find(({ displayName }) => displayName)?.displayName || message.from.displayName;
  return {
    uri: address.uri.toString(),
    ...(number !== undefined && { number }),
    ...(name && { name }),
    ...(vouched && { assertedBy: "carrier" as const }),
    ...(diversion.length > 0 && { diversion }),
  };
}
