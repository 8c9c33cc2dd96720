/** When a fault may strike: each moment brings a call (or the idle line) there. */
import type { AfterCode } from "../../adapters/mock-trunk/faults.ts";
import { pass } from "../support/house.ts";
import { microphoneMs, until, type Placed, type Scene } from "./scene.ts";

/** What a fault need know of the moment at which it strikes. */
export interface When {
  readonly name: MomentName;
  /** The answer to the INVITE that was heard last. */
  readonly after?: AfterCode;
}

export interface Moment extends When {
  /** Brings a call there; none for the idle line. */
  reach(scene: Scene): Promise<Placed | undefined>;
}

export type MomentName = (typeof names)[number];

const names = [
  "idle",
  "INVITE unsent",
  "INVITE sent",
  "after 100",
  "after 18x",
  "after 183 with SDP",
  "answered",
  "during CANCEL",
  "during CANCEL to fail over",
] as const;

/** Later than the customer's phone rings, or is answered. */
const longMs = 30_000;

const usual = { ringAfterMs: 500, answerAfterMs: 2_000 };

function dial(scene: Scene, habit: Parameters<ReturnType<Scene["a"]["phone"]>["answers"]>[0] = usual): Placed {
  scene.a.phone(scene.number).answers(habit);
  return scene.place(scene.number);
}

const heard = async (scene: Scene, ...codes: readonly number[]) => {
  await until(() => scene.entries("attempt:progressed").some(({ answer }) => codes.includes(answer.code)), longMs);
};

/** That a phone rings, as its equipment says it. */
const ringing = [180, 183];

const reaches: Readonly<Record<MomentName, Omit<Moment, "name">>> = {
  idle: {
    async reach() {
      await pass(1_000);
      return undefined;
    },
  },
  "INVITE unsent": {
    async reach(scene) {
      const placed = dial(scene);
      await pass(microphoneMs / 2);
      return placed;
    },
  },
  "INVITE sent": {
    async reach(scene) {
      const placed = dial(scene);
      // The one with credentials, where they are asked for.
      await until(() => scene.entries("attempt:sent").length === scene.invites, longMs);
      return placed;
    },
  },
  "after 100": {
    after: 100,
    async reach(scene) {
      const placed = dial(scene);
      await heard(scene, 100);
      return placed;
    },
  },
  "after 18x": {
    after: 180,
    async reach(scene) {
      const placed = dial(scene);
      await heard(scene, ...ringing);
      return placed;
    },
  },
  "after 183 with SDP": {
    after: 183,
    async reach(scene) {
      const placed = dial(scene, { ...usual, earlyMedia: true });
      await heard(scene, 183);
      return placed;
    },
  },
  answered: {
    async reach(scene) {
      const placed = dial(scene);
      await until(() => placed.call.state === "answered", longMs);
      await pass(500);
      return placed;
    },
  },
  // The agent hangs up while the phone rings: the CANCEL is on its way. The customer is in no hurry.
  "during CANCEL": {
    async reach(scene) {
      const placed = dial(scene, { ...usual, answerAfterMs: 20_000 });
      await heard(scene, ...ringing);
      placed.call.hangUp();
      return placed;
    },
  },
  // 100 came and nothing since: ours, before the next trunk may be tried.
  "during CANCEL to fail over": {
    async reach(scene) {
      scene.a.fault({ kind: "stall", after: 100, prefix: scene.number });
      const placed = dial(scene);
      await until(() => scene.entries("attempt:abandoned").length > 0, longMs);
      return placed;
    },
  },
};

export const moments: readonly Moment[] = names.map((name) => ({ name, ...reaches[name] }));
