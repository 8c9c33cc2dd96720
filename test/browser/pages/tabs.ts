/** One page of several that share health. */
import { tabs } from "../../../adapters/tabs/index.ts";
import { systemClock } from "../../../src/clock.ts";
import type { HealthNote, HealthSnapshot } from "../../../src/ports/shared-health.ts";

const shared = tabs();
const heard: HealthNote[] = [];
let prober = false;
shared.join({ heard: (note) => heard.push(note), elected: (is) => (prober = is) }, systemClock);

export const tell = (note: HealthNote): void => shared.tell(note);
export const heardNotes = (): readonly HealthNote[] => heard;
export const isProber = (): boolean => prober;
export const save = (snapshot: HealthSnapshot): void => shared.save(snapshot);
export const restore = (): HealthSnapshot | undefined => shared.restore();
