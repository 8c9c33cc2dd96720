/** What to do now, and what to send to whom: short, concrete, and only what the record bears out. */
import type { Catalogue, Params } from "../../language.ts";
import { of, route } from "./evidence.ts";
import { q850Cause, sipCode } from "../../codes.ts";
import { codes } from "./codes.ts";

const stage = ({ stage: name }: Params) => (name === undefined || name === "" ? "the stage that failed" : `the stage “${name}”`);
const hosts = ({ hosts: names }: Params) => (names === undefined || names === "" ? "the carriers’ edges" : `${names}`);
const reason = ({ code, cause }: Params) =>
  cause ? ` (Q.850 cause ${q850Cause(cause, codes)})` : code ? ` (SIP ${sipCode(code, codes)})` : "";

export const steps: Catalogue["steps"] = {
  "mend-stage": (params) => `Find out why ${stage(params)} of the CRM’s start-up fails, then start the CRM again.`,
  "mend-stage-access": (params) =>
    `Check why the CRM’s server turns ${stage(params)} away (HTTP ${params["status"] ?? "401"}): the sign-in, the licence or the token of this agent.`,
  "mend-stage-server": (params) =>
    `Look into the log of the CRM’s server that answers ${stage(params)} with HTTP ${params["status"] ?? "5xx"}; restarting the agent’s browser does not help before that.`,
  "allow-by-policy": (params) =>
    `Allow the softphone’s addresses in the page’s Content-Security-Policy (connect-src wss://…, worker-src): the browser itself forbade ${stage(params)}.`,
  "find-hang": (params) =>
    `Find out what ${stage(params)} of the CRM’s start-up waits for, and give it a timeout; starting the CRM again may help for now.`,
  "start-before-calling": () => "Let the CRM start the line before it offers the agent to dial.",
  "renew-token": () => "Let the CRM fetch a fresh token before it starts the line; the agent can sign in again for now.",
  "give-credentials": (params) => `See why the CRM has no user name and password to give for ${of(params)}.`,
  "read-crm-error": ({ what }) =>
    `Look into the CRM’s own error${what === undefined || what === "" ? "" : ` “${what}”`}: it is not of the line.`,
  "mend-crm-endpoint": () => "Look at the CRM’s own server: it failed while the carriers’ edges answered.",
  "compare-start-ups": () =>
    "Compare what the CRM loaded in the start-up before the fault and in the one after it: the difference is what was missing.",
  "take-back-contacts": (params) =>
    `Let the CRM close the line before it starts it anew, so that it takes its contact back; and ask how many contacts the account at ${of(params)} may have, and how many stand there.`,
  "check-password": (params) =>
    `Check user name and password of the account at ${of(params)}${reason(params)}: the registrar refuses them.`,
  "check-account-name": (params) =>
    `Check the account’s name and domain at ${of(params)}: its registrar does not know them${reason(params)}.`,
  "change-digest": (params) => `Ask for MD5 or SHA-256 digest authentication on the account at ${of(params)}; it asks for another kind.`,
  "check-number-format": () =>
    "Check how numbers are written before they are dialled: country code, leading zeros, prefix for an outside line.",
  "mend-number": () => "Correct the number in the CRM’s record, or the rule by which the CRM hands numbers over.",
  "check-codecs": (params) =>
    `Check which codecs the account at ${of(params)} allows${reason(params)}: a browser offers Opus, PCMA and PCMU.`,
  "ask-for-right": (params) =>
    `Ask whether the account at ${of(params)} may call ${route(params)}: the service was refused${reason(params)}.`,
  "check-account-limits": (params) =>
    `Ask what the account at ${of(params)} may do${reason(params)}: how many calls at once, to where, with which caller’s number; and whether anybody else uses it.`,
  "check-call-settings": (params) =>
    `Check the account’s settings for ${of(params)}: caller’s number, number format, permitted destinations${reason(params)}.`,
  "give-trunks": () =>
    "Find out why the CRM gave the softphone no trunk: its settings had none, or its start-up or a synchronisation took them away.",
  "check-address": (params) =>
    `Check the server address of ${of(params)} in the settings (${hosts(params)}), and that the page’s Content-Security-Policy allows it: it ${params["reached"] ? "could not be reached" : "was not reached once"}.`,
  "check-ice-servers": () => "Check addresses and credentials of the STUN and TURN servers in the settings.",
  "check-webrtc-account": (params) => `Check that WebRTC (DTLS-SRTP) is switched on for the account at ${of(params)}.`,
  "allow-microphone-in-page": () => 'Serve the page by HTTPS, and embed the softphone with allow="microphone".',
  "allow-socket-in-page": (params) =>
    `Add the edge of ${of(params)} (wss://…) to connect-src in the Content-Security-Policy of the page that holds the softphone.`,
  "click-to-hear": () => "Click once into the page; the softphone should ask for that click before the first call (resumeAudio).",
  "allow-microphone": () => "Click the padlock beside the page’s address, allow the microphone, and load the page again.",
  "connect-microphone": () => "Plug in the headset, or choose a microphone in the system’s sound settings.",
  "free-microphone": () => "Close the other programs that use the microphone, or unplug the headset and plug it in again.",
  "choose-microphone": () => "Choose another microphone in the softphone: the one that is set there is gone.",
  unmute: () => "Take the mute off: the switch of the headset, or the system’s sound settings.",
  "check-headset": () => "Make a test recording with the headset, outside the browser; if it is silent, change headset or socket.",
  "change-browser": () =>
    "Give WebRTC to the CRM’s page: open it in a current Chrome, Edge or Firefox, not in a web view without it, and lift the policy or the extension that turns it off.",
  "choose-output": () => "Choose a loudspeaker or headset in the system’s sound settings, and click once into the page.",
  "keep-awake": () => "Keep the device from sleeping while the line is in use.",
  "set-clock": () => "Set the device’s clock by network time.",
  "check-internet": (params) =>
    `Check Internet access, DNS and proxy of this workplace, from the same computer: can it reach ${hosts(params)}?`,
  "open-websocket": (params) =>
    `Let WebSocket over TLS (TCP 443, or the port shown) to ${hosts(params)} through firewall and proxy, without inspection and without closing idle connections.`,
  "open-udp": () => "Let UDP to the carriers’ STUN, TURN and media addresses through the firewall, and answers back.",
  "look-at-border-controller": (params) =>
    `Look at the log of the site’s own border controller: it refused the calls of several carriers’ trunks${reason(params)}.`,
  "check-uplink": () =>
    "Measure this workplace’s upload while calls run, by cable rather than Wi-Fi; give voice priority over other traffic.",
  "steady-network": () => "See why the device changed its network during a call: Wi-Fi roaming, a VPN, a second interface.",
  "look-at-edge": (params) => `Look at the edge ${hosts(params)} at the times given.`,
  "look-at-registrar": (params) => `Look at the registrar${reason(params)} at the times given.`,
  "look-at-refusals": (params) => `Trace the Call-IDs given and say what made the edge refuse them${reason(params)}.`,
  "look-at-timers": () =>
    `See which timer ends talks at that length (session timer, credit, maximum duration), and trace the Call-IDs given.`,
  "look-at-ends": (params) => `Trace the Call-IDs given and say why the network ended those talks${reason(params)}.`,
  "look-at-dialogs": () => `See whether the edge ends calls when their WebSocket is lost; the browser comes back within seconds.`,
  "look-behind-edge": () => `Trace the Call-IDs given behind the edge; it is alive and does not pass the INVITEs on.`,
  "look-at-route": (params) => `Trace the Call-IDs given, and look at the route to ${route(params)}${reason(params)}.`,
  "look-at-relay": () => `Look at the media relay that served the Call-IDs given.`,
  "look-at-media": () => `Capture the RTP of the Call-IDs given on both sides of the media relay.`,
  "look-at-media-quality": () => `Compare loss and jitter on both sides of the media relay for the Call-IDs given.`,
  "check-callee": () => "Nothing needs to be mended: try again later, or check the number.",
  "keep-watching": () => "Keep this report. If it happens again, do not restart anything before the next report is made.",
};

export const sends: Catalogue["sends"] = {
  "crm-vendor": () => "Send this report to the support of the CRM’s vendor.",
  "crm-administrator": () => "Give this report to the CRM’s administrator.",
  agent: () => "Tell the agent’s team lead; for the agent’s device nothing needs to be sent.",
  "local-it": () => "Give local IT this report: times and addresses are in it.",
  carrier: (carrier) => `Send the carrier’s ticket made of this report to ${carrier ?? "the carrier"}; it leaves out what is internal.`,
  nobody: () => "Hold nobody to blame on this report alone: the record does not show whose fault it is.",
};

export const withoutTicket: Catalogue["withoutTicket"] = {
  "crm-vendor": "The carrier needs nothing.",
  "crm-administrator": "Open no ticket with the carrier yet.",
  "local-it": "Open no ticket with the carrier.",
};
