/** What of a trunk's settings has changed, and what follows from it: pure. */
import type { TrunkConfig } from "../config.ts";
import type { TrunkFact } from "../journal.ts";
import { priorityOf, weightOf } from "./operator-order.ts";

/** A trunk as it stands in the list. */
export type Listed = TrunkConfig & { readonly place: number };

type Field = keyof TrunkConfig;

/** What a field comes to, defaults included. */
const readings: Readonly<Record<Exclude<Field, "id">, (trunk: Listed) => unknown>> = {
  carrier: ({ carrier }) => carrier,
  server: ({ server }) => server,
  aor: ({ aor }) => aor,
  // Told apart by what they say; a function by which it is, for nobody knows what it will say.
  credentials: ({ credentials: given }) => (typeof given === "object" ? JSON.stringify([given.username, given.password]) : given),
  priority: priorityOf,
  weight: weightOf,
  standby: ({ standby }) => standby ?? "warm",
  emergency: ({ emergency }) => emergency !== false,
  target: ({ target }) => target,
  callerId: ({ callerId }) => callerId ?? "from",
};

/** The names of the fields in which two versions of a trunk differ. */
export const changesOf = (before: Listed, after: Listed): readonly Field[] =>
  Object.entries(readings).flatMap(([field, read]) => (read(before) === read(after) ? [] : [field as Field]));

/**
 * Another edge, another account or another carrier: the trunk is another, with a connection and a health book of its own. A source
 * of URLs or credentials in place of another says where to and as whom from the next time on, and moves nothing.
 */
export function isAnother(before: TrunkConfig, after: TrunkConfig): boolean {
  const isMoved = before.server !== after.server && !(typeof before.server === "function" && typeof after.server === "function");
  const hasAccount = ({ credentials }: TrunkConfig) => credentials !== undefined;
  return isMoved || before.aor !== after.aor || before.carrier !== after.carrier || hasAccount(before) !== hasAccount(after);
}

/** What the journal may know of a trunk's settings. */
export const trunkFactOf = ({ id, carrier, server }: TrunkConfig): TrunkFact => ({
  id,
  carrier,
  host: typeof server === "string" ? new URL(server).host : "",
});
