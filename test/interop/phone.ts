/** Phones and callers on UDP: one SIPp each, so that each has a log of its own. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { vi } from "vitest";
import type { Edge } from "./edge.ts";
import { freePort, isUdpTaken, startProgram } from "./program.ts";
import { callers, phones, scenarioXml } from "./scenario.ts";

export interface Phone {
  /** The number that both edges have it under. */
  readonly number: string;
  /**
   * What it heard, by SIP call: methods and status codes in order, retransmissions left out. The first INVITE of
   * each is a phone that rings.
   */
  readonly heard: readonly (readonly string[])[];
  kill(): Promise<void>;
}

/** Starts a phone that waits to be called. @param pauseMs how long it rings, or thinks, where its scenario pauses. */
export async function startPhone(sipp: string, does: keyof typeof phones, folder: string, pauseMs = 200): Promise<Phone> {
  const port = await freePort();
  const phone = await startSipp(sipp, `phone-${port}`, scenarioXml(does, phones[does]), folder, port, ["-d", `${pauseMs}`]);
  await vi.waitFor(
    async () => {
      if (!(await isUdpTaken(port))) throw new Error(`SIPp did not come up: ${phone.program.complaints}`);
    },
    { timeout: 5_000, interval: 10 },
  );
  return {
    number: `+216710${port}`,
    get heard() {
      return phone.heard();
    },
    kill: () => phone.program.kill(),
  };
}

export interface CallToAgent {
  readonly edge: Edge;
  readonly user: string;
  readonly does: keyof typeof callers;
  /** The caller's number. */
  readonly from?: string;
  readonly pauseMs?: number;
}

/** A customer calls the agent through an edge. */
export async function startCaller(sipp: string, call: CallToAgent, folder: string): Promise<Omit<Phone, "number">> {
  const { edge, user, does, from = "+21671000009", pauseMs = 200 } = call;
  const port = await freePort();
  const { program, heard } = await startSipp(sipp, `caller-${port}`, scenarioXml(does, callers[does]), folder, port, [
    ...["-m", "1", "-s", user, "-d", `${pauseMs}`, "-key", "domain", edge.domain, "-key", "caller", from],
    edge.address,
  ]);
  return {
    get heard() {
      return heard();
    },
    kill: () => program.kill(),
  };
}

async function startSipp(sipp: string, name: string, xml: string, folder: string, port: number, args: readonly string[]) {
  const scenario = join(folder, `${name}.xml`);
  const log = join(folder, `${name}.tsv`);
  writeFileSync(scenario, xml);
  const program = await startProgram(
    sipp,
    [
      ...["-sf", scenario, "-i", "127.0.0.1", "-p", `${port}`, "-ci", "127.0.0.1", "-mi", "127.0.0.1", "-nostdin"],
      ...["-trace_shortmsg", "-shortmessage_file", log, "-trace_err", "-error_file", join(folder, `${name}.err`)],
      ...args,
    ],
    folder,
  );
  return { program, heard: () => (existsSync(log) ? heardIn(readFileSync(log, "utf8")) : []) };
}

/** SIPp's short log has a line for each message: date, time, "S" or "R", Call-ID, CSeq, first line. */
function heardIn(log: string): string[][] {
  const calls = new Map<string, Map<string, string>>();
  for (const line of log.split("\n")) {
    const [, , , direction, callId, cseq, start] = line.split("\t");
    if (direction !== "R" || !callId || !start) continue;
    const heard = calls.get(callId) ?? new Map<string, string>();
    calls.set(callId, heard.set(`${cseq} ${start}`, /^SIP\/2\.0 (\d+)/.exec(start)?.[1] ?? start.split(" ")[0] ?? ""));
  }
  return [...calls.values()].map((heard) => [...heard.values()]);
}
