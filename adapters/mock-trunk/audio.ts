/** The customer's side of one call's audio. */
import type { AnswerOffer, MediaAnswer } from "./sdp.ts";

export class Audio {
  readonly #answerOffer: AnswerOffer;
  #current: { readonly offer: string; readonly media: MediaAnswer } | undefined;
  #isClosed = false;

  constructor(answerOffer: AnswerOffer) {
    this.#answerOffer = answerOffer;
  }

  /** Hands on the answer to `offer`, the same for the same offer; at once where the answerer answers at once. */
  answer(offer: string, then: (answer: string) => void, fail: () => void): void {
    if (this.#current?.offer === offer) return then(this.#current.media.answer);
    const take = (media: MediaAnswer) => {
      if (this.#isClosed) return media.close();
      this.#current?.media.close();
      this.#current = { offer, media };
      then(media.answer);
    };
    try {
      const answered = this.#answerOffer(offer);
      if (answered instanceof Promise) void answered.then(take, fail);
      else take(answered);
    } catch {
      fail();
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#current?.media.close();
    this.#current = undefined;
  }
}
