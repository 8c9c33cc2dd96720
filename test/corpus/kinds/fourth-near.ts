/** A fourth outsider's days, drawn to be scored: settings, what all trunks share, the device, the customers, and days on which all is well. */
import { prefixes, type Shift } from "../shift.ts";
import { refusals } from "./fresh-again.ts";
import {
  badlyHeard,
  audioTells,
  fresh,
  onAll,
  picksUp,
  serverAnswers,
  sharesTheLoad,
  worksThroughList,
  type Behaviour,
} from "./fresh-kind.ts";
import { comesUp, endures, first, minutes, reloads, type Kind } from "./kind.ts";

const seconds = (count: number) => count * 1_000;
const three = ["A", "B", "C"].map((id) => ({ id, carrier: `Carrier ${id}` }));
const watched = { conditions: { trunks: three, hasControl: true } };

/** Calls that are hit sound poor, each in its own way. @returns what undoes it. */
export const soundsPoor = (shift: Shift, isHit: () => boolean): (() => void) =>
  audioTells(shift, seconds(8), isHit, (events) => {
    const { between } = shift;
    events.rated("poor", { mos: between(1.9, 2.6), lossPercent: between(7, 16), jitterMs: between(40, 110), rttMs: between(60, 300) });
  });

/** The settings have other names for the edges of `ids`, which lead nowhere. @returns what sets them right. */
function mistypes({ line, accounts }: Shift, ids: readonly string[]): () => void {
  line.setTrunks(
    accounts.map((account) => (ids.includes(account.id) ? { ...account, server: `${account.server as string}.invalid` } : account)),
  );
  return () => line.setTrunks(accounts);
}

const mistyped = (id: string, ids: readonly string[]) =>
  fresh(
    id,
    ["crm-config"],
    async (shift) => {
      const { work, between } = shift;
      const setRight = mistypes(shift, ids);
      await comesUp(shift);
      await work(minutes(between(2, 3)));
      // Whoever is asked says to start it anew.
      await reloads(shift);
      await work(minutes(between(2, 3)));
      setRight();
      await work(minutes(between(2, 3)));
    },
    { ...watched, isFromStart: true },
  );

const ours: readonly Kind[] = [
  mistyped("host-of-an-idle-backup-mistyped", ["B"]),
  mistyped("two-hosts-of-three-mistyped", ["A", "C"]),
  fresh(
    "thirteen-of-thirteen-calls-403",
    ["crm-config"],
    async (shift) => {
      const { dial, pass, between } = shift;
      first(shift).fault({ kind: "reject", code: 403, after: 100, methods: ["INVITE"] });
      await comesUp(shift);
      for (let call = 0; call < 13; call++) {
        await pass(seconds(between(5, 30)));
        await dial();
      }
      return refusals(first(shift)) > 9;
    },
    { conditions: { trunks: three.slice(0, 1), hasControl: true, absent: 0.01 }, isFromStart: true },
  ),
  fresh(
    "page-forbids-the-microphone-from-the-first-start",
    ["crm-config", "crm-init"],
    async (shift) => {
      const { audio, work, between } = shift;
      audio.microphone = "SecurityError";
      await comesUp(shift);
      await work(minutes(between(0.7, 1.2)));
      await reloads(shift);
      await work(minutes(between(0.7, 1.2)));
      // The header is put right, and the page loaded once more.
      audio.microphone = "well";
      await reloads(shift);
      await work(minutes(between(1, 2)));
    },
    { isFromStart: true },
  ),
  fresh(
    "crm-server-away-at-start-while-trunks-stand",
    ["crm-init"],
    async (shift) => {
      const { one, work, between } = shift;
      serverAnswers(shift, one(["unreachable", "hangs", { status: 502 }] as const));
      await comesUp(shift);
      await work(minutes(between(1, 2)));
      await reloads(shift);
      await work(minutes(between(1, 1.5)));
      serverAnswers(shift, "well");
      await reloads(shift);
      await work(minutes(between(1, 2)));
    },
    { ...watched, isFromStart: true },
  ),
];

/** The site's own controller is started anew twice; while it is away nothing behind it is reached. */
const controllerRestarts = (id: string, alone: readonly string[]) =>
  fresh(
    id,
    ["local-network"],
    async (shift) => {
      const { work, between } = shift;
      const controller = first(shift);
      for (let time = 0; time < 2; time++) {
        const mend = controller.fault({ kind: "refuse" });
        controller.resetAll();
        await work(seconds(between(50, 110)));
        mend();
        await work(minutes(between(1.5, 2.5)));
      }
    },
    {
      conditions: {
        trunks: three.map((trunk) => (alone.includes(trunk.id) ? trunk : { ...trunk, host: "sbc.example" })),
        hasControl: true,
      },
    },
  );

const shared: readonly Kind[] = [
  controllerRestarts("border-controller-of-all-restarts-twice", []),
  controllerRestarts("border-controller-of-two-restarts-the-third-goes-by-itself", ["C"]),
  fresh(
    "vpn-up-and-down-all-morning",
    ["local-network"],
    async (shift) => {
      const { carriers, work, between } = shift;
      const resetAll = () => carriers.forEach((carrier) => carrier.resetAll());
      // While it is up the CRM is reached, and no WebSocket comes about.
      for (let time = 0; time < 4; time++) {
        const down = onAll(shift, { kind: "hang-upgrade" });
        resetAll();
        await work(seconds(between(40, 80)));
        down();
        resetAll();
        await work(seconds(between(70, 130)));
      }
    },
    watched,
  ),
  fresh(
    "firewall-swallows-carrier-after-carrier",
    ["local-network"],
    async (shift) => {
      const { carriers, work, between } = shift;
      const mends: (() => void)[] = [];
      // New rules reach a connection when its entry in the table is looked at next.
      for (const carrier of carriers.values()) {
        mends.push(carrier.fault({ kind: "freeze" }));
        await work(seconds(between(10, 25)));
      }
      await endures(shift, () => mends.forEach((mend) => mend()), [2, 4]);
    },
    watched,
  ),
  fresh(
    "names-die-for-one-carrier-and-minutes-later-for-all",
    ["local-network"],
    async (shift) => {
      const { carriers, work, between } = shift;
      const dies = () => [...carriers.values()].map((carrier) => carrier.fault({ kind: "refuse" }));
      const mend = first(shift).fault({ kind: "refuse" });
      first(shift).closeAll(1001, "recycled");
      await work(minutes(between(2, 3)));
      const mends = [mend, ...dies()];
      for (const carrier of carriers.values()) carrier.closeAll(1001, "recycled");
      serverAnswers(shift, "unreachable");
      await work(minutes(between(1.5, 2.5)));
      mends.forEach((each) => each());
      serverAnswers(shift, "well");
      await work(minutes(between(2, 3)));
    },
    watched,
  ),
  fresh(
    "internet-down-through-four-starts",
    ["local-network"],
    async (shift) => {
      const { network, chance, dial, pass, work, between } = shift;
      if (chance(0.5)) network.cut();
      else network.blackHole();
      await comesUp(shift);
      for (let time = 0; time < 3; time++) {
        await pass(seconds(between(40, 80)));
        await dial();
        await reloads(shift);
      }
      await pass(seconds(between(10, 40)));
      network.mend();
      await pass(seconds(between(5, 20)));
      await reloads(shift);
      await work(minutes(between(2, 3)));
    },
    { conditions: { hasControl: true }, isFromStart: true },
  ),
  fresh(
    "poor-everywhere-after-good-calls",
    ["local-network"],
    async (shift) => {
      const { work, chance, between } = shift;
      sharesTheLoad(shift);
      await work(minutes(between(4, 5)));
      const stop = soundsPoor(shift, () => chance(0.85));
      await endures(shift, stop, [7, 9]);
      return ["A", "B", "C"].every((id) => badlyHeard(shift, id) > 0);
    },
    { conditions: { trunks: three, pauseMs: 4_000, absent: 0.2 } },
  ),
];

const others: readonly Kind[] = [
  fresh("laptop-asleep-for-twenty-minutes", ["agent-device"], async ({ network, sleep, dial, pass, work, between }) => {
    for (let time = 0; time < 2; time++) {
      network.cut();
      await sleep(minutes(between(18, 24)));
      // Awake, and dialling, before there is a network again.
      await pass(seconds(between(1, 3)));
      await dial();
      network.mend();
      await work(minutes(between(2, 3)));
    }
  }),
  fresh("tab-frozen-in-the-background", ["agent-device"], async ({ sleep, work, between }) => {
    for (let time = 0; time < 3; time++) {
      await sleep(minutes(between(2, 7)));
      await work(minutes(between(1, 2)));
    }
  }),
  fresh("busy-at-noon-and-one-socket-lost", ["remote-party"], async (shift) => {
    const { chance, between } = shift;
    const busy = (): Behaviour => (chance(0.85) ? (phone) => phone.isBusy() : picksUp(shift));
    await worksThroughList(shift, prefixes.local, between(2, 3), busy);
    first(shift).resetAll();
    await worksThroughList(shift, prefixes.local, between(3, 4), busy);
  }),
  fresh("two-hundred-calls-all-well", [], async ({ dial, pass, between }) => {
    for (let call = 0; call < 200; call++) {
      await pass(seconds(between(1, 3)));
      await dial();
    }
  }),
  fresh("a-little-of-everything-and-nothing", [], async (shift) => {
    const { audio, chance, work, between } = shift;
    await work(minutes(between(1, 2)));
    first(shift).closeAll(1012, "upgrade");
    await work(minutes(between(1, 2)));
    await reloads(shift);
    const busy = (): Behaviour => (chance(0.4) ? (phone) => phone.isBusy() : picksUp(shift));
    await worksThroughList(shift, prefixes.local, between(1, 2), busy);
    audio.sounds = () => "poor";
    await shift.dial();
    audio.sounds = () => "good";
    await work(minutes(between(2, 3)));
  }),
];

const together: readonly Kind[] = [
  fresh("all-reset-together-then-an-edge-fails", ["carrier-signalling", "local-network"], async (shift) => {
    const { carriers, pass, work, one } = shift;
    const back = onAll(shift, { kind: "refuse" });
    carriers.forEach((carrier) => carrier.resetAll());
    await pass(seconds(2));
    back();
    await work(minutes(1));
    const mend = first(shift).fault(one([{ kind: "refuse" }, { kind: "freeze" }] as const));
    first(shift).resetAll();
    await endures(shift, mend, [3, 5]);
  }),
  fresh("wifi-roams-with-an-edge-fault-in-the-middle", ["local-network", "carrier-signalling"], async (shift) => {
    const { network, pass, work, between } = shift;
    const roams = async () => {
      for (let time = 0; time < 3; time++) {
        network.cut();
        await pass(seconds(between(2, 5)));
        network.mend();
        await work(seconds(between(40, 70)));
      }
    };
    await roams();
    const mend = first(shift).fault({ kind: "refuse" });
    first(shift).resetAll();
    await work(minutes(between(3, 4)));
    mend();
    await work(minutes(1));
    await roams();
  }),
];

export const fourthNearKinds: readonly Kind[] = [...ours, ...shared, ...others, ...together];
