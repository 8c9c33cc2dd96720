import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { parseReasons, q850Of } from "../../../adapters/sipjs/reason.ts";

describe("the Reason header", () => {
  it.each([
    ["Q.850;cause=34", { value: 34 }],
    ['Q.850 ;cause=34;text="No circuit; none, really";location=LN', { value: 34, location: "LN" }],
    ['SIP;cause=200;text="Call completed elsewhere", Q.850;cause=26;location=loc-6', { value: 26, location: "LOC-6" }],
    ['q.850;CAUSE=16;text="a \\" quote, and a comma"', { value: 16 }],
    ["Q.850;cause=16;location=MOON", { value: 16 }],
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

  it("takes no time over a long hostile one", () => {
    const startedMs = performance.now();
    parseReasons([`Q.850;text="${'\\"'.repeat(30_000)}`, ";".repeat(60_000), "a=".repeat(30_000)]);
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });
});
