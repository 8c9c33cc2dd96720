/** Whom calls are with, as far as the integrator allows it to be known; and what a report therefore leaves out. */
import type { Entry, Facts, Party } from "../journal.ts";
import { forEachSliced, type Sliced } from "../slices.ts";

/** Hash, number and name are there where `privacy` allows them. */
export type KnownParty = Party & Pick<Facts["call:identified"], "hash" | "number" | "name">;

/** What a report leaves out, by code. All but `credentials` and `message-bodies` may be allowed by the integrator. */
export type Redaction =
  | "full-numbers"
  | "called-numbers"
  | "caller-numbers"
  | "caller-ids"
  | "names"
  | "credentials"
  | "message-bodies"
  | "error-messages"
  | "reason-text";

/** By call. */
export function* partiesOf(entries: readonly Entry[]): Sliced<ReadonlyMap<string, KnownParty>> {
  const parties = new Map<string, Party>();
  // Apart: a call that the page before had answered may be identified before it is resumed.
  const known = new Map<string, Partial<KnownParty>>();
  yield* forEachSliced(entries, (entry) => {
    if (entry.type === "call:placed" || entry.type === "call:offered" || entry.type === "call:resumed")
      parties.set(entry.callId, entry.party);
    else if (entry.type === "call:identified") {
      const { hash, number, name } = entry;
      known.set(entry.callId, {
        ...(hash !== undefined && { hash }),
        ...(number !== undefined && { number }),
        ...(name !== undefined && { name }),
      });
    }
  });
  return new Map([...parties].map(([callId, party]) => [callId, { ...party, ...known.get(callId) }]));
}

const numberKinds = ["called-numbers", "caller-numbers", "caller-ids"] as const satisfies readonly Redaction[];

/** What of an entry may hold free text. */
interface SaidInWords extends Pick<Entry, "atMs"> {
  readonly fault?: string | { readonly message?: string };
  readonly answer?: { readonly text?: string };
}

export function* redactionsOf(entries: readonly Entry[]): Sliced<Redaction[]> {
  const numbers = new Set<(typeof numberKinds)[number]>();
  let [hasName, hasMessage, hasText] = [false, false, false];
  yield* forEachSliced(entries, (entry) => {
    if (entry.type === "call:identified") {
      if (entry.number !== undefined) numbers.add(`${entry.who}-numbers`);
      hasName ||= entry.name !== undefined;
    }
    if (entry.type === "attempt:presented" && entry.caller.number !== undefined) numbers.add("caller-ids");
    const { fault, answer }: SaidInWords = entry;
    hasMessage ||= typeof fault === "object" && fault.message !== undefined;
    hasText ||= answer?.text !== undefined;
  });
  return [
    ...(numbers.size === 0 ? ["full-numbers" as const] : numberKinds.filter((kind) => !numbers.has(kind))),
    ...(hasName ? [] : ["names" as const]),
    "credentials",
    "message-bodies",
    ...(hasMessage ? [] : ["error-messages" as const]),
    ...(hasText ? [] : ["reason-text" as const]),
  ];
}
