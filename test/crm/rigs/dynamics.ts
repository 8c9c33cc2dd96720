import { dynamics, type CIFramework } from "../../../adapters/dynamics/index.ts";
import { need, type Crm, type Told } from "./rig.ts";

/** A stand-in after Microsoft's reference of the Channel Integration Framework 1.0: promises of JSON texts. */
export const dynamicsCrm: Crm = {
  name: "dynamics",
  by: "a stand-in",
  hasScript: true,
  stage(mood) {
    const told: Told[] = [];
    const handlers = new Set<Parameters<CIFramework["addHandler"]>[1]>();
    const environment = JSON.stringify({
      ...(mood !== "session-expired" && { userId: "{5}" }),
      customParams: JSON.stringify(mood === "wrong-settings" ? {} : { [need]: "sales" }),
    });
    const CIFramework: CIFramework = {
      setClickToAct: () => Promise.resolve(),
      addHandler: (_event, handler) => Promise.resolve(handlers.add(handler)),
      removeHandler: (_event, handler) => Promise.resolve(handlers.delete(handler)),
      getEnvironment: () => (mood === "silent" ? new Promise(() => {}) : Promise.resolve(environment)),
      setMode() {
        told.push({ what: "shown" });
        return Promise.resolve();
      },
      createRecord(_entity, data) {
        // What the framework itself rejects with is no Error.
        if (mood === "log-refused") return Promise.reject({ errorCode: 1, errorMsg: "createRecord failed" });
        const { phonenumber, directioncode, actualdurationminutes } = JSON.parse(data) as {
          phonenumber: string;
          directioncode: boolean;
          actualdurationminutes: number;
        };
        told.push({ what: "logged", direction: directioncode ? "out" : "in", number: phonenumber, talkedS: actualdurationminutes * 60 });
        return Promise.resolve(JSON.stringify({ id: "1" }));
      },
    };
    return Promise.resolve({
      host: dynamics({
        needs: [need],
        host: {
          addEventListener: () => {},
          removeEventListener: () => {},
          ...(mood !== "script-missing" && { Microsoft: { CIFramework } }),
        },
      }),
      click: (number) => handlers.forEach((handler) => void handler(JSON.stringify({ value: number, entityLogicalName: "contact" }))),
      told,
      leave: () => {},
    });
  },
};
