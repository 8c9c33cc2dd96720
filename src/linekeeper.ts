/** The facade: wires the rooms, and owns what must be closed. */
import { faultOf } from "./boot/fault.ts";
import { createBoot } from "./boot/boot.ts";
import { createSwitchboard } from "./call/switchboard.ts";
import { sleep } from "./clock.ts";
import type { LinekeeperConfig } from "./config.ts";
import { createControls } from "./controls.ts";
import type { Deliveries } from "./deliveries.ts";
import type { Incident } from "./diagnosis/model.ts";
import { createEmitter } from "./emitter.ts";
import { refuse, showSafely } from "./checks.ts";
import { LinekeeperError, errorName } from "./errors.ts";
import { excerptOf } from "./excerpt.ts";
import { hostFacts, isSecurePage } from "./host.ts";
import { createJournal } from "./book.ts";
import type { Refusal } from "./journal.ts";
import type { Diagnostician } from "./insight.ts";
import type { Notices } from "./notices.ts";
import { lineEvents, type Linekeeper, type LinekeeperEvents } from "./line.ts";
import { createPage } from "./page.ts";
import { whenAborted } from "./platform.ts";
import type { MediaSession } from "./ports/media.ts";
import type { ReportDocument } from "./report/document.ts";
import type { Destination } from "./routing/destination.ts";
import { checkOrder, settingsOf } from "./settings.ts";
import { createRoster } from "./trunk/roster.ts";
import { trunkFactOf } from "./trunk/settings-change.ts";
import { createTelephone } from "./telephone.ts";
import type { TrunkHealth } from "./trunk/trunk.ts";
import { version } from "./version.ts";

/** How long `start()` waits for the first trunk, in ms. */
const startWaitMs = 5_000;
/** So much of what the CRM calls a part of its own is kept, in characters. */
const longestName = 200;
/** How long `close()` waits for the registrars, in ms. */
const unregisterMs = 500;

/**
 * Makes a Linekeeper; opens nothing before `start()`, but asks the controls when a stage of the CRM's start-up hangs or fails.
 * @throws LinekeeperError `bad-config`, naming the field.
 */
export function createLinekeeper<Session extends MediaSession = MediaSession>(config: LinekeeperConfig<Session>): Linekeeper<Session> {
  const settings = settingsOf(config, isSecurePage());
  const { clock, limits } = settings;
  const journal = createJournal(clock, limits.journalEntries);
  journal.append("session:started", {
    dateMs: clock.dateMs(),
    environment: { sdk: version, crm: settings.crm, ...hostFacts() },
    trunks: settings.trunks.map(trunkFactOf),
    diagnosis: { calmMs: limits.calmMs, priors: settings.priors },
    ...(settings.sessionId !== undefined && { sessionId: settings.sessionId }),
  });
  const { on, once, off, emit, removeAll } = createEmitter<LinekeeperEvents>(lineEvents, listenerFailed);
  const onViolation = (machine: string, state: string, event: string) =>
    void journal.append("transition:violated", { machine, state, event });
  const boot = createBoot({ clock, random: settings.random, journal, privacy: settings.privacy, onViolation });
  const roster = createRoster({
    settings,
    journal,
    onViolation,
    onListenerError: listenerFailed,
    onIncoming: (trunk, invitation) => switchboard.arrive(trunk, invitation),
    onNotice: (trunkId, notice) => notices?.(trunkId, notice) ?? false,
    onHealth: (health) => emit("trunk:changed", health),
    whenIdle: (action) => switchboard.whenIdle(action),
    whenFree: (trunk, action) => switchboard.whenFree(trunk, action),
  });
  const switchboard = createSwitchboard({
    onEmergency: () => void startOnce(),
    settings,
    trunks: () => roster.trunks,
    commonMode: roster.commonMode,
    journal,
    onViolation,
    onListenerError: listenerFailed,
    onTrunkChange: roster.onChange,
    refusalOf,
    onOffered: (call) => emit("call:offered", call),
    telephone: () => telephone,
    onPlaced: (call) => emit("call:placed", call),
  });
  const telephone = createTelephone({
    settings,
    journal,
    roster,
    switchboard,
    onMoved: (to) => emit("telephone:moved", to),
    onListenerError: listenerFailed,
  });
  const controls = createControls(settings, journal);
  const closing = new AbortController();
  let started: Promise<readonly TrunkHealth[]> | undefined;
  let closed: Promise<void> | undefined;
  let diagnostician: Diagnostician | undefined;
  let deliveries: Deliveries | undefined;
  let notices: Notices | undefined;
  let loading: ReturnType<typeof load> | undefined;

  journal.subscribe((entry) => {
    emit("journal:written", entry);
    if (/^(boot|stage):/.test(entry.type)) emit("boot:changed", boot.progress);
  });
  insight().catch(() => {});
  if (settings.incomingNotices.length > 0)
    import("./notices.ts").then(({ createNotices }) => (notices = createNotices({ clock, journal, emit }))).catch(() => {});
  // There when a call is answered, and should the page's files be replaced meanwhile.
  import("./call/digits.ts").catch(() => {});
  import("./call/transfer.ts").catch(() => {});
  const page = createPage({
    ...{ settings, journal, roster, telephone, switchboard, onViolation },
    onListenerError: listenerFailed,
    onResumed: (call) => emit("call:resumed", call),
  });

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
      buildReportSliced,
      inTurns,
      diagnostician: { incidents, verdict },
    } = await insight();
    const incident = incidentId === undefined ? incidents.at(-1) : incidents.find(({ id }) => id === incidentId);
    if (incidentId !== undefined && !incident)
      refuse("incidentId", `must be that of an incident of this session, not ${showSafely(incidentId)}`);
    const options = { generatedAtMs: clock.dateMs(), verdict: incident?.verdict ?? verdict };
    // What is written meanwhile is not in it.
    return inTurns(buildReportSliced([...journal.entries], incident, options), clock);
  }

  /** Why a call may not even be tried. An emergency call is refused only when there is nothing left to call with. */
  function refusalOf(destination: Destination | undefined): { readonly because: Refusal; readonly stage?: string } | undefined {
    if (closed) return { because: "closed" };
    if (!destination) return { because: "bad-number" };
    if (!started && !destination.emergency) return { because: "not-started" };
    const stage = boot.incompleteStage();
    if (stage !== undefined && !destination.emergency) return { because: "boot-incomplete", stage };
    return roster.trunks.length === 0 && !destination.emergency ? { because: "trunks-missing" } : undefined;
  }

  const startOnce = () => started ?? begun(start, (promise) => void (started = promise));

  async function start(): Promise<readonly TrunkHealth[]> {
    controls.start();
    roster.start();
    telephone.start();
    void page.resume();
    if (roster.trunks.length > 0) await firstReady();
    return roster.trunks.map(({ health }) => health);
  }

  async function firstReady(): Promise<void> {
    const bound = new AbortController();
    const stopWaiting = whenAborted(closing.signal, () => bound.abort());
    const ready = new Promise<void>((resolve) => {
      const stops = [
        roster.onChange(() => roster.trunks.some(({ health }) => health.ready) && resolve()),
        on("telephone:moved", (to) => to === "elsewhere" && resolve()),
      ];
      whenAborted(bound.signal, () => stops.forEach((stop) => stop()));
    });
    await Promise.race([ready, sleep(clock, startWaitMs, bound.signal).catch(() => {})]);
    bound.abort();
    stopWaiting();
  }

  async function close(): Promise<void> {
    closing.abort();
    journal.append("session:closing", {});
    const delivered = deliveries?.close();
    controls.close();
    telephone.close();
    roster.rest();
    boot.close();
    switchboard.close();
    page.close();
    await roster.close(unregisterMs);
    switchboard.forget();
    journal.append("session:closed", {});
    diagnostician?.close();
    await delivered;
    removeAll();
  }

  const line: Linekeeper = {
    on,
    once,
    off,
    boot,
    get journal() {
      return journal.entries;
    },
    get trunks() {
      return roster.trunks.map(({ health }) => health);
    },
    get telephone() {
      return telephone.place;
    },
    get commonMode() {
      return roster.commonMode.suspected;
    },
    setAvailable: switchboard.setAvailable,
    isolate: (trunkId) => roster.trunkOf(trunkId).order.isolate(),
    restore: (trunkId) => roster.trunkOf(trunkId).restore(),
    async probe(trunkId) {
      const { connection } = roster.trunkOf(trunkId);
      await connection.rollCall();
      return connection.isOpen;
    },
    weigh(trunkId, order) {
      const trunk = roster.trunkOf(trunkId);
      checkOrder(order);
      trunk.order.weigh(order);
    },
    setTrunks(trunks) {
      if (closed) throw new LinekeeperError("closed", "setTrunks() was called after close()");
      roster.set(trunks);
      telephone.review();
    },
    get calls() {
      return switchboard.calls;
    },
    get followedCalls() {
      return switchboard.followed;
    },
    get incidents() {
      return diagnostician?.incidents ?? [];
    },
    get verdict() {
      return diagnostician?.verdict;
    },
    start() {
      if (closed) return Promise.reject(new LinekeeperError("closed", "start() was called after close()"));
      return startOnce();
    },
    call: (number, options) => switchboard.call(number, options),
    swap: () => switchboard.swap(),
    noteFailure(what: unknown, error) {
      const name = typeof what === "string" ? excerptOf(what, longestName) : showSafely(what);
      journal.append("crm:failed", { what: name, fault: faultOf(error, settings.privacy) });
    },
    report,
    close: () => closed ?? begun(close, (promise) => void (closed = promise)),
  };
  // A call's audio is what `config.media` opened for it.
  return line as Linekeeper<Session>;
}

/** @param keep gets the promise before anything is run: whoever is told of it meanwhile may ask for the same. */
function begun<T>(run: () => Promise<T>, keep: (promise: Promise<T>) => void): Promise<T> {
  let begin = () => {};
  const promise = new Promise<T>((resolve) => (begin = () => resolve(run())));
  keep(promise);
  begin();
  return promise;
}
