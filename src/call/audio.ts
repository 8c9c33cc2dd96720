/**
 * The audio of an answered call: what its media session finds out, an ICE restart to mend it, and a word to the
 * peer when the flow under the call was lost and has come back.
 *
 * One of them recovers at a time: the trunk its flow, and only then the call its audio over it.
 */
import { factOf } from "../answer-fact.ts";
import type { Settings } from "../config.ts";
import type { Emitter } from "../emitter.ts";
import type { Journal, Party } from "../journal.ts";
import type { AudioFault, AudioQuality, MediaSession, MicrophoneState, SipDialog } from "../ports.ts";
import type { Trunk } from "../trunk/trunk.ts";

/** Events of a call that are about its audio. */
export interface AudioEvents {
  /** The parties do not hear each other, and a restart did not help: call again, best over another trunk. */
  "no-audio": AudioFault & { readonly trunkId: string };
  "audio-restored": { readonly trunkId: string };
  /** The first rating, and each time that it became poor or good again. */
  quality: AudioQuality & { readonly trunkId: string; readonly level: "good" | "poor" };
  /** The microphone was muted by the system or a headset, is back, or is gone: the customer does not hear the agent, and no carrier is to blame. */
  microphone: { readonly state: MicrophoneState };
}

export interface AudioPorts {
  readonly callId: string;
  readonly party: Party;
  readonly trunk: Trunk;
  readonly dialog: SipDialog;
  readonly media: MediaSession;
  readonly settings: Settings;
  readonly journal: Journal;
  readonly emit: Emitter<AudioEvents>["emit"];
  readonly onListenerError: (event: string, error: unknown) => void;
  /** Calls `changed` whenever a trunk's readiness may have changed. @returns what stops it. */
  readonly onTrunkChange: (changed: () => void) => () => void;
  /** The call is over. */
  readonly signal: AbortSignal;
}

/** Looks after the audio until the call is over. */
export function keepAudio(ports: AudioPorts): void {
  const { callId, party, trunk, dialog, media, settings, journal, emit, signal } = ports;
  const { clock, limits, privacy } = settings;
  const of = { callId, trunkId: trunk.id };
  const ballot = trunk.ballot(party.route, "media", party.alias);
  /** As long as the audio is lost, and an ICE restart may help. */
  let wantsRestart = false;
  let hasRestarted = false;
  let isProven = false;
  let hasFailed = false;
  /** The peer may not know where to reach us. */
  let isStale = false;
  let cancelGrace = () => {};

  async function giveUp(fault: AudioFault): Promise<void> {
    const late = { ...fault, forMs: fault.forMs + limits.audioGraceMs, ...of };
    journal.append("audio:given-up", late);
    emit("no-audio", late);
    // Where the edge cannot be reached either, it is not its media that fails.
    if (fault.isLocal || hasFailed || !(await trunk.check())) return;
    hasFailed = true;
    trunk.vote(ballot, "failure", "no-audio");
  }

  /** re-INVITE: with new ICE credentials, once, while there is no audio; else with the session as it stands. */
  async function reinvite(): Promise<void> {
    const restarts = wantsRestart && !hasRestarted && media.restartOffer;
    isStale = false;
    hasRestarted ||= !!restarts;
    try {
      const offer = restarts ? await media.restartOffer?.(signal) : undefined;
      const { answer, sdp } = await dialog.reinvite(offer);
      const isHeard = answer.said === "peer";
      if (signal.aborted && !isHeard) return;
      journal.append(offer ? "audio:restarted" : "dialog:refreshed", { ...of, answer: factOf(answer, privacy.reasonText) });
      if (!isHeard) {
        isStale = true;
        if (restarts) hasRestarted = false;
      } else if (offer && sdp) await media.applyAnswer(sdp, offer);
    } catch (error) {
      if (!signal.aborted) ports.onListenerError("media", error);
    }
  }

  const stopWatch = media.watch?.({
    lost(fault) {
      journal.append("audio:lost", { ...of, ...fault });
      cancelGrace();
      cancelGrace = clock.setTimer(() => void giveUp(fault), limits.audioGraceMs);
      // A new path brings no sound where packets come without, nor mends what is wrong here.
      wantsRestart = fault.kind !== "silent" && !fault.isLocal;
      if (wantsRestart && !hasRestarted && media.restartOffer) void reinvite();
    },
    restored(path) {
      cancelGrace();
      wantsRestart = false;
      journal.append("audio:restored", { ...of, ...(path && { path }) });
      emit("audio-restored", { trunkId: trunk.id });
    },
    rated(level, quality) {
      journal.append("audio:rated", { ...of, ...quality, level });
      emit("quality", { ...quality, trunkId: trunk.id, level });
      if (level === "poor" || isProven) return;
      isProven = true;
      trunk.vote(ballot, "success", "audio");
    },
    microphone(state) {
      journal.append("microphone:changed", { callId, to: state });
      emit("microphone", { state });
    },
  });
  const stopFollowing = ports.onTrunkChange(() => {
    const { flow, ready } = trunk.health;
    if (flow !== "open" && flow !== "doubted") isStale = true;
    else if (isStale && ready) void reinvite();
  });
  signal.addEventListener("abort", () => {
    cancelGrace();
    stopWatch?.();
    stopFollowing();
  });
}
