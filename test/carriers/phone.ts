/** A real phone: a baresip on the carriers' side. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { vi } from "vitest";
import type { Namespace } from "./namespace.ts";
import { strongestHz, tonesHz, wavOf } from "./tone.ts";

export interface Phone {
  /** The number that both carriers have it under. */
  readonly number: string;
  /** Samples (8 kHz) that it has heard. */
  readonly heardSamples: number;
  /** The strongest frequency in the last second that it heard; 0 for silence. */
  readonly heardHz: number;
  /** Calls somebody. */
  dial(uri: string): Promise<void>;
  hold(): Promise<void>;
  resume(): Promise<void>;
  hangUp(): Promise<void>;
  close(): Promise<void>;
}

const rate = 8_000;
const longestCallS = 60;

/** A number ends in its phone's SIP port (kamailio.cfg). The next port is SIP's over TLS, and the one after that ours. */
let lastPort = 21_000;

/** Starts one that answers at once. */
export async function startPhone(baresip: string, namespace: Namespace, folder: string): Promise<Phone> {
  const port = (lastPort += 3);
  const controlPort = port + 2;
  const number = `+216710${port}`;
  const home = join(folder, `phone-${port}`);
  mkdirSync(home);
  const tone = join(home, "tone.wav");
  // At the file's end baresip hangs up.
  writeFileSync(tone, wavOf(tonesHz.customer, rate, longestCallS));
  writeFileSync(
    join(home, "config"),
    [
      `sip_listen 127.0.0.1:${port}`,
      `ctrl_tcp_listen 127.0.0.1:${controlPort}`,
      `audio_source aufile,${tone}`,
      // A player that plays to nobody; the recorder hears it all the same.
      "audio_player aubridge,nowhere",
      "audio_alert aubridge,nowhere",
      `snd_path ${home}`,
      "module_path /usr/lib/baresip/modules",
      ...["g711", "aufile", "aubridge", "sndfile"].map((name) => `module ${name}.so`),
      "module_tmp account.so",
      ...["menu", "ctrl_tcp"].map((name) => `module_app ${name}.so`),
      "",
    ].join("\n"),
  );
  writeFileSync(join(home, "accounts"), `<sip:${number}@127.0.0.1:${port}>;regint=0;answermode=auto;audio_codecs=pcmu\n`);
  writeFileSync(join(home, "contacts"), "");
  const program = await namespace.start(baresip, ["-f", home], home);
  const control = await vi
    .waitFor(() => namespace.tcp("127.0.0.1", controlPort), { timeout: 5_000, interval: 20 })
    .catch((error: unknown) => {
      throw new Error(`baresip did not come up: ${program.complaints}`, { cause: error });
    });
  control.on("error", () => {});

  /** A netstring of JSON; its response comes as another. */
  function tell(command: string, params = ""): Promise<void> {
    const message = JSON.stringify({ command, params, token: command });
    return new Promise((resolve, reject) => {
      const hear = (data: Buffer) => {
        const text = data.toString();
        if (!text.includes('"response":true')) return;
        control.off("data", hear);
        if (text.includes('"ok":true')) resolve();
        else reject(new Error(`baresip: ${command}: ${text}`));
      };
      control.on("data", hear);
      control.write(`${Buffer.byteLength(message)}:${message},`);
    });
  }

  /** What it decoded, as far as it is written. */
  function recording(): Buffer {
    const file = readdirSync(home).find((name) => name.endsWith("-dec.wav"));
    return file && existsSync(join(home, file)) ? readFileSync(join(home, file)).subarray(44) : Buffer.alloc(0);
  }

  return {
    number,
    get heardSamples() {
      return recording().length >> 1;
    },
    get heardHz() {
      const heard = recording();
      const samples = new Int16Array(heard.buffer.slice(heard.byteOffset, heard.byteOffset + (heard.length & ~1)));
      return strongestHz(samples.subarray(-rate), rate);
    },
    dial: (uri) => tell("dial", uri),
    hold: () => tell("hold"),
    resume: () => tell("resume"),
    hangUp: () => tell("hangup"),
    async close() {
      control.destroy();
      await program.kill();
    },
  };
}
