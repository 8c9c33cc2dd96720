/** An outage of many agents as text, Markdown or a page, for each audience: the report's own sheet, with what only many can tell. */
import { sheetOf, type RenderOptions } from "../report/audience.ts";
import { supportSheet } from "../report/audiences/support.ts";
import { carrierCaseOf } from "../report/carrier-case.ts";
import { pageOf } from "../report/html.ts";
import type { Catalogue } from "../report/language.ts";
import { en } from "../report/languages/en.ts";
import { sheetMarkdown } from "../report/markdown.ts";
import { sheetPage } from "../report/sheet/page.ts";
import { sheetText } from "../report/sheet/text.ts";
import { part, type Bar, type Block, type Sheet } from "../report/sheet.ts";
import { textOf } from "../report/text.ts";
import { clockTime, domainName, spanText } from "../report/wording.ts";
import type { Localisation } from "./localise.ts";
import { attributeNames, type AttributeName, type AttributeShare, type FleetReport } from "./model.ts";
import { crmsOf } from "./places.ts";
import { fleetWordsOf, type FleetWords } from "./words.ts";

/** As plain text; `options.audience` decides what of the fleet is told, `support` if left out, and an agent or the public never sees another agent's row. */
export const renderFleetText = (fleet: FleetReport, options: RenderOptions = {}): string =>
  textOf(sheetText(fleetSheet(fleet, options), options.language ?? en));

/** As Markdown, for a ticket or a wiki: the same content as the text. */
export const renderFleetMarkdown = (fleet: FleetReport, options: RenderOptions = {}): string =>
  sheetMarkdown(fleetSheet(fleet, options), options.language ?? en);

/** As one HTML page that loads nothing from elsewhere: the same content as the text. */
export function renderFleetHtml(fleet: FleetReport, options: RenderOptions = {}): string {
  const sheet = fleetSheet(fleet, options);
  return pageOf(`${sheet.title} · ${spanText(fleet.report)} UTC`, sheetPage(sheet, options.language ?? en), options.language ?? en);
}

/** What that audience reads of it. */
function fleetSheet(fleet: FleetReport, { audience = "support", language = en, trunkId }: RenderOptions): Sheet {
  const sheet = audience === "support" ? supportSheet(fleet.report, language) : sheetOf(fleet.report, audience, language, trunkId);
  const words = fleetWordsOf(language);
  const hit = fleet.agents.filter((record) => record.hit).length;
  switch (audience) {
    case "agent":
      return { ...sheet, blocks: [...sheet.blocks, { kind: "paragraph", text: words.notAlone(hit) }] };
    // How many were hit is a number that others could misread.
    case "public":
      return sheet;
    case "carrier":
      return { ...sheet, blocks: [...sheet.blocks.slice(0, 1), ...forCarrier(fleet, language, trunkId), ...sheet.blocks.slice(1)] };
    case "support": {
      const first = sheet.blocks.findIndex((block) => block.kind === "heading" && block.text === language.labels.keyFigures);
      const title = `${words.title(fleet.agents.length)} · ${spanText(fleet.report)} UTC`;
      const own = without(sheet.blocks.slice(first), [language.labels.trunkStates]).map((block) => numberless(block, language));
      return { ...sheet, title, blocks: [...sheet.blocks.slice(0, first), ...forSupport(fleet, language), ...own] };
    }
  }
}

/** Sections that one agent's report has, and that of many cannot have. */
function without(blocks: readonly Block[], headings: readonly string[]): readonly Block[] {
  let isLeftOut = false;
  return blocks.filter((block) => {
    if (block.kind === "heading") isLeftOut = headings.includes(block.text);
    return !isLeftOut;
  });
}

/** The time line without the numbers of its entries: each agent's journal counts its own. */
const numberless = (block: Block, { labels }: Catalogue): Block =>
  block.kind === "table" && block.caption === labels.timeline
    ? { ...block, head: block.head.slice(0, -1), rows: block.rows.map((row) => row.slice(0, -1)) }
    : block;

function placeOf({ combinations }: Localisation, words: FleetWords): string {
  const places = combinations.map((attributes) =>
    attributeNames.flatMap((name) => (attributes[name] === undefined ? [] : [words.attribute[name](attributes[name])])).join(" · "),
  );
  return places.join(` ${words.or} `);
}

/** Where it fails, in a sentence. */
const failing = (localisation: Localisation, words: FleetWords): string =>
  words.failing(placeOf(localisation, words), localisation.inside, localisation.outside);

/** More values of one attribute than these are told together: the best of hundreds of sites say nothing. */
const mostValues = 6;

/** What fails, and beside it each attribute alone. */
function shareBars({ localisation, shares = [] }: FleetReport, language: Catalogue): Block {
  const words = fleetWordsOf(language);
  const bar = (name: string, failed: number, total: number, isLeader = false): Bar => ({
    name,
    share: failed / total,
    figure: `${failed} / ${total}`,
    words: [language.percent(failed / total), ...(isLeader ? [words.standsOut] : [])].join(", "),
    isLeader,
  });
  const place = localisation && placeOf(localisation, words);
  const each = attributesIn(shares).flatMap((attribute) => {
    const own = shares.filter((share) => share.attribute === attribute);
    const [told, rest] = own.length > mostValues ? [own.slice(0, mostValues - 1), own.slice(mostValues - 1)] : [own, []];
    const sum = (of: "failed" | "total") => rest.reduce((all, share) => all + share[of], 0);
    return [
      ...told.map(({ value, failed, total }) => bar(words.attribute[attribute](value), failed, total)),
      ...(rest.length > 0 ? [bar(words.attribute[attribute](words.others(rest.length)), sum("failed"), sum("total"))] : []),
    ];
  });
  return {
    kind: "bars",
    caption: words.where,
    head: [language.labels.domain, words.failedOfAll, words.share],
    rows: [
      ...(localisation && place !== undefined ? [bar(place, localisation.inside.failed, localisation.inside.total, true)] : []),
      ...each.filter(({ name }) => name !== place),
    ],
  };
}

/** In their order. */
const attributesIn = (shares: readonly AttributeShare[]): readonly AttributeName[] => [
  ...new Set(shares.map(({ attribute }) => attribute)),
];

/** Says it of this trunk and its routes alone, and nothing of who calls? */
const isOfTrunk = ({ combinations }: Localisation, trunkId?: string): boolean =>
  combinations.every(({ trunk, route, ...others }) => trunk === trunkId && trunkId !== undefined && Object.keys(others).length === 0);

function forCarrier(fleet: FleetReport, language: Catalogue, trunkId?: string): readonly Block[] {
  const words = fleetWordsOf(language);
  const trunk = carrierCaseOf(fleet.report, trunkId)?.trunk.id;
  const worked = (kind: "same-trunk" | "other-trunk") =>
    fleet.controls.filter((control) => control.kind === kind && control.failedTrunkId === trunk).reduce((sum, { calls }) => sum + calls, 0);
  const hit = fleet.agents.filter((record) => record.hit).length;
  return part(words.title(fleet.agents.length), {
    kind: "list",
    items: [
      words.hit(hit, fleet.agents.length),
      ...(fleet.localisation && isOfTrunk(fleet.localisation, trunk) ? [failing(fleet.localisation, words)] : []),
      // Where nobody's call could be compared, a count of none would read as if all had failed.
      ...(["same-trunk", "other-trunk"] as const).flatMap((kind) => (worked(kind) > 0 ? [words.worked[kind](worked(kind))] : [])),
    ],
  });
}

const inTurn = (first: string | undefined, later: readonly string[] = [], { then }: FleetWords): string =>
  first === undefined ? "–" : [first, ...later].join(then);

function forSupport(fleet: FleetReport, language: Catalogue): readonly Block[] {
  const words = fleetWordsOf(language);
  const { head } = words;
  const { callCounts } = fleet.report;
  const hit = fleet.agents.filter((record) => record.hit).length;
  return [
    ...part(
      words.where,
      { kind: "list", items: fleet.localisation ? [failing(fleet.localisation, words)] : [] },
      shareBars(fleet, language),
      { kind: "paragraph", text: fleet.shares ? words.sharesNote : "" },
    ),
    ...part(
      words.agents,
      {
        kind: "list",
        items: [
          words.hit(hit, fleet.agents.length),
          ...crmsOf(fleet.agents).map(({ crm, hit: met, agents }) => words.crmHit(crm, met, agents)),
          words.calls(callCounts.placed, callCounts.lost, callCounts.refused, callCounts.saved),
          ...(fleet.absentAgents > 0 ? [words.absent(fleet.absentAgents)] : []),
          ...(fleet.otherIncidents > 0 ? [words.otherIncidents(fleet.otherIncidents)] : []),
        ],
      },
      {
        kind: "table",
        caption: words.agents,
        head: [
          head.agent,
          head.met,
          head.calls,
          head.lost,
          language.labels.callsRefused,
          head.saved,
          head.alone,
          head.clock,
          head.site,
          head.crm,
        ],
        rows: fleet.agents.map((record) => [
          `${record.agent} (${record.source})`,
          record.hit ? words.yes : words.no,
          ...[record.calls, record.lost, record.refused, record.saved].map(String),
          record.leader === undefined ? "–" : domainName(record.leader, language),
          record.skewMs === 0
            ? "–"
            : words.clock(record.skewMs > 0, language.duration(Math.abs(record.skewMs)), words.clockBy[record.skewBy]),
          inTurn(record.site, record.laterSites, words),
          inTurn(record.crm, record.laterCrms, words),
        ]),
      },
    ),
    ...part(words.comparison, { kind: "list", items: fleet.reasons.map((reason) => words.reasons[reason]) }),
    ...part(words.controls, {
      kind: "table",
      caption: words.controls,
      head: [language.labels.time, head.agent, head.failed, head.worked, language.labels.route, head.calls],
      rows: fleet.controls.map(({ time, agent, failedTrunkId, trunkId, kind, route, calls }) => [
        clockTime(time, fleet.report),
        `${agent}`,
        failedTrunkId,
        `${trunkId} (${words.control[kind]})`,
        route,
        `${calls}`,
      ]),
    }),
  ];
}
