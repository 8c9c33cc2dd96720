/** What may go wrong at carrier A. `docs/fault-matrix.md` has a row for each. */
import type { Fault as MockFault, MockTrunkOptions } from "../../adapters/mock-trunk/index.ts";
import type { Refusal } from "../../adapters/mock-trunk/response.ts";
import type { When } from "./moments.ts";
import { tableOf } from "./page.ts";
import type { Row } from "./play.ts";
import type { Other, Scene } from "./scene.ts";

export interface Fault {
  /** Broken from the start where it must be: what becomes of an INVITE is decided when it arrives. */
  readonly arm?: (scene: Scene, moment: When) => void;
  readonly strike: (scene: Scene, moment: When) => void;
  /** How both carriers are set up. */
  readonly carrier?: Partial<MockTrunkOptions>;
  /** How many calls follow; default 2. */
  readonly calls?: number;
  /** Whether a call to another route follows too. */
  readonly checksAbroad?: true;
}

/** Something is broken from the moment on. */
const broken = (...faults: readonly MockFault[]): Fault => ({ strike: ({ a }) => faults.forEach((fault) => a.fault(fault)) });

/** All connections are lost, and something is broken from then on. */
const lost = (...faults: readonly MockFault[]): Fault => ({
  strike({ a }) {
    for (const fault of faults) a.fault(fault);
    a.resetAll();
  },
});

/** Bindings live so briefly that one is renewed soon after any moment. */
const registering = (fault: MockFault): Fault => ({ ...broken(fault), carrier: { grantedS: 2 } });

/** Nothing comes of an INVITE any more after the answer that was heard last. */
const stalled: Fault = {
  arm: ({ a }, { after }) => after && a.fault({ kind: "stall", after }),
  strike: ({ a }, { after }) => after ?? a.fault({ kind: "stall", after: 100 }),
};

const noAudio = (audio: Scene["audio"]): Fault => ({
  arm: (scene) => (scene.audio = audio),
  strike: () => {},
});

/** What we send is lost: a carrier that waits for our PRACK (RFC 3262 §3) would not tell that the customer has answered, whatever we do. */
const unheard = { carrier: { reliability: "never" } } as const;

/** Nothing that we send on this connection arrives; the next one is well (a NAT that forgot us). */
const oneWay: Fault = {
  ...unheard,
  strike({ a, line }) {
    const mend = a.fault({ kind: "silence" });
    line.on("trunk:changed", ({ trunkId, flow }) => trunkId === "A" && flow === "waiting" && mend());
  },
};

export const faults: Readonly<Record<string, Fault>> = {
  "connection refused": lost({ kind: "refuse" }),
  "upgrade refused (TLS, HTTP 503)": lost({ kind: "refuse-upgrade", status: 503 }),
  "upgrade never answered": lost({ kind: "hang-upgrade" }),
  "connection reset": lost(),
  "connection closed in order (1012)": { strike: ({ a }) => a.closeAll(1012) },
  "half-open: socket open, peer frozen": { ...broken({ kind: "freeze" }), ...unheard },
  "half-open: what we send is lost, the next connection is well": oneWay,
  "silence to INVITE, OPTIONS answered": broken({ kind: "silence", methods: ["INVITE"] }),
  "silence to all": { ...broken({ kind: "silence" }), ...unheard },
  "100, then nothing": stalled,
  "REGISTER refused": registering({ kind: "reject", methods: ["REGISTER"], code: 503 }),
  "REGISTER slow (3 s)": registering({ kind: "slow", methods: ["REGISTER"], delayMs: 3_000 }),
  "REGISTER silent, and the binding expires": registering({ kind: "silence", methods: ["REGISTER"] }),
  "REGISTER answered without our Contact": registering({ kind: "forget-contact" }),
  "brown-out 30 %": { ...broken({ kind: "reject", methods: ["INVITE"], code: 503, share: 0.3 }), calls: 40 },
  "one destination prefix only": { ...broken({ kind: "silence", methods: ["INVITE"], prefix: "+21671" }), checksAbroad: true },
  "answered without audio": noAudio({ kind: "never-came", direction: "both" }),
  "audio lost mid-call": noAudio({ kind: "stopped", direction: "inbound" }),
  "audio lost mid-call, an ICE restart mends it": noAudio({ kind: "stopped", direction: "inbound", isMendable: true }),
  "call forgotten by the peer (481)": lost({ kind: "reject", methods: ["INVITE"], code: 481 }),
  "BYE heard, its answer lost": broken({ kind: "drop-bye" }),
  "BYE swallowed": broken({ kind: "silence", methods: ["BYE"] }),
  "CANCEL changes nothing": broken({ kind: "no-487" }),
  "CANCEL swallowed": broken({ kind: "silence", methods: ["CANCEL"] }),
  "answered at the moment of the CANCEL": broken({ kind: "answer-on-cancel" }),
  "connection reset by the INVITE": broken({ kind: "reset-on", methods: ["INVITE"] }),
  "rings 2 s late, after silence": broken({ kind: "late", alertAfterMs: 2_000 }),
  "answered 3 s late, unrung": broken({ kind: "late", answerAfterMs: 3_000 }),
  "INVITE read 3 s late": broken({ kind: "slow", methods: ["INVITE"], delayMs: 3_000 }),
  "everything read 3 s late": broken({ kind: "slow", delayMs: 3_000 }),
  "rings for 10 s whatever is said": broken({ kind: "ghost" }),
  "nonce called stale": broken({ kind: "stale-nonce", methods: ["INVITE"] }),
  "credentials refused that were not asked for (403)": broken({ kind: "no-preemptive", code: 403 }),
  "200 comes twice": broken({ kind: "duplicate-200" }),
  "two phones answer (fork)": broken({ kind: "fork" }),
  "rubbish before each answer": broken({ kind: "garbage", frame: "malformed", times: 1_000 }),
  "CRLF ping unanswered": broken({ kind: "no-pong" }),
};

/** What a softphone meets whose only carrier fails: a table of its own, for there is nothing to go to. */
export const aloneFaults = [
  "connection refused",
  "connection reset",
  "half-open: socket open, peer frozen",
  "half-open: what we send is lost, the next connection is well",
  "silence to INVITE, OPTIONS answered",
  "silence to all",
  "100, then nothing",
  "connection reset by the INVITE",
  "rings 2 s late, after silence",
  "answered 3 s late, unrung",
  "INVITE read 3 s late",
  "everything read 3 s late",
] as const;

/**
 * A refusal of whatever is asked at that moment: the INVITE, the probe of an idle line, the re-INVITE of an answered
 * call that lost its socket, the CANCEL.
 */
export function answer(refusal: Refusal, calls = 2): Fault {
  const reject = (methods: readonly string[], after?: When["after"]): MockFault => ({
    kind: "reject",
    methods,
    ...refusal,
    ...(after && { after }),
  });
  return {
    calls,
    // A refusal comes after the credentials all the same.
    carrier: { challenge: "register" },
    arm: ({ a }, { after }) => after && a.fault(reject(["INVITE"], after)),
    strike({ a }, { name, after }) {
      if (after) return;
      const methods = name === "idle" ? "OPTIONS" : name.startsWith("during CANCEL") ? "CANCEL" : "INVITE";
      a.fault(reject([methods]));
      if (name === "answered") a.resetAll();
    },
  };
}

/** The page's rows of a table of faults, played as the fault of that name. */
function rowsOf(head: string, other: Other): readonly Row[] {
  const { heads, rows } = tableOf(head);
  return rows.flatMap(([name = "", ...cells]) => {
    const fault = faults[name];
    return fault ? [{ name, fault, cells, heads: heads.slice(1), other }] : [];
  });
}

export const faultRows = () => rowsOf("carrier A", "well");
/** @param other what becomes of a last trunk is what becomes of the only one. */
export const aloneRows = (other: Other) => rowsOf("the only carrier", other);
