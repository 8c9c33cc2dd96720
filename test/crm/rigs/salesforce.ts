import { salesforce, type OpenCti, type OpenCtiResponse } from "../../../adapters/salesforce/index.ts";
import { need, type Crm, type Told } from "./rig.ts";

type Callback = { readonly callback: (response: OpenCtiResponse) => void };

/** A stand-in after the Open CTI Developer Guide: every method answers `{ success, returnValue, errors }` to a callback. */
export const salesforceCrm: Crm = {
  name: "salesforce",
  by: "a stand-in",
  hasScript: true,
  stage(mood) {
    const told: Told[] = [];
    let clicked: Parameters<OpenCti["onClickToDial"]>[0]["listener"] | undefined;
    let enabled = false;
    const answer = ({ callback }: Callback, returnValue: unknown = true) =>
      queueMicrotask(() => callback({ success: true, returnValue, errors: null }));
    const refuse = ({ callback }: Callback, code: string, description: string) =>
      queueMicrotask(() => callback({ success: false, returnValue: null, errors: [{ code, description }] }));
    const opencti: OpenCti = {
      enableClickToDial(asked) {
        if (mood === "silent") return;
        enabled = true;
        answer(asked);
      },
      disableClickToDial(asked) {
        enabled = false;
        answer(asked);
      },
      onClickToDial: ({ listener }) => void (clicked = listener),
      getCallCenterSettings: (asked) => answer(asked, mood === "wrong-settings" ? {} : { [need]: "sales" }),
      getSoftphoneLayout: (asked) =>
        mood === "session-expired" ? refuse(asked, "INVALID_SESSION_ID", "Session expired or invalid") : answer(asked, {}),
      setSoftphonePanelVisibility(asked) {
        told.push({ what: "shown" });
        answer(asked);
      },
      setSoftphoneItemLabel(asked) {
        told.push({ what: "refused" });
        answer(asked);
      },
      saveLog(asked) {
        if (mood === "log-refused") return refuse(asked, "SERVER_ERROR", "User is not assigned to a Call Center");
        const { CallType, CallDurationInSeconds } = asked.value as { CallType: string; CallDurationInSeconds: number };
        told.push({ what: "logged", direction: CallType === "Outbound" ? "out" : "in", talkedS: CallDurationInSeconds });
        answer(asked, { recordId: "00T" });
      },
    };
    return Promise.resolve({
      host: salesforce({ needs: [need], host: mood === "script-missing" ? {} : { sforce: { opencti } } }),
      click: (number) => enabled && clicked?.({ number, recordId: "003", objectType: "Contact" }),
      told,
      leave: () => {},
    });
  },
};
