/** What speaks for or against a domain, and what would settle the rest. */
import type { Catalogue, Params } from "../../language.ts";
import { q850Cause, sipCode } from "../../codes.ts";
import { codes } from "./codes.ts";
import { atStart, calls, carrierOf, de, plural, someCalls } from "./figures.ts";

export const of = ({ carrier, trunk }: Params) =>
  trunk === undefined || trunk === "" ? "la ligne" : carrierOf(`${carrier ?? ""}`, `${trunk}`);
/** For a test that has no trunk to avoid, any other does. */
const elsewhere = (params: Params) => (params["trunk"] ? `une autre ligne que ${of(params)}` : "une autre ligne");
export const ofTrunk = (params: Params) => de(of(params));
/** At a sentence's start. */
const Of = (params: Params) => atStart(of(params));
/** Whose it is, where one is named; else on which line. */
const At = (params: Params) => (of(params).startsWith("la ligne") ? `Sur ${of(params)}` : `Chez ${of(params)}`);
export const route = ({ route: value }: Params) =>
  value === undefined ? "un type de destination" : `les destinations de type « ${value} »`;
const otherRoute = ({ other }: Params) => (other === undefined || other === "" ? "d’autres destinations" : route({ route: other }));
const otherTrunk = ({ other }: Params) => (other === undefined || other === "" ? "une autre ligne" : `la ligne « ${other} »`);
const code = ({ code: value, cause }: Params) => {
  const cited = [...(value ? [`SIP ${sipCode(value, codes)}`] : []), ...(cause ? [`cause Q.850 ${q850Cause(cause, codes)}`] : [])];
  return cited.length > 0 ? ` (${cited.join(", ")})` : "";
};
const named = (value: string | number | undefined) => (value === undefined || value === "" ? "" : ` « ${value} »`);
/** An error's name, in brackets. */
const byName = (error: string | number | undefined) => (error === undefined || error === "" ? "" : ` (${error})`);

const newStart = ({ stage }: Params) =>
  stage === undefined ? "un nouveau démarrage du CRM" : `une nouvelle exécution de la seule étape de démarrage${named(stage)}`;

/** Talks that came and went: whose, and how they fared before and after. */
const talks = (params: Params, fared: string) =>
  `Les appels${params["carrier"] === undefined ? "" : ` par ${params["carrier"]}`} ${fared} : ${params["heard"]} fois.`;
const isOfTalks = ({ heard }: Params) => heard !== undefined;

export const evidence: Catalogue["evidence"] = {
  "critical-stage-failed": ({ stage, error, status }) =>
    `L’étape de démarrage critique${named(stage)} a définitivement échoué${error === undefined ? "" : ` (${error}${status === undefined ? "" : `, HTTP ${status}`})`}.`,
  "critical-stage-hung": ({ stage }) => `L’étape de démarrage critique${named(stage)} est restée bloquée.`,
  "calls-refused-for-boot": (params) =>
    `${calls(params["calls"], "n’est jamais parti", "ne sont jamais partis")} du poste car le démarrage du CRM était incomplet.`,
  "called-without-trunks": (params) =>
    `${calls(params["calls"], "n’a jamais quitté", "n’ont jamais quitté")} le poste de l’agent car le CRM n’avait donné aucune ligne au softphone.`,
  "called-before-start": (params) =>
    `${calls(params["calls"], "n’est jamais parti", "ne sont jamais partis")} du poste car le CRM n’avait pas démarré le softphone.`,
  "broken-by-start": (params) =>
    isOfTalks(params)
      ? talks(params, "s’entendaient jusqu’à un démarrage du CRM, et plus ensuite")
      : params["wider"] === undefined
        ? `Les appels vers ${route(params)} par ${of(params)} aboutissaient avant ${newStart(params)}, et plus une seule fois après.`
        : `Les appels aboutissaient avant ${newStart(params)} et ont échoué dès lors, dont ceux vers ${route(params)} par ${of(params)}.`,
  "broken-after-one-start": (params) =>
    `Les appels vers ${route(params)} par ${of(params)} aboutissaient jusqu’à un démarrage du CRM, et plus depuis : une seule fois, sans autre point de comparaison.`,
  "edge-lost-with-start": (params) =>
    `${Of(params)} répondait jusqu’au redémarrage du CRM, et aucune connexion ouverte depuis n’a atteint son frontal.`,
  "edge-back-with-start": (params) => `Le frontal ${ofTrunk(params)}, perdu à un démarrage du CRM, a été de nouveau atteint à un autre.`,
  "worked-since-initialisation": (params) =>
    `Des appels vers ${route(params)} par ${of(params)} avaient abouti depuis le démarrage du CRM, sans autre démarrage entre-temps.`,
  "never-worked-since-initialisation": (params) =>
    `Pas un seul appel vers ${route(params)} par ${of(params)} n’a abouti depuis le démarrage du CRM.`,
  "stage-failed-with-calls": ({ stage, ...params }) =>
    `L’étape de démarrage${named(stage)}, dont le CRM peut se passer, a échoué à chaque démarrage depuis lequel les appels vers ${route(params)} par ${of(params)} n’aboutissaient pas.`,
  "crm-said-it-failed": ({ what }) => `Le CRM a signalé une erreur qui lui est propre${named(what)}.`,
  "number-from-crm-unusable": (params) =>
    `${calls(params["calls"], "n’est jamais parti", "ne sont jamais partis")} du poste : le CRM a transmis un numéro qui n’est pas composable.`,
  "trunks-well-while-boot-broken": ({ trunks }) =>
    `Les lignes étaient enregistrées et sans coupure pendant que le démarrage était en panne${trunks === undefined ? "" : ` : ${trunks}`}.`,
  "well-after-reinitialisation": (params) =>
    isOfTalks(params)
      ? talks(params, "ne s’entendaient pas jusqu’à un démarrage du CRM, et s’entendaient ensuite")
      : `${params["stage"] === undefined ? "Une fois le CRM redémarré" : `Une fois l’étape de démarrage${named(params["stage"])} relancée seule et réussie, après des échecs`}, ${someCalls(params["calls"])} ${Number(params["calls"]) < 2 ? "a abouti" : "ont abouti"}.`,
  "well-as-reinitialised": (params) =>
    `Les appels vers ${route(params)} par ${of(params)} ont de nouveau abouti après ${newStart(params)} ; ce peut être une coïncidence.`,
  "well-after-one-start": (params) =>
    `Les appels vers ${route(params)} par ${of(params)} ont de nouveau abouti après un nouveau démarrage du CRM : une seule fois, sans autre point de comparaison.`,
  "well-after-untried-start": (params) =>
    `Les appels vers ${route(params)} par ${of(params)} ont de nouveau abouti après un nouveau démarrage du CRM, longtemps après le dernier essai.`,
  "well-without-reinitialisation": (params) =>
    `Les appels vers ${route(params)} par ${of(params)} ont de nouveau abouti sans nouveau démarrage du CRM.`,
  "failing-after-reinitialisation": (params) =>
    `Une fois le CRM redémarré, ${someCalls(params["calls"])} ${Number(params["calls"]) < 2 ? "échouait" : "échouaient"} encore.`,
  "boot-complete-before-failure": () => "Le démarrage du CRM était complet avant le premier échec.",
  "boot-complete-despite-failure": () => "Le démarrage du CRM s’est achevé alors que les échecs continuaient.",
  "failed-before-boot-complete": () => "Le premier échec est survenu avant la fin du démarrage du CRM.",
  "unrelated-trunks-failed-together": ({ trunks }) =>
    `${typeof trunks === "number" ? plural(trunks, "ligne") : "Des lignes"} d’opérateurs sans lien entre eux ont été perdues en quelques secondes ; nous en déduisons une cause commune.`,
  "unrelated-trunks-silent-in-turn": ({ trunks }) =>
    `${typeof trunks === "number" ? plural(trunks, "ligne") : "Des lignes"} d’opérateurs sans lien entre eux n’ont pas répondu, tantôt l’une, tantôt l’autre ; nous en déduisons une cause commune.`,
  "another-socket-denied": (params) =>
    `Une nouvelle connexion WebSocket vers ${of(params)} ne s’est pas ouverte non plus, alors que l’ancienne tenait : quelque chose sur le chemin ne laisse plus passer de nouvelle connexion.`,
  "shared-host-refused-calls": (params) =>
    `Un même hôte, auquel mènent les lignes de plusieurs opérateurs, a refusé ${someCalls(params["calls"])} pour tous${code(params)}.`,
  "control-failed-with-trunks": () => "Le serveur du CRM, interrogé comme témoin, était en panne au même moment qu’une ligne.",
  "stage-failed-with-trunks": ({ stage }) =>
    `L’étape de démarrage${named(stage)} est restée sans réponse à un moment où aucun frontal n’était joignable non plus.`,
  "control-failed-with-stage": ({ controls }) =>
    `Ce qui était interrogé comme témoin (${controls ?? "–"}) n’était pas joignable non plus pendant que le démarrage du CRM attendait, et aucune ligne n’avait été essayée.`,
  "new-connections-failed": () =>
    "Ni le serveur du CRM ni le frontal d’un opérateur n’a pu être joint par une nouvelle connexion, alors qu’une ancienne tenait : nous en déduisons que les noms ne sont plus résolus, ou que les nouvelles connexions sont bloquées.",
  "control-failed-alone": () => "Le serveur du CRM, interrogé comme témoin, était en panne alors que le frontal d’un opérateur répondait.",
  "control-well-while-trunk-failed": () => "Le serveur du CRM, interrogé comme témoin, répondait pendant qu’une ligne était en panne.",
  "control-well-while-all-trunks-failed": () =>
    "Le serveur du CRM, interrogé comme témoin, répondait alors que le frontal d’aucun opérateur n’était joignable : nous en déduisons que WebSocket ou SIP est bloqué en chemin.",
  "other-carrier-well-meanwhile": (params) => `Pendant la panne ${ofTrunk(params)}, la ligne d’un autre opérateur répondait.`,
  "other-page-met-it-too": (params) => `Un autre onglet de ce navigateur avait des difficultés avec ${of(params)} au même moment.`,
  "last-page-met-it-too": (params) =>
    `Les appels vers ${route(params)} par ${of(params)} échouaient déjà à la fin de la page précédente, qui avait son propre démarrage, et échouent ici dès le premier.`,
  "others-not-heard-since": () =>
    "Aucune réponse, ou aucune qui montre de qui elle vient, et rien d’autre qui puisse trancher n’avait donné signe de vie depuis.",
  "nobody-heard-beside-stage": ({ stage }) =>
    `L’étape de démarrage${named(stage)} restait bloquée, et rien d’autre de ce qui était essayé n’avait répondu depuis le début du démarrage.`,
  "host-says-offline": () => "L’ordinateur de l’agent a signalé qu’il n’avait plus de réseau.",
  "device-slept": () => "Le poste de l’agent, ou la page, sortait tout juste de veille ; la veille coupe les connexions.",
  "edge-unreachable": (params) =>
    `Aucune connexion au frontal ${ofTrunk(params)} n’a pu être établie ou maintenue ; la raison est déduite, car rien ne l’apprend à un navigateur.`,
  "edge-never-reached": (params) =>
    `Le frontal ${ofTrunk(params)} n’a pas été joint une seule fois depuis le début de la session ; une adresse fausse dans les paramètres donnerait la même chose.`,
  "edge-fell-silent": (params) =>
    `Le frontal ${ofTrunk(params)} a cessé de répondre sur une connexion ouverte ; ce silence est déduit, personne ne l’a annoncé.`,
  "edge-answers-late": (params) => `Le frontal ${ofTrunk(params)} répondait en retard : à nos sondes, et aux appels aussi.`,
  "edge-refuses-probes": (params) =>
    `Le frontal ${ofTrunk(params)} a répondu à nos sondes, qui ne sont pas des appels, par une erreur qui lui est propre.`,
  "edge-closed-by-server": (params) =>
    `Le frontal ${ofTrunk(params)} a fermé lui-même la connexion${!params["code"] ? "" : ` (code de fermeture WebSocket ${params["code"]})`}.`,
  "messages-unreadable": (params) =>
    `Nous n’avons pas pu lire ce qu’envoyait le frontal ${ofTrunk(params)} ; n’avoir entendu aucune réponse ne prouve pas le silence.`,
  "registrar-failed-after-starts": (params) =>
    `Après plusieurs démarrages du CRM en quelques minutes, le serveur d’enregistrement ${ofTrunk(params)} a répondu par une panne de serveur${code(params)} : il garde peut-être trop de nos contacts.`,
  "registrar-failed": (params) => `Le serveur d’enregistrement ${ofTrunk(params)} a répondu par une panne de serveur${code(params)}.`,
  "registrar-silent": (params) =>
    `Le serveur d’enregistrement ${ofTrunk(params)} n’a pas répondu ; ce silence est déduit, personne ne l’a annoncé.`,
  "no-trunk-ready": (params) => `${calls(params["calls"], "n’a trouvé", "n’ont trouvé")} aucune ligne prête.`,
  "invite-refused-by-edge": (params) =>
    `${Of(params)} a refusé des appels${params["route"] === undefined ? "" : ` vers ${route(params)}`} pour une panne qui lui est propre${code(params)}.`,
  "invite-swallowed-by-live-edge": (params) =>
    `${At(params)}, des INVITE sont restés sans réponse alors que le frontal répondait à d’autres requêtes sur la même connexion ; nous en déduisons que les appels se perdent derrière lui.`,
  "call-stalled-after-trying": (params) =>
    `${At(params)}, des appels ont reçu un 100, puis n’ont plus avancé à temps ; nous en déduisons un blocage derrière le frontal.`,
  "route-refused-by-carrier": (params) => `${Of(params)} a dit ne pas pouvoir acheminer les appels vers ${route(params)}${code(params)}.`,
  "call-failed-after-ringing": (params) =>
    `${Of(params)} a annoncé qu’un téléphone sonnait, puis a mis fin à l’appel vers ${route(params)} en raison d’une panne du réseau${code(params)}.`,
  "other-route-well-on-same-trunk": (params) => `${At(params)}, des appels vers ${otherRoute(params)} aboutissaient au même moment.`,
  "all-routes-failed-on-trunk": (params) =>
    `${At(params)}, les appels ont échoué sur toutes les routes essayées ; nous en déduisons une cause commune à la ligne.`,
  "failures-on-one-route-only": (params) =>
    `${At(params)}, tous les appels en échec allaient vers ${route(params)}, alors que d’autres appels allaient ailleurs ; nous en déduisons une cause sur cette route.`,
  "same-route-well-on-other-trunk": (params) => `Des appels vers ${route(params)} aboutissaient par ${otherTrunk(params)} au même moment.`,
  "numbers-unknown-on-route": (params) =>
    `${Of(params)} ne connaissait aucun de ${String(params["numbers"] ?? "plusieurs")} numéros différents vers ${route(params)} (404), ou les disait changés (410).`,
  "refusals-without-reason": (params) =>
    `${Of(params)} a refusé un numéro après l’autre vers ${route(params)}, sans motif qui dise à qui la faute${code(params)}.`,
  "calls-forbidden-on-trunk": (params) =>
    `${Of(params)} a interdit les appels vers ${String(params["numbers"] ?? "plusieurs")} numéros différents, sans que leurs correspondants y soient pour rien${code(params)}.`,
  "calls-forbidden-on-one-route": (params) =>
    `${Of(params)} a interdit les appels vers ${String(params["numbers"] ?? "plusieurs")} numéros différents vers ${route(params)}, sans que leurs correspondants y soient pour rien${code(params)} ; les appels vers d’autres routes aboutissaient.`,
  "call-refused-in-passing": (params) =>
    `Sur ${String(params["calls"] ?? "de nombreux")} appels, ${of(params)} en a refusé un seul${code(params)} ; avant comme après, ceux vers ${route(params)} ont abouti.`,
  "callee-answers-between-starts": (params) =>
    `${Of(params)} a répondu pour ${String(params["numbers"] ?? "plusieurs")} numéros différents vers ${route(params)} que personne n’y prend l’appel${code(params)}, avant toute sonnerie : d’un démarrage du CRM au suivant, et presque jamais entre d’autres.`,
  "callee-answers-contradicted": (params) =>
    `${Of(params)} a dit de ${String(params["numbers"] ?? "plusieurs")} numéros différents de suite vers ${route(params)} qu’ils étaient absents ou refusaient${code(params)}, avant toute sonnerie ; des numéros de cette série ont décroché quelques minutes après par un autre opérateur.`,
  "callees-all-away-on-route": (params) =>
    `${Of(params)} a dit de ${String(params["numbers"] ?? "plusieurs")} numéros différents de suite vers ${route(params)} qu’ils étaient absents${code(params)}, sans en joindre aucun entre-temps.`,
  "calls-unanswered-on-route": (params) =>
    `${String(params["numbers"] ?? "Plusieurs")} clients vers ${route(params)} n’ont pas décroché alors que ${of(params)} disait les faire sonner, et la plupart ont décroché peu après par un autre opérateur ; nous en déduisons que leur téléphone n’a pas sonné.`,
  "same-number-well-on-other-trunk": (params) => `Un numéro inconnu de ${of(params)} a été joint par ${otherTrunk(params)}.`,
  "same-number-well-at-other-time": (params) =>
    `Un numéro inconnu de ${of(params)} a été joint par le même opérateur, à un autre moment ou par une autre ligne.`,
  "call-failed-on-unrelated-carriers": (params) =>
    `${calls(params["calls"], "a échoué", "ont échoué")} sur les lignes d’opérateurs sans lien entre eux.`,
  "no-audio-on-trunk": (params) =>
    `${calls(params["calls"], "était", "étaient")} sans son, ou dans un seul sens, par ${of(params)}, et une relance n’y a rien fait ; la raison est déduite.`,
  "ice-never-connected": (params) =>
    `${calls(params["calls"], "était", "étaient")} sans son par ${of(params)} car aucun paquet UDP n’est jamais passé : le réseau les bloque peut-être.`,
  "dtls-never-completed": (params) =>
    `Pour ${someCalls(params["calls"])} par ${of(params)}, le son était joignable, mais son chiffrement (DTLS) n’a jamais été négocié ; de quel côté, le journal ne le montre pas.`,
  "media-relay-silent": (params) => `Le relais média ${ofTrunk(params)} avait répondu, puis n’a plus répondu.`,
  "connected-without-audio": (params) => `Le relais média ${ofTrunk(params)} était connecté et répondait, sans envoyer de son.`,
  "audio-poor-on-trunk": (params) => `Le son était mauvais dans ${someCalls(params["calls"])} par ${of(params)}.`,
  "uplink-poor-on-trunk": (params) =>
    `${Of(params)} recevait mal l’agent dans ${someCalls(params["calls"])}, d’après ses propres rapports.`,
  "edge-well-without-audio": (params) => `Le frontal ${ofTrunk(params)} répondait alors qu’il n’y avait pas de son.`,
  "audio-well-on-other-trunk": (params) => `Les appels par ${otherTrunk(params)} avaient un bon son à peu près au même moment.`,
  "no-audio-on-unrelated-trunks": () => "Des appels par des opérateurs sans lien entre eux étaient sans son à peu près au même moment.",
  "audio-poor-on-unrelated-trunks": () =>
    "Des appels par des opérateurs sans lien entre eux avaient un mauvais son à peu près au même moment.",
  "ice-never-connected-on-unrelated-trunks": () =>
    "Aucun paquet UDP n’est passé vers des opérateurs sans lien entre eux : le réseau de l’agent les bloque.",
  "dtls-never-completed-on-unrelated-trunks": () =>
    "Le chiffrement du son n’a été négocié avec aucun opérateur, alors que les paquets passaient vers tous.",
  "uplink-poor-on-unrelated-trunks": () => "Des opérateurs sans lien entre eux recevaient mal l’agent à peu près au même moment.",
  "audio-well-on-same-trunk": (params) => `D’autres appels par ${of(params)} avaient un bon son à peu près au même moment.`,
  "audio-mended-by-restart": (params) => `${At(params)}, une relance ICE a ramené le son perdu : l’ancien chemin n’existait plus.`,
  "audio-lost-again-and-again-on-trunk": (params) =>
    `${At(params)}, le son s’est arrêté dans ${someCalls(params["calls"])}, puis est revenu avec une relance ICE ; chez aucun autre opérateur.`,
  "media-relay-moved": (params) => `${At(params)}, le son est revenu d’un autre port du même relais : il a été redémarré.`,
  "agent-address-changed": () => "Le son est revenu d’une autre adresse du poste de l’agent : celui-ci avait changé de réseau.",
  "microphone-muted-by-system": (params) =>
    `Le système ou le casque avait coupé le microphone pendant toute la durée de ${someCalls(params["calls"])}.`,
  "microphone-silent": (params) =>
    `Aucun son n’est sorti du poste de l’agent dans ${someCalls(params["calls"])}, alors que le microphone n’était pas coupé dans le navigateur.`,
  "microphone-unplugged": (params) => `Un microphone a été débranché pendant ${someCalls(params["calls"])}.`,
  "talks-cut-at-one-length": (params) =>
    `${Of(params)} a mis fin à des communications toujours à la même durée${params["seconds"] ? ` (${params["seconds"]} s)` : ""}, alors que chez un autre opérateur elles duraient plus longtemps.`,
  "talks-ended-by-network": (params) =>
    `Le réseau ${ofTrunk(params)} a mis fin de lui-même à des communications${code(params)}, alors que chez un autre opérateur les interlocuteurs y mettaient fin.`,
  "holds-refused-on-trunk": (params) =>
    `${Of(params)} a refusé des mises en garde${code(params)}, alors qu’un autre opérateur les acceptait.`,
  "call-forgotten-by-edge": (params) => `${Of(params)} ne connaissait plus un appel décroché une fois la connexion revenue (SIP 481).`,
  "credentials-refused": (params) => `${Of(params)} a refusé le compte${code(params)}.`,
  "nonce-stale-again-and-again": (params) =>
    `${Of(params)} a jugé les identifiants bons et les a pourtant redemandés, chaque fois avec un nouveau nonce${code(params)} : ses serveurs ne partagent pas ce qu’ils demandent.`,
  "registered-account-refused": (params) =>
    `${Of(params)} a refusé le compte${code(params)}, alors que son serveur d’enregistrement acceptait le même utilisateur et le même mot de passe avant et entre ces refus.`,
  "other-realm-refused": (params) =>
    `${Of(params)} a refusé le compte pour les appels${code(params)}, dans un autre domaine d’authentification (realm) que celui de son serveur d’enregistrement.`,
  "account-accepted-before": (params) => `${Of(params)} avait accepté le même compte plus tôt dans cette session.`,
  "credentials-not-to-be-had": (params) => `Le CRM n’a pas donné d’identifiants utilisables pour ${of(params)}.`,
  "digest-not-known": (params) => `${Of(params)} demande le mot de passe d’une manière que ce softphone ne connaît pas.`,
  "call-refused-as-malformed": (params) => `${Of(params)} a refusé des appels comme mal formés${code(params)}.`,
  "call-refused-as-misconfigured": (params) => `${Of(params)} a refusé des appels avec un code qui vise les paramètres${code(params)}.`,
  "callees-refuse-anonymous-caller": (params) =>
    `Les correspondants de ${String(params["numbers"] ?? "plusieurs")} numéros de suite, appelés par ${of(params)}, ont refusé un appel anonyme (433).`,
  "broken-after-change-of-settings": (params) =>
    isOfTalks(params)
      ? talks(params, "s’entendaient jusqu’à ce que le CRM change les réglages de la ligne, et plus ensuite")
      : `Les appels vers ${route(params)} par ${of(params)} aboutissaient jusqu’à ce que le CRM change les réglages de cette ligne, et plus une seule fois après.`,
  "broken-after-one-change": (params) =>
    isOfTalks(params)
      ? talks(params, "s’entendaient jusqu’à ce que le CRM change les réglages de la ligne, et plus ensuite ; rien n’a été rétabli depuis")
      : `Les appels vers ${route(params)} par ${of(params)} aboutissaient jusqu’à ce que le CRM change l’écriture des numéros sur cette ligne, et plus ensuite ; rien n’a été rétabli depuis.`,
  "well-after-change-of-settings": (params) =>
    isOfTalks(params)
      ? talks(params, "ne s’entendaient pas jusqu’à ce que le CRM change les réglages de la ligne, et s’entendaient ensuite")
      : `Les appels vers ${route(params)} par ${of(params)} échouaient jusqu’à ce que le CRM change les réglages de cette ligne, et aboutissaient après.`,
  "same-settings-worked-before": (params) => `Les mêmes paramètres ont fait aboutir d’autres appels par ${of(params)}.`,
  "microphone-not-to-be-had": ({ error }) => `Le microphone n’a pas pu être ouvert${byName(error)}.`,
  "page-may-not-use-microphone": ({ error }) =>
    `La page n’a pas le droit d’utiliser le microphone : elle n’est pas servie en HTTPS, ou son cadre ne le permet pas${byName(error)}.`,
  "page-forbids-socket": (params) =>
    `La politique de sécurité de la page elle-même (Content-Security-Policy) interdit la connexion au frontal ${ofTrunk(params)} : rien n’est sorti du navigateur.`,
  "playback-blocked": ({ calls }) =>
    `Le navigateur n’a pas laissé la page ${calls === undefined ? "émettre de son" : `faire entendre le correspondant dans ${someCalls(calls)}`} : personne n’y avait encore cliqué.`,
  "webrtc-missing": () => "La page ne dispose pas de WebRTC : le navigateur en est dépourvu, ou une règle l’a désactivé.",
  "audio-output-not-to-be-had": ({ error }) => `Le navigateur n’a pas pu émettre de son${byName(error)}.`,
  "ice-servers-unreachable": ({ error }) => `Aucun serveur STUN ou TURN n’a pu être joint${byName(error)}.`,
  "ice-servers-not-to-be-had": ({ error }) =>
    `Le CRM n’a pas donné de liste utilisable de serveurs STUN et TURN : il n’y avait pas de relais par où passer${byName(error)}.`,
  "clock-skewed": () => "L’horloge du poste de l’agent est fausse.",
  "token-too-old": () => "Le CRM a démarré le softphone avec un jeton expiré.",
  "callee-refused": (params) =>
    `${calls(params["calls"], "a reçu", "ont reçu")} une réponse du côté du correspondant : occupé, absent, refus, ligne en dérangement, ou numéro non attribué.`,
};

export const nextTests: Catalogue["nextTests"] = {
  "call-same-number-over-other-trunk": (params) =>
    `Appelez le même numéro par ${elsewhere(params)}. Si l’appel aboutit, ni le numéro ni le correspondant ne sont en cause.`,
  "call-other-route-over-same-trunk": (params) =>
    `Appelez un autre type de destination par ${of(params)}. Si l’appel aboutit, c’est la route qui est en cause et non toute la ligne.`,
  "listen-over-other-trunk": (params) =>
    `Appelez par ${elsewhere(params)} et écoutez. Si les deux côtés s’entendent, le réseau et le casque de l’agent fonctionnent.`,
  "ask-crm-endpoint": () => "Interrogez le serveur du CRM pendant que la ligne est en panne. S’il répond, le réseau local fonctionne.",
  "reinitialise-crm": () =>
    "Relancez le démarrage du CRM. Si les appels aboutissent alors que les lignes restent telles quelles, c’est le démarrage qui était en cause.",
  "ask-other-carrier": () => "Observez la ligne d’un autre opérateur au même moment. Si elle répond, le réseau local fonctionne.",
};
