/** `linekeeper verify`: was a report or a journal altered, cut or reordered since it was written? */
import { explain, type Entry } from "../../src/diagnosis/index.ts";
import { buildReport, type ReportDocument } from "../../src/report/index.ts";
import { journalDigest, verifyReport } from "../../src/seal/index.ts";
import { version } from "../../src/index.ts";
import { InputError, inputOf, withEntries } from "./input.ts";
import type { Io } from "./io.ts";
import { readPublicKey } from "./key.ts";
import { UsageError } from "./render.ts";
import { readSealed, type Finding } from "./sealed.ts";

export interface VerifyCommandOptions {
  readonly journal?: string;
  readonly key?: string;
}

/** @returns whether all that was asked for is well. @throws InputError, UsageError. */
export async function verifyFile(io: Io, path: string, options: VerifyCommandOptions): Promise<boolean> {
  const read = await readSealed(io, path, false);
  if (typeof read !== "string" && (options.journal !== undefined || options.key !== undefined))
    throw new UsageError("--journal and --key are for a report: a journal carries its seals");
  const findings = typeof read === "string" ? await findingsOn(io, reportIn(path, read), options) : read.findings;
  for (const finding of findings) io.out(`${mark(io, finding.well)} ${finding.text}\n`);
  return findings.every(({ well }) => well === true);
}

const mark = (io: Io, well: boolean | undefined) =>
  well === true ? io.style("green", "well:") : well === false ? io.style("red", "found:") : "unknown:";

/** @throws InputError where it is none. */
function reportIn(path: string, text: string): ReportDocument {
  const input = inputOf(path, text);
  if (input.kind !== "report") throw new InputError(`${path}: it is no report`);
  return input.report;
}

async function findingsOn(io: Io, report: ReportDocument, { journal, key }: VerifyCommandOptions): Promise<readonly Finding[]> {
  return [await signatureOf(io, report, key), ...(journal === undefined ? [] : await againstJournal(io, report, journal))];
}

async function signatureOf(io: Io, report: ReportDocument, key: string | undefined): Promise<Finding> {
  const { signature } = report;
  if (!signature) return { well: key === undefined ? undefined : false, text: "the report is not signed" };
  const by = signature.keyId === undefined ? "" : ` (key ${signature.keyId})`;
  if (key === undefined) return { well: undefined, text: `the report is signed${by}; --key says with which key to look` };
  return (await verifyReport(report, await readPublicKey(io, key)))
    ? { well: true, text: `the report is as it was signed${by}` }
    : { well: false, text: `the report was altered since it was signed, or signed with another key${by}` };
}

async function againstJournal(io: Io, report: ReportDocument, path: string): Promise<readonly Finding[]> {
  const read = await readSealed(io, path, true);
  if (typeof read === "string") throw new InputError(`${path}: it is no journal`);
  const { findings } = read;
  if (!read.isIntact) return findings;
  // Without seals the digest says it.
  const seals = findings.filter(({ well }) => well !== undefined);
  const entries = read.entries();
  const { journalDigest: digest } = report;
  if (!digest) return [...seals, { well: undefined, text: "the report holds no digest of its journal" }];
  const behind = entries.filter(({ seq }) => seq <= digest.lastSeq);
  if (behind.length !== digest.entries)
    return [
      ...seals,
      { well: false, text: `${path}: the report was made of ${digest.entries} entries, of which ${behind.length} are here` },
    ];
  if ((await journalDigest(behind)).value !== digest.value)
    return [...seals, { well: false, text: `${path}: it is not the journal that the report was made of, or one of the two was altered` }];
  return [...seals, { well: true, text: `${path}: it is the journal that the report was made of` }, madeAgain(path, report, behind)];
}

/** The report, made once more of the same entries. */
function madeAgain(path: string, report: ReportDocument, entries: readonly Entry[]): Finding {
  const { environment, generatedAt, incidentId, sampledShare, status, verdict } = report;
  if (environment?.sdk !== version)
    return { well: true, text: `the report was made by Linekeeper ${environment?.sdk ?? "of another version"}, so it was not made again` };
  const again = withEntries(path, entries, (all) => {
    const nowMs = closedByMs(report, all);
    const explained = explain(all, nowMs === undefined ? {} : { nowMs });
    const incident = explained.incidents.find(({ id }) => id === incidentId);
    return buildReport(all, incident, {
      generatedAtMs: Date.parse(generatedAt),
      isFinal: status === "closed",
      // A session that was over before anybody looked is reported without one.
      ...(!incident && verdict && { verdict: explained.verdict }),
      ...(sampledShare !== undefined && { sampledShare }),
    });
  });
  const { journalDigest: _, signature: __, ...told } = report;
  const place = firstDifference(JSON.parse(JSON.stringify(again)), told);
  return place === undefined
    ? { well: true, text: "the report says what the journal says" }
    : { well: false, text: `the report is not what its journal gives, first at ${place}` };
}

/** How far a page's two clocks may come apart before its journal says so, ms. */
const driftMs = 2_000;

/**
 * Until when time passed before an incident was closed, ms since the session's start: it is closed by a calm in which nothing is
 * written. Undefined where it was not.
 */
function closedByMs({ status, span, generatedAt }: ReportDocument, entries: readonly Entry[]): number | undefined {
  if (status !== "closed" || span.ongoing) return undefined;
  const clock = entries.findLast((entry) => entry.type === "session:started" || entry.type === "clock:jumped");
  return clock && Date.parse(generatedAt) - clock.dateMs + clock.atMs + driftMs;
}

/** Where two JSON values first differ, as a JSON pointer (RFC 6901); in the order of the first's names. */
function firstDifference(expected: unknown, found: unknown, at = ""): string | undefined {
  if (Object.is(expected, found)) return undefined;
  if (typeof expected !== "object" || typeof found !== "object" || expected === null || found === null) return at || "/";
  for (const name of new Set([...Object.keys(expected), ...Object.keys(found)])) {
    const [one, other] = [expected, found].map((value) => (value as Record<string, unknown>)[name]);
    const place = firstDifference(one, other, `${at}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`);
    if (place !== undefined) return place;
  }
  return undefined;
}
