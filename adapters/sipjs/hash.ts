/** The hash functions that digest authentication may ask for (RFC 7616 §6.1), each as lower-case hexadecimal. */
import { md5 } from "./md5.ts";

export type Hash = (text: string) => string;

/**
 * Best first (RFC 8760 §2.4). SHA-2 is loaded when an edge first asks for it: few do. Not from WebCrypto, which lacks
 * SHA-512/256, is missing on a page that is not secure, and answers later: an INVITE would wait for it.
 */
const algorithms = new Map<string, () => Hash | Promise<Hash>>([
  ["sha-512-256", async () => (await import("./sha2.ts")).sha512256],
  ["sha-256", async () => (await import("./sha2.ts")).sha256],
  ["md5", () => md5],
]);
const byStrength = [...algorithms.keys()];

/** What `algorithm` of a challenge names: `-sess` binds the key to the first nonce (RFC 7616 §3.4.2). */
export function algorithmOf(name = "MD5"): { readonly hash: string; readonly isSession: boolean } {
  const [, hash = "", session] = /^(.*?)(-sess)?$/.exec(name.toLowerCase()) ?? [];
  return { hash, isSession: session !== undefined };
}

/** 0 for the strongest hash that we know; Infinity for what nobody here can compute. */
export function rankOf(algorithm: string | undefined): number {
  const rank = byStrength.indexOf(algorithmOf(algorithm).hash);
  return rank < 0 ? Infinity : rank;
}

/** @throws what the host throws when the code cannot be loaded. */
export async function hashFor(algorithm: string | undefined): Promise<Hash | undefined> {
  return algorithms.get(algorithmOf(algorithm).hash)?.();
}
