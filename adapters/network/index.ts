/** `linekeeper/network`: the browser's word on its network. */
import type { NetworkSignal } from "../../src/ports/network.ts";

/** What is used of a page; missing elsewhere. */
export interface NetworkHost {
  /** `online` and `offline` are told to the window. */
  readonly addEventListener?: (type: "online" | "offline", listener: () => void) => void;
  /** Stops that. */
  readonly removeEventListener?: (type: "online" | "offline", listener: () => void) => void;
  /** What the browser knows of its network. */
  readonly navigator?: {
    readonly onLine?: boolean;
    /** The Network Information API, of Chromium alone. */
    readonly connection?: {
      /** Wi-Fi, Ethernet, cellular …; only on some systems. */
      readonly type?: string | undefined;
      readonly addEventListener?: (type: "change", listener: () => void) => void;
      readonly removeEventListener?: (type: "change", listener: () => void) => void;
    };
  };
}

/**
 * Tells when the browser has lost every network or has one again (`navigator.onLine`), and, where the browser says so, when it has another:
 * from Wi-Fi to Ethernet, say, with nothing lost between. A hint each time, never a proof: the flows are asked, and the dead ones replaced.
 * What a Network Information API estimates of speed changes all the time, and is left alone. Tells nothing outside a page.
 * @param host the page.
 */
export function browserNetwork(host: NetworkHost = globalThis): NetworkSignal {
  return {
    watch(changed) {
      const connection = host.navigator?.connection;
      let type = connection?.type;
      const online = () => changed(true);
      const offline = () => changed(false);
      const moved = () => {
        if (connection?.type === type) return;
        type = connection?.type;
        // Of none at all `offline` tells.
        if (host.navigator?.onLine !== false) changed(true);
      };
      host.addEventListener?.("online", online);
      host.addEventListener?.("offline", offline);
      connection?.addEventListener?.("change", moved);
      return () => {
        host.removeEventListener?.("online", online);
        host.removeEventListener?.("offline", offline);
        connection?.removeEventListener?.("change", moved);
      };
    },
  };
}
