/**
 * Whether this page is the agent's telephone. Each account has one: it alone is registered and rung. Another page comes up for a call
 * that the agent places there, and rests again after it. Pages that serve the same accounts have all of them in the same page.
 */
import type { TurnElsewhere } from "./call/agent.ts";
import type { CancelTimer } from "./clock.ts";
import type { Settings } from "./config.ts";
import { guarded, type OnListenerError } from "./guarded.ts";
import type { Journal } from "./journal.ts";
import type { Handset, Seat, SharedAgent, Turn } from "./ports/shared-telephone.ts";
import type { Roster } from "./trunk/roster.ts";

/** Where the agent's telephone is: in this page, for one of its accounts at least, or in others of the browser. */
export type TelephonePlace = "here" | "elsewhere";

export interface Telephone {
  readonly place: TelephonePlace;
  /** Where customers of this account ring. */
  placeOf(aor: string): TelephonePlace;
  /** Takes part; the trunks come up once it is known to be here. */
  start(): void;
  /** The page is back from where no customer could ring it. */
  show(): void;
  /** A call has begun here. */
  used(): void;
  /** Something of the calls, or of the agent, may be otherwise. */
  changed(): void;
  /** The trunks may be other accounts'. */
  review(): void;
  close(): void;
}

/** The calls, as one, for a telephone that moves. */
export interface TelephoneCalls {
  /** A call is under way. */
  readonly isInUse: boolean;
  /** The agent listens to one of these calls. */
  readonly isHeard: boolean;
  readonly agent: SharedAgent;
  /** The agent did this in another page. */
  learn(agent: SharedAgent): void;
  /** The agent did this in that page. */
  turned(page: string, turn: TurnElsewhere): void;
  /** Runs `action` once no call is up and no attempt is followed any more. @returns what calls the wait off. */
  whenIdle(action: () => void): CancelTimer;
}

interface TelephonePorts {
  readonly settings: Settings;
  readonly journal: Journal;
  readonly roster: Roster;
  readonly switchboard: TelephoneCalls;
  readonly onMoved: (to: TelephonePlace) => void;
  readonly onListenerError: OnListenerError;
}

/** One account's. */
interface Bell {
  /** Undefined until it is known what the other pages make of it. */
  place?: TelephonePlace;
  seat?: Seat | undefined;
  cancelRest: CancelTimer;
}

export function createTelephone({ settings, journal, roster, switchboard, onMoved, onListenerError }: TelephonePorts): Telephone {
  const { shared, clock, random } = settings;
  const isShared = shared?.attend !== undefined;
  const bells = new Map<string, Bell>();
  /** The other pages in which the agent talks, and by which accounts each is heard of. */
  const talking = new Map<string, Set<string>>();
  let place: TelephonePlace = isShared ? "elsewhere" : "here";
  let isTold = !isShared;
  let started = false;
  let closed = false;

  const places = () => [...bells.values()].map((bell) => bell.place);

  function moved(account: string, to: TelephonePlace): void {
    const bell = bells.get(account);
    if (closed || !bell) return;
    bell.cancelRest();
    bell.place = to;
    if (to === "here") roster.raise(account);
    else rest(account, bell);
    tell();
  }

  /** Of the page as a whole, once all is known of it. */
  function tell(): void {
    const known = places();
    if (known.length === 0 || known.includes(undefined)) return;
    const now = known.includes("here") ? "here" : "elsewhere";
    if (now === place && isTold) return;
    place = now;
    isTold = true;
    journal.append("telephone:moved", { to: now });
    onMoved(now);
  }

  function rest(account: string, bell: Bell): void {
    bell.cancelRest();
    bell.cancelRest = switchboard.whenIdle(() => void roster.lower(account).then((wasBound) => wasBound && bell.seat?.rested()));
  }

  function review(): void {
    if (!started || closed) return;
    const now = roster.accounts;
    // First the new ones: who shares both hears of it without a gap.
    for (const account of now) if (!bells.has(account)) attend(account);
    for (const [account, bell] of bells) {
      if (now.has(account)) continue;
      bells.delete(account);
      bell.cancelRest();
      bell.seat?.leave();
    }
    tell();
  }

  /** A page that several accounts are shared with says it by each. */
  function turned(account: string, page: string, turn: Turn): void {
    if (closed) return;
    const by = talking.get(page) ?? new Set();
    if (turn === "from") by.delete(account);
    else by.add(account);
    if (by.size > 0) talking.set(page, by);
    else talking.delete(page);
    if (turn !== "from") switchboard.turned(page, turn);
    // Where its account has left us it goes on talking, for all that we know: nobody here is taken back for that.
    else if (by.size === 0) switchboard.turned(page, bells.has(account) ? "from" : "unseen");
  }

  function attend(account: string): void {
    const bell: Bell = { cancelRest: () => {} };
    bells.set(account, bell);
    const trunks = () => roster.trunks.filter(({ account: { aor } }) => aor === account);
    const handset: Handset = {
      account,
      get isInUse() {
        return switchboard.isInUse;
      },
      get isReady() {
        return trunks().some(({ connection }) => connection.isReady);
      },
      get isHeard() {
        return switchboard.isHeard;
      },
      get agent() {
        return switchboard.agent;
      },
      refresh: () => trunks().forEach(({ connection }) => connection.refresh()),
      moved: (isHere) => moved(account, isHere ? "here" : "elsewhere"),
      learn: switchboard.learn,
      turned: (page, turn) => turned(account, page, turn),
    };
    const seat = guarded("shared", () => shared?.attend?.(handset, clock, random), onListenerError);
    if (!seat) return moved(account, "here");
    bell.seat = guardedSeat(seat);
    bell.seat.changed();
  }

  /** What cannot be shared costs the telephone neither its trunks nor its end. */
  function guardedSeat(seat: Seat): Seat {
    const guard = (name: keyof Seat) => () => void guarded("shared", () => seat[name](), onListenerError);
    return { changed: guard("changed"), rested: guard("rested"), leave: guard("leave") };
  }

  const changed = () => bells.forEach(({ seat }) => seat?.changed());
  const stopWatching = roster.onChange(changed);

  return {
    get place() {
      return place;
    },
    placeOf: (aor) => bells.get(aor)?.place ?? place,
    start() {
      started = true;
      review();
    },
    show: () => bells.forEach((bell, account) => void (bell.place === "here" && roster.raise(account))),
    used() {
      bells.forEach((bell, account) => void (bell.place === "elsewhere" && rest(account, bell)));
      changed();
    },
    changed,
    review,
    close() {
      closed = true;
      stopWatching();
      for (const { cancelRest, seat } of bells.values()) {
        cancelRest();
        seat?.leave();
      }
    },
  };
}
