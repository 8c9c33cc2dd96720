/** What becomes of a softphone's REFER (RFC 3515): the customer is connected to another phone, or to whom another call is with (RFC 3891). */
import type { Calls } from "./calls.ts";
import type { Edge } from "./edge.ts";
import { bracketed, numberOf, userOf } from "./message.ts";
import type { Phone } from "./phone.ts";
import { replacedBy, type Follow, type Replaces, type Transferred } from "./referral.ts";
import { scriptFor } from "./script.ts";

export class Transfers {
  readonly #edge: Edge;
  readonly #calls: Calls;
  readonly #phone: (number: string) => Phone;

  constructor(edge: Edge, calls: Calls, phone: (number: string) => Phone) {
    this.#edge = edge;
    this.#calls = calls;
    this.#phone = phone;
  }

  follow(...[referTo, call, tell]: Parameters<Follow>): void {
    const uri = bracketed(referTo)?.uri ?? referTo;
    const replaces = replacedBy(uri);
    const number = numberOf(uri.split("?")[0] ?? "");
    if (replaces !== undefined) this.#join(replaces, call, tell);
    else if (number === undefined) tell(userOf(uri) === undefined ? 404 : 484);
    else this.#ring(number, call, tell);
  }

  /** The customer of one call takes the agent's place in the other, and the agent is let go there (RFC 3891 §3). */
  #join(replaces: Replaces, call: Transferred, tell: (code: number) => void): void {
    const other = this.#calls.replaced(replaces);
    if (!other) return tell(481);
    call.joined(other.number);
    tell(200);
    other.replacedBy(call.number);
  }

  /** The other phone does as it is used to: rings, answers, refuses. */
  #ring(number: string, call: Transferred, tell: (code: number) => void): void {
    const { clock, faults, rings, timers } = this.#edge;
    const callId = `${call.callId}-transferred`;
    const { steps } = scriptFor(this.#phone(number).habit, ["180"], faults, { method: "INVITE", number, callId });
    let atMs = 0;
    for (const step of steps) {
      atMs += step.afterMs;
      timers.after(atMs, () => {
        const nowMs = clock.nowMs();
        if (step.does === "ring") {
          rings.begin(number, callId, nowMs);
          tell(180);
        } else if (step.does === "answer") {
          rings.end(callId, nowMs, "answered");
          call.joined(number);
          tell(200);
        } else if (step.does === "refuse") {
          rings.end(callId, nowMs, "rejected");
          tell(step.refusal.code);
        }
      });
    }
  }
}
