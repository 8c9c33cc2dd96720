/** Of whom an ITU-T Q.850 cause speaks, by its number and by where it arose (RFC 8606). */
import type { CauseLocation, EndReason, Q850Cause } from "./ports/sip-answer.ts";

/** The callee's side (RFC 8606 §4): the telephone, or the exchange that it hangs on. */
const calleeSide: ReadonlySet<CauseLocation> = new Set(["U", "RPN"]);

/** A cause that is the callee's own side's word; one without a location may be anybody's. */
export const isOfCalleeSide = ({ location }: Q850Cause): boolean => location !== undefined && calleeSide.has(location);

/** Said by a network on the way, neither side's own. */
export const isOnTheWay = ({ location }: Q850Cause): boolean => location === "LN" || location === "TN" || location === "INTL";

/** Of the causes from here on none is a person's choice: resources, services and protocol of the exchanges (ITU-T Q.850, classes 010 to 111). */
export const networksFrom = 32;

/** Nearer to somebody than any carrier: the telephones, and the exchanges that they hang on. */
const privateSides: ReadonlySet<CauseLocation> = new Set([...calleeSide, "LPN"]);

/**
 * A network ended a talk, and no person: by the cause, which says more than the status beside it unless it is 31 (unspecified). What it says
 * of missing audio is whosever audio that was.
 */
export function isNetworksEnd({ q850, sip, mediaTimeout }: EndReason): boolean {
  if (mediaTimeout || (q850?.location && privateSides.has(q850.location))) return false;
  if (q850 && q850.value !== 31) return q850.value === 27 ? isOnTheWay(q850) : q850.value >= networksFrom;
  return sip === 408 || (sip !== undefined && sip >= 500 && sip < 600);
}
