/** A tenth outsider's days, drawn to be scored: the site and the device, what the settings say, and customers whose own lines are odd. */
import type { Phone } from "../../../adapters/mock-trunk/index.ts";
import { prefixes } from "../shift.ts";
import { refusals } from "./fresh-again.ts";
import { audioTells, badlyHeard, fresh, onAll, picksUp, sharesTheLoad, worksThroughList } from "./fresh-kind.ts";
import { comesUp, first, minutes, type Kind } from "./kind.ts";

const calls = { methods: ["INVITE"] };
const seconds = (count: number) => count * 1_000;
const three = ["A", "B", "C"].map((id) => ({ id, carrier: `Carrier ${id}` }));
const compared = { conditions: { trunks: three, pauseMs: 4_000 } };

const near: readonly Kind[] = [
  // The office lives on a satellite link: every word takes more than half a second, which is as ever. In each of three showers talks are poor by whichever
  // carrier, and for half a minute or so nothing passes at all, to the CRM's server neither.
  fresh(
    "satellite-link-in-three-showers",
    ["local-network"],
    async (shift) => {
      const { network, work, between, chance } = shift;
      sharesTheLoad(shift);
      let isRaining = false;
      const rttMs = () => between(570, 640);
      audioTells(
        shift,
        seconds(7),
        () => true,
        ({ rated }) =>
          isRaining && chance(0.85)
            ? rated("poor", {
                mos: between(1.4, 2.3),
                lossPercent: between(9, 25),
                jitterMs: between(60, 140),
                rttMs: rttMs() + between(0, 300),
              })
            : rated("good", { mos: between(3.6, 3.8), lossPercent: between(0, 0.4), jitterMs: between(8, 20), rttMs: rttMs() }),
      );
      for (let shower = 0; shower < 3; shower++) {
        await work(minutes(between(3, 4)));
        isRaining = true;
        await work(minutes(between(2, 3)));
        network.blackHole();
        await work(seconds(between(25, 50)));
        network.mend();
        await work(minutes(between(1, 2)));
        isRaining = false;
      }
      await work(minutes(between(3, 4)));
      return new Set(["A", "B", "C"].filter((id) => badlyHeard(shift, id) > 0)).size > 1;
    },
    { conditions: { trunks: three, hasControl: true, latencyMs: 285, pauseMs: 4_000, absent: 0.15 } },
  ),
  // The agent works on a remote desktop. Whenever its session is connected anew the page has no microphone at first (NotFoundError), then one that gives
  // silence, until the sound is handed through again. By whichever carrier; signalling and the CRM never notice.
  fresh(
    "remote-desktop-hands-the-microphone-through-late",
    ["agent-device"],
    async (shift) => {
      const { line, audio, conditions, dial, pass, work, between, one, chance } = shift;
      if (chance(0.5)) sharesTheLoad(shift);
      const dials = async (count: number) => {
        for (let call = 0; call < count; call++) {
          await pass(between(0.5, 1.5) * conditions.pauseMs);
          await dial();
        }
      };
      for (let session = 0; session < 4; session++) {
        await work(minutes(between(2, 3.5)));
        audio.microphone = "NotFoundError";
        await dials(one([1, 2]));
        audio.microphone = "well";
        audio.sounds = () => "silent-here";
        await dials(one([2, 3]));
        audio.sounds = () => "good";
      }
      await work(minutes(between(2, 3)));
      return line.journal.filter(({ type }) => type === "audio:lost").length > 2;
    },
    { conditions: { trunks: three.slice(0, 2), pauseMs: 5_000, absent: 0.15 } },
  ),
  // The site's proxy wants to be signed in to every few hours, and answers 407 to whatever is new. Sockets that are open live on, and die one by one of old age,
  // a minute or two apart, and none comes back; the CRM's server cannot be asked either. The agent signs in, and everything is back. Twice.
  fresh(
    "proxy-wants-a-sign-in-and-sockets-die-one-by-one",
    ["local-network"],
    async (shift) => {
      const { carriers, crm, work, between, one } = shift;
      for (let time = 0; time < 2; time++) {
        await work(minutes(between(2, 3)));
        const signedIn = onAll(shift, { kind: "refuse" });
        crm.endpoints["health"] = { status: one([407, 407, 511]) };
        const order = one([
          ["A", "B", "C"],
          ["B", "A", "C"],
          ["C", "B", "A"],
        ]);
        for (const id of order) {
          await work(minutes(between(0.6, 1.4)));
          carriers.get(id)?.resetAll();
        }
        await work(minutes(between(1.5, 3)));
        signedIn();
        crm.endpoints["health"] = "well";
        await work(minutes(between(3, 4)));
      }
    },
    { conditions: { trunks: three, hasControl: true } },
  ),
];

const settings: readonly Kind[] = [
  // Part of the list are premium-rate numbers, which no contract of this office covers: each of three carriers bars them, each in its own words. All other
  // numbers are reached by all, from the first minute to the last.
  fresh(
    "premium-rate-numbers-barred-by-every-contract",
    ["crm-config"],
    async (shift) => {
      const { carriers, between, one, chance } = shift;
      if (chance(0.5)) sharesTheLoad(shift);
      const prefix = "+21688";
      const words = ["Premium Rate Barred", "Destination Not In Plan", "Outgoing Calls Barred"];
      for (const carrier of carriers.values()) {
        const barred = one([{ code: 403, q850: 57, location: "LN" }, { code: 403, q850: 52, location: "LN" }, { code: 403 }]);
        carrier.fault({ kind: "reject", ...barred, phrase: one(words), ...calls, prefix });
      }
      for (let round = 0; round < 3; round++) {
        await worksThroughList(shift, prefixes.local, between(1, 2));
        await worksThroughList(shift, prefix, between(0.6, 1));
        await worksThroughList(shift, prefixes.mobile, between(1, 1.5));
        await worksThroughList(shift, prefix, between(0.4, 0.8));
      }
      await worksThroughList(shift, prefixes.international, between(1, 2));
      return refusals(first(shift)) > 4;
    },
    compared,
  ),
  // An edit has sessions refreshed each minute. Two carriers of three want half an hour at least, and turn every call away for it (422, with the least that they
  // take); the third does not care. Edited back; tried once more a little later.
  fresh(
    "session-interval-of-the-settings-too-short-for-two",
    ["crm-config"],
    async (shift) => {
      const { line, accounts, carriers, work, between, one } = shift;
      const least = one([900, 1_800]);
      const short = {
        kind: "reject",
        code: 422,
        phrase: "Session Interval Too Small",
        headers: [`Min-SE: ${String(least)}`],
        ...calls,
      } as const;
      const picky = one([
        ["A", "B"],
        ["A", "C"],
      ]);
      for (let time = 0; time < 2; time++) {
        await work(minutes(between(2, 3)));
        const mends = picky.map((id) => carriers.get(id)?.fault(short));
        line.setTrunks(accounts.map((account) => ({ ...account, callerId: "p-preferred-identity" })));
        await work(minutes(between(3, 5)));
        for (const mend of mends) mend?.();
        line.setTrunks(accounts);
        await work(minutes(between(2, 3)));
      }
      return refusals(first(shift)) > 2;
    },
    { conditions: { trunks: three, pauseMs: 5_000 } },
  ),
  // An edit of the settings gives the first trunk the address of its carrier's test platform: it lets the agent in and answers probes, and knows a way to none of
  // the numbers, on no route. The other carrier reaches all. The edit is undone within the hour.
  fresh(
    "edit-points-a-trunk-at-the-carriers-test-platform",
    ["crm-config"],
    async (shift) => {
      const { line, accounts, carriers, work, between, one } = shift;
      const [main, backup, lab] = accounts;
      const platform = carriers.get("L");
      if (!main || !backup || !lab || !platform) return false;
      const unknown = one([
        { code: 404, q850: 3, location: "LN" },
        { code: 404, phrase: "No Such Test Number" },
        { code: 503, phrase: "No Route On Test Platform" },
        { code: 403, phrase: "Test Platform" },
      ]);
      platform.fault({ kind: "reject", ...unknown, ...calls });
      line.setTrunks([main, backup]);
      await comesUp(shift);
      await work(minutes(between(3, 5)));
      line.setTrunks([{ ...lab, id: main.id }, backup]);
      await work(minutes(between(5, 8)));
      line.setTrunks([main, backup]);
      await work(minutes(between(4, 6)));
      return refusals(platform) > 2;
    },
    {
      conditions: {
        trunks: [...three.slice(0, 2), { id: "L", carrier: "Carrier A", host: "lab.a.example" }],
        hasControl: true,
        pauseMs: 5_000,
      },
      isFromStart: true,
    },
  ),
];

const customers: readonly Kind[] = [
  // A town was given new numbers overnight. Under the old ones its own exchange says so (410, or cause 22 and 1 from there), whichever carrier asks; part of the
  // list is new already and answers, and so does the rest of the country.
  fresh(
    "town-was-given-new-numbers-overnight",
    ["remote-party"],
    async (shift) => {
      const { between, chance, one } = shift;
      sharesTheLoad(shift);
      const gone = one([
        { code: 410, q850: 22, location: "RLN" },
        { code: 410, phrase: "Gone" },
        { code: 604, q850: 1, location: "RLN" },
        { code: 404, q850: 22, location: "RLN" },
      ]);
      const old = () => (chance(0.75) ? (phone: Phone) => phone.refuses(gone) : picksUp(shift));
      for (let round = 0; round < 3; round++) {
        await worksThroughList(shift, `${prefixes.local}34`, between(2, 3), old);
        await worksThroughList(shift, `${prefixes.local}7`, between(1, 2));
        await worksThroughList(shift, prefixes.mobile, between(0.8, 1.2));
      }
    },
    compared,
  ),
  // A ministry has thirty lines and half a country calls: its own trunks are full (cause 34 or 17, from its private network), most of the time and not always: who tries
  // again gets through at times. By the only carrier, with nothing to compare; other numbers of the same district answer.
  fresh(
    "lines-of-one-ministry-are-all-taken",
    ["remote-party"],
    async (shift) => {
      const { conditions, dial, pass, between, chance, one } = shift;
      const full = one([
        { code: 486, q850: 34, location: "RPN" },
        { code: 503, q850: 34, location: "RPN" },
        { code: 600, q850: 17, location: "RPN" },
        { code: 486, phrase: "All Lines Busy", q850: 17, location: "U" },
      ]);
      const share = between(0.6, 0.85);
      const count = Math.round(between(24, 34));
      for (let call = 0; call < count; call++) {
        await pass(between(0.5, 1.5) * conditions.pauseMs);
        const isMinistry = chance(0.45);
        const number = `${prefixes.local}${isMinistry ? "560013" : String(Math.floor(between(70_000, 99_999)))}${String(Math.floor(between(0, 6)))}`;
        const behave = isMinistry && chance(share) ? (phone: Phone) => phone.refuses(full) : picksUp(shift);
        behave(first(shift).phone(number));
        await dial(number);
      }
      return first(shift).log.filter(({ what, code }) => what === "sent" && code === full.code).length > 4;
    },
    { conditions: { trunks: [{ id: "A", carrier: "Carrier A" }], hasControl: false, pauseMs: 5_000 } },
  ),
];

export const tenthNearKinds: readonly Kind[] = [...near, ...settings, ...customers];
