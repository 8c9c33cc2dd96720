/** A third outsider's days, drawn to be scored: settings, what is near the agent, the customers, days on which all is well, and two faults at once. */
import { prefixes, type Shift } from "../shift.ts";
import { missets } from "./fresh-again-near.ts";
import { refusals, without } from "./fresh-again.ts";
import {
  audioTells,
  badlyHeard,
  bindsBriefly,
  fresh,
  onAll,
  picksUp,
  sharesTheLoad,
  worksThroughList,
  type Behaviour,
} from "./fresh-kind.ts";
import { comesUp, endures, first, isMet, minutes, reloads, type Kind } from "./kind.ts";

const calls = { methods: ["INVITE"] };
const local = { ...calls, prefix: prefixes.local };
const seconds = (count: number) => count * 1_000;
const three = { trunks: ["A", "B", "C"].map((id) => ({ id, carrier: `Carrier ${id}` })) };
const always = () => true;

const settings: readonly Kind[] = [
  fresh("password-rotated-on-one-side", ["crm-config"], async (shift) => {
    await bindsBriefly(shift);
    await endures(shift, missets(shift, { credentials: { password: "of-next-month" } }), [3, 5]);
  }),
  fresh("settings-name-another-agent", ["crm-config"], async (shift) => {
    const { line, accounts, work, between } = shift;
    // Taken out of the settings and put in anew, with the extension of somebody who has left.
    line.setTrunks(accounts.slice(1));
    await work(seconds(between(20, 60)));
    await endures(shift, missets(shift, { aor: "sip:agent17@a.example" }), [3, 5]);
  }),
  fresh(
    "caller-number-not-allowed-to-mobiles",
    ["crm-config"],
    async (shift) => {
      const { between } = shift;
      onAll(shift, { kind: "reject", code: 403, q850: 57, location: "LN", after: 100, ...calls, prefix: prefixes.mobile });
      await comesUp(shift);
      await worksThroughList(shift, prefixes.local, between(1, 2));
      await worksThroughList(shift, prefixes.mobile, between(3, 4));
      await worksThroughList(shift, prefixes.local, between(1, 2));
      return isMet(first(shift));
    },
    { isFromStart: true },
  ),
  fresh("outside-line-prefix-on-one-trunk", ["crm-config"], async (shift) => {
    first(shift).fault({ kind: "reject", code: 484, q850: 28, location: "LN", ...calls, prefix: "00" });
    await endures(shift, missets(shift, { target: (number) => `sip:00${number.slice(1)}@a.example` }), [3, 5]);
    return refusals(first(shift)) > 1;
  }),
];

const network: readonly Kind[] = [
  fresh(
    "inspection-cuts-every-call-off",
    ["local-network"],
    async (shift) => {
      // A new box that looks into TLS, and ends the connection at what it takes for an attack; three carriers at once.
      const mend = onAll(shift, { kind: "reset-on", ...calls });
      for (const carrier of shift.carriers.values()) carrier.resetAll();
      await endures(shift, mend, [2, 4]);
    },
    { conditions: { ...three, hasControl: true } },
  ),
  fresh("undocks-in-mid-call", ["local-network"], async (shift) => {
    const { work, between, chance } = shift;
    const path = { ice: "disconnected", wasConnected: true, flows: "none", answers: false, localAddressChanged: true } as const;
    const isHit = () => chance(0.6);
    const stop = audioTells(shift, seconds(9), isHit, (events) => {
      // From the cable to the Wi-Fi.
      shift.network.cut();
      setTimeout(() => events.lost({ direction: "both", kind: "stopped", forMs: seconds(3), path }), seconds(3));
      setTimeout(() => (shift.network.mend(), events.restored()), seconds(between(4, 7)));
    });
    await work(minutes(between(4, 6)));
    stop();
    await work(minutes(between(1, 2)));
  }),
  fresh(
    "uplink-full-of-a-backup",
    ["local-network"],
    async (shift) => {
      const { between, chance } = shift;
      sharesTheLoad(shift);
      // What the agents hear is fine; what they say is not, whoever carries it, and every request waits its turn.
      const mend = onAll(shift, { kind: "slow", delayMs: between(600, 1_000) });
      const stop = audioTells(
        shift,
        seconds(8),
        () => chance(0.85),
        (events) => {
          const uplink = { mos: 2.1, lossPercent: 14, jitterMs: 80 };
          events.rated("poor", { mos: 4.1, lossPercent: 0.4, jitterMs: 9, rttMs: 900, uplink });
        },
      );
      await endures(shift, () => (stop(), mend()), [4, 6]);
    },
    { conditions: { pauseMs: 4_000, absent: 0.2 } },
  ),
  fresh(
    "address-translation-forgets-the-audio",
    ["local-network"],
    async (shift) => {
      sharesTheLoad(shift);
      const path = { ice: "disconnected", wasConnected: true, flows: "none", answers: false } as const;
      const isHit = () => shift.chance(0.85);
      const stop = audioTells(shift, seconds(shift.between(9, 12)), isHit, (events) =>
        events.lost({ direction: "both", kind: "stopped", forMs: seconds(4), path }),
      );
      await endures(shift, stop, [6, 9]);
      return ["A", "B"].every((id) => badlyHeard(shift, id) > 1);
    },
    { conditions: { pauseMs: 4_000, absent: 0.2 } },
  ),
  fresh("reload-into-a-dead-network", ["local-network"], async (shift) => {
    const { network, dial, pass, work, between } = shift;
    for (let time = 0; time < 2; time++) {
      network.blackHole();
      await pass(seconds(between(1, 4)));
      await reloads(shift);
      await dial();
      network.mend();
      await pass(seconds(between(1, 5)));
      await reloads(shift);
      await work(minutes(between(1.5, 2.5)));
    }
  }),
];

const devices: readonly Kind[] = [
  fresh("key-on-the-headset-mutes-it", ["agent-device"], async (shift) => {
    const { work, between } = shift;
    for (let time = 0; time < 2; time++) {
      const release = audioTells(shift, seconds(2), always, (events) => {
        events.microphone("muted");
        setTimeout(() => events.lost({ direction: "outbound", kind: "silent", forMs: seconds(5), isLocal: true }), seconds(5));
      });
      await work(minutes(between(1.5, 2.5)));
      release();
      await work(minutes(between(1, 2)));
    }
  }),
  fresh("meeting-takes-the-headset", ["agent-device"], async (shift) => {
    const { audio, work, between } = shift;
    for (let time = 0; time < 2; time++) {
      const release = audioTells(shift, seconds(4), always, (events) => events.microphone("ended"));
      await work(seconds(between(30, 60)));
      release();
      audio.microphone = "NotReadableError";
      await work(seconds(between(40, 80)));
      audio.microphone = "well";
      await work(minutes(between(1, 2)));
    }
  }),
];

/** Of `share` of the customers `phone` is what answers. */
const mostly = (share: number, behave: Behaviour) => (shift: Shift) => (shift.chance(share) ? behave : picksUp(shift));

const customers: readonly Kind[] = [
  fresh("handsets-screen-their-calls", ["remote-party"], async (shift) => {
    const { one, between } = shift;
    const [code, q850] = one([[603, 21] as const, [486, 17] as const, [480, 19] as const]);
    // The handset asks who is there, lets nobody through, and says no some seconds later.
    const screens: Behaviour = (phone) =>
      phone.refuses({ code, q850, location: "U" }, { ringAfterMs: 900, afterMs: seconds(between(4, 9)) });
    await worksThroughList(shift, prefixes.mobile, between(5, 7), mostly(0.7, screens));
  }),
  fresh("phones-off-at-the-hour-of-prayer", ["remote-party"], async (shift) => {
    const { between } = shift;
    const off: Behaviour = (phone) => phone.refuses({ code: 480, q850: 20, location: "RPN" });
    await worksThroughList(shift, prefixes.mobile, between(4, 6), mostly(0.75, off));
    await worksThroughList(shift, prefixes.mobile, between(2, 3));
  }),
  fresh("one-dead-number-again-and-again", ["remote-party"], async (shift) => {
    const { carriers, dial, pass, work, between } = shift;
    const number = `${prefixes.local}5550${String(Math.floor(between(100, 999)))}`;
    for (const carrier of carriers.values()) carrier.phone(number).isUnallocated();
    for (let time = 0; time < 4; time++) {
      await dial(number);
      await pass(seconds(between(5, 20)));
      await without(shift, () => dial(number));
      await work(seconds(between(20, 60)));
    }
  }),
  fresh("all-busy-between-two-starts", ["remote-party"], async (shift) => {
    const { between } = shift;
    // A final on television; that the CRM was started before and after it is nobody's doing.
    await worksThroughList(shift, prefixes.local, 1);
    await reloads(shift);
    const behaves: Behaviour = (phone) => (shift.chance(0.6) ? phone.isBusy() : phone.doesNotAnswer());
    await worksThroughList(shift, prefixes.local, between(3, 5), mostly(0.9, behaves));
    await reloads(shift);
    await worksThroughList(shift, prefixes.local, between(1.5, 2.5));
  }),
];

const calm: readonly Kind[] = [
  fresh("machines-answer-and-hang-up", [], async (shift) => {
    const { between } = shift;
    const machine: Behaviour = (phone) => phone.answers({ ringAfterMs: 200, answerAfterMs: 400, hangUpAfterMs: seconds(between(1, 4)) });
    await worksThroughList(shift, prefixes.mobile, between(5, 7), mostly(0.7, machine));
  }),
  fresh("edges-say-rubbish-beside-what-counts", [], async (shift) => {
    const { carriers, one, work, between } = shift;
    const frame = one(["malformed", "unmatched"] as const);
    onAll(shift, { kind: "garbage", frame, times: 1_000, share: 0.6 });
    for (let time = 0; time < 4; time++) {
      for (const carrier of carriers.values()) carrier.expireNonces();
      await work(minutes(between(1, 2)));
    }
  }),
  fresh("failover-drill", [], async ({ line, carriers, work, between }) => {
    for (const [id, carrier] of carriers) {
      line.isolate(id);
      await work(minutes(between(1, 1.5)));
      carrier.closeAll(1001, "drill");
      line.restore(id);
      await work(minutes(between(0.5, 1)));
      void line.probe(id);
      await work(seconds(30));
    }
  }),
  fresh("callers-give-up-before-anybody-is-free", [], async ({ carriers, dial, pass, between }) => {
    for (let round = 0; round < 6; round++) {
      for (const carrier of carriers.values()) {
        const from = `${prefixes.mobile}${String(Math.floor(between(100_000, 999_999)))}`;
        carrier.call("agent7", { from, giveUpAfterMs: seconds(between(3, 8)) });
        await pass(seconds(between(10, 15)));
      }
      await dial();
    }
  }),
];

const together: readonly Kind[] = [
  fresh(
    "relay-of-one-and-route-of-another",
    ["carrier-media", "carrier-routing"],
    async (shift) => {
      const { carriers, audio } = shift;
      sharesTheLoad(shift);
      audio.sounds = () => (shift.call?.trunkId === "A" ? "none" : "good");
      const mend = carriers.get("B")?.fault({ kind: "reject", code: 503, q850: 34, location: "LN", after: 100, ...local });
      await endures(shift, () => ((audio.sounds = () => "good"), mend?.()), [4, 6]);
      return [...carriers.values()].some((carrier) => refusals(carrier) > 1);
    },
    { conditions: { ...three, pauseMs: 4_000, absent: 0.2 } },
  ),
  fresh("start-fails-and-the-headset-is-dead", ["crm-init", "agent-device"], async (shift) => {
    const { audio, crm, conditions, one, work, between } = shift;
    const step = one(conditions.steps);
    audio.microphone = "NotFoundError";
    await work(minutes(between(1, 1.5)));
    crm.endpoints[step] = { status: one([500, 503]) };
    await reloads(shift);
    await work(minutes(between(1, 1.5)));
    crm.endpoints[step] = "well";
    await reloads(shift);
    await work(minutes(between(0.5, 1)));
    audio.microphone = "well";
    await work(minutes(between(1, 2)));
  }),
  fresh("password-of-one-and-route-of-another", ["crm-config", "carrier-routing"], async (shift) => {
    const { carriers, between } = shift;
    await bindsBriefly(shift);
    const mendA = missets(shift, { credentials: { password: "of-last-month" } });
    await worksThroughList(shift, prefixes.international, between(1.5, 2.5));
    const mendB = carriers.get("B")?.fault({ kind: "reject", code: 502, q850: 38, location: "LN", after: 100, ...local });
    await worksThroughList(shift, prefixes.local, between(2, 3));
    await endures(shift, () => (mendA(), mendB?.()), [1, 2]);
    return [...carriers.values()].some((carrier) => refusals(carrier) > 1);
  }),
  fresh("poor-wifi-and-a-dead-list", ["local-network", "remote-party"], async (shift) => {
    const { audio, chance, between } = shift;
    sharesTheLoad(shift);
    audio.sounds = () => (chance(0.85) ? "poor" : "good");
    const dead: Behaviour = (phone) => phone.isUnallocated();
    await worksThroughList(shift, prefixes.local, between(5, 7), mostly(0.5, dead));
    audio.sounds = () => "good";
    await shift.work(minutes(between(1, 2)));
  }),
  fresh("dock-pulled-out", ["agent-device", "local-network"], async ({ audio, network, pass, work, between }) => {
    for (let time = 0; time < 2; time++) {
      audio.microphone = "NotFoundError";
      network.cut();
      await pass(seconds(between(4, 9)));
      network.mend();
      await work(seconds(between(30, 60)));
      audio.microphone = "well";
      await work(minutes(between(1, 2)));
    }
  }),
];

export const thirdNearKinds: readonly Kind[] = [...settings, ...network, ...devices, ...customers, ...calm, ...together];
