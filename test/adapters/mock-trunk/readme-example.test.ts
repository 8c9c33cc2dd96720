// DOCS:begin
import { expect, test } from "vitest";
import { createLinekeeper, noMedia } from "linekeeper";
import { createMockTrunk, memorySocket } from "linekeeper/mock-trunk";
import { sipjs } from "linekeeper/sipjs";

test("the customer's call goes on when our carrier refuses it", async () => {
  const a = createMockTrunk({ name: "Main carrier", domain: "a.example", users: { agent7: "secret" } });
  const b = createMockTrunk({ name: "Backup carrier", domain: "b.example", users: { agent7: "secret" } });
  const line = createLinekeeper({
    crm: { vendor: "My CRM" },
    trunks: ["a", "b"].map((id) => ({
      id,
      carrier: id,
      server: `wss://${id}.example`,
      aor: `sip:agent7@${id}.example`,
      credentials: { password: "secret" },
    })),
    stack: sipjs({ webSocket: memorySocket({ "a.example": a, "b.example": b }) }),
    media: noMedia(),
  });
  await line.start();
  a.fault({ kind: "reject", methods: ["INVITE"], prefix: "+33", code: 503, q850: 34 });
  const call = line.call("+33123456789");
  call.on("answered", () => call.hangUp());
  await call.ended;
  expect(call.trunkId).toBe("b");
  expect([a, b].map((carrier) => carrier.rings("+33123456789").length)).toEqual([0, 1]);
  await line.close();
  for (const carrier of [a, b]) carrier.close();
});
// DOCS:end
