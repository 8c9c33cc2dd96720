import { describe, expect, test } from "vitest";
import type { LinekeeperConfig } from "../src/config.ts";
import { LinekeeperError } from "../src/errors.ts";
import { defaultLimits } from "../src/limits.ts";
import { noMedia } from "../src/media/no-media.ts";
import { settingsOf } from "../src/settings.ts";

const trunk = { id: "a", carrier: "Carrier A", server: "wss://sbc.a.example", aor: "sip:agent7@a.example" };
const good = {
  crm: { vendor: "Acme" },
  trunks: [trunk],
  stack: {
    edge: () => {
      throw new Error("not opened here");
    },
  },
  media: noMedia(),
};

/** The message that a config with these fields changed is refused with. */
function refusal(change: object, securePage = false): string {
  try {
    settingsOf({ ...good, ...change } as LinekeeperConfig, securePage);
  } catch (error) {
    expect(error).toBeInstanceOf(LinekeeperError);
    expect(error).toMatchObject({ code: "bad-config", retryable: false });
    return (error as LinekeeperError).message;
  }
  return "accepted";
}

const withTrunk = (change: object) => ({ trunks: [{ ...trunk, ...change }] });

describe("bad configuration is refused with one error that names the field", () => {
  test.each<[object, RegExp]>([
    [{ controls: [] }, /^controls must be an object, not a list/],
    [{ trunk: [] }, /^trunk is not a known field; did you mean "trunks"\?/],
    [{ nonsense: 1 }, /^nonsense is not a known field; known are crm, trunks/],
    // oxlint-disable-next-line no-sparse-arrays -- what a list made by its length is
    [{ trunks: [, ,] }, /^trunks\[0\] is missing/],
    [{ crm: undefined }, /^crm is missing/],
    [{ crm: { vendor: "" } }, /^crm\.vendor must be a text that is not empty/],
    [{ crm: { vendor: "Acme", site: 7 } }, /^crm\.site must be a text/],
    [{ trunks: undefined }, /^trunks is missing/],
    [{ trunks: {} }, /^trunks must be a list/],
    [{ trunks: [trunk, { ...trunk }] }, /^trunks\[1\]\.id "a" is taken by trunks\[0\]/],
    [{ priors: { carrier: 1 } }, /^priors\.carrier is not a known field; did you mean "carrier-signalling"\?/],
    [{ priors: { "local-network": Infinity } }, /^priors\.local-network must be log-odds, a finite number, not Infinity/],
    [withTrunk({ id: "" }), /^trunks\[0\]\.id must be a text/],
    // A name that was cut in the middle of an emoji, as any text cut by UTF-16 code units may be.
    [withTrunk({ id: "north \ud83d" }), /^trunks\[0\]\.id holds half a character: "north \\ud83d"/],
    [withTrunk({ carrier: "\udcde" }), /^trunks\[0\]\.carrier holds half a character/],
    [{ routes: [{ name: "\ud83d", prefixes: ["+216"] }] }, /^routes\[0\]\.name holds half a character/],
    [{ reports: [{ name: "\ud83d", deliver: () => {} }] }, /^reports\[0\]\.name holds half a character/],
    [{ controls: { "crm \ud83d": () => Promise.resolve() } }, /^a name in controls holds half a character/],
    [withTrunk({ server: "https://sbc.a.example" }), /^trunks\[0\]\.server must be a WebSocket URL/],
    [withTrunk({ server: "not a url" }), /^trunks\[0\]\.server must be a WebSocket URL.*not "not a url"/],
    [withTrunk({ server: "wss://user:secret@sbc.a.example" }), /^trunks\[0\]\.server must not hold credentials/],
    [withTrunk({ aor: "agent7@a.example" }), /^trunks\[0\]\.aor must be an address of record/],
    [withTrunk({ aor: "sip:a@b>\r\nX: y" }), /^trunks\[0\]\.aor must be an address of record/],
    [withTrunk({ credentials: { username: "x" } }), /^trunks\[0\]\.credentials must be/],
    [withTrunk({ credentials: null }), /^trunks\[0\]\.credentials must be/],
    [withTrunk({ credentials: "secret" }), /^trunks\[0\]\.credentials must be (?!.*secret)/],
    [
      withTrunk({ credentials: { user: "x", password: "y" } }),
      /^trunks\[0\]\.credentials\.user is not a known field; did you mean "username"\?/,
    ],
    [withTrunk({ credentials: { username: 7, password: "y" } }), /^trunks\[0\]\.credentials\.username must be a text/],
    [withTrunk({ priority: -1 }), /^trunks\[0\]\.priority must be a number of 0 or more/],
    [withTrunk({ callerId: "to" }), /^trunks\[0\]\.callerId must be "from" or "p-preferred-identity", not "to"/],
    [{ incomingHeaders: "X-Ticket" }, /^incomingHeaders must be a list/],
    [{ incomingHeaders: ["X-Ticket", "X Y"] }, /^incomingHeaders\[1\] must be the name of a header, not "X Y"/],
    [{ transferPolicy: true }, /^transferPolicy must be a function from a transfer request to true or false/],
    [{ incomingNotices: ["mwi"] }, /^incomingNotices\[0\] must be "message" or "voicemail" or "check-sync", not "mwi"/],
    [{ autoAnswer: "yes" }, /^autoAnswer must be true or false/],
    [{ privacy: { context: "ticket" } }, /^privacy\.context must be a list/],
    [{ privacy: { context: [7] } }, /^privacy\.context\[0\] must be a text/],
    [withTrunk({ password: "x" }), /^trunks\[0\]\.password is not a known field/],
    [{ stack: undefined }, /^stack is missing; pass sipjs\(\)/],
    [{ stack: {} }, /^stack has no edge\(\)/],
    [{ media: undefined }, /^media is missing; pass webrtc\(\).*noMedia\(\)/],
    [{ reports: [{}] }, /^reports\[0\] has no deliver\(\)/],
    [{ reports: [{ send() {} }] }, /^reports\[0\]\.name is missing/],
    [
      {
        reports: [
          { name: "x", send() {} },
          { name: "x", send() {} },
        ],
      },
      /^reports\[1\]\.name "x" is taken by reports\[0\]; each needs a queue of its own/,
    ],
    [{ store: {} }, /^store has no read\(\); pass indexedDb\(\)/],
    [{ reporting: { samples: 1 } }, /^reporting\.samples is not a known field; did you mean "sample"\?/],
    [{ reporting: { sample: 5 } }, /^reporting\.sample must be a share from 0 to 1, not 5/],
    [{ reporting: { incidents: "never" } }, /^reporting\.incidents must be "at-once" or "when-closed"/],
    [{ controls: { crm: "https://crm.example" } }, /^controls\.crm must be a function/],
    [{ country: "+216" }, /^country must be a country calling code without "\+"/],
    [{ emergencyNumbers: ["one"] }, /^emergencyNumbers\[0\] must be digits/],
    [{ emergencyNumbers: [] }, /^emergencyNumbers is empty/],
    [{ routes: [{ name: "local", prefixes: [] }] }, /^routes\[0\]\.prefixes is empty/],
    [{ routes: [{ name: "local", prefixes: ["abc"] }] }, /^routes\[0\]\.prefixes\[0\] must be digits/],
    [{ routes: [{ name: "emergency", prefixes: ["112"] }] }, /^routes\[0\]\.name "emergency" is taken/],
    [{ limits: { ringLimitMs: -1 } }, /^limits\.ringLimitMs must be a number of 0 or more, not -1/],
    [{ limits: { ringLimitMs: Number.NaN } }, /^limits\.ringLimitMs must be a number/],
    [{ limits: { maxAttempts: 0 } }, /^limits\.maxAttempts must be a whole number of 1 or more/],
    [{ limits: { ringLimit: 1 } }, /^limits\.ringLimit is not a known field; did you mean "ringLimitMs"\?/],
    [{ limits: { silenceMinMs: 5_000 } }, /^limits\.silenceMinMs is 5000, more than limits\.silenceMaxMs \(2000\)/],
    [{ limits: null }, /^limits must be an object, not null/],
    [{ limits: { maxAttempts: 1.5 } }, /^limits\.maxAttempts must be a whole number of 1 or more, not 1\.5/],
    [{ limits: { registerExpiresS: 0 } }, /^limits\.registerExpiresS must be a whole number of 1 or more/],
    [{ limits: { probeIntervalMs: 0 } }, /^limits\.probeIntervalMs must be a number of 1 or more, not 0/],
    [{ limits: { evidenceHalfLifeMs: 0 } }, /^limits\.evidenceHalfLifeMs must be a number of 1 or more/],
    [{ limits: { breakerThresholdPercent: 150 } }, /^limits\.breakerThresholdPercent must be between 0 and 100, not 150/],
    [{ limits: { healthyFailurePercent: 0 } }, /^limits\.healthyFailurePercent must be between 0 and 100, not 0/],
    [{ limits: { healthyFailurePercent: 30 } }, /^limits\.healthyFailurePercent is 30, not less than limits\.failingFailurePercent \(30\)/],
    [
      { limits: { falseAlarmPercent: 60, missPercent: 40 } },
      /^limits\.falseAlarmPercent is 60, with limits\.missPercent \(40\) not less than 100/,
    ],
    [{ reports: null }, /^reports must be a list, not null/],
    [{ privacy: { context: null } }, /^privacy\.context must be a list, not null/],
    [{ reports: [{ deliver() {} }] }, /^reports\[0\]\.name is missing/],
    [{ routes: [{ name: "all", prefixes: ["112"] }] }, /^routes\[0\]\.name "all" is taken/],
    [withTrunk({ server: "wss://sbc.a.example/#1" }), /^trunks\[0\]\.server must not have a fragment/],
    [withTrunk({ credentials: { username: "", password: "y" } }), /^trunks\[0\]\.credentials\.username must be a text that is not empty/],
    [{ fleet: { agents: 0, registrationsPerS: 1 } }, /^fleet\.agents must be a number of 1 or more/],
    [{ privacy: { errorMessages: "yes" } }, /^privacy\.errorMessages must be true or false/],
    [{ crm: { vendor: "x", agentId: 7 } }, /^crm\.agentId must be a text that is not empty, not 7/],
    [{ crm: { vendor: "x", ticket: "" } }, /^crm\.ticket must be a text/],
    [{ reporting: { signing: { key: "secret" } } }, /^reporting\.signing\.key must be a private CryptoKey that may sign/],
    [{ reporting: { signing: {} } }, /^reporting\.signing\.key must be/],
    [{ privacy: { calledNumber: true } }, /^privacy\.calledNumber must be "redacted" or "full", not true/],
    [{ privacy: { callerNumbers: "full" } }, /^privacy\.callerNumbers is not a known field; did you mean "calledNumber"\?/],
    [{ privacy: { password: "full" } }, /^privacy\.password is not a known field; known are /],
    [{ privacy: { key: "hunter2" } }, /^privacy\.key must be a text of 16 characters or more \[bad-config\]$/],
    [{ clock: {} }, /^clock has no nowMs\(\)/],
    [{ random: 0.5 }, /^random must be a function/],
    [{ network: {} }, /^network has no watch\(\)/],
  ])("%j", (change, message) => {
    expect(refusal(change)).toMatch(message);
  });

  test("ws: is refused on an https page only, as a browser would", () => {
    const change = withTrunk({ server: "ws://127.0.0.1:8080" });
    expect(refusal(change, true)).toMatch(/^trunks\[0\]\.server is ws:, which a browser blocks on an https page/);
    expect(refusal(change, false)).toBe("accepted");
  });

  test("what is shown of a bad value is cut short", () => {
    expect(refusal({ country: "9".repeat(500) }).length).toBeLessThan(200);
  });

  test.each([null, undefined, 3, "config"])("%j is no config", (config) => {
    expect(() => settingsOf(config as never, false)).toThrow(/^config /);
  });
});

describe("defaults", () => {
  test("emergency numbers follow the country, and are the integrator's when given", () => {
    expect(settingsOf({ ...good, country: "216" }, false).emergencyNumbers).toEqual(expect.arrayContaining(["112", "190", "197"]));
    expect(settingsOf({ ...good, emergencyNumbers: ["17"] }, false).emergencyNumbers).toEqual(["17"]);
  });
  test("a field that is `undefined` is one that is left out, nested ones too", () => {
    const { limits, reporting } = settingsOf(
      { ...good, limits: { ringLimitMs: undefined }, reporting: { sample: undefined, incidents: undefined } } as never,
      false,
    );
    expect(limits).toEqual(defaultLimits);
    expect(reporting).toEqual({ incidents: "when-closed", sample: 0 });
  });
  test.each([
    [{ key: "0123456789abcdef" }, true],
    [{ calledNumber: "full" }, true],
    [{ callerNumber: "full" }, true],
    [{ callerName: "full" }, true],
    // The number that the customer is shown says nothing of the customer.
    [{ callerId: "full" }, false],
    [{ calledNumber: "redacted" }, false],
    [{}, false],
  ] as const)("%j lets something be known of whom a call is with: %s", (privacy, isDisclosing) =>
    expect(settingsOf({ ...good, privacy }, false).isDisclosing).toBe(isDisclosing),
  );
  test("nothing personal is kept unless asked for by name", () => {
    expect(settingsOf(good, false).privacy).toEqual({ errorMessages: false, reasonText: false, context: [] });
  });
});
