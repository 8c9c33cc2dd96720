/** What kind of call it is decides how far it goes: one constant each, pure. */
import type { Limits } from "../limits.ts";
import type { RetryAdvice } from "../outcome.ts";

export interface CallPolicy {
  /** May an answer be tried over another trunk? */
  readonly retry: (advice: RetryAdvice) => RetryAdvice;
  /** Where a phone may ring still, only the agent makes another one ring. */
  readonly asksAgent: boolean;
  /** INVITEs that the call may cost. */
  readonly maxAttempts: (limit: number) => number;
  /** How often a trunk whose flow failed under the call is tried again, when no other is left. */
  readonly secondChances: number;
  /** How long it waits for a trunk when none is ready; then the agent is told that it goes on waiting, or it is over. */
  readonly trunkWaitMs: (limits: Limits) => number;
  /** How long it goes on waiting after that while one may still come up: no longer than anybody hears a phone ring, for who has left must not be put through. */
  readonly hopeMs: (limits: Limits) => number;
  /** The call goes out without the microphone too; the audio follows when it can. */
  readonly needsMicrophone: boolean;
  /** How long it waits for microphone and ICE. */
  readonly mediaMs: (limits: Limits) => number;
}

export const ordinary: CallPolicy = {
  retry: (advice) => advice,
  asksAgent: true,
  maxAttempts: (limit) => limit,
  secondChances: 1,
  trunkWaitMs: ({ trunkWaitMs }) => trunkWaitMs,
  hopeMs: () => 0,
  needsMicrophone: true,
  mediaMs: ({ mediaMs }) => mediaMs,
};

/**
 * Nothing that a carrier says of an emergency number ends the call while another could be asked: not "unallocated", not "busy". Nobody
 * is asked before every trunk was tried. No standard has the rule; RFC 6881 §9 asks for call set-up by any means there are.
 */
export const emergency: CallPolicy = {
  retry: () => "yes",
  asksAgent: false,
  maxAttempts: () => Infinity,
  secondChances: 3,
  trunkWaitMs: ({ emergencyWaitMs }) => emergencyWaitMs,
  hopeMs: ({ ringLimitMs }) => ringLimitMs,
  needsMicrophone: false,
  mediaMs: ({ mediaMs, emergencyMediaMs }) => Math.min(mediaMs, emergencyMediaMs),
};

export const policyOf = (isEmergency: boolean): CallPolicy => (isEmergency ? emergency : ordinary);
