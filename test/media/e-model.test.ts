import { describe, expect, it } from "vitest";
import { codecOf, delayImpairment, g711, lossImpairment, mosOf, opus, ratingOf } from "../../src/media/e-model.ts";

describe("the E-model", () => {
  it.each([
    [90, 4.34],
    [80, 4.03],
    [70, 3.6],
    [60, 3.1],
    [50, 2.58],
  ])("R = %d is a MOS of %d (G.107 table B.1)", (r, mos) => {
    expect(mosOf(r)).toBeCloseTo(mos, 1);
    expect(Math.abs(mosOf(r) - mos)).toBeLessThan(0.01);
  });

  it("gives 93.2 and 4.41 with everything at its default (G.107 §7)", () => {
    const r = ratingOf({ delayMs: 0, lossPercent: 0, codec: g711 });
    expect(r).toBe(93.2);
    expect(mosOf(r)).toBeCloseTo(4.41, 2);
  });

  it("stays between 1 and 4.5, whatever it is given", () => {
    for (let r = -50; r <= 150; r += 0.5) expect(mosOf(r)).toBeGreaterThanOrEqual(1);
    expect([mosOf(-5), mosOf(0), mosOf(100), mosOf(120)]).toEqual([1, 1, 4.5, 4.5]);
    expect(ratingOf({ delayMs: 5_000, lossPercent: 100, codec: opus })).toBe(0);
  });

  it("does not mind a delay up to 100 ms, then more and more; 400 ms are at the edge of what satisfies (R about 70, G.114 figure 1)", () => {
    const costs = [0, 50, 100, 150, 200, 300, 400, 800, 2_000].map(delayImpairment);
    expect(costs.slice(0, 3)).toEqual([0, 0, 0]);
    expect(costs.slice(2)).toEqual([...costs.slice(2)].sort((a, b) => a - b));
    expect(Math.abs(ratingOf({ delayMs: 400, lossPercent: 0, codec: g711 }) - 70)).toBeLessThan(2);
  });

  it.each([
    [0, 0],
    [2, 7],
    [3, 10],
    [5, 15],
  ])("a loss of %d percent costs G.711 with concealment about %d (G.113 appendix I)", (lossPercent, cost) => {
    expect(Math.abs(lossImpairment(lossPercent, g711) - cost)).toBeLessThan(1);
  });

  it("knows Opus by its MIME type, and takes all else for G.711", () => {
    expect([codecOf("audio/opus"), codecOf("audio/OPUS"), codecOf("audio/PCMA"), codecOf(undefined)]).toEqual([opus, opus, g711, g711]);
  });
});
