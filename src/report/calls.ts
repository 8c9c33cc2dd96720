/** What became of each call, as the agent met it. */
import type { CallEnd, Entry, FailoverReason, Refusal } from "../journal.ts";
import type { EndReason } from "../ports/sip-answer.ts";
import { forEachSliced, type Sliced } from "../slices.ts";
import type { KnownParty } from "./parties.ts";
import type { WallClock } from "./wall-clock.ts";

/**
 * What a call came to. `saved`: reached its callee after a failover. `lost`: a fault ended it. `refused`: never
 * left the agent. `carried`: reached its callee or was ended by the agent, without a failover. `running`: not over yet.
 */
export type Fate = "carried" | "saved" | "lost" | "refused" | "running";

/** One call of the agent's, over all its attempts; the SDK's own test calls are left out. */
export interface CallRecord {
  /** When it began, UTC, ISO 8601. */
  readonly time: string;
  /** The SDK's own id, which ties it to its attempts; no SIP Call-ID. */
  readonly callId: string;
  /** `out`: the agent called. `in`: a customer did. */
  readonly direction: "out" | "in";
  /** With whom, as far as `privacy` allows; absent where the journal no longer holds the call's beginning. */
  readonly party?: KnownParty;
  /** ms since the session's start, monotonic, as the other moments here. */
  readonly startedMs: number;
  /** Absent while it runs; of one that was refused, the moment of the refusal. */
  readonly endedMs?: number;
  /** When the callee's phone was first said to ring; absent where it never was. */
  readonly ringingMs?: number;
  /** When it was answered; of a call that a reloaded page went on with, when it was resumed. Absent where nobody answered. */
  readonly answeredMs?: number;
  /** Where it was answered. */
  readonly trunkId?: string;
  /** `Call-ID` of one that has no attempt on record to tell it: it came in, or a reloaded page went on with it. */
  readonly sipCallId?: string;
  /** The tag of `From` in the same INVITE: with the `Call-ID`, what the carrier finds it by. */
  readonly fromTag?: string;
  /** Each move to another trunk, in order; empty where it never moved. */
  readonly failovers: readonly { readonly atMs: number; readonly from: string; readonly to: string; readonly because: FailoverReason }[];
  /** Absent while it runs, and where it was refused. */
  readonly end?: CallEnd;
  /** Why the other side's network ended the conversation, where its BYE said so (RFC 3326). */
  readonly reason?: EndReason;
  /** Why it never left the agent; present where `fate` is `refused`, and only there. */
  readonly refusal?: Refusal;
  /** The stage of the CRM's initialisation that held it back. */
  readonly stage?: string;
  /** The callee's phone may have rung without our knowing: an attempt was given up and nobody confirmed its end. */
  readonly possibleDuplicate: boolean;
  /** What it came to, for counting: each call has one. */
  readonly fate: Fate;
}

type Draft = { -readonly [K in keyof CallRecord]: CallRecord[K] } & { failovers: CallRecord["failovers"][number][] };

function name(draft: Draft, { sipCallId, fromTag }: Pick<CallRecord, "sipCallId" | "fromTag">): void {
  if (sipCallId !== undefined) draft.sipCallId = sipCallId;
  if (fromTag !== undefined) draft.fromTag = fromTag;
}

/** Not asked by `in`: of each entry of a day that takes longer than all else here. */
type OfNoneOrCall = Pick<Entry, "atMs"> & { readonly callId?: string };

/**
 * Calls in the order in which they began.
 * @param parties whom they are with, by call.
 */
export function* callsOf(entries: readonly Entry[], parties: ReadonlyMap<string, KnownParty>, utc: WallClock): Sliced<CallRecord[]> {
  const drafts = new Map<string, Draft>();
  /** No customer's. */
  const checks = new Set<string>();
  const faulty: ReadonlySet<CallEnd> = new Set(["failed", "flow-lost"]);

  yield* forEachSliced(entries, (entry) => {
    // Says whom a call is with, not what became of it: it may come before the call itself.
    const { callId, atMs }: OfNoneOrCall = entry;
    if (callId === undefined || entry.type === "call:identified") return;
    if (entry.type === "call:placed" && entry.by === "check") checks.add(callId);
    if (checks.has(callId)) return;
    let draft = drafts.get(callId);
    if (!draft) {
      const party = parties.get(callId);
      draft = {
        time: utc(atMs),
        callId,
        direction: "out",
        ...(party && { party }),
        startedMs: atMs,
        failovers: [],
        possibleDuplicate: false,
        fate: "running",
      };
      drafts.set(callId, draft);
    }
    switch (entry.type) {
      case "call:offered":
        draft.direction = "in";
        draft.trunkId = entry.trunkId;
        break;
      case "call:ringing":
        draft.ringingMs ??= atMs;
        break;
      case "call:resumed":
      case "call:answered":
        if (entry.type === "call:resumed") draft.direction = entry.direction;
        draft.answeredMs = atMs;
        draft.trunkId = entry.trunkId;
        name(draft, entry);
        break;
      case "call:failed-over":
        draft.failovers.push({ atMs, from: entry.from, to: entry.to, because: entry.because });
        break;
      case "call:refused":
        draft.endedMs = atMs;
        draft.refusal = entry.because;
        if (entry.stage !== undefined) draft.stage = entry.stage;
        draft.fate = "refused";
        break;
      case "call:ended":
        draft.endedMs = atMs;
        draft.end = entry.end;
        if (entry.reason) draft.reason = entry.reason;
        name(draft, entry);
        draft.possibleDuplicate = entry.possibleDuplicate;
        draft.fate = faulty.has(entry.end)
          ? "lost"
          : draft.failovers.length > 0 && (draft.answeredMs ?? draft.ringingMs) !== undefined
            ? "saved"
            : "carried";
        break;
      default:
    }
  });
  return [...drafts.values()];
}
