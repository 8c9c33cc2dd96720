import type { Random } from "../../src/clock.ts";

/** Uniform in [0, 1), the same for the same seed (mulberry32), so that a test or a demonstration can be run again as it was. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Texts that no other trunk gives out, not even one of the same name and seed, nor this one before it was started again:
 * what is told apart by its tag, Call-ID or nonce would be taken for the other's otherwise. So not even the seed makes them.
 */
export function tokens(): () => string {
  const [salt = 0] = crypto.getRandomValues(new Uint32Array(1));
  const random = seededRandom(salt);
  // Each as long as any other: what is on record of a message's size is the same another time.
  const trunk = salt.toString(36).padStart(7, "0");
  let count = 0;
  return () =>
    `${(++count).toString(36)}x${trunk}${Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, "0")}`;
}
