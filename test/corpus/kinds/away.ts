/** A bare 480: callees who are away (RFC 3261 §21.4.18), or a carrier that has no other word for a route which leads nowhere. */
import type { Phone } from "../../../adapters/mock-trunk/index.ts";
import { prefixes } from "../shift.ts";
import { refusals } from "./fresh-again.ts";
import { picksUp, worksThroughList } from "./fresh-kind.ts";
import { first, minutes, type Kind } from "./kind.ts";

const away = { kind: "reject", code: 480, methods: ["INVITE"], after: 100 } as const;

export const awayKinds: readonly Kind[] = [
  // Handsets switched off, now and then a handful together, and others that ring between them. Nobody is to blame.
  {
    id: "handsets-switched-off-all-day",
    half: "tune",
    truth: ["remote-party"],
    async play(shift) {
      const { chance, between } = shift;
      for (let hour = 0; hour < 4; hour++) {
        const share = between(0.15, 0.55);
        const behaviour = () => (chance(share) ? (phone: Phone) => phone.refuses({ code: 480 }) : picksUp(shift));
        await worksThroughList(shift, prefixes.mobile, between(6, 10), behaviour);
        await worksThroughList(shift, prefixes.local, between(2, 4));
      }
    },
  },
  // From some moment on every number of a route is said to be away, whoever it is; other routes are reached. Then it stops.
  {
    id: "every-number-of-a-route-away",
    half: "tune",
    truth: ["carrier-routing"],
    async play(shift) {
      const { work, between, one } = shift;
      const prefix = one([prefixes.local, prefixes.mobile]);
      await worksThroughList(shift, prefix, between(1, 3));
      const mend = first(shift).fault({ ...away, prefix });
      for (let turn = 0; turn < 2; turn++) {
        await worksThroughList(shift, prefix, between(1.5, 2.5));
        await work(minutes(between(1, 2)));
      }
      mend();
      await work(minutes(between(3, 4)));
      return refusals(first(shift)) > 8;
    },
  },
];
