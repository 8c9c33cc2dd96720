/** What agents, carriers and the public read. Each knows only what is his. */
import type { Catalogue } from "../../language.ts";
import { atStart, audioFigures, moment, period, plural } from "./figures.ts";

const to = (route: string | undefined) => (route === undefined ? "le même type de destination" : `les destinations de type « ${route} »`);

export const agent: Catalogue["agent"] = {
  nothing: "Aucune panne de votre ligne n’est consignée.",
  where: {
    "crm-init": "Votre CRM n’a pas démarré complètement ; votre ordinateur et le réseau téléphonique fonctionnent normalement.",
    "crm-config": "Un paramètre de votre compte téléphonique doit être corrigé ; vous n’y êtes pour rien.",
    "agent-device": "Quelque chose sur votre ordinateur ou votre casque empêche les appels de fonctionner.",
    "local-network": "Le réseau de votre bureau ou son accès Internet est perturbé.",
    "carrier-signalling": "Un opérateur téléphonique est perturbé ; votre ordinateur et le CRM fonctionnent normalement.",
    "carrier-routing": "Un opérateur téléphonique n’achemine pas certains appels ; votre ordinateur et le CRM fonctionnent normalement.",
    "carrier-media": "Le son est perturbé sur la ligne d’un opérateur ; votre ordinateur et le CRM fonctionnent normalement.",
    "remote-party": "Les personnes appelées n’ont pas pu être jointes ; votre ligne va bien.",
    unknown: "Certains de vos appels ont eu des problèmes ; on ne sait pas encore pourquoi.",
  },
  whereOver: {
    "crm-init": "Votre CRM n’avait pas démarré complètement ; votre ordinateur et le réseau téléphonique fonctionnaient normalement.",
    "crm-config": "Un paramètre de votre compte téléphonique était à corriger ; vous n’y étiez pour rien.",
    "agent-device": "Quelque chose sur votre ordinateur ou votre casque a empêché les appels de fonctionner.",
    "local-network": "Le réseau de votre bureau ou son accès Internet était perturbé.",
    "carrier-signalling": "Un opérateur téléphonique était perturbé ; votre ordinateur et le CRM fonctionnaient normalement.",
    "carrier-routing":
      "Un opérateur téléphonique n’acheminait pas certains appels ; votre ordinateur et le CRM fonctionnaient normalement.",
    "carrier-media": "Le son était perturbé sur la ligne d’un opérateur ; votre ordinateur et le CRM fonctionnaient normalement.",
    "remote-party": "Les personnes appelées n’ont pas pu être jointes ; votre ligne va bien.",
    unknown: "Certains de vos appels ont eu des problèmes ; on ne sait pas pourquoi.",
  },
  several: "Plusieurs choses sont en panne à la fois ; vous n’y êtes pour rien.",
  severalOver: "Plusieurs choses étaient en panne à la fois ; vous n’y étiez pour rien.",
  calleesBeside: "Par ailleurs, certaines des personnes appelées étaient seulement occupées ou absentes, ou ont refusé.",
  meanwhile:
    "Continuez à travailler : les appels passent par une autre ligne partout où il y en a une qui fonctionne. Si l’on vous propose de rappeler, vous pouvez accepter.",
  standstill:
    "Aucun appel ne passe pour le moment, et recomposer le numéro n’y change rien. Si un appel ne peut pas attendre, utilisez un autre téléphone.",
  over: "C’est terminé ; continuez à travailler.",
  tell: ({ from, to }) =>
    `Dites à votre responsable d’équipe : « problèmes de téléphonie ${to === undefined ? `depuis le ${moment(from)}` : period(from, to)} ».`,
  noRestart: "Inutile de redémarrer quoi que ce soit.",
  ifItStays: "Si cela ne suffit pas, prévenez votre responsable d’équipe.",
};

export const ticket: Catalogue["ticket"] = {
  title: "Ticket d’incident",
  nothing: "Aucune ligne n’est consignée.",
  subject: ({ host, failed, attempts, impaired, dropped, amiss, unregistered, lost }) =>
    [
      failed > 0 ? `${plural(failed, "tentative")} d’appel sur ${attempts} vers ${host} en échec` : undefined,
      failed + impaired + dropped + amiss + unregistered + lost === 0 ? `aucun échec sur ${host} dans notre journal` : undefined,
      impaired > 0 ? `${plural(impaired, "appel")} via ${host} avec un mauvais son` : undefined,
      dropped > 0 ? `${plural(dropped, "appel")} venant de ${host} ${dropped < 2 ? "perdu" : "perdus"} avec la connexion` : undefined,
      amiss > 0 ? `${plural(amiss, "appel")} via ${host} qui ${amiss < 2 ? "s’est mal passé" : "se sont mal passés"}` : undefined,
      unregistered > 0 ? `${plural(unregistered, "enregistrement")} en échec sur ${host}` : undefined,
      lost > 0 ? `${plural(lost, "connexion")} à ${host} ${lost < 2 ? "perdue ou non établie" : "perdues ou non établies"}` : undefined,
    ]
      .filter((part) => part !== undefined)
      .join(" ; "),
  concluded:
    "D’après notre journal, la cause est de votre côté ; les vérifications ci-dessous disent pourquoi nous le pensons. Merci de tracer ce qui est listé ici.",
  elsewhere: "D’après notre journal, la cause n’est pas de votre côté : vous n’avez rien à faire. Ces éléments ne servent qu’à comparer.",
  open: "Notre journal ne montre pas où est la cause. Merci de comparer ce qui est listé ici à votre trace.",
  example: "Exemple",
  summary: "Résumé",
  account: "Opérateur et compte",
  firstSeen: "Première occurrence (UTC)",
  lastSeen: "Dernière occurrence (UTC)",
  stillOn: "Toujours en cours",
  yes: "oui",
  no: (until) => `non, depuis ${until}`,
  unended: (until) => `oui, à la fin de notre journal, le ${until}`,
  direction: "Sens",
  outgoing: "de nous vers vous (appels sortants)",
  incoming: "de vous vers nous (appels entrants)",
  scope: "Étendue",
  ofRoute: ({ route, attempts, answered, ner }) =>
    `${route} : ${plural(attempts, "tentative")}, ${plural(answered, "décrochée")}, NER ${ner}`,
  answers: "Comment elles se sont terminées",
  said: { peer: "votre équipement", inferred: "déduit par nous" },
  registration: "Enregistrement",
  registrations: ({ confirmed, failed }) => `${plural(confirmed, "confirmé")}, ${plural(failed, "échoué")}`,
  audio: "Son au plus mauvais",
  audioFigures,
  connectionsLost: "Connexions perdues ou non établies",
  andMore: (count) => (count < 2 ? `et ${count} autre` : `et ${count} autres`),
  impaired: "décroché, avec un mauvais son",
  caller: "Appelant",
  called: "Appelé",
  noAnswer: "aucun",
  tested: "Déjà vérifié",
  tests: {
    "other-carrier-well-meanwhile": () => "Au même moment, le frontal d’un autre opérateur répondait, depuis le même endroit.",
    "same-route-well-on-other-trunk": (route) => `Des appels vers ${to(route)} passaient par un autre chemin au même moment.`,
    "same-number-well-on-other-trunk": () => "Un numéro que vous ne connaissiez pas, ou disiez changé, a été joint par un autre opérateur.",
    "other-route-well-on-same-trunk": () => "D’autres destinations étaient jointes par le même compte au même moment.",
    "invite-swallowed-by-live-edge": () =>
      "Votre frontal répondait aux OPTIONS sur la même connexion tandis que l’INVITE restait sans réponse.",
    "call-stalled-after-trying": () => "Votre frontal a répondu 100, et rien n’a suivi à temps.",
    "edge-well-without-audio": () => "Votre frontal répondait alors qu’aucun son ne venait.",
    "audio-well-on-other-trunk": () => "Les appels par un autre opérateur avaient un bon son à peu près au même moment.",
    "audio-well-on-same-trunk": () => "D’autres appels par le même compte avaient un bon son à peu près au même moment.",
    "same-settings-worked-before": () => "Le même compte a acheminé le même type d’appel à un autre moment.",
    "account-accepted-before": () => "Votre serveur d’enregistrement avait déjà accepté le même compte.",
    "control-well-while-trunk-failed": () => "Le reste du trafic Internet du même endroit passait bien au même moment.",
    "connected-without-audio": () => "Votre relais média était connecté, répondait aux vérifications, et n’envoyait pas de RTP.",
    "media-relay-silent": () => "Votre relais média avait répondu aux vérifications, puis n’a plus répondu.",
    "audio-lost-again-and-again-on-trunk": () =>
      "Le son de plusieurs conversations s’est arrêté et n’est revenu qu’après notre re-INVITE de relance ICE ; chez d’autres opérateurs, aucun.",
    "media-relay-moved": () => "Le son est revenu d’un autre port du même relais média.",
    "calls-unanswered-on-route": (route) =>
      `Vous annonciez la sonnerie vers ${to(route)}, personne ne décrochait, et la plupart ont décroché peu après par un autre chemin ; nous en déduisons que leur téléphone n’a pas sonné.`,
    "callee-answers-contradicted": (route) =>
      `Vers ${to(route)}, vous avez dit absents, ou refusant l’appel, plusieurs numéros de suite sans qu’aucun téléphone sonne ; au moins deux ont décroché quelques minutes après par un autre opérateur.`,
    "callees-all-away-on-route": (route) =>
      `Vers ${to(route)}, vous avez dit absent un numéro après l’autre (480 sans cause, ou cause 18), sans qu’aucun téléphone sonne entre-temps.`,
    "numbers-unknown-on-route": (route) =>
      `Vous ne connaissiez aucun de plusieurs numéros différents vers ${to(route)} (404), ou les disiez changés (410).`,
    "talks-cut-at-one-length": () =>
      "Vous avez mis fin à des communications toujours à la même durée ; par un autre opérateur, elles duraient plus longtemps.",
    "talks-ended-by-network": () =>
      "Vos BYE disaient qu’un réseau, et non une personne, mettait fin aux communications ; chez un autre opérateur, les interlocuteurs y mettaient fin.",
    "holds-refused-on-trunk": () => "Vous avez refusé des re-INVITE de mise en garde ; un autre opérateur les acceptait.",
  },
  others: "Autres tentatives",
  note: "Toutes les heures sont en UTC. « Déduit par nous » signifie que personne n’a répondu et que notre propre délai s’est écoulé. Les numéros sont montrés autant que nous en avons le droit ; pour en savoir plus, demandez avec le Call-ID.",
};

export const statement: Catalogue["statement"] = {
  title: "Communiqué sur le service téléphonique",
  nothing: "Aucune perturbation n’est consignée.",
  partly: ({ from, to: end }) =>
    end === undefined
      ? `Depuis le ${moment(from)}, une partie de notre service téléphonique est en panne.`
      : `${atStart(period(from, end))}, une partie de notre service téléphonique a été en panne.`,
  since: ({ from, to: end }) =>
    end === undefined
      ? `Depuis le ${moment(from)}, les appels téléphoniques de certains de nos utilisateurs sont perturbés.`
      : `${atStart(period(from, end))}, les appels téléphoniques de certains de nos utilisateurs ont été perturbés.`,
  callsFailed: "Certains appels n’ont pas abouti, ou ont été coupés.",
  noneAffected: "Aucun appel en échec n’est connu.",
  callsImpaired: "Certaines conversations ont été perturbées.",
  callsMoved: "Certains appels ont pris un autre chemin.",
  goesOn: "La perturbation continue.",
  unended: (at) => `La perturbation n’était pas terminée le ${moment(at)}, quand notre journal s’arrête.`,
  isOver: (at) => `Le service est revenu à la normale le ${moment(at)}.`,
  cause: "Nous ne donnons pas de cause avant qu’elle soit établie.",
};
