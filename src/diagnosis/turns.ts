/** When calls that had worked work no longer, or work again, and what that came with. */
import type { AttemptSeen, Seen, SettingsChange } from "./observations.ts";

/** All of the CRM began anew; or one step of it alone, by its name. */
export interface Start extends Seen {
  readonly stage?: string;
}

/** Calls that had worked work no longer, or work again. */
export interface Turn {
  readonly to: "broken" | "well";
  /** The last call of before, and the first one that fared otherwise. */
  readonly last: AttemptSeen;
  readonly first: AttemptSeen;
  /** The last start of the CRM between the two; undefined where there was none. */
  readonly start: Start | undefined;
  /** The last change of the trunk's settings between the two; undefined where there was none. */
  readonly change: SettingsChange | undefined;
}
