/** Which languages findings are told in. Another one is a line here, and its file beside the others. */
import { en, type Words } from "./languages/en.ts";

const languages: Readonly<Record<string, () => Promise<Words>>> = {
  fr: async () => (await import("./languages/fr.ts")).fr,
};

/** The first of these BCP 47 tags that there is, whatever its region; English where there is none, or it cannot be loaded. */
export async function wordsIn(locales: string | readonly string[]): Promise<Words> {
  for (const locale of [locales].flat()) {
    const [primary = ""] = locale.toLowerCase().split("-");
    if (primary === "en") return en;
    if (Object.hasOwn(languages, primary)) return languages[primary]?.().catch(() => en) ?? en;
  }
  return en;
}
