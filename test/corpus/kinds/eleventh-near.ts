/** An eleventh outsider's days, drawn to be scored: faults of a carrier's that look like the CRM's, by when they begin or by what they say. */
import { prefixes } from "../shift.ts";
import { dialsAndCompares } from "./eleventh-together.ts";
import { refusals } from "./fresh-again.ts";
import { audioTells, badlyHeard, bindsBriefly, fresh, sharesTheLoad, worksThroughList } from "./fresh-kind.ts";
import { first, isMet, minutes, reloads, type Kind } from "./kind.ts";

const calls = { methods: ["INVITE"] };
const mobile = { ...calls, prefix: prefixes.mobile };
const international = { ...calls, prefix: prefixes.international };
const seconds = (count: number) => count * 1_000;
const three = ["A", "B", "C"].map((id) => ({ id, carrier: `Carrier ${id}` }));
const siblings = ["A", "A2", "B"].map((id) => ({ id, carrier: `Carrier ${id.slice(0, 1)}` }));
const compared = { conditions: { trunks: three, pauseMs: 4_000 } };

const edges: readonly Kind[] = [
  // One carrier's registrar forgets within the second which nonce it gave, and asks again and again (401), on both of its trunks, as if the password were wrong.
  // It begins just after a start, which is chance: more starts are in vain, and no setting was touched. The carrier restarts its edges, and both accounts are taken
  // as ever. In the afternoon the same, with no start near.
  fresh(
    "registrar-asks-401-again-and-again-since-a-start",
    ["carrier-signalling"],
    async (shift) => {
      const { carriers, work, pass, between } = shift;
      await bindsBriefly(shift);
      const forgets = () => {
        const mends = ["A", "A2"].map((id) => {
          const realm = `${id.toLowerCase()}.example`;
          const challenge = `WWW-Authenticate: Digest realm="${realm}", nonce="c3f1a97e", algorithm=MD5, qop="auth"`;
          return carriers.get(id)?.fault({ kind: "reject", code: 401, headers: [challenge], methods: ["REGISTER"] });
        });
        return () => {
          for (const mend of mends) mend?.();
          for (const id of ["A", "A2"]) carriers.get(id)?.closeAll(1012, "restart");
        };
      };
      for (const isByAStart of [true, false]) {
        await work(minutes(between(2, 3)));
        if (isByAStart) await reloads(shift);
        await pass(seconds(between(4, 25)));
        const restarted = forgets();
        await work(minutes(between(3, 4)));
        if (isByAStart) await reloads(shift);
        await work(minutes(between(2, 4)));
        restarted();
        await work(minutes(between(3, 5)));
      }
      return refusals(first(shift)) > 2;
    },
    { conditions: { trunks: siblings, hasControl: true, pauseMs: 6_000 } },
  ),
  // One carrier goes over to its standby switch now and then, with a goodbye to all connections (1001). It takes registrations, and for a minute or two knows nothing
  // of them when a call comes: who calls is a stranger (403, 407). Four times; a start falls on the second by chance. The others take each call.
  fresh(
    "standby-switch-does-not-know-who-is-registered",
    ["carrier-signalling"],
    async (shift) => {
      const { work, pass, between, one } = shift;
      const realm = 'Proxy-Authenticate: Digest realm="standby", nonce="00", algorithm=MD5, qop="auth"';
      const stranger = one([
        { code: 403, phrase: "User Not Registered" },
        { code: 403, phrase: "Not Registered" },
        { code: 407, headers: [realm] },
        { code: 404, phrase: "Unknown Subscriber" },
      ]);
      for (let time = 0; time < 4; time++) {
        await work(minutes(between(3, 4)));
        if (time === 1) {
          await reloads(shift);
          await pass(seconds(between(1, 8)));
        }
        const known = first(shift).fault({ kind: "reject", ...stranger, ...calls });
        first(shift).closeAll(1001, "failover");
        await work(minutes(between(1.2, 2.2)));
        known();
      }
      await work(minutes(between(3, 4)));
      return refusals(first(shift)) > 4;
    },
    compared,
  ),
];

const routes: readonly Kind[] = [
  // One carrier's switch drops a whole range out of its tables (404, and no cause), seconds after somebody edits the trunk of another carrier. The edit is undone, and
  // the CRM started: in vain. Other numbers of the district are reached by it, the range by the others; and it comes back while nobody does anything.
  fresh(
    "range-gone-at-one-carrier-as-the-trunk-of-another-is-edited",
    ["carrier-routing"],
    async (shift) => {
      const { line, accounts, pass, between, one } = shift;
      const range = `${prefixes.local}4`;
      const gone = one([{ code: 404 }, { code: 404, phrase: "Not found" }, { code: 404, phrase: "Unallocated number" }]);
      await worksThroughList(shift, range, between(2, 3));
      line.setTrunks(accounts.map((account) => (account.id === "B" ? { ...account, callerId: "p-preferred-identity" as const } : account)));
      await pass(seconds(between(5, 40)));
      const mend = first(shift).fault({ kind: "reject", ...gone, after: 100, ...calls, prefix: range });
      await dialsAndCompares(shift, ["A"], range, 6);
      line.setTrunks(accounts);
      await dialsAndCompares(shift, ["A"], range, 4);
      await worksThroughList(shift, `${prefixes.local}7`, between(0.8, 1.5));
      await reloads(shift);
      await dialsAndCompares(shift, ["A"], range, 6);
      await worksThroughList(shift, `${prefixes.local}7`, between(0.8, 1.5));
      mend();
      await worksThroughList(shift, range, between(3, 4));
      return refusals(first(shift)) > 5;
    },
    compared,
  ),
  // A new gateway of one carrier's towards the mobiles does not speak what the old one spoke (488), in this very session: the same offer still goes by it to
  // the district, and by the others to mobiles. It was put in just after a start; two more are in vain. It is taken out, and put in again, with no start near.
  fresh(
    "new-gateway-to-the-mobiles-says-488-to-what-was-taken-before",
    ["carrier-routing"],
    async (shift) => {
      const { pass, between, one } = shift;
      const unfit = one([
        { code: 488 },
        { code: 488, q850: 65, location: "LN" },
        { code: 488, headers: ['Warning: 304 mgw3 "Media type not available"'] },
        { code: 606 },
      ]);
      const putsIn = () => first(shift).fault({ kind: "reject", ...unfit, after: 100, ...mobile });
      await worksThroughList(shift, prefixes.mobile, between(2, 3));
      await reloads(shift);
      await pass(seconds(between(5, 20)));
      let takenOut = putsIn();
      for (let start = 0; start < 3; start++) {
        await dialsAndCompares(shift, ["A"], prefixes.mobile, 4);
        await worksThroughList(shift, prefixes.local, between(0.6, 1));
        if (start < 2) await reloads(shift);
      }
      takenOut();
      await worksThroughList(shift, prefixes.mobile, between(4, 5));
      takenOut = putsIn();
      await dialsAndCompares(shift, ["A"], prefixes.mobile, 6);
      takenOut();
      await worksThroughList(shift, prefixes.mobile, between(2, 3));
      return refusals(first(shift)) > 6;
    },
    compared,
  ),
  // The partner by which one carrier reaches a country shuts its door, for want of a payment: 403 or 603, as if the office had no right to call there. It worked an
  // hour ago with the same settings, and works by the others. It opens at the moment of a start, which is chance, and shuts and opens again with none.
  fresh(
    "partner-of-one-carrier-shuts-the-door-on-a-country",
    ["carrier-routing"],
    async (shift) => {
      const { between, one } = shift;
      const shut = one([
        { code: 403, q850: 21, location: "TN" },
        { code: 403, q850: 57, location: "INTL" },
        { code: 603, q850: 21, location: "TN" },
        { code: 403, phrase: "Rejected By Peer", q850: 52, location: "TN" },
      ]);
      for (let time = 0; time < 3; time++) {
        await worksThroughList(shift, prefixes.international, between(2, 4));
        const opened = first(shift).fault({ kind: "reject", ...shut, after: 100, ...international });
        await dialsAndCompares(shift, ["A"], prefixes.international, 6);
        await worksThroughList(shift, one([prefixes.local, prefixes.mobile]), between(0.6, 1));
        if (time === 1) await reloads(shift);
        await dialsAndCompares(shift, ["A"], prefixes.international, 4);
        opened();
        if (time === 0) await reloads(shift);
      }
      await worksThroughList(shift, prefixes.international, between(2, 3));
      return refusals(first(shift)) > 8;
    },
    compared,
  ),
  // One carrier, and nothing to compare with. Three times its switch has no way out for anything, and says that nobody is there (480), with its own cause and its own
  // place. The agent starts the CRM in the midst each time, and now and then when all is well: it neither brings nor mends anything.
  fresh(
    "only-carrier-says-480-for-want-of-circuits-among-starts",
    ["carrier-routing", "carrier-signalling"],
    async (shift) => {
      const { work, between, chance, one } = shift;
      const full = one([
        { code: 480, q850: 34, location: "LN" },
        { code: 480, q850: 42, location: "LN" },
        { code: 480, q850: 38, location: "TN" },
        { code: 480, phrase: "No Circuit Available", q850: 44, location: "LN" },
      ]);
      for (let time = 0; time < 3; time++) {
        await work(minutes(between(2, 3)));
        if (chance(0.5)) await reloads(shift);
        await work(minutes(between(2, 3)));
        const freed = first(shift).fault({ kind: "reject", ...full, after: 100, share: between(0.9, 1), ...calls });
        await work(minutes(between(1.5, 2.5)));
        await reloads(shift);
        await work(minutes(between(1.5, 2.5)));
        freed();
      }
      await work(minutes(between(4, 5)));
      return refusals(first(shift)) > 6;
    },
    { conditions: { trunks: three.slice(0, 1), hasControl: true, pauseMs: 5_000, absent: 0.15 } },
  ),
  // The partner to which one carrier hands its mobiles says that it goes on (183), and nothing comes of it. Three times: the first begins as the CRM starts and ends by
  // itself, the second begins by itself and ends as the CRM starts, the third knows of no start. By the other carrier the same phones ring.
  fresh(
    "mobiles-hang-in-progress-by-one-carriers-partner",
    ["carrier-routing"],
    async (shift) => {
      const { between, one } = shift;
      const after = one([183, 183, 100] as const);
      for (let time = 0; time < 3; time++) {
        await worksThroughList(shift, prefixes.mobile, between(3, 4));
        if (time === 0) await reloads(shift);
        const mend = first(shift).fault({ kind: "stall", after, prefix: prefixes.mobile });
        await dialsAndCompares(shift, ["A"], prefixes.mobile, 6);
        await worksThroughList(shift, prefixes.local, between(0.8, 1.2));
        mend();
        if (time === 1) await reloads(shift);
      }
      await worksThroughList(shift, prefixes.mobile, between(3, 4));
      return isMet(first(shift));
    },
    { conditions: { trunks: three.slice(0, 2), hasControl: true, pauseMs: 4_000 } },
  ),
];

const relays: readonly Kind[] = [
  // Both trunks of one carrier sound poor since half a minute after a start: its relays lose packets. Two more starts are in vain, the other carrier sounds good all
  // along, to the same laptop. It ends with no start, and comes once more in the afternoon with none.
  fresh(
    "one-carrier-sounds-poor-since-a-start-that-had-no-part-in-it",
    ["carrier-media"],
    async (shift) => {
      const { work, pass, between, chance } = shift;
      sharesTheLoad(shift);
      const sounds = () =>
        audioTells(
          shift,
          seconds(7.5),
          () => shift.call?.trunkId !== "B" && chance(0.95),
          ({ rated }) =>
            rated("poor", { mos: between(1.7, 2.6), lossPercent: between(8, 18), jitterMs: between(40, 110), rttMs: between(60, 140) }),
        );
      await work(minutes(between(3, 4)));
      await reloads(shift);
      await pass(seconds(between(20, 40)));
      let mend = sounds();
      for (let start = 0; start < 3; start++) {
        await work(minutes(between(2, 3)));
        if (start < 2) await reloads(shift);
      }
      mend();
      await work(minutes(between(4, 5)));
      mend = sounds();
      await work(minutes(between(3, 4)));
      mend();
      await work(minutes(between(3, 4)));
      return badlyHeard(shift, "A") + badlyHeard(shift, "A2") > 4;
    },
    { conditions: { trunks: siblings, hasControl: true, pauseMs: 4_000, absent: 0.15 } },
  ),
];

export const eleventhNearKinds: readonly Kind[] = [...edges, ...routes, ...relays];
