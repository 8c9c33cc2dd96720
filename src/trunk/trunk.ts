/** One carrier account: its flow, registration and liveness, and what is known of each route. */
import type { Settings, TrunkConfig } from "../config.ts";
import { errorName } from "../errors.ts";
import type { Journal, Route } from "../journal.ts";
import type { OnViolation } from "../machine.ts";
import type { BreakerVote } from "../outcome.ts";
import type { CancelTimer, HealthNote, InviteEvents, InviteRequest, Plane, SipInvitation, SipInvite } from "../ports.ts";
import type { Candidate } from "../routing/plan.ts";
import type { BreakerState, FlowState, RegistrationState } from "../states.ts";
import { createAccount } from "./account.ts";
import { createBreaker, type Breaker, type LoadedWindow } from "./breaker.ts";
import type { CommonMode } from "./common-mode.ts";
import { createFlow } from "./flow.ts";
import { createFrameFaults } from "./frame-faults.ts";
import { createLiveness } from "./liveness.ts";
import { createPostDialDelay, type PostDialDelay } from "./post-dial-delay.ts";
import { createRegistration } from "./registration.ts";

/** A trunk's health as a UI may show it. */
export interface TrunkHealth {
  readonly trunkId: string;
  readonly carrier: string;
  readonly flow: FlowState;
  readonly registration: RegistrationState;
  /** Registered on a flow that is not known to be dead. */
  readonly ready: boolean;
  /** Taken out of service by `isolate()`. */
  readonly isolated: boolean;
  readonly priority: number;
  readonly weight: number;
  /** Smoothed round trip, ms. */
  readonly rttMs: number | undefined;
  /** A breaker for each route and plane that was used. */
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

/** What an attempt's vote is about. `epoch`: the breaker's, when the attempt began. */
export interface VoteOn {
  readonly route: Route;
  readonly plane: Plane;
  readonly epoch: number;
}

export interface Trunk {
  readonly id: string;
  readonly health: TrunkHealth;
  /** Registered only while no warm trunk is fit. */
  readonly isCold: boolean;
  readonly reachesEmergency: boolean;
  /** Ready, in service, and no breaker open for its signalling. */
  readonly isFit: boolean;
  candidate(route: Route): Candidate;
  breaker(route: Route, plane: Plane): Breaker;
  readonly breakers: readonly { readonly route: Route; readonly plane: Plane; readonly breaker: Breaker }[];
  postDialDelay(route: Route): PostDialDelay;
  /** Soft evidence. */
  vote(on: VoteOn, vote: BreakerVote, because: string): void;
  /** Hard evidence. */
  condemn(on: VoteOn, because: string): void;
  /** The edge asks for rest. */
  letRest(route: Route, because: string, restMs: number): void;
  start(): void;
  /** Comes up now: a call waits, or the network is said to be back. A registrar that has refused our account is left alone. */
  wake(): void;
  /** We stand in another network: a registrar that has refused our account may be asked again. */
  forgive(): void;
  /** A cold trunk that is not needed any more: unregisters and closes its flow. */
  rest(): void;
  /** Asks the edge at once whether it lives. */
  check(withinMs?: number): Promise<boolean>;
  /** Asks the edge at once; a flow on which nothing is answered is dropped, and comes back. @returns whether it lives. */
  verify(): Promise<boolean>;
  /** Whether this page probes idle trunks for all the pages of this browser. */
  probe(forAll: boolean): void;
  /** The flow is proven dead: drops it and comes back. */
  drop(): void;
  /** Something on this flow was answered by the peer. */
  prove(): void;
  /** How a number is dialled here. */
  invite(number: string, request: Omit<InviteRequest, "target">, events: InviteEvents): SipInvite;
  /** Takes it out of service: no new call goes out on it, but for an emergency with no other trunk. */
  isolate(): void;
  /** Back into service, with every breaker closed; a registrar that has refused our account is asked again. */
  restore(): void;
  /** Closes its breakers; with `sinceMs` those that opened then or later: it was not this trunk's fault. */
  absolve(because: string, sinceMs?: number): void;
  weigh(order: { readonly priority?: number; readonly weight?: number }): void;
  /** Unregisters within `withinMs` and leaves nothing running. */
  close(withinMs: number): Promise<void>;
}

interface TrunkPorts {
  readonly settings: Settings;
  readonly place: number;
  readonly userAgent: string;
  readonly journal: Journal;
  readonly commonMode: CommonMode;
  readonly loadedWindow: LoadedWindow;
  readonly onViolation: OnViolation;
  readonly onIncoming: (trunk: Trunk, invitation: SipInvitation) => void;
  /** Readiness or a breaker changed. */
  readonly onChange: (trunk: Trunk) => void;
  /** Something was learnt that other pages should know. */
  readonly onLearnt: (note: HealthNote) => void;
  /** Runs `action` once no call is up. @returns what calls it off. */
  readonly whenIdle: (action: () => void) => CancelTimer;
}

/** How long a cold trunk that goes to rest waits for its registrar, in ms. */
const unregisterMs = 500;

export function createTrunk(config: TrunkConfig, ports: TrunkPorts): Trunk {
  const { settings, journal, commonMode, loadedWindow, onViolation, whenIdle } = ports;
  const { clock, random, limits, spreadMs } = settings;
  const { id: trunkId, carrier } = config;
  const breakers = new Map<string, Trunk["breakers"][number]>();
  const delays = new Map<Route, PostDialDelay>();
  /** How many there were: a question about one tells nothing of the next. */
  let flows = 0;
  let isolated = false;
  let closed = false;
  let priority = config.priority ?? ports.place;
  let weight = config.weight ?? 1;

  const account = createAccount(trunkId, config.credentials, clock, limits.credentialsMs);
  const frameFaults = createFrameFaults({ trunkId, clock, journal });
  const edge = settings.stack.edge(
    {
      trunkId,
      server: config.server,
      aor: config.aor,
      userAgent: ports.userAgent,
      ...(account.credentials && { credentials: account.credentials }),
    },
    {
      opened() {
        flows += 1;
        flow.opened();
        liveness.begin();
        registration.begin();
      },
      closed(end) {
        liveness.end();
        registration.lose();
        flow.lost(end);
      },
      ponged: () => liveness.ponged(),
      discarded: (fault, bytes, header) => frameFaults.note(fault, bytes, header),
      incoming: (invitation) => ports.onIncoming(trunk, invitation),
      credentialsFailed: (error) => void journal.append("credentials:failed", { trunkId, error: errorName(error) }),
    },
    clock,
    random,
  );
  const common = { trunkId, edge, clock, random, limits, spreadMs, journal, onViolation, reasonText: settings.privacy.reasonText };
  const flow = createFlow({
    ...common,
    onChange(_, to) {
      if (to === "waiting") commonMode.failed(carrier);
      ports.onChange(trunk);
    },
  });
  const liveness = createLiveness({
    ...common,
    onProven: () => flow.prove(),
    otherRequest: () => (registration.isLeftAlone ? undefined : registration.request),
    onSilent(dead) {
      if (dead) return flow.drop();
      flow.doubt();
      ports.onLearnt({ trunkId, route: "all", plane: "signalling", vote: "doubted", because: "probe-unanswered" });
    },
  });
  const registration = createRegistration({
    ...common,
    account,
    onAnswered: (rttMs) => liveness.prove(rttMs),
    onUnanswered: () => void suspect(),
    onChange(isConfirmed) {
      if (isConfirmed) {
        flow.settle();
        commonMode.served(carrier);
      }
      ports.onChange(trunk);
    },
  });

  /** A REGISTER fell silent: is it the registrar, or the whole edge? */
  async function suspect(): Promise<void> {
    flow.doubt();
    await verify();
  }

  async function verify(): Promise<boolean> {
    const asked = flows;
    if (await liveness.check(limits.probeTimeoutMs)) return true;
    // It may have been lost meanwhile, and another be on its way.
    if (asked === flows && isOpen()) flow.drop();
    return false;
  }

  const isOpen = () => flow.state === "open" || flow.state === "doubted";
  const isReady = () => isOpen() && (registration.state === "registered" || registration.state === "refreshing");

  const dial =
    config.target ??
    ((number: string) => `sip:${encodeURIComponent(number).replace("%2B", "+")}@${config.aor.slice(config.aor.indexOf("@") + 1)}`);

  /** What the integrator's `target` makes of a number; where it throws, nothing that could be dialled. */
  function targetOf(number: string): string {
    try {
      return dial(number);
    } catch (error) {
      journal.append("listener:failed", { event: "target", error: errorName(error) });
      return "";
    }
  }

  function breakerOf(route: Route, plane: Plane): Breaker {
    const key = `${plane} ${route}`;
    let known = breakers.get(key);
    if (!known) {
      const breaker = createBreaker({
        clock,
        random,
        limits,
        onViolation,
        loadedWindow,
        whenIdle,
        onChange(change) {
          journal.append("breaker:changed", { trunkId, route, plane, ...change });
          ports.onChange(trunk);
        },
      });
      breakers.set(key, (known = { route, plane, breaker }));
    }
    return known.breaker;
  }

  const trunk: Trunk = {
    id: trunkId,
    get health() {
      return {
        trunkId,
        carrier,
        flow: flow.state,
        registration: registration.state,
        ready: isReady(),
        isolated,
        priority,
        weight,
        rttMs: liveness.rttMs,
        breakers: trunk.breakers.map(({ route, plane, breaker: { state, trust, memory } }) => ({
          route,
          plane,
          state,
          trust,
          restMs: memory.restMs,
        })),
      };
    },
    isCold: config.standby === "cold",
    reachesEmergency: config.emergency !== false,
    get isFit() {
      return isReady() && !isolated && !trunk.breakers.some(({ plane, breaker }) => plane === "signalling" && breaker.state === "open");
    },
    get breakers() {
      return [...breakers.values()];
    },
    candidate(route) {
      const [signalling, media] = [breakerOf(route, "signalling"), breakerOf(route, "media")];
      const worse = media.trust < signalling.trust ? media : signalling;
      return {
        trunkId,
        carrier,
        priority,
        weight,
        isolated,
        // An emergency call needs no binding, only an edge that listens.
        flow: !isReady() && !(route === "emergency" && isOpen()) ? "unready" : flow.state === "doubted" ? "doubted" : "ready",
        breaker: worse.state,
        trust: worse.trust,
      };
    },
    breaker: breakerOf,
    postDialDelay(route) {
      let delay = delays.get(route);
      if (!delay) delays.set(route, (delay = createPostDialDelay(limits)));
      return delay;
    },
    vote({ route, plane, epoch }, vote, because) {
      const breaker = breakerOf(route, plane);
      if (vote === "ignored" || epoch !== breaker.epoch) return;
      if (vote === "success") commonMode.served(carrier);
      else commonMode.failed(carrier);
      if (commonMode.suspected) return;
      breaker.record(vote, epoch, because);
      ports.onLearnt({ trunkId, route, plane, vote, because });
    },
    condemn({ route, plane, epoch }, because) {
      // What began before the breaker's last change tells of a trunk that was.
      if (epoch !== breakerOf(route, plane).epoch) return;
      commonMode.failed(carrier);
      if (commonMode.suspected) return;
      breakerOf(route, plane).trip(because);
      ports.onLearnt({ trunkId, route, plane, vote: "tripped", because });
    },
    letRest(route, because, restMs) {
      breakerOf(route, "signalling").trip(because, restMs);
      ports.onLearnt({ trunkId, route, plane: "signalling", vote: "tripped", because, restMs });
    },
    start() {
      if (!trunk.isCold) flow.connect();
    },
    wake() {
      if (closed) return;
      if (flow.state === "waiting" || flow.state === "closed") flow.connect();
      else if (isOpen()) registration.hurry();
    },
    forgive: () => registration.forgive(),
    rest() {
      if (!isOpen()) return flow.stop();
      void registration.remove(unregisterMs).then(() => {
        liveness.end();
        flow.stop();
        edge.disconnect();
      });
    },
    check: (withinMs = limits.probeTimeoutMs) => liveness.check(withinMs),
    verify,
    probe: (forAll) => liveness.probe(forAll),
    drop: () => flow.drop(),
    prove: () => liveness.prove(),
    // A source that hangs costs a call what silence does, then the next trunk is tried.
    invite: (number, request, events) => edge.invite({ ...request, target: targetOf(number), credentialsMs: limits.silenceMaxMs }, events),
    isolate() {
      if (isolated) return;
      isolated = true;
      journal.append("trunk:isolated", { trunkId });
      ports.onChange(trunk);
    },
    restore() {
      isolated = false;
      journal.append("trunk:restored", { trunkId });
      trunk.absolve("restored");
      registration.forgive();
      if (isOpen()) registration.hurry();
      ports.onChange(trunk);
    },
    absolve(because, sinceMs) {
      for (const { breaker } of breakers.values()) breaker.absolve(because, sinceMs);
    },
    weigh(order) {
      priority = order.priority ?? priority;
      weight = order.weight ?? weight;
      journal.append("trunk:weighed", { trunkId, priority, weight });
      ports.onChange(trunk);
    },
    async close(withinMs) {
      closed = true;
      await registration.remove(withinMs);
      liveness.end();
      registration.close();
      flow.stop();
      edge.dispose();
      frameFaults.close();
      for (const { breaker } of breakers.values()) breaker.close();
    },
  };

  return trunk;
}
