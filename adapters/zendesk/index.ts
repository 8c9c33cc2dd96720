/**
 * `linekeeper/zendesk`: a softphone as a Zendesk app, by the Zendesk App Framework's own SDK (written against
 * `zendesk_app_framework_sdk` 2.0.11), with Talk Partner Edition's dial-out event and call records.
 */
import { callable, list, shape, text, whole } from "../../src/checks.ts";
import { HostFault, requireSettings, type CrmHost, type HostEvents } from "../../src/crm/host.ts";

/** What Zendesk's app framework cannot tell a softphone of itself. */
export interface ZendeskOptions {
  /** Gives the SDK, `ZAFClient`. The page's global when left out: Zendesk serves the SDK as a script. */
  readonly load?: () => Promise<ZAFClient>;
  /** Of this app, as Zendesk assigned it: a call record must name it. */
  readonly appId: number;
  /** The agents' own number, for the call record. */
  readonly ownNumber: string;
  /** Settings of the app's installation that the softphone cannot do without. */
  readonly needs?: readonly string[];
}

/** As much of the SDK as is used. */
export interface ZAFClient {
  /** False outside Zendesk: the address bears no `origin` and `app_guid`. */
  init(): Client | false;
}
/** As much of the framework's client as is used. */
interface Client {
  /** From now on `handler` hears each `event`, such as `voice.dialout`. */
  on(event: string, handler: (data: never) => void): void;
  /** Given the handler that `on` had: it hears no more. */
  off(event: string, handler: (data: never) => void): unknown;
  /** Of the app as the account has it installed; its settings are untrusted. */
  metadata(): Promise<{ readonly settings?: unknown }>;
  /** What Zendesk shows now, by its path, such as `currentUser.id`; rejects where there is none. */
  get(path: string): Promise<Readonly<Record<string, unknown>>>;
  /** Has Zendesk do something, such as show the app or a note; rejects where it will not. */
  invoke(action: string, ...args: string[]): Promise<unknown>;
  /** Asks Zendesk's API in the agent's name; rejects unless it answers 2xx. */
  request(options: { readonly url: string; readonly type: string; readonly contentType: string; readonly data: string }): Promise<unknown>;
}

interface DialOut {
  readonly number?: unknown;
  readonly ticketId?: unknown;
}

const check = shape<ZendeskOptions>(
  { load: callable("that gives the ZAFClient"), appId: whole, ownNumber: text, needs: list(text) },
  "appId",
  "ownNumber",
);

/**
 * A softphone as a Zendesk app.
 * @throws LinekeeperError `bad-config`, naming the option.
 */
export function zendesk(options: ZendeskOptions): CrmHost {
  check("zendesk()", options);
  const { load, appId, ownNumber, needs = [] } = options;
  let zaf: ZAFClient | undefined;
  let client: Client | undefined;
  let events: HostEvents | undefined;

  const dialOut = (data: DialOut) => events?.dial({ number: String(data.number ?? ""), record: data });

  /** A `TimeoutError` of the SDK's, after 5 s, is left as it is: that nobody answered is a finding of its own. */
  async function session(): Promise<void> {
    const { currentUser } = await within("HandshakeRefused", client?.get("currentUser"));
    const { role } = (currentUser ?? {}) as { readonly role?: unknown };
    if (role === undefined) throw new HostFault("SessionExpired", "Zendesk names no agent");
  }

  return {
    name: "zendesk",
    open(heard) {
      events = heard;
      return [
        {
          name: "script",
          async run() {
            zaf = await (load ? load() : Promise.resolve((globalThis as { ZAFClient?: ZAFClient }).ZAFClient)).catch((cause: unknown) => {
              throw new HostFault("ScriptMissing", "the Zendesk SDK could not be loaded", { cause });
            });
            if (typeof zaf?.init !== "function") throw new HostFault("ScriptMissing", "there is no ZAFClient on this page");
          },
        },
        {
          name: "handshake",
          run: () =>
            new Promise<void>((resolve) => {
              const app = zaf?.init();
              if (!app) throw new HostFault("NotEmbedded", "the page was not opened by Zendesk");
              // Before Zendesk has answered, what is said to it would only wait for its own timeout.
              app.on("app.registered", () => {
                client = app;
                app.on("voice.dialout", dialOut);
                resolve();
              });
            }),
        },
        { name: "settings", run: async () => requireSettings("Zendesk", (await client?.metadata())?.settings, needs) },
        { name: "session", run: session },
      ];
    },
    // Zendesk has no call states of its own: the app is shown.
    tell: ({ state, direction }) =>
      state === "dialling" || (state === "ringing" && direction === "in") ? client?.invoke("popover", "show") : undefined,
    log({ direction, number, startedAtMs, talkedMs, disposition, record }) {
      const { ticketId } = (record ?? {}) as DialOut;
      const call = {
        app_id: appId,
        direction: direction === "out" ? "outbound" : "inbound",
        from_line: direction === "out" ? ownNumber : number,
        to_line: direction === "out" ? number : ownNumber,
        call_started_at: new Date(startedAtMs).toISOString(),
        call_ended_at: new Date(startedAtMs + talkedMs).toISOString(),
        call_disposition: disposition,
        ...(ticketId !== undefined && { ticket_id: ticketId }),
      };
      return within(
        "LogRefused",
        client?.request({ url: "/api/v2/calls", type: "POST", contentType: "application/json", data: JSON.stringify(call) }),
      );
    },
    refuse: (_click, because) => client?.invoke("notify", `The number was not called: ${because}`, "error"),
    close() {
      events = undefined;
      client?.off("voice.dialout", dialOut);
      client = undefined;
    },
  };
}

/** What the SDK rejects with: an Error, or the response of a request, `{ status }`. */
async function within<T>(otherwise: "HandshakeRefused" | "LogRefused", asked: Promise<T> | undefined): Promise<T> {
  if (!asked) throw new HostFault("HandshakeRefused", "Zendesk was not heard of yet");
  try {
    return await asked;
  } catch (cause) {
    if (cause instanceof Object && "name" in cause && cause.name === "TimeoutError") throw cause;
    const { status } = (typeof cause === "object" && cause !== null ? cause : {}) as { readonly status?: unknown };
    throw new HostFault(status === 401 || status === 403 ? "SessionExpired" : otherwise, "Zendesk refused", {
      cause,
      status: typeof status === "number" ? status : undefined,
    });
  }
}
