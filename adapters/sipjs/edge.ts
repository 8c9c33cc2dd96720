/** One account at one carrier: its flow, sip.js's core above it, and what is under way between them. */
import { TransportError, UserAgentCore, C } from "sip.js/lib/core/index.js";
import { createRandomToken } from "sip.js/lib/core/messages/utils.js";
import { type Clock, type Random, sleep } from "../../src/clock.ts";
import type { SipAccount } from "../../src/ports/sip-account.ts";
import type { SipAnswer } from "../../src/ports/sip-answer.ts";
import type { KeptDialog, SipDialog } from "../../src/ports/sip-dialog.ts";
import type { EdgeEvents, Patience, SipEdge } from "../../src/ports/sip-edge.ts";
import type { InviteEvents, InviteRequest, SipInvite } from "../../src/ports/sip-invite.ts";
import { whenAborted } from "../../src/platform.ts";
import { ask, insist } from "./ask.ts";
import { type EdgeContext, type Exchange, repeatRefusals } from "./context.ts";
import { Dialog } from "./dialog.ts";
import { type Offered, RealmKey, strongest } from "./digest.ts";
import { openAnother } from "./another-socket.ts";
import { Flow, type SipSocketConstructor, type FlowOptions } from "./flow.ts";
import { type Identity, createIdentity, parseUri, token } from "./identity.ts";
import { KeepAlive } from "./keep-alive.ts";
import { KeyRing } from "./key-ring.ts";
import { type Instance, takeInstance } from "./instance.ts";
import { Intake } from "./intake.ts";
import { IncomingInvite } from "./invitation.ts";
import { OutgoingInvite } from "./invite.ts";
import { part } from "./parting.ts";
import { Registrar } from "./registrar.ts";
import { Dialogs } from "./replaces.ts";
import { servicesOf, type Services, truthful } from "./served.ts";
import { silence } from "./silence.ts";

export interface EdgeOptions {
  readonly webSocket: () => SipSocketConstructor;
  readonly maxFrameBytes: number;
  readonly connectTimeoutMs: number;
  /** `+sip.instance` that the integrator keeps. */
  readonly instanceId: string | undefined;
  /** Whether credentials go out unasked, where they were asked for before. */
  readonly preemptiveAuthorization: boolean;
}

export class SipJsEdge implements SipEdge, EdgeContext {
  readonly core: UserAgentCore;
  readonly identity: Identity;
  readonly clock: Clock;
  readonly random: Random;
  readonly exchanges = new Set<Exchange>();
  readonly dialogs = new Dialogs();
  readonly services: Services;
  readonly keyRing: KeyRing;
  readonly keepAlive: KeepAlive;
  serviceRoute: string | undefined;
  readonly #account: SipAccount;
  readonly #events: EdgeEvents;
  readonly #flowOptions: FlowOptions;
  readonly #flow: Flow;
  readonly #intake: Intake;
  readonly #registrar: Registrar;
  readonly #instance: Instance;
  readonly #disposal = new AbortController();
  #server = "";

  constructor(options: EdgeOptions, account: SipAccount, events: EdgeEvents, clock: Clock, random: Random) {
    this.#account = account;
    this.#events = events;
    this.random = random;
    this.clock = clock;
    this.services = servicesOf(account.serves);
    this.keyRing = new KeyRing(clock);
    this.keepAlive = new KeepAlive(clock, random, () => this.ping());
    const aor = parseUri(account.aor);
    this.#instance =
      options.instanceId === undefined ? takeInstance(account.trunkId, random, globalThis) : { id: options.instanceId, release() {} };
    this.identity = createIdentity(aor, random, this.#instance.id);
    this.core = this.#createCore(options.preemptiveAuthorization);
    this.#intake = new Intake(this.core, {
      send: (text) => void this.#send(text),
      discard: (fault, bytes, header) => events.discarded(fault, bytes, header),
      newTag: () => this.token(12),
      routeSet: () => (this.serviceRoute === undefined ? [] : [this.serviceRoute]),
      part: (send) => part(this, () => insist(this, send)),
      services: this.services,
      invited: (invite) => [...this.exchanges].some((exchange) => exchange.invited?.(invite) ?? false),
      reoffered: (update, offer) => {
        for (const exchange of this.exchanges) {
          const answer = exchange.reoffered?.(update, offer);
          if (answer !== undefined) return answer;
        }
        return undefined;
      },
      isLeft: (bye) => this.dialogs.isLeft(bye),
      retryAfterS: () => Math.floor(random() * 10),
      noticed: (notice) => events.noticed?.(notice) ?? false,
    });
    this.#flowOptions = { ...options, clock };
    this.#flow = new Flow(this.#flowOptions, {
      opened: () => this.#opened(),
      closed: (end) => {
        const lost = [...this.exchanges];
        this.keyRing.lost(false);
        this.keepAlive.stop();
        // First the flow, then what was on it: who fails over must know which trunk is gone.
        events.closed(end);
        for (const exchange of lost) if (this.exchanges.has(exchange)) exchange.flowLost();
      },
      ponged: () => events.ponged(),
      discarded: (fault, bytes) => events.discarded(fault, bytes),
      received: (text, bytes) => this.#intake.receive(text, bytes),
    });
    this.#registrar = new Registrar(this);
  }

  // ── SipEdge ───────────────────────────────────────────────────────────────────────────────────

  connect(server = this.#account.server ?? ""): void {
    // A source may name another edge each time, or the same with another token.
    if (hostOf(server) !== hostOf(this.#server)) this.keyRing.forget();
    this.#server = server;
    this.#flow.connect(server);
  }

  openAnother(): Promise<boolean> {
    return openAnother(this.#flowOptions, this.#server, this.#disposal.signal);
  }

  disconnect(): void {
    this.keepAlive.stop();
    this.keyRing.lost(true);
    this.#flow.disconnect();
  }

  register(expiresS: number, patience?: Patience): Promise<SipAnswer> {
    return this.#registrar.register(expiresS, patience);
  }

  options(): Promise<SipAnswer> {
    const { aor, edge, contact } = this.identity;
    const callId = this.token(24);
    let cseq = 0;
    return ask(this, (headers, delegate) => {
      const options = { callId, fromTag: this.token(12), cseq: ++cseq };
      const extraHeaders = [...headers, `Contact: <${contact}>`];
      return this.core.request(this.core.makeOutgoingRequestMessage(C.OPTIONS, edge, aor, edge, options, extraHeaders), delegate);
    });
  }

  ping(): void {
    this.#send("\r\n\r\n");
  }

  forgetCredentials(): void {
    this.keyRing.forget();
  }

  invite(request: InviteRequest, events: InviteEvents): SipInvite {
    return new OutgoingInvite(this, request, events);
  }

  resume(kept: KeptDialog): SipDialog {
    return Dialog.resume(this, kept);
  }

  dispose(): void {
    this.#disposal.abort();
    this.#instance.release();
    this.keepAlive.stop();
    // Some have a last word, itself an exchange.
    for (const exchange of this.exchanges) exchange.dispose();
    this.#flow.dispose();
    this.exchanges.clear();
    this.core.dispose();
  }

  // ── EdgeContext ───────────────────────────────────────────────────────────────────────────────

  get canAuthorize(): boolean {
    return this.#account.credentials !== undefined;
  }

  isOpen(): boolean {
    return this.#flow.isOpen();
  }

  heard() {
    return this.#intake.heard;
  }

  token(length: number): string {
    return token(this.random, length);
  }

  later(tell: () => void): void {
    void Promise.resolve().then(() => this.#disposal.signal.aborted || tell());
  }

  async authorize(asked: readonly Offered[], withinMs: number): Promise<readonly RealmKey[] | undefined> {
    const { signal } = this.#disposal;
    const answered = new AbortController();
    const stopWaiting = whenAborted(signal, () => answered.abort());
    try {
      const overdue = sleep(this.clock, withinMs, answered.signal).then(() => {
        throw new Error("the credentials did not come in time");
      });
      return await Promise.race([Promise.all(asked.map((offered) => this.#keyFor(offered))), overdue]);
    } catch (error) {
      if (!signal.aborted) this.#events.credentialsFailed(error);
      return undefined;
    } finally {
      stopWaiting();
      answered.abort();
    }
  }

  async #keyFor(offered: Offered): Promise<RealmKey> {
    const { trunkId, credentials } = this.#account;
    const { challenge, hash } = await strongest(offered);
    const given = await credentials?.({ trunkId, realm: challenge.realm });
    if (!given) throw new TypeError("the credentials source gave none");
    const account = { username: this.identity.aor.user ?? "", ...given };
    return this.keyRing.admit(new RealmKey(challenge, hash, account, createRandomToken(12), this.clock.nowMs()));
  }

  #send(text: string): boolean {
    this.keepAlive.sent();
    return this.#flow.send(text);
  }

  // ── sip.js ────────────────────────────────────────────────────────────────────────────────────

  #opened(): void {
    repeatRefusals(this.core);
    for (const exchange of [...this.exchanges]) exchange.flowOpened?.();
    this.#events.opened();
  }

  #createCore(isPreemptive: boolean): UserAgentCore {
    const { aor, contact, viaHost } = this.identity;
    const { optionTags } = this.services;
    const send = (text: string) =>
      this.#send(truthful(text, this.services)) ? Promise.resolve() : Promise.reject(new TransportError("no flow"));
    const core = new UserAgentCore(
      {
        aor,
        contact: { uri: contact, pubGruu: undefined, tempGruu: undefined, toString: () => `<${contact}>` },
        displayName: "",
        loggerFactory: silence,
        hackViaTcp: false,
        routeSet: [],
        sipjsId: "",
        supportedOptionTags: [...optionTags],
        supportedOptionTagsResponse: [...optionTags],
        userAgentHeaderFieldValue: this.#account.userAgent,
        viaForceRport: false,
        viaHost,
        // sip.js would ask for credentials synchronously; we answer challenges ourselves.
        authenticationFactory: () => undefined,
        transportAccessor: () => ({ protocol: this.#flow.transport, send }),
      },
      {
        onInvite: (request) => {
          const invite = new IncomingInvite(this, request);
          this.#events.incoming(invite);
          invite.arrived();
        },
      },
    );
    if (!isPreemptive) return core;
    // Every request of ours is made here, those within calls too.
    const make = core.makeOutgoingRequestMessage.bind(core);
    core.makeOutgoingRequestMessage = (...of) => {
      const message = make(...of);
      this.keyRing.sign(message);
      return message;
    };
    return core;
  }
}

/** Up to the path: a token may follow. */
const hostOf = (server: string): string => /^\w+:\/\/[^/?#]*/.exec(server.toLowerCase())?.[0] ?? "";
