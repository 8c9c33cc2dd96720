/**
 * MD5 (RFC 1321): nearly every edge asks for it still, so it is there with the first request. SIP.js has one made for long streams, at
 * four times the size.
 */
type Mix = (b: number, c: number, d: number) => number;

/** §3.4, a round each: how three words are mixed, which word of the block is next, and how far the sum is turned. */
const rounds: readonly { readonly mix: Mix; readonly word: readonly [number, number]; readonly turns: readonly number[] }[] = [
  { mix: (b, c, d) => (b & c) | (~b & d), word: [1, 0], turns: [7, 12, 17, 22] },
  { mix: (b, c, d) => (b & d) | (c & ~d), word: [5, 1], turns: [5, 9, 14, 20] },
  { mix: (b, c, d) => b ^ c ^ d, word: [3, 5], turns: [4, 11, 16, 23] },
  { mix: (b, c, d) => c ^ (b | ~d), word: [7, 0], turns: [6, 10, 15, 21] },
];

/** As lower-case hexadecimal; of the text as UTF-8. */
export function md5(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const end = (((bytes.length + 8) >> 6) + 1) << 6;
  const padded = new Uint8Array(end);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const message = new DataView(padded.buffer);
  message.setUint32(end - 8, bytes.length << 3, true);
  message.setUint32(end - 4, bytes.length >>> 29, true);
  let state: readonly [number, number, number, number] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let block = 0; block < end; block += 64) {
    let [a, b, c, d] = state;
    rounds.forEach(({ mix, word: [times, plus], turns }, round) => {
      for (let step = 0; step < 16; step++) {
        const sine = Math.floor(Math.abs(Math.sin(round * 16 + step + 1)) * 2 ** 32);
        const sum = (a + mix(b, c, d) + sine + message.getUint32(block + ((times * step + plus) % 16) * 4, true)) | 0;
        const by = turns[step % 4] as number;
        [a, b, c, d] = [d, (b + ((sum << by) | (sum >>> (32 - by)))) | 0, b, c];
      }
    });
    const [wasA, wasB, wasC, wasD] = state;
    state = [(wasA + a) | 0, (wasB + b) | 0, (wasC + c) | 0, (wasD + d) | 0];
  }
  const digest = new DataView(new ArrayBuffer(16));
  state.forEach((word, place) => digest.setUint32(place * 4, word, true));
  return Array.from(new Uint8Array(digest.buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
