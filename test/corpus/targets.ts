/** What the scored half must reach. */
import type { Score } from "./score.ts";

interface Target {
  readonly name: string;
  readonly words: string;
  readonly show: (score: Score) => string;
  readonly isMet: (score: Score) => boolean;
}

export const targets: readonly Target[] = [
  {
    name: "top-1 accuracy",
    words: "≥ 98 %",
    show: ({ accuracy }) => `${(100 * accuracy).toFixed(1)} %`,
    isMet: ({ accuracy }) => accuracy >= 0.98,
  },
  {
    name: "expected calibration error",
    words: "≤ 0.04",
    show: ({ ece }) => ece.toFixed(3),
    isMet: ({ ece }) => ece <= 0.04,
  },
  {
    name: "carrier and CRM blamed for each other’s fault, above 80 %, at any moment",
    words: "0",
    show: ({ crossBlame }) => String(crossBlame.length),
    isMet: ({ crossBlame }) => crossBlame.length === 0,
  },
  {
    name: "right leader within 5 s of the second failed call",
    words: "≥ 95 %",
    show: ({ inTime }) => `${(100 * inTime).toFixed(1)} %`,
    isMet: ({ inTime }) => inTime >= 0.95,
  },
];
