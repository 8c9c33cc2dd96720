/** A CRM around the softphone, and how it behaves: what the contract of all hosts is run against. */
import type { CrmHost } from "../../../src/crm/host.ts";

export type Mood = "well" | "script-missing" | "silent" | "wrong-settings" | "session-expired" | "log-refused";

/** What the CRM was told, whatever its own words for it. */
export type Told =
  | { readonly what: "shown" | "answered" }
  | { readonly what: "ended"; readonly how?: string }
  | { readonly what: "refused" }
  | { readonly what: "logged"; readonly direction: "out" | "in"; readonly number?: string; readonly talkedS: number };

export interface Rig {
  readonly host: CrmHost;
  /** The agent clicks a number in the CRM. */
  click(number: string): void;
  /** The agent ends the call in the CRM's own controls, where it has any. */
  hangUp?(): void;
  readonly told: readonly Told[];
  /** Takes its globals away again. */
  leave(): void;
}

export interface Crm {
  readonly name: string;
  /** Ours follows the vendor's public documentation where the vendor has no package. */
  readonly by: "the vendor's own SDK" | "a stand-in";
  /** It brings a library that may be missing. */
  readonly hasScript: boolean;
  stage(mood: Mood): Promise<Rig>;
}

/** An own number, and a setting that the softphone needs. */
export const ownNumber = "+21670000000";
export const need = "queue";
