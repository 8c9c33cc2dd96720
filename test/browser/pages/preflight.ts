/** The preflight of a whole Linekeeper whose carrier lives in the page. */
import { createLinekeeper, noMedia } from "linekeeper";
import { createMockTrunk, memorySocket } from "linekeeper/mock-trunk";
import { preflight } from "linekeeper/preflight";
import { sipjs } from "linekeeper/sipjs";
import { webrtc } from "linekeeper/webrtc";
import { echoOf } from "./audio.ts";

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
  return results.filter(({ outcome }) => outcome !== "pass").map(({ check, code }) => `${check}: ${code}`);
}

/** What the microphone of the tests, which beeps, is measured at; and what a TURN server that is not there comes to. */
export async function measured() {
  const line = createLinekeeper({ crm: { vendor: "Test CRM" }, trunks: [], stack: sipjs(), media: noMedia() });
  const iceServers = [{ urls: "turn:127.0.0.1:9", username: "agent7", credential: "secret" }];
  const results = await preflight(line, { iceServers, timeoutMs: 3_000, language: "fr" });
  await line.close();
  const of = (name: string) => results.find(({ check }) => check === name);
  return { levelDbov: of("microphone")?.measured?.["levelDbov"], turn: of("turn"), stun: of("stun")?.code };
}

/** What comes of STUN and TURN at these servers. */
export async function reaches(iceServers: readonly RTCIceServer[], timeoutMs: number) {
  const line = createLinekeeper({ crm: { vendor: "Test CRM" }, trunks: [], stack: sipjs(), media: noMedia() });
  // Before it may use the microphone a page is not told its own address.
  const microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
  const results = await preflight(line, { iceServers, timeoutMs, asksForMicrophone: false });
  for (const track of microphone.getTracks()) track.stop();
  await line.close();
  return results
    .filter(({ check }) => check === "turn" || check === "stun")
    .map(({ check, outcome, code, measured }) => ({ check, outcome, ...(code && { code }), ...(measured && { measured }) }));
}

/** The echo call, by real SIP and real audio, to a phone that says back what it hears, or is silent. */
export async function echoes({ isMute = false } = {}) {
  const carrier = createMockTrunk({
    name: "Carrier A",
    domain: "a.example",
    challenge: "none",
    async media(offer) {
      const { connection, sdp } = await echoOf(offer, { isMute });
      return { answer: sdp, close: () => connection.close() };
    },
  });
  const line = createLinekeeper({
    crm: { vendor: "Test CRM" },
    trunks: [{ id: "A", carrier: "Carrier A", server: "wss://a.example", aor: "sip:agent7@a.example" }],
    stack: sipjs({ webSocket: memorySocket(carrier) }),
    media: webrtc({ qualityWindowMs: 1_000, audioSampleIntervalMs: 250 }),
  });
  const [results] = await Promise.all([preflight(line, { echo: "+21671000999" }), line.start()]);
  const { calls, kpis } = await line.report();
  await line.close();
  carrier.close();
  return { echo: results.find(({ check }) => check === "echo"), calls, kpis };
}

/** What a line says of a microphone that its page may not have: to a call, and in the report. */
export async function refuses() {
  const carrier = createMockTrunk({ name: "Carrier A", domain: "a.example", challenge: "none" });
  const line = createLinekeeper({
    crm: { vendor: "Test CRM" },
    trunks: [{ id: "A", carrier: "Carrier A", server: "wss://a.example", aor: "sip:agent7@a.example" }],
    stack: sipjs({ webSocket: memorySocket(carrier) }),
    media: webrtc(),
  });
  const [results] = await Promise.all([preflight(line), line.start()]);
  const { end, refusal, error } = await line.call("+21671000001").ended;
  const { leader, reasonsFor = [] } = line.verdict ?? {};
  await line.close();
  carrier.close();
  const found = results.filter(({ outcome }) => outcome === "fail").map(({ check, code }) => `${check}: ${code}`);
  return { found, call: { end, refusal, error }, leader, evidence: reasonsFor.map(({ code }) => code) };
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
  const sockets = results
    .filter(({ check }) => check.startsWith("socket"))
    .map(({ check, trunkId, code }) => `${check} ${trunkId}: ${code}`);
  const errors = line.trunks.map(({ lastError }) => `${lastError?.what} ${lastError?.name}`);
  const lost = line.journal.find((entry) => entry.type === "flow:changed" && entry.end !== undefined);
  const said = JSON.stringify(line.journal);
  await line.close();
  return { sockets, errors, verdict: line.verdict?.leader, tookMs: lost?.atMs, tells: said.includes("secret") };
}
