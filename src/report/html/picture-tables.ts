/** What the picture's lanes show, as tables: for those who hear the page, and for exact times. */
import type { ReportDocument } from "../document.ts";
import { reasonName } from "../codes.ts";
import { wordOf, type Catalogue } from "../language.ts";
import type { StateSpan, TrunkLane } from "../spans.ts";
import { clockTimeOf } from "../wording.ts";
import { html, type Markup } from "./markup.ts";
import { mapSlices, type Sliced } from "../../slices.ts";
import { caption, figure, head, scrolling } from "./table.ts";

/** The calls' lanes have their tables under each call. */
export function* pictureTables(report: ReportDocument, catalogue: Catalogue): Sliced<Markup> {
  const tables = [stageTable(report, catalogue), yield* stateTable(report, catalogue)].filter((table) => table !== undefined);
  if (tables.length === 0) return html``;
  return html`<details class="equivalent">
    <summary>${catalogue.labels.pictureTables}</summary>
    ${tables}
  </details>`;
}

function stageTable(report: ReportDocument, { labels, stageResults, stageFault, duration }: Catalogue): Markup | undefined {
  const rows = report.bootRuns.flatMap(({ run, stages }) =>
    stages.map(
      ({ stage, attempt, fromMs, toMs, result, fault }) =>
        html`<tr>
          ${figure(run)}
          <th scope="row">${stage}</th>
          ${figure(attempt > 0 ? attempt : "–")}${figure(clockTimeOf(fromMs, report))}${figure(duration(toMs - fromMs), toMs - fromMs)}
          <td>${wordOf(stageResults, result) ?? result}${fault && ` (${stageFault(fault)})`}</td>
        </tr>`,
    ),
  );
  if (rows.length === 0) return undefined;
  return scrolling(
    labels.pictureStartUp,
    html`<table>
      ${caption(labels.pictureStartUp)} ${head(labels.run, labels.stage, labels.stageTry, labels.from, labels.took, labels.result)}
      <tbody>
        ${rows}
      </tbody>
    </table>`,
  );
}

function* stateTable(report: ReportDocument, catalogue: Catalogue): Sliced<Markup | undefined> {
  const { labels, flowStates, registrationStates, breakerStates, routeOf, pair } = catalogue;
  const row = (trunkId: string, what: string, words: Readonly<Record<string, string>>, span: StateSpan<string>) =>
    html`<tr>
      <th scope="row">${trunkId}</th>
      <td>${what}</td>
      <td>${wordOf(words, span.state) ?? span.state}</td>
      ${figure(clockTimeOf(span.fromMs, report))}${figure(clockTimeOf(span.toMs, report))}
      <td>${span.because === undefined ? "–" : reasonName(span.because, catalogue)}</td>
    </tr>`;
  const spansOf = ({ id, flow, registration, breakers }: TrunkLane) => [
    ...flow.map((span) => () => row(id, labels.connection, flowStates, span)),
    ...registration.map((span) => () => row(id, labels.registration, registrationStates, span)),
    ...breakers.flatMap(({ route, plane, spans }) =>
      spans.map((span) => () => row(id, pair(labels.breaker[plane], routeOf(route)), breakerStates, span)),
    ),
  ];
  const rows = yield* mapSlices(report.trunks.flatMap(spansOf), (slice) => html`${slice.map((draw) => draw())}`);
  if (rows.length === 0) return undefined;
  return scrolling(
    labels.trunkStates,
    html`<table>
      ${caption(labels.trunkStates)} ${head(labels.trunk, labels.what, labels.state, labels.from, labels.until, labels.because)}
      <tbody>
        ${rows}
      </tbody>
    </table>`,
  );
}
