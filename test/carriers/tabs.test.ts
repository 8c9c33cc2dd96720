import { test } from "vitest";
import { becomes, hearEachOther, isQuiet, onCarriers } from "./stage.ts";

/** Longer than audio may be away before it is missed (`audioStoppedMs`). */
const observedMs = 5_000;

onCarriers("two tabs of one agent", (stage) => {
  test("a customer's call rings in both and is answered in one; the other, which was told so, has a call of its own", async () => {
    const [customer, callee, [one, two]] = await Promise.all([stage.phone(), stage.phone(), stage.tabs()]);
    await customer.dial(`sip:${one.user}@${stage.a.address}`);
    for (const tab of [one, two]) await becomes(tab.told, ["offered"]);
    await two.run("answer()");
    await becomes(two.told, ["offered", "answered A"]);
    await becomes(one.told, ["offered", "ended answered-elsewhere"]);
    await hearEachOther(two, customer);
    // From now on the agent looks at this one.
    await one.show();
    await one.run(`dial("${callee.number}")`);
    await becomes(one.told, ["offered", "ended answered-elsewhere", "ringing A", "answered A"]);
    await stage.observe(observedMs);
    await hearEachOther(one, callee);
    await hearEachOther(two, customer);
    for (const tab of [one, two]) await isQuiet(tab);
  });
});
