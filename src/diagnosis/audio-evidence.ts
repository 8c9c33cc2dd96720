/** What answered calls say by their audio: each trunk's, and another's at the time. */
import { cite, type Detector } from "./cite.ts";
import { isProven, probedWithinMs, type AudioSeen } from "./observations.ts";

/** Calls so far apart were had under the same conditions, ms: a conversation lasts some minutes. */
const nearMs = 300_000;

const being =
  (...ends: AudioSeen["end"][]) =>
  ({ end }: AudioSeen) =>
    ends.includes(end);
const isBad = being("none", "poor");

const isNear = (those: readonly AudioSeen[]) => (one: AudioSeen) => those.some(({ atMs }) => Math.abs(one.atMs - atMs) <= nearMs);

const trunksAudio: Detector = ({ audio, trunks }) =>
  trunks.flatMap((trunk) => {
    const here = audio.filter(({ trunkId }) => trunkId === trunk.id);
    const bad = here.filter(isBad);
    const none = here.filter(being("none"));
    const badCalls = new Set(bad.map(({ callId }) => callId));
    const well = audio.filter(being("good")).filter(isNear(bad));
    const elsewhere = well.filter(({ carrier }) => carrier !== trunk.carrier);
    const others = well.filter(({ trunkId, callId }) => trunkId === trunk.id && !badCalls.has(callId));
    const params = { trunk: trunk.id, carrier: trunk.carrier, calls: badCalls.size };
    return [
      ...cite("no-audio-on-trunk", "inferred", none, { ...params, calls: new Set(none.map(({ callId }) => callId)).size }),
      ...cite("audio-poor-on-trunk", "observed", here.filter(being("poor")), params),
      ...cite(
        "edge-well-without-audio",
        "peer",
        none.filter(({ atMs }) => isProven(trunk, atMs, atMs + probedWithinMs)),
        params,
      ),
      ...cite("audio-well-on-other-trunk", "observed", elsewhere, { ...params, other: elsewhere[0]?.trunkId ?? "" }),
      ...cite("audio-well-on-same-trunk", "observed", others, params),
      ...cite("audio-mended-by-restart", "observed", here.filter(being("mended")), params),
    ];
  });

/** Carriers that share nothing fail to bring audio: look at what is near the agent. */
const everywhere: Detector = ({ audio }) => {
  const none = audio.filter(being("none"));
  const isElsewhereToo = (one: AudioSeen) => none.some((other) => other.carrier !== one.carrier && isNear([one])(other));
  const isElsewhereWell = (one: AudioSeen) => audio.some((other) => being("good")(other) && isNear([one])(other));
  return cite(
    "no-audio-on-unrelated-trunks",
    "observed",
    none.filter((one) => isElsewhereToo(one) && !isElsewhereWell(one)),
  );
};

const microphone: Detector = ({ audio }) => {
  const silent = audio.filter(being("silent-here"));
  return cite("microphone-silent", "observed", silent, { calls: new Set(silent.map(({ callId }) => callId)).size });
};

const forgotten: Detector = ({ forgottenCalls }) => {
  const [first] = forgottenCalls;
  return cite("call-forgotten-by-edge", "peer", forgottenCalls, { trunk: first?.trunkId ?? "", carrier: first?.carrier ?? "" });
};

export const audioDetectors: readonly Detector[] = [trunksAudio, everywhere, microphone, forgotten];
