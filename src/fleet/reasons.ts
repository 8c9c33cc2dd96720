/** What only many records together say of whose fault it is. */
import type { AttemptRecord } from "../report/attempts.ts";
import { isFailed } from "./controls.ts";
import type { Localisation } from "./localise.ts";
import type { AgentRecord, AttributeName, Control, FleetReason } from "./model.ts";

/** By who was hit, and by what worked meanwhile. */
export function reasonsOf(
  records: readonly AgentRecord[],
  controls: readonly Control[],
  attempts: readonly AttemptRecord[],
): readonly FleetReason[] {
  const hit = records.filter((record) => record.hit);
  const sites = hit.flatMap(({ site, laterSites = [] }) => (site === undefined ? [] : [[site, ...laterSites]]));
  // An agent who moved met it at both: where all of them were may be where it fails.
  const isOneSite = (sites[0] ?? []).some((site) => sites.every((own) => own.includes(site)));
  const isHit = (agent: number) => hit.some((record) => record.agent === agent);
  const sameTrunk = controls.some(({ kind, agent }) => kind === "same-trunk" && !isHit(agent));
  const otherTrunk = controls.some(({ kind, agent }) => kind === "other-trunk" && isHit(agent));
  const hasFailed = attempts.some(isFailed);
  return [
    ...(hit.length > 1 ? ["many-agents-hit" as const] : []),
    ...(hit.length === 1 && records.length > 2 ? ["one-agent-hit" as const] : []),
    ...(sites.length > 1 && !isOneSite ? ["many-sites-hit" as const] : []),
    ...(sameTrunk ? ["same-trunk-worked" as const] : []),
    ...(hit.length > 1 && hasFailed && !controls.some(({ kind }) => kind === "same-trunk") ? ["trunk-worked-for-nobody" as const] : []),
    ...(otherTrunk ? ["other-trunk-worked" as const] : []),
  ];
}

/** What one kind of caller alone meets is not done by the line, which carries the others. */
const callers: readonly (readonly [reason: FleetReason, names: readonly AttributeName[]])[] = [
  ["one-crm-alone-fails", ["crm", "crmVersion"]],
  ["one-site-alone-fails", ["site", "network"]],
  ["one-kind-of-device-alone-fails", ["browser", "os"]],
];

/** By who makes the calls that fail, where that tells them from the others. */
export const localised = ({ combinations: [attributes = {}] }: Localisation): readonly FleetReason[] =>
  callers.flatMap(([reason, names]) => (names.some((name) => Object.hasOwn(attributes, name)) ? [reason] : []));
