/** `linekeeper/report/fr`: French, in the words of a support team. Who said a thing is part of each sentence. */
import { wordOf, type Catalogue } from "../language.ts";
import { unit } from "./figures.ts";
import { sends, steps, withoutTicket } from "./fr/advice.ts";
import { agent, statement, ticket } from "./fr/audiences.ts";
import { codes } from "./fr/codes.ts";
import { evidence, nextTests } from "./fr/evidence.ts";
import { atStart, carrierOf, confidence, de, duration, moment, number, percent, plural, routeOf } from "./fr/figures.ts";
import { labels } from "./fr/labels.ts";
import { breakerStates, callEnds, failoverReasons, flowStates, outcomeClasses, refusals, registrationStates } from "./fr/states.ts";
import { terms } from "./fr/terms.ts";
import { timeline } from "./fr/timeline.ts";
import { spaced } from "./fr/typography.ts";

const ofCarrier = (carrier: string | undefined) => de(carrier ?? "l’opérateur");

/** The sentences of this language. */
export const fr: Catalogue = spaced<Catalogue>({
  tag: "fr",
  direction: "ltr",
  labels,
  undecided: ([first, ...others]) =>
    first === undefined
      ? "Le journal ne montre pas où est la panne."
      : others.length > 0
        ? `Le journal ne permet pas de dire où est la panne. Elle peut être à peu près aussi bien ${[first, ...others].join(" que ")}.`
        : `Le journal ne permet pas de dire où est la panne ; elle est plutôt ${first}.`,
  conclusions: {
    healthy: () => "Rien dans le journal n’indique de panne à réparer.",
    likely: (where) => `La panne est probablement ${where}.`,
    clear: (where) => `La panne est ${where}.`,
  },
  callees: {
    inconclusive:
      "Le journal ne permet pas de dire s’il y a une panne. Il n’y en a peut-être aucune, et les personnes appelées étaient seulement occupées ou absentes.",
    likely:
      "Il n’y a probablement aucune panne : les opérateurs ont acheminé les appels, et les personnes appelées étaient occupées ou absentes, ont refusé, ou n’ont plus ce numéro.",
    clear:
      "Il n’y a aucune panne : les opérateurs ont acheminé les appels, et les personnes appelées étaient occupées ou absentes, ont refusé, ou n’ont plus ce numéro.",
  },
  calleesBeside: {
    likely:
      "D’autres appels qui n’ont joint personne ont probablement été acheminés : les personnes appelées étaient occupées ou absentes, ont refusé, ou n’ont plus ce numéro, ce qui n’est pas une panne.",
    clear:
      "D’autres appels qui n’ont joint personne ont été acheminés : les personnes appelées étaient occupées ou absentes, ont refusé, ou n’ont plus ce numéro, ce qui n’est pas une panne.",
  },
  alsoAt: (wheres) => `Il y a une autre panne ${wheres.join(", et une autre ")}.`,
  domains: {
    "crm-init": { name: "Démarrage du CRM", at: () => "dans le démarrage du CRM" },
    "crm-config": { name: "Paramètres du CRM ou du compte", at: () => "dans les paramètres du CRM ou du compte SIP" },
    "agent-device": { name: "Poste de l’agent", at: () => "sur le poste de l’agent" },
    "local-network": { name: "Réseau local", at: () => "dans le réseau local ou son accès Internet" },
    "carrier-signalling": {
      name: "Signalisation de l’opérateur",
      at: (carrier) => `dans le frontal SIP ou le serveur d’enregistrement ${ofCarrier(carrier)}`,
    },
    "carrier-routing": { name: "Acheminement de l’opérateur", at: (carrier) => `dans l’acheminement des appels ${ofCarrier(carrier)}` },
    "carrier-media": { name: "Son de l’opérateur", at: (carrier) => `dans le chemin du son ${ofCarrier(carrier)}` },
    "remote-party": { name: "Correspondant", at: () => "du côté du correspondant" },
    unknown: { name: "Cause inconnue du journal", at: () => "à un endroit que le journal ne montre pas" },
  },
  actors: {
    "crm-vendor": () => "L’éditeur du CRM",
    "crm-administrator": () => "L’administrateur du CRM",
    agent: () => "L’agent",
    "local-it": () => "Le service informatique",
    carrier: (carrier) => atStart(carrier ?? "l’opérateur"),
    nobody: () => "Personne n’a besoin d’agir",
  },
  nobodyYet: "Personne pour l’instant : le journal ne permet pas de trancher",
  evidence,
  evidenceSaid: { peer: "annoncé par l’autre côté", inferred: "déduit par nous", observed: "observé ici" },
  nextTests,
  steps,
  terms,
  agent,
  ticket,
  statement,
  ...codes,
  sends,
  withoutTicket,
  nothingToSend: "Il n’y a rien à envoyer : ni la ligne ni un opérateur n’est en cause.",
  strength: (weight) => (Math.abs(weight) >= 2.5 ? "fort" : Math.abs(weight) >= 1.5 ? "moyen" : "faible"),
  confidence,
  carrierOf,
  timeline,
  flowStates,
  registrationStates,
  breakerStates,
  routeOf,
  outcomeClasses,
  fates: { carried: "abouti", saved: "sauvé par bascule", lost: "perdu", refused: "jamais parti du poste", running: "en cours" },
  callEnds,
  refusals,
  failoverReasons,
  stageFault({ kind, name, httpStatus }) {
    const words = { overdue: "délai dépassé", aborted: "abandonné", blocked: "bloqué" };
    const thrown = [name ?? "échec", httpStatus].filter((part) => part !== undefined).join(" ");
    return kind === "threw" ? thrown : (wordOf(words, kind) ?? kind);
  },
  stageResults: { passed: "réussi", failed: "échoué", running: "inachevé" },
  attemptSaid: { peer: "l’autre côté", inferred: "déduit par nous" },
  redactions: {
    "full-numbers": "les numéros de téléphone, sauf les deux derniers chiffres",
    "called-numbers": "les numéros appelés, sauf les deux derniers chiffres",
    "caller-numbers": "les numéros des appelants, sauf les deux derniers chiffres",
    "caller-ids": "les numéros présentés aux clients, sauf les deux derniers chiffres",
    names: "les noms",
    credentials: "les mots de passe et les jetons",
    "message-bodies": "les messages SIP et le SDP",
    "error-messages": "les messages des erreurs du CRM",
    "reason-text": "le texte libre des réponses SIP",
  },
  microphoneKinds: { headset: "casque", bluetooth: "Bluetooth", "built-in": "intégré", webcam: "caméra web", other: "autre" },
  attemptNote({ overdue, abandoned, settled, blockedByNetwork, retryAfterS, text, sent, row }) {
    const settledAs: Readonly<Record<string, string>> = {
      cancelled: "annulée",
      rejected: "refusée ensuite",
      "answered-late-and-ended": "décrochée trop tard et terminée",
      adopted: "décrochée tard et reprise",
      "never-answered": "jamais décrochée",
    };
    return [
      sent || row === undefined ? undefined : "non envoyée",
      overdue &&
        `${overdue.awaited === "ringing" ? "pas de sonnerie" : "rien"} pendant ${duration(overdue.waitedMs)}${overdue.edgeAlive === true ? ", frontal actif" : overdue.edgeAlive === false ? ", frontal muet aussi" : ""}`,
      abandoned && `abandonnée${settled ? `, ${wordOf(settledAs, settled) ?? settled}` : ""}`,
      blockedByNetwork ? "bloquée par le réseau (603+)" : undefined,
      retryAfterS === undefined ? undefined : `Retry-After ${unit(retryAfterS, "s")}`,
      text && `« ${text} »`,
    ]
      .filter((part) => part !== undefined && part !== "")
      .join(" ; ");
  },
  madeUnder: ({ run = 1, settings = 1 }) =>
    [run > 1 ? `lancement ${run}` : undefined, settings > 1 ? `paramètres, version ${settings}` : undefined].filter(Boolean).join(" ; "),
  reinitialised: () =>
    "Le service est revenu juste après un nouveau démarrage du CRM, alors que les lignes n’avaient cessé de fonctionner.",
  someCalls: (shown, all) =>
    `L’image montre ${shown} appels sur ${all}, d’abord ceux qui ont rencontré une panne ; la liste ci-dessous en compte davantage.`,
  someListed: (shown, all) =>
    `Les ${shown} premiers appels sur ${all}, ceux qui ont rencontré une panne avant les autres ; le rapport en JSON les contient tous.`,
  callsCarried: (count) => plural(count, "appel abouti", "appels aboutis"),
  linesIn: (count) => plural(count, "entrée"),
  reasonsMore: (count) => plural(count, "argument plus faible", "arguments plus faibles"),
  someMoments: (shown, all) => `Les premiers et les derniers de ${all} moments, ${shown} en tout ; les autres sont dans le journal.`,
  sameAgain: (count, until) => `De même encore ${count} fois, jusqu’à ${until}.`,
  subject: ({ subject, incidentId }) => (subject === "incident" ? `Incident ${incidentId ?? ""}`.trim() : "Session"),
  seen: (count) => (count === 1 ? "une fois" : `${count} fois`),
  entries: ({ entries, firstSeq, lastSeq, unreadable = 0 }) =>
    `${plural(entries, "entrée")}${firstSeq === undefined ? "" : `, nos ${firstSeq} à ${lastSeq ?? firstSeq}`}${unreadable === 0 ? "" : ` ; ${plural(unreadable, "ligne")} du journal ${unreadable < 2 ? "abîmée" : "abîmées"} là où la page l’avait laissé : ce qui y était écrit manque ici`}`,
  clockSkew: (by, byMs) =>
    byMs >= 0 ? `la nôtre avance de ${duration(byMs)} sur celle de ${by}` : `la nôtre retarde de ${duration(-byMs)} sur celle de ${by}`,
  pair: (name, value) => `${name} : ${value}`,
  duration,
  percent,
  moment,
  number,
});
