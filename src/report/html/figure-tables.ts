/** The figures that carriers speak in: per trunk and route, and per trunk. */
import type { ReportDocument } from "../document.ts";
import type { Spread } from "../kpi.ts";
import type { Catalogue } from "../language.ts";
import { audioText } from "../wording.ts";
import { html, type Markup } from "./markup.ts";
import { caption, figure, head, heardCaption, scrolling } from "./table.ts";
import type { Marker } from "./terms.ts";

export function kpiTables(report: ReportDocument, marked: Marker, catalogue: Catalogue): Markup {
  const [routes, registrations] = [routeTable(report, marked, catalogue), registrationTable(report, marked, catalogue)];
  if (!routes && !registrations) return html``;
  const { labels } = catalogue;
  const title = routes ? labels.kpis : labels.registrations;
  return html`<section aria-label="${title}">
    <h2>${title}</h2>
    ${routes} ${registrations} ${routes && html`<p class="note">${labels.kpiNote}</p>`}
  </section>`;
}

const spreadText = ({ n, p50Ms, p95Ms }: Spread, { duration }: Catalogue): string =>
  p50Ms === undefined || p95Ms === undefined ? "–" : `${duration(p50Ms)} / ${duration(p95Ms)} (${n})`;

const ratioNames = ["asr", "ner", "seer", "isa"] as const;

function routeTable({ kpis }: ReportDocument, marked: Marker, catalogue: Catalogue): Markup | undefined {
  if (kpis.length === 0) return undefined;
  const { labels, percent } = catalogue;
  const rows = kpis.map((kpi) => {
    const others = [kpi.unsent > 0 && `${kpi.unsent} ${labels.unsent}`, kpi.running > 0 && `${kpi.running} ${labels.running}`];
    const extra = others.filter((part) => part !== false).join(", ");
    return html`<tr>
      <th scope="row">${kpi.trunkId}</th>
      <td>${kpi.route}</td>
      ${figure([kpi.attempts, extra !== "" && html` <small>+ ${extra}</small>`])}${figure(kpi.answered)}
      ${ratioNames.map((name) => figure(percent(kpi[name]), kpi[name]))}
      ${figure(spreadText(kpi.srd, catalogue), kpi.srd.p50Ms)}${figure(spreadText(kpi.pdd, catalogue), kpi.pdd.p50Ms)}
      <td class="audio" data-key="${kpi.audio?.mos ?? "–"}">${marked(audioText(kpi, catalogue))}</td>
    </tr>`;
  });
  return scrolling(
    labels.kpis,
    html`<table class="kpis">
      ${heardCaption(labels.kpis)}
      ${head(...[labels.trunk, labels.route, labels.attempts, labels.answered, "ASR", "NER", "SEER", "ISA", labels.srd, labels.pdd, labels.audio].map(marked))}
      <tbody>
        ${rows}
      </tbody>
    </table>`,
  );
}

function registrationTable({ kpis, registrations, trunks }: ReportDocument, marked: Marker, catalogue: Catalogue): Markup | undefined {
  if (trunks.length === 0) return undefined;
  const { labels } = catalogue;
  const rows = trunks.map(({ id, carrier, host }) => {
    const kpi = registrations.find(({ trunkId }) => trunkId === id);
    return html`<tr>
      <th scope="row">${id}</th>
      <td>${carrier || "–"}</td>
      <td>${host || "–"}</td>
      ${figure(kpi?.confirmed ?? 0)}${figure(kpi?.failed ?? 0)}${figure(kpi ? spreadText(kpi.rrd, catalogue) : "–", kpi?.rrd.p50Ms)}
    </tr>`;
  });
  return scrolling(
    labels.registrations,
    html`<table class="registrations">
      ${kpis.length > 0 ? caption(labels.registrations) : heardCaption(labels.registrations)}
      ${head(...[labels.trunk, labels.carrier, labels.edge, labels.confirmed, labels.failed, labels.rrd].map(marked))}
      <tbody>
        ${rows}
      </tbody>
    </table>`,
  );
}
