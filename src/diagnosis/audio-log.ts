/** How the audio of answered calls went, read from the journal entry by entry. */
import type { Entry } from "../journal.ts";
import type { AudioSeen } from "./observations.ts";

/** What the watch of the audio sees with its first sample was so at the answer, ms. */
const atAnswerMs = 3_000;

export interface AudioLog {
  read(entry: Entry): void;
  seen(): readonly AudioSeen[];
}

export interface AnsweredCall {
  readonly trunkId: string;
  readonly atMs: number;
}

/** @param answered by call id, those that last: it learns of an end after this log. */
export function createAudioLog(answered: ReadonlyMap<string, AnsweredCall>, carrierOf: (trunkId: string) => string): AudioLog {
  const audio: AudioSeen[] = [];
  /** What was rated well in each call, by its place, while neither the audio is lost nor the call over. */
  const stillWell = new Map<string, number[]>();
  /** The last loss of each call's audio, until it came back or was given up. */
  const lost = new Map<string, Entry<"audio:lost">>();
  /** Calls whose ICE restart the peer has taken. */
  const restarted = new Set<string>();
  /** Calls whose microphone the system has muted since the answer: during a call an agent may do so with the headset. */
  const mutedThroughout = new Set<string>();

  function hear(
    { seq, atMs, callId, trunkId }: Pick<AudioSeen, "seq" | "atMs" | "callId" | "trunkId">,
    end: AudioSeen["end"],
    how: Pick<AudioSeen, "direction" | "path" | "wellUntilMs" | "lossPercent"> = {},
  ): void {
    const answeredMs = answered.get(callId)?.atMs;
    audio.push({ seq, atMs, callId, trunkId, carrier: carrierOf(trunkId), end, ...how, ...(answeredMs !== undefined && { answeredMs }) });
  }

  function rate(entry: Entry<"audio:rated">): void {
    const { level, uplink, mos, lossPercent, callId } = entry;
    if (level === "poor") return uplink && uplink.mos < mos ? hear(entry, "poor-uplink") : hear(entry, "poor", { lossPercent });
    stillWell.set(callId, [...(stillWell.get(callId) ?? []), audio.length]);
    hear(entry, "good", { wellUntilMs: Infinity });
  }

  /** What was rated well in this call was so until then. */
  function endWell(callId: string, untilMs: number): void {
    for (const place of stillWell.get(callId) ?? []) {
      const good = audio[place];
      if (good) audio[place] = { ...good, wellUntilMs: untilMs };
    }
    stillWell.delete(callId);
  }

  const wellUntil = (fault?: Entry<"audio:lost">) => (fault ? { wellUntilMs: fault.atMs - fault.forMs } : {});

  /** Something on the agent's side. */
  const hearHere = ({ seq, atMs, callId }: Pick<AudioSeen, "seq" | "atMs" | "callId">, end: AudioSeen["end"]) =>
    hear({ seq, atMs, callId, trunkId: answered.get(callId)?.trunkId ?? "" }, end);

  /** Whoever hears nothing hangs up. */
  function cutShort({ seq, atMs, callId }: Entry<"call:ended">): void {
    const fault = lost.get(callId);
    lost.delete(callId);
    if (!fault) return;
    const { trunkId, direction, path } = fault;
    hear({ seq, atMs, callId, trunkId }, "cut-short", { direction, ...wellUntil(fault), ...(path && { path }) });
  }

  function read(entry: Entry): void {
    switch (entry.type) {
      case "audio:rated":
        rate(entry);
        break;
      case "audio:lost":
        if (entry.isLocal) break;
        endWell(entry.callId, entry.atMs - entry.forMs);
        lost.set(entry.callId, entry);
        break;
      case "audio:given-up": {
        const { direction, path } = entry;
        const wellUntilMs = entry.atMs - entry.forMs;
        restarted.delete(entry.callId);
        lost.delete(entry.callId);
        if (!entry.isLocal) endWell(entry.callId, wellUntilMs);
        hear(entry, entry.isLocal ? "silent-here" : "none", { direction, wellUntilMs, ...(path && { path }) });
        break;
      }
      case "audio:restarted":
      case "audio:renewed":
        if (entry.answer?.said === "peer" && entry.answer.code < 300) restarted.add(entry.callId);
        break;
      case "audio:restored":
        if (entry.path?.localAddressChanged) hear(entry, "moved-here");
        else if (entry.path?.remotePortChanged) hear(entry, "moved-there");
        else if (restarted.has(entry.callId)) hear(entry, "mended", wellUntil(lost.get(entry.callId)));
        restarted.delete(entry.callId);
        lost.delete(entry.callId);
        break;
      case "microphone:changed":
        if (entry.to === "muted" && entry.atMs - (answered.get(entry.callId)?.atMs ?? -Infinity) <= atAnswerMs)
          mutedThroughout.add(entry.callId);
        else mutedThroughout.delete(entry.callId);
        if (entry.to === "lost") hearHere(entry, "unplugged-here");
        break;
      case "playback:changed":
        if (entry.to === "blocked") hearHere(entry, "blocked-here");
        break;
      case "call:cut":
        endWell(entry.callId, entry.atMs);
        lost.delete(entry.callId);
        break;
      case "call:ended":
        endWell(entry.callId, entry.atMs);
        cutShort(entry);
        if (mutedThroughout.delete(entry.callId) && answered.has(entry.callId)) hearHere(entry, "muted-here");
        break;
      default:
    }
  }

  return { read, seen: () => [...audio] };
}
