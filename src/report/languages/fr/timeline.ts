/** What happened, a sentence for each entry. */
import type { AnswerFact, Entry, Facts, PageChange, StepFault } from "../../../journal.ts";
import type { AudioFault, MediaPath, MicrophoneFallback, MicrophoneState } from "../../../ports/audio.ts";
import type { FrameFault } from "../../../ports/sip-edge.ts";
import type { Held } from "../../../states.ts";
import { restsOnAnswer } from "../../attempts.ts";
import { endReason, q850Cause, rowName, sipCode } from "../../codes.ts";
import { wordOf, type Catalogue } from "../../language.ts";
import { codes } from "./codes.ts";
import { audioFigures, duration, plural, routeOf } from "./figures.ts";
import { breakerStates, callEnds, failoverReasons, flowStates, outcomeClasses, refusals, registrationStates } from "./states.ts";

function fault({ kind, name, httpStatus, message }: StepFault): string {
  const what = {
    threw: "échec",
    overdue: "délai dépassé",
    aborted: "abandon",
    blocked: "exécution impossible, une autre étape ayant échoué",
  };
  // Where it did not throw, the error is one of our own.
  const detail = [kind === "threw" ? name : undefined, httpStatus === undefined ? undefined : `HTTP ${httpStatus}`, message]
    .filter((part) => part !== undefined)
    .join(", ");
  return `${wordOf(what, kind) ?? kind}${detail === "" ? "" : ` (${detail})`}`;
}

function answer(fact: AnswerFact | undefined): string {
  if (!fact) return "";
  const cause = fact.q850 ? `, cause Q.850 ${q850Cause(fact.q850.value, codes, fact.q850.location)}` : "";
  // Asked for many things, of which only a call is picked up.
  if (fact.said === "peer" && fact.code < 300) return " ; l’autre côté a accepté";
  return fact.said === "peer"
    ? ` ; l’autre côté a répondu ${sipCode(fact.code, codes)}${cause}`
    : ` ; aucune réponse finale, notre propre pile a renoncé (comme ${fact.code})`;
}

function audioFault(direction: AudioFault["direction"], kind: AudioFault["kind"]): string {
  const where = { inbound: "venant du correspondant", outbound: "vers le correspondant", both: "dans les deux sens" };
  const what = { "never-came": "aucun son", stopped: "le son s’est arrêté", silent: "flux sans aucun son audible" };
  return `${wordOf(what, kind) ?? kind} ${wordOf(where, direction) ?? direction}`;
}

const microphoneStates: Readonly<Record<MicrophoneState, string>> = {
  live: "le microphone fonctionne à nouveau",
  muted: "le système ou le casque a coupé le microphone",
  ended: "le microphone a disparu",
};

const fallbacks: Readonly<Record<MicrophoneFallback, string>> = {
  another: "le microphone a été débranché, et un autre a pris sa place",
  none: "le microphone a été débranché, et il n’y en avait pas d’autre",
};

const pageStates: Readonly<Record<PageChange, string>> = {
  hidden: "a été fermée ou rechargée",
  cached: "a été quittée, et le navigateur la garde",
  shown: "est de nouveau affichée",
  frozen: "a été figée par le navigateur",
  resumed: "reprend",
};

const notResumedFor: Readonly<Record<Facts["call:not-resumed"]["because"], string>> = {
  abandoned: "son onglet a été fermé pour de bon",
  "too-old": "la page est revenue trop tard",
  "other-account": "un autre compte est connecté",
  "trunk-missing": "sa ligne n’est plus configurée",
  "trunk-unready": "sa ligne n’est pas revenue à temps",
  unreadable: "ce qui en avait été gardé est illisible",
  "media-failed": "le son n’a pas pu être ouvert",
  refused: "l’autre partie ne l’a pas repris",
};

const heldBy: Readonly<Record<Held, string>> = {
  none: "plus personne ne le tient en attente",
  here: "l’agent le tient en attente",
  there: "le client le tient en attente",
  both: "l’agent et le client le tiennent en attente",
};

/** How far the connection of the audio had come. */
function stateOf(path: MediaPath | undefined): string {
  if (!path) return "";
  if (!path.wasConnected) return " ; il n’a jamais eu de connexion";
  if (path.dtls !== undefined && path.dtls !== "connected") return ` ; son chiffrement n’a pas été négocié (DTLS ${path.dtls})`;
  if (path.answers === undefined) return ` ; ICE ${path.ice}`;
  return path.answers ? " ; le relais répondait" : " ; le relais ne répondait plus";
}

/** What is not as it was when the audio last flowed. */
function changeOf(path: MediaPath | undefined): string {
  if (path?.localAddressChanged) return ", depuis une autre adresse du poste de l’agent";
  return path?.remotePortChanged ? ", depuis un autre port du relais" : "";
}

/** What the end of an attempt rests on: never worded as an answer where we concluded it. */
function grounds(row: string, fact: AnswerFact | undefined): string {
  if (!fact) return " ; aucune réponse finale, c’est donc déduit";
  if (fact.said === "peer" && !restsOnAnswer(row)) return ` ; c’est déduit, et le ${fact.code} ne répond qu’à notre abandon`;
  return answer(fact);
}

const turnedAwayFor: Readonly<Record<Entry<"call:turned-away">["because"], string>> = {
  busy: "le demandeur a entendu « occupé », l’agent n’étant pas libre",
  duplicate: "le même appel était arrivé par une autre ligne",
  flood: "il en sonnait déjà plus qu’un agent ne peut en distinguer",
  "media-failed": "le son n’a pas pu être ouvert",
  closing: "le softphone se fermait",
  elsewhere: "le téléphone de l’agent est une autre page du navigateur, qui a sonné aussi",
  "nothing-to-replace": "il devait prendre la place d’un appel inconnu ou terminé",
};

const notReferredFor: Readonly<Record<NonNullable<Entry<"call:referred">["because"]>, string>> = {
  policy: "la règle ne le permet pas",
  emergency: "personne n’appelle les secours pour un autre",
  busy: "l’agent était sur un autre appel",
  "under-way": "la question était déjà posée",
  unusable: "ce numéro était déjà appelé, ou le softphone se fermait",
};

const notices: Readonly<Record<Entry<"notice:received">["what"], string>> = {
  message: "un message texte est arrivé",
  voicemail: "l’opérateur a dit ce qui attend dans la messagerie",
  "check-sync": "l’opérateur a annoncé d’autres réglages pour le softphone",
};

const frameFaults: Readonly<Record<FrameFault, string>> = {
  malformed: "illisible, écarté",
  oversize: "trop gros, écarté",
  unmatched: "réponse à rien de demandé, écarté",
  refused: "demande impossible à servir, refusé",
  unreadable: "lisible en partie seulement ; le reste a servi",
};

/** What an entry with a count stands for: one thing, or so many more within a while. */
const several = (count: number | undefined, firstMs: number | undefined, lastMs: number | undefined, one: string, many: string) =>
  count === undefined ? one : `${count} ${many} de plus, en ${duration((lastMs ?? 0) - (firstMs ?? 0))},`;

const list = new Intl.ListFormat("fr");

export const timeline: Catalogue["timeline"] = {
  "session:started": () => "Début de la session.",
  "session:closed": () => "Fin de la session.",
  "clock:jumped": ({ byMs }) => `L’horloge du système a sauté de ${duration(byMs)}.`,
  "clock:skewed": ({ by, byMs }) => `Notre horloge diffère de celle de ${by} de ${duration(byMs)}.`,
  "boot:started": ({ run }) => (run === 1 ? "Le CRM commence à démarrer." : `Le CRM recommence à démarrer (lancement ${run}).`),
  "boot:completed": ({ run, tookMs }) => `Démarrage du CRM terminé (lancement ${run}, ${duration(tookMs)}).`,
  "stage:stalled": ({ stage, waitedMs }) => `L’étape « ${stage} » dure depuis ${duration(waitedMs)} sans finir.`,
  "stage:failed": ({ stage, attempt, critical, final, fault: cause }) =>
    `Étape ${critical ? "critique " : ""}« ${stage} » : ${fault(cause)}${final ? " ; plus d’autre essai" : ` ; essai ${attempt}, un autre suit`}.`,
  "crm:failed": ({ what, fault: cause }) => `Le CRM signale, pour « ${what} » : ${fault(cause)}.`,
  "network:changed": ({ online }) =>
    online ? "L’ordinateur signale que le réseau est revenu." : "L’ordinateur signale qu’il n’a plus de réseau.",
  "control:failed": ({ control, fault: cause }) => `Témoin « ${control} » : ${fault(cause)}.`,
  "socket:tried": ({ trunkId, opened }) =>
    `Une nouvelle connexion WebSocket vers le serveur de la ligne ${trunkId}, essayée à côté de celle qui tenait, ${opened ? "s’est ouverte" : "ne s’est pas ouverte"}.`,
  "flow:changed": ({ trunkId, to, end }) =>
    `Connexion de la ligne ${trunkId} : ${wordOf(flowStates, to) ?? to}${end ? ` (WebSocket ${end.code}${end.wasOpen ? "" : ", jamais ouverte"})` : ""}.`,
  "registration:changed": ({ trunkId, to, answer: fact }) =>
    `Enregistrement de la ligne ${trunkId} : ${wordOf(registrationStates, to) ?? to}${to === "registered" && (fact?.code ?? 0) < 300 ? "" : answer(fact)}.`,
  "credentials:failed": ({ trunkId, error }) =>
    error === "UnsupportedDigest"
      ? `La ligne ${trunkId} a demandé un digest inconnu ici.`
      : `Le CRM n’a pas donné d’identifiants pour la ligne ${trunkId} (${error}).`,
  "server:failed": ({ trunkId, error }) => `Le CRM n’a pas donné d’adresse utilisable pour la ligne ${trunkId} (${error}).`,
  "ice-servers:failed": ({ callId, error }) => `Pas de serveur STUN ou TURN à disposition pour l’appel ${callId} (${error}).`,
  "audio:unwatched": ({ callId, error }) => `Rien n’a surveillé le son de l’appel ${callId} (${error}).`,
  "probe:unanswered": ({ trunkId, method, waitedMs }) => `Pas de réponse à ${method} sur la ligne ${trunkId} en ${duration(waitedMs)}.`,
  "frame:discarded": ({ trunkId, fault: kind, bytes, header, count, firstMs, lastMs }) =>
    `${several(count, firstMs, lastMs, "Un message", "messages")} sur la ligne ${trunkId} : ${wordOf(frameFaults, kind) ?? kind}${header === undefined ? "" : `, à cause de l’en-tête ${header}`} (${count === undefined ? "" : "jusqu’à "}${plural(bytes, "octet")}).`,
  "breaker:changed": ({ trunkId, route: of, plane, to, because, ejectionMs }) =>
    `Ligne ${trunkId}, ${plane === "media" ? "son vers " : ""}${routeOf(of)} : ${wordOf(breakerStates, to) ?? to}${to === "open" ? `${ejectionMs === undefined ? "" : ` pour ${duration(ejectionMs)}`} (${rowName(because, codes)})` : ""}.`,
  "health:heard": ({ trunkId, route: of, from, because }) =>
    `${from === "tab" ? "Un autre onglet" : "La page précédente"} avait des difficultés avec la ligne ${trunkId}, ${routeOf(of)} : ${rowName(because, codes)}.`,
  "common-mode:suspected": ({ carriers }) =>
    `${list.format(carriers)} en panne ensemble : la cause est cherchée de notre côté, et aucune ligne n’est mise à l’écart.`,
  "common-mode:ended": ({ by }) => `${by} fonctionne à nouveau : les opérateurs ne sont plus en panne ensemble.`,
  "trunks:changed": ({ settings, added, removed, changed }) =>
    `Le CRM a donné d’autres lignes (version ${settings}) : ${[
      ...added.map((id) => `${id} ajoutée`),
      ...removed.map((id) => `${id} retirée`),
      ...changed.map(({ id, what }) => `${id} modifiée (${what.join(", ")})`),
    ].join(" ; ")}.`,
  "trunk:isolated": ({ trunkId }) => `La ligne ${trunkId} a été retirée du service à la main.`,
  "trunk:restored": ({ trunkId }) => `La ligne ${trunkId} a été remise en service à la main.`,
  "trunk:weighed": ({ trunkId, priority, weight }) => `La ligne ${trunkId} a reçu la priorité ${priority} et le poids ${weight}.`,
  "policy:failed": ({ error }) => `La règle de l’intégrateur a échoué (${error}) ; l’ordre habituel des lignes a été suivi.`,
  "page:changed": ({ to }) => `La page du softphone ${wordOf(pageStates, to) ?? to}.`,
  "telephone:moved": ({ to }) =>
    to === "here"
      ? "Le téléphone de l’agent est désormais cette page : les appels des clients y sonnent."
      : "Le téléphone de l’agent est une autre page du navigateur : les appels des clients y sonnent, et les lignes sont au repos ici.",
  "call:kept": ({ callId, trunkId }) => `Appel ${callId} sur la ligne ${trunkId} : laissé à la page suivante.`,
  "call:resumed": ({ callId, trunkId, was, gapMs }) =>
    `Appel ${callId} sur la ligne ${trunkId} : repris de la page précédente (là-bas ${was}), après ${duration(gapMs)}.`,
  "call:not-resumed": ({ callId, trunkId, because, error, answer: fact }) =>
    `Appel ${callId} sur la ligne ${trunkId} : impossible de le reprendre de la page précédente, il est terminé : ${wordOf(notResumedFor, because) ?? because}${error === undefined ? "" : ` (${error})`}${answer(fact)}.`,
  "call:turned-away": ({ trunkId, because, callId, error, count, firstMs, lastMs }) =>
    because === "duplicate" && callId !== undefined
      ? `L’appel ${callId} est aussi arrivé par la ligne ${trunkId} ; il a sonné une fois.`
      : `${several(count, firstMs, lastMs, "Un appel", "appels")} par la ligne ${trunkId} non ${count === undefined ? "présenté" : "présentés"} ${because === "elsewhere" ? "sur cette page" : "à l’agent"} : ${wordOf(turnedAwayFor, because) ?? because}${error === undefined ? "" : ` (${error})`}.`,
  "call:refused": ({ callId, because, stage, error }) =>
    `L’appel ${callId} n’est jamais parti du poste : ${wordOf(refusals, because) ?? because}${stage === undefined ? "" : `, étape « ${stage} »`}${error === undefined ? "" : ` (${error})`}.`,
  "call:cut": ({ callId, trunkId, talkedMs }) =>
    `La ligne ${trunkId} a lâché sous l’appel ${callId}, après ${duration(talkedMs)} de conversation.`,
  "call:redialled": ({ callId, trunkId, because }) =>
    `L’agent a fait rappeler le client de l’appel ${callId}, ${because === "no-audio" ? "sans son" : "perdu"} sur la ligne ${trunkId}.`,
  "call:failed-over": ({ callId, from, to, because }) =>
    `L’appel ${callId} a basculé de la ligne ${from} à la ligne ${to} : ${wordOf(failoverReasons, because) ?? because}.`,
  "call:held": ({ callId, trunkId, held }) => `Appel ${callId} sur la ligne ${trunkId} : ${wordOf(heldBy, held) ?? held}.`,
  "hold:refused": ({ callId, trunkId, wished, answer: fact }) =>
    `Appel ${callId} sur la ligne ${trunkId} : ${wished === "hold" ? "impossible de le mettre en attente" : "impossible de le reprendre"}${answer(fact)}.`,
  "call:muted": ({ callId, muted }) => `Appel ${callId} : l’agent a ${muted ? "coupé" : "rouvert"} le microphone.`,
  "call:referred": ({ callId, trunkId, toCallId, because = "" }) =>
    `Appel ${callId} sur la ligne ${trunkId} : l’autre partie a demandé un transfert ; ${toCallId === undefined ? `personne n’a été appelé : ${wordOf(notReferredFor, because) ?? because}` : `l’appel ${toCallId} a été passé pour cela`}.`,
  "call:replaced": ({ callId, trunkId }) =>
    `Appel ${callId} sur la ligne ${trunkId} : quelqu’un d’autre a pris la place de l’autre partie ; l’appel continue.`,
  "notice:received": ({ trunkId, what, refused }) =>
    `Ligne ${trunkId} : ${wordOf(notices, what) ?? what}${refused === undefined ? "" : ` ; trop nombreux, ${refused} avant celui-ci ont été refusés`}.`,
  "digits:sent": ({ callId, trunkId, count, because }) =>
    `Appel ${callId} sur la ligne ${trunkId} : ${count < 2 ? `${count} chiffre envoyé` : `${count} chiffres envoyés`}${because === undefined ? "" : `, pas tous (${because})`}.`,
  "audio:lost": ({ callId, trunkId, direction, kind, forMs, isLocal, path }) =>
    `Appel ${callId} sur la ligne ${trunkId} : ${audioFault(direction, kind)}${forMs > 0 ? ` depuis ${duration(forMs)}` : ""}${isLocal ? ", du côté de l’agent" : ""}${stateOf(path)}.`,
  "audio:restarted": ({ callId, trunkId, answer: fact }) =>
    `Appel ${callId} sur la ligne ${trunkId} : un nouveau chemin a été proposé pour le son${answer(fact)}.`,
  "audio:renewed": ({ callId, trunkId, answer: fact }) =>
    `Appel ${callId} sur la ligne ${trunkId} : une autre connexion a été proposée pour le son${answer(fact)}.`,
  "audio:restored": ({ callId, trunkId, path }) => `Appel ${callId} sur la ligne ${trunkId} : le son est revenu${changeOf(path)}.`,
  "audio:given-up": ({ callId, trunkId, direction, kind, forMs }) =>
    `Appel ${callId} sur la ligne ${trunkId} : ${audioFault(direction, kind)} depuis ${duration(forMs)} ; l’agent a été prévenu.`,
  "audio:rated": ({ callId, trunkId, level, ...quality }) =>
    `Appel ${callId} sur la ligne ${trunkId} : son jugé ${level === "good" ? "bon" : "mauvais"} (${audioFigures(quality)}).`,
  "microphone:changed": ({ callId, to, fellBackTo }) =>
    `Appel ${callId} : ${wordOf(fallbacks, fellBackTo ?? "") ?? wordOf(microphoneStates, to) ?? `microphone : ${to}`}.`,
  "playback:changed": ({ callId, to }) =>
    `Appel ${callId} : ${to === "blocked" ? "le navigateur n’a pas laissé la page faire entendre le correspondant" : "le correspondant est entendu"}.`,
  "dialog:refreshed": ({ callId, trunkId, answer: fact }) =>
    `Appel ${callId} : notre adresse sur la nouvelle connexion a été donnée à la ligne ${trunkId}${answer(fact)}.`,
  "dialog:ended": ({ callId, trunkId, tries, answer: { said } }) =>
    `Appel ${callId} sur la ligne ${trunkId} : ${said === "peer" ? `la fin a été confirmée à l’essai ${tries}` : `personne n’a confirmé la fin (${plural(tries, "essai")})`}.`,
  "call:ended": ({ callId, end, error, reason, possibleDuplicate }) =>
    `Appel ${callId} : ${error === undefined ? `${wordOf(callEnds, end) ?? end}${reason ? ` (${endReason(reason, codes)})` : ""}` : `le son n’a pas pu être ouvert (${error})`}${possibleDuplicate ? " ; une tentative abandonnée a pu encore faire sonner le correspondant" : ""}.`,
  "attempt:redirected": ({ callId, trunkId, answer: fact }) =>
    `Appel ${callId} sur la ligne ${trunkId} : redirigé vers un autre serveur du même opérateur${answer(fact)}.`,
  "attempt:overdue": ({ callId, trunkId, awaited, waitedMs, edgeAlive }) =>
    `Appel ${callId} sur la ligne ${trunkId} : ${awaited === "ringing" ? "pas de sonnerie" : "aucune réponse"} en ${duration(waitedMs)}${edgeAlive === true ? ", alors que le frontal répondait à notre sonde" : edgeAlive === false ? ", et le frontal n’a pas non plus répondu à notre sonde" : ""}.`,
  "attempt:ended": ({ callId, trunkId, outcome, answer: fact }) =>
    `Appel ${callId} sur la ligne ${trunkId}, fin de la tentative : ${rowName(outcome.row, codes)} (${wordOf(outcomeClasses, outcome.class) ?? outcome.class})${grounds(outcome.row, fact)}.`,
  "diagnosis:missing": ({ error }) =>
    `La page n’a pas pu charger la partie de Linekeeper qui diagnostique (${error}) : aucun verdict n’y a été donné jusque-là. Cet enregistrement peut être diagnostiqué ailleurs.`,
  "listener:failed": ({ event, error }) => `L’écouteur de l’intégrateur pour ${event} a échoué (${error}).`,
  "sink:failed": ({ sink, error }) => `L’envoi des rapports « ${sink} » a échoué (${error}).`,
  "transition:violated": ({ machine, state, event }) =>
    `Défaut de Linekeeper : « ${event} » est arrivé dans l’état « ${state} » de ${machine}.`,
};
