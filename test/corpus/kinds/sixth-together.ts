/** A sixth outsider's days, drawn to be scored: carriers by the hour and by the call, days on which all is well, and two faults at once. */
import type { Phone } from "../../../adapters/mock-trunk/index.ts";
import { prefixes, type Endpoint, type Shift } from "../shift.ts";
import { refusals } from "./fresh-again.ts";
import { badlyHeard, bindsBriefly, fresh, maintenance, picksUp, sharesTheLoad, worksThroughList } from "./fresh-kind.ts";
import { soundsPoor } from "./fourth-near.ts";
import { comesUp, endures, first, isMet, minutes, reloads, type Kind } from "./kind.ts";

const calls = { methods: ["INVITE"] };
const local = { ...calls, prefix: prefixes.local };
const seconds = (count: number) => count * 1_000;
const three = ["A", "B", "C"].map((id) => ({ id, carrier: `Carrier ${id}` }));
const watched = { conditions: { trunks: three, hasControl: true } };
const shared = { conditions: { trunks: three, pauseMs: 4_000, absent: 0.15 } };

/** Dials `count` of the usual customers with little time between. */
async function dialsUsual({ dial, pass, between }: Shift, count: number): Promise<void> {
  for (let call = 0; call < count; call++) {
    await pass(seconds(between(1, 5)));
    await dial();
  }
}

const carriers: readonly Kind[] = [
  // The carrier has no route to the district, and says so. Everybody goes to lunch; when they are back the route is, and nobody started anything.
  fresh("route-fault-ends-while-nobody-calls", ["carrier-routing"], async (shift) => {
    const { pass, between, one } = shift;
    await worksThroughList(shift, prefixes.local, between(2, 3));
    const named = one([
      { code: 404, q850: 3 },
      { code: 502, q850: 38 },
      { code: 503, q850: 41 },
    ]);
    const mend = first(shift).fault({ kind: "reject", ...named, location: "LN", after: 100, ...local });
    await worksThroughList(shift, prefixes.local, between(3, 5));
    await pass(minutes(between(15, 30)));
    mend();
    await pass(minutes(between(15, 30)));
    await worksThroughList(shift, prefixes.local, between(4, 6));
    return refusals(first(shift)) > 1;
  }),
  // Bindings are short, and one carrier's registrar refuses about every second refresh with an error of its own, for half an hour; the
  // others' takes each, and the calls that find the trunk registered are well.
  fresh("registrar-refuses-every-second-refresh", ["carrier-signalling"], async (shift) => {
    const { one, between } = shift;
    await bindsBriefly(shift);
    const code = one([500, 503, 504]);
    const mend = first(shift).fault({ kind: "reject", code, share: between(0.45, 0.65), methods: ["REGISTER"] });
    await endures(shift, mend, [18, 30]);
    return refusals(first(shift)) > 3;
  }),
  // Poor by one carrier, and to mobiles alone: its own other routes sound well, and so do mobiles by two others, on the same wire and in the same minutes.
  fresh(
    "mobiles-sound-poor-by-one-carrier",
    ["carrier-media"],
    async (shift) => {
      const { chance, between } = shift;
      sharesTheLoad(shift);
      await worksThroughList(shift, prefixes.mobile, between(2, 3));
      for (let round = 0; round < 2; round++) {
        const stop = soundsPoor(shift, () => shift.call?.trunkId === "A" && chance(0.9));
        await worksThroughList(shift, prefixes.mobile, between(5, 6));
        stop();
        await worksThroughList(shift, prefixes.local, between(2, 3));
      }
      return badlyHeard(shift, "A") > 2;
    },
    shared,
  ),
  // A long day. In the midst of it one carrier has no route to the district for some thirty calls; a third of all customers are busy or away.
  fresh(
    "two-hundred-calls-and-no-route-for-thirty",
    ["carrier-routing"],
    async (shift) => {
      const { one, between } = shift;
      sharesTheLoad(shift);
      await dialsUsual(shift, Math.round(between(70, 100)));
      const named = one([
        { code: 404, q850: 3 },
        { code: 502, q850: 38 },
        { code: 503, q850: 34 },
      ]);
      const mend = first(shift).fault({ kind: "reject", ...named, location: "LN", after: 100, ...local });
      await dialsUsual(shift, Math.round(between(28, 36)));
      mend();
      await dialsUsual(shift, Math.round(between(70, 90)));
      return refusals(first(shift)) > 2;
    },
    { conditions: { trunks: three, absent: 0.33 } },
  ),
  // One trunk, three calls, and not a word to any of their INVITEs; the edge answers whatever else it is asked. A switch behind it, or what the CRM
  // writes into an INVITE: there is nothing to compare with.
  fresh(
    "three-calls-and-the-only-edge-says-nothing-to-them",
    ["carrier-signalling", "carrier-routing"],
    async (shift) => {
      const { carriers, dial, pass, one, between } = shift;
      first(shift).fault({ kind: "silence", ...calls });
      await comesUp(shift);
      for (let call = 0; call < 3; call++) {
        await pass(seconds(between(10, 60)));
        const number = `${one([prefixes.local, prefixes.mobile])}${String(Math.floor(between(1_000_000, 9_999_999)))}`;
        for (const carrier of carriers.values()) picksUp(shift)(carrier.phone(number));
        await dial(number);
      }
      await pass(seconds(between(20, 60)));
      return isMet(first(shift));
    },
    { conditions: { trunks: three.slice(0, 1) }, isFromStart: true, isOpen: true },
  ),
  // A step that nothing depends on has failed at every start for weeks. One carrier's edge swallows all for minutes in which nothing is started.
  fresh(
    "edge-dumb-beside-a-step-that-never-passes",
    ["carrier-signalling"],
    async (shift) => {
      const { crm, work, between, one } = shift;
      crm.endpoints["badges"] = one<Endpoint>([{ status: 404 }, { status: 500 }, "breaks"]);
      await comesUp(shift);
      await work(minutes(between(2, 4)));
      await reloads(shift);
      await work(minutes(between(3, 4)));
      const mend = first(shift).fault(one([{ kind: "silence" }, { kind: "freeze" }] as const));
      await work(minutes(between(3, 5)));
      mend();
      await work(minutes(between(2, 3)));
      await reloads(shift);
      await work(minutes(between(1, 2)));
    },
    { conditions: { extras: ["badges"], hasControl: true }, isFromStart: true },
  ),
];

const calm: readonly Kind[] = [
  // Steps that the CRM can do without fail at every start, and there are many starts. Not one call is the worse for it.
  fresh(
    "extras-fail-at-every-start-and-no-call-does",
    [],
    async (shift) => {
      const { crm, work, between, one } = shift;
      for (let time = 0; time < 5; time++) {
        for (const extra of ["badges", "weather"])
          crm.endpoints[extra] = one<Endpoint>([{ status: 500 }, { status: 404 }, "hangs", "breaks", "well"]);
        await reloads(shift);
        await work(minutes(between(1.5, 3)));
      }
    },
    { conditions: { extras: ["badges", "weather"] } },
  ),
  // Two hundred calls, of which one meets a single 503 and is carried by another trunk, and one socket that is reset once, and is back in a second.
  fresh(
    "one-hitch-in-two-hundred-calls",
    [],
    async (shift) => {
      const { carriers, between } = shift;
      await dialsUsual(shift, Math.round(between(50, 80)));
      first(shift).fault({ kind: "reject", code: 503, times: 1, ...calls });
      await dialsUsual(shift, Math.round(between(50, 70)));
      carriers.get("B")?.resetAll();
      await dialsUsual(shift, Math.round(between(50, 70)));
      return refusals(first(shift)) === 1;
    },
    { conditions: { absent: 0.25 } },
  ),
  // Feast day in one town: by three carriers its phones ring and hardly anybody picks up, or is busy; the rest of the country does.
  fresh(
    "one-town-celebrates",
    ["remote-party"],
    async (shift) => {
      const { chance, between } = shift;
      sharesTheLoad(shift);
      const celebrates = () =>
        chance(0.12) ? picksUp(shift) : chance(0.75) ? (phone: Phone) => phone.doesNotAnswer() : (phone: Phone) => phone.isBusy();
      for (let round = 0; round < 2; round++) {
        await worksThroughList(shift, prefixes.local, between(6, 9), celebrates);
        await worksThroughList(shift, prefixes.mobile, between(2, 3));
      }
    },
    shared,
  ),
];

const together: readonly Kind[] = [
  // The dispute, and beside it the other carrier at work on its edge, by its own words: the district is lost by a start and mended by the next, twice.
  fresh(
    "start-loses-the-district-while-the-backup-is-in-maintenance",
    ["crm-init", "carrier-signalling"],
    async (shift) => {
      const { carriers, between, one } = shift;
      const lost = one([{ kind: "silence", ...local } as const, { kind: "reject", code: 500, ...local } as const]);
      for (let time = 0; time < 2; time++) {
        await worksThroughList(shift, prefixes.local, between(2, 3));
        const mend = first(shift).fault(lost);
        await reloads(shift);
        await worksThroughList(shift, prefixes.local, between(1.5, 2.5));
        const back = carriers.get("B")?.fault(maintenance(shift));
        carriers.get("B")?.closeAll(1001, "maintenance");
        await worksThroughList(shift, prefixes.local, between(2, 3));
        await worksThroughList(shift, prefixes.mobile, between(0.5, 1));
        mend();
        await reloads(shift);
        await worksThroughList(shift, prefixes.local, between(2, 3));
        back?.();
      }
      return isMet(first(shift));
    },
    { conditions: { hasControl: true } },
  ),
  // A change mistypes the second trunk's host; and before anybody sees it the first one's edge freezes. The third serves all.
  fresh(
    "mistyped-host-of-one-and-frozen-edge-of-another",
    ["crm-config", "carrier-signalling"],
    async (shift) => {
      const { line, accounts, work, between } = shift;
      line.setTrunks(
        accounts.map((account) => (account.id === "B" ? { ...account, server: `${account.server as string}.invalid` } : account)),
      );
      await work(minutes(between(2, 4)));
      const mend = first(shift).fault({ kind: "freeze" });
      await work(minutes(between(4, 6)));
      mend();
      line.setTrunks(accounts);
      await work(minutes(between(2, 3)));
    },
    watched,
  ),
  // One carrier names its circuits as full all along; in the midst of that the office is cut off from everything for some minutes.
  fresh(
    "office-cut-off-in-the-midst-of-a-congestion",
    ["carrier-routing", "local-network"],
    async (shift) => {
      const { network, between, one } = shift;
      const full = { kind: "reject", code: 503, q850: one([34, 42]), location: "LN", after: 100, ...local } as const;
      const mend = first(shift).fault(full);
      await worksThroughList(shift, prefixes.local, between(3, 5));
      network.cut();
      await worksThroughList(shift, prefixes.local, between(1.5, 3));
      network.mend();
      await worksThroughList(shift, prefixes.local, between(3, 5));
      mend();
      await worksThroughList(shift, prefixes.local, between(2, 3));
      return refusals(first(shift)) > 2;
    },
    watched,
  ),
];

export const sixthTogetherKinds: readonly Kind[] = [...carriers, ...calm, ...together];
