import type { OnViolation } from "../../src/machine.ts";

/** In tests a transition that is in no table throws. */
export const throwViolation: OnViolation = (machine, state, event) => {
  throw new Error(`${machine}: "${event}" is in no cell of state "${state}"`);
};
