/** Programs that a test starts, and their end. */
import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";

export interface Program {
  /** To the program and all its workers. */
  signal(name: "SIGSTOP" | "SIGCONT"): void;
  /** Ends it and all its workers at once, frozen or not. Harmless twice. */
  kill(): Promise<void>;
  /** What it wrote to stderr. */
  readonly complaints: string;
  readonly pid: number;
  /** Messages to and from it, where it is a Node that was started with a channel. */
  readonly channel: Pick<ChildProcess, "send" | "on" | "off">;
}

interface ProgramOptions {
  /** A Node that talks with us by `process.send()`. */
  readonly hasChannel?: boolean;
}

/** How a program is started: here, or inside a network namespace. */
export type StartProgram = (command: string, args: readonly string[], cwd: string) => Promise<Program>;

/**
 * Runs a program in a process group of its own, which it ends with its own standard input: so nothing is left running,
 * frozen or not, when the test runner dies.
 */
const guardScript = `setsid "$@" > /dev/null & echo $!; read -r _; kill -KILL -$! 2> /dev/null`;

export async function startProgram(
  command: string,
  args: readonly string[],
  cwd: string,
  { hasChannel = false }: ProgramOptions = {},
): Promise<Program> {
  // Detached, or Ctrl-C would end the guard before its work.
  const guard = spawn("sh", ["-c", guardScript, "sh", command, ...args], {
    cwd,
    detached: true,
    env: { ...process.env, TERM: "dumb" },
    stdio: ["pipe", "pipe", "pipe", ...(hasChannel ? (["ipc"] as const) : [])],
  }) as ChildProcessWithoutNullStreams;
  const ended = once(guard, "close");
  let complaints = "";
  guard.stderr.setEncoding("utf8").on("data", (text: string) => (complaints += text));
  const [group] = await once(guard.stdout.setEncoding("utf8"), "data");
  const pid = Number(group);
  return {
    pid,
    channel: guard,
    signal: (name) => void process.kill(-pid, name),
    async kill() {
      guard.stdin.end();
      await ended;
    },
    get complaints() {
      return complaints;
    },
  };
}

/** Below the ports that the system gives to those who ask for any, so that no outgoing connection takes it meanwhile. */
const portBase = 20_000;
const portCount = 10_000;

/** A port on 127.0.0.1 that nobody uses, on UDP and TCP alike. Five digits. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = portBase + Math.floor(Math.random() * portCount);
    if (!(await isUdpTaken(port)) && !(await isTcpTaken(port))) return port;
  }
}

export function isUdpTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    socket.once("error", () => resolve(true));
    socket.bind({ port, address: "127.0.0.1", exclusive: true }, () => socket.close(() => resolve(false)));
  });
}

function isTcpTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(true));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(false)));
  });
}
