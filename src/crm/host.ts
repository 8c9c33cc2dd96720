/**
 * The port of a CRM that the softphone is embedded in: its handshake, its click-to-dial, its call log. Full numbers
 * pass through it, as the CRM is where they come from; none of them goes on record.
 */
import type { CallEnd, Refusal } from "../journal.ts";

/** A part of the handshake. Every host has the last three; `script` where the host brings a library. */
export type HostStepName = "script" | "handshake" | "settings" | "session";

/** It fails by throwing: the error's `name` goes on record. One that never ends is ended by its timeout. */
export interface HostStep {
  /** Names its part of the boot stage; stable, for it goes on record. */
  readonly name: HostStepName;
  /** Awaited where it gives a promise. @param signal aborted once its timeout has passed, or the initialisation is begun anew. */
  run(signal: AbortSignal): unknown;
}

/** A number that the agent clicked in the CRM. */
export interface HostClick {
  /** As the CRM handed it over. */
  readonly number: string;
  /** What it belongs to, in the host's own terms; given back with the call. */
  readonly record?: unknown;
}

/** How a call ended, in the words that call logs use. */
export type Disposition = "completed" | "cancelled" | "busy" | "no-answer" | "failed" | "missed" | "rejected";

/** A call as the CRM may see it. */
export interface HostCall {
  /** Linekeeper's own, the same from the first news to the log entry; no SIP Call-ID. */
  readonly id: string;
  /** `out`: the agent called. */
  readonly direction: "out" | "in";
  /** The other party's. */
  readonly number: string;
  /** Of a call that was clicked: `HostClick.record`, as the CRM gave it. Absent for any other. */
  readonly record?: unknown;
  /** ms since 1970. */
  readonly startedAtMs: number;
  /** `ringing`: of `out`, at the callee; of `in`, at the agent. */
  readonly state: "dialling" | "ringing" | "answered" | "ended";
  /** From the answer to the end, in ms; 0 where nobody answered. */
  readonly talkedMs: number;
  /** Of one that ended. */
  readonly end?: CallEnd | "refused";
  /** Of one that ended, for the CRM's call log; each adapter puts it into its CRM's words. */
  readonly disposition?: Disposition;
}

/** What the CRM does. None of these throws. */
export interface HostEvents {
  /** The agent clicked a number. */
  dial(click: HostClick): void;
  /** The agent ended the call in the CRM's own controls. */
  hangUp(): void;
  /** Something of the CRM's own broke after the handshake. @param what its name, without personal data. */
  failed(what: string, error: unknown): void;
}

/** What an adapter for a CRM supplies; `attachHost()` calls it, and puts on record what it throws. */
export interface CrmHost {
  /** Names its boot stage, e.g. `hubspot`. */
  readonly name: string;
  /** Begins anew. @returns the handshake's steps; each is run when the one before has passed. */
  open(events: HostEvents): readonly HostStep[];
  /** A call began, or is in another state, in the host's own conventions. */
  tell(call: HostCall): unknown;
  /** Writes a call that ended into the CRM. @throws or rejects when it was not written. */
  log(call: HostCall): unknown;
  /** A clicked number was not called. */
  refuse(click: HostClick, because: Refusal): unknown;
  /** Listens no more. Harmless twice, and before `open`. */
  close(): void;
}

/** What is wrong with a host. A handshake that is never answered has no name: its stage is overdue. */
export type HostFaultName = "ScriptMissing" | "NotEmbedded" | "HandshakeRefused" | "WrongSettings" | "SessionExpired" | "LogRefused";

/** What a host's step or log throws: its message names nothing personal and no secret. */
export class HostFault extends Error {
  /** What goes on record of it; its message does only where `privacy.errorMessages` allows that. */
  override readonly name: HostFaultName;
  /** HTTP status, where the host told one. */
  readonly status: number | undefined;

  constructor(
    name: HostFaultName,
    message: string,
    { status, cause }: { readonly status?: number | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.name = name;
    this.status = status;
  }
}

/** @throws HostFault `WrongSettings`, naming what is missing. */
export function requireSettings(host: string, settings: unknown, needed: readonly string[]): void {
  const given = (typeof settings === "object" && settings !== null ? settings : {}) as Readonly<Record<string, unknown>>;
  const missing = needed.filter((key) => given[key] === undefined || given[key] === null || given[key] === "");
  if (missing.length > 0) throw new HostFault("WrongSettings", `${host} gave no setting ${missing.join(", ")}`);
}

/** As much of `document` as it takes to load a script. */
export interface ScriptPage {
  /** An element that is not in the page yet. */
  createElement(tag: "script"): {
    src: string;
    onload: unknown;
    onerror: unknown;
    setAttribute(name: string, value: string): void;
  };
  /** Where a script is put to be loaded. */
  readonly head: { append(element: never): void };
}

/**
 * Loads a host's own library.
 * @throws HostFault `ScriptMissing` when there is no page, no address, or nothing to be had there.
 */
export function loadScript(
  page: ScriptPage | undefined,
  url: string | undefined,
  attributes: Readonly<Record<string, string>> = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!page || url === undefined) return reject(new HostFault("ScriptMissing", "the host's script is not on this page"));
    const script = page.createElement("script");
    for (const [name, value] of Object.entries(attributes)) script.setAttribute(name, value);
    script.onload = () => resolve();
    script.onerror = () => reject(new HostFault("ScriptMissing", "the host's script could not be loaded"));
    script.src = url;
    page.head.append(script as never);
  });
}
