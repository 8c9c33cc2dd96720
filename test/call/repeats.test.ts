import { expect, test } from "vitest";
import { observe } from "../../src/diagnosis/observe.ts";
import { createJournal } from "../../src/book.ts";
import { createRepeats } from "../../src/call/repeats.ts";
import { entriesOf } from "../support/entries.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";

const of = { callId: "c1", attempt: 1, trunkId: "A", route: "local" };
const setUp = () => {
  const journal = createJournal(createVirtualClock(), 1_000);
  return { journal, repeats: createRepeats(journal, of), told: () => entriesOf(journal.entries, "attempt:progressed") };
};

test("twenty thousand 183s are one entry, and one count", () => {
  const { repeats, told } = setUp();
  for (let ms = 0; ms < 20_000; ms++) repeats.progressed({ code: 183, said: "peer" }, ms);
  expect(told()).toMatchObject([{ answer: { code: 183 }, tookMs: 0 }]);
  repeats.write();
  repeats.write();
  expect(told().slice(1)).toMatchObject([{ ...of, answer: { code: 183 }, tookMs: 19_999, times: 19_999 }]);
});

test("each code is told when it first comes, also where two take turns", () => {
  const { repeats, told } = setUp();
  for (const code of [100, 180, 183, 180, 183, 180]) repeats.progressed({ code, said: "peer" }, code);
  expect(told().map(({ answer, times }) => [answer.code, times])).toEqual([
    [100, undefined],
    [180, undefined],
    [183, undefined],
  ]);
  repeats.write();
  expect(
    told()
      .slice(3)
      .map(({ answer, times }) => [answer.code, times]),
  ).toEqual([
    [180, 2],
    [183, 1],
  ]);
});

test("a count is neither an attempt's end nor a proof of life of its own", () => {
  const { journal, repeats } = setUp();
  for (let ms = 0; ms < 5; ms++) repeats.progressed({ code: 100, said: "peer" }, ms);
  const before = observe(journal.entries);
  repeats.write();
  expect(observe(journal.entries)).toEqual(before);
});
