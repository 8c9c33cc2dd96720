/** What is read into in an entry of each type: a line that was spoilt, or written by another version, may be JSON all the same. */
import type { Entry, Facts, FactType } from "./journal.ts";

/** Fields that have fields or items of their own; and a stage's name, which has parts. */
type Compound<F> = { [K in keyof F]-?: K extends "stage" ? K : NonNullable<F[K]> extends object ? K : never }[keyof F];

/** `answer`: what has a cause in it. `changes`: of settings, each with the names of what was changed. */
type Kind<V> = V extends string
  ? "text"
  : V extends readonly string[]
    ? "texts"
    : V extends readonly { what: unknown }[]
      ? "changes"
      : V extends readonly unknown[]
        ? "records"
        : string extends keyof V
          ? "record"
          : "q850" extends keyof V
            ? "answer"
            : "record";
type AnyKind = "text" | "texts" | "changes" | "records" | "answer" | "record";
/** With `?`: may be absent. */
type Rule<V> = undefined extends V ? `${Kind<NonNullable<V>>}?` : Kind<V>;

type Shapes = {
  readonly [T in FactType as [Compound<Facts[T]>] extends [never] ? never : T]: {
    readonly [K in Compound<Facts[T]>]: Rule<Facts[T][K]>;
  };
};

/** Complete by its type. */
const shapes: Shapes = {
  "session:started": { environment: "record", trunks: "records", diagnosis: "record?" },
  "stage:started": { stage: "text" },
  "stage:passed": { stage: "text" },
  "stage:stalled": { stage: "text" },
  "stage:failed": { stage: "text", fault: "record" },
  "crm:failed": { fault: "record" },
  "control:failed": { fault: "record" },
  "flow:changed": { end: "record?" },
  "registration:changed": { answer: "answer?" },
  "probe:answered": { answer: "answer?" },
  "common-mode:suspected": { carriers: "texts" },
  "trunks:changed": { trunks: "records", added: "texts", removed: "texts", changed: "changes" },
  "call:placed": { party: "record", options: "texts?", without: "texts?", context: "record?" },
  "call:refused": { stage: "text?" },
  "call:offered": { party: "record" },
  "call:resumed": { party: "record" },
  "call:not-resumed": { answer: "answer?" },
  "hold:refused": { answer: "answer?" },
  "call:transferring": { party: "record?" },
  "call:referred": { party: "record?" },
  "call:replaced": { party: "record" },
  "audio:lost": { path: "record?" },
  "audio:restarted": { answer: "answer?" },
  "audio:renewed": { answer: "answer?" },
  "audio:restored": { path: "record?" },
  "audio:given-up": { path: "record?" },
  "audio:rated": { path: "record?", uplink: "record?" },
  "dialog:refreshed": { answer: "answer" },
  "dialog:ended": { answer: "answer" },
  "call:turned-away": { party: "record?" },
  "call:ended": { outcome: "record?", reason: "answer?" },
  "attempt:presented": { caller: "record" },
  "attempt:progressed": { answer: "answer" },
  "attempt:redirected": { answer: "answer" },
  "attempt:answered": { answer: "answer" },
  "attempt:ended": { outcome: "record", answer: "answer?" },
};

const isText = (value: unknown) => typeof value === "string";
const isRecord = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);
const isListOf = (is: (item: unknown) => boolean) => (value: unknown) => Array.isArray(value) && Array.from(value).every(is);
const isTexts = isListOf(isText);

const holds: Readonly<Record<AnyKind, (value: unknown) => boolean>> = {
  text: isText,
  texts: isTexts,
  record: isRecord,
  records: isListOf(isRecord),
  answer: (value) => isRecord(value) && (!("q850" in value) || value.q850 === undefined || isRecord(value.q850)),
  changes: isListOf((item) => isRecord(item) && "what" in item && isTexts(item.what)),
};

/** By type, for each entry of a day is asked. */
const rules: ReadonlyMap<string, readonly (readonly [name: string, mayBeAbsent: boolean, isKind: (value: unknown) => boolean])[]> = new Map(
  Object.entries(shapes).map(([type, shape]) => [
    type,
    Object.entries(shape).map(([name, rule]) => [name, rule.endsWith("?"), holds[rule.replace("?", "") as AnyKind]] as const),
  ]),
);

/** By which entries are put together, whatever their type. */
const names = ["trunkId", "callId", "route"];

/** Can all be read that its type says it has? One of a type that is not known here is read by nobody. */
export function isWhole(entry: Entry): boolean {
  const ofType = rules.get(entry.type) ?? [];
  const valueOf = (name: string): unknown => entry[name as keyof Entry];
  const isHeld = ([name, mayBeAbsent, isKind]: (typeof ofType)[number]) =>
    valueOf(name) === undefined ? mayBeAbsent : isKind(valueOf(name));
  return ofType.every(isHeld) && names.map(valueOf).every((value) => value === undefined || isText(value));
}
