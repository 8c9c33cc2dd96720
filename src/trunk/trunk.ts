/** One carrier account: a connection, a health book and an operator's order. */
import type { CancelTimer } from "../clock.ts";
import type { Settings, TrunkConfig } from "../config.ts";
import { everyRoute, type Journal, type Route } from "../journal.ts";
import type { OnViolation } from "../machine.ts";
import type { Notices } from "../notices.ts";
import type { HealthNote, Plane } from "../ports/shared-health.ts";
import type { SipInvitation } from "../ports/sip-invitation.ts";
import { isRouteOf } from "../routing/destination.ts";
import type { Candidate } from "../routing/plan.ts";
import type { BreakerState, FlowState, RegistrationState } from "../states.ts";
import type { LoadedWindow } from "./breaker.ts";
import type { CommonMode } from "./common-mode.ts";
import { createConnection, type Connection } from "./connection.ts";
import { createHealthBook, type HealthBook } from "./health-book.ts";
import type { TrunkError } from "./last-error.ts";
import type { OperatorOrder } from "./operator-order.ts";

/** A trunk's health as a UI may show it. */
export interface TrunkHealth {
  /** Which trunk, as `TrunkConfig.id` has it. */
  readonly trunkId: string;
  /** Its operator, as `TrunkConfig.carrier` has it. */
  readonly carrier: string;
  /** How its connection to the edge stands (RFC 5626). */
  readonly flow: FlowState;
  /** How its binding at the registrar stands; apart from the flow, which may be open while this is refused. */
  readonly registration: RegistrationState;
  /** Registered on a flow that is not known to be dead. */
  readonly ready: boolean;
  /** Taken out of service by `isolate()`. */
  readonly isolated: boolean;
  /** Lower goes first; as it is set now, by the settings or `weigh()`. */
  readonly priority: number;
  /** Its share among trunks of equal priority (RFC 2782); as it is set now, by the settings or `weigh()`. */
  readonly weight: number;
  /** Smoothed round trip, ms. */
  readonly rttMs: number | undefined;
  /** What last kept it from its registration, until it is registered again. */
  readonly lastError?: TrunkError;
  /** A breaker for each route and plane that was used; before them that of the whole trunk, route `*`, while it is not closed. */
  readonly breakers: readonly {
    readonly route: Route;
    readonly plane: Plane;
    readonly state: BreakerState;
    /** Share of the calls that it may carry, in [0, 1]. */
    readonly trust: number;
    /** While open: how long it still rests, in ms. */
    readonly restMs: number;
  }[];
}

/** What a call asks of the line, and what it tells the book, is here at first hand. */
type ForCalls = Pick<
  Connection,
  "wake" | "countAnew" | "check" | "verify" | "countOn" | "drop" | "prove" | "invite" | "target" | "resume"
> &
  Pick<HealthBook, "ballot" | "vote" | "condemn" | "stalled" | "fellSilent" | "letRest" | "postDialDelay">;

export interface Trunk extends ForCalls {
  readonly id: string;
  readonly health: TrunkHealth;
  /** Registered only while no warm trunk is fit. */
  readonly isCold: boolean;
  readonly reachesEmergency: boolean;
  /** Ready, in service, and no breaker open for its signalling. */
  readonly isFit: boolean;
  /** Who we are there, and how it wants to be told who calls. */
  readonly account: Pick<TrunkConfig, "aor" | "callerId">;
  /** As it was set last, and by which version of the settings: none before they were ever changed. */
  readonly config: TrunkConfig;
  readonly settings: number | undefined;
  readonly connection: Connection;
  readonly book: HealthBook;
  readonly order: OperatorOrder;
  candidate(route: Route): Candidate;
  /** Back into service, with every breaker closed; a registrar that has refused our account is asked again. */
  restore(): void;
  /** The settings were changed, or confirmed: it goes by that version of them. Neither edge nor account of a trunk ever changes. */
  renew(config: TrunkConfig, changed: readonly (keyof TrunkConfig)[], version: number): void;
  /** Unregisters within `withinMs`, waits until it `isFree`, and leaves nothing running. Harmless twice. */
  close(withinMs: number, isFree?: Promise<void>): Promise<void>;
}

interface TrunkPorts {
  readonly settings: Settings;
  /** What the operator has ordered of it; it outlives the connection. */
  readonly order: OperatorOrder;
  /** Of the settings that it comes with. */
  readonly version: number | undefined;
  readonly userAgent: string;
  readonly journal: Journal;
  readonly commonMode: CommonMode;
  readonly loadedWindow: LoadedWindow;
  readonly onViolation: OnViolation;
  readonly onIncoming: (trunk: Trunk, invitation: SipInvitation) => void;
  readonly onNotice: Notices;
  /** Readiness or a breaker changed. */
  readonly onChange: (trunk: Trunk) => void;
  /** Something was learnt that other pages should know. */
  readonly onLearnt: (note: HealthNote) => void;
  /** Runs `action` once no call is up. @returns what calls it off. */
  readonly whenIdle: (action: () => void) => CancelTimer;
}

export function createTrunk(given: TrunkConfig, ports: TrunkPorts): Trunk {
  const { settings, commonMode, order } = ports;
  const { id: trunkId, carrier } = given;
  let config = given;
  let { version } = ports;
  let closed: Promise<void> | undefined;
  const onChange = () => ports.onChange(trunk);
  const book = createHealthBook({
    ...settings,
    ...ports,
    trunkId,
    carrier,
    isRoute: (route) => isRouteOf(settings, route),
    onChange,
  });
  const connection = createConnection(given, {
    ...ports,
    onIncoming: (invitation) => ports.onIncoming(trunk, invitation),
    onChange,
    onFailed: () => commonMode.failed(carrier),
    onServed: () => commonMode.served(carrier),
    onRest: (because, restMs) =>
      ports.onLearnt({ trunkId, route: everyRoute, plane: "signalling", vote: "left-alone", because, ...(restMs > 0 && { restMs }) }),
    onDoubted: () => ports.onLearnt({ trunkId, route: everyRoute, plane: "signalling", vote: "doubted", because: "probe-unanswered" }),
  });
  const { wake, countAnew, check, verify, countOn, drop, prove, invite, target, resume } = connection;
  const { ballot, vote, condemn, stalled, fellSilent, letRest, postDialDelay } = book;

  const trunk: Trunk = {
    ...{ wake, countAnew, check, verify, countOn, drop, prove, invite, target, resume },
    ...{ ballot, vote, condemn, stalled, fellSilent, letRest, postDialDelay },
    id: trunkId,
    get isCold() {
      return config.standby === "cold";
    },
    get reachesEmergency() {
      return config.emergency !== false;
    },
    get account() {
      return config;
    },
    get config() {
      return config;
    },
    get settings() {
      return version;
    },
    connection,
    book,
    order,
    get health() {
      const { flow, registration, isReady: ready, rttMs, lastError } = connection;
      const { isolated, priority, weight } = order;
      const breakers = book.rows.map(({ route, plane, state, trust, restMs }) => ({ route, plane, state, trust, restMs }));
      return { trunkId, carrier, flow, registration, ready, isolated, priority, weight, rttMs, breakers, ...(lastError && { lastError }) };
    },
    get isFit() {
      const isOpen = book.rows.some(({ plane, state }) => plane === "signalling" && state === "open");
      return connection.isReady && !order.isolated && !isOpen;
    },
    candidate(route) {
      const { isOpen, isReady, isUnlisted } = connection;
      const { priority, weight, isolated } = order;
      // An emergency call needs no binding, only an edge that listens.
      const isServing = isReady || (route === "emergency" && isOpen);
      const flow = isServing && connection.flow !== "doubted" ? "ready" : isServing || isUnlisted ? "doubted" : "unready";
      return { trunkId, carrier, priority, weight, isolated, flow, registered: isReady, ...book.standing(route) };
    },
    restore() {
      order.restore();
      book.pardon("restored");
      connection.forgive();
      if (connection.isOpen) connection.wake();
      onChange();
    },
    renew(to, changed, by) {
      config = to;
      version = by;
      connection.renew(to, changed);
    },
    close: (withinMs, isFree) => (closed ??= connection.close(withinMs, isFree).then(() => book.close())),
  };
  return trunk;
}
