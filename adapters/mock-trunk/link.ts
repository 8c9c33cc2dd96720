/** What carries the text frames between one softphone and the trunk: a WebSocket of any kind. */
export interface Link {
  /** To the softphone. */
  send(text: string): void;
  /** In order, with a close frame. */
  close(code: number, reason: string): void;
  /** At once, without a close frame. A link that cannot do that is closed with 1011 instead. */
  reset?(): void;
}

/** What a link tells the trunk. */
export interface LinkEvents {
  /** One text message of the socket, whole: SIP, or the CRLF keep-alive. */
  received(text: string): void;
  /** The softphone or the network ended the link; harmless when the trunk did. */
  closed(): void;
}
