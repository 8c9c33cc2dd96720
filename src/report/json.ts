/** A report as text, the way it leaves. */
import { forEachSliced, type Sliced } from "../slices.ts";
import type { ReportDocument } from "./document.ts";

/** What `JSON.stringify` gives; what is long in it are its lists. Put end to end as it goes: to join it all takes as long as to write it. */
export function* jsonSliced(report: ReportDocument): Sliced<string> {
  let text = "";
  for (const [name, value] of Object.entries(report) as [string, unknown][]) {
    if (value === undefined) continue;
    text += `${text === "" ? "{" : ","}"${name}":`;
    if (!Array.isArray(value)) text += JSON.stringify(value);
    else {
      let before = "[";
      yield* forEachSliced(value, (item) => {
        text += before + JSON.stringify(item);
        before = ",";
      });
      text += before === "[" ? "[]" : "]";
    }
  }
  return `${text}}`;
}
