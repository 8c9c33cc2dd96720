/** What a peer tells the account unasked: MESSAGE (RFC 3428), and NOTIFY without a subscription, as PBXs use it (RFC 3842, check-sync). */
import type { IncomingRequestMessage } from "sip.js/lib/core/index.js";
import type { PeerNotice } from "../../src/ports/sip-account.ts";
import { callerOf } from "./caller.ts";
import { parametersOf, split } from "./intake/values.ts";
import { packages, type Services } from "./served.ts";

interface Answer {
  readonly statusCode: number;
  readonly extraHeaders?: string[];
}

const summaryType = "application/simple-message-summary";

/** @param tell whoever is told. @returns the answer; it needs no transaction, so that a flood costs none. */
export function answerTo(message: IncomingRequestMessage, services: Services, tell: (notice: PeerNotice) => boolean): Answer {
  const notice = message.method === "MESSAGE" ? messageIn(message) : noticeIn(message, services);
  if ("statusCode" in notice) return notice;
  // There are too many just now.
  return tell(notice) ? { statusCode: 200 } : { statusCode: 480, extraHeaders: ["Retry-After: 10"] };
}

const messageIn = (message: IncomingRequestMessage): PeerNotice => ({
  what: "message",
  identity: callerOf(message),
  text: message.body,
});

function noticeIn(message: IncomingRequestMessage, { allowEvents, heard }: Services): PeerNotice | Answer {
  const [event = "", ...parameters] = split(message.getHeader("event") ?? "", ";");
  const name = event.toLowerCase();
  // Of a subscription that there is not (RFC 6665 §4.1.3): there is none but that of a REFER, within its call.
  if (message.toTag || name === "refer") return { statusCode: 481 };
  if (!heard.includes(name)) return { statusCode: 489, extraHeaders: [allowEvents] };
  if (name === packages["check-sync"])
    return { what: "check-sync", reboot: parametersOf(parameters).get("reboot")?.toLowerCase() === "true" };
  if (message.body !== "" && message.getHeader("content-type") !== summaryType)
    return { statusCode: 415, extraHeaders: [`Accept: ${summaryType}`] };
  return summaryIn(message.body) ?? { statusCode: 400 };
}

/** RFC 3842 §5.2. Of its classes of messages voice alone is one that an agent is rung for. */
function summaryIn(body: string): PeerNotice | undefined {
  const waiting = /^Messages-Waiting[ \t]*:[ \t]*(yes|no)\b/im.exec(body)?.[1];
  if (waiting === undefined) return undefined;
  const [, fresh, old, urgent] =
    /^Voice-Message[ \t]*:[ \t]*(\d{1,9})[ \t]*\/[ \t]*(\d{1,9})(?:[ \t]*\([ \t]*(\d{1,9}))?/im.exec(body) ?? [];
  return {
    what: "voicemail",
    isWaiting: waiting.toLowerCase() === "yes",
    ...(fresh !== undefined && { newMessages: Number(fresh), oldMessages: Number(old) }),
    ...(urgent !== undefined && { urgentMessages: Number(urgent) }),
  };
}
