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

/** A mail program or an editor on Windows ends lines by CR LF: that alters nothing that an entry says. */
const sealed = /^(\{.*),"seal":"([0-9a-f]{64})"\}\r?$/s;

const lastLine = /^\{"seq":\d+,"atMs":[^,]*,"type":"journal:sealed",/;

/** Whether a line of a journal carries a seal: nothing is said of whether it holds. */
export const isSealedLine = (text: string): boolean => sealed.test(text);

function sealedOf(text: string): Sealed | undefined {
  const [, line, seal] = sealed.exec(text) ?? [];
  return line === undefined || seal === undefined ? undefined : { line: `${line}}`, seal };
}

/** A sealed journal on its way in, line by line. */
export interface SealReader {
  /** The next line, without its line feed; a blank one is a line. */
  read(line: string): Promise<void>;
  /** Has a seal been seen? */
  readonly isSealed: boolean;
  /** After the last line: what `verifyJournal` says. */
  found(): JournalDigest | SealFault;
}

/** The first line that does not stand where it has to. */
interface Broken {
  readonly line: number;
  kind: SealFault["kind"];
  /** Which may follow a line that is still to come. */
  readonly orphan?: Sealed;
}

/** Nothing of a line is kept but a few bytes of its seal, so that a journal may be of any length. */
export function createSealReader(): SealReader {
  const passed = createPassedSeals();
  let [lines, lastSeq, before] = [0, -1, ""];
  let isSealed = false;
  let digest: JournalDigest | undefined;
  let broken: Broken | undefined;

  /** What is wrong with a line, as far as those before it tell. */
  async function brokenAt(one: Sealed | undefined): Promise<Broken | undefined> {
    if (digest) return { kind: "altered", line: lines };
    // Unless another follows.
    if (!one) return { kind: "cut", line: lines };
    if ((await linkOf(before, one.line)) === one.seal) return undefined;
    // It follows another line that is there, or one that is not, or it is not as it was.
    if (passed.has(one.seal) || (await linkOf("", one.line)) === one.seal) return { kind: "reordered", line: lines };
    return { kind: seqOf(one.line) > lastSeq + 1 ? "cut" : "altered", line: lines, orphan: one };
  }

  async function lookFurther({ orphan, kind }: Broken, one: Sealed | undefined): Promise<SealFault["kind"]> {
    if (!orphan) return kind === "cut" ? "altered" : kind;
    return one && (await linkOf(one.seal, orphan.line)) === orphan.seal ? "reordered" : kind;
  }

  return {
    get isSealed() {
      return isSealed;
    },
    async read(text) {
      lines++;
      const one = sealedOf(text);
      isSealed ||= one !== undefined;
      if (broken) {
        broken.kind = await lookFurther(broken, one);
        return;
      }
      broken = await brokenAt(one);
      if (broken || !one) return;
      if (lastLine.test(one.line)) digest = { value: before, entries: lines - 1, lastSeq: seqOf(one.line) - 1 };
      passed.add(one.seal);
      before = one.seal;
      lastSeq = seqOf(one.line);
    },
    found() {
      if (!isSealed) return { kind: "unsealed", line: 1 };
      if (broken) return { kind: broken.kind, line: broken.line };
      return digest ?? { kind: "cut", line: lines + 1 };
    },
  };
}

/** Of each seal 64 bits: no two lines of a journal share them by chance, and a line that stands twice is told. */
function createPassedSeals() {
  const shortOf = (seal: string) => BigInt(`0x${seal.slice(0, 16)}`);
  let seals = new BigUint64Array(1_024);
  let count = 0;
  return {
    add(seal: string): void {
      if (count === seals.length) {
        const grown = new BigUint64Array(2 * count);
        grown.set(seals);
        seals = grown;
      }
      seals[count++] = shortOf(seal);
    },
    has: (seal: string): boolean => seals.subarray(0, count).includes(shortOf(seal)),
  };
}

/**
 * Was a sealed journal altered, cut or reordered since? Who can make seals can make others: only a digest that was
 * signed, or kept elsewhere, says that these are the first.
 * @returns the digest of its entries, or what is wrong.
 */
export async function verifyJournal(text: string): Promise<JournalDigest | SealFault> {
  const { read, found } = createSealReader();
  for (const line of text.replace(/\n$/, "").split("\n")) await read(line);
  return found();
}

/** As `JSON.stringify` writes an entry: its number comes first. */
const seqOf = (line = ""): number => Number(/^\{"seq":(\d+),/.exec(line)?.[1] ?? -1);
