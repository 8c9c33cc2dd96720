/** The SIP proxy and the far phone of `npm run test:interop`: those that are there, or else Debian's packages. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { findProgram, installPackages } from "./debian.mjs";

const packages = ["kamailio", "kamailio-websocket-modules", "sip-tester"];
const config = join(import.meta.dirname, "../interop/kamailio.cfg");

/** Paths of Kamailio and SIPp; undefined where one is missing, be it only a module of Kamailio's that we need. */
export function findInterop() {
  const kamailio = findProgram("kamailio");
  const sipp = findProgram("sipp");
  if (!kamailio || !sipp || spawnSync(kamailio, ["-c", "-f", config], { stdio: "ignore" }).status !== 0) return undefined;
  return { kamailio, sipp };
}

/**
 * Makes sure that there are a Kamailio and a SIPp.
 * @returns undefined when there are, else why there are not.
 */
export function ensureInterop() {
  if (findInterop()) return undefined;
  // One that runs here already is somebody else's.
  const services = findProgram("kamailio") ? [] : ["kamailio.service"];
  const whyNot = installPackages(packages, { services });
  if (whyNot) return `no usable Kamailio or SIPp found, and ${whyNot}`;
  return findInterop() ? undefined : "apt-get installed Kamailio and SIPp, but they cannot be used";
}

// `npm run test:interop`
if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const noInterop = ensureInterop();
  if (noInterop) console.log(`The interop tests will be skipped: ${noInterop}.`);
  const { status } = spawnSync(process.execPath, ["node_modules/vitest/vitest.mjs", "run", "--project", "interop"], {
    stdio: "inherit",
    env: { ...process.env, ...(noInterop && { LINEKEEPER_NO_INTEROP: noInterop }) },
  });
  process.exitCode = status ?? 1;
}
