import { describe, expect, test } from "vitest";
import { fateOf, restMsOf } from "../../src/outbox/fate.ts";

describe("what a status means for a report", () => {
  test.each([
    ["accepted", [200, 201, 202, 204, 299]],
    ["given-up", [400, 403, 404, 410, 413, 415, 422, 431]],
    ["again", [0, 100, 301, 302, 307, 308, 401, 407, 408, 409, 425, 429, 500, 501, 502, 503, 504, 599, 999]],
  ])("%s", (fate, statuses) => expect(statuses.map((status) => fateOf({ status }))).toEqual(statuses.map(() => fate)));
});

describe("how long an endpoint wants to be left alone", () => {
  const nowMs = Date.UTC(2026, 10, 26, 12);
  test.each([
    ["120", undefined, 120_000],
    [" 7 ", undefined, 7_000],
    ["0", undefined, 0],
    ["Thu, 26 Nov 2026 12:00:30 GMT", undefined, 30_000],
    // Its clock is an hour ahead of ours, or a day behind: only the difference counts.
    ["Thu, 26 Nov 2026 13:00:30 GMT", "Thu, 26 Nov 2026 13:00:00 GMT", 30_000],
    ["Wed, 25 Nov 2026 12:00:30 GMT", "Wed, 25 Nov 2026 12:00:00 GMT", 30_000],
    ["Thu, 26 Nov 2026 11:00:00 GMT", undefined, 0],
    ["Thu, 26 Nov 2026 12:00:30 GMT", "rubbish", 30_000],
    // A lie, or a mistake.
    ["99999999999999999999", undefined, 3_600_000],
    ["Fri, 01 Jan 2100 00:00:00 GMT", undefined, 3_600_000],
    ["-5", undefined, 0],
    ["soon", undefined, 0],
    ["1e3", undefined, 0],
    ["", undefined, 0],
    [undefined, undefined, 0],
  ])("%s (there it is %s): %d ms", (retryAfter, date, restMs) => {
    const answer = { status: 503, ...(retryAfter !== undefined && { retryAfter }), ...(date !== undefined && { date }) };
    expect(restMsOf(answer, nowMs, 3_600_000)).toBe(restMs);
  });
});
