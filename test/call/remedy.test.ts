import { describe, expect, it } from "vitest";
import { isRecovering, remedyOf, type Remedy } from "../../src/call/remedy.ts";
import type { AudioFault, MediaPath } from "../../src/ports/audio.ts";

const fault: AudioFault = { direction: "inbound", kind: "stopped", forMs: 4_000 };
const well: MediaPath = { ice: "connected", dtls: "connected", wasConnected: true, flows: "outbound", answers: true };

const first = (
  path: MediaPath | undefined,
  { lostMs = 0, tried = [] as Remedy[], ...of }: Partial<AudioFault> & { lostMs?: number; tried?: Remedy[] } = {},
) => remedyOf({ fault: { ...fault, ...of }, path, lostMs, tried: new Set(tried) });

describe("what is tried for lost audio", () => {
  it.each<[string, MediaPath, Remedy | undefined]>([
    ["ICE failed", { ...well, ice: "failed" }, "ice-restart"],
    ["ICE closed", { ...well, ice: "closed" }, "ice-restart"],
    ["nobody answers at the far end, and nothing comes", { ...well, answers: false }, "ice-restart"],
    ["nobody answers checks, but packets come", { ...well, answers: false, flows: "both" }, undefined],
    ["the pair is one of before a restart, and nothing comes", { ...well, isOutdated: true }, "ice-restart"],
    ["somebody answers", well, undefined],
    ["it is not known whether somebody answers", { ...well, answers: undefined as never }, undefined],
    ["ICE is still looking for a path", { ice: "checking", wasConnected: false, flows: "none" }, undefined],
    ["ICE found none at all", { ice: "failed", wasConnected: false, flows: "none" }, "ice-restart"],
    ["DTLS goes on", { ...well, dtls: "connecting" }, "new-connection"],
    ["DTLS failed", { ...well, dtls: "failed" }, "new-connection"],
    ["DTLS is not known", { ice: "connected", wasConnected: true, flows: "outbound", answers: true }, undefined],
  ])("%s", (_, path, remedy) => {
    expect(first(path)).toBe(remedy);
  });

  it("a connection that is disconnected is given time to recover", () => {
    expect(first({ ...well, ice: "disconnected" }, { lostMs: 4_999 })).toBeUndefined();
    expect(first({ ...well, ice: "disconnected" }, { lostMs: 5_000 })).toBe("ice-restart");
  });

  it("nothing is told while it shows whether somebody is still there: Firefox says so by its next check, or by ICE", () => {
    const unknown: MediaPath = { ice: "connected", dtls: "connected", wasConnected: true, flows: "outbound" };
    expect(isRecovering(unknown, 7_999)).toBe(true);
    expect(isRecovering(unknown, 8_000)).toBe(false);
    for (const known of [well, { ...unknown, answers: false }, { ...unknown, flows: "both" as const }, undefined])
      expect(isRecovering(known, 0)).toBe(false);
    expect(isRecovering({ ...unknown, wasConnected: false, ice: "checking" }, 0)).toBe(false);
  });

  it("without a look at ICE, only where nothing goes either way", () => {
    expect(first(undefined)).toBeUndefined();
    expect(first(undefined, { direction: "both" })).toBe("ice-restart");
    expect(first(undefined, { direction: "both", kind: "never-came" })).toBeUndefined();
  });

  it("one after the other, each once", () => {
    const path: MediaPath = { ...well, ice: "failed" };
    expect(first(path, { tried: ["ice-restart"] })).toBe("new-connection");
    expect(first(path, { tried: ["ice-restart", "new-connection"] })).toBeUndefined();
  });

  it("another connection where a restart of ICE found somebody, and no audio came of it: who lost its memory does not know our keys", () => {
    for (const flows of ["outbound", "both"] as const) {
      expect(first({ ...well, flows }, { tried: ["ice-restart"] })).toBe("new-connection");
      expect(first({ ...well, flows }, { tried: ["ice-restart", "new-connection"] })).toBeUndefined();
    }
    expect(first({ ...well, ice: "checking" }, { tried: ["ice-restart"] })).toBeUndefined();
    expect(first(well, { tried: ["ice-restart"], kind: "silent" })).toBeUndefined();
  });

  it("nothing for what is wrong on this side, or comes without sound", () => {
    const path: MediaPath = { ...well, ice: "failed" };
    expect(first(path, { isLocal: true })).toBeUndefined();
    expect(first(path, { kind: "silent" })).toBeUndefined();
  });
});
