/** Every call on the trunk, and which of them a message is for. */
import type { Call } from "./call.ts";
import type { DeliveredCall } from "./delivered-call.ts";
import { DialledCall } from "./dialled-call.ts";
import type { SipRequest, SipResponse } from "./message.ts";
import type { Replaces } from "./referral.ts";

export class Calls {
  readonly #calls = new Set<DialledCall | DeliveredCall>();
  readonly #byCallId = new Map<string, readonly (DialledCall | DeliveredCall)[]>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get all(): readonly Call[] {
    return [...this.#calls];
  }

  add(call: DialledCall | DeliveredCall): void {
    this.#calls.add(call);
    this.#byCallId.set(call.callId, [...this.#with(call.callId), call]);
    for (const old of this.#calls) {
      if (this.#calls.size <= this.#limit) break;
      if (old.isOver) this.#forget(old);
    }
  }

  /** The number of the call that a request belongs to. */
  numberOf(callId: string): string | undefined {
    return this.#with(callId).at(-1)?.number;
  }

  /** The answered call whose place somebody takes. */
  replaced(replaces: Replaces): Call | undefined {
    return this.all.find((each) => each.state === "answered" && each.isReplacedBy(replaces));
  }

  /** The call whose INVITE this is, once more or by another way: same Call-ID, From tag and CSeq (§8.2.2.2). */
  invited({ callId, fromTag, cseq }: SipRequest): DialledCall | undefined {
    return this.#dialled(callId).find(({ invite }) => invite.fromTag === fromTag && invite.cseq.number === cseq.number);
  }

  /** The call whose INVITE a CANCEL, or the ACK to a refusal, is for (§9.2). */
  ofTransaction({ callId, branch }: SipRequest): DialledCall | undefined {
    return this.#dialled(callId).find(({ invite }) => invite.branch === branch);
  }

  /** The live call that a request belongs to. */
  ofDialog(request: SipRequest): DialledCall | DeliveredCall | undefined {
    return this.#with(request.callId).find((call) => call.owns(request));
  }

  /** The call that a response is for: there is one request of ours in each dialog, so the local tag tells which. */
  answered({ callId, fromTag }: SipResponse): DialledCall | DeliveredCall | undefined {
    return this.#with(callId).find((call) => call.localTag === fromTag);
  }

  #with(callId: string): readonly (DialledCall | DeliveredCall)[] {
    return this.#byCallId.get(callId) ?? [];
  }

  #dialled(callId: string): DialledCall[] {
    return this.#with(callId).filter((call) => call instanceof DialledCall);
  }

  #forget(call: DialledCall | DeliveredCall): void {
    this.#calls.delete(call);
    const others = this.#with(call.callId).filter((each) => each !== call);
    if (others.length > 0) this.#byCallId.set(call.callId, others);
    else this.#byCallId.delete(call.callId);
  }
}
