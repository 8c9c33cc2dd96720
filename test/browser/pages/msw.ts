/** The mock trunk inside the page, behind MSW's `ws.link()`: no server, no service worker, a whole failover. */
import { WebSocketInterceptor } from "@mswjs/interceptors/WebSocket";
import { defineNetwork, InterceptorSource } from "msw/experimental";
import { createMockTrunk } from "../../../adapters/mock-trunk/index.ts";
import { mswHandler } from "../../../adapters/mock-trunk/msw.ts";
import { sipjs } from "../../../adapters/sipjs/index.ts";
import { createLinekeeper } from "../../../src/linekeeper.ts";
import { noMedia } from "../../../src/media/no-media.ts";

/** One call while carrier A is silent. */
export async function callsWhileCarrierAIsSilent() {
  const a = createMockTrunk({ name: "A", domain: "a.example" });
  const b = createMockTrunk({ name: "B", domain: "b.example" });
  const network = defineNetwork({
    sources: [new InterceptorSource({ interceptors: [new WebSocketInterceptor()] })],
    handlers: [mswHandler(a, "wss://a.example"), mswHandler(b, "wss://b.example")],
  });
  network.enable();
  const account = (id: string) => ({ id, carrier: id, server: `wss://${id}.example`, aor: `sip:agent@${id}.example` });
  const line = createLinekeeper({ crm: { vendor: "Page" }, trunks: [account("a"), account("b")], stack: sipjs(), media: noMedia() });
  const health = await line.start();
  a.fault({ kind: "silence", methods: ["INVITE"] });
  const call = line.call("+21671000001");
  const carriedBy = new Promise<string>((resolve) => call.on("answered", ({ trunkId }) => resolve(trunkId)));
  const trunk = await carriedBy;
  call.hangUp();
  await line.close();
  network.disable();
  return {
    ready: health.some(({ ready }) => ready),
    trunk,
    rings: [a, b].map((carrier) => carrier.rings().length),
    connections: a.connections + b.connections,
  };
}
