/** A tenth outsider's days, drawn to be scored: what one carrier's routes, switch and relays bring, and two faults at once. */
import { prefixes } from "../shift.ts";
import { dialsThenComparesEach, refusals, without } from "./fresh-again.ts";
import { audioTells, badlyHeard, fresh, sharesTheLoad, worksThroughList } from "./fresh-kind.ts";
import { first, minutes, type Kind } from "./kind.ts";

const calls = { methods: ["INVITE"] };
const mobile = { ...calls, prefix: prefixes.mobile };
const seconds = (count: number) => count * 1_000;
const three = ["A", "B", "C"].map((id) => ({ id, carrier: `Carrier ${id}` }));
const compared = { conditions: { trunks: three, pauseMs: 4_000 } };

const carrier: readonly Kind[] = [
  // One carrier's mobiles go a grey way over SIM boxes, and the operator shuts card after card through the day: more and more calls to mobiles fail, each time
  // in other words, those of a transit network. The others' mobiles, and every other number, are as ever.
  fresh(
    "grey-way-to-the-mobiles-is-shut-card-by-card",
    ["carrier-routing"],
    async (shift) => {
      const { between, one } = shift;
      const words = [
        { code: 480, q850: 31, location: "TN" },
        { code: 503, q850: 34, location: "TN" },
        { code: 502, q850: 27, location: "TN" },
        { code: 500, q850: 41, location: "TN" },
        { code: 403, q850: 21, location: "TN" },
      ];
      await worksThroughList(shift, prefixes.mobile, between(2, 3));
      for (const share of [0.3, 0.55, 0.8, 0.95]) {
        const replaced = first(shift).fault({ kind: "reject", ...one(words), after: one([100, 183]), share, ...mobile });
        await worksThroughList(shift, prefixes.mobile, between(0.8, 1.2));
        await dialsThenComparesEach(shift, prefixes.mobile, 4);
        await worksThroughList(shift, prefixes.local, between(0.6, 1));
        replaced();
      }
      // A white way was bought.
      await worksThroughList(shift, prefixes.mobile, between(2, 3));
      return refusals(first(shift)) > 5;
    },
    compared,
  ),
  // One carrier's audio comes late: nothing for the first seconds of a talk, while its relays wait for each other, then all is well. Customers say hello into
  // the dark and some hang up. By the others one hears from the first word.
  fresh(
    "first-seconds-of-each-talk-are-mute-by-one-carrier",
    ["carrier-media"],
    async (shift) => {
      const { line, work, between, chance } = shift;
      sharesTheLoad(shift);
      const path = { ice: "connected", dtls: "connected", wasConnected: true, flows: "outbound", answers: true } as const;
      await work(minutes(between(3, 4)));
      for (let time = 0; time < 2; time++) {
        let isLate = false;
        const stopLost = audioTells(
          shift,
          seconds(4),
          () => (isLate = shift.call?.trunkId === "A" && chance(0.9)),
          ({ lost }) => lost({ direction: "inbound", kind: "never-came", forMs: seconds(4), path }),
        );
        const stopBack = audioTells(
          shift,
          seconds(between(6, 9)),
          () => isLate,
          ({ restored }) => restored({ ...path, flows: "both" }),
        );
        await work(minutes(between(5, 7)));
        stopBack();
        stopLost();
        await work(minutes(between(2, 3)));
      }
      return badlyHeard(shift, "A") > 2 && line.journal.some(({ type }) => type === "audio:restored");
    },
    { conditions: { trunks: three, pauseMs: 4_000, absent: 0.15 } },
  ),
  // One carrier's switch says "Declined" when it has no channel left, as some do that have no better word: at once, without a ring, to whatever is dialled, in
  // waves. A person who declines takes a moment; and the same people pick up by the other carrier within the minute.
  fresh(
    "switch-says-declined-when-it-has-no-channel",
    ["carrier-signalling", "carrier-routing"],
    async (shift) => {
      const { conditions, carriers, dial, pass, work, between, one } = shift;
      const phrase = one(["Declined", "Decline", "Declined"]);
      for (let wave = 0; wave < 3; wave++) {
        await work(minutes(between(2, 3)));
        const free = first(shift).fault({ kind: "reject", code: 603, phrase, after: 100, share: between(0.7, 0.95), ...calls });
        for (let index = 0; index < 9; index++) {
          const number = `${one([prefixes.local, prefixes.mobile, prefixes.international])}${String(Math.floor(between(1_000_000, 9_999_999)))}`;
          for (const carrier of carriers.values())
            carrier.phone(number).answers({ ringAfterMs: 900, answerAfterMs: between(2_000, 6_000) });
          await dial(number);
          await pass(between(0.5, 1.5) * conditions.pauseMs);
          if (index % 2 > 0) await without(shift, () => dial(number));
        }
        free();
      }
      await work(minutes(between(2, 3)));
      return refusals(first(shift)) > 6;
    },
    { conditions: { trunks: three.slice(0, 2), pauseMs: 4_000 } },
  ),
];

const together: readonly Kind[] = [
  // An edit at noon wrote a wrong password for the first carrier, which lets this agent in no more until the evening's edit. In the same afternoon the office's uplink
  // drops twice for a minute or two, and takes every carrier and the CRM's server with it.
  fresh(
    "wrong-password-for-one-and-an-uplink-that-drops",
    ["crm-config", "local-network"],
    async (shift) => {
      const { line, accounts, carriers, network, work, between, chance } = shift;
      const drops = async () => {
        if (chance(0.6)) network.cut();
        else network.blackHole();
        await work(minutes(between(1, 2.5)));
        network.mend();
        await work(minutes(between(3, 4)));
      };
      await work(minutes(between(1, 2)));
      const isFirst = chance(0.4);
      if (isFirst) await drops();
      line.setTrunks(
        accounts.map((account) => (account.id === "A" ? { ...account, credentials: { password: "of-a-colleague" } } : account)),
      );
      await work(minutes(between(3, 5)));
      await drops();
      if (!isFirst) await drops();
      line.setTrunks(accounts);
      await work(minutes(between(3, 4)));
      return carriers.get("A")?.log.some(({ code, method }) => method === "REGISTER" && code === 403) ?? false;
    },
    { conditions: { trunks: three, hasControl: true } },
  ),
];

export const tenthTogetherKinds: readonly Kind[] = [...carrier, ...together];
