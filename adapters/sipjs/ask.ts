/** One request, from its sending to the answer that counts (RFC 3261 §17.1.2); the first INVITE of a call has a room of its own. */
import {
  C,
  type IncomingResponse,
  type IncomingResponseMessage,
  type OutgoingRequest,
  type OutgoingRequestDelegate,
} from "sip.js/lib/core/index.js";
import type { SipAnswer } from "../../src/ports/sip-answer.ts";
import type { Patience } from "../../src/ports/sip-edge.ts";
import { answerOf, inferred } from "./answer.ts";
import { Authorization } from "./authorization.ts";
import { isAnswerable } from "./digest.ts";
import { type EdgeContext, type Exchange, T2_MS, TRANSACTION_MS, dropRequest } from "./context.ts";

/** Sends the request, with authorization lines in `headers` once they were asked for; each time with a new CSeq. Throws where it must not go out now. */
export type Send = (headers: string[], delegate: OutgoingRequestDelegate) => OutgoingRequest;

/**
 * Asks and resolves with the final answer; a digest challenge is none while we can answer it. Never rejects,
 * never outlives its flow: a lost one is an inferred 503 (RFC 3261 §8.1.3.1).
 */
export function ask(
  edge: EdgeContext,
  send: Send,
  read: (message: IncomingResponseMessage) => SipAnswer = answerOf,
  { answerMs = TRANSACTION_MS, credentialsMs = TRANSACTION_MS }: Patience = {},
): Promise<SipAnswer> {
  return new Promise((resolve) => {
    if (!edge.isOpen()) return resolve(inferred(503, "no flow"));
    const authorization = new Authorization(edge.keyRing);
    let request: OutgoingRequest | undefined;
    let cancelTimer = () => {};
    const end = (answer: SipAnswer) => {
      cancelTimer();
      edge.exchanges.delete(exchange);
      // A 2xx to INVITE may come again, and is acknowledged again as it was (§13.2.2.4), credentials and all.
      const isConfirmed = request?.message.method === C.INVITE && answer.code < 300;
      if (request && !isConfirmed) dropRequest(edge.core, request);
      request = undefined;
      resolve(answer);
    };
    const exchange: Exchange = {
      flowLost: () => end(inferred(503, "flow lost")),
      dispose: () => end(inferred(503, "closed")),
    };
    const write = (headers: string[]) => {
      // Timer F (§17.1.2.2), on our clock; sip.js has its own on the host's.
      cancelTimer = edge.clock.setTimer(() => end(inferred(408, "no answer")), answerMs);
      try {
        request = send(headers, { onAccept: settle, onRedirect: settle, onReject: settle });
        edge.keyRing.sent(request.message);
      } catch {
        // sip.js throws for what must wait for the peer's own request (§14.1); a room of ours, for what it does not want any more.
        end(inferred(491, "not now"));
      }
    };
    const settle = async ({ message }: IncomingResponse) => {
      // sip.js takes a peer's 408 to a non-INVITE for its own timeout and forgets what the peer said.
      const final = edge.heard() ?? message;
      const answered = request?.message;
      const isChallenge = final.statusCode === 401 || final.statusCode === 407;
      const outcome = () =>
        end({
          ...read(final),
          ...(authorization.isGiven ? { toCredentials: true, ...authorization.askedAgain(final) } : isChallenge && { unanswerable: true }),
        });
      if (!answered) return outcome();
      authorization.heard(final, answered);
      const isOfUnasked = authorization.isOfUnasked(final, answered);
      const asked = edge.canAuthorize && !isOfUnasked ? authorization.asked(final, answered) : [];
      if (asked.length === 0 && !isOfUnasked) return outcome();
      cancelTimer();
      const keys = await (isOfUnasked ? [] : edge.authorize(asked, credentialsMs));
      if (!edge.exchanges.has(exchange)) return;
      if (keys) write(authorization.lines(keys, answered));
      // The source's own trouble refuses nothing; what nobody here can compute will not be another time either.
      else end({ ...read(final), ...(!asked.every(isAnswerable) && { unanswerable: true }) });
    };
    edge.exchanges.add(exchange);
    write([]);
  });
}

/** Nobody said that it is done, nor that there is nothing to be done: silence, trouble on the way (RFC 3261 §21.5), or something that is under way. */
const isUndone = ({ code, said }: SipAnswer): boolean => code === 408 || (said === "peer" && (code === 491 || (code >= 500 && code < 600)));

/** Until `delayMs` have passed, or there is no flow any more. */
const pause = (edge: EdgeContext, delayMs: number): Promise<void> =>
  new Promise((resolve) => {
    const end = () => {
      cancelTimer();
      edge.exchanges.delete(exchange);
      resolve();
    };
    const cancelTimer = edge.clock.setTimer(end, delayMs);
    const exchange: Exchange = { flowLost: end, dispose: end };
    edge.exchanges.add(exchange);
  });

/**
 * Asks what stops a phone: as often as nobody does it on a flow that lasts, at widening intervals, for 64·T1 in all. Resolves as `ask` does.
 * Deviation: over a reliable transport RFC 3261 §17.1.2.2 has it said once; but an edge that mislays it, or is overrun just now, leaves the
 * phone ringing, or somebody on the line. One that was slow answers the second by 481.
 * @param signal it is of no use any more.
 */
export async function insist(edge: EdgeContext, send: Send, signal?: AbortSignal): Promise<SipAnswer> {
  const untilMs = edge.clock.nowMs() + TRANSACTION_MS;
  for (let waitMs = T2_MS; ; waitMs *= 2) {
    const nextMs = Math.min(edge.clock.nowMs() + waitMs, untilMs);
    const answer = await ask(edge, send, answerOf, { answerMs: nextMs - edge.clock.nowMs() });
    if (!isUndone(answer) || nextMs === untilMs || signal?.aborted) return answer;
    if (nextMs > edge.clock.nowMs()) await pause(edge, nextMs - edge.clock.nowMs());
    if (signal?.aborted) return answer;
  }
}
