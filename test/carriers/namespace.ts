/**
 * Two network namespaces, joined by a cable: the agent's, and the carriers'. Neither has a name: each lives as long as
 * the programs inside, so that nothing is left of it when the test runner dies, and two runs cannot meet.
 */
import { spawnSync } from "node:child_process";
import type { Socket as UdpSocket } from "node:dgram";
import type { Socket as TcpSocket } from "node:net";
import { join } from "node:path";
import { startProgram, type StartProgram } from "../interop/program.ts";
import type { Request, Response, Wanted } from "./door.ts";

export interface Namespace {
  /** The command that runs another one inside. */
  readonly entrance: readonly [string, ...string[]];
  readonly start: StartProgram;
  /** Runs a command inside until its end. @returns what it prints. @throws when it fails. */
  run(...command: readonly string[]): string;
  /** A UDP socket inside. @param port any with 0. */
  udp(address: string, port: number): Promise<UdpSocket>;
  /** A connection made inside. */
  tcp(address: string, port: number): Promise<TcpSocket>;
  /** An HTTP request made inside. @returns the body of the response. */
  post(url: string, body: string): Promise<string>;
  /** Ends it, and all that was started inside. */
  close(): Promise<void>;
}

/** Of the networks for documentation (RFC 5737). To a browser they are public: a page needs no permission for them, as it does for private ones. */
export const addresses = { agent: "192.0.2.2", moved: "192.0.2.130", gateway: "192.0.2.1", a: "198.51.100.1", b: "203.0.113.1" } as const;

/** The agent's network and the carriers': there, each carrier has an address of its own. */
export async function startNamespaces(folder: string): Promise<{ readonly agent: Namespace; readonly carriers: Namespace }> {
  const [agent, carriers] = await Promise.all([startNamespace(folder), startNamespace(folder)]);
  ip(agent, [
    "link set lo up",
    `link add cable type veth peer name cable netns ${carriers.pid}`,
    `address add ${addresses.agent}/24 dev cable`,
    "link set cable up",
    `route add default via ${addresses.gateway}`,
  ]);
  ip(carriers, [
    "link set lo up",
    ...[addresses.a, addresses.b].map((address) => `address add ${address}/32 dev lo`),
    `address add ${addresses.gateway}/24 dev cable`,
    "link set cable up",
  ]);
  return { agent, carriers };
}

/** The agent's computer is in another network now, behind the same cable. @returns what takes it back. */
export function moveAgent(agent: Namespace): () => void {
  const here = `${addresses.agent}/24 dev cable`;
  const there = `${addresses.moved}/24 dev cable`;
  // An address of the same network would go with the first one.
  ip(agent, [`address delete ${here}`, `address add ${there}`, `route add default via ${addresses.gateway}`]);
  return () => ip(agent, [`address delete ${there}`, `address add ${here}`, `route add default via ${addresses.gateway}`]);
}

const ip = ({ run }: Namespace, commands: readonly string[]): void =>
  void run("sh", "-ec", commands.map((command) => `ip ${command}`).join("\n"));

async function startNamespace(folder: string): Promise<Namespace & { readonly pid: number }> {
  // `unshare` becomes the program that it starts: its process id is the door's.
  const door = await startProgram("unshare", ["--net", process.execPath, join(import.meta.dirname, "door.ts")], folder, {
    hasChannel: true,
  });
  const entrance = ["nsenter", `--net=/proc/${door.pid}/ns/net`] as const;
  const programs = [door];
  const waiting = new Map<number, (response: Response, socket: unknown) => void>();
  let lastId = 0;

  const answered = (id: number): Promise<{ readonly text: string; readonly socket: unknown }> =>
    new Promise((resolve, reject) => {
      waiting.set(id, ({ text = "", error }, socket) => {
        waiting.delete(id);
        if (error) reject(new Error(error));
        else resolve({ text, socket });
      });
    });
  door.channel.on("message", (message, socket) => {
    const response = message as Response;
    waiting.get(response.id)?.(response, socket);
  });
  // The door says when it is open.
  await answered(lastId);

  function ask(wanted: Wanted) {
    const request: Request = { ...wanted, id: ++lastId };
    const response = answered(request.id);
    door.channel.send(request);
    return response;
  }

  return {
    pid: door.pid,
    entrance,
    async start(command, args, cwd) {
      const [nsenter, ...rest] = entrance;
      const program = await startProgram(nsenter, [...rest, command, ...args], cwd);
      programs.push(program);
      return program;
    },
    run(...command) {
      const [program, ...rest] = entrance;
      const { status, stdout, stderr } = spawnSync(program, [...rest, ...command], { encoding: "utf8" });
      if (status !== 0) throw new Error(`${command.join(" ")}: ${stderr}`);
      return stdout;
    },
    udp: async (address, port) => (await ask({ what: "udp", address, port })).socket as UdpSocket,
    tcp: async (address, port) => (await ask({ what: "tcp", address, port })).socket as TcpSocket,
    post: async (url, body) => (await ask({ what: "post", url, body })).text,
    async close() {
      await Promise.all(programs.map((program) => program.kill()));
    },
  };
}
