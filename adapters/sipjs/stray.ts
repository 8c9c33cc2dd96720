/** A 2xx to an INVITE whose transaction is gone: somebody has picked up, and waits for us (RFC 3261 §13.2.2.4). */
import { C, type IncomingResponseMessage, type UserAgentCore } from "sip.js/lib/core/index.js";
import { NameAddrHeader, type URI } from "sip.js/lib/grammar/index.js";

/** The request inside the dialog that `message` confirms (§12.1.2, §12.2.1.1). */
function requestInDialog(core: UserAgentCore, message: IncomingResponseMessage, target: URI, method: string, cseq: number) {
  return core.makeOutgoingRequestMessage(method, target, message.from.uri, message.to.uri, {
    callId: message.callId,
    cseq,
    fromTag: message.fromTag,
    toTag: message.toTag,
    routeSet: message.getHeaders("record-route").reverse(),
  });
}

/**
 * Acknowledges the 2xx and ends its dialog, all from the response alone. One that belongs to a call still up,
 * a retransmission past Timer M, is acknowledged only.
 */
export function endStray(core: UserAgentCore, message: IncomingResponseMessage): void {
  const code = message.statusCode ?? 0;
  if (message.method !== C.INVITE || code < 200 || code > 299 || !message.toTag || !message.fromTag) return;
  const contact: unknown = message.parseHeader("contact");
  const target = contact instanceof NameAddrHeader ? contact.uri : message.to.uri;
  const ack = requestInDialog(core, message, target, C.ACK, message.cseq);
  // An ACK to a 2xx is a transaction of its own (§17.1.1.3), but it has no answer to match.
  ack.setViaHeader(`${message.viaBranch}.ack`, core.transport.protocol);
  core.transport.send(ack.toString()).catch(() => {});
  if (core.dialogs.has(message.callId + message.fromTag + message.toTag)) return;
  core.request(requestInDialog(core, message, target, C.BYE, message.cseq + 1));
}
