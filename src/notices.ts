/** What carriers tell the line unasked: text messages, voicemail, settings that have changed. Bounded, and on record that it came, no more. */
import { printable } from "./call/untrusted.ts";
import type { Clock } from "./clock.ts";
import type { Emitter } from "./emitter.ts";
import type { Journal } from "./journal.ts";
import type { PeerNotice } from "./ports/sip-account.ts";
import type { CallerIdentity } from "./ports/sip-identity.ts";

/** Told of what comes to the account besides calls; only what `incomingNotices` names. */
export interface NoticeEvents {
  /** A text message (RFC 3428). All of it is what others wrote: personal data, never journalled, for a page to escape. */
  "message:received": { readonly trunkId: string; readonly identity: CallerIdentity; readonly text: string };
  /** What waits in the account's mailbox (RFC 3842); how many the carrier need not say. */
  "voicemail:changed": {
    readonly trunkId: string;
    readonly isWaiting: boolean;
    readonly newMessages?: number;
    readonly oldMessages?: number;
    /** Of the new ones. */
    readonly urgentMessages?: number;
  };
  /** The PBX has other settings for this account: the CRM may fetch them. `reboot`: and it wants all to begin anew, calls included. */
  "check-sync:received": { readonly trunkId: string; readonly reboot: boolean };
}

/** So many of one trunk's are told at once, and then one each `everyMs`: people write no more, and a machine fills no record. */
const atOnce = 20;
const everyMs = 3_000;

interface NoticePorts {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly emit: Emitter<NoticeEvents>["emit"];
}

/** @returns false where there are too many. */
export type Notices = (trunkId: string, notice: PeerNotice) => boolean;

export function createNotices({ clock, journal, emit }: NoticePorts): Notices {
  const trunks = new Map<string, { left: number; atMs: number; refused: number }>();

  function isTooMany(trunkId: string): number | true {
    const nowMs = clock.nowMs();
    const { left, atMs, refused } = trunks.get(trunkId) ?? { left: atOnce, atMs: nowMs, refused: 0 };
    const since = Math.min(atOnce, left + (nowMs - atMs) / everyMs);
    const isLet = since >= 1;
    trunks.set(trunkId, { left: isLet ? since - 1 : since, atMs: nowMs, refused: isLet ? 0 : refused + 1 });
    return isLet ? refused : true;
  }

  return (trunkId, notice) => {
    const refused = isTooMany(trunkId);
    if (refused === true) return false;
    journal.append("notice:received", { trunkId, what: notice.what, ...(refused > 0 && { refused }) });
    if (notice.what === "message") {
      const { name } = notice.identity;
      const identity = { ...notice.identity, ...(name !== undefined && { name: printable(name) }) };
      const text = notice.text.replace(/\r\n?/g, "\n").split("\n").map(printable).join("\n");
      emit("message:received", { trunkId, identity, text });
    } else if (notice.what === "voicemail") {
      const { what: _, ...counts } = notice;
      emit("voicemail:changed", { trunkId, ...counts });
    } else emit("check-sync:received", { trunkId, reboot: notice.reboot });
    return true;
  };
}
