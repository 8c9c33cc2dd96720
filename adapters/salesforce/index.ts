/**
 * `linekeeper/salesforce`: a softphone inside Salesforce Lightning, by Open CTI. There is no package of it: Salesforce
 * serves the script. Written after the Open CTI Developer Guide (Lightning Experience methods).
 */
import { list, object, shape, text } from "../../src/checks.ts";
import {
  HostFault,
  loadScript,
  requireSettings,
  type CrmHost,
  type HostEvents,
  type HostFaultName,
  type ScriptPage,
} from "../../src/crm/host.ts";

export type { ScriptPage } from "../../src/crm/host.ts";

/** What the call centre definition cannot tell a softphone of itself. */
export interface SalesforceOptions {
  /** Of `opencti_min.js` on your Salesforce domain; needed only where the page does not load it itself. */
  readonly scriptUrl?: string;
  /** Settings of the call centre definition that the softphone cannot do without, e.g. `/reqGeneralInfo/reqAdapterUrl`. */
  readonly needs?: readonly string[];
  /** The page's `window` when left out. */
  readonly host?: SalesforcePage;
}

/** What is looked at of the page. */
export interface SalesforcePage {
  /** Absent until `opencti_min.js` has run. */
  readonly sforce?: { readonly opencti?: OpenCti };
  /** Needed only where the script has to be loaded from `scriptUrl`. */
  readonly document?: ScriptPage;
}

/** As much of Open CTI as is used. */
export interface OpenCti {
  /** Makes numbers on Salesforce's pages clickable; its answer stands for the handshake. */
  enableClickToDial(args: OpenCtiRequest): void;
  /** Makes them plain text again. */
  disableClickToDial(args: OpenCtiRequest): void;
  /** Listens for good: Open CTI has no way to stop. The payload names the record that the number stood on. */
  onClickToDial(args: { listener: (payload: OpenCtiClick) => void }): void;
  /** The call centre definition's fields, by their paths such as `/reqGeneralInfo/reqAdapterUrl`. */
  getCallCenterSettings(args: OpenCtiRequest): void;
  /** The agent's own layout, hence answered only within the agent's session. */
  getSoftphoneLayout(args: OpenCtiRequest): void;
  /** Opens the panel, or folds it down to its label. */
  setSoftphonePanelVisibility(args: OpenCtiRequest & { visible: boolean }): void;
  /** What stands on the softphone's button in the utility bar: here, why a number was not called. */
  setSoftphoneItemLabel(args: OpenCtiRequest & { label: string }): void;
  /** Writes a record, here a `Task`; which fields it may hold is the organisation's to say. */
  saveLog(args: OpenCtiRequest & { value: Readonly<Record<string, unknown>> }): void;
}

/** Every method of Open CTI is asked in this way. */
export interface OpenCtiRequest {
  /** Called once, with what came of it; nothing is thrown. */
  callback: (response: OpenCtiResponse) => void;
}

/** How every method answers. */
export interface OpenCtiResponse {
  /** False: `errors` says why, and `returnValue` is not to be relied on. */
  readonly success: boolean;
  /** What was asked for, in the method's own shape; untrusted. */
  readonly returnValue?: unknown;
  /** The first is the one that counts; null or absent where it succeeded. */
  readonly errors?: readonly { readonly code?: string; readonly description?: string }[] | null;
}

/** What Salesforce tells of a number that was clicked, each field of it untrusted. */
export interface OpenCtiClick {
  /** As it stands in the record. */
  readonly number?: unknown;
  /** Of the record in which it stands. */
  readonly recordId?: unknown;
  /** Of what kind that is, such as `Contact`. */
  readonly objectType?: unknown;
}

const check = shape<SalesforceOptions>({
  scriptUrl: text,
  needs: list(text),
  host: object,
});

/**
 * A softphone inside Salesforce Lightning.
 * @throws LinekeeperError `bad-config`, naming the option.
 */
export function salesforce(options: SalesforceOptions = {}): CrmHost {
  check("salesforce()", options);
  const { scriptUrl, needs = [], host = globalThis as SalesforcePage } = options;
  let events: HostEvents | undefined;
  let isListening = false;

  const cti = (): OpenCti => {
    const { opencti } = host.sforce ?? {};
    if (!opencti) throw new HostFault("ScriptMissing", "there is no sforce.opencti on this page");
    return opencti;
  };

  /** @throws HostFault `SessionExpired` where the answer says so, else `otherwise`. */
  const ask = (otherwise: HostFaultName, call: (opencti: OpenCti, asked: OpenCtiRequest) => void): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const callback = ({ success, returnValue, errors }: OpenCtiResponse) => {
        if (success) return resolve(returnValue);
        const { code = "", description = "" } = errors?.[0] ?? {};
        const isSession = /session|not logged in/i.test(`${code} ${description}`);
        reject(new HostFault(isSession ? "SessionExpired" : otherwise, `Open CTI: ${code || "no code"}`));
      };
      call(cti(), { callback });
    });

  const show = () => ask("LogRefused", (opencti, asked) => opencti.setSoftphonePanelVisibility({ ...asked, visible: true }));

  /** Open CTI has no way to stop listening, so there is one listener for ever, deaf while closed. */
  function listen(): void {
    if (isListening) return;
    isListening = true;
    cti().onClickToDial({ listener: (payload) => events?.dial({ number: String(payload.number ?? ""), record: payload }) });
  }

  return {
    name: "salesforce",
    open(heard) {
      events = heard;
      return [
        { name: "script", run: () => (host.sforce?.opencti ? undefined : loadScript(host.document, scriptUrl).then(() => void cti())) },
        { name: "handshake", run: () => ask("HandshakeRefused", (opencti, asked) => opencti.enableClickToDial(asked)).then(listen) },
        {
          name: "settings",
          run: async () =>
            requireSettings("Salesforce", await ask("WrongSettings", (opencti, asked) => opencti.getCallCenterSettings(asked)), needs),
        },
        // The layout belongs to the agent, so it is answered only within the agent's session.
        { name: "session", run: () => ask("HandshakeRefused", (opencti, asked) => opencti.getSoftphoneLayout(asked)) },
      ];
    },
    // Open CTI has no call states of its own: the softphone is brought to the front.
    tell: ({ state, direction }) => (state === "dialling" || (state === "ringing" && direction === "in") ? show() : undefined),
    log({ id, direction, startedAtMs, talkedMs, disposition, record }) {
      const { recordId, objectType } = (record ?? {}) as OpenCtiClick;
      const isPerson = objectType === "Contact" || objectType === "Lead";
      return ask("LogRefused", (opencti, asked) =>
        opencti.saveLog({
          ...asked,
          value: {
            entityApiName: "Task",
            Subject: "Call",
            Status: "Completed",
            TaskSubtype: "Call",
            CallType: direction === "out" ? "Outbound" : "Inbound",
            CallObject: id,
            CallDisposition: disposition,
            CallDurationInSeconds: Math.round(talkedMs / 1_000),
            ActivityDate: new Date(startedAtMs).toISOString().slice(0, 10),
            ...(recordId !== undefined && { [isPerson ? "WhoId" : "WhatId"]: recordId }),
          },
        }),
      );
    },
    async refuse(_click, because) {
      await show();
      await ask("LogRefused", (opencti, asked) => opencti.setSoftphoneItemLabel({ ...asked, label: `Not called: ${because}` }));
    },
    close() {
      events = undefined;
      host.sforce?.opencti?.disableClickToDial({ callback: () => {} });
    },
  };
}
