/**
 * An edge that is slow, not dead, again and again: every call that is sent there pays before it goes on. How many do, until the edge
 * is set aside? One agent, under virtual time; the carriers' logs are the witness.
 */
import { rungTwice, type Fault, type MockTrunk } from "linekeeper/mock-trunk";
import { openVirtualHouse } from "./virtual-house.ts";

export interface SlowEdge {
  readonly name: string;
  readonly placed: number;
  /** How long each call took to be answered that was sent to the slow edge, and had to go on from there or wait for it, ms. */
  readonly paidMs: readonly number[];
  /** How many of them were placed before the edge was set aside for the first time. */
  readonly paidBeforeAside: number;
  readonly lost: number;
  readonly rungTwice: number;
}

export const slowEdges: readonly { readonly name: string; readonly fault: Fault }[] = [
  { name: "A reads INVITEs 3 s late", fault: { kind: "slow", methods: ["INVITE"], delayMs: 3_000 } },
  { name: "A reads everything 3 s late", fault: { kind: "slow", delayMs: 3_000 } },
];

/** From call to call: short enough to come again before the edge is forgotten, long enough for it to be back. */
export const slowEdgePaceS = 30;

const readMs = 10_000;

export async function measureSlowEdge({ name, fault }: (typeof slowEdges)[number], placed: number, seed: number): Promise<SlowEdge> {
  const { line, a, b, pass, until, close } = await openVirtualHouse(seed);
  a.fault(fault);
  const paidMs: number[] = [];
  let [paidBeforeAside, lost, twice] = [0, 0, 0];
  let isAside = false;
  line.on("journal:written", (entry) => {
    if (entry.type === "breaker:changed" && entry.trunkId === "a" && entry.to === "open") isAside = true;
  });
  for (let n = 1; n <= placed; n++) {
    const wasAside = isAside;
    const number = `+21671${String(n).padStart(6, "0")}`;
    const call = line.call(number);
    const tookMs = await until(() => call.state === "answered" || call.state === "ended", 60_000, 10);
    if (call.state !== "answered") lost += 1;
    call.hangUp();
    // Read late, it comes to the log late.
    await pass(readMs, 100);
    if (reached(a, number)) {
      paidMs.push(tookMs);
      if (!wasAside) paidBeforeAside += 1;
    }
    if (rungTwice([a, b], { number }).length > 0) twice += 1;
    await pass(slowEdgePaceS * 1_000 - readMs, 1_000);
  }
  await close();
  return { name, placed, paidMs, paidBeforeAside, lost, rungTwice: twice };
}

const reached = ({ log }: MockTrunk, number: string): boolean =>
  log.some((entry) => entry.method === "INVITE" && entry.number === number && (entry.what === "received" || entry.what === "swallowed"));
