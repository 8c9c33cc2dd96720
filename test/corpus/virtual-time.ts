/** Hours in seconds: every timer of the process, and the date, on a clock that moves only when told to. */
import { install } from "@sinonjs/fake-timers";
import { seededRandom } from "../../adapters/mock-trunk/index.ts";

export interface VirtualTime {
  /** Lets `ms` pass: fires what falls due, in order, each with all that follows from it. */
  pass(ms: number): Promise<void>;
  /** The device sleeps: the date moves on, nothing else does. */
  sleep(ms: number): void;
  /** The host's own time again. */
  end(): void;
}

const settled = setImmediate;

/**
 * @param startMs the date, as ms since 1970.
 * @param seed of `Math.random`, which SIP.js draws its tags and Call-IDs from, and of `crypto`, which the edges draw theirs from.
 */
export function beginVirtualTime(startMs: number, seed: number): VirtualTime {
  const clock = install({
    now: startMs,
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"],
  });
  const { random } = Math;
  Math.random = seededRandom(seed);
  // A chance of its own: what the edges draw changes nothing that others draw.
  const ofCrypto = seededRandom(seed + 1);
  const getRandomValues = <T extends ArrayBufferView>(into: T): T => {
    const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
    bytes.forEach((_, index) => (bytes[index] = Math.floor(ofCrypto() * 256)));
    return into;
  };
  Object.defineProperty(crypto, "getRandomValues", { value: getRandomValues, configurable: true });
  /** All that follows at once: promises and what they wake, but no timer. */
  const follow = () => new Promise<void>((resolve) => void settled(resolve));
  return {
    async pass(ms) {
      let isOver = false;
      setTimeout(() => (isOver = true), ms);
      await follow();
      while (!isOver) {
        clock.next();
        await follow();
      }
    },
    sleep: (ms) => clock.setSystemTime(Date.now() + ms),
    end() {
      Math.random = random;
      Reflect.deleteProperty(crypto, "getRandomValues");
      clock.uninstall();
    },
  };
}
