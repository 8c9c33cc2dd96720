import { expect, test } from "vitest";
import { createJournal } from "../../src/book.ts";
import { createLastError } from "../../src/trunk/last-error.ts";
import { systemClock } from "../../src/clock.ts";

test.each([
  ["the challenge that it left us nothing to answer with", { code: 401 }, { what: "credentials", name: "RangeError" }],
  [
    "a no to credentials, as of a source that failed for a call before",
    { code: 401, toCredentials: true },
    { what: "registration", code: 401 },
  ],
  ["a no of another kind", { code: 403 }, { what: "registration", code: 403 }],
])("after a source of credentials that failed: %s", (_, answer, told) => {
  const lastError = createLastError("A", createJournal(systemClock, 10));
  lastError.sourceFailed("credentials", new RangeError("token=abc123"));
  lastError.refused(answer);
  expect(lastError.current).toMatchObject(told);
});
