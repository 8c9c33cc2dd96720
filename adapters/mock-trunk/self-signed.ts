/** A certificate of the trunk's own, made when it is wanted (RFC 5280 §4.1, X.690 DER): nothing to keep, nothing that expires in a repository. */
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

/** What a TLS server is given. */
export interface Certificate {
  /** The private key, PEM. */
  readonly key: string;
  /** The certificate, PEM. */
  readonly cert: string;
}

const der = (tag: number, ...contents: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(contents);
  const { length } = content;
  const long = length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...(length < 128 ? [length] : long)]), content]);
};

const sequence = (...items: readonly Uint8Array[]) => der(0x30, ...items);
const identifier = (hex: string) => der(0x06, Buffer.from(hex, "hex"));
const bits = (content: Uint8Array) => der(0x03, Buffer.from([0]), content);
const utcTime = (atMs: number) => der(0x17, Buffer.from(`${new Date(atMs).toISOString().slice(2, 19).replace(/[-:T]/g, "")}Z`));

const ecdsaWithSha256 = sequence(identifier("2a8648ce3d040302"));
const commonName = "550403";
const subjectAltName = "551d11";
const dayMs = 86_400_000;

/** For `host`, and for nothing else than a test: a day on either side of `nowMs`. */
export function selfSigned(host: string, nowMs: number): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = sequence(der(0x31, sequence(identifier(commonName), der(0x0c, Buffer.from("Mock trunk")))));
  const ip = host.split(".").map(Number);
  const isIp = /^\d+(\.\d+){3}$/.test(host);
  const names = [isIp ? der(0x87, Buffer.from(ip)) : der(0x82, Buffer.from(host)), der(0x82, Buffer.from("localhost"))];
  const extension = sequence(identifier(subjectAltName), der(0x04, sequence(...names)));
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    // Positive, and another one each time (§4.1.2.2).
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    name,
    sequence(utcTime(nowMs - dayMs), utcTime(nowMs + dayMs)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(extension)),
  );
  const certificate = sequence(body, ecdsaWithSha256, bits(sign("sha256", body, privateKey)));
  const lines = certificate.toString("base64").replace(/(.{64})/g, "$1\n");
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.trimEnd()}\n-----END CERTIFICATE-----\n`,
  };
}
