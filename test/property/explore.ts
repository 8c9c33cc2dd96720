/**
 * Every order of events, breadth first: the whole Linekeeper between model carriers, brought to each state anew from the beginning, for
 * a state of real code cannot be copied. States that nothing tells apart are visited once.
 */
import { createHash } from "node:crypto";
import { houses, openWorld, type HouseName, type Step, type World } from "./world.ts";

export interface Exploration {
  /** States that differ. */
  readonly states: number;
  /** Steps from one to another that were tried. */
  readonly transitions: number;
  /** States by the number of steps that reach them. */
  readonly byDepth: readonly number[];
  /** What does not hold, each with a shortest way to it. */
  readonly faults: readonly { readonly path: readonly Step[]; readonly broken: readonly string[] }[];
}

export interface ExploreOptions {
  readonly house: HouseName;
  /** What has happened before: the call was placed, at least. */
  readonly from: readonly Step[];
  /** Steps after that. */
  readonly depth: number;
  /** Stops at the first fault. */
  readonly untilFault?: boolean;
  readonly onDepth?: (depth: number, states: number) => void;
}

export async function explore({ house, from, depth, untilFault = false, onDepth }: ExploreOptions): Promise<Exploration> {
  const seen = new Set<string>();
  const faults: Exploration["faults"][number][] = [];
  const byDepth: number[] = [];
  let transitions = 0;
  let frontier: (readonly Step[])[] = [from];

  for (let deep = 0; deep <= depth && frontier.length > 0; deep++) {
    const next: (readonly Step[])[] = [];
    let found = 0;
    for (const path of frontier) {
      transitions += 1;
      const world = await replay(house, path);
      const state = digestOf(world);
      const steps = deep < depth ? stepsFrom(world, house) : [];
      const isNew = !seen.has(state);
      seen.add(state);
      if (isNew) found += 1;
      if (isNew) for (const step of steps) next.push([...path, step]);
      if (isNew) await world.rest();
      const broken = await world.finish();
      if (broken.length > 0) faults.push({ path, broken });
      if (untilFault && faults.length > 0) return { states: seen.size, transitions, byDepth: [...byDepth, found], faults };
    }
    byDepth.push(found);
    onDepth?.(deep, found);
    frontier = next;
  }
  return { states: seen.size, transitions, byDepth, faults };
}

async function replay(house: HouseName, path: readonly Step[]): Promise<World> {
  const world = await openWorld(house);
  for (const step of path) await world.happen(step);
  return world;
}

const codes = [100, 180, 200, 486, 503];

/** What can happen in this state, and would change something. */
function stepsFrom({ calls, edges }: World, house: HouseName): readonly Step[] {
  const state = calls.at(-1)?.state;
  const steps: Step[] = [{ do: "wait" }];
  if (state !== "ended") steps.push({ do: "hang-up" });
  if (state === "choosing") steps.push({ do: "redial" });
  for (const { id: trunk } of houses[house]) {
    const edge = edges.get(trunk);
    if (!edge) continue;
    if (edge.unanswered) for (const code of codes) steps.push({ do: "say", trunk, code });
    if (edge.open) steps.push({ do: "reset", trunk }, { do: edge.mute ? "unmute" : "mute", trunk });
    if (edge.invites.some(({ mayObey }) => mayObey)) steps.push({ do: "obey-cancel", trunk });
  }
  return steps;
}

/** All that tells one state from another: what the carriers will do, what the agent sees, what became of each attempt, and what is due when. */
function digestOf({ line, calls, edges, clock }: World): string {
  const attempts = line.journal.flatMap((entry) =>
    entry.type.startsWith("attempt:") && "attempt" in entry
      ? [`${entry.attempt} ${entry.type} ${"outcome" in entry ? entry.outcome.row : ""}`]
      : [],
  );
  const state = {
    edges: [...edges.values()].map(({ digest }) => digest),
    calls: calls.map(({ state, trunkId }) => [state, trunkId]),
    trunks: line.trunks.map(({ flow, ready, breakers }) => [flow, ready, breakers]),
    commonMode: line.commonMode,
    attempts,
    dues: clock.dues.map(Math.round),
  };
  return createHash("sha1").update(JSON.stringify(state)).digest("base64");
}
