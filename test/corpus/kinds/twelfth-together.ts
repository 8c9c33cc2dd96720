/** A twelfth outsider's days, drawn to be scored: what is heard by one carrier, customers, days on which all is well, and two faults at once. */
import type { Phone } from "../../../adapters/mock-trunk/index.ts";
import { prefixes, type Shift } from "../shift.ts";
import { audioTells, badlyHeard, fresh, picksUp, sharesTheLoad, worksThroughList, type Behaviour } from "./fresh-kind.ts";
import { comesUp, minutes, reloads, type Kind } from "./kind.ts";

const seconds = (count: number) => count * 1_000;
const three = ["A", "B", "C"].map((id) => ({ id, carrier: `Carrier ${id}` }));
const heard = { conditions: { trunks: three, hasControl: true, pauseMs: 4_000, absent: 0.15 } };

/** The agent dials `number`; who is behind it is the same whichever carrier asks. */
async function dialsOne({ carriers, conditions, dial, pass, between }: Shift, number: string, behave: Behaviour): Promise<void> {
  await pass(between(0.5, 1.5) * conditions.pauseMs);
  for (const carrier of carriers.values()) behave(carrier.phone(number));
  await dial(number);
}

const media: readonly Kind[] = [
  // The microwave link behind one carrier's relays degrades through the day: what comes by it is a little worse with each hour, unfit in the end, and good again once
  // the carrier has turned over to its cable. The two others sound as ever in the same minutes.
  fresh(
    "sound-of-one-carrier-fades-through-the-day",
    ["carrier-media"],
    async (shift) => {
      const { work, between } = shift;
      sharesTheLoad(shift);
      for (const [mos, lossPercent] of [
        [4.1, 0.6],
        [3.7, 2],
        [3, 6],
        [2.4, 11],
        [1.8, 19],
      ] as const) {
        const worse = audioTells(
          shift,
          seconds(7),
          () => shift.call?.trunkId === "A",
          ({ rated }) =>
            rated(mos > 3.4 ? "good" : "poor", {
              mos: mos + between(-0.15, 0.15),
              lossPercent: lossPercent * between(0.8, 1.2),
              jitterMs: between(5, 12) + 3 * lossPercent,
              rttMs: between(50, 90),
            }),
        );
        await work(minutes(between(3, 4)));
        worse();
      }
      await work(minutes(between(4, 5)));
      return badlyHeard(shift, "A") > 3;
    },
    heard,
  ),
  // The relay of one carrier is started anew by its watchdog now and then, in the midst of talks: for some seconds nobody is heard, then all is as before. Three
  // spells of it; never by the others.
  fresh(
    "relay-of-one-carrier-starts-anew-in-the-midst-of-talks",
    ["carrier-media"],
    async (shift) => {
      const { line, work, between, chance } = shift;
      sharesTheLoad(shift);
      const path = { ice: "connected", dtls: "connected", wasConnected: true } as const;
      for (let spell = 0; spell < 3; spell++) {
        const stop = audioTells(
          shift,
          seconds(between(4, 6)),
          () => shift.call?.trunkId === "A" && chance(0.85),
          ({ lost, restored }) => {
            lost({ direction: "inbound", kind: "stopped", forMs: seconds(4), path: { ...path, flows: "outbound", answers: false } });
            setTimeout(() => restored({ ...path, flows: "both", answers: true }), seconds(between(2, 4)));
          },
        );
        await work(minutes(between(4, 6)));
        stop();
        await work(minutes(between(2, 3)));
      }
      await work(minutes(between(2, 3)));
      return badlyHeard(shift, "A") > 3 && line.journal.some(({ type }) => type === "audio:restored");
    },
    heard,
  ),
];

const customers: readonly Kind[] = [
  // The list is shops, and dialling began before they open: it rings out, or their own switchboard says that nobody is there. At nine the CRM happens to be started,
  // and from then on they pick up: not because of that. By three carriers alike.
  fresh(
    "shops-are-dialled-before-they-open-and-a-start-falls-on-the-hour",
    ["remote-party"],
    async (shift) => {
      const { between, chance, one } = shift;
      sharesTheLoad(shift);
      const closed = { code: 480, q850: one([18, 19]), location: one(["U", "RPN"]), text: "no user responding" } as const;
      const early = (): Behaviour =>
        chance(0.12) ? picksUp(shift) : chance(0.55) ? (phone) => phone.doesNotAnswer() : (phone) => phone.refuses(closed);
      const open = (): Behaviour => (chance(0.1) ? (phone) => phone.doesNotAnswer() : picksUp(shift));
      for (const route of [prefixes.local, prefixes.mobile, prefixes.local]) await worksThroughList(shift, route, between(2.5, 3.5), early);
      await reloads(shift);
      for (const route of [prefixes.local, prefixes.mobile, prefixes.local]) await worksThroughList(shift, route, between(1.5, 2), open);
    },
    { conditions: { trunks: three, hasControl: true, pauseMs: 4_000, absent: 0.15 } },
  ),
  // A quiet afternoon with three calls: each rings, and each customer presses the red key. Nothing else.
  fresh(
    "three-calls-and-nobody-wants-to-talk",
    ["remote-party"],
    async (shift) => {
      const { pass, between } = shift;
      await comesUp(shift);
      for (let call = 0; call < 3; call++) {
        const number = `${prefixes.mobile}${String(Math.floor(between(1_000_000, 9_999_999)))}`;
        const times = { ringAfterMs: between(600, 1_800), afterMs: between(3_000, 8_000) };
        await pass(minutes(between(0.5, 4)));
        await dialsOne(shift, number, (phone: Phone) => phone.declines(times));
      }
      await pass(minutes(between(2, 5)));
    },
    { isFromStart: true },
  ),
];

const well: readonly Kind[] = [
  // Who is busy is called again some minutes later, and is there then: one number in four needs a second call, one of these a third. An ordinary morning.
  fresh(
    "who-is-busy-is-called-again-and-is-there-then",
    [],
    async (shift) => {
      const { between, chance } = shift;
      const again: { number: string; turn: number; busyOnceMore: boolean }[] = [];
      for (let turn = 0; turn < 60; turn++) {
        const due = again.findIndex((entry) => entry.turn <= turn);
        const [known] = due < 0 ? [] : again.splice(due, 1);
        const number = known?.number ?? `${prefixes.local}${String(Math.floor(between(1_000_000, 9_999_999)))}`;
        const isBusy = known ? known.busyOnceMore : chance(0.25);
        if (isBusy) again.push({ number, turn: turn + 4, busyOnceMore: !known && chance(0.25) });
        await dialsOne(shift, number, isBusy ? (phone) => phone.isBusy() : picksUp(shift));
      }
    },
    { conditions: { pauseMs: 6_000, absent: 0.1 } },
  ),
  // Nearly two hundred calls: customers' own switchboards refuse five or six of them, each in another odd way, far apart and by whichever
  // carrier. Nothing of it comes twice.
  fresh(
    "odd-refusals-here-and-there-among-two-hundred-calls",
    [],
    async (shift) => {
      const { between, chance } = shift;
      if (chance(0.5)) sharesTheLoad(shift);
      const odd = [
        { code: 606, phrase: "Not Acceptable" },
        { code: 415, q850: 79, location: "RPN" },
        { code: 480, q850: 127, location: "U" },
        { code: 493, phrase: "Undecipherable" },
        { code: 488, q850: 65, location: "RPN" },
        { code: 486, q850: 31, location: "U" },
      ] as const;
      let next = Math.floor(between(15, 25));
      let told = 0;
      for (let call = 0; call < 180; call++) {
        const route =
          [prefixes.local, prefixes.local, prefixes.mobile, prefixes.international][Math.floor(between(0, 4))] ?? prefixes.local;
        const number = `${route}${String(Math.floor(between(1_000_000, 9_999_999)))}`;
        const refusal = call === next ? odd[told++] : undefined;
        if (refusal) next += Math.floor(between(24, 36));
        await dialsOne(shift, number, refusal ? (phone) => phone.refuses(refusal) : picksUp(shift));
      }
    },
    { conditions: { trunks: three, hasControl: true, pauseMs: 3_000, absent: 0.1 } },
  ),
];

const together: readonly Kind[] = [
  // An edit gives one trunk the account of an agent who has left, and its carrier lets nobody in by it. Hours later, that not yet seen, the system takes the
  // microphone from the browser. The permission is given back; the account is set right in the evening.
  fresh(
    "account-of-one-carrier-is-void-and-the-microphone-is-taken-away",
    ["crm-config", "agent-device"],
    async (shift) => {
      const { line, accounts, carriers, audio, work, between, one } = shift;
      await work(minutes(between(1, 2)));
      const wrong = one(["A", "A", "B"]);
      line.setTrunks(
        accounts.map((account) => (account.id === wrong ? { ...account, credentials: { password: "of-who-left" } } : account)),
      );
      await work(minutes(between(4, 6)));
      audio.microphone = one(["NotAllowedError", "NotReadableError"] as const);
      await work(minutes(between(2, 3)));
      audio.microphone = "well";
      await work(minutes(between(2, 3)));
      line.setTrunks(accounts);
      await work(minutes(between(4, 5)));
      return carriers.get(wrong)?.log.some(({ code, method }) => method === "REGISTER" && code === 403) ?? false;
    },
    { conditions: { trunks: three, hasControl: true, pauseMs: 5_000 } },
  ),
  // By one carrier the customer is heard badly all day long. On the same day the office's line to the Internet goes twice, and takes all carriers and the CRM's
  // server with it for a minute or two; when it is back the others sound well and that one does not.
  fresh(
    "poor-sound-by-one-carrier-and-an-office-cut-off-twice",
    ["carrier-media", "local-network"],
    async (shift) => {
      const { network, work, between, chance } = shift;
      sharesTheLoad(shift);
      audioTells(
        shift,
        seconds(7),
        () => shift.call?.trunkId === "B" && chance(0.9),
        ({ rated }) =>
          rated("poor", { mos: between(1.8, 2.5), lossPercent: between(8, 18), jitterMs: between(40, 100), rttMs: between(60, 200) }),
      );
      for (let time = 0; time < 2; time++) {
        await work(minutes(between(5, 7)));
        if (chance(0.5)) network.cut();
        else network.blackHole();
        await work(minutes(between(1, 2)));
        network.mend();
      }
      await work(minutes(between(5, 7)));
      return badlyHeard(shift, "B") > 3;
    },
    heard,
  ),
];

export const twelfthTogetherKinds: readonly Kind[] = [...media, ...customers, ...well, ...together];
