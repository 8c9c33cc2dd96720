/**
 * The audio of an answered call: what its media session finds out, what is tried to mend it, and a word to the peer when the flow under
 * the call was lost and has come back.
 *
 * One of them recovers at a time: the trunk its flow, and only then the call its audio over it.
 */
import { factOf } from "../answer-fact.ts";
import { sleep } from "../clock.ts";
import type { Settings } from "../config.ts";
import type { Emitter } from "../emitter.ts";
import type { Journal, Party } from "../journal.ts";
import type { AudioFault, AudioQuality, MediaSession, MicrophoneState, SipDialog } from "../ports.ts";
import type { Trunk } from "../trunk/trunk.ts";
import { createReconnecting, type ReconnectingEvents } from "./reconnecting.ts";
import { isRecovering, remedyOf, type Remedy } from "./remedy.ts";

/** Events of a call that are about its audio. */
export interface AudioEvents extends ReconnectingEvents {
  /** The parties do not hear each other, and what could be tried did not help: call again, best over another trunk. */
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
  const { callId, party, trunk, dialog, media, settings, journal, emit, signal } = ports;
  const { clock, limits, privacy, random } = settings;
  const of = { callId, trunkId: trunk.id };
  const ballot = trunk.ballot(party.route, "media", party.alias);
  const reconnecting = createReconnecting(trunk.id, emit);
  let loss: Loss | undefined;
  /** Since the audio last was well for a while, or something changed. */
  const tried = new Set<Remedy>();
  let isProven = false;
  let hasFailed = false;
  /** The peer may not know where to reach us. */
  let isStale = false;
  let isAsking = false;
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
    if (remedy && trunk.health.ready) return void ask(remedy);
    if (isRecovering(media.path ?? lost.fault.path, nowMs - lost.sinceMs)) return;
    if (!lost.isTold && !isAsking && nowMs - lost.triedMs >= limits.audioGraceMs) void tell(lost);
  }

  function next({ fault, sinceMs }: Loss, nowMs: number): Remedy | undefined {
    const remedy = remedyOf({ fault, path: media.path ?? fault.path, lostMs: nowMs - sinceMs, tried });
    return remedy === "ice-restart" && !media.restartOffer ? undefined : remedy;
  }

  /** re-INVITE: with a remedy, or with the session as it stands. One at a time. Resolves with whether the peer took it. */
  async function ask(remedy?: Remedy): Promise<boolean> {
    if (isAsking) return false;
    isAsking = true;
    isStale = false;
    if (remedy) tried.add(remedy);
    if (remedy && loss) reconnecting.lost("audio");
    let offer: string | undefined;
    try {
      offer = await (remedy === "ice-restart" ? media.restartOffer?.(signal) : remedy && media.offer(signal));
      const { answer, sdp } = await dialog.reinvite(offer);
      const isHeard = answer.said === "peer";
      if (signal.aborted && !isHeard) return false;
      const type = !remedy ? "dialog:refreshed" : remedy === "ice-restart" ? "audio:restarted" : "audio:renewed";
      journal.append(type, { ...of, answer: factOf(answer, privacy.reasonText) });
      // Nobody answered: it is asked again on the next flow, and counts as not tried.
      if (!isHeard) isStale = true;
      else if (!signal.aborted) reconnecting.back("flow");
      if (!isHeard && remedy) tried.delete(remedy);
      if (offer !== undefined && sdp !== undefined && answer.code < 300) await media.applyAnswer(sdp, offer);
      else if (offer !== undefined) media.withdraw?.(offer);
      return answer.code < 300;
    } catch (error) {
      if (offer !== undefined) media.withdraw?.(offer);
      if (!signal.aborted) ports.onListenerError("media", error);
      return false;
    } finally {
      isAsking = false;
      if (remedy && loss) loss.triedMs = clock.nowMs();
    }
  }

  /** Audio for a call that was answered without: again and again, for the agent may grant the microphone at any time. */
  async function obtain(): Promise<void> {
    while (!signal.aborted && !(await ask("new-connection")))
      await sleep(clock, limits.audioAgainMs * (1 + random()), signal).catch(() => {});
  }

  /** A restart may have left the audio on the pair before it, which the peer soon drops (RFC 8445 §9). */
  function prove(): void {
    if (!loss && tried.has("ice-restart") && media.path?.isOutdated && trunk.health.ready) return void ask("new-connection");
    tried.clear();
  }

  const stopWatch = media.watch?.({
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
    microphone(state) {
      journal.append("microphone:changed", { callId, to: state });
      emit("microphone", { state });
    },
  });
  const stopFollowing = ports.onTrunkChange(() => {
    const { flow, ready } = trunk.health;
    if (flow !== "open" && flow !== "doubted") {
      isStale = true;
      reconnecting.lost("flow");
    } else if (isStale && ready) {
      // Another network may have come with it: what did not help before may now.
      tried.clear();
      void ask(loss && next(loss, clock.nowMs()));
    }
  });
  if (ports.isMute) void obtain();
  signal.addEventListener("abort", () => {
    cancelLook();
    cancelProof();
    stopWatch?.();
    stopFollowing();
  });
}
