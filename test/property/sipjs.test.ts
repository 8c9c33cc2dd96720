/** The same interleavings through the real SIP.js adapter, against carriers in memory that misbehave: what must hold whatever happens. */
import { setImmediate } from "node:timers/promises";
import { fc } from "@fast-check/vitest";
import { expect, test, vi } from "vitest";
import { alertingOverlap, type Fault } from "../../adapters/mock-trunk/index.ts";
import { buildHouse, pass, underFakeTime } from "../support/house.ts";
import { agentSteps, createAgent, promptedMedia, type AgentStep } from "./agent.ts";

underFakeTime();

type Side = "a" | "b";
type Step =
  | AgentStep
  | { readonly do: "pass"; readonly ms: number }
  | { readonly do: "customer-calls"; readonly by: readonly Side[]; readonly giveUpAfterMs: number }
  | { readonly do: "fault"; readonly on: Side; readonly fault: Fault }
  | { readonly do: "reset"; readonly on: Side }
  | { readonly do: "mend"; readonly on: Side };

const side = fc.constantFrom<Side[]>("a", "b");
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

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: agentSteps },
  { weight: 8, arbitrary: fc.record({ do: fc.constant("pass" as const), ms: fc.constantFrom(1, 6, 20, 60, 300, 1_100, 2_500, 12_000, 35_000) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("customer-calls" as const),
      by: fc.constantFrom<(readonly Side[])[]>(["a"], ["b"], ["a", "b"]),
      giveUpAfterMs: fc.constantFrom(3, 12, 400, 20_000),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("fault" as const), on: side, fault: fc.constantFrom(...faults) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reset" as const), on: side }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("mend" as const), on: side }) },
); // prettier-ignore

const numberOf = (place: number, emergency: boolean) => (emergency ? "190" : `+21671${String(place).padStart(6, "0")}`);

/** @returns what does not hold. */
async function play(steps: readonly Step[]): Promise<readonly string[]> {
  // Of a run that failed.
  vi.clearAllTimers();
  const microphone = promptedMedia();
  const house = buildHouse({ media: microphone.media, whenBusy: "offer" });
  const { line } = house;
  const broken: string[] = [];
  const agent = createAgent({ line, microphone, numberOf });
  await house.open();
  const trunks = [house.a, house.b];
  for (const step of steps) {
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
  // What is under way when the line closes is let go, and nobody can tell what becomes of it.
  const closedEarly = agent.hasClosed;
  for (const call of agent.calls) if (call.state !== "ended") broken.push(`${call.id} is stuck: ${call.state}`);
  if (!closedEarly && line.calls.length + line.followedCalls > 0) broken.push("a call is followed for ever");
  for (const call of agent.calls) {
    if (closedEarly || call.direction === "in" || call.state !== "ended") continue;
    const { possibleDuplicate } = (await call.ended) as { possibleDuplicate: boolean };
    const { number } = call as { number: string };
    if (number !== "190" && !possibleDuplicate && alertingOverlap(trunks, { number }).length > 0)
      broken.push(`${call.id} rang two phones at once, unmarked`);
  }
  if (!closedEarly)
    for (const ring of trunks.flatMap((trunk) => trunk.rings())) if (ring.untilMs === undefined) broken.push(`${ring.number} rings on`);
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
    fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 30 }), async (each) => {
      const broken = await play(each);
      expect([...broken, ...unhandled.splice(0).map(String)]).toEqual([]);
    }),
    { numRuns: runs, seed },
  );
  process.off("unhandledRejection", onUnhandled);
}, 3_600_000);
