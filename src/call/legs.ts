/** The INVITEs of one customer's call, by one trunk or several, that can still be answered: the first of them first. */
import type { Cancellation, SipInvitation } from "../ports/sip-invitation.ts";
import type { Trunk } from "../trunk/trunk.ts";

/** One INVITE of the call. */
export interface Leg {
  readonly trunk: Trunk;
  readonly invitation: SipInvitation;
}

export interface OpenLeg extends Leg {
  /** Aborts when the caller gave it up, or its flow was lost. */
  readonly gone: AbortSignal;
}

export interface Legs {
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

/** @param onLost one is gone. */
export function createLegs(onLost: (how: Cancellation) => void): Legs {
  const sipCallIds = new Set<string>();
  const trunks = new Set<Trunk>();
  let open: readonly OpenLeg[] = [];
  let isTakenElsewhere = false;

  const leave = (leg: OpenLeg) => void (open = open.filter((each) => each !== leg));

  return {
    get first() {
      return open[0];
    },
    get count() {
      return open.length;
    },
    get isTakenElsewhere() {
      return isTakenElsewhere;
    },
    add({ trunk, invitation }) {
      const gone = new AbortController();
      const leg: OpenLeg = { trunk, invitation, gone: gone.signal };
      open = [...open, leg];
      trunks.add(trunk);
      sipCallIds.add(invitation.sipCallId);
      invitation.onCancelled((how) => {
        leave(leg);
        isTakenElsewhere ||= how === "answered-elsewhere";
        gone.abort();
        onLost(how);
      });
    },
    ring({ invitation }) {
      if (open.some((leg) => leg.invitation === invitation)) invitation.ring();
    },
    leave,
    reject(code, but) {
      const rejected = open.filter((leg) => leg !== but);
      open = [];
      for (const { invitation } of rejected) invitation.reject(code);
    },
    hasTrunk: (trunk) => open.some((leg) => leg.trunk === trunk),
    hadTrunk: (trunk) => trunks.has(trunk),
    hadCallId: (sipCallId) => sipCallIds.has(sipCallId),
  };
}
