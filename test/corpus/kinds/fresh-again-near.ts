/** A second outsider's days, drawn to be scored: what the CRM's settings say, what is near the agent, the customers, and days on which all is well. */
import { prefixes, type Shift } from "../shift.ts";
import { fresh, onAll, picksUp, worksThroughList, type Behaviour } from "./fresh-kind.ts";
import { comesUp, endures, first, isMet, minutes, reloads, type Kind } from "./kind.ts";

const calls = { methods: ["INVITE"] };
const seconds = (count: number) => count * 1_000;
const siblings = {
  trunks: [
    { id: "A", carrier: "Carrier A" },
    { id: "A2", carrier: "Carrier A" },
    { id: "B", carrier: "Carrier B" },
  ],
};

/** The CRM's settings say otherwise of the first trunk from now on. @returns what sets them right. */
export function missets({ line, accounts }: Shift, wrong: Partial<Shift["accounts"][number]>): () => void {
  line.setTrunks(accounts.map((account, index) => (index === 0 ? { ...account, ...wrong } : account)));
  return () => line.setTrunks(accounts);
}

const settings: readonly Kind[] = [
  fresh("wrong-port-in-the-settings", ["crm-config"], async (shift) => {
    const { line, accounts, work, between, one } = shift;
    // The first trunk is deleted in the settings and put in anew, with a slip of the pen.
    line.setTrunks(accounts.slice(1));
    await work(seconds(between(20, 60)));
    await endures(shift, missets(shift, { server: `${accounts[0]?.server as string}:${one(["7443", "5061", "8443"])}` }), [3, 5]);
  }),
  fresh(
    "international-not-in-the-contract",
    ["crm-config"],
    async (shift) => {
      const { one, between } = shift;
      const barred = one([{ q850: 57 }, { phrase: "Destination Not Allowed For This Account" }]);
      first(shift).fault({ kind: "reject", code: 403, ...barred, ...calls, prefix: prefixes.international });
      await comesUp(shift);
      await worksThroughList(shift, prefixes.local, between(1, 2));
      // A campaign abroad; the other carrier's contract has it.
      await worksThroughList(shift, prefixes.international, between(3, 5));
      await worksThroughList(shift, prefixes.local, between(1, 2));
      return isMet(first(shift));
    },
    { isFromStart: true },
  ),
  fresh(
    "credit-used-up-on-one-account",
    ["crm-config"],
    async (shift) => {
      // Of two at one carrier; the other one's calls go out as ever.
      await endures(shift, first(shift).fault({ kind: "reject", code: 402, phrase: "Payment Required", ...calls }), [3, 5]);
      return isMet(first(shift));
    },
    { conditions: siblings },
  ),
  fresh("relay-credentials-missing-after-a-start", ["crm-init", "crm-config"], async (shift) => {
    const { audio, work, between } = shift;
    const open = audio.open.bind(audio);
    for (let time = 0; time < 2; time++) {
      // The stage that fetches them came through with an empty list, and no audio leaves the site without a relay.
      audio.open = (troubles) => {
        troubles?.iceServersFailed(new TypeError("no relay in the CRM's answer"));
        return open(troubles);
      };
      audio.sounds = () => "no-path";
      await reloads(shift);
      await work(minutes(between(1.5, 2.5)));
      audio.open = open;
      audio.sounds = () => "good";
      await reloads(shift);
      await work(minutes(between(1.5, 2.5)));
    }
  }),
  fresh("page-forbids-the-microphone", ["crm-config", "crm-init"], async (shift) => {
    const { audio, work, between } = shift;
    // Every other server of the CRM's answers without the header that permits it; a page is of the one or the other.
    for (let time = 0; time < 3; time++) {
      // As a page that may not have it says, whatever the agent would (see `browser/kinds.ts`).
      audio.microphone = "SecurityError";
      await reloads(shift);
      await work(minutes(between(0.5, 1)));
      audio.microphone = "well";
      await reloads(shift);
      await work(minutes(between(1, 2)));
    }
  }),
];

/** The headset is pulled from the page in the middle of each call: what a device does, not a wire. */
function pullsTheHeadset({ audio, between }: Shift): () => void {
  const open = audio.open.bind(audio);
  audio.open = (troubles) => {
    const session = open(troubles);
    const { watch } = session;
    return {
      ...session,
      watch(events) {
        const timer = setTimeout(() => events.microphone("lost", "none"), seconds(between(1, 6)));
        const stop = watch?.(events);
        return () => {
          clearTimeout(timer);
          stop?.();
        };
      },
    };
  };
  return () => (audio.open = open);
}

const near: readonly Kind[] = [
  fresh("usb-hub-loses-the-headset", ["agent-device"], async (shift) => {
    const { audio, work, between } = shift;
    for (let time = 0; time < 3; time++) {
      const replug = pullsTheHeadset(shift);
      audio.sounds = () => "silent-here";
      await work(seconds(between(30, 60)));
      replug();
      audio.microphone = "NotFoundError";
      await work(seconds(between(20, 40)));
      audio.microphone = "well";
      audio.sounds = () => "good";
      await work(seconds(between(40, 90)));
    }
  }),
  fresh("hotspot-between-two-cells", ["local-network"], async ({ network, audio, pass, work, between, chance }) => {
    for (let time = 0; time < 5; time++) {
      if (chance(0.5)) network.cut();
      else network.blackHole();
      await pass(seconds(between(3, 9)));
      network.mend();
      // Whoever carries it, the first calls after that come over a thin cell.
      audio.sounds = () => (chance(0.7) ? "poor" : "none");
      await work(seconds(between(30, 60)));
      audio.sounds = () => "good";
      await work(seconds(between(30, 60)));
    }
  }),
  fresh(
    "resolver-dies-name-by-name",
    ["local-network"],
    async (shift) => {
      const { carriers, crm, conditions, work, between } = shift;
      // A connection that stands needs no name; each new one does, and one name after the other is no longer in the cache.
      for (const carrier of carriers.values()) {
        carrier.fault({ kind: "refuse" });
        carrier.closeAll(1001, "recycled");
        await work(seconds(between(10, 40)));
      }
      for (const name of [...conditions.steps, "health"]) crm.endpoints[name] = "unreachable";
      await work(minutes(between(1, 2)));
      await reloads(shift);
      await work(minutes(between(1, 2)));
      for (const name of [...conditions.steps, "health"]) crm.endpoints[name] = "well";
      for (const carrier of carriers.values()) carrier.clearFaults();
      await reloads(shift);
      await work(minutes(between(1, 3)));
    },
    { conditions: { hasControl: true } },
  ),
];

const customers: readonly Kind[] = [
  fresh("switchboard-of-one-company-down", ["remote-party"], async (shift) => {
    const { carriers, conditions, dial, pass, work, between, one } = shift;
    const answer = one([
      { code: 502, q850: 27, location: "U" },
      { code: 480, q850: 20, location: "RPN" },
      { code: 502, q850: 27, location: "RPN" },
    ]);
    // Its hundred numbers, which everybody's calls come to nothing on; between them others, which all goes well with.
    for (let index = 0; index < 8; index++) {
      const number = `${prefixes.local}8800${String(Math.floor(between(10, 99)))}`;
      for (const carrier of carriers.values()) carrier.phone(number).refuses(answer);
      await dial(number);
      await pass(between(0.5, 1.5) * conditions.pauseMs);
      if (index % 2 === 1) await work(seconds(between(15, 40)));
    }
    await work(minutes(between(1, 2)));
  }),
  fresh("blocked-by-analytics", ["remote-party", "crm-config"], async (shift) => {
    const { one, between, chance } = shift;
    const blocked = one([
      { code: 608, location: "RPN" },
      { code: 603, phrase: "Network Blocked", text: "v=analytics1;url=https://redress.example", location: "RPN" },
    ]);
    // The mobile operators' engines take this call centre's number for a nuisance, whoever brings the call.
    const behaviour = (): Behaviour => (chance(0.75) ? (phone) => phone.refuses(blocked) : picksUp(shift));
    await worksThroughList(shift, prefixes.mobile, between(4, 6), behaviour);
    await worksThroughList(shift, prefixes.local, between(1, 2));
  }),
];

const calm: readonly Kind[] = [
  fresh("training-day-with-test-numbers", [], async (shift) => {
    const { line, dial, work, between } = shift;
    const behaviour = (): Behaviour => {
      const drawn = shift.random();
      if (drawn < 0.12) return (phone) => phone.isUnallocated();
      if (drawn < 0.22) return (phone) => phone.isBusy();
      return drawn < 0.27 ? (phone) => phone.refuses({ code: 484, q850: 28 }) : picksUp(shift);
    };
    await worksThroughList(shift, `${prefixes.local}00`, between(3, 5), behaviour);
    line.setAvailable(false);
    await reloads(shift);
    line.setAvailable(true);
    // The trainees end their calls before anybody can pick up.
    for (let call = 0; call < 4; call++) await dial(`${prefixes.local}0000${String(call)}`);
    await work(minutes(between(2, 4)));
  }),
  fresh("ten-reloads-all-well", [], async (shift) => {
    for (let time = 0; time < 10; time++) {
      await reloads(shift);
      await shift.work(seconds(shift.between(10, 50)));
    }
  }),
  fresh(
    "slow-but-fine",
    [],
    async (shift) => {
      const { between } = shift;
      // Long lines, and old exchanges that ring late.
      onAll(shift, { kind: "slow", delayMs: between(300, 600) });
      const answersLate = (): Behaviour => (phone) =>
        phone.answers({ ringAfterMs: between(2_500, 4_500), answerAfterMs: between(2_000, 9_000) });
      await worksThroughList(shift, prefixes.international, between(3, 5), answersLate);
      await worksThroughList(shift, prefixes.local, between(3, 5));
    },
    { conditions: { latencyMs: 150, absent: 0.2 } },
  ),
];

export const freshAgainNearKinds: readonly Kind[] = [...settings, ...near, ...customers, ...calm];
