/** The trouble ticket: what a carrier's operations centre asks for, ready to be pasted into its own form. */
import { endReason, q850Cause, rowBeside, sipCode } from "../codes.ts";
import type { AttemptRecord } from "../attempts.ts";
import { carrierCaseOf, type Answers, type CarrierCase, type Example } from "../carrier-case.ts";
import type { ReportDocument } from "../document.ts";
import { wordOf, type Catalogue } from "../language.ts";
import { part, type Block, type Sheet } from "../sheet.ts";
import { numberText } from "../wording.ts";

const examples = 3;
/** A ticket with more is not read; the Call-IDs of the rest are given on request. */
const mostAttempts = 50;
/** The first tell when it began; a network that is down for an hour loses hundreds. */
const mostConnections = 10;

const listed = ({ failed, impaired, dropped, amiss }: CarrierCase): readonly Example[] => [...failed, ...impaired, ...dropped, ...amiss];

/** What a carrier's engineer is to look for first: calls that failed, then those that were not heard, or went wrong otherwise. */
export const examplesOf = (of: CarrierCase): readonly Example[] => listed(of).slice(0, examples);

/** Did anything happen to this trunk that is on record? */
export const isMet = (of: CarrierCase): boolean => listed(of).length + (of.registration?.failed ?? 0) + of.connectionsLost.length > 0;

export function carrierSheet(report: ReportDocument, language: Catalogue, trunkId?: string): Sheet {
  const { ticket, labels } = language;
  const of = carrierCaseOf(report, trunkId);
  if (!of) return { title: ticket.title, lead: ticket.nothing, blocks: [], explains: false };
  const others = listed(of).slice(examples, mostAttempts);
  return {
    title: ticket.title,
    lead: ticketSubject(of, language),
    explains: false,
    blocks: [
      { kind: "paragraph", text: positionOf(of, language) },
      ...examplesOf(of).flatMap((attempt, index) =>
        part(`${ticket.example} ${index + 1}`, { kind: "facts", rows: exampleRows(attempt, language) }),
      ),
      ...part(ticket.summary, { kind: "facts", rows: summaryRows(of, language) }),
      ...part(ticket.tested, {
        kind: "list",
        items: of.tested.map(({ code, route, count }) => `${ticket.tests[code](route)} (${language.seen(count)})`),
      }),
      ...part(ticket.others, othersTable(others, language)),
      ...part(labels.about, { kind: "paragraph", text: ticket.note }),
    ],
  };
}

/** Whose fault it is by our record, said to the carrier. */
export const positionOf = ({ blame }: CarrierCase, { ticket }: Catalogue): string => ticket[blame];

/** One line, for a ticket's subject. */
export function ticketSubject(of: CarrierCase, { ticket }: Catalogue): string {
  return ticket.subject({
    host: of.trunk.host || of.trunk.id,
    failed: of.failed.length,
    attempts: of.attempts,
    impaired: of.impaired.length,
    dropped: of.dropped.length,
    amiss: of.amiss.length,
    unregistered: of.registration?.failed ?? 0,
    lost: of.connectionsLost.length,
  });
}

/** Each of them a line of the ticket: name and value. */
export function summaryRows(of: CarrierCase, language: Catalogue): (readonly [string, string])[] {
  const { ticket, labels } = language;
  const hasTime = isMet(of);
  const rows: (readonly [string, string | undefined])[] = [
    [ticket.account, [of.trunk.carrier, of.trunk.id].filter((part) => part !== "").join(" · ")],
    [labels.edge, of.trunk.host],
    [ticket.firstSeen, hasTime ? (of.firstFailed ?? of.from) : undefined],
    [ticket.lastSeen, hasTime ? (of.lastFailed ?? of.to) : undefined],
    [ticket.stillOn, !hasTime ? undefined : of.unended ? ticket.unended(of.to) : of.ongoing ? ticket.yes : ticket.no(of.to)],
    [
      ticket.direction,
      [
        of.attempts > 0 || of.impaired.some(({ isIncoming }) => !isIncoming) ? ticket.outgoing : "",
        listed(of).some(({ isIncoming }) => isIncoming) ? ticket.incoming : "",
      ]
        .filter((one) => one !== "")
        .join(" · "),
    ],
    [
      ticket.scope,
      of.scope
        .map(({ route, attempts, answered, ner }) => ticket.ofRoute({ route, attempts, answered, ner: language.percent(ner) }))
        .join(" · "),
    ],
    [ticket.answers, of.answers.map((answers) => answerText(answers, language)).join(" · ")],
    [ticket.registration, registrationText(of, language)],
    [ticket.connectionsLost, connectionsText(of, language)],
    [labels.clocks, of.clockSkewMs === undefined ? undefined : language.clockSkew(of.trunk.host, of.clockSkewMs)],
  ];
  return rows.flatMap(([name, value]) => (value === undefined || value === "" ? [] : [[name, value] as const]));
}

function registrationText({ registration, refusals }: CarrierCase, language: Catalogue): string | undefined {
  if (!registration) return undefined;
  return [language.ticket.registrations(registration), ...refusals.map((answers) => answerText(answers, language))].join(" · ");
}

/** Those of many agents that an edge ended at once are one thing seen many times. */
function connectionsText({ connectionsLost }: CarrierCase, { ticket }: Catalogue): string {
  const counts = new Map<string, number>();
  for (const { time, code } of connectionsLost) {
    const text = `${time} (WebSocket ${code})`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const all = [...counts];
  const left = all.slice(mostConnections).reduce((sum, [, count]) => sum + count, 0);
  const first = all.slice(0, mostConnections).map(([text, count]) => (count > 1 ? `${count} × ${text}` : text));
  return [...first, ...(left > 0 ? [ticket.andMore(left)] : [])].join(" · ");
}

function answerText({ codes, q850, row, said, count }: Answers, language: Catalogue): string {
  const what = [
    ...codes.map((code) => `SIP ${sipCode(code, language)}`),
    q850 && `Q.850 ${q850Cause(q850.value, language, q850.location)}`,
    rowBeside(row, language),
  ];
  return `${count} × ${what.filter((one) => one !== undefined && one !== "").join(", ")}${saidText(said, language)}`;
}

const saidText = (said: AttemptRecord["said"], { ticket }: Catalogue) =>
  said === undefined ? "" : ` (${wordOf(ticket.said, said) ?? said})`;

/** What an engineer needs to find one attempt in his own trace. */
export function exampleRows(attempt: Example, language: Catalogue): (readonly [string, string])[] {
  const { labels, ticket } = language;
  const { time, sipCallId, fromTag, codes, q850, said, tookMs, audio, bye } = attempt;
  const rows: (readonly [string, string | undefined])[] = [
    [labels.time, time],
    [labels.sipCallId, sipCallId],
    [labels.fromTag, fromTag],
    [ticket.caller, callerText(attempt)],
    [ticket.called, calledText(attempt)],
    // That it was answered is said by its outcome, where nobody recorded with what.
    [
      labels.codes,
      codes.map((code) => sipCode(code, language)).join(", ") || (attempt.isImpaired || attempt.isIncoming ? undefined : ticket.noAnswer),
    ],
    [labels.cause, q850 && q850Cause(q850.value, language, q850.location)],
    [labels.saidBy, said && (wordOf(ticket.said, said) ?? said)],
    [
      labels.outcome,
      [rowBeside(attempt.row, language), attempt.isIncoming ? "" : language.attemptNote(attempt), attempt.isImpaired ? ticket.impaired : ""]
        .filter((one) => one !== "")
        .join(" · "),
    ],
    ["BYE", bye && endReason(bye, language)],
    [ticket.audio, audio && ticket.audioFigures(audio)],
    [labels.took, tookMs === undefined ? undefined : language.duration(tookMs)],
  ];
  return rows.flatMap(([name, value]) => (value === undefined || value === "" ? [] : [[name, value] as const]));
}

const callerText = ({ isIncoming, party, caller }: Example): string | undefined => {
  const who = isIncoming ? party : caller;
  return who && numberText(who);
};

/** Of what comes in it is our account. */
const calledText = ({ isIncoming, party, route }: Example): string | undefined =>
  isIncoming ? undefined : party === undefined ? route : numberText(party);

function othersTable(attempts: readonly Example[], language: Catalogue): Block {
  const { labels, ticket } = language;
  return {
    kind: "table",
    caption: ticket.others,
    head: [labels.time, labels.sipCallId, labels.fromTag, ticket.caller, ticket.called, labels.codes, labels.cause, labels.saidBy],
    rows: attempts.map((attempt) => {
      const { time, sipCallId = "–", fromTag = "–", codes, q850, said } = attempt;
      return [
        time,
        sipCallId,
        fromTag,
        callerText(attempt) ?? "–",
        calledText(attempt) ?? "–",
        codes.join(" ") || "–",
        q850 ? `${q850.value}${q850.location === undefined ? "" : ` ${q850.location}`}` : "–",
        said === undefined ? "–" : (wordOf(ticket.said, said) ?? said),
      ];
    }),
  };
}
