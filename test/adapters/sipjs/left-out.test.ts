import { readFileSync } from "node:fs";
import { rollup } from "rollup";
import { Grammar as SipJsGrammar, SubscribeUserAgentClient as SipJsSubscribe } from "sip.js/lib/core/index.js";
import { beforeAll, describe, expect, test } from "vitest";
import { Grammar, SubscribeUserAgentClient } from "../../../adapters/sipjs/left-out.ts";
import { leftOut, toJavaScript } from "../../../rollup.config.mjs";

const lib = "node_modules/sip.js/lib/";
const sourceOf = (file: string): string => readFileSync(lib + file, "utf8");

test("tests have the sip.js that ships", () => {
  expect([SipJsGrammar, SipJsSubscribe]).toEqual([Grammar, SubscribeUserAgentClient]);
  expect(() => new SubscribeUserAgentClient()).toThrow("rollup.config.mjs");
});

/** What an update of sip.js could change. */
describe("what ships of sip.js", () => {
  let files: string[] = [];
  beforeAll(async () => {
    const bundle = await rollup({ input: "adapters/sipjs/index.ts", ...toJavaScript });
    const { output } = await bundle.generate({ format: "es" });
    const modules = output.flatMap((chunk) => (chunk.type === "chunk" ? Object.entries(chunk.modules) : []));
    files = modules.flatMap(([id, { code }]) => (code ? (id.replaceAll("\\", "/").split(lib)[1] ?? []) : [])).sort();
  });

  const calls = (pattern: RegExp) => files.flatMap((file) => Array.from(sourceOf(file).matchAll(pattern), ([call]) => `${file}: ${call}`));

  test.each(leftOut)("%s does not, though it is still there", (file) => {
    expect(files).toContain("core/user-agent-core/user-agent-core.js");
    expect(files).not.toContain(file);
    expect(sourceOf(file)).not.toBe("");
  });

  test("subscribes where we ask it to, and nowhere else", () => {
    expect(calls(/new Subscri.*?\(|\.subscribe\(/g)).toEqual([
      "core/user-agent-core/user-agent-core.js: new SubscribeUserAgentClient(",
      "core/user-agent-core/user-agent-core.js: new SubscribeUserAgentServer(",
    ]);
  });

  test("asks its grammar in one place, for headers that the intake has taken apart before", () => {
    expect(calls(/\bGrammar\.\w+/g)).toEqual(["core/messages/incoming-message.js: Grammar.parse"]);
    expect(calls(/\.parseHeader\((?!").*/g)).toEqual(["core/messages/incoming-message.js: .parseHeader(name, idx);"]);
    const asked = calls(/\.parseHeader\(".*?"\)/g).map((call) => call.split('"')[1]?.toLowerCase());
    const taken = ["contact", "content-disposition", "content-type", "proxy-authenticate", "to", "www-authenticate"];
    // That of a NOTIFY, which our intake hands to its dialog: served.test.ts has one answered.
    expect(new Set(asked)).toEqual(new Set([...taken, "event"]));
  });
});
