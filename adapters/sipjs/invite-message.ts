/** What an INVITE of ours says (RFC 3261 §13.2.1): whom it is for, who calls, and what is to be repeated when it is sent once more. */
import { C, type OutgoingRequestMessage } from "sip.js/lib/core/index.js";
import type { URI } from "sip.js/lib/grammar/index.js";
import type { SipAnswer } from "../../src/ports/sip-answer.ts";
import type { InviteRequest } from "../../src/ports/sip-invite.ts";
import { inferred } from "./answer.ts";
import type { EdgeContext } from "./context.ts";
import { sdpBody } from "./sdp-body.ts";
import { readSipUri } from "./sip-uri.ts";

export class InviteMessage {
  readonly callId: string;
  readonly fromTag: string;
  /** Whom the next one is for; undefined where nobody can be told from what was given. */
  target: URI | undefined;
  /** What the next one answers. */
  credentials: readonly string[] = [];
  /** The session timer that was asked for (RFC 4028 §7.3). */
  timerLines: readonly string[] = [];
  readonly #edge: EdgeContext;
  readonly #request: InviteRequest;
  readonly #from: URI | undefined;
  #cseq = 0;

  constructor(edge: EdgeContext, request: InviteRequest) {
    this.#edge = edge;
    this.#request = request;
    this.callId = edge.token(24);
    this.fromTag = edge.token(12);
    this.target = readSipUri(request.target);
    this.#from = request.from ? readSipUri(request.from.uri) : edge.identity.aor;
  }

  /** Why it cannot be sent. */
  get problem(): SipAnswer | undefined {
    const { from, headers = [] } = this.#request;
    if ([from?.name ?? "", ...headers].some((line) => /[\r\n]/.test(line))) return inferred(400, "a header holds a line break");
    if (!this.target) return inferred(484, "the target is no SIP URI");
    if (!this.#from) return inferred(400, "From is no SIP URI");
    return this.#edge.isOpen() ? undefined : inferred(503, "no flow");
  }

  /** The same call's next one; undefined where there is none for want of an address. */
  next(): OutgoingRequestMessage | undefined {
    const { core, identity, serviceRoute } = this.#edge;
    const { callId, fromTag, target } = this;
    if (!target || !this.#from) return undefined;
    // `ob`: in-dialog requests shall come over this flow (RFC 5626 §4.3).
    const headers = [...this.credentials, `Contact: <${identity.contact};ob>`, ...this.timerLines, ...(this.#request.headers ?? [])];
    const routeSet = serviceRoute === undefined ? [] : [serviceRoute];
    // sip.js writes the name between quotes, as it is (§25.1).
    const fromDisplayName = this.#request.from?.name?.replace(/[\\"]/g, "\\$&") ?? "";
    const options = { callId, fromTag, fromDisplayName, cseq: ++this.#cseq, routeSet };
    const { body } = sdpBody(this.#request.offer);
    return core.makeOutgoingRequestMessage(C.INVITE, target, this.#from, target, options, headers, body);
  }
}
