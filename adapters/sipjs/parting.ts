/** Leaving a dialog that nobody has an eye on: of two phones that answered one (RFC 3261 §13.2.2.4), or one that answered after all patience. */
import type { SipAnswer } from "../../src/ports/sip-answer.ts";
import { type EdgeContext, type Exchange, TRANSACTION_MS } from "./context.ts";

/**
 * Says `bye`, and again on the next flow where this one was lost under it, until the peer has answered or 64·T1 are over: whoever is on the
 * line there hears nobody. Resolves then; never rejects.
 */
export function part(edge: EdgeContext, bye: () => Promise<SipAnswer>): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      cancelTimer();
      edge.exchanges.delete(exchange);
      resolve();
    };
    const say = async () => {
      if (!edge.exchanges.has(exchange)) return;
      const { said, code } = await bye();
      if (said === "peer" || code === 481) end();
    };
    const cancelTimer = edge.clock.setTimer(end, TRANSACTION_MS);
    const exchange: Exchange = { flowLost() {}, flowOpened: () => void (saying = saying.then(say)), dispose: end };
    edge.exchanges.add(exchange);
    // One after the other: the next flow may be there before it is told that the last one was lost.
    let saying = say();
  });
}
