/** What an INVITE to the agent says of itself, made fit to be shown. Pure. */
import type { CallerIdentity } from "../ports/sip-identity.ts";
import type { SipInvitation } from "../ports/sip-invitation.ts";
import { printable } from "./untrusted.ts";

export interface Introduction {
  readonly identity: CallerIdentity;
  /** Of the headers that the integrator named, those that are there, by the names as they were given. Read-only. */
  readonly headers: Readonly<Record<string, string>>;
  /** It asks to be answered by itself, after so many ms. */
  readonly answerAfterMs: number | undefined;
}

/** @param names of the headers that the integrator wants to see. */
export function introductionOf(invitation: SipInvitation, names: readonly string[]): Introduction {
  const { identity, answerAfterMs } = invitation;
  // Without a prototype: a header may be called `__proto__`.
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const name of names) {
    const value = invitation.header(name);
    if (value !== undefined) headers[name] = printable(value);
  }
  return {
    identity: {
      ...named(identity),
      ...(identity.diversion && { diversion: identity.diversion.map(named) }),
    },
    headers: Object.freeze(headers),
    answerAfterMs,
  };
}

const named = <T extends { readonly name?: string }>(party: T): T =>
  party.name === undefined ? party : { ...party, name: printable(party.name) };
