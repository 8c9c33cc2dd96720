/** What is read into in an entry of each type: a line that was spoilt may be JSON all the same. */
import type { Entry, Facts, FactType } from "../journal.ts";

/** Fields that are never absent, and have fields or items of their own. */
type Compound<F> = { [K in keyof F]-?: undefined extends F[K] ? never : F[K] extends object ? K : never }[keyof F];

type Shapes = {
  readonly [T in FactType as [Compound<Facts[T]>] extends [never] ? never : T]: {
    readonly [K in Compound<Facts[T]>]: Facts[T][K] extends readonly unknown[] ? "list" : "record";
  };
};

/** Complete by its type. */
const shapes: Shapes = {
  "session:started": { environment: "record", trunks: "list" },
  "trunks:changed": { trunks: "list", added: "list", removed: "list", changed: "list" },
  "stage:failed": { fault: "record" },
  "control:failed": { fault: "record" },
  "crm:failed": { fault: "record" },
  "common-mode:suspected": { carriers: "list" },
  "call:placed": { party: "record" },
  "call:offered": { party: "record" },
  "call:resumed": { party: "record" },
  "call:replaced": { party: "record" },
  "dialog:refreshed": { answer: "record" },
  "dialog:ended": { answer: "record" },
  "attempt:presented": { caller: "record" },
  "attempt:progressed": { answer: "record" },
  "attempt:redirected": { answer: "record" },
  "attempt:answered": { answer: "record" },
  "attempt:ended": { outcome: "record" },
};

/** Can all be read that its type says it has? One of a type that is not known here is read by nobody. */
export function isWhole(entry: Entry): boolean {
  const shape: Readonly<Record<string, "list" | "record">> = Object.hasOwn(shapes, entry.type) ? shapes[entry.type as keyof Shapes] : {};
  return Object.entries(shape).every(([name, kind]) => {
    const value: unknown = entry[name as keyof Entry];
    return kind === "list" ? Array.isArray(value) : typeof value === "object" && value !== null;
  });
}
