/** A registrar that fails after the CRM was started again and again: it may hold too many of our contacts. */
import { describe, expect, test } from "vitest";
import { evidenceOf } from "../../src/diagnosis/evidence.ts";
import { observe } from "../../src/diagnosis/observe.ts";
import { diagnose } from "../../src/diagnosis/verdict.ts";
import type { AnswerFact } from "../../src/journal.ts";
import { wellBegun, type Story } from "./story.ts";

const codes = ({ entries }: Story) => evidenceOf(observe(entries)).map(({ code }) => code);
const said = (answer: Partial<AnswerFact> = {}): AnswerFact => ({ code: 503, said: "peer", ...answer });
const refuses = (told: Story, answer?: AnswerFact) =>
  told
    .write("registration:changed", { trunkId: "A", from: "registering", to: "refused", answer: answer ?? said() })
    .proves("B")
    .after(20_000);
const startsAnew = (told: Story, run: number) => told.boots(run, "passes", "passes").connects("B");
/** The second start of the session, `ms` after which there is a third. */
const startsTwice = (ms = 90_000) => startsAnew(wellBegun("A", "B"), 2).connects("A").after(ms);

describe("after the third start within minutes the registrar fails from its first answer on", () => {
  test("it may be full of our own contacts: the carrier is not blamed for certain", () => {
    const told = refuses(refuses(startsAnew(startsTwice(), 3)));
    expect(codes(told)).toContain("registrar-failed-after-starts");
    expect(codes(told)).not.toContain("registrar-failed");
    const { leader, conclusion, probabilities } = diagnose(told.entries);
    expect([leader, conclusion]).toEqual(["crm-init", "inconclusive"]);
    expect(probabilities["carrier-signalling"]).toBeGreaterThan(0.2);
  });

  test.each([
    ["and says when to come again: it is busy", () => refuses(startsAnew(startsTwice(), 3), said({ retryAfterS: 30 }))],
    ["with the starts an hour apart: the contacts of the first had run out", () => refuses(startsAnew(startsTwice(3_600_000), 3))],
    ["as it had before the last start: no start has filled it", () => refuses(startsAnew(refuses(startsTwice()), 3))],
    ["longer than any contact lasts", () => startsAnew(startsTwice(), 3).repeats(40, (so) => refuses(so))],
    ["minutes after that start, when it was asked again", () => refuses(startsAnew(startsTwice(), 3).connects("A").after(200_000))],
  ] as const)("%s", (_, tell) => {
    const told = tell();
    expect(codes(told)).not.toContain("registrar-failed-after-starts");
    expect(diagnose(told.entries).leader).toBe("carrier-signalling");
  });
});
