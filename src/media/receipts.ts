/**
 * What the peer says of the audio that it receives (RFC 3550 §6.4): that it does, and how much of it. Pure.
 *
 * Every peer reports at intervals of its own: Chromium at 2.5 to 7.5 s, at random, its sender and its receiver reports
 * apart. So the interval is learnt from the peer, and only several reports missed in a row say something.
 */
import type { Outbound, ReceiverReport, SenderReport } from "./sample.ts";

export interface Receipts {
  readonly last: ReceiverReport | undefined;
  readonly sender: SenderReport | undefined;
  /** Intervals between two receipts that were seen, and the longest of them, ms. */
  readonly intervals: number;
  readonly longestMs: number;
  /** Since the last receipt, ms. */
  readonly silentMs: number;
  /** Sender reports that came since then: the peer is there, and its reports reach us. */
  readonly sendersSince: number;
  /** What the latest receipts say was lost, newest last. */
  readonly losses: readonly Loss[];
}

interface Loss {
  /** The time that the report speaks of, ms. */
  readonly overMs: number;
  readonly fraction: number;
  readonly jitterMs: number;
}

/** Intervals that have to be seen before one can be missed: with two, one may have been the short one. */
const learntIntervals = 2;

/** So many of the longest interval without a receipt. RFC 3550 §6.3.5 gives a participant five of the mean one. */
const missedReports = 3;

/** Sender reports without a receipt before we believe that nothing arrives; one may have been sent just then. */
const reportsInDoubt = 2;

export const noReceipts: Receipts = {
  last: undefined,
  sender: undefined,
  intervals: 0,
  longestMs: 0,
  silentMs: 0,
  sendersSince: 0,
  losses: [],
};

/** @param windowMs over what losses are kept. */
export function followReceipts(
  before: Receipts,
  { receiverReport, senderReport }: Outbound,
  elapsedMs: number,
  windowMs: number,
): Receipts {
  // Another peer (the carrier moved the call) reports in its own way, or may be of those that never confirm anything.
  const isAnother = before.sender !== undefined && senderReport !== undefined && before.sender.ssrc !== senderReport.ssrc;
  const known = isAnother ? noReceipts : before;
  const { last } = known;
  const isNew = receiverReport !== undefined && receiverReport.atMs !== last?.atMs;
  // The same count again: a report, but no receipt.
  const isReceipt = isNew && (receiverReport.packets === undefined || receiverReport.packets !== last?.packets);
  const hasSent = senderReport !== undefined && senderReport.atMs !== known.sender?.atMs;
  const sender = senderReport ?? known.sender;
  if (!isReceipt)
    return {
      ...known,
      sender,
      silentMs: known.silentMs + elapsedMs,
      sendersSince: known.sendersSince + (hasSent ? 1 : 0),
    };
  const overMs = last === undefined ? undefined : receiverReport.atMs - last.atMs;
  const { fractionLost, jitterMs } = receiverReport;
  const losses =
    overMs === undefined || fractionLost === undefined ? known.losses : [...known.losses, { overMs, fraction: fractionLost, jitterMs }];
  return {
    last: receiverReport,
    sender,
    intervals: known.intervals + (overMs === undefined ? 0 : 1),
    longestMs: Math.max(known.longestMs, overMs ?? 0),
    silentMs: 0,
    sendersSince: 0,
    losses: latest(losses, windowMs),
  };
}

/** As many of the last as cover `windowMs`. */
function latest(losses: readonly Loss[], windowMs: number): readonly Loss[] {
  let coveredMs = 0;
  const first = losses.findLastIndex(({ overMs }) => (coveredMs += overMs) >= windowMs);
  return first > 0 ? losses.slice(first) : losses;
}

/** The peer used to confirm what it received, still reports, and has confirmed nothing for several of its own intervals: for how long, ms. */
export const unconfirmedMs = ({ intervals, longestMs, silentMs, sendersSince }: Receipts): number | undefined =>
  intervals >= learntIntervals && silentMs >= missedReports * longestMs && sendersSince >= reportsInDoubt ? silentMs : undefined;

/** What was lost on the way to the peer, over the latest reports; undefined where they tell of less than half of `windowMs`. */
export function uplinkOf({ losses }: Receipts, windowMs: number): { readonly lossPercent: number; readonly jitterMs: number } | undefined {
  const coveredMs = losses.reduce((total, { overMs }) => total + overMs, 0);
  const newest = losses.at(-1);
  if (!newest || coveredMs < windowMs / 2) return undefined;
  const lost = losses.reduce((total, { overMs, fraction }) => total + overMs * fraction, 0);
  return { lossPercent: (100 * lost) / coveredMs, jitterMs: newest.jitterMs };
}
