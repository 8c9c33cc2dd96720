/** The languages that reports are written in, by their tags (BCP 47). */
import { en, type Catalogue } from "../../src/report/index.ts";
import { fr } from "../../src/report/languages/fr.ts";

export const languages: Readonly<Record<string, Catalogue>> = { en, fr };
