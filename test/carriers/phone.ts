/** A real phone: a baresip on the carriers' side. */
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startBaresip } from "../support/baresip.ts";
import type { Namespace } from "./namespace.ts";
import { strongestHz, tonesHz, wavOf } from "./tone.ts";

export interface Phone {
  /** The number that both carriers have it under. */
  readonly number: string;
  /** The strongest frequency in the last second that it heard; 0 for silence, and after any hold: then baresip records no more. */
  readonly heardHz: number;
  /** Calls somebody. */
  dial(uri: string): Promise<void>;
  hold(): Promise<void>;
  resume(): Promise<void>;
  /** Digits that it heard as RTP events (RFC 4733). */
  readonly digits: readonly string[];
  /** Sends one as RTP events. */
  sendDigit(digit: string): Promise<void>;
  hangUp(): Promise<void>;
  close(): Promise<void>;
}

const rate = 8_000;
const longestCallS = 60;
/** Who writes nothing for so long hears nothing: RTP comes every 20 ms, and is written at once. */
const staleMs = 1_000;

/** A number ends in its phone's SIP port (kamailio.cfg). The next port is SIP's over TLS, and the one after that ours. */
let lastPort = 21_000;

/** Starts one that answers at once. */
export async function startPhone(baresip: string, namespace: Namespace, folder: string): Promise<Phone> {
  const port = (lastPort += 3);
  const number = `+216710${port}`;
  const home = join(folder, `phone-${port}`);
  const tone = `${home}.wav`;
  // At the file's end baresip hangs up.
  writeFileSync(tone, wavOf(tonesHz.customer, rate, longestCallS));
  const { events, tell, close } = await startBaresip(
    {
      ...{ baresip, home, port, controlPort: port + 2 },
      account: `<sip:${number}@127.0.0.1:${port}>;regint=0;answermode=auto;audio_codecs=pcmu`,
      // A player that plays to nobody; the recorder hears it all the same.
      settings: [`audio_source aufile,${tone}`, "audio_player aubridge,nowhere", "audio_alert aubridge,nowhere", `snd_path ${home}`],
      modules: ["g711", "aufile", "aubridge", "sndfile"],
    },
    namespace,
  );

  /** What it decoded, as far as it is written; nothing where that is not of now. */
  function recording(): Buffer {
    const file = readdirSync(home).find((name) => name.endsWith("-dec.wav"));
    if (!file || Date.now() - statSync(join(home, file)).mtimeMs > staleMs) return Buffer.alloc(0);
    return readFileSync(join(home, file)).subarray(44);
  }

  return {
    number,
    get heardHz() {
      const heard = recording();
      const samples = new Int16Array(heard.buffer.slice(heard.byteOffset, heard.byteOffset + (heard.length & ~1)));
      return strongestHz(samples.subarray(-rate), rate);
    },
    dial: (uri) => tell("dial", uri),
    hold: () => tell("hold"),
    resume: () => tell("resume"),
    get digits() {
      return events.flatMap(({ type, param = "" }) => (type === "CALL_DTMF_START" ? [param] : []));
    },
    sendDigit: (digit) => tell("sndcode", digit),
    hangUp: () => tell("hangup"),
    close,
  };
}
