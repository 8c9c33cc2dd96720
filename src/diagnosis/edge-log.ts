/** What is heard of each edge, read from the journal entry by entry: its signs of life, and the stretches without any. */
import type { Entry } from "../journal.ts";
import { isServerFailing } from "./answers.ts";
import { withoutBlips } from "./blips.ts";
import type { Observations, Outage, Seen, SeenOfTrunk, TrunkSeen } from "./observations.ts";
import { firstAfter, probedWithinMs } from "./questions.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What could not be read, or came late, explains for so long why nothing is heard: its repeats are put on record no sooner, ms. */
const explainsMs = 60_000;

/** A probe is given up after so long (`limits.probeTimeoutMs`): an answer that took as long is late, ms. */
const lateFromMs = 1_500;

/** An outage while the journal is read. */
interface DraftOutage extends Mutable<Outage> {
  /** The CRM gave no URL to open a socket to, and each try so far ended so. */
  hasNoUrl?: boolean;
  /** And its own endpoint was reached meanwhile: no network kept the URL from it. */
  isUnasked?: boolean;
}

/** A trunk while the journal is read. */
interface Draft extends Omit<
  TrunkSeen,
  "host" | "provenMs" | "boundMs" | "outages" | "blips" | "refusals" | "granted" | "lateProbes" | "lateAnswers" | "refusedProbes"
> {
  host: string;
  /** When the CRM set another address for it, ms. */
  movedMs: number;
  /** When we closed its socket, ms; Infinity once another has opened. */
  closedHereMs: number;
  /** No socket has opened there yet: what is heard comes by the one before, which is kept until then. */
  isAtOldAddress: boolean;
  granted: Seen | undefined;
  readonly provenMs: number[];
  readonly boundMs: number[];
  readonly lateProbes: Seen[];
  readonly lateAnswers: Seen[];
  readonly refusedProbes: Seen[];
  /** It takes OPTIONS: an edge that never does may not know the method. */
  takesProbes: boolean;
  readonly outages: DraftOutage[];
  readonly refusals: TrunkSeen["refusals"][number][];
  /** Since when nothing was answered that should have been. */
  silentSince: Seen | undefined;
  /** When the last message came that could not be read, ms. */
  unreadMs: number;
  /** When the last OPTIONS was answered, if that was late, ms. */
  answeredLateMs: number;
}

export interface EdgeLog {
  read(entry: Entry): void;
  carrierOf(trunkId: string): string;
  /** When its registrar last bound us, ms; -Infinity where it has not. */
  registeredMsOf(trunkId: string): number;
  /** An answer is missing: if the flow is lost before another comes, it had been silent since. */
  doubt(silent: SeenOfTrunk): void;
  /** Keeps it as unread where what came meanwhile could not be read. @returns whether that is so. */
  noteIfUnread(silent: SeenOfTrunk): boolean;
  /** Keeps an INVITE without an answer as late where the edge answers its probes late. @returns whether that is so. */
  noteIfLate(silent: SeenOfTrunk): boolean;
  /** A call met the loss of the trunk's flow: it went on over another trunk, or fell with it. */
  fell(trunkId: string, atMs: number): void;
  seen(): Pick<Observations, "trunks" | "triedMs" | "unreadAnswers">;
}

export function createEdgeLog(): EdgeLog {
  const trunks = new Map<string, Draft>();
  const unreadAnswers: Observations["unreadAnswers"][number][] = [];
  let triedMs = Infinity;
  const fallen: Pick<SeenOfTrunk, "trunkId" | "atMs">[] = [];

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
          boundMs: [],
          outages: [],
          refusals: [],
          movedMs: -Infinity,
          closedHereMs: Infinity,
          isAtOldAddress: false,
          granted: undefined,
          silentSince: undefined,
          lateProbes: [],
          lateAnswers: [],
          refusedProbes: [],
          takesProbes: false,
          unreadMs: -Infinity,
          answeredLateMs: -Infinity,
        }),
      );
    return trunk;
  }

  /** The peer was heard: whatever outage there was is over. */
  function prove(id: string, atMs: number): void {
    const trunk = trunkOf(id);
    const { provenMs, outages, silentSince } = trunk;
    triedMs = Math.min(triedMs, atMs);
    // What was counted is written later than it happened.
    const place = firstAfter(provenMs, atMs, (proven, limitMs) => proven <= limitMs);
    provenMs.splice(place, 0, atMs);
    if (silentSince && atMs < silentSince.atMs) return;
    trunk.silentSince = undefined;
    const outage = outages.at(-1);
    if (outage?.backMs !== Infinity || trunk.isAtOldAddress || atMs < outage.lostMs) return;
    outage.backMs = atMs;
    outage.isReached = true;
  }

  function open({ trunkId, atMs }: Entry<"flow:changed">): void {
    Object.assign(trunkOf(trunkId), { isAtOldAddress: false, closedHereMs: Infinity });
    prove(trunkId, atMs);
  }

  function noteIfUnread({ trunkId, seq, atMs }: SeenOfTrunk): boolean {
    const isSo = atMs - trunkOf(trunkId).unreadMs <= explainsMs;
    if (isSo) unreadAnswers.push({ seq, atMs, trunkId });
    return isSo;
  }

  function noteIfLate({ trunkId, seq, atMs }: SeenOfTrunk): boolean {
    const trunk = trunkOf(trunkId);
    const isSo = atMs - trunk.answeredLateMs <= explainsMs;
    if (isSo) trunk.lateAnswers.push({ seq, atMs });
    return isSo;
  }

  function lose({ trunkId, from, end, seq, atMs }: Entry<"flow:changed">): void {
    const trunk = trunkOf(trunkId);
    const last = trunk.outages.at(-1);
    const isDenied = from === "connecting" && !end?.byPagePolicy;
    // Tries that fail while it lasts are the same outage.
    if (last?.backMs === Infinity) {
      if (isDenied) last.deniedMs = Math.min(last.deniedMs, atMs);
      return void Object.assign(last, { hasNoUrl: false, isUnasked: false });
    }
    const since = trunk.silentSince ?? { seq, atMs };
    const howLost = (): Outage["how"] => {
      if (end?.byPagePolicy) return "forbidden";
      if (trunk.silentSince) return noteIfUnread({ ...since, trunkId }) ? "unread" : "silent";
      return from !== "connecting" && end?.clean ? "closed" : "unreachable";
    };
    const lastMs = trunk.provenMs.at(-1) ?? -Infinity;
    const isReached = Number.isFinite(lastMs) && lastMs >= trunk.movedMs && !trunk.isAtOldAddress;
    trunk.outages.push({
      ...since,
      trunkId,
      carrier: trunk.carrier,
      aliveMs: isReached ? lastMs : undefined,
      isReached,
      lostMs: atMs,
      backMs: Infinity,
      deniedMs: isDenied ? atMs : Infinity,
      how: howLost(),
      isSinceOurClose: isReached && trunk.closedHereMs - lastMs <= probedWithinMs,
      code: end?.code,
    });
  }

  /** A socket was to be opened, and the CRM gave no URL. */
  function missUrl(trunkId: string): void {
    const outage = trunkOf(trunkId).outages.at(-1);
    if (outage?.backMs === Infinity) outage.hasNoUrl ??= true;
  }

  /** The CRM's endpoint, or another that is no carrier's, was reached. */
  function reachControl(): void {
    for (const { outages } of trunks.values()) {
      const outage = outages.at(-1);
      if (outage?.backMs === Infinity && outage.hasNoUrl) outage.isUnasked = true;
    }
  }

  /** What could not be reached is not looked for there any more. */
  function move(trunk: Draft, host: string, atMs: number): void {
    trunk.host = host;
    trunk.movedMs = atMs;
    trunk.isAtOldAddress = true;
    trunk.silentSince = undefined;
    const outage = trunk.outages.at(-1);
    if (outage?.backMs === Infinity) outage.backMs = atMs;
  }

  const fell = (trunkId: string, atMs: number) => void fallen.push({ trunkId, atMs });

  function doubt({ trunkId, seq, atMs }: SeenOfTrunk): void {
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
          if (moved.has(id) || trunk.host !== host) move(trunk, host, atMs);
        }
        break;
      }

      case "flow:changed":
        triedMs = Math.min(triedMs, atMs);
        if (entry.to === "open") open(entry);
        else if (entry.to === "doubted") doubt(entry);
        else if (entry.to === "closed") trunkOf(entry.trunkId).closedHereMs = atMs;
        // A try without an end had no socket: the CRM gave no URL for it (`server:failed`).
        else if (entry.to === "waiting" && (entry.end || entry.from !== "connecting")) lose(entry);
        break;
      case "probe:unanswered":
        doubt(entry);
        trunkOf(entry.trunkId).lateProbes.push({ seq, atMs });
        break;
      case "probe:answered":
        if (entry.rttMs >= lateFromMs) trunkOf(entry.trunkId).lateProbes.push({ seq, atMs });
        // A pong names no ping: it may be that of an earlier one.
        if (entry.method === "OPTIONS") trunkOf(entry.trunkId).answeredLateMs = entry.rttMs >= lateFromMs ? atMs : -Infinity;
        for (const answeredMs of timesOf(entry)) {
          prove(entry.trunkId, answeredMs);
          if (isServerFailing(entry.answer)) trunkOf(entry.trunkId).refusedProbes.push({ seq, atMs: answeredMs });
        }
        if (entry.answer && entry.answer.code < 300) trunkOf(entry.trunkId).takesProbes = true;
        break;
      case "registration:changed":
        if (entry.answer?.said === "peer") prove(entry.trunkId, atMs);
        if (entry.to === "registered") {
          trunkOf(entry.trunkId).granted ??= { seq, atMs };
          if (entry.answer?.said === "peer") trunkOf(entry.trunkId).boundMs.push(atMs);
        }
        if (entry.to === "refused" || ((entry.answer?.code ?? 0) >= 300 && (entry.answer?.said === "peer" || !noteIfUnread(entry))))
          trunkOf(entry.trunkId).refusals.push({
            seq,
            atMs,
            code: entry.answer?.said === "peer" ? entry.answer.code : undefined,
            ...(entry.answer?.askedAgain && { askedAgain: entry.answer.askedAgain }),
            ...(entry.answer?.retryAfterS !== undefined && { isBusy: true }),
          });
        break;
      case "server:failed":
        missUrl(entry.trunkId);
        break;
      case "control:answered":
        reachControl();
        break;
      case "frame:discarded":
        if (entry.fault === "malformed") trunkOf(entry.trunkId).unreadMs = entry.lastMs ?? atMs;
        break;

      case "attempt:progressed":
        // Repeats, told together: they prove no more than the first, which was told alone.
        if (entry.times === undefined) prove(entry.trunkId, atMs);
        break;
      case "attempt:answered":
        prove(entry.trunkId, atMs);
        break;
      case "attempt:ended":
        if (entry.answer?.said === "peer") prove(entry.trunkId, atMs);
        else if (entry.outcome.class === "network") fell(entry.trunkId, atMs);
        break;
      case "audio:restarted":
      case "audio:renewed":
      case "dialog:refreshed":
        if (entry.answer?.said === "peer") prove(entry.trunkId, atMs);
        break;
      case "call:cut":
        fell(entry.trunkId, atMs);
        break;
      default:
    }
  }

  function seen(): Pick<Observations, "trunks" | "triedMs" | "unreadAnswers"> {
    const known = [...trunks.values()].map((trunk) => ({
      ...trunk,
      provenMs: [...trunk.provenMs],
      boundMs: [...trunk.boundMs],
      refusals: [...trunk.refusals],
      lateProbes: [...trunk.lateProbes],
      lateAnswers: [...trunk.lateAnswers],
      refusedProbes: trunk.takesProbes ? [...trunk.refusedProbes] : [],
      outages: trunk.outages.map(({ hasNoUrl: _, isUnasked, ...outage }) => (isUnasked ? { ...outage, how: "unasked" as const } : outage)),
    }));
    return {
      trunks: withoutBlips(known, fallen),
      triedMs,
      unreadAnswers: [...unreadAnswers],
    };
  }

  return {
    read,
    carrierOf: (id) => trunkOf(id).carrier,
    registeredMsOf: (id) => trunkOf(id).boundMs.at(-1) ?? -Infinity,
    doubt,
    noteIfUnread,
    noteIfLate,
    fell,
    seen,
  };
}

/** Routine is told once a minute: an entry that says more was not written by us. */
const mostTimes = 1_000;

/** When the probes were answered that one entry tells of: they are sent at an even pace. */
function timesOf({ atMs, times: told = 1, fromMs = atMs, untilMs = atMs }: Entry<"probe:answered">): readonly number[] {
  const times = Math.min(told, mostTimes);
  const paceMs = times > 1 ? (untilMs - fromMs) / (times - 1) : 0;
  return Array.from({ length: times }, (_, index) => untilMs - paceMs * (times - 1 - index));
}
