/**
 * The BYE. The agent's call is over at once; the customer's must be too, so a BYE that nobody answered is sent
 * again on the next flow, and by the next page; and an edge that leaves it unanswered is asked whether it lives.
 */
import { factOf } from "../answer-fact.ts";
import { sleep } from "../clock.ts";
import type { Facts, Journal, Party } from "../journal.ts";
import { anyOf } from "../platform.ts";
import type { SipDialog } from "../ports/sip-dialog.ts";
import type { Unacknowledged } from "../ports/sip-invitation.ts";
import type { Trunk } from "../trunk/trunk.ts";
import { keptCall, type KeptCall } from "./kept-call.ts";
import { promptReturns, untilReady, type ReadyPorts } from "./until-ready.ts";

/** The goodbyes of one call: they may outlive it. */
export interface Goodbyes {
  /** Each is confirmed, or nobody waits for that any more. */
  readonly areOver: boolean;
  /** What the next page needs to say those that are not confirmed. */
  readonly kept: readonly KeptCall[];
  /**
   * Ends a dialog that is not the call's any more, or is not to be.
   * @param early where that is a promise: what it is before the peer has confirmed it.
   */
  say(ended: SipDialog | Promise<SipDialog>, trunk: Trunk, early?: SipDialog): void;
  /** Linekeeper closes: nobody waits for an answer any more. */
  forget(): void;
}

interface Goodbye {
  readonly trunk: Trunk;
  readonly dateMs: number;
  dialog: SipDialog | undefined;
}

/** @param onSaid one of them is over. */
export function createGoodbyes(ports: Omit<GoodbyePorts, "signal">, onSaid: () => void): Goodbyes {
  const { callId, party, journal, settings } = ports;
  const forgotten = new AbortController();
  const unconfirmed = new Set<Goodbye>();

  return {
    get areOver() {
      return unconfirmed.size === 0;
    },
    get kept() {
      return [...unconfirmed].flatMap(({ trunk, dateMs, dialog }) => {
        const kept = keptCall({ callId, trunk, route: party.route, held: "none", muted: false, dialog: dialog?.keep?.() });
        return kept ? [{ ...kept, ended: true, dateMs }] : [];
      });
    },
    say(ended, trunk, early) {
      const dialog = ended instanceof Promise ? ended.catch(unacknowledged) : ended;
      const dateMs = ports.endedDateMs ?? settings.clock.dateMs();
      const goodbye: Goodbye = { trunk, dateMs, dialog: dialog instanceof Promise ? early : dialog };
      unconfirmed.add(goodbye);
      if (dialog instanceof Promise) void dialog.then((now) => (goodbye.dialog = now));
      void sayGoodbye(dialog, trunk, { ...ports, signal: forgotten.signal }).then((answered) => {
        // Before it is on record: whoever reads that keeps what is left.
        unconfirmed.delete(goodbye);
        if (answered) journal.append("dialog:ended", { callId, trunkId: trunk.id, ...answered });
        onSaid();
      });
    },
    forget: () => forgotten.abort(),
  };
}

/** `signal`: Linekeeper closes, nobody waits for an answer any more. */
interface GoodbyePorts extends ReadyPorts {
  readonly callId: string;
  readonly party: Party;
  readonly journal: Journal;
  /** Where a page before ended the call: when, ms since 1970. */
  readonly endedDateMs?: number | undefined;
}

/**
 * Ends `dialog`, once there is one. Resolves when the peer has confirmed it or `limits.byeMs` have passed, with what came of it; with nothing
 * where there was none to be ended. Never rejects.
 */
async function sayGoodbye(
  ended: SipDialog | Promise<SipDialog | undefined>,
  trunk: Trunk,
  ports: GoodbyePorts,
): Promise<Pick<Facts["dialog:ended"], "answer" | "tries"> | undefined> {
  const { signal, settings } = ports;
  const { clock, limits, privacy } = settings;
  // At once where there is one: a page that goes away waits for nothing.
  const dialog = ended instanceof Promise ? await ended : ended;
  if (!dialog) return undefined;
  const untilMs = clock.nowMs() + limits.byeMs;
  for (let tries = 1; ; tries++) {
    const answered = new AbortController();
    void askIfSilent(trunk, ports, anyOf(answered.signal, signal));
    const answer = await dialog.bye();
    answered.abort();
    const over = answer.said === "peer" || answer.code === 481 || clock.nowMs() >= untilMs || signal.aborted;
    if (over) return { answer: factOf(answer, privacy.reasonText), tries };
    trunk.wake(tries <= promptReturns);
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
