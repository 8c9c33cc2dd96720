/**
 * How a call sounds, by the E-model (ITU-T G.107, 06/2015), with its default values for all that a browser cannot
 * measure: R = 93.2 − Idd − Ie,eff.
 *
 * Deviation: no echo terms (Idte, Idle), because the browser cancels echo; no advantage factor, because agents sit
 * at desks.
 */

/** What a codec and the loss of its packets cost (ITU-T G.113 appendix I). */
export interface Codec {
  /** Equipment impairment factor without loss, Ie. */
  readonly ie: number;
  /** Packet-loss robustness factor, Bpl, in percent. */
  readonly bpl: number;
}

/** G.711 with packet-loss concealment, which every browser does (G.113 table I.3). */
export const g711: Codec = { ie: 0, bpl: 25.1 };

/**
 * Deviation: G.113 knows no Opus. On a trunk it becomes G.711 at the carrier's gateway, so it is given G.711's Ie; and
 * somewhat less robustness, as other WebRTC monitors do (20 with forward error correction, which browsers use).
 */
export const opus: Codec = { ie: 0, bpl: 20 };

/** By the MIME type that `getStats()` tells; what is not known is taken for G.711. */
export const codecOf = (mimeType: string | undefined): Codec => (/^audio\/opus$/i.test(mimeType ?? "") ? opus : g711);

/** One direction of a conversation. */
export interface AudioPath {
  /** From mouth to ear, ms (Ta). */
  readonly delayMs: number;
  /** Packets that did not come, or came too late to be played, in percent (Ppl). */
  readonly lossPercent: number;
  readonly codec: Codec;
}

/** The rating with every parameter at its default and no delay (G.107 §8). */
const defaultRating = 93.2;

/** Up to this nobody notices a delay, ms (mT). */
const unnoticedMs = 100;

/** Idd: what too long a delay costs (G.107 equations 7-27 and 7-28, sT = 1). */
export function delayImpairment(delayMs: number): number {
  if (delayMs <= unnoticedMs) return 0;
  const x = Math.log2(delayMs / unnoticedMs);
  return 25 * ((1 + x ** 6) ** (1 / 6) - 3 * (1 + (x / 3) ** 6) ** (1 / 6) + 2);
}

/** Ie,eff: what codec and random loss cost (G.107 equation 7-29, BurstR = 1). */
export const lossImpairment = (lossPercent: number, { ie, bpl }: Codec): number => ie + ((95 - ie) * lossPercent) / (lossPercent + bpl);

/** The transmission rating factor R, 0–93.2. */
export const ratingOf = ({ delayMs, lossPercent, codec }: AudioPath): number =>
  Math.max(0, defaultRating - delayImpairment(delayMs) - lossImpairment(lossPercent, codec));

/** The mean opinion score that users would give a conversation rated `r`, 1–4.5 (G.107 annex B, equation B-4). */
export function mosOf(r: number): number {
  if (r >= 100) return 4.5;
  // Below R = 6.5 the polynomial dips under the worst score that there is.
  return r <= 0 ? 1 : Math.max(1, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6);
}
