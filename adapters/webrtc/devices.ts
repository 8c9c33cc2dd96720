/** What the browser gives, and what became of a wish about microphone, speaker or playback: by its own exception. */
import { microphoneForbidden, type PagePolicy } from "../../src/platform.ts";
import type { DeviceResult } from "../../src/ports/media.ts";

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

type GetUserMedia = (constraints: MediaStreamConstraints) => Promise<MediaStream>;

/**
 * @param own the integrator's, in place of the browser's.
 * @throws what the browser refuses it with; `SecurityError` where the page itself may have none, which a browser tells as if the agent had
 * blocked it, or not at all: an insecure page has no `navigator.mediaDevices` (W3C mediacapture-main §9).
 */
export async function microphoneOf(constraints: MediaStreamConstraints, own?: GetUserMedia): Promise<MediaStream> {
  try {
    if (own) return await own(constraints);
    const { mediaDevices } = navigator as { readonly mediaDevices?: MediaDevices };
    if (!mediaDevices) throw new DOMException("the browser has no navigator.mediaDevices", "NotSupportedError");
    return await mediaDevices.getUserMedia(constraints);
  } catch (error) {
    const why = microphoneForbidden(globalThis as PagePolicy);
    throw why === undefined ? error : new DOMException(why, "SecurityError");
  }
}
