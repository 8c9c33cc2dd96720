/** The findings in French. */
import type { Words } from "./en.ts";

export const fr: Words = {
  "secure-context SecurityError": [
    "La page n’est pas servie en https, et aucun navigateur ne donne le micro à une telle page.",
    "Servez la page en https.",
  ],
  "microphone-policy SecurityError": [
    "La page ne peut pas utiliser le micro : son cadre n’en a pas la permission, ou un de ses en-têtes l’interdit.",
    'Demandez à l’administrateur du CRM de mettre allow="microphone" sur le cadre, et microphone dans l’en-tête Permissions-Policy.',
  ],
  "microphone NotAllowedError": [
    "Le micro est bloqué pour cette page.",
    "Autorisez le micro dans les réglages du site du navigateur, et dans ceux du système.",
  ],
  "microphone NotFoundError": ["Aucun micro n’est branché.", "Branchez un casque, puis vérifiez à nouveau."],
  "microphone NotReadableError": ["Un autre programme occupe le micro.", "Fermez le programme qui l’utilise, puis vérifiez à nouveau."],
  "microphone AbortError": ["Le navigateur n’a pas pu utiliser le micro.", "Débranchez-le et rebranchez-le, puis vérifiez à nouveau."],
  "microphone TimeoutError": ["La question du navigateur sur le micro est restée sans réponse.", "Répondez-y, puis vérifiez à nouveau."],
  MutedMicrophone: ["Le micro est coupé par le système ou par le casque.", "Rétablissez-le à cet endroit."],
  SilentMicrophone: [
    "Le micro ne donne aucun son.",
    "Cherchez un bouton de coupure, choisissez le bon micro, et dites un mot pendant la vérification.",
  ],
  "audio-output NotFoundError": ["Le poste n’a rien pour écouter.", "Branchez un casque ou un haut-parleur."],
  SpeakerMissing: ["Le haut-parleur choisi n’est pas branché ; celui du système est utilisé.", "Branchez-le, ou choisissez-en un autre."],
  "autoplay NotAllowedError": [
    "Le navigateur ne joue aucun son avant un clic dans la page.",
    "Cliquez dans la page, puis vérifiez à nouveau.",
  ],
  "webrtc NotSupportedError": [
    "Le navigateur n’a pas WebRTC, ou une règle l’a désactivé.",
    "Utilisez un navigateur récent ; s’il l’est, demandez à l’administrateur du CRM de faire autoriser WebRTC.",
  ],
  NotSupportedError: ["Il manque au navigateur ce qu’il faut pour cela.", "Utilisez un navigateur récent."],
  "ice-servers TypeError": [
    "Le CRM n’a pas donné de liste de serveurs STUN et TURN.",
    "Demandez à l’administrateur du CRM de réparer ce qui la donne.",
  ],
  "ice-servers TimeoutError": [
    "Le CRM n’a pas donné à temps ses serveurs STUN et TURN.",
    "Demandez à l’administrateur du CRM de réparer ce qui les donne.",
  ],
  "turn NetworkError": [
    "Aucun serveur TURN n’a donné de relais : là où le réseau l’exige, les appels seront sans son.",
    "Demandez au service informatique de laisser passer le serveur TURN, en UDP et en TCP ; faites vérifier son adresse.",
  ],
  "turn UnauthorizedError": [
    "Le serveur TURN a refusé le nom et le mot de passe.",
    "Demandez à l’administrateur du CRM des identifiants valables.",
  ],
  "stun NetworkError": [
    "Aucun serveur STUN n’a répondu.",
    "Demandez au service informatique de laisser passer l’UDP vers le serveur STUN ; faites vérifier son adresse.",
  ],
  OnlyRelay: [
    "Aucun serveur STUN n’a répondu, mais le relais oui : le son prend un chemin plus long.",
    "Demandez au service informatique de laisser sortir l’UDP.",
  ],
  AnswerUnknown: [
    "Aucune adresse externe trouvée, et ce navigateur ne dit pas pourquoi : pas de NAT, ou pas de réponse du serveur STUN.",
    "Rien, si les appels ont du son ; sinon, vérifiez à nouveau dans Chrome ou Edge.",
  ],
  NotConfigured: ["Il n’y a pas de serveur de ce genre.", "Rien, si c’est voulu."],
  "token ExpiredError": ["Le jeton avait expiré avant le démarrage de la ligne.", "Reconnectez-vous."],
  "control TimeoutError": ["Le serveur du CRM n’a pas répondu à temps.", "Réessayez ; puis demandez à l’assistance du CRM."],
  "control TypeError": [
    "Le serveur du CRM ne peut pas être joint.",
    "Vérifiez la connexion à Internet ; puis demandez à l’assistance du CRM.",
  ],
  "socket TimeoutError": [
    "Le serveur de l’opérateur ne peut pas être joint.",
    "Vérifiez la connexion à Internet ; demandez au service informatique si WebSocket passe, et à l’opérateur si le serveur marche.",
  ],
  "socket SecurityError": [
    "La Content-Security-Policy de la page interdit la connexion.",
    "Demandez à l’administrateur du CRM d’ajouter l’hôte de la ligne à connect-src.",
  ],
  "registration TimeoutError": [
    "Le serveur d’enregistrement de l’opérateur n’a pas enregistré le compte.",
    "Vérifiez le nom et le mot de passe du compte ; puis demandez à l’opérateur.",
  ],
  StandbyTrunk: ["La ligne se repose : elle est en secours à froid.", "Rien : elle s’enregistre quand il le faut."],
  "options TimeoutError": [
    "Le serveur de l’opérateur est connecté, et ne répond à rien.",
    "Vérifiez à nouveau ; puis demandez à l’opérateur.",
  ],
  SlowRoundTrip: [
    "Le serveur de l’opérateur met longtemps à répondre : on se coupera la parole.",
    "Prenez un câble au lieu du Wi-Fi ou d’un VPN ; demandez au service informatique.",
  ],
  ClockSkewError: ["L’horloge du poste est fausse de plus d’une minute.", "Réglez-la sur l’heure du réseau."],
  CallFailedError: ["L’appel d’écho n’a pas abouti.", "Vérifiez le numéro ; puis demandez à l’opérateur."],
  "echo TimeoutError": [
    "L’appel d’écho n’a pas eu de réponse à temps, ou aucune ligne n’était prête.",
    "Vérifiez le numéro ; puis demandez à l’opérateur.",
  ],
  NoAudioError: [
    "L’appel d’écho a eu une réponse, mais pas de son.",
    "Demandez au service informatique si l’UDP passe ; puis demandez à l’opérateur.",
  ],
  PoorAudio: [
    "Le son de l’appel d’écho était mauvais.",
    "Prenez un câble au lieu du Wi-Fi ou d’un VPN ; demandez au service informatique.",
  ],
  SilentEcho: [
    "Des paquets sont revenus de l’appel d’écho, mais sans aucun son.",
    "Dites un mot pendant la vérification ; vérifiez le numéro.",
  ],
  AudioNotMeasured: ["L’appel d’écho a eu une réponse ; son son n’a pas pu être mesuré.", "Appelez le numéro à la main, et écoutez."],
  AgentBusy: ["Il y avait un autre appel.", "Vérifiez à nouveau quand il n’y en a plus."],
  BlockedError: ["Une autre vérification doit d’abord réussir.", "Réparez ce que nomment les autres vérifications."],
  AbortError: ["La vérification a été abandonnée.", "Vérifiez à nouveau."],
  TimeoutError: ["Cela n’a pas fini à temps.", "Vérifiez à nouveau."],
  SecurityError: ["Le navigateur ou la page l’interdit.", "Demandez à l’administrateur du CRM."],
  otherwise: [
    "Cela a échoué pour une raison qui n’est pas connue ici.",
    "Vérifiez à nouveau ; puis demandez à l’assistance du CRM, avec le code.",
  ],
};
