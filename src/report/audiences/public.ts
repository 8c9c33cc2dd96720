/** For everybody: what is certain, and no more. No cause, no name, no count that others could misread. */
import type { ReportDocument } from "../document.ts";
import { isCallees } from "../callees.ts";
import type { Catalogue } from "../language.ts";
import type { Sheet } from "../sheet.ts";
import { isUnended } from "../unended.ts";

export function publicSheet(report: ReportDocument, { statement }: Catalogue): Sheet {
  const { subject, verdict, span, callCounts } = report;
  const goesOn = isUnended(report) ? statement.unended(span.to) : statement.goesOn;
  // A customer who is busy is no disturbance, and nobody is to read of one.
  if (verdict ? isCallees(verdict) : subject === "session")
    return { title: statement.title, lead: statement.nothing, blocks: [], explains: false };
  const { affected, lost, refused, saved } = callCounts;
  const when = { from: span.from, ...(!span.ongoing && { to: span.to }) };
  return {
    title: statement.title,
    lead: affected > 0 ? statement.since(when) : statement.partly(when),
    blocks: [
      {
        kind: "list",
        items: [
          ...(lost + refused > 0 ? [statement.callsFailed] : []),
          ...(affected > lost + refused + saved ? [statement.callsImpaired] : []),
          ...(affected === 0 ? [statement.noneAffected] : []),
          ...(saved > 0 ? [statement.callsMoved] : []),
          span.ongoing ? goesOn : statement.isOver(span.to),
          statement.cause,
        ],
      },
    ],
    explains: false,
  };
}
