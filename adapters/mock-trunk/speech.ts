/** How the trunk says things: the only place where its dialect and its slips of the pen touch a message. */
import type { Random } from "../../src/clock.ts";
import type { Dialect, Occasion } from "./dialects/dialect.ts";
import { headerOf, inParts, textOf, withContent, type Draft, type Header } from "./draft.ts";
import { forHeader } from "./message.ts";
import { allow } from "./methods.ts";
import { mangled, type Mangle } from "./mangle.ts";
import { seededRandom } from "./seeded-random.ts";

export interface SpeechParts {
  readonly dialect: Dialect;
  readonly mangle: Mangle | undefined;
  readonly domain: string;
  /** The wall clock, in ms. */
  dateMs(): number;
  /** A text that no other trunk or call has. */
  token(): string;
}

const usualAlphabet = { x: "0123456789abcdef", d: "0123456789", w: "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789" };

export class Speech {
  readonly dialect: Dialect;
  readonly #parts: SpeechParts;
  readonly #letters: Random;
  readonly #slips: Random;

  constructor(parts: SpeechParts) {
    this.dialect = parts.dialect;
    this.#parts = parts;
    const [salt = 0] = crypto.getRandomValues(new Uint32Array(1));
    this.#letters = seededRandom(salt);
    this.#slips = seededRandom(parts.mangle?.seed ?? 0);
  }

  // ── Names that we give ────────────────────────────────────────────────────────────────────────

  tag(): string {
    return this.#fill(this.dialect.tag);
  }

  callId(): string {
    return this.#fill(this.dialect.callId);
  }

  /** RFC 3261 §8.1.1.7. */
  branch(): string {
    return `z9hG4bK${this.#fill(this.dialect.branch)}`;
  }

  /** The customer in From, without a tag. */
  from(number: string): string {
    return this.#fill(this.dialect.from, { number });
  }

  /** Where the customer behind `number` is reached. */
  contact(number: string): string {
    return this.#fill(this.dialect.contact, { number });
  }

  challenge(nonce: string): string {
    return this.#fill(this.dialect.challenge, { nonce });
  }

  // ── Messages ──────────────────────────────────────────────────────────────────────────────────

  /** @param number the customer's, where the message belongs to a call */
  write(draft: Draft, number?: string): string {
    const { mangle } = this.#parts;
    const spelled = this.#spelled(withContent(this.#added(draft, number)));
    return textOf(this.#named(mangle ? mangled(spelled, mangle, this.#slips) : spelled));
  }

  /** What this equipment says besides. */
  #added(draft: Draft, number = ""): Draft {
    const { adds, phrases, multipart } = this.dialect;
    const isFor: Readonly<Record<Occasion, boolean>> = {
      all: true,
      responses: draft.code !== undefined,
      requests: draft.code === undefined,
      dialogs: ["INVITE", "UPDATE"].includes(draft.method) && (draft.code === undefined || (draft.code > 100 && draft.code < 300)),
      registered: draft.method === "REGISTER" && draft.code === 200,
    };
    const has = (name: string) => draft.headers.some((header) => header.name === name);
    const added = adds.filter(({ to }) => isFor[to]).map(({ line }) => headerOf(this.#fill(line, { number })));
    // One Date is enough; of what can be listed, as Supported, both count.
    // Who would hold by UPDATE wants to know beforehand (RFC 3311 §4).
    const allowed = isFor.dialogs && !has("Allow") ? [headerOf(allow)] : [];
    const headers = [...draft.headers, ...allowed, ...added.filter(({ name }) => name !== "Date" || !has(name))].filter(
      ({ name }) => name !== "Content-Disposition" || draft.body !== undefined,
    );
    const phrase = draft.code === undefined ? undefined : phrases?.[draft.code];
    const isUsual = draft.hasUsualPhrase === true && phrase !== undefined;
    const said = { ...draft, headers, startLine: isUsual ? `SIP/2.0 ${draft.code} ${phrase}` : draft.startLine };
    return multipart && draft.body?.type === "application/sdp" ? inParts(said, `boundary${this.#fill("{x8}")}`) : said;
  }

  #spelled(draft: Draft): Draft {
    const { order, gaps = {}, comma } = this.dialect;
    const others = order.indexOf("*");
    const rank = ({ name }: Header) => (order.includes(name) ? order.indexOf(name) : others);
    const ordered = [...draft.headers].sort((a, b) => rank(a) - rank(b));
    const headers = ordered.map((header): Header => {
      const gap = header.value === "" ? ":" : (forHeader(gaps, header.name) ?? header.gap);
      const value = ["Allow", "Supported"].includes(header.name) ? header.value.replaceAll(", ", comma) : header.value;
      return { name: header.name, value, ...(gap === undefined ? {} : { gap }) };
    });
    return { ...draft, headers };
  }

  /** Last: slips of the pen go by the usual names. */
  #named(draft: Draft): Draft {
    const { names = {} } = this.dialect;
    return { ...draft, headers: draft.headers.map((header) => ({ ...header, name: forHeader(names, header.name) ?? header.name })) };
  }

  #fill(pattern: string, { number = "", nonce = "" } = {}): string {
    const { domain, dateMs, token } = this.#parts;
    const known: Readonly<Record<string, () => string>> = {
      number: () => number,
      nonce: () => nonce,
      domain: () => domain,
      date: () => new Date(dateMs()).toUTCString(),
      t: token,
    };
    return pattern.replace(/\{(?:([xdw])(\d+)|(\w+))\}/g, (_, letters: "x" | "d" | "w", length: string, name: string) =>
      name === undefined ? this.#drawn(usualAlphabet[letters], Number(length)) : (known[name]?.() ?? ""),
    );
  }

  /** The first letter is no 0: a number has none there. */
  #drawn(alphabet: string, length: number): string {
    const letter = (from: number) => alphabet.charAt(from + Math.floor(this.#letters() * (alphabet.length - from)));
    return Array.from({ length }, (_, index) => letter(index === 0 ? 1 : 0)).join("");
  }
}
