/** A linphone without screen and sound card (`linphone-daemon`) as a customer's phone. */
import { mkdirSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { vi } from "vitest";
import { freePort, startProgram } from "./program.ts";
import { LINES, type RealPhone, type RealPhoneOptions } from "./real-phone.ts";

export async function startLinphone({ program, folder, edge, displayName }: RealPhoneOptions): Promise<RealPhone> {
  const port = await freePort();
  const number = `+216710${port}`;
  const home = join(folder, `linphone-${port}`);
  // What it remembers goes under its home.
  mkdirSync(join(home, ".local/share/linphone"), { recursive: true });
  writeFileSync(join(home, "config"), configOf({ port, rtpPort: await freePort(), number, edge, displayName }));
  // It puts its socket into the folder for temporary files, whatever path it is given.
  const socketPath = join(home, "control");
  const started = await startProgram(
    "env",
    [`HOME=${home}`, program, "--config", join(home, "config"), "--pipe", relative(tmpdir(), socketPath), "--disable-stats-events"],
    home,
  );
  const control = await vi
    .waitFor(() => open(socketPath), { timeout: 10_000, interval: 20 })
    .catch((error: unknown) => {
      throw new Error(`linphone did not come up: ${started.complaints}`, { cause: error });
    });
  control.on("error", () => {});
  control.setEncoding("utf8");

  let last: Promise<unknown> = Promise.resolve();
  /** It answers a command in one piece, and the commands one after the other. */
  function ask(command: string): Promise<string> {
    const answer = last.then(
      () =>
        new Promise<string>((resolve, reject) => {
          control.once("data", (text: string) => {
            if (text.startsWith("Status: Ok")) resolve(text);
            else reject(new Error(`linphone: ${command}: ${text}`));
          });
          control.write(`${command}\n`);
        }),
    );
    last = answer.catch(() => {});
    return answer;
  }

  const words: string[] = [];
  /** Its calls by their ids, and how each is; that of which it spoke last comes last. */
  const calls = new Map<string, string>();
  /** It tells what happened when it is asked. */
  async function listen(): Promise<void> {
    for (;;) {
      const event = await ask("pop-event");
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(event)?.[1] ?? "";
      if (field("Event-type") === "") return;
      const state = field("Event");
      if (field("Event-type") === "call-state-changed") calls.delete(field("Id"));
      if (/^LinphoneCall(?!End|Error|Released)/.test(state)) calls.set(field("Id"), state);
      words.push(...wordsOf(state, field("From"), field("Tone")));
    }
  }

  /** @param until how the call is then: before, it takes no other command. */
  async function tell(command: string, until?: string): Promise<void> {
    await listen();
    const call = [...calls.keys()].at(-1) ?? "";
    await ask(command.replace("CALL", call));
    if (until !== undefined) await becomes(call, until);
  }

  const becomes = (call: string, state: string): Promise<void> =>
    vi.waitFor(
      async () => {
        await listen();
        if (calls.get(call) !== state) throw new Error(`linphone: call ${call} is ${calls.get(call)}, not ${state}`);
      },
      { timeout: 5_000, interval: 5 },
    );

  return {
    number,
    async said() {
      await listen();
      return [...words];
    },
    dial: (uri) => tell(`call ${uri}`),
    answer: () => tell("answer CALL"),
    decline: () => tell("terminate CALL"),
    hold: () => tell("call-pause CALL", "LinphoneCallPaused"),
    resume: () => tell("call-resume CALL", "LinphoneCallStreamsRunning"),
    sendDigit: (digit) => tell(`dtmf ${digit}`),
    transfer: (uri) => tell(`call-transfer CALL ${uri}`),
    async join() {
      const [first, second] = [...calls.keys()].map(Number).sort((one, other) => one - other);
      await becomes(String(first), "LinphoneCallPaused");
      await becomes(String(second), "LinphoneCallStreamsRunning");
      await ask(`call-transfer ${first} ${second}`);
    },
    hangUp: () => tell("terminate CALL"),
    async close() {
      control.destroy();
      await started.kill();
    },
  };
}

const open = (path: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(path, () => resolve(socket)).once("error", reject);
  });

interface Settings extends Pick<RealPhoneOptions, "edge" | "displayName"> {
  readonly port: number;
  readonly rtpPort: number;
  readonly number: string;
}

/** Its configuration as it keeps it itself (`linphonerc`). */
const configOf = ({ port, rtpPort, number, edge, displayName }: Settings): string =>
  [
    "[sip]",
    ...["bind_address=127.0.0.1", `sip_port=${port}`, "sip_tcp_port=0", "sip_tls_port=0", "use_ipv6=0", "guess_hostname=0"],
    // Digits by INFO, not by RTP events.
    ...["use_info=1", "use_rfc2833=0"],
    // RFC 4028: the shortest that §4 allows, and whoever is called refreshes.
    ...["session_expires_enabled=1", "session_expires_value=90", "session_expires_refresher_value=1"],
    ...["auto_net_state_mon=0", "register_only_when_network_is_up=0", "default_proxy=0"],
    "[proxy_0]",
    ...[`reg_proxy=<sip:${edge.address}>`, `reg_route=<sip:${edge.address};lr>`, "reg_sendregister=0"],
    `reg_identity="${displayName}" <sip:${number}@${edge.domain}>`,
    "[rtp]",
    `audio_rtp_port=${rtpPort}`,
    // Nobody sends it audio: it shall not hang up for that.
    "nortp_timeout=3600",
    "[sound]",
    // From and to files, for want of a sound card; there are none.
    "use_files=1",
    "[video]",
    ...["enabled=0", "capture=0", "display=0"],
    "[misc]",
    `max_calls=${LINES}`,
    "",
  ].join("\n");

function wordsOf(event: string, from: string, tone: string): string[] {
  if (tone) return [`digit ${tone}`];
  switch (event) {
    case "LinphoneCallIncomingReceived":
      return [`rings ${/^"?(.*?)"? *</.exec(from)?.[1] ?? ""}`];
    case "LinphoneCallConnected":
      return ["talks"];
    case "LinphoneCallUpdatedByRemote":
      return ["refreshed"];
    case "LinphoneCallUpdating":
      return ["refreshes"];
    case "LinphoneCallPausedByRemote":
      return ["held"];
    case "LinphoneCallEnd":
    case "LinphoneCallError":
      return ["over"];
    default:
      return [];
  }
}
