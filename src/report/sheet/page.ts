/** A sheet as the body of a page. */
import { bars } from "../html/bars.ts";
import { html, type Markup } from "../html/markup.ts";
import { head, heardCaption, scrolling } from "../html/table.ts";
import type { Catalogue } from "../language.ts";
import { blocksOf, type Block, type Sheet } from "../sheet.ts";

/** A table with so many columns is never narrower than it reads well, and scrolls where there is less room. */
const manyColumns = 9;

export const sheetPage = (sheet: Sheet, language: Catalogue): Markup =>
  html`<header>
      <p class="eyebrow"><strong>${sheet.title}</strong></p>
      <h1>${sheet.lead}</h1>
    </header>
    ${blocksOf(sheet, language).map(blockPage)}`;

/**
 * Ids and the like break anywhere, for they would push all else off the page; a time, a figure or a short word never does. Several words
 * get room for more than one a line.
 */
const kindOf = (cell: string) => (/\S{17}|(?=\S*\d)(?=\S*[a-z])\S{10}/i.test(cell) ? "breaks" : cell.length > 20 && "prose");

function blockPage(block: Block): Markup {
  switch (block.kind) {
    case "heading":
      return html`<h2>${block.text}</h2>`;
    case "paragraph":
      return html`<p class="aside">${block.text}</p>`;
    case "list":
      return html`<ul class="points">
        ${block.items.map((item) => html`<li>${item}</li>`)}
      </ul>`;
    case "facts":
      return html`<dl class="about">
        ${block.rows.map(
          ([name, value]) =>
            html`<div>
              <dt>${name}</dt>
              <dd>${value}</dd>
            </div>`,
        )}
      </dl>`;
    case "bars":
      return bars(block.caption, block.head, block.rows);
    case "table":
      return scrolling(
        block.caption,
        html`<table${block.head.length >= manyColumns && html` class="wide"`}>
          ${heardCaption(block.caption)} ${head(...block.head)}
          <tbody>
            ${block.rows.map(
              ([first = "", ...others]) =>
                html`<tr>
                  <th scope="row" class="${kindOf(first)}">${first}</th>
                  ${others.map((cell) => html`<td class="${kindOf(cell)}">${cell}</td>`)}
                </tr>`,
            )}
          </tbody>
        </table>`,
      );
  }
}
