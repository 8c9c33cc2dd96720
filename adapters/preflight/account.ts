/** What the CRM brings: the token that the trunks are given, and its own endpoint. */
import type { Clock } from "../../src/clock.ts";
import type { Control } from "../../src/index.ts";
import { Finding, type Check } from "./check.ts";

export const accountChecks = (tokenExpiresAtMs: number, clock: Clock): Check[] => [
  {
    name: "token",
    run() {
      if (clock.dateMs() >= tokenExpiresAtMs) throw new Finding("ExpiredError", "the token had run out before the line was started");
    },
  },
];

/** One that fails here is a sign of trouble, at which the line asks its controls itself: what they say then is the evidence. */
export const controlChecks = (controls: Readonly<Record<string, Control>>): Check[] =>
  Object.entries(controls).map(([control, ask]) => ({ name: "control", control, run: (signal) => ask({ signal }).then(() => undefined) }));
