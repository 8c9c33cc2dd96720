/** The terms of the trade, for someone who is no engineer. */
import type { Catalogue } from "../../language.ts";

export const terms: Catalogue["terms"] = {
  asr: { forms: ["ASR"], means: "Taux de prise d’appel : la part des tentatives auxquelles quelqu’un a décroché." },
  "call-id": {
    forms: ["Call-ID"],
    means: "Le nom que porte une tentative d’appel sur le réseau ; l’opérateur retrouve sa propre trace grâce à lui.",
  },
  codec: { forms: ["codec", "codecs"], means: "La manière de transformer la parole en données ; il en faut un commun aux deux bouts." },
  csp: {
    forms: ["Content-Security-Policy"],
    means: "La liste, dans la page web, des serveurs auxquels le navigateur a le droit de parler.",
  },
  digest: { forms: ["digest"], means: "La manière de prouver le mot de passe du compte sans l’envoyer." },
  dtls: { forms: ["DTLS", "DTLS-SRTP"], means: "Le chiffrement du son, négocié avant que le premier mot ne passe." },
  edge: { forms: ["frontal", "frontaux", "Frontal"], means: "Le serveur de l’opérateur auquel le softphone est connecté." },
  failover: { forms: ["bascule", "bascules"], means: "Le passage à une autre ligne quand l’une est en panne, dans le même appel." },
  "from-tag": { forms: ["Tag From"], means: "Un second nom de la tentative d’appel, à côté de son Call-ID." },
  ice: { forms: ["ICE"], means: "La manière dont deux bouts cherchent un chemin par où leur son peut passer." },
  invite: { forms: ["INVITE"], means: "Le message qui demande d’établir un appel." },
  isa: { forms: ["ISA"], means: "Tentatives inefficaces : la part qui s’est terminée par une erreur de serveur ou un délai dépassé." },
  jitter: { forms: ["gigue"], means: "L’irrégularité d’arrivée des paquets du son ; trop forte, elle hache la parole." },
  mos: { forms: ["MOS"], means: "Note d’écoute : de 1 (mauvais) à 4,5 (le mieux qu’un téléphone puisse donner)." },
  ner: {
    forms: ["NER"],
    means: "Taux d’efficacité du réseau : la part des tentatives amenées jusqu’au téléphone appelé, décroché ou non.",
  },
  options: { forms: ["OPTIONS"], means: "Un message qui demande seulement si l’autre côté est là." },
  pdd: {
    forms: ["PDD"],
    means: "Délai après numérotation : de l’INVITE jusqu’à la sonnerie, ou jusqu’au décroché si rien n’a sonné avant.",
  },
  percentile: { forms: ["p50", "p95"], means: "p50 est la valeur du milieu, p95 celle que 95 sur 100 ne dépassent pas." },
  q850: { forms: ["Q.850"], means: "La liste, propre au réseau téléphonique, des raisons de fin d’appel (UIT-T Q.850)." },
  register: { forms: ["REGISTER"], means: "Le message par lequel le softphone s’annonce à l’opérateur." },
  registrar: {
    forms: ["serveur d’enregistrement"],
    means: "Le serveur de l’opérateur qui vérifie le compte et note où le joindre.",
  },
  relay: { forms: ["relais média", "relais"], means: "Le serveur de l’opérateur qui fait passer le son." },
  "retry-after": {
    forms: ["Retry-After"],
    means: "Le nombre de secondes pendant lesquelles l’autre côté demande à ne plus être sollicité.",
  },
  route: { forms: ["route", "routes", "Route"], means: "Une catégorie de destination, comme les mobiles ou l’international." },
  rrd: { forms: ["RRD"], means: "Délai d’enregistrement : le temps qu’il faut pour s’annoncer à l’opérateur." },
  rtp: { forms: ["RTP"], means: "Les paquets qui portent le son." },
  seer: { forms: ["SEER"], means: "Taux d’établissement efficace des sessions : l’équivalent du NER pour SIP." },
  sip: { forms: ["SIP"], means: "La langue dans laquelle téléphones et opérateurs établissent les appels." },
  srd: { forms: ["SRD"], means: "Délai de demande de session : de l’INVITE à la première réponse qui dit quelque chose." },
  stun: { forms: ["STUN", "TURN"], means: "Des serveurs qui aident le son à traverser les pare-feu." },
  trunk: {
    forms: ["ligne", "lignes", "Ligne", "Lignes"],
    means: "Un compte chez un opérateur, par lequel passent les appels (trunk SIP).",
  },
  udp: { forms: ["UDP"], means: "Le type de paquets dans lesquels voyage le son ; certains pare-feu les arrêtent." },
  websocket: { forms: ["WebSocket"], means: "La connexion entre le navigateur et le frontal de l’opérateur." },
};
