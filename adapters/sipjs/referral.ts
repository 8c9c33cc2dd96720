/** A REFER of ours within a call (RFC 3515), and the subscription that comes with it: what the peer tells of it by NOTIFY. */
import type { IncomingNotifyRequest, IncomingRequestMessage, Session, SessionDialog } from "sip.js/lib/core/index.js";
import { whenAborted } from "../../src/platform.ts";
import type { SipAnswer } from "../../src/ports/sip-answer.ts";
import type { ReferNotice } from "../../src/ports/sip-dialog.ts";
import { ask } from "./ask.ts";
import type { EdgeContext } from "./context.ts";
import { parametersOf, split, unquote } from "./intake/values.ts";
import { NO_TAG } from "./served.ts";

interface Subscription {
  /** Of the REFER: names the subscription where there are several (§2.4.6). */
  cseq: number | undefined;
  tell: (notice: ReferNotice) => void;
}

export class Referrals {
  readonly #edge: EdgeContext;
  readonly #session: Session;
  readonly #subscriptions = new Set<Subscription>();
  readonly #early: ReferNotice[] = [];

  constructor(edge: EdgeContext, session: Session) {
    this.#edge = edge;
    this.#session = session;
  }

  /** CSeqs of those that are open. */
  get open(): readonly number[] {
    return [...this.#subscriptions].flatMap(({ cseq }) => cseq ?? []);
  }

  /** The page before had them open: what is said of them before anybody listens again waits. */
  resume(cseqs: readonly number[]): void {
    for (const cseq of cseqs) this.#subscriptions.add({ cseq, tell: (notice) => this.#early.push(notice) });
  }

  rejoin(tell: Subscription["tell"], signal: AbortSignal): void {
    const resumed = [...this.#subscriptions];
    for (const subscription of resumed) subscription.tell = tell;
    whenAborted(signal, () => resumed.forEach((each) => this.#subscriptions.delete(each)));
    for (const notice of this.#early.splice(0)) tell(notice);
  }

  /** @param signal nobody wants to hear of it any more: the next NOTIFY is answered as one of no subscription, which ends it (RFC 6665 §4.2.2). */
  async refer(referTo: string, tell: Subscription["tell"], signal: AbortSignal): Promise<SipAnswer> {
    const { aor, contact } = this.#edge.identity;
    const subscription: Subscription = { cseq: undefined, tell };
    let isSilent = false;
    this.#subscriptions.add(subscription);
    whenAborted(signal, () => this.#subscriptions.delete(subscription));
    const answer = await ask(this.#edge, (authorization, delegate) => {
      const lines = [`Refer-To: <${referTo}>`, `Referred-By: <${aor}>`, `Contact: <${contact};ob>`];
      const request = this.#session.refer(
        {
          ...delegate,
          onAccept(response) {
            // RFC 4488 §4: it will say nothing of it.
            isSilent = /^\s*false\b/i.test(response.message.getHeader("refer-sub") ?? "");
            delegate.onAccept?.(response);
          },
        },
        { extraHeaders: [...authorization, ...lines] },
      );
      subscription.cseq = request.message.cseq;
      return request;
    });
    if (answer.said === "peer" && (answer.code >= 300 || isSilent)) this.#subscriptions.delete(subscription);
    if (answer.code < 300 && isSilent) tell({ isLast: true });
    return answer;
  }

  notified(request: IncomingNotifyRequest): void {
    const { message } = request;
    const [event = "", ...parameters] = split(message.getHeader("event") ?? "", ";");
    if (event.toLowerCase() !== "refer") return void request.reject({ statusCode: 489, extraHeaders: [this.#edge.services.allowEvents] });
    const id = parametersOf(parameters).get("id");
    const subscription = [...this.#subscriptions].find(({ cseq }) => id === undefined || Number(unquote(id ?? "")) === cseq);
    if (!subscription) return void request.reject({ statusCode: 481 });
    request.accept();
    const { tell } = subscription;
    const code = statusIn(message);
    const isTerminated = /^\s*terminated\b/i.test(message.getHeader("subscription-state") ?? "");
    // Some go on after they have told the end: they are answered, and nobody listens.
    if (code !== undefined && code >= 200) subscription.tell = () => {};
    if (isTerminated) this.#subscriptions.delete(subscription);
    // A subscription that ends before that tells nothing of the customer.
    tell({ ...(code !== undefined && { code }), isLast: (code ?? 0) >= 200 });
  }
}

/** The status line in a body of `message/sipfrag` (§2.4.5), be it one part of several. */
function statusIn({ body }: IncomingRequestMessage): number | undefined {
  const code = /^[ \t]*SIP\/2\.0[ \t]+([1-6]\d\d)\b/im.exec(body)?.[1];
  return code === undefined ? undefined : Number(code);
}

/** Refer-To: whoever is at the other end of this dialog, in place of us (RFC 3891 §3, RFC 5589 §7). A tag that nobody gave is written as 0. */
export function replacing({ callId, localTag, remoteTag, remoteTarget }: SessionDialog): string {
  const [ours, theirs] = [localTag, remoteTag].map((tag) => (tag === NO_TAG ? "0" : tag));
  const [target] = remoteTarget.toString().split("?", 1);
  return `${target}?Replaces=${encodeURIComponent(`${callId};to-tag=${theirs};from-tag=${ours}`)}`;
}
