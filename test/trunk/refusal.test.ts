import { expect, test } from "vitest";
import type { SipAnswer } from "../../src/ports/sip-answer.ts";
import { refusalBy } from "../../src/trunk/refusal.ts";

const all = Array.from({ length: 600 }, (_, index) => index + 100);
const kindOf = (answer: Partial<SipAnswer> & Pick<SipAnswer, "code">) => refusalBy({ said: "peer", ...answer });

test.each([
  ["nothing of us yet", {}],
  ["our credentials", { toCredentials: true }],
])("of what a registrar answers that has seen %s only what the server cannot do just now passes by itself", (_, seen) => {
  const passing = [408, 429, 480, 486, 491];
  const lasting = [501, 505, 513, 555];
  for (const code of all) {
    const isPassing = passing.includes(code) || (code >= 500 && code < 600 && !lasting.includes(code));
    expect([code, kindOf({ code, ...seen }) === "passing"]).toEqual([code, isPassing]);
  }
});

test("a refusal of 3xx, 4xx or 6xx that does not pass is of the request, and of the account where the credentials were seen", () => {
  for (const code of [
    300, 301, 302, 305, 380, 400, 402, 403, 404, 405, 406, 410, 416, 420, 421, 423, 439, 481, 482, 483, 488, 494, 600, 603, 604, 606,
  ])
    expect([code, kindOf({ code })]).toEqual([code, "request"]);
  for (const code of [401, 403, 404, 407]) expect(kindOf({ code, toCredentials: true })).toBe("account");
  expect(kindOf({ code: 401, unanswerable: true })).toBe("account");
});

test("nobody's refusal: silence passes, a 200 without a binding and a challenge that our source left unanswered are none", () => {
  expect(kindOf({ code: 408, said: "inferred" })).toBe("passing");
  expect(kindOf({ code: 403, said: "inferred" })).toBe("passing");
  for (const code of [200, 401, 407]) expect(kindOf({ code })).toBe("unmet");
});
