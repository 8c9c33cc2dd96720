/** A page with an answered call, and the next page of its tab: through SIP.js to mock carriers. */
import { afterEach, expect, vi } from "vitest";
import { memorySocket, type MockTrunk, type MockTrunkOptions, type TrunkCall } from "../../adapters/mock-trunk/index.ts";
import { sipjs } from "../../adapters/sipjs/index.ts";
import { keptIn } from "../../adapters/tabs/resumption.ts";
import type { Call, ResumedCall } from "../../src/call/call.ts";
import type { LinekeeperConfig } from "../../src/config.ts";
import type { FactType } from "../../src/journal.ts";
import type { Linekeeper } from "../../src/line.ts";
import { createLinekeeper } from "../../src/linekeeper.ts";
import { entriesOf } from "./entries.ts";
import { buildHouse, pass, trunkA, type House } from "./house.ts";
import { scriptedMedia, type ScriptedSession } from "./scripted-media.ts";
import { Tab } from "./tab.ts";

const lines: Linekeeper[] = [];

/** After each test: nothing of the next pages is left running. */
export function closingNextPages(): void {
  afterEach(async () => {
    for (const line of lines.splice(0)) {
      const closed = line.close();
      await pass(1_000);
      await closed;
      expect(entriesOf(line.journal, "transition:violated")).toEqual([]);
    }
    vi.unstubAllGlobals();
  });
}

/** The sockets of one page, which all go with it. */
export function socketsOf(trunks: Readonly<Record<string, MockTrunk>>) {
  const open = new Set<WebSocket>();
  let isGone = false;
  const webSocket = class extends memorySocket(trunks, { latencyMs: 5 }) {
    constructor(url: string | URL, protocols?: string | string[]) {
      if (isGone) throw new Error("the page is gone");
      super(url, protocols);
      open.add(this);
    }
  };
  const drop = () => {
    isGone = true;
    for (const socket of open) socket.close();
  };
  return { webSocket, drop };
}

export interface Reload extends House {
  readonly tab: Tab;
  readonly call: Call;
  readonly customer: TrunkCall;
  /** Of page 1. */
  readonly sessions: readonly ScriptedSession[];
  /** Page 1 is gone; told of it first, unless it crashed. */
  leave(how?: "reload" | "crash"): Promise<void>;
  /** The next page, in this tab or another. */
  next(change?: Partial<LinekeeperConfig>, tab?: Tab): Promise<Next>;
}

export interface Next {
  readonly line: Linekeeper;
  readonly resumed: ResumedCall[];
  readonly sessions: readonly ScriptedSession[];
  entries<T extends FactType>(type: T): ReturnType<typeof entriesOf<T>>;
}

/** A page with an answered call. */
export async function talk({
  isOptedIn = true,
  hasLocks = true,
  incoming = false,
  number = "+21671000001",
  carrier = {} as Partial<MockTrunkOptions>,
  config = {} as Partial<LinekeeperConfig>,
} = {}): Promise<Reload> {
  const tab = new Tab();
  const trunks: Record<string, MockTrunk> = {};
  const sockets = socketsOf(trunks);
  const media = scriptedMedia();
  const resumption = isOptedIn ? { resumption: keptIn(tab.load({ hasLocks }), "test") } : (tab.load(), {});
  const house = buildHouse(
    { media, stack: sipjs({ webSocket: sockets.webSocket }), ...resumption, ...config },
    { habit: { ringAfterMs: 100, answerAfterMs: 200 }, ...carrier },
  );
  Object.assign(trunks, { "a.example": house.a, "b.example": house.b });
  await house.open();
  let call: Call;
  if (incoming) {
    let offered: unknown;
    house.line.on("call:offered", (each) => {
      offered = each;
      void each.answer();
    });
    house.a.call("agent7", { from: number });
    await pass(500);
    call = offered as Call;
  } else {
    call = house.line.call(number);
    await pass(1_000);
  }
  expect(call.state).toBe("answered");
  const [customer] = house.a.calls;
  if (!customer) throw new Error("nobody was called");
  return {
    ...house,
    tab,
    call,
    customer,
    sessions: media.sessions,
    async leave(how = "reload") {
      if (how === "reload") await tab.tell("pagehide");
      sockets.drop();
      tab.drop();
      await pass(20);
    },
    async next(change = {}, at = tab) {
      const host = at.load({ hasLocks });
      const media = scriptedMedia();
      const line = createLinekeeper({
        crm: { vendor: "Test CRM" },
        trunks: [trunkA],
        stack: sipjs({ webSocket: socketsOf(trunks).webSocket }),
        media,
        resumption: keptIn(host, "test"),
        ...change,
      });
      lines.push(line);
      const resumed: ResumedCall[] = [];
      line.on("call:resumed", (each) => resumed.push(each));
      void line.start();
      await vi.dynamicImportSettled();
      return { line, resumed, sessions: media.sessions, entries: (type) => entriesOf(line.journal, type) };
    },
  };
}
