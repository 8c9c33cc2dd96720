/** States and ends, in the words of tables and of the picture. */
import type { Catalogue } from "../../language.ts";

export const outcomeClasses: Catalogue["outcomeClasses"] = {
  answered: "décroché",
  carrier: "côté opérateur",
  callee: "côté correspondant",
  caller: "paramètres refusés",
  network: "réseau intermédiaire",
  ambiguous: "ambigu",
  local: "terminé ici",
};

export const failoverReasons: Catalogue["failoverReasons"] = {
  "not-connected": "pas de connexion à la ligne",
  "flow-lost": "connexion perdue",
  silence: "pas de réponse à temps",
  stalled: "plus rien après le 100",
  answer: "refus dont le code permet une autre ligne",
  redial: "l’agent a choisi de rappeler",
};

export const refusals: Catalogue["refusals"] = {
  "not-started": "le softphone n’avait pas été démarré",
  closed: "le softphone était fermé",
  "boot-incomplete": "le CRM n’avait pas fini de démarrer",
  "trunks-missing": "le CRM n’avait donné aucune ligne",
  "no-trunk": "aucune ligne n’était prête",
  "bad-number": "le numéro n’était pas composable",
  "bad-options": "le CRM a donné des options inutilisables",
  "media-failed": "le microphone n’a pas pu être ouvert",
};

export const callEnds: Catalogue["callEnds"] = {
  "hung-up-here": "raccroché par l’agent",
  "hung-up-there": "raccroché par le correspondant",
  "answered-elsewhere": "pris par quelqu’un d’autre",
  transferred: "transféré par l’agent",
  "callee-refused": "décliné par le correspondant",
  failed: "aucune ligne n’a pu l’acheminer",
  "flow-lost": "connexion perdue",
};
export const flowStates: Catalogue["flowStates"] = {
  closed: "fermée",
  connecting: "en cours d’établissement",
  open: "ouverte",
  doubted: "douteuse",
  waiting: "perdue, en attente de reconnexion",
};
export const registrationStates: Catalogue["registrationStates"] = {
  none: "non enregistrée",
  registering: "enregistrement en cours",
  registered: "enregistrée",
  refreshing: "enregistrée, en renouvellement",
  refused: "échec",
};
export const breakerStates: Catalogue["breakerStates"] = { closed: "en service", open: "mise à l’écart", probing: "à l’essai" };
