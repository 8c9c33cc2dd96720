/** What the integrator passes, checked once, with the defaults filled in. */
import * as check from "./checks.ts";
import { distinct, each, filled, label, list, oneOf, refuse, shape, show, text, type Check } from "./checks.ts";
import { systemClock, systemRandom, type Random } from "./clock.ts";
import type { LinekeeperConfig, PrivacyConfig, ReportingConfig, RouteConfig, Settings, TrunkConfig } from "./config.ts";
import { faultDomains } from "./diagnosis/model.ts";
import type { Priors } from "./diagnosis/weights.ts";
import { wellFormed } from "./excerpt.ts";
import type { CrmFact } from "./journal.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import { readUrl } from "./platform.ts";
import type { ReportTransport } from "./ports/reports.ts";
import type { Credentials } from "./ports/sip-account.ts";
import { emergencyNumbersOf } from "./routing/emergency-numbers.ts";
import { spreadMsOf, type Fleet } from "./trunk/backoff.ts";

// ── The fields, each by its check ─────────────────────────────────────────────────────────────────

/** What says whom a call is with; the number that the customer is shown does not. */
const identifying = ["calledNumber", "callerNumber", "callerName"] as const;
const disclosures = [...identifying, "callerId"] as const;
const disclosure = oneOf("redacted", "full");
const crmFields = ["vendor", "version", "site", "agentId", "ticket"] as const satisfies readonly (keyof CrmFact)[];
const share = check.fits("a share from 0 to 1", (value) => typeof value === "number" && value >= 0 && value <= 1);
const percent = check.fits("between 0 and 100", (value) => typeof value === "number" && value > 0 && value < 100);
const logOdds = check.fits("log-odds, a finite number", Number.isFinite);
const order = { priority: check.atLeast(0), weight: check.atLeast(0) };

const credentials = shape<Credentials>({
  username: check.hidden("a text that is not empty", (value) => typeof value === "string" && value !== ""),
  password: () => {},
});

const trunk = (securePage: boolean): Check =>
  shape<TrunkConfig>(
    {
      id: label,
      carrier: label,
      server(at, server) {
        const problem = typeof server === "function" ? undefined : serverProblem(server, securePage);
        if (problem !== undefined) refuse(at, problem);
      },
      aor: check.matching(/^sips?:[^@\s<>;:]+@[^@\s<>;]+$/, 'an address of record such as "sip:agent7@example.com"'),
      credentials(at, given) {
        if (typeof given === "function") return;
        if (typeof given === "object" && given) credentials(at, given);
        // Shows no value: it may be the password.
        if (typeof (given as Partial<Credentials> | null)?.password !== "string")
          refuse(at, "must be { username?, password } or a function that returns it");
      },
      ...order,
      standby: oneOf("warm", "cold"),
      emergency: check.flag,
      target: check.callable("from a number to a SIP URI"),
      callerId: oneOf("from", "p-preferred-identity"),
    },
    "id",
    "carrier",
    "server",
    "aor",
  );

const trunksOf =
  (securePage: boolean): Check =>
  (at, given) => {
    list(trunk(securePage))(at, given);
    const trunks = given as readonly TrunkConfig[];
    distinct(at, trunks, "id");
    if (trunks.length > 0 && trunks.every(({ standby }) => standby === "cold")) refuse(at, "are all cold; at least one must be warm");
  };

const route = shape<RouteConfig>(
  {
    name(at, name) {
      label(at, name);
      if (["all", "emergency", "unknown"].includes(name as string)) refuse(at, `${show(name)} is taken`);
    },
    prefixes: filled(check.matching(/^\+?\d+$/, 'digits, "+" before them for E.164')),
  },
  "name",
  "prefixes",
);

const sink = check.methods("a report sink has a name and deliver(), a transport send()", "deliver");

const report: Check = (at, given) => {
  const { send, name } = (given ?? {}) as Partial<ReportTransport>;
  if (typeof send !== "function") sink(at, given);
  label(`${at}.name`, name);
};

/** A wait may be none. But what comes again and again, or is divided by, must not be at once: it would never let go. */
function limit(key: string): Check {
  if (key.endsWith("Percent")) return percent;
  return key.endsWith("Ms") ? check.atLeast(/(?:Base|HalfLife|Interval|Timeout|Window)Ms$/.test(key) ? 1 : 0) : check.whole;
}

const config = (securePage: boolean): Check =>
  shape<LinekeeperConfig>(
    {
      crm: shape<CrmFact>(
        byName(crmFields, () => text),
        "vendor",
      ),
      trunks: trunksOf(securePage),
      stack: check.methods('pass sipjs() from "linekeeper/sipjs"', "edge"),
      media: check.methods('pass webrtc() from "linekeeper/webrtc", or noMedia() where no audio is wanted', "open"),
      reports: list(report),
      reporting: shape<ReportingConfig>({
        incidents: oneOf("at-once", "when-closed"),
        sample: share,
        signing: shape<NonNullable<ReportingConfig["signing"]>>(
          {
            key: check.hidden("a private CryptoKey that may sign", (value) => {
              const { type, usages } = (value ?? {}) as Partial<CryptoKey>;
              return type === "private" && usages?.includes("sign") === true;
            }),
            keyId: text,
          },
          "key",
        ),
      }),
      store: check.methods('pass indexedDb() from "linekeeper/indexeddb"', "read", "write", "remove", "keys"),
      controls: each(check.callable("that returns a promise")),
      country: check.matching(/^[1-9]\d{0,2}$/, 'a country calling code without "+", such as "216"'),
      routes: list(route),
      emergencyNumbers: filled(check.matching(/^\+?\d{2,15}$/, "digits")),
      limits: shape<Limits>(byName(Object.keys(defaultLimits) as (keyof Limits)[], limit)),
      privacy: shape<PrivacyConfig>({
        errorMessages: check.flag,
        reasonText: check.flag,
        context: list(text),
        key: check.hidden("a text of 16 characters or more", (value) => typeof value === "string" && value.length >= 16),
        ...byName(disclosures, () => disclosure),
      }),
      network: check.methods("a network signal has watch()", "watch"),
      policy: check.callable("from candidates to a list of trunk ids"),
      fleet: shape<Fleet>({ agents: check.atLeast(1), registrationsPerS: check.atLeast(1) }, "agents", "registrationsPerS"),
      priors: shape<Priors>(byName(faultDomains, () => logOdds)),
      shared: check.methods('pass tabs() from "linekeeper/tabs"', "restore", "save", "tell", "join"),
      resumption: check.methods('pass resumeInTab() from "linekeeper/tabs"', "keep", "take"),
      whenBusy: oneOf("refuse", "offer"),
      whileTalking: oneOf("hold", "mix"),
      afterHangUp: oneOf("take-back", "stay"),
      incomingHeaders: list(check.matching(/^[\w\-.!%*+`'~]{2,}$/, "the name of a header")),
      autoAnswer: check.flag,
      incomingNotices: list(oneOf("message", "voicemail", "check-sync")),
      transferPolicy: check.callable("from a transfer request to true or false"),
      clock: check.methods("a clock has nowMs(), dateMs() and setTimer()", "nowMs", "dateMs", "setTimer"),
      random: check.callable("that returns a number in [0, 1)"),
    },
    "crm",
    "trunks",
    "stack",
    "media",
  );

const byName = <K extends string, T>(keys: readonly K[], valueOf: (key: K) => T) =>
  Object.fromEntries(keys.map((key) => [key, valueOf(key)])) as Record<K, T>;

// ── The whole ─────────────────────────────────────────────────────────────────────────────────────

/**
 * Checks `given` once and fills in the defaults.
 * @param securePage true on an https page, where a browser blocks `ws:` as mixed content.
 * @throws LinekeeperError `bad-config`, naming the field and what is wrong with it.
 */
export function settingsOf(given: LinekeeperConfig, securePage: boolean): Settings {
  config(securePage)("config", given);
  const { reports, reporting, routes, privacy, random = systemRandom } = given;
  distinct(
    "reports",
    (reports ?? []).filter((report) => "send" in report),
    "name",
    "; each needs a queue of its own",
  );
  distinct("routes", routes ?? [], "name");
  return {
    crm: crmFactOf(given.crm),
    trunks: copied(given.trunks),
    stack: given.stack,
    media: given.media,
    reports: [...(reports ?? [])],
    controls: { ...given.controls },
    country: given.country,
    routes: [...(routes ?? [])],
    emergencyNumbers: given.emergencyNumbers ?? emergencyNumbersOf(given.country),
    limits: limitsOf(given.limits),
    isDisclosing: privacy?.key !== undefined || identifying.some((key) => privacy?.[key] === "full"),
    privacy: {
      ...privacy,
      errorMessages: privacy?.errorMessages ?? false,
      reasonText: privacy?.reasonText ?? false,
      context: [...(privacy?.context ?? [])],
    },
    network: given.network,
    policy: given.policy,
    transferPolicy: given.transferPolicy,
    shared: given.shared,
    resumption: given.resumption,
    store: given.store,
    reporting: { ...reporting, incidents: reporting?.incidents ?? "when-closed", sample: reporting?.sample ?? 0 },
    sessionId: reports?.length || given.store ? sessionIdOf(random) : undefined,
    spreadMs: spreadMsOf(given.fleet),
    priors: { ...given.priors },
    whenBusy: given.whenBusy ?? "refuse",
    whileTalking: given.whileTalking ?? "hold",
    afterHangUp: given.afterHangUp ?? "take-back",
    incomingHeaders: [...(given.incomingHeaders ?? [])],
    incomingNotices: [...new Set(given.incomingNotices)],
    autoAnswer: given.autoAnswer ?? false,
    clock: given.clock ?? systemClock,
    random,
  };
}

/** As it is now: the journal's first entry holds it, and does not change with what the CRM makes of its own. */
const crmFactOf = (given: CrmFact): CrmFact =>
  Object.fromEntries(
    crmFields.flatMap((name) => {
      const value = given[name];
      return value === undefined ? [] : [[name, wellFormed(value)]];
    }),
  ) as Record<(typeof crmFields)[number], string>;

/**
 * Checks what the CRM sets, at the start or later; an empty list where its settings are to bring them.
 * @returns a copy: what the CRM does with its own is no change of settings.
 * @throws LinekeeperError `bad-config`, naming the field.
 */
export function readTrunks(given: readonly TrunkConfig[], securePage: boolean): readonly TrunkConfig[] {
  trunksOf(securePage)("trunks", given);
  return copied(given);
}

const copied = (trunks: readonly TrunkConfig[]): readonly TrunkConfig[] =>
  trunks.map((each) => ({ ...each, ...(typeof each.credentials === "object" && { credentials: { ...each.credentials } }) }));

/** Why that cannot be the URL of an edge; undefined where it can. */
export function serverProblem(server: unknown, securePage: boolean): string | undefined {
  const url = readUrl(server);
  if (!url || !/^wss?:$/.test(url.protocol)) return `must be a WebSocket URL such as "wss://sbc.example.com", not ${show(server)}`;
  if (url.username || url.password) return "must not hold credentials; use `credentials`";
  if (url.hash) return "must not have a fragment (#…)";
  return securePage && url.protocol === "ws:" ? "is ws:, which a browser blocks on an https page; use wss:" : undefined;
}

/** What `weigh()` is given. @throws LinekeeperError `bad-config`, naming the field. */
export const checkOrder = (given: Pick<TrunkConfig, "priority" | "weight">): void => shape(order)("weigh()", given);

/** Each is fit by itself. */
function limitsOf(given: LinekeeperConfig["limits"]): Limits {
  const all = byName(Object.keys(defaultLimits) as (keyof Limits)[], (key) => given?.[key] ?? defaultLimits[key]);
  for (const [low, high] of [
    ["silenceMinMs", "silenceMaxMs"],
    ["reconnectBaseMs", "reconnectMaxMs"],
    ["ejectionBaseMs", "ejectionMaxMs"],
    ["refusalRestBaseMs", "refusalRestMaxMs"],
    ["pddMinMs", "pddMaxMs"],
  ] as const)
    if (all[low] > all[high]) refuse(`limits.${low}`, `is ${all[low]}, more than limits.${high} (${all[high]})`);
  // Else the sequential test could never tell a failing trunk from one that is well.
  const { healthyFailurePercent, failingFailurePercent, falseAlarmPercent, missPercent } = all;
  if (healthyFailurePercent >= failingFailurePercent)
    refuse(
      "limits.healthyFailurePercent",
      `is ${healthyFailurePercent}, not less than limits.failingFailurePercent (${failingFailurePercent})`,
    );
  if (falseAlarmPercent + missPercent >= 100)
    refuse("limits.falseAlarmPercent", `is ${falseAlarmPercent}, with limits.missPercent (${missPercent}) not less than 100`);
  return all;
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
