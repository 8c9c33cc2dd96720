/**
 * What a journal may know of whom a call is with, besides route and last two digits: what `privacy` names; and of the number that the
 * customer is shown. Loaded only where there is something to say, and in an entry of its own: a digest takes a moment, and no call waits for it.
 */
import type { PrivacyConfig } from "../config.ts";
import { excerptOf } from "../excerpt.ts";
import type { CallerId, Facts } from "../journal.ts";
import { destinationOf, toE164, type NumberPlan } from "../routing/destination.ts";

export interface Disclosed {
  readonly callId: string;
  readonly who: Facts["call:identified"]["who"];
  /** As it was dialled, or as the INVITE says; empty where it is withheld. */
  readonly number: string;
  readonly name?: string | undefined;
}

/** So many hex digits: 64 bits tell all numbers of a fleet apart. */
const hashLength = 16;

/** The longest name that is kept. */
const nameLength = 80;

const utf8 = new TextEncoder();

/**
 * HMAC-SHA-256 of the number in E.164, so that it is the same however it was dialled and on each page with this key. Numbers are so few
 * that a digest without a key is no secret: whoever likes tries them all.
 */
async function hashOf(number: string, key: string): Promise<string> {
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", utf8.encode(key), hmac, false, ["sign"]);
  const digest = new Uint8Array(await crypto.subtle.sign("HMAC", imported, utf8.encode(number)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0"))
    .join("")
    .slice(0, hashLength);
}

const digestOf = async (number: string, { key }: PrivacyConfig, country: string | undefined): Promise<string | undefined> =>
  key === undefined || number === "" ? undefined : hashOf(toE164(number, country), key).catch(() => undefined);

/** Never rejects. @returns undefined where what is shown is no number. */
export async function callerIdOf(shown: string, plan: NumberPlan, privacy: PrivacyConfig): Promise<CallerId | undefined> {
  const destination = destinationOf(shown, plan);
  if (!destination) return undefined;
  const { number, route } = destination;
  const hash = await digestOf(number, privacy, plan.country);
  return {
    route,
    tail: number.slice(-2),
    ...(hash !== undefined && { hash }),
    ...(privacy.callerId === "full" && { number }),
  };
}

/** Never rejects. A page that is not secure has no WebCrypto, and so no digest. @returns undefined where nothing may be known. */
export async function disclose(
  { callId, who, number, name }: Disclosed,
  privacy: PrivacyConfig,
  country: string | undefined,
): Promise<Facts["call:identified"] | undefined> {
  const hash = await digestOf(number, privacy, country);
  const fact = {
    ...(hash !== undefined && { hash }),
    ...(privacy[`${who}Number`] === "full" && number !== "" && { number }),
    ...(privacy.callerName === "full" && name !== undefined && name !== "" && { name: excerptOf(name, nameLength) }),
  };
  return Object.keys(fact).length > 0 ? { callId, who, ...fact } : undefined;
}
