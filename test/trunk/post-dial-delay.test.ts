import { expect, test } from "vitest";
import { defaultLimits } from "../../src/limits.ts";
import { createPostDialDelay } from "../../src/trunk/post-dial-delay.ts";

function after(...samples: readonly number[]): number {
  const delay = createPostDialDelay(defaultLimits);
  for (const sample of samples) delay.sample(sample);
  return delay.limitMs;
}

test("until five phones have rung the longest limit holds", () => {
  expect(after()).toBe(11_000);
  expect(after(900, 900, 900, 900)).toBe(11_000);
});

test("a route that rings fast is given up early, but not before the shortest limit", () =>
  expect(after(...Array<number>(20).fill(900))).toBe(5_000));

test("a route that takes long is given its time, and never more than the longest limit", () => {
  const steady = after(...Array<number>(40).fill(8_000));
  expect(steady).toBeGreaterThan(8_000);
  expect(steady).toBeLessThan(9_000);
  expect(after(2_000, 9_000, 3_000, 10_000, 2_500, 9_500)).toBe(11_000);
});

test("one that did not ring in time gives the route the longest limit, until twenty have rung since", () => {
  const delay = createPostDialDelay(defaultLimits);
  for (let rings = 0; rings < 8; rings++) delay.sample(900);
  expect(delay.limitMs).toBe(5_000);
  delay.overdue();
  for (let rings = 0; rings < 19; rings++) delay.sample(900);
  expect(delay.limitMs).toBe(11_000);
  delay.sample(900);
  expect(delay.limitMs).toBe(5_000);
});
