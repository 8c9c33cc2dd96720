/** The little that is read from the host by itself; all else comes through the ports. */

interface HostGlobals {
  readonly location?: { readonly protocol: string };
  readonly navigator?: { readonly userAgent?: string };
  readonly addEventListener?: (type: "pagehide", listener: () => void) => void;
  readonly removeEventListener?: (type: "pagehide", listener: () => void) => void;
}

/** True on an https page, where a browser blocks `ws:` as mixed content. */
export const isSecurePage = (): boolean => (globalThis as HostGlobals).location?.protocol === "https:";

/** Browser or runtime, as it names itself. */
export const runtimeName = (): string => (globalThis as HostGlobals).navigator?.userAgent ?? "unknown";

/** Calls `ending` each time that the page goes away, for good or into the browser's cache. @returns what stops that. */
export function onPageEnd(ending: () => void): () => void {
  (globalThis as HostGlobals).addEventListener?.("pagehide", ending);
  return () => (globalThis as HostGlobals).removeEventListener?.("pagehide", ending);
}
