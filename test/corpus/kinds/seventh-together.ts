/** A seventh outsider's days, drawn to be scored: carriers by the exchange, by the gateway and by the codec, and several faults at once. */
import type { Entry } from "../../../src/journal.ts";
import type { AudioQuality } from "../../../src/ports/audio.ts";
import { prefixes, type Endpoint } from "../shift.ts";
import { dialsThenComparesEach, refusals } from "./fresh-again.ts";
import { audioTells, badlyHeard, fresh, onAll, sharesTheLoad, worksThroughList } from "./fresh-kind.ts";
import { soundsPoor } from "./fourth-near.ts";
import { comesUp, endures, first, isMet, minutes, reloads, type Kind } from "./kind.ts";
import { unexplained } from "./seventh-near.ts";

const calls = { methods: ["INVITE"] };
const local = { ...calls, prefix: prefixes.local };
const seconds = (count: number) => count * 1_000;
const three = ["A", "B", "C"].map((id) => ({ id, carrier: `Carrier ${id}` }));
const siblings = ["A", "A2", "B"].map((id) => ({ id, carrier: `Carrier ${id.slice(0, 1)}` }));
const shared = { conditions: { trunks: three, pauseMs: 4_000, absent: 0.15 } };

const edges: readonly Kind[] = [
  // A new version of one carrier's edge falls over as it passes on an answer: each call that is picked up costs the connection on which it began, and
  // so does each refresh of its session on the next one. The other carrier's connection lives for days.
  fresh("edge-drops-the-connection-at-each-answer", ["carrier-signalling"], async (shift) => {
    sharesTheLoad(shift);
    first(shift).closeAll(1012, "upgrade");
    await endures(shift, first(shift).fault({ kind: "reset-on", after: 200, ...calls }), [5, 8]);
    const isLost = (entry: Entry) => entry.type === "flow:changed" && entry.trunkId === "A" && entry.from === "open";
    return shift.line.journal.filter(isLost).length > 3;
  }),
  // After its upgrade one carrier's edge sends each call elsewhere (302), to a host that nobody can reach; it registers and answers probes as ever.
  fresh("edge-sends-each-call-elsewhere", ["carrier-signalling", "carrier-routing"], async (shift) => {
    const mend = first(shift).fault({ kind: "reject", code: 302, headers: ["Contact: <sip:calls@pool-7.internal.invalid>"], ...calls });
    first(shift).closeAll(1012, "upgrade");
    await endures(shift, mend, [3, 5]);
    return refusals(first(shift)) > 1;
  }),
  // The backup takes no calls, and has taken none for weeks; it registers and answers probes, so that nobody knows. Then the first carrier's edge goes,
  // twice, and every call meets the one or the other.
  fresh(
    "backup-proves-hollow-when-it-is-needed",
    ["carrier-signalling"],
    async (shift) => {
      const { carriers, work, between, one } = shift;
      const backup = carriers.get("B");
      backup?.fault({ kind: "reject", code: one([500, 503]), phrase: one(["No Worker", "Service Unavailable"]), ...calls });
      await work(minutes(between(2, 4)));
      for (let time = 0; time < 2; time++) {
        const mend = first(shift).fault(one([{ kind: "refuse" }, { kind: "hang-upgrade" }] as const));
        first(shift).closeAll(1012, "restart");
        await work(minutes(between(2, 4)));
        mend();
        await work(minutes(between(2, 3)));
      }
      return backup && refusals(backup) > 1;
    },
    { conditions: { trunks: three.slice(0, 2), hasControl: true } },
  ),
];

const routes: readonly Kind[] = [
  // Half of the district's exchanges hang on a ring that one carrier has lost: numbers that go on with 2, 4, 6 or 8 come to nothing by it, all others
  // answer; and by the other carrier each.
  fresh(
    "half-the-exchanges-of-a-district-out",
    ["carrier-routing"],
    async (shift) => {
      const { between, one } = shift;
      await worksThroughList(shift, prefixes.local, between(2, 3));
      const mends = ["2", "4", "6", "8"].map((exchange) => first(shift).fault(unexplained(shift, `${prefixes.local}${exchange}`)));
      for (let round = 0; round < 2; round++) {
        await worksThroughList(shift, prefixes.local, between(2, 4));
        await dialsThenComparesEach(shift, `${prefixes.local}${one(["2", "4", "6", "8"])}`, 4);
      }
      await endures(shift, () => mends.forEach((mend) => mend()), [1, 2]);
      return isMet(first(shift));
    },
    { conditions: { pauseMs: 4_000 } },
  ),
  // A link that comes and goes: for a minute there is no way to the district by one carrier, then for some there is, six times. Nothing was started and
  // nothing changed.
  fresh(
    "route-gone-for-a-minute-six-times",
    ["carrier-routing"],
    async (shift) => {
      const { between, one } = shift;
      const gone = one([{ code: 503, q850: 41 }, { code: 503, q850: 38 }, { code: 502 }, { code: 503 }]);
      for (let time = 0; time < 6; time++) {
        const mend = first(shift).fault({ kind: "reject", ...gone, after: 100, ...local });
        await worksThroughList(shift, prefixes.local, between(0.8, 1.3));
        mend();
        await worksThroughList(shift, prefixes.local, between(2, 3));
      }
      return refusals(first(shift)) > 3;
    },
    { conditions: { trunks: three, pauseMs: 3_000 } },
  ),
  // Four gateways take the district's calls in turn, and three fail, each in its own way: one says nothing, one has an error, one names a temporary failure
  // (cause 41). The fourth serves. The carrier's other trunk does not go by them, and reaches whoever was asked in vain.
  fresh(
    "three-gateways-of-four-fail-each-in-its-own-way",
    ["carrier-routing"],
    async (shift) => {
      const { between } = shift;
      const carrier = first(shift);
      await worksThroughList(shift, prefixes.local, between(1, 2));
      const mends = [
        carrier.fault({ kind: "stall", after: 100, prefix: prefixes.local, share: 0.25 }),
        carrier.fault({ kind: "reject", code: 500, after: 100, share: 0.3, ...local }),
        carrier.fault({ kind: "reject", code: 503, q850: 41, location: "LN", after: 100, share: 0.4, ...local }),
      ];
      await worksThroughList(shift, prefixes.local, between(3, 5));
      await dialsThenComparesEach(shift, prefixes.local, 8);
      await worksThroughList(shift, prefixes.mobile, between(1, 2));
      mends.forEach((mend) => mend());
      await worksThroughList(shift, prefixes.local, between(2, 3));
      return refusals(carrier) > 2;
    },
    { conditions: { trunks: siblings, pauseMs: 4_000 } },
  ),
];

const isWell: AudioQuality = { mos: 4.2, lossPercent: 0.2, jitterMs: 7, rttMs: 60 };

const relays: readonly Kind[] = [
  // One carrier's transcoder garbles whatever it turns into G.729; its calls in PCMU are well, and so are the others' in either.
  fresh(
    "one-codec-sounds-poor-by-one-carrier",
    ["carrier-media"],
    async (shift) => {
      const { work, chance, between } = shift;
      sharesTheLoad(shift);
      audioTells(
        shift,
        seconds(8),
        () => true,
        ({ rated }) => {
          const codec = chance(0.6) ? "G729" : "PCMU";
          const isHit = codec === "G729" && shift.call?.trunkId === "A";
          if (isHit) rated("poor", { codec, mos: between(1.8, 2.5), lossPercent: between(6, 14), jitterMs: between(40, 90), rttMs: 60 });
          else rated("good", { ...isWell, codec });
        },
      );
      await work(minutes(between(12, 16)));
      return badlyHeard(shift, "A") > 3;
    },
    shared,
  ),
  // Since its maintenance one carrier's relay forwards packets in which there is no sound: they come in time and in order, from customer after customer.
  fresh(
    "packets-without-sound-from-one-relay",
    ["carrier-media"],
    async (shift) => {
      const { work, chance, between } = shift;
      sharesTheLoad(shift);
      await work(minutes(between(3, 4)));
      first(shift).closeAll(1001, "maintenance");
      const path = { ice: "connected", dtls: "connected", wasConnected: true, flows: "both", answers: true } as const;
      const stop = audioTells(
        shift,
        seconds(8),
        () => shift.call?.trunkId === "A" && chance(0.9),
        ({ lost }) => lost({ direction: "inbound", kind: "silent", forMs: seconds(8), path }),
      );
      await endures(shift, stop, [7, 10]);
      return badlyHeard(shift, "A") > 2;
    },
    shared,
  ),
  // Agents hear every customer well. By one carrier's own reports (RTCP) a seventh of what they say does not arrive there; by the others' all does.
  fresh(
    "customers-hear-the-agent-badly-by-one-carrier",
    ["carrier-media"],
    async (shift) => {
      const { work, chance, between } = shift;
      sharesTheLoad(shift);
      audioTells(
        shift,
        seconds(8),
        () => true,
        ({ rated }) => {
          const isHit = shift.call?.trunkId === "A" && chance(0.9);
          const bad = { mos: between(1.8, 2.4), lossPercent: between(12, 18), jitterMs: between(40, 80) };
          rated(isHit ? "poor" : "good", { ...isWell, uplink: isHit ? bad : { mos: 4.2, lossPercent: 0.3, jitterMs: between(4, 12) } });
        },
      );
      await work(minutes(between(9, 13)));
      return badlyHeard(shift, "A") > 2;
    },
    shared,
  ),
];

const together: readonly Kind[] = [
  // In the morning a start fails at its first step, and nobody can dial until the next one passes. An hour of good calls later one carrier's edge goes down,
  // with no start near, and comes back by itself.
  fresh(
    "failed-start-in-the-morning-and-an-edge-down-at-noon",
    ["crm-init", "carrier-signalling"],
    async (shift) => {
      const { line, crm, conditions, work, between, one } = shift;
      const [step = ""] = conditions.steps;
      crm.endpoints[step] = one<Endpoint>([{ status: 500 }, { status: 503 }, "hangs", "breaks"]);
      await comesUp(shift);
      await work(minutes(between(1, 2)));
      crm.endpoints[step] = "well";
      await reloads(shift);
      await work(minutes(between(20, 30)));
      const mend = first(shift).fault(one([{ kind: "refuse" }, { kind: "freeze" }] as const));
      first(shift).resetAll();
      await work(minutes(between(3, 5)));
      mend();
      await work(minutes(between(3, 4)));
      return line.journal.some(({ type }) => type === "call:refused");
    },
    { conditions: { hasControl: true }, isFromStart: true },
  ),
  // A start loses the mobiles, on every carrier, and the next one brings them back, twice. All that time the first carrier has no circuit to the district,
  // and says so; no start changes that.
  fresh(
    "start-loses-the-mobiles-beside-a-congestion-that-is-named",
    ["crm-init", "carrier-routing"],
    async (shift) => {
      const { between, one } = shift;
      const works = async (count: number) => {
        await worksThroughList(shift, prefixes.mobile, count * 0.6);
        await worksThroughList(shift, prefixes.local, count * 0.4);
      };
      await works(between(4, 5));
      const named = one([
        { code: 503, q850: 34 },
        { code: 503, q850: 42 },
        { code: 502, q850: 38 },
      ]);
      const clear = first(shift).fault({ kind: "reject", ...named, location: "LN", after: 100, ...local });
      await works(between(2, 3));
      for (let time = 0; time < 2; time++) {
        const mend = onAll(shift, { kind: "reject", code: 480, after: 100, ...calls, prefix: prefixes.mobile });
        await reloads(shift);
        await works(between(4, 6));
        mend();
        await reloads(shift);
        await works(between(4, 6));
      }
      clear();
      await works(between(3, 4));
      return refusals(first(shift)) > 4;
    },
    { conditions: { pauseMs: 4_000 } },
  ),
  // Bad luck: the first carrier names its circuits to the district as full, the second's edge has said goodbye (1012) and is gone, and the third sounds poor.
  fresh(
    "three-carriers-three-faults",
    ["carrier-routing", "carrier-signalling", "carrier-media"],
    async (shift) => {
      const { carriers, work, chance, between, one } = shift;
      sharesTheLoad(shift);
      await work(minutes(between(3, 4)));
      const stop = soundsPoor(shift, () => shift.call?.trunkId === "C" && chance(0.9));
      await work(minutes(between(3, 4)));
      const full = first(shift).fault({ kind: "reject", code: 503, q850: one([34, 42]), location: "LN", after: 100, ...local });
      await work(minutes(between(2, 3)));
      const back = carriers.get("B")?.fault({ kind: "refuse" });
      carriers.get("B")?.closeAll(1012, "restart");
      await work(minutes(between(4, 6)));
      back?.();
      full();
      stop();
      await work(minutes(between(3, 5)));
      return refusals(first(shift)) > 1 && badlyHeard(shift, "C") > 2;
    },
    shared,
  ),
];

export const seventhTogetherKinds: readonly Kind[] = [...edges, ...routes, ...relays, ...together];
