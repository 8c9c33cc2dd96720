/**
 * What sip.js gets instead of its largest parts, which nothing of ours reaches: its grammar, for our intake reads all that
 * a peer writes, and its subscriptions, for we subscribe to nothing. Only the build (rollup.config.mjs has the list) and the
 * tests (vitest.config.ts) put it there; nothing imports it. Where our sources run as they are, sip.js is whole.
 */
const refuse = (part: string): never => {
  throw new Error(`${part} of sip.js is left out of Linekeeper: see leftOut in rollup.config.mjs`);
};

/** What reads a header must find it read (`parsed`): adapters/sipjs/intake/message.ts. */
export const Grammar = { parse: (_text: string, rule: string): never => refuse(`the grammar's ${rule}`) };

export class SubscribeUserAgentClient {
  constructor() {
    refuse("SUBSCRIBE");
  }
}
