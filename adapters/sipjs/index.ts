/** `linekeeper/sipjs`: SIP over WebSocket with SIP.js. */
import { atLeast, callable, flag, matching, shape } from "../../src/checks.ts";
import type { SipStack } from "../../src/ports/sip-edge.ts";
import { SipJsEdge } from "./edge.ts";
import type { SipSocketConstructor } from "./flow.ts";

export type { SipSocket, SipSocketConstructor, SipSocketEvent } from "./flow.ts";

/** What can be set of the SIP stack; each may be left out. */
export interface SipJsOptions {
  /** The WebSocket to use; the host's own, looked up at each connect, when left out. */
  readonly webSocket?: SipSocketConstructor;
  /** Larger frames are thrown away unread, in bytes. Default 65 536. */
  readonly maxFrameBytes?: number;
  /** How long a socket may take to open, in ms. Default 5 000. */
  readonly connectTimeoutMs?: number;
  /**
   * A UUID of this softphone that outlives a page reload (RFC 5626 §4.1), so that a registrar replaces the old binding.
   * When left out each tab keeps one of its own for each account, in its session storage; outside a browser it is random.
   */
  readonly instanceId?: string;
  /**
   * Whether credentials go out with the first request where the edge has asked for them before (RFC 3261 §22.3), which saves a round
   * trip; an edge that refuses it is asked by the usual way from then on, and credentials that change by themselves are not sent
   * so. Default: true. False where a registrar bans whoever uses a nonce twice, or each request is to be challenged on record.
   */
  readonly preemptiveAuthorization?: boolean;
}

const check = shape<SipJsOptions>({
  webSocket: callable("that makes a WebSocket"),
  maxFrameBytes: atLeast(1),
  connectTimeoutMs: atLeast(1),
  instanceId: matching(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i, "a UUID"),
  preemptiveAuthorization: flag,
});

/**
 * The SIP stack of Linekeeper, on the core of SIP.js: its parser, transactions and dialogs, but none of its
 * user agent, registerer or session layer.
 *
 * Its `edge()` throws a TypeError where the AOR is no SIP URI, or the host has no WebSocket and none was passed.
 * @throws LinekeeperError `bad-config`, naming the option.
 */
export function sipjs(options: SipJsOptions = {}): SipStack {
  check("sipjs()", options);
  const { maxFrameBytes = 65_536, connectTimeoutMs = 5_000, instanceId, preemptiveAuthorization = true } = options;
  const webSocket = (): SipSocketConstructor => {
    const found: SipSocketConstructor | undefined = options.webSocket ?? globalThis.WebSocket;
    // Node has one of its own from version 22 on.
    if (!found) throw new TypeError("there is no WebSocket here: pass one with sipjs({ webSocket })");
    return found;
  };
  return {
    edge(account, events, clock, random) {
      // A host that lacks it shall hear of it now; later it would look like a carrier that refuses us.
      webSocket();
      return new SipJsEdge(
        { webSocket, maxFrameBytes, connectTimeoutMs, instanceId, preemptiveAuthorization },
        account,
        events,
        clock,
        random,
      );
    },
  };
}
