/**
 * `linekeeper/dynamics`: a softphone inside Microsoft Dynamics 365, by the Channel Integration Framework 1.0. There is
 * no package of it: the organisation serves `msdyn_ciLibrary.js`. Written after Microsoft's public reference.
 */
import { fits, list, object, shape, text } from "../../src/checks.ts";
import { HostFault, loadScript, requireSettings, type CrmHost, type HostEvents, type ScriptPage } from "../../src/crm/host.ts";
import { readUrl, whenAborted } from "../../src/platform.ts";

export type { ScriptPage } from "../../src/crm/host.ts";

/** What the channel provider's record cannot tell a softphone of itself. */
export interface DynamicsOptions {
  /** `https://<organisation>.crm.dynamics.com`; needed only where the page does not load the library itself. */
  readonly organisationUrl?: string;
  /** Custom parameters of the channel provider that the softphone cannot do without. */
  readonly needs?: readonly string[];
  /** The page's `window` when left out. */
  readonly host?: DynamicsPage;
}

/** What is looked at of the page. */
export interface DynamicsPage {
  /** Absent until `msdyn_ciLibrary.js` has run. */
  readonly Microsoft?: { readonly CIFramework?: CIFramework };
  /** Needed only where the library has to be loaded from `organisationUrl`. */
  readonly document?: ScriptPage;
  /** `CIFInitDone`: the framework is ready to be called. It may have come before anybody listened. */
  addEventListener(type: "CIFInitDone", listener: () => void): void;
  /** Given the listener that `addEventListener` had. */
  removeEventListener(type: "CIFInitDone", listener: () => void): void;
}

/** As much of the framework as is used; JSON travels as text. */
export interface CIFramework {
  /** Whether numbers in Dynamics can be clicked. */
  setClickToAct(enabled: boolean): Promise<unknown>;
  /** Dynamics waits for the handler's promise before it lets the agent go on. */
  addHandler(event: "onclicktoact", handler: ClickToAct): Promise<unknown>;
  /** Given the handler that `addHandler` had. */
  removeHandler(event: "onclicktoact", handler: ClickToAct): Promise<unknown>;
  /** JSON: the signed-in user (`userId`), the organisation and the provider's custom parameters (`customParams`, JSON again). */
  getEnvironment(): Promise<string>;
  /** 0: minimised. 1: docked. */
  setMode(mode: 0 | 1): Promise<unknown>;
  /** A phone call activity, its fields as JSON; rejects where the agent may not write one. */
  createRecord(entity: "phonecall", data: string): Promise<unknown>;
}
/** What Dynamics calls when the agent clicks a number: JSON that holds it, untrusted. */
type ClickToAct = (data: string) => Promise<void>;

interface Environment {
  readonly userId?: unknown;
  readonly customParams?: unknown;
}

const docked = 1;

const check = shape<DynamicsOptions>({
  organisationUrl: fits('a URL such as "https://example.crm.dynamics.com"', (value) => /^https?:/.test(readUrl(value)?.protocol ?? "")),
  needs: list(text),
  host: object,
});

/**
 * A softphone inside Dynamics 365.
 * @throws LinekeeperError `bad-config`, naming the option.
 */
export function dynamics(options: DynamicsOptions = {}): CrmHost {
  check("dynamics()", options);
  const { organisationUrl, needs = [], host = globalThis as unknown as DynamicsPage } = options;
  let events: HostEvents | undefined;
  let environment: Environment = {};

  const framework = (): CIFramework => {
    const { CIFramework } = host.Microsoft ?? {};
    if (!CIFramework) throw new HostFault("ScriptMissing", "there is no Microsoft.CIFramework on this page");
    return CIFramework;
  };

  // Dynamics waits for the promise: a click is taken at once, whatever the call comes to.
  const clicked: ClickToAct = (data) => {
    const click = parsed(data) as { readonly value?: unknown };
    events?.dial({ number: String(click.value ?? ""), record: click });
    return Promise.resolve();
  };

  /** The event may have come before us; then the environment is answered at once. */
  async function shakeHands(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const done = () => resolve();
      host.addEventListener("CIFInitDone", done);
      whenAborted(signal, () => host.removeEventListener("CIFInitDone", done));
      framework()
        .getEnvironment()
        .then(done, (error: unknown) => reject(refusal(error, "HandshakeRefused")));
    });
    environment = parsed(await framework().getEnvironment()) as Environment;
    await framework().setClickToAct(true);
    await framework().addHandler("onclicktoact", clicked);
  }

  return {
    name: "dynamics",
    open(heard) {
      events = heard;
      return [
        {
          name: "script",
          run() {
            if (host.Microsoft?.CIFramework) return;
            const url = organisationUrl && `${organisationUrl}/webresources/Widget/msdyn_ciLibrary.js`;
            return loadScript(host.document, url, { "data-crmurl": organisationUrl ?? "", "data-cifid": "CIFMainLibrary" }).then(
              () => void framework(),
            );
          },
        },
        { name: "handshake", run: shakeHands },
        { name: "settings", run: () => requireSettings("Dynamics", parsed(environment.customParams), needs) },
        {
          name: "session",
          run() {
            if (!environment.userId) throw new HostFault("SessionExpired", "Dynamics names no user");
          },
        },
      ];
    },
    // The framework has no call states of its own: the panel is opened.
    tell: ({ state, direction }) =>
      state === "dialling" || (state === "ringing" && direction === "in") ? framework().setMode(docked) : undefined,
    async log({ direction, number, startedAtMs, talkedMs, disposition }) {
      const record = {
        subject: `Call, ${disposition ?? "ended"}`,
        phonenumber: number,
        directioncode: direction === "out",
        actualstart: new Date(startedAtMs).toISOString(),
        actualdurationminutes: Math.ceil(talkedMs / 60_000),
      };
      await framework()
        .createRecord("phonecall", JSON.stringify(record))
        .catch((error: unknown) => {
          throw refusal(error, "LogRefused");
        });
    },
    refuse: () => framework().setMode(docked),
    close() {
      if (!events) return;
      events = undefined;
      const left = host.Microsoft?.CIFramework;
      void left?.removeHandler("onclicktoact", clicked).catch(() => {});
      void left?.setClickToAct(false).catch(() => {});
    },
  };
}

/** What the framework rejects with: `{ errorCode, errorMsg }`, or whatever the request below it gave. */
function refusal(cause: unknown, otherwise: "HandshakeRefused" | "LogRefused"): HostFault {
  const { errorMsg = "", status } = (typeof cause === "object" && cause !== null ? cause : {}) as { errorMsg?: unknown; status?: unknown };
  const isSession = status === 401 || /session|unauthori[sz]ed|sign in/i.test(String(errorMsg));
  return new HostFault(isSession ? "SessionExpired" : otherwise, "Dynamics refused", {
    cause,
    status: typeof status === "number" ? status : undefined,
  });
}

/** Text that is JSON, or what it is already; an empty object where it is neither. */
function parsed(data: unknown): object {
  try {
    const value: unknown = typeof data === "string" ? JSON.parse(data) : data;
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
