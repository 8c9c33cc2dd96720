/** What a mock trunk can be told when it is made. */
import type { Reliability } from "./dialects/dialect.ts";
import type { AnswersTo } from "./edge.ts";
import { show } from "../../src/checks.ts";
import type { Clock, Random } from "../../src/clock.ts";
import type { Challenge } from "./gatekeeper.ts";
import { dialectNames, type DialectName } from "./dialects/index.ts";
import { checkHabit, defaultHabit, type Habit } from "./habit.ts";
import { isMangle, type Mangle } from "./mangle.ts";
import type { Rule } from "./rule.ts";
import { isSessionTimer, type SessionTimerOptions } from "./session-timer.ts";
import type { AnswerOffer } from "./sdp.ts";

/** What a trunk is like from its start; what breaks later is told to `fault()`. */
export interface MockTrunkOptions {
  /** For error messages and close reasons. */
  readonly name: string;
  /** SIP domain and digest realm, e.g. `a.example`. */
  readonly domain: string;
  /** Password by user name. */
  readonly users?: Readonly<Record<string, string>>;
  /** What is asked for credentials. Default `all` (REGISTER and INVITE) where there are users, else `none`. */
  readonly challenge?: Challenge;
  /** How long a nonce is good. Default 300 000 ms. */
  readonly nonceLifeMs?: number;
  /** Whether a 200 names the nonce of the next credentials (RFC 7616 §3.5). Default: false. */
  readonly nextNonce?: boolean;
  /** The longest life of a binding. Default 600 s. */
  readonly grantedS?: number;
  /** A REGISTER that asks for less is refused by 423. Default 0 s. */
  readonly minExpiresS?: number;
  /** What phones do that were told nothing. */
  readonly habit?: Partial<Habit>;
  /** The customers' audio: answers an SDP offer (empty when there was none). Default: a line that listens and sends nothing. */
  readonly media?: AnswerOffer;
  /** How what the trunk writes is spelled, and a few habits with it. Default: `plain`. */
  readonly dialect?: DialectName;
  /** Spells every message anew, by chance. Default: not. */
  readonly mangle?: Mangle;
  /** Session timers (RFC 4028). Default: as the dialect has it. */
  readonly sessionTimer?: SessionTimerOptions;
  /** Reliable provisional answers (RFC 3262): `never`, where the softphone is for them too, or `required`. Default: as the dialect has it. */
  readonly reliability?: Reliability;
  /** Where answers go. Default: `agent`. */
  readonly answersTo?: AnswersTo;
  /** Default: the host's. */
  readonly clock?: Clock;
  /** For brown-outs. Default: seeded by `seed`. */
  readonly random?: Random;
  /** The same seed makes the same brown-out. Default 1. */
  readonly seed?: number;
  /** Log entries, alerts and ended calls kept, each; the oldest go first. Default 10 000. */
  readonly logLimit?: number;
}

const isFunction = (value: unknown) => typeof value === "function";
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
const isWholeFrom = (least: number) => (value: unknown) => Number.isSafeInteger(value) && (value as number) >= least;
const isTime = (value: unknown) => typeof value === "number" && value >= 0 && Number.isFinite(value);

const rules: Readonly<Record<keyof MockTrunkOptions, Rule>> = {
  name: { words: "a text that is not empty", allows: (value) => typeof value === "string" && value !== "" },
  domain: { words: "a host name", allows: (value) => typeof value === "string" && /^[\w.-]+$/.test(value) },
  users: {
    words: "passwords by user name",
    allows: (value) => isRecord(value) && Object.values(value).every((password) => typeof password === "string"),
  },
  challenge: { words: '"register", "all" or "none"', allows: (value) => ["register", "all", "none"].includes(String(value)) },
  nonceLifeMs: { words: "a time of 0 ms or more", allows: isTime },
  nextNonce: { words: "true or false", allows: (value) => typeof value === "boolean" },
  grantedS: { words: "a whole number of seconds above 0", allows: isWholeFrom(1) },
  minExpiresS: { words: "a whole number of seconds", allows: isWholeFrom(0) },
  habit: { words: "a phone's habit", allows: isRecord },
  media: { words: "a function", allows: isFunction },
  dialect: { words: `one of ${dialectNames.join(", ")}`, allows: (value) => (dialectNames as readonly unknown[]).includes(value) },
  mangle: { words: "{ seed, legal?, share? }", allows: isMangle },
  sessionTimer: { words: "{ expiresS, refresher?, by? }", allows: isSessionTimer },
  reliability: {
    words: '"never", "supported" or "required"',
    allows: (value) => ["never", "supported", "required"].includes(String(value)),
  },
  answersTo: { words: '"agent" or "connection"', allows: (value) => ["agent", "connection"].includes(String(value)) },
  clock: {
    words: "a Clock",
    allows: (value) => isRecord(value) && ["nowMs", "dateMs", "setTimer"].every((name) => isFunction(value[name])),
  },
  random: { words: "a function", allows: isFunction },
  seed: { words: "a whole number", allows: isWholeFrom(0) },
  logLimit: { words: "a whole number above 0", allows: isWholeFrom(1) },
};

/** @throws TypeError that names the option and what is wrong with it. */
export function checkOptions(options: MockTrunkOptions): void {
  const refuse = (what: string): never => {
    throw new TypeError(`createMockTrunk: ${what}`);
  };
  if (!isRecord(options)) return refuse("options must be given");
  for (const key of Object.keys(options)) {
    if (!Object.hasOwn(rules, key)) refuse(`${key} is not an option; there are: ${Object.keys(rules).join(", ")}`);
  }
  for (const [key, { words, allows }] of Object.entries(rules)) {
    const value: unknown = options[key];
    const isNeeded = key === "name" || key === "domain";
    if ((value !== undefined || isNeeded) && !allows(value))
      refuse(`${key} must be ${words}${value === undefined ? "" : `, not ${told(key, value)}`}`);
  }
  checkHabit({ ...defaultHabit, ...options.habit });
  const { challenge, users, grantedS = Infinity, minExpiresS = 0 } = options;
  if (challenge !== undefined && challenge !== "none" && users === undefined)
    refuse(`users is missing: challenge "${challenge}" asks for passwords`);
  if (minExpiresS > grantedS) refuse(`minExpiresS must not be above grantedS (${grantedS})`);
}

/** No password in an error message. */
function told(key: string, value: unknown): string {
  return key === "users" ? "what was given" : show(value);
}
