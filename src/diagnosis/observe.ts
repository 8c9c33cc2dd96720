/** One pass over a journal into observations. */
import type { Entry } from "../journal.ts";
import { createAttemptLog } from "./attempt-log.ts";
import { createAudioLog, type AnsweredCall } from "./audio-log.ts";
import { createCallBook } from "./call-book.ts";
import { createEdgeLog } from "./edge-log.ts";
import type { ControlSeen, Observations, Seen, TalkFault } from "./observations.ts";
import { createStartLog } from "./start-log.ts";
import { createTalkFaults } from "./talk-faults.ts";

/** A wall clock that ran ahead by this much, or a page that stood still for so long: the device slept, ms. */
const sleepMs = 10_000;

/** Settings that say which trunk is asked, and nothing of what its calls are sent with. */
const ofOrder: ReadonlySet<string> = new Set(["priority", "weight", "standby", "emergency"]);

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
  const book = createCallBook();
  const attempts = createAttemptLog(edges, book);
  /** Calls that last, by their id. */
  const answered = new Map<string, AnsweredCall>();
  const audio = createAudioLog(answered, edges.carrierOf);
  const refusedCalls: Observations["refusedCalls"][number][] = [];
  /** Calls whose number the CRM handed over. */
  const fromCrm = new Set<string>();
  const crmFailures: Observations["crmFailures"][number][] = [];
  const heardFromPages: Observations["heardFromPages"][number][] = [];
  const heardFromLastPage: Observations["heardFromLastPage"][number][] = [];
  const controls: Observations["controls"][number][] = [];
  /** Controls that no word of theirs has come from yet, since when; undefined once one has. */
  const unreached = new Map<string, number | undefined>();
  const missingIceServers: Observations["missingIceServers"][number][] = [];
  const missingCredentials: Observations["missingCredentials"][number][] = [];
  const unknownDigests: Observations["unknownDigests"][number][] = [];
  const forgottenCalls: Observations["forgottenCalls"][number][] = [];
  const settingsChanges: Observations["settingsChanges"][number][] = [];
  const talks = createTalkFaults(book);
  const talkFaults: TalkFault[] = [];
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

  function noteControl(
    { seq, atMs, control: name }: Entry<"control:answered" | "control:failed">,
    word: Pick<ControlSeen, "reached" | "well">,
  ): void {
    if (word.reached) unreached.set(name, undefined);
    else if (!unreached.has(name)) unreached.set(name, atMs);
    const neverSinceMs = unreached.get(name);
    controls.push({ seq, atMs, name, ...word, ...(neverSinceMs !== undefined && { neverSinceMs }) });
  }

  function read(entry: Entry): void {
    const { seq, atMs } = entry;
    // What ends because we close is nobody's fault.
    isOver ||= entry.type === "session:closing";
    if (isOver) return;
    endMs = atMs;
    edges.read(entry);
    book.read(entry);
    starts.read(entry);
    attempts.read(entry);
    audio.read(entry);
    talkFaults.push(...talks.read(entry).faults);
    switch (entry.type) {
      // A URL may hold a token, which is a credential.
      case "server:failed":
        missingCredentials.push({ seq, atMs, trunkId: entry.trunkId });
        break;
      case "credentials:failed":
        (entry.error === "UnsupportedDigest" ? unknownDigests : missingCredentials).push({ seq, atMs, trunkId: entry.trunkId });
        break;

      case "trunks:changed":
        for (const { id: trunkId, what } of entry.changed)
          if (what.some((field) => !ofOrder.has(field))) settingsChanges.push({ seq, atMs, trunkId, isOfNumbers: what.includes("target") });
        break;
      case "ice-servers:failed":
        missingIceServers.push({ seq, atMs, callId: entry.callId, error: entry.error });
        break;

      case "dialog:refreshed":
        if (entry.answer.said === "peer" && entry.answer.code === 481)
          forgottenCalls.push({ seq, atMs, trunkId: entry.trunkId, carrier: edges.carrierOf(entry.trunkId) });
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
        answered.set(entry.callId, { trunkId: entry.trunkId, atMs });
        break;
      case "call:cut":
        answered.delete(entry.callId);
        break;
      case "call:ended": {
        noteAudioNotOpened(entry);
        const { trunkId } = answered.get(entry.callId) ?? {};
        if (entry.end === "flow-lost" && trunkId !== undefined) edges.fell(trunkId, atMs);
        answered.delete(entry.callId);
        break;
      }
      case "socket:tried":
        if (!entry.opened) deniedSockets.push({ seq, atMs, trunkId: entry.trunkId });
        break;
      case "control:answered":
        noteControl(entry, { reached: true, well: true });
        break;
      case "control:failed":
        noteControl(entry, { reached: entry.fault.httpStatus !== undefined, well: false });
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
  }

  return {
    read,
    seen: () => ({
      endMs,
      ...edges.seen(),
      ...starts.seen(),
      attempts: attempts.seen(),
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
      audio: audio.seen(),
      earlierAudio: [],
      settingsChanges: [...settingsChanges],
      forgottenCalls: [...forgottenCalls],
      talkFaults: [...talkFaults].sort((a, b) => a.seq - b.seq),
    }),
  };
}
