/** `linekeeper/mock-trunk/ws`: a mock trunk behind a real WebSocket server, in Node. */
import { createServer as createHttpServer, STATUS_CODES, type IncomingMessage } from "node:http";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createSecureContext, TLSSocket, type SecureContext } from "node:tls";
import { WebSocketServer, type WebSocket } from "ws";
import { systemClock } from "../../src/clock.ts";
import type { MockTrunk } from "./mock-trunk.ts";
import { selfSigned, type Certificate } from "./self-signed.ts";

/** Where, and whether with TLS. */
export interface ListenOptions {
  /** Default 0: any that is free. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** `wss:`, with a certificate of its own, or this one. Default: `ws:`. */
  readonly tls?: true | Certificate;
}

/** A trunk that is served at a port. */
export interface Listening {
  /** `ws://host:port`, or `wss://…` */
  readonly url: string;
  /** PEM, for a client to trust, where `tls` is on. */
  readonly certificate?: string;
  /** The one that was bound, also where 0 asked for any. */
  readonly port: number;
  /** Closes every connection and the port; the trunk stays. */
  close(): Promise<void>;
}

/** Serves `trunk` at a port of its own. What befalls connections befalls them at the TCP level, as in life. */
export async function listen(trunk: MockTrunk, { port = 0, host = "127.0.0.1", tls }: ListenOptions = {}): Promise<Listening> {
  const certificate = tls === true ? selfSigned(host, systemClock.dateMs()) : tls;
  const server = new TrunkServer(trunk, host, certificate);
  const bound = await server.open(port);
  const close = () => server.close();
  if (!certificate) return { url: `ws://${host}:${bound}`, port: bound, close };
  return { url: `wss://${host}:${bound}`, port: bound, certificate: certificate.cert, close };
}

const refusalOf = (status: number) =>
  `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Refused"}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;

class TrunkServer {
  readonly #trunk: MockTrunk;
  readonly #host: string;
  readonly #tls: SecureContext | undefined;
  /** Reads what comes in; a listening server of its own hands it the connections, so that they can be refused, held and counted. */
  readonly #http = createHttpServer((_, response) => response.writeHead(426, { Upgrade: "websocket" }).end());
  readonly #upgrades = new WebSocketServer({ noServer: true, handleProtocols: () => "sip" });
  readonly #sockets = new Set<Socket>();
  readonly #webSockets = new Set<WebSocket>();
  /** Accepted while everything is frozen, and not read yet. */
  readonly #held = new Set<Socket>();
  /** The TCP connection of a TLS one. */
  readonly #beneath = new WeakMap<Socket, Socket>();
  #port = 0;
  #listener: Server | undefined;
  #stopWatching = () => {};

  constructor(trunk: MockTrunk, host: string, certificate: Certificate | undefined) {
    this.#trunk = trunk;
    this.#host = host;
    this.#tls = certificate && createSecureContext({ key: certificate.key, cert: certificate.cert });
    this.#http.on("upgrade", (request, socket, head) => this.#upgrade(request, socket as Socket, head));
  }

  async open(port: number): Promise<number> {
    this.#port = port;
    const listener = this.#listen();
    await new Promise<void>((resolve, reject) => listener.once("listening", resolve).once("error", reject));
    this.#port = (listener.address() as AddressInfo).port;
    this.#stopWatching = this.#trunk.door.watch(() => this.#obey());
    this.#obey();
    return this.#port;
  }

  async close(): Promise<void> {
    this.#stopWatching();
    const listener = this.#listener;
    this.#listener = undefined;
    for (const webSocket of this.#webSockets) webSocket.close(1001);
    const ended = [...this.#sockets].map((socket) => new Promise((resolve) => socket.once("close", resolve)));
    for (const socket of this.#sockets) socket.destroySoon();
    if (listener) ended.push(new Promise((resolve) => listener.close(resolve)));
    await Promise.all(ended);
  }

  /** Does what the door says. */
  #obey(): void {
    const { admission, isFrozen, isClosed } = this.#trunk.door;
    if (isClosed) return void this.close();
    if (admission.kind === "refuse") {
      this.#listener?.close();
      this.#listener = undefined;
    } else if (!this.#listener) this.#listen();
    for (const webSocket of this.#webSockets) {
      if (isFrozen) webSocket.pause();
      else webSocket.resume();
    }
    if (!isFrozen) for (const socket of this.#held) this.#read(socket);
  }

  #listen(): Server {
    this.#listener = createServer((socket) => this.#accept(socket)).listen(this.#port, this.#host);
    return this.#listener;
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => {
      this.#sockets.delete(socket);
      this.#held.delete(socket);
    });
    if (this.#trunk.door.isFrozen) this.#held.add(socket);
    else this.#read(socket);
  }

  #read(socket: Socket): void {
    this.#held.delete(socket);
    if (!this.#tls) return void this.#http.emit("connection", socket);
    // Faults go on to befall the connection beneath: what is reset is the TCP connection.
    const secure = new TLSSocket(socket, { isServer: true, secureContext: this.#tls });
    secure.on("error", () => socket.destroy());
    this.#beneath.set(secure, socket);
    this.#http.emit("connection", secure);
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const { admission } = this.#trunk.door;
    if (admission.kind === "hang-upgrade") return;
    if (admission.kind === "refuse-upgrade") return void socket.end(refusalOf(admission.status));
    // RFC 7118 §4.1.
    const offered = request.headers["sec-websocket-protocol"]?.split(",").map((each) => each.trim()) ?? [];
    if (!offered.includes("sip")) return void socket.end(refusalOf(400));
    this.#upgrades.handleUpgrade(request, socket, head, (webSocket) => this.#attach(webSocket, socket));
  }

  #attach(webSocket: WebSocket, socket: Socket): void {
    this.#webSockets.add(webSocket);
    const trunkEnd = this.#trunk.attach({
      send: (text) => webSocket.send(text),
      close: (code, reason) => webSocket.close(code, reason),
      reset: () => void (this.#beneath.get(socket) ?? socket).resetAndDestroy(),
    });
    // RFC 7118 §4.2: SIP may come in binary frames too.
    webSocket.on("message", (data) => trunkEnd.received(String(data)));
    webSocket.on("error", () => {});
    webSocket.once("close", () => {
      this.#webSockets.delete(webSocket);
      trunkEnd.closed();
    });
    if (this.#trunk.door.isFrozen) webSocket.pause();
  }
}
