import { describe, expect, test } from "vitest";
import type { Store } from "../../src/ports/store.ts";

/**
 * What every store must do.
 * @param place makes a new, empty place; what it returns opens another store on that place, as the next page does.
 */
export function storeContract(name: string, place: () => Promise<() => Store> | (() => Store)): void {
  describe(`${name} keeps the contract of a store`, () => {
    test("what was written is read, whatever is in it", async () => {
      const store = (await place())();
      const text = `{"a":"é \u2028 😀 \\u0000"}\n${"x".repeat(100_000)}`;
      await store.write("a/b c?%*|", text);
      await store.write("empty", "");
      expect(await store.read("a/b c?%*|")).toBe(text);
      expect(await store.read("empty")).toBe("");
      expect(await store.read("a")).toBeUndefined();
    });

    test("the last text holds; what was removed is gone, and may be removed twice", async () => {
      const store = (await place())();
      await Promise.all(["one", "two", "three"].map((text) => store.write("key", text)));
      expect(await store.read("key")).toBe("three");
      await store.remove("key");
      await store.remove("key");
      expect(await store.read("key")).toBeUndefined();
      expect(await store.keys("")).toEqual([]);
    });

    test("keys are told by prefix, in order", async () => {
      const store = (await place())();
      expect(await store.keys("a/")).toEqual([]);
      for (const key of ["a/10", "b/1", "a/02", "a", "a/é", "a/1"]) await store.write(key, key);
      expect(await store.keys("a/")).toEqual(["a/02", "a/1", "a/10", "a/é"]);
      expect(await store.keys("")).toEqual(["a", "a/02", "a/1", "a/10", "a/é", "b/1"]);
    });

    test("the next page finds what this one kept", async () => {
      const open = await place();
      await open().write("key", "text");
      expect(await open().read("key")).toBe("text");
      expect(await open().keys("k")).toEqual(["key"]);
    });

    test("a name is one's alone until it is released", async () => {
      const open = await place();
      const [one, two] = [open(), open()];
      const release = await one.claim?.("name");
      expect(release).toBeTypeOf("function");
      expect(await one.claim?.("name")).toBeUndefined();
      expect(await two.claim?.("name")).toBeUndefined();
      const other = await two.claim?.("other");
      expect(other).toBeTypeOf("function");
      release?.();
      release?.();
      await expect.poll(() => two.claim?.("name")).toBeTypeOf("function");
      release?.();
      expect(await one.keys("")).toEqual([]);
      expect(await one.claim?.("name")).toBeUndefined();
    });

    test("of many who ask at once one gets it", async () => {
      const open = await place();
      const claims = await Promise.all(Array.from({ length: 8 }, async () => open().claim?.("name")));
      expect(claims.filter(Boolean)).toHaveLength(1);
    });
  });
}
