/** What became of a wish about microphone, speaker or playback, from the browser's own exception. */
import type { DeviceResult } from "../../src/ports.ts";

type Reason = Extract<DeviceResult, { ok: false }>["because"];

/** What `getUserMedia()`, `setSinkId()` and `play()` reject with (W3C mediacapture-main, audio-output, HTML §4.8.11.8). */
const reasons: Readonly<Record<string, Reason>> = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "not-found",
  OverconstrainedError: "not-found",
  NotReadableError: "busy",
  NotSupportedError: "unsupported",
};

/** @param signal of the call: what fails once it is over fails for that. */
export async function resultOf(wish: Promise<unknown>, signal: AbortSignal): Promise<DeviceResult> {
  try {
    await wish;
    return { ok: true };
  } catch (error) {
    const { name } = error as Partial<Error>;
    const because = name !== undefined && Object.hasOwn(reasons, name) ? reasons[name] : undefined;
    return { ok: false, because: signal.aborted ? "ended" : (because ?? "failed"), error };
  }
}
