/** One carrier account: its flow, registration, liveness, and a breaker for each route. */
import type { Settings, TrunkConfig } from "../config.ts";
import type { Journal, Route } from "../journal.ts";
import type { OnViolation } from "../machine.ts";
import type { InviteEvents, InviteRequest, SipInvitation, SipInvite } from "../ports.ts";
import type { Candidate } from "../routing/plan.ts";
import type { FlowState, RegistrationState } from "../states.ts";
import { createBreaker, type Breaker } from "./breaker.ts";
import { createFlow } from "./flow.ts";
import { createLiveness } from "./liveness.ts";
import { createRegistration } from "./registration.ts";
import { errorName } from "../errors.ts";

/** A trunk's health as a UI may show it. */
export interface TrunkHealth {
  readonly trunkId: string;
  readonly carrier: string;
  readonly flow: FlowState;
  readonly registration: RegistrationState;
  /** Registered on a flow that is not known to be dead. */
  readonly ready: boolean;
  /** Smoothed round trip, ms. */
  readonly rttMs: number | undefined;
  readonly breakers: readonly { readonly route: Route; readonly state: Breaker["state"] }[];
}

export interface Trunk {
  readonly id: string;
  readonly health: TrunkHealth;
  candidate(route: Route): Candidate;
  breaker(route: Route): Breaker;
  start(): void;
  /** Comes back now instead of after the back-off: a call waits, or the network is said to be back. */
  wake(): void;
  /** Asks the edge at once whether it lives. */
  check(withinMs: number): Promise<boolean>;
  /** The flow is proven dead: drops it and comes back. */
  drop(): void;
  /** Something on this flow was answered by the peer. */
  prove(): void;
  /** How a number is dialled here. */
  invite(number: string, request: Omit<InviteRequest, "target">, events: InviteEvents): SipInvite;
  /** Unregisters within `withinMs` and leaves nothing running. */
  close(withinMs: number): Promise<void>;
}

interface TrunkPorts {
  readonly settings: Settings;
  readonly place: number;
  readonly userAgent: string;
  readonly journal: Journal;
  readonly onViolation: OnViolation;
  readonly onIncoming: (trunk: Trunk, invitation: SipInvitation) => void;
  /** Readiness or a breaker changed. */
  readonly onChange: (trunk: Trunk) => void;
}

export function createTrunk(config: TrunkConfig, ports: TrunkPorts): Trunk {
  const { settings, journal, onViolation } = ports;
  const { clock, random, limits } = settings;
  const trunkId = config.id;
  const breakers = new Map<Route, Breaker>();

  const edge = settings.stack.edge(
    {
      trunkId,
      server: config.server,
      aor: config.aor,
      userAgent: ports.userAgent,
      ...(config.credentials && { credentials: sourceOf(config.credentials) }),
    },
    {
      opened() {
        flow.opened();
        liveness.begin();
        registration.request();
      },
      closed(end) {
        liveness.end();
        registration.lose();
        flow.lost(end);
      },
      ponged: () => liveness.ponged(),
      discarded: (fault, bytes) => void journal.append("frame:discarded", { trunkId, fault, bytes }),
      incoming: (invitation) => ports.onIncoming(trunk, invitation),
      credentialsFailed: (error) => void journal.append("credentials:failed", { trunkId, error: errorName(error) }),
    },
    clock,
    random,
  );
  const common = { trunkId, edge, clock, random, limits, journal, onViolation, reasonText: settings.privacy.reasonText };
  const flow = createFlow({ ...common, onChange: () => ports.onChange(trunk) });
  const liveness = createLiveness({
    ...common,
    onProven: () => flow.prove(),
    onSilent: (dead) => (dead ? flow.drop() : flow.doubt()),
  });
  const registration = createRegistration({
    ...common,
    onAnswered: (rttMs) => liveness.prove(rttMs),
    onUnanswered: () => void suspect(),
    onChange(to) {
      if (to === "registered") flow.settle();
      ports.onChange(trunk);
    },
  });

  /** A REGISTER fell silent: is it the registrar, or the whole edge? */
  async function suspect(): Promise<void> {
    flow.doubt();
    if (!(await liveness.check(limits.probeTimeoutMs)) && flow.state === "doubted") flow.drop();
  }

  const isOpen = () => flow.state === "open" || flow.state === "doubted";
  const isReady = () => isOpen() && (registration.state === "registered" || registration.state === "refreshing");

  const dial =
    config.target ??
    ((number: string) => `sip:${encodeURIComponent(number).replace("%2B", "+")}@${config.aor.slice(config.aor.indexOf("@") + 1)}`);

  const trunk: Trunk = {
    id: trunkId,
    get health() {
      return {
        trunkId,
        carrier: config.carrier,
        flow: flow.state,
        registration: registration.state,
        ready: isReady(),
        rttMs: liveness.rttMs,
        breakers: [...breakers].map(([route, { state }]) => ({ route, state })),
      };
    },
    candidate(route) {
      const { state, trust } = trunk.breaker(route);
      return {
        trunkId,
        carrier: config.carrier,
        priority: config.priority ?? ports.place,
        // An emergency call needs no binding, only an edge that listens.
        flow: !isReady() && !(route === "emergency" && isOpen()) ? "unready" : flow.state === "doubted" ? "doubted" : "ready",
        breaker: state,
        trust,
      };
    },
    breaker(route) {
      let breaker = breakers.get(route);
      if (!breaker) {
        breaker = createBreaker({
          clock,
          random,
          limits,
          onViolation,
          onChange(change) {
            journal.append("breaker:changed", { trunkId, route, ...change });
            ports.onChange(trunk);
          },
        });
        breakers.set(route, breaker);
      }
      return breaker;
    },
    start: () => flow.connect(),
    wake() {
      if (flow.state === "waiting") flow.connect();
      else if (flow.state === "open" && registration.state === "refused") registration.request();
    },
    check: (withinMs) => liveness.check(withinMs),
    drop: () => flow.drop(),
    prove: () => liveness.prove(),
    invite: (number, request, events) => edge.invite({ ...request, target: dial(number) }, events),
    async close(withinMs) {
      await registration.remove(withinMs);
      liveness.end();
      registration.close();
      flow.stop();
      edge.dispose();
      for (const breaker of breakers.values()) breaker.close();
    },
  };
  return trunk;
}

const sourceOf = (credentials: NonNullable<TrunkConfig["credentials"]>) =>
  typeof credentials === "function" ? credentials : () => credentials;
