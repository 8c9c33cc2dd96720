/** The line of one agent, as an integrator sees it. */
import type { Boot, StageProgress } from "./boot/boot.ts";
import type { Call, IncomingCall, ResumedCall } from "./call/call.ts";
import type { HoldResult } from "./call/holding.ts";
import type { CallOptions } from "./call/options.ts";
import type { TrunkConfig } from "./config.ts";
import type { Incident, Verdict } from "./diagnosis/model.ts";
import type { Reinitialisation } from "./diagnosis/reinitialisation.ts";
import type { EventNames, Events } from "./emitter.ts";
import type { Entry } from "./journal.ts";
import type { NoticeEvents } from "./notices.ts";
import type { MediaSession } from "./ports/media.ts";
import type { ReportDocument } from "./report/document.ts";
import type { TelephonePlace } from "./telephone.ts";
import type { TrunkHealth } from "./trunk/trunk.ts";

/** What happens to the line as a whole, by name, with what each event hands to its listeners. */
export interface LinekeeperEvents<Session extends MediaSession = MediaSession> extends NoticeEvents {
  /** Every entry of the journal as it is written. */
  "journal:written": Entry;
  /** A stage of the CRM's start-up began, ended or hangs; all stages as they stand. */
  "boot:changed": readonly StageProgress[];
  /** The CRM came up anew: what was broken before, what works since. Told again as calls show it. */
  "boot:reinitialised": Reinitialisation;
  /**
   * A trunk's health as it is now, each time that something of it may have changed; a trunk that was taken out by `setTrunks()` is told of
   * no more.
   */
  "trunk:changed": TrunkHealth;
  /**
   * A call goes out that was not under way before: by `call()`, whoever called that, or as the other side of another call asked. Also one that
   * is refused, whose `ended` follows. Not told for a call that is given back to a second click.
   */
  "call:placed": Call<Session>;
  /** A customer calls, and it rings at the agent: answer or decline this very object. */
  "call:offered": IncomingCall<Session>;
  /** Which of the browser's pages is the agent's telephone, each time that it moves (`shared: tabs()`). */
  "telephone:moved": TelephonePlace;
  /** The customer is heard again after a reload; it is among `calls` since the line was started. */
  "call:resumed": ResumedCall<Session>;
  /** Service is degraded from now on, as the journal tells: the verdict so far may still be thin. */
  "incident:opened": Incident;
  /** New entries have changed what is known of an open incident: its counts, or its verdict. */
  "incident:updated": Incident;
  /**
   * Service was proven good again for `limits.calmMs`. The verdict is the last one, unless the same trouble comes back soon and opens it
   * again.
   */
  "incident:closed": Incident;
}

/** Every event of a line. */
export const lineEvents: EventNames<LinekeeperEvents> = {
  "journal:written": true,
  "boot:changed": true,
  "boot:reinitialised": true,
  "trunk:changed": true,
  "call:placed": true,
  "call:offered": true,
  "telephone:moved": true,
  "call:resumed": true,
  "incident:opened": true,
  "incident:updated": true,
  "incident:closed": true,
  "message:received": true,
  "voicemail:changed": true,
  "check-sync:received": true,
};

/** The line of one agent: every trunk, the calls on them, and the record of both. */
export interface Linekeeper<Session extends MediaSession = MediaSession> extends Events<LinekeeperEvents<Session>> {
  /** The CRM's own start-up, put on record. */
  readonly boot: Boot;
  /** What happened so far. */
  readonly journal: readonly Entry[];
  /** Each trunk's health now: a snapshot, for a UI. */
  readonly trunks: readonly TrunkHealth[];
  /**
   * Where customers ring: `elsewhere` where another page of the browser is the agent's telephone (`shared: tabs()`). The trunks of this one
   * then rest, and come up for a call that the agent places here.
   */
  readonly telephone: TelephonePlace;
  /** Unrelated carriers fail together just now: the fault is sought on our side. */
  readonly commonMode: boolean;
  /** Calls under way: whatever has not ended for the agent. */
  readonly calls: readonly (Call<Session> | IncomingCall<Session>)[];
  /** Calls that have ended, while something of them is followed still: an attempt that was given up, a BYE that nobody has confirmed. */
  readonly followedCalls: number;
  /** Empty until the diagnosis is loaded, shortly after the start. */
  readonly incidents: readonly Incident[];
  /** Whose fault it is, as far as the journal tells now; undefined until the diagnosis is loaded. */
  readonly verdict: Verdict | undefined;
  /**
   * Registers every trunk. Resolves when one is ready, or after 5 s whatever happened: the softphone comes
   * up during an outage too; at once while none is set, or while the telephone is another page. Called again it returns the same promise.
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
  call(number: string, options?: CallOptions): Call<Session>;
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
   * While false, customers hear busy on every trunk: a break, or wrap-up. True at the start, and for all pages of the browser that share
   * one telephone. The emergency services are shown all the same when they call back (RFC 7090).
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
   * Asks a trunk's edge now whether it lives (OPTIONS, or what an edge answers that ignores these); on record as every probe is. A flow on
   * which nothing is answered is dropped, and comes back. @returns whether it lives.
   * @throws LinekeeperError `unknown-trunk`.
   */
  probe(trunkId: string): Promise<boolean>;
  /**
   * Changes a trunk's place from the next call on.
   * @param order `priority`: lower goes first; `weight`: its share among equal priorities. Both 0 or more.
   * @throws LinekeeperError `unknown-trunk`, `bad-config`.
   */
  weigh(trunkId: string, order: { readonly priority?: number; readonly weight?: number }): void;
  /**
   * Other trunks from the next call on: what the CRM's settings say now, or say at last where they bring the first. One that is
   * in the list as it was goes on untouched. Calls on one that is gone go on to their end, then it unregisters. New credentials
   * hold from its next registration on; another server or AOR is another connection, and the old one carries on until that
   * is registered. In the journal as `trunks:changed`.
   * @throws LinekeeperError `bad-config`, naming the field, and nothing is changed; `closed`.
   */
  setTrunks(trunks: readonly TrunkConfig[]): void;
  /**
   * The report on an incident (the last one if left out), or on the whole session when there was none.
   * @param incidentId as `incidents` has it.
   * @throws LinekeeperError `bad-config` where there is no such incident.
   * @throws what the host throws when the diagnosis cannot be loaded; asked again it tries again.
   */
  report(incidentId?: number): Promise<ReportDocument>;
  /** Ends calls, unregisters and leaves nothing running. Harmless twice and at any time. */
  close(): Promise<void>;
}
