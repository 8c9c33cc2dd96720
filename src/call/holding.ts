/**
 * Hold: what the agent wishes, what the peer was told of it, and what the peer holds itself (RFC 3264 §8.4). It decides; what is sent
 * is `changes.ts`'s.
 */
import type { OnViolation } from "../machine.ts";
import { step } from "../machine.ts";
import { directionOf, does, type Direction } from "../media/direction.ts";
import { holdTable, type Held, type HoldEvent } from "../states.ts";

/**
 * What became of `hold()` or `unhold()`. `refused`: by the peer, with `sipCode`; the call is as it was. `overtaken`: the agent wished
 * the opposite before the peer had taken it. `failed`: our own audio could not be described. `not-answered`, `ended`: there is no
 * conversation yet, or none any more.
 */
export type HoldResult =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly because: "refused" | "overtaken" | "failed" | "not-answered" | "ended";
      readonly sipCode?: number;
    };

export interface Holding {
  readonly held: Held;
  /** The agent's last wish. */
  readonly isWished: boolean;
  /** The peer was not told of it yet. */
  readonly isPending: boolean;
  /** Resolves when the peer has taken it, or it has come to nothing; never rejects. */
  wish(isHeld: boolean): Promise<HoldResult>;
  /** The peer knows of this. */
  told(isHeld: boolean): void;
  /** What was under way is over; whoever waits is answered, if this was what they wished. */
  settle(): void;
  /** It comes to nothing: all is as the peer was told last. */
  giveUp(result: HoldResult): void;
  /** The conversation is over, and another may follow: nobody holds anything, and until `anew()` nothing leaves and nothing is played. */
  over(): void;
  anew(): void;
  /** What the peer says of its audio: who receives nothing from us has put us on hold. */
  heed(theirs: string): void;
}

interface HoldingPorts {
  /** Lets our own audio go as the agent wishes. */
  readonly apply: (isHeld: boolean) => void;
  readonly changed: (held: Held) => void;
  readonly onViolation: OnViolation;
}

/** By the agent, or by both. */
export const isHeldHere = (held: Held): boolean => held === "here" || held === "both";
/** By the peer, or by both. */
export const isHeldThere = (held: Held): boolean => held === "there" || held === "both";

/** Which way the audio of an offer goes: who is held, and holds, asks for nothing. */
export const directionFor = (isHeld: boolean, held: Held): Direction =>
  !isHeld ? "sendrecv" : isHeldThere(held) ? "inactive" : "sendonly";

/** Who holds it, where the agent does or does not. */
export const heldBy = (isHeld: boolean, held: Held): Held => (isHeldThere(held) ? (isHeld ? "both" : "there") : isHeld ? "here" : "none");

export function createHolding({ apply, changed, onViolation }: HoldingPorts): Holding {
  let held: Held = "none";
  let isWished = false;
  let isSettled = true;
  let waiting: ((result: HoldResult) => void)[] = [];

  const isHere = () => isHeldHere(held);

  function move(event: HoldEvent): void {
    const next = step("hold", holdTable, held, event, onViolation);
    if (next === undefined) return;
    held = next;
    changed(held);
  }

  function answer(result: HoldResult): void {
    const asked = waiting;
    waiting = [];
    for (const resolve of asked) resolve(result);
  }

  function become(isHeld: boolean): void {
    if (isWished === isHeld) return;
    isWished = isHeld;
    apply(isHeld);
  }

  return {
    get held() {
      return held;
    },
    get isWished() {
      return isWished;
    },
    get isPending() {
      return isWished !== isHere();
    },
    wish(isHeld) {
      if (isWished !== isHeld) answer({ ok: false, because: "overtaken" });
      else if (isSettled) return Promise.resolve({ ok: true });
      isSettled = false;
      become(isHeld);
      return new Promise((resolve) => waiting.push(resolve));
    },
    told: (isHeld) => move(isHeld ? "hold" : "unhold"),
    settle() {
      if (isWished !== isHere()) return;
      isSettled = true;
      answer({ ok: true });
    },
    giveUp(result) {
      isSettled = true;
      become(isHere());
      answer(result);
    },
    over() {
      move("unhold");
      move("unhold-there");
      isSettled = true;
      isWished = false;
      apply(true);
      answer({ ok: false, because: "ended" });
    },
    anew: () => apply(false),
    heed: (theirs) => move(does(directionOf(theirs), "recv") ? "unhold-there" : "hold-there"),
  };
}
