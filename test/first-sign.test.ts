import { expect, test, vi } from "vitest";
import { onFirstSign, untoldSpreadMs } from "../src/first-sign.ts";
import { createJournal } from "../src/book.ts";
import { defaultLimits } from "../src/limits.ts";
import { createVirtualClock } from "./support/virtual-clock.ts";

function open(random: number, spreadMs: number) {
  const clock = createVirtualClock();
  const journal = createJournal(clock, 100);
  const ask = vi.fn();
  const close = onFirstSign({ clock, random: () => random, spreadMs, limits: defaultLimits }, journal, ask);
  const sign = () => void journal.append("network:changed", { online: false });
  return { clock, ask, sign, close };
}

test("one round in ten seconds, with the time of its sign", () => {
  const { clock, ask, sign } = open(0, 0);
  sign();
  sign();
  expect(ask).not.toHaveBeenCalled();
  clock.advance(9_999);
  sign();
  clock.advance(1);
  expect(ask.mock.calls).toEqual([[0]]);
  sign();
  clock.advance(1);
  expect(ask.mock.calls).toEqual([[0], [10_000]]);
});

test.each([0, 0.2, 0.999])(
  "agents that nobody told of a fleet spread their rounds: %s of the spread, known within two seconds",
  (share) => {
    const { clock, ask, sign } = open(share, 0);
    const waitMs = share * untoldSpreadMs;
    sign();
    if (waitMs > 0) clock.advance(waitMs - 0.001);
    expect(ask).not.toHaveBeenCalled();
    clock.advance(0.001);
    expect(ask).toHaveBeenCalledOnce();
    expect(waitMs + defaultLimits.probeTimeoutMs).toBeLessThan(2_000);
  },
);

test("a fleet's round that waits longer than that is one round, and nothing of it is left when the line closes", () => {
  const { clock, ask, sign, close } = open(0.9, 60_000);
  sign();
  clock.advance(12_000);
  sign();
  expect(clock.pending).toBe(1);
  clock.advance(1_500);
  expect(ask.mock.calls).toEqual([[0]]);
  sign();
  clock.advance(12_000);
  sign();
  close();
  expect(clock.pending).toBe(0);
});
