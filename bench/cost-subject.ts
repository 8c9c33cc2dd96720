/**
 * What a softphone costs when nothing is broken, in a process of its own that `cost.ts` asks. No network: its
 * sockets lead straight to the mock carriers, which are part of the cost and the same for every subject.
 */
import { setImmediate, setTimeout as pause } from "node:timers/promises";
import { createMockTrunk, memorySocket } from "linekeeper/mock-trunk";
import { systemClock } from "linekeeper";
import { Core } from "sip.js";
import { account } from "./contender.ts";
import { linekeeper } from "./contenders/linekeeper.ts";
import { plainSipJs } from "./contenders/plain-sipjs.ts";

export interface Idle {
  readonly timers: number;
}
export interface Round {
  readonly cpuUs: number;
}
export interface Rest {
  readonly heapBytes: number;
}

const contender = [linekeeper, plainSipJs].find(({ name }) => name === process.argv[2]);
if (!contender) throw new TypeError(`no such subject: ${process.argv[2]}`);

/** SIP.js remembers an answered INVITE for 32 s (RFC 6026 timer M), too long to wait for here, in both subjects. */
const rememberMs = 200;
Core.Timers.TIMER_M = rememberMs;

/** The carriers' own timers are not the softphone's. */
let carriersTimers = 0;
const clock = {
  ...systemClock,
  setTimer(fire: () => void, delayMs: number) {
    let isSet = true;
    const unset = () => {
      if (isSet) carriersTimers -= 1;
      isSet = false;
    };
    carriersTimers += 1;
    const cancel = systemClock.setTimer(() => (unset(), fire()), delayMs);
    return () => (unset(), cancel());
  },
};
const common = { users: { [account.user]: account.password }, clock, logLimit: 50, habit: { ringAfterMs: 0, answerAfterMs: 0 } };
const a = createMockTrunk({ name: "Carrier A", domain: "a.example", ...common });
const b = createMockTrunk({ name: "Carrier B", domain: "b.example", ...common });
globalThis.WebSocket = memorySocket({ "a.example": a, "b.example": b });

const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length - carriersTimers;
const timersBefore = timers();
const softphone = await contender.open(
  { id: "A", server: "wss://a.example", domain: "a.example" },
  { id: "B", server: "wss://b.example", domain: "b.example" },
);

async function calls(count: number): Promise<void> {
  for (let placed = 0; placed < count; placed++) {
    const call = softphone.call("+21671000001");
    if (!(await call.answered)) throw new Error("a call was lost though nothing is broken");
    call.hangUp();
    await a.calls.at(-1)?.ended;
    await setImmediate();
  }
}

/** What is asked, and how it is answered. */
const deeds = {
  async idle(): Promise<Idle> {
    await pause(2 * rememberMs);
    return { timers: timers() - timersBefore };
  },
  async round(count: number): Promise<Round> {
    const before = process.cpuUsage();
    await calls(count);
    const { user, system } = process.cpuUsage(before);
    return { cpuUs: (user + system) / count };
  },
  async rest(): Promise<Rest> {
    await pause(2 * rememberMs);
    for (let times = 0; times < 3; times++) {
      globalThis.gc?.();
      await setImmediate();
    }
    return { heapBytes: process.memoryUsage().heapUsed };
  },
};

process.on("message", ({ deed, count }: { deed: keyof typeof deeds; count: number }) => {
  void deeds[deed](count).then((answer) => process.send?.(answer));
});
process.send?.("ready");
