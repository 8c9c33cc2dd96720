/** The Firefox of `npm run soak`: one that is there, or else Debian's package. */
import { findProgram, installPackages } from "./debian.mjs";

/** Path of a Firefox on this machine. */
export const findFirefox = () => findProgram("firefox-esr", "firefox");

/**
 * Makes sure that there is a Firefox.
 * @returns undefined when there is one, else why there is none.
 */
export function ensureFirefox() {
  if (findFirefox()) return undefined;
  const whyNot = installPackages(["firefox-esr"]);
  if (whyNot) return `no Firefox found, and ${whyNot}`;
  return findFirefox() ? undefined : "apt-get installed firefox-esr, but it cannot be found";
}
