/**
 * One trial: two carriers of its own, one softphone, one fault, two calls. The carriers' logs are the witness;
 * of the softphone only the moment counts at which it tells the agent.
 */
import { setTimeout as pause } from "node:timers/promises";
import { createMockTrunk, rungTwice, type MockTrunk } from "linekeeper/mock-trunk";
import { listen } from "linekeeper/mock-trunk/ws";
import { account, type Contender, type Softphone } from "./contender.ts";
import type { BenchFault, Sign } from "./faults.ts";
import type { Pace } from "./pace.ts";

export interface CallResult {
  readonly end: "answered" | "lost" | "never told";
  /** From dial to the moment the agent is told, ms; absent when that is never. */
  readonly toldMs?: number;
  readonly answeredBy?: "A" | "B";
  /** From the fault's first sign to the INVITE at B, ms. */
  readonly nextInviteMs?: number;
  readonly askedA: boolean;
  readonly askedB: boolean;
  readonly rungTwice: boolean;
}

export interface Trial {
  readonly contender: string;
  readonly fault: string;
  readonly seed: number;
  /** The first call that meets the fault, and one more during the same outage; a third where one failure proves nothing. */
  readonly calls: readonly CallResult[];
}

/** A call that has not come to an end by then never will: the agent gives up. Timer B is 32 s. */
const patienceMs = 35_000;
/** What has not come to an end by then is waiting for a timer. */
const busyMs = 250;
/** So that a socket's end has reached the softphone before the agent dials. */
const noticeMs = 50;
/** Between the end of a call and the next. */
const wrapUpMs = 2_000;
/** What may still ring after a trial's last call rings within this. */
const settleMs = 500;

let serial = 0;

/**
 * @param busy runs what is timed in milliseconds, with as little company as there may be.
 * @param isAlone the softphone knows of no carrier B.
 */
export async function runTrial(contender: Contender, fault: BenchFault, seed: number, busy: Pace, isAlone = false): Promise<Trial> {
  const users = { [account.user]: account.password };
  // One realm for both, or JsSIP, which has one account for all its sockets, could never use the second.
  const a = createMockTrunk({ name: "Carrier A", domain: "bench.example", users, seed });
  const b = createMockTrunk({ name: "Carrier B", domain: "bench.example", users, seed });
  let softphone: Softphone | undefined;
  const first = await busy("begins", async (waiting) => {
    const [edgeA, edgeB] = await Promise.all([listen(a), listen(b)]);
    const other = { id: "B", server: edgeB.url, domain: b.domain } as const;
    softphone = await contender.open({ id: "A", server: edgeA.url, domain: a.domain }, isAlone ? undefined : other);
    fault.breaks(a);
    await pause(noticeMs);
    return place(softphone, fault, [a, b], waiting);
  });
  const next = async () => {
    await pause(wrapUpMs);
    return busy("goes on", (waiting) => place(softphone as Softphone, fault, [a, b], waiting));
  };
  const second = await next();
  const third = fault.isSoft ? [await next()] : [];
  await pause(settleMs);
  // A ring that came late counts too: the phones are asked at the end.
  const calls = [first, second, ...third].map((read) => read());
  a.clearFaults();
  await softphone?.close();
  a.close();
  b.close();
  return { contender: contender.name, fault: fault.name, seed, calls };
}

/** Places a call and ends it; says when it is `waiting` for some timer. @returns what reads the witness. */
async function place(
  softphone: Softphone,
  { sign, phones }: BenchFault,
  [a, b]: readonly [MockTrunk, MockTrunk],
  waiting: () => void,
): Promise<() => CallResult> {
  const number = `+21671${String(++serial).padStart(6, "0")}`;
  phones?.(number, [a, b]);
  const dialledMs = performance.now();
  const call = softphone.call(number);
  const isWaiting = setTimeout(waiting, busyMs);
  const told = await within(call.answered, patienceMs);
  const toldMs = performance.now() - dialledMs;
  clearTimeout(isWaiting);
  call.hangUp();
  return () => {
    const signMs = sign === "dial" ? dialledMs : signAt(a, number, sign);
    const inviteMs = invitesAt(b, number)[0]?.atMs;
    const answeredBy = a.answered(number).length > 0 ? "A" : b.answered(number).length > 0 ? "B" : undefined;
    return {
      end: told === undefined ? "never told" : told ? "answered" : "lost",
      ...(told !== undefined && { toldMs }),
      ...(told && answeredBy && { answeredBy }),
      ...(signMs !== undefined && inviteMs !== undefined && { nextInviteMs: inviteMs - signMs }),
      askedA: invitesAt(a, number).length > 0,
      askedB: inviteMs !== undefined,
      rungTwice: rungTwice([a, b], { number }).length > 0,
    };
  };
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  const bound = new AbortController();
  const late = pause(ms, undefined, { signal: bound.signal }).catch(() => undefined);
  return Promise.race([promise, late]).finally(() => bound.abort());
}

/** INVITEs for that number which came to the carrier's edge, swallowed ones included. */
const invitesAt = ({ log }: MockTrunk, number: string) =>
  log.filter((entry) => entry.method === "INVITE" && entry.number === number && (entry.what === "received" || entry.what === "swallowed"));

/** When the fault first showed on the wire, on the trunks' clock. */
function signAt(a: MockTrunk, number: string, sign: Exclude<Sign, "dial">): number | undefined {
  const invites = invitesAt(a, number);
  if (sign === "invite") return invites[0]?.atMs;
  if (sign === "reset")
    return a.log.find(
      ({ what, link, atMs }) => what === "closed" && link === invites.at(-1)?.link && atMs >= (invites[0]?.atMs ?? Infinity),
    )?.atMs;
  const callIds = new Set(invites.map(({ callId }) => callId));
  return a.log.find(({ what, code = 0, callId }) => what === "sent" && code >= 300 && code !== 407 && callIds.has(callId))?.atMs;
}
