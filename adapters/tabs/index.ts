/** `linekeeper/tabs`: the pages of one browser share what they know of the trunks, and the next page of a tab goes on with its calls. */
import { methods, shape, text } from "../../src/checks.ts";
import type { Resumption } from "../../src/ports/resumption.ts";
import type { SharedHealth } from "../../src/ports/shared-health.ts";
import type { SharedTelephone } from "../../src/ports/shared-telephone.ts";
import { pageOf } from "./page.ts";
import { noteOf, snapshotOf } from "./read.ts";
import { takeSeat } from "./telephone.ts";
import { keptIn } from "./resumption.ts";
import { createTurns, type Turns } from "./turns.ts";

/** Which pages share what they know, and by what means; each may be left out. */
export interface TabsOptions {
  /** Pages with the same name, of the same origin, share. Default `linekeeper`. */
  readonly name?: string;
  /** Where the health outlives the page. The browser's `localStorage`, looked up at each use, when left out. */
  readonly storage?: Pick<Storage, "getItem" | "setItem">;
  /** The browser's Web Locks, looked up when it takes part, when left out. */
  readonly locks?: Pick<LockManager, "request">;
}

/** Which page goes on with whose calls; it may be left out. */
export interface ResumptionOptions {
  /** Pages with the same name, of the same origin and tab, succeed each other. Default `linekeeper`. */
  readonly name?: string;
}

const check = shape<TabsOptions>({
  name: text,
  storage: methods("a storage has getItem() and setItem()", "getItem", "setItem"),
  locks: methods("Web Locks have request()", "request"),
});

/** Of what is written: a page with another version is not understood, and does not understand us. */
const version = 1;

/**
 * Notes go by BroadcastChannel, the snapshot by storage. One page is the agent's telephone, by a Web Lock (`telephone.ts`). Where one of
 * the three is missing or forbidden (a private window, an opaque origin) the rest works; without locks or channel each page is a telephone.
 * What others write is checked field by field and otherwise ignored. Nothing throws from then on.
 * @throws LinekeeperError `bad-config`, naming the option.
 */
export function tabs(options: TabsOptions = {}): SharedHealth & SharedTelephone {
  check("tabs()", options);
  const { name = "linekeeper", storage, locks } = options;
  const key = `${name}/health/${version}`;
  let channel: BroadcastChannel | undefined;
  let turns: Turns | undefined;

  return {
    restore: () => attempt(() => snapshotOf(JSON.parse((storage ?? localStorage).getItem(key) ?? "null"))),
    save: (snapshot) => void attempt(() => (storage ?? localStorage).setItem(key, JSON.stringify(snapshot))),
    tell: (note) => void attempt(() => channel?.postMessage(note)),
    join({ heard }) {
      const joined = attempt(() => new BroadcastChannel(key));
      channel = joined;
      joined?.addEventListener("message", ({ data }) => {
        const note = noteOf(data);
        if (note) heard(note);
      });
      return () => {
        joined?.close();
        if (channel === joined) channel = undefined;
      };
    },
    attend(handset, clock, random) {
      const ofAccount = `${name}/telephone/${version}/${handset.account}`;
      const own = locks ?? attempt(() => navigator.locks);
      const between = own && attempt(() => new BroadcastChannel(ofAccount));
      turns ??= attempt(() => createTurns(crypto.getRandomValues(new Uint32Array(4)).join("-")));
      if (own && between && turns)
        return takeSeat({ locks: own, channel: between, ...pageOf(globalThis) }, ofAccount, turns, handset, clock, random);
      handset.moved(true);
      return { changed() {}, rested() {}, leave() {} };
    },
  };
}

const checkResumption = shape<ResumptionOptions>({ name: text });

/**
 * An answered call survives a reload: what it takes to go on with it is kept in the tab's session storage, which no other tab reads.
 * @throws LinekeeperError `bad-config`, naming the option.
 */
export function resumeInTab(options: ResumptionOptions = {}): Resumption {
  checkResumption("resumeInTab()", options);
  return keptIn(globalThis, options.name ?? "linekeeper");
}

/** What a browser refuses here costs the sharing, nothing else. */
function attempt<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch {
    return undefined;
  }
}
