/** The `Date` header (RFC 3261 §20.17), pure and without the host's clock. */

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const datePattern = /^\s*[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) ([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60) GMT\s*$/;

/** Days from 1970-01-01 to a day of the Gregorian calendar; years begin in March, so that a leap day comes last. */
function daysSince1970(year: number, month: number, day: number): number {
  const marchYear = month < 3 ? year - 1 : year;
  const marchMonth = (month + 9) % 12;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + Math.floor((marchMonth * 153 + 2) / 5) + day - 1 - 719_468;
}

/** @returns ms since 1970-01-01 UTC, or undefined when `value` is no SIP date (GMT only). */
export function parseSipDate(value: string): number | undefined {
  const [, day, month, year, hours, minutes, seconds] = datePattern.exec(value) ?? [];
  const monthNumber = months.indexOf(month ?? "") + 1;
  if (monthNumber === 0 || Number(day) < 1 || Number(day) > 31) return undefined;
  const days = daysSince1970(Number(year), monthNumber, Number(day));
  return (((days * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
}
