/** What one host refused, whoever's trunks lead there. */
import { grouped, isFault, type AttemptSeen, type Observations } from "./observations.ts";

/** What a server says, or leaves unsaid, that names no cause: it may be of any server on the way. */
const isPlain = ({ end }: AttemptSeen): boolean => end === "edge-refused" || end === "swallowed" || end === "stalled";

/**
 * Calls that one host refused on trunks of carriers that have nothing else to do with one another, with none carried between
 * them: the site's own border controller spoke there, or something behind it that they share.
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
  }
  return refused;
}
