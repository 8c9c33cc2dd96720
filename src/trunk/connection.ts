/** Our line to one edge: the flow, the binding on it, and whether it lives. */
import type { Settings, TrunkConfig } from "../config.ts";
import type { Journal } from "../journal.ts";
import type { OnViolation } from "../machine.ts";
import type { Notices } from "../notices.ts";
import type { ServerSource } from "../ports/sip-account.ts";
import type { KeptDialog, SipDialog } from "../ports/sip-dialog.ts";
import type { SipInvitation } from "../ports/sip-invitation.ts";
import type { InviteEvents, InviteRequest, SipInvite } from "../ports/sip-invite.ts";
import type { FlowState, RegistrationState } from "../states.ts";
import { createAccount } from "./account.ts";
import { createFlow } from "./flow.ts";
import { createFrameFaults } from "./frame-faults.ts";
import { createLastError, type TrunkError } from "./last-error.ts";
import { createLiveness } from "./liveness.ts";
import { createProofs } from "./proofs.ts";
import type { RestCause } from "./refusal.ts";
import { createRegistration } from "./registration.ts";
import { serverFrom } from "./server.ts";
import { createSuspicion } from "./suspicion.ts";
import { targetOf } from "./target.ts";
import { createUnbinding } from "./unbinding.ts";

export interface Connection {
  /** Until a registrar has bound us again. */
  readonly lastError: TrunkError | undefined;
  readonly flow: FlowState;
  /** When the socket opened that stands, ms on the clock; Infinity while there is none. */
  readonly openedMs: number;
  /** When one that stood was lost last, ms on the clock; -Infinity while none was. */
  readonly lostMs: number;
  readonly registration: RegistrationState;
  /** There is a socket; whether anybody is at its other end is another question. */
  readonly isOpen: boolean;
  /** `close()` was called: it registers no more. */
  readonly isClosing: boolean;
  /** Registered on an open flow. */
  readonly isReady: boolean;
  /** On an open flow, and taken by a registrar that lists no binding of ours: it may yet carry calls out. */
  readonly isUnlisted: boolean;
  /** Smoothed round trip, ms. */
  readonly rttMs: number | undefined;
  /** How long the registrar wants not to be asked, by whichever page, ms. */
  readonly registrarRestMs: number;
  /** Another page has met this: the registrar is not asked here either. @returns whether it makes a difference. */
  leaveAlone(because: RestCause, restMs: number): boolean;
  /** Frames so far that nobody could read. */
  readonly unread: number;
  /** Brings up what rests; what was lost comes back after its back-off. */
  start(): void;
  /**
   * Comes up now: a call waits, or the network is said to be back. A registrar that has refused our account is left alone.
   * @param knocks left out, yes. Whether an edge that is down is knocked at before its back-off is over. One that may only be overrun is anyway,
   * and a registrar asked.
   */
  wake(knocks?: boolean): void;
  /** A call begins on it, out or in: its first loss is met at once, whatever was lost before. */
  countAnew(): void;
  /** We stand in another network, or somebody asks: a registrar that has refused our account may be asked again. */
  forgive(): void;
  /** Goes by other settings from its next registration, connection and call on; another edge or account is another connection. */
  renew(config: TrunkConfig, changed: readonly (keyof TrunkConfig)[]): void;
  /** Registers anew: another binding of this account was taken away, and ours may have gone with it. */
  refresh(): void;
  /** Not needed any more: unregisters and closes the flow, unless it is needed again meanwhile. Resolves with whether it was bound. */
  rest(): Promise<boolean>;
  /** Asks the edge at once whether it lives. */
  check(withinMs?: number): Promise<boolean>;
  /** Asks the edge at once; a flow on which nothing is answered is dropped, and comes back. @returns whether it lives. */
  verify(): Promise<boolean>;
  /** The same on a mere suspicion, which a flow may not deserve: an edge that never answered a probe is asked something else first. */
  rollCall(): Promise<void>;
  /** The idle probe is made now. */
  hurry(): void;
  /**
   * Whether a new socket to this edge opens beside the flow that stands, and is well; undefined where that cannot be told, as by a URL that
   * holds for one connection.
   */
  openAnother(): Promise<boolean> | undefined;
  /** While `isSo()`, a call waits on this flow and has nothing better: whoever asks the edge gives it time. @returns what ends that. */
  countOn(isSo: () => boolean): () => void;
  /** The flow is proven dead: drops it and comes back. */
  drop(): void;
  /** Something on this flow was answered by the peer. */
  prove(): void;
  /** The page goes where nobody can ring it: unregisters and closes the flow at once. `start()` brings it back. */
  hide(): void;
  /** A dialog that the page before kept. @throws where it cannot be read, or the stack keeps none. */
  resume(kept: KeptDialog): SipDialog;
  invite(request: InviteRequest, events: InviteEvents): SipInvite;
  /** How a number is dialled here; where the integrator's `target` breaks, nothing that could be, unless it is an emergency's last resort. */
  target(number: string, isLastResort?: boolean): string;
  /** Unregisters within `withinMs` and leaves nothing running. */
  close(withinMs: number, isFree?: Promise<void>): Promise<void>;
}

interface ConnectionPorts {
  readonly settings: Settings;
  readonly userAgent: string;
  readonly journal: Journal;
  readonly onViolation: OnViolation;
  readonly onIncoming: (invitation: SipInvitation) => void;
  readonly onNotice: Notices;
  readonly onChange: () => void;
  /** The flow was lost, or a probe was not answered; not where the registrar wants nothing of us. */
  readonly onFailed: () => void;
  /** The registrar has bound us, or a probe was answered. */
  readonly onServed: () => void;
  /** The registrar is left alone for so long, or need not be any more: any page may know. */
  readonly onRest: (because: RestCause, restMs: number) => void;
  /** An idle flow left a probe unanswered. */
  readonly onDoubted: () => void;
}

/** How long a line that goes to rest waits for its registrar, in ms. */
const unregisterMs = 500;

export function createConnection(given: TrunkConfig, ports: ConnectionPorts): Connection {
  const { settings, journal } = ports;
  const { clock, random, limits, spreadMs } = settings;
  const { id: trunkId, server } = given;
  let config = given;
  let closed = false;
  /** The flow came up while the line closes. */
  let isForLastWords = false;
  /** Whatever is on its way to rest: it is needed again since, or is sent to rest anew. */
  let turn = 0;

  const lastError = createLastError(trunkId, journal);
  const account = createAccount(trunkId, config.credentials, clock, limits.credentialsMs);
  const frameFaults = createFrameFaults({ trunkId, clock, journal });
  const proofs = createProofs({ trunkId, clock, journal });
  const edge = settings.stack.edge(
    {
      trunkId,
      ...(typeof server === "string" && { server }),
      aor: config.aor,
      userAgent: ports.userAgent,
      serves: [...(settings.transferPolicy ? (["transfer"] as const) : []), ...settings.incomingNotices],
      ...(account.credentials && { credentials: account.credentials }),
    },
    {
      opened() {
        suspicion.opened();
        // Nobody registers any more: what is left of calls goes out at once.
        isForLastWords = closed;
        flow.opened();
        if (unbinding.opened() || closed) return;
        liveness.begin();
        registration.begin();
      },
      closed(end) {
        // An edge that has refused our account may well hang up on us: that is no outage.
        const wasRefused = registration.state === "refused";
        if (!wasRefused) lastError.failed({ what: "connection", code: end.code, ...(end.byPagePolicy && { name: "SecurityError" }) });
        proofs.write();
        liveness.end();
        registration.lose();
        flow.lost(end);
        if (!wasRefused && flow.state === "waiting") ports.onFailed();
      },
      ponged: () => liveness.ponged(),
      discarded: (fault, bytes, header) => frameFaults.note(fault, bytes, header),
      incoming: ports.onIncoming,
      noticed: (notice) => ports.onNotice(trunkId, notice),
      credentialsFailed: (error) => lastError.sourceFailed("credentials", error),
    },
    clock,
    random,
  );
  const common = {
    trunkId,
    edge,
    clock,
    random,
    limits,
    spreadMs,
    journal,
    onViolation: ports.onViolation,
    reasonText: settings.privacy.reasonText,
  };
  const flow = createFlow({
    ...common,
    server:
      typeof server === "string"
        ? undefined
        : (signal) => serverFrom(config.server as ServerSource, trunkId, { clock, withinMs: limits.credentialsMs, signal }),
    onServerFailed(error) {
      lastError.sourceFailed("server", error);
      flow.lost();
    },
    onChange: ports.onChange,
  });
  const liveness = createLiveness({
    ...common,
    proofs,
    onProven: () => flow.prove(),
    onProbed: ports.onServed,
    otherRequest: () => (registration.isLeftAlone ? undefined : registration.request),
    onSilent(dead) {
      ports.onFailed();
      if (dead) return flow.drop();
      flow.doubt();
      ports.onDoubted();
    },
  });
  const registration = createRegistration({
    ...common,
    account,
    onAnswered: (rttMs) => liveness.prove(rttMs),
    onUnanswered: () => suspicion.unanswered(),
    onRest: ports.onRest,
    onRefused: (answer) => lastError.refused(answer),
    onChange(isConfirmed) {
      if (isConfirmed) {
        lastError.clear();
        flow.settle();
        ports.onServed();
      }
      ports.onChange();
    },
  });

  const isOpen = () => flow.state === "open" || flow.state === "doubted";
  const connect = () => void ((flow.state === "waiting" || flow.state === "closed") && flow.connect());
  const unbinding = createUnbinding({ clock, registration, isOpen, connect });
  const suspicion = createSuspicion({ flow, liveness, isOpen });

  function stayUp(): void {
    turn += 1;
    unbinding.callOff();
  }

  function stop(): void {
    proofs.write();
    liveness.end();
    flow.stop();
    edge.disconnect();
  }

  return {
    get lastError() {
      return lastError.current;
    },
    get flow() {
      return flow.state;
    },
    get openedMs() {
      return flow.openedMs;
    },
    get lostMs() {
      return flow.lostMs;
    },
    get registration() {
      return registration.state;
    },
    get isOpen() {
      return isOpen();
    },
    get isClosing() {
      return closed;
    },
    get isReady() {
      return isOpen() && (isForLastWords || registration.state === "registered" || registration.state === "refreshing");
    },
    get isUnlisted() {
      return isOpen() && registration.isUnlisted;
    },
    get rttMs() {
      return liveness.rttMs;
    },
    get registrarRestMs() {
      return registration.restMs;
    },
    leaveAlone: (because, restMs) => registration.leaveAlone(because, restMs),
    get unread() {
      return frameFaults.unread;
    },
    start() {
      stayUp();
      // It may be on its way to rest.
      if (isOpen() && registration.state === "none") registration.begin();
      else if (flow.state === "closed") flow.connect();
    },
    wake(knocks = true) {
      if (closed) return;
      stayUp();
      if (isOpen()) registration.hurry();
      else if (knocks || flow.state === "closed" || flow.mayBeOverrun) connect();
    },
    countAnew: () => flow.countAnew(),
    forgive: () => registration.forgive(),
    renew(to, changed) {
      config = to;
      if (!changed.includes("credentials")) return;
      account.renew(to.credentials);
      edge.forgetCredentials?.();
      registration.forgive();
    },
    refresh: () => void (registration.state === "registered" && registration.request()),
    async rest() {
      const mine = ++turn;
      const wasBound = await unbinding.unbind(unregisterMs);
      // A socket that is still to open is let go of too. Who is needed meanwhile may yet have no REGISTER under way: a registrar rests.
      if (mine === turn && !closed && flow.state !== "closed") stop();
      return wasBound;
    },
    hide() {
      if (flow.state === "closed") return;
      if (isOpen()) void registration.remove(0);
      // Its REGISTER is written by then; for an answer there is no time.
      queueMicrotask(stop);
    },
    resume(kept) {
      if (!edge.resume) throw new TypeError("the stack keeps no dialogs");
      return edge.resume(kept);
    },
    check: (withinMs) => liveness.check(withinMs),
    verify: suspicion.verify,
    rollCall: suspicion.rollCall,
    hurry: () => liveness.hurry(),
    openAnother: () => (flow.state === "open" && typeof server === "string" ? edge.openAnother?.() : undefined),
    countOn: (isSo) => liveness.countOn(isSo),
    drop: () => flow.drop(),
    prove: () => liveness.prove(),
    // A source that hangs costs a call what silence does, then the next trunk is tried.
    invite(request, events) {
      flow.countAnew();
      return edge.invite({ ...request, credentialsMs: limits.silenceMaxMs }, events);
    },
    target: (number, isLastResort = false) => targetOf(config, number, isLastResort, journal),
    async close(withinMs, isFree) {
      closed = true;
      await Promise.all([unbinding.unbind(withinMs), isFree]);
      liveness.end();
      registration.close();
      flow.stop();
      edge.dispose();
      frameFaults.close();
      proofs.close();
    },
  };
}
