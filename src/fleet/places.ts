/** Where the agents worked and with what: each for itself, and all together. */
import type { ReportDocument } from "../report/document.ts";
import type { AgentRecord } from "./model.ts";

type Environment = NonNullable<ReportDocument["environment"]>;

/** A CRM by its vendor and version: `8.1` of one vendor is not that of another. */
const crmOf = ({ crm }: Environment): string => (crm.version === undefined ? crm.vendor : `${crm.vendor} ${crm.version}`);

/** Where an agent worked, and with which CRM, in order. @param reports of its own: those on the outage where it met it, the oldest first. */
export function placesOf(reports: readonly ReportDocument[]): Pick<AgentRecord, "site" | "laterSites" | "crm" | "laterCrms"> {
  const environments = reports.flatMap(({ environment }) => environment ?? []);
  const [site, ...laterSites] = new Set(environments.flatMap(({ crm }) => crm.site ?? []));
  const [crm, ...laterCrms] = new Set(environments.map(crmOf));
  return {
    ...(site !== undefined && { site }),
    ...(laterSites.length > 0 && { laterSites }),
    ...(crm !== undefined && { crm }),
    ...(laterCrms.length > 0 && { laterCrms }),
  };
}

/** How many agents worked with one CRM, and how many of them met the outage. */
export interface CrmCount {
  readonly crm: string;
  readonly agents: number;
  readonly hit: number;
}

/** Each CRM and version on record; who was moved from one to another counts with both. Empty where all had the same. */
export function crmsOf(records: readonly AgentRecord[]): readonly CrmCount[] {
  const counts = new Map<string, CrmCount>();
  for (const { crm, laterCrms = [], hit } of records)
    for (const name of crm === undefined ? [] : [crm, ...laterCrms]) {
      const before = counts.get(name) ?? { crm: name, agents: 0, hit: 0 };
      counts.set(name, { crm: name, agents: before.agents + 1, hit: before.hit + (hit ? 1 : 0) });
    }
  return counts.size > 1 ? [...counts.values()].sort((a, b) => a.crm.localeCompare(b.crm, "en", { numeric: true })) : [];
}

/** More values than these are not told one by one. */
const mostValues = 3;

/** What all of them share, and what they do not by its values: those that most had come first. */
export function commonOf(environments: readonly Environment[]): Environment {
  const listed = (of: (environment: Environment) => string | undefined): string | undefined => {
    const counts = new Map<string, number>();
    for (const value of environments.flatMap((environment) => of(environment) ?? [])) counts.set(value, (counts.get(value) ?? 0) + 1);
    const values = [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b)).map(([value]) => value);
    const rest = values.length - mostValues;
    return values.length === 0 ? undefined : [...values.slice(0, mostValues), ...(rest > 0 ? [`+ ${rest}`] : [])].join(", ");
  };
  const [version, site] = [listed(({ crm }) => crm.version), listed(({ crm }) => crm.site)];
  return {
    sdk: listed(({ sdk }) => sdk) ?? "",
    crm: {
      vendor: listed(({ crm }) => crm.vendor) ?? "",
      ...(version !== undefined && { version }),
      ...(site !== undefined && { site }),
    },
    // A browser's name for itself is long: of several nobody could read them.
    runtime: listed(({ browser, runtime }) => browser ?? runtime) ?? "",
  };
}
