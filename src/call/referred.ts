/** The other side asks us to call somebody in its place (REFER, RFC 3515): whoever integrates us decides, and then the call is placed as any other. */
import { within } from "../clock.ts";
import type { Settings } from "../config.ts";
import type { Emitter } from "../emitter.ts";
import type { CallEnd, Facts, Journal, Party } from "../journal.ts";
import type { SipReferral } from "../ports/sip-dialog.ts";
import type { Trunk } from "../trunk/trunk.ts";
import type { TransferRequest } from "./transfer-policy.ts";
import { printable } from "./untrusted.ts";

/** The call that was placed, as far as who asked for it is told of it. */
export interface PlacedCall {
  /** As `call.id` has it. */
  readonly id: string;
  /** Resolves, never rejects, when the call is over. */
  readonly ended: Promise<PlacedSummary>;
  /** Subscribes to what the other side is told of: that its phone rings, that somebody answers. */
  on(event: "ringing" | "answered", listener: () => void): unknown;
}

/** How that call ended, in so far as the other side is told. */
interface PlacedSummary {
  /** `refused` where no INVITE was sent. */
  readonly end: CallEnd | "refused";
  /** The peer's own final code; absent where the last attempt had none. */
  readonly sipCode?: number;
}

/** Events of a call whose other side asks for another. */
export interface ReferredEvents<Placed = PlacedCall> {
  /** The policy allowed it: `call` goes to whom it named. This one stays until the other side hangs up. */
  referred: { readonly trunkId: string; readonly call: Placed };
}

/** Why nobody is called. */
type ReferralRefusal = NonNullable<Facts["call:referred"]["because"]>;

/** Places what was allowed. @returns why it cannot be. */
export type Follow = (
  trunk: Trunk,
  referral: SipReferral,
) => Exclude<ReferralRefusal, "policy" | "under-way"> | { readonly call: PlacedCall };

interface ReferredPorts {
  readonly callId: string;
  readonly trunk: Trunk;
  readonly settings: Settings;
  readonly journal: Journal;
  readonly emit: Emitter<ReferredEvents>["emit"];
  readonly onListenerError: (event: string, error: unknown) => void;
  readonly follow: Follow;
  /** What may be known of whom it names. */
  readonly reach: (number: string) => { readonly party: Party } | undefined;
  /** The call is over. */
  readonly signal: AbortSignal;
}

/** How long the policy may take: whoever asks hears nothing meanwhile, and gives up after 32 s (RFC 3261 §17.1.2.2). */
const decideMs = 10_000;
/** More than this in one call asks no person. */
const most = 10;

export function createReferred(ports: ReferredPorts): (referral: SipReferral) => void {
  const { callId, trunk, settings, journal, emit, onListenerError, signal } = ports;
  let isUnderWay = false;
  let asked = 0;

  async function isAllowed({ target, number, replaces, referredBy }: SipReferral): Promise<boolean> {
    const request: TransferRequest = {
      ...{ callId, trunkId: trunk.id, uri: printable(target), replaces },
      ...(number !== undefined && { number }),
      ...(referredBy !== undefined && { referredBy: printable(referredBy) }),
    };
    const policy = async () => settings.transferPolicy?.(request);
    try {
      return (await within(settings.clock, policy(), decideMs, signal)) === true;
    } catch (error) {
      if (!signal.aborted) onListenerError("transferPolicy", error);
      return false;
    }
  }

  /** @returns why nobody is called. */
  async function consider(referral: SipReferral): Promise<ReferralRefusal | { readonly call: PlacedCall }> {
    if (isUnderWay) return "under-way";
    isUnderWay = true;
    const isGranted = await isAllowed(referral);
    isUnderWay = false;
    if (!isGranted || signal.aborted) return "policy";
    return ports.follow(trunk, referral);
  }

  return (referral) => {
    asked += 1;
    if (asked > most) return referral.reject(603);
    void consider(referral).then((verdict) => {
      const party = ports.reach(referral.number ?? "")?.party;
      const of = { callId, trunkId: trunk.id, ...(party && { party }), ...(referral.replaces && { replaces: true as const }) };
      if (typeof verdict === "string") {
        journal.append("call:referred", { ...of, because: verdict });
        return referral.reject(codes[verdict]);
      }
      const { call } = verdict;
      referral.accept();
      call.on("ringing", () => referral.tell(180));
      call.on("answered", () => referral.tell(200));
      void call.ended.then((summary) => referral.tell(codeOf(summary)));
      journal.append("call:referred", { ...of, toCallId: call.id });
      emit("referred", { trunkId: trunk.id, call });
    });
  };
}

/** 603: somebody does not want it. 486: not now. 491: one after the other. */
const codes: Readonly<Record<ReferralRefusal, number>> = {
  policy: 603,
  emergency: 603,
  unusable: 603,
  busy: 486,
  "under-way": 491,
};

/** What whoever referred us is told of a call that nobody has answered: by its phone, where that said anything. */
function codeOf({ end, sipCode }: PlacedSummary): number {
  if (end === "hung-up-here") return 603;
  return end === "callee-refused" || end === "failed" ? (sipCode ?? 503) : 503;
}
