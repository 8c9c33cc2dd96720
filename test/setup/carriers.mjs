/** The carriers of `npm run test:media`, their media relays and the far phone: those that are there, or else Debian's packages. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureChromium, findChromium } from "./chromium.mjs";
import { findProgram, installPackages } from "./debian.mjs";
import { ensureFirefox } from "./firefox.mjs";

const packages = [
  "kamailio",
  "kamailio-websocket-modules",
  "kamailio-extra-modules",
  "rtpengine-daemon",
  "baresip-core",
  "iptables",
  "iproute2",
];
const services = { kamailio: ["kamailio.service"], rtpengine: ["rtpengine-daemon.service", "rtpengine.service"] };
const config = join(import.meta.dirname, "../interop/kamailio.cfg");

/** Paths of Kamailio, rtpengine, baresip and Chromium; undefined where one is missing, be it only a module of Kamailio's that we need. */
export function findCarriers() {
  const [kamailio, rtpengine, baresip, ip, iptables] = ["kamailio", "rtpengine", "baresip", "ip", "iptables"].map((name) =>
    findProgram(name),
  );
  const chromium = findChromium();
  if (!kamailio || !rtpengine || !baresip || !ip || !iptables || !chromium) return undefined;
  const checked = spawnSync(kamailio, ["-A", 'RELAY="udp:127.0.0.1:9"', "-c", "-f", config], { stdio: "ignore" });
  return checked.status === 0 ? { kamailio, rtpengine, baresip, chromium } : undefined;
}

/** Why there can be no network namespaces here; undefined where there can. */
function whyNoNamespaces() {
  if (process.platform !== "linux") return "network namespaces are Linux's";
  if (process.getuid?.() !== 0) return "network namespaces need root";
  const unshare = findProgram("unshare");
  if (!unshare || !findProgram("nsenter")) return "there is no unshare, or no nsenter (util-linux)";
  const made = spawnSync(unshare, ["--net", "true"], { encoding: "utf8" });
  return made.status === 0 ? undefined : `network namespaces cannot be made here: ${made.stderr.trim()}`;
}

/**
 * Makes sure that there is all that two carriers with media need.
 * @returns undefined when there is, else what is missing and why.
 */
export function ensureCarriers() {
  const whyNot = whyNoNamespaces() ?? ensureChromium();
  if (whyNot) return whyNot;
  if (findCarriers()) return undefined;
  // What runs here already is somebody else's.
  const ours = Object.entries(services).flatMap(([program, units]) => (findProgram(program) ? [] : units));
  const whyNotInstalled = installPackages(packages, { services: ours });
  if (whyNotInstalled) return `no usable Kamailio, rtpengine or baresip found, and ${whyNotInstalled}`;
  return findCarriers() ? undefined : "apt-get installed Kamailio, rtpengine and baresip, but they cannot be used";
}

/** The same for the agent's Firefox, and a sound card that needs no hardware: without one it plays nothing. */
function ensureFirefoxAgent() {
  const whyNot = ensureFirefox();
  if (whyNot || findProgram("pulseaudio")) return whyNot;
  const whyNotInstalled = installPackages(["pulseaudio"]);
  return whyNotInstalled && `no pulseaudio found, and ${whyNotInstalled}`;
}

// `npm run test:media`, or `npm run test:media -- --firefox`; what else is given goes to Vitest.
if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const isFirefox = process.argv.includes("--firefox");
  const noCarriers = ensureCarriers() ?? (isFirefox ? ensureFirefoxAgent() : undefined);
  if (noCarriers) console.log(`The carriers tests will be skipped: ${noCarriers}.`);
  const given = process.argv.slice(2).filter((argument) => argument !== "--firefox");
  const { status } = spawnSync(process.execPath, ["node_modules/vitest/vitest.mjs", "run", "--project", "carriers", ...given], {
    stdio: "inherit",
    env: {
      ...process.env,
      ...(noCarriers && { LINEKEEPER_NO_CARRIERS: noCarriers }),
      ...(isFirefox && { LINEKEEPER_CARRIERS_BROWSER: "firefox" }),
    },
  });
  process.exitCode = status ?? 1;
}
