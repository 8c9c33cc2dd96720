/** What becomes of a softphone's REFER (RFC 3515): the customer is connected to another phone, or to whom another call is with (RFC 3891). */
import type { Calls } from "./calls.ts";
import type { Edge } from "./edge.ts";
import { bracketed, numberOf, pairOf, userOf } from "./message.ts";
import type { Phone } from "./phone.ts";
import { scriptFor } from "./script.ts";

/** The call that is transferred. */
interface Transferred {
  readonly number: string;
  readonly callId: string;
  /** The customer talks to this number now. */
  joined(number: string): void;
}

export class Transfers {
  readonly #edge: Edge;
  readonly #calls: Calls;
  readonly #phone: (number: string) => Phone;

  constructor(edge: Edge, calls: Calls, phone: (number: string) => Phone) {
    this.#edge = edge;
    this.#calls = calls;
    this.#phone = phone;
  }

  /**
   * Follows a Refer-To.
   * @param tell the status of whom it calls, as it becomes known.
   */
  follow(referTo: string, call: Transferred, tell: (code: number) => void): void {
    const uri = bracketed(referTo)?.uri ?? referTo;
    const replaces = replacedBy(uri);
    const number = numberOf(uri.split("?")[0] ?? "");
    if (replaces !== undefined) this.#join(replaces, call, tell);
    else if (number === undefined) tell(userOf(uri) === undefined ? 404 : 484);
    else this.#ring(number, call, tell);
  }

  /** The customer of one call takes the agent's place in the other, and the agent is let go there (RFC 3891 §3). */
  #join(replaces: Replaces, call: Transferred, tell: (code: number) => void): void {
    const other = this.#calls.all.find((each) => each.state === "answered" && each.isReplacedBy(replaces));
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

/** A dialog, as whoever takes it over names it: their tag is the agent's, which the softphone has as `from-tag`. */
export interface Replaces {
  readonly callId: string;
  readonly toTag: string;
  readonly fromTag: string;
}

/** The Replaces of a Refer-To's URI. */
function replacedBy(uri: string): Replaces | undefined {
  const headers = (uri.split("?")[1] ?? "").split("&").map(pairOf);
  const value = headers.find(([name]) => name === "replaces")?.[1];
  if (value === undefined) return undefined;
  const [callId = "", ...parameters] = decodeURIComponent(value).split(";");
  const tags = Object.fromEntries(parameters.map(pairOf));
  return { callId, toTag: tags["to-tag"] ?? "", fromTag: tags["from-tag"] ?? "" };
}
