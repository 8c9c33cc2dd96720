/** Every torture message, in the chapters of docs/sip-torture.md. */
import type { TortureCase } from "./message.ts";
import { invalidMessages } from "./rfc4475-invalid.ts";
import { meaningMessages } from "./rfc4475-meaning.ts";
import { validMessages } from "./rfc4475-valid.ts";
import { ipv6Messages } from "./rfc5118.ts";

export const tortureTables: Readonly<Record<string, readonly TortureCase[]>> = {
  "RFC 4475 §3.1.1: well-formed, however it looks": validMessages,
  "RFC 4475 §3.1.2: against the grammar": invalidMessages,
  "RFC 4475 §3.2–§3.4: good grammar, odd meaning": meaningMessages,
  "RFC 5118 §4: IPv6": ipv6Messages,
};

/** The rows of docs/sip-torture.md on one chapter. */
export const tortureRows = (cases: readonly TortureCase[]): string =>
  cases
    .map(({ name, section, what, asks, does, why = "" }) => `| \`${name}\` | ${section} | ${what} | ${asks} | ${does} | ${why} |`)
    .join("\n");
