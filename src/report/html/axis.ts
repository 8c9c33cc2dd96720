/** The picture's time axis: UTC, in steps that people read without counting. */
import type { ReportDocument } from "../document.ts";
import type { Stretch } from "../spans.ts";
import { isoOf } from "../wall-clock.ts";

export interface Axis {
  /** A moment as per cent of the picture's width, cut off at its edges. */
  x(atMs: number): number;
  readonly ticks: readonly { readonly x: number; readonly label: string; readonly isMajor: boolean }[];
}

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const stepsMs = [
  ...[0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30].map((s) => s * secondMs),
  ...[1, 2, 5, 10, 15, 30].map((min) => min * minuteMs),
  ...[1, 2, 3, 6, 12, 24, 48, 168].map((h) => h * hourMs),
];
/** No more than this many steps: their labels must stand apart. */
const mostSteps = 9;

/** Hundredths of a per cent are finer than any screen. */
const round = (value: number) => Math.round(value * 100) / 100;

export function axisOf({ fromMs, toMs, from }: ReportDocument["window"]): Axis {
  const lengthMs = Math.max(1, toMs - fromMs);
  const x = (atMs: number) => round(Math.min(100, Math.max(0, ((atMs - fromMs) / lengthMs) * 100)));
  const parsed = Date.parse(from);
  const originMs = Number.isNaN(parsed) ? 0 : parsed;
  const stepMs = stepsMs.find((step) => lengthMs / step <= mostSteps) ?? Math.ceil(lengthMs / mostSteps);
  const first = Math.ceil(originMs / stepMs);
  const count = Math.floor((originMs + lengthMs) / stepMs) - first + 1;
  const ticks = Array.from({ length: Math.max(0, Math.min(mostSteps + 1, count)) }, (_, index) => {
    const dateMs = (first + index) * stepMs;
    return { x: x(fromMs + dateMs - originMs), label: labelOf(dateMs, stepMs), isMajor: index % 2 === 0 };
  });
  return { x, ticks };
}

function labelOf(dateMs: number, stepMs: number): string {
  const iso = isoOf(dateMs);
  if (stepMs >= 24 * hourMs) return iso.slice(5, 10);
  if (stepMs >= minuteMs) return iso.slice(11, 16);
  return stepMs >= secondMs ? iso.slice(11, 19) : iso.slice(14, 21);
}

/** Position and width of a stretch, in per cent. */
export function placeOf({ x }: Axis, { fromMs, toMs }: Stretch): { readonly x: number; readonly width: number } {
  const start = x(fromMs);
  return { x: start, width: round(Math.max(0, x(toMs) - start)) };
}
