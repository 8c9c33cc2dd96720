/** The token that the trunks are given. */
import type { Clock } from "../../src/clock.ts";
import { Finding, type Check } from "./check.ts";

export const accountChecks = (tokenExpiresAtMs: number, clock: Clock): Check[] => [
  {
    name: "token",
    run() {
      if (clock.dateMs() >= tokenExpiresAtMs) throw new Finding("ExpiredError", "the token had run out before the line was started");
    },
  },
];
