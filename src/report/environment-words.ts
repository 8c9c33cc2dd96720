/** Where it happened, for a reader. */
import type { ReportEnvironment } from "./environment.ts";
import { wordOf, type Catalogue } from "./language.ts";

/** CRM, site, SDK and browser in one line. */
export function environmentText({ sdk, crm, runtime, browser }: ReportEnvironment): string {
  return [`${crm.vendor}${crm.version === undefined ? "" : ` ${crm.version}`}`, crm.site, `Linekeeper ${sdk}`, browser ?? runtime]
    .filter((part) => part !== undefined)
    .join(" · ");
}

/** The rest of it, name and value, as far as it is known. */
export function environmentRows(
  { crm, runtime, browser, os, network, codecs, candidatePairs, microphones }: ReportEnvironment,
  { labels, microphoneKinds }: Catalogue,
): readonly (readonly [string, string])[] {
  const rows: readonly (readonly [string, string | undefined])[] = [
    [labels.agentId, crm.agentId],
    [labels.crmTicket, crm.ticket],
    [labels.system, os],
    [labels.userAgent, browser === undefined ? undefined : runtime],
    [labels.networkType, network && [network.type, network.effectiveType].filter((part) => part !== undefined).join(" · ")],
    [labels.codec, codecs?.join(", ")],
    [labels.candidatePair, candidatePairs?.map(({ local, remote }) => `${local} – ${remote}`).join(", ")],
    [labels.microphone, microphones?.map((kind) => wordOf(microphoneKinds, kind) ?? kind).join(", ")],
  ];
  return rows.flatMap(([name, value]) => (value === undefined || value === "" ? [] : [[name, value] as const]));
}
