/** What the SDK's own checks of the agent's device and page say (`linekeeper/preflight`). */
import { cite, type Detector } from "./cite.ts";
import type { Observations } from "./observations.ts";
import type { EvidenceCode } from "./weights.ts";

type FailedCheck = Observations["failedChecks"][number];

/** What the page has no API for is how it was built, whatever device it has; what it may not play yet, a click allows. */
const evidenceOfFault: Readonly<Record<string, EvidenceCode>> = {
  "autoplay NotAllowedError": "playback-blocked",
  "microphone NotSupportedError": "webrtc-missing",
  "microphone SecurityError": "page-may-not-use-microphone",
};

/** A trunk's own socket and registration tell more than the checks of them do: those are not here. */
const evidenceOfCheck: Readonly<Record<string, EvidenceCode>> = {
  "secure-context": "page-may-not-use-microphone",
  "microphone-policy": "page-may-not-use-microphone",
  microphone: "microphone-not-to-be-had",
  "audio-output": "audio-output-not-to-be-had",
  autoplay: "audio-output-not-to-be-had",
  webrtc: "webrtc-missing",
  "ice-servers": "ice-servers-not-to-be-had",
  turn: "ice-servers-unreachable",
  stun: "ice-servers-unreachable",
  clock: "clock-skewed",
  token: "token-too-old",
};

const codeOf = ({ check, fault }: FailedCheck) => evidenceOfFault[`${check} ${fault.name}`] ?? evidenceOfCheck[check];

const codes = new Set([...Object.values(evidenceOfCheck), ...Object.values(evidenceOfFault)]);

export const checkDetectors: readonly Detector[] = Array.from(codes, (code) => ({ failedChecks }) => {
  const failed = failedChecks.filter((one) => codeOf(one) === code);
  return cite(code, "observed", failed, { error: failed.at(-1)?.fault.name ?? "" });
});
