/**
 * The BYE. The agent's call is over at once; the customer's must be too, so a BYE that nobody answered is sent
 * again on the next flow, and an edge that leaves it unanswered is asked whether it lives.
 */
import { factOf } from "../answer-fact.ts";
import { sleep } from "../clock.ts";
import type { Journal } from "../journal.ts";
import { anyOf } from "../platform.ts";
import type { SipDialog } from "../ports/sip-dialog.ts";
import type { Unacknowledged } from "../ports/sip-invitation.ts";
import type { Trunk } from "../trunk/trunk.ts";
import { untilReady, type ReadyPorts } from "./until-ready.ts";

/** The goodbyes of one call: they may outlive it. */
export interface Goodbyes {
  /** Each is confirmed, or nobody waits for that any more. */
  readonly areOver: boolean;
  /** Ends a dialog that is not the call's any more, or is not to be. */
  say(ended: SipDialog | Promise<SipDialog>, trunk: Trunk): void;
  /** Linekeeper closes: nobody waits for an answer any more. */
  forget(): void;
}

/** @param onSaid one of them is over. */
export function createGoodbyes(ports: Omit<GoodbyePorts, "signal">, onSaid: () => void): Goodbyes {
  const forgotten = new AbortController();
  let unconfirmed = 0;

  return {
    get areOver() {
      return unconfirmed === 0;
    },
    say(ended, trunk) {
      unconfirmed += 1;
      void sayGoodbye(ended, trunk, { ...ports, signal: forgotten.signal }).then(() => {
        unconfirmed -= 1;
        onSaid();
      });
    },
    forget: () => forgotten.abort(),
  };
}

/** `signal`: Linekeeper closes, nobody waits for an answer any more. */
interface GoodbyePorts extends ReadyPorts {
  readonly callId: string;
  readonly journal: Journal;
}

/** Ends `dialog`, once there is one. Resolves when the peer has confirmed it or `limits.byeMs` have passed; never rejects. */
async function sayGoodbye(ended: SipDialog | Promise<SipDialog>, trunk: Trunk, ports: GoodbyePorts): Promise<void> {
  const { callId, journal, signal, settings } = ports;
  const { clock, limits, privacy } = settings;
  // At once where there is one: a page that goes away waits for nothing.
  const dialog = ended instanceof Promise ? await ended.catch(unacknowledged) : ended;
  if (!dialog) return;
  const untilMs = clock.nowMs() + limits.byeMs;
  for (let tries = 1; ; tries++) {
    const answered = new AbortController();
    void askIfSilent(trunk, ports, anyOf(answered.signal, signal));
    const answer = await dialog.bye();
    answered.abort();
    const over = answer.said === "peer" || answer.code === 481 || clock.nowMs() >= untilMs || signal.aborted;
    if (over) return void journal.append("dialog:ended", { callId, trunkId: trunk.id, answer: factOf(answer, privacy.reasonText), tries });
    trunk.wake();
    // While the line closes there is no moment to lose.
    if (!trunk.connection.isClosing) await sleep(clock, limits.reconnectBaseMs, signal).catch(() => {});
    await untilReady(trunk, untilMs, ports);
  }
}

const unacknowledged = (error?: Partial<Unacknowledged>) => error?.dialog;

async function askIfSilent(trunk: Trunk, { settings: { clock, limits } }: GoodbyePorts, signal: AbortSignal): Promise<void> {
  await sleep(clock, limits.probeTimeoutMs, signal).catch(() => {});
  if (!signal.aborted) await trunk.verify();
}
