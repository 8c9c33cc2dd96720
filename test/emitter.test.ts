import { describe, expect, it, vi } from "vitest";
import { createEmitter } from "../src/emitter.ts";

const emitter = () => {
  const errors: unknown[] = [];
  return { errors, ...createEmitter<{ told: number; other: number }>((_, error) => errors.push(error)) };
};

describe("whoever listens", () => {
  it("with on() is told until it unsubscribes; with once() the next time only", () => {
    const { on, once, emit } = emitter();
    const [always, next] = [vi.fn(), vi.fn()];
    const stop = on("told", always);
    once("told", next);
    emit("told", 1);
    emit("told", 2);
    stop();
    emit("told", 3);
    expect([always.mock.calls, next.mock.calls]).toEqual([[[1], [2]], [[1]]]);
  });

  it.each(["on", "once"] as const)("with %s() is told no more after off(), nor after what it was given back", (how) => {
    const made = emitter();
    const [first, second] = [vi.fn(), vi.fn()];
    made[how]("told", first);
    const stop = made[how]("told", second);
    made.off("told", first);
    stop();
    made.off("other", first);
    made.emit("told", 1);
    expect([first, second].map(({ mock }) => mock.calls)).toEqual([[], []]);
  });

  it("once and tells itself again, is told once", () => {
    const { once, emit } = emitter();
    let times = 0;
    once("told", () => {
      if (++times < 5) emit("told", 0);
    });
    emit("told", 0);
    expect(times).toBe(1);
  });

  it("and throws, or rejects, disturbs neither the others nor the one who told", async () => {
    const { on, emit, errors } = emitter();
    const heard = vi.fn();
    on("told", () => {
      throw new Error("thrown");
    });
    on("told", () => Promise.reject(new Error("rejected")) as never);
    on("told", heard);
    emit("told", 1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard).toHaveBeenCalledOnce();
    expect(errors.map(String)).toEqual(["Error: thrown", "Error: rejected"]);
  });
});
