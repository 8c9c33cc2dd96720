/** A tenth outsider's days, drawn to be scored: the dispute by causes that were not drawn before, its mirror images, and routes. */
import type { Fault } from "../../../adapters/mock-trunk/index.ts";
import { prefixes, type Shift } from "../shift.ts";
import { dialsThenComparesEach, refusals, without } from "./fresh-again.ts";
import { fresh, sharesTheLoad, worksThroughList } from "./fresh-kind.ts";
import { endures, first, minutes, reloads, type Kind } from "./kind.ts";
import { tenthNearKinds } from "./tenth-near.ts";
import { tenthTogetherKinds } from "./tenth-together.ts";

const calls = { methods: ["INVITE"] };
const local = { ...calls, prefix: prefixes.local };
const mobile = { ...calls, prefix: prefixes.mobile };
const international = { ...calls, prefix: prefixes.international };
const seconds = (count: number) => count * 1_000;
const three = ["A", "B", "C"].map((id) => ({ id, carrier: `Carrier ${id}` }));
const siblings = ["A", "A2", "B"].map((id) => ({ id, carrier: `Carrier ${id.slice(0, 1)}` }));
const compared = { conditions: { trunks: three, pauseMs: 4_000 } };
const alone = { trunks: [{ id: "A", carrier: "Carrier A" }], hasControl: false };

/** The same for all trunks of `ids`. */
const onEach = ({ carriers }: Shift, ids: readonly string[], fault: Fault) => {
  const mends = ids.map((id) => carriers.get(id)?.fault(fault));
  return () => mends.forEach((mend) => mend?.());
};

const disputes: readonly Kind[] = [
  // Each start lets the agent dial before the page has the number to show: for the first minute or so calls go out without a caller, which two carriers of three,
  // or all, do not take. Then the number comes, and nothing more is refused until the next start; four times.
  fresh(
    "first-minute-after-each-start-goes-out-without-a-caller",
    ["crm-init", "crm-config"],
    async (shift) => {
      const { work, between, chance, one } = shift;
      if (chance(0.5)) sharesTheLoad(shift);
      const nameless = one([
        { code: 433, phrase: "Anonymity Disallowed" },
        { code: 403, phrase: "CLI Required" },
        { code: 403, phrase: "Anonymous Calls Not Permitted", q850: 21, location: "LN" },
        { code: 428, phrase: "Use Identity Header" },
      ]);
      const screens = one([
        ["A", "B"],
        ["A", "B", "C"],
      ]);
      for (let start = 0; start < 4; start++) {
        await work(minutes(between(2, 4)));
        const known = onEach(shift, screens, { kind: "reject", ...nameless, ...calls });
        await reloads(shift);
        await work(seconds(between(45, 90)));
        known();
      }
      await work(minutes(between(3, 5)));
      return refusals(first(shift)) > 3;
    },
    { conditions: { trunks: three, pauseMs: 4_000, absent: 0.15 } },
  ),
  // One carrier, and nothing to compare with. Every now and then a start takes the settings of another site and offers only what the carrier's gateway for the
  // fixed network cannot speak (488, with its warning); mobiles, which another gateway serves, answer. The next start is right again; three times.
  fresh(
    "start-offers-the-codecs-of-another-site-to-the-only-carrier",
    ["crm-init", "crm-config"],
    async (shift) => {
      const { between, one } = shift;
      const unfit = one([
        { code: 488, headers: ['Warning: 304 gw "Media type not available"'] },
        { code: 488, headers: ['Warning: 305 gw "Incompatible media format"'] },
        { code: 606, headers: ['Warning: 305 gw "Incompatible media format"'] },
        { code: 488, q850: 65, location: "LN" },
      ]);
      for (let time = 0; time < 3; time++) {
        await worksThroughList(shift, prefixes.local, between(2, 3));
        const mend = first(shift).fault({ kind: "reject", ...unfit, after: 100, ...local });
        await reloads(shift);
        await worksThroughList(shift, prefixes.local, between(1, 2));
        await worksThroughList(shift, prefixes.mobile, between(1, 1.5));
        await worksThroughList(shift, prefixes.local, between(0.5, 1));
        mend();
        await reloads(shift);
      }
      await worksThroughList(shift, prefixes.local, between(2, 3));
      return refusals(first(shift)) > 4;
    },
    { conditions: { ...alone, pauseMs: 5_000 } },
  ),
  // The only trunk goes by the CRM's own voice platform, which gives each agent a class of service as he starts. A start in three gives the trainees': the
  // district only. Mobiles and abroad are barred, by whoever is asked, until a start gives the right one. An agent who dials little.
  fresh(
    "start-puts-the-agent-in-the-class-of-the-trainees",
    ["crm-init", "crm-config"],
    async (shift) => {
      const { between, one } = shift;
      const barred = one([
        { code: 403, phrase: "Class Of Service Violation" },
        { code: 403, phrase: "Outbound Permission Denied" },
        { code: 603, phrase: "Not Permitted" },
        { code: 480, phrase: "Destination Restricted" },
      ]);
      const beyond = async (count: number) => {
        await worksThroughList(shift, prefixes.mobile, count * 0.6);
        await worksThroughList(shift, prefixes.international, count * 0.4);
      };
      for (let time = 0; time < 3; time++) {
        await beyond(between(2, 4));
        const mends = [mobile, international].map((scope) => first(shift).fault({ kind: "reject", ...barred, ...scope }));
        await reloads(shift);
        await beyond(between(1.5, 2.5));
        await worksThroughList(shift, prefixes.local, between(1, 1.5));
        for (const mend of mends) mend();
        await reloads(shift);
      }
      await beyond(between(2, 4));
      return refusals(first(shift)) > 4;
    },
    { conditions: { ...alone, trunks: [{ id: "A", carrier: "Carrier A", host: "voice.crm.example" }], pauseMs: 12_000 } },
  ),
];

const mirrors: readonly Kind[] = [
  // Every quarter of an hour the carrier loads its base of ported numbers anew, and for some minutes its own switch is congested for the district. The CRM
  // happens to start as the first of four begins and as the third ends; at the second and the fourth nobody starts anything. The others reach the same people.
  fresh(
    "carrier-reloads-its-number-base-and-two-starts-of-four-fall-there",
    ["carrier-routing"],
    async (shift) => {
      const { pass, between, one } = shift;
      const busy = one([
        { code: 503, q850: 42, location: "LN" },
        { code: 503, q850: 41, location: "LN" },
        { code: 500, q850: 34, location: "LN" },
      ]);
      for (let time = 0; time < 4; time++) {
        await worksThroughList(shift, prefixes.local, between(2, 3));
        await pass(minutes(between(7, 9)));
        if (time === 0) await reloads(shift);
        const mend = first(shift).fault({ kind: "reject", ...busy, after: 100, ...local });
        await dialsThenComparesEach(shift, prefixes.local, 6);
        mend();
        if (time === 2) await reloads(shift);
      }
      await worksThroughList(shift, prefixes.local, between(2, 3));
      return refusals(first(shift)) > 8;
    },
    compared,
  ),
  // One carrier's registrar trips over whoever comes back on a new connection: for a minute it answers 500, until the old binding has been cleared away. So after
  // a start, which opens the trunks anew; and so after each time that its own edge recycles its connections, with no start near. The others take the same agent.
  fresh(
    "registrar-trips-over-whoever-comes-back",
    ["carrier-signalling"],
    async (shift) => {
      const { line, accounts, work, pass, between, one } = shift;
      const tripped = one([
        { code: 500, phrase: "Server Internal Error" },
        { code: 500, headers: ['Warning: 399 registrar "duplicate contact"'] },
        { code: 503, phrase: "Registration Conflict" },
      ]);
      const trips = () => first(shift).fault({ kind: "reject", ...tripped, methods: ["REGISTER"] });
      for (const isStart of [true, false, true, false, false]) {
        await work(minutes(between(3, 5)));
        let cleared = () => {};
        if (isStart) {
          line.setTrunks([]);
          await pass(seconds(between(0.5, 1.5)));
          cleared = trips();
          line.setTrunks(accounts);
          await reloads(shift);
        } else {
          cleared = trips();
          first(shift).closeAll(1001, "recycled");
        }
        await work(minutes(between(0.8, 1.6)));
        cleared();
      }
      await work(minutes(between(3, 4)));
      return refusals(first(shift)) > 4;
    },
    { conditions: { trunks: three, hasControl: true } },
  ),
  // The carrier loses the district while the laptop is asleep over lunch. The agent wakes it, the CRM starts, and from the first call on both of the carrier's trunks
  // refuse: it looks like the start. Two more starts are in vain, the other carrier reaches each of those people, and it comes back with no start near.
  fresh(
    "district-lost-while-the-laptop-slept",
    ["carrier-routing"],
    async (shift) => {
      const { sleep, between, one } = shift;
      await worksThroughList(shift, prefixes.local, between(3, 4));
      const lost = one([
        { code: 503, q850: 38, location: "LN" },
        { code: 502, q850: 27, location: "LN" },
        { code: 503, q850: 34, location: "TN" },
        { code: 404, q850: 3, location: "LN" },
      ]);
      const mend = onEach(shift, ["A", "A2"], { kind: "reject", ...lost, after: 100, ...local });
      await sleep(minutes(between(25, 60)));
      await reloads(shift);
      for (let time = 0; time < 3; time++) {
        await dialsThenComparesEach(shift, prefixes.local, 4);
        await worksThroughList(shift, prefixes.mobile, between(0.5, 1));
        if (time < 2) await reloads(shift);
      }
      await worksThroughList(shift, prefixes.local, between(2, 3));
      mend();
      await worksThroughList(shift, prefixes.local, between(4, 5));
      return refusals(first(shift)) > 6;
    },
    { conditions: { trunks: siblings, hasControl: true, pauseMs: 4_000 } },
  ),
];

const routes: readonly Kind[] = [
  // One carrier asks a copy of a home register that is weeks old: of one range of mobiles it says that most are absent (cause 20), on both of its trunks. They are
  // not: the other carrier rings them within the same minute, and other mobiles are reached by all.
  fresh(
    "old-copy-of-a-home-register-says-absent",
    ["carrier-routing"],
    async (shift) => {
      const { line, carriers, conditions, dial, pass, between, one } = shift;
      const absent = one([
        { code: 480, q850: 20, location: "LN" },
        { code: 480, q850: 20, location: "TN" },
        { code: 404, q850: 20, location: "LN" },
      ]);
      const range = `${prefixes.mobile}4`;
      await worksThroughList(shift, range, between(1, 2));
      const mend = onEach(shift, ["A", "A2"], {
        kind: "reject",
        ...absent,
        after: 100,
        share: between(0.75, 0.95),
        ...calls,
        prefix: range,
      });
      for (let index = 0; index < 14; index++) {
        const number = `${range}${String(Math.floor(between(100_000, 999_999)))}`;
        for (const carrier of carriers.values()) carrier.phone(number).answers({ ringAfterMs: 900, answerAfterMs: between(2_000, 6_000) });
        await dial(number);
        await pass(between(0.5, 1.5) * conditions.pauseMs);
        if (index % 2 === 0) continue;
        for (const id of ["A", "A2"]) line.isolate(id);
        await dial(number);
        for (const id of ["A", "A2"]) line.restore(id);
        if (index % 4 === 1) await worksThroughList(shift, `${prefixes.mobile}7`, between(0.4, 0.8));
      }
      await endures(shift, mend, [1, 2]);
      await worksThroughList(shift, range, between(1, 2));
      return refusals(first(shift)) > 5;
    },
    { conditions: { trunks: siblings, pauseMs: 4_000 } },
  ),
  // A new timer of one carrier's switch lets no phone ring for longer than some seconds, and then says what is usual for nobody there. Who is quick is reached;
  // who is not picks up in peace when another carrier has it ring.
  fresh(
    "timer-of-one-carrier-ends-the-ringing-too-soon",
    ["carrier-routing", "carrier-signalling"],
    async (shift) => {
      const { carriers, conditions, dial, pass, between, one } = shift;
      const over = one([
        { code: 480, q850: 102, location: "LN" },
        { code: 408, q850: 102, location: "LN" },
        { code: 504, q850: 102, location: "LN" },
        { code: 480, q850: 19, location: "LN" },
      ]);
      const ringsForMs = seconds(between(5, 6.5));
      for (let index = 0; index < 26; index++) {
        const number = `${one([prefixes.local, prefixes.mobile])}${String(Math.floor(between(1_000_000, 9_999_999)))}`;
        const times = { ringAfterMs: 900, answerAfterMs: seconds(between(3, 12)) };
        for (const [id, carrier] of carriers)
          if (id === "A" && times.answerAfterMs > ringsForMs)
            carrier.phone(number).refuses(over, { ringAfterMs: 900, afterMs: ringsForMs });
          else carrier.phone(number).answers(times);
        await dial(number);
        await pass(between(0.5, 1.5) * conditions.pauseMs);
        if (index % 3 > 0) await without(shift, () => dial(number));
      }
      return first(shift).log.filter(({ what, code }) => what === "sent" && code === over.code).length > 4;
    },
    compared,
  ),
];

export const tenthKinds: readonly Kind[] = [...disputes, ...mirrors, ...routes, ...tenthNearKinds, ...tenthTogetherKinds];
