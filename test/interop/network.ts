/** The network between an agent and an edge that lives. */
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import type { Edge } from "./edge.ts";

export interface Network {
  /** The edge as it is reached over this network. */
  readonly url: string;
  /** Both ends lose every connection, without a close frame. */
  cut(): void;
  close(): Promise<void>;
}

export async function startNetwork(edge: Edge): Promise<Network> {
  const sockets = new Set<Socket>();
  const [host, port] = edge.address.split(":");
  const server = createServer((near) => {
    const far = connect({ host, port: Number(port) });
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    close() {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
