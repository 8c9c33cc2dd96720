/** How the peers of a test spell what they say, by number: 0 to 9 are the dialects as they are, each later number is one of them, mangled. */
import { headerOf, type Draft } from "../../adapters/mock-trunk/draft.ts";
import { dialects } from "../../adapters/mock-trunk/dialects/index.ts";
import { dialectNames, seededRandom, type MockTrunkOptions } from "../../adapters/mock-trunk/index.ts";
import { Speech } from "../../adapters/mock-trunk/speech.ts";

interface Tongue extends Pick<MockTrunkOptions, "mangle"> {
  readonly dialect: NonNullable<MockTrunkOptions["dialect"]>;
}

const dialectCount = dialectNames.length;
const seedCount = 1_000;

export function tongueOf(number: number): Tongue {
  const dialect = dialectNames[number % dialectCount] ?? "plain";
  return { dialect, ...(number >= dialectCount && { mangle: { seed: number } }) };
}

/** As a test's name says it. */
export function tongueName(number: number): string {
  const { dialect, mangle } = tongueOf(number);
  return `tongue ${number} (${dialect}${mangle ? ", mangled" : ""})`;
}

/** `0-9` plays all of these each time; without it each time one is drawn, of all dialects and a thousand seeds. */
const [first, last = first] = process.env["LINEKEEPER_TONGUES"]?.split("-").map(Number) ?? [];
/** Another seed draws others. */
export const tongueSeed = Number(process.env["LINEKEEPER_TONGUE_SEED"] ?? 1);

/** @returns what says in which tongues something is to be played, from one time to the next. */
export function tongueDraw(): () => readonly number[] {
  const random = seededRandom(tongueSeed);
  return () => {
    if (first === undefined || last === undefined) return [Math.floor(random() * (dialectCount + seedCount))];
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  };
}

/** A plain message before it was written. */
export function draftOf(raw: string): Draft {
  const gap = raw.indexOf("\r\n\r\n");
  const [startLine = "", ...lines] = raw.slice(0, gap).split("\r\n");
  const headers = lines.map(headerOf);
  const text = raw.slice(gap + 4);
  const [method = "", code = ""] = startLine.split(" ");
  const answered =
    method === "SIP/2.0"
      ? { method: headers.find(({ name }) => name === "CSeq")?.value.split(" ")[1] ?? "", code: Number(code) }
      : { method };
  const type = headers.find(({ name }) => name === "Content-Type")?.value ?? "";
  return { startLine, headers, hasUsualPhrase: true, ...answered, ...(text === "" ? {} : { body: { type, text } }) };
}

/** Spells plain messages in a tongue; what is no SIP stays as it is. */
export function spellerOf(number: number): (text: string) => string {
  const { dialect, mangle } = tongueOf(number);
  const speech = new Speech({ dialect: dialects[dialect], mangle, domain: "carrier.example", dateMs: () => 0, token: () => "t" });
  return (text) => {
    if (number === 0 || !/^(SIP\/2\.0 |[A-Z]+ \S+ SIP\/2\.0\r\n)/.test(text)) return text;
    const { headers, ...draft } = draftOf(text);
    return speech.write({ ...draft, headers: headers.filter(({ name }) => name !== "Content-Type" && name !== "Content-Length") });
  };
}
