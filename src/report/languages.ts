/** Which languages there are. Another one is a line here, and its file beside the others. */
import type { Catalogue } from "./language.ts";
import { en } from "./languages/en.ts";

/** Each loads when it is asked for, but for English, which is there where nothing else is. */
const languages: Readonly<Record<string, () => Promise<Catalogue>>> = {
  en: () => Promise.resolve(en),
  fr: async () => (await import("./languages/fr.ts")).fr,
};

/** Their BCP 47 tags. */
export const languageTags: readonly string[] = Object.keys(languages);

/**
 * The language for a reader, as `{ language }` of each rendering takes it.
 * @param locales BCP 47 (`fr-TN`), the one liked best first, as `navigator.languages` has them.
 * @returns the first that there is, whatever its region; English where there is none.
 */
export async function languageFor(locales: string | readonly string[]): Promise<Catalogue> {
  for (const locale of [locales].flat()) {
    const [primary = ""] = locale.toLowerCase().split("-");
    if (Object.hasOwn(languages, primary)) return (await languages[primary]?.()) ?? en;
  }
  return en;
}
