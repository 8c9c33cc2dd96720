/** A seventh outsider's days, drawn to be scored: device and network, the customers, and days on which all is well. */
import type { Fault, Phone } from "../../../adapters/mock-trunk/index.ts";
import { prefixes, type Endpoint, type Shift } from "../shift.ts";
import { audioTells, badlyHeard, fresh, picksUp, serverAnswers, sharesTheLoad, worksThroughList } from "./fresh-kind.ts";
import { comesUp, first, minutes, reloads, type Kind } from "./kind.ts";

const calls = { methods: ["INVITE"] };
const seconds = (count: number) => count * 1_000;
const three = ["A", "B", "C"].map((id) => ({ id, carrier: `Carrier ${id}` }));
const shared = { conditions: { trunks: three, pauseMs: 4_000, absent: 0.15 } };

/** Calls to numbers that begin with `prefix` come to nothing, and nobody says why. */
export const unexplained = ({ one }: Shift, prefix: string): Fault =>
  one([
    { kind: "silence", ...calls, prefix },
    { kind: "stall", after: 100, prefix },
    { kind: "reject", code: one([480, 500]), after: 100, ...calls, prefix },
  ] as const);

/** Dials `count` of the usual customers with little time between. */
async function dialsUsual({ dial, pass, between }: Shift, count: number): Promise<void> {
  for (let call = 0; call < count; call++) {
    await pass(seconds(between(1, 5)));
    await dial();
  }
}

const near: readonly Kind[] = [
  // Another program takes the microphone for some seconds now and then: about every other call cannot open it (NotReadableError), whatever is dialled.
  fresh("microphone-opens-every-other-time", ["agent-device"], async (shift) => {
    const { line, audio, conditions, dial, pass, between, chance } = shift;
    const count = Math.round(between(14, 22));
    for (let call = 0; call < count; call++) {
      audio.microphone = chance(0.5) ? "NotReadableError" : "well";
      await pass(between(0.5, 1.5) * conditions.pauseMs);
      await dial();
    }
    audio.microphone = "well";
    await shift.work(minutes(between(1, 2)));
    return line.journal.filter(({ type }) => type === "call:placed").length > 10;
  }),
  // The site's new traffic shaper drops streams that last: by three carriers alike the audio flows, and stops some seconds into the talk, both ways. Signalling
  // and HTTP are never touched.
  fresh(
    "audio-stops-in-mid-talk-by-whichever-carrier",
    ["local-network"],
    async (shift) => {
      const { carriers, work, chance, between } = shift;
      sharesTheLoad(shift);
      await work(minutes(between(1, 2)));
      const path = { ice: "disconnected", dtls: "connected", wasConnected: true, flows: "none", answers: false } as const;
      for (let time = 0; time < 2; time++) {
        const stop = audioTells(
          shift,
          seconds(between(6, 9)),
          () => chance(0.8),
          ({ lost }) => lost({ direction: "both", kind: "stopped", forMs: seconds(4), path }),
        );
        await work(minutes(between(4, 6)));
        stop();
        await work(minutes(between(2, 3)));
      }
      return [...carriers.keys()].every((id) => badlyHeard(shift, id) > 1);
    },
    { conditions: { ...shared.conditions, hasControl: true } },
  ),
  // A release is rolled out by a start, which passes, and calls go well for a minute or two. Then the office is cut off from everything; a start in the
  // midst of that fails, as it must; and the one after it passes.
  fresh(
    "office-cut-off-soon-after-a-release",
    ["local-network"],
    async (shift) => {
      const { line, accounts, network, work, pass, between } = shift;
      const booted = reloads(shift);
      await pass(300);
      line.setTrunks(accounts.map((account) => ({ ...account, weight: Math.round(between(2, 9)) })));
      await booted;
      await work(minutes(between(1, 2)));
      network.cut();
      await work(minutes(between(1, 2)));
      await reloads(shift);
      await work(minutes(between(1, 2)));
      network.mend();
      await reloads(shift);
      await work(minutes(between(2, 4)));
    },
    { conditions: { hasControl: true } },
  ),
];

const customers: readonly Kind[] = [
  // A storm has brought down the wires to the houses of one town: its lines are out of order (cause 27, said of the user's end), by three carriers alike and
  // most of them; the rest of the country picks up.
  fresh(
    "storm-has-the-wires-of-one-town",
    ["remote-party"],
    async (shift) => {
      const { chance, between, one } = shift;
      sharesTheLoad(shift);
      const down = one([
        { code: 502, q850: 27, location: "U" },
        { code: 480, q850: 27, location: "RPN" },
      ]);
      const town = `${prefixes.local}4`;
      const behaviour = () => (chance(0.75) ? (phone: Phone) => phone.refuses(down) : picksUp(shift));
      for (let round = 0; round < 2; round++) {
        await worksThroughList(shift, town, between(4, 6), behaviour);
        await worksThroughList(shift, `${prefixes.local}7`, between(1.5, 2));
        await worksThroughList(shift, prefixes.mobile, between(1, 2));
      }
    },
    shared,
  ),
];

const calm: readonly Kind[] = [
  // The page that tells whether the CRM's server is up is down itself, for the whole day. Every start passes, every step of it, and each call goes out.
  fresh(
    "control-fails-all-day-and-nothing-else",
    [],
    async (shift) => {
      const { work, between, one } = shift;
      serverAnswers(shift, "well", one<Endpoint>([{ status: 404 }, { status: 500 }, { status: 503 }, "unreachable"]));
      await comesUp(shift);
      for (let time = 0; time < 3; time++) {
        await work(minutes(between(4, 6)));
        await reloads(shift);
      }
      // One socket of an idle hour is closed in order, as ever: the control is asked.
      first(shift).closeAll(1001, "recycled");
      await work(minutes(between(3, 5)));
    },
    { conditions: { hasControl: true }, isFromStart: true },
  ),
  // A new agent dials, sees that it is the wrong customer and hangs up before anything rings, or as it begins to; most calls go so, by either carrier.
  fresh("agent-hangs-up-before-it-rings", [], async (shift) => {
    const { line, carriers, dial, pass, between, chance, one } = shift;
    const count = Math.round(between(30, 45));
    for (let call = 0; call < count; call++) {
      await pass(seconds(between(2, 8)));
      if (chance(0.3)) {
        await dial();
        continue;
      }
      const number = `${one(Object.values(prefixes))}${String(Math.floor(between(1_000_000, 9_999_999)))}`;
      for (const carrier of carriers.values()) carrier.phone(number).answers({ ringAfterMs: between(800, 3_000), answerAfterMs: 8_000 });
      const placed = line.call(number);
      await pass(between(30, 2_500));
      placed.hangUp();
      await pass(500);
    }
  }),
  // Some two hundred and fifty calls among five starts, weights that are tried out and connections that the edges recycle in order, one at a time. A fifth
  // of the customers are busy or away. Nothing is amiss.
  fresh(
    "a-long-day-of-starts-and-recycled-sockets",
    [],
    async (shift) => {
      const { line, carriers, pass, between, one } = shift;
      sharesTheLoad(shift);
      for (let hour = 0; hour < 5; hour++) {
        await dialsUsual(shift, Math.round(between(18, 26)));
        line.weigh(one([...carriers.keys()]), { weight: Math.round(between(1, 9)) });
        await dialsUsual(shift, Math.round(between(12, 16)));
        await pass(seconds(between(5, 20)));
        carriers.get(one([...carriers.keys()]))?.closeAll(1001, "recycled");
        await pass(seconds(between(15, 40)));
        await dialsUsual(shift, Math.round(between(12, 16)));
        await reloads(shift);
      }
    },
    { conditions: { trunks: three, absent: 0.2 } },
  ),
  // A campaign to a far country: between the dialling and the ringing lie five to nine seconds, whoever carries it, and that is all.
  fresh(
    "far-country-takes-long-to-ring",
    [],
    async (shift) => {
      const { between } = shift;
      sharesTheLoad(shift);
      const far = () => {
        const answers = { ringAfterMs: seconds(between(5, 9)), answerAfterMs: seconds(between(2, 6)) };
        return (phone: Phone) => phone.answers(answers);
      };
      for (let round = 0; round < 3; round++) {
        await worksThroughList(shift, prefixes.international, between(3, 5), far);
        await worksThroughList(shift, prefixes.local, between(1, 1.5));
      }
    },
    { conditions: { pauseMs: 5_000 } },
  ),
];

export const seventhNearKinds: readonly Kind[] = [...near, ...customers, ...calm];
