/** An eleventh outsider's days, drawn to be scored: the device, the site, the customers, a day on which all is well, and two faults at once. */
import type { Fault, Phone } from "../../../adapters/mock-trunk/index.ts";
import { prefixes, type Shift } from "../shift.ts";
import { refusals } from "./fresh-again.ts";
import { fresh, picksUp, sharesTheLoad, worksThroughList, type Behaviour } from "./fresh-kind.ts";
import { first, minutes, reloads, type Kind } from "./kind.ts";

const calls = { methods: ["INVITE"] };
const local = { ...calls, prefix: prefixes.local };
const seconds = (count: number) => count * 1_000;
const three = ["A", "B", "C"].map((id) => ({ id, carrier: `Carrier ${id}` }));

/** The same for all trunks of `ids`. */
export const onEach = ({ carriers }: Shift, ids: readonly string[], fault: Fault) => {
  const mends = ids.map((id) => carriers.get(id)?.fault(fault));
  return () => mends.forEach((mend) => mend?.());
};

/** Most pick up; some are busy, some are not there. */
export function asInLife(shift: Shift): Behaviour {
  const drawn = shift.random();
  if (drawn < 0.06) return (phone) => phone.isBusy();
  return drawn < 0.15 ? (phone) => phone.doesNotAnswer() : picksUp(shift);
}

/** The agent dials numbers that begin with `prefix`, and every other of them once more without the trunks of `ids`. All are there, whoever asks. */
export async function dialsAndCompares(shift: Shift, ids: readonly string[], prefix: string, count: number): Promise<void> {
  const { line, carriers, conditions, dial, pass, between } = shift;
  for (let index = 0; index < count; index++) {
    const number = `${prefix}${String(Math.floor(between(1_000_000, 9_999_999)))}`;
    for (const carrier of carriers.values()) carrier.phone(number).answers({ ringAfterMs: 900, answerAfterMs: between(2_000, 6_000) });
    await dial(number);
    await pass(between(0.5, 1.5) * conditions.pauseMs);
    if (index % 2 === 0) continue;
    for (const id of ids) line.isolate(id);
    await dial(number);
    for (const id of ids) line.restore(id);
    await pass(between(0.5, 1.5) * conditions.pauseMs);
  }
}

const near: readonly Kind[] = [
  // A headset without a cord, and an agent who likes to walk: for a call or two the microphone gives nothing, then the browser finds none at all; he comes back to the
  // desk, and all is well. By whichever of three carriers; starts in the midst change nothing.
  fresh(
    "cordless-headset-walks-out-of-reach",
    ["agent-device"],
    async (shift) => {
      const { line, audio, conditions, dial, pass, work, between, chance, one } = shift;
      sharesTheLoad(shift);
      const dials = async (count: number) => {
        for (let call = 0; call < count; call++) {
          await pass(between(0.5, 1.5) * conditions.pauseMs);
          await dial();
        }
      };
      for (let walk = 0; walk < 4; walk++) {
        await work(minutes(between(2, 4)));
        audio.sounds = () => "silent-here";
        await dials(one([1, 2, 2]));
        audio.microphone = one(["NotFoundError", "NotFoundError", "NotReadableError"] as const);
        await dials(one([2, 3]));
        if (chance(0.4)) await reloads(shift);
        audio.microphone = "well";
        audio.sounds = () => "good";
      }
      await work(minutes(between(3, 4)));
      return line.journal.filter(({ type }) => type === "audio:lost").length > 1;
    },
    { conditions: { trunks: three, pauseMs: 5_000, absent: 0.15 } },
  ),
  // The site's own border controller, by which all three carriers are reached, leaks memory: it refuses a few calls, then half, then most, whoever is to carry them,
  // and at last starts itself anew, with a minute of nothing. Then all is well for a while. Twice. The CRM's server is reached all along.
  fresh(
    "own-border-controller-fills-up-until-it-starts-itself-anew",
    ["local-network"],
    async (shift) => {
      const { work, between, one } = shift;
      const controller = first(shift);
      const full = one([
        { code: 500, headers: ['Warning: 399 sbc.office "out of memory"'] },
        { code: 503, phrase: "No Resources" },
        { code: 500 },
      ]);
      for (let time = 0; time < 2; time++) {
        await work(minutes(between(3, 4)));
        for (const share of [0.3, 0.6, 0.95]) {
          const mend = controller.fault({ kind: "reject", ...full, share, ...calls });
          await work(minutes(between(1.5, 2.5)));
          mend();
        }
        const isUp = controller.fault({ kind: "refuse" });
        controller.resetAll();
        await work(seconds(between(50, 100)));
        isUp();
      }
      await work(minutes(between(4, 5)));
      return refusals(controller) > 5;
    },
    {
      conditions: { trunks: three.map((trunk) => ({ ...trunk, host: "sbc.office.example" })), hasControl: true, pauseMs: 5_000 },
    },
  ),
  // The site's router gives its addresses for ten minutes, and takes half a minute to give them anew: all sockets are gone, and the CRM's server too. The agent often
  // starts the CRM into it, which fails, and once more when it is over, which passes: as if the one had done it and the other mended it.
  fresh(
    "lease-of-the-address-runs-out-every-ten-minutes-and-the-agent-starts-anew",
    ["local-network"],
    async (shift) => {
      const { network, work, pass, between, chance } = shift;
      for (let time = 0; time < 4; time++) {
        await work(minutes(between(6, 7)));
        if (chance(0.7)) network.cut();
        else network.blackHole();
        await pass(seconds(between(2, 6)));
        const isStarted = chance(0.6);
        if (isStarted) await reloads(shift);
        await work(seconds(between(20, 40)));
        network.mend();
        await pass(seconds(between(3, 8)));
        if (isStarted || chance(0.4)) await reloads(shift);
        await work(minutes(between(2, 3)));
      }
    },
    { conditions: { trunks: three.slice(0, 2), hasControl: true } },
  ),
  // One carrier, and nothing to compare with. It is the first hot day: after the start at noon most of the district is at the beach, and its own exchange says so once it has
  // rung (480, cause 18 or 19 from there), or it rings on. Mobiles pick up, where people are; and in the evening the district does again.
  fresh(
    "only-carrier-and-half-the-district-is-at-the-beach-since-a-start",
    ["remote-party"],
    async (shift) => {
      const { between, chance, one } = shift;
      const away = one([
        { code: 480, q850: 19, location: "RLN" },
        { code: 480, q850: 18, location: "RLN" },
        { code: 480, q850: 19, location: "U" },
      ]);
      const share = between(0.65, 0.8);
      const atTheBeach = (): Behaviour => {
        if (!chance(share)) return picksUp(shift);
        const times = { ringAfterMs: between(600, 2_000), afterMs: seconds(between(9, 14)) };
        return chance(0.75) ? (phone: Phone) => phone.refuses(away, times) : (phone: Phone) => phone.doesNotAnswer();
      };
      await worksThroughList(shift, prefixes.local, between(3, 4), asInLife);
      await reloads(shift);
      for (let round = 0; round < 3; round++) {
        await worksThroughList(shift, prefixes.local, between(3, 4), atTheBeach);
        await worksThroughList(shift, prefixes.mobile, between(1, 1.5), asInLife);
        if (round === 1) await reloads(shift);
      }
      await worksThroughList(shift, prefixes.local, between(3, 4), asInLife);
      return first(shift).log.filter(({ what, code }) => what === "sent" && code === 480).length > 4;
    },
    { conditions: { trunks: three.slice(0, 1), hasControl: true, pauseMs: 5_000 } },
  ),
  // Settings are edited and put back, weights moved, the CRM is started again and again, a step that nothing needs fails at most of it, and each carrier recycles its
  // connections once: the usual few are busy or away, and no call suffers from any of it.
  fresh(
    "edits-starts-and-a-lame-extra-all-day-and-no-call-suffers",
    [],
    async (shift) => {
      const { line, accounts, carriers, crm, work, between, one } = shift;
      for (const carrier of carriers.values()) {
        crm.endpoints["pictures"] = one([{ status: 500 }, { status: 404 }, "well"] as const);
        await reloads(shift);
        await work(minutes(between(3, 4)));
        line.setTrunks(accounts.map((account) => ({ ...account, callerId: "p-preferred-identity" })));
        await work(minutes(between(3, 4)));
        carrier.closeAll(1001, "recycled");
        await work(minutes(between(2, 3)));
        line.setTrunks(accounts);
        line.weigh(one(["A", "B", "C"]), { priority: 0, weight: Math.round(between(1, 9)) });
        await work(minutes(between(3, 4)));
      }
    },
    { conditions: { trunks: three, hasControl: true, extras: ["pictures"] } },
  ),
];

const together: readonly Kind[] = [
  // In the morning two starts lose the district by whichever of two carriers, and the starts after them have it back. After lunch the headset's own switch is off: talk after
  // talk nothing of the agent is heard, until somebody sees it; by either carrier, with no start near.
  fresh(
    "starts-lose-the-district-in-the-morning-and-the-headset-is-off-after-lunch",
    ["crm-init", "agent-device"],
    async (shift) => {
      const { line, audio, work, pass, between, one } = shift;
      sharesTheLoad(shift);
      const lost: Fault = one([
        { kind: "reject", code: 500, ...local },
        { kind: "reject", code: 503, ...local },
        { kind: "silence", ...local },
      ] as const);
      for (let time = 0; time < 2; time++) {
        await worksThroughList(shift, prefixes.local, between(2, 3));
        const mend = onEach(shift, ["A", "B"], lost);
        await reloads(shift);
        await worksThroughList(shift, prefixes.local, between(2, 3));
        await worksThroughList(shift, prefixes.mobile, between(0.8, 1.2));
        mend();
        await reloads(shift);
      }
      await worksThroughList(shift, prefixes.local, between(2, 3));
      await pass(minutes(between(25, 45)));
      audio.sounds = () => "silent-here";
      await work(minutes(between(4, 6)));
      audio.sounds = () => "good";
      await work(minutes(between(3, 4)));
      return line.journal.filter(({ type }) => type === "audio:lost").length > 2;
    },
    { conditions: { trunks: three.slice(0, 2), hasControl: true, pauseMs: 4_000, absent: 0.15 } },
  ),
];

export const eleventhTogetherKinds: readonly Kind[] = [...near, ...together];
