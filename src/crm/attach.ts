/** Joins a softphone to the CRM that it is embedded in: handshake on record, clicks to calls, calls to the CRM's log. */
import type { AnyCall, Call, CallSummary, IncomingCall } from "../call/call.ts";
import type { CallOptions } from "../call/options.ts";
import { atLeast, callable, flag, methods, shape } from "../checks.ts";
import { systemClock, type Clock } from "../clock.ts";
import type { Linekeeper } from "../line.ts";
import type { CrmHost, Disposition, HostCall, HostClick, HostStepName } from "./host.ts";

/** How a CRM's handshake weighs on the start-up, and who else hears of its calls. */
export interface AttachOptions {
  /**
   * True: no call goes out, but for an emergency, before the handshake is done. False: the agent may dial without the
   * CRM; a handshake that fails counts against the CRM all the same. Default true.
   */
  readonly critical?: boolean;
  /** What a step of the handshake may take, in ms. Default 10 000. */
  readonly timeoutMs?: number;
  /** Each call that began, whoever began it: for the softphone's own page. */
  readonly onCall?: (call: Call | IncomingCall) => void;
  /** Time and timers; the host's own when left out. */
  readonly clock?: Clock;
}

/** What the handshake came to. */
export type HostReadiness = { readonly ready: true } | { readonly ready: false; readonly step: HostStepName; readonly error: unknown };

/** A CRM that is attached, from its handshake until `detach()`. */
export interface AttachedHost {
  /** Never rejects. */
  readonly ready: Promise<HostReadiness>;
  /** Places a call that the agent dialled on the softphone, so that the CRM hears of it too. */
  call(number: string, options?: CallOptions): Call;
  /** The CRM hears no more, and dials no more; calls go on. */
  detach(): void;
}

const checkLine = methods("pass what createLinekeeper() gave", "call", "noteFailure", "on");
const checkHost = methods(
  'pass hubspot() or another CRM\'s host, as "linekeeper/crm" describes it',
  "open",
  "tell",
  "log",
  "refuse",
  "close",
);
const check = shape<AttachOptions>({
  critical: flag,
  timeoutMs: atLeast(1),
  onCall: callable("that is told of each call"),
  clock: methods("a clock has nowMs(), dateMs() and setTimer()", "nowMs", "dateMs", "setTimer"),
});

const defaultTimeoutMs = 10_000;

/**
 * Attaches a host. Its handshake becomes the boot stage that bears its name, with a part for each step.
 * After `boot.restart()` detach it and attach it again.
 * @throws LinekeeperError `bad-config`, naming the option.
 */
export function attachHost(linekeeper: Linekeeper, host: CrmHost, options: AttachOptions = {}): AttachedHost {
  checkLine("attachHost(): line", linekeeper);
  checkHost("attachHost(): host", host);
  check("attachHost()", options);
  const { critical = true, timeoutMs = defaultTimeoutMs, onCall = () => {}, clock = systemClock } = options;
  const underWay = new Set<Call | IncomingCall>();
  let attached = true;

  const failed = (what: string, error: unknown) => linekeeper.noteFailure(`${host.name} ${what}`, error);

  /** What breaks in the CRM goes on record, and nowhere else. */
  async function toHost(what: string, say: () => unknown): Promise<void> {
    try {
      if (attached) await say();
    } catch (error) {
      failed(what, error);
    }
  }

  function place(click: HostClick, options?: CallOptions): Call {
    const call = linekeeper.call(click.number, options);
    onCall(call);
    follow(call, { direction: "out", ...click, state: "dialling" });
    void call.ended.then(({ refusal }) => refusal && toHost("refusal", () => host.refuse(click, refusal)));
    return call;
  }

  function follow(call: Call | IncomingCall, begun: Pick<HostCall, "direction" | "number" | "record" | "state">): void {
    let seen: HostCall = { id: call.id, startedAtMs: clock.dateMs(), talkedMs: 0, ...begun };
    let answeredMs: number | undefined;
    const tell = (news: Partial<HostCall>) => {
      seen = { ...seen, ...news };
      const told = seen;
      return toHost("call state", () => host.tell(told));
    };

    underWay.add(call);
    if (call.state !== "ended") void tell({});
    if ("redial" in call) call.on("ringing", () => void tell({ state: "ringing" }));
    const either: AnyCall = call;
    either.on("answered", () => {
      answeredMs = clock.nowMs();
      void tell({ state: "answered" });
    });
    void call.ended.then(async (summary) => {
      underWay.delete(call);
      if (summary.end === "refused") return;
      const talkedMs = answeredMs === undefined ? 0 : Math.round(clock.nowMs() - answeredMs);
      await tell({
        state: "ended",
        talkedMs,
        end: summary.end,
        disposition: dispositionOf(summary, seen.direction, answeredMs !== undefined),
      });
      await toHost("call log", () => host.log(seen));
    });
  }

  const stopOffers = linekeeper.on("call:offered", (call) => {
    onCall(call);
    follow(call, { direction: "in", number: call.identity.number ?? "", state: "ringing" });
  });

  const steps = host.open({
    dial: (click) => void (attached && place(click, { by: "click-to-dial" })),
    hangUp: () => underWay.forEach((call) => call.hangUp()),
    failed: (what, error) => attached && failed(what, error),
  });

  async function shakeHands(): Promise<HostReadiness> {
    let step = steps[0]?.name ?? "handshake";
    try {
      await linekeeper.boot.stage(
        host.name,
        async ({ stage }) => {
          for (const { name, run } of steps) {
            step = name;
            await stage(name, ({ signal }) => run(signal), { timeoutMs });
          }
        },
        { critical, timeoutMs: timeoutMs * (steps.length + 1) },
      );
      return { ready: true };
    } catch (error) {
      if (!critical && attached) failed(step, error);
      return { ready: false, step, error };
    }
  }

  return {
    ready: shakeHands(),
    call: (number, options) => place({ number }, options),
    detach() {
      if (!attached) return;
      attached = false;
      stopOffers();
      try {
        host.close();
      } catch (error) {
        failed("end", error);
      }
    },
  };
}

const busyRows: ReadonlySet<string> = new Set(["sip-486", "sip-600", "q850-17"]);

function dispositionOf(
  { end, outcome }: Pick<CallSummary, "end" | "outcome">,
  direction: HostCall["direction"],
  answered: boolean,
): Disposition {
  if (end === "failed" || end === "flow-lost") return "failed";
  if (answered) return "completed";
  if (end === "answered-elsewhere") return "cancelled";
  if (direction === "in") return end === "hung-up-here" ? "rejected" : "missed";
  if (end === "hung-up-here") return "cancelled";
  return outcome && busyRows.has(outcome.row) ? "busy" : "no-answer";
}
