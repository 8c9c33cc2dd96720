import { afterEach, describe, expect, it, vi } from "vitest";
import { createEmitter } from "../src/emitter.ts";
import { createLinekeeper } from "../src/linekeeper.ts";
import { noMedia } from "../src/media/no-media.ts";

const emitter = () => {
  const errors: unknown[] = [];
  return { errors, ...createEmitter<{ told: number; other: number }>({ told: true, other: true }, (_, error) => errors.push(error)) };
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

  it("once is told once, though whoever was told before tells it too", () => {
    const { on, once, emit } = emitter();
    const heard = vi.fn();
    on("told", (times) => times > 0 && emit("told", times - 1));
    once("told", heard);
    emit("told", 2);
    expect(heard.mock.calls).toEqual([[0]]);
  });

  it("twice is told twice, until each has unsubscribed", () => {
    const { on, emit } = emitter();
    const heard = vi.fn();
    const [stop, stopToo] = [on("told", heard), on("told", heard)];
    emit("told", 1);
    stop();
    stop();
    emit("told", 2);
    stopToo();
    emit("told", 3);
    expect(heard.mock.calls).toEqual([[1], [1], [2]]);
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

describe("a name that no event has", () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each(["on", "once", "off"] as const)("throws from %s() in a development build, and names those that there are", (how) => {
    for (const name of ["tolt", "toString", "__proto__", undefined])
      expect(() => emitter()[how](name as never, () => {})).toThrow(
        expect.objectContaining({
          code: "bad-config",
          message: `there is no event ${JSON.stringify(name)}; there are told, other [bad-config]`,
        }),
      );
  });

  it.each(["on", "once", "off"] as const)("and a listener that is no function, as what was called in place of being given: %s()", (how) => {
    for (const listener of [undefined, null, {}])
      expect(() => emitter()[how]("told", listener as never)).toThrow(/^the listener to "told" must be a function, not .* \[bad-config\]$/);
  });

  it("does nothing in production", () => {
    vi.stubEnv("NODE_ENV", "production");
    for (const how of ["on", "once", "off"] as const) expect(() => emitter()[how]("tolt" as never, () => {})).not.toThrow();
    for (const how of ["on", "once", "off"] as const) expect(() => emitter()[how]("told", undefined as never)).not.toThrow();
  });

  it("does nothing in a page without a bundler, which has no `process`", () => {
    vi.stubGlobal("process", undefined);
    try {
      expect(() => emitter().on("tolt" as never, () => {})).not.toThrow();
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it("is told by the line and by each call", async () => {
    const line = createLinekeeper({ crm: { vendor: "X" }, trunks: [], stack: { edge: vi.fn() }, media: noMedia() });
    expect(() => line.on("trunks:changed" as never, () => {})).toThrow('there is no event "trunks:changed"; there are journal:written');
    const call = line.call("+21671000001");
    expect(() => call.on("answer" as never, () => {})).toThrow('there is no event "answer"');
    await line.close();
  });
});
