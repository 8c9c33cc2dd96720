/** `linekeeper/file-store`: what outlives the process, as files in a folder. For Node. */
import { link, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { text } from "../../src/checks.ts";
import type { Store } from "../../src/ports/store.ts";

const suffix = ".kept";

/** Names that this process has claimed, by path: its own number in a file does not say that it still holds it. */
const claimedHere = new Set<string>();

/** What is done in each folder, one after the other: two writes of one key must not meet. */
const turns = new Map<string, Promise<unknown>>();

/**
 * One file for each key. Written beside it and then renamed, so that a crash leaves the old text or the new one. A name
 * is claimed by a file that holds the number of the process; one whose process is gone is free.
 * @param folder made when it is missing; for Linekeeper alone.
 * @throws LinekeeperError `bad-config` where it is no text.
 */
export function fileStore(folder: string): Store {
  text("fileStore(): folder", folder);
  const root = resolve(folder);
  const pathOf = (key: string) => join(root, encodeURIComponent(key));

  function inTurn<T>(task: () => Promise<T>): Promise<T> {
    const turn = (turns.get(root) ?? Promise.resolve()).then(task);
    turns.set(
      root,
      turn.catch(() => {}),
    );
    return turn;
  }

  return {
    name: "file-store",
    read: (key) => inTurn(() => unlessMissing(readFile(`${pathOf(key)}${suffix}`, "utf8"))),
    write: (key, text) =>
      inTurn(async () => {
        const path = pathOf(key);
        const draft = `${path}.${process.pid}.draft`;
        await mkdir(root, { recursive: true });
        await writeFile(draft, text, { flush: true });
        await rename(draft, `${path}${suffix}`);
      }),
    remove: (key) => inTurn(() => rm(`${pathOf(key)}${suffix}`, { force: true })),
    keys: (prefix) =>
      inTurn(async () =>
        ((await unlessMissing(readdir(root))) ?? [])
          .filter((file) => file.endsWith(suffix))
          .map((file) => decodeURIComponent(file.slice(0, -suffix.length)))
          .filter((key) => key.startsWith(prefix))
          .sort(),
      ),
    claim: (name) =>
      inTurn(async () => {
        await mkdir(root, { recursive: true });
        return claim(`${pathOf(name)}.claim`);
      }),
  };
}

async function claim(path: string): Promise<(() => void) | undefined> {
  if (claimedHere.has(path)) return undefined;
  claimedHere.add(path);
  const forget = () => void claimedHere.delete(path);
  try {
    if ((await create(path)) || ((await takeAwayStale(path)) && (await create(path))))
      return releaseOnce(() => rm(path, { force: true }).then(forget, forget));
  } catch (error) {
    forget();
    throw error;
  }
  forget();
  return undefined;
}

/** Released twice, it would take away what another has claimed meanwhile. */
function releaseOnce(release: () => Promise<void>): () => void {
  let isHeld = true;
  return () => {
    if (isHeld) void release();
    isHeld = false;
  };
}

/** With its number in it from the first moment on. @returns false when there was one already. */
async function create(path: string): Promise<boolean> {
  const draft = `${path}.${process.pid}.draft`;
  await writeFile(draft, String(process.pid));
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** @returns whether the way is free now: whoever had claimed it is gone. */
async function takeAwayStale(path: string): Promise<boolean> {
  const read = (file: string) => unlessMissing(readFile(file, "utf8"));
  const holder = await read(path);
  if (holder === undefined) return true;
  if (Number(holder) !== process.pid && isAlive(Number(holder))) return false;
  // Of several who find it stale one takes it away; and whoever took what another had just made gives it back.
  const taken = `${path}.${process.pid}.stale`;
  if (!(await unlessMissing(rename(path, taken).then(() => true)))) return false;
  const isStale = (await read(taken)) === holder;
  if (isStale) await rm(taken, { force: true });
  else await rename(taken, path);
  return isStale;
}

/** Signal 0 is sent to nobody: it asks. A process of another user's is alive too. */
function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);

async function unlessMissing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
