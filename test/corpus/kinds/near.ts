/** Faults near the agent: the device, and the network between. */
import type { Audio, Microphone, Shift } from "../shift.ts";
import { comesUp, endures, minutes, reloads, type Kind } from "./kind.ts";

const microphone = (id: string, half: Kind["half"], fault: Microphone): Kind => ({
  id,
  half,
  truth: ["agent-device"],
  async play(shift) {
    shift.audio.microphone = fault;
    await endures(shift, () => (shift.audio.microphone = "well"), [1, 2]);
  },
});

const sounding = (id: string, half: Kind["half"], truth: Kind["truth"], audio: Audio, conditions?: Kind["conditions"]): Kind => ({
  id,
  half,
  truth,
  ...(conditions && { conditions }),
  async play(shift) {
    shift.audio.sounds = () => audio;
    // Carriers are compared: the operator takes the first out of service for a while.
    const [first] = shift.carriers.keys();
    await shift.work(minutes(2));
    if (first !== undefined) shift.line.isolate(first);
    await shift.work(minutes(2));
    if (first !== undefined) shift.line.restore(first);
    shift.audio.sounds = () => "good";
    await shift.work(minutes(shift.between(0.5, 1.5)));
  },
});

const devices: readonly Kind[] = [
  microphone("microphone-denied", "tune", "NotAllowedError"),
  microphone("microphone-missing", "score", "NotFoundError"),
  microphone("microphone-busy", "score", "NotReadableError"),
  {
    id: "microphone-silent",
    half: "score",
    truth: ["agent-device"],
    async play(shift) {
      shift.audio.sounds = () => "silent-here";
      await endures(shift, () => (shift.audio.sounds = () => "good"), [2, 4]);
    },
  },
  {
    id: "device-slept",
    half: "tune",
    truth: ["agent-device"],
    async play({ sleep, work, between, network, pass }) {
      // Awake, it has no network yet.
      network.cut();
      await sleep(minutes(between(3, 40)));
      await pass(between(4_000, 12_000));
      network.mend();
      await work(minutes(between(1, 3)));
    },
  },
];

/** Once gone, the network comes back more often than not. */
const lost = (id: string, half: Kind["half"], lose: (shift: Shift) => void): Kind => ({
  id,
  half,
  truth: ["local-network"],
  async play(shift) {
    lose(shift);
    await endures(shift, () => shift.network.mend(), [0.7, 3]);
  },
});

const networks: readonly Kind[] = [
  lost("network-cut", "tune", ({ network }) => network.cut()),
  lost("network-black-hole", "score", ({ network }) => network.blackHole()),
  {
    id: "network-flaps",
    half: "score",
    truth: ["local-network"],
    async play({ network, work, between, chance }) {
      for (let time = 0; time < 3; time++) {
        if (chance(0.5)) network.cut();
        else network.blackHole();
        await work(between(15_000, 50_000));
        network.mend();
        await work(between(20_000, 60_000));
      }
    },
  },
  {
    id: "network-gone-at-start",
    half: "tune",
    truth: ["local-network"],
    isFromStart: true,
    async play(shift) {
      shift.network.cut();
      await comesUp(shift);
      await shift.work(minutes(shift.between(0.5, 2)));
      shift.network.mend();
      await reloads(shift);
      await shift.work(minutes(shift.between(1, 2)));
    },
  },
  {
    id: "proxy-refuses-websockets",
    half: "score",
    truth: ["local-network"],
    async play(shift) {
      const mends = [...shift.carriers.values()].map((carrier) => carrier.fault({ kind: "refuse-upgrade", status: 403 }));
      for (const carrier of shift.carriers.values()) carrier.resetAll();
      await endures(shift, () => mends.forEach((mend) => mend()));
    },
  },
  sounding("udp-blocked", "score", ["local-network"], "none"),
  sounding("network-crowded", "tune", ["local-network"], "poor"),
];

export const nearKinds: readonly Kind[] = [...devices, ...networks];
