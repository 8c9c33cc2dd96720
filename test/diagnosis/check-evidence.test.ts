/** What the CRM says of itself, what the SDK checks, and what another page says. */
import { describe, expect, test } from "vitest";
import { evidenceOf } from "../../src/diagnosis/evidence.ts";
import { observe } from "../../src/diagnosis/observe.ts";
import { diagnose } from "../../src/diagnosis/verdict.ts";
import { story, wellBegun, type Story } from "./story.ts";

const codes = ({ entries }: Story) => evidenceOf(observe(entries)).map(({ code }) => code);

function failsCheck(told: Story, check: string, name: string): Story {
  const of = { stage: `linekeeper/${check}`, run: 1, attempt: 1 };
  return told
    .write("stage:started", { ...of, critical: false })
    .write("stage:failed", { ...of, tookMs: 5, critical: false, fault: { kind: "threw", name }, final: true });
}

describe("a check of our own that failed", () => {
  test.each([
    ["microphone", "NotAllowedError", "microphone-not-to-be-had", "agent-device"],
    ["microphone", "AbortError", "microphone-not-to-be-had", "agent-device"],
    ["microphone", "SecurityError", "page-may-not-use-microphone", "crm-config"],
    ["secure-context", "SecurityError", "page-may-not-use-microphone", "crm-config"],
    ["microphone-policy", "SecurityError", "page-may-not-use-microphone", "crm-config"],
    ["microphone", "NotSupportedError", "webrtc-missing", "crm-config"],
    ["webrtc", "NotSupportedError", "webrtc-missing", "crm-config"],
    ["audio-output", "NotFoundError", "audio-output-not-to-be-had", "agent-device"],
    ["ice-servers", "TypeError", "ice-servers-not-to-be-had", "crm-config"],
    ["turn", "NetworkError", "ice-servers-unreachable", "local-network"],
    ["token", "ExpiredError", "token-too-old", "crm-init"],
  ])("%s (%s) is told as %s and points to %s", (check, error, code, domain) => {
    const told = failsCheck(wellBegun("A", "B"), check, error);
    expect(codes(told)).toContain(code);
    expect(diagnose(told.entries).leader).toBe(domain);
  });

  test("is not the CRM's start-up", () => {
    const told = failsCheck(wellBegun("A", "B"), "microphone", "NotFoundError");
    expect(codes(told)).not.toContain("critical-stage-failed");
    expect(diagnose(told.entries).probabilities["crm-init"]).toBeLessThan(0.1);
  });

  test.each(["socket A", "registration A", "something new"])("%s leaves it to the trunk's own entries", (check) => {
    expect(codes(failsCheck(wellBegun("A", "B"), check, "Error"))).toEqual(codes(wellBegun("A", "B")));
  });

  test("a clock that is wrong alone is no fault", () => {
    expect(diagnose(failsCheck(wellBegun("A", "B"), "clock", "RangeError").entries).conclusion).toBe("healthy");
  });
});

describe("what the CRM does at work", () => {
  test("an error that it reports leans to it, and no more", () => {
    const told = wellBegun("A", "B").write("crm:failed", { what: "call log", fault: { kind: "threw", name: "TypeError" } });
    expect(diagnose(told.entries)).toMatchObject({ conclusion: "inconclusive" });
    expect(diagnose(told.entries).probabilities["crm-init"]).toBeGreaterThan(diagnose(told.entries).probabilities["carrier-routing"]);
  });

  const refused = (by?: "click-to-dial") =>
    wellBegun("A", "B")
      .write("call:placed", { callId: "x", party: { route: "unknown", alias: "n", tail: "" }, ...(by && { by }) })
      .write("call:refused", { callId: "x", because: "bad-number" });

  test("a number that it handed over and nobody can dial is its setting", () => {
    expect(diagnose(refused("click-to-dial").entries).leader).toBe("crm-config");
  });

  test("a number that the agent mistyped is nobody's fault", () => {
    expect(diagnose(refused().entries).conclusion).toBe("healthy");
  });
});

describe("another page of this browser", () => {
  const heard = (told: Story, trunkId: string, from: "tab" | "last-page" = "tab") =>
    told.write("health:heard", { trunkId, route: "all", plane: "signalling", from, because: "silence" });
  const failing = () => wellBegun("A", "B").calls("local", ["A", "swallowed"], ["B", "answered"]);

  test("that meets the same trunk's fault clears this page's start-up", () => {
    expect(codes(heard(failing(), "A"))).toContain("other-page-met-it-too");
    expect(diagnose(heard(failing(), "A").entries).probabilities["crm-init"]).toBeLessThan(
      diagnose(failing().entries).probabilities["crm-init"],
    );
  });

  test.each([
    ["of another trunk", heard(failing(), "B")],
    ["long after", heard(failing().after(60_000), "A")],
    ["from this page's last life", heard(failing(), "A", "last-page")],
    ["of a trunk that was well here", heard(story("A").connects("A"), "A")],
  ])("a word %s says nothing", (_, told) => expect(codes(told)).not.toContain("other-page-met-it-too"));
});

describe("this page's last life", () => {
  const begins = (because = "open") =>
    story("A", "B")
      .write("health:heard", { trunkId: "A", route: "local", plane: "signalling", from: "last-page", because })
      .boots(1, "passes")
      .connects("A", "B")
      .after(5_000);

  test("that had set the route aside clears this start-up, when the route fails from the first call on", () => {
    const failing = (told: Story) => told.repeats(2, (more) => more.calls("local", ["A", "swallowed"], ["B", "answered"]).proves("A"));
    const fresh = story("A", "B").boots(1, "passes").connects("A", "B").after(5_000);
    expect(codes(failing(begins()))).toContain("last-page-met-it-too");
    expect(diagnose(failing(begins()).entries).probabilities["crm-init"]).toBeLessThan(
      diagnose(failing(fresh).entries).probabilities["crm-init"],
    );
  });

  test.each([
    ["the route works at first", begins().calls("local", ["A", "answered"]).calls("local", ["A", "swallowed"])],
    ["another route fails", begins().calls("mobile", ["A", "swallowed"])],
    ["another trunk fails", begins().calls("local", ["B", "swallowed"])],
  ])("says nothing where %s", (_, told) => expect(codes(told)).not.toContain("last-page-met-it-too"));
});
