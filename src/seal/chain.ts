/**
 * The journal as a hash chain: each line carries a digest over itself and all lines before it, and a last line says
 * that it is the last. Made where a journal leaves the page, not where it is written.
 */
import type { Entry } from "../journal.ts";
import { sealedType } from "../journal-lines.ts";

/** What is wrong with a sealed journal, at the first place where it shows. Lines count from 1. */
export interface SealFault {
  /** `unsealed`: it never was sealed, or its seals were taken out. */
  readonly kind: "altered" | "cut" | "reordered" | "unsealed";
  /** Where it shows; past the last line where what should follow is missing. */
  readonly line: number;
}

/** What one short text says of a whole journal: which entries, in this order and unaltered. */
export interface JournalDigest {
  /** SHA-256 over the chain, in hex. */
  readonly value: string;
  /** How many are in it. */
  readonly entries: number;
  /** Of the last entry in it. */
  readonly lastSeq: number;
}

const utf8 = new TextEncoder();

/** A link: what was before goes in as its digest. */
async function linkOf(before: string, line: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", utf8.encode(before + line)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The digest of the chain that these entries make, sealed or not.
 * @param entries oldest first.
 */
export async function journalDigest(entries: readonly Entry[]): Promise<JournalDigest> {
  let value = "";
  for (const entry of entries) value = await linkOf(value, JSON.stringify(entry));
  return { value, entries: entries.length, lastSeq: entries.at(-1)?.seq ?? -1 };
}

/**
 * The journal as JSON Lines, sealed. It reads as any other journal does.
 * @param entries oldest first.
 */
export async function sealJournal(entries: readonly Entry[]): Promise<string> {
  const { seq = -1, atMs = 0 } = entries.at(-1) ?? {};
  const last = { seq: seq + 1, atMs, type: sealedType, entries: entries.length };
  let before = "";
  let text = "";
  for (const line of [...entries, last].map((entry) => JSON.stringify(entry))) {
    before = await linkOf(before, line);
    text += `${line.slice(0, -1)},"seal":"${before}"}\n`;
  }
  return text;
}

interface Sealed {
  /** The line as it was before it was sealed. */
  readonly line: string;
  readonly seal: string;
}

const sealed = /^(\{.*),"seal":"([0-9a-f]{64})"\}$/s;

const lastLine = /^\{"seq":\d+,"atMs":[^,]*,"type":"journal:sealed",/;

function sealedOf(text: string): Sealed | undefined {
  const [, line, seal] = sealed.exec(text) ?? [];
  return line === undefined || seal === undefined ? undefined : { line: `${line}}`, seal };
}

/**
 * Was a sealed journal altered, cut or reordered since? Who can make seals can make others: only a digest that was
 * signed, or kept elsewhere, says that these are the first.
 * @returns the digest of its entries, or what is wrong.
 */
export async function verifyJournal(text: string): Promise<JournalDigest | SealFault> {
  const lines = text.replace(/\n$/, "").split("\n");
  const all = lines.map(sealedOf);
  if (!all.some((one) => one !== undefined)) return { kind: "unsealed", line: 1 };
  let before = "";
  for (const [index, one] of all.entries()) {
    const isLast = index === all.length - 1;
    if (!one) return { kind: isLast ? "cut" : "altered", line: index + 1 };
    if ((await linkOf(before, one.line)) !== one.seal) return { kind: await kindOf(all, index), line: index + 1 };
    if (lastLine.test(one.line)) {
      if (!isLast) return { kind: "altered", line: index + 2 };
      return { value: before, entries: index, lastSeq: seqOf(one.line) - 1 };
    }
    before = one.seal;
  }
  return { kind: "cut", line: all.length + 1 };
}

/** Its link is broken: it follows another line that is there, or one that is not, or it is not as it was. */
async function kindOf(all: readonly (Sealed | undefined)[], index: number): Promise<SealFault["kind"]> {
  const { line = "", seal = "" } = all[index] ?? {};
  for (const before of ["", ...all.map((one) => one?.seal ?? "")]) if ((await linkOf(before, line)) === seal) return "reordered";
  return seqOf(line) > seqOf(all[index - 1]?.line) + 1 ? "cut" : "altered";
}

/** As `JSON.stringify` writes an entry: its number comes first. */
const seqOf = (line = ""): number => Number(/^\{"seq":(\d+),/.exec(line)?.[1] ?? -1);
