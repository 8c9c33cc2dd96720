/** Calls that go out: the agent's, and those that the other side of a call asks for. */
import type { Settings } from "../config.ts";
import type { Journal } from "../journal.ts";
import type { SipReferral } from "../ports/sip-dialog.ts";
import { destinationOf, nowhere, type Destination } from "../routing/destination.ts";
import type { CommonMode } from "../trunk/common-mode.ts";
import type { Trunk } from "../trunk/trunk.ts";
import type { Call } from "./call.ts";
import type { Desk } from "./desk.ts";
import type { Present } from "./dialling.ts";
import { createLedger } from "./ledger.ts";
import { readOptions, type CallOptions, type ReadOptions } from "./options.ts";
import { createOutgoingCall } from "./outgoing-call.ts";
import type { CallPorts, OwnedCall, RefusedCall } from "./owned-call.ts";
import type { Follow } from "./referred.ts";

export interface PlacingPorts extends Pick<CallPorts, "settings" | "journal" | "onViolation" | "onListenerError" | "onTrunkChange"> {
  readonly trunks: () => readonly Trunk[];
  readonly commonMode: CommonMode;
  /** Why a call may not even be tried; undefined where it may. */
  readonly refusalOf: (destination: Destination | undefined) => RefusedCall | undefined;
  readonly onPlaced: (call: Call) => void;
  /** An emergency call is placed: it does not wait for the CRM to start the line. */
  readonly onEmergency: () => void;
}

export interface Placing {
  /** Places a call, or gives back the one to this number that nobody has answered yet. */
  call(number: string, options?: CallOptions): Call;
  /** The other side of a call asks for it. */
  readonly refer: Follow;
}

/** @param helped the agent is on a call with the emergency services. */
export function createPlacing(ports: PlacingPorts, desk: Desk, helped: () => void): Placing {
  const { settings } = ports;
  const ledger = createLedger(settings.clock);
  const present = presenter(ports, desk);
  /** Whom each goes to, until it is over: by E.164. */
  const numbers = new Map<OwnedCall, string>();

  /** The call to this number that nobody has answered yet. */
  function goingTo({ e164 }: Destination): OwnedCall | undefined {
    for (const [call, to] of numbers) if (to === e164 && call.state !== "answered" && call.state !== "ended") return call;
    return undefined;
  }

  function call(number: string, given?: CallOptions): Call {
    const read = typeof number === "string" ? destinationOf(number, settings) : undefined;
    const destination = read ?? nowhere;
    const options = readOptions(given, destination.emergency);
    // Nobody is asked for help by a machine that tries the line.
    const isCheckOfHelp = destination.emergency && options.by === "check";
    const refusal =
      ports.refusalOf(isCheckOfHelp ? undefined : read) ?? (options.bad && { because: "bad-options" as const, ...options.bad });
    const going = options.again || refusal ? undefined : goingTo(destination);
    return going ?? place(destination, options, refusal);
  }

  function place(destination: Destination, options: ReadOptions, refusal: RefusedCall | undefined, trunks = ports.trunks): OwnedCall {
    const id = desk.newId();
    const placed = createOutgoingCall({
      ...ports,
      trunks,
      destination,
      // Of a URI nothing may be known.
      party: desk.partyOf(destination.route === "unknown" ? nowhere : destination),
      options,
      ledger,
      present,
      ...desk.among(id),
    });
    numbers.set(placed, destination.e164);
    void placed.ended.then(() => numbers.delete(placed));
    desk.enter(placed, { callId: id, who: "called", number: destination.number }, placed.record);
    if (destination.emergency) {
      if (!refusal) ports.onEmergency();
      helped();
      void placed.ended.then(helped);
    }
    if (refusal) placed.refuse(refusal);
    // By whoever read of it in the journal.
    else if (desk.isClosing) placed.hangUp();
    else if (placed.state !== "ended") {
      desk.turnTo(id);
      void placed.begin();
    }
    // Last of all: who is told may hang up, or close the line.
    ports.onPlaced(placed);
    return placed;
  }

  /**
   * Whom the other side of a call named is called as the agent's own calls are, but for the emergency services, whom no stranger calls over
   * our lines, and for a number that is being called already. What only the carrier of `trunk` can know, a URI without a number or
   * another call of its own, is asked of that carrier alone; so is whoever is told who asked for it.
   * Deviation: RFC 3892 §2.2 has Referred-By copied into each INVITE to a SIP URI; who refers us at one carrier is none of another's business.
   */
  function refer(trunk: Trunk, { number = "", target, replaces, headers }: SipReferral): ReturnType<Follow> {
    const dialled = destinationOf(number, settings);
    // RFC 5031: those who call them need not know their number.
    if (dialled?.emergency || /^(urn:service:|sips?:)sos([.@;]|$)/i.test(target)) return "emergency";
    const isTheirs = !dialled || replaces;
    const destination = dialled ?? { ...nowhere, number: target, e164: target };
    if (desk.isClosing || goingTo(destination)) return "unusable";
    const options = readOptions(undefined, false);
    const words = isTheirs ? { lines: headers, target } : options.words;
    const trunks = () => ports.trunks().filter((each) => !isTheirs || each === trunk);
    return { call: place(destination, { ...options, words }, ports.refusalOf(destination), trunks) };
  }

  return { call, refer };
}

/** Puts on record which number a customer is shown. */
function presenter({ settings, journal }: { readonly settings: Settings; readonly journal: Journal }, desk: Desk): Present {
  return (of, shown) =>
    void import("./disclosure.ts")
      .then(({ callerIdOf }) => callerIdOf(shown, settings, settings.privacy))
      .then((caller) => caller && !desk.isClosing && journal.append("attempt:presented", { ...of, caller }))
      .catch(() => {});
}
