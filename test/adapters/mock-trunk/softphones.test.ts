/** Each kind of fault as softphones that others wrote meet it: every row of the page's table is true for them. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  createMockTrunk,
  faultKinds,
  memorySocket,
  type Fault,
  type FaultKind,
  type MockTrunk,
} from "../../../adapters/mock-trunk/index.ts";
import { number } from "./bench.ts";
import { pretendBrowser, softphones, type Softphone } from "./softphones.ts";

const account = { server: "wss://a.example", domain: "a.example", user: "agent7", password: "secret" };
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** What became of the calls that were answered. */
const fate = (trunk: MockTrunk) => trunk.answered(number).map(({ isAcknowledged, state, end }) => [isAcknowledged, state, end?.by]);

interface Scene {
  readonly trunk: MockTrunk;
  readonly phone: Softphone;
  /** What the softphone told since the fault. */
  told(): readonly string[];
  /** Posts the fault of the row. */
  breaks(fault: Fault): () => void;
  call(): { hangUp(): void };
  sent(method: string): number;
}

/** What each row promises, done and seen; `SIP.js` says `ended` after a failure too, so that is left out where it does not matter. */
const rows: Readonly<Record<FaultKind, (scene: Scene) => Promise<void>>> = {
  async silence({ breaks, call, told, trunk }) {
    breaks({ kind: "silence", methods: ["INVITE"] });
    call();
    await pass(10_000);
    expect([told(), trunk.rings()]).toEqual([[], []]);
    await pass(30_000);
    expect(told().filter((each) => each.startsWith("failed"))).toHaveLength(1);
  },
  async slow({ breaks, call, told }) {
    breaks({ kind: "slow", delayMs: 2_000, methods: ["INVITE"] });
    call();
    await pass(1_900);
    expect(told()).toEqual([]);
    // Twice: the first is challenged.
    await pass(3_000);
    expect(told()).toContain("ringing");
  },
  async reject({ breaks, call, told, trunk }) {
    breaks({ kind: "reject", methods: ["INVITE"], code: 503, retryAfterS: 30 });
    call();
    await pass(100);
    expect(told()).toContain("failed 503");
    expect(trunk.rings()).toEqual([]);
  },
  async stall({ breaks, call, told }) {
    breaks({ kind: "stall", after: 180 });
    call();
    await pass(60_000);
    expect(told().filter((each) => each !== "ringing")).toEqual([]);
    expect(told()).toContain("ringing");
  },
  async late({ breaks, call, told }) {
    breaks({ kind: "late", alertAfterMs: 3_000, answerAfterMs: 5_000 });
    call();
    await pass(2_900);
    expect(told()).toEqual([]);
    await pass(3_000);
    expect(told()).toEqual(["ringing", "answered"]);
  },
  async ghost({ breaks, call, told, trunk }) {
    breaks({ kind: "ghost", code: 503, ringMs: 10_000 });
    call();
    await pass(5_000);
    expect(told()).toContain("failed 503");
    expect(trunk.rings(number).map(({ endedBy }) => endedBy)).toEqual([undefined]);
    await pass(6_000);
    expect(trunk.rings(number)).toMatchObject([{ endedBy: "given-up" }]);
  },
  async "no-487"({ breaks, call, trunk }) {
    trunk.phone(number).answers({ answerAfterMs: 5_000 });
    breaks({ kind: "no-487" });
    const placed = call();
    await pass(1_000);
    placed.hangUp();
    await pass(1_000);
    expect(trunk.rings(number).map(({ endedBy }) => endedBy)).toEqual([undefined]);
    await pass(5_000);
    expect(trunk.rings(number)).toMatchObject([{ endedBy: "answered" }]);
  },
  async "answer-on-cancel"({ breaks, call, trunk }) {
    trunk.phone(number).doesNotAnswer();
    breaks({ kind: "answer-on-cancel" });
    const placed = call();
    await pass(1_000);
    placed.hangUp();
    await pass(1_000);
    const codes = trunk.log
      .filter(({ what, method }) => what === "sent" && (method === "INVITE" || method === "CANCEL"))
      .map(({ method, code }) => `${code} ${method}`);
    expect(codes.slice(-2)).toContain("200 INVITE");
    expect(codes).toContain("200 CANCEL");
    // SIP.js acknowledges it and hangs up; JsSIP, once it has heard a 180, does neither: the customer is left alone.
    expect(fate(trunk)).toEqual([make === softphones.JsSIP ? [false, "answered", undefined] : [true, "ended", "agent"]]);
  },
  async "duplicate-200"({ breaks, call, told, trunk, sent }) {
    breaks({ kind: "duplicate-200" });
    call();
    await pass(1_000);
    expect(told().filter((each) => each === "answered")).toHaveLength(1);
    // The 407 is acknowledged too; SIP.js acknowledges a 200 that comes at once again only once.
    expect([sent("ACK") >= 2, trunk.answered(number)[0]?.isAcknowledged]).toEqual([true, true]);
    const twice = trunk.log.filter(({ code, method, what }) => what === "sent" && method === "INVITE" && code === 200);
    expect(twice.map(({ raw }) => raw)).toEqual([twice[0]?.raw, twice[0]?.raw]);
  },
  async fork({ breaks, call, told, trunk }) {
    breaks({ kind: "fork" });
    call();
    await pass(1_000);
    const tags = trunk.log
      .filter(({ code, method }) => code === 200 && method === "INVITE")
      .map(({ raw }) => /^To: .*;tag=(.*)$/m.exec(raw ?? "")?.[1]);
    expect([new Set(tags).size, told().filter((each) => each === "answered").length]).toEqual([2, 1]);
    // SIP.js ends the second; JsSIP says BYE in the first one's dialog instead.
    expect(fate(trunk)).toEqual([make === softphones.JsSIP ? [true, "ended", "agent"] : [true, "answered", undefined]]);
  },
  async "drop-bye"({ breaks, call, trunk }) {
    breaks({ kind: "drop-bye" });
    const placed = call();
    await pass(1_000);
    placed.hangUp();
    await pass(1_000);
    expect(trunk.calls[0]?.end?.by).toBe("agent");
    expect(trunk.log.filter(({ what, method, code }) => what === "sent" && method === "BYE" && code !== undefined)).toEqual([]);
  },
  async "no-pong"({ breaks, told, trunk }) {
    breaks({ kind: "no-pong" });
    await pass(60_000);
    expect([told(), trunk.connections]).toEqual([[], 1]);
  },
  async "forget-contact"({ breaks, phone, trunk }) {
    breaks({ kind: "forget-contact" });
    phone.register();
    await pass(1_000);
    const last = trunk.log.findLast(({ what, method }) => what === "sent" && method === "REGISTER");
    expect([last?.code, last?.raw?.includes("Contact:")]).toEqual([200, false]);
  },
  async "short-binding"({ breaks, phone, trunk, sent }) {
    breaks({ kind: "short-binding", expiresS: 60 });
    phone.register();
    await pass(1_000);
    expect(trunk.registrations[0]?.expiresS).toBeLessThanOrEqual(60);
    const before = sent("REGISTER");
    await pass(120_000);
    expect(sent("REGISTER")).toBeGreaterThan(before + 1);
    expect(trunk.registrations).toHaveLength(1);
  },
  async "stale-nonce"({ breaks, call, told, trunk }) {
    // Not a REGISTER: SIP.js begins each with what the one before had proven, which is stale already, and gives up at the second.
    breaks({ kind: "stale-nonce", methods: ["INVITE"] });
    call();
    await pass(1_000);
    const answers = trunk.log
      .filter(({ what, method }) => what === "sent" && method === "INVITE")
      .map(({ code, raw }) => `${code}${raw?.includes("stale=true") ? " stale" : ""}`);
    expect([answers.slice(0, 2), told()]).toEqual([
      ["407", "407 stale"],
      ["ringing", "answered"],
    ]);
  },
  // Neither does that.
  async "no-preemptive"({ breaks, call, told }) {
    breaks({ kind: "no-preemptive", code: 403 });
    call();
    await pass(1_000);
    expect(told()).toEqual(["ringing", "answered"]);
  },
  async garbage({ breaks, call, told }) {
    // Not `malformed`: its CSeq makes both throw out of their own message handlers, where a page can only log it.
    for (const frame of ["unmatched", "oversize"] as const) breaks({ kind: "garbage", frame });
    breaks({ kind: "garbage", text: "hello" });
    call();
    await pass(1_000);
    expect(told()).toEqual(["ringing", "answered"]);
  },
  async "reset-on"({ breaks, call, told }) {
    breaks({ kind: "reset-on", methods: ["INVITE"], times: 1 });
    call();
    await pass(100);
    expect(told()).toContain("disconnected");
  },
  async freeze({ breaks, call, told }) {
    const thaw = breaks({ kind: "freeze" });
    call();
    await pass(5_000);
    expect(told()).toEqual([]);
    thaw();
    await pass(1_000);
    expect(told()).toEqual(["ringing", "answered"]);
  },
  async refuse({ breaks, trunk }) {
    breaks({ kind: "refuse" });
    await newcomer(trunk, "disconnected");
  },
  async "refuse-upgrade"({ breaks, trunk }) {
    breaks({ kind: "refuse-upgrade", status: 503 });
    await newcomer(trunk, "disconnected");
  },
  async "hang-upgrade"({ breaks, trunk }) {
    breaks({ kind: "hang-upgrade" });
    await newcomer(trunk, undefined);
  },
};

let make: (typeof softphones)[string];

/** One more softphone, which does not get in: what it is told. */
async function newcomer(trunk: MockTrunk, told: string | undefined): Promise<void> {
  const phone = make(account);
  await pass(1_000);
  expect([phone.told[0], trunk.connections]).toEqual([told, 1]);
  phone.stop();
}

describe.each(Object.entries(softphones))("%s", (_, open) => {
  let trunk: MockTrunk;
  let phone: Softphone;

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"] });
    make = open;
    trunk = createMockTrunk({ name: "Carrier A", domain: "a.example", users: { agent7: "secret" } });
    pretendBrowser(memorySocket(trunk));
    phone = open(account);
    await pass(1_000);
    expect(phone.told).toEqual(["connected", "registered"]);
  });
  afterEach(async () => {
    trunk.clearFaults();
    phone.stop();
    await pass(60_000);
    trunk.close();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  test.each(faultKinds)("%s", async (kind) => {
    const before = phone.told.length;
    await rows[kind]({
      trunk,
      phone,
      told: () => phone.told.slice(before),
      breaks: (fault) => trunk.fault(fault),
      call: () => phone.call(number),
      sent: (method) =>
        trunk.log.filter((entry) => entry.what === "received" && entry.method === method && entry.code === undefined).length,
    });
  });
});
