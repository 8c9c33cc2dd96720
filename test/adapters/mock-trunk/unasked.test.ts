/** What the carrier tells an agent in no call. */
import { expect, test } from "vitest";
import { bench } from "./bench.ts";

const from = "+21698000000";

test("a text, voicemail and other settings are told to the newest binding, and the answer is theirs", async () => {
  const { trunk, client } = bench();
  client.register();
  const codes = [trunk.message("agent7", { from, text: "Hi" }), trunk.voicemail("agent7", { newMessages: 2 }), trunk.checkSync("agent7")];
  const [message] = client.requests("MESSAGE");
  const [voicemail, checkSync] = client.requests("NOTIFY");
  expect([message?.body, message?.get("Content-Type"), message?.get("From"), message?.get("Contact")]).toEqual([
    "Hi",
    "text/plain",
    expect.stringContaining(from),
    "",
  ]);
  expect([voicemail?.get("Event"), voicemail?.body]).toEqual(["message-summary", "Messages-Waiting: yes\r\nVoice-Message: 2/0 (0/0)\r\n"]);
  expect(checkSync?.get("Event")).toBe("check-sync;reboot=false");
  client.reply(message, 200);
  client.reply(voicemail, 489);
  client.reply(checkSync, 481);
  expect(await Promise.all(codes)).toEqual([200, 489, 481]);
});

test("without a binding it is refused, and without an answer given up", async () => {
  const { trunk, client, clock } = bench();
  expect(await trunk.checkSync("agent7")).toBe(480);
  client.register();
  const silent = trunk.checkSync("agent7", { reboot: true });
  clock.advance(32_000);
  expect(await silent).toBe(408);
});

test("a wrong field is named", () => {
  const { trunk } = bench();
  expect(() => trunk.message("agent7", { from, text: 7 as never })).toThrow(/message\.text must be a text/);
  expect(() => trunk.voicemail("agent7", { newMessages: -1 })).toThrow(/voicemail\.newMessages must be a whole number/);
});
