/** A sheet as the body of a page. */
import { html, type Markup } from "../html/markup.ts";
import { head, heardCaption, scrolling } from "../html/table.ts";
import type { Block, Sheet } from "../sheet.ts";

/** A table with so many columns is as wide as it reads well, and scrolls. */
const manyColumns = 9;

export const sheetPage = ({ title, lead, blocks }: Sheet): Markup =>
  html`<header>
      <p class="eyebrow"><strong>${title}</strong></p>
      <h1>${lead}</h1>
    </header>
    ${blocks.map(blockPage)}`;

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
    case "table":
      return scrolling(
        block.caption,
        html`<table${block.head.length >= manyColumns && html` class="wide"`}>
          ${heardCaption(block.caption)} ${head(...block.head)}
          <tbody>
            ${block.rows.map(
              ([first = "", ...others]) =>
                html`<tr>
                  <th scope="row">${first}</th>
                  ${others.map((cell) => html`<td>${cell}</td>`)}
                </tr>`,
            )}
          </tbody>
        </table>`,
      );
  }
}
