/** What agents, carriers and the public read. Each knows only what is his. */
import type { Catalogue } from "../../language.ts";
import { atStart, audioFigures, moment, period, plural } from "./figures.ts";

const on = (route: string | undefined) => (route === undefined ? "the same kind of destination" : `destinations of the kind “${route}”`);

export const agent: Catalogue["agent"] = {
  nothing: "No fault of your line is on record.",
  where: {
    "crm-init": "Your CRM did not start completely; your computer and the telephone network are fine.",
    "crm-config": "A setting of your telephone account needs to be put right; it is nothing that you did.",
    "agent-device": "Something on your computer or headset keeps calls from working.",
    "local-network": "Your office’s network or Internet access is disturbed.",
    "carrier-signalling": "A telephone carrier is disturbed; your computer and the CRM are fine.",
    "carrier-routing": "A telephone carrier cannot place some calls; your computer and the CRM are fine.",
    "carrier-media": "The sound on a telephone carrier’s line is disturbed; your computer and the CRM are fine.",
    "remote-party": "The people called could not be reached; your line is well.",
    unknown: "Some of your calls had trouble; why is not known yet.",
  },
  whereOver: {
    "crm-init": "Your CRM had not started completely; your computer and the telephone network were fine.",
    "crm-config": "A setting of your telephone account was wrong; it was nothing that you did.",
    "agent-device": "Something on your computer or headset kept calls from working.",
    "local-network": "Your office’s network or Internet access was disturbed.",
    "carrier-signalling": "A telephone carrier was disturbed; your computer and the CRM were fine.",
    "carrier-routing": "A telephone carrier could not place some calls; your computer and the CRM were fine.",
    "carrier-media": "The sound on a telephone carrier’s line was disturbed; your computer and the CRM were fine.",
    "remote-party": "The people called could not be reached; your line is well.",
    unknown: "Some of your calls had trouble; why is not known.",
  },
  several: "More than one thing is out of order at once; it is nothing that you did.",
  severalOver: "More than one thing was out of order at once; it was nothing that you did.",
  calleesBeside: "Apart from that, some of the people called were only busy or away, or declined.",
  meanwhile: "Go on working: calls go over another line wherever one works. If you are asked whether to dial again, you may.",
  standstill: "No call gets through at the moment, and dialling again does not change that. If a call cannot wait, use another telephone.",
  over: "It is over; go on working.",
  tell: ({ from, to }) =>
    `Tell your team lead: “trouble with the telephone ${to === undefined ? `since ${moment(from)}` : period(from, to)}”.`,
  noRestart: "There is no need to restart anything.",
  ifItStays: "If it does not help, tell your team lead.",
};

export const ticket: Catalogue["ticket"] = {
  title: "Trouble ticket",
  nothing: "There is no trunk on record.",
  subject: ({ host, failed, attempts, impaired, dropped, amiss, unregistered, lost }) =>
    [
      failed > 0 ? `${failed} of ${plural(attempts, "call attempt")} at ${host} failed` : undefined,
      failed + impaired + dropped + amiss + unregistered + lost === 0 ? `no failure at ${host} on our record` : undefined,
      impaired > 0 ? `${plural(impaired, "call")} over ${host} with bad audio` : undefined,
      dropped > 0 ? `${plural(dropped, "call")} from ${host} lost with the connection` : undefined,
      amiss > 0 ? `${plural(amiss, "call")} over ${host} that went wrong` : undefined,
      unregistered > 0 ? `${plural(unregistered, "registration")} at ${host} failed` : undefined,
      lost > 0 ? `${plural(lost, "connection")} to ${host} lost or not made` : undefined,
    ]
      .filter((part) => part !== undefined)
      .join("; "),
  concluded: "By our record the cause lies on your side; the tests below are why we think so. Please trace what is listed here.",
  elsewhere: "By our record the cause does not lie on your side: there is nothing for you to do. This is listed for comparison only.",
  open: "Our record does not show where the cause lies. Please compare what is listed here with your trace.",
  example: "Example",
  summary: "Summary",
  account: "Carrier and account",
  firstSeen: "First seen (UTC)",
  lastSeen: "Last seen (UTC)",
  stillOn: "Still on?",
  yes: "yes",
  no: (until) => `no, since ${until}`,
  unended: (until) => `yes, when our record ended at ${until}`,
  direction: "Direction",
  outgoing: "from us to you (outgoing calls)",
  incoming: "from you to us (incoming calls)",
  scope: "Scope",
  ofRoute: ({ route, attempts, answered, ner }) => `${route}: ${plural(attempts, "attempt")}, ${answered} answered, NER ${ner}`,
  answers: "How they ended",
  said: { peer: "said by you", inferred: "inferred by us" },
  registration: "Registration",
  registrations: ({ confirmed, failed }) => `${confirmed} confirmed, ${failed} failed`,
  audio: "Audio at its worst",
  audioFigures,
  connectionsLost: "Connections lost or not made",
  andMore: (count) => `and ${count} more`,
  impaired: "answered, with bad audio",
  caller: "Caller",
  called: "Called",
  noAnswer: "none",
  tested: "Tested already",
  tests: {
    "other-carrier-well-meanwhile": () => "At the same moment another carrier’s edge answered, from the same place.",
    "same-route-well-on-other-trunk": (route) => `Calls to ${on(route)} went through another way at the same time.`,
    "same-number-well-on-other-trunk": () => "A number that you did not know, or said had changed, was reached through another carrier.",
    "other-route-well-on-same-trunk": () => "Other destinations were reached over the same account at the same time.",
    "invite-swallowed-by-live-edge": () => "Your edge answered OPTIONS on the same connection while the INVITE met silence.",
    "call-stalled-after-trying": () => "Your edge answered 100, and nothing followed in time.",
    "edge-well-without-audio": () => "Your edge answered while no audio came.",
    "audio-well-on-other-trunk": () => "Calls over another carrier had good audio around the same time.",
    "audio-well-on-same-trunk": () => "Other calls over the same account had good audio around the same time.",
    "same-settings-worked-before": () => "The same account carried the same kind of call at another time.",
    "account-accepted-before": () => "Your registrar had accepted the same account before.",
    "control-well-while-trunk-failed": () => "Other Internet traffic from the same place was well at the same moment.",
    "connected-without-audio": () => "Your media relay was connected and answered checks, and sent no RTP.",
    "media-relay-silent": () => "Your media relay had answered checks, and then answered no longer.",
    "audio-lost-again-and-again-on-trunk": () =>
      "The audio of several talks stopped, and came back once our re-INVITE had restarted ICE; over other carriers none did.",
    "media-relay-moved": () => "The audio came back from another port of the same media relay.",
    "calls-unanswered-on-route": (route) =>
      `Of calls to ${on(route)} you said that the phones rang; nobody picked up, and most did when called soon after by another way. We infer that they never rang.`,
    "callee-answers-contradicted": (route) =>
      `Of calls to ${on(route)} you said of several numbers in a row that nobody is there, or that they declined, before any phone rang; two of that row or more picked up when called minutes later over another carrier.`,
    "callees-all-away-on-route": (route) =>
      `Of calls to ${on(route)} you said of one number after the other that nobody is there (480 without a cause, or cause 18), and no phone rang between.`,
    "numbers-unknown-on-route": (route) =>
      `Of calls to ${on(route)} you knew none of several different numbers (404), or said that they had changed (410).`,
    "talks-cut-at-one-length": () => "You ended calls again and again at the same length; those over another carrier lasted longer.",
    "talks-ended-by-network": () => "Your BYEs said that a network ended calls, and no person; on another carrier people ended them.",
    "holds-refused-on-trunk": () => "You refused re-INVITEs that put calls on hold; another carrier took them.",
  },
  others: "Further attempts",
  note: "All times are UTC. “Inferred by us” means that nobody answered, and that our own timer ran out. Numbers are shown as far as we may; ask with the Call-ID for more.",
};

export const statement: Catalogue["statement"] = {
  title: "Statement on telephone service",
  nothing: "No disturbance is on record.",
  partly: ({ from, to }) =>
    to === undefined
      ? `Since ${moment(from)} a part of our telephone service has been out of order.`
      : `${atStart(period(from, to))} a part of our telephone service was out of order.`,
  since: ({ from, to }) =>
    to === undefined
      ? `Since ${moment(from)} telephone calls of some of our users have been disturbed.`
      : `${atStart(period(from, to))} telephone calls of some of our users were disturbed.`,
  callsFailed: "Some calls could not be placed, or ended early.",
  noneAffected: "No call is known to have failed.",
  callsImpaired: "Some calls were disturbed while people were talking.",
  callsMoved: "Some calls were carried another way.",
  goesOn: "The disturbance goes on.",
  unended: (at) => `The disturbance was not over on ${moment(at)}, when our record ended.`,
  isOver: (at) => `Service has been back to normal since ${moment(at)}.`,
  cause: "We name no cause before it is established.",
};
