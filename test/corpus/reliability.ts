/** The reliability plot: how often a verdict was right, by how sure it was. An SVG that reads in light and dark. */
import type { Score } from "./score.ts";

const size = 340;
const [left, top, gap] = [52, 40, 70];
const width = 2 * size + left + gap + 20;
const height = size + top + 62;

const style = `
  svg { --ink: #1f2937; --faint: #6b7280; --rule: #d1d5db; --paper: #ffffff; --bar: #2563eb; }
  @media (prefers-color-scheme: dark) {
    svg { --ink: #e5e7eb; --faint: #9ca3af; --rule: #374151; --paper: #0d1117; --bar: #60a5fa; }
  }
  text { font: 12px system-ui, sans-serif; fill: var(--ink); }
  .title { font-size: 15px; font-weight: 600; } .faint { fill: var(--faint); font-size: 11px; }
  .end { text-anchor: end; } .middle { text-anchor: middle; }
  .rule { stroke: var(--rule); } .ideal { stroke: var(--ink); stroke-dasharray: 4 3; }
  .bar { fill: var(--bar); fill-opacity: 0.3; stroke: var(--bar); } .dot { fill: var(--bar); stroke: var(--paper); stroke-width: 1.5; }
`;

const px = (value: number) => value.toFixed(1);

function panel(title: string, { bins, cases, ece }: Score, x: number): string {
  const at = (confidence: number) => x + confidence * size;
  const up = (share: number) => top + (1 - share) * size;
  const most = Math.max(...bins.map(({ count }) => count));
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (value) =>
      `<line class="rule" x1="${x}" x2="${x + size}" y1="${px(up(value))}" y2="${px(up(value))}"/>` +
      `<text class="faint end" x="${x - 6}" y="${px(up(value) + 4)}">${value * 100} %</text>` +
      `<text class="faint middle" x="${px(at(value))}" y="${top + size + 16}">${value * 100} %</text>`,
  );
  const bars = bins
    .filter(({ count }) => count > 0)
    .map(
      ({ from, to, accuracy, confidence, count }) =>
        `<rect class="bar" x="${px(at(from) + 1)}" y="${px(up(accuracy))}" width="${px((to - from) * size - 2)}" height="${px(accuracy * size)}"/>` +
        `<circle class="dot" cx="${px(at(confidence))}" cy="${px(up(accuracy))}" r="${px(3 + 6 * Math.sqrt(count / most))}"><title>${count} journals, ${Math.round(100 * confidence)} % sure, ${Math.round(100 * accuracy)} % right</title></circle>` +
        `<text class="faint middle" x="${px(at((from + to) / 2))}" y="${px(up(0) - 6)}">${count}</text>`,
    );
  return [
    `<text class="title" x="${x}" y="22">${title}: ${cases} journals, ECE ${ece.toFixed(3)}</text>`,
    ...ticks,
    ...bars,
    `<line class="ideal" x1="${x}" y1="${top + size}" x2="${x + size}" y2="${top}"/>`,
    `<text class="middle" x="${x + size / 2}" y="${top + size + 38}">how sure the verdict was</text>`,
  ].join("\n");
}

export function reliabilityPlot(tuned: Score, scored: Score): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="t d">`,
    `<title id="t">Reliability of the verdicts</title>`,
    `<desc id="d">Share of verdicts that were right, by their probability, for both halves of the corpus; the dashed line is perfect calibration.</desc>`,
    `<style>${style}</style>`,
    `<rect width="100%" height="100%" fill="var(--paper)"/>`,
    panel("Scored half", scored, left),
    panel("Tuning half", tuned, left + size + gap),
    `<text class="middle" transform="translate(14 ${top + size / 2}) rotate(-90)">how often it was right</text>`,
    `</svg>\n`,
  ].join("\n");
}
