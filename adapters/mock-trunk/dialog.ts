/** A peer-to-peer relation with one softphone (RFC 3261 §12): what belongs to it, and requests within it. */
import type { Demand, Edge } from "./edge.ts";
import type { SipRequest } from "./message.ts";

export interface DialogParts {
  readonly callId: string;
  /** Whole header values; the local one has its tag. */
  readonly local: string;
  readonly localTag: string;
  readonly remote: string;
  readonly remoteTag: string | undefined;
  /** Where requests go: the softphone's Contact. */
  readonly target: string;
  /** The last CSeq that we used. */
  readonly cseq: number;
}

export class Dialog {
  readonly localTag: string;
  readonly remoteTag: string | undefined;
  readonly #edge: Edge;
  readonly #parts: DialogParts;
  #cseq: number;

  constructor(edge: Edge, parts: DialogParts) {
    this.#edge = edge;
    this.#parts = parts;
    this.localTag = parts.localTag;
    this.remoteTag = parts.remoteTag;
    this.#cseq = parts.cseq;
  }

  owns({ callId, fromTag, toTag }: SipRequest): boolean {
    return callId === this.#parts.callId && toTag === this.localTag && fromTag === this.#parts.remoteTag;
  }

  /** The next request within the dialog. @param cseq of the INVITE that an ACK is for (§13.2.2.4) */
  request(method: string, cseq = ++this.#cseq): Demand {
    const { callId, local: from, remote: to, target: uri } = this.#parts;
    return { method, uri, from, to, callId, cseq, branch: this.#edge.speech.branch() };
  }
}
