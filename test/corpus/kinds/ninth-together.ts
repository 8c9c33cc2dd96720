/** A ninth outsider's days, drawn to be scored: what carriers' number plans, gateways, relays and engines bring, and two faults at once. */
import { prefixes, type Endpoint, type Shift } from "../shift.ts";
import { dialsThenComparesEach, refusals } from "./fresh-again.ts";
import { audioTells, badlyHeard, fresh, onAll, picksUp, sharesTheLoad, worksThroughList } from "./fresh-kind.ts";
import { soundsNothing } from "./eighth-near.ts";
import { comesUp, endures, first, minutes, reloads, type Kind } from "./kind.ts";

const calls = { methods: ["INVITE"] };
const international = { ...calls, prefix: prefixes.international };
const seconds = (count: number) => count * 1_000;
const three = ["A", "B", "C"].map((id) => ({ id, carrier: `Carrier ${id}` }));
const siblings = ["A", "A2", "B"].map((id) => ({ id, carrier: `Carrier ${id.slice(0, 1)}` }));
const shared = { conditions: { trunks: three, pauseMs: 4_000, absent: 0.15 } };

/** Dials `count` numbers, and every other one of them again by the other carrier: both of the first one's trunks are left out for that. */
async function comparesRange(shift: Shift, prefix: string, count: number): Promise<void> {
  const { line, carriers, conditions, dial, pass, between } = shift;
  for (let index = 0; index < count; index++) {
    const number = `${prefix}${String(Math.floor(between(100_000, 999_999)))}`;
    const behave = picksUp(shift);
    for (const carrier of carriers.values()) behave(carrier.phone(number));
    await dial(number);
    await pass(between(0.5, 1.5) * conditions.pauseMs);
    if (index % 2 === 0) continue;
    for (const id of ["A", "A2"]) line.isolate(id);
    await dial(number);
    for (const id of ["A", "A2"]) line.restore(id);
    await pass(between(0.5, 1.5) * conditions.pauseMs);
  }
}

const routes: readonly Kind[] = [
  // A new rule of one carrier's number translation eats a nought: mobiles whose number begins with one arrive a digit short, and its own switch finds them
  // incomplete, on both trunks. All other mobiles are reached; and those, dialled in the same way, by the other carrier.
  fresh(
    "number-translation-eats-a-nought",
    ["carrier-routing"],
    async (shift) => {
      const { carriers, between, one } = shift;
      const short = one([{ code: 484, q850: 28, location: "LN" }, { code: 484 }, { code: 404, q850: 28, location: "LN" }]);
      const range = `${prefixes.mobile}0`;
      await worksThroughList(shift, range, between(1, 2));
      const mends = ["A", "A2"].map((id) => carriers.get(id)?.fault({ kind: "reject", ...short, after: 100, ...calls, prefix: range }));
      for (let round = 0; round < 2; round++) {
        await comparesRange(shift, range, 6);
        await worksThroughList(shift, `${prefixes.mobile}5`, between(1, 2));
      }
      await endures(shift, () => mends.forEach((mend) => mend?.()), [1, 2]);
      await worksThroughList(shift, range, between(1, 2));
      return refusals(first(shift)) > 3;
    },
    { conditions: { trunks: siblings, pauseMs: 4_000 } },
  ),
  // Calls abroad go over an old exchange (SIP-I), whose other side trips over a parameter in six of ten: there is progress (183), then the interworking fails
  // (causes 127 and 111), and the transit network says so. Two other carriers reach the same people.
  fresh(
    "interworking-with-an-old-exchange-fails-after-progress",
    ["carrier-routing"],
    async (shift) => {
      const { between, one } = shift;
      const failed = one([
        { code: 500, q850: 127, location: "TN" },
        { code: 503, q850: 111, location: "TN" },
        { code: 500, q850: 111, location: "LN" },
      ]);
      await worksThroughList(shift, prefixes.international, between(2, 3));
      const mend = first(shift).fault({ kind: "reject", ...failed, after: 183, share: between(0.5, 0.7), ...international });
      for (let round = 0; round < 2; round++) {
        await dialsThenComparesEach(shift, prefixes.international, 8);
        await worksThroughList(shift, prefixes.local, between(1, 2));
      }
      mend();
      await worksThroughList(shift, prefixes.international, between(2, 3));
      // Each has two answers, the 183 among them.
      return refusals(first(shift)) > 13;
    },
    { conditions: { trunks: three, pauseMs: 4_000 } },
  ),
  // A cheap transit answers calls abroad at once and for money, plays nothing, and hangs up after some seconds: by one carrier only, which buys there. By the
  // others it rings, and the same people pick up and are heard.
  fresh(
    "transit-answers-falsely-and-plays-nothing",
    ["carrier-routing", "carrier-media"],
    async (shift) => {
      const { line, carriers, conditions, dial, pass, work, between, chance, one } = shift;
      sharesTheLoad(shift);
      await work(minutes(between(2, 3)));
      let isFalse = false;
      const stop = soundsNothing(shift, () => isFalse && shift.call?.trunkId === "A");
      const dials = async (share: number) => {
        await pass(between(0.5, 1.5) * conditions.pauseMs);
        const isAbroad = chance(share);
        isFalse = isAbroad && chance(0.85);
        const prefix = isAbroad ? prefixes.international : one([prefixes.local, prefixes.mobile]);
        const number = `${prefix}${String(Math.floor(between(1_000_000, 9_999_999)))}`;
        const behave = picksUp(shift);
        const hangUpAfterMs = seconds(between(6, 11));
        for (const [id, carrier] of carriers)
          if (id === "A" && isFalse) carrier.phone(number).answers({ ringAfterMs: 0, answerAfterMs: 100, hangUpAfterMs });
          else behave(carrier.phone(number));
        await dial(number);
      };
      for (let call = 0; call < 24; call++) await dials(0.6);
      // Somebody wants to know, and leaves the others out for some calls.
      for (const id of ["B", "C"]) line.isolate(id);
      for (let call = 0; call < 6; call++) await dials(0.7);
      for (const id of ["B", "C"]) line.restore(id);
      for (let call = 0; call < 10; call++) await dials(0.6);
      stop();
      await work(minutes(between(2, 3)));
      return badlyHeard(shift, "A") > 2;
    },
    shared,
  ),
  // One carrier's engine against robocalls has a new model, which takes this office for one: most of its calls within the country are blocked by the carrier's own
  // network, in the words that are agreed on for it (603, cause 21). By the others the same people pick up.
  fresh(
    "carriers-own-engine-blocks-an-honest-office",
    ["carrier-routing"],
    async (shift) => {
      const { between, one } = shift;
      const blocked = {
        kind: "reject",
        code: 603,
        phrase: "Network Blocked",
        q850: 21,
        location: "LN",
        text: one(["v=analytics1;url=https://redress.carrier.example", "v=analytics1;email=redress@carrier.example"]),
        after: 100,
        share: between(0.65, 0.9),
        ...calls,
      } as const;
      await worksThroughList(shift, prefixes.local, between(2, 3));
      const mends = [prefixes.local, prefixes.mobile].map((prefix) => first(shift).fault({ ...blocked, prefix }));
      for (const prefix of [prefixes.local, prefixes.mobile, prefixes.local]) await dialsThenComparesEach(shift, prefix, 6);
      await worksThroughList(shift, prefixes.international, between(1, 2));
      for (const mend of mends) mend();
      await worksThroughList(shift, prefixes.local, between(2, 3));
      return refusals(first(shift)) > 4;
    },
    { conditions: { trunks: three, pauseMs: 4_000 } },
  ),
];

const edges: readonly Kind[] = [
  // A cable is cut, and one carrier's audio goes around the world, on both of its trunks: not a packet is lost, but each word takes most of a second. The other
  // carrier's is as ever.
  fresh(
    "audio-of-one-carrier-goes-around-the-world",
    ["carrier-media"],
    async (shift) => {
      const { work, between, chance } = shift;
      sharesTheLoad(shift);
      await work(minutes(between(3, 4)));
      const stop = audioTells(
        shift,
        seconds(7.5),
        () => shift.call?.trunkId !== "B" && chance(0.93),
        ({ rated }) =>
          rated("poor", { mos: between(2.3, 3), lossPercent: between(0, 0.8), jitterMs: between(6, 18), rttMs: between(650, 1_100) }),
      );
      await endures(shift, stop, [7, 10]);
      return badlyHeard(shift, "A") > 1 && badlyHeard(shift, "A2") > 1;
    },
    { conditions: { ...shared.conditions, trunks: siblings } },
  ),
  // One of a carrier's two nodes has the subscribers of last month. What lands there, about half, is unknown or forbidden: a refresh of the binding, a call; what
  // lands on the other is served, by the same account and password, within the same minute.
  fresh(
    "one-node-has-the-subscribers-of-last-month",
    ["carrier-signalling"],
    async (shift) => {
      const { work, between, one } = shift;
      const carrier = first(shift);
      carrier.fault({ kind: "short-binding", expiresS: 60 });
      carrier.closeAll(1001, "recycled");
      await work(minutes(between(2, 3)));
      const unknown = one([
        { code: 404, phrase: "User Unknown" },
        { code: 403, phrase: "Forbidden" },
        { code: 403, phrase: "Subscriber Not Provisioned" },
      ]);
      const mend = carrier.fault({ kind: "reject", ...unknown, share: between(0.4, 0.55), methods: ["REGISTER", "INVITE"] });
      for (let time = 0; time < 3; time++) {
        await work(minutes(between(2, 4)));
        carrier.closeAll(1001, "rebalanced");
      }
      await endures(shift, mend, [1.5, 3]);
      return refusals(carrier) > 3;
    },
    { conditions: { trunks: three.slice(0, 2), hasControl: true, pauseMs: 5_000 } },
  ),
];

const together: readonly Kind[] = [
  // The backup is cold, so nobody has seen that its password is last year's. The first carrier's edge goes, twice: the backup is called up, and its registrar lets
  // nobody in. The password is set right in the evening, and the third time it serves.
  fresh(
    "cold-backup-with-the-password-of-last-year",
    ["carrier-signalling", "crm-config"],
    async (shift) => {
      const { line, accounts, carriers, work, between, one } = shift;
      const [main, backup] = accounts;
      if (!main || !backup) return false;
      const settings = (password: string) => [main, { ...backup, standby: "cold" as const, credentials: { password } }];
      line.setTrunks(settings("of-last-year"));
      await comesUp(shift);
      await work(minutes(between(3, 4)));
      const goes = async (least: number, most: number) => {
        const mend = first(shift).fault(one([{ kind: "refuse" }, { kind: "hang-upgrade" }] as const));
        first(shift).resetAll();
        await work(minutes(between(least, most)));
        mend();
        await work(minutes(between(3, 4)));
      };
      await goes(2, 4);
      await goes(2, 4);
      line.setTrunks([main, { ...backup, standby: "cold" }]);
      await work(minutes(between(1, 2)));
      await goes(1, 2);
      return carriers.get("B")?.log.some(({ code, method }) => method === "REGISTER" && code === 403) ?? false;
    },
    { conditions: { trunks: three.slice(0, 2), hasControl: true }, isFromStart: true },
  ),
  // In the morning the CRM's starts fail at a step of its own, twice, and nobody can dial until one passes. In the afternoon, with no start near, the office's new
  // firewall throws every socket out in the same second and lets none in for minutes, three times, HTTP untouched.
  fresh(
    "starts-fail-in-the-morning-and-a-firewall-throws-all-out-after-noon",
    ["crm-init", "local-network"],
    async (shift) => {
      const { line, carriers, crm, conditions, work, between, one } = shift;
      const step = one(conditions.steps);
      for (let time = 0; time < 2; time++) {
        crm.endpoints[step] = one<Endpoint>([{ status: 500 }, { status: 502 }, "breaks", "hangs"]);
        await reloads(shift);
        await work(minutes(between(1.5, 2.5)));
        crm.endpoints[step] = "well";
        await reloads(shift);
        await work(minutes(between(3, 4)));
      }
      await work(minutes(between(15, 25)));
      for (let time = 0; time < 3; time++) {
        const allowed = onAll(shift, { kind: one(["refuse", "hang-upgrade"]) });
        for (const carrier of carriers.values()) carrier.resetAll();
        await work(minutes(between(2, 3)));
        allowed();
        await work(minutes(between(3, 4)));
      }
      return line.journal.some(({ type }) => type === "call:refused");
    },
    { conditions: { trunks: three, hasControl: true } },
  ),
];

export const ninthTogetherKinds: readonly Kind[] = [...routes, ...edges, ...together];
