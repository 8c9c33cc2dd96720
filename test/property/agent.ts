/** What the agent's side can do: at any moment, and from inside an event; and the microphone, which a browser asks for. */
import { fc } from "@fast-check/vitest";
import type { Call, CallEvents, IncomingCall } from "../../src/call/call.ts";
import type { FactType } from "../../src/journal.ts";
import type { Linekeeper } from "../../src/line.ts";
import { noMedia } from "../../src/media/no-media.ts";
import type { Media } from "../../src/ports/media.ts";

/** Done with the newest call, but for the last two. */
type Act = "hang-up" | "redial" | "answer" | "decline" | "hold" | "unhold" | "call" | "close";
/** An event of whichever call, or the type of an entry. */
type Occasion = keyof CallEvents | FactType;
type Permission = "granted" | "pending" | "denied";

export type AgentStep =
  | { readonly do: "call"; readonly emergency: boolean }
  | { readonly do: Exclude<Act, "call"> }
  /** The next time that this happens, a listener acts in it. */
  | { readonly do: "listen"; readonly to: Occasion; readonly act: Act }
  /** The prompt is answered, or the next is not. */
  | { readonly do: "microphone"; readonly is: Permission };

const occasions: readonly Occasion[] = ["dialling", "slow", "ringing", "progress", "failed-over", "choice-needed", "answered", "held", "reconnecting", "ended", "call:placed", "call:offered", "call:ringing", "call:answered", "call:failed-over", "call:ended", "attempt:started", "attempt:sent", "attempt:progressed", "attempt:overdue", "attempt:abandoned", "attempt:ended", "attempt:settled", "breaker:changed", "flow:changed"]; // prettier-ignore

export const agentSteps: fc.Arbitrary<AgentStep> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("call" as const), emergency: fc.boolean() }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom("hang-up", "hang-up", "redial", "redial", "answer", "answer", "decline", "hold", "unhold"),
    }) as fc.Arbitrary<AgentStep>,
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("listen" as const),
      to: fc.constantFrom(...occasions),
      act: fc.constantFrom<Act[]>("hang-up", "hang-up", "redial", "answer", "decline", "hold", "call", "close"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("microphone" as const),
      is: fc.constantFrom<Permission[]>("granted", "granted", "pending", "denied"),
    }),
  },
);

/** Audio without any, behind a prompt. */
export function promptedMedia() {
  let permission: Permission = "granted";
  const asked: (() => void)[] = [];
  /** Whether the prompt hangs or not, who is not waited for any more is let go. */
  const prompt = async (signal?: AbortSignal): Promise<void> => {
    while (permission === "pending" && !signal?.aborted)
      await new Promise<void>((resolve) => {
        asked.push(resolve);
        signal?.addEventListener("abort", () => resolve(), { once: true });
      });
    if (permission === "denied") throw new DOMException("no", "NotAllowedError");
  };
  const media: Media = {
    open(troubles) {
      const session = noMedia().open(troubles);
      return {
        ...session,
        offer: (signal) => prompt(signal).then(() => session.offer(signal)),
        answer: (offer, signal) => prompt(signal).then(() => session.answer(offer, signal)),
      };
    },
  };
  return {
    media,
    set(is: Permission): void {
      permission = is;
      for (const resolve of asked.splice(0)) resolve();
    },
  };
}

export interface Agent {
  /** All that there were, in the order in which they were known. */
  readonly calls: readonly (Call | IncomingCall)[];
  /** The line was closed: nobody can tell what happens to its calls from then on. */
  readonly hasClosed: boolean;
  step(step: AgentStep): void;
}

interface AgentPorts {
  readonly line: Linekeeper;
  readonly microphone: ReturnType<typeof promptedMedia>;
  /** Whom the agent calls next: somebody else each time. */
  readonly numberOf: (place: number, emergency: boolean) => string;
}

export function createAgent({ line, microphone, numberOf }: AgentPorts): Agent {
  const calls: (Call | IncomingCall)[] = [];
  const waiting = new Map<Occasion, Act>();
  let closed: Promise<void> | undefined;

  function happened(occasion: Occasion): void {
    const act = waiting.get(occasion);
    waiting.delete(occasion);
    if (act) step(act === "call" ? { do: act, emergency: false } : { do: act });
  }

  function known(call: Call | IncomingCall): void {
    if (calls.includes(call)) return;
    calls.push(call);
    for (const event of occasions) if (!event.includes(":")) (call as Call).on(event as keyof CallEvents, () => happened(event));
  }

  function step(step: AgentStep): void {
    const call = calls.at(-1);
    if (step.do === "call") known(line.call(numberOf(calls.length, step.emergency)));
    else if (step.do === "listen") waiting.set(step.to, step.act);
    else if (step.do === "close") closed = line.close();
    else if (step.do === "microphone") microphone.set(step.is);
    else if (step.do === "hang-up") call?.hangUp();
    else if (step.do === "hold" || step.do === "unhold") void call?.[step.do]();
    else if (step.do === "redial") (call as Partial<Call> | undefined)?.redial?.();
    else void (call as Partial<IncomingCall> | undefined)?.[step.do]?.();
  }

  line.on("call:placed", known);
  line.on("call:offered", known);
  line.on("journal:written", ({ type }) => happened(type));
  return {
    calls,
    get hasClosed() {
      return closed !== undefined;
    },
    step,
  };
}
