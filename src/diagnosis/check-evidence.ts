/** What the SDK's own checks of the agent's device and page say (`linekeeper/preflight`). */
import { cite, type Detector } from "./cite.ts";
import type { EvidenceCode } from "./weights.ts";

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

export const checkDetectors: readonly Detector[] = Object.entries(evidenceOfCheck).map(([check, code]) => ({ failedChecks }) => {
  const failed = failedChecks.filter((one) => one.check === check);
  return cite(code, "observed", failed, { error: failed.at(-1)?.fault.name ?? "" });
});
