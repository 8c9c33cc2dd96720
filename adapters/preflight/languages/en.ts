/** The findings in English. */
export const en = {
  "secure-context SecurityError": [
    "The page is not served by https, and no browser gives such a page a microphone.",
    "Serve the page by https.",
  ],
  "microphone-policy SecurityError": [
    "The page may not use the microphone: it is in a frame without that permission, or a header of its own forbids it.",
    'Ask the CRM\'s administrator to put allow="microphone" on the frame, and microphone into the Permissions-Policy header.',
  ],
  "microphone NotAllowedError": [
    "The microphone is blocked for this page.",
    "Allow the microphone in the browser's site settings, and in the system's.",
  ],
  "microphone NotFoundError": ["No microphone is connected.", "Connect a headset, then check again."],
  "microphone NotReadableError": ["Another program holds the microphone.", "Close the other program that uses it, then check again."],
  "microphone AbortError": ["The browser could not use the microphone.", "Unplug it and plug it in again, then check again."],
  "microphone TimeoutError": ["The browser's question for the microphone was not answered.", "Answer it, then check again."],
  MutedMicrophone: ["The microphone is muted by the system or by the headset.", "Unmute it there."],
  SilentMicrophone: [
    "The microphone gives no sound at all.",
    "Look for a mute switch, choose the right microphone, and say a word while it is checked.",
  ],
  "audio-output NotFoundError": ["The device has nothing to hear with.", "Connect a headset or a loudspeaker."],
  SpeakerMissing: ["The chosen speaker is not connected; the system's own is used.", "Connect it, or choose another."],
  "autoplay NotAllowedError": [
    "The browser plays no sound before there was a click into the page.",
    "Click into the page, then check again.",
  ],
  "webrtc NotSupportedError": [
    "The browser has no WebRTC, or a policy turned it off.",
    "Use a current browser; in one, ask the CRM's administrator to have WebRTC allowed.",
  ],
  NotSupportedError: ["The browser lacks what this needs.", "Use a current browser."],
  "ice-servers TypeError": ["The CRM gave no list of STUN and TURN servers.", "Ask the CRM's administrator to mend what gives it."],
  "ice-servers TimeoutError": [
    "The CRM did not give its STUN and TURN servers in time.",
    "Ask the CRM's administrator to mend what gives them.",
  ],
  "turn NetworkError": [
    "No TURN server gave a relay: where the network needs one, calls will have no audio.",
    "Ask the local IT to let the TURN server through, by UDP and TCP; have its address checked.",
  ],
  "turn UnauthorizedError": ["The TURN server refused name and password.", "Ask the CRM's administrator for credentials that hold."],
  "stun NetworkError": ["No STUN server answered.", "Ask the local IT to let UDP to the STUN server through; have its address checked."],
  OnlyRelay: ["No STUN server answered, but the relay did: audio takes a longer way.", "Ask the local IT to let UDP out."],
  AnswerUnknown: [
    "No outside address was found, and this browser does not say why: there may be no NAT, or no STUN server that answers.",
    "Nothing, if calls have audio; else check again in Chrome or Edge.",
  ],
  NotConfigured: ["There is no server of that kind.", "Nothing, if that is meant."],
  "token ExpiredError": ["The token had run out before the line was started.", "Sign in again."],
  "control TimeoutError": ["The CRM's own server did not answer in time.", "Try again; then ask the CRM's support."],
  "control TypeError": ["The CRM's own server cannot be reached.", "Look at the internet connection; then ask the CRM's support."],
  "socket TimeoutError": [
    "The carrier's server cannot be reached.",
    "Look at the internet connection; ask the local IT whether WebSocket is let through, and the carrier whether the server is up.",
  ],
  "socket SecurityError": [
    "The page's Content-Security-Policy forbids the connection.",
    "Ask the CRM's administrator to add the trunk's host to its connect-src.",
  ],
  "registration TimeoutError": [
    "The carrier's registrar did not register the account.",
    "Check the account's name and password; then ask the carrier.",
  ],
  StandbyTrunk: ["The trunk rests: it is a cold standby.", "Nothing: it registers when it is needed."],
  "options TimeoutError": ["The carrier's server is connected, and answers nothing.", "Check again; then ask the carrier."],
  SlowRoundTrip: [
    "The carrier's server takes long to answer: people will talk at the same time.",
    "Use a cable in place of Wi-Fi or a VPN; ask the local IT.",
  ],
  ClockSkewError: ["The device's clock is wrong by more than a minute.", "Set it by the network's time."],
  CallFailedError: ["The echo call was not connected.", "Check the number; then ask the carrier."],
  "echo TimeoutError": ["The echo call was not answered in time, or no trunk was ready for it.", "Check the number; then ask the carrier."],
  NoAudioError: [
    "The echo call was answered, and there was no audio.",
    "Ask the local IT whether UDP is let through; then ask the carrier.",
  ],
  PoorAudio: ["The echo call's audio was poor.", "Use a cable in place of Wi-Fi or a VPN; ask the local IT."],
  SilentEcho: ["Audio came back from the echo call, but no sound in it.", "Say a word while it is checked; check the number."],
  AudioNotMeasured: ["The echo call was answered; its audio could not be measured.", "Call the number by hand, and listen."],
  AgentBusy: ["There was another call.", "Check again when there is none."],
  BlockedError: ["Another check must pass first.", "Mend what the other checks name."],
  AbortError: ["The check was given up.", "Check again."],
  TimeoutError: ["It did not end in time.", "Check again."],
  SecurityError: ["The browser or the page forbids it.", "Ask the CRM's administrator."],
  otherwise: ["It failed for a reason that is not known here.", "Check again; then ask the CRM's support, with the code."],
} as const;

/** Cause and remedy, a sentence or two each, by `check code`; by `code` alone where they are the same for several checks. */
export type Words = Readonly<Record<keyof typeof en, readonly [cause: string, remedy: string]>>;
