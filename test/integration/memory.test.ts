import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { noMedia } from "../../src/media/no-media.ts";
import type { Media, MediaSession } from "../../src/ports/media.ts";
import { buildHouse, pass, underFakeTime } from "../support/house.ts";

underFakeTime();

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Its sessions are held by nobody but by whoever they are given to, each with the call that it is for. */
function watchedMedia(): { readonly media: Media; held(): Promise<number> } {
  const given: WeakRef<MediaSession>[] = [];
  return {
    media: {
      open(callId, ...more) {
        const session = noMedia().open(callId, ...more);
        given.push(new WeakRef(session));
        return session;
      },
    },
    async held() {
      for (let times = 0; times < 3; times++) {
        await setImmediate();
        collectGarbage();
      }
      return given.filter((session) => session.deref()).length;
    },
  };
}

/** SIP.js remembers an answered INVITE for 32 s (RFC 6026 timer M), and we for a minute that it went out. */
const forgottenByTheStackMs = 40_000;

test.each([
  ["one number", (_: number) => "+21671000001"],
  ["ten", (placed: number) => `+2167100001${placed}`],
])("of ten calls to %s nothing is held on to within the minute in which each counts for the next", async (_, numberOf) => {
  const { media, held } = watchedMedia();
  const house = buildHouse({ media });
  await house.open();
  for (let placed = 0; placed < 10; placed++) {
    const call = house.line.call(numberOf(placed));
    await pass(500);
    expect(call.state).toBe("answered");
    call.hangUp();
    await pass(500);
  }
  await pass(forgottenByTheStackMs);
  // V8 may keep what its last frames saw.
  expect(await held()).toBeLessThanOrEqual(1);
});

test("nor of calls that each had to go on to another carrier, one after the other for as long as an agent likes", async () => {
  const { media, held } = watchedMedia();
  const house = buildHouse({ media });
  await house.open();
  house.a.fault({ kind: "reject", code: 503, methods: ["INVITE"] });
  for (let placed = 0; placed < 10; placed++) {
    const call = house.line.call("+21671000001");
    await pass(2_000);
    expect(call.state).toBe("answered");
    call.hangUp();
    await pass(28_000);
  }
  await pass(forgottenByTheStackMs);
  expect(await held()).toBeLessThanOrEqual(1);
});
