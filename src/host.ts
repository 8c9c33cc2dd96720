/** The little that is read from the host by itself; all else comes through the ports. */

interface HostGlobals {
  readonly location?: { readonly protocol: string };
  readonly navigator?: { readonly userAgent?: string };
}

/** True on an https page, where a browser blocks `ws:` as mixed content. */
export const isSecurePage = (): boolean => (globalThis as HostGlobals).location?.protocol === "https:";

/** Browser or runtime, as it names itself. */
export const runtimeName = (): string => (globalThis as HostGlobals).navigator?.userAgent ?? "unknown";
