/** One pass over a journal into observations. */
import type { Entry } from "../journal.ts";
import type { Outcome } from "../outcome.ts";
import { createEdgeLog } from "./edge-log.ts";
import { firstAfter, type AttemptEnd, type AttemptSeen, type AudioSeen, type Observations, type Seen } from "./observations.ts";
import { isMalformed } from "./malformed.ts";
import { createStartLog } from "./start-log.ts";
import { createUnblamedEnds, isVoid } from "./unblamed-ends.ts";

/** A wall clock that ran ahead by this much: the device slept, ms. */
const sleepMs = 10_000;

/** What the watch of the audio sees with its first sample was so at the answer, ms. */
const atAnswerMs = 3_000;

/** Reads a journal, entry by entry. */
export interface Observer {
  read(entry: Entry): void;
  /** What has been observed so far; what is read later does not change it. */
  seen(): Observations;
}

/** Reads `entries`, oldest first. */
export function observe(entries: readonly Entry[]): Observations {
  const observer = createObserver();
  for (const entry of entries) observer.read(entry);
  return observer.seen();
}

export function createObserver(): Observer {
  const edges = createEdgeLog();
  const starts = createStartLog();
  const unblamed = createUnblamedEnds();
  const attempts: AttemptSeen[] = [];
  const judged = new Set<string>();
  /** One string each, so that the same is seen to be the same without reading it. */
  const ways = new Map<string, string>();
  const refusedCalls: Observations["refusedCalls"][number][] = [];
  /** Calls whose number the CRM handed over. */
  const fromCrm = new Set<string>();
  const crmFailures: Observations["crmFailures"][number][] = [];
  const heardFromPages: Observations["heardFromPages"][number][] = [];
  const heardFromLastPage: Observations["heardFromLastPage"][number][] = [];
  const controls: Observations["controls"][number][] = [];
  const missingIceServers: Observations["missingIceServers"][number][] = [];
  const missingCredentials: Observations["missingCredentials"][number][] = [];
  const unknownDigests: Observations["unknownDigests"][number][] = [];
  const audio: AudioSeen[] = [];
  /** Calls whose ICE restart the peer has taken. */
  const restarted = new Set<string>();
  const forgottenCalls: Observations["forgottenCalls"][number][] = [];
  const answeredOn = new Map<string, { readonly trunkId: string; readonly atMs: number }>();
  /** Calls whose microphone the system has muted since the answer: during a call an agent may do so with the headset. */
  const mutedThroughout = new Set<string>();
  let endMs = 0;
  let isOver = false;
  const offline: Seen[] = [];
  const sleeps: Seen[] = [];
  const deniedSockets: Observations["deniedSockets"][number][] = [];
  /** Since when the browser has the page frozen, or in its cache, ms. */
  let frozenMs = Infinity;

  /** A customer's call failed on our audio. */
  function noteAudioNotOpened({ seq, atMs, error }: Entry<"call:ended" | "call:turned-away">): void {
    if (error !== undefined) refusedCalls.push({ seq, atMs, because: "media-failed", error, byCrm: false });
  }

  function wayOf(trunkId: string, route: string): string {
    const way = `${trunkId} ${route}`;
    const known = ways.get(way);
    if (known === undefined) ways.set(way, way);
    return known ?? way;
  }

  /** An INVITE is judged once: by the first entry that says what it came to. */
  function judge(entry: Extract<Entry, { attempt: number; callId: string }>, end: AttemptEnd | undefined): void {
    const key = `${entry.callId} ${entry.attempt}`;
    if (end === undefined || judged.has(key)) return;
    judged.add(key);
    const { seq, atMs, callId, trunkId, route } = entry;
    const answer = "answer" in entry && entry.answer?.said === "peer" ? entry.answer : undefined;
    const number = unblamed.numberOf(callId);
    // What speaks only with others like it is told with the last of them.
    const place = firstAfter(attempts, atMs, (attempt, limitMs) => attempt.atMs <= limitMs);
    attempts.splice(place, 0, {
      seq,
      atMs,
      callId,
      trunkId,
      carrier: edges.carrierOf(trunkId),
      route,
      way: wayOf(trunkId, route),
      end,
      ...(number !== undefined && { number }),
      ...(answer && { code: answer.code }),
      ...(answer?.q850 && { cause: answer.q850.value }),
    });
  }

  function hear(
    { seq, atMs, callId, trunkId }: Pick<AudioSeen, "seq" | "atMs" | "callId" | "trunkId">,
    end: AudioSeen["end"],
    how: Pick<AudioSeen, "direction" | "path"> = {},
  ): void {
    audio.push({ seq, atMs, callId, trunkId, carrier: edges.carrierOf(trunkId), end, ...how });
  }

  function read(entry: Entry): void {
    const { seq, atMs } = entry;
    // What ends because we close is nobody's fault.
    isOver ||= entry.type === "session:closing";
    if (isOver) return;
    endMs = atMs;
    edges.read(entry);
    starts.read(entry);
    switch (entry.type) {
      // A token in the URL is a credential.
      case "server:failed":
        missingCredentials.push({ seq, atMs, trunkId: entry.trunkId });
        break;
      case "credentials:failed":
        (entry.error === "UnsupportedDigest" ? unknownDigests : missingCredentials).push({ seq, atMs, trunkId: entry.trunkId });
        break;

      case "ice-servers:failed":
        missingIceServers.push({ seq, atMs, callId: entry.callId, error: entry.error });
        break;

      case "attempt:progressed":
        // Repeats, told together: each of them proved no more than the first.
        if (entry.times !== undefined) break;
        edges.prove(entry.trunkId, atMs);
        judge(entry, entry.answer.code === 180 || entry.answer.code === 183 ? "carried" : undefined);
        break;
      case "attempt:answered":
        edges.prove(entry.trunkId, atMs);
        judge(entry, "carried");
        break;
      case "attempt:overdue":
        if (edges.isUnread(entry)) break;
        if (entry.awaited === "ringing") judge(entry, "stalled");
        else if (entry.edgeAlive === true) judge(entry, edges.isLate(entry) ? undefined : "swallowed");
        else edges.doubt(entry);
        break;
      case "attempt:ended":
        if (entry.answer?.said === "peer") edges.prove(entry.trunkId, atMs);
        judge(entry, meaningOf(entry));
        if (entry.outcome.class === "network" && entry.answer?.said !== "peer") edges.fell(entry.trunkId, atMs);
        break;

      case "audio:rated":
        hear(entry, entry.level === "poor" && entry.uplink && entry.uplink.mos < entry.mos ? "poor-uplink" : entry.level);
        break;
      case "audio:given-up": {
        const { direction, path } = entry;
        restarted.delete(entry.callId);
        hear(entry, entry.isLocal ? "silent-here" : "none", { direction, ...(path && { path }) });
        break;
      }
      case "audio:restarted":
      case "audio:renewed":
        if (entry.answer?.said !== "peer") break;
        edges.prove(entry.trunkId, atMs);
        if (entry.answer.code < 300) restarted.add(entry.callId);
        break;
      case "audio:restored":
        if (entry.path?.localAddressChanged) hear(entry, "moved-here");
        else if (entry.path?.remotePortChanged) hear(entry, "moved-there");
        else if (restarted.has(entry.callId)) hear(entry, "mended");
        restarted.delete(entry.callId);
        break;
      case "microphone:changed":
        if (entry.to === "muted" && atMs - (answeredOn.get(entry.callId)?.atMs ?? -Infinity) <= atAnswerMs)
          mutedThroughout.add(entry.callId);
        else mutedThroughout.delete(entry.callId);
        if (entry.to === "lost") hear({ ...entry, trunkId: answeredOn.get(entry.callId)?.trunkId ?? "" }, "unplugged-here");
        break;
      case "playback:changed":
        if (entry.to === "blocked") hear({ ...entry, trunkId: answeredOn.get(entry.callId)?.trunkId ?? "" }, "blocked-here");
        break;
      case "dialog:refreshed":
        if (entry.answer.said !== "peer") break;
        edges.prove(entry.trunkId, atMs);
        if (entry.answer.code === 481) forgottenCalls.push({ seq, atMs, trunkId: entry.trunkId, carrier: edges.carrierOf(entry.trunkId) });
        break;

      case "call:refused":
        refusedCalls.push({ seq, atMs, because: entry.because, error: entry.error, byCrm: fromCrm.has(entry.callId) });
        break;
      case "call:turned-away":
        noteAudioNotOpened(entry);
        break;
      case "call:placed":
        if (entry.by === "click-to-dial") fromCrm.add(entry.callId);
        break;
      case "crm:failed":
        crmFailures.push({ seq, atMs, what: entry.what, fault: entry.fault });
        break;
      case "health:heard":
        if (entry.from === "tab") heardFromPages.push({ seq, atMs, trunkId: entry.trunkId });
        else if (entry.plane === "signalling") heardFromLastPage.push({ seq, atMs, trunkId: entry.trunkId, route: entry.route });
        break;
      case "call:answered":
      case "call:resumed":
        answeredOn.set(entry.callId, { trunkId: entry.trunkId, atMs });
        break;
      case "call:cut":
        edges.fell(entry.trunkId, atMs);
        answeredOn.delete(entry.callId);
        break;
      case "call:ended": {
        noteAudioNotOpened(entry);
        const { trunkId } = answeredOn.get(entry.callId) ?? {};
        if (mutedThroughout.delete(entry.callId) && trunkId !== undefined) hear({ seq, atMs, callId: entry.callId, trunkId }, "muted-here");
        if (entry.end === "flow-lost" && trunkId !== undefined) edges.fell(trunkId, atMs);
        answeredOn.delete(entry.callId);
        break;
      }
      case "socket:tried":
        if (!entry.opened) deniedSockets.push({ seq, atMs, trunkId: entry.trunkId });
        break;
      case "control:answered":
        controls.push({ seq, atMs, name: entry.control, reached: true, well: true });
        break;
      case "control:failed":
        controls.push({ seq, atMs, name: entry.control, reached: entry.fault.httpStatus !== undefined, well: false });
        break;
      case "network:changed":
        if (!entry.online) offline.push({ seq, atMs });
        break;
      case "clock:jumped":
        if (entry.byMs >= sleepMs) sleeps.push({ seq, atMs });
        break;
      case "page:woke":
        sleeps.push({ seq, atMs });
        break;
      case "page:changed":
        if (entry.to === "frozen" || entry.to === "cached") frozenMs = atMs;
        else if (entry.to !== "hidden") {
          if (atMs - frozenMs >= sleepMs) sleeps.push({ seq, atMs });
          frozenMs = Infinity;
        }
        break;
      default:
    }
    for (const end of unblamed.read(entry)) {
      const index = attempts.findLastIndex((attempt) => attempt.seq === end.seq);
      const attempt = attempts[index];
      if (!isVoid(end)) judge(end, "unexplained");
      else if (attempt) attempts[index] = { ...attempt, end: "number-unknown" };
    }
  }

  return {
    read,
    seen: () => ({
      endMs,
      ...edges.seen(),
      ...starts.seen(),
      attempts: [...attempts],
      earlierAttempts: [],
      refusedCalls: [...refusedCalls],
      crmFailures: [...crmFailures],
      heardFromPages: [...heardFromPages],
      heardFromLastPage: [...heardFromLastPage],
      controls: [...controls],
      offline: [...offline],
      sleeps: [...sleeps],
      deniedSockets: [...deniedSockets],
      missingIceServers: [...missingIceServers],
      missingCredentials: [...missingCredentials],
      unknownDigests: [...unknownDigests],
      audio: [...audio],
      forgottenCalls: [...forgottenCalls],
    }),
  };
}

/** What the end of an attempt says of somebody; a response that our own stack made up says nothing of the peer. */
function meaningOf(entry: Entry<"attempt:ended">): AttemptEnd | undefined {
  const { outcome, answer } = entry;
  if (isMalformed(entry)) return "malformed";
  // The far end being out of order (Q.850 27) speaks of neither side.
  if (answer?.said !== "peer" || outcome.row === "q850-27") return undefined;
  return ends[outcome.class]?.(outcome);
}

const ends: Partial<Record<Outcome["class"], (outcome: Outcome) => AttemptEnd>> = {
  answered: () => "carried",
  callee: () => "callee",
  caller: ({ row }) => (row === "sip-401" || row === "sip-407" ? "account-refused" : "caller-refused"),
  // A plain 5xx names no cause: a route's fault, or the whole edge's.
  carrier: ({ row }) => (/^sip-(500|503|5xx)$/.test(row) ? "edge-refused" : "route-refused"),
  network: () => "route-refused",
};
