/** The figures, the calls, the time line, and what the report is made of. */
import type { AttemptRecord } from "../attempts.ts";
import type { CallRecord } from "../calls.ts";
import type { ReportDocument } from "../document.ts";
import type { Spread } from "../kpi.ts";
import { wordOf, type Catalogue } from "../language.ts";
import { clockTime, environmentText, sentenceOf, spanText } from "../wording.ts";
import { html, type Markup, type Piece } from "./markup.ts";

/** Longer time lines are cut in the middle. */
const mostMoments = 160;

const head = (...names: readonly Piece[]) =>
  html`<thead>
    <tr>
      ${names.map((name) => html`<th scope="col">${name}</th>`)}
    </tr>
  </thead>`;
const figure = (value: Piece) => html`<td class="figure">${value}</td>`;
const optional = (value: string | number | undefined, show: (value: number) => string = String) =>
  value === undefined ? "–" : typeof value === "string" ? value : show(value);

/** A table that scrolls by itself on a narrow screen; reachable by keyboard. */
const scrolling = (label: string, table: Markup) =>
  html`<div class="scroll" role="region" tabindex="0" aria-label="${label}">${table}</div>`;

export function kpiTable({ kpis }: ReportDocument, { labels, percent, duration }: Catalogue): Markup {
  if (kpis.length === 0) return html``;
  const spread = ({ n, p50Ms, p95Ms }: Spread) =>
    p50Ms === undefined || p95Ms === undefined ? "–" : `${duration(p50Ms)} / ${duration(p95Ms)} (${n})`;
  return html`<section aria-labelledby="kpis">
    <h2 id="kpis">${labels.kpis}</h2>
    ${scrolling(
      labels.kpis,
      html`<table>
        <caption class="unseen">
          ${labels.kpis}
        </caption>
        ${head(labels.trunk, labels.route, labels.attempts, labels.answered, html`<abbr title="${labels.asr}">ASR</abbr>`, html`<abbr title="${labels.ner}">NER</abbr>`, html`<abbr title="${labels.seer}">SEER</abbr>`, html`<abbr title="${labels.isa}">ISA</abbr>`, labels.srd, labels.pdd)}
        <tbody>
          ${kpis.map(({ trunkId, route, attempts, unsent, running, answered, asr, ner, seer, isa, srd, pdd }) => {
            const extra = [unsent > 0 && `${unsent} ${labels.unsent}`, running > 0 && `${running} ${labels.running}`]
              .filter((part) => part !== false)
              .join(", ");
            return html`<tr>
              <th scope="row">${trunkId}</th>
              <td>${route}</td>
              ${figure([attempts, extra !== "" && html` <small>+ ${extra}</small>`])}${figure(answered)}${[asr, ner, seer, isa].map((share) => figure(percent(share)))}${figure(spread(srd))}${figure(spread(pdd))}
            </tr>`;
          })}
        </tbody>
      </table>`,
    )}
    <p class="note">${labels.kpiNote}</p>
  </section>`;
}

export function callList(report: ReportDocument, catalogue: Catalogue): Markup {
  const { labels } = catalogue;
  return html`<section aria-labelledby="calls">
    <h2 id="calls">${labels.calls}</h2>
    ${report.calls.length === 0 && html`<p class="note">${labels.noCalls}</p>`}
    ${report.calls.map((call) => callDetails(call, report, catalogue))}
  </section>`;
}

function callDetails(call: CallRecord, report: ReportDocument, catalogue: Catalogue): Markup {
  const { labels, fates, refusals, callEnds, duration } = catalogue;
  const attempts = report.attempts.filter(({ callId }) => callId === call.callId);
  const fate = wordOf(fates, call.fate) ?? call.fate;
  const end =
    call.refusal === undefined
      ? call.end === undefined
        ? undefined
        : (wordOf(callEnds, call.end) ?? call.end)
      : (wordOf(refusals, call.refusal) ?? call.refusal);
  const remarks = [
    end,
    call.stage,
    call.endedMs === undefined ? undefined : duration(call.endedMs - call.startedMs),
    call.possibleDuplicate ? labels.possibleDuplicate : undefined,
  ];
  return html`<details>
    <summary>
      <span class="fate ${wordOf(fateTones, call.fate)}">${fate}</span>
      <span class="when">${clockTime(call.time, report)}</span>
      <span class="id">${call.callId}</span>
      ${call.party && html`<span class="party">${call.party.route} · ${call.party.alias} …${call.party.tail}</span>`}
      <span class="end">${remarks.filter((remark) => remark !== undefined && remark !== "").join(" · ")}</span>
    </summary>
    ${attempts.length === 0 ? html`<p class="note">${labels.noAttempts}</p>` : scrolling(`${labels.attempts} ${call.callId}`, attemptTable(attempts, call, report, catalogue))}
  </details>`;
}

const fateTones: Readonly<Record<string, string>> = { lost: "bad", refused: "bad", saved: "good", carried: "plain", running: "plain" };

function attemptTable(attempts: readonly AttemptRecord[], { callId }: CallRecord, report: ReportDocument, catalogue: Catalogue): Markup {
  const { labels, outcomeClasses, attemptSaid, duration } = catalogue;
  return html`<table class="attempts">
    <caption class="unseen">
      ${labels.attempts} ${callId}
    </caption>
    ${head("#", labels.time, labels.trunk, labels.route, labels.codes, labels.cause, labels.saidBy, labels.outcome, labels.took, "PDD", html`${labels.sipCallId}<br />${labels.fromTag}`)}
    <tbody>
      ${attempts.map((attempt) => {
        const { q850, said, row, tookMs, pddMs, sipCallId, fromTag } = attempt;
        const note = catalogue.attemptNote(attempt);
        return html`<tr>
          <th scope="row">${attempt.attempt}</th>
          <td class="figure">${clockTime(attempt.time, report)}</td>
          <td>${attempt.trunkId}</td>
          <td>${attempt.route}</td>
          <td class="codes">${attempt.codes.join(" ") || "–"}</td>
          <td>${q850 ? `${q850.value}${q850.location ? ` ${q850.location}` : ""}` : "–"}</td>
          <td>${said === undefined ? "–" : (wordOf(attemptSaid, said) ?? said)}</td>
          <td class="result">
            ${attempt.class === undefined ? labels.running : (wordOf(outcomeClasses, attempt.class) ?? attempt.class)}${row !== undefined && row !== attempt.class && html` <code>${row}</code>`}${note !== "" && html`<small>${note}</small>`}
          </td>
          ${figure(optional(tookMs, duration))}${figure(optional(pddMs, duration))}
          <td class="ids">${optional(sipCallId)}<br />${optional(fromTag)}</td>
        </tr>`;
      })}
    </tbody>
  </table>`;
}

export function timeTable(report: ReportDocument, catalogue: Catalogue): Markup {
  const { labels } = catalogue;
  const { timeline } = report;
  if (timeline.length === 0) return html``;
  const half = mostMoments / 2;
  const shown = timeline.length <= mostMoments ? timeline : [...timeline.slice(0, half), ...timeline.slice(-half)];
  return html`<section aria-labelledby="timeline">
    <h2 id="timeline">${labels.timeline}</h2>
    <table class="moments">
      <caption class="unseen">
        ${labels.timeline}
      </caption>
      ${head(labels.time, labels.what, "#")}
      <tbody>
        ${shown.map(
          (moment) =>
            html`<tr>
              <th scope="row">${clockTime(moment.time, report)}</th>
              <td>${sentenceOf(moment, catalogue)}</td>
              <td class="figure">${moment.seq}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${shown.length < timeline.length && html`<p class="note">${catalogue.someMoments(shown.length, timeline.length)}</p>`}
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
      ${clockSkews.length > 0 && row(labels.clocks, clockSkews.map(({ by, byMs }) => catalogue.clockSkew(by, byMs)).join("; "))}
      ${row(labels.leftOut, redacted.map((code) => wordOf(catalogue.redactions, code) ?? code).join(", "))}
      ${row(labels.journal, catalogue.entries(journal))} ${row(labels.generated, `${generatedAt} · ${version}`)}
    </dl>
  </section>`;
}
