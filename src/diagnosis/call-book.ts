/** Whose number a call is to, or from, and which carrier a trunk is of: what those ask who compare calls with one another. */
import type { Entry } from "../journal.ts";

export interface CallBook {
  read(entry: Entry): void;
  /** As the journal has it by now; the trunk's own name where it says nothing. */
  carrierOf(trunkId: string): string;
  /** The customer's number, by its alias. Undefined where the call's beginning is not on record, and of a check's call: nobody is behind that. */
  numberOf(callId: string): string | undefined;
}

/** So many are remembered at most: who has forgotten more learns nothing false. */
const rememberedAtMost = 200;

/** Sets `key`, and forgets what was first set where that is too much. */
export function remember<V>(memory: Map<string, V>, key: string, value: V): void {
  memory.set(key, value);
  if (memory.size > rememberedAtMost) for (const [oldest] of memory) return void memory.delete(oldest);
}

export function createCallBook(): CallBook {
  const carriers = new Map<string, string>();
  const numbers = new Map<string, string>();
  return {
    read(entry) {
      switch (entry.type) {
        case "session:started":
        case "trunks:changed":
          for (const { id, carrier } of entry.trunks) carriers.set(id, carrier);
          return;
        case "call:placed":
          if (entry.by === "check") return;
          return remember(numbers, entry.callId, entry.party.alias);
        case "call:offered":
        case "call:resumed":
          return remember(numbers, entry.callId, entry.party.alias);
        default:
      }
    },
    carrierOf: (trunkId) => carriers.get(trunkId) ?? trunkId,
    numberOf: (callId) => numbers.get(callId),
  };
}
