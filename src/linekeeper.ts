/** The facade: wires the rooms, and owns what must be closed. */
import { faultOf } from "./boot/fault.ts";
import { createBoot, type Boot, type StageProgress } from "./boot/boot.ts";
import type { Call } from "./call/call.ts";
import type { HoldResult } from "./call/holding.ts";
import type { CallOptions } from "./call/options.ts";
import type { IncomingCall } from "./call/incoming-call.ts";
import { createSwitchboard } from "./call/switchboard.ts";
import { sleep } from "./clock.ts";
import { checkOrder, settingsOf, type LinekeeperConfig } from "./config.ts";
import { createControls } from "./controls.ts";
import type { Deliveries } from "./deliveries.ts";
import type { Incident, Verdict } from "./diagnosis/model.ts";
import type { Reinitialisation } from "./diagnosis/reinitialisation.ts";
import { createEmitter, type Events } from "./emitter.ts";
import { LinekeeperError, errorName } from "./errors.ts";
import { isSecurePage, runtimeName } from "./host.ts";
import { createJournal, type Entry, type Refusal } from "./journal.ts";
import type { Diagnostician } from "./insight.ts";
import type { ReportDocument } from "./report/document.ts";
import type { Destination } from "./routing/destination.ts";
import type { LoadedWindow } from "./trunk/breaker.ts";
import { createCommonMode } from "./trunk/common-mode.ts";
import { createNeighbours } from "./trunk/neighbours.ts";
import { createRollCall, type RollCall } from "./trunk/roll-call.ts";
import { createStandby } from "./trunk/standby.ts";
import { createTrunk, type Trunk, type TrunkHealth } from "./trunk/trunk.ts";
import { version } from "./version.ts";

export interface LinekeeperEvents {
  /** Every entry of the journal as it is written. */
  "journal:written": Entry;
  /** A stage of the CRM's start-up began, ended or hangs; all stages as they stand. */
  "boot:changed": readonly StageProgress[];
  /** The CRM came up anew: what was broken before, what works since. Told again as calls show it. */
  "boot:reinitialised": Reinitialisation;
  "trunk:changed": TrunkHealth;
  "call:offered": IncomingCall;
  "incident:opened": Incident;
  "incident:updated": Incident;
  "incident:closed": Incident;
}

export interface Linekeeper extends Events<LinekeeperEvents> {
  /** The CRM's own start-up, put on record. */
  readonly boot: Boot;
  /** What happened so far. */
  readonly journal: readonly Entry[];
  /** Each trunk's health now: a snapshot, for a UI. */
  readonly trunks: readonly TrunkHealth[];
  /** Unrelated carriers fail together just now: the fault is sought on our side. */
  readonly commonMode: boolean;
  /** Calls under way. */
  readonly calls: readonly (Call | IncomingCall)[];
  /** Empty until the diagnosis is loaded, shortly after the start. */
  readonly incidents: readonly Incident[];
  /** Whose fault it is, as far as the journal tells now; undefined until the diagnosis is loaded. */
  readonly verdict: Verdict | undefined;
  /**
   * Registers every trunk. Resolves when one is ready, or after 5 s whatever happened: the softphone comes
   * up during an outage too. Called again it returns the same promise.
   * @throws LinekeeperError `closed`.
   */
  start(): Promise<readonly TrunkHealth[]>;
  /**
   * Places a call. Never throws: a call that cannot be placed ends with a refusal that says why. While the number is being called
   * already, by an agent who clicked twice, that call is given back: its phone must not ring twice.
   * @param number as the agent typed or pasted it.
   * @param options the same on every attempt of the call. What cannot be used refuses the call (`bad-options`, `summary.field`), but for
   * an emergency call, which goes out without it.
   */
  call(number: string, options?: CallOptions): Call;
  /**
   * Turns to the call that was heard before the present one, which is held: `unhold()` of that call. Never rejects; `not-answered` where
   * there is no other.
   */
  swap(): Promise<HoldResult>;
  /**
   * Puts on record that something of the CRM's own broke outside its start-up. Never throws.
   * @param what the CRM's own name for it, e.g. `call log`: no personal data.
   * @param error what was thrown; its name and HTTP status are kept.
   */
  noteFailure(what: string, error: unknown): void;
  /**
   * While false, customers hear busy on every trunk: a break, or wrap-up. True at the start. The emergency services are
   * shown all the same when they call back (RFC 7090).
   */
  setAvailable(available: boolean): void;
  /**
   * Takes a trunk out of service: no new call goes out on it, but for an emergency with no other trunk left. Calls
   * on it go on, and customers may still come in by it.
   * @throws LinekeeperError `unknown-trunk`.
   */
  isolate(trunkId: string): void;
  /**
   * Takes it back into service, with every breaker of it closed; a registrar that has refused the account, and is
   * left alone for that, is asked again.
   * @throws LinekeeperError `unknown-trunk`.
   */
  restore(trunkId: string): void;
  /**
   * Changes a trunk's place from the next call on.
   * @param order `priority`: lower goes first; `weight`: its share among equal priorities. Both 0 or more.
   * @throws LinekeeperError `unknown-trunk`, `bad-config`.
   */
  weigh(trunkId: string, order: { readonly priority?: number; readonly weight?: number }): void;
  /**
   * The report on an incident (the last one if left out), or on the whole session when there was none.
   * @throws what the host throws when the diagnosis cannot be loaded; asked again it tries again.
   */
  report(incidentId?: number): Promise<ReportDocument>;
  /** Ends calls, unregisters and leaves nothing running. Harmless twice and at any time. */
  close(): Promise<void>;
}

/** Whose failing counts when all are said to fail: not one that was taken out, or that is kept cold. */
const inService = ({ isolated, flow }: TrunkHealth): boolean => !isolated && flow !== "closed";

/** How long `start()` waits for the first trunk, in ms. */
const startWaitMs = 5_000;
/** How long `close()` waits for the registrars, in ms. */
const unregisterMs = 500;

/**
 * Makes a Linekeeper; opens nothing before `start()`.
 * @throws LinekeeperError `bad-config`, naming the field.
 */
export function createLinekeeper(config: LinekeeperConfig): Linekeeper {
  const settings = settingsOf(config, isSecurePage());
  const { clock, limits } = settings;
  const journal = createJournal(clock, limits.journalEntries);
  journal.append("session:started", {
    dateMs: clock.dateMs(),
    environment: { sdk: version, crm: settings.crm, runtime: runtimeName() },
    trunks: settings.trunks.map(({ id, carrier, server }) => ({
      id,
      carrier,
      host: typeof server === "string" ? new URL(server).host : "",
    })),
    diagnosis: { calmMs: limits.calmMs, priors: settings.priors },
    ...(settings.sessionId !== undefined && { sessionId: settings.sessionId }),
  });
  const { on, once, off, emit, removeAll } = createEmitter<LinekeeperEvents>(listenerFailed);
  const onViolation = (machine: string, state: string, event: string) =>
    void journal.append("transition:violated", { machine, state, event });
  const changes = createEmitter<{ changed: undefined }>(listenerFailed);
  const boot = createBoot({ clock, random: settings.random, journal, privacy: settings.privacy, onViolation });
  const commonMode = createCommonMode({
    carriers: () =>
      new Set(
        trunks
          .map(({ health }) => health)
          .filter(inService)
          .map(({ carrier }) => carrier),
      ),
    windowMs: limits.commonModeMs,
    clock,
    journal,
    onSuspected: (sinceMs) => trunks.forEach(({ book }) => book.pardon("common-mode", sinceMs)),
  });
  const switchboard = createSwitchboard({
    onEmergency: () => void (started ??= start()),
    settings,
    trunks: () => trunks,
    commonMode,
    journal,
    onViolation,
    onListenerError: listenerFailed,
    onTrunkChange: (changed) => changes.on("changed", changed),
    refusalOf,
    onOffered: (call) => emit("call:offered", call),
  });
  const { whenIdle } = switchboard;
  const trunks: readonly Trunk[] = settings.trunks.map((trunk, place) =>
    createTrunk(trunk, {
      settings,
      place,
      userAgent: `Linekeeper/${version}`,
      journal,
      commonMode,
      loadedWindow: () => window?.createWindow,
      onViolation,
      whenIdle,
      onIncoming: switchboard.receive,
      onLearnt: (note) => neighbours?.tell(note),
      onChange(changed) {
        changes.emit("changed", undefined);
        standby?.review();
        emit("trunk:changed", changed.health);
      },
    }),
  );
  const standby = createStandby({ ...settings, trunks, commonMode, whenIdle, calmMs: limits.calmMs });
  let neighbours: ReturnType<typeof createNeighbours> | undefined;
  let window: { readonly createWindow: ReturnType<LoadedWindow> } | undefined;
  let controls: { close(): void } | undefined;
  const closing = new AbortController();
  let rollCall: RollCall | undefined;
  let started: Promise<readonly TrunkHealth[]> | undefined;
  let closed: Promise<void> | undefined;
  let diagnostician: Diagnostician | undefined;
  let deliveries: Deliveries | undefined;
  let loading: ReturnType<typeof load> | undefined;

  journal.subscribe((entry) => {
    emit("journal:written", entry);
    if (/^(boot|stage):/.test(entry.type)) emit("boot:changed", boot.progress);
  });
  insight().catch(() => {});
  // There when a call is answered, and should the page's files be replaced meanwhile.
  import("./call/digits.ts").catch(() => {});
  import("./call/transfer.ts").catch(() => {});
  import("./trunk/window.ts").then((loaded) => (window = loaded)).catch(() => {});

  async function load() {
    const isDelivering = settings.sessionId !== undefined;
    const [loaded, delivering] = await Promise.all([import("./insight.ts"), isDelivering ? import("./deliveries.ts") : undefined]);
    diagnostician = loaded.createDiagnostician({
      journal,
      clock,
      calmMs: limits.calmMs,
      priors: settings.priors,
      on: incidentChanged,
      onReinitialised: (change) => emit("boot:reinitialised", change),
    });
    if (closed) diagnostician.close();
    else deliveries = delivering?.createDeliveries({ settings, journal, diagnostician });
    return { ...loaded, diagnostician };
  }

  /** The diagnosis; what could not be loaded (a network that is down) is tried again when it is asked for. */
  function insight() {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      journal.append("diagnosis:missing", { error: errorName(error) });
      throw error;
    });
    return loading;
  }

  function listenerFailed(event: string, error: unknown): void {
    // A listener of the journal that throws must not be told of its own failure for ever.
    if (event !== "journal:written") journal.append("listener:failed", { event, error: errorName(error) });
  }

  function incidentChanged(change: "opened" | "updated" | "closed", incident: Incident): void {
    emit(`incident:${change}`, incident);
    deliveries?.incidentChanged(change, incident);
  }

  async function report(incidentId?: number): Promise<ReportDocument> {
    const {
      buildReport,
      diagnostician: { incidents, verdict },
    } = await insight();
    const incident = incidentId === undefined ? incidents.at(-1) : incidents.find(({ id }) => id === incidentId);
    return buildReport(journal.entries, incident, { generatedAtMs: clock.dateMs(), verdict: incident?.verdict ?? verdict });
  }

  /** Why a call may not even be tried. An emergency call is refused only when there is nothing left to call with. */
  function refusalOf(destination: Destination | undefined): { readonly because: Refusal; readonly stage?: string } | undefined {
    if (closed) return { because: "closed" };
    if (!destination) return { because: "bad-number" };
    if (!started && !destination.emergency) return { because: "not-started" };
    const stage = boot.incompleteStage();
    return stage !== undefined && !destination.emergency ? { because: "boot-incomplete", stage } : undefined;
  }

  function trunkOf(trunkId: string): Trunk {
    const trunk = trunks.find(({ id }) => id === trunkId);
    if (!trunk) throw new LinekeeperError("unknown-trunk", `there is no trunk ${JSON.stringify(trunkId)}`);
    return trunk;
  }

  async function start(): Promise<readonly TrunkHealth[]> {
    controls = createControls(settings, journal);
    const suspicion = (rollCall = createRollCall({ ...settings, trunks, journal }));
    neighbours = createNeighbours(settings.shared, trunks, { clock, journal, onDoubt: suspicion.ask });
    for (const { isCold, connection } of trunks) if (!isCold) connection.start();
    await firstReady();
    return trunks.map(({ health }) => health);
  }

  async function firstReady(): Promise<void> {
    const bound = new AbortController();
    closing.signal.addEventListener("abort", () => bound.abort(), { signal: bound.signal });
    const ready = new Promise<void>((resolve) => {
      const stop = changes.on("changed", () => trunks.some(({ health }) => health.ready) && resolve());
      bound.signal.addEventListener("abort", stop);
    });
    await Promise.race([ready, sleep(clock, startWaitMs, bound.signal).catch(() => {})]);
    bound.abort();
  }

  async function close(): Promise<void> {
    closing.abort();
    journal.append("session:closing", {});
    const delivered = deliveries?.close();
    controls?.close();
    rollCall?.close();
    standby?.close();
    neighbours?.close();
    boot.close();
    switchboard.close();
    await Promise.all(trunks.map((trunk) => trunk.close(unregisterMs)));
    switchboard.forget();
    journal.append("session:closed", {});
    diagnostician?.close();
    await delivered;
    changes.removeAll();
    removeAll();
  }

  return {
    on,
    once,
    off,
    boot,
    get journal() {
      return journal.entries;
    },
    get trunks() {
      return trunks.map(({ health }) => health);
    },
    get commonMode() {
      return commonMode.suspected;
    },
    setAvailable: switchboard.setAvailable,
    isolate: (trunkId) => trunkOf(trunkId).order.isolate(),
    restore: (trunkId) => trunkOf(trunkId).restore(),
    weigh(trunkId, order) {
      checkOrder(order);
      trunkOf(trunkId).order.weigh(order);
    },
    get calls() {
      return switchboard.calls;
    },
    get incidents() {
      return diagnostician?.incidents ?? [];
    },
    get verdict() {
      return diagnostician?.verdict;
    },
    start() {
      if (closed) return Promise.reject(new LinekeeperError("closed", "start() was called after close()"));
      return (started ??= start());
    },
    call: (number, options) => switchboard.call(number, options),
    swap: () => switchboard.swap(),
    noteFailure: (what, error) => void journal.append("crm:failed", { what, fault: faultOf(error, settings.privacy) }),
    report,
    close: () => (closed ??= close()),
  };
}
