/** The words for an outage of many agents, per language: apart from the report's own, which is loaded without them. */
import type { Catalogue } from "../report/language.ts";
import { wordOf } from "../report/language.ts";
import { spaced } from "../report/languages/fr/typography.ts";
import type { Localisation } from "./localise.ts";
import type { AttributeName, ClockProof, Control, FleetReason } from "./model.ts";

export interface FleetWords {
  /** @param agents on record. */
  readonly title: (agents: number) => string;
  /** Heading of what fails and what does not. */
  readonly where: string;
  readonly failedOfAll: string;
  readonly share: string;
  /** Behind the share of what the localisation names. */
  readonly standsOut: string;
  /** In the place of a value: so many more of one attribute. @param count two at least. */
  readonly others: (count: number) => string;
  /** What counts as failed, for whom the figures would seem too high. */
  readonly sharesNote: string;
  readonly agents: string;
  readonly comparison: string;
  readonly controls: string;
  /** Of all that are on record. */
  readonly hit: (hit: number, all: number) => string;
  readonly calls: (calls: number, lost: number, refused: number, saved: number) => string;
  /** One CRM's part. @param hit of so many agents. */
  readonly crmHit: (crm: string, hit: number, agents: number) => string;
  readonly absent: (count: number) => string;
  readonly otherIncidents: (count: number) => string;
  /** For the agent: is it only me? */
  readonly notAlone: (hit: number) => string;
  readonly reasons: Readonly<Record<FleetReason, string>>;
  readonly control: Readonly<Record<Control["kind"], string>>;
  /** One attribute of what fails, as an apposition. */
  readonly attribute: Readonly<Record<AttributeName, (value: string) => string>>;
  readonly or: string;
  /** Between one site and that to which an agent moved, and one CRM and that to which it was updated. */
  readonly then: string;
  /** Attempts that failed, of how many, where they fail and everywhere else. @param place all attributes. */
  readonly failing: (place: string, inside: Localisation["inside"], outside: Localisation["outside"]) => string;
  /** For a carrier, who is not told the names of others. @param calls one at least. */
  readonly worked: Readonly<Record<Control["kind"], (calls: number) => string>>;
  readonly head: Readonly<
    Record<"agent" | "site" | "crm" | "met" | "calls" | "lost" | "saved" | "alone" | "clock" | "failed" | "worked", string>
  >;
  readonly yes: string;
  readonly no: string;
  /** `amount` as a duration. */
  readonly clock: (ahead: boolean, amount: string, by: string) => string;
  readonly clockBy: Readonly<Record<ClockProof, string>>;
}

const s = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

const en: FleetWords = {
  title: (agents) => (agents === 1 ? "One outage, one agent" : "One outage, many agents"),
  where: "What fails, and what does not",
  failedOfAll: "Failed, of all attempts",
  share: "Share",
  standsOut: "stands out",
  others: (count) => `(${count} others)`,
  sharesNote:
    "Each call counts once for each trunk that it was tried on, and once, as failed, for each other that was not ready when it was placed (not connected, or its registration refused). So there are more than the attempts that were sent.",
  agents: "Who was hit, and who was not",
  comparison: "What the comparison shows",
  controls: "What worked for others at the same minute",
  hit: (hit, all) => `${hit} of ${s(all, "agent")} ${hit === 1 ? "was" : "were"} hit.`,
  calls: (calls, lost, refused, saved) => `${s(calls, "call")}: ${lost} lost, ${refused} never left the agent, ${saved} saved by failover.`,
  crmHit: (crm, hit, agents) => `${crm}: ${hit} of ${s(agents, "agent")} ${hit === 1 ? "was" : "were"} hit.`,
  absent: (count) => `${s(count, "other")} ${count === 1 ? "is" : "are"} not on record at that time.`,
  otherIncidents: (count) => `${s(count, "other incident")} of the same records ${count === 1 ? "is" : "are"} not part of this outage.`,
  notAlone: (hit) => `${s(hit, "agent")} met this at the same time.`,
  reasons: {
    "many-agents-hit": "Several agents were hit at once: it is not one device.",
    "one-agent-hit": "Of several agents on record one alone was hit.",
    "many-sites-hit": "Agents of several sites were hit: it is not one office’s network.",
    "same-trunk-worked": "Calls of agents who were not hit got through on the same trunk and route at the same minute.",
    "trunk-worked-for-nobody": "Where calls failed, nobody’s got through.",
    "other-trunk-worked": "Calls of agents who were hit got through over another trunk at the same minute.",
    "one-crm-alone-fails": "It fails for one CRM, or one version of it; for others on the same lines it does not.",
    "one-site-alone-fails": "It fails at one site or on one kind of network; elsewhere it does not.",
    "one-kind-of-device-alone-fails": "It fails in one browser or on one system; in others it does not.",
  },
  attribute: {
    trunk: (value) => `trunk ${value}`,
    carrier: (value) => `carrier ${value}`,
    route: (value) => `route ${value}`,
    site: (value) => `site ${value}`,
    crm: (value) => `CRM ${value}`,
    crmVersion: (value) => `CRM version ${value}`,
    browser: (value) => `browser ${value}`,
    os: (value) => `system ${value}`,
    network: (value) => `network ${value}`,
    agent: (value) => `agent ${value}`,
  },
  or: "or",
  then: ", then ",
  failing: (place, inside, outside) =>
    `What fails: ${place}. There ${inside.failed} of ${s(inside.total, "attempt")} failed or could not be made, everywhere else ${outside.failed} of ${outside.total}.`,
  control: { "same-trunk": "same trunk and route", "other-trunk": "another trunk" },
  worked: {
    "same-trunk": (calls) => `At the same minute ${s(calls, "call")} of other agents got through on this trunk and route.`,
    "other-trunk": (calls) => `At the same minute ${s(calls, "call")} got through over other carriers or trunks.`,
  },
  head: {
    agent: "Agent",
    site: "Site",
    crm: "CRM",
    met: "Hit",
    calls: "Calls",
    lost: "Lost",
    saved: "Saved",
    alone: "By this record alone",
    clock: "Clock",
    failed: "Failed for others on",
    worked: "Worked on",
  },
  yes: "yes",
  no: "no",
  clock: (ahead, amount, by) => `${amount} ${ahead ? "ahead" : "behind"}, set right by ${by}`,
  clockBy: {
    "call-id": "a call that two records share",
    date: "an edge’s Date",
    reset: "connections that were reset at once",
    none: "nothing",
  },
};

/** In French none and one are singular. */
const p = (count: number, one: string) => `${count} ${count < 2 ? one : `${one}s`}`;

const fr = spaced<FleetWords>({
  title: (agents) => (agents === 1 ? "Une panne, un agent" : "Une panne, plusieurs agents"),
  where: "Ce qui échoue, et ce qui fonctionne",
  failedOfAll: "Échecs, sur toutes les tentatives",
  share: "Part",
  standsOut: "se distingue",
  others: (count) => `(${count} autres)`,
  sharesNote:
    "Chaque appel compte une fois pour chaque ligne essayée, et une fois, comme échec, pour chaque autre ligne qui n’était pas prête à ce moment (non connectée, ou enregistrement refusé). Il y en a donc plus que de tentatives envoyées.",
  agents: "Qui a été touché, et qui ne l’a pas été",
  comparison: "Ce que montre la comparaison",
  controls: "Ce qui fonctionnait pour d’autres à la même minute",
  hit: (hit, all) => `${p(all, "agent")}, dont ${p(hit, "touché")}.`,
  calls: (calls, lost, refused, saved) =>
    `${p(calls, "appel")} : ${p(lost, "perdu")}, ${p(refused, "jamais parti")}, ${p(saved, "sauvé")} par bascule.`,
  crmHit: (crm, hit, agents) => `${crm} : ${p(agents, "agent")}, dont ${p(hit, "touché")}.`,
  absent: (count) => (count === 1 ? "1 autre n’a pas de journal à ce moment-là." : `${count} autres n’ont pas de journal à ce moment-là.`),
  otherIncidents: (count) =>
    count === 1
      ? "1 autre incident des mêmes journaux ne fait pas partie de cette panne."
      : `${count} autres incidents des mêmes journaux ne font pas partie de cette panne.`,
  notAlone: (hit) => `${p(hit, "agent")} ${hit > 1 ? "ont" : "a"} rencontré cela au même moment.`,
  reasons: {
    "many-agents-hit": "Plusieurs agents ont été touchés à la fois : ce n’est pas un seul appareil.",
    "one-agent-hit": "Parmi plusieurs agents, un seul a été touché.",
    "many-sites-hit": "Des agents de plusieurs sites ont été touchés : ce n’est pas le réseau d’un seul bureau.",
    "same-trunk-worked": "Des appels d’agents non touchés ont abouti sur la même ligne et la même route à la même minute.",
    "trunk-worked-for-nobody": "Là où des appels ont échoué, aucun agent n’a pu faire aboutir les siens.",
    "other-trunk-worked": "Des appels d’agents touchés ont abouti par une autre ligne à la même minute.",
    "one-crm-alone-fails": "Les échecs ne touchent qu’un CRM, ou une de ses versions ; les autres, sur les mêmes lignes, n’en ont pas.",
    "one-site-alone-fails": "Les échecs ne touchent qu’un site ou qu’un type de réseau ; ailleurs, il n’y en a pas.",
    "one-kind-of-device-alone-fails": "Les échecs ne touchent qu’un navigateur ou qu’un système ; les autres n’en ont pas.",
  },
  attribute: {
    trunk: (value) => `ligne ${value}`,
    carrier: (value) => `opérateur ${value}`,
    route: (value) => `route ${value}`,
    site: (value) => `site ${value}`,
    crm: (value) => `CRM ${value}`,
    crmVersion: (value) => `version du CRM ${value}`,
    browser: (value) => `navigateur ${value}`,
    os: (value) => `système ${value}`,
    network: (value) => `réseau ${value}`,
    agent: (value) => `agent ${value}`,
  },
  or: "ou",
  then: ", puis ",
  failing: (place, inside, outside) =>
    `Ce qui échoue : ${place}. Là, ${inside.failed} ${inside.failed < 2 ? "tentative" : "tentatives"} sur ${inside.total} ` +
    `${inside.failed < 2 ? "a" : "ont"} échoué ou n’${inside.failed < 2 ? "a" : "ont"} pas pu être ${inside.failed < 2 ? "faite" : "faites"} ; partout ailleurs, ${outside.failed} sur ${outside.total}.`,
  control: { "same-trunk": "même ligne et même route", "other-trunk": "une autre ligne" },
  worked: {
    "same-trunk": (calls) =>
      `À la même minute, ${p(calls, "appel")} d’autres agents ${calls < 2 ? "a" : "ont"} abouti sur cette ligne et cette route.`,
    "other-trunk": (calls) => `À la même minute, ${p(calls, "appel")} ${calls < 2 ? "a" : "ont"} abouti par d’autres opérateurs ou lignes.`,
  },
  head: {
    agent: "Agent",
    site: "Site",
    crm: "CRM",
    met: "Touché",
    calls: "Appels",
    lost: "Perdus",
    saved: "Sauvés",
    alone: "D’après ce seul journal",
    clock: "Horloge",
    failed: "Échec pour d’autres sur",
    worked: "Fonctionnait sur",
  },
  yes: "oui",
  no: "non",
  clock: (ahead, amount, by) => `${amount} ${ahead ? "d’avance" : "de retard"}, corrigée par ${by}`,
  clockBy: {
    "call-id": "un appel que deux journaux partagent",
    date: "l’en-tête Date d’un opérateur",
    reset: "des connexions coupées au même instant",
    none: "rien",
  },
});

const languages: Readonly<Record<string, FleetWords>> = { en, fr };

/** In English where the language has none. */
export const fleetWordsOf = ({ tag }: Catalogue): FleetWords => wordOf(languages, tag.split("-")[0] ?? "") ?? en;
