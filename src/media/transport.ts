/** What carries the audio: ICE, DTLS and the selected pair of candidates, watched from sample to sample. Pure. */
import type { MediaPath } from "../ports/audio.ts";
import type { Pair, Transport } from "./sample.ts";

export interface TransportLane {
  readonly transport: Transport;
  readonly wasConnected: boolean;
  /** The pair on which the audio last flowed as it should. */
  readonly wellPair: Pair | undefined;
  readonly checks: Checks;
  readonly flows: MediaPath["flows"];
  /** For how long nothing was heard of a far end that was heard before, ms. */
  readonly unheardMs: number;
}

/** STUN checks on one pair (RFC 7675 §5.1). */
interface Checks {
  /** One was answered, be it before we watched. */
  readonly wereAnswered: boolean;
  /** How many had gone out when the last one was answered, and for how long none was, ms. */
  readonly requestsThen: number | undefined;
  readonly unansweredMs: number;
}

/** Checks in a row without an answer: under heavy loss some are lost, five seldom. */
const missedChecks = 5;

/**
 * Without an answer for so long the pair is given up by Chromium itself, ms. Not sooner: a machine that is busy answers
 * late, and Chromium then asks up to twenty times a second.
 */
const goneMs = 15_000;

/** Where checks are not counted: consent is asked for every 4 to 6 s, and without an answer it has gone after this (RFC 7675 §5.1), ms. */
const consentMs = 30_000;
const askedWithinMs = 6_000;

/** @param isWell the audio flows as it should. @param unheardMs for how long none came that came before. */
export function followTransport(
  before: TransportLane | undefined,
  transport: Transport,
  elapsedMs: number,
  isWell: boolean,
  unheardMs: number,
): TransportLane {
  const { ice, pair } = transport;
  const last = before?.transport.pair;
  const isSame = pair !== undefined && pair.id === last?.id;
  return {
    transport,
    wasConnected: before?.wasConnected === true || ice === "connected" || ice === "completed",
    wellPair: isWell ? pair : before?.wellPair,
    unheardMs,
    checks: followChecks(isSame ? before?.checks : undefined, last, pair, elapsedMs),
    flows: isSame ? flowsOf(pair.receivedBytes !== last.receivedBytes, pair.sentBytes !== last.sentBytes) : "none",
  };
}

function followChecks(before: Checks | undefined, last: Pair | undefined, pair: Pair | undefined, elapsedMs: number): Checks {
  if (!before) return { wereAnswered: (pair?.responses ?? 0) > 0, requestsThen: pair?.requests, unansweredMs: 0 };
  return pair?.responses === last?.responses
    ? { ...before, unansweredMs: before.unansweredMs + elapsedMs }
    : { wereAnswered: true, requestsThen: pair?.requests, unansweredMs: 0 };
}

const flowsOf = (comes: boolean, goes: boolean): MediaPath["flows"] => (comes ? (goes ? "both" : "inbound") : goes ? "outbound" : "none");

/** The far end of the pair used to answer, and has answered none of several checks. */
function isUnanswered({ transport: { pair }, checks }: TransportLane): boolean {
  if (!pair || !checks.wereAnswered) return false;
  const { requestsThen, unansweredMs: forMs } = checks;
  if (pair.requests === undefined || requestsThen === undefined) return forMs >= consentMs;
  return pair.requests - requestsThen >= missedChecks;
}

/** For how long nobody has answered at the far end of the pair, ms; undefined where somebody does, or it cannot be known yet. */
export const unansweredMs = (lane: TransportLane): number | undefined =>
  isUnanswered(lane) && lane.checks.unansweredMs >= goneMs ? lane.checks.unansweredMs : undefined;

/** An answer that came while audio still did says nothing of who is there since: Firefox asks only every 4 to 6 s. */
function answersOf(lane: TransportLane): boolean | undefined {
  if (isUnanswered(lane)) return false;
  const { checks, unheardMs } = lane;
  const isOfNow = checks.unansweredMs <= askedWithinMs && (unheardMs === 0 || checks.unansweredMs < unheardMs);
  return checks.wereAnswered && isOfNow ? true : undefined;
}

/** What may be told of it: no address. */
export function pathOf(lane: TransportLane): MediaPath {
  const { transport, wasConnected, wellPair, flows } = lane;
  const { ice, dtls, pair, isOutdated } = transport;
  const answers = answersOf(lane);
  return {
    ice,
    wasConnected,
    flows,
    ...(dtls && { dtls }),
    ...(pair?.local && { local: pair.local }),
    ...(pair?.remote && { remote: pair.remote }),
    ...(answers !== undefined && { answers }),
    ...(pair && wellPair && hasRemotePortChanged(wellPair, pair) && { remotePortChanged: true }),
    ...(pair && wellPair && hasLocalAddressChanged(wellPair, pair) && { localAddressChanged: true }),
    ...(isOutdated && { isOutdated }),
  };
}

/** The same relay on another port; another address may be another relay. */
const hasRemotePortChanged = (before: Pair, now: Pair): boolean =>
  before.remoteAddress === now.remoteAddress &&
  before.remotePort !== undefined &&
  now.remotePort !== undefined &&
  before.remotePort !== now.remotePort;

/** Only of one kind and one IP version: a device has several addresses at a time, and ICE may take another of them. */
const hasLocalAddressChanged = (before: Pair, now: Pair): boolean =>
  before.local === now.local &&
  versionOf(before) === versionOf(now) &&
  versionOf(now) !== undefined &&
  before.localAddress !== now.localAddress;

/** A relayed address is the TURN server's, and a name (mDNS) hides which it is: neither says where the agent is. */
const versionOf = ({ local, localAddress = "" }: Pair): 4 | 6 | undefined =>
  local === "relay" ? undefined : localAddress.includes(":") ? 6 : /^[\d.]+$/.test(localAddress) ? 4 : undefined;
