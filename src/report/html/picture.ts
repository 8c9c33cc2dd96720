/**
 * The picture: one lane per thing, all on one time axis. Positions are per cent of its width and text keeps its
 * size, so the same drawing is legible on a wide screen, a narrow one and paper. Every state has a colour and a
 * texture or a sign of its own: colour alone says nothing.
 */
import type { ReportDocument } from "../document.ts";
import type { Catalogue } from "../language.ts";
import { axisOf, placeOf, type Axis } from "./axis.ts";
import { callLanes, callsToShow } from "./call-lanes.ts";
import { drawLabel, LabelLine } from "./label.ts";
import type { Look } from "./lane.ts";
import { html, type Markup } from "./markup.ts";
import { mapSlices, type Sliced } from "../../slices.ts";
import { mostHeight, noteHeight, paperScale } from "./paper.ts";
import { pictureTables } from "./picture-tables.ts";
import { stageLanes, trunkLanes } from "./state-lanes.ts";

/** Room for the axis above the lanes, px. */
const axisHeight = 26;

/** The figure with its legend. */
export function* picture(report: ReportDocument, catalogue: Catalogue): Sliced<Markup> {
  const { labels } = catalogue;
  const axis = axisOf(report.window);
  const states = [...stageLanes(report, axis, catalogue), ...trunkLanes(report, axis, catalogue)];
  const shown = callsToShow(report, states, mostHeight(report, catalogue) - noteHeight - axisHeight);
  yield;
  const lanes = [...states, ...callLanes(report, shown, axis, catalogue)];
  const tops = lanes.map((_, index) => axisHeight + lanes.slice(0, index).reduce((sum, { height }) => sum + height, 0));
  const height = axisHeight + lanes.reduce((sum, lane) => sum + lane.height, 0) + 8;
  yield;
  const drawn = yield* mapSlices([...lanes.entries()], (one) => one.map(([index, lane]) => lane.draw(tops[index] ?? 0)), 1);
  yield;
  const tables = yield* pictureTables(report, catalogue);
  const isSome = shown.length < report.calls.length;
  return html`<figure class="picture ${paperScale(report, height + (isSome ? noteHeight : 0), catalogue)}">
    <figcaption>${labels.picture}</figcaption>
    <div class="lanes">
      <div class="names" aria-hidden="true">
        ${lanes.map(({ label, heading, height: laneHeight }) => html`<span class="${heading ? "group" : lengthOf(label)}" title="${label}"><svg width="0" height="${laneHeight}" /><bdi>${label}</bdi></span>`)}
      </div>
      <svg width="100%" height="${height}" role="img" aria-label="${describe(report, catalogue)}">
        ${definitions} ${report.subject === "incident" && shade(report, axis, height, labels.legendIncident)}
        ${axis.ticks.map(({ x }) => html`<line class="tick" x1="${x}%" x2="${x}%" y1="${axisHeight - 8}" y2="${height}" />`)}
        ${tickLabels(axis)} ${drawn}
      </svg>
    </div>
    ${legend(catalogue)} ${isSome && html`<p class="note">${catalogue.someCalls(shown.length, report.calls.length)}</p>`} ${tables}
  </figure>`;
}

/** A name that has no room on one line, of a phone or of any page, takes two smaller ones; the tables have those that need more. */
const lengthOf = ({ length }: string) => (length > 22 ? "longer" : length > 13 && "long");

/** Every second one first, so that those which stay on a phone are as far apart as they can be. */
function tickLabels({ ticks }: Axis): Markup[] {
  const line = new LabelLine();
  return [...ticks.filter(({ isMajor }) => isMajor), ...ticks.filter(({ isMajor }) => !isMajor)].map(({ x, label }) =>
    drawLabel(line.take({ text: label, x, dx: 0, anchor: x < 6 ? "start" : x > 94 ? "end" : "middle" }), 11, ""),
  );
}

const definitions = html`<defs>
  <pattern id="lk-failed" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"
    ><rect class="f-failed" width="6" height="6" /><rect class="f-failed-line" width="2" height="6"
  /></pattern>
  <pattern id="lk-doubtful" width="5" height="5" patternUnits="userSpaceOnUse"
    ><rect class="f-doubtful" width="5" height="5" /><circle class="f-doubtful-dot" cx="2.5" cy="2.5" r="1.1"
  /></pattern>
  <marker id="lk-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"
    ><path class="arrow-head" d="M0 0.5 8 4 0 7.5Z"
  /></marker>
</defs>`;

function shade(report: ReportDocument, axis: Axis, height: number, label: string): Markup {
  const { x, width } = placeOf(axis, report.span);
  return html`<rect class="incident" x="${x}%" width="${width}%" y="${axisHeight - 8}" height="${height - axisHeight + 8}" /><line
      class="incident-edge"
      x1="${x}%"
      x2="${x}%"
      y1="${axisHeight - 8}"
      y2="${height}"
    />${!report.span.ongoing && html`<line class="incident-edge" x1="${x + width}%" x2="${x + width}%" y1="${axisHeight - 8}" y2="${height}" />`}<rect
      class="incident-bar"
      x="${x}%"
      width="${width}%"
      y="${axisHeight - 10}"
      height="4"
      ><title>${label}</title></rect
    >`;
}

function legend({ labels, fates }: Catalogue): Markup {
  const swatch = (content: Markup, label: string) => html`<li><svg width="22" height="12" aria-hidden="true">${content}</svg>${label}</li>`;
  const block = (look: Look, label: string) =>
    swatch(html`<rect class="bar ${look}" x="1" y="1" width="20" height="10" rx="1.5" />`, label);
  return html`<ul class="legend">
    ${swatch(html`<rect class="incident" x="1" y="0" width="20" height="12" /><rect class="incident-bar" x="1" y="0" width="20" height="3" />`, labels.legendIncident)}
    ${swatch(html`<rect class="bar well" x="1" y="4" width="20" height="5" rx="1.5" />`, labels.legendWell)}
    ${block("doubtful", labels.legendDoubtful)} ${block("failed", labels.legendFailed)} ${block("pending", labels.legendPending)}
    ${swatch(html`<rect class="bar idle" x="1" y="6" width="20" height="1" />`, labels.legendIdle)}
    ${swatch(html`<line class="failover" x1="2" y1="2" x2="17" y2="10" marker-end="url(#lk-arrow)" />`, labels.legendFailover)}
    ${swatch(html`<svg x="11" y="6" overflow="visible"><path class="sign-lost" d="M-4 -4 4 4M4 -4-4 4" /></svg>`, fates.lost)}
    ${swatch(html`<svg x="11" y="6" overflow="visible"><rect class="sign-refused" x="-4" y="-4" width="8" height="8" /></svg>`, fates.refused)}
  </ul>`;
}

/** For those who do not see it; its tables hold the rest. */
function describe({ trunks, calls, bootRuns, callCounts, span }: ReportDocument, { labels, carrierOf, pair }: Catalogue): string {
  return `${labels.picture}. ${span.from} – ${span.to}. ${pair(labels.pictureStartUp, `${bootRuns.length}`)}. ${trunks.map(({ id, carrier }) => carrierOf(carrier, id)).join(", ")}. ${pair(labels.pictureCalls, `${calls.length}`)}; ${labels.callsSaved} ${callCounts.saved}, ${labels.callsLost} ${callCounts.lost}, ${labels.callsRefused} ${callCounts.refused}.`;
}
