/** Who may register and call: asks for digest credentials. */
import type { Digest } from "./digest.ts";
import type { Edge } from "./edge.ts";
import type { Flow } from "./flow.ts";
import type { SipRequest } from "./message.ts";

/** What is asked for credentials: REGISTER, REGISTER and INVITE, or nothing. */
export type Challenge = "register" | "all" | "none";

export class Gatekeeper {
  readonly #edge: Edge;
  readonly #digest: Digest;
  readonly #challenge: Challenge;

  constructor(edge: Edge, digest: Digest, challenge: Challenge) {
    this.#edge = edge;
    this.#digest = digest;
    this.#challenge = challenge;
  }

  /**
   * @returns false when the request was answered: by a challenge, 401 as a registrar and 407 as a proxy
   * (RFC 3261 §22.2, §22.3), by 403 where a registrar was given wrong credentials, or by a fault.
   */
  admits(flow: Flow, request: SipRequest): boolean {
    const isRegister = request.method === "REGISTER";
    if (this.#challenge === "none" || (this.#challenge === "register" && !isRegister)) return true;
    const { method, callId } = request;
    const header = isRegister ? "authorization" : "proxy-authorization";
    const verdict = this.#digest.verdict(request, header);
    if (verdict === "right" && this.#digest.isUnasked(request, header)) {
      const dislike = this.#edge.faults.strike("no-preemptive", { method, callId });
      if (dislike?.code !== undefined) return (this.#edge.reply(flow, request, dislike.code, {}, { fault: dislike.kind }), false);
      if (dislike) return (flow.reset(), false);
    }
    const fault = verdict === "right" ? this.#edge.faults.strike("stale-nonce", { method, callId }) : undefined;
    if (verdict === "right" && !fault) {
      this.#edge.infos.set(request, this.#digest.info(header));
      return true;
    }
    if (verdict === "wrong" && isRegister) return (this.#edge.reply(flow, request, 403), false);
    const [code, name] = isRegister ? ([401, "WWW-Authenticate"] as const) : ([407, "Proxy-Authenticate"] as const);
    const challenge = this.#digest.challenge(verdict === "stale" || fault !== undefined, callId);
    this.#edge.reply(flow, request, code, { headers: [`${name}: ${challenge}`] }, { fault: fault?.kind });
    return false;
  }
}
