/** One page of several that share health. */
import { tabs } from "../../../adapters/tabs/index.ts";
import { systemClock } from "../../../src/clock.ts";
import type { HealthNote, HealthSnapshot } from "../../../src/ports/shared-health.ts";

const shared = tabs();
const heard: HealthNote[] = [];
let isHere: boolean | undefined;
let isInUse = false;
shared.join({ heard: (note) => heard.push(note) }, systemClock);
const seat = shared.attend(
  {
    account: "sip:agent7@a.example",
    get isInUse() {
      return isInUse;
    },
    isReady: true,
    isHeard: false,
    agent: { available: true },
    moved: (is) => (isHere = is),
    refresh() {},
    learn() {},
    turned() {},
  },
  systemClock,
  () => 0,
);

export const tell = (note: HealthNote): void => shared.tell(note);
export const heardNotes = (): readonly HealthNote[] => heard;
export const isTelephone = (): boolean | undefined => isHere;
/** A call begins here, or is over. */
export function use(is: boolean): void {
  isInUse = is;
  seat.changed();
}
/** Takes all the time that the page has, as a page that hangs does: it hears nothing meanwhile. */
export function hang(forMs: number): void {
  const untilMs = systemClock.nowMs() + forMs;
  while (systemClock.nowMs() < untilMs);
}
export const save = (snapshot: HealthSnapshot): void => shared.save(snapshot);
export const restore = (): HealthSnapshot | undefined => shared.restore();
