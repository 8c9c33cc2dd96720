import { postMessage, type FromCrm, type ToCrm } from "../../../adapters/post-message/index.ts";
import { createFrame, crmOrigin } from "./frame.ts";
import { need, type Crm, type Told } from "./rig.ts";

/** The CRM's half of our own protocol, as docs/crm-hosts.md gives it. */
export const postMessageCrm: Crm = {
  name: "post-message",
  by: "a stand-in",
  hasScript: false,
  stage(mood) {
    const told: Told[] = [];
    const say = (message: FromCrm) => frame.say({ linekeeper: 1, ...message });
    const frame = createFrame("https://softphone.example/", (data) => {
      const message = data as ToCrm;
      switch (message.type) {
        case "hello":
          if (mood === "silent") return;
          return say({
            type: "welcome",
            settings: mood === "wrong-settings" ? {} : { [need]: "sales" },
            session: mood === "session-expired" ? "expired" : "valid",
          });
        case "refused":
          return told.push({ what: "refused" });
        case "call": {
          const { state, disposition } = message.call;
          if (state === "ended") return told.push({ what: "ended", how: disposition ?? "" });
          return told.push({ what: state === "answered" ? "answered" : "shown" });
        }
        case "log": {
          const { id, direction, number, talkedMs } = message.call;
          if (mood === "log-refused") return say({ type: "log-failed", id, status: 500 });
          told.push({ what: "logged", direction, number, talkedS: Math.round(talkedMs / 1_000) });
          return say({ type: "logged", id });
        }
      }
    });
    return Promise.resolve({
      host: postMessage({ origin: crmOrigin, needs: [need], host: frame.window }),
      click: (number) => say({ type: "dial", number, record: "customer-7" }),
      hangUp: () => say({ type: "hang-up" }),
      told,
      leave: () => {},
    });
  },
};
