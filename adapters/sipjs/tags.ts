/** The tags of a request that a peer sends within a dialog (RFC 3261 §12.2.2, §19.3), put right for sip.js, which finds dialogs by their letters. */
import type { Dialog, IncomingRequestMessage } from "sip.js/lib/core/index.js";
import { unquote } from "./intake/values.ts";

/** §7.3.1: in whatever case; and some write it in quotes. */
export const isSameTag = (one: string, other: string): boolean => unquote(one).toLowerCase() === unquote(other).toLowerCase();

/** The answer says what the peer wrote all the same. */
export function nameAsHere(message: IncomingRequestMessage, dialog: Dialog | undefined): void {
  if (dialog) [message.toTag, message.fromTag] = [dialog.localTag, dialog.remoteTag];
}

/** As if the peer had written it; so the answer bears it too. */
export function addTag(message: IncomingRequestMessage, tag: string): void {
  const [to] = message.headers["To"] ?? [];
  if (to) to.raw += `;tag=${tag}`;
  message.toTag = tag;
  message.to.setParam("tag", tag);
}
