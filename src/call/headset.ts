/** Who is heard in the agent's headset, where that is one at a time. Pure. */
export interface Headset {
  /** Who is heard, then who was heard before, and comes next; and so on. */
  readonly order: readonly string[];
  /** The agent turns to this call. @returns who is to be held for it. */
  take(callId: string): readonly string[];
  /** It comes after all others: the page before had it on hold. */
  wait(callId: string): void;
  /** It is over. @returns who is heard in its place; undefined where it was not heard itself. */
  leave(callId: string): string | undefined;
  /** The agent has turned to another since: it must wait. */
  isOther(callId: string): boolean;
}

export function createHeadset(): Headset {
  /** The latest first. */
  let heard: readonly string[] = [];
  const without = (callId: string) => heard.filter((each) => each !== callId);

  return {
    get order() {
      return heard;
    },
    take(callId) {
      const others = without(callId);
      heard = [callId, ...others];
      return others;
    },
    wait: (callId) => void (heard = [...without(callId), callId]),
    leave(callId) {
      const wasHeard = heard[0] === callId;
      heard = without(callId);
      return wasHeard ? heard[0] : undefined;
    },
    isOther: (callId) => heard.length > 0 && heard[0] !== callId,
  };
}
