/** Days as a call centre's support desk knows them, drawn by an outsider and drawn to be scored: near the agent, of the customers, and two at once. */
import { prefixes } from "../shift.ts";
import { fresh, maintenance, onAll, picksUp, serverAnswers, worksThroughList, type Behaviour } from "./fresh-kind.ts";
import { endures, failing, first, isMet, minutes, reloads, type Kind } from "./kind.ts";

const seconds = (count: number) => count * 1_000;

const near: readonly Kind[] = [
  fresh("headset-battery-dies", ["agent-device"], async (shift) => {
    const { audio, work, between } = shift;
    audio.sounds = () => "silent-here";
    await work(minutes(between(1, 2)));
    audio.microphone = "NotFoundError";
    await work(minutes(between(0.7, 1.5)));
    audio.microphone = "well";
    audio.sounds = () => "good";
    await work(minutes(between(1, 3)));
  }),
  fresh("lid-closes-again-and-again", ["agent-device"], async ({ network, sleep, pass, work, between }) => {
    for (let time = 0; time < 3; time++) {
      network.cut();
      await sleep(minutes(between(1, 6)));
      await pass(seconds(between(2, 6)));
      network.mend();
      await work(minutes(between(1, 2)));
    }
  }),
  fresh(
    "vpn-comes-up-mid-shift",
    ["local-network"],
    async (shift) => {
      const { network, pass, work, between } = shift;
      const switches = async () => {
        network.cut();
        await pass(seconds(between(3, 8)));
        network.mend();
      };
      // It lets the CRM through, and no WebSocket to anybody.
      const mend = onAll(shift, { kind: "hang-upgrade" });
      await switches();
      await work(minutes(between(2, 4)));
      mend();
      await switches();
      await work(minutes(between(1, 3)));
    },
    { conditions: { hasControl: true } },
  ),
  fresh("wifi-at-the-edge-of-its-reach", ["local-network"], async (shift) => {
    const { audio, line, carriers, network, pass, work, between, chance } = shift;
    const [id = ""] = carriers.keys();
    audio.sounds = () => (chance(0.7) ? "poor" : "good");
    for (let time = 0; time < 6; time++) {
      if (time === 2) line.isolate(id);
      if (time === 4) line.restore(id);
      network.blackHole();
      await pass(seconds(between(4, 12)));
      network.mend();
      await work(seconds(between(40, 90)));
    }
  }),
  fresh(
    "captive-portal-logs-out",
    ["local-network"],
    async (shift) => {
      const { carriers, work, between } = shift;
      const mend = onAll(shift, { kind: "refuse-upgrade", status: 511 });
      for (const carrier of carriers.values()) carrier.resetAll();
      // Its log-in page stands where JSON should.
      serverAnswers(shift, "breaks", { status: 511 });
      await work(minutes(between(1, 2)));
      await reloads(shift);
      await work(minutes(between(0.5, 1.5)));
      mend();
      serverAnswers(shift, "well");
      await reloads(shift);
      await work(minutes(between(1, 3)));
    },
    { conditions: { hasControl: true } },
  ),
];

const customers: readonly Kind[] = [
  fresh("list-of-last-year", ["remote-party"], (shift) => {
    const behaviour = (): Behaviour => {
      const drawn = shift.random();
      if (drawn < 0.55) return (phone) => phone.isUnallocated();
      if (drawn < 0.7) return (phone) => phone.refuses({ code: 410, q850: 22, location: "LN" });
      return drawn < 0.8 ? (phone) => phone.isBusy() : picksUp(shift);
    };
    return worksThroughList(shift, prefixes.local, shift.between(6, 9), behaviour);
  }),
  fresh("customers-block-the-call-centre", ["remote-party"], (shift) => {
    const behaviour = (): Behaviour => {
      const drawn = shift.random();
      if (drawn < 0.4) return (phone) => phone.refuses({ code: 607, location: "U" });
      return drawn < 0.75 ? (phone) => phone.declines({ ringAfterMs: 800, afterMs: 2_500 }) : picksUp(shift);
    };
    return worksThroughList(shift, prefixes.mobile, shift.between(5, 8), behaviour);
  }),
  fresh("busy-evening", [], ({ work, between }) => work(minutes(between(12, 15))), { conditions: { absent: 0.4, pauseMs: 3_000 } }),
  fresh("release-day-all-well", [], async (shift) => {
    for (let release = 0; release < 3; release++) {
      await reloads(shift);
      await shift.work(minutes(shift.between(1.5, 2.5)));
      if (release === 1) failing(shift).closeAll(1001, "recycled");
    }
  }),
];

const together: readonly Kind[] = [
  fresh("crm-down-while-a-carrier-is-in-maintenance", ["carrier-signalling", "crm-init"], async (shift) => {
    const { work, between } = shift;
    const mend = first(shift).fault(maintenance(shift));
    first(shift).closeAll(1001, "maintenance");
    await work(minutes(between(2, 3)));
    serverAnswers(shift, { status: 503 });
    await reloads(shift);
    await work(minutes(between(1, 2)));
    serverAnswers(shift, "well");
    await reloads(shift);
    await endures(shift, mend, [1, 2]);
    return isMet(first(shift));
  }),
  fresh("account-locked-and-wifi-lost", ["crm-config", "local-network"], async (shift) => {
    const { network, work, between } = shift;
    const mend = first(shift).fault({ kind: "reject", code: 403, phrase: "Account Locked", methods: ["REGISTER", "INVITE"] });
    await work(minutes(between(2, 3)));
    network.cut();
    await work(minutes(between(0.5, 1)));
    network.mend();
    await endures(shift, mend, [2, 3]);
    return isMet(first(shift));
  }),
];

export const freshNearKinds: readonly Kind[] = [...near, ...customers, ...together];
