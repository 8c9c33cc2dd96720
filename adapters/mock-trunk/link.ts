/** What carries the text frames between a softphone and the mock trunk: a `ws` server, MSW, or memory. */
export interface Link {
  /** To the softphone. */
  send(text: string): void;
  /** Orderly: with a close frame. */
  close(code: number, reason: string): void;
  /** At once, without a close frame; what cannot do that closes with 1011. */
  reset(): void;
}

/** What the carrier of the frames tells the trunk. */
export interface LinkEvents {
  received(text: string): void;
  closed(): void;
}
