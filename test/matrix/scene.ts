/** What a cell is played on: the house, scripted audio, and calls that remember their way. */
import { vi } from "vitest";
import type { MockTrunkOptions } from "../../adapters/mock-trunk/index.ts";
import type { Call } from "../../src/call/call.ts";
import { sleep, systemClock } from "../../src/clock.ts";
import type { AudioFault } from "../../src/ports/audio.ts";
import type { Media } from "../../src/ports/media.ts";
import { buildHouse, pass, trunkA, type House } from "../support/house.ts";
import { scriptedMedia } from "../support/scripted-media.ts";

/** How long microphone and ICE take for each call: the time in which its INVITE is not sent yet. */
export const microphoneMs = 100;

/**
 * What carrier B is worth: `well`; `none`: there is none; `isolated` by an operator; `resting`: it asked for that, and refuses; `down`: its
 * edge refuses connections.
 */
export type Other = "well" | "none" | "isolated" | "resting" | "down";

/** A call, and an agent who dials again when asked. */
export interface Placed {
  readonly call: Call;
  /** The trunks that it was sent on; `?` where the agent was asked; `✗` when it ended unanswered. */
  readonly trail: string;
  /** The agent was told that nobody hears anything. */
  readonly toldNoAudio: boolean;
  /** As `call.ended` says. */
  readonly possibleDuplicate: boolean;
}

export interface Scene extends House {
  /** Where the journal's time begins, by the carriers' clock, ms. */
  readonly zeroMs: number;
  readonly other: Other;
  /** The one that the fault meets. */
  readonly number: string;
  /** How many INVITEs there are once it is dialled: two for it where the first is challenged. */
  readonly invites: number;
  /** What becomes of the audio of calls that carrier A carries; `isMendable` by an ICE restart. */
  audio: (Partial<AudioFault> & { readonly isMendable?: true }) | undefined;
  place(number: string): Placed;
  /** A number that nobody has called yet. */
  freshNumber(prefix?: string): string;
  /** Nothing more is to be decided about it. */
  isSettled(placed: Placed): boolean;
}

export async function openScene(carrier: Partial<MockTrunkOptions>, other: Other = "well"): Promise<Scene> {
  const media = scriptedMedia();
  const zeroMs = systemClock.nowMs();
  const house = buildHouse({ media: withSlowMicrophone(media), ...(other === "none" && { trunks: [trunkA] }) }, carrier);
  await house.open();
  await spoil(house, other);
  let serial = 0;
  const scene: Scene = {
    ...house,
    zeroMs,
    other,
    number: "+21671000000",
    invites: house.entries("attempt:sent").length + (carrier.challenge === "register" ? 1 : 2),
    audio: undefined,
    freshNumber: (prefix = "+21671") => `${prefix}${String(++serial).padStart(6, "0")}`,
    isSettled: ({ call }) => call.state === "answered" || call.state === "ended",
    place(number) {
      const call = house.line.call(number);
      const session = media.sessions.at(-1);
      const placed = { call, trail: "", toldNoAudio: false, possibleDuplicate: false };
      call.on("dialling", ({ trunkId }) => (placed.trail += trunkId === "B" && other !== "well" ? "" : trunkId));
      call.on("choice-needed", () => {
        placed.trail += "?";
        call.redial();
      });
      call.on("no-audio", () => (placed.toldNoAudio = true));
      call.on("answered", ({ trunkId }) => {
        if (trunkId !== "A" || !scene.audio) return;
        session?.lose(scene.audio);
        if (scene.audio.isMendable) session?.restore();
      });
      call.on("ended", ({ end, possibleDuplicate }) => {
        placed.possibleDuplicate = possibleDuplicate;
        if (end === "failed" || end === "callee-refused" || end === "refused") placed.trail += "✗";
      });
      return placed;
    },
  };
  return scene;
}

async function spoil({ line, b }: House, other: Other): Promise<void> {
  if (other === "isolated") line.isolate("B");
  if (other === "down") {
    b.fault({ kind: "refuse" });
    b.resetAll();
  }
  if (other !== "resting") return;
  b.fault({ kind: "reject", methods: ["INVITE"], code: 503, retryAfterS: 3_600 });
  line.isolate("A");
  line.call("+33123456789");
  await pass(1_000);
  line.restore("A");
}

/** The same, but what each session says first takes its time. */
function withSlowMicrophone(media: Media): Media {
  return {
    open() {
      const session = media.open();
      const [offer, answer] = [session.offer.bind(session), session.answer.bind(session)];
      let opening: Promise<void> | undefined;
      const opened = () => (opening ??= sleep(systemClock, microphoneMs));
      session.offer = async (signal) => {
        await opened();
        return offer(signal);
      };
      session.answer = async (theirs, signal) => {
        await opened();
        return answer(theirs, signal);
      };
      return session;
    },
  };
}

/** Lets fake time pass, from timer to timer, until something is so; not for longer than `limitMs`. @returns whether it is. */
export async function until(isSo: () => boolean, limitMs: number): Promise<boolean> {
  const untilMs = performance.now() + limitMs;
  while (!isSo() && performance.now() < untilMs && vi.getTimerCount() > 0) await vi.advanceTimersToNextTimerAsync();
  return isSo();
}
