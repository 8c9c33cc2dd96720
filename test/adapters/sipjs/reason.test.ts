import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { endReasonOf, isAnsweredElsewhere, parseReasons, q850Of } from "../../../adapters/sipjs/reason.ts";

describe("the Reason header", () => {
  it.each([
    ["Q.850;cause=34", { value: 34 }],
    ['Q.850 ;cause=34;text="No circuit; none, really";location=LN', { value: 34, location: "LN" }],
    ['SIP;cause=200;text="Call completed elsewhere", Q.850;cause=26;location=loc-6', { value: 26, location: "LOC-6" }],
    ['q.850;CAUSE=16;text="a \\" quote, and a comma"', { value: 16 }],
    ["Q.850;cause=16;location=MOON", { value: 16 }],
    ["Q850;cause=34", { value: 34 }],
    ["cause=34", undefined],
    ["Q.850;cause=0", undefined],
    ["Q.850;cause=128", undefined],
    ["Q.850;cause=1e1", undefined],
    ["Q.850;cause=-1", undefined],
    ["Q.850", undefined],
    ["SIP;cause=480", undefined],
    ['Q.850;text="cause=34"', undefined],
    ['"Q.850;cause=34', undefined],
    [",,;;,=", undefined],
    ["", undefined],
  ])("%s", (header, cause) => {
    expect(q850Of(parseReasons([header]))).toEqual(cause);
  });

  it("may come on several lines; the first Q.850 cause counts", () => {
    expect(q850Of(parseReasons(["SIP;cause=503", "Q.850;cause=41", "Q.850;cause=16"]))).toEqual({ value: 41 });
  });

  it.each<[string[], ReturnType<typeof endReasonOf>]>([
    [["Q.850;cause=38;location=LN"], { q850: { value: 38, location: "LN" } }],
    [["SIP;cause=408, Q.850;cause=102"], { q850: { value: 102 }, sip: 408 }],
    [["SIP;cause=503", "q.850;cause=41;location=tn", "SIP;cause=200"], { q850: { value: 41, location: "TN" }, sip: 503 }],
    [['Q.850;cause=31;text="RTP Timeout"'], { q850: { value: 31 }, mediaTimeout: true }],
    [['FreeSWITCH;cause=604;text="MEDIA_TIMEOUT"'], { mediaTimeout: true }],
    [['SIP;cause=200;text="No RTP received"'], { sip: 200, mediaTimeout: true }],
    [['SIP;cause=200;text="Media released, casino RTP"'], { sip: 200 }],
    [["SIP;cause=99", "SIP;cause=700", "Q.850;cause=0", "cause=503", "Preemption;cause=5", ""], undefined],
    [[], undefined],
  ])("of a BYE, %j", (headers, reason) => {
    expect(endReasonOf(parseReasons(headers))).toEqual(reason);
  });

  it("gives its text without quotes and escapes", () => {
    expect(parseReasons(['Q.850;cause=17;text="User \\"7\\" busy"'])).toEqual([{ protocol: "q.850", cause: 17, text: 'User "7" busy' }]);
  });

  test.prop([fc.array(fc.oneof(fc.string({ unit: "binary" }), fc.stringMatching(/^[Q.850;,=cause"\\ 0-9]*$/)))])(
    "survives whatever is in it",
    (headers) => {
      const cause = q850Of(parseReasons(headers));
      if (cause) expect(cause.value).toSatisfy((value: number) => value >= 1 && value <= 127);
    },
  );

  it.each([
    'SIP;cause=200;text="Call completed elsewhere"',
    "SIP;cause=200",
    'SIP ;text="Call completed elsewhere"',
    'SIP;text="Completed Elsewhere"',
    'SIP;text="Answered elsewhere"',
    'sip;text="Call picked up elsewhere"',
    "SIP;text=elsewhere, Q.850;cause=26",
    "Q.850;cause=26",
    'Q.850;cause="26";text="Non-selected user clearing"',
    "q850 ; cause = 26",
    'cause=26;text="Non-Selected User Clearing"',
    "cause=200",
    'Q.850;cause=16, SIP;cause=200;text="Call completed elsewhere"',
    'FreeSWITCH;cause=502;text="LOSE_RACE"',
    'FreeSWITCH;cause=501;text="PICKED_OFF"',
    'x-genesys;text="Call completed elsewhere"',
  ])("says that somebody else took the call: %s", (header) => expect(isAnsweredElsewhere(parseReasons([header]))).toBe(true));

  it.each([
    "",
    "SIP",
    "preemption",
    'preemption;cause=1;text="UA preemption"',
    "Q.850;cause=16",
    "SIP;cause=26",
    "Q.850;cause=200",
    'SIP;cause=487;text="Call completed elsewhere"',
    'SIP;cause=600;text="Busy Everywhere"',
    'SIP;text="the caller went elsewhere"',
    'Q.850;cause=102;text="Answered elsewhere: no"',
    'FreeSWITCH;cause=487;text="ORIGINATOR_CANCEL"',
    'FreeSWITCH;text="not LOSE_RACE"',
    'cause=16;text="SIP;cause=200"',
    'X;text="SIP;cause=200"',
  ])("says that the caller gave up: %j", (header) => expect(isAnsweredElsewhere(parseReasons([header]))).toBe(false));

  it("takes no time over a long hostile one", () => {
    const startedMs = performance.now();
    parseReasons([`Q.850;text="${'\\"'.repeat(30_000)}`, ";".repeat(60_000), "a=".repeat(30_000)]);
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });
});
