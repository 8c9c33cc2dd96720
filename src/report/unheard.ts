/** Calls that reached their callee, and that the two did not hear each other well in: carried by what their line says, and not well. */
import type { ReportDocument } from "./document.ts";
import type { Catalogue } from "./language.ts";

/** `silent`: no audio came, or went, for seconds. `poor`: it was rated so. */
export type Unheard = ReadonlyMap<string, "silent" | "poor">;

/** By call. Silence is the graver of the two. */
export function unheardIn({ timeline }: ReportDocument): Unheard {
  const found = new Map<string, "silent" | "poor">();
  for (const moment of timeline) {
    if (moment.type === "audio:lost" || moment.type === "audio:given-up") found.set(moment.callId, "silent");
    if (moment.type === "audio:rated" && moment.level === "poor" && !found.has(moment.callId)) found.set(moment.callId, "poor");
  }
  return found;
}

/** In words; empty where it was heard well, as far as is known. */
export function unheardText(callId: string, unheard: Unheard, { labels }: Catalogue): string {
  const how = unheard.get(callId);
  return how === undefined ? "" : how === "silent" ? labels.noAudio : labels.poorAudio;
}
