/** What an operator has ordered of one trunk: out of service, and its place among the others. */
import type { TrunkConfig } from "../config.ts";
import type { Journal } from "../journal.ts";

export interface OperatorOrder {
  readonly isolated: boolean;
  readonly priority: number;
  readonly weight: number;
  /** Takes it out of service: no new call goes out on it, but for an emergency with no other trunk. */
  isolate(): void;
  /** Back into service. */
  restore(): void;
  weigh(order: { readonly priority?: number; readonly weight?: number }): void;
}

interface OperatorOrderPorts {
  /** Of the trunk in the configuration: its priority where none is given. */
  readonly place: number;
  readonly journal: Journal;
  readonly onChange: () => void;
}

export function createOperatorOrder(
  { id: trunkId, ...config }: TrunkConfig,
  { place, journal, onChange }: OperatorOrderPorts,
): OperatorOrder {
  let isolated = false;
  let priority = config.priority ?? place;
  let weight = config.weight ?? 1;
  return {
    get isolated() {
      return isolated;
    },
    get priority() {
      return priority;
    },
    get weight() {
      return weight;
    },
    isolate() {
      if (isolated) return;
      isolated = true;
      journal.append("trunk:isolated", { trunkId });
      onChange();
    },
    restore() {
      isolated = false;
      journal.append("trunk:restored", { trunkId });
    },
    weigh(order) {
      priority = order.priority ?? priority;
      weight = order.weight ?? weight;
      journal.append("trunk:weighed", { trunkId, priority, weight });
      onChange();
    },
  };
}
