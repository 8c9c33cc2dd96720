/** What is not known yet, and what is late rather than silent. */
import { describe, expect, test } from "vitest";
import { evidenceOf } from "../../src/diagnosis/evidence.ts";
import type { Verdict } from "../../src/diagnosis/model.ts";
import { observe } from "../../src/diagnosis/observe.ts";
import { diagnose } from "../../src/diagnosis/verdict.ts";
import { story, wellBegun, type Story } from "./story.ts";

const codes = ({ entries }: Story) => evidenceOf(observe(entries)).map(({ code }) => code);
const laidOnCarriers = ({ probabilities: p }: Verdict) => p["carrier-signalling"] + p["carrier-routing"] + p["carrier-media"];
const control = (told: Story) => told.write("control:answered", { control: "crm", tookMs: 20 });

describe("one carrier falls silent", () => {
  const silent = () =>
    control(wellBegun("A", "B").calls("local", ["A", "edge-silent"]).loses("A", { wasOpen: true, code: 1000, clean: false }));

  test("and the other has not been heard of since: it is not certain, though HTTP passes", () => {
    expect(codes(silent())).toContain("others-not-heard-since");
    expect(laidOnCarriers(diagnose(silent().entries))).toBeLessThan(0.8);
  });

  test("and the other answers: it is that carrier's", () => {
    const told = silent().proves("B");
    expect(codes(told)).not.toContain("others-not-heard-since");
    expect(laidOnCarriers(diagnose(told.entries))).toBeGreaterThan(0.9);
  });

  test("and there is no other: nobody is waited for", () => {
    const told = control(wellBegun("A").calls("local", ["A", "edge-silent"]).loses("A", { wasOpen: true, code: 1000, clean: false }));
    expect(codes(told)).not.toContain("others-not-heard-since");
  });
});

describe("one INVITE meets silence on an edge that answers OPTIONS", () => {
  const swallowed = (...ids: readonly string[]) => wellBegun(...ids).calls("local", ["A", "swallowed"]);

  test("and none has been answered since: what drops large packets does the same, whatever small ones tell", () => {
    const told = swallowed("A", "B").proves("A", "B");
    expect(codes(told)).toContain("others-not-heard-since");
    expect(laidOnCarriers(diagnose(told.entries))).toBeLessThan(0.8);
  });

  test("and the next is answered, over another carrier or to another route: large packets pass", () => {
    expect(codes(swallowed("A", "B").calls("local", ["B", "answered"]))).not.toContain("others-not-heard-since");
    expect(codes(swallowed("A").calls("mobile", ["A", "answered"]))).not.toContain("others-not-heard-since");
  });

  test("as do those of another route of the only carrier: the edge or the network, whatever is answered between", () => {
    const told = swallowed("A").calls("mobile", ["A", "answered"]).calls("mobile", ["A", "swallowed"]);
    expect(codes(told)).toContain("others-not-heard-since");
    expect(codes(swallowed("A", "B").calls("mobile", ["A", "answered"]).calls("mobile", ["A", "swallowed"]))).not.toContain(
      "others-not-heard-since",
    );
  });
});

describe("one carrier's trunk is refused by a host that another's leads to as well", () => {
  const refused = (...ids: readonly string[]) => wellBegun(...ids).calls("local", [ids[0] ?? "", { code: 500 }]);

  test("and the other was not tried there since: it may be the host's own word", () => {
    expect(codes(refused("SA", "SB"))).toContain("others-not-heard-since");
    expect(laidOnCarriers(diagnose(refused("SA", "SB").entries))).toBeLessThan(0.8);
  });

  test("and the other is carried there, or each has a host of its own: it is that carrier's", () => {
    const carried = refused("SA", "SB").calls("local", ["SB", "answered"]);
    for (const told of [carried, refused("A", "B")]) {
      expect(codes(told)).not.toContain("others-not-heard-since");
      expect(laidOnCarriers(diagnose(told.entries))).toBeGreaterThan(0.8);
    }
  });
});

describe("an edge that answers its probes late", () => {
  const late = (told: Story, rttMs: number, method: "OPTIONS" | "CRLF" = "OPTIONS") =>
    told
      .write("probe:answered", { trunkId: "A", method, rttMs })
      .after(10_000)
      .calls("local", ["A", "swallowed"])
      .calls("international", ["A", "swallowed"]);

  test("swallows no call: it is slow, or what lies between is, and on the only carrier nobody can tell", () => {
    const told = late(wellBegun("A"), 4_000);
    expect(codes(told)).toContain("edge-answers-late");
    expect(codes(told)).not.toContain("invite-swallowed-by-live-edge");
    expect(diagnose(told.entries).conclusion).toBe("inconclusive");
  });

  test("while another carrier's is well is that carrier's", () => {
    const told = late(wellBegun("A", "B"), 4_000).proves("B");
    expect(codes(told)).toContain("other-carrier-well-meanwhile");
    expect(diagnose(told.entries).leader).toBe("carrier-signalling");
  });

  test.each([
    ["in time", late(wellBegun("A"), 100)],
    ["late and then in time", late(wellBegun("A").write("probe:answered", { trunkId: "A", method: "OPTIONS", rttMs: 4_000 }), 100)],
    ["by a late pong, which names no ping", late(wellBegun("A"), 4_000, "CRLF")],
  ])("one that answers %s swallows them", (_, told) => {
    expect(codes(told)).toContain("invite-swallowed-by-live-edge");
    expect(codes(told)).not.toContain("edge-answers-late");
  });
});

describe("a step of the start-up hangs while trunks are tried", () => {
  const hanging = () =>
    story("A", "B")
      .write("flow:changed", { trunkId: "A", from: "waiting", to: "connecting", tookMs: 0 })
      .write("flow:changed", { trunkId: "B", from: "waiting", to: "connecting", tookMs: 0 })
      .boots(1, "hangs");

  test("and nobody has answered since it began: it is not certainly the CRM's", () => {
    expect(codes(hanging())).toContain("nobody-heard-beside-stage");
    expect(diagnose(hanging().entries).probabilities["crm-init"]).toBeLessThan(0.8);
  });

  test("and an edge or a control answers: the step alone hangs", () => {
    for (const told of [hanging().connects("B"), control(hanging())]) {
      expect(codes(told)).not.toContain("nobody-heard-beside-stage");
      expect(diagnose(told.entries)).toMatchObject({ leader: "crm-init", conclusion: "clear" });
    }
  });
});

test("what fails over both carriers again and again is no control of itself: a call that one carried between clears neither", () => {
  const both = (told: Story) => told.calls("local", ["A", "swallowed"], ["B", "swallowed"]).after(20_000);
  const told = both(both(story("A", "B").connects("A", "B").after(5_000)).calls("local", ["B", "answered"]).after(20_000));
  expect(codes(told)).not.toContain("same-route-well-on-other-trunk");
  expect(codes(wellBegun("A", "B").calls("local", ["A", "swallowed"], ["B", "answered"]))).toContain("same-route-well-on-other-trunk");
});
