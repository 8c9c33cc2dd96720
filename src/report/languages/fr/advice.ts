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
  "mend-stage": (params) => `Cherchez pourquoi ${stage(params)} du démarrage du CRM échoue, puis redémarrez le CRM.`,
  "mend-stage-access": (params) =>
    `Vérifiez pourquoi le serveur du CRM refuse ${stage(params)} (HTTP ${params["status"] ?? "401"}) : la connexion, la licence ou le jeton de cet agent.`,
  "mend-stage-server": (params) =>
    `Consultez le journal du serveur du CRM qui répond HTTP ${params["status"] ?? "5xx"} à ${stage(params)} ; relancer le navigateur de l’agent ne sert à rien avant cela.`,
  "allow-by-policy": (params) =>
    `Autorisez les adresses du softphone dans la Content-Security-Policy de la page (connect-src wss://…, worker-src) : c’est le navigateur lui-même qui a interdit ${stage(params)}.`,
  "find-hang": (params) =>
    `Cherchez ce qu’attend ${stage(params)} du démarrage du CRM, et donnez-lui un délai maximal ; redémarrer le CRM peut dépanner en attendant.`,
  "start-before-calling": () => "Faites démarrer le softphone par le CRM avant que celui-ci ne propose à l’agent d’appeler.",
  "renew-token": () =>
    "Faites prendre au CRM un jeton neuf avant qu’il ne démarre le softphone ; en attendant, l’agent peut se reconnecter.",
  "give-credentials": (params) => `Cherchez pourquoi le CRM n’a ni nom d’utilisateur ni mot de passe à donner pour ${of(params)}.`,
  "read-crm-error": ({ what }) =>
    `Examinez l’erreur propre au CRM${what === undefined || what === "" ? "" : ` « ${what} »`} : elle ne vient pas de la téléphonie.`,
  "mend-crm-endpoint": () => "Examinez le serveur du CRM : il était en panne alors que les frontaux des opérateurs répondaient.",
  "compare-start-ups": () =>
    "Comparez ce que le CRM a chargé au démarrage d’avant la panne et à celui d’après : la différence est ce qui manquait.",
  "take-back-contacts": (params) =>
    `Faites fermer le softphone par le CRM avant chaque redémarrage, pour qu’il retire son contact ; et demandez combien de contacts le compte ${ofTrunk(params)} peut avoir, et combien y figurent.`,
  "check-password": (params) =>
    `Vérifiez le nom d’utilisateur et le mot de passe du compte ${ofTrunk(params)}${reason(params)} : le serveur d’enregistrement les refuse.`,
  "check-account-name": (params) =>
    `Vérifiez le nom et le domaine du compte ${ofTrunk(params)} : le serveur d’enregistrement ne les connaît pas${reason(params)}.`,
  "change-digest": (params) =>
    `Demandez une authentification digest en MD5 ou SHA-256 pour le compte ${ofTrunk(params)} ; il en exige une autre.`,
  "check-number-format": () =>
    "Vérifiez comment les numéros sont écrits avant d’être composés : indicatif du pays, zéros en tête, préfixe de sortie.",
  "mend-number": () => "Corrigez le numéro dans la fiche du CRM, ou la règle par laquelle le CRM transmet les numéros.",
  "check-codecs": (params) =>
    `Vérifiez quels codecs le compte ${ofTrunk(params)} autorise${reason(params)} : un navigateur propose Opus, PCMA et PCMU.`,
  "ask-for-right": (params) =>
    `Demandez si le compte ${ofTrunk(params)} a le droit d’appeler ${route(params)} : le service a été refusé${reason(params)}.`,
  "check-account-limits": (params) =>
    `Demandez ce que le compte ${ofTrunk(params)} permet${reason(params)} : combien d’appels à la fois, vers où, avec quel numéro d’appelant ; et si quelqu’un d’autre s’en sert.`,
  "check-call-settings": (params) =>
    `Vérifiez les paramètres du compte ${ofTrunk(params)} : numéro présenté, format des numéros, destinations permises${reason(params)}.`,
  "give-trunks": () =>
    "Cherchez pourquoi le CRM n’a donné aucune ligne au softphone : ses réglages n’en contenaient pas, ou son démarrage ou une synchronisation les a retirées.",
  "check-address": (params) =>
    `Vérifiez l’adresse du serveur ${ofTrunk(params)} dans les paramètres (${hosts(params)}), et que la Content-Security-Policy de la page la permet : il n’a pas ${params["reached"] ? "pu être joint" : "été joint une seule fois"}.`,
  "check-ice-servers": () => "Vérifiez les adresses et les identifiants des serveurs STUN et TURN dans les paramètres.",
  "check-webrtc-account": (params) => `Vérifiez que WebRTC (DTLS-SRTP) est activé pour le compte ${ofTrunk(params)}.`,
  "allow-microphone-in-page": () => 'Servez la page en HTTPS, et intégrez le softphone avec allow="microphone".',
  "allow-socket-in-page": (params) =>
    `Ajoutez le frontal ${ofTrunk(params)} (wss://…) à connect-src dans la Content-Security-Policy de la page qui contient le softphone.`,
  "click-to-hear": () => "Cliquez une fois dans la page ; le softphone devrait demander ce clic avant le premier appel (resumeAudio).",
  "allow-microphone": () => "Cliquez sur le cadenas à côté de l’adresse de la page, autorisez le microphone, puis rechargez la page.",
  "connect-microphone": () => "Branchez le casque, ou choisissez un microphone dans les réglages de son du système.",
  "free-microphone": () => "Fermez les autres programmes qui utilisent le microphone, ou débranchez puis rebranchez le casque.",
  "choose-microphone": () => "Choisissez un autre microphone dans le softphone : celui qui y est réglé a disparu.",
  unmute: () => "Réactivez le microphone : l’interrupteur du casque, ou les réglages de son du système.",
  "check-headset": () =>
    "Faites un enregistrement d’essai avec le casque, hors du navigateur ; s’il est muet, changez de casque ou de prise.",
  "change-browser": () =>
    "Donnez WebRTC à la page du CRM : ouvrez-la dans une version récente de Chrome, Edge ou Firefox, non dans une vue Web qui en est dépourvue, et levez la règle ou l’extension qui le désactive.",
  "choose-output": () => "Choisissez un haut-parleur ou un casque dans les réglages de son du système, et cliquez une fois dans la page.",
  "keep-awake": () => "Empêchez le poste de se mettre en veille tant que la ligne est utilisée.",
  "set-clock": () => "Réglez l’horloge du poste sur l’heure du réseau.",
  "check-internet": (params) =>
    `Vérifiez l’accès Internet, le DNS et le proxy de ce poste, depuis le même ordinateur : peut-il joindre ${hosts(params)} ?`,
  "open-websocket": (params) =>
    `Laissez passer le WebSocket sur TLS (TCP 443, ou le port indiqué) vers ${hosts(params)} à travers pare-feu et proxy, sans inspection et sans fermer les connexions inactives.`,
  "open-udp": () =>
    "Laissez passer l’UDP vers les adresses STUN, TURN et média des opérateurs à travers le pare-feu, et les réponses en retour.",
  "look-at-border-controller": (params) =>
    `Consultez le journal du contrôleur de session (SBC) du site : il a refusé les appels des lignes de plusieurs opérateurs${reason(params)}.`,
  "check-uplink": () =>
    "Mesurez le débit montant de ce poste pendant des appels, par câble plutôt qu’en Wi-Fi ; donnez à la voix la priorité sur le reste.",
  "steady-network": () => "Cherchez pourquoi le poste a changé de réseau pendant un appel : itinérance Wi-Fi, VPN, seconde interface.",
  "look-at-edge": (params) => `Examinez ce qui s’est passé ${toHosts(params)} aux heures indiquées.`,
  "look-at-registrar": (params) => `Examinez le serveur d’enregistrement${reason(params)} aux heures indiquées.`,
  "look-at-refusals": (params) => `Tracez les Call-ID indiqués et dites pourquoi le frontal les a refusés${reason(params)}.`,
  "look-at-timers": () =>
    `Cherchez quel temporisateur coupe à cette durée (session, crédit, durée maximale), et tracez les Call-ID indiqués.`,
  "look-at-ends": (params) => `Tracez les Call-ID indiqués et dites pourquoi le réseau a mis fin à ces communications${reason(params)}.`,
  "look-at-dialogs": () =>
    "Vérifiez si le frontal termine les appels quand leur WebSocket est perdu ; le navigateur revient en quelques secondes.",
  "look-behind-edge": () => "Tracez les Call-ID indiqués derrière le frontal ; il est actif et ne transmet pas les INVITE.",
  "look-at-route": (params) => `Tracez les Call-ID indiqués, et examinez la route vers ${route(params)}${reason(params)}.`,
  "look-at-relay": () => "Examinez le relais média qui a servi les Call-ID indiqués.",
  "look-at-media": () => "Capturez le RTP des Call-ID indiqués des deux côtés du relais média.",
  "look-at-media-quality": () => "Comparez pertes et gigue des deux côtés du relais média pour les Call-ID indiqués.",
  "check-callee": () => "Rien à réparer : réessayez plus tard, ou vérifiez le numéro.",
  "keep-watching": () => "Conservez ce rapport. Si cela se reproduit, ne redémarrez rien avant que le rapport suivant soit établi.",
};

export const sends: Catalogue["sends"] = {
  "crm-vendor": () => "Envoyez ce rapport au support de l’éditeur du CRM.",
  "crm-administrator": () => "Remettez ce rapport à l’administrateur du CRM.",
  agent: () => "Prévenez le responsable d’équipe ; pour le poste de l’agent, rien n’est à envoyer.",
  "local-it": () => "Remettez ce rapport au service informatique : heures et adresses y figurent.",
  carrier: (carrier) => `Envoyez à ${carrier ?? "l’opérateur"} le ticket tiré de ce rapport ; ce qui est interne n’y figure pas.`,
  nobody: () => "Ne mettez personne en cause sur la seule foi de ce rapport : le journal ne montre pas à qui est la faute.",
};

export const withoutTicket: Catalogue["withoutTicket"] = {
  "crm-vendor": "L’opérateur n’a besoin de rien.",
  "crm-administrator": "N’ouvrez pas encore de ticket chez l’opérateur.",
  "local-it": "N’ouvrez pas de ticket chez l’opérateur.",
};
