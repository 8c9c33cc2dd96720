/** Messages of RFC 4475 and RFC 5118, written anew from what those documents say of them, and what becomes of each. */
import { type Frame, sdp } from "../sip-text.ts";

/** One named message. */
export interface TortureCase {
  readonly name: string;
  readonly section: string;
  /** What is odd about it. */
  readonly what: string;
  /** What the document asks of whoever receives it. */
  readonly asks: string;
  /** What we do, as the test observes it. */
  readonly does: string;
  /** Why, where that is not what is asked, or where the message had to become another for us to receive it. */
  readonly why?: string;
  readonly delivery: Delivery;
}

/** We are a phone behind a flow: requests come to the agent; whatever was made for a registrar comes as an answer to a request of ours. */
export type Delivery = { readonly request: string } | AnswerToUs;

export interface AnswerToUs {
  readonly answerTo: "INVITE" | "REGISTER";
  readonly response: (ours: Frame) => string;
}

/** Header lines by their names: several of one, or none. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

const linesOf = (headers: Headers): string[] =>
  Object.entries(headers).flatMap(([name, value = []]) => [value].flat().map((each) => `${name}: ${each}`));

const textOf = (startLine: string, headers: Headers, body: string): string => {
  const lengthened = { "Content-Length": String(new TextEncoder().encode(body).length), ...headers };
  return [startLine, ...linesOf(lengthened), "", body].join("\r\n");
};

interface Oddities {
  readonly startLine?: string;
  readonly uri?: string;
  readonly headers?: Headers;
  readonly body?: string;
}

/** A request to the agent that is as it should be but for its oddities. */
export function request(
  method: string,
  { uri = "sip:agent7@x.invalid", startLine, headers, body }: Oddities = {},
): { readonly request: string } {
  const content = body ?? (method === "INVITE" ? sdp("peer") : "");
  const sane: Headers = {
    Via: "SIP/2.0/WSS sbc.example;branch=z9hG4bKtorture",
    "Max-Forwards": "70",
    From: "<sip:+21698000001@carrier.example>;tag=caller",
    To: "<sip:agent7@carrier.example>",
    "Call-ID": "torture@sbc.example",
    CSeq: `1 ${method}`,
    Contact: "<sip:gw@sbc.example;transport=ws>",
    ...(content && { "Content-Type": "application/sdp" }),
  };
  return { request: textOf(startLine ?? `${method} ${uri} SIP/2.0`, { ...sane, ...headers }, content) };
}

/** A response to a request of ours that is as it should be but for `headers`. @param status code and reason phrase. */
export function response(answerTo: AnswerToUs["answerTo"], status: string, headers: (ours: Frame) => Headers = () => ({})): AnswerToUs {
  return {
    answerTo,
    response: (ours) => {
      const sane: Headers = {
        Via: ours.get("Via"),
        From: ours.get("From"),
        To: `${ours.get("To")};tag=peer`,
        "Call-ID": ours.get("Call-ID"),
        CSeq: ours.get("CSeq"),
        Contact: answerTo === "REGISTER" ? ours.get("Contact") : "<sip:gw@sbc.example>",
      };
      return textOf(`SIP/2.0 ${status}`, { ...sane, ...headers(ours) }, "");
    },
  };
}
