/** Where it happened, in classes: what the session said at its start, and what its calls' audio showed since. */
import type { Entry, EnvironmentFact } from "../journal.ts";
import type { CandidateType, MicrophoneKind } from "../ports/audio.ts";
import { forEachSliced, type Sliced } from "../slices.ts";

/** Where it happened, in classes: as the session began, and what the audio of its calls showed since. */
export interface ReportEnvironment extends EnvironmentFact {
  /** Of the calls whose audio was rated, each once, in the order in which it was met. */
  readonly codecs?: readonly string[];
  /** Kinds of the ICE candidates that carried it: ours, and the peer's (RFC 8445 §5.1.1). */
  readonly candidatePairs?: readonly { readonly local: CandidateType; readonly remote: CandidateType }[];
  /** Kinds of the microphones that the agent talked into, each once; absent where none was seen. */
  readonly microphones?: readonly MicrophoneKind[];
}

/** In this order: Edge and Opera call themselves Chrome too, and all of them Safari. */
const browsers: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["Edge", /\bEdg\/(\d{1,4})/],
  ["Opera", /\bOPR\/(\d{1,4})/],
  ["Firefox", /\bFirefox\/(\d{1,4})/],
  ["Chrome", /\bChrome\/(\d{1,4})/],
  ["Safari", /\bVersion\/(\d{1,4})[\d.]* (?:Mobile\/\w+ )?Safari\//],
];

/** Android's names Linux too, an iPhone's Mac OS. */
const systems: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["Windows", /\bWindows\b/],
  ["Android", /\bAndroid\b/],
  ["iOS", /\b(?:iPhone|iPad)\b/],
  ["macOS", /\bMacintosh\b/],
  ["Chrome OS", /\bCrOS\b/],
  ["Linux", /\bLinux\b/],
];

/** As a browser names itself that gives no client hints (Firefox, Safari). */
function namedIn(runtime: string): Pick<EnvironmentFact, "browser" | "os"> {
  const [system] = systems.find(([, pattern]) => pattern.test(runtime)) ?? [];
  for (const [name, pattern] of browsers) {
    const [, major] = pattern.exec(runtime) ?? [];
    if (major !== undefined) return { browser: `${name}/${major}`, ...(system !== undefined && { os: system }) };
  }
  return {};
}

/** @returns undefined where the journal's beginning is missing. */
export function* environmentOf(entries: readonly Entry[]): Sliced<ReportEnvironment | undefined> {
  const started = entries.find((entry) => entry.type === "session:started");
  if (!started) return undefined;
  const codecs = new Set<string>();
  const microphones = new Set<MicrophoneKind>();
  const pairs = new Map<string, NonNullable<ReportEnvironment["candidatePairs"]>[number]>();
  yield* forEachSliced(entries, (entry) => {
    if (entry.type !== "audio:rated") return;
    if (entry.codec !== undefined) codecs.add(entry.codec);
    if (entry.microphone !== undefined) microphones.add(entry.microphone);
    const { local, remote } = entry.path ?? {};
    if (local !== undefined && remote !== undefined) pairs.set(`${local} ${remote}`, { local, remote });
  });
  return {
    ...namedIn(started.environment.runtime),
    ...started.environment,
    ...(codecs.size > 0 && { codecs: [...codecs] }),
    ...(pairs.size > 0 && { candidatePairs: [...pairs.values()] }),
    ...(microphones.size > 0 && { microphones: [...microphones] }),
  };
}
