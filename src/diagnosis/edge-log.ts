/** What is heard of each edge, read from the journal entry by entry: its signs of life, and the stretches without any. */
import type { Entry } from "../journal.ts";
import { firstAfter, togetherMs, type Observations, type Outage, type Seen, type TrunkSeen } from "./observations.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * An outage is a blip when it is over this soon, none came near it, no other trunk was out meanwhile, and no call met it:
 * nobody was the worse for it, ms.
 */
const blipMs = 5_000;
const alonePerMs = 120_000;

/** What could not be read, or came late, explains that no answer was heard within this time after it: repeats are told that late, ms. */
const toldWithinMs = 60_000;

/** A probe is given up after so long (`limits.probeTimeoutMs`): an answer that took as long is late, ms. */
const lateMs = 1_500;

/** A trunk while the journal is read. */
interface Draft extends Omit<TrunkSeen, "host" | "provenMs" | "outages" | "blips" | "refusals" | "granted" | "lateProbes" | "lateAnswers"> {
  host: string;
  /** When the CRM set another address for it, ms. */
  movedMs: number;
  granted: Seen | undefined;
  readonly provenMs: number[];
  readonly lateProbes: Seen[];
  readonly lateAnswers: Seen[];
  readonly outages: Mutable<Outage>[];
  readonly refusals: (Seen & { readonly code: number | undefined })[];
  /** Since when nothing was answered that should have been. */
  silentSince: Seen | undefined;
  /** When the last message came that could not be read, ms. */
  unreadMs: number;
  /** When the last OPTIONS was answered, if that was late, ms. */
  lateMs: number;
}

export interface EdgeLog {
  read(entry: Entry): void;
  carrierOf(trunkId: string): string;
  /** The peer was heard. */
  prove(trunkId: string, atMs: number): void;
  /** Nothing was answered that should have been. */
  doubt(silent: Seen & { readonly trunkId: string }): void;
  isUnread(silent: Seen & { readonly trunkId: string }): boolean;
  /** The edge had answered late just before: that nothing was answered yet is no silence. */
  isLate(silent: Seen & { readonly trunkId: string }): boolean;
  /** A call met the loss of the trunk's flow: it went on over another trunk, or fell with it. */
  fell(trunkId: string, atMs: number): void;
  seen(): Pick<Observations, "trunks" | "triedMs" | "unreadAnswers">;
}

export function createEdgeLog(): EdgeLog {
  const trunks = new Map<string, Draft>();
  const unreadAnswers: Observations["unreadAnswers"][number][] = [];
  let triedMs = Infinity;
  const fallen: { readonly trunkId: string; readonly atMs: number }[] = [];

  function trunkOf(id: string, carrier = id, host = id): Draft {
    let trunk = trunks.get(id);
    if (!trunk)
      trunks.set(
        id,
        (trunk = {
          id,
          carrier,
          host,
          provenMs: [],
          outages: [],
          refusals: [],
          movedMs: -Infinity,
          granted: undefined,
          silentSince: undefined,
          lateProbes: [],
          lateAnswers: [],
          unreadMs: -Infinity,
          lateMs: -Infinity,
        }),
      );
    return trunk;
  }

  /** The peer was heard: whatever outage there was is over. */
  function prove(id: string, atMs: number): void {
    const { provenMs, outages, silentSince } = trunkOf(id);
    triedMs = Math.min(triedMs, atMs);
    // What was counted is written later than it happened.
    const place = firstAfter(provenMs, atMs, (proven, limitMs) => proven <= limitMs);
    provenMs.splice(place, 0, atMs);
    if (silentSince && atMs < silentSince.atMs) return;
    trunkOf(id).silentSince = undefined;
    const outage = outages.at(-1);
    if (outage?.backMs !== Infinity || atMs < outage.lostMs) return;
    outage.backMs = atMs;
    outage.isReached = true;
  }

  /** No answer was heard of this trunk; but then, what it said could not be read. */
  function isUnread({ trunkId, seq, atMs }: Seen & { readonly trunkId: string }): boolean {
    const isSo = atMs - trunkOf(trunkId).unreadMs <= toldWithinMs;
    if (isSo) unreadAnswers.push({ seq, atMs, trunkId });
    return isSo;
  }

  /** An INVITE on an edge that answers late is answered late as well. */
  function isLate({ trunkId, seq, atMs }: Seen & { readonly trunkId: string }): boolean {
    const trunk = trunkOf(trunkId);
    const isSo = atMs - trunk.lateMs <= toldWithinMs;
    if (isSo) trunk.lateAnswers.push({ seq, atMs });
    return isSo;
  }

  function lose({ trunkId, from, end, seq, atMs }: Entry<"flow:changed">): void {
    const trunk = trunkOf(trunkId);
    // Tries that fail while it lasts are the same outage.
    if (trunk.outages.at(-1)?.backMs === Infinity) return;
    const since = trunk.silentSince ?? { seq, atMs };
    const how = end?.byPagePolicy
      ? "forbidden"
      : trunk.silentSince
        ? isUnread({ ...since, trunkId })
          ? "unread"
          : "silent"
        : from !== "connecting" && end?.clean
          ? "closed"
          : "unreachable";
    const lastMs = trunk.provenMs.at(-1) ?? -Infinity;
    const isReached = Number.isFinite(lastMs) && lastMs >= trunk.movedMs;
    trunk.outages.push({
      ...since,
      trunkId,
      carrier: trunk.carrier,
      aliveMs: isReached ? lastMs : undefined,
      isReached,
      lostMs: atMs,
      backMs: Infinity,
      how,
      code: end?.code,
    });
  }

  /** What could not be reached is not looked for there any more. */
  function move(trunk: Draft, host: string, atMs: number): void {
    trunk.host = host;
    trunk.movedMs = atMs;
    trunk.silentSince = undefined;
    const outage = trunk.outages.at(-1);
    if (outage?.backMs === Infinity) outage.backMs = atMs;
  }

  function doubt({ trunkId, seq, atMs }: Seen & { readonly trunkId: string }): void {
    trunkOf(trunkId).silentSince ??= { seq, atMs };
  }

  function read(entry: Entry): void {
    const { seq, atMs } = entry;
    switch (entry.type) {
      case "session:started":
        for (const { id, carrier, host } of entry.trunks) trunkOf(id, carrier, host);
        break;
      case "trunks:changed": {
        const moved = new Set(entry.changed.flatMap(({ id, what }) => (what.includes("server") ? [id] : [])));
        for (const { id, carrier, host } of entry.trunks) {
          const trunk = trunkOf(id, carrier, host);
          if (!moved.has(id) && trunk.host === host) continue;
          move(trunk, host, atMs);
        }
        break;
      }

      case "flow:changed":
        triedMs = Math.min(triedMs, atMs);
        if (entry.to === "open") prove(entry.trunkId, atMs);
        else if (entry.to === "doubted") doubt(entry);
        // A try without an end had no socket: the CRM gave no URL for it (`server:failed`).
        else if (entry.to === "waiting" && (entry.end || entry.from !== "connecting")) lose(entry);
        break;
      case "probe:unanswered":
        doubt(entry);
        trunkOf(entry.trunkId).lateProbes.push({ seq, atMs });
        break;
      case "probe:answered":
        if (entry.rttMs >= lateMs) trunkOf(entry.trunkId).lateProbes.push({ seq, atMs });
        // A pong names no ping: it may be that of an earlier one.
        if (entry.method === "OPTIONS") trunkOf(entry.trunkId).lateMs = entry.rttMs >= lateMs ? atMs : -Infinity;
        for (const answeredMs of timesOf(entry)) prove(entry.trunkId, answeredMs);
        break;
      case "registration:changed":
        if (entry.answer?.said === "peer") prove(entry.trunkId, atMs);
        if (entry.to === "registered") trunkOf(entry.trunkId).granted ??= { seq, atMs };
        if (entry.to === "refused" || ((entry.answer?.code ?? 0) >= 300 && (entry.answer?.said === "peer" || !isUnread(entry))))
          trunkOf(entry.trunkId).refusals.push({ seq, atMs, code: entry.answer?.said === "peer" ? entry.answer.code : undefined });
        break;
      case "frame:discarded":
        if (entry.fault === "malformed") trunkOf(entry.trunkId).unreadMs = entry.lastMs ?? atMs;
        break;
      default:
    }
  }

  function seen(): Pick<Observations, "trunks" | "triedMs" | "unreadAnswers"> {
    const known = [...trunks.values()].map((trunk) => ({
      ...trunk,
      provenMs: [...trunk.provenMs],
      refusals: [...trunk.refusals],
      lateProbes: [...trunk.lateProbes],
      lateAnswers: [...trunk.lateAnswers],
      outages: trunk.outages.map((outage) => ({ ...outage })),
    }));
    const allOutages = known.flatMap(({ outages }) => outages);
    const isNear = (other: Outage, outage: Outage) =>
      other.trunkId === outage.trunkId
        ? Math.abs(other.atMs - outage.atMs) < alonePerMs
        : other.atMs <= outage.backMs + togetherMs && outage.atMs <= other.backMs + togetherMs;
    const isBlip = (outage: Outage) =>
      outage.backMs - outage.atMs < blipMs &&
      !allOutages.some((other) => other !== outage && isNear(other, outage)) &&
      !fallen.some((call) => call.trunkId === outage.trunkId && call.atMs >= outage.atMs - blipMs && call.atMs <= outage.backMs + blipMs);
    return {
      trunks: known.map((trunk) => {
        const blips = trunk.outages.filter(isBlip);
        return { ...trunk, blips, outages: trunk.outages.filter((outage) => !blips.includes(outage)) };
      }),
      triedMs,
      unreadAnswers: [...unreadAnswers],
    };
  }

  return {
    read,
    carrierOf: (id) => trunkOf(id).carrier,
    prove,
    doubt,
    isUnread,
    isLate,
    fell: (trunkId, atMs) => void fallen.push({ trunkId, atMs }),
    seen,
  };
}

/** When the probes were answered that one entry tells of: they are sent at an even pace. */
function timesOf({ atMs, times = 1, fromMs = atMs, untilMs = atMs }: Entry<"probe:answered">): readonly number[] {
  const paceMs = times > 1 ? (untilMs - fromMs) / (times - 1) : 0;
  return Array.from({ length: times }, (_, index) => untilMs - paceMs * (times - 1 - index));
}
