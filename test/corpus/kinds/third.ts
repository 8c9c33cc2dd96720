/** A third outsider's days, drawn to be scored: the carriers', and what a start of the CRM's leaves behind. */
import type { Credentials } from "../../../src/ports/sip-account.ts";
import { prefixes, type Shift } from "../shift.ts";
import { ask } from "../surroundings.ts";
import { missets } from "./fresh-again-near.ts";
import { dialsThenComparesEach, refusals } from "./fresh-again.ts";
import { audioTells, badlyHeard, bindsBriefly, fresh, sharesTheLoad, worksThroughList } from "./fresh-kind.ts";
import { comesUp, endures, first, isMet, minutes, reloads, type Kind } from "./kind.ts";
import { thirdNearKinds } from "./third-near.ts";

const calls = { methods: ["INVITE"] };
const local = { ...calls, prefix: prefixes.local };
const seconds = (count: number) => count * 1_000;
const three = ["A", "B", "C"].map((id) => ({ id, carrier: `Carrier ${id}` }));
const siblings = ["A", "A2", "B"].map((id) => ({ id, carrier: `Carrier ${id.slice(0, 1)}` }));

const edges: readonly Kind[] = [
  fresh(
    "edge-sheds-load-at-the-full-hour",
    ["carrier-signalling"],
    async (shift) => {
      const { work, between, one } = shift;
      const carrier = first(shift);
      // Every dialler of the country begins at the full hour; for some minutes the edge takes what it can.
      for (let hour = 0; hour < 3; hour++) {
        const shed = { code: 503, retryAfterS: one([5, 10, 20]), share: between(0.6, 0.9), methods: ["INVITE", "OPTIONS"] };
        const mend = carrier.fault({ kind: "reject", ...shed });
        await work(minutes(between(1.5, 3)));
        mend();
        await work(minutes(between(3, 5)));
      }
      return refusals(carrier) > 2;
    },
    { conditions: { pauseMs: 3_000 } },
  ),
  fresh("proxies-share-no-nonces", ["carrier-signalling"], async (shift) => {
    await bindsBriefly(shift);
    // A farm without a common memory: a call's answer to one proxy's challenge goes to the next. The registrar takes the same password.
    await endures(shift, first(shift).fault({ kind: "stale-nonce", times: 500, ...calls }), [3, 5]);
    return first(shift).log.filter(({ fault }) => fault === "stale-nonce").length > 2;
  }),
  fresh("edge-slower-by-the-minute", ["carrier-signalling"], async (shift) => {
    const { work, between } = shift;
    for (const delayMs of [400, 1_200, 3_000, 8_000, 20_000, 40_000]) {
      const mend = first(shift).fault({ kind: "slow", delayMs: delayMs * between(0.8, 1.2) });
      await work(minutes(between(0.8, 1.5)));
      mend();
    }
    await work(minutes(between(1, 3)));
  }),
  fresh("edge-drops-whoever-registers", ["carrier-signalling"], async (shift) => {
    const mend = first(shift).fault({ kind: "reset-on", methods: ["REGISTER"] });
    first(shift).closeAll(1012, "upgrade");
    await endures(shift, mend, [2, 4]);
  }),
  fresh(
    "only-edge-answers-500-to-three-calls",
    ["carrier-signalling"],
    async (shift) => {
      const { dial, pass, between } = shift;
      await comesUp(shift);
      await dial();
      await dial();
      const mend = first(shift).fault({ kind: "reject", code: 500, after: 100, methods: ["INVITE", "OPTIONS"] });
      for (let call = 0; call < 3; call++) {
        await pass(seconds(between(5, 40)));
        await dial();
      }
      mend();
      await pass(minutes(between(1, 2)));
      return refusals(first(shift)) > 2;
    },
    { conditions: { trunks: three.slice(0, 1), hasControl: true, absent: 0.01 }, isFromStart: true },
  ),
];

const routes: readonly Kind[] = [
  fresh("wholesaler-fakes-the-ringing", ["carrier-routing"], async (shift) => {
    const { one, between } = shift;
    const cause = one([
      { code: 480, q850: 38 },
      { code: 503, q850: 34 },
      { code: 480, q850: 41 },
    ]);
    const fault = { kind: "reject", ...cause, location: "TN", after: 180, ...calls, prefix: prefixes.mobile } as const;
    const mend = first(shift).fault({ ...fault, share: between(0.8, 1) });
    await dialsThenComparesEach(shift, prefixes.mobile, 10);
    await endures(shift, mend, [1, 2]);
    return refusals(first(shift)) > 2;
  }),
  fresh(
    "announcement-and-no-route",
    ["carrier-routing"],
    async (shift) => {
      const { one, between } = shift;
      const cause = one([
        { code: 404, q850: 3 },
        { code: 480, q850: 3 },
        { code: 502, q850: 38 },
      ]);
      const mend = first(shift).fault({ kind: "reject", ...cause, location: "LN", after: 183, ...calls, prefix: prefixes.international });
      await worksThroughList(shift, prefixes.international, between(2, 3));
      await worksThroughList(shift, prefixes.local, between(1, 2));
      mend();
      await worksThroughList(shift, prefixes.international, between(1, 2));
      return refusals(first(shift)) > 1;
    },
    { conditions: { trunks: three } },
  ),
  fresh("new-range-not-built-in", ["carrier-routing"], async (shift) => {
    const range = `${prefixes.mobile}7`;
    // Opened last week: this carrier says that it tries, and then nothing more.
    first(shift).fault({ kind: "stall", after: 100, prefix: range });
    for (let time = 0; time < 2; time++) {
      await worksThroughList(shift, `${prefixes.mobile}4`, shift.between(1, 1.5));
      await dialsThenComparesEach(shift, range, 4);
    }
    return isMet(first(shift));
  }),
  fresh(
    "two-starts-around-a-route-outage",
    ["carrier-routing"],
    async (shift) => {
      const { one, between } = shift;
      const works = (count: number) => worksThroughList(shift, prefixes.local, count);
      // It broke minutes after one start and was back minutes before the next: calls went well on either side of both.
      await reloads(shift);
      await works(between(1.5, 2.5));
      const mend = first(shift).fault({ kind: "reject", code: one([502, 503]), q850: 38, location: "LN", after: 100, ...local });
      await works(between(2.5, 4));
      mend();
      await works(between(2, 3));
      await reloads(shift);
      await works(between(1.5, 2.5));
      return refusals(first(shift)) > 1;
    },
    { conditions: { trunks: three } },
  ),
  fresh(
    "one-region-of-a-carrier-loses-a-route",
    ["carrier-routing"],
    async (shift) => {
      const { one, between } = shift;
      sharesTheLoad(shift);
      const mend = first(shift).fault({ kind: "reject", code: 503, q850: one([34, 41, 42]), location: "LN", after: 100, ...local });
      await worksThroughList(shift, prefixes.local, between(3, 5));
      await endures(shift, mend, [1, 2]);
      return refusals(first(shift)) > 1;
    },
    { conditions: { trunks: siblings, pauseMs: 3_000 } },
  ),
];

/** The far end answers all checks, and sends nothing. */
const path = { ice: "connected", dtls: "connected", wasConnected: true, flows: "outbound", answers: true } as const;

/** Of the calls over `trunks` most are hit; the load is shared, so that the other carriers' audio is a control. */
const relay = (
  id: string,
  trunks: readonly string[],
  play: (shift: Shift, isHit: () => boolean) => () => void,
  conditions: Kind["conditions"] = {},
) =>
  fresh(
    id,
    ["carrier-media"],
    async (shift) => {
      const { work, chance } = shift;
      sharesTheLoad(shift);
      await work(minutes(1));
      await endures(
        shift,
        play(shift, () => trunks.includes(shift.call?.trunkId ?? "") && chance(0.85)),
        [7, 10],
      );
      return trunks.every((trunk) => badlyHeard(shift, trunk) > 1);
    },
    { conditions: { pauseMs: 4_000, absent: 0.2, ...conditions } },
  );

const relays: readonly Kind[] = [
  relay("relay-one-way-since-its-maintenance", ["A"], (shift, isHit) => {
    first(shift).closeAll(1001, "maintenance");
    return audioTells(shift, seconds(4), isHit, ({ lost }) => lost({ direction: "inbound", kind: "never-came", forMs: seconds(4), path }));
  }),
  relay("relay-stops-in-mid-call", ["A"], (shift, isHit) =>
    audioTells(shift, seconds(shift.between(9, 12)), isHit, ({ lost }) =>
      lost({ direction: "inbound", kind: "stopped", forMs: seconds(4), path }),
    ),
  ),
  relay("relay-upgrade-breaks-the-handshake", ["A"], (shift, isHit) => {
    const broken = { ...path, dtls: "failed", flows: "none" } as const;
    return audioTells(shift, seconds(4), isHit, ({ lost }) =>
      lost({ direction: "both", kind: "never-came", forMs: seconds(4), path: broken }),
    );
  }),
  relay(
    "two-resellers-of-one-bad-relay",
    ["A", "B"],
    ({ audio, chance }, isHit) => {
      audio.sounds = () => (isHit() ? (chance(0.5) ? "none" : "poor") : "good");
      return () => (audio.sounds = () => "good");
    },
    { trunks: three },
  ),
];

const starts: readonly Kind[] = [
  fresh(
    "district-lost-by-one-start-in-three",
    ["crm-init"],
    async (shift) => {
      const { carriers, one, between } = shift;
      const lost = one([{ kind: "silence", ...local } as const, { kind: "reject", code: 500, ...local } as const]);
      const works = (least: number, most: number) => worksThroughList(shift, prefixes.local, between(least, most));
      for (let time = 0; time < 3; time++) {
        await reloads(shift);
        await works(1, 1.5);
        const mends = ["A", "A2"].map((id) => carriers.get(id)?.fault(lost));
        await reloads(shift);
        await works(1.5, 2.5);
        mends.forEach((mend) => mend?.());
        await reloads(shift);
        await works(1, 1.5);
      }
      return isMet(first(shift));
    },
    { conditions: { trunks: siblings } },
  ),
  fresh("second-tab-takes-the-session", ["crm-init"], async ({ crm, conditions, pass, work, between }) => {
    const step = conditions.steps.at(-1) ?? "";
    for (let time = 0; time < 2; time++) {
      // Two starts at once, and the CRM's server gives the session to the other page.
      crm.endpoints[step] = { status: 409 };
      void crm.boot();
      await Promise.all([crm.boot(), pass(seconds(10))]);
      await work(minutes(between(0.7, 1.5)));
      crm.endpoints[step] = "well";
      await Promise.all([crm.boot(), pass(seconds(10))]);
      await work(minutes(between(1, 2)));
    }
  }),
  fresh("start-begins-anew-before-it-is-through", ["crm-init"], async ({ crm, conditions, dial, pass, work, between }) => {
    crm.endpoints[conditions.steps.at(-1) ?? ""] = "hangs";
    // A watchdog that is less patient than the step.
    for (let time = 0; time < 12; time++) {
      void crm.boot();
      await pass(seconds(between(4, 6)));
      if (time % 2 === 1) await dial();
    }
    crm.endpoints[conditions.steps.at(-1) ?? ""] = "well";
    await Promise.all([crm.boot(), pass(seconds(5))]);
    await work(minutes(between(1, 3)));
  }),
  fresh("settings-of-last-year-at-one-start", ["crm-config", "crm-init"], async (shift) => {
    const { line, accounts, work, between } = shift;
    for (let time = 0; time < 2; time++) {
      // From a cache: the edge's old name, which is no more.
      line.setTrunks(accounts.slice(1));
      await reloads(shift);
      const mend = missets(shift, { server: "wss://edge1.a.example" });
      await work(minutes(between(1.5, 2.5)));
      mend();
      await reloads(shift);
      await work(minutes(between(1.5, 2.5)));
    }
  }),
  fresh("token-service-slow", ["crm-init", "crm-config"], async (shift) => {
    const { line, accounts, carriers, crm, work, between, one } = shift;
    crm.endpoints["tokens"] = "well";
    const { signal } = new AbortController();
    const fetched = async (credentials: Credentials) => {
      await ask(crm.endpoints["tokens"] ?? "well", between(60, 300), signal);
      return credentials;
    };
    line.setTrunks(accounts.map((account) => ({ ...account, credentials: () => fetched(account.credentials as Credentials) })));
    await bindsBriefly(shift);
    // Nonces that live for half a minute, so that a token is needed as often.
    const worksOn = async (times: number) => {
      for (let time = 0; time < times; time++) {
        for (const carrier of carriers.values()) carrier.expireNonces();
        await work(seconds(30));
      }
    };
    for (let time = 0; time < 2; time++) {
      crm.endpoints["tokens"] = one(["hangs", { status: 504 }] as const);
      await worksOn(Math.floor(between(3, 6)));
      crm.endpoints["tokens"] = "well";
      await worksOn(Math.floor(between(3, 6)));
    }
    return line.journal.filter(({ type }) => type === "credentials:failed").length > 2;
  }),
];

export const thirdKinds: readonly Kind[] = [...edges, ...routes, ...relays, ...starts, ...thirdNearKinds];
