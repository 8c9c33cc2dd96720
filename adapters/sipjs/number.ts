/** What the URI of somebody else tells: it, and the telephone number in it (RFC 3966, RFC 3261 §19.1.6), pure. */
import type { NameAddrHeader } from "sip.js/lib/grammar/index.js";

/** What people write between digits (RFC 3966 §5.1.1). */
const separators = /[\s.\-()]/g;

/** Parameters in a user part say how the number is routed (`;npdi;rn=…`), not what it is; nor does a password (RFC 3261 §19.1.1). */
export function numberOf({ uri }: NameAddrHeader): string | undefined {
  const number = (uri.user ?? "").split(/[;:]/, 1)[0]?.replace(separators, "") ?? "";
  return /^\+?[\d*#]{2,32}$/.test(number) ? number : undefined;
}

/** The URI without the password that some write into one (RFC 3261 §19.1.1): it is nobody's to read. */
export const uriOf = ({ uri }: NameAddrHeader): string => uri.toString().replace(/^(sips?:[^:@]*):[^@]*@/i, "$1@");
