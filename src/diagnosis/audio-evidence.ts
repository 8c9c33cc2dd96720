/** What answered calls say by their audio: each trunk's, and another's at the time. */
import { cite, type Detector } from "./cite.ts";
import { isProven, probedWithinMs, type AudioSeen } from "./observations.ts";

/** Calls so far apart were had under the same conditions, ms. */
const nearMs = 300_000;
/** What sounds well so soon after the last bad call still does so beside it, ms. */
const besideMs = 60_000;

const being =
  (...ends: AudioSeen["end"][]) =>
  ({ end }: AudioSeen) =>
    ends.includes(end);
const isBad = being("none", "poor");

/** Had while those were: from the first of them on. */
const isBeside =
  (those: readonly AudioSeen[]) =>
  ({ atMs }: AudioSeen) => {
    const [first] = those;
    const last = those.at(-1);
    return first !== undefined && last !== undefined && atMs >= first.atMs && atMs <= last.atMs + besideMs;
  };

const isNear = (those: readonly AudioSeen[]) => (one: AudioSeen) => those.some(({ atMs }) => Math.abs(one.atMs - atMs) <= nearMs);

const trunksAudio: Detector = ({ audio, trunks }) =>
  trunks.flatMap((trunk) => {
    const here = audio.filter(({ trunkId }) => trunkId === trunk.id);
    const bad = here.filter(isBad);
    const none = here.filter(being("none"));
    const badCalls = new Set(bad.map(({ callId }) => callId));
    const well = audio.filter(being("good")).filter(isBeside(bad));
    // A trunk that was bad as well, and is good again, says that whatever it was is over.
    const badToo = new Set(audio.filter(isBad).map(({ trunkId }) => trunkId));
    const elsewhere = well.filter(({ carrier, trunkId }) => carrier !== trunk.carrier && !badToo.has(trunkId));
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

/** Carriers that share nothing fail to bring audio, or bring it badly: look at what is near the agent. */
const everywhere: Detector = ({ audio }) => {
  const shared = (those: readonly AudioSeen[]) =>
    audio.some((one) => being("good")(one) && isBeside(those)(one) && one.atMs <= (those.at(-1)?.atMs ?? 0))
      ? []
      : those.filter((one) => those.some((other) => other.carrier !== one.carrier && isNear([one])(other)));
  return [
    ...cite("no-audio-on-unrelated-trunks", "observed", shared(audio.filter(being("none")))),
    ...cite("audio-poor-on-unrelated-trunks", "observed", shared(audio.filter(being("poor")))),
  ];
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
