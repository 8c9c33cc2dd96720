/** An answer to an INVITE whose transaction is gone: who sent a final one waits for our ACK, and for any other somebody is being rung. */
import { C, type IncomingResponseMessage, type UserAgentCore } from "sip.js/lib/core/index.js";
import { NameAddrHeader, type URI } from "sip.js/lib/grammar/index.js";
import type { Send } from "./ask.ts";

export interface StrayPorts {
  readonly core: UserAgentCore;
  /** Of what goes out in no dialog: where the registrar wants our calls to pass (RFC 3608). */
  routeSet(this: void): readonly string[];
  /** Leaves a dialog by this BYE. Resolves when that is over. */
  part(this: void, send: Send): Promise<void>;
}

/** The request inside the dialog that `message` confirms (§12.1.2, §12.2.1.1). An answer to a re-INVITE need not name the way there. */
function requestInDialog(
  core: UserAgentCore,
  message: IncomingResponseMessage,
  target: URI,
  method: string,
  cseq: number,
  headers: string[] = [],
) {
  const { callId, fromTag, toTag } = message;
  const { routeSet } = core.dialogs.get(callId + fromTag + toTag) ?? { routeSet: message.getHeaders("record-route").reverse() };
  const options = { callId, cseq, fromTag, toTag, routeSet };
  return core.makeOutgoingRequestMessage(method, target, message.from.uri, message.to.uri, options, headers);
}

export class Strays {
  readonly #ports: StrayPorts;
  /** Dialogs and INVITEs that are being left: a 2xx is said again until its ACK has come, and then some. */
  readonly #leaving = new Set<string>();

  constructor(ports: StrayPorts) {
    this.#ports = ports;
  }

  acknowledge(message: IncomingResponseMessage): void {
    const code = message.statusCode ?? 0;
    if (message.method !== C.INVITE) return;
    if (code >= 300) acknowledge(this.#ports.core, message, this.#ports.routeSet());
    else if (code >= 200) this.#end(message);
    else this.#cancel(message);
  }

  /**
   * After all patience, as an edge says it that was frozen: nobody waits for that phone any more (§9.1). Not where anything of its call goes on, for
   * not everybody tells an INVITE from the one before it that was challenged.
   */
  #cancel({ callId, fromTag, cseq, viaBranch, from, to }: IncomingResponseMessage): void {
    const { core, routeSet } = this.#ports;
    const alive = [...core.dialogs.values(), ...Array.from(core.userAgentClients.values(), ({ transaction }) => transaction.request)];
    if (alive.some((each) => each.callId === callId)) return;
    this.#leave(viaBranch, (headers, delegate) => {
      const options = { callId, fromTag, cseq, routeSet: [...routeSet()] };
      const cancel = core.makeOutgoingRequestMessage(C.CANCEL, to.uri, from.uri, to.uri, options, headers);
      cancel.branch = viaBranch;
      return core.request(cancel, delegate);
    });
  }

  /**
   * Somebody has picked up (§13.2.2.4). Acknowledges the 2xx and ends its dialog, all from the response alone. One that belongs to a
   * call still up, a retransmission past Timer M, is acknowledged only.
   */
  #end(message: IncomingResponseMessage): void {
    const { core } = this.#ports;
    if (!message.toTag || !message.fromTag) return;
    const contact: unknown = message.parseHeader("contact");
    const target = contact instanceof NameAddrHeader ? contact.uri : message.to.uri;
    const ack = requestInDialog(core, message, target, C.ACK, message.cseq);
    // An ACK to a 2xx is a transaction of its own (§17.1.1.3), but it has no answer to match.
    ack.setViaHeader(`${message.viaBranch}.ack`, core.transport.protocol);
    core.transport.send(ack.toString()).catch(() => {});
    const dialog = message.callId + message.fromTag + message.toTag;
    if (core.dialogs.has(dialog)) return;
    let { cseq } = message;
    this.#leave(dialog, (headers, delegate) => core.request(requestInDialog(core, message, target, C.BYE, ++cseq, headers), delegate));
  }

  #leave(name: string, send: Send): void {
    if (this.#leaving.has(name)) return;
    this.#leaving.add(name);
    void this.#ports.part(send).then(() => this.#leaving.delete(name));
  }
}

/**
 * A refusal that is repeated, for our ACK was lost on its way (RFC 3261 §17.1.1.2), or came after all patience: each time, as its
 * transaction would (§17.1.1.3). Deviation: over a reliable transport Timer D is zero; but behind the edge there may be UDP.
 */
function acknowledge(core: UserAgentCore, message: IncomingResponseMessage, routeSet: readonly string[]): void {
  const dialog = core.dialogs.get(message.callId + message.fromTag + message.toTag);
  const ack = core.makeOutgoingRequestMessage(C.ACK, dialog?.remoteTarget ?? message.to.uri, message.from.uri, message.to.uri, {
    callId: message.callId,
    cseq: message.cseq,
    fromTag: message.fromTag,
    toTag: message.toTag,
    routeSet: dialog?.routeSet ?? [...routeSet],
  });
  ack.setViaHeader(message.viaBranch, core.transport.protocol);
  core.transport.send(ack.toString()).catch(() => {});
}
