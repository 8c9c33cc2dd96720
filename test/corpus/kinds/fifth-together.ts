/** A fifth outsider's days, drawn to be scored: days on which all is well, and two faults at once. */
import { prefixes, type Endpoint, type Shift } from "../shift.ts";
import { answersCustomers, holdsEachCall, inEachTalk } from "./fifth-near.ts";
import { customerCallsIn, refusals } from "./fresh-again.ts";
import { badlyHeard, fresh, maintenance, onAll, picksUp, sharesTheLoad, worksThroughList, type Behaviour } from "./fresh-kind.ts";
import { comesUp, endures, first, isMet, minutes, reloads, type Kind } from "./kind.ts";

const calls = { methods: ["INVITE"] };
const seconds = (count: number) => count * 1_000;
const three = ["A", "B", "C"].map((id) => ({ id, carrier: `Carrier ${id}` }));
const watched = { conditions: { trunks: three, hasControl: true } };
const shared = { conditions: { trunks: three, pauseMs: 4_000, absent: 0.15 } };

const calm: readonly Kind[] = [
  // Each customer is held and taken back; every carrier takes it.
  fresh(
    "holds-each-customer-all-well",
    [],
    async (shift) => {
      holdsEachCall(shift);
      await shift.work(minutes(shift.between(6, 9)));
    },
    { conditions: { absent: 0.2 } },
  ),
  // The customers' side holds, resumes and moves the audio, as exchanges do in a transfer; nothing is lost by it.
  fresh("customers-side-holds-and-moves-the-audio", [], async (shift) => {
    const { carriers, one, work, between } = shift;
    inEachTalk(shift, seconds(2), (_, trunkId) => {
      const call = carriers.get(trunkId)?.calls.findLast(({ state }) => state === "answered");
      const by = one(["INVITE", "UPDATE"] as const);
      const holds = async () => {
        await call?.hold({ by });
        await call?.resume({ by });
        await call?.moveMedia({ by });
      };
      void holds();
    });
    await work(minutes(between(6, 9)));
  }),
  // A day on which the agent calls nobody; who calls in is served, by every carrier, or gives up in time.
  fresh(
    "customers-call-in-all-day-all-well",
    [],
    async (shift) => {
      const { carriers, chance, pass, between } = shift;
      answersCustomers(shift);
      await comesUp(shift);
      const rounds = Math.round(between(4, 9));
      for (let round = 0; round < rounds; round++) {
        for (const [id, carrier] of carriers) {
          if (chance(0.75)) await customerCallsIn(shift, id);
          else carrier.call("agent7", { from: `${prefixes.mobile}4455${String(round)}1`, giveUpAfterMs: seconds(1) });
          await pass(seconds(between(4, 20)));
        }
      }
    },
    { isFromStart: true },
  ),
  // Two who answer, and one who is busy, away, or does as well, and the agent goes home.
  fresh(
    "three-calls-and-home",
    [],
    async (shift) => {
      const { carriers, dial, pass, one, between } = shift;
      await comesUp(shift);
      const other = Math.floor(between(0, 3));
      const behaves = one<Behaviour>([(phone) => phone.isBusy(), (phone) => phone.doesNotAnswer(), picksUp(shift)]);
      for (let call = 0; call < 3; call++) {
        await pass(seconds(between(5, 50)));
        const number = `${one([prefixes.local, prefixes.mobile])}${String(Math.floor(between(1_000_000, 9_999_999)))}`;
        const behave = call === other ? behaves : picksUp(shift);
        for (const carrier of carriers.values()) behave(carrier.phone(number));
        await dial(number);
      }
      await pass(seconds(between(5, 40)));
    },
    { isFromStart: true },
  ),
  // A new carrier comes into the settings, takes its share, and the oldest goes out of them; every call is served.
  fresh(
    "one-carrier-is-exchanged-for-another",
    [],
    async (shift) => {
      const { line, accounts, carriers, work, between } = shift;
      const [old, kept, fresh] = accounts as [Shift["accounts"][number], Shift["accounts"][number], Shift["accounts"][number]];
      line.setTrunks([old, kept]);
      await comesUp(shift);
      await work(minutes(between(2, 3)));
      line.setTrunks([old, kept, fresh].map((account) => ({ ...account, priority: 0, weight: 1 })));
      await work(minutes(between(2, 4)));
      line.setTrunks([fresh, kept]);
      carriers.get("A")?.fault({ kind: "refuse" });
      await work(minutes(between(2, 4)));
    },
    { conditions: { trunks: three }, isFromStart: true },
  ),
  // Weights are tried out all day long, and the page is loaded anew between; nothing comes of it but who takes the calls.
  fresh("weights-are-tried-out-all-day", [], async (shift) => {
    const { line, accounts, chance, work, between } = shift;
    for (let time = 0; time < 7; time++) {
      line.setTrunks(accounts.map((account) => ({ ...account, priority: Math.round(between(0, 1)), weight: Math.round(between(1, 9)) })));
      if (chance(0.3)) await reloads(shift);
      await work(minutes(between(0.7, 1.5)));
    }
  }),
];

const together: readonly Kind[] = [
  // Every carrier's audio is poor, for the Wi-Fi is; and one carrier names a route of its own as congested.
  fresh(
    "poor-wifi-while-one-route-is-congested",
    ["local-network", "carrier-routing"],
    async (shift) => {
      const { audio, chance, one, between } = shift;
      sharesTheLoad(shift);
      audio.sounds = () => (chance(0.85) ? "poor" : "good");
      const congested = { kind: "reject", code: 503, q850: one([34, 42]), location: "LN", after: 100 } as const;
      const mend = first(shift).fault({ ...congested, ...calls, prefix: prefixes.local });
      for (let round = 0; round < 3; round++) {
        await worksThroughList(shift, prefixes.local, between(2, 2.5));
        await worksThroughList(shift, prefixes.mobile, between(2, 2.5));
      }
      mend();
      audio.sounds = () => "good";
      await worksThroughList(shift, prefixes.local, between(1, 2));
      return refusals(first(shift)) > 1 && ["A", "B", "C"].every((id) => badlyHeard(shift, id) > 0);
    },
    shared,
  ),
  // The VPN lets no WebSocket through while it is up; between, one carrier is at work on its edge, and says so.
  fresh(
    "vpn-before-and-after-a-maintenance",
    ["local-network", "carrier-signalling"],
    async (shift) => {
      const { carriers, work, between } = shift;
      const vpn = async () => {
        const down = onAll(shift, { kind: "hang-upgrade" });
        carriers.forEach((carrier) => carrier.resetAll());
        await work(seconds(between(45, 80)));
        down();
        carriers.forEach((carrier) => carrier.resetAll());
        await work(minutes(between(1, 1.5)));
      };
      await vpn();
      const mend = first(shift).fault(maintenance(shift));
      first(shift).closeAll(1001, "maintenance");
      await work(minutes(between(3, 5)));
      mend();
      await work(minutes(between(1, 2)));
      await vpn();
      return isMet(first(shift));
    },
    watched,
  ),
  // One carrier's talks are mute, another's account is locked; the third carrier is well, and all take calls in turn.
  fresh(
    "audio-of-one-and-account-of-another",
    ["carrier-media", "crm-config"],
    async (shift) => {
      const { audio, carriers, one } = shift;
      sharesTheLoad(shift);
      audio.sounds = () => (shift.call?.trunkId === "A" ? "none" : "good");
      const locked = { kind: "reject", code: 403, phrase: one(["Account Locked", "Forbidden"]), methods: ["REGISTER", "INVITE"] } as const;
      const mend = carriers.get("B")?.fault(locked);
      await endures(shift, () => (mend?.(), (audio.sounds = () => "good")), [6, 9]);
      return badlyHeard(shift, "A") > 1 && refusals(carriers.get("B") ?? first(shift)) > 1;
    },
    shared,
  ),
  // Four numbers in five of the list are no more; and the backup's edge is away meanwhile.
  fresh(
    "bad-list-while-the-backup-is-away",
    ["remote-party", "carrier-signalling"],
    async (shift) => {
      const { line, carriers, chance, one, work, between } = shift;
      const backup = carriers.get("B");
      const mend = backup?.fault(one([{ kind: "refuse" }, { kind: "hang-upgrade" }] as const));
      backup?.resetAll();
      await worksThroughList(shift, prefixes.local, between(6, 8), () => (chance(0.8) ? (phone) => phone.isUnallocated() : picksUp(shift)));
      mend?.();
      await work(minutes(between(1, 2)));
      return line.journal.filter((entry) => entry.type === "call:ended" && entry.end === "callee-refused").length > 8;
    },
    { conditions: { pauseMs: 6_000 } },
  ),
  // The CRM's start fails twice at a stage of its own; and before and after, one carrier's talks are mute.
  fresh(
    "start-fails-while-one-relay-is-mute",
    ["crm-init", "carrier-media"],
    async (shift) => {
      const { audio, crm, conditions, one, work, between } = shift;
      sharesTheLoad(shift);
      audio.sounds = () => (shift.call?.trunkId === "A" ? "none" : "good");
      await work(minutes(between(3, 4)));
      const step = one(conditions.steps);
      crm.endpoints[step] = one<Endpoint>([{ status: 500 }, { status: 503 }, "breaks"]);
      await reloads(shift);
      await work(minutes(between(1.5, 2.5)));
      await reloads(shift);
      await work(minutes(between(1.5, 2.5)));
      crm.endpoints[step] = "well";
      await reloads(shift);
      await work(minutes(between(2, 3)));
      return badlyHeard(shift, "A") > 2;
    },
    shared,
  ),
  // The laptop sleeps twice; as it wakes the first time, one carrier's edge is away, and stays so for minutes while the other serves.
  fresh(
    "laptop-asleep-around-an-edge-fault",
    ["agent-device", "carrier-signalling"],
    async (shift) => {
      const { network, sleep, pass, work, one, between } = shift;
      let mend = () => {};
      for (let time = 0; time < 2; time++) {
        network.cut();
        if (time === 0) mend = first(shift).fault(one([{ kind: "refuse" }, { kind: "freeze" }] as const));
        await sleep(minutes(between(4, 15)));
        await pass(seconds(between(1, 4)));
        network.mend();
        await work(minutes(time === 0 ? between(4, 6) : between(1, 2)));
        mend();
        await work(minutes(between(2, 3)));
      }
    },
    { conditions: { hasControl: true } },
  ),
];

export const fifthTogetherKinds: readonly Kind[] = [...calm, ...together];
