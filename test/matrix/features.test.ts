import { describe, expect, test } from "vitest";
import { dialectNames } from "../../adapters/mock-trunk/index.ts";
import { pass, underFakeTime } from "../support/house.ts";
import { closingNextPages } from "../support/reload.ts";
import { tongueDraw, tongueName } from "../support/tongue.ts";
import { blows, features, numbers, openStage, sessionOf, type Party, type Stage } from "./features.ts";
import { cellOf, tableOf } from "./page.ts";

underFakeTime();
closingNextPages();

const { heads, rows } = tableOf("in a call");

const isAnswered = ({ call }: Party) => call.state === "answered";

/** Whose phones are up, as the carriers see it. */
const legsOf = ({ a, b }: Stage) => [...a.calls, ...b.calls].filter(({ state }) => state === "answered");

/** What became of a call, as the page says. */
async function fateOf({ entries }: Stage, { call, isResumed }: Party): Promise<string> {
  if (call.state === "ended") return `ends ${(await call.ended).end}`;
  if (call.state === "choosing") return "asks the agent";
  if (call.state !== "answered") return "rings";
  const refreshed = entries("dialog:refreshed").some(({ callId, answer }) => callId === call.id && answer.code === 200);
  const held = { none: [], here: ["held here"], there: ["held there"], both: ["held by both"] }[call.held];
  return [isResumed ? "resumes" : refreshed ? "refreshes" : "carries on", ...held, ...(call.muted ? ["muted"] : [])].join(" · ");
}

/** What became of them all, and of what the agent asked for. */
async function told(stage: Stage): Promise<string> {
  const fates = await Promise.all(stage.parties.map((party) => fateOf(stage, party)));
  const [first] = stage.parties;
  // How a call ended says it; and what a page before was asked for, that tells nobody any more.
  const isTold = first && isAnswered(first) && !first.isResumed && stage.result !== undefined;
  const isForgotten = legsOf(stage).some((leg) => !stage.parties.some((party) => isAnswered(party) && stage.legOf(party) === leg));
  const left = isForgotten && !stage.isGone ? ["customer left on the line"] : [];
  return [fates.join("; "), ...(isTold ? [stage.result] : []), ...left].join(" · ");
}

/** Agent and carrier are of one mind, and both let go of each call; the others come back by themselves, one at a time. */
async function expectWhole(stage: Stage): Promise<void> {
  const open = stage.parties.filter(isAnswered);
  for (const party of open) {
    const { call } = party;
    const session = sessionOf(party);
    const leg = stage.legOf(party);
    expect(leg?.state).toBe("answered");
    const isHeldHere = call.held === "here" || call.held === "both";
    const isHeldThere = call.held === "there" || call.held === "both";
    expect([leg?.isHeld, session.isHeld, session.isMuted]).toEqual([isHeldHere, isHeldHere, call.muted]);
    if (isHeldThere) await Promise.all([leg?.resume(), pass(200)]);
    const [back] = await Promise.all([call.unhold(), pass(200)]);
    call.unmute();
    expect([back, call.held, leg?.isHeld, session.isHeld, session.isMuted]).toEqual([{ ok: true }, "none", false, false, false]);
    expectOneHeard(stage, 1);
    call.hangUp();
    await pass(200);
    expect([(await call.ended).end, leg?.end?.by]).toEqual(["hung-up-here", "agent"]);
    expectOneHeard(stage, Math.min(1, stage.parties.filter(isAnswered).length));
  }
}

/** There is one headset. */
function expectOneHeard({ parties }: Stage, count: number): void {
  expect(parties.filter((party) => isAnswered(party) && !sessionOf(party).isHeld).length).toBe(count);
}

test("docs/fault-matrix.md has everything that an agent does, and all that may befall it", () => {
  expect([heads.slice(1), rows.map(([name]) => name)]).toEqual([Object.keys(blows), Object.keys(features)]);
});

const draw = tongueDraw();
let played = 0;
/** What is drawn for a cell is spoken by the next dialect in turn, so that over the page all are heard. */
const tonguesOfNext = (): readonly number[] => {
  const turn = played++;
  const drawn = draw();
  return drawn.length > 1 ? drawn : drawn.map((number) => number - (number % dialectNames.length) + (turn % dialectNames.length));
};

describe.each(rows)("%s", (name, ...cells) => {
  const columns = Object.entries(blows).map(([blow, strike], place) => ({ blow, strike, cell: cellOf(cells[place] ?? "") }));
  const plays = columns.flatMap((column) => tonguesOfNext().map((tongue) => ({ ...column, tongue, as: tongueName(tongue) })));
  test.each(plays)("$blow, in $as", async ({ strike, cell, tongue }) => {
    const feature = features[name ?? ""] ?? {};
    const stage = await openStage(feature, tongue);
    void feature.act?.(stage);
    await pass(1_300);
    void feature.now?.(stage);
    await pass(7);
    await strike(stage);
    await pass(20_000);
    expect(await told(stage)).toBe(cell?.expected);
    for (const number of numbers) expect(stage.a.rings(number).length).toBeLessThan(2);
    if (!stage.isGone) await expectWhole(stage);
  });
});
