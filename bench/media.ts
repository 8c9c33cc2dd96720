/** The audio of calls, rescued ones too, over real carriers: the tests that hear it (test/carriers) say when it came. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureCarriers } from "../test/setup/carriers.mjs";

/** One answered call; from the answer on, ms. What never came is not there. */
export interface AudioTimes {
  /** Which call it was. */
  readonly what: string;
  /** From dial to the answer, ms. */
  readonly setupMs: number;
  readonly firstPacketMs?: number;
  /** Until something was to be heard. */
  readonly audibleMs?: number;
}

const heard = ["test/carriers/call.test.ts", "test/carriers/failover.test.ts"];

/**
 * Nothing else may run meanwhile.
 * @param rounds so many calls of each kind.
 * @returns why there are none, on a machine that has no carriers.
 * @throws when a test fails: what it would have measured is no audio.
 */
export function measureAudio(rounds: number): readonly AudioTimes[] | string {
  const noCarriers = ensureCarriers();
  if (noCarriers) return noCarriers;
  const folder = mkdtempSync(join(tmpdir(), "linekeeper-bench-"));
  const file = join(folder, "times.jsonl");
  try {
    for (let round = 0; round < rounds; round++) {
      const { status } = spawnSync(process.execPath, ["node_modules/vitest/vitest.mjs", "run", "--project", "carriers", ...heard], {
        stdio: ["ignore", "ignore", "inherit"],
        env: { ...process.env, LINEKEEPER_AUDIO_TIMES: file },
      });
      if (status !== 0) throw new Error(`npm run test:media -- ${heard.join(" ")} fails`);
    }
    const lines = readFileSync(file, "utf8").trim().split("\n");
    return lines.map((line) => JSON.parse(line) as AudioTimes);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
