/** Replaces (RFC 3891): which dialog of this account a new INVITE takes the place of. */
import type { IncomingRequestMessage, SessionDialog } from "sip.js/lib/core/index.js";
import type { SipDialog } from "../../src/ports/sip-dialog.ts";
import type { SipInvitation } from "../../src/ports/sip-invitation.ts";
import { decoded } from "./intake/address.ts";
import { NO_TAG } from "./served.ts";

/** A dialog, as whoever takes over from its other side names it (§6.1). */
interface Named {
  readonly name: string;
  readonly isEarlyOnly: boolean;
}

/** So many of those that are over are still known as such. */
const mostOver = 20;

const nameOf = (callId: string, toTag: string, fromTag: string): string => `${callId};${toTag};${fromTag}`;

/**
 * A Call-ID and both tags, in which nothing may begin another header; who copies it out of a Refer-To may have left it escaped.
 * @returns undefined for what is none.
 */
export function readReplaces(written: string): Named | undefined {
  const value = written.includes(";") ? written : decoded(written);
  const [callId = "", ...parameters] = value.split(";").map((part) => part.trim().replace(/[ \t]*=[ \t]*/, "="));
  const of = new Map(parameters.map((part) => [part.split("=", 1)[0]?.toLowerCase(), part.slice(part.indexOf("=") + 1)]));
  const [toTag, fromTag] = [of.get("to-tag"), of.get("from-tag")];
  if (![callId, ...parameters].every((part) => /^[^\s,]+$/.test(part)) || /[\r\n]/.test(value) || !toTag || !fromTag) return undefined;
  return { name: nameOf(callId, toTag, fromTag), isEarlyOnly: of.has("early-only") };
}

/**
 * The dialogs of one account that are confirmed, and the last that are over. Whoever comes by another account's flow finds none of them
 * here: who may take over a call is who sends the carrier's requests (§3, §7).
 */
export class Dialogs {
  readonly #confirmed = new Map<string, SipDialog>();
  /** By their names: whether we have ended it. */
  readonly #over = new Map<string, boolean>();

  /** @returns what is called once it is over, by us or by the peer. */
  begun({ callId, localTag, remoteTag }: SessionDialog, dialog: SipDialog): (isByUs: boolean) => void {
    // A tag that nobody gave is written as 0 (§6.1).
    const [ours = "", theirs = ""] = [localTag, remoteTag].map((tag) => (tag === NO_TAG ? "0" : tag));
    const name = nameOf(callId, ours, theirs);
    this.#confirmed.set(name, dialog);
    return (isByUs) => {
      if (!this.#confirmed.delete(name)) return;
      this.#over.set(name, isByUs);
      const [oldest] = this.#over.keys();
      if (this.#over.size > mostOver && oldest !== undefined) this.#over.delete(oldest);
    };
  }

  /** Whether a request came in one of the last that we have ended. */
  isLeft({ callId, toTag, fromTag }: IncomingRequestMessage): boolean {
    return this.#over.get(nameOf(callId, toTag, fromTag)) ?? false;
  }

  /**
   * §3: to-tag is ours, from-tag the peer's; each is compared as it stands. Deviation: a call of ours that rings is not taken over either.
   * @returns undefined for an INVITE without Replaces.
   */
  replacedBy(invite: IncomingRequestMessage): SipInvitation["replaces"] {
    const value = invite.getHeader("replaces");
    if (!value) return undefined;
    const { name = "", isEarlyOnly } = readReplaces(value) ?? {};
    const dialog = this.#confirmed.get(name);
    if (dialog) return isEarlyOnly ? 486 : dialog;
    return this.#over.has(name) ? 603 : 481;
  }
}
