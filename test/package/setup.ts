/**
 * Packs Linekeeper as npm would publish it and installs it for a made-up user: with its run-time packages
 * and optional peers beside it, and nothing else of ours (opossum and sip.js must be inside the package).
 */
import { execFileSync, execSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestProject } from "vitest/node";
import manifest from "../../package.json" with { type: "json" };

declare module "vitest" {
  interface ProvidedContext {
    /** Folder of a project that has Linekeeper installed. */
    consumer: string;
    /** The package as it would be published. */
    tarball: string;
  }
}

export default function install(project: TestProject): () => void {
  if (!existsSync("dist")) throw new Error("The tests of the package need it built: npm run build");
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "linekeeper-consumer-")));
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "linekeeper"), { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }));

  execSync(`npm pack --silent --ignore-scripts --pack-destination "${folder}"`, { stdio: ["ignore", "ignore", "inherit"] });
  const tarball = join(folder, `${manifest.name}-${manifest.version}.tgz`);
  execFileSync("tar", ["-xzf", tarball, "--strip-components=1", "-C", join(modules, "linekeeper")]);

  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(realpathSync(join("node_modules", name)), join(modules, name), "junction");
  }

  project.provide("consumer", folder);
  project.provide("tarball", tarball);
  return () => rmSync(folder, { recursive: true });
}
