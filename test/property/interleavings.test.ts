import { fc } from "@fast-check/vitest";
import { expect, test } from "vitest";
import type { Call } from "../../src/call/call.ts";
import { createLinekeeper } from "../../src/linekeeper.ts";
import { noMedia } from "../../src/media/no-media.ts";
import { seededRandom } from "../../adapters/mock-trunk/index.ts";
import { createModelStack } from "../support/model-carrier.ts";
import { createVirtualClock, type VirtualClock } from "../support/virtual-clock.ts";

type TrunkId = "A" | "B" | "C";

/** Houses with one trunk, with two, and with three, two of them of one carrier. */
const houses: Readonly<Record<string, readonly { readonly id: TrunkId; readonly carrier: string }[]>> = {
  "two trunks": [
    { id: "A", carrier: "A" },
    { id: "B", carrier: "B" },
  ],
  "one trunk": [{ id: "A", carrier: "A" }],
  "three trunks, two of them one carrier's": [
    { id: "A", carrier: "A" },
    { id: "B", carrier: "A" },
    { id: "C", carrier: "C" },
  ],
};

/** What can happen next: to the agent, to the network, or only time. */
type Step =
  | { readonly do: "call"; readonly emergency: boolean }
  | { readonly do: "hang-up" }
  | { readonly do: "redial" }
  | { readonly do: "pass"; readonly ms: number }
  | { readonly do: "say"; readonly trunk: TrunkId; readonly code: number; readonly cause: number | undefined }
  | { readonly do: "isolate" | "restore"; readonly trunk: TrunkId }
  | { readonly do: "reset" | "mute" | "unmute" | "refuse" | "admit" | "obey-cancel"; readonly trunk: TrunkId };

const stepsIn = (trunk: fc.Arbitrary<TrunkId>): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ do: fc.constant("call" as const), emergency: fc.boolean() }) },
    { weight: 2, arbitrary: fc.constantFrom({ do: "hang-up" } as const, { do: "redial" } as const) },
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant("pass" as const),
        ms: fc.constantFrom(1, 20, 300, 700, 1_100, 2_500, 12_000, 33_000, 130_000),
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant("say" as const),
        trunk,
        code: fc.constantFrom(100, 100, 180, 180, 183, 200, 200, 404, 408, 480, 486, 500, 503, 503, 603),
        cause: fc.constantFrom(undefined, undefined, 1, 3, 17, 34),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("isolate" as const, "restore" as const), trunk }) },
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constantFrom(
          "reset" as const,
          "mute" as const,
          "unmute" as const,
          "refuse" as const,
          "admit" as const,
          "obey-cancel" as const,
        ),
        trunk,
      }),
    },
  );

const runs = Number(process.env["LINEKEEPER_PROPERTY_RUNS"] ?? 6_000);
/** The same at each run unless another is asked for: a change must not be blamed for what an unlucky seed finds. */
const seed = Number(process.env["LINEKEEPER_PROPERTY_SEED"] ?? 1);

/** Lets every promise settle that can without time. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 40; turn++) await Promise.resolve();
}

/** Timer by timer: what one of them begins goes on before the next is due. */
async function pass(clock: VirtualClock, ms: number): Promise<void> {
  for (let leftMs = ms; ;) {
    const stepMs = clock.dueInMs;
    if (stepMs > leftMs) return clock.advance(leftMs);
    clock.advance(stepMs);
    leftMs -= stepMs;
    await settle();
  }
}

async function play(house: (typeof houses)[string], steps: readonly Step[]): Promise<void> {
  const clock = createVirtualClock();
  const stack = createModelStack();
  const line = createLinekeeper({
    crm: { vendor: "Model" },
    trunks: house.map((trunk) => ({ ...trunk, server: `wss://${trunk.id}.example`, aor: `sip:agent@${trunk.id}.example` })),
    stack,
    media: noMedia(),
    clock,
    random: seededRandom(1),
    emergencyNumbers: ["112"],
  });
  /** Calls that ended for a fault of the line's while a trunk that was fit had not been asked, and the agent neither. */
  const givenUp: string[] = [];
  const asked = new Set<string>();
  line.on("journal:written", (entry) => {
    if (entry.type !== "call:ended" || entry.end !== "failed" || entry.outcome?.retry !== "yes" || asked.has(entry.callId)) return;
    const tried = new Set(
      line.journal.flatMap((each) => (each.type === "attempt:started" && each.callId === entry.callId ? [each.trunkId] : [])),
    );
    const isFit = ({ ready, flow, isolated, breakers }: (typeof line.trunks)[number]) =>
      ready && flow === "open" && !isolated && breakers.every(({ state }) => state === "closed");
    if (line.trunks.some((trunk) => isFit(trunk) && !tried.has(trunk.trunkId))) givenUp.push(entry.callId);
  });
  void line.start();
  await settle();
  const calls: Call[] = [];
  /** Phones that alerted while another of the same call did. */
  const doubles = new Set<string>();
  const invites = () => [...stack.edges.values()].flatMap(({ invites }) => invites);

  for (const happening of steps) {
    if (happening.do === "call") {
      // The number is the call's own, so that its phones can be told from others'.
      const call = line.call(happening.emergency ? "112" : `+216${String(70_000_000 + calls.length)}`);
      call.on("choice-needed", () => asked.add(call.id));
      calls.push(call);
    } else if (happening.do === "hang-up") calls.at(-1)?.hangUp();
    else if (happening.do === "redial") calls.at(-1)?.redial();
    else if (happening.do === "pass") await pass(clock, happening.ms);
    else if (happening.do === "isolate" || happening.do === "restore") line[happening.do](happening.trunk);
    else {
      const edge = stack.edges.get(happening.trunk);
      if (!edge) throw new Error("no edge");
      if (happening.do === "say")
        edge.invites
          .findLast(({ live, peer }) => live && peer !== "answered")
          ?.say(happening.code, happening.cause === undefined ? {} : { q850: { value: happening.cause } });
      else if (happening.do === "reset") edge.reset();
      else if (happening.do === "obey-cancel") for (const invite of edge.invites) invite.obeyCancel();
      else if (happening.do === "mute") edge.mute = true;
      else if (happening.do === "unmute") edge.unmute();
      else edge.refusing = happening.do === "refuse";
    }
    await settle();
    const alerting = invites().filter(({ peer }) => peer === "alerting");
    for (const { number } of alerting)
      if (number !== "112" && alerting.filter((other) => other.number === number).length > 1) doubles.add(number);
  }

  // One conversation for one call, whatever crossed on the way.
  const answered = invites().filter(({ conversing, number }) => conversing && number !== "112");
  expect(new Set(answered.map(({ number }) => number)).size).toBe(answered.length);

  for (const call of calls) call.hangUp();
  for (const edge of stack.edges.values()) edge.unmute();
  await settle();
  await pass(clock, 40_000);
  await settle();

  const entries = line.journal;
  expect(entries.filter(({ type }) => type === "transition:violated")).toEqual([]);
  expect(entries.filter(({ type }) => type === "listener:failed")).toEqual([]);
  expect(givenUp).toEqual([]);
  for (const [index, call] of calls.entries()) {
    const summary = await call.ended;
    if (doubles.has(`+216${String(70_000_000 + index)}`)) expect(summary).toMatchObject({ possibleDuplicate: true });
  }
  // Every attempt that was given up has been followed to an end.
  const key = (entry: { callId: string; attempt: number }) => `${entry.callId}/${entry.attempt}`;
  const settled = new Set(entries.flatMap((entry) => (entry.type === "attempt:settled" ? [key(entry)] : [])));
  expect(entries.flatMap((entry) => (entry.type === "attempt:abandoned" && !settled.has(key(entry)) ? [key(entry)] : []))).toEqual([]);
  // A callee's answer never opens a breaker.
  for (const entry of entries)
    if (entry.type === "breaker:changed" && entry.to === "open")
      expect(["sip-404", "q850-1", "sip-480", "sip-486", "q850-17", "sip-603", "own-cancel"]).not.toContain(entry.because);
  // An emergency call is always attempted: it is refused only where no trunk came up in time.
  for (const entry of entries) if (entry.type === "call:refused") expect(["no-trunk"]).toContain(entry.because);

  const closed = line.close();
  await settle();
  clock.advance(1_000);
  await settle();
  await closed;
  expect(clock.pending).toBe(0);
  expect(line.calls).toEqual([]);
}

// The share of the runs that each house gets: two trunks are the usual case.
const shares: Readonly<Record<string, number>> = { "two trunks": 0.6, "one trunk": 0.2, "three trunks, two of them one carrier's": 0.2 };

test.each(Object.entries(houses))(
  `any interleaving of agent, carriers, faults and time (${runs} runs, seed ${seed}): %s`,
  async (name, house) => {
    const steps = fc.array(stepsIn(fc.constantFrom(...house.map(({ id }) => id))), { minLength: 5, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(steps, (each) => play(house, each)),
      { numRuns: Math.ceil(runs * (shares[name] ?? 1)), seed },
    );
  },
  600_000,
);
