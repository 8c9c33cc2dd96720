/**
 * Would silence be told sooner by what a flow has taught? An edge near by answers each INVITE within tens of milliseconds, so 600 ms
 * look long. A simulation of how long the first answer takes, against deadlines that learn it; and, with a whole Linekeeper, what
 * becomes of a call that is given up although its edge is well.
 */
import { seededRandom, rungTwice } from "linekeeper/mock-trunk";
import { patience } from "../src/call/patience.ts";
import { defaultLimits } from "../src/limits.ts";
import { openVirtualHouse } from "./virtual-house.ts";

/** One way to say how long to wait for the first answer. */
interface Deadline {
  readonly name: string;
  create(rttMs: number): {
    readonly ms: number;
    /** The first answer came after `tookMs`; or came late, to a call that was followed. */
    learn(tookMs: number): void;
  };
}

/** Answers before anything is concluded from them. */
const enough = 30;

const today: Deadline = {
  name: "RTT + 500 ms, 600 ms at least (as it is)",
  create: (rttMs) => ({ ms: patience({ sinceSentMs: 0, rttMs, pddLimitMs: 0 }, defaultLimits).withinMs, learn() {} }),
};

/** A smoothed mean and four smoothed deviations, as RFC 6298 §2 has it for round trips. */
const smoothed = (leastMs: number): Deadline => ({
  name: `learnt: mean + 4 deviations, ${leastMs} ms at least`,
  create(rttMs) {
    const longestMs = today.create(rttMs).ms;
    let [meanMs, deviationMs, samples] = [0, 0, 0];
    return {
      get ms() {
        return samples < enough ? longestMs : Math.min(longestMs, Math.max(leastMs, meanMs + 4 * deviationMs));
      },
      learn(tookMs) {
        if (++samples === 1) [meanMs, deviationMs] = [tookMs, tookMs / 2];
        deviationMs += (Math.abs(tookMs - meanMs) - deviationMs) / 4;
        meanMs += (tookMs - meanMs) / 8;
      },
    };
  },
});

/** Twice the slowest of the last hundred: what one straggler has taught is remembered for a while. */
const slowest = (leastMs: number): Deadline => ({
  name: `learnt: twice the slowest of 100, ${leastMs} ms at least`,
  create(rttMs) {
    const longestMs = today.create(rttMs).ms;
    const last: number[] = [];
    return {
      get ms() {
        return last.length < enough ? longestMs : Math.min(longestMs, Math.max(leastMs, 2 * Math.max(...last)));
      },
      learn(tookMs) {
        last.push(tookMs);
        if (last.length > 100) last.shift();
      },
    };
  },
});

const deadlines = [today, smoothed(250), smoothed(400), slowest(250), slowest(400)];

/** What makes one answer in a hundred late: an edge that is busy for a moment; or one lost segment, which TCP sends again after RTT + 200 ms (Linux). */
const stragglers: readonly { readonly name: string; delayMs(rttMs: number, chance: () => number): number }[] = [
  { name: "busy for up to 1 s", delayMs: (_, chance) => 1_000 * chance() },
  { name: "a segment lost", delayMs: (rttMs, chance) => (rttMs + 200) * (chance() < 0.01 ? 3 : 1) },
];

export interface Sooner {
  readonly deadline: string;
  /** What a call that meets silence waits, ms, mean over all calls. */
  readonly waitsMs: number;
  /** Of 1000 calls through an edge that is well, those given up: by cause of the one answer in a hundred that is late. */
  readonly falseAlarms: readonly { readonly because: string; readonly perThousand: number }[];
}

const rttMs = 20;
const calls = 50_000;

export function simulateSilence(seed: number): Sooner[] {
  return deadlines.map((deadline) => {
    const runs = stragglers.map((straggler) => ({ straggler, ...run(deadline, straggler, seededRandom(seed)) }));
    return {
      deadline: deadline.name,
      waitsMs: runs.reduce((sum, { waitsMs }) => sum + waitsMs, 0) / runs.length,
      falseAlarms: runs.map(({ straggler, alarms }) => ({ because: straggler.name, perThousand: (1_000 * alarms) / calls })),
    };
  });
}

function run({ create }: Deadline, { delayMs }: (typeof stragglers)[number], chance: () => number): { waitsMs: number; alarms: number } {
  const deadline = create(rttMs);
  let [sumMs, alarms] = [0, 0];
  for (let call = 0; call < calls; call++) {
    // Round trip and the edge's own work: 5 to 30 ms, seldom more.
    const tookMs = rttMs + 5 + 25 * chance() ** 2 + (chance() < 0.01 ? delayMs(rttMs, chance) : 0);
    sumMs += deadline.ms;
    if (tookMs > deadline.ms) alarms += 1;
    deadline.learn(tookMs);
  }
  return { waitsMs: sumMs / calls, alarms };
}

/** What became of calls that a deadline of `waitedMs` gave up, though their edge was only late. */
export interface FalseAlarms {
  readonly waitedMs: number;
  readonly placed: number;
  readonly failedOver: number;
  /** Phones that rang at both carriers; and those of them of which the call's end said nothing. */
  readonly rungTwice: number;
  readonly unmarked: number;
  /** Calls after which carrier A, which is well, was set aside. */
  readonly setAside: number;
}

/** @param waitedMs the deadline; the edge reads each INVITE `lateMs` after it was sent. */
export async function measureFalseAlarms(waitedMs: number, lateMs: readonly number[], seed: number): Promise<FalseAlarms> {
  let [failedOver, twice, unmarked, setAside] = [0, 0, 0, 0];
  for (const [place, delayMs] of lateMs.entries()) {
    const limits = { silenceMinMs: waitedMs, silenceMaxMs: waitedMs };
    // What is challenged rings nobody before it is sent again.
    const { line, a, b, pass, close } = await openVirtualHouse(seed * 1_000 + place, { limits }, { challenge: "register" });
    line.on("journal:written", ({ type, ...entry }) => {
      if (type === "breaker:changed" && "to" in entry && entry.to === "open") setAside += 1;
    });
    a.fault({ kind: "slow", methods: ["INVITE"], delayMs });
    const number = "+21671000001";
    for (const trunk of [a, b]) trunk.phone(number).answers({ ringAfterMs: 0, answerAfterMs: 3_000 });
    const call = line.call(number);
    call.on("failed-over", () => (failedOver += 1));
    await pass(6_000, 10);
    call.hangUp();
    await pass(1_000, 10);
    const isTwice = rungTwice([a, b], { number }).length > 0;
    if (isTwice) twice += 1;
    if (isTwice && !(await call.ended).possibleDuplicate) unmarked += 1;
    await close();
  }
  return { waitedMs, placed: lateMs.length, failedOver, rungTwice: twice, unmarked, setAside };
}
