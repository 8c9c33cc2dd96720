/** Secrets in every field that the SDK ever sees, and none of them in anything that leaves: a session in which each goes wrong at least once. */
import { fc, test as property } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { explainOnConsole } from "../../adapters/console/index.ts";
import { logsRequestOf, metricsRequestOf } from "../../adapters/otlp/requests.ts";
import { mergeReports, renderFleetHtml, renderFleetMarkdown, renderFleetText } from "../../src/fleet/index.ts";
import { audiences, renderHtml, renderMarkdown, renderText, troubleTicket } from "../../src/report/index.ts";
import type { PrivacyConfig } from "../../src/config.ts";
import type { Entry } from "../../src/journal.ts";
import { fr } from "../../src/report/languages/fr.ts";
import { allAtOnce } from "../../src/slices.ts";
import { memoryStore } from "../../src/store/memory.ts";
import { scriptedMedia } from "../support/scripted-media.ts";
import { buildHouse, pass, underFakeTime } from "../support/house.ts";

underFakeTime();

/** Random, and so in no word of ours. */
const token = fc.stringMatching(/^[a-z]{6}[0-9][a-zA-Z0-9]{9}$/);
/** A number's own part, as it is dialled at home. */
const numberOf = (prefix: string) => fc.stringMatching(/^[1-9][0-9]{5}$/).map((rest) => prefix + rest);

/** Where each stands is its name, so that a failure tells which got out: no two are alike. */
const secrets = fc
  .record({
    ...{ password: token, authenticationName: token, urlToken: token, header: token, displayName: token, context: token },
    ...{ callerName: token, callerHeader: token, reason: token, warning: token, phrase: token, message: token, referredBy: token },
    ...{ stageError: token, controlError: token, crmError: token, targetError: token, listenerError: token, policyError: token },
    ...{ icePassword: token, storeError: token, sinkError: token, clientTag: token },
    ...{
      called: numberOf("71"),
      caller: numberOf("98"),
      callerId: numberOf("70"),
      transferredTo: numberOf("73"),
      referredTo: numberOf("72"),
    },
    ...{ pin: fc.stringMatching(/^[1-9][0-9]{9}$/) },
  })
  .filter((drawn) => new Set(Object.values(drawn)).size === Object.keys(drawn).length);
type Secrets = typeof secrets extends fc.Arbitrary<infer Drawn> ? Drawn : never;

const fails = (secret: string) => (): never => {
  throw Object.assign(new Error(`${secret} of https://crm.example/?token=${secret}`), { code: `E_${secret}`, name: `Failed: ${secret}` });
};

const sdpWith = (secret: string) =>
  [
    ...["v=0", "o=- 1 1 IN IP4 10.77.88.99", "s=-", "c=IN IP4 10.77.88.99", "t=0 0", "m=audio 4000 RTP/AVP 0"],
    ...["a=rtpmap:0 PCMU/8000", `a=ice-pwd:${secret}${secret}`, `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${secret}`, ""],
  ].join("\r\n");

/** All that leaves of a session with these; and what carrier B heard. */
async function sessionWith(
  s: Secrets,
  privacy: PrivacyConfig = {},
): Promise<{ outputs: ReadonlyMap<string, string>; heard: string; journal: readonly Entry[] }> {
  const console: string[] = [];
  const delivered: string[] = [];
  const store = memoryStore();
  const written: string[] = [];
  const called = `+216${s.called}`;
  const house = buildHouse(
    {
      ...{ crm: { vendor: "Test CRM" }, privacy },
      trunks: ["A", "B"].map((id) => ({
        ...{ id, carrier: `Carrier ${id}`, server: `wss://${id.toLowerCase()}.example/?token=${s.urlToken}` },
        aor: `sip:agent7@${id.toLowerCase()}.example`,
        credentials: { username: id === "A" ? s.authenticationName : "agent7", password: id === "A" ? s.password : "secret" },
        ...(id === "A" && { target: fails(s.targetError) }),
      })),
      media: scriptedMedia(),
      controls: { crm: fails(s.controlError) },
      policy: fails(s.policyError),
      incomingHeaders: ["X-Customer"],
      incomingNotices: ["message", "voicemail"],
      transferPolicy: () => true,
      store: {
        ...store,
        write(key, text) {
          written.push(text);
          return written.length % 3 === 0 ? Promise.reject(new Error(s.storeError)) : store.write(key, text);
        },
      },
      reports: [
        { name: "crm", deliver: (report) => void delivered.push(JSON.stringify(report)) },
        { name: "broken", deliver: fails(s.sinkError) },
      ],
      reporting: { incidents: "at-once" },
    },
    { users: { agent7: "secret", [s.authenticationName]: s.password }, media: () => ({ answer: sdpWith(s.icePassword), close() {} }) },
  );
  const { line, a, b } = house;
  explainOnConsole(line, { debug: true, console: { warn: (...said: unknown[]) => void console.push(said.join(" ")) } });
  line.on("incident:opened", fails(s.listenerError));
  await line.boot.stage("settings", fails(s.stageError), { critical: false }).catch(() => {});
  await house.open();
  line.noteFailure("call log", new Error(`${s.crmError} for ${called}`));

  // The agent's: refused by B in every word that a carrier has, carried by nobody.
  b.fault({
    ...{ kind: "reject", methods: ["INVITE"], code: 503, phrase: `No circuit for ${called}, ${s.phrase}` },
    headers: [`Reason: Q.850;cause=34;text="${s.reason}"`, `Warning: 399 pbx "${s.warning}"`, `Server: pbx ${s.clientTag}`],
  });
  const options = {
    ...{ headers: { "X-Ticket": s.header }, callerId: `+216${s.callerId}`, displayName: s.displayName },
    context: { note: s.context },
  };
  for (let index = 0; index < 3; index++) {
    line.call(`${s.called.slice(0, 2)} ${s.called.slice(2)}`, options);
    await pass(3_000);
  }
  b.clearFaults();
  // Two that are answered: digits, and whom the peer wants called; then a transfer.
  const talk = async () => {
    const call = line.call(called, options);
    await pass(6_000);
    return call;
  };
  void (await talk()).sendDtmf(s.pin, { via: "info" });
  await pass(4_000);
  void b
    .answered()
    .at(-1)
    ?.refer(`sip:+216${s.referredTo}@b.example`, [`Referred-By: "${s.referredBy}" <sip:${s.referredBy}@b.example>`]);
  await pass(2_000);
  for (const each of line.calls) each.hangUp();
  await pass(2_000);
  void (await talk()).transfer(`+216${s.transferredTo}`);
  await pass(3_000);
  for (const each of line.calls) each.hangUp();
  await pass(1_000);
  // Customers' that are answered: a PBX writes into a Call-ID what it likes.
  const stop = line.on("call:offered", (call) => void call.answer());
  for (const callId of [`${s.caller}-1@b.example`, "opaque@10.77.88.99"]) {
    b.call("agent7", { from: `+216${s.caller}`, callId });
    await pass(1_000);
    for (const each of line.calls) each.hangUp();
    await pass(1_000);
  }
  stop();
  // A customer's, and a text.
  const headers = [`P-Asserted-Identity: "${s.callerName}" <sip:+216${s.caller}@b.example>`, `X-Customer: ${s.callerHeader}`];
  b.call("agent7", { from: `+216${s.caller}`, offer: sdpWith(s.icePassword), headers });
  void b.message("agent7", { from: `+216${s.caller}`, text: s.message });
  await pass(500);
  a.resetAll();
  await pass(10_000);

  const report = await line.report();
  const fleet = mergeReports([report], { generatedAtMs: Date.now() });
  if (!fleet) throw new Error("no outage was met");
  const outputs = new Map([
    ["journal", line.journal.map((entry) => JSON.stringify(entry)).join("\n")],
    ["report", JSON.stringify(report)],
    ["ticket", JSON.stringify(troubleTicket(report))],
    ["logs", JSON.stringify(allAtOnce(logsRequestOf(report, {})))],
    ["metrics", JSON.stringify(metricsRequestOf(report, {}))],
    ["fleet", JSON.stringify(fleet)],
    ["console", console.join("\n")],
    ["delivered", delivered.join("\n")],
    ["store", written.join("\n")],
  ]);
  for (const audience of audiences)
    for (const language of [undefined, fr]) {
      const how = { audience, ...(language && { language }) };
      for (const render of [renderText, renderMarkdown, renderHtml])
        outputs.set(`${render.name} ${audience} ${language?.tag ?? "en"}`, render(report, how));
      for (const render of [renderFleetText, renderFleetMarkdown, renderFleetHtml])
        outputs.set(`${render.name} ${audience}`, render(fleet, how));
    }
  return { outputs, heard: b.log.map(({ raw }) => raw).join("\n"), journal: [...line.journal] };
}

/** Which of them got out, and where. */
const foundIn = (outputs: ReadonlyMap<string, string>, s: Secrets): readonly (readonly [what: string, where: string])[] =>
  [...outputs].flatMap(([where, text]) =>
    [...Object.entries(s), ["address", "10.77.88.99"] as const].flatMap(([what, secret]) =>
      text.includes(secret) ? [[what, where] as const] : [],
    ),
  );

/** What threw an error with a secret in its text, as the journal has it. */
const thrown = [
  { type: "policy:failed" },
  { type: "listener:failed", event: "incident:opened" },
  { type: "listener:failed", event: "target" },
  { type: "store:failed" },
  { type: "sink:failed", sink: "broken" },
  { type: "control:failed", control: "crm" },
  { type: "stage:failed", stage: "settings" },
  { type: "crm:failed", what: "call log" },
] as const;
const isOf = (entry: Entry, error: (typeof thrown)[number]) =>
  Object.entries(error).every(([key, value]) => (entry as unknown as Readonly<Record<string, unknown>>)[key] === value);

describe("of all that a line sees", () => {
  property.prop([secrets], { numRuns: 3, endOnFailure: true })("no secret, and nobody's number or name, leaves", async (drawn) => {
    const { outputs, journal } = await sessionWith(drawn);
    expect(foundIn(outputs, drawn)).toEqual([]);
    // Else nothing would have been there to get out.
    expect(thrown.filter((error) => !journal.some((entry) => isOf(entry, error)))).toEqual([]);
    expect([...outputs].filter(([, text]) => text === "")).toEqual([]);
    const offered = new Set(journal.flatMap((entry) => (entry.type === "call:offered" ? entry.callId : [])));
    const answered = journal.filter((entry) => entry.type === "call:answered").filter(({ callId }) => offered.has(callId));
    expect(answered.map(({ sipCallId }) => sipCallId)).toEqual([undefined, "opaque"]);
  });

  property.prop([secrets], { numRuns: 1, endOnFailure: true })(
    "what the integrator names leaves, and nothing else; and all was said",
    async (drawn) => {
      const full = { calledNumber: "full", callerNumber: "full", callerId: "full", callerName: "full" } as const;
      const { outputs, heard } = await sessionWith(drawn, { errorMessages: true, reasonText: true, context: ["note"], ...full });
      expect([...new Set(foundIn(outputs, drawn).map(([what]) => what))].sort()).toEqual(
        [
          ...["called", "caller", "callerId", "callerName", "referredTo", "context"],
          // Errors of the CRM's own steps, and what the carrier wrote beside its code.
          ...["controlError", "crmError", "stageError", "reason"],
        ].sort(),
      );
      for (const what of [
        "header",
        "displayName",
        "callerId",
        "transferredTo",
        "callerHeader",
        "message",
        "referredBy",
        "icePassword",
        "phrase",
      ] as const)
        expect(heard).toContain(drawn[what]);
      for (const what of ["password", "urlToken", "context"] as const) expect(heard).not.toContain(drawn[what]);
    },
  );
});
