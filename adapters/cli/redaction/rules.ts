/** How a field is made fit to hand on. What has no rule does not go out. */

/** Names that somebody chose, or that are somebody's: each becomes `kind-1`, `kind-2` …, the same name always the same. */
const aliased = ["trunk", "carrier", "host", "stage", "control", "call", "party", "sip", "session", "vendor", "sink"] as const;
type Aliased = (typeof aliased)[number];

/** What stays of a text. `blank`: nothing, where something has to stand. */
type TextRule =
  | Aliased
  | "code"
  | "location"
  | "error"
  | "route"
  | "check"
  | "runtime"
  | "platform"
  | "version"
  | "time"
  | "report"
  | "trunk-or-route"
  | "trunks"
  | "blank";

/**
 * A rule for each field of `T`, so that a new field has to be decided before it compiles: figures and yes/no `keep`, texts by
 * what they are, or `drop`.
 */
export type Rules<T> = T extends { readonly seq: number; readonly atMs: number; readonly type: string }
  ? "entry"
  : T extends string
    ? TextRule | "drop"
    : T extends number | boolean
      ? "keep" | "drop"
      : T extends readonly (infer Each)[]
        ? { readonly each: Rules<Each> } | "drop"
        : string extends keyof T
          ? "figures" | "params" | "drop"
          : { readonly [K in keyof T]-?: Rules<NonNullable<T[K]>> } | ("unknown" extends keyof T ? "figures" : never) | "drop";

/** The same, without its types, as it is applied. */
export type Rule = string | { readonly [field: string]: Rule };

/** Words of ours are lower case, no longer than this, and hold no number that could be dialled; or a SIP or close code. */
const codePattern = /^(?!.*\d{4})[a-z][A-Za-z0-9]*(?:[-:][A-Za-z0-9]+)*$|^\d{3,4}$|^(?:OPTIONS|REGISTER|CRLF|INVITE|CANCEL|ACK)$/;
const codeLength = 48;
/** RFC 8606 §4. */
const locationPattern = /^[A-Z]{1,4}\d?$/;
const timePattern = /^\d{4}-\d\d-\d\dT[\d:.]{5,12}Z$/;
const versionPattern = /^(?:linekeeper-report\/)?\d{1,3}(?:\.\d{1,3}){0,2}$/;
const reportPattern = /^(.+)-(\d{1,9})$/;
/** Browser or runtime by its family; no minor version, no system. */
const runtimePattern = /\b(Edge?|OPR|Opera|Firefox|Chrome|Safari|Node\.js)\/(\d{1,4})/;

/** Systems, kinds of network and codecs, as browsers write them. */
const platformWords: ReadonlySet<string> = new Set([
  ...["Windows", "macOS", "Linux", "Chrome OS", "Android", "iOS", "slow-2g", "2g", "3g", "4g"],
  // Audio of RTP, as its registry names it (RFC 3551 §6 and what came after).
  ...["opus", "PCMU", "PCMA", "G722", "red", "iLBC", "G723", "G726-32", "G728", "G729"],
  ...["G7221", "GSM", "L16", "speex", "AMR", "AMR-WB", "EVS"],
]);

/** ECMA-262, and DOMExceptions that media, network and storage throw. */
const errorNames: ReadonlySet<string> = new Set([
  ...["Error", "TypeError", "RangeError", "SyntaxError", "ReferenceError", "AggregateError", "AbortError", "TimeoutError", "NetworkError"],
  ...["NotAllowedError", "NotFoundError", "NotReadableError", "OverconstrainedError", "NotSupportedError", "InvalidStateError"],
  ...["SecurityError", "QuotaExceededError", "UnknownError", "OperationError", "DataError", "HttpError", "UnsupportedDigest"],
]);

/** All routes but those that an integrator named, which may be a prefix. */
const routes: ReadonlySet<string> = new Set(["*", "all", "national", "mobile", "international", "emergency", "unknown"]);

/** The SDK's own checks (`linekeeper/preflight`), which are evidence by their names. */
const checks: ReadonlySet<string> = new Set([
  ...[
    "secure-context",
    "microphone-policy",
    "microphone",
    "audio-output",
    "autoplay",
    "webrtc",
    "ice-servers",
    "turn",
    "stun",
    "echo",
    "clock",
    "token",
  ],
]);

/** Params of evidence that are no figure and no word of ours. */
const paramRules: Readonly<Record<string, TextRule>> = {
  trunk: "trunk",
  trunks: "trunks",
  other: "trunk-or-route",
  carrier: "carrier",
  route: "route",
  stage: "stage",
  control: "control",
  error: "error",
  what: "check",
  callId: "call",
};

export interface Redactor {
  /** @returns undefined where nothing is left. */
  apply(rule: Rule, value: unknown): unknown;
}

/** @param entryRule the rule for a journal entry of this type; undefined where no such type is known. */
export function createRedactor(entryRule: (type: unknown) => Rule | undefined): Redactor {
  const aliases = new Map<string, string>();
  const counts = new Map<string, number>();

  function alias(kind: string, name: string): string {
    if (name === "") return name;
    const key = `${kind} ${name}`;
    const known = aliases.get(key);
    if (known !== undefined) return known;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    aliases.set(key, `${kind}-${count}`);
    return `${kind}-${count}`;
  }

  function text(rule: string, value: string): string | undefined {
    switch (rule) {
      case "code":
        return value === "" || (value.length <= codeLength && codePattern.test(value)) ? value : "other";
      case "location":
        return locationPattern.test(value) ? value : undefined;
      case "error":
        return value === "" || errorNames.has(value) ? value : "Error";
      case "route":
        return routes.has(value) ? value : alias("route", value);
      case "check":
        return checks.has(value) ? value : alias("step", value);
      case "runtime": {
        const [, family, major] = runtimePattern.exec(value) ?? [];
        return family === undefined ? "unknown" : `${family}/${major}`;
      }
      case "platform":
        return platformWords.has(value) ? value : "other";
      case "version":
        return versionPattern.test(value) ? value : "0";
      case "time":
        return timePattern.test(value) ? value : undefined;
      case "report": {
        // An incident's report is called after its session and its first entry.
        const [, session, seq] = reportPattern.exec(value) ?? [];
        return session === undefined ? alias("session", value) : `${alias("session", session)}-${seq}`;
      }
      case "trunk-or-route":
        return aliases.has(`trunk ${value}`) ? alias("trunk", value) : text("route", value);
      case "trunks":
        return value
          .split(", ")
          .map((id) => alias("trunk", id))
          .join(", ");
      case "blank":
        return "";
      default:
        return (aliased as readonly string[]).includes(rule) ? alias(rule, value) : undefined;
    }
  }

  function fields(rules: { readonly [field: string]: Rule }, value: object): object {
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, child]) => {
        const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
        const left = rule === undefined ? undefined : apply(rule, child);
        return left === undefined ? [] : [[name, left]];
      }),
    );
  }

  function listed(value: object, ruleOf: (name: string) => Rule): object {
    return fields(
      Object.fromEntries(
        Object.keys(value)
          .filter((name) => codePattern.test(name))
          .map((name) => [name, ruleOf(name)]),
      ),
      value,
    );
  }

  function entry(value: object): object | undefined {
    const { seq, atMs, type, time, ...facts } = value as Record<string, unknown>;
    const rule = entryRule(type);
    if (typeof rule !== "object" || typeof seq !== "number" || typeof atMs !== "number") return undefined;
    return { ...(typeof time === "string" && fields({ time: "time" }, { time })), seq, atMs, type, ...fields(rule, facts) };
  }

  function apply(rule: Rule, value: unknown): unknown {
    if (rule === "drop" || value === null) return undefined;
    // A number where a name belongs may be one that somebody dialled.
    if (typeof value === "number" || typeof value === "boolean") return rule === "keep" || rule === "code" ? value : undefined;
    if (typeof value === "string") return typeof rule === "string" ? text(rule, value) : undefined;
    if (Array.isArray(value)) {
      const each = typeof rule === "object" ? rule["each"] : undefined;
      return each === undefined ? undefined : value.map((child) => apply(each, child)).filter((child) => child !== undefined);
    }
    if (typeof value !== "object") return undefined;
    if (rule === "entry") return entry(value);
    if (rule === "figures") return listed(value, () => "keep");
    if (rule === "params") return listed(value, (name) => paramRules[name] ?? "code");
    return typeof rule === "object" ? fields(rule, value) : undefined;
  }

  return { apply };
}
