/** The pages of one browser are one telephone: what the carrier, the customer and the agent see of it. */
import { describe, expect, test } from "vitest";
import { memorySocket, seededRandom } from "../../adapters/mock-trunk/index.ts";
import { sipjs } from "../../adapters/sipjs/index.ts";
import type { IncomingCall } from "../../src/call/call.ts";
import { systemClock } from "../../src/clock.ts";
import type { LinekeeperConfig } from "../../src/config.ts";
import { renderText, type ReportDocument } from "../../src/report/index.ts";
import { createBrowser, type FakePage } from "../support/browser-tabs.ts";
import { closingNextPages, talk } from "../support/reload.ts";
import { Tab as BrowserTab } from "../support/tab.ts";
import { buildHouse, pass, underFakeTime, type House } from "../support/house.ts";

underFakeTime();
closingNextPages();

const customer = "+21671000042";

const trunkAt = (which: "a" | "b") => ({
  id: which.toUpperCase(),
  carrier: `Carrier ${which.toUpperCase()}`,
  server: `wss://${which}.example`,
  aor: `sip:agent7@${which}.example`,
  credentials: { password: "secret" },
});

interface Tab extends House {
  readonly page: FakePage;
  readonly offered: readonly IncomingCall[];
}

const asked = ({ a }: Pick<House, "a">) => a.log.filter(({ what, raw = "" }) => what === "received" && raw.startsWith("REGISTER "));

/** The customer calls the agent at this carrier: what comes of it at once. */
async function customerCalls(carrier: House["a"]) {
  const call = carrier.call("agent7", { from: customer });
  await pass(100);
  return call;
}

/** The agent calls from this page, and is answered. */
async function talks({ line }: Pick<House, "line">) {
  const call = line.call("+21671000001");
  await pass(3_000);
  return call;
}

/** So many pages of one browser, on the same two carriers; started one after the other. */
async function openTabs(count: number, change: Partial<LinekeeperConfig> = {}) {
  const browser = createBrowser();
  const tabs: Tab[] = [];
  const open = async (other: Partial<LinekeeperConfig> = {}): Promise<Tab> => {
    const page = browser.page();
    const [first] = tabs;
    const stack = first && sipjs({ webSocket: memorySocket({ "a.example": first.a, "b.example": first.b }, { latencyMs: 5 }) });
    // Each page is an instance of its own.
    const house = buildHouse({ shared: page.shared, random: seededRandom(30 + tabs.length), ...(stack && { stack }), ...change, ...other });
    const offered: IncomingCall[] = [];
    house.line.on("call:offered", (call) => offered.push(call));
    void house.line.start();
    await pass(12_000);
    const tab = { ...house, ...(first && { a: first.a, b: first.b }), page, offered };
    tabs.push(tab);
    return tab;
  };
  for (let at = 0; at < count; at += 1) await open();
  const [one] = tabs as [Tab];
  const bound = () => [one.a, one.b].map(({ registrations }) => registrations.length);
  const places = () => tabs.map(({ line }) => line.telephone);
  /** The first page's carriers are looked at when it is closed: nobody may be on them then. */
  const close = async () => {
    await Promise.all([...tabs.slice(1).map(({ line }) => line.close()), pass(2_000)]);
  };
  return { one, tabs, open, bound, places, close };
}

describe("bindings", () => {
  test("do not pile up by the number of pages; a page that is not the telephone starts at once, and has no connection", async () => {
    const { one, tabs, bound, places, close } = await openTabs(4);
    expect(places()).toEqual(["here", "elsewhere", "elsewhere", "elsewhere"]);
    expect(bound()).toEqual([1, 1]);
    expect(one.a.connections).toBe(1);
    expect(await tabs[1]?.line.start()).toMatchObject([{ ready: false }, { ready: false }]);
    expect(tabs[1]?.entries("telephone:moved")).toMatchObject([{ to: "elsewhere" }]);
    await close();
  });

  test("move with the agent: the new one stands before the old one goes", async () => {
    const { one, tabs, bound, places, close } = await openTabs(2);
    const seen = new Set<string>();
    tabs[1]?.page.focus();
    for (let at = 0; at < 100; at += 1) {
      await pass(50);
      seen.add(String(bound()));
    }
    expect(places()).toEqual(["elsewhere", "here"]);
    expect([...seen]).toEqual(["1,1", "2,2"]);
    expect(one.line.trunks.map(({ flow }) => flow)).toEqual(["closed", "closed"]);
    await close();
  });

  test("outlast the going of the page before, where a registrar takes both for one instance", async () => {
    const { tabs, bound, close } = await openTabs(2, { random: seededRandom(3) });
    tabs[1]?.page.focus();
    await pass(5_000);
    expect(bound()).toEqual([1, 1]);
    await close();
  });

  test("where the pages bring up their trunks later, as the CRM's settings tell", async () => {
    const { one, tabs, bound, places, close } = await openTabs(2, { trunks: [] });
    expect(places()).toEqual(["elsewhere", "elsewhere"]);
    for (const { line } of tabs) line.setTrunks([trunkAt("a")]);
    await pass(3_000);
    expect(places()).toEqual(["here", "elsewhere"]);
    expect(bound()).toEqual([1, 0]);
    expect(one.line.trunks.map(({ ready }) => ready)).toEqual([true]);
    await close();
  });
});

describe("a page that rests", () => {
  const edgesOf = (house: Pick<House, "line">) => house.line.trunks.map(({ flow, registration }) => `${flow}/${registration}`);

  test("lets go of a socket that is still to open too", async () => {
    const { one, close } = await openTabs(1);
    one.page.hide(true);
    await pass(1_000);
    one.page.show();
    await pass(2);
    expect(edgesOf(one)).toEqual(["connecting/none", "connecting/none"]);
    one.page.hide(true);
    await pass(1_000);
    expect([edgesOf(one), one.a.connections]).toEqual([["closed/none", "closed/none"], 0]);
    await close();
  });

  test("brings up no trunk that is kept cold, though its warm one was lost just before", async () => {
    const [warm, cold] = [trunkAt("a"), { ...trunkAt("b"), standby: "cold" as const }];
    const { one, close } = await openTabs(1, { trunks: [warm, cold] });
    one.a.fault({ kind: "refuse" });
    one.a.resetAll();
    await pass(500);
    one.page.hide(true);
    await pass(60_000);
    expect([edgesOf(one), one.b.connections]).toEqual([["closed/none", "closed/none"], 0]);
    await close();
  });

  test("and is needed again asks no registrar sooner than that has said to any of them", async () => {
    const { one, tabs, open, close } = await openTabs(2);
    one.a.fault({ kind: "reject", code: 503, retryAfterS: 240, methods: ["REGISTER"] });
    tabs[1]?.page.focus();
    await pass(5_000);
    const before = asked(one).length;
    expect(one.entries("health:heard")).toMatchObject([{ trunkId: "A", route: "*", from: "tab", because: "retry-after" }]);
    // One that is opened meanwhile has heard nothing.
    const late = await open();
    expect(late.entries("health:heard")).toMatchObject([{ trunkId: "A", from: "last-page", because: "retry-after" }]);
    for (let at = 0; at < 12; at += 1) {
      tabs[at % 3]?.page.focus();
      await pass(15_000);
    }
    expect(asked(one).length - before).toBe(0);
    // Where it stands it stays, until another page can be rung there.
    expect(tabs.map(({ line }) => line.trunks[0]?.ready)).toEqual([true, false, false]);
    one.a.clearFaults();
    await pass(300_000);
    expect(tabs.some(({ line }) => line.trunks[0]?.ready)).toBe(true);
    await close();
  });

  test("and becomes the telephone does not ask again by an account that was refused in another page, until its source gives another", async () => {
    let password = "secret";
    const { one, tabs, close } = await openTabs(3, { trunks: [{ ...trunkAt("a"), credentials: () => ({ password }) }] });
    const [, two, three] = tabs;
    password = "old";
    two?.page.focus();
    await pass(70_000);
    const before = asked(one).length;
    expect([two?.line.trunks[0]?.registration, one.line.trunks[0]?.ready]).toEqual(["refused", true]);
    three?.page.focus();
    await pass(40_000);
    expect([three?.line.telephone, three?.line.trunks[0]?.flow, asked(one).length - before]).toEqual(["here", "open", 0]);
    expect(three?.entries("health:heard")).toMatchObject([{ from: "tab", because: "account-refused" }]);
    password = "secret";
    await pass(20_000);
    expect(three?.line.trunks[0]?.ready).toBe(true);
    await close();
  });

  test("reads well in a report, and blames nobody", async () => {
    const { tabs, close } = await openTabs(2);
    const [report] = await Promise.all([tabs[1]?.line.report(), pass(1_000)]);
    const text = renderText(report as ReportDocument);
    expect(text).toContain("No incident on record.");
    expect(text.replaceAll(/\s+/g, " ")).toContain("customers ring there, and the trunks rest here");
    await close();
  });
});

describe("a line that unregisters while a REGISTER is under way leaves no binding behind", () => {
  /** @param slowMs how late the registrar reads what it is sent. */
  const opening = (slowMs: number, challenge: "none" | "all" = "none") => {
    const tab = new BrowserTab();
    tab.load();
    const house = buildHouse({ trunks: [trunkAt("a")] }, { challenge });
    house.a.fault({ kind: "slow", delayMs: slowMs, methods: ["REGISTER"] });
    void house.line.start();
    const cseqs = () => asked(house).map(({ raw = "" }) => /^CSeq: (\d+)/m.exec(raw)?.[1]);
    return { ...house, tab, cseqs };
  };

  test("to a registrar that answers soon, after that answer; to a slower one, with a higher CSeq all the same", async () => {
    for (const slowMs of [100, 2_000]) {
      const { line, a, cseqs } = opening(slowMs);
      await pass(60);
      expect(cseqs()).toEqual(["1"]);
      await Promise.all([line.close(), pass(600)]);
      await pass(10_000);
      expect([cseqs(), a.registrations, a.connections]).toEqual([["1", "2"], [], 0]);
    }
  });

  test("and answers no challenge to what it has taken back", async () => {
    const { line, a } = opening(100, "all");
    await pass(60);
    await Promise.all([line.close(), pass(600)]);
    await pass(10_000);
    const given = a.log.filter(({ what, raw = "" }) => what === "received" && /^Authorization:/m.test(raw) && !/^Expires: 0/m.test(raw));
    expect([given, a.registrations]).toEqual([[], []]);
  });

  test("nor where the registrar was not waited for any more; nor while it refreshes; nor at the end of the page, at once", async () => {
    const unanswered = opening(5_000);
    await pass(4_100);
    expect(unanswered.line.trunks[0]?.registration).toBe("refused");
    const refreshing = opening(0);
    await pass(60);
    expect(refreshing.a.registrations).toHaveLength(1);
    refreshing.a.fault({ kind: "slow", delayMs: 1_000, methods: ["REGISTER"] });
    await pass(500_000);
    const ending = opening(2_000);
    await pass(60);
    await ending.tab.tell("pagehide", true);
    await pass(10);
    expect(ending.cseqs()).toEqual(["1", "2"]);
    for (const { line, a } of [unanswered, refreshing, ending]) {
      await Promise.all([line.close(), pass(600)]);
      await pass(10_000);
      expect(a.registrations).toEqual([]);
    }
  });
});

describe("a binding that outlived its flow", () => {
  test("is taken away on the next flow, at close() and where the agent goes to another page; and none is left that closes in vain", async () => {
    const { one, tabs, bound, close } = await openTabs(2);
    one.a.resetAll();
    tabs[1]?.page.focus();
    await pass(5_000);
    expect([bound(), one.line.trunks.map(({ flow }) => flow)]).toEqual([
      [1, 1],
      ["closed", "closed"],
    ]);
    one.a.resetAll();
    one.b.fault({ kind: "hang-upgrade" });
    one.b.resetAll();
    await pass(10);
    await Promise.all([one.line.close(), close()]);
    expect([bound(), one.a.connections, one.b.connections]).toEqual([[0, 1], 0, 0]);
  });

  test("is kept by whoever is needed again before the next flow is there", async () => {
    const { one, tabs, bound, close } = await openTabs(2);
    one.a.fault({ kind: "slow", delayMs: 200 });
    one.a.resetAll();
    one.page.hide(true);
    await pass(20);
    one.page.show();
    one.page.focus();
    tabs[1]?.page.hide(true);
    one.a.clearFaults();
    await pass(20_000);
    expect([bound(), one.line.trunks.map(({ ready }) => ready)]).toEqual([
      [1, 1],
      [true, true],
    ]);
    await close();
  });
});

test("a line that is closed, at whatever moment of its coming to be the telephone, leaves nothing", async () => {
  for (const at of ["telephone:moved", "trunk:changed", "journal:written", "before", 0, 1, 6, 12] as const) {
    const house = buildHouse({ shared: createBrowser().page().shared });
    const close = () => void house.line.close();
    if (at === "before") close();
    else if (typeof at === "string") house.line.on(at, close);
    house.line.start().catch(() => {});
    if (typeof at === "number") await pass(at);
    if (typeof at === "number") close();
    await pass(3_000);
    expect([at, house.a.connections, house.b.connections]).toEqual([at, 0, 0]);
  }
});

describe("a customer", () => {
  test("rings where the agent is, once", async () => {
    const { one, tabs, close } = await openTabs(2);
    tabs[1]?.page.focus();
    await pass(5_000);
    const call = await customerCalls(one.a);
    expect(tabs.map(({ offered }) => offered.length)).toEqual([0, 1]);
    call.hangUp();
    await pass(100);
    await close();
  });

  test("hears busy while the agent talks in another page than the one with the focus", async () => {
    const { one, tabs, places, close } = await openTabs(2);
    const call = tabs[1]?.line.call("+21671000001");
    await pass(3_000);
    expect(call?.state).toBe("answered");
    one.page.focus();
    await pass(20_000);
    expect(places()).toEqual(["elsewhere", "here"]);
    const second = await customerCalls(one.a);
    expect(second.answers.at(-1)).toBe(486);
    expect(tabs.flatMap(({ offered }) => offered)).toEqual([]);
    call?.hangUp();
    await pass(20_000);
    expect(places()).toEqual(["here", "elsewhere"]);
    await close();
  });

  test("is shown once while two pages have calls, though a registrar rings but the last that came; and not by one that is about to rest", async () => {
    const { one, tabs, bound, places, close } = await openTabs(2, { whenBusy: "offer" });
    const talk = await talks(one);
    const other = tabs[1]?.line.call("+21671000002");
    await pass(3_000);
    expect(places()).toEqual(["here", "elsewhere"]);
    expect(bound()).toEqual([2, 2]);
    expect(other?.state).toBe("answered");
    const rings = await customerCalls(one.a);
    expect(tabs.map(({ offered }) => offered.length)).toEqual([0, 1]);
    rings.hangUp();
    await pass(1_000);
    other?.hangUp();
    await pass(12);
    const late = await customerCalls(one.a);
    expect(late.answers.at(-1)).toBe(480);
    expect(tabs[1]?.entries("call:turned-away")).toMatchObject([{ because: "elsewhere" }]);
    await pass(5_000);
    expect(bound()).toEqual([1, 1]);
    talk.hangUp();
    await pass(1_000);
    await close();
  });

  test("hears busy in every page after the agent has declared a break in one", async () => {
    const { one, tabs, places, close } = await openTabs(2);
    one.line.setAvailable(false);
    tabs[1]?.page.focus();
    await pass(5_000);
    expect(places()).toEqual(["elsewhere", "here"]);
    const call = await customerCalls(one.a);
    expect(call.answers.at(-1)).toBe(486);
    await close();
  });

  test("who is the emergency services' call back is shown by whichever page is the telephone, on a break too", async () => {
    const { one, tabs, places, close } = await openTabs(2);
    const help = one.line.call("112");
    await pass(3_000);
    help.hangUp();
    await pass(2_000);
    one.line.setAvailable(false);
    tabs[1]?.page.focus();
    await pass(15_000);
    expect(places()).toEqual(["elsewhere", "here"]);
    one.a.call("agent7", { from: "112" });
    await pass(100);
    expect(tabs[1]?.offered).toHaveLength(1);
    tabs[1]?.offered[0]?.decline();
    await pass(1_000);
    await close();
  });
});

describe("pages whose lists of trunks differ", () => {
  /** One that serves A alone, and one that serves A and B. */
  async function openBoth(change: Partial<LinekeeperConfig> = {}) {
    const opened = await openTabs(1, { ...change, trunks: [trunkAt("a")] });
    const two = await opened.open({ trunks: [trunkAt("a"), trunkAt("b")] });
    const ready = () => [opened.one, two].map(({ line }) => line.trunks.filter((trunk) => trunk.ready).map(({ trunkId }) => trunkId));
    return { ...opened, two, ready };
  }

  test("have one telephone for each account; where the agent is, all that it can serve", async () => {
    const { one, two, ready, bound, places, close } = await openBoth();
    expect([ready(), bound(), places()]).toEqual([
      [["A"], ["B"]],
      [1, 1],
      ["here", "here"],
    ]);
    two.page.focus();
    await pass(5_000);
    expect([ready(), bound(), places()]).toEqual([
      [[], ["A", "B"]],
      [1, 1],
      ["elsewhere", "here"],
    ]);
    one.page.focus();
    await pass(20_000);
    expect([ready(), bound(), places()]).toEqual([
      [["A"], ["B"]],
      [1, 1],
      ["here", "here"],
    ]);
    const call = await customerCalls(one.a);
    expect([one, two].map(({ offered }) => offered.length)).toEqual([1, 0]);
    call.hangUp();
    await pass(100);
    await close();
  });

  test("are one agent's: whoever talks in one has customers hear busy on the accounts of the other, until that is over", async () => {
    const { one, two, open, close } = await openBoth();
    const talk = await talks(one);
    // The next page has heard nothing of how that began.
    await Promise.all([two.line.close(), pass(1_000)]);
    const late = await open({ trunks: [trunkAt("a"), trunkAt("b")] });
    for (const carrier of [one.a, one.b]) {
      const call = await customerCalls(carrier);
      expect(call.answers.at(-1)).toBe(486);
    }
    talk.hangUp();
    await pass(1_000);
    const call = await customerCalls(one.b);
    expect([two, late].map(({ offered }) => offered.length)).toEqual([0, 1]);
    call.hangUp();
    await pass(1_000);
    await close();
  });

  test("and are rung again once the page where the agent talked has crashed", async () => {
    const { one, two, close } = await openBoth();
    await talks(one);
    one.page.crash();
    await pass(5_000);
    const call = await customerCalls(two.a);
    expect([two.offered.length, two.line.trunks.map(({ ready }) => ready)]).toEqual([1, [true, true]]);
    call.hangUp();
    await pass(1_000);
    await close();
  });

  test("answer no call by themselves while the agent talks in the other", async () => {
    const { one, two, close } = await openBoth({ whenBusy: "offer", autoAnswer: true });
    const talk = await talks(one);
    const call = one.b.call("agent7", { from: customer, headers: ["Call-Info: <sip:a.example>;answer-after=0"] });
    await pass(3_000);
    expect(two.offered.map(({ state, answerAfterMs }) => [state, answerAfterMs])).toEqual([["ringing", 0]]);
    call.hangUp();
    talk.hangUp();
    await pass(1_000);
    await close();
  });
});

describe("the agent", () => {
  test("calls from a page that rests, which brings up what it needs, and is the telephone from then on", async () => {
    const { one, tabs, bound, places, close } = await openTabs(2);
    const call = tabs[1]?.line.call("+21671000001");
    const sinceMs = one.a.clock.nowMs();
    let tookMs = Infinity;
    call?.on("ringing", () => (tookMs = one.a.clock.nowMs() - sinceMs));
    await pass(3_000);
    expect(call?.state).toBe("answered");
    expect(tookMs).toBeLessThan(500);
    expect(places()).toEqual(["elsewhere", "here"]);
    expect(bound()).toEqual([1, 1]);
    call?.hangUp();
    await pass(1_000);
    await close();
  });

  test("calls over the trunk that the settings prefer, though another is up a moment sooner; but waits for none that does not come", async () => {
    const { one, tabs, close } = await openTabs(2);
    tabs[1]?.line.weigh("B", { priority: 1 });
    const by = async () => {
      const call = tabs[1]?.line.call("+21671000001");
      await pass(3_000);
      expect(call?.state).toBe("answered");
      call?.hangUp();
      one.page.focus();
      await pass(20_000);
      return tabs[1]?.entries("call:answered").at(-1)?.trunkId;
    };
    one.a.fault({ kind: "slow", delayMs: 40 });
    expect(await by()).toBe("A");
    one.a.fault({ kind: "hang-upgrade" });
    expect(await by()).toBe("B");
    one.a.clearFaults();
    await close();
  });

  test("has one conversation in the headset: who turns to a call in one page has the other's held, and comes back to it", async () => {
    const { one, tabs, close } = await openTabs(2);
    const first = await talks(one);
    const second = tabs[1]?.line.call("+21671000002");
    await pass(3_000);
    expect([first.held, second?.held]).toEqual(["here", "none"]);
    second?.hangUp();
    await pass(2_000);
    expect(first.held).toBe("none");
    first.hangUp();
    await pass(1_000);
    await close();
  });

  test("is taken back to one customer, where several pages hold one when the conversation in another is over", async () => {
    const { tabs, close } = await openTabs(3);
    const calls: ReturnType<House["line"]["call"]>[] = [];
    for (const [at, { line }] of tabs.entries()) {
      calls.push(line.call(`+2167100000${at}`));
      await pass(3_000);
    }
    const held = () => calls.map(({ held: by }) => by);
    expect(held()).toEqual(["here", "here", "none"]);
    calls[2]?.hangUp();
    await pass(2_000);
    // The third is over, as its neighbour is not.
    expect(held().slice(0, 2).toSorted()).toEqual(["here", "none"]);
    for (const call of calls) call.hangUp();
    await pass(1_000);
    await close();
  });

  test("stays with whom the conversation is, though either page gets other accounts meanwhile, of those that both have in turn", async () => {
    for (const changing of [0, 1]) {
      const { tabs, open, close } = await openTabs(0);
      const lists = [
        changing === 0 ? [trunkAt("a")] : [trunkAt("a"), trunkAt("b")],
        changing === 1 ? [trunkAt("a")] : [trunkAt("a"), trunkAt("b")],
      ];
      for (const trunks of lists) await open({ trunks });
      const calls: ReturnType<House["line"]["call"]>[] = [];
      for (const { line } of tabs) {
        calls.push(line.call("+21671000001"));
        await pass(3_000);
      }
      const held = () => calls.map(({ held: by }) => by);
      expect(held()).toEqual(["here", "none"]);
      tabs[changing]?.line.setTrunks([trunkAt("b")]);
      for (let at = 0; at < 100; at += 1) {
        await pass(50);
        expect([changing, ...held()]).toEqual([changing, "here", "none"]);
      }
      calls[1]?.hangUp();
      await pass(2_000);
      expect(calls[0]?.held).toBe("none");
      calls[0]?.hangUp();
      await pass(1_000);
      await close();
    }
  });

  test("keeps the telephone when its page freezes: another is rung within seconds of the agent's coming there", async () => {
    const { one, tabs, close } = await openTabs(2);
    one.page.freeze();
    tabs[1]?.page.focus();
    await pass(4_000);
    await customerCalls(one.a);
    expect(tabs[1]?.offered).toHaveLength(1);
    tabs[1]?.offered[0]?.decline();
    one.page.thaw();
    await pass(20_000);
    expect(one.line.telephone).toBe("elsewhere");
    await close();
  });
});

test("a page that is not the telephone says nothing against a carrier", async () => {
  const { one, tabs, close } = await openTabs(2);
  tabs[1]?.line.call("+21671000001").on("answered", () => {});
  await pass(3_000);
  for (const { line } of tabs) for (const call of line.calls) call.hangUp();
  await pass(60_000);
  for (const { line } of [one, tabs[1] ?? one]) expect([line.incidents, line.commonMode]).toEqual([[], false]);
  await close();
});

test("goes on with a call that the page before it has left, though another page is the telephone and has a call of its own", async () => {
  const browser = createBrowser();
  const house = await talk();
  const isTelephone = { isInUse: true, isReady: true, isHeard: false, agent: { available: true } };
  const hears = { moved() {}, refresh() {}, learn() {}, turned() {} };
  const other = browser.page().shared.attend({ account: "sip:agent7@a.example", ...isTelephone, ...hears }, systemClock, () => 0.5);
  await house.leave();
  const { line, resumed } = await house.next({ shared: browser.page().shared });
  await pass(3_000);
  expect(line.telephone).toBe("elsewhere");
  expect(resumed.map(({ state }) => state)).toEqual(["answered"]);
  other.leave();
});
