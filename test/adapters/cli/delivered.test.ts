/** A report as it arrived, and the journal behind it, before the command that support has. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, expect, test, vi } from "vitest";
import { http } from "../../../adapters/http/index.ts";
import { journalText } from "../../../src/diagnosis/index.ts";
import type { Entry } from "../../../src/journal.ts";
import { buildHouse, pass, underFakeTime } from "../../support/house.ts";

underFakeTime();

const folder = await mkdtemp(join(tmpdir(), "delivered-"));
afterAll(() => rm(folder, { recursive: true }));
const root = new URL("../../..", import.meta.url).pathname;

const keep = async (name: string, content: string | Uint8Array) => {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
};

/** As a shell runs it. */
function linekeeper(...args: string[]): Promise<{ readonly code: number; readonly out: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--conditions=linekeeper-source", "adapters/cli/main.ts", ...args],
      { cwd: root },
      (error, stdout, stderr) => resolve({ code: typeof error?.code === "number" ? error.code : 0, out: stdout + stderr }),
    );
  });
}

/** An incident's report as its endpoint got it, zipped and signed; and the whole journal of its page. */
async function delivered(): Promise<{ body: Uint8Array; pem: string; journal: readonly Entry[] }> {
  const { privateKey, publicKey } = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const bodies: Uint8Array[] = [];
  const endpoint: typeof fetch = async (_url, init) => {
    bodies.push(new Uint8Array(init?.body as ArrayBuffer));
    return Promise.resolve(new Response());
  };
  const { line, a, open } = buildHouse({
    limits: { calmMs: 1_000 },
    reports: [http({ url: "https://desk.example/line", fetch: endpoint })],
    reporting: { signing: { key: privateKey, keyId: "desk 7" } },
  });
  await open();
  const mend = a.fault({ kind: "reject", methods: ["INVITE"], code: 503 });
  line.call("+21671000001");
  await pass(2_000);
  mend();
  line.calls.forEach((call) => call.hangUp());
  await pass(60_000);
  for (let calls = 0; calls < 3; calls++) {
    const call = line.call("+21671000002");
    await pass(1_000);
    call.hangUp();
    await pass(10_000);
  }
  await vi.waitUntil(async () => (await pass(1_000), bodies.length > 0), 5_000);
  await pass(60_000);
  const spki = Buffer.from(await crypto.subtle.exportKey("spki", publicKey)).toString("base64");
  // Signing takes the machine's time, and an incident that goes on meanwhile has another version: of the same report.
  const ids = bodies.map((body) => (JSON.parse(gunzipSync(body).toString()) as { reportId: string }).reportId);
  expect([...new Set(ids)]).toEqual([expect.any(String)]);
  return {
    body: bodies.at(-1) ?? new Uint8Array(),
    pem: `-----BEGIN PUBLIC KEY-----\n${spki}\n-----END PUBLIC KEY-----\n`,
    journal: line.journal,
  };
}

test("linekeeper verify: a delivered report is as it was signed, and what its journal says; an altered one of either is found", async () => {
  const { body, pem, journal } = await delivered();
  const [key, whole] = [await keep("key.pem", pem), await keep("journal.jsonl", journalText(journal))];
  const report = await keep("report.json.gz", body);
  const well = await linekeeper("verify", report, "--key", key, "--journal", whole);
  expect(well).toEqual({
    code: 0,
    out: [
      "well: the report is as it was signed (key desk 7)",
      `well: ${whole}: it is the journal that the report was made of`,
      "well: the report says what the journal says\n",
    ].join("\n"),
  });

  const text = gunzipSync(body).toString();
  const altered = await keep("altered.json.gz", gzipSync(text.replace(/"minutesLost":[\d.]+/, '"minutesLost":480')));
  const found = await linekeeper("verify", altered, "--key", key, "--journal", whole);
  expect(found.code).toBe(1);
  expect(found.out).toContain("found: the report was altered since it was signed");
  expect(found.out).toContain("found: the report is not what its journal gives, first at /minutesLost");

  const doctored = await keep("doctored.jsonl", journalText(journal).replace('"code":503', '"code":486'));
  const mended = await linekeeper("verify", report, "--key", key, "--journal", doctored);
  expect(mended.code).toBe(1);
  expect(mended.out).toContain(`found: ${doctored}: it is not the journal that the report was made of`);
}, 30_000);
