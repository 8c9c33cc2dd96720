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
  /** The settings have moved it to `to`; what they leave as it was stays as the operator has it. */
  move(to: Order, changed: readonly (keyof TrunkConfig)[]): void;
}

/** What the settings say of a trunk's order. */
type Order = Pick<TrunkConfig, "id" | "priority" | "weight"> & {
  /** In the list: its priority where none is given. */
  readonly place: number;
};

export const priorityOf = ({ priority, place }: Order): number => priority ?? place;
export const weightOf = ({ weight }: Pick<Order, "weight">): number => weight ?? 1;

interface OperatorOrderPorts {
  readonly journal: Journal;
  readonly onChange: () => void;
}

export function createOperatorOrder(given: Order, { journal, onChange }: OperatorOrderPorts): OperatorOrder {
  const { id: trunkId } = given;
  let isolated = false;
  let priority = priorityOf(given);
  let weight = weightOf(given);
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
    move(to, changed) {
      if (changed.includes("priority")) priority = priorityOf(to);
      if (changed.includes("weight")) weight = weightOf(to);
    },
  };
}
