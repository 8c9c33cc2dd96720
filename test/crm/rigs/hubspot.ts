import { vi } from "vitest";
import { hubspot } from "../../../adapters/hubspot/index.ts";
import { createFrame, crmOrigin } from "./frame.ts";
import { ownNumber, type Crm, type Told } from "./rig.ts";

interface FromSoftphone {
  readonly type: string;
  readonly data?: {
    readonly externalCallId?: string;
    readonly callEndStatus?: string;
    readonly engagementProperties?: Readonly<Record<string, string>>;
  };
}

const portal = 4711;

/** HubSpot's side is a stand-in; what it talks to is HubSpot's own SDK. */
export const hubspotCrm: Crm = {
  name: "hubspot",
  by: "the vendor's own SDK",
  hasScript: true,
  async stage(mood) {
    const told: Told[] = [];
    let messages = 0;
    const say = (type: string, data?: object) => frame.say({ type, messageId: `hubspot_${++messages}`, data });
    const frame = createFrame("https://softphone.example/", (message) => {
      const { type, data } = message as FromSoftphone;
      switch (type) {
        case "SYNC_ACK":
          return clearInterval(greeting);
        case "OUTGOING_CALL_STARTED":
        case "INCOMING_CALL":
          told.push({ what: "shown" });
          return say("CREATE_ENGAGEMENT_SUCCEEDED", { engagementId: 77, externalCallId: data?.externalCallId });
        case "CALL_ANSWERED":
          return told.push({ what: "answered" });
        case "CALL_ENDED":
          return told.push({ what: "ended", how: data?.callEndStatus ?? "" });
        case "ERROR":
          return told.push({ what: "refused" });
        case "CALL_COMPLETED": {
          if (mood === "log-refused") return say("UPDATE_ENGAGEMENT_FAILED", {});
          const properties = data?.engagementProperties ?? {};
          return told.push({
            what: "logged",
            direction: properties["hs_call_direction"] === "OUTBOUND" ? "out" : "in",
            number: properties["hs_call_to_number"] ?? properties["hs_call_from_number"] ?? "",
            talkedS: Math.round(Number(properties["hs_call_duration"]) / 1_000),
          });
        }
      }
    });
    frame.install();
    vi.spyOn(console, "debug").mockReturnValue();
    const sdk = await import("@hubspot/calling-extensions-sdk");
    /** HubSpot greets the frame again and again, until it answers. */
    let greeting: ReturnType<typeof setInterval> | undefined;
    const load = () => {
      const portalId = mood === "wrong-settings" ? portal + 1 : portal;
      if (mood !== "silent")
        greeting = setInterval(() => frame.say({ type: "SYNC", messageId: "hubspot_0", hostUrl: crmOrigin, portalId }), 2);
      return Promise.resolve(sdk);
    };
    return {
      host: hubspot({
        load: mood === "script-missing" ? () => Promise.reject(new TypeError("Failed to fetch")) : load,
        portalId: portal,
        ownNumber,
        isLoggedIn: () => mood !== "session-expired",
      }),
      click: (number) => say("DIAL_NUMBER", { phoneNumber: number, objectId: 12, objectType: "CONTACT" }),
      hangUp: () => say("END_CALL"),
      told,
      leave: () => vi.unstubAllGlobals(),
    };
  },
};
