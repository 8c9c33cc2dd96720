/** The trunks, as the line itself finds them. Their own entries in the journal tell why. */
import type { Linekeeper } from "../../src/index.ts";
import { Finding, type Check } from "./check.ts";

/** A clock that is off by more makes tokens and certificates look expired, ms. */
const skewMs = 60_000;

const forbidden = new Finding("SecurityError", "the page's Content-Security-Policy forbids the connection: add it to connect-src");

type Health = Linekeeper["trunks"][number];

export function trunkChecks(linekeeper: Linekeeper): Check[] {
  const healthOf = (trunkId: string) => linekeeper.trunks.find((trunk) => trunk.trunkId === trunkId);

  function until(trunkId: string, is: (health: Health) => boolean, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const health = healthOf(trunkId);
        if (health && is(health)) finish(resolve);
        // No waiting helps there.
        else if (health?.lastError?.name === "SecurityError") finish(() => reject(forbidden));
      };
      const finish = (settle: () => void) => {
        stop();
        signal.removeEventListener("abort", giveUp);
        settle();
      };
      const giveUp = () => finish(() => reject(signal.reason as Error));
      const stop = linekeeper.on("trunk:changed", look);
      signal.addEventListener("abort", giveUp);
      look();
    });
  }

  const isOpen = ({ flow }: Health) => flow === "open" || flow === "doubted";
  const isBound = ({ registration }: Health) => registration === "registered" || registration === "refreshing";
  const registrations = linekeeper.trunks.map(({ trunkId }) => `registration ${trunkId}`);
  return [
    ...linekeeper.trunks.flatMap(({ trunkId }): Check[] => [
      { name: `socket ${trunkId}`, run: (signal) => until(trunkId, isOpen, signal) },
      { name: `registration ${trunkId}`, needs: [`socket ${trunkId}`], run: (signal) => until(trunkId, isBound, signal) },
    ]),
    {
      // The registrars say what time it is (RFC 3261 §20.17).
      name: "clock",
      needs: registrations,
      run() {
        const off = linekeeper.journal.findLast((entry) => entry.type === "clock:skewed");
        if (off && Math.abs(off.byMs) > skewMs)
          throw new Finding("ClockSkewError", `the device's clock is off by ${Math.round(off.byMs / 1_000)} s`);
      },
    },
  ];
}
