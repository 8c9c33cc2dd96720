/** Programs that the tests need and npm does not bring: one that is there, or else Debian's package. */
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** @param {string} file */
export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Path of the first of `names` that is on the PATH, or where Debian puts programs: daemons are not on every user's PATH.
 * @param {readonly string[]} names
 */
export function findProgram(...names) {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter).filter(Boolean), "/usr/bin", "/usr/sbin"];
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

/**
 * Runs a command as root: directly, or with a sudo that asks for no password.
 * @param {readonly string[]} command
 */
function asRoot(...command) {
  const sudo = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  const [program = "", ...args] = [...sudo, "env", "DEBIAN_FRONTEND=noninteractive", ...command];
  return spawnSync(program, args, { stdio: ["ignore", "ignore", "inherit"] }).status === 0;
}

/** Why no Debian package can be installed here; undefined where they can be. */
function whyNotInstall() {
  if (process.platform !== "linux" || !findProgram("apt-get")) return "there is no apt-get";
  if (process.getuid?.() !== 0 && spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status !== 0)
    return "installing packages needs root";
  return undefined;
}

/**
 * Installs Debian packages.
 * @param {readonly string[]} packages
 * @param {{ readonly services?: readonly string[] }} options `services`: systemd units of theirs that must not start, now or at boot
 * @returns undefined when they are installed, else why they are not
 */
export function installPackages(packages, { services = [] } = {}) {
  const whyNot = whyNotInstall();
  if (whyNot) return whyNot;
  console.log(`Installing Debian packages: ${packages.join(", ")} …`);
  if (services.length > 0 && findProgram("systemctl")) asRoot("systemctl", "mask", "--quiet", ...services);
  if (!asRoot("apt-get", "update", "-qq")) return "apt-get update failed";
  return asRoot("apt-get", "install", "-y", "-qq", "--no-install-recommends", ...packages)
    ? undefined
    : `apt-get install ${packages.join(" ")} failed`;
}
