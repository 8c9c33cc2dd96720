/** What each INVITE came to, read from the journal entry by entry. */
import type { Entry } from "../journal.ts";
import type { Outcome } from "../outcome.ts";
import { createAllAway } from "./all-away.ts";
import {
  isAlerting,
  isFarEndDown,
  isFarEndsOwn,
  isForbidden,
  isFullThere,
  isIncompatibleThere,
  isMalformed,
  isOfNetwork,
  isRinging,
  withoutCancel,
} from "./answers.ts";
import type { CallBook } from "./call-book.ts";
import { createContradictedAnswers } from "./contradicted-answers.ts";
import type { EdgeLog } from "./edge-log.ts";
import { createHiddenCaller } from "./hidden-caller.ts";
import { keyOf } from "./keys.ts";
import type { AttemptEnd, AttemptSeen } from "./observations.ts";
import { firstAfter } from "./questions.ts";
import { createUnblamedEnds, isVoid, type UnblamedEnd } from "./unblamed-ends.ts";
import { createVainRings } from "./vain-rings.ts";

export interface AttemptLog {
  read(entry: Entry): void;
  seen(): readonly AttemptSeen[];
}

/** @param edges and `book` have read each entry before. */
export function createAttemptLog(edges: EdgeLog, book: CallBook): AttemptLog {
  const unblamed = createUnblamedEnds(book);
  const vain = createVainRings(book);
  const hidden = createHiddenCaller(book);
  const allAway = createAllAway(book);
  const contradicted = createContradictedAnswers(book);
  const attempts: AttemptSeen[] = [];
  const judged = new Map<string, AttemptSeen>();
  /** INVITEs for which a phone was said to ring, and that were not answered. */
  const alerting = new Set<string>();
  /** When each INVITE went out. */
  const sent = new Map<string, number>();
  /** One string for each trunk and route: a journal has many attempts, and few of these. */
  const ways = new Map<string, string>();

  function wayOf(trunkId: string, route: string): string {
    const way = keyOf(trunkId, route);
    const known = ways.get(way);
    if (known === undefined) ways.set(way, way);
    return known ?? way;
  }

  /** An INVITE is judged once: by the first entry that says what it came to. */
  function judge(entry: Extract<Entry, { attempt: number; callId: string }>, end: AttemptEnd | undefined): void {
    const key = idOf(entry);
    if (end === undefined || judged.has(key)) return;
    const { seq, atMs, callId, trunkId, route } = entry;
    const answer = "answer" in entry && entry.answer?.said === "peer" ? entry.answer : undefined;
    const number = book.numberOf(callId);
    // What speaks only with others like it is told with the last of them.
    const place = firstAfter(attempts, atMs, (attempt, limitMs) => attempt.atMs <= limitMs);
    const attempt: AttemptSeen = {
      seq,
      atMs,
      startedMs: sent.get(key) ?? atMs,
      callId,
      trunkId,
      carrier: edges.carrierOf(trunkId),
      route,
      way: wayOf(trunkId, route),
      end,
      ...(number !== undefined && { number }),
      ...(answer && { code: answer.code }),
      ...(answer?.askedAgain && { askedAgain: answer.askedAgain, registeredMs: edges.registeredMsOf(trunkId) }),
      ...(answer?.q850 && { cause: answer.q850.value }),
      ...(entry.type === "attempt:ended" && (isIncompatibleThere(entry) || isFullThere(entry)) && { byCallee: true as const }),
      ...(end !== "carried" && alerting.has(key) && { hadRung: true }),
    };
    judged.set(key, attempt);
    attempts.splice(place, 0, attempt);
  }

  /** What had been believed, that a phone rang, the network has taken back. */
  function takeBack(entry: Entry<"attempt:ended">): void {
    const seen = judged.get(idOf(entry));
    if (seen?.end !== "carried") return;
    attempts.splice(
      attempts.findLastIndex(({ seq }) => seq === seen.seq),
      1,
    );
    judged.delete(idOf(entry));
  }

  function end(entry: Entry<"attempt:ended">): void {
    const meant = withoutCancel(entry);
    const meaning = meaningOf(meant);
    if (meaning !== undefined && isOfNetwork(meant)) takeBack(entry);
    judge(entry, meaning);
  }

  /** The edge was silent, or what it said was not readable, or late. */
  function wait(entry: Entry<"attempt:overdue">): void {
    if (edges.noteIfUnread(entry)) return;
    if (entry.awaited === "ringing") judge(entry, "stalled");
    else if (entry.edgeAlive !== true) edges.doubt(entry);
    else if (!edges.noteIfLate(entry)) judge(entry, "swallowed");
  }

  /** Nobody was blamed for that end, or its callee was: others like it, or another carrier, have made it a sign. */
  function blame(entry: Entry<"attempt:ended">, end: AttemptEnd): void {
    takeBack(entry);
    const seen = judged.get(idOf(entry));
    if (!seen) return judge(entry, end);
    if (seen.end !== "callee") return;
    const blamed: AttemptSeen = { ...seen, end };
    judged.set(idOf(entry), blamed);
    attempts[attempts.lastIndexOf(seen)] = blamed;
  }

  function read(entry: Entry): void {
    switch (entry.type) {
      case "attempt:sent":
        // Once more after a challenge: it is the same call.
        if (!sent.has(idOf(entry))) sent.set(idOf(entry), entry.atMs);
        break;
      case "attempt:progressed":
        // Repeats are told together: the first was judged.
        if (entry.times !== undefined || !isRinging(entry.answer)) break;
        judge(entry, "carried");
        if (isAlerting(entry.answer)) alerting.add(idOf(entry));
        break;
      case "attempt:answered":
        judge(entry, "carried");
        alerting.delete(idOf(entry));
        break;
      case "attempt:overdue":
        wait(entry);
        break;
      case "attempt:ended":
        end(entry);
        break;
      default:
    }
    for (const told of unblamed.read(entry)) blame(told, endOf(told));
    for (const told of vain.read(entry).ends) blame(told, "unanswered");
    for (const told of hidden.read(entry).ends) blame(told, "anonymous-refused");
    for (const told of contradicted.read(entry)) blame(told, "contradicted");
    const { ends, past = [] } = allAway.read(entry);
    for (const told of [...past, ...ends]) blame(told, "away");
  }

  return { read, seen: () => [...attempts] };
}

const idOf = ({ callId, attempt }: { readonly callId: string; readonly attempt: number }) => keyOf(callId, attempt);

/** What others like it, or another carrier, have made of it. */
function endOf(told: UnblamedEnd): AttemptEnd {
  if (isVoid(told)) return "number-unknown";
  return isForbidden(told) ? "forbidden" : "unexplained";
}

/** What the end of an attempt says of somebody; a response that our own stack made up says nothing of the peer. */
function meaningOf(entry: Entry<"attempt:ended">): AttemptEnd | undefined {
  const { outcome, answer } = entry;
  if (isMalformed(entry)) return "malformed";
  if (isFarEndsOwn(entry)) return "callee";
  if (answer?.said !== "peer" || isFarEndDown(outcome.row)) return undefined;
  return Object.hasOwn(ends, outcome.class) ? ends[outcome.class]?.(outcome) : undefined;
}

const ends: Partial<Record<Outcome["class"], (outcome: Outcome) => AttemptEnd>> = {
  answered: () => "carried",
  callee: () => "callee",
  caller: ({ row }) => (row === "sip-401" || row === "sip-407" ? "account-refused" : "caller-refused"),
  // A plain 5xx names no cause: a route's fault, or the whole edge's.
  carrier: ({ row }) => (/^sip-(500|503|5xx)$/.test(row) ? "edge-refused" : "route-refused"),
  network: () => "route-refused",
};
