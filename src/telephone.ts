/**
 * Whether this page is the agent's telephone. It alone is registered and rung; another page comes up for a call that the agent places
 * there, and rests again after it.
 */
import type { CancelTimer } from "./clock.ts";
import type { Settings } from "./config.ts";
import type { Journal } from "./journal.ts";
import type { Seat, SharedAgent } from "./ports/shared-telephone.ts";
import type { Roster } from "./trunk/roster.ts";

/** Where the agent's telephone is: in this page, or in another of the browser. */
export type TelephonePlace = "here" | "elsewhere";

export interface Telephone {
  readonly place: TelephonePlace;
  /** Takes part; the trunks come up once it is known to be here. */
  start(): void;
  /** The page is back from where no customer could ring it. */
  show(): void;
  /** A call has begun here. */
  used(): void;
  /** Something of the calls, or of the agent, may be otherwise. */
  changed(): void;
  /** The trunks may be another account's. */
  review(): void;
  close(): void;
}

interface TelephonePorts {
  readonly settings: Settings;
  readonly journal: Journal;
  readonly roster: Roster;
  readonly switchboard: {
    readonly isInUse: boolean;
    readonly isHeard: boolean;
    readonly agent: SharedAgent;
    learn(agent: SharedAgent): void;
    turned(page: string, isTo: boolean): void;
    whenIdle(action: () => void): CancelTimer;
  };
  readonly onMoved: (to: TelephonePlace) => void;
}

export function createTelephone({ settings, journal, roster, switchboard, onMoved }: TelephonePorts): Telephone {
  const { shared, clock, random } = settings;
  let place: TelephonePlace = shared?.attend ? "elsewhere" : "here";
  /** What the other pages make of it is not known yet. */
  let isTold = place === "here";
  let account = "";
  let seat: Seat | undefined;
  let started = false;
  let closed = false;
  let cancelRest: CancelTimer = () => {};

  function moved(to: TelephonePlace): void {
    if (closed) return;
    cancelRest();
    if (to === "here") roster.raise();
    else rest();
    if (to === place && isTold) return;
    place = to;
    isTold = true;
    journal.append("telephone:moved", { to });
    onMoved(to);
  }

  function rest(): void {
    cancelRest();
    cancelRest = switchboard.whenIdle(() => void roster.lower().then((wasBound) => wasBound && seat?.rested()));
  }

  /** Who is rung by these trunks; nobody, while there is none. */
  const accountNow = () => [...new Set(roster.trunks.map(({ account: { aor } }) => aor))].sort().join(" ");

  function review(): void {
    const now = accountNow();
    if (!started || closed || now === account) return;
    account = now;
    seat?.leave();
    seat = undefined;
    if (now === "") return;
    seat = shared?.attend?.(
      {
        account,
        get isInUse() {
          return switchboard.isInUse;
        },
        get isReady() {
          return roster.trunks.some(({ connection }) => connection.isReady);
        },
        get isHeard() {
          return switchboard.isHeard;
        },
        get agent() {
          return switchboard.agent;
        },
        refresh: () => roster.trunks.forEach(({ connection }) => connection.refresh()),
        moved: (isHere) => moved(isHere ? "here" : "elsewhere"),
        learn: switchboard.learn,
        turned: switchboard.turned,
      },
      clock,
      random,
    );
  }

  const changed = () => seat?.changed();
  const stopWatching = roster.onChange(changed);

  return {
    get place() {
      return place;
    },
    start() {
      started = true;
      if (place === "here") roster.raise();
      review();
    },
    show: () => void (place === "here" && roster.raise()),
    used() {
      if (place === "elsewhere" && started) rest();
      changed();
    },
    changed,
    review,
    close() {
      closed = true;
      cancelRest();
      stopWatching();
      seat?.leave();
    },
  };
}
