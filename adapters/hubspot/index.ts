/**
 * `linekeeper/hubspot`: a softphone inside HubSpot, by HubSpot's own `@hubspot/calling-extensions-sdk`
 * (written against 0.9.7).
 */
import { callable, shape, text, whole } from "../../src/checks.ts";
import { HostFault, type CrmHost, type Disposition, type HostCall, type HostEvents } from "../../src/crm/host.ts";

/** What HubSpot's SDK cannot tell a softphone of itself. */
export interface HubSpotOptions {
  /** Loads the SDK: `() => import("@hubspot/calling-extensions-sdk")`, as it is or by its `default`, which bundlers and Node disagree on. */
  readonly load: () => Promise<CallingExtensionsClass | CallingExtensionsModule>;
  /** Whether the agent is signed in to the softphone's own account; HubSpot shows its sign-in hint when not. Default: yes. */
  readonly isLoggedIn?: () => boolean | Promise<boolean>;
  /** The HubSpot account that this softphone was set up for: any other is a wrong setting. */
  readonly portalId?: number;
  /** The agents' own number, as HubSpot shall show it. */
  readonly ownNumber?: string;
}

/** As much of the SDK as is used. */
export interface CallingExtensions {
  /** Answers `onReady`, with the `engagementId` that came with it. */
  initialized(data: { isLoggedIn: boolean; engagementId?: number }): void;
  /** A customer rings; `callStartTime` in ms since 1970. HubSpot makes its engagement and names it later. */
  incomingCall(data: { externalCallId: string; fromNumber: string; toNumber: string; callStartTime: number; createEngagement: true }): void;
  /** The agent dials; HubSpot makes an engagement, and names it by `onCreateEngagementSucceeded` or `onEngagementCreated`. */
  outgoingCall(data: {
    externalCallId: string;
    toNumber: string;
    fromNumber?: string;
    callStartTime: number;
    createEngagement: true;
  }): void;
  /** The other party is there. `externalCallId`: Linekeeper's id of the call, here as in all others. */
  callAnswered(data: { externalCallId: string }): void;
  /** Must come before `callCompleted`; `engagementId` is 0 where HubSpot has named none. */
  callEnded(data: { externalCallId: string; engagementId: number; callEndStatus: EndStatus }): void;
  /** Writes the call into its engagement: `hs_timestamp` and `hs_call_duration` in ms. */
  callCompleted(data: {
    externalCallId: string;
    engagementId: number;
    hideWidget: boolean;
    engagementProperties: { hs_timestamp: number } & Readonly<Record<string, string | number>>;
  }): void;
  /** HubSpot shows the message to the agent, so it holds no number. */
  sendError(data: { message: string }): void;
  /** HubSpot's SDK has no close of its own; `remove()` takes its message listener off the page. */
  readonly iFrameManager: { remove(): void };
}
/** The SDK's default export; HubSpot's events come to `eventHandlers`, by name. */
export type CallingExtensionsClass = new (options: { debugMode: boolean; eventHandlers: never }) => CallingExtensions;

/** The SDK as it is imported: a CommonJS module, whose `default` may hold another. */
export interface CallingExtensionsModule {
  /** The class, or in plain Node the module once more. */
  readonly default: CallingExtensionsClass | { readonly default: CallingExtensionsClass };
}

/** What HubSpot writes into its call log. */
type EndStatus = "COMPLETED" | "FAILED" | "CANCELED" | "BUSY" | "NO_ANSWER" | "REJECTED" | "MISSED";

/** What HubSpot sends, each field of it untrusted. */
interface Ready {
  readonly portalId?: unknown;
  readonly engagementId?: unknown;
}
interface Engagement {
  readonly engagementId?: unknown;
  readonly externalCallId?: unknown;
}
interface DialNumber {
  readonly phoneNumber?: unknown;
}

const endStatuses: Readonly<Record<Disposition, EndStatus>> = {
  completed: "COMPLETED",
  cancelled: "CANCELED",
  busy: "BUSY",
  "no-answer": "NO_ANSWER",
  failed: "FAILED",
  missed: "MISSED",
  rejected: "REJECTED",
};

const check = shape<HubSpotOptions>(
  {
    load: callable("that loads @hubspot/calling-extensions-sdk"),
    isLoggedIn: callable("that says true or false"),
    portalId: whole,
    ownNumber: text,
  },
  "load",
);

/** The class itself, or one `default` down, or two. */
function classOf(loaded: unknown, depth = 2): CallingExtensionsClass | undefined {
  if (typeof loaded === "function") return loaded as CallingExtensionsClass;
  return depth > 0 && typeof loaded === "object" && loaded !== null && "default" in loaded ? classOf(loaded.default, depth - 1) : undefined;
}

/**
 * A softphone inside HubSpot.
 * @throws LinekeeperError `bad-config`, naming the option.
 */
export function hubspot(options: HubSpotOptions): CrmHost {
  check("hubspot()", options);
  const { load, isLoggedIn = () => true, portalId, ownNumber } = options;
  let sdk: CallingExtensions | undefined;
  /** The same, once HubSpot has greeted it: before, what is said to HubSpot is lost. */
  let extensions: CallingExtensions | undefined;
  /** HubSpot's own record of a call: what it is logged into. */
  const engagements = new Map<string, number>();
  let lastCall: string | undefined;

  function adopt({ engagementId, externalCallId = lastCall }: Engagement): void {
    if (typeof engagementId === "number" && typeof externalCallId === "string") engagements.set(externalCallId, engagementId);
  }

  function steps(events: HostEvents) {
    let Sdk: CallingExtensionsClass | undefined;
    let ready: Ready = {};
    const refused = (what: string) => () => events.failed(what, new HostFault("LogRefused", `HubSpot refused: ${what}`));
    return [
      {
        name: "script" as const,
        async run() {
          const loaded: unknown = await load().catch((cause: unknown) => {
            throw new HostFault("ScriptMissing", "the HubSpot calling SDK could not be loaded", { cause });
          });
          Sdk = classOf(loaded);
          if (!Sdk) throw new HostFault("ScriptMissing", "load() gave no CallingExtensions");
        },
      },
      {
        name: "handshake" as const,
        run: () =>
          new Promise<void>((resolve) => {
            const eventHandlers = {
              onReady(data: Ready) {
                ready = data;
                extensions = sdk;
                resolve();
              },
              onDialNumber: (data: DialNumber) => events.dial({ number: String(data.phoneNumber ?? ""), record: data }),
              onEndCall: () => events.hangUp(),
              onCreateEngagementSucceeded: adopt,
              onEngagementCreated: adopt,
              onCreateEngagementFailed: refused("call log"),
              onUpdateEngagementFailed: refused("call log"),
              defaultEventHandler: () => {},
            };
            sdk = new (Sdk as CallingExtensionsClass)({ debugMode: false, eventHandlers: eventHandlers as never });
          }),
      },
      {
        name: "settings" as const,
        run() {
          if (portalId !== undefined && ready.portalId !== portalId)
            throw new HostFault("WrongSettings", "HubSpot named another portal than this softphone is set up for");
        },
      },
      {
        name: "session" as const,
        async run() {
          const signedIn = await isLoggedIn();
          const { engagementId } = ready;
          extensions?.initialized({ isLoggedIn: signedIn, ...(typeof engagementId === "number" && { engagementId }) });
          if (!signedIn) throw new HostFault("SessionExpired", "the agent is not signed in to the softphone");
        },
      },
    ];
  }

  function tell({ id, direction, number, startedAtMs, state, disposition = "failed" }: HostCall): void {
    const begun = { externalCallId: id, callStartTime: startedAtMs, createEngagement: true } as const;
    switch (state) {
      case "dialling":
        lastCall = id;
        return extensions?.outgoingCall({ ...begun, toNumber: number, ...(ownNumber !== undefined && { fromNumber: ownNumber }) });
      case "ringing":
        if (direction === "out") return;
        lastCall = id;
        return extensions?.incomingCall({ ...begun, fromNumber: number, toNumber: ownNumber ?? "" });
      case "answered":
        return extensions?.callAnswered({ externalCallId: id });
      case "ended":
        return extensions?.callEnded({
          externalCallId: id,
          engagementId: engagements.get(id) ?? 0,
          callEndStatus: endStatuses[disposition],
        });
    }
  }

  return {
    name: "hubspot",
    open: steps,
    tell,
    log({ id, direction, number, startedAtMs, talkedMs, disposition = "failed" }) {
      const engagementId = engagements.get(id);
      engagements.delete(id);
      if (engagementId === undefined) throw new HostFault("LogRefused", "HubSpot has made no engagement for the call");
      extensions?.callCompleted({
        externalCallId: id,
        engagementId,
        hideWidget: false,
        engagementProperties: {
          hs_timestamp: startedAtMs,
          hs_call_direction: direction === "out" ? "OUTBOUND" : "INBOUND",
          [direction === "out" ? "hs_call_to_number" : "hs_call_from_number"]: number,
          hs_call_duration: String(talkedMs),
          hs_call_status: disposition === "missed" || disposition === "rejected" ? "NO_ANSWER" : endStatuses[disposition],
        },
      });
    },
    refuse: (_click, because) => extensions?.sendError({ message: `The number was not called: ${because}.` }),
    close() {
      sdk?.iFrameManager.remove();
      sdk = extensions = undefined;
      engagements.clear();
    },
  };
}
