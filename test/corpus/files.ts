/** Where the corpus lies. Labels and seeds are apart from the journals: a diagnosis sees journals only. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import type { FaultDomain } from "../../src/diagnosis/model.ts";
import { parseJournal } from "../../src/journal-lines.ts";
import type { Entry } from "../../src/journal.ts";

/** By the journal's id. `truth`: every domain at fault, none where all was well. `isOpen`: the journal cannot tell, as its kind says. */
export type Labels = Readonly<
  Record<string, { readonly kind: string; readonly half: "tune" | "score"; readonly truth: readonly FaultDomain[]; readonly isOpen?: true }>
>;
export type Seeds = Readonly<Record<string, number>>;

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export const filesOf = {
  journals: here("journals/"),
  journal: (id: string) => here(`journals/${id}.jsonl.gz`),
  labels: here("labels.json"),
  seeds: here("seeds.json"),
};

/** Those that were recorded in a browser: neither half has them. */
export type BrowserLabels = Readonly<Record<string, Pick<Labels[string], "kind" | "truth">>>;

export const browserFilesOf = {
  journals: here("browser/journals/"),
  journal: (id: string) => here(`browser/journals/${id}.jsonl.gz`),
  labels: here("browser/labels.json"),
};

export const readLabels = (): Labels => JSON.parse(readFileSync(filesOf.labels, "utf8")) as Labels;

export const readBrowserLabels = (): BrowserLabels => JSON.parse(readFileSync(browserFilesOf.labels, "utf8")) as BrowserLabels;

/** @param path of the journal; see `filesOf` and `browserFilesOf`. */
const readFrom = (path: string): readonly Entry[] => parseJournal(gunzipSync(readFileSync(path)).toString());

export const readJournal = (id: string): readonly Entry[] => readFrom(filesOf.journal(id));
export const readBrowserJournal = (id: string): readonly Entry[] => readFrom(browserFilesOf.journal(id));
