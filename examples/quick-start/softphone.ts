// README:begin
import { createLinekeeper, noMedia, type CredentialsSource } from "linekeeper";
import { sipjs } from "linekeeper/sipjs";

export async function placeOneCall(primary: string, backup: string, credentials: CredentialsSource) {
  const line = createLinekeeper({
    crm: { vendor: "Acme CRM", version: "5.2.0", site: "ariana" },
    trunks: [
      { id: "tt", carrier: "Tunisie Telecom", server: primary, aor: "sip:agent7@tt.example", credentials },
      { id: "backup", carrier: "Other Telecom", server: backup, aor: "sip:agent7@other.example", credentials },
    ],
    stack: sipjs(),
    media: noMedia(), // webrtc() from "linekeeper/webrtc" in a browser
  });
  await line.start();
  const call = line.call("+216 71 000 001");
  call.on("failed-over", ({ from, to, because }) => console.log(`${from} → ${to}: ${because}`));
  call.on("answered", () => call.hangUp());
  const { end } = await call.ended;
  await line.close();
  return { end, carriedBy: call.trunkId };
}
// README:end
