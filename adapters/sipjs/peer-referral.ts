/** A REFER of the peer's within a call (RFC 3515 §2.4): what it asks for, and by NOTIFY what became of it. */
import type { IncomingReferRequest, Session } from "sip.js/lib/core/index.js";
import { sleep } from "../../src/clock.ts";
import { whenAborted } from "../../src/platform.ts";
import type { SipReferral } from "../../src/ports/sip-dialog.ts";
import { ask } from "./ask.ts";
import { type EdgeContext, type Exchange, unlessOver } from "./context.ts";
import { readAddresses, readNameAddr, targetOf } from "./intake/address.ts";
import { numberOf } from "./number.ts";
import { readReplaces } from "./replaces.ts";

/** Longer than a phone rings. */
const expiresS = 300;
/** A peer that is busy is so until it has an ACK; and how often it is asked. */
const busyMs = 500;
const mostTries = 10;

export class PeerReferrals {
  listener: ((referral: SipReferral) => void) | undefined;
  readonly #edge: EdgeContext;
  readonly #session: Session;
  readonly #signal: AbortSignal;
  #hadOne = false;

  /** @param signal the call is over. */
  constructor(edge: EdgeContext, session: Session, signal: AbortSignal) {
    this.#edge = edge;
    this.#session = session;
    this.#signal = signal;
  }

  asked(request: IncomingReferRequest): void {
    const { message } = request;
    const [to, ...others] = new Set(message.getHeaders("refer-to").flatMap((value) => readAddresses(value).map(({ raw }) => raw)));
    const read = to !== undefined && others.length === 0 ? readReferTo(to) : undefined;
    // §2.4.1: one Refer-To, and what it names can be called.
    if (!read) return void request.reject({ statusCode: 400, reasonPhrase: "Bad Refer-To header" });
    if (!this.listener) return void request.reject({ statusCode: 603 });
    const by = message.getHeader("referred-by");
    const isSilent = /^\s*false\b/i.test(message.getHeader("refer-sub") ?? "");
    // §2.4.6: where there are several, each is named by its CSeq.
    const event = `Event: refer${this.#hadOne ? `;id=${message.cseq}` : ""}`;
    this.#hadOne = true;
    let state: "asked" | "told" | "over" = "asked";
    const tell = (code: number) => {
      if (state !== "told") return;
      if (code >= 200) state = "over";
      if (!isSilent) void this.#notify(event, code);
    };
    this.listener({
      ...read,
      // RFC 3892 §2.2.
      headers: [...read.headers, ...(by === undefined ? [] : [`Referred-By: ${by}`])],
      ...(by !== undefined && { referredBy: by }),
      accept: () => {
        if (state !== "asked") return;
        state = "told";
        const extraHeaders = [`Contact: <${this.#edge.identity.contact}>`, ...(isSilent ? ["Refer-Sub: false"] : [])];
        unlessOver(() => request.accept({ statusCode: 202, extraHeaders }));
        tell(100);
      },
      reject(statusCode) {
        if (state !== "asked") return;
        state = "over";
        unlessOver(() => request.reject({ statusCode }));
      },
      tell,
    });
  }

  /**
   * Whoever referred waits for the last word with a customer on the line. So it is said again: on the next flow, where nobody can have heard
   * it; and after a while to a peer that was busy with a re-INVITE just then, of ours maybe, as linphone says by 491.
   */
  async #notify(event: string, code: number, tries = mostTries): Promise<void> {
    if (this.#signal.aborted) return;
    const isLast = code >= 200;
    const state = isLast ? "terminated;reason=noresource" : `active;expires=${expiresS}`;
    const lines = [event, `Subscription-State: ${state}`, `Contact: <${this.#edge.identity.contact}>`];
    const body = {
      contentDisposition: "render",
      contentType: "message/sipfrag;version=2.0",
      content: `SIP/2.0 ${code} ${phrases[code] ?? "Unknown"}\r\n`,
    };
    const answer = await ask(this.#edge, (authorization, delegate) =>
      this.#session.notify(delegate, { extraHeaders: [...authorization, ...lines], body }),
    );
    if (!isLast || this.#signal.aborted) return;
    if (answer.said === "peer") {
      if (answer.code !== 491 || tries <= 1) return;
      await sleep(this.#edge.clock, busyMs, this.#signal).catch(() => {});
      return this.#notify(event, code, tries - 1);
    }
    const { exchanges } = this.#edge;
    const again: Exchange = {
      flowLost() {},
      flowOpened: () => {
        exchanges.delete(again);
        void this.#notify(event, code);
      },
      dispose() {},
    };
    exchanges.add(again);
    whenAborted(this.#signal, () => exchanges.delete(again));
  }
}

/** Of the headers in its URI those alone that say whose place is taken: the others are the peer's wishes of what we say (RFC 3261 §19.1.5). */
function readReferTo(value: string): Pick<SipReferral, "target" | "number" | "replaces" | "headers"> | undefined {
  const address = readNameAddr(value);
  const text = address?.uri.toString() ?? "";
  // Whom a `urn:` of the emergency services means everybody knows (RFC 5031): who asks for them is told that it is no fault of the URI.
  if (!address || !(["sip", "sips", "tel"].includes(address.uri.scheme) || /^urn:service:sos(\.|$)/i.test(text))) return undefined;
  const uri = targetOf(address.uri);
  // What an INVITE is sent to says no method (RFC 3261 §19.1.1); and whoever wants another sent is not served.
  const target = uri.toString().replace(/;method=invite(?=;|$)/i, "");
  if (/;method=/i.test(target)) return undefined;
  const asked = new Map(
    text
      .slice(uri.toString().length + 1)
      .split("&")
      .map((pair) => {
        const [name = "", ...rest] = pair.split("=");
        return [name.toLowerCase(), unescape(rest.join("="))];
      }),
  );
  const replaces = asked.get("replaces");
  if (replaces !== undefined && !readReplaces(replaces)) return undefined;
  address.uri = uri;
  const number = numberOf(address);
  return {
    target,
    ...(number !== undefined && { number }),
    replaces: replaces !== undefined,
    headers: [
      ...(replaces === undefined ? [] : [`Replaces: ${replaces}`]),
      ...(replaces !== undefined && asked.get("require")?.toLowerCase() === "replaces" ? ["Require: replaces"] : []),
    ],
  };
}

/** Empty where it cannot be read. */
function unescape(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

/** What a reader of the sipfrag shows, if he reads on after the code. */
const phrases: Readonly<Record<number, string>> = {
  100: "Trying",
  180: "Ringing",
  200: "OK",
  480: "Temporarily Unavailable",
  486: "Busy Here",
  503: "Service Unavailable",
  603: "Decline",
};
