/**
 * The README's snippet, run against two mock carriers: carrier A swallows the INVITE, the same call object
 * goes on over B. `npm run quick-start`
 */
import { Command } from "commander";
import { createMockTrunk } from "linekeeper/mock-trunk";
import { listen } from "linekeeper/mock-trunk/ws";
import { placeOneCall } from "./softphone.ts";

new Command("npm run quick-start --")
  .description("A call that fails over: two mock carriers, of which the first swallows the INVITE. Prints how the call went.")
  .exitOverride(({ exitCode }) => process.exit(exitCode && 2))
  .parse();

const users = { agent7: "secret" };
const a = createMockTrunk({ name: "Tunisie Telecom", domain: "tt.example", users });
const b = createMockTrunk({ name: "Other Telecom", domain: "other.example", users });
const [edgeA, edgeB] = await Promise.all([listen(a), listen(b)]);

a.fault({ kind: "silence", methods: ["INVITE"] });
const summary = await placeOneCall(edgeA.url, edgeB.url, () => ({ password: "secret" }));
process.stdout.write(`${JSON.stringify(summary)}\n`);

await Promise.all([edgeA.close(), edgeB.close()]);
a.close();
b.close();
process.exitCode = summary.carriedBy === "backup" && b.rings("+21671000001").length === 1 ? 0 : 1;
