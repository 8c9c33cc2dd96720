/** Who is reachable where (RFC 3261 §10.3). */
import type { Softphone, TrunkContext } from "./context.ts";
import { header, parameter, userOf, type SipMessage } from "./message.ts";

export interface Binding {
  readonly user: string;
  readonly contact: string;
  readonly connection: Softphone;
  readonly expiresAtMs: number;
}

export class Registrar {
  readonly #trunk: TrunkContext;
  readonly #grantedS: number;
  readonly #bindings = new Map<string, Binding>();

  constructor(trunk: TrunkContext, grantedS: number) {
    this.#trunk = trunk;
    this.#grantedS = grantedS;
  }

  register(request: SipMessage, connection: Softphone): void {
    const { faults } = this.#trunk;
    const user = userOf(header(request, "to") ?? "");
    const contact = header(request, "contact") ?? "";
    const askedS = Number(parameter(contact, "expires") ?? header(request, "expires") ?? this.#grantedS);
    const expiresS = Math.min(askedS, faults.find("short-binding")?.expiresS ?? this.#grantedS);
    if (faults.find("forget-contact")) return connection.reply(request, 200, {}, "forget-contact");
    if (expiresS > 0)
      this.#bindings.set(user, {
        user,
        contact: /<([^>]+)>/.exec(contact)?.[1] ?? contact,
        connection,
        expiresAtMs: this.#trunk.nowMs() + expiresS * 1_000,
      });
    else this.#bindings.delete(user);
    const bare = contact.replace(/;\s*expires=\d+/i, "");
    connection.reply(request, 200, { headers: expiresS > 0 ? [`Contact: ${bare};expires=${expiresS}`] : [] });
  }

  /** Bindings that are alive now. */
  get bindings(): readonly Binding[] {
    return [...this.#bindings.values()].filter(({ expiresAtMs }) => expiresAtMs > this.#trunk.nowMs());
  }

  find(user: string): Binding | undefined {
    return this.bindings.find((binding) => binding.user === user && binding.connection.isOpen);
  }
}
