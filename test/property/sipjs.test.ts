/** The same interleavings through the real SIP.js adapter, against carriers in memory that misbehave: what must hold whatever happens. */
import { setImmediate } from "node:timers/promises";
import { fc } from "@fast-check/vitest";
import { expect, test, vi } from "vitest";
import { alertingOverlap, type Fault } from "../../adapters/mock-trunk/index.ts";
import type { CallSummary } from "../../src/call/call.ts";
import { buildHouse, pass, trunkA, trunkB, trunkC, underFakeTime } from "../support/house.ts";
import { agentSteps, createAgent, promptedMedia, type AgentStep } from "./agent.ts";
import { watchLostCalls } from "./lost-calls.ts";

underFakeTime();

type Side = "a" | "b" | "c";
type Step =
  | AgentStep
  | { readonly do: "pass"; readonly ms: number }
  | { readonly do: "customer-calls"; readonly by: readonly Side[]; readonly giveUpAfterMs: number }
  | { readonly do: "fault"; readonly on: Side; readonly fault: Fault }
  | { readonly do: "reset"; readonly on: Side }
  | { readonly do: "mend"; readonly on: Side };

const houses = {
  "one trunk": { a: trunkA },
  "two trunks": { a: trunkA, b: trunkB },
  "two trunks of one carrier": { a: trunkA, b: { ...trunkB, carrier: trunkA.carrier } },
  "three trunks": { a: trunkA, b: trunkB, c: trunkC },
} satisfies Record<string, Partial<Record<Side, typeof trunkA>>>;
type HouseName = keyof typeof houses;

const invite = { methods: ["INVITE"] };
const faults: readonly Fault[] = [
  { kind: "silence", ...invite, times: 1 },
  { kind: "silence", methods: ["CANCEL", "BYE"], times: 1 },
  { kind: "stall", after: 100, times: 1 },
  { kind: "stall", after: 180, times: 1 },
  { kind: "reject", ...invite, code: 503, times: 1 },
  { kind: "reject", ...invite, code: 503, after: 180, times: 1 },
  { kind: "reject", ...invite, code: 486, times: 1 },
  { kind: "slow", ...invite, delayMs: 900, times: 1 },
  { kind: "slow", delayMs: 2_000, times: 3 },
  { kind: "late", alertAfterMs: 1_500, answerAfterMs: 4_000, times: 1 },
  { kind: "answer-on-cancel", times: 1 },
  { kind: "no-487", times: 1 },
  { kind: "duplicate-200", times: 1 },
  { kind: "fork", times: 1 },
  { kind: "reset-on", ...invite, times: 1 },
  { kind: "reset-on", ...invite, after: 180, times: 1 },
  { kind: "garbage", frame: "malformed", times: 1 },
  { kind: "freeze" },
  { kind: "refuse" },
];

const stepsAt = (sides: readonly Side[], side = fc.constantFrom(...sides)): fc.Arbitrary<Step> => fc.oneof(
  { weight: 10, arbitrary: agentSteps },
  { weight: 8, arbitrary: fc.record({ do: fc.constant("pass" as const), ms: fc.constantFrom(1, 6, 20, 60, 300, 1_100, 2_500, 12_000, 35_000) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("customer-calls" as const),
      by: fc.oneof(side.map((one) => [one]), fc.constant(sides)),
      giveUpAfterMs: fc.constantFrom(3, 12, 400, 20_000),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("fault" as const), on: side, fault: fc.constantFrom(...faults) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reset" as const), on: side }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("mend" as const), on: side }) },
); // prettier-ignore

/** Two trunks are the usual case. */
const days = fc
  .constantFrom<HouseName[]>("two trunks", "two trunks", "two trunks", "one trunk", "two trunks of one carrier", "three trunks")
  .chain((house) =>
    fc.record({
      house: fc.constant(house),
      steps: fc.array(stepsAt(Object.keys(houses[house]) as Side[]), { minLength: 5, maxLength: 30 }),
    }),
  );

const numberOf = (place: number, emergency: boolean) => (emergency ? "190" : `+21671${String(place).padStart(6, "0")}`);

/** @returns what does not hold. */
async function play({ house: name, steps }: { readonly house: HouseName; readonly steps: readonly Step[] }): Promise<readonly string[]> {
  // Of a run that failed.
  vi.clearAllTimers();
  const microphone = promptedMedia();
  const house = buildHouse({ media: microphone.media, whenBusy: "offer", trunks: Object.values(houses[name]) });
  const { line } = house;
  const broken: string[] = [];
  const agent = createAgent({ line, microphone, numberOf });
  /** How each call was lost that should not have been, as far as the line's part in it goes. */
  const lost = new Map<string, string>();
  watchLostCalls(line, (callId, how) => lost.set(callId, how));
  await house.open();
  const trunks = (Object.keys(houses[name]) as Side[]).map((side) => house[side]);
  /** Carriers that did as they should until the line was closed. */
  const wellBehaved = new Set(trunks);
  for (const step of steps) {
    if ("on" in step && !agent.hasClosed) wellBehaved.delete(house[step.on]);
    if (step.do === "pass") await pass(step.ms);
    else if (step.do === "fault") house[step.on].fault(step.fault);
    else if (step.do === "reset") house[step.on].resetAll();
    else if (step.do === "mend") house[step.on].clearFaults();
    else if (step.do === "customer-calls")
      for (const by of step.by) house[by].call("agent7", { from: `+2169${agent.calls.length}000000`, giveUpAfterMs: step.giveUpAfterMs });
    else agent.step(step);
    await pass(0);
  }
  for (const trunk of trunks) trunk.clearFaults();
  microphone.set("denied");
  for (let turn = 0; turn < 4; turn++) {
    for (const call of line.calls) call.hangUp();
    await pass(20_000);
  }
  for (const call of agent.calls) if (call.state !== "ended") broken.push(`${call.id} is stuck: ${call.state}`);
  if (line.calls.length + line.followedCalls > 0) broken.push("a call is followed for ever");
  for (const call of agent.calls) {
    if (call.direction === "in" || call.state !== "ended") continue;
    const { possibleDuplicate, error } = (await call.ended) as CallSummary;
    const { number } = call as { number: string };
    if (number !== "190" && !possibleDuplicate && alertingOverlap(trunks, { number }).length > 0)
      broken.push(`${call.id} rang two phones at once, unmarked`);
    // What the microphone has ended is none of the line's.
    const how = lost.get(call.id);
    if (how !== undefined && error === undefined) broken.push(`${call.id} was ${how} while a trunk that was fit had not been asked`);
  }
  // What could not reach a carrier any more when the line was closed, nobody can say again.
  for (const trunk of agent.hasClosed ? wellBehaved : trunks) {
    for (const { number, untilMs } of trunk.rings()) if (untilMs === undefined) broken.push(`${number} rings on at ${trunk.name}`);
    for (const { number, state, forksUp } of trunk.calls)
      if (state === "answered" || forksUp > 0) broken.push(`${number} is left on the line at ${trunk.name}`);
  }
  for (const entry of line.journal)
    // A microphone that is denied, or not granted in time, is on record as what the media threw.
    if (entry.type === "transition:violated" || (entry.type === "listener:failed" && !/^(NotAllowed|Timeout)Error$/.test(entry.error)))
      broken.push(JSON.stringify(entry));
  await Promise.all([line.close(), pass(2_000)]);
  for (const trunk of trunks) {
    if (trunk.connections > 0) broken.push(`${trunk.name} has a socket of a line that is closed`);
    trunk.close();
  }
  await pass(10);
  if (vi.getTimerCount() > 0) broken.push(`${vi.getTimerCount()} timers left after close()`);
  // What nobody catches is told when all promises have settled.
  await setImmediate();
  return broken;
}

const runs = Math.ceil(Number(process.env["LINEKEEPER_PROPERTY_RUNS"] ?? 6_000) / 40);
const seed = Number(process.env["LINEKEEPER_PROPERTY_SEED"] ?? 1);

test(`any interleaving of agent, customers, listeners, carriers and time, through SIP.js (${runs} runs, seed ${seed})`, async () => {
  const unhandled: unknown[] = [];
  const onUnhandled = (error: unknown) => void unhandled.push(error);
  process.on("unhandledRejection", onUnhandled);
  await fc.assert(
    fc.asyncProperty(days, async (day) => {
      const broken = await play(day);
      expect([...broken, ...unhandled.splice(0).map(String)]).toEqual([]);
    }),
    { numRuns: runs, seed },
  );
  process.off("unhandledRejection", onUnhandled);
}, 3_600_000);
