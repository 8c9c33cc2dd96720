/**
 * The audio of an answered call: what its media session finds out, what is tried to mend it, and when the peer is to be told of a
 * flow that was lost and has come back.
 *
 * One of them recovers at a time: the trunk its flow, and only then the call its audio over it.
 */
import { sleep } from "../clock.ts";
import type { Emitter } from "../emitter.ts";
import { guarded } from "../guarded.ts";
import type { Party } from "../journal.ts";
import { whenAborted } from "../platform.ts";
import type { AudioFault, AudioQuality, MicrophoneFallback, MicrophoneState, PlaybackState } from "../ports/audio.ts";
import type { MediaEvents } from "../ports/media.ts";
import type { ChangePorts, Changes } from "./changes.ts";
import { createReconnecting, type ReconnectingEvents } from "./reconnecting.ts";
import { isRecovering, remedyOf, type Remedy } from "./remedy.ts";

/** Events of a call that are about its audio. */
export interface AudioEvents extends ReconnectingEvents {
  /** The parties do not hear each other, and what could be tried did not help: call again, best over another trunk. */
  "no-audio": AudioFault & { readonly trunkId: string };
  /** Lost audio flows again, whether or not it came to `no-audio`; on the trunk that carries the call. */
  "audio-restored": { readonly trunkId: string };
  /** The first rating, and each time that it became poor or good again. */
  quality: AudioQuality & { readonly trunkId: string; readonly level: "good" | "poor" };
  /**
   * The microphone was muted by the system or a headset, is back, or is gone: the customer does not hear the agent, and no carrier is to
   * blame. `lost`: it was pulled out, and `another` took its place; or there is `none` until one is plugged in, which is taken by itself.
   */
  microphone: { readonly state: MicrophoneState | "lost"; readonly fellBackTo?: MicrophoneFallback };
  /** `blocked`: the browser does not let the page play the customer; have the agent click, and call `resumeAudio()` from there. */
  playback: { readonly state: PlaybackState };
}

export interface AudioPorts extends ChangePorts {
  readonly party: Party;
  readonly changes: Changes;
  readonly emit: Emitter<AudioEvents>["emit"];
  /** The call was answered without any audio of ours: it is offered as soon as it can be had. */
  readonly isMute?: boolean;
}

/** How often lost audio is looked at, ms. */
const lookMs = 1_000;

/** Lost audio, while it is lost. */
interface Loss {
  readonly fault: AudioFault;
  readonly sinceMs: number;
  /** When something was last tried; before that, when it was lost. */
  triedMs: number;
  isTold: boolean;
}

/** Looks after the audio until the call is over. */
export function keepAudio(ports: AudioPorts): void {
  const { callId, party, trunk, media, changes, journal, emit, signal } = ports;
  const { clock, limits, random } = ports.settings;
  const of = { callId, trunkId: trunk.id };
  const ballot = trunk.ballot(party.route, "media", party.alias);
  const reconnecting = createReconnecting(trunk.id, emit);
  let loss: Loss | undefined;
  /** Since the audio last was well for a while, or something changed. */
  const tried = new Set<Remedy>();
  let isProven = false;
  let hasFailed = false;
  let cancelLook = () => {};
  let cancelProof = () => {};

  async function tell(lost: Loss): Promise<void> {
    lost.isTold = true;
    const { path } = media;
    const late = { ...lost.fault, forMs: Math.round(lost.fault.forMs + clock.nowMs() - lost.sinceMs), ...(path && { path }), ...of };
    journal.append("audio:given-up", late);
    emit("no-audio", late);
    // Where the edge cannot be reached either, it is not its media that fails.
    if (lost.fault.isLocal || hasFailed || !(await trunk.check())) return;
    hasFailed = true;
    trunk.vote(ballot, "failure", "no-audio");
  }

  /** What may be tried is; what may not, or did not help in time, is told. */
  function look(): void {
    cancelLook();
    const lost = loss;
    if (!lost || signal.aborted) return;
    cancelLook = clock.setTimer(look, lookMs);
    const nowMs = clock.nowMs();
    if (lost.isTold && nowMs - lost.triedMs >= limits.audioAgainMs * (1 + random())) {
      tried.clear();
      lost.triedMs = nowMs;
    }
    const isPatient = lost.triedMs > lost.sinceMs && nowMs - lost.triedMs < limits.audioGraceMs;
    const remedy = isPatient ? undefined : next(lost, nowMs);
    if (remedy && trunk.health.ready) return void mend(remedy);
    if (isRecovering(media.path ?? lost.fault.path, nowMs - lost.sinceMs)) return;
    if (!lost.isTold && !changes.isUnderWay && nowMs - lost.triedMs >= limits.audioGraceMs) void tell(lost);
  }

  function next({ fault, sinceMs }: Loss, nowMs: number): Remedy | undefined {
    const remedy = remedyOf({ fault, path: media.path ?? fault.path, lostMs: nowMs - sinceMs, tried });
    return remedy === "ice-restart" && !media.restartOffer ? undefined : remedy;
  }

  /** Resolves with whether the peer took it. */
  async function mend(remedy: Remedy): Promise<boolean> {
    if (changes.isUnderWay) return false;
    tried.add(remedy);
    if (loss) reconnecting.lost("audio");
    const asked = await ask(remedy);
    if (asked === "unheard") tried.delete(remedy);
    if (loss) loss.triedMs = clock.nowMs();
    return asked === "taken";
  }

  /** re-INVITE, with a remedy or with the session as it stands: once it is heard the peer knows our flow. */
  async function ask(remedy?: Remedy): ReturnType<Changes["ask"]> {
    const asked = await changes.ask(remedy);
    if ((asked === "taken" || asked === "refused") && !signal.aborted) reconnecting.back("flow");
    return asked;
  }

  /** Audio for a call that was answered without: again and again, for the agent may grant the microphone at any time. */
  async function obtain(): Promise<void> {
    while (!signal.aborted && !(await mend("new-connection")))
      await sleep(clock, limits.audioAgainMs * (1 + random()), signal).catch(() => {});
  }

  /** A restart may have left the audio on the pair before it, which the peer soon drops (RFC 8445 §9). */
  function prove(): void {
    if (!loss && tried.has("ice-restart") && media.path?.isOutdated && trunk.health.ready) return void mend("new-connection");
    tried.clear();
  }

  const events: MediaEvents = {
    lost(fault) {
      journal.append("audio:lost", { ...of, ...fault });
      cancelProof();
      loss = { fault, sinceMs: clock.nowMs(), triedMs: clock.nowMs(), isTold: false };
      look();
    },
    restored(path) {
      cancelLook();
      loss = undefined;
      if (tried.size > 0) cancelProof = clock.setTimer(prove, limits.audioProofMs);
      journal.append("audio:restored", { ...of, ...(path && { path }) });
      emit("audio-restored", { trunkId: trunk.id });
      reconnecting.back("audio");
    },
    rated(level, quality) {
      journal.append("audio:rated", { ...of, ...quality, level });
      emit("quality", { ...quality, trunkId: trunk.id, level });
      if (level === "poor" || isProven) return;
      isProven = true;
      trunk.vote(ballot, "success", "audio");
    },
    microphone(state, fellBackTo) {
      const how = fellBackTo && { fellBackTo };
      journal.append("microphone:changed", { callId, to: state, ...how });
      emit("microphone", { state, ...how });
    },
    playback(state) {
      journal.append("playback:changed", { callId, to: state });
      emit("playback", { state });
    },
  };
  // Not watched the audio is heard all the same.
  const stopWatch = guarded("media", () => media.watch?.(events), ports.onListenerError);
  const stopFollowing = ports.onTrunkChange(() => {
    const { flow, ready } = trunk.health;
    if (flow !== "open" && flow !== "doubted") reconnecting.lost("flow");
    if (!changes.isWanted || !ready) return;
    // Another network may have come with it: what did not help before may now.
    tried.clear();
    const remedy = loss && next(loss, clock.nowMs());
    if (remedy && !changes.isUnderWay) void mend(remedy);
    else void ask();
  });
  if (ports.isMute) void obtain();
  whenAborted(signal, () => {
    cancelLook();
    cancelProof();
    guarded("media", () => stopWatch?.(), ports.onListenerError);
    stopFollowing();
  });
}
