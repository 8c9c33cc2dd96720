/** An eleventh outsider's days, drawn to be scored: faults of the CRM's, by its starts and its settings, that look like a carrier's. */
import type { Fault } from "../../../adapters/mock-trunk/index.ts";
import type { TrunkConfig } from "../../../src/config.ts";
import { prefixes } from "../shift.ts";
import { eleventhNearKinds } from "./eleventh-near.ts";
import { asInLife, dialsAndCompares, eleventhTogetherKinds, onEach } from "./eleventh-together.ts";
import { refusals } from "./fresh-again.ts";
import { audioTells, badlyHeard, fresh, sharesTheLoad, worksThroughList } from "./fresh-kind.ts";
import { first, isMet, minutes, reloads, type Kind } from "./kind.ts";

const calls = { methods: ["INVITE"] };
const local = { ...calls, prefix: prefixes.local };
const mobile = { ...calls, prefix: prefixes.mobile };
const seconds = (count: number) => count * 1_000;
const three = ["A", "B", "C"].map((id) => ({ id, carrier: `Carrier ${id}` }));
const siblings = ["A", "A2", "B"].map((id) => ({ id, carrier: `Carrier ${id.slice(0, 1)}` }));
const compared = { conditions: { trunks: three, pauseMs: 4_000 } };

const byStart: readonly Kind[] = [
  // The page fetches each carrier's offers by themselves. A start in three comes up without those of one carrier for mobiles, and its gateway has no better word
  // for such calls than that nobody is there (480), on both of its trunks. By the other carrier the same people answer; and the next start has the offers again.
  fresh(
    "mobiles-get-480-by-one-carrier-from-one-start-to-the-next",
    ["crm-init"],
    async (shift) => {
      const { between, one } = shift;
      const nobody = one([
        { code: 480 },
        { code: 480, phrase: "Temporarily Not Available" },
        { code: 480, headers: ['Warning: 399 gw "no offer for caller"'] },
      ]);
      for (let time = 0; time < 3; time++) {
        await worksThroughList(shift, prefixes.mobile, between(2, 3));
        const mend = onEach(shift, ["A", "A2"], { kind: "reject", ...nobody, after: 100, ...mobile });
        await reloads(shift);
        await dialsAndCompares(shift, ["A", "A2"], prefixes.mobile, 6);
        await worksThroughList(shift, prefixes.local, between(0.6, 1));
        mend();
        await reloads(shift);
      }
      await worksThroughList(shift, prefixes.mobile, between(2, 3));
      return refusals(first(shift)) > 4;
    },
    { conditions: { trunks: siblings, hasControl: true, pauseMs: 4_000 } },
  ),
  // One carrier, and nothing to compare with. A start in which the step that fetches the agent's rights fails leaves him without any, and the platform declines
  // whatever he dials (603), at once. One more start with the same step failing is in vain; the one in which it passes mends it.
  fresh(
    "only-carrier-declines-everything-after-a-start-that-failed-in-part",
    ["crm-init"],
    async (shift) => {
      const { crm, work, between, chance, one } = shift;
      const declined = one([
        { code: 603 },
        { code: 603, phrase: "Declined" },
        { code: 603, phrase: "Call Rejected", q850: 21, location: "LN" },
      ]);
      for (let time = 0; time < 3; time++) {
        await work(minutes(between(2, 4)));
        crm.endpoints["rights"] = one([{ status: 500 }, { status: 503 }, { status: 404 }, "breaks"] as const);
        const granted = first(shift).fault({ kind: "reject", ...declined, after: 100, ...calls });
        await reloads(shift);
        await work(minutes(between(1.5, 2.5)));
        if (chance(0.5)) {
          await reloads(shift);
          await work(minutes(between(1, 1.5)));
        }
        crm.endpoints["rights"] = "well";
        granted();
        await reloads(shift);
      }
      await work(minutes(between(2, 4)));
      return refusals(first(shift)) > 5;
    },
    { conditions: { trunks: three.slice(0, 1), hasControl: true, extras: ["rights"], pauseMs: 6_000, absent: 0.15 } },
  ),
  // Every now and then a start is handed the relay of another region, which two carriers of three cannot be reached by: their talks find no path. The third has
  // its media on public addresses, and is heard. The step says that it failed, or passes with the wrong answer. The next start has the right relay; three times.
  fresh(
    "start-hands-out-the-relay-of-another-region",
    ["crm-init", "crm-config"],
    async (shift) => {
      const { crm, work, between, chance, one } = shift;
      sharesTheLoad(shift);
      const path = { ice: "failed", wasConnected: false, flows: "none" } as const;
      for (let time = 0; time < 3; time++) {
        await work(minutes(between(3, 4)));
        crm.endpoints["relays"] = chance(0.5) ? { status: one([500, 502, 404]) } : "well";
        const righted = audioTells(
          shift,
          seconds(4),
          () => shift.call?.trunkId !== "C",
          ({ lost }) => lost({ direction: "inbound", kind: "never-came", forMs: seconds(4), path }),
        );
        await reloads(shift);
        await work(minutes(between(3, 5)));
        crm.endpoints["relays"] = "well";
        righted();
        await reloads(shift);
      }
      await work(minutes(between(3, 4)));
      return badlyHeard(shift, "A") > 1 && badlyHeard(shift, "B") > 1;
    },
    { conditions: { trunks: three, hasControl: true, extras: ["relays"], pauseMs: 4_000, absent: 0.15 } },
  ),
  // Two starts of one day lose the district, by all of three carriers that share the load; and each carrier says so in its own words, or nothing: as if three
  // networks had failed at once. Mobiles are reached by all, and the next start has the district back.
  fresh(
    "start-loses-the-district-by-three-carriers-each-in-its-own-words",
    ["crm-init"],
    async (shift) => {
      const { carriers, between, one } = shift;
      sharesTheLoad(shift);
      const words = (): Fault =>
        one([
          { kind: "reject", code: 404, after: 100, ...local },
          { kind: "reject", code: 500, ...local },
          { kind: "reject", code: 503, after: 100, ...local },
          { kind: "reject", code: 403, after: 100, ...local },
          { kind: "stall", after: 100, prefix: prefixes.local },
        ] as const);
      for (let time = 0; time < 2; time++) {
        await worksThroughList(shift, prefixes.local, between(3, 4), asInLife);
        const mends = [...carriers.values()].map((carrier) => carrier.fault(words()));
        await reloads(shift);
        await worksThroughList(shift, prefixes.local, between(2, 3), asInLife);
        await worksThroughList(shift, prefixes.mobile, between(1, 1.5), asInLife);
        await worksThroughList(shift, prefixes.local, between(0.8, 1.2), asInLife);
        for (const mend of mends) mend();
        await reloads(shift);
        await worksThroughList(shift, prefixes.local, between(2, 3), asInLife);
      }
      return [...carriers.values()].every(isMet);
    },
    compared,
  ),
  // A start in three takes the page's name of yesterday for the address at which it can be called back. Two carriers of three wait for that address, and every call
  // stalls after their first word, whatever is dialled; the third answers where the call came from (RFC 3581). The next start is right.
  fresh(
    "start-makes-every-call-stall-by-two-carriers-of-three",
    ["crm-init", "crm-config"],
    async (shift) => {
      const { work, between, chance, one } = shift;
      if (chance(0.5)) sharesTheLoad(shift);
      const waiting = one([
        ["A", "B"],
        ["A", "C"],
      ]);
      for (let time = 0; time < 3; time++) {
        await work(minutes(between(2, 4)));
        const mend = onEach(shift, waiting, { kind: "stall", after: one([100, 100, 183] as const), share: between(0.85, 1) });
        await reloads(shift);
        await work(minutes(between(3, 5)));
        mend();
        await reloads(shift);
      }
      await work(minutes(between(3, 5)));
      return isMet(first(shift));
    },
    { conditions: { trunks: three, hasControl: true, pauseMs: 4_000 } },
  ),
];

const byEdit: readonly Kind[] = [
  // A feature flag is tried on part of the agents: it comes with the poll of the settings, goes and comes again, with no start. While it is set, calls offer
  // a codec first that two carriers' gateways choke on, each in its words; the third takes the same offer, and all take what is offered without the flag.
  fresh(
    "flag-comes-and-goes-and-two-of-three-refuse-the-offer",
    ["crm-config"],
    async (shift) => {
      const { line, accounts, carriers, work, between, one } = shift;
      sharesTheLoad(shift);
      const unfit = () =>
        one([
          { code: 488, headers: ['Warning: 304 gw "Media type not available"'] },
          { code: 488 },
          { code: 606, headers: ['Warning: 305 gw "Incompatible media format"'] },
          { code: 415, phrase: "Unsupported Media Type" },
        ]);
      const picky = new Map(
        one([
          ["A", "B"],
          ["A", "C"],
        ]).map((id) => [id, unfit()] as const),
      );
      for (let time = 0; time < 3; time++) {
        await work(minutes(between(2, 3)));
        const mends = [...picky].map(([id, words]) => carriers.get(id)?.fault({ kind: "reject", ...words, after: 100, ...calls }));
        line.setTrunks(accounts.map((account) => ({ ...account, callerId: "p-preferred-identity" })));
        await work(minutes(between(2, 4)));
        for (const mend of mends) mend?.();
        line.setTrunks(accounts);
      }
      await work(minutes(between(3, 4)));
      return [...picky.keys()].every((id) => isMet(carriers.get(id) ?? first(shift)));
    },
    compared,
  ),
  // An edit in mid-session has one carrier's calls abroad written with two noughts in place of the plus, on both of its trunks: it knows no such number. The other
  // carrier reaches each of them, and the country's own numbers are written as ever. Edited back within the hour; and the same once more.
  fresh(
    "edit-writes-two-noughts-for-abroad-on-both-trunks-of-one-carrier",
    ["crm-config"],
    async (shift) => {
      const { line, accounts, between, chance, one } = shift;
      const unknown = one([
        { code: 404 },
        { code: 404, phrase: "Unknown Number", q850: 1, location: "LN" },
        { code: 484 },
        { code: 503, phrase: "No Route" },
      ]);
      onEach(shift, ["A", "A2"], { kind: "reject", ...unknown, after: 100, ...calls, prefix: "00" });
      const noughts = (account: TrunkConfig): TrunkConfig => ({
        ...account,
        target: (number) => `sip:${number.startsWith("+216") ? number : `00${number.slice(1)}`}@${account.aor.split("@")[1] ?? ""}`,
      });
      for (let time = 0; time < 2; time++) {
        await worksThroughList(shift, prefixes.international, between(2, 3));
        line.setTrunks(accounts.map((account) => (account.carrier === "Carrier A" ? noughts(account) : account)));
        await dialsAndCompares(shift, ["A", "A2"], prefixes.international, 5);
        await worksThroughList(shift, prefixes.local, between(0.8, 1.2));
        // Somebody thinks of a start first.
        if (chance(0.5)) await reloads(shift);
        await dialsAndCompares(shift, ["A", "A2"], prefixes.international, 3);
        line.setTrunks(accounts);
      }
      await worksThroughList(shift, prefixes.international, between(2, 3));
      return refusals(first(shift)) > 4;
    },
    { conditions: { trunks: siblings, pauseMs: 4_000 } },
  ),
  // An edit in mid-session turns on a manner of encryption that one carrier's relays do not speak: its talks connect, and the handshake fails, on both of its trunks.
  // The other carrier does as well with the one as with the other. Edited back; the vendor tries once more in the afternoon.
  fresh(
    "edit-turns-on-an-encryption-that-one-carrier-lacks",
    ["crm-config"],
    async (shift) => {
      const { line, accounts, work, between } = shift;
      sharesTheLoad(shift);
      const path = { ice: "connected", dtls: "failed", wasConnected: true, flows: "none", answers: true } as const;
      const edited = accounts.map((account) =>
        account.carrier === "Carrier A" ? { ...account, callerId: "p-preferred-identity" as const } : account,
      );
      for (let time = 0; time < 2; time++) {
        await work(minutes(between(3, 5)));
        const stop = audioTells(
          shift,
          seconds(4),
          () => shift.call?.trunkId !== "B",
          ({ lost }) => lost({ direction: "inbound", kind: "never-came", forMs: seconds(4), path }),
        );
        line.setTrunks(edited);
        await work(minutes(between(4, 6)));
        stop();
        line.setTrunks(accounts);
      }
      await work(minutes(between(3, 5)));
      return badlyHeard(shift, "A") + badlyHeard(shift, "A2") > 3;
    },
    { conditions: { trunks: siblings, hasControl: true, pauseMs: 4_000, absent: 0.15 } },
  ),
];

export const eleventhKinds: readonly Kind[] = [...byStart, ...byEdit, ...eleventhNearKinds, ...eleventhTogetherKinds];
