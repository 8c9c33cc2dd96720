import { describe, expect, test, vi } from "vitest";
import { createMockTrunk, memorySocket, type Fault } from "../../../adapters/mock-trunk/index.ts";
import { createVirtualClock } from "../../support/virtual-clock.ts";
import { number } from "./bench.ts";
import { carrierContract } from "./carrier-contract.ts";
import { socketed } from "./socket.ts";

const url = "wss://a.example";

carrierContract("memory", (trunk) => Promise.resolve({ Socket: memorySocket(trunk), url, close: () => Promise.resolve() }), {
  reset: "close 1006 unclean",
});
carrierContract(
  "memory with latency",
  (trunk) => Promise.resolve({ Socket: memorySocket(trunk, { latencyMs: 1 }), url, close: () => Promise.resolve() }),
  {
    reset: "close 1006 unclean",
  },
);

/** Every promise that waits, and those that they lead to. */
async function settle(): Promise<void> {
  for (let index = 0; index < 20; index++) await Promise.resolve();
}

function make(latencyMs?: number) {
  const clock = createVirtualClock();
  const trunk = createMockTrunk({ name: "a", domain: "a.example", clock });
  const Socket = memorySocket(trunk, latencyMs === undefined ? {} : { latencyMs });
  return { clock, trunk, Socket, open: () => socketed(Socket, url) };
}

describe("a new connection", () => {
  test.each<[Fault, string[]]>([
    [{ kind: "refuse" }, ["error", "close 1006 unclean"]],
    [{ kind: "refuse-upgrade", status: 503 }, ["error", "close 1006 unclean"]],
    [{ kind: "hang-upgrade" }, []],
    [{ kind: "freeze" }, []],
  ])("under %j", async (fault, told) => {
    const { trunk, open } = make();
    const clear = trunk.fault(fault);
    const first = open();
    await settle();
    expect([first.told, trunk.connections]).toEqual([told, 0]);
    clear();
    const second = open();
    await settle();
    expect([first.told, second.told]).toEqual([fault.kind === "freeze" ? ["open"] : told, ["open"]]);
    trunk.close();
    await settle();
    // One that hung is let go with the trunk.
    expect(first.told.at(-1)).toMatch(/^close/);
  });

  test("can be given up while it hangs", async () => {
    const { trunk, open } = make();
    trunk.fault({ kind: "hang-upgrade" });
    const { socket, told } = open();
    await settle();
    socket.close();
    await settle();
    expect(told).toEqual(["error", "close 1006 unclean"]);
    expect(socket.readyState).toBe(3);
  });

  test("without the subprotocol is refused", async () => {
    const { Socket } = make();
    const closed = vi.fn();
    new Socket(url).addEventListener("close", closed);
    await settle();
    expect(closed).toHaveBeenCalledOnce();
  });
});

describe("as a WebSocket", () => {
  test("goes through its states, calls handlers and listeners, and knows its protocol", async () => {
    const { Socket } = make();
    const socket = new Socket(url, ["sip"]);
    const heard: string[] = [];
    socket.onopen = () => heard.push(`open ${socket.readyState} ${socket.protocol}`);
    socket.onmessage = ({ data }) => heard.push(`message ${String(data).length}`);
    socket.onclose = ({ code }) => heard.push(`close ${code} ${socket.readyState}`);
    socket.addEventListener("open", () => heard.push("open, as listener"), { once: true });
    expect([socket.readyState, socket.url, Socket.CONNECTING, socket.OPEN]).toEqual([0, "wss://a.example/", 0, 1]);
    expect(() => socket.send("too early")).toThrow(DOMException);
    await settle();
    socket.send(new TextEncoder().encode("\r\n\r\n"));
    await settle();
    socket.close(4_000, "enough");
    socket.close();
    expect(socket.readyState).toBe(2);
    socket.send("too late");
    await settle();
    expect(heard).toEqual(["open 1 sip", "open, as listener", "message 2", "close 4000 3"]);
  });

  test("a close while all is frozen is answered at the thaw", async () => {
    const { trunk, open } = make();
    const { socket, told } = open();
    await settle();
    const thaw = trunk.fault({ kind: "freeze" });
    socket.close();
    await settle();
    expect([told, trunk.connections]).toEqual([["open"], 1]);
    thaw();
    await settle();
    expect([told.at(-1), trunk.connections]).toEqual(["close 1000 clean", 0]);
  });
});

describe("several trunks", () => {
  test("are told apart by the host; an unknown one is refused", async () => {
    const [a, b] = ["a", "b"].map((name) => createMockTrunk({ name, domain: `${name}.example` }));
    if (!a || !b) throw new Error("there are two");
    const Socket = memorySocket({ "a.example": a, "b.example:5443": b });
    const told = ["wss://a.example/ws", "wss://b.example:5443", "wss://c.example", "wss://constructor"].map(
      (each) => socketed(Socket, each).told,
    );
    await settle();
    expect(told.map((each) => each.at(-1))).toEqual(["open", "open", "close 1006 unclean", "close 1006 unclean"]);
    expect([a.connections, b.connections]).toEqual([1, 1]);
  });
});

describe("latency", () => {
  test("is one way, on the trunk's clock, and in order", async () => {
    const { clock, open } = make(50);
    const { client, told } = open();
    clock.advance(49);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(told).toEqual(["open"]);
    const requests = [client.options(), client.options()];
    clock.advance(99);
    expect(requests.map((request) => client.codes(request))).toEqual([[], []]);
    clock.advance(1);
    expect(client.responses().map((frame) => frame.get("Call-ID"))).toEqual(requests.map((request) => request.get("Call-ID")));
    await settle();
  });

  test("leaves no timer when the trunk is closed", async () => {
    const { clock, trunk, open } = make(50);
    const { client, told } = open();
    clock.advance(50);
    client.invite(number);
    expect(clock.pending).toBe(1);
    trunk.close();
    await settle();
    expect([clock.pending, told.at(-1)]).toEqual([0, "close 1001 clean"]);
  });
});
