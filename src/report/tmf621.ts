/** The carrier's ticket in the words of TM Forum's Trouble Ticket API (TMF621 v5), to be posted as it is. */
import type { RenderOptions } from "./audience.ts";
import { exampleRows, examplesOf, isMet, positionOf, summaryRows, ticketSubject } from "./audiences/carrier.ts";
import { carrierCaseOf, type CarrierCase } from "./carrier-case.ts";
import type { ReportDocument } from "./document.ts";
import { en } from "./languages/en.ts";
import { plainSpaces } from "./visible.ts";

/** The fields of TMF621's `TroubleTicket` that we can fill; times are UTC, ISO 8601. */
export interface TroubleTicket {
  /** TMF621 tells its classes apart by it. */
  readonly "@type": "TroubleTicket";
  /** The ticket's subject in one line: how many attempts failed, or connections were lost, at which host. */
  readonly name: string;
  /** Lines of text: what we conclude, then the summary that `troubleTicketCharacteristic` holds field by field. */
  readonly description: string;
  /** `Critical`: nothing gets through, and it goes on. `Major`: calls failed, were not heard or went wrong, or registrations failed, or connections were lost. `Minor`: none of it, or the cause lies elsewhere. */
  readonly severity: "Critical" | "Major" | "Minor";
  /** Always `Telephony service`; TMF621 leaves the types to the carrier, so map it where yours has others. */
  readonly ticketType: string;
  /** When the report was made, not when the trouble began. */
  readonly creationDate: string;
  /** The same as `creationDate`: each report makes a ticket of its own. */
  readonly lastUpdate: string;
  /** `resolved` once the disturbance is over, by our own record. */
  readonly status: "inProgress" | "resolved";
  /** Only where the disturbance is over. */
  readonly resolutionDate?: string;
  /** The Call-IDs of the examples. */
  readonly externalIdentifier: readonly {
    readonly "@type": "ExternalIdentifier";
    readonly owner: string;
    readonly externalIdentifierType: string;
    readonly id: string;
  }[];
  /** The trunk: `id` as configured, `name` the edge's host. */
  readonly relatedEntity: readonly {
    readonly "@type": "RelatedEntity";
    readonly role: string;
    readonly entity: { readonly "@type": "EntityRef"; readonly "@referredType": string; readonly id: string; readonly name: string };
  }[];
  /** The worst attempts as examples, then what was tested against the carrier, then how to read it all. */
  readonly note: readonly {
    readonly "@type": "Note";
    readonly id: string;
    readonly author: string;
    readonly date: string;
    readonly text: string;
  }[];
  /** The summary's rows, named and written in the ticket's language. */
  readonly troubleTicketCharacteristic: readonly {
    readonly "@type": "StringCharacteristic";
    readonly name: string;
    readonly valueType: "string";
    readonly value: string;
  }[];
}

const author = "Linekeeper";

/** The same facts as the audience `carrier` reads. @returns nothing where no trunk is on record. */
export function troubleTicket(
  report: ReportDocument,
  { language = en, trunkId }: Omit<RenderOptions, "audience"> = {},
): TroubleTicket | undefined {
  const of = carrierCaseOf(report, trunkId);
  if (!of) return undefined;
  const { ticket } = language;
  const worst = examplesOf(of);
  const lines = (rows: readonly (readonly [string, string])[]) => rows.map(([name, value]) => language.pair(name, value)).join("\n");
  const notes = [
    ...worst.map((attempt, index) => `${ticket.example} ${index + 1}\n${lines(exampleRows(attempt, language))}`),
    ...(of.tested.length > 0 ? [`${ticket.tested}\n${of.tested.map(({ code, route }) => ticket.tests[code](route)).join("\n")}`] : []),
    ticket.note,
  ];
  return {
    "@type": "TroubleTicket",
    name: plainSpaces(ticketSubject(of, language)),
    description: plainSpaces(`${positionOf(of, language)}\n${lines(summaryRows(of, language))}`),
    severity: severityOf(of),
    ticketType: "Telephony service",
    creationDate: report.generatedAt,
    lastUpdate: report.generatedAt,
    status: of.ongoing ? "inProgress" : "resolved",
    ...(!of.ongoing && { resolutionDate: of.to }),
    externalIdentifier: worst.flatMap(({ sipCallId }) =>
      sipCallId === undefined
        ? []
        : [{ "@type": "ExternalIdentifier", owner: author, externalIdentifierType: "SIP Call-ID", id: sipCallId } as const],
    ),
    relatedEntity: [
      {
        "@type": "RelatedEntity",
        role: "affected",
        entity: { "@type": "EntityRef", "@referredType": "SipTrunk", id: of.trunk.id, name: of.trunk.host },
      },
    ],
    note: notes.map((text, index) => ({ "@type": "Note", id: `${index + 1}`, author, date: report.generatedAt, text: plainSpaces(text) })),
    troubleTicketCharacteristic: summaryRows(of, language).map(([name, value]) => ({
      "@type": "StringCharacteristic",
      name: plainSpaces(name),
      valueType: "string",
      value: plainSpaces(value),
    })),
  };
}

/** `Critical`: nothing gets through, and it goes on. */
function severityOf(of: CarrierCase): TroubleTicket["severity"] {
  const { blame, ongoing, scope } = of;
  if (blame === "elsewhere") return "Minor";
  const isDead = of.impaired.length === 0 && scope.every(({ answered }) => answered === 0);
  if (ongoing && isDead) return "Critical";
  return isMet(of) ? "Major" : "Minor";
}
