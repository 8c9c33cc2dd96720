/** An answered call, whichever side began it: what both calls let the agent do with it, what the peer makes of it, and the audio. */
import type { Emitter } from "../emitter.ts";
import type { Journal, Party } from "../journal.ts";
import type { OnViolation } from "../machine.ts";
import { anyOf, whenAborted } from "../platform.ts";
import type { DeviceResult, MediaSession } from "../ports/media.ts";
import type { SipDialog } from "../ports/sip-dialog.ts";
import type { CallerIdentity } from "../ports/sip-identity.ts";
import type { SipInvitation } from "../ports/sip-invitation.ts";
import type { Trunk } from "../trunk/trunk.ts";
import { keepAudio, type AudioPorts } from "./audio.ts";
import { createChanges, type ChangePorts } from "./changes.ts";
import type { Departure } from "./departure.ts";
import type { Digits } from "./digits.ts";
import type { Goodbyes } from "./goodbye.ts";
import { createHolding, heldBy, type Holding, type HoldResult } from "./holding.ts";
import { keptCall, type KeptCall, type KeptTransfer } from "./kept-call.ts";
import type { Anew } from "./replacement.ts";
import type { Follow } from "./referred.ts";
import type { ConversationEvents, Talk } from "./talk.ts";
import type { Line, Transfer } from "./transfer.ts";
import { untilReady } from "./until-ready.ts";

export interface TalkPorts {
  readonly callId: string;
  readonly media: MediaSession;
  readonly journal: Journal;
  readonly onViolation: OnViolation;
  readonly onListenerError: (event: string, error: unknown) => void;
  readonly emit: Emitter<ConversationEvents>["emit"];
  /** Reads what the agent dialled. */
  readonly reach: (number: string) => { readonly number: string; readonly party: Party } | undefined;
  /** Calls whom the other side names, where that is allowed. */
  readonly follow: Follow;
  /** The agent turns to this call. */
  readonly onTaken: () => void;
  /** Somebody is on the line, and may be heard. */
  readonly onBegun: () => void;
  /** The customer talks to somebody else. */
  readonly onTransferred: () => void;
  /** The call is with somebody else: this is its dialog from now on. */
  readonly onReplaced: (dialog: SipDialog, trunk: Trunk, by: SipInvitation, identity: CallerIdentity) => void;
  /** Ends a dialog that is not the call's any more, or is not to be. */
  readonly sayGoodbye: Goodbyes["say"];
  /** Where the page before had it: since when it is answered. */
  readonly answeredDateMs?: number | undefined;
  /** The call is over. */
  readonly signal: AbortSignal;
}

interface Answered extends Omit<AudioPorts, "changes" | keyof TalkPorts>, Pick<ChangePorts, "settings" | "onTrunkChange"> {
  readonly trunk: Trunk;
  readonly dialog: SipDialog;
  /** How it stood in the page before. */
  readonly onHolding?: (holding: Holding) => void;
  readonly transferring?: KeptTransfer | undefined;
}

export interface Conversation {
  readonly talk: Talk;
  /** Its far side, once it is answered. */
  readonly line: Line | undefined;
  /** How it ended where the other side has hung up, or says that it knows the call no longer. */
  endThere(how: "bye" | "forgotten"): "transferred" | "hung-up-there" | "flow-lost";
  /** The customer is to leave, and what came of it is not known yet. */
  readonly isLeaving: boolean;
  /** The customer is to leave. */
  depart(departure: Departure): void;
  /** The call is answered: looks after it until it is over. */
  begin(answered: Answered): void;
  /** Undefined before it has begun, after its end, and where it cannot be kept. */
  keep(): KeptCall | undefined;
  /** Calls `ended` when the other side has ended the dialog: at once; or, while somebody is taking its place, when that is over. */
  onEnded(dialog: SipDialog, ended: Parameters<SipDialog["onEnded"]>[0]): void;
  /**
   * The line died under it; the call is not over, and somebody else may answer. Nothing of the microphone leaves meanwhile: whoever is still
   * there is not to hear what the agent says to others.
   */
  cut(): void;
  /** Whoever answers next is heard. */
  anew(): void;
  /** The parties do not hear each other, and what could be tried did not help. */
  readonly hasNoAudio: boolean;
}

export function createConversation(ports: TalkPorts): Conversation {
  const { callId, media, journal, emit, signal } = ports;
  let isMuted = false;
  /** Who answered. */
  let trunkId: string | undefined;
  let ask: () => unknown = () => {};
  let digits: Promise<Digits | undefined> | undefined;
  let keep: Conversation["keep"] = () => undefined;
  let transfer: Promise<Transfer | undefined> | undefined;
  let line: Line | undefined;
  let hasNoAudio = false;
  let { answeredDateMs } = ports;
  let departure: Departure | undefined;
  /** Somebody is taking the customer's place. */
  let replacing: Promise<unknown> | undefined;

  /** The integrator's media session may not be ready for it, and ends no call. */
  function heed(apply: () => void): void {
    try {
      apply();
    } catch (error) {
      ports.onListenerError("media", error);
    }
  }

  const holding = createHolding({
    apply: (isHeld) => !signal.aborted && heed(() => media.hold?.(isHeld)),
    changed(held) {
      if (trunkId === undefined) return;
      journal.append("call:held", { callId, trunkId, held });
      emit("held", { trunkId, held });
    },
    onViolation: ports.onViolation,
  });
  whenAborted(signal, () => holding.giveUp({ ok: false, because: "ended" }));
  /** The conversation under way. */
  let present = new AbortController();

  const notNow = () => (signal.aborted ? "ended" : trunkId === undefined ? "not-answered" : undefined);

  function wish(isHeld: boolean): Promise<HoldResult> {
    const because = notNow();
    if (because) return Promise.resolve({ ok: false, because });
    if (!isHeld) ports.onTaken();
    const result = holding.wish(isHeld);
    ask();
    return result;
  }

  function mute(on?: boolean): void {
    // Whatever a click hands over is no `false`.
    const muted = on !== false;
    if (muted === isMuted || !media.mute || signal.aborted) return;
    isMuted = muted;
    heed(() => media.mute?.(muted));
    journal.append("call:muted", { callId, muted });
    emit("muted", { muted });
  }

  async function device(wish: () => Promise<DeviceResult> | undefined): Promise<DeviceResult> {
    if (signal.aborted) return { ok: false, because: "ended" };
    try {
      return (await wish()) ?? { ok: false, because: "unsupported" };
    } catch (error) {
      return { ok: false, because: "failed", error };
    }
  }

  const isLeaving = () => departure?.isOpen === true;

  function depart(now: Departure): void {
    departure = now;
    whenAborted(now.left, () => departure === now && ports.onTransferred());
  }

  function begin(answered: Answered): void {
    const { trunk, dialog, settings } = answered;
    trunkId = trunk.id;
    answeredDateMs ??= settings.clock.dateMs();
    present = new AbortController();
    let { transferring } = answered;
    hasNoAudio = false;
    const own = { ...ports, ...answered, signal: anyOf(signal, present.signal) };
    const changes = createChanges({ ...own, holding });
    ask = () => trunk.health.ready && changes.ask();
    answered.onHolding?.(holding);
    keep = () => {
      // The agent's wish: the peer may not have been told of it yet.
      const held = heldBy(holding.isWished, holding.held);
      const { route } = answered.party;
      return keptCall({ callId, trunk, route, held, muted: isMuted, answeredDateMs, transferring, dialog: dialog.keep?.() });
    };
    const { clock, limits } = settings;
    const reachable = () => untilReady(trunk, clock.nowMs() + limits.trunkWaitMs, own);
    const of = { callId, trunkId, dialog, media, clock, journal, reachable, signal: own.signal };
    const heard = (digit: string) => emit("digit", { trunkId: trunk.id, digit });
    digits = import("./digits.ts").then(({ createDigits }) => createDigits(of, heard)).catch(() => undefined);
    line = { callId, trunk, dialog, isLeaving, depart };
    const underWay = (now?: KeptTransfer): undefined => void (transferring = now);
    const far = { ...own, ...line, departure, transferring, underWay, isHeld: () => holding.isWished, hold: wish, lineOf };
    transfer = import("./transfer.ts")
      .then(({ createTransfer }) => createTransfer(far))
      .catch(() => {
        if (transferring) departure?.settle(false);
        return underWay();
      });
    if (settings.transferPolicy) {
      const referred = import("./referred.ts").then(({ createReferred }) => createReferred({ ...own, trunk })).catch(() => undefined);
      dialog.onReferral?.((referral) => void referred.then((asked) => (asked ? asked(referral) : referral.reject(480))));
    }
    const tell: AudioPorts["emit"] = emit;
    const noted: AudioPorts["emit"] = (event, detail) => {
      if (event === "no-audio" || event === "audio-restored") hasNoAudio = event === "no-audio";
      tell(event, detail);
    };
    keepAudio({ ...own, changes, emit: noted });
    takers.set(dialog, (invitation, party) => {
      if (replacing) return invitation.reject(491);
      const there = {
        ...own,
        ...{ holding, over: signal, leave: () => present.abort() },
        begin(anew: Anew) {
          departure = undefined;
          begin({ ...answered, ...anew, transferring: undefined, isMute: false });
          ask();
        },
      };
      replacing = import("./replacement.ts")
        .then(({ takePlace }) => takePlace({ invitation, party }, there))
        .catch(() => invitation.reject(480))
        .finally(() => (replacing = undefined));
    });
    ports.onBegun();
  }

  return {
    keep: () => (signal.aborted ? undefined : keep()),
    talk: {
      get held() {
        return holding.held;
      },
      get muted() {
        return isMuted;
      },
      get answeredDateMs() {
        return answeredDateMs;
      },
      hold: () => wish(true),
      unhold: () => wish(false),
      mute,
      unmute: () => mute(false),
      setSpeaker: (deviceId) => device(() => media.setSpeaker?.(deviceId)),
      resumeAudio: () => device(() => media.resumeAudio?.()),
      setMicrophone: (deviceId) => device(() => media.setMicrophone?.(deviceId)),
      async sendDtmf(wanted, options) {
        const loaded = notNow() ? undefined : await digits;
        return loaded?.send(wanted, options) ?? { ok: false, because: notNow() ?? "failed", sent: 0 };
      },
      async transfer(to) {
        const loaded = notNow() ? undefined : await transfer;
        return loaded?.(to) ?? { ok: false, because: notNow() ?? "failed" };
      },
    },
    get line() {
      return signal.aborted ? undefined : line;
    },
    endThere(how) {
      // Whoever accepted the transfer has no other reason to let go of the call.
      if (isLeaving() && departure?.isAccepted) return "transferred";
      return how === "bye" ? "hung-up-there" : "flow-lost";
    },
    get isLeaving() {
      return isLeaving();
    },
    depart,
    begin,
    onEnded(dialog, ended) {
      dialog.onEnded((...how) => {
        if (replacing) void replacing.then(() => ended(...how));
        else ended(...how);
      });
    },
    cut() {
      present.abort();
      holding.over();
      [trunkId, line, answeredDateMs, hasNoAudio, ask] = [undefined, undefined, undefined, false, () => {}];
      keep = () => undefined;
    },
    anew() {
      departure = undefined;
      holding.anew();
    },
    get hasNoAudio() {
      return hasNoAudio;
    },
  };
}

/** A call, and what may be done with its conversation, as one object. */
export function withTalk<Call extends object>(call: Call, conversation: Conversation): Call & Talk {
  conversations.set(call, conversation);
  Object.defineProperty(call, itself, { value: () => call });
  return Object.defineProperties(call, Object.getOwnPropertyDescriptors(conversation.talk)) as Call & Talk;
}

/** By the call. */
const conversations = new WeakMap<object, Conversation>();

/** By which a call is known that a framework has wrapped in a proxy, as its reactive state is: what a function gives it leaves as it is. */
const itself = Symbol("call");

/** @param call as the integrator has it. */
function lineOf(call: { readonly [itself]?: () => object }) {
  try {
    return conversations.get(call[itself]?.() ?? call)?.line;
  } catch {
    // A proxy that was revoked.
    return undefined;
  }
}

/** Who lets an INVITE take the place of the other side, by the dialog of a conversation (RFC 3891). */
export const takers = new WeakMap<SipDialog, (invitation: SipInvitation, party: Party) => void>();

/** The other side was asked to take the customer over, and what came of it is not known yet. */
export const isDeparting = (call: object = {}): boolean => conversations.get(call)?.isLeaving === true;
