/** Where an exploration sets out: a call was placed, and what takes many steps to come to has happened to it already. */
import type { HouseName, Step } from "./world.ts";

const call: Step = { do: "call", emergency: false };
const pass = (ms: number): Step => ({ do: "pass", ms });

export const beginnings = {
  "one trunk": { house: "one trunk", from: [call] },
  "two trunks": { house: "two trunks", from: [call] },
  "two trunks, the first one silent": { house: "two trunks", from: [call, pass(2_000)] },
  "two trunks, the first one lost while its phone rings": {
    house: "two trunks",
    from: [call, { do: "say", trunk: "A", code: 180 }, { do: "reset", trunk: "A" }],
  },
  "two trunks, the first one stalled": { house: "two trunks", from: [call, { do: "say", trunk: "A", code: 100 }, pass(11_000)] },
  "two trunks, an emergency call": { house: "two trunks", from: [{ do: "call", emergency: true }] },
  "three trunks, two of them one carrier's": { house: "three trunks, two of them one carrier's", from: [call] },
  "three trunks, the first two silent": { house: "three trunks, two of them one carrier's", from: [call, pass(2_000), pass(2_000)] },
} as const satisfies Readonly<Record<string, { readonly house: HouseName; readonly from: readonly Step[] }>>;
