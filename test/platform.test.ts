import { afterEach, expect, test, vi } from "vitest";
import { anyOf, whenAborted } from "../src/platform.ts";

afterEach(() => void vi.unstubAllGlobals());

test("what waits for an abort is told of one that came before, once, and without the event", () => {
  const over = new AbortController();
  const before = vi.fn();
  const stopped = vi.fn();
  whenAborted(over.signal, before);
  whenAborted(over.signal, stopped)();
  over.abort();
  const after = vi.fn();
  whenAborted(over.signal, after)();
  expect(before.mock.calls).toEqual([[]]);
  expect(after.mock.calls).toEqual([[]]);
  expect(stopped).not.toHaveBeenCalled();
});

test("without AbortSignal.any the first of several aborts, whether before or after, and lets go of the others", () => {
  vi.stubGlobal("AbortSignal", Object.assign(class extends AbortSignal {}, { any: undefined }));
  const [one, two] = [new AbortController(), new AbortController()];
  const either = anyOf(one.signal, two.signal);
  const letGo = vi.spyOn(one.signal, "removeEventListener");
  two.abort("second");
  expect(either).toMatchObject({ aborted: true, reason: "second" });
  expect(letGo).toHaveBeenCalledOnce();
  one.abort("first");
  expect(anyOf(one.signal, two.signal).reason).toBe("first");
});
