/** The load on both carriers, second by second, one row for each softphone: an SVG that reads in light and dark. */
import type { Contender } from "./contenders.ts";
import type { Drill } from "./drill.ts";
import type { Figures, Rush } from "./figures.ts";

const width = 980;
const left = 64;
const gap = 58;
const panelWidth = (width - left - gap - 16) / 2;
const panelHeight = 78;
const rowHeight = 122;
const top = 96;

const style = `
  svg { --ink: #1f2937; --faint: #6b7280; --rule: #d1d5db; --paper: #ffffff; --fine: #2563eb; --over: #dc2626; }
  @media (prefers-color-scheme: dark) {
    svg { --ink: #e5e7eb; --faint: #9ca3af; --rule: #374151; --paper: #0d1117; --fine: #60a5fa; --over: #f87171; }
  }
  text { font: 12px system-ui, sans-serif; fill: var(--ink); }
  .title { font-size: 16px; font-weight: 600; } .name { font-weight: 600; }
  .faint { fill: var(--faint); font-size: 11px; }
  .end { text-anchor: end; } .middle { text-anchor: middle; }
  .rule { stroke: var(--rule); stroke-width: 1; } .capacity { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 4 3; }
  .fine { fill: var(--fine); } .over { fill: var(--over); }
`;

/** @param rows in the order of the page. */
export function plotOf(
  { agents, capacityPerS, outageS, returnS }: Drill,
  rows: readonly { contender: Contender; figures: Figures }[],
): string {
  const height = top + rows.length * rowHeight + 14;
  const most = Math.max(capacityPerS, ...rows.flatMap(({ figures }) => [figures.away.peakPerS, figures.home.peakPerS]));
  const decades = Math.log10(most);
  /** Height over the base line: logarithmic from 1/s on, so that hundreds and thousands are seen in one picture. */
  const y = (perS: number) => (perS < 1 ? 0 : ((Math.log10(perS) + 0.15) / (decades + 0.15)) * panelHeight);
  const right = left + panelWidth + gap;

  function panel(x: number, base: number, rush: Rush, spanS: number): string {
    const perPx = panelWidth / spanS;
    const bars = (name: string, from: number, to: (perS: number) => number) => {
      const path = rush.perSecond
        .map((perS, second) => ({ perS, second }))
        .filter(({ perS }) => to(perS) > from)
        .map(({ perS, second }) => `M${px(x + second * perPx)} ${px(base - from)}v${px(from - to(perS))}h${px(perPx)}V${px(base - from)}z`)
        .join("");
      return path && `<path class="${name}" d="${path}"/>`;
    };
    const limit = y(capacityPerS);
    return [
      ...Array.from({ length: Math.floor(decades) + 1 }, (_, decade) => {
        const at = px(base - y(10 ** decade));
        return `<line class="rule" x1="${x}" x2="${px(x + panelWidth)}" y1="${at}" y2="${at}"/><text class="faint end" x="${x - 6}" y="${px(Number(at) + 4)}">${(10 ** decade).toLocaleString("en")}</text>`;
      }),
      bars("fine", 0, (perS) => Math.min(limit, y(perS))),
      bars("over", limit, y),
      `<line class="capacity" x1="${x}" x2="${px(x + panelWidth)}" y1="${px(base - limit)}" y2="${px(base - limit)}"/>`,
      ...Array.from({ length: Math.floor(spanS / 50) + 1 }, (_, tick) => {
        const at = px(x + tick * 50 * perPx);
        return `<line class="rule" x1="${at}" x2="${at}" y1="${base}" y2="${base + 4}"/><text class="faint middle" x="${at}" y="${base + 15}">${tick * 50}${tick === 0 ? " s" : ""}</text>`;
      }),
    ].join("");
  }

  const captionOf = (rush: Rush) =>
    rush.peakPerS === 0
      ? "nobody had to register"
      : `peak ${rush.peakPerS.toLocaleString("en")}/s, ${rush.attemptsPerAgent.toFixed(2)} per agent, p95 ${Number.isFinite(rush.p95S) ? `${rush.p95S.toFixed(0)} s` : `> ${rush.spanS} s`}`;
  const body = rows.map(({ contender, figures }, row) => {
    const base = top + row * rowHeight + 20 + panelHeight;
    const above = base - panelHeight - 8;
    return [
      `<text class="name" x="${left}" y="${above}">${contender.name}</text>`,
      `<text class="faint end" x="${px(left + panelWidth)}" y="${above}">${captionOf(figures.away)}</text>`,
      `<text class="faint end" x="${px(right + panelWidth)}" y="${above}">${captionOf(figures.home)}</text>`,
      panel(left, base, figures.away, outageS),
      panel(right, base, figures.home, returnS),
    ].join("");
  });
  const about = `${agents.toLocaleString("en")} agents lose their main carrier together. Each carrier takes ${capacityPerS} registrations a second (dashed); what is asked above that is red.`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Registrations per second at the backup during the outage, and at the main carrier after its return, for each softphone">`,
    `<style>${style}</style><rect width="${width}" height="${height}" style="fill:var(--paper)"/>`,
    `<text class="title" x="${left}" y="28">Registrations per second, logarithmic</text><text class="faint" x="${left}" y="48">${about}</text>`,
    `<text x="${left}" y="78">At the backup, s since the outage</text><text x="${right}" y="78">At the main carrier, s since its return</text>`,
    ...body,
    "</svg>\n",
  ].join("\n");
}

const px = (value: number): string => String(Math.round(value * 100) / 100);
