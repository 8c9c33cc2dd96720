/** Figures, durations and dates as a language writes them, by `Intl`; the symbols of units are the same in all (SI). */
import type { Catalogue } from "../language.ts";

/** A figure and its unit stay on one line. */
export const unit = (value: number | string, name: string) => `${value}\u00a0${name}`;

export interface Figures extends Pick<Catalogue, "number" | "duration" | "percent"> {
  /** `1.0`: with one decimal, always. */
  decimal(value: number): string;
  /** A day and a minute, UTC. @param time ISO 8601; left as it is where it is none. */
  moment(time: string): string;
  /** The day and the minutes of a span, UTC, where it is of one day. */
  ofOneDay(from: string, to: string): { readonly day: string; readonly minutes: readonly [from: string, to: string] } | undefined;
}

/** @param tag BCP 47. */
export function figuresOf(tag: string): Figures {
  const [whole, shortest, oneDecimal] = [
    { maximumFractionDigits: 0 },
    { maximumFractionDigits: 1 },
    { minimumFractionDigits: 1, maximumFractionDigits: 1 },
  ].map((options) => new Intl.NumberFormat(tag, options).format) as [Written, Written, Written];
  const inUtc = { timeZone: "UTC", hourCycle: "h23" } as const;
  const date = new Intl.DateTimeFormat(tag, { dateStyle: "long", timeStyle: "short", ...inUtc });
  const dayOf = new Intl.DateTimeFormat(tag, { dateStyle: "long", ...inUtc });
  const minuteOf = new Intl.DateTimeFormat(tag, { timeStyle: "short", ...inUtc });
  const percent = (share: number | undefined) => {
    if (share === undefined) return "–";
    if (share > 0 && share < 0.005) return unit("<\u00a01", "%");
    return share > 0.995 && share < 1 ? unit(">\u00a099", "%") : unit(whole(share * 100), "%");
  };
  return {
    number: shortest,
    decimal: oneDecimal,
    percent,
    duration,
    moment: (time) => (Number.isNaN(Date.parse(time)) ? time : `${date.format(Date.parse(time))}\u00a0UTC`),
    ofOneDay(from, to) {
      const times = [Date.parse(from), Date.parse(to)] as const;
      if (times.some(Number.isNaN)) return undefined;
      const [day, lastDay] = times.map((ms) => dayOf.format(ms)) as [string, string];
      const minutes = times.map((ms) => minuteOf.format(ms)) as [string, string];
      return day === lastDay ? { day, minutes } : undefined;
    },
  };

  function duration(ms: number): string {
    if (!Number.isFinite(ms)) return "–";
    if (ms < 0) return `−${duration(-ms)}`;
    if (Math.round(ms) < 1_000) return unit(whole(ms), "ms");
    if (ms < 9_950) return unit(oneDecimal(ms / 1_000), "s");
    const s = Math.round(ms / 1_000);
    if (s < 60) return unit(s, "s");
    const [min, h] = [Math.floor(s / 60), Math.floor(s / 3_600)];
    if (h === 0) return s % 60 === 0 ? unit(min, "min") : `${unit(min, "min")} ${unit(s % 60, "s")}`;
    return min % 60 === 0 ? unit(whole(h), "h") : `${unit(whole(h), "h")} ${unit(min % 60, "min")}`;
  }
}

type Written = (value: number) => string;
