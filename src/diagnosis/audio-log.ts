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
  /** Calls whose ICE restart the peer has taken. */
  const restarted = new Set<string>();
  /** Calls whose microphone the system has muted since the answer: during a call an agent may do so with the headset. */
  const mutedThroughout = new Set<string>();

  function hear(
    { seq, atMs, callId, trunkId }: Pick<AudioSeen, "seq" | "atMs" | "callId" | "trunkId">,
    end: AudioSeen["end"],
    how: Pick<AudioSeen, "direction" | "path"> = {},
  ): void {
    audio.push({ seq, atMs, callId, trunkId, carrier: carrierOf(trunkId), end, ...how });
  }

  /** Something on the agent's side. */
  const hearHere = ({ seq, atMs, callId }: Pick<AudioSeen, "seq" | "atMs" | "callId">, end: AudioSeen["end"]) =>
    hear({ seq, atMs, callId, trunkId: answered.get(callId)?.trunkId ?? "" }, end);

  function read(entry: Entry): void {
    switch (entry.type) {
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
        if (entry.answer?.said === "peer" && entry.answer.code < 300) restarted.add(entry.callId);
        break;
      case "audio:restored":
        if (entry.path?.localAddressChanged) hear(entry, "moved-here");
        else if (entry.path?.remotePortChanged) hear(entry, "moved-there");
        else if (restarted.has(entry.callId)) hear(entry, "mended");
        restarted.delete(entry.callId);
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
      case "call:ended":
        if (mutedThroughout.delete(entry.callId) && answered.has(entry.callId)) hearHere(entry, "muted-here");
        break;
      default:
    }
  }

  return { read, seen: () => [...audio] };
}
