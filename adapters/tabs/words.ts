/** What the pages of a browser say to each other of the telephone; another version, or another script, may have said it. */
import type { SharedAgent } from "../../src/ports/shared-telephone.ts";

/** Why a page asks for the telephone, the weakest first; `sign`: it only asks whether somebody has it, and lives. */
export const wants = ["sign", "shown", "focus", "call"] as const;
export type Want = (typeof wants)[number];

/** What whoever has it says. `kept`: a call is up there, or the agent sees that page as well. `later`: it has just come. */
const says = ["here", "yours", "later", "kept"] as const;
export type Say = (typeof says)[number];

/** Its agent turns to a call: which turn of all pages it is; or turns from the last. */
export type TurnWord = { readonly kind: "turned-to"; readonly turn: number } | { readonly kind: "turned-from" };

export type Saying =
  | TurnWord
  | { readonly kind: "ask"; readonly want: Want }
  | { readonly kind: "answer"; readonly to: string; readonly say: Say; readonly isReady: boolean; readonly agent: SharedAgent }
  /** The telephone can be rung, or has no call any more, or is out of sight; that page has unregistered. */
  | { readonly kind: "ready" | "free" | "rested" }
  | { readonly kind: "agent"; readonly agent: SharedAgent };

/** With the name of the page that says it. */
export type Word = Saying & { readonly from: string };

type Fields = Readonly<Record<string, unknown>>;

const isOneOf = <T extends string>(allowed: readonly T[], value: unknown): value is T => allowed.includes(value as T);
const isId = (value: unknown): value is string => typeof value === "string" && value.length > 0 && value.length <= 100;

/** @returns what was said; undefined where it is nothing that we know. */
export function wordOf(data: unknown): Word | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const { from, kind, want, to, say, isReady, turn, agent: told } = data as Fields;
  if (!isId(from)) return undefined;
  if (isOneOf(["ready", "free", "rested", "turned-from"], kind)) return { from, kind };
  if (kind === "turned-to") return Number.isSafeInteger(turn) ? { from, kind, turn: turn as number } : undefined;
  if (kind === "ask") return isOneOf(wants, want) ? { from, kind, want } : undefined;
  const agent = agentOf(told);
  if (!agent) return undefined;
  if (kind === "agent") return { from, kind, agent };
  const isAnswer = kind === "answer" && isId(to) && isOneOf(says, say) && typeof isReady === "boolean";
  return isAnswer ? { from, kind, to, say, isReady, agent } : undefined;
}

function agentOf(data: unknown): SharedAgent | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const { available, emergencyDateMs } = data as Fields;
  if (typeof available !== "boolean") return undefined;
  return { available, ...(Number.isFinite(emergencyDateMs) && { emergencyDateMs: emergencyDateMs as number }) };
}
