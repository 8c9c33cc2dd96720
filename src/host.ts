/** The little that is read from the host by itself; all else comes through the ports. */

import type { EnvironmentFact, PageChange } from "./journal.ts";

interface HostGlobals {
  readonly location?: { readonly protocol: string };
  readonly navigator?: {
    readonly userAgent?: string;
    readonly userAgentData?: {
      readonly brands: readonly { readonly brand: string; readonly version: string }[];
      readonly platform: string;
    };
    readonly connection?: { readonly type?: string; readonly effectiveType?: string };
  };
  /** A page's events, which are told to its window. */
  readonly addEventListener?: (type: string, listener: (event: { readonly persisted?: boolean }) => void) => void;
  readonly removeEventListener?: (type: string, listener: (event: { readonly persisted?: boolean }) => void) => void;
  readonly document?: Pick<HostGlobals, "addEventListener" | "removeEventListener"> & { readonly visibilityState?: string };
}

/** True on an https page, where a browser blocks `ws:` as mixed content. */
export const isSecurePage = (): boolean => (globalThis as HostGlobals).location?.protocol === "https:";

/** True on a page that nobody sees: another tab is in front, or its window is minimised. */
export const isHidden = (): boolean => (globalThis as HostGlobals).document?.visibilityState === "hidden";

/** Browser or runtime as it names itself; and system and network, in classes, where it tells them. */
export function hostFacts(): Omit<EnvironmentFact, "sdk" | "crm"> {
  const { userAgent = "unknown", userAgentData, connection } = (globalThis as HostGlobals).navigator ?? {};
  // Among them is one that is none, against who reads too much into the list; and most say what they are made of.
  const brands = userAgentData?.brands.filter(({ brand }) => !/not.*brand/i.test(brand)) ?? [];
  const own = brands.find(({ brand }) => brand !== "Chromium") ?? brands[0];
  const { type, effectiveType } = connection ?? {};
  return {
    runtime: userAgent,
    ...(own && { browser: `${own.brand}/${own.version}` }),
    ...(userAgentData?.platform && { os: userAgentData.platform }),
    ...((type ?? effectiveType) && { network: { ...(type && { type }), ...(effectiveType && { effectiveType }) } }),
  };
}

/** Calls `ending` each time that the page goes away, for good or into the browser's cache. @returns what stops that. */
export function onPageEnd(ending: () => void): () => void {
  (globalThis as HostGlobals).addEventListener?.("pagehide", ending);
  return () => (globalThis as HostGlobals).removeEventListener?.("pagehide", ending);
}

/** What tells of a page's comings and goings; both parts are missing where there is none. */
export type PageEvents = Pick<HostGlobals, "addEventListener" | "removeEventListener" | "document">;

/** Calls `changed` each time. @returns what stops that. */
export function onPageChange(changed: (to: PageChange) => void, page: PageEvents = globalThis as HostGlobals): () => void {
  const told = [
    [page, "pagehide", ({ persisted }: { readonly persisted?: boolean }) => changed(persisted ? "cached" : "hidden")],
    // The first of a page comes with its loading, and says nothing.
    [page, "pageshow", ({ persisted }: { readonly persisted?: boolean }) => persisted && changed("shown")],
    [page.document, "freeze", () => changed("frozen")],
    [page.document, "resume", () => changed("resumed")],
  ] as const;
  for (const [target, type, listener] of told) target?.addEventListener?.(type, listener);
  return () => {
    for (const [target, type, listener] of told) target?.removeEventListener?.(type, listener);
  };
}
