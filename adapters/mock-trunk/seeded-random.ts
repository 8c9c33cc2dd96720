import type { Random } from "../../src/ports.ts";

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

/** Texts that differ from each other and, for another `name`, from that one's: for tags, branches and nonces. */
export function tokens(name: string): () => string {
  let hash = 0x811c9dc5;
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  const random = seededRandom(hash);
  let count = 0;
  return () => `${(++count).toString(36)}x${Math.floor(random() * 2 ** 32).toString(16)}`;
}
