/** The README's second snippet against a mock carrier: hold, a second call, and an attended transfer. `npm run conversation` */
import { Command } from "commander";
import { createLinekeeper, noMedia } from "linekeeper";
import { createMockTrunk } from "linekeeper/mock-trunk";
import { listen } from "linekeeper/mock-trunk/ws";
import { sipjs } from "linekeeper/sipjs";
import { putThrough } from "./softphone.ts";

new Command("npm run conversation --")
  .description("A call on hold, a question to a colleague, and the customer put through to them. Prints how it went.")
  .exitOverride(({ exitCode }) => process.exit(exitCode && 2))
  .parse();

const [customer, colleague] = ["+21671000001", "+21671000002"] as const;
const carrier = createMockTrunk({ name: "Tunisie Telecom", domain: "tt.example", users: { agent7: "secret" } });
const edge = await listen(carrier);
const line = createLinekeeper({
  crm: { vendor: "Acme CRM" },
  trunks: [{ id: "tt", carrier: carrier.name, server: edge.url, aor: "sip:agent7@tt.example", credentials: { password: "secret" } }],
  stack: sipjs(),
  media: noMedia(),
});
await line.start();

const transferred = await putThrough(line, customer, colleague);
const isConnected = carrier.calls.some(({ connectedTo }) => connectedTo !== undefined);
process.stdout.write(`${JSON.stringify({ transferred, isConnected, left: line.calls.length })}\n`);

await line.close();
await edge.close();
carrier.close();
process.exitCode = transferred.ok && isConnected ? 0 : 1;
