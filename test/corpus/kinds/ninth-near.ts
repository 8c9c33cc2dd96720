/** A ninth outsider's days, drawn to be scored: the site and the device, what the settings say, and customers whose own lines are odd. */
import type { Phone } from "../../../adapters/mock-trunk/index.ts";
import { prefixes, type Shift } from "../shift.ts";
import { refusals } from "./fresh-again.ts";
import { audioTells, badlyHeard, fresh, picksUp, sharesTheLoad, worksThroughList } from "./fresh-kind.ts";
import { comesUp, first, minutes, type Kind } from "./kind.ts";

const calls = { methods: ["INVITE"] };
const seconds = (count: number) => count * 1_000;
const three = ["A", "B", "C"].map((id) => ({ id, carrier: `Carrier ${id}` }));
const shared = { conditions: { trunks: three, hasControl: true, pauseMs: 4_000, absent: 0.15 } };

/** Calls that are hit find no path for their audio. @returns what undoes it. */
const findsNoPath = (shift: Shift, isHit: () => boolean): (() => void) => {
  const path = { ice: "failed", wasConnected: false, flows: "none" } as const;
  return audioTells(shift, seconds(4), isHit, ({ lost }) => lost({ direction: "inbound", kind: "never-came", forMs: seconds(4), path }));
};

const near: readonly Kind[] = [
  // The office's firewall gets a new rule, which lets audio out to one carrier's relays and has forgotten those of the two others: from the same minute on
  // their talks find no path, and in the same minute all is well again. Signalling and HTTP are as ever. Twice.
  fresh(
    "firewall-rule-knows-the-relays-of-one-carrier-only",
    ["local-network"],
    async (shift) => {
      const { work, between, chance } = shift;
      sharesTheLoad(shift);
      for (let time = 0; time < 2; time++) {
        await work(minutes(between(3, 4)));
        const allowed = findsNoPath(shift, () => shift.call?.trunkId !== "A" && chance(0.97));
        await work(minutes(between(4, 6)));
        allowed();
      }
      await work(minutes(between(2, 3)));
      return badlyHeard(shift, "B") > 1 && badlyHeard(shift, "C") > 1;
    },
    shared,
  ),
  // A virus scanner takes the whole processor at noon: what is heard stutters by whichever carrier, with nothing lost on the way; now and then the microphone
  // gives nothing, or cannot be opened at all. It ends when the scan ends.
  fresh(
    "virus-scanner-starves-the-laptop",
    ["agent-device", "local-network"],
    async (shift) => {
      const { line, audio, conditions, dial, pass, work, between, chance } = shift;
      sharesTheLoad(shift);
      await work(minutes(between(2, 3)));
      const stop = audioTells(
        shift,
        seconds(7.5),
        () => audio.sounds() === "good" && chance(0.8),
        ({ rated }) =>
          rated("poor", { mos: between(1.8, 2.5), lossPercent: between(0, 0.6), jitterMs: between(90, 220), rttMs: between(150, 500) }),
      );
      const count = Math.round(between(18, 26));
      for (let call = 0; call < count; call++) {
        const isSilent = chance(0.3);
        audio.sounds = () => (isSilent ? "silent-here" : "good");
        audio.microphone = chance(0.25) ? "NotReadableError" : "well";
        await pass(between(0.5, 1.5) * conditions.pauseMs);
        await dial();
      }
      stop();
      audio.sounds = () => "good";
      audio.microphone = "well";
      await work(minutes(between(2, 3)));
      const poor = line.journal.flatMap((entry) => (entry.type === "audio:rated" && entry.level === "poor" ? [entry.trunkId] : []));
      return poor.length > 2 && new Set(poor).size > 1;
    },
    shared,
  ),
  // The router's table of connections is full at the busy hour: what is open lives, but audio finds no path in most talks, whoever carries them, the CRM's
  // server is reached now and not then, and a socket that is lost finds no way back until the hour is over.
  fresh(
    "table-of-the-router-full-at-the-busy-hour",
    ["local-network"],
    async (shift) => {
      const { carriers, crm, work, between, chance, one } = shift;
      sharesTheLoad(shift);
      await work(minutes(between(2, 3)));
      const stop = findsNoPath(shift, () => chance(0.65));
      for (let minute = 0; minute < 4; minute++) {
        crm.endpoints["health"] = chance(0.6) ? "unreachable" : "well";
        await work(minutes(between(0.8, 1.3)));
      }
      // The router forgets the oldest to make room.
      const lost = carriers.get(one(["A", "B", "C"]));
      const full = [...carriers.values()].map((carrier) => carrier.fault({ kind: "refuse" }));
      lost?.resetAll();
      crm.endpoints["health"] = "unreachable";
      await work(minutes(between(2, 3)));
      for (const emptied of full) emptied();
      stop();
      crm.endpoints["health"] = "well";
      await work(minutes(between(3, 4)));
      return [...carriers.keys()].filter((id) => badlyHeard(shift, id) > 1).length > 1;
    },
    shared,
  ),
];

const settings: readonly Kind[] = [
  // An edit of the settings has calls written to a domain that the carrier gave up years ago. Its trunk registers and answers probes as ever, and turns each
  // call away; so for one trunk or, where the edit was made for all, for every one. Edited back the same day.
  fresh("calls-written-to-a-domain-that-nobody-serves", ["crm-config"], async (shift) => {
    const { line, accounts, carriers, work, between, chance, one } = shift;
    const notServed = one([
      { code: 403, phrase: "Relaying Denied" },
      { code: 404, phrase: "Domain Not Served" },
      { code: 478, phrase: "Unresolvable Destination" },
    ]);
    const isAll = chance(0.4);
    const edited = accounts.filter((_, index) => isAll || index === 0).map(({ id }) => id);
    const target = (number: string) => `sip:${number}@sip2.old-voice.example`;
    for (let time = 0; time < 2; time++) {
      const mends = edited.map((id) => carriers.get(id)?.fault({ kind: "reject", ...notServed, ...calls }));
      line.setTrunks(accounts.map((account) => (edited.includes(account.id) ? { ...account, target } : account)));
      await work(minutes(between(3, 5)));
      for (const mend of mends) mend?.();
      line.setTrunks(accounts);
      await work(minutes(between(3, 4)));
    }
    return refusals(first(shift)) > 1;
  }),
  // This agent was given the account of a colleague. Whenever the colleague talks, the carrier by which he does has no channel left for that account and says
  // so, for as long as he talks; mostly it is the first one. Set right after an hour, and never since.
  fresh(
    "two-agents-were-given-one-account",
    ["crm-config"],
    async (shift) => {
      const { line, accounts, carriers, work, pass, between, chance, one } = shift;
      const taken = one([
        { code: 403, phrase: "Channel Limit Exceeded" },
        { code: 403, phrase: "Maximum Concurrent Calls For Account" },
        { code: 403, phrase: "Line In Use", q850: 21, location: "LN" },
      ]);
      await comesUp(shift);
      for (let talk = 0; talk < 14; talk++) {
        const carrier = carriers.get(chance(0.75) ? "A" : "B");
        const free = carrier?.fault({ kind: "reject", ...taken, ...calls });
        await work(seconds(between(25, 70)));
        free?.();
        await pass(seconds(between(2, 6)));
        await work(seconds(between(15, 50)));
      }
      line.setTrunks(accounts.map((account) => ({ ...account, callerId: "p-preferred-identity" })));
      await work(minutes(between(5, 7)));
      return refusals(first(shift)) > 2;
    },
    { conditions: { trunks: three.slice(0, 2), hasControl: true, pauseMs: 5_000 }, isFromStart: true },
  ),
  // The third carrier's contract is for fixed lines, and as the last in the list it never met another number. At noon the list is turned round, and each call to a
  // mobile goes there first, to be refused; calls to the district go well by it. Turned back an hour later.
  fresh(
    "list-turned-round-puts-a-carrier-first-that-has-no-mobiles",
    ["crm-config"],
    async (shift) => {
      const { line, accounts, carriers, between, one } = shift;
      const barred = one([
        { code: 403, q850: 57, location: "LN" },
        { code: 403, phrase: "Mobile Destinations Not In Plan" },
        { code: 503, q850: 50, location: "LN" },
      ]);
      carriers.get("C")?.fault({ kind: "reject", ...barred, after: 100, ...calls, prefix: prefixes.mobile });
      const works = async (count: number) => {
        await worksThroughList(shift, prefixes.mobile, count * 0.6);
        await worksThroughList(shift, prefixes.local, count * 0.4);
      };
      await works(between(3, 5));
      for (let time = 0; time < 2; time++) {
        line.setTrunks([...accounts].reverse());
        await works(between(4, 6));
        line.setTrunks(accounts);
        await works(between(3, 4));
      }
      const carrier = carriers.get("C");
      return carrier && refusals(carrier) > 2;
    },
    { conditions: { trunks: three, pauseMs: 4_000 } },
  ),
];

const customers: readonly Kind[] = [
  // Half of a list are fax lines: the network behind says that what stands there takes no voice (cause 88, from the user's end), which gateways write as 503
  // (RFC 3398). By three carriers alike; people in the same town, and mobiles, pick up.
  fresh(
    "half-of-a-list-are-fax-lines",
    ["remote-party"],
    async (shift) => {
      const { chance, between, one } = shift;
      sharesTheLoad(shift);
      const fax = { code: one([503, 503, 488]), q850: 88, location: "U" } as const;
      const behaviour = () => (chance(0.55) ? (phone: Phone) => phone.refuses(fax) : picksUp(shift));
      for (let round = 0; round < 3; round++) {
        await worksThroughList(shift, prefixes.local, between(3, 5), behaviour);
        await worksThroughList(shift, prefixes.mobile, between(1, 1.5));
      }
    },
    { conditions: { trunks: three, pauseMs: 4_000, absent: 0.15 } },
  ),
  // A company has its switchboard forward to its night service, which forwards to the switchboard: calls to its extensions go round until a network somewhere has
  // enough of it (482, 483), by whichever carrier. Every other number of the district answers.
  fresh(
    "company-forwards-its-lines-in-a-circle",
    ["remote-party"],
    async (shift) => {
      const { carriers, conditions, dial, pass, between, chance, one } = shift;
      if (chance(0.5)) sharesTheLoad(shift);
      const circle = one([
        { code: 483, phrase: "Too Many Hops", q850: 25, location: "RPN" },
        { code: 482, phrase: "Loop Detected", q850: 25, location: "RPN" },
        { code: 483, phrase: "Too Many Hops" },
      ]);
      const count = Math.round(between(24, 36));
      for (let call = 0; call < count; call++) {
        await pass(between(0.5, 1.5) * conditions.pauseMs);
        const isCompany = chance(0.4);
        const number = `${prefixes.local}${isCompany ? "3312" : String(Math.floor(between(4, 9)))}${String(Math.floor(between(10, 99)))}`;
        const behave = isCompany ? (phone: Phone) => phone.refuses(circle) : picksUp(shift);
        for (const carrier of carriers.values()) behave(carrier.phone(number));
        await dial(number);
      }
    },
    { conditions: { trunks: three, pauseMs: 5_000 } },
  ),
];

export const ninthNearKinds: readonly Kind[] = [...near, ...settings, ...customers];
