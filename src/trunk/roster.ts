/**
 * The trunks as the CRM has set them: which carry calls now, which only end what they carry, and what all of them have in
 * common. Settings that change lose no call: what is removed, or has moved, goes on until nothing is under way on it.
 */
import { showSafely } from "../checks.ts";
import type { Settings, TrunkConfig } from "../config.ts";
import { readTrunks } from "../settings.ts";
import { createEmitter } from "../emitter.ts";
import { LinekeeperError } from "../errors.ts";
import { isSecurePage } from "../host.ts";
import type { Journal } from "../journal.ts";
import type { OnViolation } from "../machine.ts";
import type { Notices } from "../notices.ts";
import type { CancelTimer } from "../clock.ts";
import type { SipInvitation } from "../ports/sip-invitation.ts";
import { version as sdkVersion } from "../version.ts";
import type { LoadedWindow } from "./breaker.ts";
import { createCommonMode, type CommonMode } from "./common-mode.ts";
import { createNeighbours, type Neighbours } from "./neighbours.ts";
import { createOperatorOrder, type OperatorOrder } from "./operator-order.ts";
import { createRollCall, type RollCall } from "./roll-call.ts";
import { watchNewSockets } from "./another-socket.ts";
import { changesOf, isAnother, trunkFactOf, type Listed } from "./settings-change.ts";
import { createStandby, type Standby } from "./standby.ts";
import { createTrunk, type Trunk, type TrunkHealth } from "./trunk.ts";
import { untilFree } from "./until-free.ts";

export interface Roster {
  /** In use, one for each id, in the order of the settings. */
  readonly trunks: readonly Trunk[];
  /** Whose they are by the settings, as addresses-of-record; a trunk that is in use until its heir can be may be another's. */
  readonly accounts: ReadonlySet<string>;
  readonly commonMode: CommonMode;
  /** @throws LinekeeperError `unknown-trunk`. */
  trunkOf(trunkId: string): Trunk;
  /** Calls `changed` whenever a trunk's readiness may have changed. @returns what stops it. */
  onChange(changed: () => void): () => void;
  /** Takes part in what the pages of this browser know of them. */
  start(): void;
  /** Brings up those of an account; from here on what is set later for it comes up by itself. */
  raise(aor: string): void;
  /** Lets them rest: another page can be rung. A call brings up what it needs. Resolves with whether any was bound. */
  lower(aor: string): Promise<boolean>;
  /**
   * Other trunks from now on.
   * @throws LinekeeperError `bad-config`, naming the field; nothing is changed then.
   */
  set(given: readonly TrunkConfig[]): void;
  /** The page goes where no customer can ring it: `lower()` of all, without a moment to lose. */
  hide(): void;
  /** Nothing moves by itself any more. */
  rest(): void;
  /** Unregisters each within `withinMs`, follows meanwhile what is left of calls there, and leaves nothing running. */
  close(withinMs: number): Promise<void>;
}

interface RosterPorts {
  readonly settings: Settings;
  readonly journal: Journal;
  readonly onViolation: OnViolation;
  readonly onListenerError: (event: string, error: unknown) => void;
  readonly onIncoming: (trunk: Trunk, invitation: SipInvitation) => void;
  readonly onNotice: Notices;
  /** Of one that is in use. */
  readonly onHealth: (health: TrunkHealth) => void;
  /** Runs `action` once no call is up. @returns what calls it off. */
  readonly whenIdle: (action: () => void) => CancelTimer;
  /** Runs `action` once nothing of any call is under way on this trunk. @returns what calls it off. */
  readonly whenFree: (trunk: Trunk, action: () => void) => CancelTimer;
}

/** A trunk's place in the settings. */
interface Place {
  readonly listed: Listed;
  readonly order: OperatorOrder;
  readonly trunk: Trunk;
  /** Another edge or account under the same id, which carries the calls until `trunk` can. */
  readonly before?: Trunk | undefined;
}

/** Whose failing counts when all are said to fail: not one that was taken out, or that is kept cold. */
const inService = ({ isolated, flow }: TrunkHealth): boolean => !isolated && flow !== "closed";

/** How long one that leaves waits for its registrar, in ms. */
const unregisterMs = 500;

/** What becomes of a trunk when the settings change. */
interface Planned {
  readonly listed: Listed;
  readonly held: Place | undefined;
  /** The fields that differ from what it goes by. */
  readonly what: readonly (keyof TrunkConfig)[];
}

const trunksOf = ({ trunk, before }: Place): readonly Trunk[] => (before ? [before, trunk] : [trunk]);
const standing = ({ trunk, before }: Place): Trunk => (before?.connection.isReady && !trunk.connection.isReady ? before : trunk);

export function createRoster(ports: RosterPorts): Roster {
  const { settings, journal, onListenerError } = ports;
  const { clock, limits } = settings;
  const changes = createEmitter<{ changed: undefined }>({ changed: true }, onListenerError);
  let places: readonly Place[] = [];
  const inUse = () => places.map(standing);
  const everyone = () => [...places.flatMap(trunksOf), ...leaving];
  const commonMode = createCommonMode({
    carriers: () =>
      new Set(
        inUse()
          .map(({ health }) => health)
          .filter(inService)
          .map(({ carrier }) => carrier),
      ),
    windowMs: limits.commonModeMs,
    clock,
    journal,
    onSuspected: (sinceMs) => inUse().forEach(({ book }) => book.pardon("common-mode", sinceMs)),
  });
  /** Not in use any more; something is under way on them, or they unregister. */
  const leaving = new Set<Trunk>();
  /** Of the settings, from the first change on. */
  let version: number | undefined;
  let window: { readonly createWindow: ReturnType<LoadedWindow> } | undefined;
  let rollCall: RollCall | undefined;
  let stopWatchingSockets = () => {};
  /** Once started. */
  let neighbours: Neighbours | undefined;
  let isResting = false;
  /** The accounts whose trunks are up. */
  const up = new Set<string>();
  const isUp = ({ account: { aor } }: Trunk) => up.has(aor);

  places = settings.trunks.map((config, place) => placeOf({ ...config, place }));
  let standby = standBy();
  import("./window.ts").then((loaded) => (window = loaded)).catch(() => {});

  /** @param held whose place it takes: what the operator has ordered of that holds on. */
  function placeOf(listed: Listed, ofVersion?: number, held?: Place): Place {
    const onChange = () => changed(trunkOf(listed.id));
    const order = held?.order ?? createOperatorOrder(listed, { journal, onChange });
    const trunk: Trunk = createTrunk(listed, {
      settings,
      order,
      version: ofVersion,
      userAgent: `Linekeeper/${sdkVersion}`,
      journal,
      commonMode,
      loadedWindow: () => window?.createWindow,
      onViolation: ports.onViolation,
      whenIdle: ports.whenIdle,
      onIncoming: ports.onIncoming,
      onNotice: ports.onNotice,
      // What is learnt of an edge that we have left says nothing of the one that the others are on.
      onLearnt: (note) => void (inUse().includes(trunk) && neighbours?.tell(note)),
      onChange: changed,
    });
    return { listed, order, trunk };
  }

  function standBy(): Standby | undefined {
    return createStandby({ ...settings, trunks: inUse(), commonMode, whenIdle: ports.whenIdle, calmMs: limits.calmMs });
  }

  function trunkOf(trunkId: string): Trunk {
    const trunk = inUse().find(({ id }) => id === trunkId);
    if (!trunk) throw new LinekeeperError("unknown-trunk", `there is no trunk ${showSafely(trunkId)}`);
    return trunk;
  }

  /** By a trunk's id, whose it is by the settings; one that is on its way out may be another's. */
  const accounts = () => new Map(places.map(({ listed, trunk }) => [listed.id, trunk.account.aor]));

  function changed(trunk: Trunk): void {
    succeed(trunk);
    changes.emit("changed", undefined);
    review();
    if (inUse().includes(trunk)) ports.onHealth(trunk.health);
  }

  /** It can carry what the one before it carried for it. */
  function succeed(trunk: Trunk): void {
    const place = places.find((each) => each.trunk === trunk);
    if (!place?.before || !trunk.connection.isReady) return;
    places = places.map((each) => (each === place ? { ...place, before: undefined } : each));
    dismiss(place.before);
  }

  function dismiss(trunk: Trunk): void {
    leaving.add(trunk);
    ports.whenFree(trunk, () => void leave(trunk));
  }

  async function leave(trunk: Trunk): Promise<void> {
    await trunk.close(unregisterMs);
    leaving.delete(trunk);
    const heir = places.find(({ listed }) => listed.id === trunk.id)?.trunk;
    // A registrar that takes both for one instance (RFC 5626 §6) has let go of both.
    if (!isResting && heir?.account.aor === trunk.account.aor) heir.connection.refresh();
  }

  /** Starts what shall be up and is not: a cold trunk only where it follows one that was. */
  function raise(): void {
    for (const { trunk, before } of places) if (isUp(trunk) && (before || !trunk.isCold)) trunk.connection.start();
    review();
  }

  /** A cold trunk stands in for warm ones that are to be up here. Those that rest are up in another page, or nobody's. */
  function review(): void {
    if (places.every(({ trunk }) => isUp(trunk))) standby?.review();
  }

  /** Nobody is waited for to come up by itself any more: a cold trunk would, in a page that rests. */
  function goDown(aors: readonly string[]): void {
    for (const aor of aors) up.delete(aor);
    standby?.close();
    standby = standBy();
  }

  // ── Other settings ────────────────────────────────────────────────────────────────────────────

  function set(given: readonly TrunkConfig[]): void {
    const planned = readTrunks(given, isSecurePage()).map((config, place) => plan({ ...config, place }));
    const gone = places.filter(({ listed }) => planned.every(({ held }) => held?.listed.id !== listed.id));
    const others = planned.filter(({ held, what }) => !held || what.length > 0);
    if (gone.length === 0 && others.length === 0) return;
    const left = adopt(planned, (version ?? 1) + 1);
    journal.append("trunks:changed", {
      settings: version ?? 1,
      trunks: planned.map(({ listed }) => trunkFactOf(listed)),
      added: others.flatMap(({ held, listed: { id } }) => (held ? [] : [id])),
      removed: gone.map(({ listed: { id } }) => id),
      changed: others.flatMap(({ held, listed: { id }, what }) => (held ? [{ id, what }] : [])),
    });
    for (const trunk of [...gone.flatMap(trunksOf), ...left]) dismiss(trunk);
    // Who reads the journal may have closed the line.
    if (isResting) return;
    standby?.close();
    standby = standBy();
    neighbours?.welcome(inUse());
    raise();
    const ids = others.map(({ listed: { id } }) => id);
    for (const trunk of inUse()) if (ids.includes(trunk.id)) changed(trunk);
  }

  function plan(listed: Listed): Planned {
    const held = places.find((place) => place.listed.id === listed.id);
    return { listed, held, what: held ? changesOf(held.listed, listed) : [] };
  }

  /** Goes by `planned` from now on. @returns what has been replaced and carries on for nobody. */
  function adopt(planned: readonly Planned[], next: number): readonly Trunk[] {
    const made = makeAll(planned, next);
    const left: Trunk[] = [];
    version = next;
    places = planned.flatMap(({ listed, held, what }) => {
      const fresh = made.get(listed.id);
      if (!held) return fresh ?? [];
      held.order.move(listed, what);
      if (!fresh) {
        held.trunk.renew(listed, what, next);
        return { ...held, listed };
      }
      const old = standing(held);
      const before = neighbours && old.connection.flow !== "closed" ? old : undefined;
      left.push(...trunksOf(held).filter((trunk) => trunk !== before));
      return { ...fresh, before };
    });
    return left;
  }

  /** Made before anything is changed, for the stack may refuse one of them. */
  function makeAll(planned: readonly Planned[], next: number): ReadonlyMap<string, Place> {
    const made = new Map<string, Place>();
    try {
      for (const { listed, held } of planned) if (!held || isAnother(held.listed, listed)) made.set(listed.id, placeOf(listed, next, held));
    } catch (error) {
      for (const { trunk } of made.values()) void trunk.close(0);
      throw error;
    }
    return made;
  }

  return {
    get trunks() {
      return inUse();
    },
    get accounts() {
      return new Set(accounts().values());
    },
    commonMode,
    trunkOf,
    onChange: (listener) => changes.on("changed", listener),
    start() {
      // What rests is not woken by a suspicion.
      const standingUp = () => everyone().filter((trunk) => isUp(trunk) || trunk.connection.isOpen);
      const suspicion = createRollCall({ ...settings, trunks: standingUp, journal, onListenerError });
      rollCall = suspicion;
      stopWatchingSockets = watchNewSockets({ ...settings, trunks: standingUp, journal });
      neighbours = createNeighbours(settings.shared, inUse, { clock, journal, onDoubt: suspicion.ask, onListenerError });
    },
    raise(aor) {
      if (isResting) return;
      up.add(aor);
      raise();
    },
    async lower(aor) {
      goDown([aor]);
      const bySettings = accounts();
      const ofAccount = everyone().filter(({ id, account }) => account.aor === aor || bySettings.get(id) === aor);
      const wereBound = await Promise.all(ofAccount.map(({ connection }) => connection.rest()));
      return wereBound.some(Boolean);
    },
    set,
    hide() {
      goDown([...up]);
      for (const { connection } of everyone()) connection.hide();
    },
    rest() {
      isResting = true;
      rollCall?.close();
      stopWatchingSockets();
      standby?.close();
      neighbours?.close();
    },
    async close(withinMs) {
      const isFree = (trunk: Trunk) => untilFree(trunk, withinMs, { clock, whenFree: ports.whenFree });
      await Promise.all(everyone().map((trunk) => trunk.close(withinMs, isFree(trunk))));
      changes.removeAll();
    },
  };
}
