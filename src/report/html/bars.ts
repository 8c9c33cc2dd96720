/** Shares of a whole beside each other, each with its figure. */
import type { Bar } from "../sheet.ts";
import { html, type Markup } from "./markup.ts";
import { heardCaption } from "./table.ts";

/** @param heads of name, figure and words, for those who hear the page. */
export const bars = (caption: string, [name, figure, words]: readonly [string, string, string], rows: readonly Bar[]): Markup =>
  html`<table class="odds">
    ${heardCaption(caption)}
    <thead class="unseen">
      <tr>
        <th scope="col">${name}</th>
        <td></td>
        <th scope="col">${figure}</th>
        <th scope="col">${words}</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr class="${row.isLeader === true && "leader"}">
            <th scope="row">${row.name}</th>
            <td class="track">
              <svg width="100%" height="12" aria-hidden="true">
                <rect width="${Math.max(0.3, Math.round(row.share * 1_000) / 10)}%" height="12" rx="2" />
              </svg>
            </td>
            <td class="figure">${row.figure}</td>
            <td class="words">${row.words}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
