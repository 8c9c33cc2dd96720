/** What a customer's call to an agent can be told. */
import { Call, type TrunkCall } from "./call.ts";
import { checkFields, headerLines, optional, timeMs, type Rule } from "./rule.ts";

/** Who calls, and what the INVITE says besides. */
export interface DeliverOptions {
  /** The customer's number. */
  readonly from: string;
  /** SDP offer; `false` for none. Default: an inactive audio line. */
  readonly offer?: string | false;
  /** More header lines, e.g. `P-Asserted-Identity: …`. */
  readonly headers?: readonly string[];
  /** Give two trunks the same to let one call arrive by both. Default: a new one. */
  readonly callId?: string;
  /** An answered call whose customer's place this one takes: its `Replaces` (RFC 3891). */
  readonly replaces?: TrunkCall;
  /** The customer gives up after so long, in ms. Default: never. */
  readonly giveUpAfterMs?: number;
}

const rules: Readonly<Record<keyof DeliverOptions, Rule>> = {
  from: { words: "the customer's number", allows: (value) => typeof value === "string" && /^[^\s<>@;][^\r\n<>@]*$/.test(value) },
  offer: optional({ words: "SDP, or false", allows: (value) => typeof value === "string" || value === false }),
  headers: optional(headerLines),
  callId: optional({ words: "a Call-ID", allows: (value) => typeof value === "string" && /^\S+$/.test(value) }),
  replaces: optional({
    words: "a call of the trunk that is answered",
    allows: (value) => value instanceof Call && value.isAcknowledged && !value.isOver,
  }),
  giveUpAfterMs: optional(timeMs),
};

/** @throws TypeError that names the field and what is wrong with it. */
export const checkDelivery = (options: DeliverOptions): void => checkFields("call", options, rules);
