/** Reads what came from another page or from storage: another version may have written it, or another script. */
import type { HealthNote, HealthSnapshot } from "../../src/ports/shared-health.ts";

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;
const isText = (value: unknown): value is string => typeof value === "string" && value.length > 0 && value.length <= 200;
const isAmount = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value) && value >= 0;
const isOneOf = <T extends string>(allowed: readonly T[], value: unknown): value is T => allowed.includes(value as T);

const planes = ["signalling", "media"] as const;
const votes = ["success", "failure", "half-failure", "tripped", "pardoned", "doubted", "left-alone"] as const;
const states = ["closed", "open", "probing"] as const;

/** @returns the note; undefined when it is none. */
export function noteOf(data: unknown): HealthNote | undefined {
  if (!isFields(data)) return undefined;
  const { trunkId, route, plane, vote, because, restMs, withinMs } = data;
  if (!isText(trunkId) || !isText(route) || !isOneOf(planes, plane) || !isOneOf(votes, vote) || !isText(because)) return undefined;
  return { trunkId, route, plane, vote, because, ...(isAmount(restMs) && { restMs }), ...(isAmount(withinMs) && { withinMs }) };
}

/** @returns the snapshot, with what in it can be read; undefined when it is none. */
export function snapshotOf(data: unknown): HealthSnapshot | undefined {
  if (!isFields(data)) return undefined;
  const { dateMs, breakers, registrars } = data;
  if (!isAmount(dateMs) || !Array.isArray(breakers)) return undefined;
  return {
    dateMs,
    breakers: breakers.flatMap((each: unknown) => breakerOf(each) ?? []),
    ...(Array.isArray(registrars) && { registrars: registrars.flatMap((each: unknown) => registrarOf(each) ?? []) }),
  };
}

function registrarOf(data: unknown): NonNullable<HealthSnapshot["registrars"]>[number] | undefined {
  if (!isFields(data)) return undefined;
  const { trunkId, restMs } = data;
  return isText(trunkId) && isAmount(restMs) ? { trunkId, restMs } : undefined;
}

function breakerOf(data: unknown): HealthSnapshot["breakers"][number] | undefined {
  if (!isFields(data)) return undefined;
  const { trunkId, route, plane, state, restMs, ejections, logOdds } = data;
  if (!isText(trunkId) || !isText(route) || !isOneOf(planes, plane) || !isOneOf(states, state)) return undefined;
  if (!isAmount(restMs) || !isAmount(ejections) || typeof logOdds !== "number" || !Number.isFinite(logOdds)) return undefined;
  return { trunkId, route, plane, state, restMs, ejections, logOdds };
}
