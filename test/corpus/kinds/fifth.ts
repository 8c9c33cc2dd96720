/** A fifth outsider's days, drawn to be scored: the carriers' edges, routes and relays, in talks and under customers' calls too. */
import type { MockTrunk, Phone } from "../../../adapters/mock-trunk/index.ts";
import { prefixes, type Shift } from "../shift.ts";
import { fifthNearKinds, holdsEachCall, inEachTalk } from "./fifth-near.ts";
import { fifthTogetherKinds } from "./fifth-together.ts";
import { customerCallsIn, dialsThenComparesEach, refusals } from "./fresh-again.ts";
import { audioTells, badlyHeard, bindsBriefly, fresh, sharesTheLoad, worksThroughList } from "./fresh-kind.ts";
import { soundsPoor } from "./fourth-near.ts";
import { comesUp, endures, first, isMet, minutes, type Kind } from "./kind.ts";

const calls = { methods: ["INVITE"] };
const local = { ...calls, prefix: prefixes.local };
const mobile = { ...calls, prefix: prefixes.mobile };
const seconds = (count: number) => count * 1_000;
const three = ["A", "B", "C"].map((id) => ({ id, carrier: `Carrier ${id}` }));
const siblings = ["A", "A2", "B"].map((id) => ({ id, carrier: `Carrier ${id.slice(0, 1)}` }));

/** Dials `count` customers; what is behind a number may differ from carrier to carrier. */
async function dialsMany(shift: Shift, count: number, behave: (phone: Phone, carrier: MockTrunk) => unknown): Promise<void> {
  const { carriers, conditions, dial, pass, between, one } = shift;
  for (let call = 0; call < count; call++) {
    await pass(between(0.5, 1.5) * conditions.pauseMs);
    const prefix = one([prefixes.local, prefixes.mobile, prefixes.international]);
    const number = `${prefix}${String(Math.floor(between(1_000_000, 9_999_999)))}`;
    for (const carrier of carriers.values()) behave(carrier.phone(number), carrier);
    await dial(number);
  }
}

const talks: readonly Kind[] = [
  // One carrier says BYE at the same second of each talk; no customer does that, and the others' talks are as long as people make them.
  fresh(
    "talks-cut-at-the-same-second-by-one-carrier",
    ["carrier-signalling", "carrier-routing"],
    async (shift) => {
      const { between } = shift;
      sharesTheLoad(shift);
      const hangUpAfterMs = Math.round(between(11, 17)) * 1_000;
      await dialsMany(shift, Math.round(between(26, 36)), (phone, carrier) => {
        const answers = { ringAfterMs: between(300, 2_500), answerAfterMs: between(1_500, 9_000) };
        return phone.answers(carrier === first(shift) ? { ...answers, hangUpAfterMs } : answers);
      });
      return shift.line.journal.filter((entry) => entry.type === "call:ended" && entry.end === "hung-up-there").length > 5;
    },
    { conditions: { trunks: three, pauseMs: 4_000 }, isOpen: true },
  ),
  // The agent holds each customer: one carrier's edge has an error of its own for each such request, the others take them. Calls go well.
  fresh(
    "hold-comes-to-nothing-on-one-carrier",
    ["carrier-signalling"],
    async (shift) => {
      const { one, work, between } = shift;
      sharesTheLoad(shift);
      const code = one([500, 503, 504]);
      holdsEachCall(shift, (trunkId) => (trunkId === "A" ? first(shift).fault({ kind: "reject", code, ...calls }) : () => {}));
      await work(minutes(between(8, 11)));
      return shift.line.journal.filter(({ type }) => type === "hold:refused").length > 3;
    },
    { conditions: { pauseMs: 4_000, absent: 0.15 } },
  ),
];

const edges: readonly Kind[] = [
  // The edge goes down with each customer's call that it brings, and is back some seconds later; the other carrier's customers are served.
  fresh("edge-falls-whenever-a-customer-calls-in", ["carrier-signalling"], async (shift) => {
    const { line, dial, pass, between } = shift;
    const carrier = first(shift);
    line.on("call:offered", (call) => void setTimeout(() => void call.answer(), seconds(between(3, 6))));
    const rounds = Math.round(between(5, 9));
    for (let round = 0; round < rounds; round++) {
      const from = `${prefixes.mobile}${String(Math.floor(between(100_000, 999_999)))}`;
      carrier.call("agent7", { from, giveUpAfterMs: seconds(20) });
      await pass(seconds(between(0.6, 2)));
      const mend = carrier.fault({ kind: "refuse" });
      carrier.resetAll();
      await pass(seconds(between(8, 25)));
      mend();
      await pass(seconds(between(10, 25)));
      if (round % 2 === 0) await customerCallsIn(shift, "B");
      else await dial();
    }
  }),
  // Announced by mail, as ever: the old name leads nowhere from noon on, and the settings have the new one some minutes later. Both are to blame.
  fresh(
    "edge-moves-to-another-name",
    ["carrier-signalling", "crm-config"],
    async (shift) => {
      const { line, accounts, carriers, one, work, between } = shift;
      const [old, moved, backup] = accounts as [Shift["accounts"][number], Shift["accounts"][number], Shift["accounts"][number]];
      line.setTrunks([old, backup]);
      await comesUp(shift);
      await work(minutes(between(2, 3)));
      const edge = carriers.get("A");
      edge?.fault(one([{ kind: "refuse" }, { kind: "hang-upgrade" }, { kind: "refuse-upgrade", status: 410 }] as const));
      edge?.closeAll(1001, "moved");
      await work(minutes(between(4, 7)));
      line.setTrunks([{ ...moved, id: "A" }, backup]);
      await work(minutes(between(2, 4)));
    },
    { conditions: { trunks: siblings, hasControl: true }, isFromStart: true },
  ),
  // One worker of six is sick all day long: whatever is dialled, one call in six gets 500 there, and none does at two other carriers.
  fresh(
    "one-call-in-six-gets-500-all-day",
    ["carrier-signalling", "carrier-routing"],
    async (shift) => {
      const { dial, pass, between } = shift;
      sharesTheLoad(shift);
      first(shift).fault({ kind: "reject", code: 500, share: 0.17, ...calls });
      for (let call = 0; call < 130; call++) {
        await pass(seconds(between(1, 4)));
        await dial();
      }
      return refusals(first(shift)) > 4;
    },
    { conditions: { trunks: three } },
  ),
  // Both accounts at one carrier are refused within the same minute, and the other carrier's is not: whether password or registrar, nobody can see.
  fresh(
    "both-passwords-at-one-carrier-void-at-once",
    ["crm-config", "carrier-signalling"],
    async (shift) => {
      const { carriers, one, between } = shift;
      await bindsBriefly(shift);
      const refused = { kind: "reject", code: 403, phrase: one(["Forbidden", "Wrong Password", "Authentication Failed"]) } as const;
      const mends = ["A", "A2"].map((id) => carriers.get(id)?.fault({ ...refused, methods: ["REGISTER", "INVITE"] }));
      await endures(shift, () => mends.forEach((mend) => mend?.()), [between(3, 4), 6]);
      return refusals(first(shift)) > 1;
    },
    { conditions: { trunks: siblings } },
  ),
];

const routes: readonly Kind[] = [
  // Abroad it rings and rings by one carrier, whoever is called; asked again by another, the same people answer. A ring-back tone may be true, though.
  fresh(
    "abroad-rings-for-ever-by-one-carrier",
    ["carrier-routing"],
    async (shift) => {
      const { one, between } = shift;
      const mend = first(shift).fault({ kind: "stall", after: one([180, 183] as const), prefix: prefixes.international });
      await dialsThenComparesEach(shift, prefixes.international, Math.round(between(7, 13)));
      await worksThroughList(shift, prefixes.local, between(1, 2));
      mend();
      await dialsThenComparesEach(shift, prefixes.international, 3);
      return isMet(first(shift));
    },
    { conditions: { pauseMs: 4_000 }, isOpen: true },
  ),
  // "Number changed", says one carrier's own switch of a whole range; the same numbers answer by the other carrier a minute later.
  fresh("numbers-changed-as-one-carrier-has-it", ["carrier-routing"], async (shift) => {
    const { work, between } = shift;
    const range = `${prefixes.mobile}3`;
    first(shift).fault({ kind: "reject", code: 410, q850: 22, location: "LN", after: 100, ...calls, prefix: range });
    await dialsThenComparesEach(shift, range, Math.round(between(6, 13)));
    await work(minutes(between(1, 2)));
    await worksThroughList(shift, `${prefixes.mobile}8`, between(0.7, 1.2));
    return refusals(first(shift)) > 3;
  }),
  // To mobiles alone, in the carrier's own words and with no cause; districts and abroad are well, and the other carrier reaches the same mobiles.
  fresh("trunk-group-out-of-service-in-words-alone", ["carrier-routing"], async (shift) => {
    const { one, between } = shift;
    const phrase = one(["Trunk Group Out Of Service", "No Circuit Available", "Destination Gateway Unavailable"]);
    const mend = first(shift).fault({ kind: "reject", code: one([502, 503]), phrase, after: 100, ...mobile });
    for (let round = 0; round < 2; round++) {
      await worksThroughList(shift, prefixes.mobile, between(1.5, 2.5));
      await worksThroughList(shift, one([prefixes.local, prefixes.international]), between(0.8, 1.2));
    }
    mend();
    await worksThroughList(shift, prefixes.mobile, between(1, 2));
    return refusals(first(shift)) > 2;
  }),
  // Weights were changed a minute before, and changed back in the middle: to no effect. The carrier itself names what is broken.
  fresh("route-out-soon-after-an-innocent-change-of-settings", ["carrier-routing"], async (shift) => {
    const { line, accounts, one, pass, between } = shift;
    await worksThroughList(shift, prefixes.local, between(2, 3));
    line.setTrunks(accounts.map((account) => ({ ...account, weight: Math.round(between(2, 9)) })));
    await pass(seconds(between(15, 50)));
    const named = one([
      { code: 502, q850: 38 },
      { code: 503, q850: 34 },
      { code: 503, q850: 41 },
    ]);
    const mend = first(shift).fault({ kind: "reject", ...named, location: "LN", after: 100, ...local });
    await worksThroughList(shift, prefixes.local, between(2, 3));
    line.setTrunks(accounts);
    await worksThroughList(shift, prefixes.local, between(2, 3));
    mend();
    await worksThroughList(shift, prefixes.local, between(2, 3));
    return refusals(first(shift)) > 2;
  }),
  // A network abroad is down: three carriers say so of it, each in its way, and reach the rest of that country. No carrier of ours can help it.
  fresh(
    "operator-abroad-down-for-all-carriers",
    ["carrier-routing", "remote-party"],
    async (shift) => {
      const { carriers, one, between } = shift;
      const its = { ...calls, prefix: `${prefixes.international}6` };
      const mends = [...carriers.values()].map((carrier) => {
        const cause = one([
          { code: 502, q850: 38, location: "RLN" },
          { code: 503, q850: 38, location: "INTL" },
          { code: 480, q850: 27, location: "RLN" },
        ]);
        return carrier.fault({ kind: "reject", ...cause, after: 100, ...its });
      });
      for (let round = 0; round < 2; round++) {
        await worksThroughList(shift, its.prefix, between(1.2, 2));
        await worksThroughList(shift, `${prefixes.international}4`, between(1, 1.5));
      }
      await endures(shift, () => mends.forEach((mend) => mend()), [1, 2]);
      return refusals(first(shift)) > 1;
    },
    { conditions: { trunks: three }, isOpen: true },
  ),
];

/** The far end is there, and takes what we send: only nothing comes back. */
const answered = { ice: "connected", dtls: "connected", wasConnected: true, flows: "outbound", answers: true } as const;

const relays: readonly Kind[] = [
  // After good calls, on both trunks of one carrier and never on the other's, while all three take calls in turn.
  fresh(
    "both-trunks-of-one-carrier-sound-poor",
    ["carrier-media"],
    async (shift) => {
      const { work, chance, between } = shift;
      sharesTheLoad(shift);
      await work(minutes(between(4, 5)));
      const stop = soundsPoor(shift, () => shift.call?.trunkId !== "B" && chance(0.85));
      await endures(shift, stop, [9, 12]);
      return ["A", "A2"].every((id) => badlyHeard(shift, id) > 2);
    },
    { conditions: { trunks: siblings, pauseMs: 4_000, absent: 0.15 } },
  ),
  // The only carrier's relay answers each check and sends nothing back: hardly a wire near the agent, though nobody else was heard of.
  fresh(
    "only-relay-sends-nothing-back",
    ["carrier-media"],
    async (shift) => {
      const { work, chance, between } = shift;
      await work(minutes(between(1, 2)));
      const isHit = () => chance(0.9);
      const stop = audioTells(shift, seconds(4), isHit, ({ lost }) =>
        lost({ direction: "inbound", kind: "never-came", forMs: seconds(4), path: answered }),
      );
      await endures(shift, stop, [4, 6]);
      return badlyHeard(shift, "A") > 2;
    },
    { conditions: { trunks: three.slice(0, 1), hasControl: true, absent: 0.15, pauseMs: 5_000 }, isOpen: true },
  ),
  // It moves each talk to another relay some seconds after the answer (re-INVITE), and from there nothing comes any more; others move nothing.
  fresh(
    "audio-dies-as-one-carrier-moves-it",
    ["carrier-media"],
    async (shift) => {
      const { chance, between } = shift;
      sharesTheLoad(shift);
      const path = { ...answered, remotePortChanged: true } as const;
      inEachTalk(shift, seconds(6), (_, trunkId) => {
        if (trunkId === "A")
          void first(shift)
            .calls.findLast(({ state }) => state === "answered")
            ?.moveMedia();
      });
      const isHit = () => shift.call?.trunkId === "A" && chance(0.95);
      audioTells(shift, seconds(between(10, 12)), isHit, ({ lost }) =>
        lost({ direction: "inbound", kind: "stopped", forMs: seconds(4), path }),
      );
      await shift.work(minutes(between(8, 11)));
      return badlyHeard(shift, "A") > 2;
    },
    { conditions: { pauseMs: 4_000, absent: 0.15 } },
  ),
];

export const fifthKinds: readonly Kind[] = [...talks, ...edges, ...routes, ...relays, ...fifthNearKinds, ...fifthTogetherKinds];
