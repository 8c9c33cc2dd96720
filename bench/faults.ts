/** What carrier A does wrong while carrier B is well. */
import type { MockTrunk } from "linekeeper/mock-trunk";

/** The first moment at which anybody could know: `dial` where it was broken before, else what A's edge did on the wire. */
export type Sign = "dial" | "invite" | "reset" | "answer";

export interface BenchFault {
  readonly name: string;
  readonly sign: Sign;
  /** Breaks carrier A. */
  breaks(a: MockTrunk): void;
  /** What customers' phones do. */
  readonly phones?: "busy";
  /** No outage, but a carrier that is only late: here moving on early has its price. No target is set for it. */
  readonly isOnlyLate?: true;
}

export const healthy: BenchFault = { name: "nothing (both carriers well)", sign: "dial", breaks() {} };

export const busy: BenchFault = { name: "callee busy (nothing is broken)", sign: "answer", breaks() {}, phones: "busy" };

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
  {
    name: "silence to INVITE, OPTIONS answered",
    sign: "invite",
    breaks: (a) => void a.fault({ kind: "silence", methods: ["INVITE"] }),
  },
  { name: "503", sign: "answer", breaks: (a) => void a.fault({ kind: "reject", methods: ["INVITE"], code: 503, q850: 34 }) },
  {
    name: "503 with Retry-After: 30",
    sign: "answer",
    breaks: (a) => void a.fault({ kind: "reject", methods: ["INVITE"], code: 503, retryAfterS: 30 }),
  },
  { name: "socket reset on INVITE", sign: "reset", breaks: (a) => void a.fault({ kind: "reset-on", methods: ["INVITE"] }) },
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
