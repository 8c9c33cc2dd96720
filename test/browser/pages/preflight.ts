/** The preflight of a whole Linekeeper whose carrier lives in the page. */
import { createLinekeeper, noMedia } from "linekeeper";
import { createMockTrunk, memorySocket } from "linekeeper/mock-trunk";
import { preflight } from "linekeeper/preflight";
import { sipjs } from "linekeeper/sipjs";

/** @returns the checks that failed, as `check: error`. */
export async function fails(): Promise<string[]> {
  const carrier = createMockTrunk({ name: "Carrier A", domain: "a.example", users: { agent7: "secret" } });
  const line = createLinekeeper({
    crm: { vendor: "Test CRM" },
    trunks: [
      { id: "A", carrier: "Carrier A", server: "wss://a.example", aor: "sip:agent7@a.example", credentials: { password: "secret" } },
    ],
    stack: sipjs({ webSocket: memorySocket(carrier) }),
    media: noMedia(),
  });
  const [results] = await Promise.all([preflight(line), line.start()]);
  await line.close();
  carrier.close();
  return results.filter(({ passed }) => !passed).map(({ check, error }) => `${check}: ${error}`);
}
