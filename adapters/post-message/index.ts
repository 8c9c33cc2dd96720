/**
 * `linekeeper/post-message`: a softphone in an iframe of any CRM, by `postMessage`. The CRM's half is a few lines:
 * docs/crm-hosts.md has the messages and an example.
 */
import { atLeast, fits, list, methods, object, shape, text } from "../../src/checks.ts";
import { sleep, systemClock, type Clock } from "../../src/clock.ts";
import { HostFault, requireSettings, type CrmHost, type HostCall, type HostEvents } from "../../src/crm/host.ts";
import type { Refusal } from "../../src/journal.ts";
import { anyOf, readUrl } from "../../src/platform.ts";

/** Which CRM page is spoken to, and what it must give. */
export interface PostMessageOptions {
  /** The CRM page's origin, e.g. `https://crm.example`: messages of any other are not heard. */
  readonly origin: string;
  /** Settings that the softphone cannot do without. */
  readonly needs?: readonly string[];
  /** How long the CRM may take to write a call into its log, in ms. Default 10 000. */
  readonly logTimeoutMs?: number;
  /** Time and timers; the host's own when left out. */
  readonly clock?: Clock;
  /** The page's `window` when left out. */
  readonly host?: EmbeddedPage;
}

/** What is looked at of the page. */
export interface EmbeddedPage {
  /** The CRM's window; the page itself where it is in no frame, which is `NotEmbedded`. */
  readonly parent: { postMessage(message: unknown, origin: string): void };
  /** Messages of every origin come here; those of another than `origin`, or not of `parent`, are dropped. */
  addEventListener(type: "message", listener: (event: MessageFrom) => void): void;
  /** Given the listener that `addEventListener` had. */
  removeEventListener(type: "message", listener: (event: MessageFrom) => void): void;
}
/** As much of a `MessageEvent` as is looked at. */
interface MessageFrom {
  /** Of the page that sent it: scheme, host and port. */
  readonly origin: string;
  /** The window that sent it. */
  readonly source?: unknown;
  /** What it says, untrusted. */
  readonly data: unknown;
}

/** What the softphone says. Each message bears `linekeeper: 1`, the protocol's version. */
export type ToCrm =
  | { readonly type: "hello" }
  | { readonly type: "call"; readonly call: HostCall }
  | { readonly type: "log"; readonly call: HostCall }
  | { readonly type: "refused"; readonly number: string; readonly record?: unknown; readonly because: Refusal };

/** What the CRM says, in the same envelope. */
export type FromCrm =
  | { readonly type: "welcome"; readonly settings?: Readonly<Record<string, unknown>>; readonly session?: "expired" | "valid" }
  | { readonly type: "dial"; readonly number: string; readonly record?: unknown }
  | { readonly type: "hang-up" }
  | { readonly type: "logged"; readonly id: string }
  | { readonly type: "log-failed"; readonly id: string; readonly status?: number }
  | { readonly type: "session-expired" };

const check = shape<PostMessageOptions>(
  {
    origin: fits('an origin such as "https://crm.example"', (value) => typeof value === "string" && readUrl(value)?.origin === value),
    needs: list(text),
    logTimeoutMs: atLeast(1),
    clock: methods("a clock has nowMs(), dateMs() and setTimer()", "nowMs", "dateMs", "setTimer"),
    host: object,
  },
  "origin",
);

/** The CRM's page may not listen yet: we greet it again, every so many ms. */
const greetEveryMs = 500;

/**
 * A softphone in an iframe of a CRM that speaks our own few messages.
 * @throws LinekeeperError `bad-config`, naming the option. `*` is no origin: it would let any page dial.
 */
export function postMessage(options: PostMessageOptions): CrmHost {
  check("postMessage()", options);
  const { origin, needs = [], logTimeoutMs = 10_000, clock = systemClock, host = globalThis as unknown as EmbeddedPage } = options;
  const say = (message: ToCrm) => host.parent.postMessage({ linekeeper: 1, ...message }, origin);
  /** Calls whose log entry the CRM has not confirmed. */
  const logging = new Map<string, (failure?: HostFault) => void>();
  let events: HostEvents | undefined;
  let welcome: Extract<FromCrm, { type: "welcome" }> | undefined;
  let welcomed = () => {};

  function hear({ origin: from, source, data }: MessageFrom): void {
    if (from !== origin || source !== host.parent || !isOurs(data)) return;
    switch (data.type) {
      case "welcome":
        welcome = data;
        return welcomed();
      case "dial":
        return events?.dial({ number: String(data.number), record: data.record });
      case "hang-up":
        return events?.hangUp();
      case "logged":
        return logging.get(data.id)?.();
      case "log-failed":
        return logging.get(data.id)?.(new HostFault("LogRefused", "the CRM did not log the call", { status: data.status }));
      case "session-expired":
        return events?.failed("session", new HostFault("SessionExpired", "the CRM's session ran out"));
    }
  }

  async function greet(signal: AbortSignal): Promise<void> {
    if (host.parent === (host as unknown)) throw new HostFault("NotEmbedded", "the page is not in a frame");
    const heard = new Promise<void>((resolve) => (welcomed = resolve));
    const stop = new AbortController();
    const repeat = async () => {
      for (;;) {
        say({ type: "hello" });
        await sleep(clock, greetEveryMs, anyOf(signal, stop.signal));
      }
    };
    void repeat().catch(() => {});
    await heard.finally(() => stop.abort());
  }

  async function log(call: HostCall): Promise<void> {
    const stop = new AbortController();
    const answered = new Promise<void>((resolve, reject) => logging.set(call.id, (failure) => (failure ? reject(failure) : resolve())));
    const overdue = sleep(clock, logTimeoutMs, stop.signal).then(() => {
      throw new HostFault("LogRefused", "the CRM did not say that the call is logged");
    });
    overdue.catch(() => {});
    say({ type: "log", call });
    await Promise.race([answered, overdue]).finally(() => {
      stop.abort();
      logging.delete(call.id);
    });
  }

  return {
    name: "post-message",
    open(heard) {
      events = heard;
      host.addEventListener("message", hear);
      return [
        { name: "handshake", run: greet },
        { name: "settings", run: () => requireSettings("the CRM", welcome?.settings, needs) },
        {
          name: "session",
          run() {
            if (welcome?.session === "expired") throw new HostFault("SessionExpired", "the CRM says that its session ran out");
          },
        },
      ];
    },
    tell: (call) => say({ type: "call", call }),
    log,
    refuse: ({ number, record }, because) => say({ type: "refused", number, record, because }),
    close() {
      events = undefined;
      host.removeEventListener("message", hear);
      for (const settle of logging.values()) settle();
    },
  };
}

function isOurs(data: unknown): data is FromCrm {
  return typeof data === "object" && data !== null && "linekeeper" in data && data.linekeeper === 1 && "type" in data;
}
