/** What the next page of the tab needs to go on with the calls of this one: its shape, how it is put together, and how it is read. Pure. */
import type { Route } from "../journal.ts";
import type { KeptDialog } from "../ports/sip-dialog.ts";
import type { Held } from "../states.ts";
import type { Trunk } from "../trunk/trunk.ts";

/** Plain JSON, without credentials. */
export interface KeptCall {
  readonly callId: string;
  readonly trunkId: string;
  /** Whose call it is: another agent may sign in. */
  readonly aor: string;
  readonly route: Route;
  readonly held: Held;
  /** Nobody is heard who thinks that they are not, a page later. */
  readonly muted: boolean;
  /** Absent in what an older version kept. */
  readonly answeredDateMs?: number | undefined;
  readonly transferring?: KeptTransfer | undefined;
  /**
   * When a page last had it, in ms since 1970, where that is not the one that kept it: it has not taken it up yet. Of one that is `ended`: since
   * when it is.
   */
  readonly dateMs?: number | undefined;
  /** It is over, and nobody has confirmed the BYE: it is only to be ended. */
  readonly ended?: boolean | undefined;
  readonly dialog: KeptDialog;
}

export interface DatedCall extends KeptCall {
  readonly dateMs: number;
}

/** A transfer under way. To which number nobody needs to know any more. */
export interface KeptTransfer {
  /** The agent held the call before: it stays held where the transfer comes to nothing. */
  readonly wasHeld: boolean;
  /** Of the other call, where two are joined: our tag in the dialog that Replaces names (RFC 3891 §3), the same in each page. */
  readonly otherTag?: string | undefined;
}

interface Keeping extends Omit<KeptCall, "trunkId" | "aor" | "dateMs" | "ended" | "dialog"> {
  readonly trunk: Pick<Trunk, "id" | "account">;
  /** Undefined where it cannot be kept. */
  readonly dialog: KeptDialog | undefined;
}

export function keptCall({ callId, trunk, route, held, muted, answeredDateMs, transferring, dialog }: Keeping): KeptCall | undefined {
  return dialog && { callId, trunkId: trunk.id, aor: trunk.account.aor, route, held, muted, answeredDateMs, transferring, dialog };
}

/** The transfer of it that the page before had asked for; undefined too where nothing is ever heard of one, without its subscription. */
export const transferOf = ({ transferring, dialog }: KeptCall): KeptTransfer | undefined =>
  transferring && dialog.referrals?.length ? transferring : undefined;

/** As JSON. */
export interface Kept {
  readonly dateMs: number;
  readonly calls: readonly KeptCall[];
}

/** None where it cannot be read: it may have been written by anybody of this origin. */
export function readKept(text: string | undefined): readonly DatedCall[] {
  try {
    const { dateMs, calls } = JSON.parse(text ?? "{}") as Partial<Kept>;
    if (!Array.isArray(calls)) return [];
    return calls.filter(isKeptCall).flatMap((kept) => {
      const ownMs = kept.dateMs ?? dateMs;
      return Number.isFinite(ownMs) ? [{ ...kept, dateMs: Number(ownMs) }] : [];
    });
  } catch {
    // Then there is nothing.
    return [];
  }
}

function isKeptCall(value: unknown): value is KeptCall {
  const { callId, trunkId, aor, route, held, dialog } = (value ?? {}) as Partial<Record<keyof KeptCall, unknown>>;
  return [callId, trunkId, aor, route, held].every((each) => typeof each === "string") && typeof dialog === "object" && dialog !== null;
}
