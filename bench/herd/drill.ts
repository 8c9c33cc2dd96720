/** One fleet through one outage: the main carrier dies under all its agents, and comes back. */
import { setImmediate as hostIdle } from "node:timers/promises";
import { seededRandom } from "../../adapters/mock-trunk/index.ts";
import type { Random } from "../../src/clock.ts";
import type { Agent, AgentPorts } from "./agent.ts";
import { createCalendarClock } from "./calendar-clock.ts";
import { ModelCarrier, type Excess } from "./carrier.ts";
import { answerMs, createModelStack } from "./model-stack.ts";

/** What happens to a fleet, whatever softphones it has. */
export interface Drill {
  readonly agents: number;
  /** Registrations in one second that each carrier takes from the outage on. */
  readonly capacityPerS: number;
  readonly seed: number;
  readonly excess: Excess;
  /** The main carrier is dead for so long. */
  readonly outageS: number;
  /** And is watched for so long after its return. */
  readonly returnS: number;
  /** Of each agent, from the outage on. */
  readonly callsPerHour: number;
}

/** When each softphone was started, before the outage. */
const startS = 10;
/** The outage begins. */
export const outageAtS = startS + 10;
/** Sockets are reset within this time from the outage on, in ms: an edge does not die in one instant for all. */
export const resetWithinMs = 2_000;
/** Customers talk for so long on average, in ms. */
export const meanTalkMs = 40_000;

export interface PlacedCall {
  readonly agent: number;
  readonly placedMs: number;
  /** How much later than through a line that is ready it was answered, in ms; undefined: lost, or not over at the end. */
  readonly lateMs: number | undefined;
  readonly isOver: boolean;
}

/** What came of it. */
export interface Course {
  readonly drill: Drill;
  readonly main: ModelCarrier;
  readonly backup: ModelCarrier;
  readonly calls: readonly PlacedCall[];
  /** How long the host took, in ms, and what it held at the end, in bytes. */
  readonly tookMs: number;
  readonly heapBytes: number;
}

/** @param passed told now and then how far it is, from 0 to 1. */
export async function runDrill(
  drill: Drill,
  createAgent: (ports: AgentPorts) => Agent,
  passed: (share: number) => void = () => {},
): Promise<Course> {
  const beganMs = performance.now();
  const clock = createCalendarClock();
  const random = seededRandom(drill.seed);
  const backAtS = outageAtS + drill.outageS;
  const endS = backAtS + drill.returnS;
  const options = { clock, excess: drill.excess, agents: drill.agents, lengthS: endS };
  const main = new ModelCarrier(options);
  const backup = new ModelCarrier(options);
  const fleet = Array.from({ length: drill.agents }, (_, agent) =>
    createAgent({ stack: createModelStack(agent, { main, backup }), clock, random }),
  );
  // What a softphone loads beside itself is there before time begins to move.
  for (let turns = 0; turns < 100; turns++) await hostIdle();
  for (const agent of fleet) clock.setTimer(() => agent.start(), random() * startS * 1_000);

  async function runUntil(untilS: number): Promise<void> {
    for (let nowS = clock.nowMs() / 1_000; nowS < untilS; nowS += 5) {
      await clock.runUntil(Math.min(untilS, nowS + 5) * 1_000);
      passed(clock.nowMs() / (endS * 1_000));
    }
  }

  await runUntil(outageAtS);
  for (const carrier of [main, backup]) carrier.bound(drill.capacityPerS);
  const chance = seededRandom(drill.seed + 1);
  main.fail(() => chance() * resetWithinMs);
  backup.watch();
  const calls: PlacedCall[] = [];
  fleet.forEach((agent, index) => void work(agent, index, seededRandom(drill.seed + 2 + index)));
  await runUntil(backAtS);
  main.recover();
  main.watch();
  await runUntil(endS);
  const heapBytes = process.memoryUsage().heapUsed;
  const closed = Promise.all(fleet.map((agent) => agent.close()));
  await clock.runUntil((endS + 1) * 1_000);
  await closed;
  return { drill, main, backup, calls, tookMs: performance.now() - beganMs, heapBytes };

  /** Customers are to be called at random moments; who falls due during a call is called right after it. */
  async function work(agent: Agent, index: number, chance: Random): Promise<void> {
    let dueMs = outageAtS * 1_000;
    for (;;) {
      dueMs += -Math.log(1 - chance()) * (3_600_000 / drill.callsPerHour);
      const talkMs = -Math.log(1 - chance()) * meanTalkMs;
      if (dueMs >= endS * 1_000) return;
      if (dueMs > clock.nowMs()) await new Promise<void>((resolve) => clock.setTimer(resolve, dueMs - clock.nowMs()));
      const placedMs = clock.nowMs();
      if (placedMs >= endS * 1_000) return;
      const place = calls.push({ agent: index, placedMs, lateMs: undefined, isOver: false }) - 1;
      const answeredMs = await agent.call(talkMs);
      if (clock.nowMs() >= endS * 1_000) return;
      const lateMs = answeredMs === undefined ? undefined : answeredMs - placedMs - answerMs;
      calls[place] = { agent: index, placedMs, lateMs, isOver: true };
    }
  }
}
