/** Which trunk carries the next attempt of one call: the best that was not tried, or the first that comes up. */
import type { CancelTimer } from "../clock.ts";
import type { Settings } from "../config.ts";
import type { Emitter } from "../emitter.ts";
import { errorName } from "../errors.ts";
import type { Journal } from "../journal.ts";
import { whenAborted } from "../platform.ts";
import type { Destination } from "../routing/destination.ts";
import { plan, type Candidate } from "../routing/plan.ts";
import type { CommonMode } from "../trunk/common-mode.ts";
import { isTimeToKnock, knockMs } from "../trunk/backoff.ts";
import type { Trunk } from "../trunk/trunk.ts";
import type { CallEvents } from "./call.ts";
import type { CallPolicy } from "./policy.ts";

export interface TrunkChoice {
  /** Trunks that this call may still try, usable or not. */
  readonly left: number;
  /** One of them is fit to take the call now. */
  readonly hasBetter: boolean;
  /** The best one now, else the first that comes in time; undefined when there is none. Counts as tried from here on. */
  take(): Promise<Trunk | undefined>;
  /** The line died under the conversation that this trunk carried: every other may be tried, and if there is none, this one once more. */
  startOver(died: Trunk): void;
  /** It was taken: something of the call may still be under way on it. */
  hasTaken(trunk: Trunk): boolean;
  /** The flow failed under the attempt: where no other trunk is left, this one may be tried again, once it is back. */
  forgive(trunk: Trunk): void;
}

interface TrunkChoicePorts {
  readonly destination: Destination;
  readonly settings: Settings;
  /** In use just now: the settings may change while the call is placed. */
  readonly trunks: () => readonly Trunk[];
  readonly commonMode: CommonMode;
  readonly journal: Journal;
  /** Calls `changed` whenever a trunk's readiness may have changed. @returns what stops it. */
  readonly onTrunkChange: (changed: () => void) => () => void;
  readonly policy: CallPolicy;
  readonly emit: Emitter<Pick<CallEvents, "slow">>["emit"];
  /** Somebody is on the line, by a phone that had been given up: nobody waits any more. */
  readonly isAnswered: () => boolean;
  /** The call is over: nobody waits any more. */
  readonly over: AbortSignal;
}

/** How long one that is coming up is waited for, in ms: when another, which the settings put behind it, came first, or when time is up. */
const comingMs = 250;

export function createTrunkChoice(ports: TrunkChoicePorts): TrunkChoice {
  const { destination, settings, commonMode, journal, onTrunkChange, policy, over } = ports;
  const { clock, limits, random } = settings;
  const { route, emergency } = destination;
  const tried = new Set<Trunk>();
  const taken = new Set<Trunk>();
  /** Those of them that may be tried again, if none is left; and how often each was. */
  const forgiven = new Set<Trunk>();
  const chances = new Map<Trunk, number>();
  const trunks = () => capable(ports.trunks(), emergency);

  function candidates(): readonly Candidate[] {
    const planned = (those: (trunk: Trunk) => boolean) =>
      byPolicy(
        plan(
          trunks()
            .filter(those)
            .map((trunk) => trunk.candidate(route)),
          { emergency, commonMode: commonMode.suspected },
          random,
        ),
      );
    const untried = planned((trunk) => !tried.has(trunk));
    return [...untried, ...planned((trunk) => forgiven.has(trunk))];
  }

  /** The integrator's own order, where there is one. It may leave trunks out, but none that an emergency call could need. */
  function byPolicy(planned: readonly Candidate[]): readonly Candidate[] {
    if (!settings.policy || planned.length === 0) return planned;
    try {
      const order = settings.policy({ route, emergency, candidates: planned });
      const chosen = order.flatMap((id) => planned.find(({ trunkId }) => trunkId === id) ?? []);
      return emergency ? [...new Set([...chosen, ...planned])] : chosen;
    } catch (error) {
      journal.append("policy:failed", { error: errorName(error) });
      return planned;
    }
  }

  function best(): Trunk | undefined {
    const usable = candidates().find(({ flow }) => flow !== "unready");
    return usable && trunks().find(({ id }) => id === usable.trunkId);
  }

  /**
   * None is ready: all are woken, again and again, the sooner the less time is left, for an edge that is overrun takes one now that it
   * refused before; one that is down is knocked at more and more seldom, but by an emergency call. The first that comes is taken; a moment
   * later, where one that the settings prefer is coming up just then.
   */
  function inTime(): Promise<Trunk | undefined> {
    return new Promise((resolve) => {
      let cancelKnock: CancelTimer = () => {};
      let cancelPreference: CancelTimer | undefined;
      let asked = 0;
      const untilMs = clock.nowMs() + policy.trunkWaitMs(limits) + policy.hopeMs(limits);
      let isSettled = false;
      const settle = (trunk?: Trunk) => {
        isSettled = true;
        cancelKnock();
        cancelPreference?.();
        stopWaiting();
        unsubscribe();
        resolve(trunk);
      };
      // Whatever asks for the best one asks the integrator's policy too, which may hang up.
      const takeBest = () => {
        const trunk = best();
        if (trunk && !isSettled) settle(trunk);
      };
      const knock = () => {
        if (isSettled) return;
        if (ports.isAnswered()) return settle();
        cancelKnock = clock.setTimer(knock, knockMs(untilMs - clock.nowMs(), limits, random));
        const knocks = emergency || isTimeToKnock(asked++);
        for (const trunk of trunks()) trunk.wake(knocks);
      };
      const unsubscribe = onTrunkChange(() => {
        const trunk = best();
        if (!trunk || isSettled) return;
        if (emergency || !isOutranked(trunk)) return settle(trunk);
        cancelPreference ??= clock.setTimer(() => {
          cancelPreference = undefined;
          takeBest();
        }, comingMs);
      });
      const giveUp = () => {
        // One may have come, and another, which is preferred, not yet.
        takeBest();
        if (!isSettled) settle();
      };
      let stopWaiting = clock.setTimer(() => {
        takeBest();
        const hoped = isSettled ? [] : candidates();
        if (isSettled) return;
        const [first] = hoped;
        if (!first || ports.isAnswered()) return settle();
        const hopeMs = policy.hopeMs(limits);
        // It was let in, and is being bound: it would come a moment after the call was given up.
        if (hopeMs === 0) return hoped.some(isRegistering) ? void (stopWaiting = clock.setTimer(giveUp, comingMs)) : settle();
        stopWaiting = clock.setTimer(giveUp, hopeMs);
        ports.emit("slow", { trunkId: first.trunkId });
      }, policy.trunkWaitMs(limits));
      whenAborted(over, settle);
      knock();
    });
  }

  const isRegistering = ({ trunkId }: Candidate) =>
    trunks().some(({ id, health }) => id === trunkId && health.registration === "registering");

  /** One that the settings prefer is on its way, as all of them are on a page that was not the telephone. Of an integrator's own order nothing is known before. */
  function isOutranked({ order: { priority } }: Trunk): boolean {
    if (settings.policy) return false;
    const isComing = ({ flow, registration }: Trunk["health"]) => flow === "connecting" || registration === "registering";
    return trunks().some(
      (trunk) => !tried.has(trunk) && trunk.order.priority < priority && !trunk.order.isolated && isComing(trunk.health),
    );
  }

  const isFit = ({ flow, breaker }: Candidate) => flow === "ready" && (breaker !== "open" || emergency || commonMode.suspected);

  return {
    get left() {
      return candidates().length;
    },
    get hasBetter() {
      return candidates().some(isFit);
    },
    async take() {
      // The CRM may yet bring the trunks that an emergency call needs.
      const isHopeful = candidates().length > 0 || (emergency && ports.trunks().length === 0);
      const trunk = best() ?? (isHopeful ? await inTime() : undefined);
      if (!trunk) return undefined;
      tried.add(trunk);
      taken.add(trunk);
      forgiven.delete(trunk);
      return trunk;
    },
    startOver(died) {
      tried.clear();
      forgiven.clear();
      tried.add(died);
      forgiven.add(died);
    },
    hasTaken: (trunk) => taken.has(trunk),
    forgive(trunk) {
      const times = (chances.get(trunk) ?? 0) + 1;
      chances.set(trunk, times);
      if (times <= policy.secondChances) forgiven.add(trunk);
    },
  };
}

/** The trunks that may carry it: for an emergency call those that reach the emergency services, if any is said to. */
function capable(trunks: readonly Trunk[], emergency: boolean): readonly Trunk[] {
  const fit = emergency ? trunks.filter(({ reachesEmergency }) => reachesEmergency) : trunks;
  return fit.length > 0 ? fit : trunks;
}
