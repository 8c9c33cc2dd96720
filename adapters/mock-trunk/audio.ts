/** The customer's side of one call's audio. */
import { succeeding } from "./sdp-change.ts";
import type { AnswerOffer, MediaAnswer } from "./sdp.ts";

export class Audio {
  readonly #answerOffer: AnswerOffer;
  #current: { readonly offer: string; readonly media: MediaAnswer } | undefined;
  #isClosed = false;
  /** The customer's side as the softphone was told of it last; empty while it was not. */
  #local = "";

  constructor(answerOffer: AnswerOffer) {
    this.#answerOffer = answerOffer;
  }

  get local(): string {
    return this.#local;
  }

  set local(sdp: string) {
    this.#local = sdp;
  }

  /** Hands on the answer to `offer`, the same for the same offer; at once where the answerer answers at once. */
  answer(offer: string, then: (answer: string) => void, fail: () => void): void {
    if (this.#current?.offer === offer) return then(this.#tell(this.#current.media.answer));
    const take = (media: MediaAnswer) => {
      if (this.#isClosed) return media.close();
      this.#current?.media.close();
      this.#current = { offer, media };
      then(this.#tell(media.answer));
    };
    try {
      const answered = this.#answerOffer(offer);
      if (answered instanceof Promise) void answered.then(take, fail);
      else take(answered);
    } catch {
      fail();
    }
  }

  #tell(answer: string): string {
    this.#local = succeeding(this.#local, answer);
    return this.#local;
  }

  close(): void {
    this.#isClosed = true;
    this.#current?.media.close();
    this.#current = undefined;
  }
}
