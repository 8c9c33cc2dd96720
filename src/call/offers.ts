/**
 * An offer for each attempt of one call, the next one made ahead: a failover waits for no microphone, no connection and no candidates.
 *
 * One offer for two carriers would do no harm in SIP, but in the audio: the relay of the first goes on talking to it after its INVITE
 * has failed (RFC 5763 §5), and the second never completes its handshake.
 */
import { within } from "../clock.ts";
import type { Settings } from "../config.ts";
import { inactiveSdp } from "../media/no-media.ts";
import type { MediaSession } from "../ports/media.ts";
import { withdraw } from "./open-media.ts";
import type { CallPolicy } from "./policy.ts";

export interface Offers {
  /** For the next attempt: the one that was made ahead, else a new one. @throws what the media session throws. */
  take(): Promise<string>;
  /** Begins to make the next one, unless one is there. What fails is tried again by `take()`. */
  prepare(): Promise<void>;
  /** No further attempt will follow. */
  discard(): void;
}

/** As the call's policy has them. */
export const offersBy = (policy: CallPolicy, media: MediaSession, { clock, limits }: Settings, signal: AbortSignal): Offers =>
  createOffers(
    media,
    signal,
    (offer) => within(clock, offer, policy.mediaMs(limits), signal),
    policy.needsMicrophone ? undefined : inactiveSdp,
  );

/**
 * @param inTime bounds a wait: rejects when it takes too long, as a prompt for the microphone that nobody answers does.
 * @param withoutMicrophone what is offered where the media session gives nothing in time; undefined: then there is no call.
 */
export function createOffers(
  media: MediaSession,
  signal: AbortSignal,
  inTime: (offer: Promise<string>) => Promise<string>,
  withoutMicrophone?: string,
): Offers {
  let ahead: Promise<string> | undefined;

  /** What throws at once is no other failure than what rejects. */
  const made = async () => media.offer(signal);

  function next(): Promise<string> {
    if (ahead) return ahead;
    const offer = inTime(made()).catch((error: unknown) => {
      if (withoutMicrophone === undefined || signal.aborted) throw error;
      return withoutMicrophone;
    });
    ahead = offer;
    offer.catch(() => {
      if (ahead === offer) ahead = undefined;
    });
    return offer;
  }

  return {
    async take() {
      const offer = await next();
      ahead = undefined;
      return offer;
    },
    async prepare() {
      await next();
    },
    discard() {
      ahead?.then(
        (offer) => withdraw(media, offer),
        () => {},
      );
      ahead = undefined;
    },
  };
}
