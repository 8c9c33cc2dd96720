/**
 * `+sip.instance`, kept over a reload (RFC 5626 §4.1): a new page replaces the binding of the old one, instead of adding
 * another that leads to nobody.
 *
 * Each tab is an instance of its own: with one for all, the tabs would take the binding from each other at each refresh.
 * So it lies in the tab's session storage; and only from `pagehide` until the next page takes it, for a browser copies
 * that storage into a tab that is duplicated. What a page leaves behind that crashed or was discarded is lost: its
 * binding then runs out.
 */
import type { Random } from "../../src/clock.ts";
import { uuid } from "./identity.ts";

/** What is used of a page; missing elsewhere, and blocked where a browser blocks storage. */
export interface InstanceHost {
  readonly sessionStorage?: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  readonly addEventListener?: (type: "pagehide" | "pageshow", listener: () => void) => void;
  readonly removeEventListener?: (type: "pagehide" | "pageshow", listener: () => void) => void;
}

export interface Instance {
  readonly id: string;
  /** Leaves it to whoever comes next in this tab. */
  release(): void;
}

/** @param trunkId each account has one: what is taken is not taken by the next. */
export function takeInstance(trunkId: string, random: Random, host: InstanceHost): Instance {
  const key = `linekeeper/instance/${trunkId}`;
  const kept = attempt(() => host.sessionStorage?.getItem(key));
  const id = isUuid.test(kept ?? "") && kept ? kept : uuid(random);
  const take = () => void attempt(() => host.sessionStorage?.removeItem(key));
  const leave = () => void attempt(() => host.sessionStorage?.setItem(key, id));
  take();
  host.addEventListener?.("pagehide", leave);
  // A page that comes back from the browser's cache is the one that left.
  host.addEventListener?.("pageshow", take);
  return {
    id,
    release() {
      host.removeEventListener?.("pagehide", leave);
      host.removeEventListener?.("pageshow", take);
      leave();
    },
  };
}

/** Calls `ending` as the page goes away. @returns what stops that. */
export function onPageEnd(ending: () => void, host: InstanceHost = globalThis): () => void {
  host.addEventListener?.("pagehide", ending);
  return () => host.removeEventListener?.("pagehide", ending);
}

const isUuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** What a browser refuses here costs the binding's replacement, nothing else. */
function attempt<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch {
    return undefined;
  }
}
