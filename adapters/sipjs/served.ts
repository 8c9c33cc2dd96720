/** What we serve of what a peer may ask, and how we say so (RFC 3261 §8.2, §20.1, §20.5, §20.37): one table, pure. */
import type { PeerService } from "../../src/ports/sip-account.ts";

interface Service {
  /** Its body is read, where it is of one of these types: any other is refused (§8.2.3). */
  readonly reads?: readonly string[];
}

const sdp = ["application/sdp"];

/** Requests of a peer that are served in any case, in the order in which `Allow` names them. */
const always: Readonly<Record<string, Service>> = {
  INVITE: { reads: sdp },
  ACK: {},
  CANCEL: {},
  BYE: {},
  OPTIONS: {},
  UPDATE: { reads: sdp },
  // Of a provisional answer that the caller required to be reliable (RFC 3262 §3).
  PRACK: {},
  // Digits; of a package none, nor is one named (RFC 6086 §4.2.2).
  INFO: { reads: ["application/dtmf-relay", "application/dtmf"] },
  // Of a REFER of ours (RFC 3515 §2.4.4), and of what the account is told unasked.
  NOTIFY: {},
};

/** What is heard without a subscription, by its event package (RFC 3842 §5.1; the second is the custom of PBXs). */
export const packages: Readonly<Record<string, string>> = { voicemail: "message-summary", "check-sync": "check-sync" };

/** What is known and not served, with its answer. */
const unserved: Readonly<Record<string, number>> = {
  MESSAGE: 405,
  PUBLISH: 405,
  REFER: 405,
  REGISTER: 405,
  SUBSCRIBE: 405,
};

/** What one account serves. */
export interface Services {
  readonly served: Readonly<Record<string, Service>>;
  /** Extensions that a peer may require of us. */
  readonly optionTags: readonly string[];
  readonly allow: string;
  readonly accept: string;
  /** The same with what comes outside of calls, for whoever asks what we are (§11.2). */
  readonly acceptAll: string;
  /** Event packages of which a NOTIFY is heard that belongs to no subscription. */
  readonly heard: readonly string[];
  /** Event packages of which a NOTIFY is heard (RFC 6665 §8.2.2). */
  readonly allowEvents: string;
  /** What a request of this method may carry, for whoever sent something else (§21.4.13). */
  acceptOf(method: string): string;
  /** The code that refuses `method`; undefined where it is served. Whoever has never heard of it says 501 (§21.5.2). */
  refusalOf(method: string): number | undefined;
}

/** @param wanted what is served besides calls, as the account says. */
export function servicesOf(wanted: readonly PeerService[] = []): Services {
  const served: Readonly<Record<string, Service>> = {
    ...always,
    ...(wanted.includes("transfer") && { REFER: {} }),
    ...(wanted.includes("message") && { MESSAGE: { reads: ["text/plain"] } }),
  };
  const heard = wanted.flatMap((each) => (Object.hasOwn(packages, each) ? (packages[each] ?? []) : []));
  const bodies = [
    ...(wanted.includes("message") ? ["text/plain"] : []),
    ...(wanted.includes("voicemail") ? ["application/simple-message-summary"] : []),
  ];
  const accept = "Accept: application/sdp, multipart/mixed";
  return {
    served,
    // RFC 4488 §4: whoever refers may want no NOTIFY.
    optionTags: ["outbound", "timer", "replaces", "100rel", ...(wanted.includes("transfer") ? ["norefersub"] : [])],
    allow: `Allow: ${Object.keys(served).join(", ")}`,
    accept,
    acceptAll: [accept, ...bodies].join(", "),
    heard,
    allowEvents: `Allow-Events: ${["refer", ...heard].join(", ")}`,
    acceptOf(method) {
      const reads = served[method]?.reads ?? sdp;
      return reads === sdp ? accept : `Accept: ${reads.join(", ")}`;
    },
    refusalOf: (method) => (Object.hasOwn(served, method) ? undefined : Object.hasOwn(unserved, method) ? unserved[method] : 501),
  };
}

/** Stands for the tag that a peer of RFC 2543 does not write (§12.1.1, §12.1.2: it counts as null); sip.js knows no such tag. */
export const NO_TAG = "-no-tag-";

/** Where a peer is told what we serve: §13.2.1, §13.3.1.4, §11.2, RFC 3311 §7. */
const isTold = (head: string): boolean =>
  /^(INVITE|OPTIONS) /.test(head) || (/^SIP\/2\.0 2/.test(head) && /^CSeq: \d+ (INVITE|OPTIONS|UPDATE)$/m.test(head));

const isOfOptions = (head: string): boolean => /^SIP\/2\.0 2/.test(head) && /^CSeq: \d+ OPTIONS$/m.test(head);

/** What sip.js says with a REGISTER that it supports, and we do not: no call of ours is found by a GRUU (RFC 5627). */
const withoutGruu = (line: string): string => (line.startsWith("Supported:") ? line.replace(/, *gruu\b|\bgruu, */, "") : line);

/** A message of sip.js's, put right: it names what it could serve itself, and would write down a tag that nobody gave. */
export function truthful(text: string, { allow, accept, acceptAll, allowEvents, heard }: Services): string {
  const end = text.indexOf("\r\n\r\n");
  const head = text.slice(0, end).replaceAll("\r\n", "\n").replaceAll(`;tag=${NO_TAG}`, "");
  const own = head
    .split("\n")
    // In a 415 it is our own.
    .filter((line) => !/^(Allow|Accept):/.test(line) || /^SIP\/2\.0 415 /.test(head))
    .map(withoutGruu);
  const events = heard.length > 0 ? [allowEvents] : [];
  const lines = isTold(head) ? [...own, allow, isOfOptions(head) ? acceptAll : accept, ...events] : own;
  return lines.join("\r\n") + text.slice(end);
}
