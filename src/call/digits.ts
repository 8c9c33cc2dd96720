/** Digits within an answered call: sent as RTP events (RFC 4733) or by INFO (`application/dtmf-relay`), and what comes by INFO. */
import { sleep } from "../clock.ts";
import type { Clock } from "../clock.ts";
import { whereReadable } from "../errors.ts";
import type { Journal } from "../journal.ts";
import type { MediaSession } from "../ports/media.ts";
import type { SipDialog } from "../ports/sip-dialog.ts";

/** How digits are sent. A time outside its bounds is taken to the nearest one. */
export interface DtmfOptions {
  /** `auto`, the default: as RTP events where the peer agreed to them, else by INFO. */
  readonly via?: "auto" | "rtp" | "info";
  /** How long each is heard, 40–6 000 ms. Default 160. */
  readonly toneMs?: number;
  /** Between two, at least 30 ms. Default 70. */
  readonly gapMs?: number;
}

/**
 * What became of them; `sent` is how many, in order. `bad-digits`: other than `0`–`9`, `*`, `#`, `A`–`D` and `,`, and none was sent.
 * `bad-options`: they cannot be read, as where a getter throws, and none was sent.
 * `not-agreed`: the peer did not agree to RTP events, or nothing may be sent just now. `refused`, with `sipCode`, and
 * `unanswered`: the peer's word on an INFO, or its silence. `failed`: this part of the SDK could not be loaded.
 */
export type DtmfResult =
  | { readonly ok: true; readonly via: "rtp" | "info"; readonly sent: number }
  | {
      readonly ok: false;
      readonly because: "bad-digits" | "bad-options" | "not-agreed" | "refused" | "unanswered" | "failed" | "not-answered" | "ended";
      readonly sent: number;
      readonly sipCode?: number;
    };

interface DigitPorts {
  readonly callId: string;
  readonly trunkId: string;
  readonly dialog: SipDialog;
  readonly media: MediaSession;
  readonly clock: Clock;
  readonly journal: Journal;
  /** Resolves when something can be sent on the call's trunk, or it took too long. */
  readonly reachable: () => Promise<unknown>;
  /** The call is over. */
  readonly signal: AbortSignal;
}

/** A comma, as a browser has it (W3C webrtc-pc §7.2). */
const pauseMs = 2_000;

const within = (value: number | undefined, fallback: number, least: number, most: number): number =>
  Number.isFinite(value) ? Math.min(most, Math.max(least, Number(value))) : fallback;

export interface Digits {
  /** One string after the other. Never rejects, whatever an integrator without types has given. */
  send(digits: string, options?: DtmfOptions | null): Promise<DtmfResult>;
}

/** @param heard is called with each digit that comes by INFO. */
export function createDigits(
  { callId, trunkId, dialog, media, clock, journal, reachable, signal }: DigitPorts,
  heard: (digit: string) => void,
): Digits {
  let before: Promise<unknown> = Promise.resolve();

  function hasSentTone(digit: string, toneMs: number): boolean {
    try {
      return media.sendTone?.(digit, toneMs) === true;
    } catch {
      return false;
    }
  }

  dialog.onInfo((body) => {
    const digit = digitIn(body);
    if (digit !== undefined && !signal.aborted) heard(digit);
  });

  async function send(digits: string, { via = "auto", ...times }: DtmfOptions): Promise<DtmfResult> {
    const toneMs = within(times.toneMs, 160, 40, 6_000);
    const gapMs = within(times.gapMs, 70, 30, 60_000);
    let way: "rtp" | "info" = via === "info" ? "info" : "rtp";
    let sent = 0;
    for (const digit of digits) {
      if (signal.aborted) return { ok: false, because: "ended", sent };
      if (digit === ",") {
        await sleep(clock, pauseMs, signal).catch(() => {});
        continue;
      }
      const pause = sleep(clock, toneMs + gapMs, signal).catch(() => {});
      if (way === "rtp" && !hasSentTone(digit, toneMs)) {
        if (via === "rtp" || sent > 0) return { ok: false, because: "not-agreed", sent };
        way = "info";
      }
      if (way === "info") {
        // What is lost on its way may have been heard, and is not sent again; what was not sent yet can wait for the next flow.
        await reachable();
        if (signal.aborted) return { ok: false, because: "ended", sent };
        const { code, said } = await dialog.info(`Signal=${digit}\r\nDuration=${toneMs}\r\n`, "application/dtmf-relay");
        if (code >= 300 && signal.aborted) return { ok: false, because: "ended", sent };
        if (code >= 300 && said === "peer") return { ok: false, because: "refused", sent, sipCode: code };
        if (code >= 300) return { ok: false, because: "unanswered", sent };
      }
      sent += 1;
      await pause;
    }
    return { ok: true, via: way, sent };
  }

  return {
    send(digits, options) {
      const wanted = whereReadable(() => String(digits).toUpperCase()) ?? "";
      if (!/^[0-9A-D*#,]+$/.test(wanted)) return Promise.resolve({ ok: false, because: "bad-digits", sent: 0 });
      // As they are now.
      const own = whereReadable(() => ({ ...options }));
      if (!own) return Promise.resolve({ ok: false, because: "bad-options", sent: 0 });
      const result = before.then(async () => {
        const told = await send(wanted, own);
        const { sent: count } = told;
        journal.append("digits:sent", { callId, trunkId, count, ...(told.ok ? { via: told.via } : { because: told.because }) });
        return told;
      });
      before = result;
      return result;
    },
  };
}

/** Events that some write by their number (RFC 4733 §3.2). */
const numbered: Readonly<Record<string, string>> = { "10": "*", "11": "#", "12": "A", "13": "B", "14": "C", "15": "D" };

/** The digit in the body of an INFO: `Signal=5` as in `application/dtmf-relay`, or `5` as in `application/dtmf`; some confuse the two. */
function digitIn(body: string): string | undefined {
  const found = /^[ \t]*Signal[ \t]*[=:][ \t]*"?([^\s;,"]+)/im.exec(body) ?? /^\s*"?([^\s"]+)"?\s*$/.exec(body);
  const signal = (found?.[1] ?? "").toUpperCase();
  return /^[0-9A-D*#]$/.test(signal) ? signal : numbered[signal];
}
