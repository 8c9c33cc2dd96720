/** A report's signature: by whom it was made, and that nobody has changed it since. */
import type { Entry } from "../journal.ts";
import type { ReportDocument, ReportSignature } from "../report/document.ts";
import { jsonSliced } from "../report/json.ts";
import { allAtOnce, type Sliced } from "../slices.ts";
import { canonicalJson, namesInOrder } from "./canonical.ts";
import { journalDigest } from "./chain.ts";

const utf8 = new TextEncoder();

/** How each kind of key signs; the names are those of JOSE (RFC 7518 §3.1, RFC 8037 §3.1). */
const algorithms = {
  ECDSA: { name: "ES256", params: { name: "ECDSA", hash: "SHA-256" } },
  Ed25519: { name: "EdDSA", params: { name: "Ed25519" } },
} as const satisfies Record<string, { readonly name: ReportSignature["algorithm"]; readonly params: object }>;

/**
 * The report with the digest of the journal that it was made of, so that the two can be held against each other.
 * @param entries those that the report was made of, oldest first.
 */
export async function withJournalDigest(report: ReportDocument, entries: readonly Entry[]): Promise<ReportDocument> {
  return { ...report, journalDigest: await journalDigest(entries) };
}

/**
 * Signs a report. What is signed is its canonical JSON (RFC 8785) without the signature.
 * @param key a private key for ECDSA on P-256, or for Ed25519.
 * @param keyId goes with the signature, for whoever has many keys to look it up.
 * @throws TypeError where the key is another.
 */
export async function signReport(report: ReportDocument, key: CryptoKey, keyId?: string): Promise<ReportDocument> {
  return { ...report, signature: await signatureOf(allAtOnce(signedText(report)), key, keyId) };
}

/**
 * @param text of `signedText`.
 * @throws TypeError as `signReport` does.
 */
export async function signatureOf(text: string, key: CryptoKey, keyId?: string): Promise<ReportSignature> {
  const { name, params } = algorithmOf(key);
  const value = base64Of(new Uint8Array(await crypto.subtle.sign(params, key, utf8.encode(text))));
  return { algorithm: name, value, ...(keyId !== undefined && { keyId }) };
}

/** As whoever reads its JSON will have it. */
export function signedText({ signature: _, ...report }: ReportDocument): Sliced<string> {
  return jsonSliced(report, canonicalJson, namesInOrder(report));
}

/**
 * Is the report as it was when the owner of `key` signed it? A signature knows no places: it says whether, not where.
 * @param key the public key.
 * @throws TypeError where the key is for neither ECDSA on P-256 nor Ed25519.
 */
export async function verifyReport(report: ReportDocument, key: CryptoKey): Promise<boolean> {
  const { name, params } = algorithmOf(key);
  const { algorithm, value } = report.signature ?? {};
  const signature = typeof value === "string" ? bytesOf(value) : undefined;
  if (algorithm !== name || signature === undefined) return false;
  return crypto.subtle.verify(params, key, signature, utf8.encode(allAtOnce(signedText(report))));
}

function algorithmOf({ algorithm }: CryptoKey): (typeof algorithms)[keyof typeof algorithms] {
  const { name, namedCurve } = algorithm as KeyAlgorithm & Partial<EcKeyAlgorithm>;
  if (name === "Ed25519") return algorithms.Ed25519;
  if (name === "ECDSA" && namedCurve === "P-256") return algorithms.ECDSA;
  throw new TypeError(`a key for ECDSA on P-256 or for Ed25519 is needed, not for ${[name, namedCurve].filter(Boolean).join(" on ")}`);
}

const base64Of = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
