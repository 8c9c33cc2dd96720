/** What answered calls say by their audio: each trunk's, and another's at the time. */
import { cite, type Detector } from "./cite.ts";
import { chanceOf, nowAndThen, seldom } from "./lost-alone.ts";
import { lostTogether } from "./lost-together.ts";
import type { AudioSeen, Observations } from "./observations.ts";
import { isProven, probedWithinMs } from "./questions.ts";

/** Calls so far apart were had under the same conditions, ms. */
const nearMs = 300_000;
/** Audio that is lost is noticed so late that a call which ended meanwhile seemed well to its end, ms. */
const unnoticedMs = 5_000;
/** What sounds well so soon after the last bad call still does so beside it, ms. */
const besideMs = 60_000;

const being =
  (...ends: AudioSeen["end"][]) =>
  ({ end }: AudioSeen) =>
    ends.includes(end);
const isBad = being("none", "poor", "poor-uplink");
/** What somebody hung up on before it was given up tells of its carrier as well, beside one that was. */
const isGone = being("none", "cut-short");
const isMended = being("mended");

/** Why a call had no audio, by the way that it should have taken; undefined where that is not on record, or does not tell. */
type Cause = "never-connected" | "no-handshake" | "relay-silent" | "nothing-sent";

function causeOf({ end, path, direction }: AudioSeen): Cause | undefined {
  if ((end !== "none" && end !== "cut-short") || !path) return undefined;
  if (!path.wasConnected) return "never-connected";
  const isConnected = path.ice === "connected" || path.ice === "completed";
  // On a connection that was made to mend the call, and found no path, none could begin.
  const hasBegun = isConnected || path.dtls !== "new";
  if (hasBegun && path.dtls !== undefined && path.dtls !== "connected" && path.dtls !== "closed") return "no-handshake";
  // What comes in shows that the relay is there.
  if (direction === "outbound") return undefined;
  const isThere = path.answers ?? isConnected;
  return isThere ? "nothing-sent" : "relay-silent";
}

const because = (cause: Cause) => (one: AudioSeen) => causeOf(one) === cause;

/** Had while those were: from the first of them on. */
const isBeside =
  (those: readonly AudioSeen[]) =>
  ({ atMs }: AudioSeen) => {
    const [first] = those;
    const last = those.at(-1);
    return first !== undefined && last !== undefined && atMs >= first.atMs && atMs <= last.atMs + besideMs;
  };

/** How long after the answer it was well, ms; undefined where that is not on record. */
const wellForMs = ({ answeredMs = NaN, wellUntilMs = NaN }: AudioSeen) => {
  const forMs = wellUntilMs - answeredMs;
  return Number.isNaN(forMs) ? undefined : forMs;
};

/** Had while those were, and for longer than they had been well when they lost their audio: what hits a call later spares none that is short. */
const isControlOf = (those: readonly AudioSeen[]) => {
  const lostAfterMs = Math.min(...those.map((one) => (isGone(one) || isMended(one) ? wellForMs(one) : undefined) ?? -Infinity));
  return (one: AudioSeen) => isBeside(those)(one) && (wellForMs(one) ?? Infinity) >= lostAfterMs + unnoticedMs;
};

const isNear = (those: readonly AudioSeen[]) => (one: AudioSeen) => those.some(({ atMs }) => Math.abs(one.atMs - atMs) <= nearMs);

/** So many calls that sound well before, and as many after, tell of one between that did not. */
const wellAtLeast = 2;
/** What loses so much is a fault of somebody's, whatever sounds well beside it, %. */
const grossLossPercent = 20;

/** The only call that was bad sounded poor, and those before and after it on its trunk well: it may be its callee's own line. */
function isPassing(one: AudioSeen, audio: readonly AudioSeen[]): boolean {
  const { callId, trunkId, lossPercent = Infinity } = one;
  if (one.end !== "poor" || lossPercent >= grossLossPercent) return false;
  if (audio.some((other) => other.callId !== callId && (isBad(other) || isGone(other)))) return false;
  const well = audio.filter((other) => being("good")(other) && other.trunkId === trunkId && other.callId !== callId);
  const callsIn = (those: readonly AudioSeen[]) => new Set(those.map((other) => other.callId)).size;
  return [well.filter(({ seq }) => seq < one.seq), well.filter(({ seq }) => seq > one.seq)].every((side) => callsIn(side) >= wellAtLeast);
}

/** What did not get through to unrelated carriers at one time, as where something on the way forbids it. Without a relay's address it may have no way at all. */
function keptTogether({ audio, missingIceServers }: Pick<Observations, "audio" | "missingIceServers">): ReadonlySet<AudioSeen> {
  const relayless = new Set(missingIceServers.map(({ callId }) => callId));
  const isKept = (one: AudioSeen) => isGone(one) && !because("no-handshake")(one) && !because("nothing-sent")(one);
  return lostTogether(
    audio,
    audio.filter((one) => isKept(one) && !relayless.has(one.callId)),
  );
}

/** How often chance alone would let that carrier's talks only lose their audio and find it again. */
function chanceFor(carrier: string, audio: readonly AudioSeen[]): number {
  const mended = audio.filter((one) => isMended(one) && one.carrier === carrier);
  const well = audio.filter(being("good")).filter(isControlOf(mended));
  return chanceOf(mended, audio.filter(isBeside(mended)), well);
}

const trunksAudio: Detector = ({ audio: all, trunks, missingIceServers }) => {
  const audio = all.filter((one) => !isPassing(one, all));
  const together = keptTogether({ audio, missingIceServers });
  return trunks.flatMap((trunk) => {
    const here = audio.filter(({ trunkId }) => trunkId === trunk.id);
    const bad = here.filter(isBad);
    const none = here.filter(being("none"));
    const mended = here.filter(isMended);
    const chance = chanceFor(trunk.carrier, audio);
    const badCalls = new Set(bad.map(({ callId }) => callId));
    // Of what unrelated carriers lost together none is cleared, nor blamed, by what is well besides.
    const isOwn = (one: AudioSeen) => (isBad(one) && !together.has(one)) || (isMended(one) && chance <= seldom);
    const well = audio.filter(being("good")).filter(isControlOf(here.filter(isOwn)));
    // A trunk that was bad as well, and is good again, says that whatever it was is over.
    const badToo = new Set(audio.filter(being("none", "poor", "poor-uplink", "cut-short")).map(({ trunkId }) => trunkId));
    const elsewhere = well.filter(({ carrier, trunkId }) => carrier !== trunk.carrier && !badToo.has(trunkId));
    // What sounds well here after the last bad call is the recovery.
    const lastMs = bad.at(-1)?.atMs ?? 0;
    const others = well.filter(({ trunkId, callId, atMs }) => trunkId === trunk.id && !badCalls.has(callId) && atMs <= lastMs);
    const params = { trunk: trunk.id, carrier: trunk.carrier, calls: badCalls.size };
    return [
      ...cite("no-audio-on-trunk", "inferred", none, { ...params, calls: new Set(none.map(({ callId }) => callId)).size }),
      ...cite("ice-never-connected", "observed", none.filter(because("never-connected")), params),
      ...cite("dtls-never-completed", "observed", none.filter(because("no-handshake")), params),
      ...cite("media-relay-silent", "observed", none.filter(because("relay-silent")), params),
      ...cite("connected-without-audio", "observed", none.filter(because("nothing-sent")), params),
      ...cite("audio-poor-on-trunk", "observed", here.filter(being("poor")), params),
      ...cite("uplink-poor-on-trunk", "observed", here.filter(being("poor-uplink")), params),
      ...cite(
        "edge-well-without-audio",
        "peer",
        none.filter(({ atMs }) => isProven(trunk, atMs, atMs + probedWithinMs)),
        params,
      ),
      ...cite("audio-well-on-other-trunk", "observed", elsewhere, { ...params, other: elsewhere[0]?.trunkId ?? "" }),
      ...cite("audio-well-on-same-trunk", "observed", others, params),
      ...cite(chance <= nowAndThen ? "audio-lost-again-and-again-on-trunk" : "audio-mended-by-restart", "observed", mended, {
        ...params,
        calls: new Set(mended.map(({ callId }) => callId)).size,
      }),
      ...cite("media-relay-moved", "observed", here.filter(being("moved-there")), params),
    ];
  });
};

/** So many well ones in a row are no luck. */
const recoveredAtLeast = 3;

/** What was well in a row between two of `those`, the carrier of the one before among several that had been bad: it was over meanwhile. */
function recoveriesIn(audio: readonly AudioSeen[], those: readonly AudioSeen[]): ReadonlySet<AudioSeen> {
  const bad = new Set(those);
  const badCalls = new Set(those.map(({ callId }) => callId));
  const badCarriers = new Set(those.map(({ carrier }) => carrier));
  const over = new Set<AudioSeen>();
  let last: AudioSeen | undefined;
  let row: AudioSeen[] = [];
  for (const one of audio) {
    if (being("good")(one) && !badCalls.has(one.callId)) row.push(one);
    if (!bad.has(one)) continue;
    const recovered = new Set(row.map(({ carrier }) => carrier).filter((carrier) => badCarriers.has(carrier)));
    const calls = new Set(row.map(({ callId }) => callId)).size;
    if (last && calls >= recoveredAtLeast && recovered.size > 1 && recovered.has(last.carrier)) for (const well of row) over.add(well);
    [last, row] = [one, []];
  }
  return over;
}

/** Carriers that share nothing fail to bring audio, or bring it badly: look at what is near the agent. */
const everywhere: Detector = ({ audio, missingIceServers }) => {
  const together = keptTogether({ audio, missingIceServers });
  const shared = (those: readonly AudioSeen[]) => {
    const lastMs = those.at(-1)?.atMs ?? 0;
    const isControl = isControlOf(those);
    const between = recoveriesIn(audio, those);
    const well = audio.filter((one) => being("good")(one) && isControl(one) && one.atMs <= lastMs && !between.has(one));
    const of = (carrier: string, all: readonly AudioSeen[]) => all.filter((one) => one.carrier === carrier).length;
    // Of a carrier that brings most calls well a bad one says little; a good one now and then acquits none.
    if (well.some(({ carrier }) => of(carrier, well) >= of(carrier, those))) return those.filter((one) => together.has(one));
    return those.filter((one) => those.some((other) => other.carrier !== one.carrier && isNear([one])(other)));
  };
  const gone = audio.some(being("none")) ? audio.filter(isGone) : [];
  return [
    // Where the handshake fails packets do get through: that is another cause than the rest.
    ...cite("no-audio-on-unrelated-trunks", "observed", shared(gone.filter((one) => !because("no-handshake")(one)))),
    ...cite("ice-never-connected-on-unrelated-trunks", "observed", shared(gone.filter(because("never-connected")))),
    ...cite("dtls-never-completed-on-unrelated-trunks", "observed", shared(gone.filter(because("no-handshake")))),
    ...cite("audio-poor-on-unrelated-trunks", "observed", shared(audio.filter(being("poor", "poor-uplink")))),
    ...cite("uplink-poor-on-unrelated-trunks", "observed", shared(audio.filter(being("poor-uplink")))),
  ];
};

/** Without a list from the CRM a call has no relay. That is no fault where it found its way all the same. */
const relays: Detector = ({ audio, missingIceServers }) => {
  const pathless = new Set(
    audio
      .filter(being("none"))
      .filter(because("never-connected"))
      .map(({ callId }) => callId),
  );
  const missing = missingIceServers.filter(({ callId }) => pathless.has(callId));
  return cite("ice-servers-not-to-be-had", "observed", missing, { error: missing.at(-1)?.error ?? "" });
};

const device: Detector = ({ audio }) => {
  const of = (...ends: AudioSeen["end"][]) => audio.filter(being(...ends));
  const calls = (those: readonly AudioSeen[]) => ({ calls: new Set(those.map(({ callId }) => callId)).size });
  const silent = of("silent-here");
  const muted = of("muted-here");
  const blocked = of("blocked-here");
  const unplugged = of("unplugged-here");
  return [
    ...cite("microphone-silent", "observed", silent, calls(silent)),
    ...cite("microphone-muted-by-system", "observed", muted, calls(muted)),
    ...cite("playback-blocked", "observed", blocked, calls(blocked)),
    ...cite("microphone-unplugged", "observed", unplugged, calls(unplugged)),
    ...cite("agent-address-changed", "observed", of("moved-here")),
  ];
};

const forgotten: Detector = ({ forgottenCalls }) => {
  const [first] = forgottenCalls;
  return cite("call-forgotten-by-edge", "peer", forgottenCalls, { trunk: first?.trunkId ?? "", carrier: first?.carrier ?? "" });
};

export const audioDetectors: readonly Detector[] = [trunksAudio, everywhere, relays, device, forgotten];
