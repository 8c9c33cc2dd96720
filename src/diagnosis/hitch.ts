/**
 * A refusal in passing: of all calls one was refused, for want of resources or without a cause, and carried by another trunk; its own trunk had
 * carried that route before, and did again. Networks that are well refuse one in some dozens so (ITU-T E.425, NER). An agent of few calls cannot
 * tell it from the beginning of a fault: there it stays a sign, and so it does until it has been proven well.
 */
import { isFault, isOutOfResources, type AttemptSeen, type Observations } from "./observations.ts";

/** No more than one in so many: what the breakers take for a trunk that is well (`limits.healthyFailurePercent`). */
const oneIn = 50;

/** @returns the only INVITE up to now that failed, where it was in this window and says nothing of anybody. */
export function hitchOf({ earlierAttempts, attempts }: Pick<Observations, "earlierAttempts" | "attempts">): AttemptSeen | undefined {
  const all = [...earlierAttempts, ...attempts];
  const [failed, ...more] = all.filter(isFault);
  if (!failed || more.length > 0 || !isInPassing(failed) || !attempts.includes(failed)) return undefined;
  const here = all.filter(({ trunkId }) => trunkId === failed.trunkId);
  const wasCarried = (isThen: (attempt: AttemptSeen) => boolean) =>
    here.some((attempt) => attempt.end === "carried" && attempt.way === failed.way && isThen(attempt));
  const isSaved = all.some((attempt) => attempt.callId === failed.callId && attempt !== failed);
  const isProven = wasCarried(({ seq }) => seq < failed.seq) && wasCarried(({ seq }) => seq > failed.seq);
  return here.length >= oneIn && isSaved && isProven ? failed : undefined;
}

const isInPassing = (attempt: AttemptSeen) =>
  attempt.end === "edge-refused" || (attempt.end === "route-refused" && isOutOfResources(attempt));
