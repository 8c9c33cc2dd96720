/** docs/calls.md, read row by row: what it says that a method sends is what the carrier gets. */
import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import type { MockTrunk } from "../../adapters/mock-trunk/index.ts";
import type { Call } from "../../src/call/call.ts";
import type { Linekeeper } from "../../src/line.ts";
import { directionOf } from "../../src/media/direction.ts";
import { buildHouse, pass, underFakeTime } from "../support/house.ts";
import { scriptedMedia } from "../support/scripted-media.ts";

underFakeTime();

const page = readFileSync(new URL("../../docs/calls.md", import.meta.url), "utf8");
const [table = ""] = /^\| method \|[^]*?\n\n/m.exec(page) ?? [];
/** Method and what goes over the wire; "the same" is what the row before says. */
const rows = [...table.matchAll(/^\| (`.+?`) \| (.+?) \| .*\|$/gm)].reduce<[string, string][]>((before, [, method = "", wire = ""]) => {
  const [, last = ""] = before.at(-1) ?? [];
  return [...before, [method, wire.replace(/^the same/, last)]];
}, []);

interface Scene {
  readonly line: Linekeeper;
  readonly call: Call;
  readonly other: () => Promise<Call>;
  readonly a: MockTrunk;
}

/** What is done, and what of the row is on the wire then, or not. */
const acts: Readonly<Record<string, { does(scene: Scene): unknown; sends: readonly string[] }>> = {
  "`hold()`": { does: ({ call }) => call.hold(), sends: ["INVITE", "a=sendonly"] },
  "`unhold()`": {
    async does({ call }) {
      const held = call.hold();
      await pass(500);
      await held;
      return call.unhold();
    },
    sends: ["INVITE", "a=sendrecv"],
  },
  "`line.swap()`": {
    async does({ line, other }) {
      await other();
      return line.swap();
    },
    sends: ["INVITE", "a=sendrecv"],
  },
  "`mute()`, `unmute()`": { does: ({ call }) => (call.mute(), call.unmute()), sends: [] },
  "`setMicrophone(deviceId)`": { does: ({ call }) => call.setMicrophone("usb"), sends: [] },
  "`setSpeaker(deviceId)`, `resumeAudio()`": { does: ({ call }) => [call.setSpeaker("usb"), call.resumeAudio()], sends: [] },
  '`sendDtmf("12#,3")`': { does: ({ call }) => call.sendDtmf("5"), sends: ["INFO", "application/dtmf-relay", "Signal=5", "Duration=160"] },
  "`transfer(number)`": { does: ({ call }) => call.transfer("+21671000009"), sends: ["REFER", "Refer-To", "Referred-By"] },
  "`transfer(otherCall)`": {
    does: async ({ call, other }) => call.transfer(await other()),
    sends: ["REFER", "Refer-To", "Referred-By", "Replaces"],
  },
  "`hangUp()`": { does: ({ call }) => call.hangUp(), sends: ["BYE"] },
  "`redial()`": {
    async does({ call, a }) {
      a.fault({ kind: "reject", methods: ["INVITE"], code: 481, times: 1 });
      a.resetAll();
      await pass(5_000);
      call.redial();
    },
    sends: ["INVITE"],
  },
};

test("docs/calls.md has a row for each of these methods, and these only", () => {
  expect(rows.map(([method]) => method)).toEqual(Object.keys(acts));
});

test.each(rows)("%s sends what its row says", async (method, wire) => {
  const { does, sends } = acts[method] ?? { does: () => {}, sends: ["a row that is tried"] };
  const house = buildHouse({ media: scriptedMedia() });
  await house.open();
  const answered = async (number: string) => {
    const call = house.line.call(number);
    await pass(1_000);
    await vi.dynamicImportSettled();
    expect(call.state).toBe("answered");
    return call;
  };
  const call = await answered("+21671000001");
  const { length } = house.a.log;
  const settled = Promise.resolve(does({ line: house.line, call, other: () => answered("+21671000002"), a: house.a }));
  await pass(8_000);
  await vi.dynamicImportSettled();
  await pass(1_000);
  await settled;
  const requests = [...house.a.log.slice(length), ...house.b.log].flatMap(({ what, raw = "" }) =>
    what === "received" && !/^(REGISTER|OPTIONS|ACK|SIP\/2\.0)/.test(raw) ? raw : [],
  );
  // An offer that says nothing of it is `sendrecv` (RFC 3264 §5.1).
  const directions = requests.flatMap((raw) => (/^INVITE [^]*^To:.*;tag=/m.test(raw) ? `a=${directionOf(raw)}` : []));
  const sent = [...requests, ...directions].join("\n");
  for (const each of sends) {
    expect(wire).toContain(each);
    expect(sent).toContain(each);
  }
  expect([wire.startsWith("nothing"), sent.trim() === ""]).toEqual(sends.length === 0 ? [true, true] : [false, false]);
});

test("a MESSAGE gets what its row says, and is told as it says", async () => {
  const [, gets = "", told = ""] = /^\| MESSAGE, in a call or outside.*$/m.exec(page)?.[0].split(" | ") ?? [];
  const answers: string[] = [];
  for (const incomingNotices of [["message"], []] as const) {
    const house = buildHouse({ incomingNotices });
    const texts: string[] = [];
    house.line.on("message:received", ({ text }) => texts.push(text));
    await house.open();
    const call = house.line.call("+21671000001");
    await pass(1_000);
    const said = house.a.message("agent7", { from: "+21698000000", text: "Hi" });
    await pass(100);
    const refused = /^SIP\/2\.0 405[^]*^Allow: (.*)$/m.exec(house.a.log.findLast(({ what }) => what === "received")?.raw ?? "");
    answers.push(`${await said} ${texts.join()}${refused ? ` ${refused[1]?.includes("MESSAGE")}` : ""}`);
    call.hangUp();
    await pass(500);
  }
  expect(answers).toEqual(["200 Hi", "405  false"]);
  expect(gets).toBe("200; 415; 405, and `Allow` lacks it");
  expect(told).toContain("message:received");
});
