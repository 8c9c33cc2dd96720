/** What names the dialog of a peer's message (RFC 3261 §12.2.2, §19.3), put right for sip.js, which finds dialogs by their letters. */
import type {
  Dialog,
  IncomingRequestMessage,
  IncomingResponseMessage,
  OutgoingRequestMessage,
  UserAgentCore,
} from "sip.js/lib/core/index.js";
import { unquote } from "./intake/values.ts";

/** §7.3.1: in whatever case; and some write it in quotes. */
export const isSameTag = (one: string, other: string): boolean => unquote(one).toLowerCase() === unquote(other).toLowerCase();

/** The answer says what the peer wrote all the same. */
export function nameAsHere(message: IncomingRequestMessage, dialog: Dialog | undefined): void {
  if (dialog) [message.toTag, message.fromTag] = [dialog.localTag, dialog.remoteTag];
}

/**
 * The same of an answer to an INVITE of ours: else a 200 that comes once more in another case is taken for another phone's, and its BYE ends the call.
 * @param invite whose transaction it is, where there is one still.
 */
export function nameAsInvited(message: IncomingResponseMessage, { dialogs }: UserAgentCore, invite?: OutgoingRequestMessage): void {
  const { callId, fromTag } = invite ?? message;
  const { toTag } = message;
  const isOurs = (dialog: Dialog) => isSameTag(dialog.callId, callId) && (!fromTag || isSameTag(dialog.localTag, fromTag));
  const dialog =
    dialogs.get(callId + fromTag + toTag) ?? [...dialogs.values()].find((each) => isOurs(each) && isSameTag(each.remoteTag, toTag));
  [message.callId, message.fromTag, message.toTag] = dialog ? [dialog.callId, dialog.localTag, dialog.remoteTag] : [callId, fromTag, toTag];
}

/** As if the peer had written it; so the answer bears it too. */
export function addTag(message: IncomingRequestMessage, tag: string): void {
  const [to] = message.headers["To"] ?? [];
  if (to) to.raw += `;tag=${tag}`;
  message.toTag = tag;
  message.to.setParam("tag", tag);
}
