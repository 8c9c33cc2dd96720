/** `linekeeper mock-trunk` as a developer has it: at a real port, with a real softphone. */
import { expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import type { Io } from "../../../adapters/cli/io.ts";
import { run } from "../../../adapters/cli/program.ts";
import { sipjs } from "../../../adapters/sipjs/index.ts";
import { createLinekeeper } from "../../../src/linekeeper.ts";
import { noMedia } from "../../../src/media/no-media.ts";

/** The command at work: what it says, and somebody who types and stops it. */
function started(...args: string[]) {
  const typed: string[] = [];
  let [out, err, wake, stop] = ["", "", () => {}, () => {}];
  const io: Io = {
    read: () => {
      throw new Error("it reads no file");
    },
    write: () => Promise.reject(new Error("it writes none")),
    list: () => Promise.reject(new Error("nor a folder")),
    size: () => Promise.reject(new Error("nor a file")),
    async *lines(signal) {
      while (!signal.aborted) {
        yield* typed.splice(0);
        if (typed.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    stopped: () => new Promise((resolve) => (stop = resolve)),
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    columns: undefined,
    errColumns: undefined,
    style: (_, text) => text,
    now: () => 0,
  };
  const code = run(["mock-trunk", ...args], io);
  const says = (text: string | RegExp) => vi.waitFor(() => expect(out).toMatch(text), 5_000);
  return {
    code,
    says,
    told: () => ({ out, err }),
    stop: () => stop(),
    async type(line: string) {
      typed.push(line);
      wake();
    },
    url: async () => {
      await says("ws://");
      return /wss?:\S+(?=,)/.exec(out)?.[0] ?? "";
    },
  };
}

test("a softphone registers, calls and is called; what is typed breaks it, mends it and ends it", async () => {
  const command = started("--user", "agent7:secret");
  const server = await command.url();
  const line = createLinekeeper({
    crm: { vendor: "Test CRM" },
    trunks: [{ id: "A", carrier: "Carrier A", server, aor: "sip:agent7@carrier.example", credentials: { password: "secret" } }],
    stack: sipjs({ webSocket: WebSocket as never }),
    media: noMedia(),
  });
  const offered: string[] = [];
  line.on("call:offered", ({ identity }) => offered.push(identity.number ?? ""));
  await line.start();
  await command.type("who");
  await command.says(/^agent7 at sip:/m);
  const call = line.call("+21671000001");
  await vi.waitFor(() => expect(call.state).toBe("answered"), 5_000);
  call.hangUp();
  await command.says(/→ INVITE \+21671000001\n[^]*← INVITE 200 \+21671000001\n/);
  await command.type("call agent7 +21698000000");
  await vi.waitFor(() => expect(offered).toEqual(["+21698000000"]), 5_000);
  await command.type("hang-up");
  await command.type("fault silence methods=INVITE");
  const silent = line.call("+21671000002");
  await command.says(/swallowed INVITE \+21671000002 \(silence\)/);
  silent.hangUp();
  await command.type("mend");
  await command.type("fault nonsense");
  await command.type("dance");
  await vi.waitFor(() => expect(command.told().err).toMatch(/fault.kind "nonsense" is not known[^]*dance is not known/), 5_000);
  await line.close();
  await command.type("quit");
  expect(await command.code).toBe(0);
});

test("stops when it is told to, and shows the messages themselves where it is asked to", async () => {
  const command = started("--raw", "--fault", "reject methods=OPTIONS code=503");
  const socket = new WebSocket(await command.url(), "sip");
  await new Promise((resolve) => socket.once("open", resolve));
  socket.send(
    [
      "OPTIONS sip:carrier.example SIP/2.0",
      "Via: SIP/2.0/WS x.invalid;branch=z9hG4bK1",
      "From: <sip:x@carrier.example>;tag=1",
      "To: <sip:carrier.example>",
      "Call-ID: 1",
      "CSeq: 1 OPTIONS",
      "Content-Length: 0",
      "",
      "",
    ].join("\r\n"),
  );
  await command.says(/ {4}OPTIONS sip:carrier\.example SIP\/2\.0\n[^]* {4}SIP\/2\.0 503 /);
  command.stop();
  expect(await command.code).toBe(0);
  await new Promise((resolve) => (socket.readyState === WebSocket.CLOSED ? resolve(undefined) : socket.once("close", resolve)));
});

test.each([
  [["--port", "70000"], "It must be a port"],
  [["--user", "agent7"], "--user must be name:password, not agent7"],
  [["--domain", "no host"], "domain"],
  [["--fault", "nonsense"], 'fault.kind "nonsense" is not known'],
  [["--fault", "reject code=99"], "code"],
  [["--host", "192.0.2.1"], "192.0.2.1:0 cannot be listened at"],
])("is used wrongly: %j", async (args, words) => {
  const command = started(...args);
  expect(await command.code).toBe(2);
  expect(command.told().err).toContain(words);
});
