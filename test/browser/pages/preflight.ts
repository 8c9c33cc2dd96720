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

/** What a line says of carriers that no socket can reach, for its page forbids them, and how soon. */
export async function forbidden() {
  const line = createLinekeeper({
    crm: { vendor: "Test CRM" },
    trunks: ["a", "b"].map((id) => ({ id, carrier: id, server: `wss://${id}.example/ws?token=secret`, aor: `sip:agent7@${id}.example` })),
    stack: sipjs(),
    media: noMedia(),
  });
  void line.start();
  const results = await preflight(line, { asksForMicrophone: false });
  const sockets = results.filter(({ check }) => check.startsWith("socket")).map(({ check, error }) => `${check}: ${error}`);
  const errors = line.trunks.map(({ lastError }) => `${lastError?.what} ${lastError?.name}`);
  const lost = line.journal.find((entry) => entry.type === "flow:changed" && entry.end !== undefined);
  const said = JSON.stringify(line.journal);
  await line.close();
  return { sockets, errors, verdict: line.verdict?.leader, tookMs: lost?.atMs, tells: said.includes("secret") };
}
