/** One re-INVITE, from its sending to the answer that counts (RFC 3261 §14.1). */
import type { IncomingMessage, Session, SessionDialog } from "sip.js/lib/core/index.js";
import { NameAddrHeader } from "sip.js/lib/grammar/index.js";
import { whenAborted } from "../../src/platform.ts";
import type { SipAnswer } from "../../src/ports/sip-answer.ts";
import { inferred, sdpOf } from "./answer.ts";
import { ask } from "./ask.ts";
import type { EdgeContext } from "./context.ts";
import { credentialsIn } from "./key-ring.ts";
import { acknowledgeProvisional, rseqOf } from "./reliable.ts";
import { sdpBody } from "./sdp-body.ts";
import type { SessionTimer } from "./session-timer.ts";

/** What came of it. */
export interface Reanswer {
  readonly answer: SipAnswer;
  /** The peer's session description from now on. */
  readonly sdp?: string;
  /** It was refused for its session timer alone, which asks for what the peer wants from now on. */
  readonly isTooShort?: true;
}

/** What sip.js keeps to itself and gets wrong. */
interface Inside {
  readonly dialogState: { remoteTarget: NameAddrHeader["uri"] };
}

/** Resolves with the final answer, an inferred one once `signal` aborts; never rejects. */
export function sendReinvite(
  edge: EdgeContext,
  session: Session,
  offer: string | undefined,
  timer: SessionTimer,
  signal: AbortSignal,
): Promise<Reanswer> {
  // The class behind the interface; sip.js has no other.
  const dialog = session as SessionDialog;
  return new Promise((resolve) => {
    const abandon = () => resolve({ answer: inferred(487, "the call is over") });
    if (signal.aborted) return abandon();
    const stopWaiting = whenAborted(signal, abandon);
    let sdp: string | undefined;
    let isTooShort = false;
    const acknowledged = new Set<number>();
    const asked = ask(edge, (authorization, delegate) => {
      const request = session.invite(
        {
          ...delegate,
          // Those that must arrive are offered for every INVITE (RFC 3262 §4); one of them may bring the answer, which the 2xx need not repeat.
          onProgress({ message }) {
            const rseq = rseqOf(message);
            if (rseq === undefined || acknowledged.size === acknowledged.add(rseq).size) return;
            sdp = sdpOf(message) ?? sdp;
            acknowledgeProvisional(edge, session, message, rseq);
          },
          onAccept(response) {
            retarget(dialog, response.message);
            timer.answered(response.message);
            sdp = sdpOf(response.message) ?? sdp;
            // The ACK repeats the credentials of its INVITE (§13.2.2.4).
            response.ack({ extraHeaders: credentialsIn(request.message) });
            delegate.onAccept?.(response);
          },
          onReject(response) {
            isTooShort = response.message.statusCode === 422 && timer.tooShort(response.message);
            delegate.onReject?.(response);
          },
        },
        // `ob`: in-dialog requests shall come over this flow (RFC 5626 §4.3).
        { extraHeaders: [...authorization, `Contact: <${edge.identity.contact};ob>`, ...timer.lines], ...sdpBody(offer) },
      );
      return request;
    });
    void asked.then((answer) => {
      stopWaiting();
      // Without a final answer sip.js would wait for one for ever. A late 2xx is acknowledged as a stray.
      if (dialog.reinviteUserAgentClient) dialog.signalingStateRollback();
      dialog.reinviteUserAgentClient = undefined;
      resolve({ answer, ...(sdp !== undefined && { sdp }), ...(isTooShort && { isTooShort }) });
    });
  });
}

/** §12.1.2, §12.2.1.2, RFC 3311 §5.2: a 2xx to an INVITE of any kind and an UPDATE renew where the peer is reached; sip.js forgets that. */
export function retarget(dialog: SessionDialog, message: IncomingMessage): void {
  const contact: unknown = message.parseHeader("contact");
  if (contact instanceof NameAddrHeader) (dialog as unknown as Inside).dialogState.remoteTarget = contact.uri;
}
