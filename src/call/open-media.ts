/** The audio of one call, opened; and what of its troubles goes on record, whoever began the call. */
import { errorName } from "../errors.ts";
import type { Journal } from "../journal.ts";
import type { Media, MediaSession } from "../ports/media.ts";

/** @throws what the media throws. */
export const openMedia = (media: Media, callId: string, journal: Journal): MediaSession =>
  media.open({
    iceServersFailed: (error) => void journal.append("ice-servers:failed", { callId, error: errorName(error) }),
    unwatched: (error) => void journal.append("audio:unwatched", { callId, error: errorName(error) }),
  });

/** The same for a call that is placed already. What throws here is told when it is first needed, as a microphone that is denied would be. */
export function openMediaLater(media: Media, callId: string, journal: Journal): MediaSession {
  try {
    return openMedia(media, callId, journal);
  } catch (error) {
    const fail = () => Promise.reject(error as Error);
    return { offer: fail, answer: fail, applyAnswer: fail, close() {} };
  }
}

/** Frees what an offer or answer holds that nothing can come of. What breaks there costs no call: nobody hears that audio. */
export function withdraw(media: MediaSession, sdp: string): void {
  try {
    media.withdraw?.(sdp);
  } catch {
    // The session's own.
  }
}
