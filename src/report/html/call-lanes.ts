/** The lanes of the calls: a staircase of attempts, with what became of each. */
import type { AttemptRecord } from "../attempts.ts";
import type { CallRecord } from "../calls.ts";
import type { ReportDocument } from "../document.ts";
import { unheardIn, unheardText, type Unheard } from "../unheard.ts";
import { rowName } from "../codes.ts";
import { wordOf, type Catalogue } from "../language.ts";
import type { Axis } from "./axis.ts";
import { drawLabel, LabelLine, type Wish } from "./label.ts";
import { bar, extentOn, groupHeight, heading, lookOf, type Lane } from "./lane.ts";
import { html, type Markup } from "./markup.ts";

/** All lanes together, px: as much as is taken in at one look, and of these at least so much for calls. */
const mostLanes = 610;
const leastRoom = 210;
/** px */
const stepHeight = 19;

const urgency: Readonly<Record<string, number>> = { lost: 0, refused: 1, saved: 2, running: 3, carried: 4 };

const heightOf = (steps: number) => Math.max(1, steps) * stepHeight + 7;

/** Those that met a fault first, as long as `hasRoom`; in the order of time. */
export function mostUrgent(
  calls: readonly CallRecord[],
  unheard: Unheard,
  hasRoom: (call: CallRecord, index: number) => boolean,
): CallRecord[] {
  const rank = ({ fate, callId }: CallRecord) => Math.min(wordOf(urgency, fate) ?? 5, unheard.has(callId) ? 1 : 5);
  return [...calls]
    .sort((a, b) => rank(a) - rank(b) || a.startedMs - b.startedMs)
    .filter(hasRoom)
    .sort((a, b) => a.startedMs - b.startedMs);
}

/**
 * As many as there is room for beside `others`.
 * @param paper what of lanes a sheet of A4 takes below the verdict, px.
 */
export function callsToShow(report: ReportDocument, others: readonly Lane[], paper: number): CallRecord[] {
  let room = Math.max(leastRoom, Math.min(mostLanes, paper) - others.reduce((sum, { height }) => sum + height, 0));
  return mostUrgent(report.calls, unheardIn(report), ({ failovers }) => (room -= heightOf(1 + failovers.length)) >= 0);
}

export function callLanes(report: ReportDocument, shown: readonly CallRecord[], axis: Axis, catalogue: Catalogue): Lane[] {
  if (shown.length === 0) return [];
  const unheard = unheardIn(report);
  const lanes = shown.map((call): Lane => {
    const attempts = report.attempts.filter(({ callId }) => callId === call.callId);
    return {
      label: call.callId + (call.party ? ` …${call.party.tail}` : ""),
      height: heightOf(attempts.length),
      draw: (y) => drawCall(call, attempts, unheard, report, axis, catalogue, y + 2),
    };
  });
  const all = shown.length < report.calls.length ? [tickLane(report, unheard, axis, catalogue)] : [];
  return [heading(catalogue.labels.pictureCalls), ...all, ...lanes];
}

/** Every call as a tick, the ones that met a fault taller: where they cluster is seen even when most have no lane. */
function tickLane({ calls }: ReportDocument, unheard: Unheard, axis: Axis, catalogue: Catalogue): Lane {
  const { labels, fates } = catalogue;
  return {
    label: labels.allCalls,
    height: groupHeight,
    draw: (y) =>
      calls.map(({ startedMs, fate, callId }) => {
        const x = axis.x(startedMs);
        const look = unheard.has(callId) ? "bad" : (wordOf(tickLooks, fate) ?? "plain");
        return html`<line class="call-tick ${look}" x1="${x}%" x2="${x}%" y1="${look === "plain" ? y + 9 : y + 3}" y2="${y + 17}"
          ><title>
            ${[`${callId}: ${wordOf(fates, fate) ?? fate}`, unheardText(callId, unheard, catalogue)].filter(Boolean).join(", ")}
          </title></line
        >`;
      }),
  };
}

const tickLooks: Readonly<Record<string, string>> = { lost: "bad", refused: "bad", saved: "good" };

/** A staircase: each attempt one step lower than the one before, an arrow where the call failed over. */
function drawCall(
  call: CallRecord,
  attempts: readonly AttemptRecord[],
  unheard: Unheard,
  { window }: ReportDocument,
  axis: Axis,
  catalogue: Catalogue,
  y: number,
): Markup[] {
  const endMs = call.endedMs ?? window.toMs;
  const lastY = y + (Math.max(1, attempts.length) - 1) * stepHeight;
  const isServed = call.fate !== "lost" && call.fate !== "refused";
  const told = [wordOf(catalogue.fates, call.fate) ?? call.fate, unheardText(call.callId, unheard, catalogue)];
  const talk = { fromMs: call.answeredMs ?? endMs, toMs: endMs };
  // Of an answered attempt the bar of its conversation goes on where its own ends.
  const wishOf = (attempt: AttemptRecord, gap: number | undefined): Wish => ({
    text: attempt.trunkId + endSign(attempt, catalogue),
    of: extentOn(axis, { fromMs: attempt.startedMs, toMs: attempt.class === "answered" ? endMs : (attempt.endedMs ?? endMs) }),
    places: attempt.class === "answered" ? ["before", "after", "on"] : ["after", "before", "on"],
    ...(gap !== undefined && { gap }),
  });
  return [
    call.answeredMs === undefined
      ? html``
      : bar(axis, talk, unheard.has(call.callId) ? "failed" : "well", lastY + 5, 3, told.filter((one) => one !== "").join(", ")),
    ...attempts.flatMap((attempt, index) => {
      const top = y + index * stepHeight;
      const stretch = { fromMs: attempt.startedMs, toMs: attempt.endedMs ?? endMs };
      const next = attempts[index + 1];
      const [x, nextX] = [axis.x(stretch.toMs), next && axis.x(next.startedMs)];
      return [
        bar(
          axis,
          stretch,
          lookOf("attempt", attempt.class ?? ""),
          top + 2,
          9,
          [`${attempt.trunkId}:`, attempt.codes.join(" "), attempt.row === undefined ? "" : rowName(attempt.row, catalogue)].join(" "),
        ),
        ...(nextX === undefined
          ? []
          : [
              html`<line
                class="failover"
                x1="${x}%"
                y1="${top + 11}"
                x2="${nextX}%"
                y2="${top + stepHeight + 2}"
                marker-end="url(#lk-arrow)"
              />`,
            ]),
        drawLabel(new LabelLine().add(wishOf(attempt, next || isServed ? undefined : 12)), top + 10),
      ];
    }),
    // Whoever was not dialled from here has no attempt that says by which trunk.
    ...(attempts.length > 0 || call.answeredMs === undefined || call.trunkId === undefined
      ? []
      : [
          drawLabel(
            new LabelLine().add({
              text: call.direction === "in" ? `${call.trunkId} · ${catalogue.labels.incoming}` : call.trunkId,
              of: extentOn(axis, talk),
              places: ["before", "after", "on"],
            }),
            lastY + 10,
          ),
        ]),
    ...(!isServed ? [sign(axis.x(endMs), lastY + 6.5, call, catalogue)] : []),
  ];
}

/** What ended the attempt, in a word: the code that the other side said, or the row where nobody did. */
function endSign({ codes, row, said, class: class_ }: AttemptRecord, catalogue: Catalogue): string {
  if (class_ === "answered" || row === undefined) return "";
  return ` · ${(said === "peer" && codes.at(-1)) || rowName(row, catalogue)}`;
}

function sign(x: number, y: number, call: CallRecord, { fates }: Catalogue): Markup {
  const title = wordOf(fates, call.fate) ?? call.fate;
  // A nested <svg> takes a per cent, a path does not.
  return html`<svg x="${x}%" y="${y}" overflow="visible">
    <title>${title}</title>
    ${call.fate === "lost" ? html`<path class="sign-lost" d="M-4 -4 4 4M4 -4-4 4" />` : html`<rect class="sign-refused" x="-4" y="-4" width="8" height="8" />`}
  </svg>`;
}
