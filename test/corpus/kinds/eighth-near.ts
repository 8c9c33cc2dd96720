/** An eighth outsider's days, drawn to be scored: device and network, relays and far routes, customers, and a day on which all is well but busy. */
import type { Phone } from "../../../adapters/mock-trunk/index.ts";
import { prefixes, type Shift } from "../shift.ts";
import { audioTells, badlyHeard, fresh, onAll, picksUp, sharesTheLoad, worksThroughList } from "./fresh-kind.ts";
import { first, minutes, reloads, type Kind } from "./kind.ts";

const calls = { methods: ["INVITE"] };
const seconds = (count: number) => count * 1_000;
const three = ["A", "B", "C"].map((id) => ({ id, carrier: `Carrier ${id}` }));
const shared = { conditions: { trunks: three, pauseMs: 4_000, absent: 0.15 } };
const watched = { conditions: { trunks: three, hasControl: true } };

/** Of the calls that are hit nothing is heard: the path stands, and no packet comes. */
export const soundsNothing = (shift: Shift, isHit: () => boolean): (() => void) => {
  const path = { ice: "connected", dtls: "connected", wasConnected: true, flows: "outbound", answers: true } as const;
  return audioTells(shift, seconds(4), isHit, ({ lost }) => lost({ direction: "inbound", kind: "never-came", forMs: seconds(4), path }));
};

const near: readonly Kind[] = [
  // The headset's driver was updated: now its microphone cannot be read, now it can and gives silence, whoever carries the call, until it is plugged in anew.
  fresh("driver-of-the-headset-fails-in-two-ways", ["agent-device"], async (shift) => {
    const { line, audio, conditions, dial, pass, between, chance } = shift;
    const ends = Math.round(between(14, 20));
    for (let call = 0; call < ends; call++) {
      audio.microphone = chance(0.35) ? "NotReadableError" : "well";
      audio.sounds = () => (chance(0.6) ? "silent-here" : "good");
      await pass(between(0.5, 1.5) * conditions.pauseMs);
      await dial();
    }
    audio.microphone = "well";
    audio.sounds = () => "good";
    await shift.work(minutes(between(2, 3)));
    return line.journal.some(({ type }) => type === "audio:lost");
  }),
  // The router announces IPv6 and forwards none. Two carriers' edges have such addresses, the third's and the CRM's have not: those two go dark in the same
  // second and are back in the same second, three times, while the router's makers try.
  fresh(
    "two-edges-behind-one-black-hole",
    ["local-network"],
    async (shift) => {
      const { carriers, work, between } = shift;
      sharesTheLoad(shift);
      const both = [...carriers.values()].slice(0, 2);
      for (let time = 0; time < 3; time++) {
        await work(minutes(between(2, 3)));
        const mends = both.map((carrier) => carrier.fault({ kind: "freeze" }));
        await work(minutes(between(2, 4)));
        for (const mend of mends) mend();
      }
      await work(minutes(between(2, 3)));
    },
    watched,
  ),
  // Nothing but the first carrier's edge is away, twice, for some minutes. Among the customers the agent has to call for help: 112, and once more.
  fresh("emergency-calls-while-one-edge-is-away", ["carrier-signalling"], async (shift) => {
    const { carriers, dial, work, between, one } = shift;
    for (const number of ["112", "190"]) {
      for (const carrier of carriers.values()) carrier.phone(number).answers({ ringAfterMs: 500, answerAfterMs: 2_000 });
      await work(minutes(between(1, 2)));
      const mend = first(shift).fault(one([{ kind: "refuse" }, { kind: "hang-upgrade" }] as const));
      first(shift).resetAll();
      await dial(number);
      await work(minutes(between(2, 4)));
      await dial(number);
      mend();
      await work(minutes(between(2, 3)));
    }
  }),
];

const relaysAndRoutes: readonly Kind[] = [
  // Abroad takes one carrier twenty seconds and more to ring, though it says 100 at once; the others, asked for the same people, ring in two.
  fresh(
    "abroad-takes-long-to-ring-by-one-carrier",
    ["carrier-routing"],
    async (shift) => {
      const { carriers, conditions, dial, pass, between, chance } = shift;
      sharesTheLoad(shift);
      for (const untilMs = performance.now() + minutes(between(10, 14)); performance.now() < untilMs;) {
        await pass(between(0.5, 1.5) * conditions.pauseMs);
        const number = `${chance(0.7) ? prefixes.international : prefixes.local}${String(Math.floor(between(1_000_000, 9_999_999)))}`;
        const isAbroad = number.startsWith(prefixes.international);
        for (const [id, carrier] of carriers) {
          const ringAfterMs = id === "A" && isAbroad ? seconds(between(20, 40)) : between(800, 2_500);
          carrier.phone(number).answers({ ringAfterMs, answerAfterMs: between(2_000, 6_000) });
        }
        await dial(number);
      }
      return shift.line.journal.some(({ type }) => type === "call:failed-over");
    },
    { conditions: { trunks: three, pauseMs: 4_000 } },
  ),
  // One carrier's relay has too few ports at the busy quarter of each hour: its calls have no audio then, the others' always have. Three innocent starts
  // fall where they fall: one just before it begins, one within, one just after it ended.
  fresh(
    "relay-mute-by-the-hour-among-innocent-starts",
    ["carrier-media"],
    async (shift) => {
      const { work, chance, between } = shift;
      sharesTheLoad(shift);
      for (const start of ["before", "within", "after"]) {
        await work(minutes(between(3, 4)));
        if (start === "before") await reloads(shift);
        const stop = soundsNothing(shift, () => shift.call?.trunkId === "A" && chance(0.85));
        await work(minutes(between(2, 3)));
        if (start === "within") await reloads(shift);
        await work(minutes(between(2, 3)));
        stop();
        if (start === "after") await reloads(shift);
      }
      await work(minutes(between(3, 4)));
      return badlyHeard(shift, "A") > 2;
    },
    shared,
  ),
];

const customers: readonly Kind[] = [
  // A holiday: most companies of the district play their announcement (183) and hang up (480, from the user's end), by whichever carrier; mobiles answer.
  fresh(
    "holiday-announcements-of-a-whole-district",
    ["remote-party"],
    async (shift) => {
      const { between, one } = shift;
      sharesTheLoad(shift);
      const closed = one([
        { code: 480, q850: 16, location: "U" },
        { code: 480, q850: 31, location: "U" },
        { code: 480, phrase: "Office Closed" },
      ]);
      onAll(shift, { kind: "reject", ...closed, after: 183, share: between(0.7, 0.9), ...calls, prefix: prefixes.local });
      for (let round = 0; round < 3; round++) {
        await worksThroughList(shift, prefixes.local, between(3, 4));
        await worksThroughList(shift, prefixes.mobile, between(1, 2));
      }
    },
    { conditions: { trunks: three, pauseMs: 5_000 } },
  ),
  // The day of the sales: two in three are busy or let it ring, abroad rings late, the CRM is started anew, its settings change by a weight, an edge recycles
  // its sockets, somebody has to call 112. Each call that was picked up was heard.
  fresh("sales-day-all-well-but-busy", [], async (shift) => {
    const { line, accounts, carriers, dial, pass, chance, between } = shift;
    for (const carrier of carriers.values()) carrier.phone("112").answers({ ringAfterMs: 500, answerAfterMs: 2_000 });
    const many = () => {
      if (chance(0.35)) return (phone: Phone) => phone.isBusy();
      return chance(0.5) ? (phone: Phone) => phone.doesNotAnswer() : picksUp(shift);
    };
    await worksThroughList(shift, prefixes.local, between(5, 8), many);
    line.setTrunks(accounts.map((account) => ({ ...account, weight: Math.round(between(2, 9)) })));
    await worksThroughList(shift, prefixes.mobile, between(5, 8), many);
    await dial("112");
    await pass(seconds(5));
    await reloads(shift);
    await worksThroughList(shift, prefixes.international, between(3, 5), many);
    first(shift).closeAll(1001, "recycled");
    await worksThroughList(shift, prefixes.local, between(5, 8), many);
  }),
];

export const eighthNearKinds: readonly Kind[] = [...near, ...relaysAndRoutes, ...customers];
