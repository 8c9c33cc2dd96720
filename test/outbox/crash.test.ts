/** Pages that die at any step, endpoints that fail, stall and lie: nothing is lost, and nothing is there twice by its key. */
import { expect, test } from "vitest";
import { seededRandom } from "../../adapters/mock-trunk/index.ts";
import type { Random } from "../../src/clock.ts";
import type { Parcel, TransportAnswer } from "../../src/ports/reports.ts";
import { memoryStore } from "../../src/store/memory.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";
import { openPage, passing } from "./page.ts";

/** A crash is a page that dies between two of its effects; of the four lives of a run about 1.7 end so. */
const crashesAtLeast = 1_000;
const runs = 700;
const seed = Number(process.env["OUTBOX_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

/** Keeps what it gets, whatever it says; and what it says is not always so. */
function endpoint(random: Random) {
  const got = new Map<string, string>();
  let deliveries = 0;
  const keep = ({ key, text }: Parcel) => {
    deliveries++;
    const before = got.get(key);
    if (before !== undefined) expect(text).toBe(before);
    got.set(key, text);
  };
  function send(parcel: Parcel): Promise<TransportAnswer> {
    const chance = random();
    if (chance < 0.1) return Promise.reject(new TypeError("fetch failed"));
    if (chance < 0.2) return new Promise(() => {});
    if (chance < 0.3) return Promise.resolve({ status: 503, retryAfter: "20" });
    if (chance < 0.35) return Promise.resolve({ status: 429, retryAfter: "Thu, 01 Jan 2099 00:00:00 GMT" });
    keep(parcel);
    if (chance < 0.45) return Promise.reject(new TypeError("the answer was lost"));
    if (chance < 0.5) return Promise.resolve({ status: 500 });
    return Promise.resolve({ status: 202 });
  }
  return { got, send, keep, deliveries: () => deliveries };
}

test(`a thousand seeded crashes, OUTBOX_SEED=${seed}`, { timeout: 120_000 }, async () => {
  let crashes = 0;
  let repeats = 0;
  for (let run = 0; run < runs; run++) {
    const random = seededRandom(seed + run);
    const clock = createVirtualClock();
    const store = memoryStore();
    const { got, send, keep, deliveries } = endpoint(random);
    /** What was kept for certain: the last version of each report that was. */
    const promised = new Map<string, { readonly version: string; readonly text: string }>();
    for (let life = 0; life < 4; life++) {
      const stepsToLive = Math.floor(random() * 200);
      const page = openPage({ clock, store, send, random, stepsToLive });
      for (let report = 0; report < 3; report++)
        for (const version of ["1", "closed"]) {
          const text = `${life}.${report} ${version} ${random()}`;
          const id = `${life}.${report}`;
          void page.add(id, version, text).then(() => page.isDead || promised.set(id, { version, text }));
          await passing(clock, random() * 4_000, () => page.isDead);
        }
      await passing(clock, random() * 60_000, () => page.isDead);
      if (!page.isDead && random() < 0.5) page.endPage();
      if (page.isDead) crashes++;
      page.die();
    }
    // The next page, and an endpoint that has come to its senses; two tabs of it.
    const kind = (parcel: Parcel) => {
      keep(parcel);
      return Promise.resolve({ status: 200 });
    };
    const tabs = [openPage({ clock, store, send: kind, random }), openPage({ clock, store, send: kind, random })];
    await passing(clock, 2 * 3_600_000 + 600_000);
    for (const [id, { version, text }] of promised) {
      // A later version may have taken its place, in the moment before the page died.
      if (got.has(`${id}/closed`)) continue;
      expect(got.get(`${id}/${version}`), `run ${run}: ${id}/${version}`).toBe(text);
    }
    expect(await store.keys("outbox"), `run ${run}`).toEqual([]);
    for (const tab of tabs) tab.close();
    expect(clock.pending, `run ${run}`).toBe(0);
    repeats += deliveries() - got.size;
  }
  // Otherwise nothing was tried.
  expect(crashes).toBeGreaterThanOrEqual(crashesAtLeast);
  expect(repeats).toBeGreaterThan(runs / 10);
});
