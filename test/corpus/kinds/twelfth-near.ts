/** A twelfth outsider's days, drawn to be scored: the CRM's starts and settings, the agent's device, the site. */
import type { Fault } from "../../../adapters/mock-trunk/index.ts";
import { prefixes, type Endpoint, type Shift } from "../shift.ts";
import { ask } from "../surroundings.ts";
import { refusals } from "./fresh-again.ts";
import { audioTells, badlyHeard, fresh, onAll, sharesTheLoad, worksThroughList } from "./fresh-kind.ts";
import { comesUp, first, minutes, reloads, type Kind } from "./kind.ts";

const calls = { methods: ["INVITE"] };
const seconds = (count: number) => count * 1_000;
const three = ["A", "B", "C"].map((id) => ({ id, carrier: `Carrier ${id}` }));
const watched = { conditions: { trunks: three, hasControl: true, pauseMs: 5_000, absent: 0.15 } };

/** The CRM's server leaves each request unanswered as often as this. */
function strains({ crm, conditions, chance }: Shift, share: number): void {
  for (const name of [...conditions.steps, "health"])
    Object.defineProperty(crm.endpoints, name, { configurable: true, get: (): Endpoint => (chance(share) ? "hangs" : "well") });
}

const starts: readonly Kind[] = [
  // A job that somebody forgot eats the CRM's server: each start of the day takes longer, then one in two does not come through, then none. Trunks that stand
  // lose nothing by it. The job is ended before evening, and the last start takes a second.
  fresh(
    "starts-take-ever-longer-until-none-comes-through",
    ["crm-init"],
    async (shift) => {
      const { line, work, between } = shift;
      for (const share of [0, 0.2, 0.4, 0.65, 0.9]) {
        strains(shift, share);
        await reloads(shift);
        await work(minutes(between(2, 3)));
      }
      strains(shift, 0);
      await reloads(shift);
      await work(minutes(between(4, 5)));
      return line.journal.filter(({ type }) => type === "stage:failed").length > 3;
    },
    { conditions: { ...watched.conditions, steps: ["script", "settings", "session", "offers"] } },
  ),
  // The table of who is called how comes in two halves, and a start that reads the first alone is through all the same: every other number of the district meets
  // the same by each of three carriers until somebody starts the CRM again. Two starts of four.
  fresh(
    "start-reads-half-of-its-table-and-every-other-number-is-lost",
    ["crm-init"],
    async (shift) => {
      const { between, chance, one } = shift;
      if (chance(0.5)) sharesTheLoad(shift);
      const lost = one([{ kind: "silence" }, { kind: "reject", code: 500 }, { kind: "reject", code: 404 }] as const);
      const half: readonly Fault[] = [1, 3, 5, 7, 9].map((digit) => ({ ...lost, ...calls, prefix: `${prefixes.local}${String(digit)}` }));
      for (let time = 0; time < 2; time++) {
        await worksThroughList(shift, prefixes.local, between(3, 4));
        const whole = onAll(shift, ...half);
        await reloads(shift);
        await worksThroughList(shift, prefixes.local, between(3, 4));
        await worksThroughList(shift, prefixes.mobile, between(0.5, 1));
        whole();
        await reloads(shift);
      }
      await worksThroughList(shift, prefixes.local, between(3, 4));
      return first(shift).log.filter(({ what, fault, code }) => what === "swallowed" || (fault === "reject" && code !== 100)).length > 7;
    },
    { conditions: { trunks: three, pauseMs: 4_000 } },
  ),
];

const settings: readonly Kind[] = [
  // Each call carries a token, and the machine that issues them has a clock that runs ahead: every carrier refuses a call whose token's time has not come, for a
  // minute or more after each renewal; then it is good (RFC 7519 §4.1.5). Four renewals; the clock is set, and the fifth is taken at once. No start in all that.
  fresh(
    "tokens-are-dated-ahead-and-no-carrier-takes-them-yet",
    ["crm-config", "crm-init"],
    async (shift) => {
      const { line, pass, work, between, one } = shift;
      const early = one([
        { code: 403, phrase: "Token Not Yet Valid" },
        { code: 403, phrase: "Token Used Too Early" },
        { code: 403, headers: ['Warning: 399 sbc "token nbf in the future"'] },
      ]);
      const renews = async () => {
        line.boot.stage("tokens", ({ signal }) => ask("well", between(80, 400), signal), { timeoutMs: 8_000 }).catch(() => {});
        await pass(seconds(1));
      };
      for (let time = 0; time < 4; time++) {
        const due = onAll(shift, { kind: "reject", ...early, ...calls });
        await renews();
        await work(seconds(between(60, 90)));
        due();
        await work(minutes(between(2.5, 3.5)));
      }
      await renews();
      await work(minutes(between(4, 5)));
      return refusals(first(shift)) > 2;
    },
    watched,
  ),
  // The password for the relays stands in the settings, and at noon its time is over: from then on no relay is to be had (401), and of the talks of an agent at home
  // more than half find no path, whoever carries them. Two starts change nothing; the new password, written in without one, does.
  fresh(
    "relay-password-in-the-settings-runs-out-at-noon",
    ["crm-config"],
    async (shift) => {
      const { line, audio, work, between, chance, one } = shift;
      sharesTheLoad(shift);
      await work(minutes(between(3, 4)));
      const open = audio.open.bind(audio);
      const status = one([401, 401, 403]);
      audio.open = (troubles) => {
        troubles?.iceServersFailed(Object.assign(new Error(`HTTP ${String(status)}`), { name: "HttpError", status }));
        return open(troubles);
      };
      audio.sounds = () => (chance(0.6) ? "no-path" : "good");
      for (let time = 0; time < 3; time++) {
        await work(minutes(between(2, 3)));
        if (time < 2) await reloads(shift);
      }
      audio.open = open;
      audio.sounds = () => "good";
      await work(minutes(between(4, 5)));
      return line.journal.filter(({ type }) => type === "audio:lost").length > 3;
    },
    watched,
  ),
];

const devices: readonly Kind[] = [
  // The headset lies at home. At the first start of the day there is no microphone at all; then the laptop's own is chosen, which gives no sound; two starts do
  // not help, and a colleague's headset does. Trunks and CRM are well.
  fresh(
    "headset-left-at-home-on-the-first-start-of-the-day",
    ["agent-device"],
    async (shift) => {
      const { line, audio, work, between } = shift;
      audio.microphone = "NotFoundError";
      await comesUp(shift);
      await work(minutes(between(1, 1.5)));
      await reloads(shift);
      await work(minutes(between(0.8, 1.2)));
      audio.microphone = "well";
      audio.sounds = () => "silent-here";
      await work(minutes(between(1.5, 2.5)));
      await reloads(shift);
      await work(minutes(between(1, 1.5)));
      audio.sounds = () => "good";
      await work(minutes(between(4, 6)));
      return line.journal.some(({ type }) => type === "audio:lost");
    },
    { ...watched, isFromStart: true },
  ),
  // The cable of the headset has a loose contact: in every other talk the microphone is gone for some seconds and is back, by whichever carrier. It goes on for
  // half the day, until the cable is exchanged.
  fresh(
    "loose-contact-of-the-headset-in-mid-talk",
    ["agent-device"],
    async (shift) => {
      const { line, work, between, chance } = shift;
      sharesTheLoad(shift);
      await work(minutes(between(2, 3)));
      const exchanged = audioTells(
        shift,
        seconds(3),
        () => chance(0.6),
        (events) => {
          events.microphone("muted");
          setTimeout(() => events.lost({ direction: "outbound", kind: "silent", forMs: seconds(3), isLocal: true }), seconds(3));
          setTimeout(
            () => {
              events.microphone("live");
              events.restored();
            },
            seconds(between(4, 8)),
          );
        },
      );
      await work(minutes(between(8, 11)));
      exchanged();
      await work(minutes(between(4, 5)));
      return line.journal.filter(({ type }) => type === "audio:lost").length > 4;
    },
    watched,
  ),
];

const site: readonly Kind[] = [
  // A printer was given the laptop's address: every few minutes the switch sends everything there, for half a minute or so in which nothing passes and nobody says
  // so. A start of the CRM falls into the third and comes to nothing. The printer is set right after the seventh.
  fresh(
    "address-conflict-cuts-the-laptop-off-for-half-minutes",
    ["local-network"],
    async (shift) => {
      const { network, work, between } = shift;
      for (let time = 0; time < 7; time++) {
        network.blackHole();
        if (time === 2) await reloads(shift);
        await work(seconds(between(18, 40)));
        network.mend();
        if (time === 2) await reloads(shift);
        await work(minutes(between(1.2, 2.2)));
      }
      await work(minutes(between(4, 5)));
    },
    watched,
  ),
  // The office has two lines to the Internet and spreads what it sends over both; the new one lets no audio through. Every other talk finds no path, by all of
  // three carriers alike; signalling and HTTP take either line in peace. Until the new line is taken out; tried once more in the afternoon.
  fresh(
    "one-of-two-lines-of-the-office-lets-no-audio-through",
    ["local-network"],
    async (shift) => {
      const { work, between, chance } = shift;
      sharesTheLoad(shift);
      const path = { ice: "failed", wasConnected: false, flows: "none" } as const;
      for (let time = 0; time < 2; time++) {
        await work(minutes(between(3, 4)));
        const takenOut = audioTells(
          shift,
          seconds(4),
          () => chance(0.5),
          ({ lost }) => lost({ direction: "inbound", kind: "never-came", forMs: seconds(4), path }),
        );
        await work(minutes(between(6, 8)));
        takenOut();
      }
      await work(minutes(between(3, 4)));
      return ["A", "B", "C"].filter((id) => badlyHeard(shift, id) > 1).length > 1;
    },
    watched,
  ),
];

export const twelfthNearKinds: readonly Kind[] = [...starts, ...settings, ...devices, ...site];
