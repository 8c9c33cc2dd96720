/** What an agent does in an answered call, and what befalls it meanwhile. `docs/fault-matrix.md` has a row for each, and a column. */
import { vi } from "vitest";
import type { TrunkCall } from "../../adapters/mock-trunk/index.ts";
import type { Call } from "../../src/call/call.ts";
import { pass } from "../support/house.ts";
import type { ScriptedSession } from "../support/scripted-media.ts";
import { talk, type Reload } from "../support/reload.ts";
import { tongueOf } from "../support/tongue.ts";
// What the SDK loads when it needs it is there when it does.
import "../../src/call/replacement.ts";

export const customer = "+21671000001";
export const colleague = "+21671000002";

/** An answered call, and another page of its tab once it was loaded again. */
export interface Stage extends Reload {
  /** Whom the agent talks to now. */
  customer: TrunkCall;
  /** What became of what the agent asked for. */
  result: string | undefined;
  /** The call as the agent has it now, and its audio. */
  now(): { readonly call: Call; readonly session: ScriptedSession; readonly isResumed: boolean };
  reload(): Promise<void>;
}

type Act = (stage: Stage) => void | Promise<unknown>;

/** Each is under way, or has been done, when it strikes. */
export const features: Readonly<Record<string, Act>> = {
  "the two talk": () => {},
  "the agent holds": ({ call }) => call.hold(),
  "the customer holds": ({ customer: leg }) => leg.hold(),
  "both hold": async ({ call, customer: leg }) => {
    await call.hold();
    await leg.hold();
  },
  "the agent is muted": ({ call }) => call.mute(),
  "digits go out by RTP": (stage) => digits(stage, "rtp"),
  "digits go out by INFO": (stage) => digits(stage, "info"),
  "a transfer to a number rings": (stage) => {
    stage.a.phone(colleague).answers({ answerAfterMs: 8_000 });
    transfer(stage, colleague);
  },
  "a transfer to another call is asked": async (stage) => {
    const other = await second(stage);
    stage.a.fault({ kind: "slow", methods: ["REFER"], delayMs: 2_000 });
    transfer(stage, other);
  },
  "another call is heard": second,
  "somebody takes the customer's place": (stage) => {
    stage.customer = stage.a.call("agent7", { from: colleague, offer: live, replaces: stage.customer });
  },
};

const live = ["v=0", "o=boss 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0", "m=audio 4000 RTP/AVP 0", ""].join("\r\n");

/** Ten of them, half a second for each. */
function digits(stage: Stage, via: "rtp" | "info"): void {
  const session = stage.sessions[0];
  if (session && via === "rtp") session.tones = [];
  const sending = stage.call.sendDtmf("1234567890", { via, toneMs: 250, gapMs: 250 });
  void sending.then((end) => (stage.result = end.ok ? "digits sent" : `${end.sent} of 10 digits sent: ${end.because}`));
}

function transfer(stage: Stage, to: string | Call): void {
  void stage.call.transfer(to).then((end) => (stage.result = end.ok ? "transferred" : `transfer failed: ${end.because}`));
}

function second({ line }: Stage): Promise<Call> {
  const other = line.call(colleague);
  return new Promise((resolve) => other.on("answered", () => resolve(other)));
}

export const blows: Readonly<Record<string, Act>> = {
  "connection lost": ({ a }) => a.resetAll(),
  "carrier gone": ({ a }) => {
    a.fault({ kind: "refuse" });
    a.resetAll();
  },
  "registered anew": ({ line }) => line.restore("A"),
  "ICE restarted": async ({ now }) => {
    const { session } = now();
    session.lose({ path: { ice: "failed", wasConnected: true, flows: "outbound" } });
    await pass(200);
    session.restore();
  },
  "page loaded again": (stage) => stage.reload(),
};

/** @param tongue in which the carriers speak */
export async function openStage(tongue: number): Promise<Stage> {
  const house = await talk({ number: customer, carrier: tongueOf(tongue) });
  let now = { call: house.call, session: house.sessions[0] as ScriptedSession, isResumed: false };
  const stage: Stage = {
    ...house,
    result: undefined,
    now: () => now,
    async reload() {
      await house.leave();
      const { resumed, sessions } = await house.next();
      await pass(1_000);
      await vi.dynamicImportSettled();
      // In the order in which they were kept.
      const [call] = resumed;
      const [session] = sessions;
      if (call && session) now = { call, session, isResumed: true };
    },
  };
  await vi.dynamicImportSettled();
  return stage;
}
