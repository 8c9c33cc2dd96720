/** Faults of what all trunks share: the site's network, its proxy or firewall, its own border controller, its line to the Internet. */
import type { Fault } from "../../../adapters/mock-trunk/index.ts";
import type { Shift } from "../shift.ts";
import { comesUp, endures, isMet, minutes, reloads, type Kind } from "./kind.ts";

const near = (id: string, half: Kind["half"], play: Kind["play"], more: Partial<Kind> = {}): Kind => ({
  ...more,
  id,
  half,
  truth: ["local-network"],
  play,
});

/** Every edge meets the same; HTTP goes on as before. */
const onAll = ({ carriers }: Shift, fault: Fault) => {
  const mends = [...new Set(carriers.values())].map((carrier) => carrier.fault(fault));
  return () => mends.forEach((mend) => mend());
};
const resetAll = ({ carriers }: Shift) => [...new Set(carriers.values())].forEach((carrier) => carrier.resetAll());

const withControl = { conditions: { hasControl: true } };
const borderController = [
  { id: "A", carrier: "Carrier A", host: "sbc.example" },
  { id: "B", carrier: "Carrier B", host: "sbc.example" },
];

export const sharedKinds: readonly Kind[] = [
  near(
    "no-websocket-opens",
    "tune",
    async (shift) => {
      const mend = onAll(shift, { kind: "refuse" });
      resetAll(shift);
      await endures(shift, mend, [2, 6]);
    },
    withControl,
  ),
  near(
    "no-websocket-opens-from-the-start",
    "score",
    async (shift) => {
      const mend = onAll(shift, shift.one([{ kind: "refuse-upgrade", status: 403 }, { kind: "hang-upgrade" }] as const));
      await comesUp(shift);
      await endures(shift, mend, [2, 4]);
    },
    { ...withControl, isFromStart: true },
  ),
  near(
    "sockets-are-drained-of-everything",
    "tune",
    async (shift) => {
      await endures(shift, onAll(shift, { kind: "freeze" }), [2, 4]);
    },
    withControl,
  ),
  near(
    "border-controller-down",
    "score",
    async (shift) => {
      const mend = onAll(shift, { kind: "refuse" });
      resetAll(shift);
      await endures(shift, mend, [2, 4]);
    },
    { conditions: { trunks: borderController } },
  ),
  near(
    "border-controller-frozen",
    "tune",
    async (shift) => {
      await endures(shift, onAll(shift, { kind: "freeze" }), [2, 4]);
    },
    { conditions: { trunks: borderController } },
  ),
  near(
    "border-controller-answers-500",
    "tune",
    async (shift) => {
      await endures(shift, onAll(shift, { kind: "reject", code: 500, methods: ["INVITE"] }), [3, 6]);
      return [...shift.carriers.values()].some(isMet);
    },
    { conditions: { trunks: borderController } },
  ),
  near("sockets-reset-together", "tune", async (shift) => {
    for (let time = 0; time < 3; time++) {
      resetAll(shift);
      await shift.work(minutes(shift.between(1, 4)));
    }
  }),
  near("sockets-are-cut-in-turn", "tune", async (shift) => {
    // A proxy counts each connection's time for itself.
    for (let time = 0; time < 5; time++) {
      for (const carrier of shift.carriers.values()) {
        carrier.resetAll();
        await shift.pass(shift.between(5_000, 9_000));
      }
      await shift.work(shift.between(30_000, 60_000));
    }
  }),
  near("wifi-roams", "score", async (shift) => {
    for (let time = 0; time < 7; time++) {
      shift.network.blackHole();
      await shift.pass(shift.between(2_000, 9_000));
      resetAll(shift);
      shift.network.mend();
      await shift.work(shift.between(40_000, 100_000));
    }
  }),
  near(
    "proxy-lets-no-new-socket-through",
    "tune",
    async (shift) => {
      // What is open lives until it is lost.
      const mend = onAll(shift, { kind: "refuse-upgrade", status: 407 });
      await shift.work(minutes(1));
      for (const carrier of shift.carriers.values()) {
        carrier.resetAll();
        await shift.work(shift.between(5_000, 40_000));
      }
      await endures(shift, mend, [1, 3]);
    },
    withControl,
  ),
  near(
    "internet-hangs-at-start",
    "tune",
    async (shift) => {
      shift.network.blackHole();
      await comesUp(shift);
      await shift.work(minutes(shift.between(0.5, 2)));
      shift.network.mend();
      await reloads(shift);
      await shift.work(minutes(shift.between(1, 3)));
    },
    { isFromStart: true },
  ),
  near(
    "internet-late-at-start",
    "score",
    async (shift) => {
      if (shift.chance(0.5)) shift.network.blackHole();
      else shift.network.cut();
      await comesUp(shift);
      await shift.pass(shift.between(1_000, 40_000));
      shift.network.mend();
      await shift.pass(shift.between(1_000, 10_000));
      await reloads(shift);
      await shift.work(minutes(shift.between(1, 3)));
    },
    { isFromStart: true },
  ),
];
