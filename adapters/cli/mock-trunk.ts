/** `linekeeper mock-trunk`: a carrier that misbehaves on command, for any softphone, at a port until it is told to stop. */
import { sleep, systemClock } from "../../src/clock.ts";
import { createMockTrunk, type DialectName, type Fault, type LogEntry, type MockTrunk } from "../mock-trunk/index.ts";
import type { Io } from "./io.ts";
import { UsageError } from "./render.ts";

/** As commander reads them. */
export interface MockTrunkCommandOptions {
  readonly port: number;
  readonly host: string;
  readonly domain: string;
  readonly user: readonly string[];
  readonly dialect?: DialectName;
  readonly mangle?: number;
  readonly fault: readonly string[];
  readonly tls?: true;
  readonly raw?: true;
}

/** What may be typed while it runs. */
export const commandsHelp = `While it runs, a line on standard input is a command:
  fault KIND [FIELD=VALUE ...]  breaks something, as: fault reject code=503
  mend                          mends everything
  call USER NUMBER              a customer calls an agent
  hang-up                       the customers hang up
  reset                         every connection is lost
  who                           who is registered
  quit                          ends it, as Ctrl-C does`;

/** How often the log is looked at, ms. */
const lookMs = 100;

/** Serves until somebody ends it. @throws UsageError for what cannot be served. */
export async function serveMockTrunk(io: Io, options: MockTrunkCommandOptions): Promise<void> {
  const { listen } = await import("../mock-trunk/ws.ts").catch(() => {
    throw new UsageError("mock-trunk needs the package ws: npm install ws");
  });
  const trunk = usable(() =>
    createMockTrunk({
      name: options.domain,
      domain: options.domain,
      ...(options.user.length > 0 && { users: Object.fromEntries(options.user.map(account)) }),
      ...(options.dialect && { dialect: options.dialect }),
      ...(options.mangle !== undefined && { mangle: { seed: options.mangle } }),
    }),
  );
  for (const fault of options.fault) usable(() => trunk.fault(readFault(fault)));
  const { port, host, tls } = options;
  const served = await listen(trunk, { port, host, ...(tls && { tls }) }).catch((error: Error) => {
    throw new UsageError(`${host}:${port} cannot be listened at: ${error.message}`);
  });
  const names = options.user.map((each) => account(each)[0]);
  io.out(
    `A mock trunk for ${names.length > 0 ? names.join(", ") : "any user, without a password"} at ${served.url}, domain ${options.domain}\n`,
  );
  if (served.certificate !== undefined) io.out(`Trust its certificate:\n${served.certificate}`);
  const over = new AbortController();
  const following = follow(trunk, io, options.raw ?? false, over.signal);
  await Promise.race([io.stopped(), obey(trunk, io, over.signal)]);
  over.abort();
  await following;
  await served.close();
  trunk.close();
}

/** @throws UsageError for a TypeError: it names what is wrong. */
function usable<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw error instanceof TypeError || error instanceof SyntaxError ? new UsageError(error.message) : error;
  }
}

/** `name:password`. @throws UsageError */
function account(text: string): readonly [string, string] {
  const [, name, password] = /^([^:]+):(.+)$/.exec(text) ?? [];
  if (name === undefined || password === undefined) throw new UsageError(`--user must be name:password, not ${text}`);
  return [name, password];
}

/** `reject code=503 methods=INVITE,OPTIONS`; a value is JSON where it can be, else text. The trunk itself says what is wrong with it. */
function readFault(text: string): Fault {
  const [kind = "", ...fields] = text.trim().split(/\s+/);
  const given = fields.map((field) => {
    const [, name = field, value = ""] = /^([^=]*)=(.*)$/.exec(field) ?? [];
    return [name, name === "methods" ? value.split(",") : asJson(value)] as const;
  });
  return { kind, ...Object.fromEntries(given) } as Fault;
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Does what is typed. Resolves at `quit`; the end of the input ends nothing, for it may run where nobody types. */
async function obey(trunk: MockTrunk, io: Io, signal: AbortSignal): Promise<void> {
  for await (const line of io.lines(signal)) {
    const [command = "", ...rest] = line.trim().split(/\s+/);
    if (command === "quit") return;
    try {
      order(trunk, io, command, rest);
    } catch (error) {
      io.err(`${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
  await new Promise<never>(() => {});
}

/** @throws TypeError for what the trunk does not know. */
function order(trunk: MockTrunk, io: Io, command: string, rest: readonly string[]): void {
  const [user = "", from = ""] = rest;
  if (command === "") return;
  else if (command === "fault") trunk.fault(readFault(rest.join(" ")));
  else if (command === "mend") trunk.clearFaults();
  else if (command === "call") trunk.call(user, { from });
  else if (command === "hang-up") for (const call of trunk.calls) call.hangUp();
  else if (command === "reset") trunk.resetAll();
  else if (command === "who") io.out(trunk.registrations.map(({ user, contact }) => `${user} at ${contact}\n`).join("") || "nobody\n");
  else io.err(`${command} is not known\n${commandsHelp}\n`);
}

/** Prints what the edge sees. */
async function follow(trunk: MockTrunk, io: Io, isRaw: boolean, signal: AbortSignal): Promise<void> {
  const sinceMs = trunk.clock.nowMs();
  let last: LogEntry | undefined;
  const print = () => {
    const { log } = trunk;
    for (const entry of log.slice(last ? log.lastIndexOf(last) + 1 : 0)) io.out(lineOf(entry, entry.atMs - sinceMs, isRaw));
    last = log.at(-1);
  };
  while (!signal.aborted) {
    print();
    await sleep(systemClock, lookMs, signal).catch(() => {});
  }
  print();
}

const arrows: Readonly<Partial<Record<LogEntry["what"], string>>> = { received: "→", sent: "←" };

/** `    1.120 s  1 → INVITE +21671000001`: since it began, by which connection, and whether it came or went. */
function lineOf({ link, what, method, code, number, fault, raw }: LogEntry, sinceMs: number, isRaw: boolean): string {
  const words = [arrows[what] ?? what, method, code, number, fault && `(${fault})`].filter((word) => word !== undefined);
  const text = isRaw && raw ? `\n${raw.replaceAll("\r\n", "\n").trimEnd().replace(/^/gm, "    ")}\n` : "";
  return `${(sinceMs / 1_000).toFixed(3).padStart(9)} s ${String(link).padStart(2)} ${words.join(" ")}${text}\n`;
}
