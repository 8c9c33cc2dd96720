/** Every call under way, in and out: the rooms that place, receive and hand over, as one for the rest of the house. */
import type { CancelTimer } from "../clock.ts";
import type { Telephone, TelephoneCalls } from "../telephone.ts";
import type { Trunk } from "../trunk/trunk.ts";
import { createAgent } from "./agent.ts";
import { createArrivals, type ArrivalPorts, type Arrivals } from "./arrivals.ts";
import type { Call, IncomingCall } from "./call.ts";
import { createDesk, isUnderWay } from "./desk.ts";
import { createHandover, type Handover } from "./handover.ts";
import type { HoldResult } from "./holding.ts";
import { createPlacing, type Placing, type PlacingPorts } from "./placing.ts";

export interface Switchboard extends Pick<Placing, "call">, Pick<Arrivals, "arrive">, Handover, TelephoneCalls {
  /** Under way. */
  readonly calls: readonly (Call | IncomingCall)[];
  /** Over, while an attempt or a BYE of theirs still is not. */
  readonly followed: number;
  /** Turns to the call that was heard before the present one. */
  swap(): Promise<HoldResult>;
  /** Whether calls to the agent are shown; true at the start. */
  setAvailable(available: boolean): void;
  /** Runs `action` once nothing of any call is under way on this trunk any more. @returns what calls the wait off. */
  whenFree(trunk: Trunk, action: () => void): CancelTimer;
  /** Ends every call; what comes from here on is turned away. */
  close(): void;
  /** Nothing may be left running. */
  forget(): void;
}

interface SwitchboardPorts extends PlacingPorts, ArrivalPorts {
  readonly telephone: () => Pick<Telephone, "placeOf" | "used" | "changed">;
}

export function createSwitchboard(ports: SwitchboardPorts): Switchboard {
  const { telephone } = ports;
  const agent = createAgent(ports.settings.clock);
  const desk = createDesk({ ...ports, refer: (trunk, referral) => placing.refer(trunk, referral) });
  const placing = createPlacing(ports, desk, helped);
  const arrivals = createArrivals(ports, desk, agent);
  const handover = createHandover(ports, desk, helped);

  /** The agent is on a call with the emergency services. */
  function helped(): void {
    agent.helped();
    telephone().changed();
  }

  return {
    ...handover,
    call: placing.call,
    arrive: arrivals.arrive,
    get calls() {
      return desk.calls.filter(isUnderWay);
    },
    get followed() {
      return desk.calls.filter((call) => !isUnderWay(call)).length;
    },
    async swap() {
      return desk.get(desk.headset.order[1] ?? "")?.unhold() ?? { ok: false, because: "not-answered" };
    },
    get isInUse() {
      return desk.calls.some(isUnderWay);
    },
    get isHeard() {
      return desk.isHeard;
    },
    get agent() {
      return agent.shared;
    },
    learn: (told) => agent.learn(told),
    turned(page, turn) {
      agent.turned(page, turn);
      if (turn === "to") desk.turnTo(page);
      else if (turn === "from") desk.turnFrom(page);
      else if (turn === "before" && ports.settings.whileTalking === "hold") desk.headset.wait(page);
    },
    setAvailable(is) {
      agent.setAvailable(is);
      telephone().changed();
    },
    whenIdle: (action) => desk.when(() => desk.calls.length === 0, action),
    whenFree: (trunk, action) => desk.when(() => desk.calls.every((call) => !call.uses(trunk)), action),
    close: desk.close,
    forget() {
      desk.forget();
      arrivals.close();
    },
  };
}
