/** A dialog that outlives its page: what is kept of it (RFC 3261 §12), and the dialog of sip.js that is made of that again. */
import { SessionDialog, SignalingState, type UserAgentCore } from "sip.js/lib/core/index.js";
import type { KeptDialog } from "../../src/ports/sip-dialog.ts";
import { readUri } from "./intake/address.ts";

/** Requests that may have gone out after the dialog was last kept: a peer refuses a CSeq that it has seen, and takes one that leaps (§12.2.2). */
const unseen = 100;

/** What sip.js keeps to itself. */
interface Inside {
  _signalingState: SignalingState;
  _offer: unknown;
  _answer: unknown;
}

export function keptOf(dialog: SessionDialog): Omit<KeptDialog, "callIdOwner" | "sessionTimer" | "referrals"> {
  const { callId, localTag, remoteTag, routeSet, localSequenceNumber, remoteSequenceNumber } = dialog;
  return {
    ...{ callId, localTag, remoteTag, routeSet },
    localUri: dialog.localURI.toString(),
    remoteUri: dialog.remoteURI.toString(),
    remoteTarget: dialog.remoteTarget.toString(),
    localSeq: localSequenceNumber ?? 0,
    ...(remoteSequenceNumber !== undefined && { remoteSeq: remoteSequenceNumber }),
  };
}

/** @throws TypeError where it cannot be read: what was kept may have been written by anybody of this origin. */
export function rebuilt(core: UserAgentCore, kept: KeptDialog): SessionDialog {
  const { callId, localTag, remoteTag, routeSet, localSeq, remoteSeq } = kept;
  const isText = (value: unknown) => typeof value === "string" && value !== "" && !/[\r\n]/.test(value);
  const [localURI, remoteURI, remoteTarget] = [kept.localUri, kept.remoteUri, kept.remoteTarget].map((uri) => readUri(String(uri)));
  const isSeq = (value: unknown) => Number.isInteger(value) && Number(value) >= 0;
  const seqs = [localSeq, remoteSeq ?? 0, ...(kept.referrals ?? [])];
  if (![callId, localTag, remoteTag, ...routeSet].every(isText) || !seqs.every(isSeq))
    throw new TypeError("what was kept of the dialog cannot be read");
  if (!localURI || !remoteURI || !remoteTarget) throw new TypeError("a URI of the dialog cannot be read");
  const state = {
    id: callId + localTag + remoteTag,
    ...{ callId, localTag, remoteTag, localURI, remoteURI, remoteTarget },
    early: false,
    secure: false,
    localSequenceNumber: localSeq + unseen,
    remoteSequenceNumber: remoteSeq,
    routeSet: [...routeSet],
  };
  const body = { content: "", contentType: "application/sdp", contentDisposition: "session" };
  // The transaction that began it is long over: sip.js asks only whether it still waits for an ACK.
  const begun = { request: body } as unknown as ConstructorParameters<typeof SessionDialog>[0];
  const dialog = new SessionDialog(begun, core, state);
  // To sip.js the session is agreed; what its descriptions say nobody asks it.
  Object.assign(dialog as unknown as Inside, { _signalingState: SignalingState.Stable, _offer: body, _answer: body });
  return dialog;
}
