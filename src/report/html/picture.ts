/**
 * The picture: one lane per thing, all on one time axis. Positions are per cent of its width and text keeps its
 * size, so the same drawing is legible on a wide screen, a narrow one and paper. Every state has a colour and a
 * texture or a sign of its own: colour alone says nothing.
 */
import type { AttemptRecord } from "../attempts.ts";
import type { CallRecord } from "../calls.ts";
import type { ReportDocument } from "../document.ts";
import { wordOf, type Catalogue } from "../language.ts";
import { overlaps, type Stretch } from "../spans.ts";
import { axisOf, placeOf, type Axis } from "./axis.ts";
import { html, type Markup } from "./markup.ts";

/** More lanes than these would not be looked at. */
const mostCalls = 20;
const mostStages = 12;
/** px */
const laneHeight = 20;
const stepHeight = 15;
const groupHeight = 26;
const axisHeight = 26;

type Look = "well" | "doubtful" | "failed" | "pending" | "idle" | "callee";

interface Lane {
  readonly label: string;
  readonly heading?: boolean;
  /** Belongs to the lane above: a thinner gap. */
  readonly height: number;
  /** Draws with `y` at the lane's top. */
  draw(y: number): Markup | readonly Markup[];
}

const looks: Readonly<Record<string, Look>> = {
  "flow open": "well",
  "flow doubted": "doubtful",
  "flow waiting": "failed",
  "flow connecting": "pending",
  "registration registered": "well",
  "registration refreshing": "well",
  "registration registering": "pending",
  "registration refused": "failed",
  "breaker closed": "well",
  "breaker open": "failed",
  "breaker probing": "doubtful",
  "stage passed": "well",
  "stage failed": "failed",
  "stage running": "pending",
  "attempt answered": "well",
  "attempt callee": "callee",
  "attempt local": "callee",
  "attempt carrier": "failed",
  "attempt network": "failed",
  "attempt caller": "doubtful",
  "attempt ambiguous": "doubtful",
};
const lookOf = (kind: string, state: string): Look => wordOf(looks, `${kind} ${state}`) ?? (kind === "attempt" ? "pending" : "idle");

/** The figure with its legend. */
export function picture(report: ReportDocument, catalogue: Catalogue): Markup {
  const { labels } = catalogue;
  const axis = axisOf(report.window);
  const shown = callsToShow(report);
  const lanes = [...stageLanes(report, axis, catalogue), ...trunkLanes(report, axis, catalogue), ...callLanes(report, shown, axis, catalogue)];
  const tops = lanes.map((_, index) => axisHeight + lanes.slice(0, index).reduce((sum, { height }) => sum + height, 0));
  const height = axisHeight + lanes.reduce((sum, lane) => sum + lane.height, 0) + 8;
  return html`<figure class="picture">
    <figcaption>${labels.picture}</figcaption>
    <div class="lanes">
      <div class="names" style="height:${height}px" aria-hidden="true">
        ${lanes.map(({ label, heading }, index) => html`<span class="${heading ? "group" : "name"}" style="top:${tops[index] ?? 0}px" title="${label}">${label}</span>`)}
      </div>
      <svg width="100%" height="${height}" role="img" aria-label="${describe(report, catalogue)}">
        ${definitions}
        ${report.subject === "incident" && shade(report, axis, height, labels.incident)}
        ${axis.ticks.map(
          ({ x, label, isMajor }) => html`<line class="tick" x1="${x}%" x2="${x}%" y1="${axisHeight - 8}" y2="${height}" /><text class="${isMajor ? "time" : "time minor"}" x="${x}%" y="11" text-anchor="${x < 4 ? "start" : x > 96 ? "end" : "middle"}">${label}</text>`,
        )}
        ${lanes.map((lane, index) => lane.draw(tops[index] ?? 0))}
      </svg>
    </div>
    ${legend(catalogue)}
    ${shown.length < report.calls.length && html`<p class="note">${catalogue.someCalls(shown.length, report.calls.length)}</p>`}
  </figure>`;
}

const definitions = html`<defs>
  <pattern id="lk-failed" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="f-failed" width="6" height="6" /><rect class="f-failed-line" width="2" height="6" /></pattern>
  <pattern id="lk-doubtful" width="5" height="5" patternUnits="userSpaceOnUse"><rect class="f-doubtful" width="5" height="5" /><circle class="f-doubtful-dot" cx="2.5" cy="2.5" r="1.1" /></pattern>
  <marker id="lk-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="arrow-head" d="M0 0.5 8 4 0 7.5Z" /></marker>
</defs>`;

function shade(report: ReportDocument, axis: Axis, height: number, label: string): Markup {
  const { x, width } = placeOf(axis, report.span);
  return html`<rect class="incident" x="${x}%" width="${width}%" y="${axisHeight - 8}" height="${height - axisHeight + 8}" /><line class="incident-edge" x1="${x}%" x2="${x}%" y1="${axisHeight - 8}" y2="${height}" />${!report.span.ongoing && html`<line class="incident-edge" x1="${x + width}%" x2="${x + width}%" y1="${axisHeight - 8}" y2="${height}" />`}<rect class="incident-bar" x="${x}%" width="${width}%" y="${axisHeight - 10}" height="4"><title>${label}</title></rect>`;
}

/** A bar of its look; the stroke keeps the shortest ones visible. */
function bar(axis: Axis, stretch: Stretch, look: Look, y: number, height: number, title: string): Markup {
  const { x, width } = placeOf(axis, stretch);
  return html`<rect class="bar ${look}" x="${x}%" width="${width}%" y="${y}" height="${height}" rx="1.5"><title>${title}</title></rect>`;
}

const heading = (label: string): Lane => ({ label, heading: true, height: groupHeight, draw: (y) => html`<line class="rule" x1="0" x2="100%" y1="${y + 4}" y2="${y + 4}" />` });

function stageLanes({ bootRuns, window }: ReportDocument, axis: Axis, { labels, stageResults, duration }: Catalogue): Lane[] {
  const names = [...new Set(bootRuns.flatMap(({ stages }) => stages.filter((tried) => overlaps(tried, window)).map(({ stage }) => stage)))];
  if (names.length === 0) return [];
  const marks: Lane = {
    ...heading(labels.pictureStartUp),
    draw: (y) => [
      html`<line class="rule" x1="0" x2="100%" y1="${y + 4}" y2="${y + 4}" />`,
      ...bootRuns.filter(({ fromMs }) => fromMs >= window.fromMs).map(({ run, fromMs }) => {
        const x = axis.x(fromMs);
        return html`<line class="run" x1="${x}%" x2="${x}%" y1="${y + 8}" y2="${y + groupHeight + names.length * laneHeight}" /><text class="mark" x="${x}%" dx="${x > 92 ? -4 : 4}" y="${y + 18}" text-anchor="${x > 92 ? "end" : "start"}">${run}</text>`;
      }),
    ],
  };
  const lanes = names.slice(0, mostStages).map((name): Lane => ({
    label: name,
    height: laneHeight,
    draw: (y) =>
      bootRuns.flatMap(({ run, stages }) =>
        stages
          .filter((tried) => tried.stage === name && overlaps(tried, window))
          .map((tried) => bar(axis, tried, tried.stalled && tried.result === "running" ? "doubtful" : lookOf("stage", tried.result), y + 4, 11, `${name} ${run}.${tried.attempt}: ${wordOf(stageResults, tried.result) ?? tried.result}, ${duration(tried.toMs - tried.fromMs)}`)),
      ),
  }));
  return [marks, ...lanes];
}

function trunkLanes({ trunks }: ReportDocument, axis: Axis, { labels, flowStates, registrationStates, breakerStates, carrierOf }: Catalogue): Lane[] {
  const lane = (label: string, kind: string, words: Readonly<Record<string, string>>, spans: readonly (Stretch & { readonly state: string; readonly because?: string })[]): Lane => ({
    label,
    height: laneHeight,
    draw: (y) =>
      spans.map((span) => {
        const look = lookOf(kind, span.state);
        const [top, height] = look === "idle" ? [y + 9, 1] : look === "well" ? [y + 7, 5] : [y + 4, 11];
        return bar(axis, span, look, top, height, `${label}: ${wordOf(words, span.state) ?? span.state}${span.because === undefined ? "" : ` (${span.because})`}`);
      }),
  });
  return trunks.flatMap(({ id, carrier, flow, registration, breakers }) => [
    heading(carrierOf(carrier, id)),
    lane(labels.connection, "flow", flowStates, flow),
    lane(labels.registration, "registration", registrationStates, registration),
    ...breakers.map(({ route, spans }) => lane(`${labels.breaker}: ${route}`, "breaker", breakerStates, spans)),
  ]);
}

const urgency: Readonly<Record<string, number>> = { lost: 0, refused: 1, saved: 2, running: 3, carried: 4 };

/** Those that met a fault first; then drawn in the order of time. */
function callsToShow({ calls }: ReportDocument): CallRecord[] {
  return [...calls]
    .sort((a, b) => (wordOf(urgency, a.fate) ?? 5) - (wordOf(urgency, b.fate) ?? 5) || a.startedMs - b.startedMs)
    .slice(0, mostCalls)
    .sort((a, b) => a.startedMs - b.startedMs);
}

function callLanes(report: ReportDocument, shown: readonly CallRecord[], axis: Axis, catalogue: Catalogue): Lane[] {
  if (shown.length === 0) return [];
  const lanes = shown.map((call): Lane => {
    const attempts = report.attempts.filter(({ callId }) => callId === call.callId);
    const steps = Math.max(1, attempts.length);
    return {
      label: call.callId + (call.party ? ` …${call.party.tail}` : ""),
      height: steps * stepHeight + 7,
      draw: (y) => drawCall(call, attempts, report, axis, catalogue, y + 2),
    };
  });
  return [heading(catalogue.labels.pictureCalls), ...lanes];
}

/** A staircase: each attempt one step lower than the one before, an arrow where the call failed over. */
function drawCall(call: CallRecord, attempts: readonly AttemptRecord[], { window }: ReportDocument, axis: Axis, catalogue: Catalogue, y: number): Markup[] {
  const endMs = call.endedMs ?? window.toMs;
  const lastY = y + (Math.max(1, attempts.length) - 1) * stepHeight;
  const talk = { fromMs: call.answeredMs ?? endMs, toMs: endMs };
  return [
    call.answeredMs === undefined ? html`` : bar(axis, talk, "well", lastY + 5, 3, catalogue.fates[call.fate] ?? call.fate),
    ...attempts.flatMap((attempt, index) => {
      const top = y + index * stepHeight;
      const stretch = { fromMs: attempt.startedMs, toMs: attempt.endedMs ?? endMs };
      const next = attempts[index + 1];
      const [x, nextX] = [axis.x(stretch.toMs), next && axis.x(next.startedMs)];
      return [
        bar(axis, stretch, lookOf("attempt", attempt.class ?? ""), top + 2, 9, `${attempt.trunkId}: ${attempt.codes.join(" ")} ${attempt.row ?? ""}`),
        ...(nextX === undefined ? [] : [html`<line class="failover" x1="${x}%" y1="${top + 11}" x2="${nextX}%" y2="${top + stepHeight + 2}" marker-end="url(#lk-arrow)" />`]),
        beside(axis, stretch, top + 10, attempt.trunkId + endSign(attempt)),
      ];
    }),
    ...(call.fate === "lost" || call.fate === "refused" ? [sign(axis.x(endMs), lastY + 6.5, call, catalogue)] : []),
  ];
}

/** What ended the attempt, in a word: its last code, or the row where nobody answered. */
function endSign({ codes, row, said }: AttemptRecord): string {
  const last = codes.at(-1) ?? 0;
  if (last >= 300 && said === "peer") return ` ${last}`;
  return row === undefined || last >= 200 ? "" : ` ${row}`;
}

/** Text after a stretch, or before it where the right edge is near. */
function beside(axis: Axis, { fromMs, toMs }: Stretch, y: number, text: string): Markup {
  const [start, end] = [axis.x(fromMs), axis.x(toMs)];
  const before = end > 70 && start > 20;
  return html`<text class="mark" x="${before ? start : end}%" dx="${before ? -6 : 7}" y="${y}" text-anchor="${before ? "end" : "start"}">${text}</text>`;
}

function sign(x: number, y: number, call: CallRecord, { fates }: Catalogue): Markup {
  const title = wordOf(fates, call.fate) ?? call.fate;
  // A nested <svg> takes a per cent, a path does not.
  return html`<svg x="${x}%" y="${y}" overflow="visible"><title>${title}</title>${call.fate === "lost" ? html`<path class="sign-lost" d="M-4 -4 4 4M4 -4-4 4" />` : html`<rect class="sign-refused" x="-4" y="-4" width="8" height="8" />`}</svg>`;
}

function legend({ labels, fates }: Catalogue): Markup {
  const swatch = (content: Markup, label: string) => html`<li><svg width="22" height="12" aria-hidden="true">${content}</svg>${label}</li>`;
  const block = (look: Look, label: string) => swatch(html`<rect class="bar ${look}" x="1" y="1" width="20" height="10" rx="1.5" />`, label);
  return html`<ul class="legend">
    ${swatch(html`<rect class="bar well" x="1" y="4" width="20" height="5" rx="1.5" />`, labels.legendWell)}
    ${block("doubtful", labels.legendDoubtful)}
    ${block("failed", labels.legendFailed)}
    ${block("pending", labels.legendPending)}
    ${swatch(html`<rect class="bar idle" x="1" y="6" width="20" height="1" />`, labels.legendIdle)}
    ${swatch(html`<line class="failover" x1="2" y1="2" x2="17" y2="10" marker-end="url(#lk-arrow)" />`, labels.legendFailover)}
    ${swatch(html`<svg x="11" y="6" overflow="visible"><path class="sign-lost" d="M-4 -4 4 4M4 -4-4 4" /></svg>`, fates.lost)}
    ${swatch(html`<svg x="11" y="6" overflow="visible"><rect class="sign-refused" x="-4" y="-4" width="8" height="8" /></svg>`, fates.refused)}
  </ul>`;
}

/** For those who do not see it; the tables below hold the rest. */
function describe({ trunks, calls, bootRuns, callCounts, span }: ReportDocument, { labels, carrierOf }: Catalogue): string {
  return `${labels.picture}. ${span.from} – ${span.to}. ${labels.pictureStartUp}: ${bootRuns.length}. ${trunks.map(({ id, carrier }) => carrierOf(carrier, id)).join(", ")}. ${labels.pictureCalls}: ${calls.length}; ${labels.callsSaved} ${callCounts.saved}, ${labels.callsLost} ${callCounts.lost}, ${labels.callsRefused} ${callCounts.refused}.`;
}
