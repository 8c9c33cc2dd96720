/**
 * A state machine as one table. A cell is the next state, or `ignored`; a blank cell is a violation:
 * it throws in tests and is journalled in production.
 */
export type Table<State extends string, Event extends string> = {
  readonly [S in State]: { readonly [E in Event]?: State | "ignored" };
};

/** Receives what no table allows. */
export type OnViolation = (machine: string, state: string, event: string) => void;

/** The state after `event`, or undefined when nothing changes (ignored, or a violation already reported). */
export function step<State extends string, Event extends string>(
  machine: string,
  table: Table<State, Event>,
  state: State,
  event: Event,
  onViolation: OnViolation,
): State | undefined {
  const next = table[state][event];
  if (next === undefined) onViolation(machine, state, event);
  // A generic union does not narrow by comparison.
  return next === "ignored" ? undefined : (next as State | undefined);
}
