/** Days as a call centre's support desk knows them, on carriers that write SIP as their equipment does; drawn by an outsider, to be scored only. */
import { dialectNames, type Fault, type MockTrunk } from "../../../adapters/mock-trunk/index.ts";
import { prefixes, type Endpoint, type Shift } from "../shift.ts";
import { comesUp, endures, failing, first, isMet, minutes, reloads, type Kind } from "./kind.ts";

const calls = { methods: ["INVITE"] };
const local = { ...calls, prefix: prefixes.local };
const mobile = { ...calls, prefix: prefixes.mobile };
const seconds = (count: number) => count * 1_000;

const fresh = (id: string, truth: Kind["truth"], play: Kind["play"], more: Partial<Pick<Kind, "conditions" | "isFromStart">> = {}): Kind => ({
  ...more,
  conditions: { dialects: dialectNames, ...more.conditions },
  id,
  half: "score",
  truth,
  play,
});

/** The same to every carrier, by each of `faults`. */
const onAll = ({ carriers }: Shift, ...faults: readonly Fault[]) => {
  const mends = [...carriers.values()].flatMap((carrier) => faults.map((fault) => carrier.fault(fault)));
  return () => mends.forEach((mend) => mend());
};

type Phone = ReturnType<MockTrunk["phone"]>;
type Behaviour = (phone: Phone) => unknown;
const picksUp: Behaviour = (phone) => phone.answers({ ringAfterMs: 900, answerAfterMs: 5_000 });

/** The agent works through a list of numbers that begin with `prefix`; who is behind one is the same whichever carrier asks. */
async function worksThroughList(shift: Shift, prefix: string, count: number, behaviour: () => Behaviour = () => picksUp): Promise<void> {
  const { carriers, conditions, dial, pass, between } = shift;
  for (const untilMs = performance.now() + minutes(count); performance.now() < untilMs;) {
    await pass(between(0.5, 1.5) * conditions.pauseMs);
    const number = `${prefix}${String(Math.floor(between(1_000_000, 9_999_999)))}`;
    const behave = behaviour();
    for (const carrier of carriers.values()) behave(carrier.phone(number));
    await dial(number);
  }
}

/** What the CRM's server answers to each step of a start, and to the control. */
function serverAnswers({ crm, conditions }: Shift, steps: Endpoint, health: Endpoint = steps): void {
  for (const step of conditions.steps) crm.endpoints[step] = steps;
  crm.endpoints["health"] = health;
}

const maintenance = ({ one }: Shift): Fault => ({
  kind: "reject",
  code: 503,
  phrase: "Planned Maintenance",
  retryAfterS: one([60, 120, 300]),
  methods: ["REGISTER", "OPTIONS", "INVITE"],
});

const edges: readonly Kind[] = [
  fresh("registrar-slow-to-take-back", ["carrier-signalling"], async (shift) => {
    const carrier = failing(shift);
    const mend = carrier.fault({ kind: "slow", delayMs: seconds(shift.between(15, 40)), methods: ["REGISTER"] });
    carrier.closeAll(1012, "restart");
    await endures(shift, mend, [2, 4]);
    return isMet(carrier);
  }),
  fresh("maintenance-announced", ["carrier-signalling"], async (shift) => {
    const carrier = failing(shift);
    const mend = carrier.fault(maintenance(shift));
    carrier.closeAll(1001, "maintenance");
    await endures(shift, mend, [3, 5]);
    return isMet(carrier);
  }),
  fresh("certificate-runs-out", ["carrier-signalling"], async (shift) => {
    const { work, between } = shift;
    const carrier = failing(shift);
    const mend = carrier.fault({ kind: "refuse" });
    // What is open stays open, until the edge recycles it.
    await work(minutes(between(1, 2)));
    carrier.closeAll(1001, "recycled");
    await work(minutes(between(1.5, 3)));
    await reloads(shift);
    await endures(shift, mend, [1, 2]);
  }),
  fresh(
    "names-of-one-carrier-gone",
    ["carrier-signalling"],
    async (shift) => {
      const { carriers, one } = shift;
      const those = [...carriers.values()].slice(0, 2);
      const fault: Fault = one([{ kind: "refuse" }, { kind: "hang-upgrade" }] as const);
      const mends = those.map((edge) => edge.fault(fault));
      for (const edge of those) {
        edge.resetAll();
        await shift.work(minutes(shift.between(0.3, 1)));
      }
      await endures(shift, () => mends.forEach((mend) => mend()), [2, 4]);
    },
    {
      conditions: {
        trunks: [
          { id: "A", carrier: "Carrier A" },
          { id: "A2", carrier: "Carrier A" },
          { id: "B", carrier: "Carrier B" },
        ],
      },
    },
  ),
  fresh("edge-crashes-on-calls", ["carrier-signalling"], async (shift) => {
    await endures(shift, first(shift).fault({ kind: "reset-on", share: shift.between(0.6, 0.9), ...calls }), [3, 5]);
  }),
];

const routes: readonly Kind[] = [
  fresh("mobile-interconnect-full", ["carrier-routing"], async (shift) => {
    for (const share of [0.3, 0.9, 0.5]) {
      const mend = first(shift).fault({ kind: "reject", code: 503, q850: 34, after: 100, share, ...mobile });
      await worksThroughList(shift, prefixes.mobile, shift.between(1.5, 2.5));
      mend();
    }
    await worksThroughList(shift, prefixes.mobile, shift.between(1, 2));
    return isMet(first(shift));
  }),
  fresh("district-cut-off", ["carrier-routing"], async (shift) => {
    const answer = shift.one([
      { code: 502, q850: 38 },
      { code: 503, q850: 41 },
      { code: 504, q850: 102 },
    ] as const);
    // A third of the town.
    const mends = ["4", "5", "6"].map((district) =>
      first(shift).fault({ kind: "reject", ...answer, after: 100, ...calls, prefix: `${prefixes.local}${district}` }),
    );
    await endures(shift, () => mends.forEach((mend) => mend()), [5, 8]);
    return isMet(first(shift));
  }),
  fresh("calls-go-in-a-circle", ["carrier-routing"], async (shift) => {
    const loop = shift.one([{ code: 483 }, { code: 483, q850: 25 }] as const);
    await endures(shift, first(shift).fault({ kind: "reject", ...loop, after: 100, ...local }), [3, 5]);
    return isMet(first(shift));
  }),
];

const relays: readonly Kind[] = [
  fresh("relay-overloaded", ["carrier-media"], async (shift) => {
    const { line, carriers, work, between, chance, audio } = shift;
    const [id = ""] = carriers.keys();
    audio.sounds = () => (shift.call?.trunkId !== id || chance(0.15) ? "good" : chance(0.8) ? "poor" : "none");
    await work(minutes(between(2, 3)));
    // The supervisor compares the carriers, twice.
    for (let time = 0; time < 2; time++) {
      line.isolate(id);
      await work(minutes(between(1.5, 2.5)));
      line.restore(id);
      await work(minutes(between(1.5, 2.5)));
    }
    audio.sounds = () => "good";
    await work(minutes(between(1, 2)));
  }),
  fresh("relay-dies-despite-reload", ["carrier-media"], async (shift) => {
    const [id] = shift.carriers.keys();
    shift.audio.sounds = () => (shift.call?.trunkId === id ? "none" : "good");
    await shift.work(minutes(shift.between(1.5, 2.5)));
    await reloads(shift);
    await endures(shift, () => (shift.audio.sounds = () => "good"), [2, 4]);
  }),
];

const starts: readonly Kind[] = [
  fresh("release-breaks-the-script", ["crm-init"], async (shift) => {
    const { crm, conditions, work, between, one } = shift;
    const step = one(conditions.steps);
    crm.endpoints[step] = "breaks";
    await reloads(shift);
    await work(minutes(between(1, 2)));
    // A carrier's routine.
    failing(shift).closeAll(1001, "recycled");
    await work(minutes(between(0.5, 1)));
    await reloads(shift);
    await work(minutes(between(0.5, 1)));
    crm.endpoints[step] = "well";
    await reloads(shift);
    await work(minutes(between(1, 3)));
  }),
  fresh(
    "start-overloaded",
    ["crm-init"],
    async (shift) => {
      const { crm, conditions, work, between } = shift;
      const step = conditions.steps[1] ?? "";
      crm.endpoints[step] = "hangs";
      await comesUp(shift);
      await work(minutes(between(0.5, 1.5)));
      crm.endpoints[step] = { status: 503 };
      await reloads(shift);
      await work(minutes(between(0.5, 1)));
      crm.endpoints[step] = "well";
      await reloads(shift);
      await work(minutes(between(1, 3)));
    },
    { isFromStart: true },
  ),
  fresh("mobile-offer-lost-at-restart", ["crm-init"], async (shift) => {
    const { work, between } = shift;
    await worksThroughList(shift, prefixes.mobile, 1);
    for (let time = 0; time < 2; time++) {
      const mend = first(shift).fault({ kind: "silence", ...mobile });
      await reloads(shift);
      await worksThroughList(shift, prefixes.mobile, between(1.5, 2.5));
      await work(minutes(between(1, 2)));
      mend();
      await reloads(shift);
      await worksThroughList(shift, prefixes.mobile, between(1, 2));
    }
    return isMet(first(shift));
  }),
];

const settings: readonly Kind[] = [
  fresh("token-not-refreshed", ["crm-config", "crm-init"], async (shift) => {
    const { work, between, one } = shift;
    const mend = onAll(shift, { kind: "reject", code: one([401, 403]), methods: ["REGISTER", "INVITE"] });
    await work(minutes(between(2, 4)));
    // The page fetches a new one.
    mend();
    await reloads(shift);
    await work(minutes(between(2, 3)));
    return isMet(first(shift));
  }),
  fresh("profile-strips-the-country-code", ["crm-config", "crm-init"], async (shift) => {
    const { work, between } = shift;
    const incomplete = { kind: "reject", code: 484, q850: 28, ...calls } as const;
    const mend = onAll(shift, { ...incomplete, prefix: prefixes.mobile }, { ...incomplete, prefix: prefixes.international });
    await reloads(shift);
    await work(minutes(between(2, 3)));
    await worksThroughList(shift, prefixes.mobile, between(1, 2));
    await reloads(shift);
    await worksThroughList(shift, prefixes.international, between(1, 2));
    mend();
    await reloads(shift);
    await worksThroughList(shift, prefixes.mobile, between(1, 2));
    return isMet(first(shift));
  }),
  fresh("account-locked-in-the-afternoon", ["crm-config"], async (shift) => {
    const mend = first(shift).fault({ kind: "reject", code: 403, phrase: "Account Locked", methods: ["REGISTER", "INVITE"] });
    await endures(shift, mend, [3, 6]);
    return isMet(first(shift));
  }),
  fresh("codecs-changed-by-a-release", ["crm-config", "crm-init"], async (shift) => {
    const mend = first(shift).fault({ kind: "reject", code: 488, q850: 65, ...calls });
    await reloads(shift);
    await shift.work(minutes(shift.between(3, 5)));
    mend();
    await reloads(shift);
    await shift.work(minutes(shift.between(2, 3)));
    return isMet(first(shift));
  }),
];

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
      return drawn < 0.8 ? (phone) => phone.isBusy() : picksUp;
    };
    return worksThroughList(shift, prefixes.local, shift.between(6, 9), behaviour);
  }),
  fresh("customers-block-the-call-centre", ["remote-party"], (shift) => {
    const behaviour = (): Behaviour => {
      const drawn = shift.random();
      if (drawn < 0.4) return (phone) => phone.refuses({ code: 607, location: "U" });
      return drawn < 0.75 ? (phone) => phone.declines({ ringAfterMs: 800, afterMs: 2_500 }) : picksUp;
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

export const freshKinds: readonly Kind[] = [...edges, ...routes, ...relays, ...starts, ...settings, ...near, ...customers, ...together];
