/** Customers who call the agent over carrier A, and what goes wrong meanwhile. `docs/fault-matrix.md` has a row for each fault. */
import { expect } from "vitest";
import type { CustomerCall } from "../../adapters/mock-trunk/index.ts";
import type { IncomingCall } from "../../src/call/call.ts";
import { defaultLimits } from "../../src/limits.ts";
import { pass } from "../support/house.ts";
import { tongueOf } from "../support/tongue.ts";
import { faults } from "./faults.ts";
import type { When } from "./moments.ts";
import { closeDown, openedBreakers, trailOf } from "./observe.ts";
import { tableOf } from "./page.ts";
import { microphoneMs, openScene, until, type Scene } from "./scene.ts";

/** A customer who calls, and the call as the agent has it. */
interface Visit {
  /** By A, and by B where both carriers bring the call. */
  readonly legs: readonly CustomerCall[];
  readonly call: IncomingCall;
}

interface CustomerMoment {
  /** The moment of an outgoing call that is nearest, for faults that ask. */
  readonly when: When;
  reach(scene: Scene): Promise<Visit>;
}

/** How long the agent lets it ring. */
const reactionMs = 3_000;
/** In which a dead flow is found out, and an answer that nobody confirms given up; who was sent our offer with it has `ledgerMs`. */
const talkMs = 25_000;
const longMs = 10_000;
/** Each binding is renewed during the call. */
const grantedS = 20;

async function rings(scene: Scene, trunks: readonly ("a" | "b")[] = ["a"]): Promise<Visit> {
  const offered: IncomingCall[] = [];
  scene.line.on("call:offered", (call) => offered.push(call));
  const legs = trunks.map((trunk) => scene[trunk].call("agent7", { from: scene.number }));
  await pass(1_000);
  const [call] = offered;
  if (!call || offered.length > 1) throw new Error(`${offered.length} calls ring at the agent`);
  return { legs, call };
}

async function taken(scene: Scene, isReached: (visit: Visit) => boolean): Promise<Visit> {
  const visit = await rings(scene);
  void visit.call.answer();
  await until(() => isReached(visit), longMs);
  return visit;
}

export const customerMoments: Readonly<Record<string, CustomerMoment>> = {
  "it rings": { when: { name: "after 18x" }, reach: (scene) => rings(scene) },
  "it rings by both carriers": { when: { name: "after 18x" }, reach: (scene) => rings(scene, ["a", "b"]) },
  "the agent takes it": {
    when: { name: "after 18x" },
    async reach(scene) {
      const visit = await rings(scene);
      void visit.call.answer();
      await pass(microphoneMs / 2);
      return visit;
    },
  },
  // The ACK is under way.
  "answered, unconfirmed": { when: { name: "answered" }, reach: (scene) => taken(scene, ({ legs: [leg] }) => leg?.answers.at(-1) === 200) },
  "they talk": { when: { name: "answered" }, reach: (scene) => taken(scene, ({ call }) => call.state === "answered") },
};

/** What a customer does, besides what a carrier does. */
type CustomerFault = (scene: Scene, visit: Visit, when: When) => void;

const byCarrier =
  (name: string): CustomerFault =>
  (scene, _visit, when) =>
    faults[name]?.strike(scene, when);

const carrierFaults = [
  "connection refused",
  "connection reset",
  "connection closed in order (1012)",
  "half-open: socket open, peer frozen",
  "half-open: what we send is lost, the next connection is well",
  "silence to all",
  "everything read 3 s late",
  "REGISTER refused",
  "REGISTER silent, and the binding expires",
  "rubbish before each answer",
  "call forgotten by the peer (481)",
  "BYE swallowed",
];

export const customerFaults: Readonly<Record<string, CustomerFault>> = {
  ...Object.fromEntries(carrierFaults.map((name) => [name, byCarrier(name)])),
  "the customer gives up": (_scene, { legs }) => legs.forEach((leg) => leg.cancel()),
  "the customer gives up while the connection is lost": ({ a }, { legs }) => {
    a.resetAll();
    for (const leg of legs) leg.cancel();
  },
  "answered elsewhere": (_scene, { legs }) => legs.forEach((leg) => leg.cancel(['Reason: SIP;cause=200;text="Call completed elsewhere"'])),
};

/** The page's rows, played as what it names. */
export const customerRows = () => tableOf("a customer calls");

/**
 * What the agent and the customer met, and whoever calls next.
 * @param tongue in which both carriers speak
 */
export async function observeCustomer(name: string, moment: CustomerMoment, tongue: number): Promise<string> {
  const scene = await openScene({ ...tongueOf(tongue), grantedS });
  const visit = await moment.reach(scene);
  const { call, legs } = visit;
  customerFaults[name]?.(scene, visit, moment.when);
  await pass(reactionMs);
  if (call.state === "ringing") void call.answer();
  await pass(talkMs);
  await until(() => call.state !== "answering", defaultLimits.ledgerMs);
  const word = await wordOf(scene, visit);
  expect(legs.filter(({ state }) => state === "answered").length, "who called by two carriers is answered by one").toBeLessThan(2);
  call.hangUp();
  await pass(1_000);
  const next = await reachedBy(scene);
  const trail = await trailOf(scene, scene.freshNumber());
  const left = await closeDown(scene);
  return [word, `${next} ${trail}`, ...openedBreakers(scene), ...left].join(" · ");
}

async function wordOf({ entries }: Scene, { call, legs }: Visit): Promise<string> {
  const isHeard = legs.some(({ state }) => state === "answered");
  const unheard = isHeard ? [] : ["nobody hears"];
  if (call.state === "ended") return [`ends ${(await call.ended).end}`, ...(isHeard ? ["customer hears nobody"] : [])].join(" · ");
  if (call.state !== "answered") return `hangs ${call.state}`;
  const word = entries("dialog:refreshed").some(({ answer }) => answer.code < 300) ? "refreshes" : "carries-on";
  return [call.trunkId === "A" ? word : "fails-over", ...unheard].join(" · ");
}

/** By which carriers a customer reaches the agent now. */
async function reachedBy(scene: Scene): Promise<string> {
  let reached = "";
  for (const trunk of ["a", "b"] as const) {
    const leg = scene[trunk].call("agent7", { from: scene.freshNumber() });
    await pass(1_000);
    if (leg.answers.includes(180)) reached += trunk;
    leg.cancel();
    await pass(1_000);
  }
  return reached;
}
