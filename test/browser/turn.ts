/** A real TURN server on loopback, with one account. */
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { it } from "vitest";
import { findTurn } from "../setup/turn.mjs";

export interface TurnServer {
  readonly port: number;
  close(): Promise<void>;
}

/** A Binding request without attributes (RFC 8489 §5), which any STUN server answers. */
const bindingRequest = Buffer.from("00010000" + "2112a442" + "0123456789abcdef01234567", "hex");

/** Its account is `agent7`, with the password `secret`. */
export async function startTurn(): Promise<TurnServer> {
  const address = "127.0.0.1";
  const asker = createSocket("udp4").bind(0, address);
  await once(asker, "listening");
  // Nobody is likely to have the one beside ours, which was given just now.
  const port = (asker.address().port % 65_535) + 1;
  const child = spawn(
    findTurn() ?? "turnserver",
    [
      ...["--no-tls", "--no-dtls", "--no-cli", "--log-file=stdout", "--simple-log", "--pidfile=", "--userdb="],
      ...[`--listening-ip=${address}`, `--relay-ip=${address}`, `--listening-port=${port}`, "--allow-loopback-peers"],
      ...["--lt-cred-mech", "--realm=linekeeper.test", "--user=agent7:secret"],
    ],
    { stdio: "ignore" },
  );
  const ended = once(child, "exit");
  const asking = setInterval(() => asker.send(bindingRequest, port, address), 50);
  try {
    await Promise.race([once(asker, "message"), ended.then(([code]) => Promise.reject(new Error(`coturn ended with ${code}`)))]);
  } finally {
    clearInterval(asking);
    asker.close();
  }
  return {
    port,
    async close() {
      child.kill();
      await ended;
    },
  };
}

/** A test that is skipped, with the reason in the name, where there is no TURN server. */
export function turnOrSkip(name: string, test: () => Promise<void>): void {
  const reason = process.env["LINEKEEPER_NO_TURN"] ?? "no coturn found; npm test installs one where it can";
  it.skipIf(!findTurn())(findTurn() ? name : `${name} (skipped: ${reason})`, test);
}
