import { vi } from "vitest";
import { zendesk } from "../../../adapters/zendesk/index.ts";
import { createFrame, crmOrigin } from "./frame.ts";
import { need, ownNumber, type Crm, type Told } from "./rig.ts";

interface FromApp {
  readonly id?: number;
  readonly key?: string;
  readonly request?: "get" | "invoke";
  readonly params?: Readonly<Record<string, unknown>>;
  readonly message?: { readonly url?: string; readonly data?: string };
}
interface CallRecord {
  readonly app_id: number;
  readonly direction: "outbound" | "inbound";
  readonly from_line: string;
  readonly to_line: string;
  readonly call_started_at: string;
  readonly call_ended_at: string;
}

/** Zendesk's side is a stand-in; what it talks to is Zendesk's own SDK. */
export const zendeskCrm: Crm = {
  name: "zendesk",
  by: "the vendor's own SDK",
  hasScript: true,
  async stage(mood) {
    const told: Told[] = [];
    const say = (message: object) => frame.say(JSON.stringify(message));
    const event = (name: string, message: object) => say({ key: `zaf.${name}`, message });

    function request(key: string, { data = "{}" }: NonNullable<FromApp["message"]>): void {
      if (mood === "log-refused") return event(`${key}.fail`, { responseArgs: [{ status: 422 }] });
      const call = JSON.parse(data) as CallRecord;
      told.push({
        what: "logged",
        direction: call.direction === "outbound" ? "out" : "in",
        number: call.direction === "outbound" ? call.to_line : call.from_line,
        talkedS: Math.round((Date.parse(call.call_ended_at) - Date.parse(call.call_started_at)) / 1_000),
      });
      event(`${key}.done`, { responseArgs: [{ call: { id: 1 } }] });
    }

    const frame = createFrame(`https://softphone.example/?origin=${encodeURIComponent(crmOrigin)}&app_guid=guid`, (text) => {
      const { id, key, request: asked, params, message } = JSON.parse(String(text)) as FromApp;
      if (key === "iframe.handshake" && mood !== "silent")
        event("app.registered", { metadata: { appId: 9, settings: mood === "wrong-settings" ? {} : { [need]: "sales" } }, context: {} });
      if (asked === "get")
        say({ id, result: mood === "session-expired" ? { errors: {} } : { currentUser: { id: 5, role: "agent" }, errors: {} } });
      if (asked === "invoke") {
        told.push(params && "notify" in params ? { what: "refused" } : { what: "shown" });
        say({ id, result: { errors: {} } });
      }
      if (key?.startsWith("request:")) request(key, message ?? {});
    });
    frame.install();
    const { default: sdk } = await import("zendesk_app_framework_sdk");
    return {
      host: zendesk({
        load: mood === "script-missing" ? () => Promise.reject(new TypeError("Failed to fetch")) : () => Promise.resolve(sdk),
        appId: 9,
        ownNumber,
        needs: [need],
      }),
      click: (number) => event("voice.dialout", { number, ticketId: 31 }),
      told,
      leave: () => vi.unstubAllGlobals(),
    };
  },
};
