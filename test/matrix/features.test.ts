import { describe, expect, test } from "vitest";
import { dialectNames } from "../../adapters/mock-trunk/index.ts";
import { pass, underFakeTime } from "../support/house.ts";
import { closingNextPages } from "../support/reload.ts";
import { tongueDraw, tongueName } from "../support/tongue.ts";
import { blows, colleague, customer, features, openStage, type Stage } from "./features.ts";
import { cellOf, tableOf } from "./page.ts";

underFakeTime();
closingNextPages();

const { heads, rows } = tableOf("in a call");

/** What became of it, as the page says. */
async function told(stage: Stage): Promise<string> {
  const { call, isResumed } = stage.now();
  const refreshed = stage.entries("dialog:refreshed").some(({ answer }) => answer.code === 200);
  const fate = call.state !== "answered" ? "ends" : isResumed ? "resumes" : refreshed ? "refreshes" : "carries on";
  const held = { none: [], here: ["held here"], there: ["held there"], both: ["held by both"] }[call.held];
  // Who asked for it went with the page before; how the call ended says the same.
  const end = isResumed && fate === "ends" ? (await call.ended).end : undefined;
  const result = isResumed ? end : stage.result;
  return [fate, ...held, ...(call.muted ? ["muted"] : []), ...(result === undefined ? [] : [result])].join(" · ");
}

/** Agent and carrier are of one mind, and both let go of it. */
async function expectWhole(stage: Stage): Promise<void> {
  const { call, session } = stage.now();
  const { customer: leg } = stage;
  const isHeldHere = call.held === "here" || call.held === "both";
  const isHeldThere = call.held === "there" || call.held === "both";
  expect([leg.state, leg.isHeld, session.isHeld, session.isMuted]).toEqual(["answered", isHeldHere, isHeldHere, call.muted]);
  if (isHeldThere) await Promise.all([leg.resume(), pass(200)]);
  const [back] = await Promise.all([call.unhold(), pass(200)]);
  call.unmute();
  expect([back, call.held, leg.isHeld, session.isHeld, session.isMuted]).toEqual([{ ok: true }, "none", false, false, false]);
  call.hangUp();
  await pass(200);
  expect([(await call.ended).end, leg.end?.by]).toEqual(["hung-up-here", "agent"]);
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
  test.each(plays)("$blow, in $as", async ({ blow, strike, cell, tongue }) => {
    const stage = await openStage(tongue);
    void features[name ?? ""]?.(stage);
    await pass(1_300);
    await strike(stage);
    await pass(20_000);
    expect(await told(stage)).toBe(cell?.expected);
    // Over a carrier that is gone nobody can be told anything.
    if (blow !== "carrier gone" && stage.now().call.state === "answered") await expectWhole(stage);
    for (const number of [customer, colleague]) expect(stage.a.rings(number).length).toBeLessThan(2);
  });
});
