/** The SIP proxy and the far phones of `npm run test:interop`: those that are there, or else Debian's packages. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { findProgram, installPackages } from "./debian.mjs";

const packages = ["kamailio", "kamailio-websocket-modules", "sip-tester"];
/** Phones that others wrote: the suite does without one that cannot be had. */
const phones = {
  baresip: { program: "baresip", package: "baresip-core", variable: "LINEKEEPER_NO_BARESIP" },
  linphone: { program: "linphone-daemon", package: "linphone-cli", variable: "LINEKEEPER_NO_LINPHONE" },
};
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

/**
 * The path of a phone, or why there is none.
 * @param {keyof typeof phones} name
 * @returns {{ readonly path: string } | { readonly whyNot: string }}
 */
export function findPhone(name) {
  const { program, variable } = phones[name];
  const path = findProgram(program);
  return path ? { path } : { whyNot: process.env[variable] ?? `no ${program} found; npm test installs it where it can` };
}

/**
 * Makes sure that there are real phones, each by itself.
 * @returns those that there are not, why, and the variable that tells the tests.
 */
export function ensurePhones() {
  return Object.entries(phones).flatMap(([tests, { program, package: ofDebian, variable }]) => {
    if (findProgram(program)) return [];
    const whyNot = installPackages([ofDebian]);
    if (!whyNot && findProgram(program)) return [];
    return [{ tests, variable, because: `no ${program} found, and ${whyNot ?? `${ofDebian} does not bring it`}` }];
  });
}

// `npm run test:interop`
if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const noInterop = ensureInterop();
  if (noInterop) console.log(`The interop tests will be skipped: ${noInterop}.`);
  const missing = noInterop ? [] : ensurePhones();
  for (const { tests, because } of missing) console.log(`The ${tests} tests will be skipped: ${because}.`);
  const { status } = spawnSync(process.execPath, ["node_modules/vitest/vitest.mjs", "run", "--project", "interop"], {
    stdio: "inherit",
    env: {
      ...process.env,
      ...(noInterop && { LINEKEEPER_NO_INTEROP: noInterop }),
      ...Object.fromEntries(missing.map(({ variable, because }) => [variable, because])),
    },
  });
  process.exitCode = status ?? 1;
}
