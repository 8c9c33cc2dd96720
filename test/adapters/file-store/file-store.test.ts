import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { fileStore } from "../../../adapters/file-store/index.ts";
import { storeContract } from "../../support/store-contract.ts";

const root = mkdtempSync(join(tmpdir(), "linekeeper-store-"));
afterAll(() => rmSync(root, { recursive: true }));

let folders = 0;
const folder = () => join(root, String(++folders), "made", "when", "missing");

storeContract("a folder", () => {
  const place = folder();
  return () => fileStore(place);
});

/** A number that no process has any more. */
const gone = () => spawnSync(process.execPath, ["--eval", ""]).pid;

describe("a process that died", () => {
  test.each([
    ["its claim is free", gone],
    ["one that had our number had it before us", () => process.pid],
    ["a claim that names nobody is nobody's", () => "rubbish"],
  ])("%s", async (_, holder) => {
    const place = folder();
    await fileStore(place).write("key", "text");
    writeFileSync(join(place, "name.claim"), String(holder()));
    const claims = await Promise.all([1, 2, 3].map(async () => fileStore(place).claim?.("name")));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  test("one that lives keeps its claim", async () => {
    const place = folder();
    await fileStore(place).write("key", "text");
    writeFileSync(join(place, "name.claim"), String(process.ppid));
    expect(await fileStore(place).claim?.("name")).toBeUndefined();
  });

  test("leaves no half-written text: a draft is no key, and the next write goes through", async () => {
    const place = folder();
    const store = fileStore(place);
    await store.write("key", "old");
    writeFileSync(join(place, `other.${process.pid}.draft`), "half");
    expect(await store.keys("")).toEqual(["key"]);
    await store.write("other", "whole");
    expect(await store.read("other")).toBe("whole");
    expect(readdirSync(place).sort()).toEqual(["key.kept", "other.kept"]);
  });
});

test("a folder that cannot be had is told to whoever uses it", async () => {
  const place = folder();
  await fileStore(place).write("key", "text");
  const store = fileStore(join(place, "key.kept"));
  await expect(store.write("a", "b")).rejects.toThrow(/ENOTDIR|EEXIST/);
  await expect(store.keys("")).rejects.toThrow("ENOTDIR");
});
