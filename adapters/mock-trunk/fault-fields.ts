/** Which fields each fault takes, and what may be in them. */
import { faultKinds, type Fault, type FaultKind } from "./faults.ts";
import type { Refusal } from "./response.ts";
import { checkFields, headerLines, headerText, isNumberIn, isWholeIn, optional, timeMs, type Rule } from "./rule.ts";

type Field =
  | "after"
  | "alertAfterMs"
  | "answerAfterMs"
  | "code"
  | "delayMs"
  | "expiresS"
  | "frame"
  | "headers"
  | "location"
  | "methods"
  | "phrase"
  | "prefix"
  | "q850"
  | "retryAfterS"
  | "ringMs"
  | "share"
  | "status"
  | "text"
  | "times";

const isMethod = (value: unknown) => typeof value === "string" && /^[A-Z]+$/.test(value);

const rules: Readonly<Record<Field, Rule>> = {
  after: { words: "a status code", allows: isWholeIn(100, 699) },
  alertAfterMs: timeMs,
  answerAfterMs: timeMs,
  code: { words: "a whole number from 300 to 699", allows: isWholeIn(300, 699) },
  delayMs: timeMs,
  expiresS: { words: "a whole number of seconds above 0", allows: isWholeIn(1, 2 ** 31 - 1) },
  frame: {
    words: '"malformed", "oversize" or "unmatched"',
    allows: (value) => ["malformed", "oversize", "unmatched"].includes(String(value)),
  },
  headers: headerLines,
  location: headerText,
  methods: {
    words: "a list of methods in capitals",
    allows: (value) => Array.isArray(value) && value.length > 0 && value.every(isMethod),
  },
  phrase: headerText,
  prefix: { words: "the beginning of a number", allows: (value) => typeof value === "string" && value !== "" },
  q850: { words: "a whole number from 0 to 127", allows: isWholeIn(0, 127) },
  retryAfterS: { words: "a whole number of seconds", allows: isWholeIn(0, 2 ** 31 - 1) },
  ringMs: timeMs,
  share: { words: "above 0 and at most 1", allows: (value) => isNumberIn(0, 1)(value) && value !== 0 },
  status: { words: "a whole number from 300 to 599", allows: isWholeIn(300, 599) },
  text: { words: "a text", allows: (value) => typeof value === "string" },
  times: { words: "a whole number above 0", allows: isWholeIn(1, Number.MAX_SAFE_INTEGER) },
};

interface Fields {
  readonly must?: readonly Field[];
  readonly may?: readonly Field[];
}

const rate: readonly Field[] = ["share", "times"];
const calls: readonly Field[] = ["prefix", ...rate];
const messages: readonly Field[] = ["methods", ...calls];

const fields: Readonly<Record<FaultKind, Fields>> = {
  silence: { may: messages },
  stall: { must: ["after"], may: calls },
  reject: { must: ["code"], may: ["after", "phrase", "q850", "location", "text", "retryAfterS", "headers", ...messages] },
  slow: { must: ["delayMs"], may: messages },
  late: { may: ["alertAfterMs", "answerAfterMs", ...calls] },
  ghost: { may: ["code", "ringMs", ...calls] },
  "no-487": { may: calls },
  "answer-on-cancel": { may: calls },
  "duplicate-200": { may: calls },
  fork: { may: calls },
  "drop-bye": { may: calls },
  "no-pong": { may: rate },
  "forget-contact": { may: rate },
  "short-binding": { must: ["expiresS"], may: rate },
  "stale-nonce": { may: ["methods", ...rate] },
  "no-preemptive": { may: ["code", "methods", ...rate] },
  garbage: { may: ["text", "frame", ...messages] },
  "reset-on": { may: ["after", ...messages] },
  freeze: {},
  refuse: {},
  "refuse-upgrade": { must: ["status"] },
  "hang-upgrade": {},
};

/** @throws TypeError that names the field and what is wrong with it. */
export function checkFault(fault: Fault): void {
  const kind: unknown = (fault as Partial<Fault> | null | undefined)?.kind;
  if (typeof kind !== "string" || !Object.hasOwn(fields, kind)) {
    throw new TypeError(`fault.kind ${JSON.stringify(kind)} is not known; there are: ${faultKinds.join(", ")}`);
  }
  const { must = [], may = [] } = fields[fault.kind];
  const taken = [...must, ...may];
  for (const [name, value] of Object.entries(fault)) {
    const field = taken.find((each) => each === name);
    if (name === "kind" || (field && !must.includes(field) && value === undefined)) continue;
    if (!field) throw new TypeError(`fault.${name} is not a field of "${kind}"; it takes: ${taken.join(", ") || "none"}`);
    if (!rules[field].allows(value)) throw new TypeError(`fault.${name} must be ${rules[field].words}, not ${JSON.stringify(value)}`);
  }
  for (const field of must)
    if (!Object.hasOwn(fault, field)) throw new TypeError(`fault.${field} is missing in "${kind}"; it must be ${rules[field].words}`);
  checkTogether(fault);
}

/** @throws TypeError that names the field and what is wrong with it. */
export function checkRefusal(refusal: Refusal): void {
  const { code, q850, retryAfterS, headers } = rules;
  const texts = { phrase: optional(headerText), location: optional(headerText), text: optional(headerText) };
  checkFields("refusal", refusal, { code, q850: optional(q850), retryAfterS: optional(retryAfterS), headers: optional(headers), ...texts });
}

/** What no field can tell alone. */
function checkTogether(fault: Fault): void {
  const isAfterCode = (code: number | undefined) => code === undefined || code === 100 || code === 180 || code === 183;
  if ((fault.kind === "stall" || fault.kind === "reject") && !isAfterCode(fault.after)) {
    throw new TypeError(`fault.after must be 100, 180 or 183, not ${fault.after}`);
  }
  if (fault.kind === "reject" && fault.text !== undefined && !headerText.allows(fault.text)) {
    throw new TypeError(`fault.text must be ${headerText.words}, not ${JSON.stringify(fault.text)}`);
  }
  if (fault.kind === "garbage" && (fault.text === undefined) === (fault.frame === undefined)) {
    throw new TypeError('fault.text or fault.frame must be given in "garbage", and not both');
  }
  if (fault.kind === "late" && fault.alertAfterMs === undefined && fault.answerAfterMs === undefined) {
    throw new TypeError('fault.alertAfterMs or fault.answerAfterMs must be given in "late"');
  }
}
