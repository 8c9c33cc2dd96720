/** What to do now, and what to send to whom: short, concrete, and only what the record bears out. */
import type { Catalogue, Params } from "../../language.ts";
import { q850Cause, sipCode } from "../../codes.ts";
import { codes } from "./codes.ts";
import { of, ofTrunk, route } from "./evidence.ts";

const stage = ({ stage: name }: Params) => (name === undefined || name === "" ? "l’étape en échec" : `l’étape « ${name} »`);
const hosts = ({ hosts: names }: Params) => (names === undefined || names === "" ? "les frontaux des opérateurs" : `${names}`);
const toHosts = ({ hosts: names }: Params) => (names === undefined || names === "" ? "aux frontaux des opérateurs" : `à ${names}`);
const reason = ({ code, cause }: Params) =>
  cause ? ` (cause Q.850 ${q850Cause(cause, codes)})` : code ? ` (SIP ${sipCode(code, codes)})` : "";

export const steps: Catalogue["steps"] = {
  "mend-stage": (params) => `Chercher pourquoi ${stage(params)} du démarrage du CRM échoue, puis redémarrer le CRM.`,
  "mend-stage-access": (params) =>
    `Vérifier pourquoi le serveur du CRM refuse ${stage(params)} (HTTP ${params["status"] ?? "401"}) : la connexion, la licence ou le jeton de cet agent.`,
  "mend-stage-server": (params) =>
    `Consulter le journal du serveur du CRM qui répond HTTP ${params["status"] ?? "5xx"} à ${stage(params)} ; relancer le navigateur de l’agent ne sert à rien avant cela.`,
  "allow-by-policy": (params) =>
    `Autoriser les adresses du softphone dans la Content-Security-Policy de la page (connect-src wss://…, worker-src) : c’est le navigateur lui-même qui a interdit ${stage(params)}.`,
  "find-hang": (params) =>
    `Chercher ce qu’attend ${stage(params)} du démarrage du CRM, et lui donner un délai maximal ; redémarrer le CRM peut dépanner en attendant.`,
  "start-before-calling": () => "Faire démarrer le softphone par le CRM avant que celui-ci ne propose à l’agent d’appeler.",
  "renew-token": () =>
    "Faire prendre au CRM un jeton neuf avant qu’il ne démarre le softphone ; en attendant, l’agent peut se reconnecter.",
  "give-credentials": (params) => `Chercher pourquoi le CRM n’a ni nom d’utilisateur ni mot de passe à donner pour ${of(params)}.`,
  "read-crm-error": ({ what }) =>
    `Examiner l’erreur propre au CRM${what === undefined || what === "" ? "" : ` « ${what} »`} : elle ne vient pas de la téléphonie.`,
  "mend-crm-endpoint": () => "Examiner le serveur du CRM : il était en panne alors que les frontaux des opérateurs répondaient.",
  "compare-start-ups": () =>
    "Comparer ce que le CRM a chargé au démarrage d’avant la panne et à celui d’après : la différence est ce qui manquait.",
  "check-password": (params) =>
    `Vérifier le nom d’utilisateur et le mot de passe du compte ${ofTrunk(params)}${reason(params)} : le serveur d’enregistrement les refuse.`,
  "check-account-name": (params) =>
    `Vérifier le nom et le domaine du compte ${ofTrunk(params)} : le serveur d’enregistrement ne les connaît pas${reason(params)}.`,
  "change-digest": (params) =>
    `Demander une authentification digest en MD5 ou SHA-256 pour le compte ${ofTrunk(params)} ; il en exige une autre.`,
  "check-number-format": () =>
    "Vérifier comment les numéros sont écrits avant d’être composés : indicatif du pays, zéros en tête, préfixe de sortie.",
  "mend-number": () => "Corriger le numéro dans la fiche du CRM, ou la règle par laquelle le CRM transmet les numéros.",
  "check-codecs": (params) =>
    `Vérifier quels codecs le compte ${ofTrunk(params)} autorise${reason(params)} : un navigateur propose Opus, PCMA et PCMU.`,
  "ask-for-right": (params) =>
    `Demander si le compte ${ofTrunk(params)} a le droit d’appeler ${route(params)} : le service a été refusé${reason(params)}.`,
  "check-call-settings": (params) =>
    `Vérifier les paramètres du compte ${ofTrunk(params)} : numéro présenté, format des numéros, destinations permises${reason(params)}.`,
  "check-address": (params) =>
    `Vérifier l’adresse du serveur ${ofTrunk(params)} dans les paramètres (${hosts(params)}), et que la Content-Security-Policy de la page la permet : il n’a pas été joint une seule fois.`,
  "check-ice-servers": () => "Vérifier les adresses et les identifiants des serveurs STUN et TURN dans les paramètres.",
  "check-webrtc-account": (params) => `Vérifier que WebRTC (DTLS-SRTP) est activé pour le compte ${ofTrunk(params)}.`,
  "allow-microphone-in-page": () => 'Servir la page en HTTPS, et intégrer le softphone avec allow="microphone".',
  "allow-socket-in-page": (params) =>
    `Ajouter le frontal ${ofTrunk(params)} (wss://…) à connect-src dans la Content-Security-Policy de la page qui contient le softphone.`,
  "click-to-hear": () => "Cliquer une fois dans la page ; le softphone devrait demander ce clic avant le premier appel (resumeAudio).",
  "allow-microphone": () => "Cliquer sur le cadenas à côté de l’adresse de la page, autoriser le microphone, puis recharger la page.",
  "connect-microphone": () => "Brancher le casque, ou choisir un microphone dans les réglages de son du système.",
  "free-microphone": () => "Fermer les autres programmes qui utilisent le microphone, ou débrancher puis rebrancher le casque.",
  "choose-microphone": () => "Choisir un autre microphone dans le softphone : celui qui y est réglé a disparu.",
  unmute: () => "Réactiver le microphone : l’interrupteur du casque, ou les réglages de son du système.",
  "check-headset": () =>
    "Faire un enregistrement d’essai avec le casque, hors du navigateur ; s’il est muet, changer de casque ou de prise.",
  "change-browser": () =>
    "Utiliser une version récente de Chrome, Edge ou Firefox ; si c’en est déjà une, demander au service informatique si une règle désactive WebRTC.",
  "choose-output": () => "Choisir un haut-parleur ou un casque dans les réglages de son du système, et cliquer une fois dans la page.",
  "keep-awake": () => "Empêcher le poste de se mettre en veille tant que la ligne est utilisée.",
  "set-clock": () => "Régler l’horloge du poste sur l’heure du réseau.",
  "check-internet": (params) =>
    `Vérifier l’accès Internet, le DNS et le proxy de ce poste, depuis le même ordinateur : peut-il joindre ${hosts(params)} ?`,
  "open-websocket": (params) =>
    `Laisser passer le WebSocket sur TLS (TCP 443, ou le port indiqué) vers ${hosts(params)} à travers pare-feu et proxy, sans inspection et sans fermer les connexions inactives.`,
  "open-udp": () =>
    "Laisser passer l’UDP vers les adresses STUN, TURN et média des opérateurs à travers le pare-feu, et les réponses en retour.",
  "look-at-border-controller": (params) =>
    `Consulter le journal du contrôleur de session (SBC) du site : il a refusé les appels des lignes de plusieurs opérateurs${reason(params)}.`,
  "check-uplink": () =>
    "Mesurer le débit montant de ce poste pendant des appels, par câble plutôt qu’en Wi-Fi ; donner à la voix la priorité sur le reste.",
  "steady-network": () => "Chercher pourquoi le poste a changé de réseau pendant un appel : itinérance Wi-Fi, VPN, seconde interface.",
  "look-at-edge": (params) => `Examiner ce qui s’est passé ${toHosts(params)} aux heures indiquées.`,
  "look-at-registrar": (params) => `Examiner le serveur d’enregistrement${reason(params)} aux heures indiquées.`,
  "look-at-refusals": (params) => `Tracer les Call-ID indiqués et dire pourquoi le frontal les a refusés${reason(params)}.`,
  "look-at-dialogs": () =>
    "Vérifier si le frontal termine les appels quand leur WebSocket est perdu ; le navigateur revient en quelques secondes.",
  "look-behind-edge": () => "Tracer les Call-ID indiqués derrière le frontal ; il est actif et ne transmet pas les INVITE.",
  "look-at-route": (params) => `Tracer les Call-ID indiqués, et examiner la route vers ${route(params)}${reason(params)}.`,
  "look-at-relay": () => "Examiner le relais média qui a servi les Call-ID indiqués.",
  "look-at-media": () => "Capturer le RTP des Call-ID indiqués des deux côtés du relais média.",
  "look-at-media-quality": () => "Comparer pertes et gigue des deux côtés du relais média pour les Call-ID indiqués.",
  "check-callee": () => "Rien à réparer : réessayer plus tard, ou vérifier le numéro.",
  "keep-watching": () => "Conserver ce rapport. Si cela se reproduit, ne rien redémarrer avant que le rapport suivant soit établi.",
};

export const sends: Catalogue["sends"] = {
  "crm-vendor": () => "Envoyer ce rapport au support de l’éditeur du CRM. L’opérateur n’a besoin de rien.",
  "crm-administrator": () => "Remettre ce rapport à l’administrateur du CRM. Ne pas encore ouvrir de ticket chez l’opérateur.",
  agent: () => "Rien à envoyer ; que le responsable d’équipe soit au courant.",
  "local-it": () =>
    "Remettre ce rapport au service informatique : heures et adresses y figurent. Ne pas ouvrir de ticket chez l’opérateur.",
  carrier: (carrier) => `Envoyer à ${carrier ?? "l’opérateur"} le ticket tiré de ce rapport ; ce qui est interne n’y figure pas.`,
  nobody: () => "Ne mettre personne en cause sur la seule foi de ce rapport : le journal ne montre pas à qui est la faute.",
};
