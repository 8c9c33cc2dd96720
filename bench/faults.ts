/** What carrier A does wrong while carrier B is well. */
import type { MockTrunk } from "linekeeper/mock-trunk";

/** The first moment at which anybody could know: `dial` where it was broken before, else what A's edge did on the wire. */
export type Sign = "dial" | "invite" | "reset" | "answer";

export interface BenchFault {
  readonly name: string;
  readonly sign: Sign;
  /** Breaks carrier A. */
  breaks(a: MockTrunk): void;
  /** What the customer's phone does at each carrier. */
  phones?(number: string, carriers: readonly [MockTrunk, MockTrunk]): void;
  /** It speaks against the carrier, and proves nothing: one call's failure leaves A in use, two in a row do not. */
  readonly isSoft?: true;
  /** No outage, but a carrier that is only late: here moving on early has its price. No target is set for it. */
  readonly isOnlyLate?: true;
}

export const healthy: BenchFault = { name: "nothing (both carriers well)", sign: "dial", breaks() {} };

export const busy: BenchFault = {
  name: "callee busy (nothing is broken)",
  sign: "answer",
  breaks() {},
  phones: (number, carriers) => carriers.forEach((each) => each.phone(number).isBusy()),
};

export const silent: BenchFault = {
  name: "silence to INVITE, OPTIONS answered",
  sign: "invite",
  breaks: (a) => void a.fault({ kind: "silence", methods: ["INVITE"] }),
};

export const refused: BenchFault = {
  name: "503",
  sign: "answer",
  breaks: (a) => void a.fault({ kind: "reject", methods: ["INVITE"], code: 503, q850: 34 }),
  isSoft: true,
};

export const faults: readonly BenchFault[] = [
  {
    name: "edge dead: sockets reset while idle, new ones refused",
    sign: "dial",
    breaks(a) {
      a.fault({ kind: "refuse" });
      a.resetAll();
    },
  },
  {
    name: "upgrade refused: sockets reset while idle, then HTTP 503",
    sign: "dial",
    breaks(a) {
      a.fault({ kind: "refuse-upgrade", status: 503 });
      a.resetAll();
    },
  },
  { name: "edge frozen: sockets stay open, nothing is read", sign: "dial", breaks: (a) => void a.fault({ kind: "freeze" }) },
  silent,
  refused,
  {
    name: "503 with Retry-After: 30",
    sign: "answer",
    breaks: (a) => void a.fault({ kind: "reject", methods: ["INVITE"], code: 503, retryAfterS: 30 }),
  },
  {
    name: "socket reset on INVITE",
    sign: "reset",
    breaks: (a) => void a.fault({ kind: "reset-on", methods: ["INVITE"] }),
    isSoft: true,
  },
  { name: "100, then stall", sign: "invite", breaks: (a) => void a.fault({ kind: "stall", after: 100 }) },
  {
    name: "slow: A reads INVITEs 1.5 s late",
    sign: "invite",
    breaks: (a) => void a.fault({ kind: "slow", delayMs: 1_500, methods: ["INVITE"] }),
    isOnlyLate: true,
  },
  {
    name: "mute: silence to INVITE, but the phone rings after 1 s and is answered after 3 s",
    sign: "invite",
    breaks: (a) => void a.fault({ kind: "late", alertAfterMs: 1_000, answerAfterMs: 3_000 }),
    isOnlyLate: true,
  },
];

/** In the order of the page. */
export const allFaults = [healthy, busy, ...faults];

/** What a softphone meets whose only carrier fails: where there is nothing better, whoever waits has the call. */
export const aloneFaults: readonly BenchFault[] = [
  healthy,
  ...faults,
  { name: "slow: A reads everything 3 s late", sign: "invite", breaks: (a) => void a.fault({ kind: "slow", delayMs: 3_000 }) },
];

/** A carrier that asks the telephone network before it refuses, as most do. */
export const refusedLater: BenchFault = {
  name: "100, and 503 after 400 ms",
  sign: "answer",
  breaks() {},
  phones: (number, [a]) => void a.phone(number).refuses({ code: 503, q850: 34 }, { ringAfterMs: 400 }),
};
