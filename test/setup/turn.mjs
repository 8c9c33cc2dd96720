/** The TURN server of the browser tests: one that is there, or else Debian's coturn. */
import { findProgram, installPackages } from "./debian.mjs";

/** Path of coturn; undefined where there is none. */
export const findTurn = () => findProgram("turnserver");

/**
 * Makes sure that there is a coturn.
 * @returns undefined when there is one, else why there is none.
 */
export function ensureTurn() {
  if (findTurn()) return undefined;
  const whyNot = installPackages(["coturn"], { services: ["coturn.service"] });
  if (whyNot) return `no coturn found, and ${whyNot}`;
  return findTurn() ? undefined : "apt-get installed coturn, but it cannot be found";
}
