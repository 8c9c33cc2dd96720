/** What one host refused, whoever's trunks lead there. */
import type { AttemptSeen, Observations } from "./observations.ts";
import { grouped, isFault } from "./questions.ts";

/** What a server says, or leaves unsaid, that names no cause: it may be of any server on the way. */
const isPlain = ({ end }: AttemptSeen): boolean => end === "edge-refused" || end === "swallowed" || end === "stalled";

/** So many refusals on trunks of each carrier are none of its own, where others by the same host meet them too. */
const ofEachAtLeast = 2;

/**
 * Refusals in one word that trunks of unrelated carriers meet again and again, and not each call: who has no room for all of them lets some
 * through.
 */
function refusedNowAndThen(those: readonly AttemptSeen[]): readonly AttemptSeen[] {
  const inOneWord = grouped(those.filter(isPlain), ({ end, code = 0 }) => `${end} ${code}`);
  return inOneWord.flatMap((same) => {
    const often = grouped(same, ({ carrier }) => carrier).filter(({ length }) => length >= ofEachAtLeast);
    return often.length > 1 ? often.flat() : [];
  });
}

/**
 * Calls that one host refused on trunks of carriers that have nothing else to do with one another, with none carried between
 * them, or again and again: the site's own border controller spoke there, or something behind it that they share.
 */
export function refusedByHost({ attempts, trunks }: Observations): ReadonlySet<AttemptSeen> {
  const hosts = new Map(trunks.map(({ id, host }) => [id, host]));
  if (new Set(hosts.values()).size === trunks.length) return new Set();
  const refused = new Set<AttemptSeen>();
  for (const those of grouped(attempts, ({ trunkId }) => hosts.get(trunkId) ?? trunkId)) {
    let inRow: AttemptSeen[] = [];
    for (const attempt of those)
      if (isPlain(attempt)) {
        inRow.push(attempt);
        if (new Set(inRow.map(({ carrier }) => carrier)).size > 1) for (const each of inRow) refused.add(each);
      } else if (!isFault(attempt)) inRow = [];
    for (const each of refusedNowAndThen(those)) refused.add(each);
  }
  return refused;
}
