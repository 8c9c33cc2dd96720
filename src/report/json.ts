/** A report as text, the way it leaves. */
import { forEachSliced, type Sliced } from "../slices.ts";
import type { ReportDocument } from "./document.ts";

/**
 * What is long in a report are its lists. Put end to end as it goes: to join it all takes as long as to write it.
 * @param write what becomes of a value; all of it is what `JSON.stringify` gives, where left out.
 * @param names the fields in their order.
 */
export function* jsonSliced(
  report: Partial<ReportDocument>,
  write: (value: unknown) => string = JSON.stringify,
  names = Object.keys(report),
): Sliced<string> {
  let text = "";
  for (const name of names) {
    const value: unknown = report[name as keyof ReportDocument];
    if (value === undefined) continue;
    text += `${text === "" ? "{" : ","}"${name}":`;
    if (!Array.isArray(value)) text += write(value);
    else {
      let before = "[";
      yield* forEachSliced(value, (item) => {
        text += before + write(item);
        before = ",";
      });
      text += before === "[" ? "[]" : "]";
    }
  }
  return `${text}}`;
}
