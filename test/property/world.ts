/** A whole Linekeeper between model carriers, under virtual time: steps that may happen to it, and what must hold whatever did. */
import { seededRandom } from "../../adapters/mock-trunk/index.ts";
import type { Call } from "../../src/call/call.ts";
import type { Linekeeper } from "../../src/line.ts";
import { createLinekeeper } from "../../src/linekeeper.ts";
import { noMedia } from "../../src/media/no-media.ts";
import { createModelStack } from "../support/model-carrier.ts";
import { createVirtualClock, type VirtualClock } from "../support/virtual-clock.ts";
import { watchLostCalls } from "./lost-calls.ts";

export type TrunkId = "A" | "B" | "C";
export type HouseName = "one trunk" | "two trunks" | "three trunks, two of them one carrier's";

/** Houses with one trunk, with two, and with three, two of them of one carrier. */
export const houses: Readonly<Record<HouseName, readonly { readonly id: TrunkId; readonly carrier: string }[]>> = {
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
export type Step =
  | { readonly do: "call"; readonly emergency: boolean }
  | { readonly do: "hang-up" }
  | { readonly do: "redial" }
  | { readonly do: "pass"; readonly ms: number }
  /** Time, until the next timer is due. */
  | { readonly do: "wait" }
  | { readonly do: "say"; readonly trunk: TrunkId; readonly code: number; readonly cause?: number | undefined }
  | { readonly do: "isolate" | "restore"; readonly trunk: TrunkId }
  | { readonly do: "reset" | "mute" | "unmute" | "refuse" | "admit" | "obey-cancel"; readonly trunk: TrunkId };

export interface World {
  readonly line: Linekeeper;
  readonly calls: readonly Call[];
  readonly edges: ReturnType<typeof createModelStack>["edges"];
  readonly clock: VirtualClock;
  happen(step: Step): Promise<void>;
  /** Nothing more happens but time: every call is answered or over by itself. */
  rest(): Promise<void>;
  /** The agent hangs up, and the line is closed. @returns what does not hold of all that happened; nothing, if all is well. */
  finish(): Promise<readonly string[]>;
}

/** Lets every promise settle that can without time. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 40; turn++) await Promise.resolve();
}

/** Timer by timer: what one of them begins goes on before the next is due. */
async function pass(clock: VirtualClock, ms: number, isEnough = () => false): Promise<void> {
  for (let leftMs = ms; !isEnough();) {
    const stepMs = clock.dueInMs;
    if (stepMs > leftMs) return clock.advance(leftMs);
    clock.advance(stepMs);
    leftMs -= stepMs;
    await settle();
  }
}

/** The call's number is its own, so that its phones can be told from others'. */
const numberOf = (place: number) => `+216${String(70_000_000 + place)}`;
const emergencyNumber = "112";
/** The longest that a call may take to be over by itself: the phone may ring, the agent choose, an attempt be followed, on each trunk. */
const restMs = 400_000;

export async function openWorld(house: HouseName): Promise<World> {
  const clock = createVirtualClock();
  const { edges, ...stack } = createModelStack();
  const line = createLinekeeper({
    crm: { vendor: "Model" },
    trunks: houses[house].map((trunk) => ({
      ...trunk,
      server: `wss://${trunk.id}.example`,
      aor: `sip:agent@${trunk.id}.example`,
    })),
    stack,
    media: noMedia(),
    clock,
    random: seededRandom(1),
    emergencyNumbers: [emergencyNumber],
  });
  const calls: Call[] = [];
  const broken: string[] = [];
  const emergencies = new Set<string>();
  /** Numbers whose phone alerted twice at once. */
  const doubles = new Set<string>();
  const invites = () => [...edges.values()].flatMap((edge) => edge.invites);

  watchLostCalls(line, (callId, how) => broken.push(`${callId} was ${how} while a trunk that was fit had not been asked`));
  line.on("journal:written", (entry) => {
    if (entry.type === "transition:violated" || entry.type === "listener:failed") broken.push(JSON.stringify(entry));
    // A callee's answer never opens a breaker.
    if (entry.type === "breaker:changed" && entry.to === "open" && calleesAnswers.has(entry.because)) broken.push(JSON.stringify(entry));
    if (entry.type === "call:refused" && entry.because !== "no-trunk") broken.push(JSON.stringify(entry));
    // An emergency call must reach somebody, whatever rings.
    if (entry.type === "call:failed-over" && entry.because !== "redial" && !emergencies.has(entry.callId) && hasRung(entry.callId))
      broken.push(`${entry.callId} went on by itself after a phone had rung`);
  });

  /** A phone was heard to ring for it, since the agent last chose to make one ring. */
  function hasRung(callId: string): boolean {
    const own = line.journal.filter((entry) => "callId" in entry && entry.callId === callId);
    const chosen = own.findLastIndex((entry) => entry.type === "call:failed-over" && entry.because === "redial");
    const since = own.slice(chosen + 1);
    const begun = new Set(since.flatMap((entry) => (entry.type === "attempt:started" ? [entry.attempt] : [])));
    return since.some((entry) => entry.type === "attempt:progressed" && begun.has(entry.attempt) && isRinging(entry.answer.code));
  }

  async function happenNow(step: Step): Promise<void> {
    if (step.do === "call") {
      const call = line.call(step.emergency ? emergencyNumber : numberOf(calls.length));
      if (step.emergency) emergencies.add(call.id);
      calls.push(call);
    } else if (step.do === "hang-up") calls.at(-1)?.hangUp();
    else if (step.do === "redial") calls.at(-1)?.redial();
    else if (step.do === "pass") await pass(clock, step.ms);
    else if (step.do === "wait") await pass(clock, clock.dueInMs);
    else if (step.do === "isolate" || step.do === "restore") line[step.do](step.trunk);
    else befall(step);
  }

  function befall(step: Extract<Step, { readonly trunk: TrunkId }>): void {
    const edge = edges.get(step.trunk);
    if (!edge) throw new Error(`no edge ${step.trunk}`);
    if (step.do === "say") edge.unanswered?.say(step.code, step.cause === undefined ? {} : { q850: { value: step.cause } });
    else if (step.do === "reset") edge.reset();
    else if (step.do === "obey-cancel") for (const invite of edge.invites) invite.obeyCancel();
    else if (step.do === "mute") edge.mute = true;
    else if (step.do === "unmute") edge.unmute();
    else edge.refusing = step.do === "refuse";
  }

  /** One conversation for one call, whatever crossed on the way; and who hears two phones ring remembers it. */
  function look(): void {
    const count = (of: "alerting" | "conversing") => {
      const numbers = invites().flatMap((invite) => (invite[of] && invite.number !== emergencyNumber ? [invite.number] : []));
      return numbers.filter((number, place) => numbers.indexOf(number) !== place);
    };
    for (const number of count("alerting")) doubles.add(number);
    for (const number of count("conversing")) broken.push(`two conversations with ${number}`);
  }

  void line.start();
  await settle();

  return {
    line,
    calls,
    edges,
    clock,
    async happen(step) {
      await happenNow(step);
      await settle();
      look();
    },
    async rest() {
      await pass(clock, restMs, () => calls.every(isAtRest));
      await settle();
      look();
      for (const call of calls) if (!isAtRest(call)) broken.push(`${call.id} is stuck: ${call.state}`);
    },
    async finish() {
      for (const call of calls) call.hangUp();
      for (const edge of edges.values()) edge.unmute();
      await settle();
      await pass(clock, 40_000);
      await settle();
      for (const [place, call] of calls.entries()) {
        const { possibleDuplicate } = await call.ended;
        if (doubles.has(numberOf(place)) && !possibleDuplicate) broken.push(`${call.id} rang two phones at once, unmarked`);
      }
      broken.push(...unfollowed(line));
      const closed = line.close();
      await settle();
      clock.advance(1_000);
      await settle();
      await closed;
      if (clock.pending > 0) broken.push(`${clock.pending} timers left after close()`);
      if (line.calls.length + line.followedCalls > 0) broken.push("calls left after close()");
      return broken;
    },
  };
}

const isRinging = (code: number): boolean => code === 180 || code === 183;
const isAtRest = ({ state }: Call): boolean => state === "answered" || state === "ended";

const calleesAnswers = new Set(["sip-404", "q850-1", "sip-480", "sip-486", "q850-17", "sip-603", "own-cancel"]);

/** Every attempt that was given up has been followed to an end. */
function unfollowed({ journal }: Linekeeper): readonly string[] {
  const key = (entry: { callId: string; attempt: number }) => `${entry.callId}/${entry.attempt}`;
  const settled = new Set(journal.flatMap((entry) => (entry.type === "attempt:settled" ? [key(entry)] : [])));
  return journal.flatMap((entry) =>
    entry.type === "attempt:abandoned" && !settled.has(key(entry)) ? [`attempt ${key(entry)} was given up and not followed`] : [],
  );
}
