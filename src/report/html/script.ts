import { html } from "./markup.ts";

/** The page's script by its hash, as `styleHash` is the style's: for a server's `script-src`. A test holds it equal to the text below. */
export const scriptHash = "sha256-jWAIjZAywX8hp2UCAIDm8NXdwsL/hD5zEhJ9n0XGc1k=";

/**
 * What the reader's machine adds where it lets scripts run: buttons that sort a table, fields that filter long tables and calls. All is there
 * without. It only shows, hides and moves what is on the page, and makes no markup of any text. A cell's `data-key` counts before its
 * words, as 617 ms come before 2 s; what has neither figure nor words comes last. Paper shows all of it, whatever the filter.
 */
// prettier-ignore
export const script = html`<script>
"use strict";
const { sort, filter } = document.querySelector("main").dataset;
const order = new Intl.Collator(document.documentElement.lang, { numeric: true });
const worthFilter = 8;
const make = (name, inside, facts) => inside.appendChild(Object.assign(document.createElement(name), facts));
const named = (element, name) => { element.setAttribute("aria-label", name); return element; };
const keyOf = (row, at) => { const { dataset, textContent } = row.cells[at]; return dataset.key ?? textContent.trim(); };
const compare = (a, b) => (a === "–") - (b === "–") || order.compare(a, b);
function filterField(before, items, name) {
  const line = document.createElement("p");
  line.className = "filter";
  before.before(line);
  const label = make("label", line, { textContent: filter + " " });
  const field = named(make("input", label, { type: "search" }), filter + " " + name);
  const told = make("output", line, {});
  field.oninput = () => {
    const words = field.value.trim().toLocaleLowerCase();
    for (const item of items) item.classList.toggle("out", !item.textContent.toLocaleLowerCase().includes(words));
    for (const group of document.querySelectorAll(".calm")) {
      group.open = words && group.querySelector(".call:not(.out)");
      group.classList.toggle("out", words && !group.open);
    }
    told.textContent = words && items.filter((item) => !item.classList.contains("out")).length + " / " + items.length;
  };
}
/* No line ends between it and what is put behind it. */
function lastWord(head) {
  const last = head.lastChild;
  const word = last.splitText?.(last.data.trimEnd().lastIndexOf(" ") + 1) ?? last;
  const whole = make("span", head, { className: "figure" });
  whole.append(word);
  return whole;
}
for (const table of document.querySelectorAll("table:not(.odds)")) {
  const rows = [...table.tBodies[0].rows];
  if (rows.length < 2) continue;
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, at) => {
    const name = head.textContent.trim();
    named(make("button", lastWord(head), { type: "button" }), sort + " " + name).onclick = () => {
      const next = { ascending: "descending", descending: "none" }[head.getAttribute("aria-sort")] ?? "ascending";
      for (const each of heads) each.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", next);
      const sorted = [...rows];
      if (next !== "none") sorted.sort((one, other) => compare(keyOf(one, at), keyOf(other, at)));
      if (next === "descending") sorted.reverse();
      table.tBodies[0].append(...sorted);
    };
  });
  if (rows.length >= worthFilter && !table.classList.contains("attempts")) filterField(table.closest(".scroll") ?? table, rows, table.caption.textContent.trim());
}
const calls = [...document.querySelectorAll(".call")];
if (calls.length >= worthFilter) filterField(calls[0].closest(".calm") ?? calls[0], calls, document.getElementById("calls").textContent);
</script>`;
