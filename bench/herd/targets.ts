/** What Linekeeper promises of a herd, and whether it was kept. */
import type { Drill } from "./drill.ts";
import type { Figures } from "./figures.ts";

export interface Target {
  readonly promise: string;
  readonly measured: string;
  readonly isKept: boolean;
}

const attemptsAllowed = 1.05;

export function targetsOf({ agents, capacityPerS }: Drill, idle: Figures, cold: Figures, warm: Figures): readonly Target[] {
  const spreadS = (1.2 * agents) / capacityPerS;
  const most = (values: readonly number[], bound: number, show: (value: number) => string) => ({
    measured: values.map(show).join(", "),
    isKept: values.every((value) => value <= bound),
  });
  const seconds = (value: number) => `${value.toFixed(1)} s`;
  const perAgent = (value: number) => value.toFixed(3);
  const perS = (value: number) => `${value}/s`;
  return [
    {
      promise: `95 % of the agents are home within 1.2·N/C = ${spreadS} s (cold: idle, with calls)`,
      ...most([idle.away.p95S, cold.away.p95S], spreadS, seconds),
    },
    {
      promise: `≤ ${attemptsAllowed} registrations per agent at the backup (cold: idle, with calls)`,
      ...most([idle.away.attemptsPerAgent, cold.away.attemptsPerAgent], attemptsAllowed, perAgent),
    },
    {
      promise: `no second wave: never more than C = ${capacityPerS}/s at the main carrier's return (cold: idle, with calls; warm)`,
      ...most([idle.home.peakPerS, cold.home.peakPerS, warm.home.peakPerS], capacityPerS, perS),
    },
    {
      promise: `≤ ${attemptsAllowed} registrations per agent at its return (cold: idle, with calls; warm)`,
      ...most([idle.home.attemptsPerAgent, cold.home.attemptsPerAgent, warm.home.attemptsPerAgent], attemptsAllowed, perAgent),
    },
    { promise: "no call is lost (cold; warm)", ...most([cold, warm].map(lostOf), 0, String) },
    { promise: "warm standby: every agent has a line at once", ...most([warm.away.p95S], 0, seconds) },
  ];
}

const lostOf = ({ callsAway, callsHome }: Figures): number => callsAway.lost + callsHome.lost;
