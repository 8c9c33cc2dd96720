/** For whom a report is written: each sees what he needs, and nothing that is not his. `docs/report.md` says what. */
import { agentSheet } from "./audiences/agent.ts";
import { carrierSheet } from "./audiences/carrier.ts";
import { publicSheet } from "./audiences/public.ts";
import type { ReportDocument } from "./document.ts";
import type { Catalogue } from "./language.ts";
import type { Sheet } from "./sheet.ts";

/**
 * `agent`: one sentence, and what to do now. `support`: everything, redacted. `carrier`: a trouble ticket, without
 * the inside of the CRM. `public`: what is certain, and no more.
 */
export const audiences = ["agent", "support", "carrier", "public"] as const;
/** For whom a report is written; `audiences` says what each sees. */
export type Audience = (typeof audiences)[number];

/** For whom, in which language, and on which trunk; each may be left out. */
export interface RenderOptions {
  /** `support` if left out. */
  readonly audience?: Audience;
  /** English if left out. */
  readonly language?: Catalogue;
  /** Whose ticket it is, for the audience `carrier`; the trunk that the verdict points to, or that failed most, if left out. */
  readonly trunkId?: string;
}

/** What that audience reads; support's is `supportSheet`, and a page and a text of its own. */
export function sheetOf(report: ReportDocument, audience: Exclude<Audience, "support">, language: Catalogue, trunkId?: string): Sheet {
  switch (audience) {
    case "agent":
      return agentSheet(report, language);
    case "carrier":
      return carrierSheet(report, language, trunkId);
    case "public":
      return publicSheet(report, language);
  }
}
