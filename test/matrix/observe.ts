/** Plays one cell of the matrix, and says in a sentence what the agent and the next customers met. */
import { expect, vi } from "vitest";
import { alertingOverlap } from "../../adapters/mock-trunk/index.ts";
import { everyRoute } from "../../src/journal.ts";
import { entriesOf } from "../support/entries.ts";
import { pass } from "../support/house.ts";
import { tongueOf } from "../support/tongue.ts";
import type { Fault } from "./faults.ts";
import type { Moment } from "./moments.ts";
import { openScene, until, type Other, type Placed, type Scene } from "./scene.ts";

/** Longer than a phone may ring (`ringLimitMs`). */
const settleMs = 150_000;
/** In which an idle line's probes find out. */
const idleMs = 20_000;
/** In which lost audio is mended, or the agent told. */
const mendMs = 15_000;
/** In which a customer's phone stops that the agent has given up. */
const soonMs = 5_000;
/** After which nothing is left of a call: 64·T1 and a reconnection. */
const restMs = 70_000;

/** What never happens, whatever the fault. */
const neverJournalled = ["transition:violated", "listener:failed", "credentials:failed", "policy:failed"];

/** @param tongue in which both carriers speak */
export async function observe(fault: Fault, moment: Moment, other: Other, tongue: number): Promise<string> {
  const scene = await openScene({ ...tongueOf(tongue), ...fault.carrier }, other);
  const { line } = scene;
  fault.arm?.(scene, moment);
  const placed = await moment.reach(scene);
  const struckAt = line.journal.length;
  fault.strike(scene, moment);
  if (placed) await goOn(scene, placed);
  else await pass(idleMs);
  const word = placed ? wordOf(scene, placed) : idleWord(scene, struckAt);
  await hangUp(placed);
  const next = await callOn(scene, fault);
  const opened = openedBreakers(scene);
  const left = await closeDown(scene, placed);
  return [word, ...(placed?.possibleDuplicate ? ["marked"] : []), next, ...opened, ...left].join(" · ");
}

// ── What the agent meets ──────────────────────────────────────────────────────────────────────────

/** Until nothing more is to be decided about it; an answered call is talked on for a while, one that was hung up is followed. */
async function goOn(scene: Scene, placed: Placed): Promise<void> {
  const wasOver = placed.call.state === "ended";
  await until(() => scene.isSettled(placed), settleMs);
  if (wasOver) await until(() => lastRing(scene)?.untilMs !== undefined, settleMs);
  await pass(5_000);
  await until(() => !isAudioInDoubt(scene), mendMs);
}

/** It was lost, and neither is back nor was given up. */
const isAudioInDoubt = ({ line }: Scene) =>
  line.journal.findLast(({ type }) => type === "audio:lost" || type === "audio:restored" || type === "audio:given-up")?.type ===
  "audio:lost";

const lastRing = ({ a, number }: Scene) => a.rings(number).at(-1);

function wordOf(scene: Scene, { call, trail, toldNoAudio }: Placed): string {
  const { entries } = scene;
  if (call.state === "answered") {
    if (toldNoAudio) return "tells-agent";
    if (trail.includes("?")) return call.trunkId === "B" ? "asks-agent" : "asks-agent, A answers";
    if (call.trunkId === "B") return "fails-over";
    return entries("dialog:refreshed").some(({ answer }) => answer.code < 300) ? "refreshes" : "carries-on";
  }
  const [ended] = entries("call:ended");
  if (entries("call:refused").length > 0) return "refused";
  if (call.state !== "ended" || !ended) return `hangs ${call.state}`;
  if (ended.end !== "hung-up-here") return `ends ${ended.end}`;
  const ring = lastRing(scene);
  if (ring?.endedBy !== "cancelled") return "too late";
  return (ring.untilMs ?? Infinity) - scene.zeroMs - ended.atMs < soonMs ? "stops" : "stops late";
}

/** Has the agent lost the trunk for a while? */
function idleWord({ line }: Scene, struckAt: number): string {
  const since = line.journal.slice(struckAt);
  const isLost = [
    ...entriesOf(since, "flow:changed").map(({ trunkId, to }) => trunkId === "A" && to === "waiting"),
    ...entriesOf(since, "registration:changed").map(({ trunkId, to }) => trunkId === "A" && (to === "refused" || to === "registering")),
  ];
  return isLost.includes(true) ? "waits" : "carries-on";
}

async function hangUp(placed: Placed | undefined): Promise<void> {
  placed?.call.hangUp();
  await pass(1_000);
}

// ── What the next customers meet ──────────────────────────────────────────────────────────────────

async function callOn(scene: Scene, { calls = 2, checksAbroad }: Fault): Promise<string> {
  const trails: string[] = [];
  for (let call = 0; call < calls; call++) trails.push(await trailOf(scene, scene.freshNumber()));
  const abroad = checksAbroad ? [`abroad ${await trailOf(scene, scene.freshNumber("+3312"))}`] : [];
  return [...brief(trails), ...abroad].join(" ");
}

export async function trailOf(scene: Scene, number: string): Promise<string> {
  const placed = scene.place(number);
  await until(() => scene.isSettled(placed), settleMs);
  if (scene.audio) await pass(5_000);
  await hangUp(placed);
  return placed.trail;
}

/** Of many calls: whether all were answered, and how the last went out. */
function brief(trails: readonly string[]): readonly string[] {
  const isAnswered = trails.every((trail) => /^(A|B|AB)$/.test(trail));
  return trails.length <= 4 ? trails : [...(isAnswered ? [] : trails), "…", ...trails.slice(-1)];
}

export function openedBreakers({ entries, other }: Scene): readonly string[] {
  const opened = entries("breaker:changed").filter(({ to }) => to === "open");
  const [ofA, ofB] = [true, false].map((isA) => opened.filter(({ trunkId }) => (trunkId === "A") === isA));
  if (other === "well") expect(ofB).toEqual([]);
  const names = (ofA ?? []).map(({ route, plane }) => {
    if (route === everyRoute) return "rests";
    return route === "local" && plane === "signalling" ? "opens" : `opens ${route} ${plane}`;
  });
  return [...new Set(names)];
}

// ── What holds in every cell ──────────────────────────────────────────────────────────────────────

/** Mends carrier A, checks what holds in every cell, and closes. @returns what was left behind, if anything. */
export async function closeDown(scene: Scene, placed?: Pick<Placed, "possibleDuplicate">): Promise<readonly string[]> {
  const { a, b, line, number } = scene;
  for (const trunk of [a, b]) trunk.clearFaults();
  scene.audio = undefined;
  expect(await until(() => line.trunks.every(({ ready }) => ready), restMs), "both carriers come back by themselves").toBe(true);
  const customers = () => [...a.calls, ...b.calls].filter(({ state }) => state === "alerting" || state === "answered");
  await until(() => customers().length === 0 && line.calls.length + line.followedCalls === 0, restMs);
  expect(
    line.calls.map(({ id, state }) => `${id} ${state}`),
    "calls that are still under way",
  ).toEqual([]);
  expect(line.followedCalls, "calls that are still followed").toBe(0);
  if (!placed?.possibleDuplicate) expect(alertingOverlap([a, b], { number }), "one call's phones that rang together").toEqual([]);
  const never = [...neverJournalled, ...(scene.other === "well" ? ["common-mode:suspected"] : [])];
  expect(line.journal.filter(({ type }) => never.includes(type))).toEqual([]);
  const kept = customers().length;
  const timers = await timersLeft(scene);
  return [...(kept > 0 ? ["customer left on the line"] : []), ...(timers > 0 ? ["timers left"] : [])];
}

/** How many timers outlive `close()`. They run out here, for other tests to begin with none. */
async function timersLeft({ a, b, line }: Scene): Promise<number> {
  const closed = line.close();
  await pass(1_000);
  await closed;
  for (const trunk of [a, b]) trunk.close();
  await pass(10);
  const left = vi.getTimerCount();
  if (left > 0) await pass(restMs);
  return left;
}
