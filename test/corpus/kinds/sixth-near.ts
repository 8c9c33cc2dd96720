/** A sixth outsider's days, drawn to be scored: the site and its lines, the device, settings that change. */
import { prefixes } from "../shift.ts";
import { answersCustomers } from "./fifth-near.ts";
import { customerCallsIn, refusals } from "./fresh-again.ts";
import { audioTells, fresh, onAll, serverAnswers, sharesTheLoad } from "./fresh-kind.ts";
import { soundsPoor } from "./fourth-near.ts";
import { first, minutes, reloads, type Kind } from "./kind.ts";

const calls = { methods: ["INVITE"] };
const seconds = (count: number) => count * 1_000;
const three = ["A", "B", "C"].map((id) => ({ id, carrier: `Carrier ${id}` }));
const watched = { conditions: { trunks: three, hasControl: true } };

const site: readonly Kind[] = [
  // Two carriers are reached by the site's own controller, which has no licence left for most calls of the busy hour; the third goes by
  // itself and takes each. Which trunks share a host is in the settings.
  fresh(
    "site-controller-at-the-limit-of-its-licence",
    ["local-network"],
    async (shift) => {
      const { work, between, one } = shift;
      sharesTheLoad(shift);
      const limit = { kind: "reject", code: one([503, 500]), share: between(0.6, 0.85), ...calls } as const;
      for (let time = 0; time < 2; time++) {
        const mend = first(shift).fault(limit);
        await work(minutes(between(3, 5)));
        mend();
        await work(minutes(between(2, 3)));
      }
      return refusals(first(shift)) > 3;
    },
    {
      conditions: {
        trunks: three.map((trunk) => (trunk.id === "C" ? trunk : { ...trunk, host: "sbc.example" })),
        hasControl: true,
        pauseMs: 4_000,
      },
    },
  ),
  // Every answer comes later and later, from whichever carrier; then nothing comes any more, from the CRM's server neither; and back in steps.
  fresh(
    "uplink-dies-by-degrees",
    ["local-network"],
    async (shift) => {
      const { work, between } = shift;
      const slowly = async (delayMs: number, during: number) => {
        const mend = onAll(shift, { kind: "slow", delayMs });
        await work(minutes(during));
        mend();
      };
      const degrees = [between(400, 800), between(1_500, 2_500), between(4_000, 6_000)];
      for (const delayMs of degrees) await slowly(delayMs, between(1, 1.5));
      const mend = onAll(shift, { kind: "freeze" });
      serverAnswers(shift, "hangs");
      await work(minutes(between(2, 4)));
      mend();
      serverAnswers(shift, "well");
      for (const delayMs of degrees.slice(0, 2).reverse()) await slowly(delayMs, between(0.7, 1));
      await work(minutes(between(2, 3)));
    },
    watched,
  ),
  // A digger has the cable: for hours not one carrier and not the CRM's server is reached. The agents try now and then, and start anew once.
  fresh(
    "site-cut-off-for-three-hours",
    ["local-network"],
    async (shift) => {
      const { network, work, between } = shift;
      network.cut();
      await work(minutes(between(50, 80)));
      await reloads(shift);
      await work(minutes(between(60, 100)));
      network.mend();
      await reloads(shift);
      await work(minutes(between(8, 12)));
    },
    { conditions: { hasControl: true, pauseMs: 150_000 } },
  ),
  // The router goes over to the mobile network: everything goes at once, comes back half a minute later, slower, and sounds poor with every
  // carrier; until it goes back in the same way.
  fresh(
    "office-goes-over-to-its-spare-line-and-back",
    ["local-network"],
    async (shift) => {
      const { network, pass, work, chance, between } = shift;
      sharesTheLoad(shift);
      await work(minutes(between(1, 2)));
      for (let time = 0; time < 2; time++) {
        network.cut();
        await pass(seconds(between(15, 40)));
        network.mend();
        const faster = onAll(shift, { kind: "slow", delayMs: Math.round(between(150, 350)) });
        const stop = soundsPoor(shift, () => chance(0.8));
        await work(minutes(between(4, 6)));
        network.cut();
        await pass(seconds(between(3, 8)));
        network.mend();
        faster();
        stop();
        await work(minutes(between(2, 3)));
      }
    },
    { conditions: { trunks: three, hasControl: true, pauseMs: 4_000, absent: 0.15 } },
  ),
  // There is one carrier only. Its edge and the CRM's server are gone in the same second, and back in the same second, twice: what they share
  // is the agent's network, which says nothing of itself.
  fresh(
    "only-carrier-and-crm-server-gone-together",
    ["local-network"],
    async (shift) => {
      const { work, between } = shift;
      for (let time = 0; time < 2; time++) {
        const mend = first(shift).fault({ kind: "refuse" });
        first(shift).resetAll();
        serverAnswers(shift, "unreachable");
        await work(minutes(between(2, 4)));
        mend();
        serverAnswers(shift, "well");
        await work(minutes(between(2, 3)));
      }
    },
    { conditions: { trunks: three.slice(0, 1), hasControl: true, tellsOffline: false } },
  ),
];

const device: readonly Kind[] = [
  // Closed at home, opened in a hotel: after each sleep no socket opens and the CRM's server answers for nobody (511), until the agent has signed in there.
  fresh(
    "laptop-wakes-in-another-network",
    ["agent-device", "local-network"],
    async (shift) => {
      const { network, sleep, pass, work, between } = shift;
      for (let time = 0; time < 2; time++) {
        network.cut();
        const signedIn = onAll(shift, { kind: "hang-upgrade" });
        await sleep(minutes(between(20, 90)));
        await pass(seconds(between(1, 4)));
        network.mend();
        serverAnswers(shift, { status: 511 });
        await work(minutes(between(1, 2)));
        signedIn();
        serverAnswers(shift, "well");
        await work(minutes(between(3, 4)));
      }
    },
    watched,
  ),
  // The page was opened by the CRM itself, and nobody has clicked into it: the browser plays no customer, whoever's, and says so. Audio comes all the while.
  fresh(
    "browser-plays-nothing-before-a-click",
    ["agent-device"],
    async (shift) => {
      const { carriers, chance, between } = shift;
      answersCustomers(shift);
      const rounds = async (count: number) => {
        for (let round = 0; round < count; round++) for (const id of carriers.keys()) if (chance(0.85)) await customerCallsIn(shift, id);
      };
      await reloads(shift);
      const clicked = audioTells(
        shift,
        seconds(1),
        () => true,
        (events) => {
          events.playback("blocked");
          setTimeout(() => events.rated("good", { mos: 4.3, lossPercent: 0.3, jitterMs: between(4, 12), rttMs: 50 }), seconds(7));
        },
      );
      await rounds(Math.round(between(3, 5)));
      clicked();
      await rounds(2);
      return shift.line.journal.filter(({ type }) => type === "playback:changed").length > 3;
    },
    { conditions: { hasControl: true } },
  ),
  // The browser was updated overnight and the page is loaded anew: the agent's permission is gone (NotAllowedError), the start passes, the trunks stand. A
  // second start does not help; a click on the camera sign does, and no start.
  fresh("permission-gone-with-a-browser-update", ["agent-device"], async (shift) => {
    const { audio, work, between } = shift;
    audio.microphone = "NotAllowedError";
    await reloads(shift);
    await work(minutes(between(1, 2)));
    await reloads(shift);
    await work(minutes(between(1, 2)));
    audio.microphone = "well";
    await work(minutes(between(2, 3)));
  }),
];

const settings: readonly Kind[] = [
  // A change has every INVITE require what no carrier knows: 420, from each of three, from the very next call on; rolled back after the weekend's meeting.
  fresh(
    "new-extension-is-required-and-nobody-knows-it",
    ["crm-config"],
    async (shift) => {
      const { line, accounts, work, between } = shift;
      await work(minutes(between(1, 2)));
      line.setTrunks(accounts.map((account) => ({ ...account, callerId: "p-preferred-identity" })));
      const mend = onAll(shift, { kind: "reject", code: 420, phrase: "Bad Extension", headers: ["Unsupported: answermode"], ...calls });
      await work(minutes(between(3, 6)));
      mend();
      line.setTrunks(accounts);
      await work(minutes(between(2, 4)));
      return refusals(first(shift)) > 1;
    },
    { conditions: { trunks: three } },
  ),
  // The synchronisation empties the list of trunks, twice: no call has anywhere to go, and nobody was asked.
  fresh("synchronisation-empties-the-list-of-trunks", ["crm-config", "crm-init"], async (shift) => {
    const { line, accounts, work, between } = shift;
    for (let time = 0; time < 2; time++) {
      line.setTrunks([]);
      await work(minutes(between(1, 2.5)));
      line.setTrunks(accounts);
      await work(minutes(between(2, 4)));
    }
    return line.journal.filter(({ type }) => type === "call:refused").length > 3;
  }),
  // A release forbids the page one carrier's edge (connect-src). The start opens every trunk anew; that one's socket fails at once, until the
  // start of the next release; and later the same. Begun by a start and mended by one, twice, and well in the last second before.
  fresh(
    "release-forbids-the-page-one-edge-twice",
    ["crm-config", "crm-init"],
    async (shift) => {
      const { line, accounts, dial, pass, work, between, one } = shift;
      const released = async () => {
        const booted = reloads(shift);
        line.setTrunks([]);
        await pass(seconds(between(0.5, 1.5)));
        line.setTrunks(accounts);
        await booted;
      };
      for (let time = 0; time < 2; time++) {
        await dial(`${one([prefixes.local, prefixes.mobile])}${String(Math.floor(between(1_000_000, 9_999_999)))}`);
        const allowed = first(shift).fault({ kind: "refuse" });
        await released();
        await work(minutes(between(2, 5)));
        allowed();
        await released();
        await work(minutes(between(2, 4)));
      }
    },
    { conditions: { hasControl: true } },
  ),
];

export const sixthNearKinds: readonly Kind[] = [...site, ...device, ...settings];
