/**
 * Transfer of an answered call: to a number (RFC 3515), or to whom another call of the agent's is with (RFC 3891). The other side is asked
 * to do it, and until it says that it has been done the call is the agent's, on hold.
 */
import { within, type CancelTimer } from "../clock.ts";
import type { Settings } from "../config.ts";
import type { Emitter } from "../emitter.ts";
import type { Journal, Party, TransferFault } from "../journal.ts";
import { anyOf, whenAborted } from "../platform.ts";
import type { SipAnswer } from "../ports/sip-answer.ts";
import type { ReferNotice, SipDialog } from "../ports/sip-dialog.ts";
import type { Trunk } from "../trunk/trunk.ts";
import { createDeparture, type Departure } from "./departure.ts";
import type { HoldResult } from "./holding.ts";
import type { KeptTransfer } from "./kept-call.ts";

/** Events of a call that are about its transfer. */
export interface TransferEvents {
  /** What the other side says of whom it calls: 100, 180, at the end 200, 486 … */
  transfer: { readonly trunkId: string; readonly sipCode: number };
}

/**
 * What became of it. `bad-number`, `bad-call`: no number, or no call of the agent's that is answered. `other-carrier`: neither carrier
 * can join the two calls. `under-way`: it is being transferred already. `refused`, with `sipCode`: the other side transfers nothing.
 * `not-reached`, with `sipCode`: whom it called did not take the call. `unanswered`: it did not say what came of it. `failed`: this part
 * of the SDK could not be loaded. `reason`: the same for a person.
 */
export type TransferResult =
  { readonly ok: true } | { readonly ok: false; readonly because: TransferFault; readonly sipCode?: number; readonly reason?: string };

/** The far side of an answered call. */
export interface Line {
  readonly callId: string;
  readonly trunk: Trunk;
  readonly dialog: SipDialog;
  /** The customer is to leave, and what came of it is not known yet. */
  isLeaving(): boolean;
  /** The other side was asked to take the customer over. */
  depart(departure: Departure): void;
}

interface TransferPorts extends Line {
  readonly settings: Settings;
  readonly journal: Journal;
  readonly emit: Emitter<TransferEvents>["emit"];
  readonly isHeld: () => boolean;
  readonly hold: (isHeld: boolean) => Promise<HoldResult>;
  /** Reads what the agent dialled. */
  readonly reach: (number: string) => { readonly number: string; readonly party: Party } | undefined;
  /** The far side of another call of the agent's. */
  readonly lineOf: (call: object) => Line | undefined;
  /** What the next page needs to go on with it; undefined: it is over. */
  readonly underWay: (transfer: KeptTransfer | undefined) => void;
  /** The page before had asked for it. */
  readonly transferring: KeptTransfer | undefined;
  readonly departure: Departure | undefined;
  /** The call is over. */
  readonly signal: AbortSignal;
}

/** Tells the other side, or hears on of what it was told. */
type Ask = (notified: (notice: ReferNotice) => void, signal: AbortSignal) => Promise<Pick<SipAnswer, "code" | "said">>;

type Failure = Extract<TransferResult, { ok: false }>;

const reasons: Readonly<Record<Exclude<TransferFault, "not-answered">, string>> = {
  "bad-number": "That is no telephone number.",
  "bad-call": "The other call is not answered, or is this one.",
  "other-carrier": "The two calls run over different carriers, and neither can join them. Transfer to the number instead.",
  "under-way": "The call is being transferred already.",
  refused: "The carrier does not transfer this call.",
  "not-reached": "Whoever it was transferred to did not take the call.",
  unanswered: "The carrier did not say what came of the transfer.",
  failed: "This part of the telephone could not be loaded.",
  ended: "The call is over.",
};

const fail = (because: keyof typeof reasons, sipCode?: number): Failure => ({
  ok: false,
  because,
  ...(sipCode !== undefined && { sipCode }),
  reason: reasons[because],
});

/** Never rejects. */
export type Transfer = (to: unknown) => Promise<TransferResult>;

export function createTransfer(ports: TransferPorts): Transfer {
  const { callId, trunk, dialog, journal, emit, signal, settings } = ports;
  const { clock, limits } = settings;
  const of = { callId, trunkId: trunk.id };
  let isUnderWay = false;

  /** Asks, and waits for what comes of it: for the first word `firstMs`, then as long as a phone may ring. */
  async function refer(departure: Departure, ask: Ask, firstMs: number): Promise<TransferResult> {
    const over = new AbortController();
    const done = anyOf(over.signal, signal);
    const stopped = new Promise<undefined>((resolve) => void whenAborted(done, () => resolve(undefined)));
    let isHeard = false;
    let hasLeft = false;
    let end: ReferNotice | undefined;
    let cancelWait: CancelTimer = () => {};
    const wait = (forMs: number) => {
      cancelWait();
      cancelWait = clock.setTimer(() => over.abort(), forMs);
    };
    dialog.onEnded(() => (hasLeft = true));
    const asked = ask((notice) => {
      if (done.aborted) return;
      if (!isHeard) wait(limits.ringLimitMs);
      isHeard = true;
      departure.accept();
      if (notice.isLast) end = notice;
      if (notice.isLast) over.abort();
      const { code } = notice;
      if (code === undefined) return;
      journal.append("transfer:progressed", { ...of, code });
      emit("transfer", { trunkId: trunk.id, sipCode: code });
    }, done);
    // Nobody waits for the answer to what is over.
    const answer = await Promise.race([asked, stopped]);
    if (answer && answer.code < 300) departure.accept();
    const isRefused = answer?.said === "peer" && answer.code >= 300;
    // Nobody answered: it may have been heard all the same, and be told of on the next flow.
    if (!isHeard && !isRefused) wait(firstMs);
    if (isHeard || !isRefused) await stopped;
    cancelWait();
    over.abort();
    // Who accepted it and hangs up, or knows the call no longer, has done it.
    if (end) return end.code === undefined || end.code < 300 ? { ok: true } : fail("not-reached", end.code);
    if (signal.aborted) return departure.isAccepted && hasLeft ? { ok: true } : fail("ended");
    return isRefused && !isHeard ? fail("refused", answer.code) : fail("unanswered");
  }

  /** What the agent does not hold is held meanwhile; it comes back as it was. */
  async function transfer(to: string | SipDialog, other?: Line): Promise<TransferResult> {
    const wasHeld = ports.isHeld();
    if (!wasHeld) await patiently(true);
    const departure = createDeparture();
    for (const line of other ? [ports, other] : [ports]) line.depart(departure);
    const kept = { wasHeld, otherTag: other?.dialog.keep?.().localTag };
    return settle(departure, kept, () => refer(departure, (...heard) => dialog.refer(to, ...heard), limits.ledgerMs));
  }

  const patiently = (isHeld: boolean) => within(clock, ports.hold(isHeld), limits.ackMs, signal).catch(() => {});

  async function settle(departure: Departure, kept: KeptTransfer, asked: () => Promise<TransferResult>): Promise<TransferResult> {
    ports.underWay(kept);
    const result = await asked();
    ports.underWay(undefined);
    departure.settle(result.ok);
    if (!result.ok) {
      const { because, sipCode } = result;
      journal.append("transfer:failed", { ...of, because, ...(sipCode !== undefined && { code: sipCode }) });
      if (!kept.wasHeld && !signal.aborted) await patiently(false);
    }
    return result;
  }

  /** Whom it goes to, and what may be known of them. */
  function read(to: unknown) {
    if (typeof to === "string") {
      const reached = ports.reach(to);
      return reached ? { to: trunk.target(reached.number), fact: { party: reached.party } } : fail("bad-number");
    }
    const other = typeof to === "object" && to !== null ? ports.lineOf(to) : undefined;
    if (!other || other.callId === callId) return fail("bad-call");
    if (other.isLeaving()) return fail("under-way");
    // Each knows only its own calls.
    if (other.trunk.health.carrier !== trunk.health.carrier) return fail("other-carrier");
    return { to: other.dialog, fact: { toCallId: other.callId }, other };
  }

  /** The page before had it asked for, and has held the call: nothing is sent again, and what comes of it ends it. */
  async function resume(kept: KeptTransfer, departure = createDeparture()): Promise<void> {
    isUnderWay = true;
    journal.append("call:transferring", { ...of, resumed: true });
    const rejoin: Ask = (...heard) => (dialog.rejoin?.(...heard), Promise.resolve({ code: 202, said: "inferred" }));
    await settle(departure, kept, () => refer(departure, rejoin, limits.ringLimitMs));
    isUnderWay = false;
  }

  if (ports.transferring) void resume(ports.transferring, ports.departure);

  return async (given) => {
    if (isUnderWay || ports.isLeaving()) return fail("under-way");
    const reached = read(given);
    if ("because" in reached) return reached;
    if (!trunk.health.ready) return fail("unanswered");
    isUnderWay = true;
    journal.append("call:transferring", { ...of, ...reached.fact });
    const result = await transfer(reached.to, "other" in reached ? reached.other : undefined);
    isUnderWay = false;
    return result;
  };
}
