/** Nothing of ours or a carrier's is wrong: customers who cannot be had, and days on which all is well. */
import { endures, failing, minutes, reloads, type Kind } from "./kind.ts";

const callees = (id: string, half: Kind["half"], absent: number): Kind => ({
  id,
  half,
  truth: ["remote-party"],
  conditions: { absent },
  play: (shift) => endures(shift, () => {}, [5, 8]),
});

const well = (id: string, half: Kind["half"], play: Kind["play"], conditions?: Kind["conditions"]): Kind => ({
  id,
  half,
  truth: [],
  ...(conditions && { conditions }),
  play,
});

export const calmKinds: readonly Kind[] = [
  callees("customers-away", "tune", 0.97),
  {
    id: "customers-busy",
    half: "score",
    truth: ["remote-party"],
    async play(shift) {
      for (const carrier of shift.carriers.values()) carrier.fault({ kind: "reject", code: 486, q850: 17, methods: ["INVITE"] });
      await shift.work(minutes(shift.between(3, 6)));
    },
  },
  {
    id: "numbers-no-more",
    half: "score",
    truth: ["remote-party"],
    async play(shift) {
      for (const carrier of shift.carriers.values()) carrier.fault({ kind: "reject", code: 404, q850: 1, methods: ["INVITE"] });
      await shift.work(minutes(shift.between(3, 6)));
    },
  },
  well("quiet-day", "tune", ({ work, between }) => work(minutes(between(5, 9)))),
  well("slow-network", "score", ({ work, between }) => work(minutes(between(4, 7))), { latencyMs: 240 }),
  well("reload-without-a-fault", "score", async (shift) => {
    await shift.work(minutes(shift.between(1, 3)));
    await reloads(shift);
    await shift.work(minutes(shift.between(2, 4)));
  }),
  well("a-socket-comes-and-goes", "tune", async (shift) => {
    failing(shift).resetAll();
    await shift.work(minutes(shift.between(3, 5)));
  }),
  well("sockets-come-and-go", "score", async (shift) => {
    for (const carrier of shift.carriers.values()) {
      carrier.closeAll(shift.one([1001, 1012]), "maintenance");
      await shift.work(minutes(shift.between(2.5, 4)));
    }
  }),
  well("nobody-calls", "score", (shift) => shift.pass(minutes(shift.between(10, 30)))),
  well("registrar-grants-little", "tune", async (shift) => {
    for (const carrier of shift.carriers.values()) carrier.fault({ kind: "short-binding", expiresS: 60 });
    await shift.work(minutes(shift.between(4, 7)));
  }),
  well("edge-answers-no-ping", "score", async (shift) => {
    for (const carrier of shift.carriers.values()) {
      carrier.fault({ kind: "no-pong" });
      carrier.fault({ kind: "slow", delayMs: 80 });
    }
    await shift.work(minutes(shift.between(4, 7)));
  }),
  well("busy-streak", "tune", async (shift) => {
    const mends = [...shift.carriers.values()].map((carrier) =>
      carrier.fault({ kind: "reject", code: 486, q850: 17, methods: ["INVITE"], share: 0.35 }),
    );
    await shift.work(minutes(shift.between(3, 5)));
    mends.forEach((mend) => mend());
    await shift.work(minutes(1));
  }),
];
