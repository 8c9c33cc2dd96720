/** What SIPp's phones and callers do, written in steps. */

/** A piece of a SIPp scenario. */
type Step = string;

const sdp = [
  "v=0",
  "o=phone 1 1 IN IP4 [local_ip]",
  "s=-",
  "c=IN IP4 [local_ip]",
  "t=0 0",
  "m=audio 9 RTP/AVP 0",
  "a=inactive",
  "a=rtpmap:0 PCMU/8000",
];
const withSdp = ["Content-Type: application/sdp", "Content-Length: [len]", "", ...sdp];
const withoutBody = ["Content-Length: 0", ""];
const contact = "Contact: <sip:phone@[local_ip]:[local_port]>";

const send = (lines: readonly string[], attributes = ""): Step => `<send ${attributes}><![CDATA[\n${lines.join("\n")}\n]]></send>`;
const receive = (method: string, attributes = ""): Step => `<recv request="${method}" ${attributes}/>`;
const expectAnswer = (code: number, attributes = ""): Step => `<recv response="${code}" ${attributes}/>`;
const label = (id: number): Step => `<label id="${id}"/>`;
const newVia = "Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]";
/** As long as `-d` says. */
const pause: Step = "<pause/>";

// ── The called party ──────────────────────────────────────────────────────────────────────────────

/** Keeps the way back and who is who: what comes after it hides them. */
const receiveInvite: Step = [
  `<recv request="INVITE" rrs="true"><action>`,
  `<ereg regexp="((Record-Route|Via):[^\\n]*\\n)+" search_in="msg" check_it="true" assign_to="path,line"/>`,
  ...Object.entries({ invite: "CSeq", caller: "From", callee: "To" }).map(
    ([variable, header]) => `<ereg regexp=".*" search_in="hdr" header="${header}:" assign_to="${variable}"/>`,
  ),
  `</action></recv><Reference variables="line,caller,callee"/>`,
].join("");

/** To the INVITE that began the call. */
const answer = (status: string, body = withoutBody): Step =>
  send(
    [
      `SIP/2.0 ${status}`,
      "[last_From:]",
      "[last_To:];tag=[pid]-[call_number]",
      "[last_Call-ID:]",
      "[$path]CSeq:[$invite]",
      contact,
      ...body,
    ],
    /^[2-6]/.test(status) ? `retrans="500"` : "",
  );

/** To the request before. */
const confirm = (tag = "", body = withoutBody): Step =>
  send(["SIP/2.0 200 OK", "[last_Via:]", "[last_From:]", `[last_To:]${tag}`, "[last_Call-ID:]", "[last_CSeq:]", contact, ...body]);

const hangUpOnCaller: Step =
  send(
    [
      "BYE [next_url] SIP/2.0",
      newVia,
      "Max-Forwards: 70",
      "From:[$callee];tag=[pid]-[call_number]",
      "To:[$caller]",
      "[last_Call-ID:]",
      "CSeq: 1 BYE",
      "[routes]",
      ...withoutBody,
    ],
    `retrans="500"`,
  ) + expectAnswer(200);

const ring = answer("180 Ringing");
const pickUp = answer("200 OK", withSdp);
const confirmCancel: Step = confirm(";tag=[pid]-[call_number]");
/** Until the caller hangs up; a refreshed session (RFC 3261 §14) is granted. */
const talk: Step = [
  receive("ACK"),
  label(1),
  receive("BYE", `next="2" optional="true"`),
  receive("INVITE"),
  confirm("", withSdp),
  `<recv request="ACK" next="1"/>`,
  label(2),
  confirm(),
].join("");
const terminated: Step = answer("487 Request Terminated") + receive("ACK");

/** A phone: what it does when it is called. */
export const phones = {
  answers: [receiveInvite, ring, pause, pickUp, talk],
  "answers without ringing": [receiveInvite, pause, pickUp, talk],
  "answers and hangs up": [receiveInvite, ring, pickUp, receive("ACK"), pause, hangUpOnCaller],
  "rings until cancelled": [receiveInvite, ring, receive("CANCEL"), confirmCancel, terminated],
  "thinks, then rings until cancelled": [receiveInvite, pause, ring, receive("CANCEL"), confirmCancel, terminated],
  "stalls until cancelled": [receiveInvite, answer("100 Trying"), receive("CANCEL"), confirmCancel, terminated],
  "says nothing": [receiveInvite, receive("CANCEL"), confirmCancel, terminated],
  /** The answer crosses the CANCEL. */
  "answers when cancelled": [receiveInvite, ring, receive("CANCEL"), confirmCancel, pickUp, talk],
  "is busy": [receiveInvite, answer("486 Busy Here"), receive("ACK")],
  "is out of service": [receiveInvite, answer("503 Service Unavailable"), receive("ACK")],
} satisfies Record<string, readonly Step[]>;

// ── The caller ────────────────────────────────────────────────────────────────────────────────────

const agent = "sip:[service]@[domain]";

interface CallerRequest {
  readonly uri: string;
  readonly cseq: number;
  readonly via?: string;
  readonly toTag?: string;
  readonly rest?: readonly string[];
}

const request = (method: string, { uri, cseq, via = newVia, toTag = "", rest = withoutBody }: CallerRequest): Step =>
  send(
    [
      `${method} ${uri} SIP/2.0`,
      via,
      "Max-Forwards: 70",
      "From: <sip:[caller]@[local_ip]>;tag=[pid]-[call_number]",
      `To: <${agent}>${toTag}`,
      "Call-ID: [call_id]",
      `CSeq: ${cseq} ${method}`,
      contact,
      ...rest,
    ],
    method === "ACK" ? "" : `retrans="500"`,
  );

/** CANCEL, and the ACK of a failure, belong to the INVITE's transaction (RFC 3261 §9.1, §17.1.1.3). */
const sameTransaction = { uri: agent, cseq: 1, via: "[last_Via:]" };
const inDialog = { uri: "[next_url]", toTag: "[peer_tag_param]", rest: ["[routes]", ...withoutBody] };

const invite = request("INVITE", { uri: agent, cseq: 1, rest: withSdp });
const provisional = expectAnswer(100, `optional="true"`);
const alerted = expectAnswer(180);
/** The agent's side says it anew over the next flow. */
const alertedAgain = expectAnswer(180, `optional="true"`);
const answered = expectAnswer(200, `rrs="true"`) + request("ACK", { ...inDialog, cseq: 1 });
const cancel = request("CANCEL", sameTransaction) + expectAnswer(200);
const refused = (code: number): Step => expectAnswer(code) + request("ACK", { ...sameTransaction, toTag: "[peer_tag_param]" });
const hangUp = request("BYE", { ...inDialog, cseq: 2 }) + expectAnswer(200);

/** A customer who calls the agent, and what is expected to come back. */
export const callers = {
  "talks until the agent hangs up": [invite, provisional, alerted, alertedAgain, answered, receive("BYE"), confirm()],
  "hangs up": [invite, provisional, alerted, answered, pause, hangUp],
  "gives up": [invite, provisional, alerted, pause, cancel, refused(487)],
  "rings and is refused": [invite, provisional, alerted, alertedAgain, refused(486)],
  "is refused": [invite, provisional, refused(486)],
  "finds nobody": [invite, provisional, refused(480)],
} satisfies Record<string, readonly Step[]>;

export const scenarioXml = (name: string, steps: readonly Step[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="${name}">\n${steps.join("\n")}\n</scenario>\n`;
