/** Everything that was observed and speaks for or against some domain. */
import { accountDetectors } from "./account-evidence.ts";
import { audioDetectors } from "./audio-evidence.ts";
import { audioOfCauses } from "./audio-fortunes.ts";
import { bootDetectors } from "./boot-evidence.ts";
import { callDetectors } from "./call-evidence.ts";
import { calleeDetectors } from "./callee-evidence.ts";
import { checkDetectors } from "./check-evidence.ts";
import { edgeDetectors } from "./edge-evidence.ts";
import { forbiddenDetectors } from "./forbidden-evidence.ts";
import { hostDetectors } from "./host-evidence.ts";
import type { Evidence } from "./model.ts";
import { networkDetectors } from "./network-evidence.ts";
import type { Observations } from "./observations.ts";
import { rules } from "./rules.ts";
import { settingsDetectors } from "./settings-evidence.ts";
import { sightOf } from "./sight.ts";
import { startDetector } from "./start-evidence.ts";
import { talkDetectors } from "./talk-evidence.ts";
import { unheardDetectors } from "./unheard.ts";

const detectors = [
  ...bootDetectors,
  startDetector,
  ...networkDetectors,
  ...edgeDetectors,
  ...hostDetectors,
  ...unheardDetectors,
  ...callDetectors,
  ...calleeDetectors,
  ...forbiddenDetectors,
  ...settingsDetectors,
  ...accountDetectors,
  ...audioDetectors,
  audioOfCauses,
  ...talkDetectors,
  ...checkDetectors,
];

/** Evidence as the detectors find it, in the bounds of the rules. */
export function evidenceOf(seen: Observations): readonly Evidence[] {
  const sight = sightOf(seen);
  const found = detectors.flatMap((detect) => detect(sight));
  return rules.reduce((evidence, rule) => rule(evidence), found as readonly Evidence[]);
}
