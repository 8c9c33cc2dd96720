/** `linekeeper/mock-trunk/ws`: a mock trunk behind a real WebSocket server (Node). */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { WebSocketServer, type WebSocket } from "ws";
import type { MockTrunk } from "./mock-trunk.ts";

export interface ListenOptions {
  /** Default 0: any that is free. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
}

export interface Listening {
  /** `ws://host:port` */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Serves `trunk` at a port. Refusals, resets and freezes happen at the TCP level, as in life. */
export async function listen(trunk: MockTrunk, { port = 0, host = "127.0.0.1" }: ListenOptions = {}): Promise<Listening> {
  const http = createServer((_, response) => void response.writeHead(426).end());
  const sockets = new Set<Socket>();
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: 16 * 1_048_576,
    handleProtocols: (offered) => (offered.has("sip") ? "sip" : false),
  });

  http.on("connection", (socket: Socket) => {
    if (trunk.admission().kind === "refuse") return socket.resetAndDestroy();
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
  });
  http.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const admission = trunk.admission();
    if (admission.kind === "hang-upgrade") return;
    if (admission.kind === "refuse-upgrade")
      return void socket.end(`HTTP/1.1 ${admission.status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    server.handleUpgrade(request, socket, head, (webSocket) => attach(webSocket, socket));
  });

  function attach(webSocket: WebSocket, socket: Socket): void {
    const events = trunk.attach({
      send: (text) => webSocket.send(text),
      close: (code, reason) => webSocket.close(code, reason),
      reset: () => socket.resetAndDestroy(),
    });
    webSocket.on("message", (data: Buffer, isBinary) => isBinary || events.received(data.toString("utf8")));
    webSocket.on("close", () => events.closed());
    webSocket.on("error", () => {});
    freeze(socket);
  }

  /** A frozen peer reads nothing, so that the sender's buffers fill as in life. */
  function freeze(socket: Socket): void {
    if (trunk.isFrozen) socket.pause();
    else if (socket.isPaused()) socket.resume();
  }

  const stopWatching = trunk.onFaults(() => sockets.forEach(freeze));
  await new Promise<void>((resolve, reject) => {
    http.once("error", reject);
    http.listen(port, host, resolve);
  });
  const bound = (http.address() as AddressInfo).port;
  return {
    url: `ws://${host}:${bound}`,
    port: bound,
    async close() {
      stopWatching();
      for (const socket of sockets) socket.destroy();
      server.close();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
