/** Whose fault, how sure, and why. */
import type { Evidence } from "../../diagnosis/model.ts";
import type { ReportDocument } from "../document.ts";
import { wordOf, type Catalogue } from "../language.ts";
import {
  evidenceSentence,
  evidenceTimes,
  instructionsOf,
  minutesLostText,
  nextTestOf,
  oddsBars,
  otherFaultsOf,
  toldOnce,
} from "../wording.ts";
import { bars } from "./bars.ts";
import { html, type Markup } from "./markup.ts";
import { more } from "./table.ts";
import type { Marker } from "./terms.ts";

/** Who does what, first of all. */
export function doNow(report: ReportDocument, marked: Marker, catalogue: Catalogue): Markup {
  const instructions = instructionsOf(report, catalogue);
  if (instructions.length === 0) return html``;
  return html`<section class="now" aria-labelledby="now">
    <h2 id="now">${catalogue.labels.doNow}</h2>
    <ul>
      ${instructions.map(({ who, what }) => html`<li>${who !== undefined && html`<strong>${catalogue.pair(who, "")}</strong>`}${marked(what)}</li>`)}
    </ul>
  </section>`;
}

export function figures(report: ReportDocument, catalogue: Catalogue): Markup {
  const { placed, affected, saved, lost, refused } = report.callCounts;
  const { labels, number } = catalogue;
  const tile = (value: number, label: string, tone = "", text = number(value)) =>
    html`<div class="tile ${value > 0 && tone}">
      <dt>${label}</dt>
      <dd>${text}</dd>
    </div>`;
  return html`<section aria-labelledby="figures">
    <h2 id="figures">${labels.keyFigures}</h2>
    <dl class="tiles">
      ${tile(report.minutesLost, labels.minutesLost, "", minutesLostText(report, catalogue))} ${tile(placed, labels.callsPlaced)}
      ${tile(affected, labels.callsAffected)} ${tile(saved, labels.callsSaved, "good")} ${tile(lost, labels.callsLost, "bad")}
      ${tile(refused, labels.callsRefused, "bad")}
    </dl>
  </section>`;
}

export function reasoning(report: ReportDocument, marked: Marker, catalogue: Catalogue): Markup {
  const { verdict, endedByReinitialisation } = report;
  if (!verdict || verdict.conclusion === "healthy") return html``;
  const { labels } = catalogue;
  const test = nextTestOf(report, catalogue);
  const others = otherFaultsOf(report, catalogue);
  const leading = { domain: verdict.leader ?? "", marked, report, catalogue };
  return html`<section aria-labelledby="sure">
    <h2 id="sure">${labels.howSure}</h2>
    ${bars(labels.howSure, [labels.domain, labels.probability, labels.inWords], oddsBars(report, catalogue))}
    ${endedByReinitialisation && html`<p class="aside">${catalogue.reinitialised()}</p>`}
    <div class="reasons">
      ${reasons(labels.reasonsFor, verdict.reasonsFor, leading)} ${reasons(labels.reasonsAgainst, verdict.reasonsAgainst, leading)}
      ${others.map(({ title, domain, reasonsFor }) => reasons(title, reasonsFor, { ...leading, domain }))}
    </div>
    ${test !== undefined && html`<p class="test"><strong>${labels.nextTest}</strong> ${marked(test)}</p>`}
  </section>`;
}

/** The strongest come first; a long outage has dozens. */
const mostReasons = 8;

/** What reasons speak for or against, and how they are told. */
interface About {
  readonly domain: string;
  readonly marked: Marker;
  readonly report: ReportDocument;
  readonly catalogue: Catalogue;
}

function reasons(title: string, all: readonly Evidence[], about: About): Markup {
  const evidence = toldOnce(all, about.catalogue);
  return html`<div>
    <h3>${title}</h3>
    ${
      evidence.length === 0
        ? html`<p class="note">${about.catalogue.labels.noReasons}</p>`
        : html`${list(evidence.slice(0, mostReasons), about)}
          ${evidence.length > mostReasons && more(about.catalogue.reasonsMore(evidence.length - mostReasons), list(evidence.slice(mostReasons), about))}`
    }
  </div>`;
}

const list = (evidence: readonly Evidence[], about: About) =>
  html`<ul>
    ${evidence.map((item) => reason(item, about))}
  </ul>`;

function reason(item: Evidence, { domain, marked, report, catalogue }: About): Markup {
  const weight = Math.abs(wordOf(item.weights as Readonly<Record<string, number>>, domain) ?? 0);
  const dots = weight >= 2.5 ? 3 : weight >= 1.5 ? 2 : 1;
  return html`<li>
    <span class="dots" role="img" aria-label="${catalogue.strength(weight)}" title="${catalogue.strength(weight)}"
      >${"●".repeat(dots)}<span>${"●".repeat(3 - dots)}</span></span
    >
    <div>
      ${marked(evidenceSentence(item, catalogue))}
      <small
        ><em class="said">${wordOf(catalogue.evidenceSaid, item.said) ?? item.said}</em> ${catalogue.seen(item.count)},
        ${evidenceTimes(item, report)}${item.seqs.length > 0 && html` · ${item.seqs.map((seq) => `#${seq}`).join(" ")}`}</small
      >
    </div>
  </li>`;
}
