/** Pages of one tab, one after another, with whatever calls there are just then: nobody is left on the line, whatever the agent did meanwhile. */
import { setImmediate } from "node:timers/promises";
import { fc } from "@fast-check/vitest";
import { expect, test, vi } from "vitest";
import { alertingOverlap, type Fault, type MockTrunk, type TrunkCall } from "../../adapters/mock-trunk/index.ts";
import { sipjs } from "../../adapters/sipjs/index.ts";
import { keptIn } from "../../adapters/tabs/resumption.ts";
import type { CallSummary } from "../../src/call/call.ts";
import type { Linekeeper } from "../../src/line.ts";
import { createLinekeeper } from "../../src/linekeeper.ts";
import { buildHouse, pass, trunkA, trunkB, underFakeTime } from "../support/house.ts";
import { socketsOf } from "../support/reload.ts";
import { Tab } from "../support/tab.ts";
import { agentSteps, createAgent, promptedMedia, type Agent, type AgentStep } from "./agent.ts";

underFakeTime();

type Side = "a" | "b";
type Step =
  | AgentStep
  | { readonly do: "pass" | "next-page-after" | "next-page-after-crash"; readonly ms: number }
  | { readonly do: "mute" | "digits" | "transfer" | "answered-by-customer" | "customer-hangs-up" }
  | { readonly do: "customer-calls" | "reset" | "mend"; readonly on: Side }
  | { readonly do: "fault"; readonly on: Side; readonly fault: Fault };

const faults: readonly Fault[] = [
  { kind: "silence", methods: ["INVITE"], times: 1 },
  { kind: "silence", methods: ["BYE"], times: 1 },
  { kind: "reject", methods: ["INVITE"], code: 503, times: 1 },
  { kind: "stall", after: 180, times: 1 },
  { kind: "slow", delayMs: 900, times: 3 },
  { kind: "freeze" },
  { kind: "refuse" },
];
const side = fc.constantFrom<Side>("a", "b");
const is = <T extends string>(...words: readonly T[]) => fc.record({ do: fc.constantFrom(...words) });

const steps = fc.oneof(
  { weight: 8, arbitrary: agentSteps.filter((step) => step.do !== "listen" && !(step.do === "call" && step.emergency)) },
  { weight: 6, arbitrary: is("mute", "digits", "transfer", "customer-hangs-up") },
  { weight: 8, arbitrary: fc.record({ do: fc.constant("pass" as const), ms: fc.constantFrom(1, 6, 60, 400, 2_500, 12_000) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom("next-page-after" as const, "next-page-after" as const, "next-page-after-crash" as const),
      ms: fc.constantFrom(0, 300, 5_000, 59_000, 61_000, 300_000),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("customer-calls" as const, "reset" as const, "mend" as const), on: side }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("fault" as const), on: side, fault: fc.constantFrom(...faults) }) },
) as fc.Arbitrary<Step>; // prettier-ignore

interface Page {
  readonly line: Linekeeper;
  readonly agent: Agent;
  readonly microphone: ReturnType<typeof promptedMedia>;
  readonly drop: () => void;
  /** What the carriers had of it and the others when it went. */
  readonly met: Set<unknown>;
}

/** @returns what does not hold. */
async function play(day: readonly Step[]): Promise<readonly string[]> {
  vi.clearAllTimers();
  const broken: string[] = [];
  const tab = new Tab();
  const byHost: Record<string, MockTrunk> = {};
  const pages: Page[] = [];

  function begin(create: (config: Parameters<typeof buildHouse>[0]) => Linekeeper): Page {
    const { webSocket, drop } = socketsOf(byHost);
    const microphone = promptedMedia();
    const resumption = keptIn(tab.load(), "fuzz");
    const line = create({ media: microphone.media, stack: sipjs({ webSocket }), whenBusy: "offer", resumption });
    const before = pages.length * 1_000;
    const agent = createAgent({ line, microphone, numberOf: (place) => `+21671${String(before + place).padStart(6, "0")}` });
    const page = { line, agent, microphone, drop, met: new Set() };
    pages.push(page);
    return page;
  }

  let house: ReturnType<typeof buildHouse> | undefined;
  let page = begin((config) => (house = buildHouse(config, { habit: { ringAfterMs: 100, answerAfterMs: 400 } })).line);
  if (!house) throw new Error("no house");
  const { a, b } = house;
  const trunks = [a, b];
  Object.assign(byHost, { "a.example": a, "b.example": b });
  await house.open();
  /** Whom nobody can take leave of any more: their call was not answered, or that not known to the page, when it went. */
  const excused = new Set<unknown>();

  /** A frozen edge took its INVITE in when the page was gone: nobody could cancel it, nor hear the answer. */
  function isUnheard(call: TrunkCall): boolean {
    const from = pages[Math.floor(Number(call.number.slice(-6)) / 1_000)];
    return call.caller === "agent" && from !== undefined && from !== page && !from.met.has(call);
  }

  async function nextPage(awayMs: number, isTold: boolean): Promise<void> {
    const known = new Set(trunks.flatMap(({ calls }) => calls.filter(({ state }) => state === "answered")));
    // What was answered this moment is on its way to the page.
    await pass(20);
    for (const trunk of trunks)
      for (const call of trunk.calls) {
        page.met.add(call);
        if (!known.has(call)) excused.add(call);
      }
    if (isTold) await tab.tell("pagehide");
    page.drop();
    tab.drop();
    await pass(awayMs);
    page = begin((config) =>
      createLinekeeper({ crm: { vendor: "Test CRM" }, country: "216", trunks: [trunkA, trunkB], ...config } as never),
    );
    void page.line.start();
    await vi.dynamicImportSettled();
  }

  for (const step of day) {
    const call = page.agent.calls.at(-1);
    if (step.do === "pass") await pass(step.ms);
    else if (step.do === "next-page-after" || step.do === "next-page-after-crash") await nextPage(step.ms, step.do === "next-page-after");
    else if (step.do === "fault") house[step.on].fault(step.fault);
    else if (step.do === "reset") house[step.on].resetAll();
    else if (step.do === "mend") house[step.on].clearFaults();
    else if (step.do === "customer-calls") house[step.on].call("agent7", { from: "+21698000000", giveUpAfterMs: 20_000 });
    else if (step.do === "mute") call?.mute(true);
    else if (step.do === "digits") void call?.sendDtmf("12");
    else if (step.do === "transfer") void call?.transfer("+21671999999");
    else if (step.do === "customer-hangs-up")
      trunks
        .flatMap(({ calls }) => calls)
        .findLast(({ state }) => state === "answered")
        ?.hangUp();
    else page.agent.step(step as AgentStep);
    await pass(0);
  }

  // ── All is well again, and the agent goes home; who may have been kept by a page that crashed has its minute. ──
  for (const trunk of trunks) trunk.clearFaults();
  if (page.agent.hasClosed) await nextPage(0, true);
  for (let turn = 0; turn < 8; turn++) {
    for (const call of page.line.calls) call.hangUp();
    await pass(20_000);
  }
  for (const trunk of trunks)
    for (const call of trunk.calls)
      if (call.state === "answered" && !excused.has(call) && !isUnheard(call))
        broken.push(`${call.caller === "agent" ? "whom the agent called" : "who called the agent"} is left on the line at ${trunk.name}`);
  if (page.line.calls.length + page.line.followedCalls > 0) broken.push("a call is followed for ever");
  for (const [place, { agent, line }] of pages.entries()) {
    const ended = line.journal.flatMap((entry) => (entry.type === "call:ended" ? [entry.callId] : []));
    if (new Set(ended).size < ended.length) broken.push(`a call of page ${place} ended twice`);
    for (const entry of line.journal) if (entry.type === "transition:violated") broken.push(JSON.stringify(entry));
    for (const call of agent.calls) {
      if (call.state !== "ended") {
        if (line === page.line) broken.push(`${call.id} is stuck: ${call.state}`);
        continue;
      }
      if (call.direction === "in" || !("number" in call)) continue;
      const { possibleDuplicate } = (await call.ended) as CallSummary;
      if (!possibleDuplicate && alertingOverlap(trunks, { number: call.number as string }).length > 0)
        broken.push(`${call.id} rang two phones at once, unmarked`);
    }
  }
  await Promise.all([...pages.map(({ line }) => line.close()), pass(5_000)]);
  for (const trunk of trunks) {
    if (trunk.connections > 0) broken.push(`${trunk.name} has a socket of a page that is gone`);
    trunk.close();
  }
  await pass(10);
  if (vi.getTimerCount() > 0) broken.push(`${vi.getTimerCount()} timers left after close()`);
  vi.unstubAllGlobals();
  await setImmediate();
  return broken;
}

const runs = Math.ceil(Number(process.env["LINEKEEPER_PROPERTY_RUNS"] ?? 6_000) / 100);
const seed = Number(process.env["LINEKEEPER_PROPERTY_SEED"] ?? 1);

test(`any interleaving of pages, agent, customers, carriers and time (${runs} runs, seed ${seed})`, async () => {
  const unhandled: unknown[] = [];
  const onUnhandled = (error: unknown) => void unhandled.push(error);
  process.on("unhandledRejection", onUnhandled);
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 6, maxLength: 30 }), async (day) => {
      const broken = await play(day);
      expect([...broken, ...unhandled.splice(0).map(String)]).toEqual([]);
    }),
    { numRuns: runs, seed },
  );
  process.off("unhandledRejection", onUnhandled);
}, 3_600_000);
