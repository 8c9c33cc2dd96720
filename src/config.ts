/** What the integrator passes, validated once. */
import type { TransferPolicy } from "./call/transfer-policy.ts";
import { systemClock, systemRandom } from "./clock.ts";
import { faultDomains } from "./diagnosis/model.ts";
import type { Priors } from "./diagnosis/weights.ts";
import { LinekeeperError } from "./errors.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import type { CrmFact, Route } from "./journal.ts";
import { readUrl } from "./platform.ts";
import type {
  Clock,
  CredentialsSource,
  Credentials,
  Media,
  NetworkSignal,
  PeerNotice,
  Random,
  ReportSink,
  ReportTransport,
  Resumption,
  ServerSource,
  SharedHealth,
  SipStack,
  Store,
} from "./ports.ts";
import type { ReportDocument } from "./report/document.ts";
import type { Candidate } from "./routing/plan.ts";
import { spreadMsOf, type Fleet } from "./trunk/backoff.ts";

/** One account at one carrier. */
export interface TrunkConfig {
  /** Short and unique; appears in events and reports. */
  readonly id: string;
  /** Name of the operator. Trunks of one carrier share its fate. */
  readonly carrier: string;
  /** SIP over WebSocket edge, `wss://host[:port][/path]` (RFC 7118), or what gives it at each connection, with a fresh token in it. */
  readonly server: string | ServerSource;
  /** Address of record, `sip:user@domain`. */
  readonly aor: string;
  /** Digest credentials, or what fetches them when the edge asks. */
  readonly credentials?: Credentials | CredentialsSource;
  /** Lower goes first; the place in the list if left out. */
  readonly priority?: number;
  /** Share of the calls among trunks of equal priority (RFC 2782). Default 1. */
  readonly weight?: number;
  /** `warm`: registered all the time (RFC 5626 §4.2.1). `cold`: only while no warm trunk is fit, for carriers that charge for bindings. Default `warm`. */
  readonly standby?: "warm" | "cold";
  /** Whether it reaches the emergency services. Default true. */
  readonly emergency?: boolean;
  /** How a number is dialled on this trunk; `sip:NUMBER@domain-of-the-aor` if left out. */
  readonly target?: (number: string) => string;
  /**
   * Where the `callerId` of a call is written: `from`, in From; `p-preferred-identity`, in that header (RFC 3325), with the AOR in
   * From. Default `from`.
   */
  readonly callerId?: "from" | "p-preferred-identity";
}

/** A named class of destinations, by E.164 prefix; the longest matching prefix decides. */
export interface RouteConfig {
  readonly name: string;
  readonly prefixes: readonly string[];
}

/** Asks something that is not SIP, as a control: resolves if it works. */
export type Control = (request: { readonly signal: AbortSignal }) => Promise<unknown>;

/** What a policy may know when it orders the trunks for a call. */
export interface PolicyRequest {
  readonly route: Route;
  readonly emergency: boolean;
  /** Not tried by this call yet, in the planner's own order. */
  readonly candidates: readonly Candidate[];
}

/**
 * Replaces the planner: gives the ids of the trunks to try, best first. One that is left out is not tried, but for
 * an emergency call. Asked anew before each attempt; if it throws, the planner's order holds.
 */
export type Policy = (request: PolicyRequest) => readonly string[];

export interface PrivacyConfig {
  /** Messages of errors that the integrator's own steps throw. They often hold URLs and tokens. */
  readonly errorMessages?: boolean;
  /** Free text of SIP status lines and Reason headers. It may hold numbers and names. */
  readonly reasonText?: boolean;
  /** Names of what a call's `context` holds that the journal, and so a report, may keep: plain values only. */
  readonly context?: readonly string[];
  /**
   * The deployment's own secret, 16 characters or more: numbers get a digest with it (HMAC-SHA-256), so that one number can be followed
   * through a fleet, and not be found again by a stranger. Without it they get none.
   */
  readonly key?: string;
  /** The number that the agent dials; in full, or class and last two digits. Default `redacted`. */
  readonly calledNumber?: Disclosure;
  /** The number of a customer who calls. Default `redacted`. */
  readonly callerNumber?: Disclosure;
  /** The name of a customer who calls, as the INVITE gives it. Default `redacted`. */
  readonly callerName?: Disclosure;
}

export type Disclosure = "redacted" | "full";

/** What is reported besides incidents that are over. */
export interface ReportingConfig {
  /** `at-once`: an incident is reported when it opens and at each change too. `when-closed`: or earlier only where the page ends before it. Default `when-closed`. */
  readonly incidents?: "at-once" | "when-closed";
  /** Share of the sessions without an incident that are reported, 0 to 1. Default 0. */
  readonly sample?: number;
  /** Each report is signed with this private key: ECDSA on P-256, or Ed25519. `keyId` says which it was. Default none. */
  readonly signing?: { readonly key: CryptoKey; readonly keyId?: string };
}

/** Everything that `createLinekeeper()` takes. */
export interface LinekeeperConfig {
  /** Goes into each report, for support alone. */
  readonly crm: CrmFact;
  /** May be empty, where the CRM's settings bring them by `setTrunks()`. */
  readonly trunks: readonly TrunkConfig[];
  readonly stack: SipStack;
  readonly media: Media;
  /** Where reports go: a sink takes them as they come; a transport, such as `http()`, is given them by an outbox that loses none. */
  readonly reports?: readonly (ReportSink<ReportDocument> | ReportTransport)[];
  readonly reporting?: ReportingConfig;
  /** Keeps reports and the journal's tail for the next page: `indexedDb()`, or `fileStore()` in Node. Memory if left out. */
  readonly store?: Store;
  /** Named controls, e.g. `{ crm: ({ signal }) => fetch("/health", { signal }) }`. */
  readonly controls?: Readonly<Record<string, Control>>;
  /** Country calling code, digits only: tells national from international numbers. */
  readonly country?: string;
  readonly routes?: readonly RouteConfig[];
  /** Numbers that are never refused, as the agent dials them. */
  readonly emergencyNumbers?: readonly string[];
  readonly limits?: Partial<Limits>;
  readonly privacy?: PrivacyConfig;
  readonly network?: NetworkSignal;
  readonly policy?: Policy;
  /** How many agents lose an edge together, and what it takes: spreads their return. */
  readonly fleet?: Fleet;
  /**
   * What experience says of each fault domain before any evidence, as log-odds (natural logarithm), e.g.
   * `{ "local-network": 0.7 }` where that is twice as common as elsewhere. A domain left
   * out keeps its default (docs/diagnosis.md).
   */
  readonly priors?: Priors;
  /** Shares trunk health with other pages of this browser and with the next page: `tabs()`. */
  readonly shared?: SharedHealth;
  /**
   * An answered call survives a reload of its page: `resumeInTab()`. Left out, a page that goes away hangs up: only a CRM whose page
   * starts the line by itself brings the agent back before the customer has given up.
   */
  readonly resumption?: Resumption;
  /** A customer who calls while the agent is on a call: 486 (`refuse`), or shown (`offer`). Default `refuse`. */
  readonly whenBusy?: "refuse" | "offer";
  /**
   * A second call while the agent talks, or a customer's that is answered: the first is held (`hold`), or both are heard (`mix`).
   * Default `hold`.
   */
  readonly whileTalking?: "hold" | "mix";
  /** When a call is over and another is on hold: that one is taken back (`take-back`), or stays there (`stay`). Default `take-back`. */
  readonly afterHangUp?: "take-back" | "stay";
  /** Headers of a customer's INVITE that `incoming.headers` shall hold, such as `User-to-User` (RFC 7433). Default none. */
  readonly incomingHeaders?: readonly string[];
  /**
   * Whether a customer's call that asks for it is answered by itself, where the agent has no other call. Anybody may write that wish:
   * permit it only where the carrier lets none in from outside. Default false.
   */
  readonly autoAnswer?: boolean;
  /**
   * What the line tells of besides calls: text messages (`message:received`), voicemail (`voicemail:changed`), other settings at the PBX
   * (`check-sync:received`). What is not named is refused (405, 489), and `Allow` says so. Default none.
   */
  readonly incomingNotices?: readonly PeerNotice["what"][];
  /**
   * Asked when the other side of a call wants us to call somebody (REFER, RFC 3515), before anybody is called: it costs what a call costs.
   * Left out, each is refused (405), and `Allow` does not name REFER.
   */
  readonly transferPolicy?: TransferPolicy;
  readonly clock?: Clock;
  readonly random?: Random;
}

type Optional = "country" | "network" | "policy" | "resumption" | "shared" | "store" | "transferPolicy";

/** The same with nothing left open. */
export interface Settings extends Required<Omit<LinekeeperConfig, "limits" | "privacy" | "fleet" | "reporting" | Optional>> {
  readonly country: string | undefined;
  readonly network: NetworkSignal | undefined;
  readonly policy: Policy | undefined;
  readonly transferPolicy: TransferPolicy | undefined;
  readonly shared: SharedHealth | undefined;
  readonly resumption: Resumption | undefined;
  readonly store: Store | undefined;
  readonly reporting: ReportingConfig & Required<Omit<ReportingConfig, "signing">>;
  /** Names what this session delivers; undefined where it delivers nothing. */
  readonly sessionId: string | undefined;
  /** Over how long a fleet's first moves are spread, ms. */
  readonly spreadMs: number;
  readonly limits: Limits;
  readonly privacy: PrivacyConfig & Required<Pick<PrivacyConfig, "errorMessages" | "reasonText" | "context">>;
  /** `privacy` lets something be known of whom a call is with. */
  readonly isDisclosing: boolean;
}

/** Valid everywhere: GSM 3GPP TS 22.101 §10.1.1, ITU-T E.161.1. */
const worldwideEmergencyNumbers = ["112", "911"];
/** What else a country's people dial, by calling code. */
const nationalEmergencyNumbers: Readonly<Record<string, readonly string[]>> = {
  "1": ["988"],
  "7": ["101", "102", "103", "104"],
  "20": ["122", "123", "180"],
  "27": ["10111", "10177"],
  "32": ["100", "101", "110"],
  "33": ["15", "17", "18", "114", "115", "119", "191", "196", "197"],
  "34": ["061", "062", "080", "085", "091", "092"],
  "39": ["113", "115", "118"],
  "41": ["117", "118", "144", "1414"],
  "44": ["999"],
  "49": ["110"],
  "55": ["190", "192", "193"],
  "61": ["000", "106"],
  "64": ["111"],
  "81": ["110", "118", "119"],
  "82": ["119"],
  "86": ["110", "119", "120", "122"],
  "91": ["100", "101", "102", "108"],
  "212": ["15", "19", "150", "177"],
  "213": ["14", "17", "1055", "1548"],
  "216": ["190", "193", "197", "198"],
  "221": ["15", "17", "18"],
};

const known = {
  config: [
    "crm",
    "trunks",
    "stack",
    "media",
    "reports",
    "reporting",
    "store",
    "controls",
    "country",
    "routes",
    "emergencyNumbers",
    "limits",
    "privacy",
    "network",
    "policy",
    "fleet",
    "priors",
    "shared",
    "resumption",
    "whenBusy",
    "whileTalking",
    "afterHangUp",
    "incomingHeaders",
    "autoAnswer",
    "incomingNotices",
    "transferPolicy",
    "clock",
    "random",
  ],
  crm: ["vendor", "version", "site", "agentId", "ticket"],
  trunk: ["id", "carrier", "server", "aor", "credentials", "priority", "weight", "standby", "emergency", "target", "callerId"],
  credentials: ["username", "password"],
  route: ["name", "prefixes"],
  fleet: ["agents", "registrationsPerS"],
  privacy: ["errorMessages", "reasonText", "context", "key", "calledNumber", "callerNumber", "callerName"],
  reporting: ["incidents", "sample", "signing"],
  signing: ["key", "keyId"],
} as const;

const disclosures = ["calledNumber", "callerNumber", "callerName"] as const;

/**
 * Checks `config` once and fills in the defaults.
 * @param securePage true on an https page, where a browser blocks `ws:` as mixed content.
 * @throws LinekeeperError `bad-config`, naming the field and what is wrong with it.
 */
export function settingsOf(config: LinekeeperConfig, securePage: boolean): Settings {
  fields("config", config, known.config);
  fields("crm", config.crm, known.crm);
  text("crm.vendor", config.crm.vendor);
  for (const key of ["version", "site", "agentId", "ticket"] as const)
    if (config.crm[key] !== undefined) text(`crm.${key}`, config.crm[key]);
  const trunks = readTrunks(config.trunks, securePage);
  methods("stack", config.stack, ["edge"], 'pass sipjs() from "linekeeper/sipjs"');
  methods("media", config.media, ["open"], 'pass webrtc() from "linekeeper/webrtc", or noMedia() where no audio is wanted');
  const reports = list("reports", config.reports ?? []);
  sinks(reports);
  if (config.store !== undefined)
    methods("store", config.store, ["read", "write", "remove", "keys"], 'pass indexedDb() from "linekeeper/indexeddb"');
  const reporting = { incidents: "when-closed", sample: 0, ...config.reporting } as const;
  fields("reporting", reporting, known.reporting);
  oneOf("reporting.incidents", reporting.incidents, ["at-once", "when-closed"]);
  positive("reporting.sample", reporting.sample, 0);
  if (reporting.sample > 1) refuse("reporting.sample", `must be a share from 0 to 1, not ${show(reporting.sample)}`);
  if (reporting.signing !== undefined) {
    fields("reporting.signing", reporting.signing, known.signing);
    const { key, keyId } = reporting.signing;
    // Shows no value: it is a secret.
    if (!(key?.type === "private" && key.usages.includes("sign")))
      refuse("reporting.signing.key", "must be a private CryptoKey that may sign");
    if (keyId !== undefined) text("reporting.signing.keyId", keyId);
  }
  for (const [name, control] of Object.entries(config.controls ?? {}))
    if (typeof control !== "function") refuse(`controls.${name}`, "must be a function that returns a promise");
  if (config.country !== undefined && !/^[1-9]\d{0,2}$/.test(config.country))
    refuse("country", `must be a country calling code without "+", such as "216", not ${show(config.country)}`);
  for (const [index, number] of list("emergencyNumbers", config.emergencyNumbers ?? []).entries())
    if (typeof number !== "string" || !/^\+?\d{2,15}$/.test(number))
      refuse(`emergencyNumbers[${index}]`, `must be digits, not ${show(number)}`);
  routes(config.routes ?? []);
  const privacy = config.privacy ?? {};
  fields("privacy", privacy, known.privacy);
  for (const key of ["errorMessages", "reasonText"] as const)
    if (privacy[key] !== undefined && typeof privacy[key] !== "boolean") refuse(`privacy.${key}`, "must be true or false");
  for (const key of disclosures) oneOf(`privacy.${key}`, privacy[key], ["redacted", "full"]);
  // Shows no value: it is a secret.
  if (privacy.key !== undefined && (typeof privacy.key !== "string" || privacy.key.length < 16))
    refuse("privacy.key", "must be a text of 16 characters or more");
  for (const [index, name] of list("privacy.context", privacy.context ?? []).entries()) text(`privacy.context[${index}]`, name);
  if (config.network !== undefined) methods("network", config.network, ["watch"], "a network signal has watch()");
  if (config.policy !== undefined && typeof config.policy !== "function")
    refuse("policy", "must be a function from candidates to a list of trunk ids");
  if (config.transferPolicy !== undefined && typeof config.transferPolicy !== "function")
    refuse("transferPolicy", "must be a function from a transfer request to true or false");
  if (config.fleet !== undefined) {
    fields("fleet", config.fleet, known.fleet);
    for (const key of known.fleet) positive(`fleet.${key}`, config.fleet[key], 1);
  }
  const priors = config.priors ?? {};
  fields("priors", priors, faultDomains);
  for (const [domain, logOdds] of Object.entries(priors))
    if (!Number.isFinite(logOdds)) refuse(`priors.${domain}`, `must be log-odds, a finite number, not ${show(logOdds)}`);
  if (config.shared !== undefined)
    methods("shared", config.shared, ["restore", "save", "tell", "join"], 'pass tabs() from "linekeeper/tabs"');
  if (config.resumption !== undefined)
    methods("resumption", config.resumption, ["keep", "take"], 'pass resumeInTab() from "linekeeper/tabs"');
  oneOf("whenBusy", config.whenBusy, ["refuse", "offer"]);
  oneOf("whileTalking", config.whileTalking, ["hold", "mix"]);
  oneOf("afterHangUp", config.afterHangUp, ["take-back", "stay"]);
  for (const [index, name] of list("incomingHeaders", config.incomingHeaders ?? []).entries())
    if (typeof name !== "string" || !/^[\w\-.!%*+`'~]{2,}$/.test(name))
      refuse(`incomingHeaders[${index}]`, `must be the name of a header, not ${show(name)}`);
  for (const [index, what] of list("incomingNotices", config.incomingNotices ?? []).entries())
    oneOf(`incomingNotices[${index}]`, what, ["message", "voicemail", "check-sync"]);
  if (config.autoAnswer !== undefined && typeof config.autoAnswer !== "boolean") refuse("autoAnswer", "must be true or false");
  if (config.clock !== undefined)
    methods("clock", config.clock, ["nowMs", "dateMs", "setTimer"], "a clock has nowMs(), dateMs() and setTimer()");
  if (config.random !== undefined && typeof config.random !== "function")
    refuse("random", "must be a function that returns a number in [0, 1)");
  return {
    crm: config.crm,
    trunks,
    stack: config.stack,
    media: config.media,
    reports: [...reports],
    controls: { ...config.controls },
    country: config.country,
    routes: [...(config.routes ?? [])],
    emergencyNumbers: config.emergencyNumbers ?? [...worldwideEmergencyNumbers, ...(nationalEmergencyNumbers[config.country ?? ""] ?? [])],
    limits: limits(config.limits ?? {}),
    isDisclosing: privacy.key !== undefined || disclosures.some((key) => privacy[key] === "full"),
    privacy: {
      ...privacy,
      errorMessages: privacy.errorMessages ?? false,
      reasonText: privacy.reasonText ?? false,
      context: [...(privacy.context ?? [])],
    },
    network: config.network,
    policy: config.policy,
    transferPolicy: config.transferPolicy,
    shared: config.shared,
    resumption: config.resumption,
    store: config.store,
    reporting,
    sessionId: reports.length > 0 || config.store ? sessionIdOf(config.random ?? systemRandom) : undefined,
    spreadMs: spreadMsOf(config.fleet),
    priors,
    whenBusy: config.whenBusy ?? "refuse",
    whileTalking: config.whileTalking ?? "hold",
    afterHangUp: config.afterHangUp ?? "take-back",
    incomingHeaders: [...(config.incomingHeaders ?? [])],
    incomingNotices: [...new Set(config.incomingNotices)],
    autoAnswer: config.autoAnswer ?? false,
    clock: config.clock ?? systemClock,
    random: config.random ?? systemRandom,
  };
}

/**
 * Checks what the CRM sets, at the start or later; an empty list where its settings are to bring them.
 * @returns a copy: what the CRM does with its own is no change of settings.
 * @throws LinekeeperError `bad-config`, naming the field.
 */
export function readTrunks(given: readonly TrunkConfig[], securePage: boolean): readonly TrunkConfig[] {
  const seen = new Map<string, number>();
  for (const [index, trunk] of list("trunks", given).entries()) {
    const at = `trunks[${index}]`;
    fields(at, trunk, known.trunk);
    text(`${at}.id`, trunk.id);
    const first = seen.get(trunk.id);
    if (first !== undefined) refuse(`${at}.id`, `${show(trunk.id)} is taken by trunks[${first}]`);
    seen.set(trunk.id, index);
    text(`${at}.carrier`, trunk.carrier);
    const problem = typeof trunk.server === "function" ? undefined : serverProblem(trunk.server, securePage);
    if (problem !== undefined) refuse(`${at}.server`, problem);
    if (typeof trunk.aor !== "string" || !/^sips?:[^@\s<>;:]+@[^@\s<>;]+$/.test(trunk.aor))
      refuse(`${at}.aor`, `must be an address of record such as "sip:agent7@example.com", not ${show(trunk.aor)}`);
    if (trunk.credentials !== undefined && typeof trunk.credentials !== "function") credentials(`${at}.credentials`, trunk.credentials);
    checkOrder(trunk, at);
    oneOf(`${at}.standby`, trunk.standby, ["warm", "cold"]);
    if (trunk.emergency !== undefined && typeof trunk.emergency !== "boolean") refuse(`${at}.emergency`, "must be true or false");
    oneOf(`${at}.callerId`, trunk.callerId, ["from", "p-preferred-identity"]);
    if (trunk.target !== undefined && typeof trunk.target !== "function")
      refuse(`${at}.target`, "must be a function from a number to a SIP URI");
  }
  if (given.length > 0 && given.every(({ standby }) => standby === "cold")) refuse("trunks", "are all cold; at least one must be warm");
  return given.map((trunk) => ({
    ...trunk,
    ...(typeof trunk.credentials === "object" && { credentials: { ...trunk.credentials } }),
  }));
}

/** Why that cannot be the URL of an edge; undefined where it can. */
export function serverProblem(server: unknown, securePage: boolean): string | undefined {
  const url = readUrl(server);
  if (!url || !/^wss?:$/.test(url.protocol)) return `must be a WebSocket URL such as "wss://sbc.example.com", not ${show(server)}`;
  if (url.username || url.password) return "must not hold credentials; use `credentials`";
  return securePage && url.protocol === "ws:" ? "is ws:, which a browser blocks on an https page; use wss:" : undefined;
}

function sinks(given: Settings["reports"]): void {
  const seen = new Map<string, number>();
  for (const [index, sink] of given.entries()) {
    const at = `reports[${index}]`;
    const isTransport = typeof (sink as Partial<ReportTransport> | null | undefined)?.send === "function";
    if (!isTransport) methods(at, sink, ["deliver"], "a report sink has a name and deliver(), a transport send()");
    else {
      text(`${at}.name`, sink.name);
      const first = seen.get(sink.name);
      if (first !== undefined) refuse(`${at}.name`, `${show(sink.name)} is taken by reports[${first}]; each needs a queue of its own`);
      seen.set(sink.name, index);
    }
  }
}

/** 104 random bits. */
const sessionIdOf = (random: Random): string =>
  [random(), random()]
    .map((each) =>
      Math.floor(each * 2 ** 52)
        .toString(16)
        .padStart(13, "0"),
    )
    .join("");

/** Shows no value: it may be the password. */
function credentials(at: string, given: Credentials): void {
  const wanted = "must be { username?, password } or a function that returns it";
  if (typeof given !== "object" || given === null) refuse(at, wanted);
  fields(at, given, known.credentials);
  if (typeof given.password !== "string") refuse(at, wanted);
  if (given.username !== undefined && typeof given.username !== "string") refuse(`${at}.username`, "must be a text");
}

/** @throws LinekeeperError `bad-config` when a priority or weight is no number of 0 or more. */
export function checkOrder(order: { readonly priority?: number; readonly weight?: number }, at = "weigh()"): void {
  for (const key of ["priority", "weight"] as const) if (order[key] !== undefined) positive(`${at}.${key}`, order[key], 0);
}

function routes(given: readonly RouteConfig[]): void {
  const seen = new Set<string>(["emergency"]);
  for (const [index, route] of list("routes", given).entries()) {
    const at = `routes[${index}]`;
    fields(at, route, known.route);
    text(`${at}.name`, route.name);
    if (seen.has(route.name)) refuse(`${at}.name`, `${show(route.name)} is taken`);
    seen.add(route.name);
    if (list(`${at}.prefixes`, route.prefixes).length === 0) refuse(`${at}.prefixes`, "is empty");
    for (const [place, prefix] of route.prefixes.entries())
      if (typeof prefix !== "string" || !/^\+?\d+$/.test(prefix))
        refuse(`${at}.prefixes[${place}]`, `must be digits, "+" before them for E.164, not ${show(prefix)}`);
  }
}

function limits(given: Partial<Limits>): Limits {
  fields("limits", given, Object.keys(defaultLimits));
  for (const [key, value] of Object.entries(given))
    if (value !== undefined) positive(`limits.${key}`, value, key.startsWith("max") || key.endsWith("Entries") ? 1 : 0);
  const all = { ...defaultLimits, ...given };
  for (const key of ["healthyFailurePercent", "failingFailurePercent", "falseAlarmPercent", "missPercent"] as const)
    if (all[key] <= 0 || all[key] >= 100) refuse(`limits.${key}`, `must be between 0 and 100, not ${all[key]}`);
  for (const [low, high] of [
    ["silenceMinMs", "silenceMaxMs"],
    ["reconnectBaseMs", "reconnectMaxMs"],
    ["ejectionBaseMs", "ejectionMaxMs"],
    ["refusalRestBaseMs", "refusalRestMaxMs"],
    ["pddMinMs", "pddMaxMs"],
    ["healthyFailurePercent", "failingFailurePercent"],
  ] as const)
    if (all[low] > all[high]) refuse(`limits.${low}`, `is ${all[low]}, more than limits.${high} (${all[high]})`);
  return all;
}

// ── The small checks that the above are made of ───────────────────────────────────────────────────

function refuse(field: string, what: string): never {
  throw new LinekeeperError("bad-config", `${field} ${what}`);
}

/** How a refused value is shown; cut short, since it may be anything. */
function show(value: unknown): string {
  const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
  return shown.length > 60 ? `${shown.slice(0, 57)}…` : shown;
}

function fields(at: string, value: unknown, allowed: readonly string[]): void {
  if (typeof value !== "object" || value === null) refuse(at, value === undefined ? "is missing" : `must be an object, not ${show(value)}`);
  for (const key of Object.keys(value)) {
    if (allowed.includes(key)) continue;
    const near = allowed.find((name) => name.toLowerCase().startsWith(key.slice(0, 4).toLowerCase()));
    refuse(
      at === "config" ? key : `${at}.${key}`,
      `is not a known field${near ? `; did you mean "${near}"?` : `; known are ${allowed.join(", ")}`}`,
    );
  }
}

function text(at: string, value: unknown): void {
  if (value === undefined) refuse(at, "is missing");
  if (typeof value !== "string" || value.trim() === "") refuse(at, `must be a text that is not empty, not ${show(value)}`);
}

function list<T>(at: string, value: readonly T[]): readonly T[] {
  if (!Array.isArray(value)) refuse(at, value === undefined ? "is missing" : `must be a list, not ${show(value)}`);
  return value;
}

function oneOf(at: string, value: unknown, allowed: readonly string[]): void {
  if (value !== undefined && !allowed.includes(value as string))
    refuse(at, `must be ${allowed.map((each) => `"${each}"`).join(" or ")}, not ${show(value)}`);
}

function methods(at: string, value: unknown, names: readonly string[], hint: string): void {
  if (value === undefined || value === null) refuse(at, `is missing; ${hint}`);
  for (const name of names) if (typeof (value as Record<string, unknown>)[name] !== "function") refuse(at, `has no ${name}(); ${hint}`);
}

function positive(at: string, value: unknown, least: number): void {
  if (typeof value !== "number" || !Number.isFinite(value) || value < least)
    refuse(at, `must be a number of ${least} or more, not ${show(value)}`);
}
