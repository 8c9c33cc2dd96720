/** What last kept a trunk from its registration, until a registrar has bound it again. */
import { errorName } from "../errors.ts";
import type { Journal } from "../journal.ts";
import type { SipAnswer } from "../ports/sip-answer.ts";

/** What last kept a trunk from its registration. */
export interface TrunkError {
  /** `connection`: the socket did not open, or closed. `registration`: the registrar refused us, or was silent. `credentials`, `server`: the CRM's source gave none. */
  readonly what: "connection" | "registration" | "credentials" | "server";
  /** Of the WebSocket (RFC 6455 §7.4), or of the registrar's answer; 408 for its silence. */
  readonly code?: number;
  /** Name of what the source threw; `SecurityError` where the page's Content Security Policy forbids the connection. */
  readonly name?: string;
  /** When, in ms since the session's start. */
  readonly atMs: number;
}

export interface LastError {
  readonly current: TrunkError | undefined;
  failed(error: Omit<TrunkError, "atMs">): void;
  /** A registrar said no. To a challenge that the CRM's source left us nothing to answer with, it is the source's failure that stands. */
  refused(answer: Pick<SipAnswer, "code" | "toCredentials">): void;
  /** A source of the CRM's gave none. */
  sourceFailed(what: "credentials" | "server", error: unknown): void;
  /** A registrar has bound us. */
  clear(): void;
}

export function createLastError(trunkId: string, journal: Journal): LastError {
  let current: TrunkError | undefined;
  /** The CRM's source failed, and whoever asked for credentials has not said what comes of it. */
  let isUnanswered = false;

  function failed(error: Omit<TrunkError, "atMs">): void {
    current = { ...error, atMs: Math.round(journal.nowMs()) };
  }

  return {
    get current() {
      return current;
    },
    failed,
    refused({ code, toCredentials = false }) {
      const isForWantOfThem = isUnanswered && !toCredentials && (code === 401 || code === 407);
      isUnanswered = false;
      if (!isForWantOfThem) failed({ what: "registration", code });
    },
    sourceFailed(what, error) {
      isUnanswered = what === "credentials";
      const name = errorName(error);
      failed({ what, name });
      journal.append(`${what}:failed`, { trunkId, error: name });
    },
    clear() {
      current = undefined;
      isUnanswered = false;
    },
  };
}
