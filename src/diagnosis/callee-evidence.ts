/** What callees say, and what is said of them: proof that the carrier got there (ITU-T E.425). */
import { cite, type Detector } from "./cite.ts";
import type { AttemptSeen } from "./observations.ts";
import { ending, firstAfter, grouped, onsetMs } from "./questions.ts";

/** Callees' refusals are worth a word when they are at least so many, and half of all calls. */
const refusalsAtLeast = 3;

const anonymous: Detector = ({ attempts }) => {
  const refused = attempts.filter(ending("anonymous-refused"));
  const { trunkId: trunk = "", carrier = "" } = refused[0] ?? {};
  const numbers = new Set(refused.map(({ number }) => number)).size;
  return cite("callees-refuse-anonymous-caller", "peer", refused, { trunk, carrier, numbers });
};

/** Calls of which carriers that share nothing all brought the callee's own word: each is the other's control. */
const agreed = (attempts: readonly AttemptSeen[]) =>
  grouped(attempts, ({ callId }) => callId)
    .filter((tries) => tries.every(ending("callee")) && new Set(tries.map(({ carrier }) => carrier)).size > 1)
    .flat();

/** What callees said before anything else was wrong explains nothing of it. */
const callees: Detector = (seen) => {
  const onset = onsetMs(seen);
  const from = onset === Infinity ? 0 : firstAfter(seen.attempts, onset, ({ atMs }, limitMs) => atMs < limitMs);
  const attempts = seen.attempts.slice(from);
  const ofStarts = new Set(seen.fortunes.flatMap(({ faults }) => faults).map(({ seq }) => seq));
  const refused = attempts.filter(({ end, seq }) => end === "callee" && !ofStarts.has(seq));
  const isMany = refused.length >= refusalsAtLeast && refused.length * 2 >= attempts.length;
  const told = isMany ? refused : [...new Set([...agreed(attempts), ...refused.filter(({ byCallee }) => byCallee)])];
  return cite("callee-refused", "peer", told, { calls: new Set(told.map(({ callId }) => callId)).size });
};

export const calleeDetectors: readonly Detector[] = [anonymous, callees];
