/**
 * A page whose Content Security Policy forbids a socket: the browser says `error` of it and never `close`, and why only to the document
 * (CSP Level 3 §5.3, `connect-src`). Nothing has left the browser then: neither network nor carrier knows of it.
 */

import { readUrl } from "../../src/platform.ts";

/** What we use of a `SecurityPolicyViolationEvent`. */
export interface PolicyViolation {
  readonly blockedURI: string;
  /** `report`: only told, not blocked. */
  readonly disposition: string;
}

export interface PolicyHost {
  readonly document?: {
    addEventListener(type: "securitypolicyviolation", listener: (event: PolicyViolation) => void): void;
    removeEventListener(type: "securitypolicyviolation", listener: (event: PolicyViolation) => void): void;
  };
}

/** Calls `forbidden` when the page's policy blocks the socket to `url`. @returns what stops that. */
export function onForbidden(url: string, forbidden: () => void, host: PolicyHost = globalThis): () => void {
  const told = ({ blockedURI, disposition }: PolicyViolation) => {
    if (disposition !== "report" && isAt(blockedURI, url)) forbidden();
  };
  host.document?.addEventListener("securitypolicyviolation", told);
  return () => host.document?.removeEventListener("securitypolicyviolation", told);
}

/** The same origin; a browser may tell no more of it than that (CSP Level 3 §5.4), and `blockedURI` may be a word such as `eval`. */
function isAt(blocked: string, url: string): boolean {
  return readUrl(blocked)?.origin === readUrl(url)?.origin;
}
