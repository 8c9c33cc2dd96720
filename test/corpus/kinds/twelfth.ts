/** A twelfth outsider's days, drawn to be scored: each domain twice at least, in ordinary guises. Here: edges, registrars and routes. */
import type { Fault } from "../../../adapters/mock-trunk/index.ts";
import { prefixes, type Shift } from "../shift.ts";
import { dialsThenComparesEach, refusals } from "./fresh-again.ts";
import { fresh, worksThroughList } from "./fresh-kind.ts";
import { comesUp, first, isMet, minutes, reloads, type Kind } from "./kind.ts";
import { twelfthNearKinds } from "./twelfth-near.ts";
import { twelfthTogetherKinds } from "./twelfth-together.ts";

const calls = { methods: ["INVITE"] };
const mobile = { ...calls, prefix: prefixes.mobile };
const international = { ...calls, prefix: prefixes.international };
const seconds = (count: number) => count * 1_000;
const three = ["A", "B", "C"].map((id) => ({ id, carrier: `Carrier ${id}` }));
const siblings = ["A", "A2", "B"].map((id) => ({ id, carrier: `Carrier ${id.slice(0, 1)}` }));
const alone = [{ id: "A", carrier: "Carrier A" }];
const compared = { conditions: { trunks: three, pauseMs: 4_000 } };

/** The same for all trunks of `ids`. */
const onEach = ({ carriers }: Shift, ids: readonly string[], fault: Fault) => {
  const mends = ids.map((id) => carriers.get(id)?.fault(fault));
  return () => mends.forEach((mend) => mend?.());
};

const edges: readonly Kind[] = [
  // Of the two call servers behind a carrier's proxies one hangs. The proxies, which answer probes and let the agent in themselves, hand it every other call
  // still, by both trunks and whatever is dialled: no word comes back. Somebody starts the CRM meanwhile, in vain; it ends when the server is taken out.
  fresh(
    "one-of-two-call-servers-hangs-behind-both-trunks-of-a-carrier",
    ["carrier-signalling", "carrier-routing"],
    async (shift) => {
      const { work, between } = shift;
      await work(minutes(between(1, 2)));
      const takenOut = onEach(shift, ["A", "A2"], { kind: "silence", share: between(0.4, 0.55), ...calls });
      await work(minutes(between(4, 6)));
      await reloads(shift);
      await work(minutes(between(3, 5)));
      takenOut();
      await work(minutes(between(4, 5)));
      return isMet(first(shift));
    },
    { conditions: { trunks: siblings, hasControl: true, pauseMs: 4_000, absent: 0.15 } },
  ),
  // Monday, the first start of the week, and the only carrier's registrar has not got its subscribers' base back from the weekend's work: it says so to whoever
  // registers. The CRM comes up at once, and so it does at the second start. The base comes back with no start near.
  fresh(
    "only-registrar-without-its-base-at-the-first-start-of-the-week",
    ["carrier-signalling"],
    async (shift) => {
      const { work, between, one } = shift;
      const lost = one([
        { code: 500, phrase: "Database Error" },
        { code: 503, phrase: "Subscriber Data Unavailable" },
        { code: 504, headers: ['Warning: 399 registrar "home subscriber server timed out"'] },
      ]);
      const back = first(shift).fault({ kind: "reject", ...lost, methods: ["REGISTER"] });
      await comesUp(shift);
      await work(minutes(between(2, 3)));
      await reloads(shift);
      await work(minutes(between(2, 4)));
      back();
      await work(minutes(between(6, 8)));
      return refusals(first(shift)) > 3;
    },
    { conditions: { trunks: alone, hasControl: true }, isFromStart: true },
  ),
  // A network card of one carrier's edge is dying: of all that goes to it, calls, probes and registrations, a little is lost, then more by the quarter of an hour,
  // then all. It is replaced, and whoever was connected comes back. The others and the CRM's server lose nothing.
  fresh(
    "edge-loses-more-by-the-quarter-of-an-hour-until-it-is-replaced",
    ["carrier-signalling"],
    async (shift) => {
      const { work, between } = shift;
      await work(minutes(between(1, 2)));
      for (const share of [0.1, 0.25, 0.5, 0.75, 1]) {
        const worse = first(shift).fault({ kind: "silence", share });
        await work(minutes(between(2, 3)));
        worse();
      }
      first(shift).closeAll(1012, "replaced");
      await work(minutes(between(5, 7)));
      return isMet(first(shift));
    },
    { conditions: { trunks: three, hasControl: true, pauseMs: 4_000 } },
  ),
];

const routes: readonly Kind[] = [
  // One of two machines with which a carrier signs its calls has a wrong clock: abroad, where signatures are looked at, every other call is refused for it (403
  // "Stale Date", RFC 8224 §6.2.2). The other carriers' calls to the same people pass, and so does whatever stays in the country.
  fresh(
    "clock-of-one-signing-machine-is-wrong-and-calls-abroad-are-stale",
    ["carrier-routing"],
    async (shift) => {
      const { between, one } = shift;
      const stale = one([
        { code: 403, phrase: "Stale Date" },
        { code: 403, phrase: "Stale Date", q850: 21, location: "INTL" },
        { code: 403, phrase: "Stale Date", headers: ['Warning: 399 verifier "iat out of range"'] },
      ]);
      await worksThroughList(shift, prefixes.international, between(1, 2));
      const setRight = first(shift).fault({ kind: "reject", ...stale, after: 100, share: between(0.45, 0.6), ...international });
      for (let round = 0; round < 3; round++) {
        await dialsThenComparesEach(shift, prefixes.international, 6);
        await worksThroughList(shift, one([prefixes.local, prefixes.mobile]), between(0.8, 1.2));
      }
      setRight();
      await worksThroughList(shift, prefixes.international, between(2, 3));
      return refusals(first(shift)) > 4;
    },
    compared,
  ),
  // Half of a carrier's lines to a mobile operator are down for a quarter of an hour: half of the calls there find none, and it says so in whichever words its
  // gateways have. The CRM is started twice meanwhile, and it is as before; it ends by itself some minutes after the second.
  fresh(
    "half-the-lines-to-an-operator-are-down-around-two-innocent-starts",
    ["carrier-routing"],
    async (shift) => {
      const { between, one } = shift;
      const words = [
        { code: 503, q850: 34, location: "LN" },
        { code: 503, q850: 42, location: "LN" },
        { code: 500, q850: 34, location: "LN" },
        { code: 480, q850: 34, location: "TN" },
      ];
      const share = between(0.45, 0.6);
      await worksThroughList(shift, prefixes.mobile, between(2, 3));
      for (let time = 0; time < 3; time++) {
        const other = first(shift).fault({ kind: "reject", ...one(words), after: one([100, 183]), share, ...mobile });
        await dialsThenComparesEach(shift, prefixes.mobile, 6);
        await worksThroughList(shift, prefixes.local, between(0.5, 1));
        if (time < 2) await reloads(shift);
        else await worksThroughList(shift, prefixes.mobile, between(1, 2));
        other();
      }
      await worksThroughList(shift, prefixes.mobile, between(3, 4));
      return refusals(first(shift)) > 4;
    },
    compared,
  ),
  // The only carrier loses its ways abroad one after the other, and finds them again: of ten calls two fail, then five, nine, at last none again. Nobody starts
  // anything, and the country answers throughout.
  fresh(
    "only-carrier-loses-abroad-by-degrees-and-finds-it-again",
    ["carrier-routing"],
    async (shift) => {
      const { between, one } = shift;
      const lost = one([
        { code: 503, q850: 38, location: "TN" },
        { code: 502, q850: 38, location: "INTL" },
        { code: 503, q850: 41, location: "TN" },
        { code: 503, q850: 3, location: "TN" },
      ]);
      await worksThroughList(shift, prefixes.international, between(2, 3));
      for (const share of [0.2, 0.5, 0.7, 0.9, 0.6, 0.25]) {
        const changed = first(shift).fault({ kind: "reject", ...lost, after: 100, share, ...international });
        await worksThroughList(shift, prefixes.international, between(1.2, 1.8));
        await worksThroughList(shift, one([prefixes.local, prefixes.mobile]), between(0.5, 0.8));
        changed();
      }
      await worksThroughList(shift, prefixes.international, between(3, 4));
      return refusals(first(shift)) > 5;
    },
    { conditions: { trunks: alone, pauseMs: seconds(4) } },
  ),
];

export const twelfthKinds: readonly Kind[] = [...edges, ...routes, ...twelfthNearKinds, ...twelfthTogetherKinds];
