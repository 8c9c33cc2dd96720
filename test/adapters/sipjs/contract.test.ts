import { afterAll, beforeAll, describe, expect, vi } from "vitest";
import { WebSocketServer } from "ws";
import { sipjs } from "../../../adapters/sipjs/index.ts";
import type { PlainCarrier } from "../../support/plain-carrier.ts";
import { memorySocketTo } from "../../support/scripted-socket.ts";
import { type Harness, sipStackContract } from "../../support/sip-stack-contract.ts";
import { tongueDraw, tongueName } from "../../support/tongue.ts";
import { dialectNames } from "../../../adapters/mock-trunk/index.ts";
import { settle } from "./scripted-edge.ts";

/** Each dialect, and a few that are drawn; or those that the run asks for. */
const draw = tongueDraw();
const drawn = Array.from({ length: 15 }, draw);
const tongues = new Set([...dialectNames.keys(), ...drawn.flat()]);

/** Sockets in memory; nothing of sip.js's or ours may be left once the edge is disposed. */
function inMemory(carrier: PlainCarrier): Harness {
  return {
    stack: sipjs({ webSocket: memorySocketTo(carrier) }),
    server: "wss://live.example",
    deadServer: "wss://dead.example",
    close: async () => {
      await settle();
      expect(vi.getTimerCount()).toBe(0);
    },
  };
}

/** The host's own WebSocket against a real server. */
async function overSockets(carrier: PlainCarrier): Promise<Harness> {
  const server = new WebSocketServer({ port: 0, handleProtocols: (offered) => offered.has("sip") && "sip" });
  server.on("connection", (socket) => {
    carrier.open({ send: (text) => socket.send(text), drop: () => socket.terminate() });
    socket.on("message", (data) => carrier.receive(String(data)));
  });
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    stack: sipjs(),
    server: `ws://127.0.0.1:${address.port}`,
    deadServer: "ws://127.0.0.1:9",
    close: () => {
      for (const client of server.clients) client.terminate();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

sipStackContract("sipjs() over sockets", overSockets);

describe("under fake time", () => {
  beforeAll(() => void vi.useFakeTimers());
  afterAll(() => void vi.useRealTimers());
  sipStackContract("sipjs() in memory", (carrier) => Promise.resolve(inMemory(carrier)));
  for (const tongue of tongues) sipStackContract(tongueName(tongue), (carrier) => Promise.resolve(inMemory(carrier)), tongue);
});
