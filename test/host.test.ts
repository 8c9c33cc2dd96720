import { afterEach, expect, test, vi } from "vitest";
import { hostFacts } from "../src/host.ts";

afterEach(() => void vi.unstubAllGlobals());

test("client hints and the network's kind are told as they are, without the brand that is none", () => {
  const brands = [
    { brand: "Not)A;Brand", version: "8" },
    { brand: "Chromium", version: "148" },
    { brand: "Microsoft Edge", version: "148" },
  ];
  const navigator = { userAgent: "UA", userAgentData: { brands, platform: "Windows" }, connection: { effectiveType: "4g", rtt: 50 } };
  vi.stubGlobal("navigator", navigator);
  expect(hostFacts()).toEqual({ runtime: "UA", browser: "Microsoft Edge/148", os: "Windows", network: { effectiveType: "4g" } });
  vi.stubGlobal("navigator", { ...navigator, userAgentData: { brands: brands.slice(0, 2), platform: "" }, connection: undefined });
  expect(hostFacts()).toEqual({ runtime: "UA", browser: "Chromium/148" });
});

test("what the host does not tell is left out", () => {
  vi.stubGlobal("navigator", { userAgent: "UA" });
  expect(hostFacts()).toEqual({ runtime: "UA" });
  vi.stubGlobal("navigator", undefined);
  expect(hostFacts()).toEqual({ runtime: "unknown" });
});
