/** What the fresh kinds have in common: carriers that write SIP as their equipment does, lists of numbers, a CRM's server. */
import { dialectNames, type Fault, type Phone } from "../../../adapters/mock-trunk/index.ts";
import type { MediaEvents } from "../../../src/ports/media.ts";
import type { Endpoint, Shift } from "../shift.ts";
import { minutes, type Kind } from "./kind.ts";

/** Missed when they were judged for the first time: what they taught was mended, and they went to the tuning half. */
const missed: ReadonlySet<string> = new Set([
  "calls-go-in-a-circle",
  "transit-refuses-international",
  "range-ported-away",
  "gateway-behind-the-proxy-times-out",
  "signing-certificate-runs-out",
  "wrong-port-in-the-settings",
  "credit-used-up-on-one-account",
  "relay-credentials-missing-after-a-start",
  "page-forbids-the-microphone",
  "resolver-dies-name-by-name",
  "proxies-share-no-nonces",
  "wholesaler-fakes-the-ringing",
  "announcement-and-no-route",
  "address-translation-forgets-the-audio",
  "edge-sheds-load-at-the-full-hour",
  "profile-passes-at-the-fourth-try",
  "a-little-of-everything-and-nothing",
  "talks-cut-at-the-same-second-by-one-carrier",
  "hold-comes-to-nothing-on-one-carrier",
  "abroad-rings-for-ever-by-one-carrier",
  "numbers-changed-as-one-carrier-has-it",
  "flag-hides-the-caller-and-is-rolled-back",
  "synchronisation-undoes-what-was-mended",
  "socket-tickets-are-not-given",
  "vpn-before-and-after-a-maintenance",
  "poor-wifi-while-one-route-is-congested",
  "wrong-settings-gone-with-the-next-start",
  "site-controller-at-the-limit-of-its-licence",
  "browser-plays-nothing-before-a-click",
  "synchronisation-empties-the-list-of-trunks",
  "release-forbids-the-page-one-edge-twice",
  "one-hitch-in-two-hundred-calls",
  "each-start-brings-one-carrier-back",
  "audio-stops-in-mid-talk-by-whichever-carrier",
  "storm-has-the-wires-of-one-town",
  "page-wears-out-until-it-is-started-anew",
  "lost-by-a-start-and-found-two-hours-later",
  "route-back-just-before-the-start-that-was-asked-for",
  "number-translation-eats-a-nought",
  "interworking-with-an-old-exchange-fails-after-progress",
  "carriers-own-engine-blocks-an-honest-office",
  "one-node-has-the-subscribers-of-last-month",
  "half-of-a-list-are-fax-lines",
  "company-forwards-its-lines-in-a-circle",
  "agent-counts-as-signed-out-after-a-start",
  "two-agents-were-given-one-account",
  "firewall-rule-knows-the-relays-of-one-carrier-only",
  "each-start-leaves-a-binding-behind",
  "interworking-with-an-old-exchange-fails-after-progress",
  "start-in-mid-talk-leaves-the-only-channel-taken",
  "vendors-controller-forgets-to-count-down-until-a-start",
  "broken-each-morning-until-started-anew",
  "edit-points-a-trunk-at-the-carriers-test-platform",
  "first-minute-after-each-start-goes-out-without-a-caller",
  "first-seconds-of-each-talk-are-mute-by-one-carrier",
  "lines-of-one-ministry-are-all-taken",
  "old-copy-of-a-home-register-says-absent",
  "start-puts-the-agent-in-the-class-of-the-trainees",
  "switch-says-declined-when-it-has-no-channel",
  "timer-of-one-carrier-ends-the-ringing-too-soon",
  "town-was-given-new-numbers-overnight",
  "clock-of-one-signing-machine-is-wrong-and-calls-abroad-are-stale",
  "start-reads-half-of-its-table-and-every-other-number-is-lost",
  "relay-of-one-carrier-starts-anew-in-the-midst-of-talks",
  "shops-are-dialled-before-they-open-and-a-start-falls-on-the-hour",
  "odd-refusals-here-and-there-among-two-hundred-calls",
  "only-carrier-declines-everything-after-a-start-that-failed-in-part",
  "start-hands-out-the-relay-of-another-region",
  "edit-writes-two-noughts-for-abroad-on-both-trunks-of-one-carrier",
  "edit-turns-on-an-encryption-that-one-carrier-lacks",
  "registrar-asks-401-again-and-again-since-a-start",
  "standby-switch-does-not-know-who-is-registered",
  "new-gateway-to-the-mobiles-says-488-to-what-was-taken-before",
  "partner-of-one-carrier-shuts-the-door-on-a-country",
  "own-border-controller-fills-up-until-it-starts-itself-anew",
]);

/** To be scored, unless missed; each carrier writes SIP in a dialect that is drawn for it. */
export const fresh = (
  id: string,
  truth: Kind["truth"],
  play: Kind["play"],
  more: Partial<Pick<Kind, "conditions" | "isFromStart" | "isOpen">> = {},
): Kind => ({
  ...more,
  conditions: { dialects: dialectNames, ...more.conditions },
  id,
  half: missed.has(id) ? "tune" : "score",
  truth,
  play,
});

/** The same to every carrier, by each of `faults`. */
export const onAll = ({ carriers }: Shift, ...faults: readonly Fault[]) => {
  const mends = [...carriers.values()].flatMap((carrier) => faults.map((fault) => carrier.fault(fault)));
  return () => mends.forEach((mend) => mend());
};

/** How the phone behind a number behaves. */
export type Behaviour = (phone: Phone) => unknown;

/** Rings, and is picked up. */
export function picksUp({ between }: Shift): Behaviour {
  const answers = { ringAfterMs: between(300, 2_500), answerAfterMs: between(1_500, 9_000) };
  return (phone) => phone.answers(answers);
}

/** The agent works through a list of numbers that begin with `prefix`; who is behind one is the same whichever carrier asks. */
export async function worksThroughList(
  shift: Shift,
  prefix: string,
  count: number,
  behaviour: (shift: Shift) => Behaviour = picksUp,
): Promise<void> {
  const { carriers, conditions, dial, pass, between } = shift;
  for (const untilMs = performance.now() + minutes(count); performance.now() < untilMs;) {
    await pass(between(0.5, 1.5) * conditions.pauseMs);
    const number = `${prefix}${String(Math.floor(between(1_000_000, 9_999_999)))}`;
    const behave = behaviour(shift);
    for (const carrier of carriers.values()) behave(carrier.phone(number));
    await dial(number);
  }
}

/** What the CRM's server answers to each step of a start, and to the control. */
export function serverAnswers({ crm, conditions }: Shift, steps: Endpoint, health: Endpoint = steps): void {
  for (const step of conditions.steps) crm.endpoints[step] = steps;
  crm.endpoints["health"] = health;
}

/** The carrier says itself that it is at work on its edge, and until when. */
export const maintenance = ({ one }: Shift): Fault => ({
  kind: "reject",
  code: 503,
  phrase: "Planned Maintenance",
  retryAfterS: one([60, 120, 300]),
  methods: ["REGISTER", "OPTIONS", "INVITE"],
});

/** Calls go out by all trunks in turn, so that each is a control for the others. */
export function sharesTheLoad({ line, carriers }: Shift): void {
  for (const id of carriers.keys()) line.weigh(id, { priority: 0, weight: 1 });
}

/** What the audio of calls that are hit tells of itself, `afterMs` after the answer, in place of what it sounds like from then on. @returns what undoes it. */
export function audioTells({ audio }: Shift, afterMs: number, isHit: () => boolean, tell: (events: MediaEvents) => void): () => void {
  const open = audio.open.bind(audio);
  audio.open = (troubles) => {
    const session = open(troubles);
    return {
      ...session,
      watch(events) {
        const stop = session.watch?.(events);
        if (!isHit()) return () => stop?.();
        const timer = setTimeout(() => {
          stop?.();
          tell(events);
        }, afterMs);
        return () => {
          clearTimeout(timer);
          stop?.();
        };
      },
    };
  };
  return () => (audio.open = open);
}

/** How often calls over `trunkId` were not heard, or heard badly. */
export const badlyHeard = ({ line }: Shift, trunkId: string): number =>
  line.journal.filter(
    (entry) => (entry.type === "audio:lost" || (entry.type === "audio:rated" && entry.level === "poor")) && entry.trunkId === trunkId,
  ).length;

/** Every binding lasts a minute, as these carriers have it. */
export async function bindsBriefly(shift: Shift): Promise<void> {
  onAll(shift, { kind: "short-binding", expiresS: 60 });
  for (const carrier of shift.carriers.values()) carrier.closeAll(1001, "recycled");
  await shift.work(minutes(shift.between(1, 2)));
}
