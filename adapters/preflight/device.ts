/** What the page may do, and what the agent's device has. */
import { sleep, type Clock } from "../../src/clock.ts";
import { Finding, type Check, type PreflightHost } from "./check.ts";

interface DeviceOptions {
  readonly asks: boolean;
  /** How long the agent may think. */
  readonly answerMs: number;
  readonly clock: Clock;
}

/** An AudioContext that may play does so at once, give or take, ms. */
const playsWithinMs = 1_000;

export function deviceChecks(host: PreflightHost, { asks, answerMs, clock }: DeviceOptions): Check[] {
  const devices = () => {
    const found = host.navigator?.mediaDevices;
    if (!found) throw new Finding("NotSupportedError", "the browser has no navigator.mediaDevices");
    return found;
  };
  return [
    {
      name: "secure-context",
      run() {
        if (!host.isSecureContext) throw new Finding("SecurityError", "the page is not served by https: no browser gives it a microphone");
      },
    },
    {
      name: "microphone-policy",
      run() {
        const policy = host.document?.permissionsPolicy ?? host.document?.featurePolicy;
        if (policy?.allowsFeature("microphone") === false)
          throw new Finding(
            "SecurityError",
            'the page is in a frame without allow="microphone", or its Permissions-Policy header forbids it',
          );
      },
    },
    ...(asks
      ? [
          {
            name: "microphone",
            needs: ["secure-context", "microphone-policy"],
            // The browser may ask the agent first.
            timeoutMs: answerMs,
            async run(signal: AbortSignal) {
              const stream = await devices().getUserMedia({ audio: true });
              const tracks = stream.getAudioTracks();
              for (const track of stream.getTracks()) track.stop();
              if (!signal.aborted && tracks.length === 0)
                throw new Finding("NotFoundError", "the browser gave a stream without a microphone");
            },
          },
        ]
      : []),
    {
      name: "audio-output",
      needs: ["secure-context"],
      async run() {
        const all = await devices().enumerateDevices();
        // Safari lists no outputs, and Firefox none before the microphone is allowed: only a device without anything is a finding.
        if (all.length === 0) throw new Finding("NotFoundError", "the device has nothing to hear with");
      },
    },
    {
      name: "autoplay",
      async run() {
        if (!host.AudioContext) throw new Finding("NotSupportedError", "the browser has no AudioContext");
        const context = new host.AudioContext();
        const over = new AbortController();
        try {
          // Where it may not play, resume() waits for the agent's first click.
          await Promise.race([context.resume(), sleep(clock, playsWithinMs, over.signal).catch(() => {})]);
          if (context.state !== "running")
            throw new Finding("NotAllowedError", "the browser plays no sound before the agent has clicked into the page");
        } finally {
          over.abort();
          await context.close();
        }
      },
    },
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
