/**
 * One page of a browser is an account's telephone: who holds a Web Lock of it. The browser hands that on when its page is
 * closed or crashes. Where the agent is in another page, that one asks for it by BroadcastChannel, and takes it: at once for a call,
 * or when it was in front for a moment; never from a page where a call is up. Who does not answer is frozen, and it is taken from it
 * too. Whoever loses it stays registered until the other can be rung.
 *
 * In front is what has the focus. A page in a frame has none while the agent works in the page around it: so what is seen is in front
 * too, but takes it from no page that is seen as well, in a window beside it.
 *
 * Timers of a hidden page may come once a minute, messages come at once: so no page proves that it lives, it is asked.
 */
import type { CancelTimer, Clock, Random } from "../../src/clock.ts";
import { whenAborted } from "../../src/platform.ts";
import type { Handset, Seat } from "../../src/ports/shared-telephone.ts";
import type { TelephonePage } from "./page.ts";
import { createTalkers } from "./talkers.ts";
import type { Turns } from "./turns.ts";
import { wants, wordOf, type Saying, type Want, type Word } from "./words.ts";

/** What is used of the browser. */
export interface TelephoneHost extends TelephonePage {
  readonly locks: Pick<LockManager, "request">;
  readonly channel: Pick<BroadcastChannel, "postMessage" | "close" | "addEventListener">;
}

/** How long an answer may take, ms. Asked twice: a page that has slept hears its own timer before what was said to it meanwhile. */
const answerMs = 750;
const tries = 2;
/** In front: who only passes through a page takes nothing along, ms. */
const focusMs = 1_000;
/** The telephone follows the agent no sooner than this after it was taken last, ms: each move costs a registrar two requests. */
const stayMs = 10_000;
/** The same of one that cannot be rung, ms: the next page knows of its registrars what they said, not how often they were asked already. */
const deadStayMs = 60_000;
/** A telephone that is reloaded is back by then, ms; the focus need not wait. */
const orphanMs = 1_500;
/** Who lost it rests this long after the other can be rung, ms: its other trunks come up meanwhile. */
const handOverMs = 1_000;
/** It is asked whether it lives when it was not heard for this long, and up to as much again, ms. */
const signMs = 10_000;

/** `inheriting`: it has the lock, and waits for a page that may only have been reloaded. `leaving`: it lost it, and may still be rung. */
type Role = "waiting" | "inheriting" | "here" | "leaving" | "suspended";

export function takeSeat(host: TelephoneHost, key: string, turns: Turns, handset: Handset, clock: Clock, random: Random): Seat {
  const { locks, channel } = host;
  const { page } = turns;
  let role: Role = "waiting";
  let sinceMs = -Infinity;
  /** When anything was heard of the telephone. */
  let signAtMs = clock.nowMs();
  /** Of the lock that we have, or have asked for last. */
  let lock = new AbortController();
  let asked: Want | undefined;
  let told = { isInUse: false, isReady: false, agent: JSON.stringify(handset.agent) };
  let left = false;
  const talkers = createTalkers({ locks, turns, lockOf: (of) => `${key}/${of}`, say: post, onTurned: handset.turned });
  const timers = { answer: noTimer, front: noTimer, role: noTimer, sign: noTimer };

  function later(timer: keyof typeof timers, action: () => void, delayMs: number): void {
    timers[timer]();
    timers[timer] = clock.setTimer(action, delayMs);
  }

  function post(word: Saying): void {
    try {
      channel.postMessage({ from: page, ...word });
    } catch {
      // Closed meanwhile: nobody listens.
    }
  }

  // ── The lock ──────────────────────────────────────────────────────────────────────────────────

  /** @param got with the lock, or without where it was only wanted if it was free. */
  function request(how: "if-free" | "in-turn" | "steal", got: (has: boolean) => void): void {
    lock.abort();
    const mine = (lock = new AbortController());
    let had = false;
    const options = how === "if-free" ? { ifAvailable: true } : how === "steal" ? { steal: true } : { signal: mine.signal };
    const held = (granted: unknown) => {
      if (mine.signal.aborted) return undefined;
      had = granted !== null;
      got(had);
      return had ? new Promise<void>((release) => void whenAborted(mine.signal, release)) : undefined;
    };
    const over = () => {
      if (mine.signal.aborted) return;
      if (had) robbed();
      // The page may have no locks at all.
      else become();
    };
    try {
      locks.request(key, options as LockOptions, held as never).catch(over);
    } catch {
      over();
    }
  }

  function seek(): void {
    // Should the browser say nothing at all of its locks.
    later("role", become, orphanMs);
    talkers.enter();
    request("if-free", (has) => (has ? become() : wait()));
  }

  function steal(): void {
    request("steal", () => {
      sinceMs = clock.nowMs();
      become();
    });
  }

  function wait(): void {
    timers.role();
    role = "waiting";
    queue();
    handset.moved(false);
  }

  function queue(): void {
    request("in-turn", inherit);
    ask(handset.isInUse ? "call" : "sign");
    looked();
  }

  function inherit(): void {
    stopAsking();
    if (host.presence() === "focus" || handset.isInUse) return become();
    role = "inheriting";
    later("role", become, orphanMs);
  }

  function become(): void {
    stopAsking();
    for (const cancel of Object.values(timers)) cancel();
    role = "here";
    // It tells anew what it is, as the telephone.
    told = { ...told, isReady: false };
    handset.moved(true);
    changed();
  }

  function robbed(): void {
    // Who only waited for a page that was reloaded has nothing to hand over.
    timers.role();
    role = role === "inheriting" ? "waiting" : role === "here" ? "leaving" : role;
    queue();
    changed();
  }

  // ── Asking for it ─────────────────────────────────────────────────────────────────────────────

  const weight = (want: Want | undefined) => (want ? wants.indexOf(want) : -1);

  /** As much as there is reason to. */
  function askAsSeen(): void {
    const presence = host.presence();
    ask(presence === "hidden" ? "sign" : presence);
  }

  function ask(want: Want): void {
    if ((role !== "waiting" && role !== "leaving") || weight(want) <= weight(asked)) return;
    asked = want;
    put(want, tries);
  }

  function put(want: Want, triesLeft: number): void {
    post({ kind: "ask", want });
    later("answer", () => (triesLeft > 1 ? put(want, triesLeft - 1) : steal()), answerMs);
    later("sign", lookForSign, signMs * (1 + random()));
  }

  function stopAsking(): void {
    timers.answer();
    asked = undefined;
  }

  function lookForSign(): void {
    if (clock.nowMs() - signAtMs >= signMs) askAsSeen();
    later("sign", lookForSign, signMs * (1 + random()));
  }

  /** The agent may have come here. */
  function looked(delayMs = focusMs): void {
    if (role !== "here" && host.presence() !== "hidden") later("front", askAsSeen, delayMs);
  }

  // ── What is said ──────────────────────────────────────────────────────────────────────────────

  function answer(to: string, want: Want): void {
    const stay = handset.isReady ? stayMs : deadStayMs;
    const isSettled = want === "call" || role === "inheriting" || clock.nowMs() - sinceMs >= stay;
    const isKept = handset.isInUse || (want === "shown" && host.presence() !== "hidden");
    const say = want === "sign" ? "here" : isKept ? "kept" : isSettled ? "yours" : "later";
    post({ kind: "answer", to, say, isReady: handset.isReady && role === "here", agent: handset.agent });
  }

  function hear({ from, want }: Extract<Word, { want: unknown }>): void {
    if (role === "here" || role === "inheriting") answer(from, want);
    talkers.tellAgain();
  }

  function heard(word: Word): void {
    if (word.kind === "ask") return hear(word);
    if (word.kind === "turned-to" || word.kind === "turned-from") return talkers.heard(word.from, word);
    if (word.kind === "rested") return void (role === "here" && handset.refresh());
    if (word.kind === "agent" || word.kind === "answer") learn(word);
    if (word.kind !== "agent") signAtMs = clock.nowMs();
    if (word.kind === "ready" || (word.kind === "answer" && word.isReady)) handOver();
    if (word.kind === "free") wantIt();
    if (word.kind === "answer" && word.to === page) answered(word.say);
  }

  function learn({ agent }: Extract<Word, { agent: unknown }>): void {
    told = { ...told, agent: JSON.stringify(agent) };
    handset.learn(agent);
  }

  function answered(say: Extract<Word, { say: unknown }>["say"]): void {
    // That was for a question before.
    if (say === "here" && asked !== "sign") return;
    stopAsking();
    if (say === "yours") steal();
    else if (say === "later") looked(stayMs * (1 + random() / 2));
  }

  function wantIt(): void {
    if (handset.isInUse) ask("call");
    else looked();
  }

  /** Another can be rung, or we cannot: we need not be any more. */
  function handOver(): void {
    if (role !== "leaving") return;
    const rest = () => {
      role = "waiting";
      handset.moved(false);
    };
    later("role", rest, handOverMs);
  }

  function changed(): void {
    if (left || role === "suspended") return;
    const { isInUse, isReady, isHeard } = handset;
    const agent = JSON.stringify(handset.agent);
    const before = told;
    told = { isInUse, isReady, agent };
    if (agent !== before.agent) post({ kind: "agent", agent: handset.agent });
    talkers.listened(isHeard);
    if (role === "here") {
      if (isReady && !before.isReady) post({ kind: "ready" });
      if (!isInUse && before.isInUse) post({ kind: "free" });
      return;
    }
    if (isInUse && !before.isInUse) ask("call");
    if (!isReady) handOver();
  }

  // ── Coming and going ──────────────────────────────────────────────────────────────────────────

  function letGo(): void {
    lock.abort();
    stopAsking();
    for (const cancel of Object.values(timers)) cancel();
  }

  const stopWatching = host.watch({
    turned() {
      if (role === "here" && host.presence() === "hidden") post({ kind: "free" });
      looked();
    },
    suspended(mayReturn) {
      // Whoever has a call goes on with it: a browser freezes nobody who speaks.
      if (mayReturn && handset.isInUse) return;
      letGo();
      role = "suspended";
      if (!mayReturn) return;
      talkers.leave();
      handset.moved(false);
    },
    resumed() {
      if (role !== "suspended" || left) return;
      role = "waiting";
      seek();
    },
  });
  channel.addEventListener("message", ({ data }) => {
    const word = wordOf(data);
    if (word && !left && role !== "suspended") heard(word);
  });
  seek();

  return {
    changed,
    rested: () => post({ kind: "rested" }),
    leave() {
      left = true;
      letGo();
      talkers.leave();
      stopWatching();
      channel.close();
    },
  };
}

const noTimer: CancelTimer = () => {};
