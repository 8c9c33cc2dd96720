/** SHA-2, in a file of its own so that only an edge that asks for it has it loaded. */
import { sha256 as ofSha256, sha512_256 as ofSha512256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

export const sha256 = (text: string): string => bytesToHex(ofSha256(utf8ToBytes(text)));
/** SHA-512/256 (FIPS 180-4 §5.3.6.2): not SHA-512 cut short. */
export const sha512256 = (text: string): string => bytesToHex(ofSha512256(utf8ToBytes(text)));
