/** Whatever the trunk speaks, it means the same; and what it speaks can be told. */
import { Parser } from "sip.js/lib/core/messages/parser.js";
import { IncomingResponseMessage } from "sip.js/lib/core/messages/incoming-response-message.js";
import { Logger, LoggerFactory } from "sip.js/lib/core/log/index.js";
import { describe, expect, test } from "vitest";
import { dialectNames, seededRandom, type Mangle, type MockTrunkOptions } from "../../../adapters/mock-trunk/index.ts";
import { textOf } from "../../../adapters/mock-trunk/draft.ts";
import { mangled } from "../../../adapters/mock-trunk/mangle.ts";
import { dialects } from "../../../adapters/mock-trunk/dialects/index.ts";
import { respellings } from "../../../adapters/mock-trunk/respellings.ts";
import { sdp } from "../../support/sip-text.ts";
import { draftOf } from "../../support/tongue.ts";
import { bench, number } from "./bench.ts";
import { meaningOf, type Meaning } from "./meaning.ts";

const users = { agent7: "secret" };

/** A day in the life of a trunk: what it wrote to a softphone that says this of itself, every kind of message at least once. */
function written(options: Partial<MockTrunkOptions>, headers: readonly string[] = []): readonly string[] {
  const { client, trunk, clock } = bench({ users, ...options });
  const wait = () => clock.advance(100);
  const register = client.register();
  client.authorize(register, client.last, "secret");
  const place = (called: string) => {
    const first = client.invite(called, { headers });
    return client.authorize(first, client.last, "secret");
  };
  trunk.phone(number).answers({ earlyMedia: true });
  const invite = place(number);
  wait();
  client.ack(invite);
  client.within("UPDATE", invite, 4);
  client.within("BYE", invite, 5);
  trunk.phone("+21671000002").refuses({ code: 503, q850: 34, retryAfterS: 30 });
  place("+21671000002");
  wait();
  const call = trunk.call("agent7", { from: "+21698000000" });
  client.reply(client.requests("INVITE").at(-1), 200, { body: sdp("agent") });
  void call.hold();
  void call.refer("sip:other@a.example");
  call.hangUp();
  client.options();
  return trunk.log.filter(({ what }) => what === "sent").map(({ raw }) => raw ?? "");
}

/** What differs from trunk to trunk: texts by chance, and the dialect's own habits. */
function essence({ kind, cseq, from, to, expires, retryAfter, reason }: Meaning): string {
  return [kind, cseq, from.split(" ")[0], to.split(" ")[0], expires, retryAfter, reason].join(" | ");
}

describe.each(dialectNames)("the dialect %s", (dialect) => {
  const isRinging = (raw: string) => /^SIP\/2\.0 18[03] /.test(raw);
  const messages = written({ dialect });

  test("means what the plain one means, to a reader that knows neither", () => {
    const usual = written({ dialect: "plain" }).map((raw) => essence(meaningOf(raw)));
    const said = messages.map((raw) => essence(meaningOf(raw)));
    const withoutRinging = (list: readonly string[]) => list.filter((text) => !/^18[03] /.test(text));
    expect(withoutRinging(said)).toEqual(withoutRinging(usual));
    expect(messages.some(isRinging)).toBe(true);
  });

  test("is read by sip.js's own grammar, as the same", () => {
    const logger = new Logger(new LoggerFactory(), "test");
    for (const raw of messages) {
      const read = Parser.parseMessage(raw, logger);
      const meant = meaningOf(raw);
      expect(read, raw).toBeDefined();
      expect(read instanceof IncomingResponseMessage ? String(read.statusCode) : read?.method).toBe(meant.kind);
      expect([read?.callId, read?.viaBranch, `${read?.cseq} ${read?.method ?? ""}`]).toEqual([meant.callId, meant.branch, meant.cseq]);
      expect([read?.fromTag, read?.toTag]).toEqual([meant.from.split(" ")[1], meant.to.split(" ")[1] || undefined]);
    }
  });

  test("says from what it is drawn", () => {
    expect(dialects[dialect].drawnFrom.every((source) => source.length > 10)).toBe(true);
    expect(dialects[dialect].drawnFrom.length).toBeGreaterThan(0);
  });
});

/** What one dialect at least must do, for a softphone is to meet it (RFC 3261 §7.3.3, RFC 4028, RFC 3262, RFC 5621). */
test.each([
  ["compact header names", /^f:/m],
  ["a session timer that the softphone keeps", /^Session-Expires: +\d+;refresher=uac/m],
  ["one that the carrier keeps", /^Session-Expires: +\d+;refresher=uas/m],
  ["a provisional answer that wants a PRACK", /^RSeq: /m],
  ["several parts in one body", /^(Content-Type|c): multipart\/mixed/m],
  ["a call without an offer", /^INVITE [^]*^(Content-Length|l): +0\r?$/m],
])("together the dialects have %s", (_, said) => {
  const able = ["Supported: timer, 100rel"];
  expect(dialectNames.filter((dialect) => written({ dialect }, able).some((raw) => said.test(raw)))).not.toEqual([]);
});

test("no two dialects write the same 200 to a REGISTER", () => {
  const headersOf = (raw: string) => raw.replace(/[a-z0-9-]{6,}/gi, "_");
  const texts = dialectNames.map((dialect) => headersOf(written({ dialect })[1] ?? ""));
  expect(new Set(texts).size).toBe(dialectNames.length);
});

describe("mangle", () => {
  const usual = written({});

  /** The same message, spelled anew. */
  function respelled(raw: string, mangle: Mangle): string {
    return textOf(mangled(draftOf(raw), mangle, seededRandom(mangle.seed)));
  }

  test.each([
    ["legal", true],
    ["any", false],
  ])("changes no meaning in 1 000 seeds: %s", (_, legal) => {
    for (let seed = 1; seed <= 1_000; seed++) {
      // Each message meets each fourth seed.
      for (const raw of usual.filter((_raw, index) => (index + seed) % 4 === 0)) {
        const text = respelled(raw, { seed, legal });
        expect(meaningOf(text), `seed ${seed}: ${text}`).toEqual(meaningOf(raw));
      }
    }
  });

  test("spells the same by the same seed, otherwise by another", () => {
    const spelled = (seed: number) => usual.map((raw) => respelled(raw, { seed }));
    expect(spelled(1)).toEqual(spelled(1));
    expect(spelled(1)).not.toEqual(spelled(2));
  });

  test.each(respellings.map(({ name, isLegal, spell }) => [name, isLegal, spell] as const))("%s: changes something", (_, __, spell) => {
    const random = seededRandom(1);
    const drafts = usual.map((raw) => draftOf(raw));
    expect(drafts.some((draft) => textOf(spell(draft, random)) !== textOf(draft))).toBe(true);
  });

  test("knows what is legal", () => {
    const texts = (legal: boolean) => usual.map((raw) => respelled(raw, { seed: 1, share: 1, legal })).join("\n");
    expect([texts(false), texts(true)].map((text) => [/sbc_1/i.test(text), /%?#1@/.test(text)])).toEqual([
      [true, true],
      [false, false],
    ]);
  });

  test("is what a trunk does that is told to", () => {
    const { client, trunk } = bench({ mangle: { seed: 3, share: 1 } });
    client.options();
    const plain = bench();
    plain.client.options();
    const raw = trunk.log.at(-1)?.raw ?? "";
    expect(client.last.raw).toBe(raw);
    expect(meaningOf(raw).kind).toBe("200");
    expect(raw.split("\r\n").length).toBeGreaterThan(plain.client.last.raw.split("\r\n").length);
  });
});

test("a wrong dialect, or a wrong field of mangle, is refused by name", () => {
  expect(() => bench({ dialect: "klingon" as "plain" })).toThrow(/dialect must be one of plain, asterisk, /);
  expect(() => bench({ mangle: { seed: 1, share: 0 } })).toThrow(/mangle must be/);
});
