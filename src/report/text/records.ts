/** What happened, line by line: the attempts and the time line. */
import type { AttemptRecord } from "../attempts.ts";
import type { CallRecord } from "../calls.ts";
import type { ReportDocument } from "../document.ts";
import { wordOf, type Catalogue } from "../language.ts";
import { q850Cause, rowBeside, sipCode } from "../codes.ts";
import { toldMoments } from "../moments.ts";
import { unheardIn, unheardText } from "../unheard.ts";
import { callRemarks, clockTime, partyText } from "../wording.ts";
import { wrap } from "./lines.ts";

/** Longer lists are cut; the page and the data hold all. */
const mostMoments = 40;
const mostAttempts = 60;

/** What a carrier can look for; those that failed first, as the list may be cut. */
export function attempts(report: ReportDocument, catalogue: Catalogue): string[] {
  const unheard = unheardIn(report);
  const isUnheard = ({ class: class_, callId }: AttemptRecord) => class_ === "answered" && unheard.has(callId);
  const isFault = (attempt: AttemptRecord) => isUnheard(attempt) || isFailed(attempt);
  const isFailed = ({ class: class_ }: AttemptRecord) => class_ !== "answered" && class_ !== "callee" && class_ !== "local";
  const ordered =
    report.attempts.length <= mostAttempts
      ? report.attempts
      : [...report.attempts.filter(isFault), ...report.attempts.filter((attempt) => !isFault(attempt))];
  return ordered.slice(0, mostAttempts).flatMap((attempt) => {
    const { q850, said } = attempt;
    const facts = [
      attempt.codes.map((code) => sipCode(code, catalogue)).join(", "),
      q850 && `Q.850 ${q850Cause(q850.value, catalogue, q850.location)}`,
      said && (wordOf(catalogue.attemptSaid, said) ?? said),
      outcomeText(attempt, catalogue),
      isUnheard(attempt) && unheardText(attempt.callId, unheard, catalogue),
      catalogue.attemptNote(attempt),
      catalogue.madeUnder(attempt),
    ].filter((fact) => fact !== undefined && fact !== false && fact !== "");
    return [
      ...wrap(
        catalogue.pair(`${attempt.callId}/${attempt.attempt} ${attempt.trunkId} ${attempt.route}`, facts.join(", ")),
        `${clockTime(attempt.time, report)} `,
        "  ",
      ),
      ...(attempt.sipCallId === undefined
        ? []
        : wrap(`Call-ID ${attempt.sipCallId}${attempt.fromTag === undefined ? "" : ` tag ${attempt.fromTag}`}`, "  ")),
    ];
  });
}

/** Those that no attempt tells of: they came in, never left the agent, or were dialled by the page before. Those that met a fault first. */
export function otherCalls(report: ReportDocument, catalogue: Catalogue): string[] {
  const dialled = new Set(report.attempts.map(({ callId }) => callId));
  const calls = report.calls.filter(({ callId }) => !dialled.has(callId));
  const unheard = unheardIn(report);
  const isFault = ({ callId, fate }: CallRecord) => unheard.has(callId) || (fate !== "carried" && fate !== "running");
  const ordered = calls.length <= mostAttempts ? calls : [...calls].sort((a, b) => Number(isFault(b)) - Number(isFault(a)));
  return ordered.slice(0, mostAttempts).flatMap((call) => {
    const who = [call.callId, call.trunkId, call.party && partyText(call.party)].filter((one) => one !== undefined).join(" ");
    const facts = [wordOf(catalogue.fates, call.fate) ?? call.fate, ...callRemarks(call, unheard, catalogue)].join(" · ");
    return wrap(catalogue.pair(who, facts), `${clockTime(call.time, report)} `, "  ");
  });
}

function outcomeText(attempt: AttemptRecord, catalogue: Catalogue): string {
  const { class: class_ } = attempt;
  if (class_ === undefined) return catalogue.labels.running;
  const [word, row] = [wordOf(catalogue.outcomeClasses, class_) ?? class_, rowBeside(attempt.row, catalogue)];
  return row === "" ? word : `${word} (${row})`;
}

export function moments(report: ReportDocument, catalogue: Catalogue): string[] {
  const { lines, note } = toldMoments(report, catalogue, mostMoments);
  return [...lines.flatMap(({ time, text }) => wrap(text, `${time} `, "  ")), ...(note === undefined ? [] : wrap(note))];
}
