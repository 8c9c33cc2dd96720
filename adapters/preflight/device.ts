/** What the page may do, and what the agent's device has. */
import type { Clock } from "../../src/clock.ts";
import { microphoneForbidden } from "../../src/platform.ts";
import { Finding, type Check, type PreflightHost, type Remark } from "./check.ts";
import { audibleDbov, levelOf, withSound } from "./sound.ts";

interface DeviceOptions {
  readonly asks: boolean;
  /** How long the agent may think. */
  readonly answerMs: number;
  readonly speakerId: string | undefined;
  readonly clock: Clock;
}

export function deviceChecks(host: PreflightHost, { asks, answerMs, speakerId, clock }: DeviceOptions): Check[] {
  const devices = () => {
    const found = host.navigator?.mediaDevices;
    if (!found) throw new Finding("NotSupportedError", "the browser has no navigator.mediaDevices");
    return found;
  };

  async function microphone(signal: AbortSignal): Promise<Remark | undefined> {
    const stream = await devices().getUserMedia({ audio: true });
    try {
      if (signal.aborted) return undefined;
      const [track] = stream.getAudioTracks();
      if (!track) throw new Finding("NotFoundError", "the browser gave a stream without a microphone");
      // Where nothing may be played yet, nothing can be measured: that is told by `autoplay`.
      const levelDbov = await withSound(host, clock, (context) => levelOf(stream, context, clock, signal)).catch(() => undefined);
      const measured = levelDbov === undefined ? undefined : { measured: { levelDbov } };
      if (track.muted) return { outcome: "warn", code: "MutedMicrophone", ...measured };
      return measured && levelDbov !== undefined && levelDbov < audibleDbov
        ? { outcome: "warn", code: "SilentMicrophone", ...measured }
        : measured;
    } finally {
      for (const track of stream.getTracks()) track.stop();
    }
  }

  async function audioOutput(): Promise<Remark | undefined> {
    const all = await devices().enumerateDevices();
    // Safari lists no outputs, and Firefox none before the microphone is allowed: only a device without anything is a fault.
    if (all.length === 0) throw new Finding("NotFoundError", "the device has nothing to hear with");
    const outputs = all.filter(({ kind }) => kind === "audiooutput");
    const isGone = speakerId !== undefined && speakerId !== "" && outputs.every(({ deviceId }) => deviceId !== speakerId);
    // Before the microphone is allowed, a browser tells no ids.
    const isTold = outputs.some(({ deviceId }) => deviceId !== "");
    return isGone && isTold ? { outcome: "warn", code: "SpeakerMissing" } : undefined;
  }

  return [
    {
      name: "secure-context",
      run() {
        const why = microphoneForbidden({ isSecureContext: host.isSecureContext ?? false });
        if (why !== undefined) throw new Finding("SecurityError", why);
      },
    },
    {
      name: "microphone-policy",
      run() {
        const why = microphoneForbidden(host.document ? { document: host.document } : {});
        if (why !== undefined) throw new Finding("SecurityError", why);
      },
    },
    ...(asks
      ? [
          {
            name: "microphone",
            needs: ["secure-context", "microphone-policy"],
            // The browser may ask the agent first.
            timeoutMs: answerMs,
            run: microphone,
          },
        ]
      : []),
    { name: "audio-output", needs: ["secure-context"], run: audioOutput },
    { name: "autoplay", run: () => withSound(host, clock, () => undefined) },
    {
      name: "webrtc",
      run() {
        if (!host.RTCPeerConnection)
          throw new Finding("NotSupportedError", "the browser has no RTCPeerConnection, or a policy turned it off");
        new host.RTCPeerConnection().close();
      },
    },
  ];
}
