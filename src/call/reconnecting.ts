/** An answered call that is out of reach for a while: told once when it begins, and once when all of it is back. */
import type { Emitter } from "../emitter.ts";

/** Told of an answered call that is out of reach for a while, and of its return. */
export interface ReconnectingEvents {
  /**
   * The call stands, and is being brought back: `flow`: its connection to the carrier was lost, though the audio may go on. `audio`: the
   * parties do not hear each other. `reconnected` follows, or `ended`.
   */
  reconnecting: { readonly trunkId: string; readonly what: "flow" | "audio" };
  /** Flow and audio are both back, after `reconnecting`; on the trunk that carries the call. */
  reconnected: { readonly trunkId: string };
}

export interface Reconnecting {
  lost(what: "flow" | "audio"): void;
  back(what: "flow" | "audio"): void;
}

export function createReconnecting(trunkId: string, emit: Emitter<ReconnectingEvents>["emit"]): Reconnecting {
  const missing = new Set<"flow" | "audio">();
  return {
    lost(what) {
      if (missing.has(what)) return;
      missing.add(what);
      if (missing.size === 1) emit("reconnecting", { trunkId, what });
    },
    back(what) {
      if (missing.delete(what) && missing.size === 0) emit("reconnected", { trunkId });
    },
  };
}
