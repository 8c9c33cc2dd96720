/** Who takes Linekeeper from its repository gets it built, and who works on it waits for no build. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };

let folder: string;
let repository: string;

const run = (program: string, args: readonly string[], cwd: string): string =>
  execFileSync(program, args, { cwd, encoding: "utf8", stdio: "pipe" });
const npm = (cwd: string, ...args: readonly string[]): string => run("npm", [...args, "--offline", "--no-audit", "--silent"], cwd);
/** How often a build wrote into this folder. */
const buildsIn = (dist: string): number => (existsSync(dist) ? readFileSync(join(dist, "built"), "utf8").length : 0);

/** A repository with our scripts, where a build takes no time and nothing has to be fetched to run it. */
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "linekeeper-git-")));
  repository = join(folder, "repository");
  mkdirSync(repository);
  for (const file of [".gitignore", "test/setup/prepare.mjs"]) cpSync(file, join(repository, file));
  const { dependencies, devDependencies, peerDependencies, peerDependenciesMeta, ...rest } = manifest;
  writeFileSync(join(repository, "package.json"), JSON.stringify({ ...rest, scripts: { ...rest.scripts, build: "node build.mjs" } }));
  const build =
    'import { appendFileSync, mkdirSync } from "node:fs";\nmkdirSync("dist", { recursive: true });\nappendFileSync("dist/built", "x");\n';
  writeFileSync(join(repository, "build.mjs"), build);
  run("git", ["init", "--quiet"], repository);
  run("git", ["add", "."], repository);
  run("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "--quiet", "--message=All"], repository);
});

afterAll(() => rmSync(folder, { recursive: true }));

test("an install from git builds it, once", () => {
  const user = join(folder, "user");
  mkdirSync(user);
  writeFileSync(join(user, "package.json"), '{ "name": "user", "private": true }');
  npm(user, "install", `git+file://${repository}`);
  expect(buildsIn(join(user, "node_modules/linekeeper/dist"))).toBe(1);
});

test("in a clean clone `npm install` builds nothing, and `npm pack` once", () => {
  const clone = join(folder, "clone");
  run("git", ["clone", "--quiet", repository, clone], folder);
  npm(clone, "install");
  expect(buildsIn(join(clone, "dist"))).toBe(0);
  npm(clone, "pack");
  expect(buildsIn(join(clone, "dist"))).toBe(1);
  const packed = run("tar", ["-tzf", `${manifest.name}-${manifest.version}.tgz`], clone);
  expect(packed).toContain("package/dist/built");
});
