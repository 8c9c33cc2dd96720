/** Tones: what each side says, so that it can be told at the other end. */

/** What the agent's microphone hears, and what the customer says. Neither is a harmonic of the other. */
export const tonesHz = { agent: 400, customer: 630 } as const;

/** Half of full scale: loud, and far from clipping. */
const amplitude = 16_384;

/** A WAV file of one channel. It can be played in a circle: whole seconds are whole periods of any whole frequency. */
export function wavOf(hz: number, rate: number, seconds = 1): Buffer {
  const data = Buffer.alloc(rate * seconds * 2);
  for (let i = 0; i < rate * seconds; i++) data.writeInt16LE(Math.round(sampleOf(hz, i, rate)), 2 * i);
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + data.length, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  // PCM, one channel.
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(2 * rate, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36);
  header.writeUInt32LE(data.length, 40);
  return Buffer.concat([header, data]);
}

export const sampleOf = (hz: number, index: number, rate: number): number => amplitude * Math.sin((2 * Math.PI * hz * index) / rate);

/** Quieter than this, of full scale, is silence. */
const quietest = 0.01;

/** The strongest frequency in `samples` (16 bit), from 100 to 2000 Hz in steps of 10 (Goertzel); 0 for silence. */
export function strongestHz(samples: Int16Array, rate: number): number {
  let strongest = { hz: 0, power: (samples.length * 32_768 * quietest) ** 2 / 4 };
  for (let hz = 100; hz <= 2_000; hz += 10) {
    const turn = 2 * Math.cos((2 * Math.PI * hz) / rate);
    let [one, two] = [0, 0];
    for (const sample of samples) [one, two] = [sample + turn * one - two, one];
    const power = one * one + two * two - turn * one * two;
    if (power > strongest.power) strongest = { hz, power };
  }
  return strongest.hz;
}

// ── ITU-T G.711 µ-law ─────────────────────────────────────────────────────────────────────────────

const bias = 132;

export function muLawOf(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(Math.round(sample)), 32_635) + bias;
  const exponent = Math.max(0, Math.floor(Math.log2(magnitude)) - 7);
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
}

export function linearOf(muLaw: number): number {
  const byte = ~muLaw & 0xff;
  const exponent = (byte >> 4) & 7;
  const magnitude = ((((byte & 0x0f) << 3) + bias) << exponent) - bias;
  return byte & 0x80 ? -magnitude : magnitude;
}
