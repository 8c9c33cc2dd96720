/**
 * How either side changes an answered call (RFC 3261 §14): our re-INVITEs, one at a time, and the peer's offers. Whatever is offered or
 * answered, for whatever reason, says whether the agent holds the call; so a hold outlives an ICE restart and a lost flow, and may
 * go with either.
 */
import { factOf } from "../answer-fact.ts";
import { sleep, within } from "../clock.ts";
import type { Settings } from "../config.ts";
import type { Facts, Journal } from "../journal.ts";
import { directionOf, does, fittedTo, narrowed, withoutOldHold, type Direction } from "../media/direction.ts";
import { whenAborted } from "../platform.ts";
import type { MediaSession } from "../ports/media.ts";
import type { SipDialog } from "../ports/sip-dialog.ts";
import type { Trunk } from "../trunk/trunk.ts";
import { directionFor, type Holding } from "./holding.ts";
import { withdraw } from "./open-media.ts";
import type { Remedy } from "./remedy.ts";

/** What became of a re-INVITE of ours. `unheard`: nobody answered. `failed`: it could not be described, or its answer not be used. */
export type Asked = "taken" | "refused" | "unheard" | "failed" | "busy";

export interface Changes {
  /** A re-INVITE of ours has no answer yet. */
  readonly isUnderWay: boolean;
  /** The peer is to be told something: where we are, or that the agent holds the call. */
  readonly isWanted: boolean;
  /** re-INVITE: with a remedy; with the hold that the agent wishes; or with the session as it stands, where the peer must be told where we are. */
  ask(remedy?: Remedy): Promise<Asked>;
}

export interface ChangePorts {
  readonly callId: string;
  readonly trunk: Trunk;
  readonly dialog: SipDialog;
  readonly media: MediaSession;
  readonly settings: Settings;
  readonly journal: Journal;
  readonly onListenerError: (event: string, error: unknown) => void;
  /** Calls `changed` whenever a trunk's readiness may have changed. @returns what stops it. */
  readonly onTrunkChange: (changed: () => void) => () => void;
  /** The call is over. */
  readonly signal: AbortSignal;
}

export function createChanges(ports: ChangePorts & { readonly holding: Holding }): Changes {
  const { callId, trunk, dialog, media, journal, signal, holding, settings } = ports;
  const { clock, limits, privacy } = settings;
  const of = { callId, trunkId: trunk.id };
  let isUnderWay = false;
  let isStale = false;
  /** Asked for while another was under way. */
  let isDue = false;
  /** The peer's latest change, until it is over: no offer of ours is made meanwhile, and one from before says nothing any more. */
  let theirs: Promise<unknown> = Promise.resolve();

  // ── Ours ──────────────────────────────────────────────────────────────────────────────────────

  async function ask(remedy?: Remedy): Promise<Asked> {
    if (isUnderWay) {
      isDue = true;
      return "busy";
    }
    if (!remedy && !isStale && !holding.isPending) return "taken";
    isUnderWay = true;
    isDue = false;
    try {
      return await tell(remedy);
    } finally {
      isUnderWay = false;
      holding.settle();
      if (isDue && trunk.health.ready && !signal.aborted) void ask();
    }
  }

  async function tell(remedy?: Remedy): Promise<Asked> {
    const wasStale = isStale;
    /** What our media session described, until it is answered. */
    let own: string | undefined;
    let isHeld = holding.isWished;
    let direction: Direction | undefined;
    const takeBack = () => {
      if (own !== undefined) withdraw(media, own);
      own = undefined;
    };
    try {
      const { answer, sdp } = await dialog.reinvite(async () => {
        takeBack();
        isHeld = holding.isWished;
        own = await describe(remedy);
        isStale = false;
        if (own === undefined) return undefined;
        const told = narrowed(own, directionFor(isHeld, holding.held));
        direction = directionOf(told);
        return told;
      });
      const isHeard = answer.said === "peer";
      if (signal.aborted && !isHeard) return "unheard";
      // Nobody answered: it is asked again on the next flow.
      if (!isHeard) isStale = true;
      const fact = { ...of, answer: factOf(answer, privacy.reasonText) };
      if (remedy) journal.append(remedy === "ice-restart" ? "audio:restarted" : "audio:renewed", fact);
      else if (wasStale) journal.append("dialog:refreshed", fact);
      if (answer.code >= 300) {
        takeBack();
        if (isHeard && !remedy && holding.isPending) refused(isHeld, answer.code, fact);
        return isHeard ? "refused" : "unheard";
      }
      holding.told(isHeld);
      if (own !== undefined && sdp !== undefined) await take(sdp, own, direction);
      else takeBack();
      return "taken";
    } catch (error) {
      takeBack();
      if (signal.aborted) return "failed";
      ports.onListenerError("media", error);
      if (!remedy && holding.isPending) refused(isHeld);
      return "failed";
    } finally {
      // What the agent wished meanwhile, or was not part of it.
      isDue ||= !isStale && holding.isPending;
    }
  }

  function refused(isHeld: boolean, code?: number, fact: Partial<Pick<Facts["hold:refused"], "answer">> = {}): void {
    journal.append("hold:refused", { ...of, wished: isHeld ? "hold" : "unhold", ...fact });
    holding.giveUp(code === undefined ? { ok: false, because: "failed" } : { ok: false, because: "refused", sipCode: code });
  }

  /** What the media session does that one side waits for. */
  const inTime = <T>(doing: Promise<T>): Promise<T> => within(clock, doing, limits.mediaMs, signal);

  /** Our offer; undefined: the session as it stands. Made anew where the peer changed the session while it was made. */
  async function describe(remedy?: Remedy): Promise<string | undefined> {
    for (;;) {
      const before = theirs;
      const making = before.then(() => make(remedy));
      // What comes too late is nobody's: a prompt for the microphone may stay open for ever.
      const made = await inTime(making).catch((error: unknown) => {
        making.then(
          (late) => late !== undefined && withdraw(media, late),
          () => {},
        );
        if (before === theirs || signal.aborted) throw error;
        return undefined;
      });
      if (before === theirs) return made;
      if (made !== undefined) withdraw(media, made);
    }
  }

  function make(remedy?: Remedy): Promise<string> | undefined {
    if (remedy === "new-connection") return media.offer(signal);
    const isDead = remedy === "ice-restart" || media.path?.ice === "failed";
    if (remedy || (holding.isPending && isDead && media.restartOffer)) return media.restartOffer?.(signal);
    return holding.isPending ? media.reoffer?.(signal) : undefined;
  }

  /** @param direction of our offer: an answer to one that asks for nothing says nothing of a hold. */
  async function take(answer: string, offer: string, direction: Direction | undefined): Promise<void> {
    const read = withoutOldHold(answer);
    await inTime(media.applyAnswer(read, offer));
    if (!signal.aborted && direction !== "inactive") holding.heed(read);
  }

  // ── Theirs ────────────────────────────────────────────────────────────────────────────────────

  async function answer(offer: string): Promise<string> {
    const ours = await inTime(media.answer(offer, signal));
    const isHeld = holding.isWished;
    if (!signal.aborted) {
      holding.heed(offer);
      // Where the peer would send nothing anyway our answer does not show it.
      if (does(directionOf(offer), "send")) holding.told(isHeld);
    }
    return narrowed(fittedTo(offer, ours), isHeld ? "sendonly" : "sendrecv");
  }

  /** Ours, which the peer asked for, until its answer comes. */
  let asked: { readonly own: string; readonly told: string; readonly isHeld: boolean } | undefined;
  let acknowledged = () => {};

  dialog.keepSession({
    answer(theirOffer) {
      const answered = answer(withoutOldHold(theirOffer));
      theirs = answered.catch(() => {});
      return answered.finally(() => holding.settle());
    },
    async offer() {
      const acked = new Promise<void>((resolve) => (acknowledged = resolve));
      theirs = Promise.race([acked, sleep(clock, limits.ackMs, signal).catch(() => {})]);
      const isHeld = holding.isWished;
      const making = media.reoffer?.(signal);
      const own = making && (await inTime(making));
      const told = own && narrowed(own, directionFor(isHeld, holding.held));
      asked = own === undefined || told === undefined ? undefined : { own, told, isHeld };
      return told;
    },
    async applyAnswer(theirAnswer, told) {
      const { own, isHeld } = asked?.told === told ? asked : { own: told, isHeld: holding.isWished };
      try {
        await take(theirAnswer, own, directionOf(told));
        if (asked?.told === told) holding.told(isHeld);
      } finally {
        acknowledged();
        holding.settle();
      }
    },
  });

  const stopFollowing = ports.onTrunkChange(() => {
    const { flow } = trunk.health;
    if (flow !== "open" && flow !== "doubted") isStale = true;
  });
  whenAborted(signal, stopFollowing);

  return {
    get isUnderWay() {
      return isUnderWay;
    },
    get isWanted() {
      return isStale || holding.isPending;
    },
    ask,
  };
}
