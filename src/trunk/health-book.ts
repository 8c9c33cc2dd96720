/**
 * What is known of one trunk's health: the only place that changes one of its breakers, and that tells the neighbours.
 * There is a breaker for each route and plane, and one for the trunk as a whole: a `Retry-After` concerns every
 * request to that server (RFC 3261 §21.5.4), and a flow that keeps dying under calls dies for all of them.
 */
import type { CancelTimer, Clock, Random } from "../clock.ts";
import { everyRoute, type Journal, type Route } from "../journal.ts";
import type { Limits } from "../limits.ts";
import type { OnViolation } from "../machine.ts";
import { silentOutcome, stalledOutcome, type BreakerVote } from "../outcome.ts";
import type { HealthNote, HealthSnapshot, Plane } from "../ports/shared-health.ts";
import type { BreakerState } from "../states.ts";
import { createBreaker, type Breaker, type BreakerMemory, type LoadedWindow } from "./breaker.ts";
import type { CommonMode } from "./common-mode.ts";
import { createPostDialDelay, type PostDialDelay } from "./post-dial-delay.ts";
import { createRecent } from "./recent.ts";

/** What an attempt's vote is about, and the epochs in which the attempt began. */
export interface Ballot {
  readonly route: Route;
  readonly plane: Plane;
  /** Who was called: one person is one witness, whatever number of carriers fails on the way. Stays in memory. */
  readonly callee: string;
  readonly epoch: number;
  readonly trunkEpoch: number;
}

/** A breaker as others may see it. */
export interface BreakerRow extends BreakerMemory {
  readonly route: Route;
  readonly plane: Plane;
  /** Share of the calls that it may carry, in [0, 1]. */
  readonly trust: number;
}

export interface HealthBook {
  /** The breaker of the whole trunk comes first, under `everyRoute`, when it is not closed; then those of the routes that were used. */
  readonly rows: readonly BreakerRow[];
  /** What the next page should know. */
  readonly memory: HealthSnapshot["breakers"];
  /** The worst of what stands in the way of a call to this route. */
  standing(route: Route): { readonly breaker: BreakerState; readonly trust: number };
  postDialDelay(route: Route): PostDialDelay;
  ballot(route: Route, plane: Plane, callee: string): Ballot;

  /** Soft evidence. */
  vote(ballot: Ballot, vote: BreakerVote, because: string): void;
  /** Hard evidence. */
  condemn(ballot: Ballot, because: string): void;
  /** 100, then nothing for `waitedMs`. Past a limit that was only learnt this is soft, and teaches; past the longest, it is hard. */
  stalled(ballot: Ballot, waitedMs: number): void;
  /** A call ran into silence, and its flow with it. Once is a dead flow, which comes back; again, with no phone rung between, is an edge to be left alone. */
  fellSilent(ballot: Ballot): void;
  /** The edge asks for rest. */
  letRest(because: string, restMs: number): void;
  /** It was not this trunk's fault: closes its breakers; with `sinceMs` those that opened then or later, unless the edge asked for rest. */
  pardon(because: string, sinceMs?: number): void;
  /** A neighbour's note. It is believed within bounds. @returns whether it could be: of this trunk's routes, and well-formed. */
  heard(note: HealthNote): boolean;
  /** What an earlier page knew of one breaker `ageMs` ago. @returns whether it could be believed. */
  remember(memory: HealthSnapshot["breakers"][number], ageMs: number): boolean;
  close(): void;
}

interface HealthBookPorts {
  readonly trunkId: string;
  readonly carrier: string;
  /** Whether any number of ours can be of that route. */
  readonly isRoute: (route: Route) => boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: Limits;
  readonly journal: Journal;
  readonly commonMode: CommonMode;
  readonly loadedWindow: LoadedWindow;
  readonly onViolation: OnViolation;
  /** Runs `action` once no call is up. @returns what calls it off. */
  readonly whenIdle: (action: () => void) => CancelTimer;
  /** A breaker changed. */
  readonly onChange: () => void;
  /** Something was learnt here that other pages should know. */
  readonly onLearnt: (note: HealthNote) => void;
}

type Planes = Readonly<Record<Plane, Breaker>>;

/** Routes that are kept apart: more than any plan of numbers has; of those past it the one that was used longest ago is forgotten. */
const mostRoutes = 128;
/** Calls in a row that run into silence before the trunk is set aside. */
const silencesInARow = 2;
const votes: readonly HealthNote["vote"][] = ["success", "failure", "half-failure", "tripped", "pardoned", "doubted"];
/** A reason is a code, never a text: it goes into the journal. */
const isCode = (because: unknown): because is string => typeof because === "string" && /^[\w-]{1,64}$/.test(because);

export function createHealthBook(ports: HealthBookPorts): HealthBook {
  const { trunkId, carrier, clock, limits, journal, commonMode, onLearnt } = ports;
  const longestRestMs = Math.max(limits.ejectionMaxMs, limits.retryAfterMaxMs);
  const whole = breakerOf(everyRoute, "signalling");
  const routes = createRecent<Route, Planes>(
    mostRoutes,
    (route) => ({ signalling: breakerOf(route, "signalling"), media: breakerOf(route, "media") }),
    ({ signalling, media }) => signalling.state === "closed" && media.state === "closed",
    ({ signalling, media }) => [signalling, media].forEach((breaker) => breaker.close()),
  );
  const delays = createRecent<Route, PostDialDelay>(
    mostRoutes,
    () => createPostDialDelay(limits),
    () => true,
    () => {},
  );
  let silences = 0;
  let silentAtMs = -Infinity;

  function breakerOf(route: Route, plane: Plane): Breaker {
    return createBreaker({
      ...ports,
      onChange(change) {
        journal.append("breaker:changed", { trunkId, route, plane, ...change });
        ports.onChange();
      },
    });
  }

  const find = (route: Route, plane: Plane): Breaker => (route === everyRoute ? whole : routes.of(route)[plane]);
  const isKnown = (route: unknown, plane: unknown): boolean =>
    typeof route === "string" && (plane === "signalling" || plane === "media") && (route === everyRoute || ports.isRoute(route));
  const tell = (route: Route, plane: Plane, note: Pick<HealthNote, "vote" | "because" | "restMs" | "withinMs">) =>
    onLearnt({ trunkId, route, plane, ...note });

  const rowsOf = (all: boolean): BreakerRow[] => {
    const row = (route: Route, plane: Plane, { memory, trust }: Breaker) => ({ route, plane, trust, ...memory });
    return [
      ...(all || whole.state !== "closed" ? [row(everyRoute, "signalling", whole)] : []),
      ...routes.all.flatMap(([route, planes]) => [row(route, "signalling", planes.signalling), row(route, "media", planes.media)]),
    ];
  };

  /** Soft evidence, here or heard. A phone that rings speaks for the whole trunk; a failure against its route only, unless the trunk is on probation. */
  function count(route: Route, plane: Plane, vote: BreakerVote, because: string, epochs?: Pick<Ballot, "epoch" | "trunkEpoch">): void {
    const breaker = find(route, plane);
    breaker.record(vote, epochs?.epoch ?? breaker.epoch, because);
    if (plane === "media" || breaker === whole) return;
    if (vote === "success") silences = 0;
    if (vote === "success" || whole.state === "probing") whole.record(vote, epochs?.trunkEpoch ?? whole.epoch, because);
  }

  function vote(ballot: Ballot, vote: BreakerVote, because: string): void {
    const { route, plane, epoch, callee } = ballot;
    if (vote === "ignored") return;
    if (vote === "success") commonMode.served(carrier);
    else commonMode.failed(carrier, callee);
    if (commonMode.suspected || epoch !== find(route, plane).epoch) return;
    count(route, plane, vote, because, ballot);
    tell(route, plane, { vote, because });
  }

  function condemn({ route, plane, epoch, callee }: Ballot, because: string): void {
    commonMode.failed(carrier, callee);
    // What began before the breaker's last change tells of a trunk that was.
    if (commonMode.suspected || epoch !== find(route, plane).epoch) return;
    find(route, plane).trip(because);
    tell(route, plane, { vote: "tripped", because });
  }

  function absolve(breakers: readonly Breaker[], because: string, sinceMs?: number): void {
    for (const breaker of breakers) breaker.absolve(because, sinceMs);
  }

  const every = (): readonly Breaker[] => [whole, ...routes.all.flatMap(([, { signalling, media }]) => [signalling, media])];

  return {
    get rows() {
      return rowsOf(false);
    },
    get memory() {
      return rowsOf(true).map(({ trust: _, ...memory }) => ({ trunkId, ...memory }));
    },
    standing(route) {
      const { signalling, media } = routes.of(route);
      const { state, trust } = [signalling, media].reduce((worst, each) => (each.trust < worst.trust ? each : worst), whole);
      return { breaker: state, trust };
    },
    postDialDelay: (route) => delays.of(route),
    ballot: (route, plane, callee) => ({ route, plane, callee, epoch: find(route, plane).epoch, trunkEpoch: whole.epoch }),
    vote,
    condemn,
    stalled(ballot, waitedMs) {
      delays.of(ballot.route).overdue();
      if (waitedMs < limits.pddMaxMs) vote(ballot, "half-failure", stalledOutcome.row);
      else condemn(ballot, stalledOutcome.row);
    },
    fellSilent({ trunkEpoch }) {
      if (trunkEpoch !== whole.epoch || commonMode.suspected) return;
      const nowMs = clock.nowMs();
      silences = nowMs - silentAtMs > limits.breakerWindowMs ? 1 : silences + 1;
      silentAtMs = nowMs;
      if (silences < silencesInARow && whole.state === "closed") return whole.record("failure", trunkEpoch, silentOutcome.row);
      silences = 0;
      whole.trip(silentOutcome.row);
      tell(everyRoute, "signalling", { vote: "tripped", because: silentOutcome.row });
    },
    letRest(because, restMs) {
      const boundMs = Math.min(restMs, limits.retryAfterMaxMs);
      whole.trip(because, boundMs);
      tell(everyRoute, "signalling", { vote: "tripped", because, restMs: boundMs });
    },
    pardon(because, sinceMs) {
      const before = every().map(({ state }) => state);
      absolve(every(), because, sinceMs);
      silences = 0;
      // Common to all our trunks it may be; a neighbour that heard nothing of it has nothing to mend.
      if (sinceMs !== undefined && every().every(({ state }, index) => state === before[index])) return;
      tell(everyRoute, "signalling", {
        vote: "pardoned",
        because,
        ...(sinceMs !== undefined && { withinMs: Math.round(clock.nowMs() - sinceMs) }),
      });
    },
    heard({ route, plane, vote, because, restMs, withinMs }) {
      if (vote === "left-alone" || !isKnown(route, plane) || !votes.includes(vote) || !isCode(because)) return false;
      if (vote === "doubted") return true;
      const breaker = find(route, plane);
      if (vote === "pardoned")
        absolve(
          route === everyRoute ? every() : [breaker],
          because,
          withinMs !== undefined && withinMs >= 0 ? clock.nowMs() - withinMs : undefined,
        );
      else if (vote === "tripped") {
        const askedMs = restMs !== undefined && restMs > 0 ? Math.min(restMs, limits.retryAfterMaxMs) : 0;
        if (breaker.state === "closed" || askedMs > 0) breaker.trip(because, askedMs, longestRestMs);
      } else count(route, plane, vote, because);
      return true;
    },
    remember({ route, plane, ...memory }, ageMs) {
      if (!isKnown(route, plane) || [memory.restMs, memory.ejections, memory.logOdds, ageMs].some((figure) => !Number.isFinite(figure)))
        return false;
      find(route, plane).restore(memory, ageMs);
      return true;
    },
    close() {
      for (const breaker of every()) breaker.close();
    },
  };
}
