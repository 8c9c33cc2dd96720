/** Session timers (RFC 4028): who refreshes, and what becomes of a session that nobody does. */
import type { Clock } from "../../src/clock.ts";
import { listed, parameter, type SipRequest, type SipResponse } from "./message.ts";
import { isWholeIn } from "./rule.ts";
import { Timers } from "./timers.ts";

/** By which method media are changed, and a session refreshed: a re-INVITE, or an UPDATE. */
export type ChangeMethod = "INVITE" | "UPDATE";

/** The call that it belongs to. */
interface Timed {
  readonly isOver: boolean;
  /** The session was not refreshed in time, or the dialog is unknown to the softphone: BYE. */
  cut(): void;
}

/** The session timer that the trunk asks for (RFC 4028); a session that is not refreshed in time it ends by BYE. */
export interface SessionTimerOptions {
  /** Session-Expires. */
  readonly expiresS: number;
  /** Who refreshes the session. Default: the carrier. */
  readonly refresher?: "carrier" | "softphone";
  /** How the carrier does. Default: UPDATE. */
  readonly by?: ChangeMethod;
}

export function isSessionTimer(value: unknown): value is SessionTimerOptions {
  if (typeof value !== "object" || value === null) return false;
  const { expiresS, refresher = "carrier", by = "UPDATE", ...unknown } = value as Record<string, unknown>;
  const isKnown = ["carrier", "softphone"].includes(refresher as string) && ["INVITE", "UPDATE"].includes(by as string);
  return isKnown && isWholeIn(1, 2 ** 31 - 1)(expiresS) && Object.keys(unknown).length === 0;
}

const supports = (message: SipRequest) => message.all("supported").some((value) => listed(value, ",").includes("timer"));

export class SessionTimer {
  readonly #options: SessionTimerOptions | undefined;
  readonly #host: Timed;
  readonly #refresh: (by: ChangeMethod) => Promise<number>;
  readonly #timers: Timers;
  /** Agreed with the softphone; undefined while there is none. */
  #session: { readonly expiresS: number; readonly refresher: "carrier" | "softphone" } | undefined;

  constructor(options: SessionTimerOptions | undefined, clock: Clock, host: Timed, refresh: (by: ChangeMethod) => Promise<number>) {
    this.#options = options;
    this.#host = host;
    this.#refresh = refresh;
    this.#timers = new Timers(clock);
  }

  /** What an INVITE of the carrier's asks for; what each of its refreshes repeats (§7.1, §7.4). */
  get headers(): string[] {
    const sessionTimer = this.#options;
    if (!sessionTimer) return [];
    const { expiresS, refresher } = this.#session ?? { refresher: "carrier", ...sessionTimer };
    return ["Supported: timer", `Session-Expires: ${expiresS};refresher=${refresher === "carrier" ? "uac" : "uas"}`];
  }

  /** The softphone's INVITE is answered (§9). @returns what its 200 says. */
  accept(invite: SipRequest): string[] {
    const sessionTimer = this.#options;
    if (!sessionTimer) return [];
    const { expiresS, refresher = "carrier" } = sessionTimer;
    const asked = Number.parseInt(invite.header("session-expires"), 10);
    // §9: a softphone that knows nothing of it cannot refresh.
    const isKnown = supports(invite);
    if (!isKnown && refresher === "softphone") return [];
    this.#session = { expiresS: asked > 0 ? Math.min(asked, expiresS) : expiresS, refresher };
    return this.#answer(isKnown);
  }

  /** The softphone answered our INVITE (§7.2). */
  accepted(response: SipResponse): void {
    const sessionTimer = this.#options;
    if (!sessionTimer) return;
    const said = response.header("session-expires");
    const expiresS = Number.parseInt(said, 10) || sessionTimer.expiresS;
    // Without a word from the softphone it knows nothing of it, and we refresh alone.
    const isSoftphone = parameter(said, "refresher")?.toLowerCase() === "uas";
    this.#session = { expiresS, refresher: isSoftphone ? "softphone" : "carrier" };
    this.#arm();
  }

  /** The softphone sent a re-INVITE or UPDATE: that refreshes. @returns what the 200 says. */
  refreshed(request: SipRequest): string[] {
    if (!this.#session) return [];
    const said = parameter(request.header("session-expires"), "refresher")?.toLowerCase();
    if (said !== undefined) this.#session = { ...this.#session, refresher: said === "uac" ? "softphone" : "carrier" };
    return this.#answer(supports(request));
  }

  close(): void {
    this.#timers.clear();
    this.#session = undefined;
  }

  #answer(isKnown: boolean): string[] {
    this.#arm();
    if (!this.#session || !isKnown) return [];
    const { expiresS, refresher } = this.#session;
    const isSoftphone = refresher === "softphone";
    return [
      "Supported: timer",
      ...(isSoftphone ? ["Require: timer"] : []),
      `Session-Expires: ${expiresS};refresher=${isSoftphone ? "uac" : "uas"}`,
    ];
  }

  #arm(): void {
    this.#timers.clear();
    if (!this.#session) return;
    const { expiresS, refresher } = this.#session;
    // §10: half of it; or so long before its end as leaves time for a BYE.
    const waitS = refresher === "carrier" ? expiresS / 2 : expiresS - Math.min(32, expiresS / 3);
    this.#timers.after(waitS * 1_000, () => (refresher === "carrier" ? void this.#try() : this.#host.cut()));
  }

  async #try(): Promise<void> {
    const code = await this.#refresh(this.#options?.by ?? "UPDATE");
    if (this.#host.isOver) return;
    if (code === 408 || code === 481) this.#host.cut();
    else this.#arm();
  }
}
