/** A public key from a file: JWK, as WebCrypto exports it, or PEM, as OpenSSL does. */
import { InputError, readFileText } from "./input.ts";
import type { Io } from "./io.ts";

const kinds = [{ name: "Ed25519" }, { name: "ECDSA", namedCurve: "P-256" }] as const;

/** @throws InputError. */
export async function readPublicKey(io: Io, path: string): Promise<CryptoKey> {
  const text = await readFileText(io, path);
  for (const kind of kinds) {
    try {
      return await (text.trimStart().startsWith("{")
        ? crypto.subtle.importKey("jwk", publicPartOf(text), kind, true, ["verify"])
        : crypto.subtle.importKey("spki", derOf(text), kind, true, ["verify"]));
    } catch {
      // Of another kind, or of none.
    }
  }
  throw new InputError(`${path}: it is no public key for ECDSA on P-256 or for Ed25519, as JWK or PEM`);
}

/** Whoever hands over both parts by mistake is not refused for it. */
function publicPartOf(text: string): JsonWebKey {
  const { d: _, key_ops: __, ...rest } = JSON.parse(text) as JsonWebKey;
  return rest;
}

const derOf = (pem: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(pem.replace(/-----[^-]+-----/g, "")), (character) => character.charCodeAt(0));
