/** The INVITEs of one customer's call, by one trunk or several, that can still be answered: the first of them first. */
import type { CancelTimer, Clock } from "../clock.ts";
import type { Cancellation, SipInvitation } from "../ports/sip-invitation.ts";
import type { Trunk } from "../trunk/trunk.ts";

/** One INVITE of the call. */
export interface Leg {
  readonly trunk: Trunk;
  readonly invitation: SipInvitation;
}

export interface OpenLeg extends Leg {
  /** Aborts when the caller gave it up, or its flow was lost and did not come back in time. */
  readonly gone: AbortSignal;
  /** Its flow is lost. */
  readonly isAdrift: boolean;
  /** Resolves once there is a flow to answer it on, or it is gone; at once where there is one. */
  afloat(): Promise<void>;
}

export interface Legs {
  /** Of those whose flow stands, and has stood throughout, if there is one: of another nobody knows whether its caller is still there. */
  readonly first: OpenLeg | undefined;
  readonly count: number;
  /** One of them was cancelled because somebody else took the call: what of the others was given up first says nothing of that. */
  readonly isTakenElsewhere: boolean;
  add(leg: Leg): void;
  /** 180, unless it is gone: whoever read of it on the record may have ended it by now. */
  ring(leg: Leg): void;
  /** It can be answered no more, or is. */
  leave(leg: OpenLeg): void;
  reject(code: number, but?: Leg): void;
  hasTrunk(trunk: Trunk): boolean;
  /** The same, gone or not. */
  hadTrunk(trunk: Trunk): boolean;
  /** Whether one of them, gone or not, had this Call-ID. */
  hadCallId(sipCallId: string): boolean;
}

interface LegsPorts {
  readonly clock: Clock;
  /** How long a leg whose flow was lost waits for the next one, in ms: nobody knows whether the caller is still there. */
  readonly adriftMs: number;
  /** One is gone, or its flow is. */
  onLost(this: void, how: Cancellation | "flow-lost"): void;
}

interface Kept {
  readonly leg: OpenLeg;
  readonly gone: AbortController;
  hasDrifted?: true;
  /** While its flow is lost. */
  adrift?: { readonly isOver: Promise<void>; readonly end: () => void; readonly cancelTimer: CancelTimer };
}

export function createLegs({ clock, adriftMs, onLost }: LegsPorts): Legs {
  const sipCallIds = new Set<string>();
  const trunks = new Set<Trunk>();
  let open: readonly Kept[] = [];
  let isTakenElsewhere = false;

  /** @returns those that were open, and are no more. */
  function close(which: (kept: Kept) => boolean): readonly Kept[] {
    const closed = open.filter(which);
    open = open.filter((kept) => !closed.includes(kept));
    for (const kept of closed) land(kept);
    return closed;
  }

  function land(kept: Kept): void {
    kept.adrift?.cancelTimer();
    kept.adrift?.end();
    delete kept.adrift;
  }

  function drift(kept: Kept): void {
    if (kept.adrift || !open.includes(kept)) return;
    const late = () => {
      giveUp(kept);
      // As soon as it can be told: others may be asked to take it.
      kept.leg.invitation.reject(480);
      onLost("flow-lost");
    };
    kept.hasDrifted = true;
    let end = () => {};
    const isOver = new Promise<void>((resolve) => (end = resolve));
    kept.adrift = { isOver, end, cancelTimer: clock.setTimer(late, adriftMs) };
    onLost("flow-lost");
  }

  function giveUp(kept: Kept): void {
    close((each) => each === kept);
    kept.gone.abort();
  }

  return {
    get first() {
      return (open.find(({ hasDrifted }) => !hasDrifted) ?? open.find(({ adrift }) => !adrift) ?? open[0])?.leg;
    },
    get count() {
      return open.length;
    },
    get isTakenElsewhere() {
      return isTakenElsewhere;
    },
    add({ trunk, invitation }) {
      const gone = new AbortController();
      const leg: OpenLeg = {
        trunk,
        invitation,
        gone: gone.signal,
        get isAdrift() {
          return kept.adrift !== undefined;
        },
        afloat: async () => kept.adrift?.isOver,
      };
      const kept: Kept = { leg, gone };
      open = [...open, kept];
      if (!trunks.has(trunk)) trunk.countAnew();
      trunks.add(trunk);
      sipCallIds.add(invitation.sipCallId);
      invitation.onFlowChanged((isOpen) => (isOpen ? land(kept) : drift(kept)));
      invitation.onCancelled((how) => {
        isTakenElsewhere ||= how === "answered-elsewhere";
        giveUp(kept);
        // Who gave up on one trunk has done so on another that could not tell us.
        if (open.every(({ adrift }) => adrift)) for (const adrift of close(() => true)) adrift.leg.invitation.reject(487);
        onLost(how);
      });
    },
    ring({ invitation }) {
      if (open.some(({ leg }) => leg.invitation === invitation)) invitation.ring();
    },
    leave: (leg) => void close((kept) => kept.leg === leg),
    reject(code, but) {
      const rejected = close(({ leg }) => leg !== but);
      if (but) close(() => true);
      for (const { leg } of rejected) leg.invitation.reject(code);
    },
    hasTrunk: (trunk) => open.some(({ leg }) => leg.trunk === trunk),
    hadTrunk: (trunk) => trunks.has(trunk),
    hadCallId: (sipCallId) => sipCallIds.has(sipCallId),
  };
}
