/** What every carrier of frames does for a trunk, seen through the WebSocket that a softphone has. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createMockTrunk, type MockTrunk } from "../../../adapters/mock-trunk/index.ts";
import { number } from "./bench.ts";
import { socketed, type Socketed } from "./socket.ts";

/** Where a trunk can be reached. */
export interface Reach {
  readonly Socket: typeof WebSocket;
  readonly url: string;
  close(): Promise<void>;
}

export interface ContractOptions {
  /** How a softphone sees that its connection was reset. */
  readonly reset: string;
}

export function carrierContract(name: string, reach: (trunk: MockTrunk) => Promise<Reach>, { reset }: ContractOptions): void {
  describe(name, () => {
    let trunk: MockTrunk;
    let at: Reach;

    async function connected(): Promise<Socketed> {
      const socket = socketed(at.Socket, at.url);
      await socket.until("open");
      return socket;
    }

    beforeEach(async () => {
      trunk = createMockTrunk({ name: "a", domain: "a.example", users: { agent7: "secret" }, habit: { ringAfterMs: 0, answerAfterMs: 0 } });
      at = await reach(trunk);
    });
    afterEach(async () => {
      trunk.close();
      await at.close();
      expect(trunk.connections).toBe(0);
    });

    test("a call, from digest to BYE", async () => {
      const { client, until } = await connected();
      await until("open");
      const final = (request: ReturnType<typeof client.options>) =>
        vi.waitFor(() => expect(client.codes(request).at(-1)).toBeGreaterThanOrEqual(200), { interval: 2 });
      const register = client.register();
      await final(register);
      await final(client.authorize(register, client.last, "secret"));
      expect(trunk.registrations).toHaveLength(1);
      const first = client.invite(number);
      await final(first);
      const invite = client.authorize(first, client.last, "secret");
      await final(invite);
      expect(client.codes(invite)).toEqual([100, 180, 200]);
      client.ack(invite);
      await final(client.within("BYE", invite, 3));
      expect(trunk.calls).toMatchObject([{ number, state: "ended", isAcknowledged: true }]);
      client.ping();
      await vi.waitFor(() => expect(client.pongs).toBe(1));
    });

    test("a customer's call arrives", async () => {
      const { client } = await connected();
      const register = client.register();
      await vi.waitFor(() => expect(client.codes(register)).toEqual([401]));
      client.authorize(register, client.last, "secret");
      await vi.waitFor(() => expect(trunk.registrations).toHaveLength(1));
      const call = trunk.call("agent7", { from: "+21698000000" });
      await vi.waitFor(() => expect(client.requests("INVITE")).toHaveLength(1));
      client.reply(client.requests("INVITE")[0], 486);
      expect(await call.settled).toBe("refused");
    });

    test("the trunk closes: told with its code", async () => {
      const { until } = await connected();
      trunk.closeAll(1012);
      await until("close 1012 clean");
      expect(trunk.connections).toBe(0);
    });

    test("the softphone closes: the trunk notices", async () => {
      const { socket, until } = await connected();
      socket.close(1000);
      await until("close 1000 clean");
      await vi.waitFor(() => expect(trunk.log.at(-1)).toMatchObject({ what: "closed" }));
    });

    test("all connections are reset, and a new one can be made", async () => {
      const sockets = [await connected(), await connected()];
      trunk.resetAll();
      await Promise.all(sockets.map(({ until }) => until(reset)));
      await (await connected()).roundTrip();
    });

    test("the connection of the next INVITE is reset, the other stays", async () => {
      const [first, second] = [await connected(), await connected()];
      trunk.fault({ kind: "reset-on", methods: ["INVITE"], times: 1 });
      first.client.invite(number);
      await first.until(reset);
      await second.roundTrip();
      expect(second.told).toEqual(["open"]);
    });

    test("frozen: nothing comes; thawed: nothing was lost", async () => {
      const { client, roundTrip } = await connected();
      const thaw = trunk.fault({ kind: "freeze" });
      const frozen = client.options();
      const elsewhere = createMockTrunk({ name: "b", domain: "b.example" });
      // By the time another trunk has answered twice, this one would have.
      const other = await reach(elsewhere).then(async (there) => ({ there, socket: socketed(there.Socket, there.url) }));
      await other.socket.until("open");
      await other.socket.roundTrip();
      await other.socket.roundTrip();
      expect([client.codes(frozen), trunk.log.filter(({ what }) => what === "received")]).toEqual([[], []]);
      thaw();
      await roundTrip();
      expect(client.codes(frozen)).toEqual([200]);
      elsewhere.close();
      await other.there.close();
    });

    test("SIP in a binary frame is read", async () => {
      const { client, socket } = await connected();
      socket.send(new TextEncoder().encode("\r\n\r\n"));
      await vi.waitFor(() => expect(client.pongs).toBe(1));
    });

    test("10 MB in either direction trip nobody", async () => {
      const { client, roundTrip, told } = await connected();
      client.say("x".repeat(10 * 1_048_576));
      trunk.fault({ kind: "garbage", frame: "oversize" });
      await roundTrip();
      expect(client.frames.map(({ raw }) => raw.length > 10_000_000)).toEqual([true, false]);
      expect(trunk.log.filter(({ what }) => what === "unreadable")).toHaveLength(1);
      expect(told).toEqual(["open"]);
    });

    test("closed for good: every connection ends, no new one lives", async () => {
      const { told } = await connected();
      trunk.close();
      await vi.waitFor(() => expect(told.at(-1)).toMatch(/^close 1001 /));
      const late = socketed(at.Socket, at.url);
      await vi.waitFor(() => expect(late.told.at(-1)).toMatch(/^close/));
    });
  });
}
