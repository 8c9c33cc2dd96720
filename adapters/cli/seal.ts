/** `linekeeper seal`: a journal with its hash chain. */
import { sealJournal } from "../../src/seal/index.ts";
import { readJournal } from "./input.ts";
import type { Io } from "./io.ts";
import { put } from "./render.ts";

/** @throws InputError. */
export async function sealFile(io: Io, path: string, output: string | undefined): Promise<void> {
  await put(io, output, await sealJournal(await readJournal(io, path)));
}
