/** Whom calls are with, as far as the integrator allows it to be known; and what a report therefore leaves out. */
import type { Entry, Facts, Party } from "../journal.ts";

/** Hash, number and name are there where `privacy` allows them. */
export type KnownParty = Party & Pick<Facts["call:identified"], "hash" | "number" | "name">;

/** What a report leaves out, by code. All but `credentials` and `message-bodies` may be allowed by the integrator. */
export type Redaction =
  "full-numbers" | "called-numbers" | "caller-numbers" | "names" | "credentials" | "message-bodies" | "error-messages" | "reason-text";

/** By call. */
export function partiesOf(entries: readonly Entry[]): ReadonlyMap<string, KnownParty> {
  const parties = new Map<string, Party>();
  // Apart: a call that the page before had answered may be identified before it is resumed.
  const known = new Map<string, Partial<KnownParty>>();
  for (const entry of entries) {
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
  }
  return new Map([...parties].map(([callId, party]) => [callId, { ...party, ...known.get(callId) }]));
}

export function redactionsOf(entries: readonly Entry[]): Redaction[] {
  const shows = (isShown: (entry: Entry) => boolean) => entries.some(isShown);
  const showsNumber = (who: "called" | "caller") =>
    shows((entry) => entry.type === "call:identified" && entry.who === who && entry.number !== undefined);
  const hasMessage = shows((entry) => "fault" in entry && typeof entry.fault === "object" && entry.fault.message !== undefined);
  const hasText = shows((entry) => "answer" in entry && entry.answer?.text !== undefined);
  return [
    ...numbersLeftOut(showsNumber("called"), showsNumber("caller")),
    ...(shows((entry) => entry.type === "call:identified" && entry.name !== undefined) ? [] : ["names" as const]),
    "credentials",
    "message-bodies",
    ...(hasMessage ? [] : ["error-messages" as const]),
    ...(hasText ? [] : ["reason-text" as const]),
  ];
}

function numbersLeftOut(showsCalled: boolean, showsCaller: boolean): Redaction[] {
  if (!showsCalled && !showsCaller) return ["full-numbers"];
  return [...(showsCalled ? [] : ["called-numbers" as const]), ...(showsCaller ? [] : ["caller-numbers" as const])];
}
