/** An eighth outsider's days, drawn to be scored: the dispute with other causes, its mirror images, and what carriers and their limits bring. */
import type { Phone } from "../../../adapters/mock-trunk/index.ts";
import { prefixes, type Endpoint } from "../shift.ts";
import { eighthNearKinds, soundsNothing } from "./eighth-near.ts";
import { refusals } from "./fresh-again.ts";
import { badlyHeard, fresh, maintenance, onAll, sharesTheLoad, worksThroughList } from "./fresh-kind.ts";
import { comesUp, first, isMet, minutes, reloads, type Kind } from "./kind.ts";

const calls = { methods: ["INVITE"] };
const local = { ...calls, prefix: prefixes.local };
const international = { ...calls, prefix: prefixes.international };
const seconds = (count: number) => count * 1_000;
const three = ["A", "B", "C"].map((id) => ({ id, carrier: `Carrier ${id}` }));
const watched = { conditions: { trunks: three, hasControl: true } };

const disputes: readonly Kind[] = [
  // Each start draws a lot whether the new dialling plan is on for this agent. With it, calls abroad go out one digit short by the first carrier (484);
  // without it they are as ever. On, off, on, on, off: it stays as drawn from one start to the next.
  fresh(
    "each-start-draws-a-flag-that-shortens-numbers-abroad",
    ["crm-init", "crm-config"],
    async (shift) => {
      const { between, one } = shift;
      const short = { kind: "reject", code: one([484, 484, 404]), after: 100, ...international } as const;
      for (const isOn of [false, true, false, true, true, false]) {
        const mend = isOn ? first(shift).fault(short) : () => {};
        await reloads(shift);
        await worksThroughList(shift, prefixes.international, between(1.5, 3));
        await worksThroughList(shift, prefixes.local, between(0.5, 1));
        mend();
      }
      return refusals(first(shift)) > 3;
    },
    { conditions: { pauseMs: 4_000 } },
  ),
  // The tenant's quota at the CRM's telephony backend is used up: the agent starts anew, the step that fetches the session says so (402 or 429), and what
  // the page had of SIP passwords is void at both carriers. The administrator buys more, and the next start brings everything back.
  fresh(
    "quota-of-the-tenant-used-up",
    ["crm-init", "crm-config"],
    async (shift) => {
      const { crm, work, between, one } = shift;
      crm.endpoints["session"] = one<Endpoint>([{ status: 402 }, { status: 429 }]);
      const mend = onAll(shift, { kind: "reject", code: 403, phrase: "Forbidden", methods: ["INVITE", "REGISTER"] });
      await reloads(shift);
      await work(minutes(between(1.5, 3)));
      await reloads(shift);
      await work(minutes(between(1, 2)));
      crm.endpoints["session"] = "well";
      mend();
      await reloads(shift);
      await work(minutes(between(2, 4)));
      return shift.line.journal.filter(({ type }) => type === "call:refused").length > 2;
    },
    { conditions: { hasControl: true } },
  ),
  // Every carrier is reached by the CRM vendor's own controller, which counts a session for each call and forgets to count it down: after some minutes it
  // takes none, whichever carrier is meant. A start closes the agent's sessions there, and all is well, three times.
  fresh(
    "vendors-controller-forgets-to-count-down-until-a-start",
    ["crm-init", "crm-config"],
    async (shift) => {
      const { work, between, one } = shift;
      const full = one([{ code: 503, phrase: "Session Limit" }, { code: 500 }, { code: 480 }]);
      for (let time = 0; time < 3; time++) {
        await work(minutes(between(3, 5)));
        const mend = first(shift).fault({ kind: "reject", ...full, ...calls });
        await work(minutes(between(1.5, 3)));
        mend();
        await reloads(shift);
      }
      await work(minutes(between(2, 4)));
      return refusals(first(shift)) > 3;
    },
    { conditions: { trunks: three.map((trunk) => ({ ...trunk, host: "sbc.crm.example" })), hasControl: true, pauseMs: 5_000 } },
  ),
  // The agent signs in again after lunch; the CRM opens all trunks anew with the tokens of the morning, which every carrier refuses, until the agent signs
  // out and in once more. The same after the next break.
  fresh(
    "old-tokens-after-signing-in-again",
    ["crm-init", "crm-config"],
    async (shift) => {
      const { line, accounts, work, pass, between, one } = shift;
      const signsIn = async () => {
        const booted = reloads(shift);
        line.setTrunks([]);
        await pass(seconds(between(0.5, 1.5)));
        line.setTrunks(accounts);
        await booted;
      };
      const phrase = one(["Token Expired", "Forbidden"]);
      for (let time = 0; time < 2; time++) {
        const mend = onAll(shift, { kind: "reject", code: 403, phrase, methods: ["REGISTER", "INVITE"] });
        await signsIn();
        await work(minutes(between(1.5, 3)));
        mend();
        await signsIn();
        await work(minutes(between(3, 4)));
      }
      return refusals(first(shift)) > 1;
    },
    watched,
  ),
  // An update at noon, without a start, gives the first carrier's trunk another identity: it registers, and each of its calls is forbidden. The update of the
  // evening gives it the old one. The other carriers' trunks are as they were.
  fresh(
    "update-at-noon-spoils-one-trunk",
    ["crm-config"],
    async (shift) => {
      const { line, accounts, work, between, one } = shift;
      await work(minutes(between(2, 3)));
      const forbidden = one([{ code: 403 }, { code: 403, phrase: "Identity Not Allowed" }, { code: 400, phrase: "Bad Identity" }]);
      for (let time = 0; time < 2; time++) {
        const mend = first(shift).fault({ kind: "reject", ...forbidden, ...calls });
        line.setTrunks(accounts.map((account) => (account.id === "A" ? { ...account, callerId: "p-preferred-identity" } : account)));
        await work(minutes(between(3, 5)));
        mend();
        line.setTrunks(accounts);
        await work(minutes(between(3, 4)));
      }
      return refusals(first(shift)) > 1;
    },
    watched,
  ),
];

const mirrors: readonly Kind[] = [
  // The carrier is at work on its edge as the shift's first start is made, and says so to everything. Every step passes, the other carriers stand; a second
  // start changes nothing; when the work is done the trunk comes back by itself.
  fresh(
    "maintenance-begins-with-the-first-start",
    ["carrier-signalling"],
    async (shift) => {
      const { work, between } = shift;
      const mend = first(shift).fault(maintenance(shift));
      await comesUp(shift);
      await work(minutes(between(3, 5)));
      await reloads(shift);
      await work(minutes(between(2, 4)));
      mend();
      await work(minutes(between(7, 9)));
      return isMet(first(shift));
    },
    { ...watched, isFromStart: true },
  ),
  // One carrier has lost the district, and gives no cause. Two starts in vain; the route comes back by itself, calls go through for a minute, and only then
  // comes the start that had been asked for. The same in the afternoon, with the start half an hour later.
  fresh(
    "route-back-just-before-the-start-that-was-asked-for",
    ["carrier-routing"],
    async (shift) => {
      const { line, between, one } = shift;
      sharesTheLoad(shift);
      const lost = { kind: "reject", code: one([480, 500, 404]), after: 100, ...local } as const;
      for (const laterMinutes of [1, 8]) {
        await worksThroughList(shift, prefixes.local, between(2, 3));
        const mend = first(shift).fault(lost);
        await worksThroughList(shift, prefixes.local, between(2, 3));
        for (let start = 0; start < 2; start++) {
          await reloads(shift);
          await worksThroughList(shift, prefixes.local, between(1.5, 2.5));
        }
        mend();
        for (const id of ["B", "C"]) line.isolate(id);
        await worksThroughList(shift, prefixes.local, laterMinutes);
        for (const id of ["B", "C"]) line.restore(id);
        await reloads(shift);
        await worksThroughList(shift, prefixes.local, between(1, 2));
      }
      return refusals(first(shift)) > 3;
    },
    { conditions: { trunks: three, pauseMs: 4_000 } },
  ),
];

const limits: readonly Kind[] = [
  // The carrier sheds what exceeds its calls a second: about half of them get 503 with a Retry-After, in waves; OPTIONS and REGISTER never. The other
  // carriers take every call.
  fresh("carrier-throttles-calls-in-waves", ["carrier-signalling", "carrier-routing"], async (shift) => {
    const { work, between, one } = shift;
    const answer = one([{ code: 503, phrase: "Rate Limit Exceeded" }, { code: 429, phrase: "Too Many Requests" }, { code: 503 }]);
    for (let wave = 0; wave < 3; wave++) {
      const mend = first(shift).fault({ kind: "reject", ...answer, retryAfterS: one([2, 5, 10]), share: between(0.4, 0.7), ...calls });
      await work(minutes(between(2, 4)));
      mend();
      await work(minutes(between(1, 2)));
    }
    return refusals(first(shift)) > 2;
  }),
  // A campaign of calls that last some seconds only: the carrier's fraud detection blocks calls abroad for that account, says 403 and cause 21, and lifts it
  // when somebody has called them. The same numbers go by the other carrier.
  fresh(
    "fraud-block-after-a-burst-of-short-calls",
    ["carrier-routing", "crm-config"],
    async (shift) => {
      const { carriers, dial, pass, between } = shift;
      const brief = (phone: Phone) => phone.answers({ ringAfterMs: 500, answerAfterMs: 1_500, hangUpAfterMs: between(1_000, 3_000) });
      for (let call = 0; call < 25; call++) {
        const number = `${prefixes.international}${String(Math.floor(between(1_000_000, 9_999_999)))}`;
        for (const carrier of carriers.values()) brief(carrier.phone(number));
        await dial(number);
        await pass(seconds(between(0.5, 2)));
      }
      const lift = first(shift).fault({
        kind: "reject",
        code: 403,
        phrase: "Suspected Fraud",
        q850: 21,
        location: "LN",
        after: 100,
        ...international,
      });
      await worksThroughList(shift, prefixes.international, between(4, 6));
      await worksThroughList(shift, prefixes.local, between(1, 2));
      lift();
      await worksThroughList(shift, prefixes.international, between(2, 3));
      return refusals(first(shift)) > 1;
    },
    { conditions: { pauseMs: 5_000 } },
  ),
  // One carrier sheds load (503, Retry-After); while it still does, the other's relay goes mute. They have nothing to do with each other, and end apart.
  fresh(
    "throttling-of-one-overlaps-a-mute-relay-of-another",
    ["carrier-signalling", "carrier-routing", "carrier-media"],
    async (shift) => {
      const { work, chance, between, one } = shift;
      sharesTheLoad(shift);
      await work(minutes(between(2, 3)));
      const mend = first(shift).fault({ kind: "reject", code: 503, retryAfterS: one([5, 10]), share: between(0.6, 0.9), ...calls });
      await work(minutes(between(3, 4)));
      const stop = soundsNothing(shift, () => shift.call?.trunkId === "B" && chance(0.9));
      await work(minutes(between(3, 4)));
      mend();
      await work(minutes(between(3, 4)));
      stop();
      await work(minutes(between(2, 3)));
      return refusals(first(shift)) > 1 && badlyHeard(shift, "B") > 1;
    },
    { conditions: { trunks: three, pauseMs: 4_000, absent: 0.15 } },
  ),
];

export const eighthKinds: readonly Kind[] = [...disputes, ...mirrors, ...limits, ...eighthNearKinds];
