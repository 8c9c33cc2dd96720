/**
 * The browser of the tests: one that is there, or else Debian's package. Nothing else is downloaded.
 */
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const places = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Path of a Chromium on this machine: the one that `CHROMIUM_PATH` names, or the first that is found. */
export function findChromium() {
  const named = process.env["CHROMIUM_PATH"];
  if (named) return isExecutable(named) ? named : undefined;
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/bin"];
  return [...names.flatMap((name) => folders.map((folder) => join(folder, name))), ...places].find(isExecutable);
}

/** @param {string[]} args */
function apt(args) {
  const { status, error } = spawnSync("apt-get", args, {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  return error === undefined && status === 0;
}

/**
 * Makes sure that there is a Chromium.
 * @returns undefined when there is one, else why there is none.
 */
export function ensureChromium() {
  if (findChromium()) return undefined;
  if (process.env["CHROMIUM_PATH"]) return `CHROMIUM_PATH is ${process.env["CHROMIUM_PATH"]}, which cannot be run`;
  if (process.platform !== "linux") return "no Chromium or Chrome found: install one, or name it in CHROMIUM_PATH";
  if (process.getuid?.() !== 0) return "no Chromium found, and installing one needs root: install one, or name it in CHROMIUM_PATH";
  if (spawnSync("apt-get", ["--version"]).status !== 0) return "no Chromium found, and no apt-get to install one";
  console.log("No Chromium found: installing Debian's package (apt-get install chromium) …");
  if (!apt(["update", "-qq"])) return "no Chromium found, and apt-get update failed";
  if (!apt(["install", "-y", "-qq", "--no-install-recommends", "chromium"]))
    return "no Chromium found, and apt-get install chromium failed";
  return findChromium() ? undefined : "apt-get installed chromium, but it cannot be found";
}
