/** What an agent does in an answered call, and what befalls it meanwhile. `docs/fault-matrix.md` has a row for each, and a column. */
import { vi } from "vitest";
import type { MockTrunk, TrunkCall } from "../../adapters/mock-trunk/index.ts";
import type { AnyCall, Call, IncomingCall } from "../../src/call/call.ts";
import { pass, trunkA, trunkB } from "../support/house.ts";
import type { ScriptedSession } from "../support/scripted-media.ts";
import { talk, type Reload } from "../support/reload.ts";
import { tongueOf } from "../support/tongue.ts";
// What the SDK loads when it needs it is there when it does.
import "../../src/call/replacement.ts";

const customer = "+21671000001";
const colleague = "+21671000002";
const another = "+21671000003";
export const numbers: readonly string[] = [customer, colleague, another];

/** A call as the agent has it now, on this page or the next, and whom it is with. */
export interface Party {
  call: AnyCall;
  number: string;
  isResumed: boolean;
}

/** An answered call, what else the agent is about, and another page of its tab once it was loaded again. */
export interface Stage extends Reload {
  /** The first is the one that was there from the start. */
  readonly parties: readonly Party[];
  /** What became of what the agent asked for. */
  result: string | undefined;
  /** What it befalls. */
  carrier: MockTrunk;
  /** Nobody can be told anything over the carrier that it befell. */
  isGone: boolean;
  add(call: AnyCall, number: string): void;
  /** The carriers' side of it, while that is answered. */
  legOf(party: Party): TrunkCall | undefined;
  reload(): Promise<void>;
}

type Act = (stage: Stage) => unknown;

interface Feature {
  /** Who called. */
  readonly by?: "the customer";
  /** Is under way, or has been done, when it strikes. */
  readonly act?: Act;
  /** Is done at the very moment, and its answer on the way. */
  readonly now?: Act;
}

export const sessionOf = ({ call }: Party) => call.media as ScriptedSession;
const firstOf = ({ parties }: Stage) => parties[0] as Party;
const legOf = (stage: Stage) => stage.legOf(firstOf(stage));

const holds: Act = (stage) => firstOf(stage).call.hold();
const ringsLong: Act = (stage) => {
  for (const trunk of [stage.a, stage.b]) trunk.phone(colleague).answers({ answerAfterMs: 8_000 });
};

export const features: Readonly<Record<string, Feature>> = {
  "the two talk": {},
  "the agent holds": { act: holds },
  "the agent holds just then": { now: holds },
  "the agent comes back just then": { act: holds, now: (stage) => firstOf(stage).call.unhold() },
  "the customer holds": { act: (stage) => legOf(stage)?.hold() },
  "both hold": {
    async act(stage) {
      await holds(stage);
      await legOf(stage)?.hold();
    },
  },
  "the agent is muted": { act: (stage) => firstOf(stage).call.mute() },
  "the agent takes another microphone": {
    async act(stage) {
      const { ok } = await firstOf(stage).call.setMicrophone("headset");
      stage.result = ok ? "by headset" : "by the one before";
    },
  },
  "digits go out by RTP": { act: (stage) => digits(stage, "rtp") },
  "digits go out by INFO": { act: (stage) => digits(stage, "info") },
  "a transfer to a number rings": {
    act(stage) {
      ringsLong(stage);
      transfer(stage, colleague);
    },
  },
  "a transfer to another call is asked": {
    async act(stage) {
      const other = await second(stage);
      stage.a.fault({ kind: "slow", methods: ["REFER"], delayMs: 2_000 });
      transfer(stage, other);
    },
  },
  "the customer asks to be transferred": {
    act(stage) {
      ringsLong(stage);
      stage.call.on("referred", ({ call }) => stage.add(call, colleague));
      void legOf(stage)?.refer(`sip:${colleague}@a.example`);
    },
  },
  "somebody takes the customer's place": {
    act(stage) {
      stage.a.call("agent7", { from: colleague, offer: live, replaces: stage.customer });
      firstOf(stage).number = colleague;
    },
  },
  "voicemail is told": {
    act(stage) {
      stage.line.on("voicemail:changed", () => (stage.result = "told"));
      void stage.a.voicemail("agent7", { newMessages: 1 });
    },
  },
  "the customer is called back": {
    act(stage) {
      const { call } = stage;
      stage.b.phone(customer).answers({ answerAfterMs: 8_000 });
      stage.a.fault({ kind: "reject", methods: ["INVITE"], code: 481, times: 1 });
      stage.a.resetAll();
      stage.carrier = stage.b;
      const stop = call.on("choice-needed", () => {
        stop();
        call.redial();
      });
    },
  },
  "another call rings": {
    act(stage) {
      ringsLong(stage);
      stage.add(stage.line.call(colleague), colleague);
    },
  },
  "another call is heard": { act: second },
  "the agent swaps just then": { act: second, now: ({ line }) => line.swap() },
  "the other call is hung up just then": { act: second, now: ({ parties }) => parties[1]?.call.hangUp() },
  "another customer rings": { act: (stage) => void rung(stage) },
  "another customer is heard": { act: async (stage) => (await rung(stage)).answer() },
  "another customer is answered just then": {
    act: rung,
    now: ({ parties }) => (parties[1] as Party & { call: IncomingCall }).call.answer(),
  },
  "a customer called": { by: "the customer" },
  "a customer called, and is held": { by: "the customer", act: holds },
  "a customer called, and digits go out by INFO": { by: "the customer", act: (stage) => digits(stage, "info") },
  "a customer called, and a transfer rings": {
    by: "the customer",
    act(stage) {
      ringsLong(stage);
      transfer(stage, colleague);
    },
  },
};

const live = ["v=0", "o=boss 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0", "m=audio 4000 RTP/AVP 0", ""].join("\r\n");

/** Ten of them, half a second for each. */
function digits(stage: Stage, via: "rtp" | "info"): void {
  const first = firstOf(stage);
  if (via === "rtp") sessionOf(first).tones = [];
  const sending = first.call.sendDtmf("1234567890", { via, toneMs: 250, gapMs: 250 });
  void sending.then((end) => (stage.result = end.ok ? "digits sent" : `${end.sent} of 10 digits sent: ${end.because}`));
}

function transfer(stage: Stage, to: string | Call): void {
  void firstOf(stage)
    .call.transfer(to)
    .then((end) => (stage.result = end.ok ? "transferred" : `transfer failed: ${end.because}`));
}

function second(stage: Stage): Promise<Call> {
  const other = stage.line.call(colleague);
  stage.add(other, colleague);
  return new Promise((resolve) => other.on("answered", () => resolve(other)));
}

/** Another customer rings at the agent. */
function rung(stage: Stage): Promise<IncomingCall> {
  stage.a.call("agent7", { from: another, offer: live });
  return new Promise((resolve) =>
    stage.line.on("call:offered", (call) => {
      stage.add(call, another);
      resolve(call);
    }),
  );
}

const dead = { path: { ice: "failed", wasConnected: true, flows: "outbound" } } as const;

export const blows: Readonly<Record<string, Act>> = {
  "connection lost": ({ carrier }) => carrier.resetAll(),
  "carrier gone": (stage) => {
    const { carrier } = stage;
    stage.isGone = true;
    carrier.fault({ kind: "refuse" });
    carrier.resetAll();
  },
  "registered anew": ({ line, a, carrier }) => line.restore(carrier === a ? "A" : "B"),
  "ICE restarted": async (stage) => {
    const session = sessionOf(firstOf(stage));
    session.lose(dead);
    await pass(200);
    session.restore();
  },
  "the same, and the customer moves": async (stage) => {
    const session = sessionOf(firstOf(stage));
    session.lose(dead);
    void legOf(stage)?.moveMedia();
    await pass(200);
    session.restore();
  },
  "page loaded again": (stage) => stage.reload(),
  "line closed": ({ line }) => void line.close(),
};

const config = {
  whenBusy: "offer",
  incomingNotices: ["voicemail"],
  transferPolicy: () => true,
  trunks: [trunkA, trunkB],
  country: "216",
} as const;

/** @param tongue in which the carriers speak */
export async function openStage({ by }: Feature, tongue: number): Promise<Stage> {
  const house = await talk({ number: customer, carrier: tongueOf(tongue), incoming: by !== undefined, config });
  const parties: Party[] = [{ call: house.call, number: customer, isResumed: false }];
  const stage: Stage = {
    ...house,
    parties,
    result: undefined,
    carrier: house.a,
    isGone: false,
    add: (call, number) => void parties.push({ call, number, isResumed: false }),
    legOf({ number }) {
      const legs = [...house.a.calls, ...house.b.calls];
      return legs.find((leg) => leg.state === "answered" && number.endsWith(leg.number.slice(-8)));
    },
    async reload() {
      await house.leave();
      const { resumed } = await house.next(config);
      await pass(1_000);
      await vi.dynamicImportSettled();
      for (const party of parties) {
        const call = resumed.find(({ remoteUri }) => remoteUri.includes(party.number.slice(-8)));
        if (call) Object.assign(party, { call, isResumed: true });
      }
    },
  };
  await vi.dynamicImportSettled();
  return stage;
}
