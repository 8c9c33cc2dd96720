/** Why each kind of evidence says what it says. Apart from the weights, since a softphone in use needs the figures only. */
import type { EvidenceCode } from "./weights.ts";

export const evidenceGrounds: Readonly<Record<EvidenceCode, string>> = {
  "critical-stage-failed": "A step without which the CRM does not work ended in an error of its own.",
  "critical-stage-hung": "A hang stops the agent as a failure does, and the CRM itself may not notice it.",
  "calls-refused-for-boot": "These calls never left the agent: no carrier had a part in them.",
  "called-without-trunks":
    "The CRM had set no trunk, none yet, or none any more: nobody outside was asked. Its settings, or the start-up that should have fetched them.",
  "called-before-start": "The CRM let the agent dial before it had started the line.",
  "trunks-well-while-boot-broken": "The edges answered at the very time at which the CRM could not start.",
  "well-after-reinitialisation": "What was changed just before a recovery is suspect, when trunks were up throughout.",
  "well-as-reinitialised":
    "That the CRM was started before it was well may be a coincidence: the carrier had named the cause, or it broke with no start and nobody tried again for long.",
  "well-after-one-start":
    "It works since a start of the CRM: one coincidence in time, on the only carrier, with nothing to hold it against, for no control was asked, or the edge had taken the calls with 100. It says no more than that they had not worked before.",
  "well-after-untried-start":
    "It works since a start of the CRM, but for most of the time that it did not nobody had tried: it may have come back before that start.",
  "well-without-reinitialisation": "It came back with no start of the CRM: the CRM had come up with all that it takes.",
  "failing-after-reinitialisation": "A fresh start of the CRM changed nothing.",
  "boot-complete-before-failure": "The start-up was over before anything failed; it may still have come up with wrong settings.",
  "boot-complete-despite-failure": "The start-up came through while the fault went on.",
  "failed-before-boot-complete": "What fails while the CRM is still coming up may fail because of it.",
  "broken-by-start": "It had worked under one start of the CRM, and has not once since the next.",
  "broken-after-one-start":
    "It had worked until one start of the CRM, and has not since: one coincidence in time, on the only carrier, with no other to hold it against.",
  "edge-lost-with-start":
    "The CRM began anew and had closed what stood; from then on no socket of its reached an edge that had answered until that moment. What the page may reach, or where it looks, had changed with it.",
  "edge-back-with-start": "An edge that one start of the CRM had lost was reached by another, at its first try, and at no time between.",
  "worked-since-initialisation": "The CRM had come up with all that such a call takes: what broke, broke later.",
  "never-worked-since-initialisation": "A start-up that came through in part fails from the first call on; a carrier seldom waits for it.",
  "stage-failed-with-calls":
    "A step that the CRM can do without failed in each start under which such calls never worked, and in no other.",
  "crm-said-it-failed": "The CRM's own report of an error of its own, outside its start-up: a call log, a screen pop.",
  "number-from-crm-unusable": "Nobody typed it: the number stands like this in the CRM's data, or the CRM spoilt it on the way.",
  "unrelated-trunks-failed-together":
    "Carriers that have nothing to do with one another seldom fail in the same seconds; what they share is near the agent.",
  "unrelated-trunks-silent-in-turn":
    "Carriers that share nothing did not answer, now the one and now the other, whatever was dialled: a network near the agent that is slow or loses packets looks like this, and so does one that drops what is large.",
  "another-socket-denied":
    "A new socket to an edge whose older one lived on did not open either: what is shared by new connections is near the agent, as a proxy is.",
  "shared-host-refused-calls":
    "Trunks of carriers that have nothing else to do with one another lead to one host, and it refused the calls of both: the site's own border controller.",
  "control-failed-with-trunks": "What is not SIP was out of reach at the same moment, and no trunk was left.",
  "stage-failed-with-trunks":
    "A step of the CRM's got no answer while no edge could be reached either: the network between is what they share.",
  "control-failed-with-stage":
    "What is not SIP was out of reach as the start-up hung or failed, and no trunk had been tried: one control may be the CRM's own server, two share the network alone.",
  "new-connections-failed":
    "Two servers that share nothing but the agent's network took no new connection, while an old one lived: a name server that died looks like this.",
  "control-failed-alone": "The CRM's own server failed while an edge could be reached.",
  "control-well-while-trunk-failed": "The agent's network carried what is not SIP.",
  "control-well-while-all-trunks-failed":
    "HTTP passes and no carrier's socket does: a proxy or a firewall blocks WebSocket or SIP here, or the site's own border controller is down.",
  "other-carrier-well-meanwhile": "Another carrier's edge answered over the same network, from the same device.",
  "other-page-met-it-too": "Another page of this browser, with a start-up of its own, had trouble with the same trunk.",
  "last-page-met-it-too":
    "The page before, with a start-up of its own, had set this route of the trunk aside when it ended, and here it fails from the first call on.",
  "others-not-heard-since":
    "One carrier fell silent, or one route: until another has answered since (an edge anything, a call the INVITE, for what drops large packets lets OPTIONS pass), what they share may be at fault as well. So may a host that refused one and serves others too, none of whom was tried since.",
  "nobody-heard-beside-stage":
    "The step hangs, and since that start of the CRM nothing else was heard of either, though trunks were tried: whether they share it is not known until one has answered.",
  "host-says-offline": "navigator.onLine is a hint: false is mostly right, true means little.",
  "device-slept":
    "The wall clock had run on without us, a timer came far too late, or the browser had frozen the page: sockets die in their sleep.",
  "edge-unreachable": "A browser is not told why a socket does not open or ends as 1006 (RFC 6455 §7.1.5).",
  "edge-never-reached": "Not once since the start, so it was not lost: an address that is wrong looks like this before anything else does.",
  "edge-fell-silent": "Nothing was answered on an open socket: frozen there, or dropped on the way.",
  "edge-answers-late":
    "The edge answered its probes late, and the INVITEs with them: one that is slow, or a network between that is. It swallows no call.",
  "edge-refuses-probes":
    "OPTIONS asks for no destination: the edge that answers it with 500 or 503, and had answered others well, is overloaded or broken itself (RFC 3261 §21.5), whichever calls it lets through.",
  "edge-closed-by-server": "A close frame with 1001 or 1011–1013 is the server's own word that it stops (RFC 6455 §7.4.1).",
  "messages-unreadable": "The edge spoke, and we could not read what it sent: that no answer was heard is no silence of the carrier's.",
  "registrar-failed": "The registrar itself said 5xx.",
  "registrar-failed-after-starts":
    "The registrar had taken us until the third start of the CRM within ten minutes, and failed from its first answer on: each start may leave a contact behind (RFC 3261 §10.2.1) until there are too many, unless it failed by itself.",
  "registrar-silent": "REGISTER got no answer on a socket that stayed open.",
  "no-trunk-ready": "No trunk was there to call with; why, other evidence must say.",
  "invite-swallowed-by-live-edge":
    "OPTIONS was answered on the same socket while the INVITE met silence (RFC 3261 §17.2.1: 100 within 200 ms).",
  "call-stalled-after-trying": "100 came and then nothing: the edge took the call and could not place it.",
  "invite-refused-by-edge":
    "5xx without a cause: a server's fault, of the edge or of what lies behind it (RFC 3261 §16.7 turns 503 into 500).",
  "route-refused-by-carrier":
    "The carrier named a cause that is a route's: no route, no circuit, congestion (ITU-T Q.850, RFC 3398 §8.2.6.1).",
  "call-failed-after-ringing":
    "The network ended, of its own, calls for which a phone had been said to ring. For one number alone that is its owner's exchange as likely; number after number, it is the route that only pretends to ring, and weighs as any other refusal.",
  "numbers-unknown-on-route":
    "404 without a cause, or as unallocated, speaks of one number (ITU-T E.425). That nearly all numbers of a route get it is the route, or a list of numbers that is wrong, or a prefix that is missing.",
  "refusals-without-reason":
    "The answer alone tells nothing of why. That number after number on one route gets it, and no phone rings, is no callee's doing: the route, the edge, or what we ask of it.",
  "calls-forbidden-on-trunk":
    "That a call is forbidden (403 with Q.850 21, or without a cause where its route takes others between), and not by its callee, blames nobody by itself. Number after number, or where another carrier reaches them at once, it is what the account may do, or what the carrier screens.",
  "calls-forbidden-on-one-route":
    "Other routes of the trunk pass, and this one as good as never, or by turns: a right or a limit of the account is seldom for one route alone, and who screens looks at where a call goes.",
  "calls-unanswered-on-route":
    "A ring-back tone proves no telephone. Who does not pick up, and does a moment later when another carrier calls, was not away; several in a row, and none between who picked up on that route, were never rung.",
  "callee-answers-between-starts":
    "Absent, busy or declined is a callee's answer (ITU-T E.425), and no carrier's fault. But callees do not know of the CRM's starts: one start brought it about for many different numbers at once, before any phone rang, another ended it, and so again.",
  "callee-answers-contradicted":
    "Absent or declined is a callee's answer (ITU-T E.425). But several in a row got it from one carrier before any phone rang, and two or more of them picked up when another carrier called within minutes: those were never asked.",
  "call-refused-in-passing":
    "Of at least fifty calls on the trunk one was refused, with no cause that would last, and carried by another; or of so many as twenty-five to one such, far apart, each its own word on what was sent. That route was carried before and after, set as it was. A network that is well does so now and then: no fault of anybody's.",
  "callees-all-away-on-route":
    "480 without a cause is a callee's answer (RFC 3261 §21.4.18, ITU-T E.425), as that nobody responds is (Q.850 18), and of one in four. That seven numbers in a row get it on a route that was reached before, or is by another carrier, and none between is reached, or five while other carriers reach all of twice as many there, is the route, or what its callees share.",
  "other-route-well-on-same-trunk": "The trunk carried other destinations at the time: what failed is this route.",
  "all-routes-failed-on-trunk": "Whatever was tried on this trunk failed: what failed is not one route.",
  "failures-on-one-route-only":
    "This agent calls elsewhere as often: that all which failed went one way is more than chance, though no other way was tried since.",
  "same-route-well-on-other-trunk": "The same destinations were reached another way, by the same CRM, from the same place.",
  "same-number-well-on-other-trunk": "A number that one carrier does not know and another reaches is not void, and was dialled rightly.",
  "same-number-well-at-other-time": "A number that the same carrier reached, before or after or on another trunk of its, was not void.",
  "call-failed-on-unrelated-carriers": "One call failed over carriers that share nothing: look at the number, the settings and the callee.",
  "no-audio-on-trunk": "Answered, and the parties did not hear each other; an ICE restart (RFC 8445 §9) did not help.",
  "ice-never-connected":
    "Answered, and no check of ours was ever answered (RFC 8445 §7): nothing of UDP got through. Firewalls near the agent do that more often than a carrier whose SIP edge lives.",
  "dtls-never-completed":
    "Packets get through, and the handshake does not come to its end (RFC 5763 §5): the relay's fault, ours, or an account that is not set up for WebRTC; the record does not tell which.",
  "media-relay-silent":
    "The relay had been there and answers no check any more (RFC 7675): it died, or the way to it did, while the edge may live.",
  "connected-without-audio":
    "ICE and DTLS were up and the relay there while it sent no RTP: the agent's network carries what the carrier sends.",
  "audio-poor-on-trunk":
    "The E-model (ITU-T G.107) rates it unfit for a conversation: loss, jitter and delay arise on either network, most often on the agent's.",
  "uplink-poor-on-trunk":
    "The peer's own receiver reports (RFC 3550 §6.4) tell of loss on the way to it, where an agent's line is narrowest.",
  "edge-well-without-audio":
    "The edge answered while no audio came: the way to the carrier is open, for SIP at least; a firewall may let that pass alone.",
  "audio-well-on-other-trunk": "Another carrier's calls had good audio over the same network, with the same headset.",
  "no-audio-on-unrelated-trunks":
    "Carriers that share nothing brought no audio: a firewall that lets SIP pass and not UDP is near the agent.",
  "audio-poor-on-unrelated-trunks": "Carriers that share nothing sound badly: what they share is the agent's own line.",
  "ice-never-connected-on-unrelated-trunks": "No carrier's relay was ever reached: a network that blocks UDP is near the agent.",
  "dtls-never-completed-on-unrelated-trunks":
    "Packets got through to carriers that share nothing and no handshake did: what is common is ours, or a firewall that knows DTLS.",
  "uplink-poor-on-unrelated-trunks": "Carriers that share nothing receive the agent badly: what they share is the agent's uplink.",
  "audio-well-on-same-trunk": "Other calls on the trunk had good audio at the time: not all of it fails.",
  "audio-mended-by-restart": "New candidates brought it back: the old path had gone, as when a device changes its network.",
  "audio-lost-again-and-again-on-trunk":
    "A restart brought it back in several talks by that carrier, and others' were spared, by chance once in four times at most.",
  "media-relay-moved":
    "It came back from another port of the same relay, and the agent's address had not changed: the relay was started anew.",
  "agent-address-changed": "It came back from another address of the agent's own: the device had changed its network.",
  "microphone-muted-by-system":
    "From the answer to the end the browser said that neither agent nor page had muted it: the system, or a switch of the headset.",
  "microphone-silent":
    "The browser's own counters: nothing audible came from the microphone, or nothing left over a connection that was well.",
  "microphone-unplugged":
    "The browser ended its track under an answered call (W3C mediacapture-main §4.3): alone no fault, for another microphone follows where there is one.",
  "talks-cut-at-one-length":
    "A carrier's timer ends talks to the second, and people who hang up do not: several customers, no longer talk on that trunk, and longer ones by another carrier meanwhile.",
  "talks-ended-by-network":
    "A BYE may say that a network ended a talk, and no person (RFC 3326: Q.850 from 32 on, 27 of a network on the way, SIP 408 or 5xx). One may be the customer's own network: two customers in a row within half an hour, while another carrier's talks end well, are the carrier's.",
  "holds-refused-on-trunk":
    "A phone may not know how to be held, but not each customer's of one carrier, while those of another are (re-INVITE, RFC 3261 §14).",
  "call-forgotten-by-edge":
    "481 to a re-INVITE (RFC 3261 §12.2.1.2): the edge gave the call up with its socket, which a browser loses easily.",
  "credentials-refused": "The registrar or the edge refused the account itself (401, 403, 404 or 407 after credentials).",
  "nonce-stale-again-and-again":
    "The edge called the credentials right and only their nonce too old (RFC 7616 §3.3), and each new nonce of its own as well: its servers share none.",
  "registered-account-refused":
    "The registrar took the same user, realm and password before they were refused and between: what differs is at the carrier, or what the account may do.",
  "other-realm-refused":
    "Whoever takes the calls asks in another realm than the registrar, and took nothing of ours: an account that is missing there, in the settings or at the carrier.",
  "account-accepted-before": "The same registrar had taken the same credentials in this session: nobody changed them here.",
  "credentials-not-to-be-had":
    "The CRM had no credentials, or no address that holds them, to give: a setting is missing, or its token stage did not work.",
  "digest-not-known":
    "The edge asks for a digest algorithm or protection that is not known here (RFC 8760, RFC 7616): a setting of the account at the carrier.",
  "call-refused-as-malformed":
    "The answer speaks of the request as such (400, 405, 406, 413 to 416, 420, 421): what the CRM put into it does not read, there at least.",
  "call-refused-as-misconfigured":
    "The answer speaks of the caller's side: number format, codecs, rights (484, 488, Q.850 28, 50, 57, 65 …).",
  "callees-refuse-anonymous-caller":
    "Each of several callees in a row takes no anonymous calls (433, RFC 5079 §5), and none was reached between: what they share is who calls, whom our settings do not name.",
  "broken-after-change-of-settings": "They had worked until the CRM set the trunk otherwise, and not from then on. Once, it may be chance.",
  "broken-after-one-change":
    "They had worked until the CRM set the trunk otherwise, and not from then on; nothing was set back yet, and other routes were not met. It may be chance, and so may be that it was the carrier: what is well elsewhere tells nothing between the two.",
  "well-after-change-of-settings":
    "They failed until the CRM set the trunk anew, and came back by themselves at no time. What the carrier says of its own resources is never laid on a change.",
  "same-settings-worked-before":
    "The same account carried the same kind of call a while ago; or, where one call alone was refused, after it.",
  "microphone-not-to-be-had": "The browser's own exception; no INVITE left.",
  "page-may-not-use-microphone":
    'No secure context, or a frame without `allow="microphone"` (W3C Permissions Policy): the page was embedded wrongly, and no agent can allow it.',
  "page-forbids-socket":
    "`securitypolicyviolation` for `connect-src` (CSP Level 3): the browser let nothing out, so neither network nor carrier can have met it.",
  "playback-blocked":
    "`NotAllowedError` of `play()` (HTML §4.8.11.8): this browser plays nothing before its user has clicked into the page, which mends it at once, whatever the carrier. A page that asks for the click before the first call would have prevented it.",
  "webrtc-missing":
    "No `RTCPeerConnection`: every browser that is supported has it, so a policy, an extension or a web view that the CRM was put into took it away, and no agent can give it back.",
  "audio-output-not-to-be-had": "No device to hear with, or the browser did not let the page play sound.",
  "ice-servers-unreachable":
    "No candidate came from the STUN or TURN servers: a firewall near the agent most often, else a wrong address in the settings.",
  "ice-servers-not-to-be-had":
    "What gives the STUN and TURN servers failed, or gave what no browser takes: such a call has no relay, and where the network needs one it found no path.",
  "clock-skewed": "The agent's clock is far from the carriers': tokens and certificates may look expired.",
  "token-too-old": "The CRM started the line with a token that had run out.",
  "callee-refused":
    "Busy, absent, declined, out of order by its own word: an answer of the callee's, and proof that the carrier got there (ITU-T E.425, NER).",
};
