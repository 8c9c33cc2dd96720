/** A sound card that nobody hears: PulseAudio with a sink that leads nowhere. */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { vi } from "vitest";
import { startProgram } from "../interop/program.ts";

interface SoundCard {
  /** As PulseAudio's clients have it. */
  readonly address: string;
  close(): Promise<void>;
}

export async function startSoundCard(folder: string): Promise<SoundCard> {
  const home = join(folder, "sound");
  mkdirSync(home);
  const socket = join(home, "socket");
  const modules = ["module-null-sink rate=48000", `module-native-protocol-unix auth-anonymous=1 socket=${socket}`];
  const program = await startProgram(
    "env",
    [
      ...[`HOME=${home}`, `XDG_RUNTIME_DIR=${home}`, "pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"],
      ...modules.map((module) => `--load=${module}`),
    ],
    home,
  );
  await vi.waitFor(
    () => {
      if (!existsSync(socket)) throw new Error(`PulseAudio did not come up: ${program.complaints}`);
    },
    { timeout: 10_000, interval: 20 },
  );
  return { address: `unix:${socket}`, close: () => program.kill() };
}
