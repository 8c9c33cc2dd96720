/** What every table of the page is made with. */
import { html, type Markup, type Piece } from "./markup.ts";

/** Column heads. */
export const head = (...names: readonly Piece[]): Markup =>
  html`<thead>
    <tr>
      ${names.map((name) => html`<th scope="col">${name}</th>`)}
    </tr>
  </thead>`;

/** A cell whose content stays on one line. @param key sorts it, where its words would not. */
export const figure = (value: Piece, key?: number): Markup =>
  key === undefined ? html`<td class="figure">${value}</td>` : html`<td class="figure" data-key="${key}">${value}</td>`;

export const caption = (text: Piece): Markup =>
  html`<caption>
    ${text}
  </caption>`;

/** For those who hear the page: the heading above says the same to those who see it. */
export const heardCaption = (text: Piece): Markup =>
  html`<caption class="unseen">
    ${text}
  </caption>`;

/** What is too long to stand in the way of the rest; on paper it is open. */
export const more = (summary: string, content: Markup): Markup =>
  html`<details class="more printed">
    <summary>${summary}</summary>
    ${content}
  </details>`;

/** Lets a table scroll by itself on a narrow screen; reachable by keyboard. */
export const scrolling = (label: string, table: Markup): Markup =>
  html`<div class="scroll" role="group" tabindex="0" aria-label="${label}">${table}</div>`;
