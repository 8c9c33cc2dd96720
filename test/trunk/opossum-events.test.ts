import Opossum from "opossum";
import { expect, test } from "vitest";
import OpossumEvents from "../../src/trunk/opossum-events.ts";

const options = { timeout: false, enableSnapshots: false, rollingPercentilesEnabled: false } as const;
const work = () => Promise.resolve(true);

test("opossum runs on the shim here, as it does in what ships", () => {
  // By name: the bundle that the test gets has a copy of the class inside.
  expect(Object.getPrototypeOf(Opossum).name).toBe(OpossumEvents.name);
  const breaker = new Opossum(work, options);
  expect(Object.getPrototypeOf(breaker.status.constructor).name).toBe(OpossumEvents.name);
  breaker.shutdown();
});

test("listenerCount counts one listener where one is named", () => {
  const events = new OpossumEvents();
  const listener = () => {};
  events.on("rotate", listener);
  events.on("rotate", () => {});
  expect(events.listenerCount("rotate")).toBe(2);
  expect(events.listenerCount("rotate", listener)).toBe(1);
  expect(events.listenerCount("rotate", () => {})).toBe(0);
});

test("several breakers subscribe to one rotation, and leave it", () => {
  const rotation = new OpossumEvents();
  const shared = { ...options, rotateBucketController: rotation as never };
  const breakers = [new Opossum(work, shared), new Opossum(work, shared)];
  expect(rotation.listenerCount("rotate")).toBe(2);
  for (const breaker of breakers) breaker.shutdown();
  expect(rotation.listenerCount("rotate")).toBe(0);
});
