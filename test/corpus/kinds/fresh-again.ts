/** A second outsider's days, drawn to be scored: what carriers really answer, and which of them is at fault by the story. */
import type { MockTrunk } from "../../../adapters/mock-trunk/index.ts";
import { prefixes, type Shift } from "../shift.ts";
import { freshAgainNearKinds } from "./fresh-again-near.ts";
import { fresh, worksThroughList } from "./fresh-kind.ts";
import { endures, first, isMet, minutes, type Kind } from "./kind.ts";

const calls = { methods: ["INVITE"] };
const mobile = { ...calls, prefix: prefixes.mobile };
const international = { ...calls, prefix: prefixes.international };
const seconds = (count: number) => count * 1_000;
const three = { trunks: ["A", "B", "C"].map((id) => ({ id, carrier: `Carrier ${id}` })) };
const alone = { trunks: [{ id: "A", carrier: "Carrier A" }], hasControl: false };

/** How many requests `carrier` has refused by a fault. */
export const refusals = ({ log }: MockTrunk) => log.filter(({ fault, code }) => fault === "reject" && code !== 100).length;

/** The first carrier is left out for so long as `during` takes. */
export async function without({ line, carriers }: Shift, during: () => Promise<void>): Promise<void> {
  const [id = ""] = carriers.keys();
  line.isolate(id);
  await during();
  line.restore(id);
}

/** The agent dials numbers that begin with `prefix`, and those that came to nothing once more over another carrier. */
export async function dialsThenComparesEach(shift: Shift, prefix: string, count: number): Promise<void> {
  const { carriers, conditions, dial, pass, between } = shift;
  for (let index = 0; index < count; index++) {
    const number = `${prefix}${String(Math.floor(between(1_000_000, 9_999_999)))}`;
    for (const carrier of carriers.values()) carrier.phone(number).answers({ ringAfterMs: 900, answerAfterMs: between(2_000, 6_000) });
    await dial(number);
    await pass(between(0.5, 1.5) * conditions.pauseMs);
    if (index % 2 === 0) continue;
    await without(shift, () => dial(number));
    await pass(between(0.5, 1.5) * conditions.pauseMs);
  }
}

const edges: readonly Kind[] = [
  fresh("one-of-two-edges-behind-a-name", ["carrier-signalling"], async (shift) => {
    const { work, between } = shift;
    const carrier = first(shift);
    // Its balancer spreads connections anew, and the agent's lands on the other edge each time.
    for (let time = 0; time < 3; time++) {
      const mend = carrier.fault({
        kind: "reject",
        code: 500,
        headers: ['Warning: 399 edge2 "no worker left"'],
        methods: ["INVITE", "OPTIONS"],
      });
      carrier.closeAll(1001, "rebalanced");
      await work(minutes(between(1, 2)));
      mend();
      carrier.closeAll(1001, "rebalanced");
      await work(minutes(between(1, 1.5)));
    }
    return isMet(carrier);
  }),
  fresh("own-failover-takes-forty-seconds", ["carrier-signalling"], async (shift) => {
    const { work, between } = shift;
    const carrier = first(shift);
    // The standby takes the address over, and knows nothing of the connections that were.
    for (let time = 0; time < 2; time++) {
      const mend = carrier.fault({ kind: "freeze" });
      await work(seconds(between(38, 44)));
      carrier.resetAll();
      mend();
      await work(minutes(between(1.5, 3)));
    }
  }),
  fresh("registrar-loses-its-memory", ["carrier-signalling"], async (shift) => {
    const { carriers, one, between } = shift;
    // Both grant little, as they always have.
    for (const carrier of carriers.values()) carrier.fault({ kind: "short-binding", expiresS: one([60, 90]) });
    first(shift).closeAll(1012, "upgrade");
    await endures(shift, first(shift).fault({ kind: "forget-contact", share: between(0.5, 0.8) }), [3, 5]);
    return isMet(first(shift));
  }),
  fresh("registrar-alone-in-maintenance", ["carrier-signalling"], async (shift) => {
    const { carriers, one, work, between } = shift;
    for (const carrier of carriers.values()) {
      carrier.fault({ kind: "short-binding", expiresS: 60 });
      carrier.closeAll(1001, "recycled");
      await work(minutes(1));
    }
    const answer = one([
      { code: 503, phrase: "Registrar Maintenance", retryAfterS: 120 },
      { code: 504, headers: ['Warning: 399 registrar "subscriber database timed out"'] },
    ]);
    await endures(shift, first(shift).fault({ kind: "reject", ...answer, methods: ["REGISTER"] }), [between(3, 4), 6]);
    return isMet(first(shift));
  }),
  fresh("new-border-controller-takes-small-messages-only", ["carrier-signalling"], async (shift) => {
    const carrier = first(shift);
    // Put in at noon, against the carrier's own interface description.
    const mend = carrier.fault({ kind: "reject", code: 513, phrase: "Message Too Large", ...calls });
    carrier.closeAll(1012, "upgrade");
    await endures(shift, mend, [3, 5]);
    return refusals(carrier) > 1;
  }),
];

/** The switches of a carrier's that is full; whatever is dialled. */
const congested = { kind: "reject", code: 503, after: 100, ...calls } as const;

const routes: readonly Kind[] = [
  fresh("transit-refuses-international", ["carrier-routing"], async (shift) => {
    const answer = shift.one([
      { code: 480, q850: 38, location: "TN" },
      { code: 480, q850: 41, location: "INTL" },
      { code: 480, q850: 34, location: "TN" },
      { code: 500, q850: 127, location: "INTL" },
      { code: 580, q850: 47, location: "TN" },
    ]);
    const mend = first(shift).fault({ kind: "reject", after: 100, ...answer, ...international });
    await worksThroughList(shift, prefixes.international, shift.between(3, 4));
    await endures(shift, mend, [1, 3]);
    return refusals(first(shift)) > 1;
  }),
  fresh(
    "two-carriers-share-a-transit",
    ["carrier-routing"],
    async (shift) => {
      const [a, b] = [...shift.carriers.values()];
      const mends = [
        a?.fault({ kind: "reject", code: 502, q850: 38, after: 100, ...international }),
        b?.fault({ kind: "reject", code: 503, q850: 41, after: 100, ...international }),
      ];
      await worksThroughList(shift, prefixes.international, shift.between(3, 5));
      await endures(shift, () => mends.forEach((mend) => mend?.()), [1, 3]);
      return a && refusals(a) > 1;
    },
    { conditions: three },
  ),
  fresh("range-ported-away", ["carrier-routing"], async (shift) => {
    const { work, between } = shift;
    const ported = `${prefixes.mobile}5`;
    // Its copy of the portability database is old: the numbers are in service, with another operator.
    first(shift).fault({ kind: "reject", code: 404, q850: 1, location: "LN", after: 100, ...calls, prefix: ported });
    await dialsThenComparesEach(shift, ported, 8);
    await work(minutes(between(1, 2)));
    return isMet(first(shift));
  }),
  fresh("gateway-behind-the-proxy-times-out", ["carrier-routing"], async (shift) => {
    const { work, between } = shift;
    const mend = first(shift).fault({ kind: "reject", code: 408, after: 100, share: between(0.7, 1), ...mobile });
    await dialsThenComparesEach(shift, prefixes.mobile, 8);
    mend();
    await dialsThenComparesEach(shift, prefixes.mobile, 3);
    await work(minutes(between(0.5, 1.5)));
    return refusals(first(shift)) > 1;
  }),
  fresh("congestion-told-as-busy", ["carrier-routing"], async (shift) => {
    const { one, between } = shift;
    const answer = { code: one([486, 600]), q850: one([34, 42]), location: "LN" };
    const mend = first(shift).fault({ kind: "reject", after: 100, ...answer, share: between(0.7, 1), ...calls, prefix: prefixes.local });
    await endures(shift, mend, [3, 5]);
    return refusals(first(shift)) > 1;
  }),
  fresh("switch-full-at-the-busy-hour", ["carrier-routing", "carrier-signalling"], async (shift) => {
    const { one, work, between } = shift;
    const carrier = first(shift);
    // Before noon, and again in the late afternoon.
    for (let hour = 0; hour < 2; hour++) {
      for (const share of [0.4, 0.9, 0.6]) {
        const mend = carrier.fault({ ...congested, q850: one([42, 44, 47]), share });
        await work(minutes(between(1, 2)));
        mend();
      }
      await work(minutes(between(2, 4)));
    }
    return refusals(carrier) > 3;
  }),
  fresh("signing-certificate-runs-out", ["carrier-routing", "carrier-signalling"], async (shift) => {
    const { one, between } = shift;
    const carrier = first(shift);
    // The carrier signs who calls (RFC 8224), not the CRM; the networks behind it check that.
    const answer = one([
      { code: 437, phrase: "Unsupported Credential" },
      { code: 438, phrase: "Invalid Identity Header" },
      { code: 436, phrase: "Bad Identity Info" },
    ]);
    const fault = { kind: "reject", after: 100, location: "TN", ...answer, share: between(0.8, 1), ...calls } as const;
    await endures(shift, carrier.fault(fault), [3, 5]);
    return refusals(carrier) > 1;
  }),
  fresh(
    "only-carrier-names-its-own-fault",
    ["carrier-routing", "carrier-signalling"],
    async (shift) => {
      const { one, between } = shift;
      const fault = { ...congested, q850: one([38, 41]), location: "LN", retryAfterS: one([30, 60]) };
      await endures(shift, first(shift).fault({ ...fault, share: between(0.8, 1) }), [3, 5]);
      return refusals(first(shift)) > 1;
    },
    { conditions: alone },
  ),
];

/** A customer calls in by the carrier `id`, and the agent picks up. @returns whether it came to a talk. */
export async function customerCallsIn({ carriers, pass, between }: Shift, id: string): Promise<boolean> {
  const from = `${prefixes.mobile}${String(Math.floor(between(100_000, 999_999)))}`;
  const call = carriers.get(id)?.call("agent7", { from, giveUpAfterMs: seconds(25) });
  await pass(seconds(between(14, 30)));
  call?.hangUp();
  await pass(seconds(between(1, 8)));
  return call?.answeredAtMs !== undefined;
}

const relays: readonly Kind[] = [
  fresh("no-audio-from-the-mobile-gateway", ["carrier-media"], async (shift) => {
    const { carriers, audio, between } = shift;
    const [id = ""] = carriers.keys();
    // Signalling is one for all; each class of destinations has a media gateway of its own.
    for (let time = 0; time < 2; time++) {
      audio.sounds = () => (shift.call?.trunkId === id ? "none" : "good");
      await worksThroughList(shift, prefixes.mobile, between(1.5, 2.5));
      audio.sounds = () => "good";
      await worksThroughList(shift, prefixes.local, between(1, 2));
    }
  }),
  fresh("no-audio-for-customers-who-call-in", ["carrier-media"], async (shift) => {
    const { line, carriers, audio, dial, between } = shift;
    const ids = [...carriers.keys()];
    line.on("call:offered", (call) => void setTimeout(() => void call.answer(), seconds(between(2, 5))));
    let talks = 0;
    for (let round = 0; round < 3; round++) {
      for (const id of [ids[0] ?? "", ...ids]) {
        audio.sounds = () => (id === ids[0] ? "none" : "good");
        if ((await customerCallsIn(shift, id)) && id === ids[0]) talks++;
        audio.sounds = () => "good";
        await dial();
      }
    }
    return talks > 1;
  }),
];

export const freshAgainKinds: readonly Kind[] = [...edges, ...routes, ...relays, ...freshAgainNearKinds];
