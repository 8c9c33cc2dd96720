/** The calls, the time line, and what the report is made of. */
import type { AttemptRecord } from "../attempts.ts";
import type { CallRecord } from "../calls.ts";
import type { ReportDocument } from "../document.ts";
import { environmentRows, environmentText } from "../environment-words.ts";
import { wordOf, type Catalogue } from "../language.ts";
import { q850Cause, rowBeside, sipCode } from "../codes.ts";
import { toldMoments } from "../moments.ts";
import { unheardIn, unheardText, type Unheard } from "../unheard.ts";
import { callEndText, callNamesText, clockTime, partyText, spanText } from "../wording.ts";
import { mapSlices, type Sliced } from "../../slices.ts";
import { mostUrgent } from "./call-lanes.ts";
import { ladder } from "./ladder.ts";
import { html, type Markup, type Piece } from "./markup.ts";
import { figure, head, heardCaption, more, scrolling } from "./table.ts";
import type { Marker } from "./terms.ts";

/** Each has a ladder of its own: thousands take a browser minutes to open, and more to print. */
const mostCalls = 500;

/** A call is a table and a ladder: as much work as many entries. */
const callsPerSlice = 10;

/** Of those that met a fault, so many are printed with their attempts: two or three to a sheet. */
const mostPrinted = 50;

/** So many calls in a row that were carried are told by their number. */
const fewestCalm = 6;

/** Longer time lines are cut in the middle, and one that no screen holds is opened by who wants it. */
const [mostMoments, mostOpen] = [160, 40];

const optional = (value: string | number | undefined, show: (value: number) => string = String) =>
  value === undefined ? "–" : typeof value === "string" ? value : show(value);

export function* callList(report: ReportDocument, marked: Marker, catalogue: Catalogue): Sliced<Markup> {
  const { labels } = catalogue;
  const attempts = attemptsByCall(report);
  yield;
  const unheard = unheardIn(report);
  const shown = mostUrgent(report.calls, unheard, (_, index) => index < mostCalls);
  const printed = new Set(mostUrgent(shown, unheard, (call, index) => index < mostPrinted && toneOf(call, unheard) !== "plain"));
  const details = (call: CallRecord) =>
    callDetails(call, printed.has(call), attempts.get(call.callId) ?? [], unheard, marked, report, catalogue);
  yield;
  const listed = (yield* mapSlices(shown, (calls) => calls.map(details), callsPerSlice)).flat();
  return html`<section aria-labelledby="calls">
    <h2 id="calls">${labels.calls}</h2>
    ${report.calls.length === 0 && html`<p class="note">${labels.noCalls}</p>`}
    ${shown.length < report.calls.length && html`<p class="note">${catalogue.someListed(shown.length, report.calls.length)}</p>`}
    ${inStretches(shown, listed, unheard, report, catalogue)}
  </section>`;
}

/** What went well again and again is told by its number, and opens: those that met a fault stay in sight. */
function inStretches(
  calls: readonly CallRecord[],
  listed: readonly Markup[],
  unheard: Unheard,
  report: ReportDocument,
  catalogue: Catalogue,
): Markup[] {
  const isCalm = ({ fate, callId }: CallRecord) => fate === "carried" && !unheard.has(callId);
  const starts = calls.flatMap((call, index) => {
    const before = calls[index - 1];
    return before && isCalm(before) && isCalm(call) ? [] : [index];
  });
  return starts.map((from, place) => {
    const stretch = calls.slice(from, starts[place + 1]);
    const [first, last] = [stretch[0], stretch.at(-1)];
    const shown = listed.slice(from, from + stretch.length);
    if (!first || !last || stretch.length < fewestCalm) return html`${shown}`;
    return html`<details class="calm">
      <summary>
        <span class="fate plain">${catalogue.callsCarried(stretch.length)}</span>
        <span class="when">${clockTime(first.time, report)} – ${clockTime(last.time, report)}</span>
      </summary>
      ${shown}
    </details>`;
  });
}

function attemptsByCall({ attempts }: ReportDocument): ReadonlyMap<string, readonly AttemptRecord[]> {
  const byCall = new Map<string, AttemptRecord[]>();
  for (const attempt of attempts) {
    const of = byCall.get(attempt.callId);
    if (of) of.push(attempt);
    else byCall.set(attempt.callId, [attempt]);
  }
  return byCall;
}

function callDetails(
  call: CallRecord,
  isPrinted: boolean,
  attempts: readonly AttemptRecord[],
  unheard: Unheard,
  marked: Marker,
  report: ReportDocument,
  catalogue: Catalogue,
): Markup {
  const { labels, fates, duration } = catalogue;
  const fate = wordOf(fates, call.fate) ?? call.fate;
  const remarks = [
    call.direction === "in" ? labels.incoming : undefined,
    unheardText(call.callId, unheard, catalogue),
    callEndText(call, catalogue),
    call.stage,
    call.endedMs === undefined ? undefined : duration(call.endedMs - call.startedMs),
    call.possibleDuplicate ? labels.possibleDuplicate : undefined,
  ];
  const tone = toneOf(call, unheard);
  const names = callNamesText(call, catalogue);
  return html`<details class="call ${tone}${isPrinted && " printed"}">
    <summary>
      <span class="fate ${tone}">${fate}</span>
      <span class="when">${clockTime(call.time, report)}</span>
      <span class="id">${call.callId}</span>
      ${call.party && html`<span class="party">${call.party.alias} · ${partyText(call.party)}</span>`}
      <span class="end">${remarks.filter((remark) => remark !== undefined && remark !== "").join(" · ")}</span>
    </summary>
    ${attempts.length === 0 ? html`<p class="note">${names || (call.fate === "refused" && labels.noAttempts)}</p>` : scrolling(`${labels.attempts} ${call.callId}`, attemptTable(attempts, call, marked, report, catalogue))}
    ${attempts.some(({ messages }) => messages?.length) && scrolling(`${labels.ladder} ${call.callId}`, ladder(call, attempts, catalogue))}
  </details>`;
}

const fateTones: Readonly<Record<string, string>> = { lost: "bad", refused: "bad", saved: "good", carried: "plain", running: "plain" };
const toneOf = ({ fate, callId }: CallRecord, unheard: Unheard) => (unheard.has(callId) ? "bad" : (wordOf(fateTones, fate) ?? "plain"));

function attemptTable(
  attempts: readonly AttemptRecord[],
  { callId }: CallRecord,
  marked: Marker,
  report: ReportDocument,
  catalogue: Catalogue,
): Markup {
  const { labels, outcomeClasses, attemptSaid, duration } = catalogue;
  return html`<table class="attempts">
    ${heardCaption(`${labels.attempts} ${callId}`)}
    ${head("#", ...[labels.time, labels.trunk, labels.route, labels.codes, labels.cause, labels.saidBy, labels.outcome, labels.took, "PDD"].map(marked), html`${marked(labels.sipCallId)}<br />${marked(labels.fromTag)}`)}
    <tbody>
      ${attempts.map((attempt) => {
        const { q850, said, tookMs, pddMs, sipCallId, fromTag } = attempt;
        const notes = [catalogue.attemptNote(attempt), catalogue.madeUnder(attempt)].filter((note) => note !== "");
        const row = rowBeside(attempt.row, catalogue);
        return html`<tr>
          <th scope="row">${attempt.attempt}</th>
          <td class="figure">${clockTime(attempt.time, report)}</td>
          <td>${attempt.trunkId}</td>
          <td>${attempt.route}</td>
          <td>${attempt.codes.map((code) => sipCode(code, catalogue)).join(", ") || "–"}</td>
          <td>${q850 ? q850Cause(q850.value, catalogue, q850.location) : "–"}</td>
          <td>${said === undefined ? "–" : (wordOf(attemptSaid, said) ?? said)}</td>
          <td class="result">
            ${attempt.class === undefined ? labels.running : (wordOf(outcomeClasses, attempt.class) ?? attempt.class)}${row !== "" && html`<small>${row}</small>`}${notes.map((note) => html`<small>${note}</small>`)}
          </td>
          ${figure(optional(tookMs, duration), tookMs)}${figure(optional(pddMs, duration), pddMs)}
          <td class="ids">${optional(sipCallId)}<br />${optional(fromTag)}</td>
        </tr>`;
      })}
    </tbody>
  </table>`;
}

export function timeTable(report: ReportDocument, marked: Marker, catalogue: Catalogue): Markup {
  const { labels } = catalogue;
  const { lines, note } = toldMoments(report, catalogue, mostMoments);
  if (lines.length === 0) return html``;
  const table = html`<table class="moments">
      ${heardCaption(labels.timeline)} ${head(labels.time, labels.what, "#")}
      <tbody>
        ${lines.map(
          ({ time, text, seq }) =>
            html`<tr>
              <th scope="row">${time}</th>
              <td>${marked(text)}</td>
              <td class="figure">${seq}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${note !== undefined && html`<p class="note">${note}</p>`}`;
  return html`<section aria-labelledby="timeline">
    <h2 id="timeline">${labels.timeline}</h2>
    ${lines.length > mostOpen ? more(catalogue.linesIn(lines.length), table) : table}
  </section>`;
}

export function about(report: ReportDocument, catalogue: Catalogue): Markup {
  const { labels } = catalogue;
  const { environment, clockSkews, redacted, journal, generatedAt, version } = report;
  const row = (name: string, value: Piece) =>
    html`<div>
      <dt>${name}</dt>
      <dd>${value}</dd>
    </div>`;
  return html`<section aria-labelledby="about">
    <h2 id="about">${labels.about}</h2>
    <dl class="about">
      ${row(labels.span, spanText(report))} ${environment && row(labels.environment, environmentText(environment))}
      ${environment && environmentRows(environment, catalogue).map(([name, value]) => row(name, value))}
      ${clockSkews.length > 0 && row(labels.clocks, clockSkews.map(({ by, byMs }) => catalogue.clockSkew(by, byMs)).join(" · "))}
      ${row(labels.leftOut, redacted.map((code) => wordOf(catalogue.redactions, code) ?? code).join(", "))}
      ${row(labels.journal, catalogue.entries(journal))} ${row(labels.generated, `${catalogue.moment(generatedAt)} · ${version}`)}
    </dl>
  </section>`;
}
