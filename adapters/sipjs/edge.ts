/** One account at one carrier: its flow, sip.js's core above it, and what is under way between them. */
import { TransportError, UserAgentCore, C, type OutgoingRequestMessage } from "sip.js/lib/core/index.js";
import { type Clock, type Random, sleep } from "../../src/clock.ts";
import type { EdgeEvents, InviteEvents, InviteRequest, SipAccount, SipAnswer, SipEdge, SipInvite } from "../../src/ports.ts";
import { ask } from "./ask.ts";
import { type EdgeContext, type Exchange, TRANSACTION_MS } from "./context.ts";
import { authorizationLine, type Challenge } from "./digest.ts";
import { Flow, type SipSocketConstructor } from "./flow.ts";
import { type Identity, createIdentity, token } from "./identity.ts";
import { Intake } from "./intake.ts";
import { IncomingInvite } from "./invitation.ts";
import { OutgoingInvite } from "./invite.ts";
import { Registrar } from "./registrar.ts";
import { silence } from "./silence.ts";

export interface EdgeOptions {
  readonly webSocket: () => SipSocketConstructor;
  readonly maxFrameBytes: number;
  readonly connectTimeoutMs: number;
  readonly instanceId: string | undefined;
}

export class SipJsEdge implements SipEdge, EdgeContext {
  readonly core: UserAgentCore;
  readonly identity: Identity;
  readonly clock: Clock;
  readonly random: Random;
  readonly exchanges = new Set<Exchange>();
  readonly #account: SipAccount;
  readonly #events: EdgeEvents;
  readonly #flow: Flow;
  readonly #intake: Intake;
  readonly #registrar: Registrar;
  readonly #disposal = new AbortController();

  constructor(options: EdgeOptions, account: SipAccount, events: EdgeEvents, clock: Clock, random: Random) {
    this.#account = account;
    this.#events = events;
    this.random = random;
    this.clock = clock;
    this.identity = createIdentity(account.aor, account.server, random, options.instanceId);
    this.core = this.#createCore();
    this.#intake = new Intake(this.core, (fault, bytes) => events.discarded(fault, bytes));
    this.#flow = new Flow(
      { ...options, url: account.server, clock },
      {
        opened: () => this.#opened(),
        closed: (end) => {
          const lost = [...this.exchanges];
          // First the flow, then what was on it: who fails over must know which trunk is gone.
          events.closed(end);
          for (const exchange of lost) if (this.exchanges.has(exchange)) exchange.flowLost();
        },
        ponged: () => events.ponged(),
        discarded: (fault, bytes) => events.discarded(fault, bytes),
        received: (text, bytes) => this.#intake.receive(text, bytes),
      },
    );
    this.#registrar = new Registrar(this);
  }

  // ── SipEdge ───────────────────────────────────────────────────────────────────────────────────

  connect(): void {
    this.#flow.connect();
  }

  disconnect(): void {
    this.#flow.disconnect();
  }

  register(expiresS: number): Promise<SipAnswer> {
    return this.#registrar.register(expiresS);
  }

  options(): Promise<SipAnswer> {
    const { aor, edge, contact } = this.identity;
    const callId = this.token(24);
    let cseq = 0;
    return ask(this, (headers, delegate) => {
      const options = { callId, fromTag: this.token(12), cseq: ++cseq };
      const extraHeaders = [...headers, `Contact: <${contact}>`, "Accept: application/sdp"];
      return this.core.request(this.core.makeOutgoingRequestMessage(C.OPTIONS, edge, aor, edge, options, extraHeaders), delegate);
    });
  }

  ping(): void {
    this.#flow.send("\r\n\r\n");
  }

  invite(request: InviteRequest, events: InviteEvents): SipInvite {
    return new OutgoingInvite(this, request, events);
  }

  dispose(): void {
    this.#disposal.abort();
    this.#flow.dispose();
    for (const exchange of this.exchanges) exchange.dispose();
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

  async authorize(challenge: Challenge, request: OutgoingRequestMessage, body?: string): Promise<string | undefined> {
    const { trunkId, credentials } = this.#account;
    const { signal } = this.#disposal;
    const answered = new AbortController();
    signal.addEventListener("abort", () => answered.abort(), { signal: answered.signal });
    try {
      const asked = (async () => credentials?.({ trunkId, realm: challenge.realm }))();
      const overdue = sleep(this.clock, TRANSACTION_MS, answered.signal).then(() => {
        throw new Error("the credentials did not come in time");
      });
      const given = await Promise.race([asked, overdue]);
      if (!given) throw new TypeError("the credentials source gave none");
      return authorizationLine(challenge, given, this.identity.aor.user ?? "", request, body);
    } catch (error) {
      if (!signal.aborted) this.#events.credentialsFailed(error);
      return undefined;
    } finally {
      answered.abort();
    }
  }

  // ── sip.js ────────────────────────────────────────────────────────────────────────────────────

  #opened(): void {
    for (const exchange of [...this.exchanges]) exchange.flowOpened?.();
    this.#events.opened();
  }

  #createCore(): UserAgentCore {
    const { aor, contact, viaHost, transport } = this.identity;
    const send = (text: string) => (this.#flow.send(text) ? Promise.resolve() : Promise.reject(new TransportError("no flow")));
    return new UserAgentCore(
      {
        aor,
        contact: { uri: contact, pubGruu: undefined, tempGruu: undefined, toString: () => `<${contact}>` },
        displayName: "",
        loggerFactory: silence,
        hackViaTcp: false,
        routeSet: [],
        sipjsId: "",
        supportedOptionTags: ["outbound", "timer", "100rel"],
        supportedOptionTagsResponse: ["outbound", "timer"],
        userAgentHeaderFieldValue: this.#account.userAgent,
        viaForceRport: false,
        viaHost,
        // sip.js would ask for credentials synchronously; we answer challenges ourselves.
        authenticationFactory: () => undefined,
        transportAccessor: () => ({ protocol: transport, send }),
      },
      {
        onInvite: (request) => this.#events.incoming(new IncomingInvite(this, request)),
        onMessage: (request) => request.reject({ statusCode: 405 }),
      },
    );
  }
}
