/**
 * What opossum gets where it asks for Node's `events`: a browser has no such module, and our users shall
 * not have to configure a polyfill. Only the build (rollup.config.mjs) and the tests (vitest.config.ts)
 * put it there; nothing imports it.
 */
import EventEmitter3 from "eventemitter3";

type Listener = (...args: unknown[]) => void;

export default class OpossumEvents extends EventEmitter3 {
  /** opossum asks for `require("events")` in one file, `require("events").EventEmitter` in another. */
  static override readonly EventEmitter = OpossumEvents as never;

  /**
   * Node's `listenerCount(event, listener)` counts that listener alone; eventemitter3 would count them all,
   * and then only the first of several breakers would subscribe to a shared `rotateBucketController`.
   */
  override listenerCount(event: string | symbol, listener?: Listener): number {
    return listener === undefined ? super.listenerCount(event) : this.listeners(event).filter((each) => each === listener).length;
  }
}
