/** What the CRM asks of a call besides its number: read once, and said the same on every attempt of it. Pure. */
import type { TrunkConfig } from "../config.ts";
import { excerptOf } from "../excerpt.ts";
import type { CallOptionName, Entry } from "../journal.ts";
import type { InviteRequest } from "../ports/sip-invite.ts";
import { printable } from "./untrusted.ts";

/** What a call is placed with besides its number. What cannot be used refuses an ordinary call, and is left off an emergency call. */
export interface CallOptions {
  /**
   * Who handed the number over, where it was not the agent. `click-to-dial`: an unusable one is laid on the CRM. `check`: a call that looks
   * whether calls work, and is no customer's: no report counts it, and it never goes to the emergency services.
   */
  readonly by?: "click-to-dial" | "check" | undefined;
  /** Calls the number a second time, though it is being called already. */
  readonly again?: boolean | undefined;
  /** More headers of the INVITE, by their names: `{ "X-Ticket": "4711" }`. Not those that the SIP stack writes itself. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The number that the customer shall see; where it is written the trunk's `callerId` says. The carrier must allow it. */
  readonly callerId?: string | undefined;
  /** The name that the customer shall see, where the carrier passes it on. */
  readonly displayName?: string | undefined;
  /** The customer shall see no number (RFC 3323, RFC 3325). An emergency call is never anonymous. */
  readonly anonymous?: boolean | undefined;
  /** The integrator's own, given back as `call.context`: stays in the page, but for what `privacy.context` names. */
  readonly context?: unknown;
}

/** What goes into the INVITE, checked. */
export type Words = Pick<CallOptions, "callerId" | "displayName" | "anonymous"> & {
  readonly lines: readonly string[];
  /** Whom this carrier named itself: called in place of the number. */
  readonly target?: string;
};

/** An option that cannot be used, and what of it, for whoever has to correct it: `headers.Via`. */
export interface BadOption {
  readonly option: CallOptionName;
  readonly field: string;
}

export interface ReadOptions {
  readonly words: Words;
  readonly by: Entry<"call:placed">["by"];
  readonly again: boolean;
  readonly context: unknown;
  /** Which of the others there are, usable or not. */
  readonly given: readonly CallOptionName[];
  /** Why the call is refused; never an emergency call. */
  readonly bad: BadOption | undefined;
  /** Of an emergency call: which it goes out without. */
  readonly without: readonly CallOptionName[];
}

/** More than this no carrier takes, and the INVITE is to fit a frame. */
const most = { headers: 32, characters: 2_048 };

const isToken = (name: string): boolean => /^[\w\-.!%*+`'~]+$/.test(name);

/** Written by the SIP stack, or by the options beside; names of one letter are compact forms (RFC 3261 §7.3.3), most of them of these. */
const owned = new RegExp(
  `^(.|via|from|to|call-id|cseq|contact|(record-|service-)?route|path|max-forwards|content-.*|mime-version|expires|user-agent|rack|rseq|${[
    "(proxy-)?require|(un)?supported|accept|allow|allow-events|event|session-expires|min-se",
    "((proxy|www)-)?(authorization|authenticate)|authentication-info|proxy-authentication-info",
    "replaces|join|target-dialog|refer-to|privacy|p-preferred-identity",
  ].join("|")})$`,
  "i",
);

/** RFC 3261 §25.1: a line break would begin another header, and no other control character belongs into one. */
const isWritable = (value: unknown): value is string =>
  typeof value === "string" && value.length <= most.characters && !/[\p{Cc}\u2028\u2029]/u.test(value);

const isCallerId = (value: unknown): value is string => typeof value === "string" && /^\+?[\w*#.-]{1,64}$/.test(value);
const isFlag = (value: unknown): value is boolean => typeof value === "boolean";

/** Never throws, whatever it is given: a getter of the integrator's may. */
export function readOptions(given: unknown, isEmergency: boolean): ReadOptions {
  try {
    return read(given, isEmergency);
  } catch {
    return { ...none, ...judged(isEmergency, [unusable]) };
  }
}

const unusable: BadOption = { option: "options", field: "options" };
const none: ReadOptions = { words: { lines: [] }, by: undefined, again: false, context: undefined, given: [], bad: undefined, without: [] };

/** What a bad option costs: an ordinary call itself, for its words would be missed; an emergency call nothing but the option. */
const judged = (isEmergency: boolean, bad: readonly BadOption[]): Pick<ReadOptions, "bad" | "without"> =>
  isEmergency ? { bad: undefined, without: [...new Set(bad.map(({ option }) => option))] } : { bad: bad[0], without: [] };

function read(options: unknown, isEmergency: boolean): ReadOptions {
  if (options === undefined) return none;
  if (!isRecord(options)) return { ...none, ...judged(isEmergency, [unusable]) };
  const { by, again, headers, callerId, displayName, anonymous, context, ...others } = options;
  const named = { headers, callerId, displayName, anonymous, context };
  const bad: BadOption[] = Object.keys(others).map((name) => ({ option: "options", field: shown(name) }));
  const checked = <T>(option: CallOptionName, value: unknown, isUsable: (value: unknown) => value is T): T | undefined => {
    if (value === undefined || isUsable(value)) return value;
    bad.push({ option, field: option });
    return undefined;
  };
  // The emergency services must know whom to call back (RFC 6881 §9).
  const isHidden = (value: unknown): value is boolean => isFlag(value) && !(isEmergency && value);
  const [id, name, hidden] = [
    checked("callerId", callerId, isCallerId),
    checked("displayName", displayName, isWritable),
    checked("anonymous", anonymous, isHidden),
  ];
  const said = {
    words: {
      lines: headerLines(headers, (field) => bad.push({ option: "headers", field })),
      ...(id !== undefined && { callerId: id }),
      ...(name !== undefined && { displayName: name }),
      ...(hidden && { anonymous: true }),
    },
    by: checked("by", by, (value): value is "click-to-dial" | "check" => value === "click-to-dial" || value === "check"),
    again: checked("again", again, isFlag) ?? false,
    context,
    given: (Object.keys(named) as (keyof typeof named)[]).filter((option) => named[option] !== undefined),
  };
  return { ...said, ...judged(isEmergency, bad) };
}

/** Of a `Headers`, a `Map` or a list nothing would be read, and nobody would miss it. */
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !(Symbol.iterator in value);

/** Those that may be written; the others are told by their names. */
function headerLines(headers: unknown, refuse: (field: string) => void): readonly string[] {
  if (headers === undefined) return [];
  const entries = isRecord(headers) ? Object.entries(headers) : undefined;
  if (!entries || entries.length > most.headers) {
    refuse("headers");
    return [];
  }
  return entries.flatMap(([name, value]: [string, unknown]) => {
    if (isToken(name) && !owned.test(name) && isWritable(value)) return `${name}: ${value.trim()}`;
    refuse(`headers.${shown(name)}`);
    return [];
  });
}

const shown = (name: string): string => printable(name).slice(0, 60);

/**
 * How a trunk says it. Without a word of the CRM's nothing is added: From is the account's AOR.
 *
 * A number in From is what most carriers look for; RFC 3325 §9.2 has a header of its own for it, `P-Preferred-Identity`, beside the
 * AOR in From. Who hides is `anonymous` in From (RFC 3323 §4.1.1.3) and tells the carrier alone.
 */
export function wordsOn(
  { aor, callerId: place = "from" }: Pick<TrunkConfig, "aor" | "callerId">,
  { lines, callerId, displayName: name, anonymous }: Words,
): Pick<InviteRequest, "from" | "headers"> {
  const own =
    callerId === undefined ? aor : aor.replace(/^(sips?:)[^@]*/i, (_, scheme) => scheme + encodeURIComponent(callerId).replace("%2B", "+"));
  if (anonymous) {
    const from = { uri: "sip:anonymous@anonymous.invalid", name: "Anonymous" };
    return { from, headers: [...lines, "Privacy: id", `P-Preferred-Identity: <${own}>`] };
  }
  const isPreferred = place === "p-preferred-identity" && callerId !== undefined;
  const quoted = name === undefined ? "" : `"${name.replace(/[\\"]/g, "\\$&")}" `;
  return {
    from: { uri: isPreferred ? aor : own, ...(name !== undefined && { name }) },
    headers: isPreferred ? [...lines, `P-Preferred-Identity: ${quoted}<${own}>`] : lines,
  };
}

/** Which number the customer is shown, or could be, were it not withheld; nothing where the account is a name. */
export const shownNumber = ({ aor }: Pick<TrunkConfig, "aor">, { callerId }: Words): string | undefined =>
  /^(?:sips?:)?(\+?\d{3,})(?:@|$)/i.exec(callerId ?? aor)?.[1];

/** What the journal may know of them: which there are, never what they say; but of the context what `privacy.context` names. */
export function placedWith(
  { by, given, without, context }: ReadOptions,
  names: readonly string[],
): Pick<Entry<"call:placed">, "by" | "options" | "without" | "context"> {
  const kept = keptOf(context, names);
  return {
    ...(by && { by }),
    ...(given.length > 0 && { options: given }),
    ...(without.length > 0 && { without }),
    ...(kept && { context: kept }),
  };
}

/** What the integrator names, where it is a plain value. */
function keptOf(context: unknown, names: readonly string[]): Readonly<Record<string, string | number | boolean>> | undefined {
  if (names.length === 0 || typeof context !== "object" || context === null) return undefined;
  const kept: Record<string, string | number | boolean> = {};
  for (const name of names) {
    try {
      const value = (context as Readonly<Record<string, unknown>>)[name];
      if (typeof value === "string") kept[name] = excerptOf(value, 200);
      else if ((typeof value === "number" && Number.isFinite(value)) || typeof value === "boolean") kept[name] = value;
    } catch {
      // A getter of the integrator's: then there is nothing to keep.
    }
  }
  return Object.keys(kept).length > 0 ? kept : undefined;
}
