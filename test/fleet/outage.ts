/** One outage, recorded by six agents of the real SDK at once; each on a clock of its own. */
import type { Entry } from "../../src/journal.ts";
import { seededRandom } from "../../adapters/mock-trunk/index.ts";
import { beginShift, type Shift } from "../corpus/shift.ts";
import { beginVirtualTime } from "../corpus/virtual-time.ts";
import { comesUp } from "../corpus/kinds/kind.ts";
import "../../src/boot/retry.ts";
import "../../src/insight.ts";
import "../../src/trunk/window.ts";

export const outageAtMs = Date.UTC(2026, 2, 14, 9, 30);
const beginsMs = 180_000;
const lastsMs = 150_000;

const A = { id: "A", carrier: "Carrier A" };
const B = { id: "B", carrier: "Carrier B" };

export interface Agent {
  /** Its clock, > 0: ahead. */
  readonly skewMs: number;
  readonly trunks: "A, then B" | "B alone" | "A alone";
  readonly fate: (shift: Shift) => () => void;
}

/** Its shift begins three minutes before the outage. */
export async function recordAgent({ skewMs, trunks, fate }: Agent, seed: number): Promise<readonly Entry[]> {
  const random = seededRandom(seed);
  const time = beginVirtualTime(outageAtMs - beginsMs + skewMs, seed);
  try {
    const shift = beginShift(
      {
        trunks: { "A, then B": [A, B], "B alone": [B], "A alone": [A] }[trunks],
        latencyMs: 20,
        hasControl: true,
        tellsOffline: true,
        pauseMs: 6_000,
        absent: 0.1,
        steps: ["settings", "session"],
      },
      time,
      random,
    );
    const startedMs = performance.now();
    const until = async (ms: number) => {
      await shift.work(Math.max(0, ms - (performance.now() - startedMs)));
    };
    await comesUp(shift);
    await until(beginsMs - 45_000);
    // The last call before it may still run: nobody waits for it.
    await shift.pass(Math.max(0, beginsMs - (performance.now() - startedMs)));
    const mend = fate(shift);
    await until(beginsMs + lastsMs);
    mend();
    await shift.work(120_000);
    return await shift.end();
  } finally {
    time.end();
  }
}

export const well = () => () => {};

/** The carrier's edge restarts: every connection is reset, and it takes no call until it is mended. */
export const edgeDown = ({ carriers }: Shift) => {
  const edge = carriers.get("A");
  const mends = [edge?.fault({ kind: "refuse" })];
  edge?.resetAll();
  return () => mends.forEach((mend) => mend?.());
};

/** The agent's own network is gone. */
export const offline = ({ network }: Shift) => {
  network.cut();
  return () => network.mend();
};
